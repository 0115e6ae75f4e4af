// Package accounts lists the accounts of an AWS organization.
package accounts

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"guardduty-coverage-notifier/pkg/organization"
)

// Lister asks AWS Organizations, with one set of credentials: those of the management account, or of a member
// that is a delegated administrator of any service.
type Lister struct {
	client *organizations.Client
}

// New returns a Lister that connects as cloud says.
func New(cloud aws.Config) *Lister { return &Lister{client: organizations.NewFromConfig(cloud)} }

// Check reports why accounts cannot be listed, nil where they can. It takes one request.
func (l *Lister) Check(ctx context.Context) error {
	if _, err := l.client.ListAccounts(ctx, &organizations.ListAccountsInput{MaxResults: aws.Int32(1)}); err != nil {
		return fmt.Errorf("listing the organization's accounts: %w", err)
	}
	return nil
}

// List lists all accounts, of whatever state, by their IDs. A page has 20 accounts and may be empty; AWS
// answers 8 pages a second (https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html,
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html).
func (l *Lister) List(ctx context.Context) (map[string]organization.Entry, error) {
	listed := make(map[string]organization.Entry)
	pages := organizations.NewListAccountsPaginator(l.client, &organizations.ListAccountsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the organization's accounts: %w", err)
		}
		for _, account := range page.Accounts {
			id := aws.ToString(account.Id)
			listed[id] = organization.Entry{Name: aws.ToString(account.Name), Unit: unitOf(account.Paths, id)}
		}
	}
	return listed, nil
}

// unitOf is the path of what the account is in. The account's own path ends in its ID
// (https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html).
func unitOf(paths []string, id string) string {
	if len(paths) == 0 {
		return ""
	}
	path := strings.TrimSuffix(strings.TrimSuffix(paths[0], "/"), "/"+id)
	if path == "" {
		return ""
	}
	return path + "/"
}

// ReadTags adds to each account those of its tags that are kept, one request an account, of which AWS answers
// ten a second. After an error the accounts that are left have no tags.
func (l *Lister) ReadTags(
	ctx context.Context, listed map[string]organization.Entry, keep func(tag string) bool,
) error {
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		entry := listed[id]
		entry.Tags = []string{}
		pages := organizations.NewListTagsForResourcePaginator(l.client,
			&organizations.ListTagsForResourceInput{ResourceId: aws.String(id)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("reading the tags of account %s: %w", id, err)
			}
			for _, tag := range page.Tags {
				if text := aws.ToString(tag.Key) + "=" + aws.ToString(tag.Value); keep(text) {
					entry.Tags = append(entry.Tags, text)
				}
			}
		}
		slices.Sort(entry.Tags)
		listed[id] = entry
	}
	return nil
}
