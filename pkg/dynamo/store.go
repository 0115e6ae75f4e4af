// Package dynamo remembers incidents in one DynamoDB table.
//
// The table has a string key pk and a time-to-live attribute expires. An incident is one item: the document,
// its version, and while somebody works on it a lease. A minute's count of a sink's messages is an item too.
package dynamo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

const (
	// Lease is how long a claim lasts when its holder dies. It is longer than the function may run, so that a
	// living holder never loses its claim.
	Lease = 2 * time.Minute
	// retention is how long an incident is remembered after its last change, and paceRetention a minute's count.
	retention     = 90 * 24 * time.Hour
	paceRetention = time.Hour
	// timeout is how long one request may take: a table that hangs must not cost the message.
	timeout = 3 * time.Second
	// version is that of the document.
	version = 1
	// longestKey is how long a key may be before its digest stands in for it. DynamoDB's limit is 2048 bytes
	// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
	longestKey = 1024
)

// updater is what the Store needs of DynamoDB; *dynamodb.Client is one.
type updater interface {
	UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// Store is a table of incidents. It may be used concurrently.
type Store struct {
	client updater
	table  string
	now    func() time.Time
	token  func() string
}

// New returns the Store in that table. token returns a new, unguessable proof of a claim at each call.
func New(client updater, table string, now func() time.Time, token func() string) *Store {
	return &Store{client: client, table: table, now: now, token: token}
}

// Open claims the incident of that key, empty when there is none. ok is false while another claim lasts. An item that
// this version cannot read is an error that names it.
//
// When DynamoDB's answer is lost the SDK asks again, and finds this very claim. What the item was before is then not known,
// so the incident is Unsure.
func (s *Store) Open(ctx context.Context, key string) (incident coverage.Incident, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	token, now := s.token(), s.now()
	out, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           &s.table,
		Key:                 itemKey(key),
		UpdateExpression:    new("SET lease = :token, leaseUntil = :until, expires = if_not_exists(expires, :expires)"),
		ConditionExpression: new("attribute_not_exists(leaseUntil) OR leaseUntil < :now OR lease = :token"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":token":   text(token),
			":until":   number(now.Add(Lease).UnixMilli()),
			":now":     number(now.UnixMilli()),
			":expires": number(now.Add(retention).Unix()),
		},
		ReturnValues: types.ReturnValueAllOld,
	})
	if _, claimed := errors.AsType[*types.ConditionalCheckFailedException](err); claimed {
		return coverage.Incident{}, false, nil
	}
	if err == nil {
		incident, err = read(out.Attributes)
	}
	if err != nil {
		return coverage.Incident{}, false, fmt.Errorf("opening incident %q in table %s: %w", shown(key), s.table, err)
	}
	if _, abandoned := out.Attributes["leaseUntil"]; abandoned {
		incident.Unsure = true
	}
	incident.Key, incident.Lease = key, token
	return incident, true, nil
}

// Save writes an incident that Open returned and ends its claim.
func (s *Store) Save(ctx context.Context, incident coverage.Incident) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	document, err := json.Marshal(incident)
	if err == nil {
		_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           &s.table,
			Key:                 itemKey(incident.Key),
			UpdateExpression:    new("SET document = :document, version = :version, expires = :expires REMOVE lease, leaseUntil"),
			ConditionExpression: new("lease = :token"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":document": text(string(document)),
				":version":  number(version),
				":expires":  number(s.now().Add(retention).Unix()),
				":token":    text(incident.Lease),
			},
		})
	}
	if _, lost := errors.AsType[*types.ConditionalCheckFailedException](err); lost {
		err = errors.New("the claim on it was lost to somebody else")
	}
	if err != nil {
		return fmt.Errorf("saving incident %q in table %s: %w", shown(incident.Key), s.table, err)
	}
	return nil
}

// Add counts one more message of the sink in that minute and returns how many there are now.
func (s *Store) Add(ctx context.Context, sink string, minute time.Time) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	key := "pace/" + sink + "/" + minute.UTC().Format(time.RFC3339)
	out, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        &s.table,
		Key:              itemKey(key),
		UpdateExpression: new("SET expires = if_not_exists(expires, :expires) ADD messages :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":expires": number(s.now().Add(paceRetention).Unix()),
			":one":     number(1),
		},
		ReturnValues: types.ReturnValueUpdatedNew,
	})
	if err != nil {
		return 0, fmt.Errorf("counting messages of %s in table %s: %w", sink, s.table, err)
	}
	messages, ok := out.Attributes["messages"].(*types.AttributeValueMemberN)
	if !ok {
		return 0, fmt.Errorf("counting messages of %s in table %s: item %q holds no number", sink, s.table, key)
	}
	n, err := strconv.Atoi(messages.Value)
	if err != nil {
		return 0, fmt.Errorf("counting messages of %s in table %s: %w", sink, s.table, err)
	}
	return n, nil
}

// read is the incident in an item: an empty one when the item was made by this very claim.
func read(item map[string]types.AttributeValue) (coverage.Incident, error) {
	stored, ok := item["document"]
	if !ok {
		return coverage.Incident{}, nil
	}
	if v, ok := item["version"].(*types.AttributeValueMemberN); !ok || v.Value != strconv.Itoa(version) {
		return coverage.Incident{}, fmt.Errorf("the item is not of version %d: another version of this program, or a stranger, wrote it", version)
	}
	document, ok := stored.(*types.AttributeValueMemberS)
	if !ok {
		return coverage.Incident{}, errors.New("the item's document is not a string")
	}
	var incident coverage.Incident
	if err := json.Unmarshal([]byte(document.Value), &incident); err != nil {
		return coverage.Incident{}, fmt.Errorf("the item's document: %w", err)
	}
	return incident, nil
}

func itemKey(key string) map[string]types.AttributeValue {
	if len(key) > longestKey {
		digest := sha256.Sum256([]byte(key))
		key = "sha256/" + hex.EncodeToString(digest[:])
	}
	return map[string]types.AttributeValue{"pk": text(key)}
}

// shown is the key as an error names it.
func shown(key string) string {
	if runes := []rune(key); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return key
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}
