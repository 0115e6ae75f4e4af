package dynamo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

const (
	// healedKey is the item that counts what healed while it was held, for ever.
	healedKey = "count/healed"
	// reportPrefix begins the keys of the items of reports.
	reportPrefix = "report/"
)

// client is what a Ledger needs of DynamoDB; *dynamodb.Client is one.
type client interface {
	updater
	GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Scan(ctx context.Context, in *dynamodb.ScanInput, opts ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

// Ledger is what a report needs of the table of incidents. It may be used concurrently.
type Ledger struct {
	client client
	table  string
}

// NewLedger returns the Ledger of that table.
func NewLedger(client client, table string) *Ledger {
	return &Ledger{client: client, table: table}
}

// OpenResource is a resource that is remembered as uncovered.
type OpenResource struct {
	Resource coverage.Resource
	// OpenedAt is when it lost coverage, zero where that was not seen; ChangedAt is when it last changed.
	OpenedAt, ChangedAt time.Time
}

// UnreadableItem is an item that cannot be read, perhaps because a newer version of this program wrote it.
type UnreadableItem struct {
	// Key is the item's, at most 200 characters of it.
	Key string
	Err error
}

// Error names the item and what is wrong with it.
func (u *UnreadableItem) Error() string { return fmt.Sprintf("item %q: %v", u.Key, u.Err) }

// Unwrap is what is wrong with it.
func (u *UnreadableItem) Unwrap() error { return u.Err }

// Open yields every resource that is remembered as uncovered, in no order. An item that cannot be read yields
// an *UnreadableItem, and the others follow; any other error is the last of what it yields. It reads the
// whole table, of 1 MB a request: 128 read request units each
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-reads-writes.html).
func (l *Ledger) Open(ctx context.Context) iter.Seq2[OpenResource, error] {
	return func(yield func(OpenResource, error) bool) {
		var start map[string]types.AttributeValue
		for {
			out, err := l.scan(ctx, start)
			if err != nil {
				yield(OpenResource{}, fmt.Errorf("listing open incidents in table %s: %w", l.table, err))
				return
			}
			for _, item := range out.Items {
				resource, open, err := openResource(item)
				if err != nil {
					err = &UnreadableItem{keyOf(item), err}
				}
				if (open || err != nil) && !yield(resource, err) {
					return
				}
			}
			if start = out.LastEvaluatedKey; len(start) == 0 {
				return
			}
		}
	}
}

// openResource is the resource that an item remembers as uncovered. open is false for one that is covered,
// and for items that are not of one resource.
func openResource(item map[string]types.AttributeValue) (resource OpenResource, open bool, err error) {
	incident, err := read(item)
	if err != nil || incident.Status != coverage.Unhealthy || incident.Group != nil {
		return OpenResource{}, false, err
	}
	if incident.Change.Resource.Key() != incident.Key {
		return OpenResource{}, false, errors.New("the item does not say of which resource it is")
	}
	return OpenResource{incident.Change.Resource, incident.OpenedAt, incident.ChangedAt}, true, nil
}

// scan reads one page. The filter leaves out most of what is not open; the document says whether it is.
func (l *Ledger) scan(ctx context.Context, start map[string]types.AttributeValue) (*dynamodb.ScanOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return l.client.Scan(ctx, &dynamodb.ScanInput{
		TableName:                &l.table,
		ExclusiveStartKey:        start,
		FilterExpression:         new("contains(#document, :open)"),
		ProjectionExpression:     new("pk, #document, #version"),
		ExpressionAttributeNames: map[string]string{"#document": "document", "#version": "version"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":open": text(`"status":"` + string(coverage.Unhealthy) + `"`),
		},
	})
}

func keyOf(item map[string]types.AttributeValue) string {
	key, _ := item["pk"].(*types.AttributeValueMemberS)
	if key == nil {
		return ""
	}
	return shown(key.Value)
}

// Reports is what was remembered of earlier reports.
type Reports struct {
	// Document is theirs to read; empty before the first.
	Document json.RawMessage

	revision int64
}

// Reports reads what was remembered under that name.
func (l *Ledger) Reports(ctx context.Context, name string) (Reports, error) {
	item, err := l.get(ctx, reportPrefix+name)
	if err != nil {
		return Reports{}, fmt.Errorf("reading reports %q in table %s: %w", name, l.table, err)
	}
	var reports Reports
	if document, ok := item["report"].(*types.AttributeValueMemberS); ok {
		reports.Document = json.RawMessage(document.Value)
	}
	reports.revision, err = whole(item["revision"])
	if err != nil {
		return Reports{}, fmt.Errorf("reading reports %q in table %s: %w", name, l.table, err)
	}
	return reports, nil
}

// SaveReports replaces what Reports returned by document, unless somebody else did so meanwhile, which is an error.
func (l *Ledger) SaveReports(ctx context.Context, name string, before Reports, document json.RawMessage) (Reports, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	condition := "revision = :before"
	values := map[string]types.AttributeValue{
		":report": text(string(document)),
		":after":  number(before.revision + 1),
		":before": number(before.revision),
	}
	if before.revision == 0 {
		condition = "attribute_not_exists(revision)"
		delete(values, ":before")
	}
	_, err := l.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &l.table,
		Key:                       itemKey(reportPrefix + name),
		UpdateExpression:          new("SET report = :report, revision = :after"),
		ConditionExpression:       &condition,
		ExpressionAttributeValues: values,
	})
	if _, lost := errors.AsType[*types.ConditionalCheckFailedException](err); lost {
		err = errors.New("another report was made meanwhile")
	}
	if err != nil {
		return Reports{}, fmt.Errorf("saving reports %q in table %s: %w", name, l.table, err)
	}
	return Reports{Document: document, revision: before.revision + 1}, nil
}

// CountHealed counts one more resource that healed while it was held.
func (l *Ledger) CountHealed(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := l.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &l.table,
		Key:                       itemKey(healedKey),
		UpdateExpression:          new("ADD healed :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": number(1)},
	})
	if err != nil {
		return fmt.Errorf("counting what healed in table %s: %w", l.table, err)
	}
	return nil
}

// Healed is how many resources have ever been counted as healed while they were held: compare it with an earlier number.
func (l *Ledger) Healed(ctx context.Context) (int64, error) {
	item, err := l.get(ctx, healedKey)
	if err != nil {
		return 0, fmt.Errorf("reading what healed in table %s: %w", l.table, err)
	}
	healed, err := whole(item["healed"])
	if err != nil {
		return 0, fmt.Errorf("reading what healed in table %s: %w", l.table, err)
	}
	return healed, nil
}

func (l *Ledger) get(ctx context.Context, key string) (map[string]types.AttributeValue, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := l.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &l.table, Key: itemKey(key), ConsistentRead: new(true)})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

// whole is a number attribute, 0 where there is none.
func whole(value types.AttributeValue) (int64, error) {
	if value == nil {
		return 0, nil
	}
	n, ok := value.(*types.AttributeValueMemberN)
	if !ok {
		return 0, errors.New("the item holds no number")
	}
	return strconv.ParseInt(n.Value, 10, 64)
}
