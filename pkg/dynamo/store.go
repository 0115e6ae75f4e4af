// Package dynamo remembers incidents in one DynamoDB table.
//
// The table has a string key pk and a time-to-live attribute expires. A record is one item: its document with
// the version, and while somebody works on it a lease and the changes that the claims are about. A group is
// an item that holds its open members beside its document, so that they change without its lease. A minute's
// count of a sink's messages is an item, too.
package dynamo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

const (
	// Lease is how long a claim lasts when its holder dies. It is longer than the function may run (60 s) and
	// a message may arrive after its answer was lost (incident.Fence), so that a living holder never loses
	// its claim and a dead one's last message has arrived.
	Lease = 120 * time.Second
	// retention is how long a record or group is remembered after its last change, openRetention one of an
	// open loss: forgotten earlier, its message would stay as it is. countRetention is for a minute's count
	// and for a record that knows nothing: somebody asked for a key that does not exist.
	retention      = 90 * 24 * time.Hour
	openRetention  = 400 * 24 * time.Hour
	countRetention = time.Hour
	// timeout is how long one request may take: a table that hangs must not cost the message.
	timeout = 3 * time.Second
	// longestKey is how long a key may be before its digest stands in for it. DynamoDB's limit is 2048 bytes
	// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
	longestKey = 1024
)

// client is what the Store needs of DynamoDB; *dynamodb.Client is one.
type client interface {
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (
		*dynamodb.TransactWriteItemsOutput, error)
}

// Store is a table of records and groups. It may be used concurrently.
type Store struct {
	client client
	table  string
	now    func() time.Time
	token  func() string
}

// New returns the Store of that table. token returns another text at each call.
func New(client client, table string, now func() time.Time, token func() string) *Store {
	return &Store{client: client, table: table, now: now, token: token}
}

// unclaimed is the condition under which an item may be claimed: nobody else's lease is running, and no later
// version wrote it, which this one must not overwrite. A request that is repeated because its answer was lost
// finds its own lease.
const unclaimed = "(attribute_not_exists(leaseUntil) OR leaseUntil < :now OR lease = :token)" +
	" AND (attribute_not_exists(version) OR version <= :version)"

// Claim leases the record of that key, empty when there is none, and leaves the intent on it. ok is
// false while somebody else has claimed it. The error of a record that a later version wrote wraps
// format.ErrNewer.
func (s *Store) Claim(ctx context.Context, key string, intent incident.Intent) (c incident.Claim, ok bool, err error) {
	values := s.leaseValues()
	note, err := storeIntent(leaseIn(values), intent)
	if err != nil {
		return incident.Claim{}, false, s.failed("claiming record", key, err)
	}
	values[":none"] = &types.AttributeValueMemberL{}
	values[":intent"] = &types.AttributeValueMemberL{Value: []types.AttributeValue{text(note)}}
	set := "SET lease = :token, leaseUntil = :until, expires = if_not_exists(expires, :expires)," +
		" intents = list_append(if_not_exists(intents, :none), :intent)"
	before, ok, err := s.lease(ctx, key, set, values)
	if err != nil || !ok {
		return incident.Claim{}, false, s.failed("claiming record", key, err)
	}
	c, err = readClaim(before, leaseIn(values))
	if err != nil {
		s.release(ctx, key, values)
		return incident.Claim{}, false, s.failed("claiming record", key, err)
	}
	c.Record.Key = key
	return c, true, nil
}

func (s *Store) leaseValues() map[string]types.AttributeValue {
	now := s.now()
	return map[string]types.AttributeValue{
		":token":   text(s.token()),
		":until":   number(now.Add(Lease).UnixMilli()),
		":now":     number(now.UnixMilli()),
		":expires": number(now.Add(retention).Unix()),
		":version": number(format.Version),
	}
}

// lease claims an item and returns it as it was before.
func (s *Store) lease(ctx context.Context, key, update string, values map[string]types.AttributeValue) (
	before map[string]types.AttributeValue, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                           &s.table,
		Key:                                 itemKey(key),
		UpdateExpression:                    &update,
		ConditionExpression:                 new(unclaimed),
		ExpressionAttributeValues:           values,
		ReturnValues:                        types.ReturnValueAllOld,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if refused, is := errors.AsType[*types.ConditionalCheckFailedException](err); is {
		if v, _ := whole(refused.Item["version"]); v > format.Version {
			return nil, false, fmt.Errorf("version %d, this one reads up to %d: %w", v, format.Version, format.ErrNewer)
		}
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return out.Attributes, true, nil
}

// leaseIn is the token of a claim.
func leaseIn(values map[string]types.AttributeValue) string {
	return values[":token"].(*types.AttributeValueMemberS).Value
}

// storeIntent is what a claim leaves on the item until it is saved: who claimed it and, unless it is a
// wake-up, about what. With the token a request that is repeated because its answer was lost tells its own
// intents from others'.
func storeIntent(lease string, intent incident.Intent) (string, error) {
	if intent.Change.Status == "" {
		return lease, nil
	}
	document, err := format.MarshalIntent(intent)
	return lease + intentSeparator + string(document), err
}

const intentSeparator = "\n"

// readClaim is what an item said before it was claimed.
func readClaim(before map[string]types.AttributeValue, lease string) (incident.Claim, error) {
	c := incident.Claim{Lease: lease}
	if document, ok := before["document"].(*types.AttributeValueMemberS); ok {
		var err error
		if c.Record, err = format.UnmarshalRecord([]byte(document.Value)); err != nil {
			return incident.Claim{}, err
		}
	} else if before["document"] != nil {
		return incident.Claim{}, errors.New("the item's document is not a string")
	}
	intents, ok := before["intents"].(*types.AttributeValueMemberL)
	if !ok {
		return c, nil
	}
	for _, value := range intents.Value {
		note, _ := value.(*types.AttributeValueMemberS)
		if note == nil {
			c.Abandoned = true
			continue
		}
		by, document, _ := strings.Cut(note.Value, intentSeparator)
		if by == lease {
			continue
		}
		// One that cannot be read was somebody's all the same, whose event comes again.
		c.Abandoned = true
		if intent, err := format.UnmarshalIntent([]byte(document)); err == nil {
			c.Intents = append(c.Intents, intent)
		}
	}
	return c, nil
}

// release ends a claim that cannot be used. At worst its lease runs out.
func (s *Store) release(ctx context.Context, key string, values map[string]types.AttributeValue) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, _ = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &s.table,
		Key:                       itemKey(key),
		UpdateExpression:          new("REMOVE lease, leaseUntil, intents"),
		ConditionExpression:       new("lease = :token"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":token": values[":token"]},
	})
}

// maxTransaction is how many items one transaction may write
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
const maxTransaction = 100

// Save writes the claims' records and ends the claims, several in one request; it returns an error for each,
// nil where it succeeded. It fails where the claim was lost to somebody else.
func (s *Store) Save(ctx context.Context, claims []incident.Claim) []error {
	errs := make([]error, len(claims))
	done := make(chan struct{})
	chunks := 0
	for start := 0; start < len(claims); start += maxTransaction {
		end := min(start+maxTransaction, len(claims))
		chunks++
		go func() {
			s.saveSome(ctx, claims[start:end], errs[start:end])
			done <- struct{}{}
		}()
	}
	for range chunks {
		<-done
	}
	return errs
}

// saveSome saves the claims in one transaction. One that cannot be saved makes the transaction fail: then
// each is saved by itself.
func (s *Store) saveSome(ctx context.Context, claims []incident.Claim, errs []error) {
	writes := make([]types.TransactWriteItem, len(claims))
	for i, c := range claims {
		update, err := s.save(c)
		if err != nil {
			errs[i] = s.failed("saving record", c.Record.Key, err)
			return
		}
		writes[i] = types.TransactWriteItem{Update: update}
	}
	if len(claims) > 1 {
		bounded, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		_, err := s.client.TransactWriteItems(bounded, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
		if err == nil {
			return
		}
		if bounded.Err() != nil {
			for i, c := range claims {
				errs[i] = s.failed("saving record", c.Record.Key, err)
			}
			return
		}
	}
	for i, write := range writes {
		errs[i] = s.saveOne(ctx, claims[i].Record.Key, write.Update)
		if errors.Is(errs[i], context.DeadlineExceeded) {
			for j := i + 1; j < len(writes); j++ {
				errs[j] = errs[i]
			}
			return
		}
	}
}

func (s *Store) saveOne(ctx context.Context, key string, u *types.Update) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression,
		ConditionExpression: u.ConditionExpression, ExpressionAttributeValues: u.ExpressionAttributeValues,
	})
	if _, lost := errors.AsType[*types.ConditionalCheckFailedException](err); lost {
		err = errors.New("the claim on it was lost to somebody else")
	}
	return s.failed("saving record", key, err)
}

func (s *Store) save(c incident.Claim) (*types.Update, error) {
	document, err := format.MarshalRecord(c.Record)
	if err != nil {
		return nil, err
	}
	keep := retention
	switch c.Record.Change.Status {
	case "":
		keep = countRetention
	case coverage.Unhealthy:
		keep = openRetention
	}
	return &types.Update{
		TableName: &s.table,
		Key:       itemKey(c.Record.Key),
		UpdateExpression: new("SET document = :document, version = :version, expires = :expires" +
			" REMOVE lease, leaseUntil, intents"),
		ConditionExpression: new("lease = :token"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":document": text(string(document)),
			":version":  number(format.Version),
			":expires":  number(s.now().Add(keep).Unix()),
			":token":    text(c.Lease),
		},
	}, nil
}

// Count counts one more message of the sink in that minute and returns how many there are now.
func (s *Store) Count(ctx context.Context, sink string, minute time.Time) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	key := "rate/" + sink + "/" + minute.UTC().Format(time.RFC3339)
	out, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        &s.table,
		Key:              itemKey(key),
		UpdateExpression: new("SET expires = if_not_exists(expires, :expires) ADD messages :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":expires": number(s.now().Add(countRetention).Unix()),
			":one":     number(1),
		},
		ReturnValues: types.ReturnValueUpdatedNew,
	})
	if err != nil {
		return 0, fmt.Errorf("counting messages of %s in table %s: %w", sink, s.table, err)
	}
	n, err := whole(out.Attributes["messages"])
	if err != nil {
		return 0, fmt.Errorf("counting messages of %s in table %s: item %q: %w", sink, s.table, key, err)
	}
	return int(n), nil
}

// failed is err with what was being done; nil when err is.
func (s *Store) failed(doing, key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q in table %s: %w", doing, shown(key), s.table, err)
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
