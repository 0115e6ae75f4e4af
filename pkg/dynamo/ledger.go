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

	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

const (
	// healedKey is the item that counts what healed while it was held, for ever.
	healedKey = "count/healed"
	// reportPrefix begins the keys of the items of reports.
	reportPrefix = "report/"
)

// reader is what a Ledger needs of DynamoDB; *dynamodb.Client is one.
type reader interface {
	client
	GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Scan(ctx context.Context, in *dynamodb.ScanInput, opts ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

// Ledger is what a report needs of the table of incidents. It may be used concurrently.
type Ledger struct {
	client reader
	table  string
}

// NewLedger returns the Ledger of that table.
func NewLedger(client reader, table string) *Ledger {
	return &Ledger{client: client, table: table}
}

// All yields every record and group, in no order. One that cannot be read is an error of its own, of type
// *UnreadableItem, and the next ones follow; any other error is the last of what it yields. It reads the
// whole table, of 1 MB a request: 128 read request units each
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-reads-writes.html).
func (l *Ledger) All(ctx context.Context) iter.Seq2[incident.Stored, error] {
	return func(yield func(incident.Stored, error) bool) {
		var start map[string]types.AttributeValue
		for {
			out, err := l.scan(ctx, start)
			if err != nil {
				yield(incident.Stored{}, fmt.Errorf("listing incidents in table %s: %w", l.table, err))
				return
			}
			for _, item := range out.Items {
				stored, err := l.readStored(item)
				if err != nil {
					err = &UnreadableItem{Key: keyOf(item), Err: err}
				}
				if !yield(stored, err) {
					return
				}
			}
			if start = out.LastEvaluatedKey; len(start) == 0 {
				return
			}
		}
	}
}

// UnreadableItem is why one item of the table could not be read.
type UnreadableItem struct {
	// Key is the item's.
	Key string
	Err error
}

// Error names the item.
func (e *UnreadableItem) Error() string { return "item " + e.Key + ": " + e.Err.Error() }

// Unwrap is why.
func (e *UnreadableItem) Unwrap() error { return e.Err }

func (l *Ledger) readStored(item map[string]types.AttributeValue) (stored incident.Stored, err error) {
	if until, err := whole(item["leaseUntil"]); err == nil {
		stored.LeasedUntil = time.UnixMilli(until)
	}
	if item["revision"] != nil {
		g, err := readGroup(item)
		stored.Group = &g
		return stored, err
	}
	document, ok := item["document"].(*types.AttributeValueMemberS)
	if !ok {
		return stored, errors.New("the item's document is not a string")
	}
	stored.Record, err = format.UnmarshalRecord([]byte(document.Value))
	return stored, err
}

// scan reads one page of records and groups: they alone have a document.
func (l *Ledger) scan(ctx context.Context, start map[string]types.AttributeValue) (*dynamodb.ScanOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return l.client.Scan(ctx, &dynamodb.ScanInput{
		TableName:                &l.table,
		ExclusiveStartKey:        start,
		FilterExpression:         new("attribute_exists(#document)"),
		ProjectionExpression:     new("pk, #document, members, revision, leaseUntil"),
		ExpressionAttributeNames: map[string]string{"#document": "document"},
	})
}

func keyOf(item map[string]types.AttributeValue) string {
	key, _ := item["pk"].(*types.AttributeValueMemberS)
	if key == nil {
		return "without a key"
	}
	return strconv.Quote(shown(key.Value))
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

// SaveReports replaces what Reports returned by document, unless somebody else did so meanwhile, which is an
// error.
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

// Healed is how many resources have ever been counted as healed while they were held: compare it with an
// earlier number.
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
