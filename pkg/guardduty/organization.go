package guardduty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"
	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/awserror"
	"guardduty-coverage-notifier/pkg/organization"
)

// membersAtOnce is the most that GuardDuty lists, or describes, at once
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetMemberDetectors.html).
const membersAtOnce = 50

// enabled is the status of a member that GuardDuty monitors. Others are not listed completely anywhere:
// whatever else it says, GuardDuty does not monitor the account.
const enabled = "Enabled"

// agents are what GuardDuty can install agents on, by the names of the settings.
var agents = []struct{ setting, kind string }{
	{"EKS_ADDON_MANAGEMENT", "EKS"}, {"ECS_FARGATE_AGENT_MANAGEMENT", "ECS"}, {"EC2_AGENT_MANAGEMENT", "EC2"},
}

// Organization asks in each Region what is on in the caller's account and, as the administrator, in the
// members. A Region that cannot be read says so in its State. The result is in the order of regions.
func (r *Reader) Organization(ctx context.Context, regions []string) []organization.Region {
	read := make([]organization.Region, len(regions))
	waiting := make(chan int, len(regions))
	for i := range regions {
		waiting <- i
	}
	close(waiting)
	var workers sync.WaitGroup
	for range min(len(regions), regionsAtOnce) {
		workers.Go(func() {
			for i := range waiting {
				read[i] = r.organization(ctx, regions[i])
			}
		})
	}
	workers.Wait()
	return read
}

// organization asks in one Region.
func (r *Reader) organization(ctx context.Context, name string) organization.Region {
	client := r.client(name)
	region := organization.Region{Name: name}
	detector, err := detectorOf(ctx, client)
	if err != nil {
		region.State, region.Detail = stateAfter(err, false)
		return region
	}
	own := ownAccount(ctx, client, detector)
	members, err := membersOf(ctx, client, detector)
	if err == nil {
		region.Accounts, err = describe(ctx, client, detector, members)
	}
	own.ID = cmp.Or(own.ID, administratorOf(members))
	if own.ID != "" {
		region.Own, region.Accounts = own.ID, append(region.Accounts, own)
	}
	if err != nil {
		region.State, region.Detail = stateAfter(err, len(members) > 0)
		return region
	}
	region.AutoEnable, err = autoEnable(ctx, client, detector)
	switch {
	case err == nil:
		region.State, region.Total = organization.Administers, totalAccounts(ctx, client)
	case len(members) == 0:
		region.State, region.Detail = stateAfter(err, false)
	case isBadRequest(err): // It administers members by invitation, for which there are no settings.
		region.State = organization.Administers
	default:
		region.State = organization.Administers
		region.AutoEnable = []organization.Setting{{Name: organization.Members, Value: organization.NotKnown}}
	}
	return region
}

// stateAfter is what an error says of the caller in the Region. Whoever administers no organization is told
// that its request is bad.
func stateAfter(err error, hasMembers bool) (organization.State, string) {
	switch reason := reasonOf(err); {
	case reason == NoDetector:
		return organization.Off, ""
	case reason == Denied:
		return organization.Denied, awserror.Said(err)
	case isBadRequest(err) && !hasMembers:
		return organization.Alone, ""
	}
	return organization.Failed, awserror.Said(err)
}

// isBadRequest is about the one error that these operations document for a caller's mistakes
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListMembers.html).
func isBadRequest(err error) bool {
	answer, ok := errors.AsType[smithy.APIError](err)
	return ok && answer.ErrorCode() == "BadRequestException"
}

// ownAccount is the caller's own account, whose ID stands in the role of its detector.
func ownAccount(ctx context.Context, client *guardduty.Client, detector string) organization.Account {
	out, err := client.GetDetector(ctx, &guardduty.GetDetectorInput{DetectorId: &detector})
	if err != nil {
		return organization.Account{Gap: organization.Unknown}
	}
	account := organization.Account{}
	if role := strings.Split(text(out.ServiceRole), ":"); len(role) > 4 {
		account.ID = role[4]
	}
	if out.Status == types.DetectorStatusDisabled {
		account.Gap = organization.Suspended
		return account
	}
	var features features
	for _, feature := range out.Features {
		settings := make(map[string]bool)
		for _, additional := range feature.AdditionalConfiguration {
			settings[string(additional.Name)] = additional.Status == types.FeatureStatusEnabled
		}
		features.add(string(feature.Name), feature.Status, settings)
	}
	account.Gap, account.Detail = features.gap()
	return account
}

// features are what is on in an account.
type features struct {
	monitoring bool
	settings   map[string]bool
}

// add notes one feature. EKS_RUNTIME_MONITORING is the older one, which RUNTIME_MONITORING includes: an
// account has either
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_MemberFeaturesConfiguration.html).
func (f *features) add(name string, status types.FeatureStatus, settings map[string]bool) {
	if status != types.FeatureStatusEnabled ||
		name != "RUNTIME_MONITORING" && name != "EKS_RUNTIME_MONITORING" {
		return
	}
	if name == "RUNTIME_MONITORING" || !f.monitoring {
		f.settings = settings
	}
	f.monitoring = true
}

// gap is why the account is not watched, or not as it could be.
func (f *features) gap() (organization.Gap, string) {
	if !f.monitoring {
		return organization.MonitoringOff, ""
	}
	var without []string
	for _, agent := range agents {
		if !f.settings[agent.setting] {
			without = append(without, agent.kind)
		}
	}
	if len(without) > 0 {
		return organization.AgentsUnmanaged, strings.Join(without, ", ")
	}
	return "", ""
}

// membersOf lists the members, whatever their status. GuardDuty does not list the administrator.
func membersOf(ctx context.Context, client *guardduty.Client, detector string) ([]types.Member, error) {
	pages := guardduty.NewListMembersPaginator(client, &guardduty.ListMembersInput{
		DetectorId: &detector, MaxResults: new(int32(membersAtOnce)), OnlyAssociated: aws.String("false"),
	})
	var members []types.Member
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return members, fmt.Errorf("listing the members: %w", err)
		}
		members = append(members, out.Members...)
	}
	return members, nil
}

// administratorOf is whom members name as their administrator.
func administratorOf(members []types.Member) string {
	for _, m := range members {
		if id := text(m.AdministratorId); id != "" {
			return id
		}
	}
	return ""
}

// describe asks what is on in the members that are enabled. Where access is denied, that is unknown.
func describe(
	ctx context.Context, client *guardduty.Client, detector string, members []types.Member,
) ([]organization.Account, error) {
	accounts := make([]organization.Account, 0, len(members)+1)
	var ids []string
	for _, m := range members {
		if status := text(m.RelationshipStatus); status != enabled {
			accounts = append(accounts, organization.Account{
				ID: text(m.AccountId), Gap: organization.NotEnabled, Detail: status,
			})
			continue
		}
		ids = append(ids, text(m.AccountId))
	}
	for chunk := range slices.Chunk(ids, membersAtOnce) {
		described, err := describeSome(ctx, client, detector, chunk)
		if err != nil && reasonOf(err) != Denied {
			return accounts, err
		}
		accounts = append(accounts, described...)
	}
	return accounts, nil
}

// describeSome asks about at most 50. What GuardDuty does not answer is unknown.
func describeSome(
	ctx context.Context, client *guardduty.Client, detector string, ids []string,
) ([]organization.Account, error) {
	answered := make(map[string]features, len(ids))
	out, err := client.GetMemberDetectors(
		ctx,
		&guardduty.GetMemberDetectorsInput{DetectorId: &detector, AccountIds: ids},
	)
	if err == nil {
		for _, member := range out.MemberDataSourceConfigurations {
			answered[text(member.AccountId)] = memberFeatures(member.Features)
		}
	}
	accounts := make([]organization.Account, 0, len(ids))
	for _, id := range ids {
		account := organization.Account{ID: id, Gap: organization.Unknown}
		if features, ok := answered[id]; ok {
			account.Gap, account.Detail = features.gap()
		}
		accounts = append(accounts, account)
	}
	if err != nil {
		return accounts, fmt.Errorf("reading what is on in the members: %w", err)
	}
	return accounts, nil
}

func memberFeatures(results []types.MemberFeaturesConfigurationResult) features {
	var f features
	for _, feature := range results {
		settings := make(map[string]bool)
		for _, additional := range feature.AdditionalConfiguration {
			settings[string(additional.Name)] = additional.Status == types.FeatureStatusEnabled
		}
		f.add(string(feature.Name), feature.Status, settings)
	}
	return f
}

// autoEnable is what is switched on for accounts of the organization, as far as it concerns Runtime
// Monitoring.
func autoEnable(
	ctx context.Context,
	client *guardduty.Client,
	detector string,
) ([]organization.Setting, error) {
	var settings []organization.Setting
	input := &guardduty.DescribeOrganizationConfigurationInput{DetectorId: &detector}
	for pages := guardduty.NewDescribeOrganizationConfigurationPaginator(client, input); pages.HasMorePages(); {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the organization's settings: %w", err)
		}
		if len(settings) == 0 {
			settings = append(
				settings,
				organization.Setting{
					Name:  organization.Members,
					Value: cmp.Or(string(out.AutoEnableOrganizationMembers), organization.NotKnown),
				},
			)
		}
		for _, feature := range out.Features {
			if feature.Name != types.OrgFeatureRuntimeMonitoring {
				continue
			}
			settings = append(
				settings,
				organization.Setting{Name: string(feature.Name), Value: string(feature.AutoEnable)},
			)
			for _, additional := range feature.AdditionalConfiguration {
				settings = append(settings, organization.Setting{
					Name: string(additional.Name), Value: string(additional.AutoEnable),
				})
			}
		}
	}
	return settings, nil
}

// totalAccounts is how many accounts GuardDuty counts in the organization. For up to 24 hours there is no
// count, and it is a help only: without it, accounts that are no members anywhere are not counted
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetOrganizationStatistics.html).
func totalAccounts(ctx context.Context, client *guardduty.Client) int {
	out, err := client.GetOrganizationStatistics(ctx, &guardduty.GetOrganizationStatisticsInput{})
	if err != nil || out.OrganizationDetails == nil || out.OrganizationDetails.OrganizationStatistics == nil {
		return 0
	}
	return int(aws.ToInt32(out.OrganizationDetails.OrganizationStatistics.TotalAccountsCount))
}
