package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

const key = "111122223333/eu-west-1/EC2/i-1"

var moment = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// lost and regained are changes of one instance.
func lost(minute int) coverage.Change     { return change(coverage.Unhealthy, minute) }
func regained(minute int) coverage.Change { return change(coverage.Healthy, minute) }

func change(status coverage.Status, minute int) coverage.Change {
	resource := coverage.Resource{Account: "111122223333", Region: "eu-west-1", Kind: coverage.EC2, Name: "i-1"}
	return coverage.Change{
		Resource: resource, Status: status, Issues: []string{"<&> \"quoted\" 日本語"}, EventID: "c8c4",
		ChangedAt: moment.Add(time.Duration(minute) * time.Minute),
	}
}

func about(c coverage.Change, sinks ...string) incident.Intent {
	return incident.Intent{Change: c, Sinks: sinks}
}

func claim(t *testing.T, s *dynamo.Store, key string, intent incident.Intent) incident.Claim {
	t.Helper()
	c, ok, err := s.Claim(t.Context(), key, intent)
	if err != nil || !ok {
		t.Fatalf("claiming %.80s: %v, %v", key, ok, err)
	}
	return c
}

// saved claims and saves a record that knows the change.
func saved(t *testing.T, s *dynamo.Store, key string, change coverage.Change) {
	t.Helper()
	c := claim(t, s, key, about(change))
	c.Record.Observe(change, nil)
	requireSaved(t, s, c)
}

func requireSaved(t *testing.T, s *dynamo.Store, claims ...incident.Claim) {
	t.Helper()
	if err := errors.Join(s.Save(t.Context(), claims)...); err != nil {
		t.Fatal(err)
	}
}

func requireError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("got no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func TestARecordComesBackAsItWasSaved(t *testing.T) {
	s, _, c := opened(t)
	first := claim(t, s, key, about(lost(0)))
	if diff := cmp.Diff(incident.Claim{Record: incident.Record{Key: key}, Lease: "token 1"}, first); diff != "" {
		t.Errorf("a new one (-want +got):\n%s", diff)
	}
	first.Record.Observe(lost(0), []string{"agent-not-reporting"})
	first.Record.Sent("slack", "C123/1700.1", "")
	first.Record.Failed("sns", c.now, true, time.Minute)
	first.Record.WakeAt = c.now.Add(time.Minute)
	requireSaved(t, s, first)
	want := incident.Claim{Record: first.Record, Lease: "token 2"}
	if diff := cmp.Diff(want, claim(t, s, key, incident.Intent{})); diff != "" {
		t.Errorf("after saving (-want +got):\n%s", diff)
	}
}

func TestAClaimExcludesOthersUntilItsLeaseEnds(t *testing.T) {
	s, _, c := opened(t)
	claim(t, s, key, incident.Intent{})
	for _, passed := range []time.Duration{0, dynamo.Lease} {
		c.pass(passed)
		if _, ok, err := s.Claim(t.Context(), key, incident.Intent{}); ok || err != nil {
			t.Errorf("after %v: claimed %v, %v; want neither", passed, ok, err)
		}
	}
	c.pass(time.Millisecond)
	second := claim(t, s, key, incident.Intent{})
	if !second.Abandoned {
		t.Error("the claim after an abandoned one does not say so")
	}
	requireSaved(t, s, second)
	if claim(t, s, key, incident.Intent{}).Abandoned {
		t.Error("abandoned after a claim that was saved")
	}
}

func TestIntentsAccumulateUntilTheRecordIsSaved(t *testing.T) {
	s, _, c := opened(t)
	for _, intent := range []incident.Intent{about(lost(0), "slack", "sns"), {}, about(regained(1))} {
		claim(t, s, key, intent)
		c.pass(dynamo.Lease + time.Millisecond)
	}
	last := claim(t, s, key, about(lost(2)))
	if diff := cmp.Diff([]incident.Intent{about(lost(0), "slack", "sns"), about(regained(1))}, last.Intents); diff != "" || !last.Abandoned {
		t.Errorf("abandoned %v, intents (-want +got):\n%s", last.Abandoned, diff)
	}
	requireSaved(t, s, last)
	if next := claim(t, s, key, incident.Intent{}); next.Abandoned || next.Intents != nil {
		t.Errorf("after saving: %+v", next)
	}
}

// The SDK asks again when an answer does not arrive, though the table has done what it was asked.
func TestARepeatedClaimFindsItsOwnLease(t *testing.T) {
	for _, lose := range []int{1, 2} {
		t.Run(fmt.Sprint(lose, " lost answers"), func(t *testing.T) {
			s, tb, c := opened(t)
			tb.lose = lose
			first := claim(t, s, key, about(lost(0)))
			if first.Abandoned || first.Intents != nil {
				t.Errorf("its own first attempt counts as somebody else's: %+v", first)
			}
			c.pass(dynamo.Lease + time.Millisecond)
			if next := claim(t, s, key, incident.Intent{}); !next.Abandoned || len(next.Intents) == 0 {
				t.Errorf("the next claim does not know of it: %+v", next)
			}
		})
	}
	t.Run("after a wake-up's claim that was abandoned", func(t *testing.T) {
		s, tb, c := opened(t)
		saved(t, s, key, lost(0))
		claim(t, s, key, incident.Intent{})
		c.pass(dynamo.Lease + time.Millisecond)
		tb.lose = 1
		if next := claim(t, s, key, about(regained(1))); !next.Abandoned || next.Intents != nil {
			t.Errorf("nobody saved the record before, yet the next claim is sure of it: %+v", next)
		}
	})
}

func TestSavingWithoutTheClaimFails(t *testing.T) {
	tests := map[string]func(*testing.T, *dynamo.Store, *table, *clock) incident.Claim{
		"it was never claimed": func(*testing.T, *dynamo.Store, *table, *clock) incident.Claim {
			return incident.Claim{Record: incident.Record{Key: key}, Lease: "token 7"}
		},
		"somebody else took it over": func(t *testing.T, s *dynamo.Store, _ *table, c *clock) incident.Claim {
			late := claim(t, s, key, incident.Intent{})
			c.pass(dynamo.Lease + time.Millisecond)
			claim(t, s, key, incident.Intent{})
			return late
		},
		"it was saved before": func(t *testing.T, s *dynamo.Store, _ *table, _ *clock) incident.Claim {
			c := claim(t, s, key, incident.Intent{})
			requireSaved(t, s, c)
			return c
		},
		"the item has expired": func(t *testing.T, s *dynamo.Store, tb *table, _ *clock) incident.Claim {
			c := claim(t, s, key, incident.Intent{})
			delete(tb.items, key)
			return c
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			s, tb, c := opened(t)
			late := prepare(t, s, tb, c)
			before := maps.Clone(tb.items[key])
			late.Record.Observe(lost(9), nil)
			requireError(t, s.Save(t.Context(), []incident.Claim{late})[0], "table incidents", strconv.Quote(key), "was lost")
			if diff := cmp.Diff(before, tb.items[key]); diff != "" {
				t.Errorf("the item was changed:\n%s", diff)
			}
		})
	}
}

// claims claims n records of a lost instance.
func claims(t *testing.T, s *dynamo.Store, n int) []incident.Claim {
	t.Helper()
	all := make([]incident.Claim, n)
	for i := range all {
		all[i] = claim(t, s, fmt.Sprint(key, "-", i), about(lost(0)))
		all[i].Record.Observe(lost(0), nil)
	}
	return all
}

func TestManyRecordsAreSavedInTransactionsOf100(t *testing.T) {
	s, tb, _ := opened(t)
	all := claims(t, s, 201)
	clear(tb.requests)
	requireSaved(t, s, all...)
	if diff := cmp.Diff(map[string]int{"TransactWriteItems": 2, "UpdateItem": 1}, tb.requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for _, c := range all {
		if again := claim(t, s, c.Record.Key, incident.Intent{}); again.Abandoned || again.Record.Change.Status != coverage.Unhealthy {
			t.Fatalf("%s was not saved: %+v", c.Record.Key, again)
		}
	}
}

func TestOneLostClaimOfATransactionFailsAlone(t *testing.T) {
	s, tb, _ := opened(t)
	all := claims(t, s, 5)
	all[2].Lease = "another"
	before := maps.Clone(tb.items[all[2].Record.Key])
	for i, err := range s.Save(t.Context(), all) {
		if i != 2 && err != nil {
			t.Errorf("record %d: %v", i, err)
		}
		if i == 2 {
			requireError(t, err, all[2].Record.Key, "was lost")
		}
	}
	if diff := cmp.Diff(before, tb.items[all[2].Record.Key]); diff != "" {
		t.Errorf("the item was changed:\n%s", diff)
	}
	if again := claim(t, s, all[4].Record.Key, incident.Intent{}); again.Record.Change.Status != coverage.Unhealthy {
		t.Error("the last one was not saved")
	}
}

func TestAnUnreadableItemIsReleased(t *testing.T) {
	tests := map[string]struct {
		item item
		want string
	}{
		"a document of no version": {item{"document": text("{}"), "version": number(1)}, "version 0"},
		"a corrupt document":       {item{"document": text("{"), "version": number(1)}, "unexpected end"},
		"another document":         {item{"document": text(`{"version":1,"notified":7}`), "version": number(1)}, "notified"},
		"a document of a number":   {item{"document": number(7), "version": number(1)}, "not a string"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, tb, _ := opened(t)
			tb.items[key] = test.item
			for range 2 { // The second attempt need not wait for the first one's lease.
				_, ok, err := s.Claim(t.Context(), key, about(lost(0)))
				requireError(t, err, test.want, key, "table incidents")
				if ok {
					t.Error("it was claimed all the same")
				}
			}
			if got := tb.items[key]["document"]; !cmp.Equal(got, test.item["document"]) {
				t.Errorf("the document was changed to %v", got)
			}
		})
	}
}

func TestAnUnreadableIntentWasSomebodys(t *testing.T) {
	for name, intent := range map[string]attribute{"a number": number(7), "corrupt": text("another\n{"), "of an unknown status": text("another\n{}")} {
		t.Run(name, func(t *testing.T) {
			s, tb, _ := opened(t)
			tb.items[key] = item{"intents": attribute{L: []attribute{intent}}}
			if c := claim(t, s, key, incident.Intent{}); !c.Abandoned || c.Intents != nil {
				t.Errorf("abandoned %v, intents %v", c.Abandoned, c.Intents)
			}
		})
	}
}

func TestWhatALaterVersionWroteIsNeverTouched(t *testing.T) {
	calls := map[string]func(context.Context, *dynamo.Store) error{
		"Claim": func(ctx context.Context, s *dynamo.Store) error {
			_, _, err := s.Claim(ctx, key, about(lost(0)))
			return err
		},
		"ClaimGroup": func(ctx context.Context, s *dynamo.Store) error { _, _, _, err := s.ClaimGroup(ctx, key); return err },
		"Leave": func(ctx context.Context, s *dynamo.Store) error {
			_, _, err := s.Leave(ctx, key, []string{"a"}, moment)
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			s, tb, _ := opened(t)
			newer := item{
				"document": text("{}"), "version": number(format.Version + 1), "revision": number(3),
				"members": {SS: []string{"a"}}, "lease": text("x"), "leaseUntil": number(1),
			}
			tb.items[key] = maps.Clone(newer)
			err := call(t.Context(), s)
			if requireError(t, err, "table incidents", key); !errors.Is(err, format.ErrNewer) {
				t.Errorf("%v, want format.ErrNewer", err)
			}
			if diff := cmp.Diff(newer, tb.items[key]); diff != "" {
				t.Errorf("the item was changed:\n%s", diff)
			}
		})
	}
}

func TestItemsExpire(t *testing.T) {
	const day = 24 * time.Hour
	s, tb, c := opened(t)
	expires := func(key string, want time.Duration) {
		t.Helper()
		if got := time.Unix(tb.items[key]["expires"].whole(), 0).Sub(c.now); got != want {
			t.Errorf("%s expires in %v, want %v", key, got, want)
		}
	}
	saved(t, s, key, lost(0))
	expires(key, 400*day)
	c.pass(day)
	requireSaved(t, s, claim(t, s, key, incident.Intent{}))
	expires(key, 400*day)
	c.pass(day)
	requireSaved(t, s, claim(t, s, key, incident.Intent{}))
	claim(t, s, key, incident.Intent{})
	c.pass(2 * dynamo.Lease)
	expires(key, 400*day-2*dynamo.Lease) // To look is not to change.
	saved(t, s, key, regained(1))
	expires(key, 90*day)

	requireSaved(t, s, claim(t, s, "unknown", incident.Intent{}))
	expires("unknown", time.Hour)
	group := group("a", "b")
	if err := s.CreateGroup(t.Context(), group); err != nil {
		t.Fatal(err)
	}
	expires(group.Key, 400*day)
	c.pass(day)
	leave(t, s, group.Key, "a")
	expires(group.Key, 400*day)
	if _, err := s.Count(t.Context(), "slack", c.now.Truncate(time.Minute)); err != nil {
		t.Fatal(err)
	}
	expires("rate/slack/"+c.now.Truncate(time.Minute).Format(time.RFC3339), time.Hour)
}

func TestMessagesAreCountedByMinuteAndSink(t *testing.T) {
	s, _, c := opened(t)
	minute := c.now.Truncate(time.Minute)
	for i, count := range []struct {
		sink   string
		minute time.Time
		want   int
	}{{"slack", minute, 1}, {"slack", minute.In(time.FixedZone("JST", 9*60*60)), 2}, {"sns", minute, 1}, {"slack", minute.Add(time.Minute), 1}, {"slack", minute, 3}} {
		if got, err := s.Count(t.Context(), count.sink, count.minute); err != nil || got != count.want {
			t.Errorf("count %d: %d, %v; want %d", i, got, err, count.want)
		}
	}
}

func TestAStrangeCountIsAnError(t *testing.T) {
	for name, value := range map[string]types.AttributeValue{
		"text": &types.AttributeValueMemberS{Value: "1"}, "fraction": &types.AttributeValueMemberN{Value: "1.5"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := dynamo.New(answer{"messages": value}, "incidents", time.Now, tokens()).Count(t.Context(), "slack", moment)
			requireError(t, err, "table incidents")
		})
	}
}

func TestKeysOfMoreThan1024BytesAreDigests(t *testing.T) {
	s, tb, _ := opened(t)
	fits, long, runes := strings.Repeat("k", 1024), strings.Repeat("k", 1025), strings.Repeat("鍵", 1000)
	keys := []string{fits, long, long + "2", long[1:] + "2", runes, runes + "2"}
	for i, key := range keys {
		saved(t, s, key, lost(i))
	}
	for i, key := range keys {
		if got := claim(t, s, key, incident.Intent{}).Record; !got.Change.ChangedAt.Equal(lost(i).ChangedAt) || got.Key != key {
			t.Errorf("key %d opens %.80s of %v", i, got.Key, got.Change.ChangedAt)
		}
	}
	for stored := range tb.items {
		if digest, ok := strings.CutPrefix(stored, "sha256/"); stored != fits && (!ok || len(digest) != 64) {
			t.Errorf("item %.80q, want a digest", stored)
		}
	}
}

// calls are the Store's calls, each of one request.
func calls() map[string]func(context.Context, *dynamo.Store, string) error {
	one := func(key string) []incident.Claim {
		return []incident.Claim{{Record: incident.Record{Key: key}, Lease: "token"}}
	}
	return map[string]func(context.Context, *dynamo.Store, string) error{
		"Claim": func(ctx context.Context, s *dynamo.Store, key string) error {
			_, _, err := s.Claim(ctx, key, incident.Intent{})
			return err
		},
		"Save": func(ctx context.Context, s *dynamo.Store, key string) error { return s.Save(ctx, one(key))[0] },
		"Save many": func(ctx context.Context, s *dynamo.Store, key string) error {
			return s.Save(ctx, slices.Repeat(one(key), 9))[8]
		},
		"ClaimGroup": func(ctx context.Context, s *dynamo.Store, key string) error {
			_, _, _, err := s.ClaimGroup(ctx, key)
			return err
		},
		"SaveGroup": func(ctx context.Context, s *dynamo.Store, key string) error {
			return s.SaveGroup(ctx, incident.Group{Key: key, Ref: "C/1"}, "token", moment)
		},
		"CreateGroup": func(ctx context.Context, s *dynamo.Store, key string) error {
			return s.CreateGroup(ctx, incident.Group{Key: key, Open: []string{"a"}})
		},
		"Leave": func(ctx context.Context, s *dynamo.Store, key string) error {
			_, _, err := s.Leave(ctx, key, []string{"a"}, moment)
			return err
		},
		"Count": func(ctx context.Context, s *dynamo.Store, key string) error {
			_, err := s.Count(ctx, key, moment)
			return err
		},
	}
}

func TestErrorsNameTableKeyAndReason(t *testing.T) {
	long := strings.Repeat("鍵", 300)
	for name, call := range calls() {
		for _, code := range []string{"ThrottlingException", "ResourceNotFoundException", "AccessDeniedException", "InternalServerError"} {
			t.Run(name+" "+code, func(t *testing.T) {
				s, tb, _ := opened(t)
				tb.fail = code
				requireError(t, call(t.Context(), s, key), "table incidents", code)
				if err := call(t.Context(), s, long); name != "Count" && len(err.Error()) > 1500 {
					t.Errorf("an error of %d bytes: %v", len(err.Error()), err)
				}
			})
		}
		t.Run(name+" cancelled", func(t *testing.T) {
			s, tb, _ := opened(t)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := call(ctx, s, key); !errors.Is(err, context.Canceled) || len(tb.items) != 0 {
				t.Errorf("%v does not say that it was cancelled, or something was written", err)
			}
		})
		t.Run(name+" without an answer", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, began := dynamo.New(hung{}, "incidents", time.Now, tokens()), time.Now()
				if err := call(t.Context(), s, key); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v, want a timeout", err)
				}
				if took := time.Since(began); took != 3*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// hung is a table that never answers.
type hung struct{}

func (hung) UpdateItem(ctx context.Context, _ *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (hung) TransactWriteItems(ctx context.Context, _ *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// answer is a table that returns the same item to every update.
type answer map[string]types.AttributeValue

func (a answer) UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return &dynamodb.UpdateItemOutput{Attributes: a}, nil
}

func (a answer) TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

// FuzzClaim brings whatever may be in the table: it is a record of the key that was asked for and can be
// saved again, or an error that names it.
func FuzzClaim(f *testing.F) {
	f.Add(`{"version":1,"key":"other","change":{"kind":"EC2","name":"i","status":"UNHEALTHY","changedAt":"2026-03-02T02:20:00Z"}}`, "x\n{}")
	f.Add(`{"version":1,"notified":{"slack":{"status":"UNHEALTHY","group":"group/slack/1"}}}`, "token 1\n{}")
	f.Add(`{"version":2}`, ``)
	f.Add(`null`, "x\n{\"status\":\"HEALTHY\"}")
	f.Fuzz(func(t *testing.T, document, intent string) {
		s := dynamo.New(answer{
			"document": &types.AttributeValueMemberS{Value: document},
			"intents":  &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: intent}}},
		}, "incidents", time.Now, tokens())
		c, ok, err := s.Claim(t.Context(), key, incident.Intent{})
		if err != nil {
			requireError(t, err, "table incidents", key)
			return
		}
		if !ok || c.Record.Key != key || c.Lease != "token 1" {
			t.Fatalf("claimed %+v, %v", c, ok)
		}
		if err := s.Save(t.Context(), []incident.Claim{c})[0]; err != nil {
			t.Errorf("what was read cannot be saved: %v", err)
		}
	})
}
