package dynamo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
)

// attribute is a value as it goes over the wire.
type attribute struct {
	S *string `json:",omitempty"`
	N *string `json:",omitempty"`
}

// table is a DynamoDB table with just enough understanding of expressions for those that the Store sends
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html).
type table struct {
	mu    sync.Mutex
	items map[string]map[string]attribute
	// fail answers instead of the table: an error type, such as ThrottlingException.
	fail string
}

type update struct {
	TableName                 string
	Key                       map[string]attribute
	UpdateExpression          string
	ConditionExpression       string
	ExpressionAttributeValues map[string]attribute
	ReturnValues              string
}

func (tb *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	var u update
	if r.Header.Get("X-Amz-Target") != "DynamoDB_20120810.UpdateItem" || json.NewDecoder(r.Body).Decode(&u) != nil {
		refuse(w, "ValidationException")
		return
	}
	key := *u.Key["pk"].S
	switch {
	case tb.fail != "":
		refuse(w, tb.fail)
		return
	case u.TableName != "incidents":
		refuse(w, "ResourceNotFoundException")
		return
	case u.ConditionExpression != "" && !holds(tb.items[key], u):
		refuse(w, "ConditionalCheckFailedException")
		return
	}
	before := tb.items[key]
	after, changed := apply(before, u)
	after["pk"] = u.Key["pk"]
	tb.items[key] = after
	var body struct {
		Attributes map[string]attribute `json:",omitempty"`
	}
	switch u.ReturnValues {
	case "ALL_OLD":
		body.Attributes = before
	case "UPDATED_NEW":
		body.Attributes = changed
	}
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, kind string) {
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, `{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"refused"}`, kind)
}

// holds understands attribute_not_exists(a), a < :v and a = :v, joined by OR.
func holds(item map[string]attribute, u update) bool {
	for clause := range strings.SplitSeq(u.ConditionExpression, " OR ") {
		if name, ok := strings.CutPrefix(clause, "attribute_not_exists("); ok {
			if _, exists := item[strings.TrimSuffix(name, ")")]; !exists {
				return true
			}
			continue
		}
		parts := strings.Fields(clause)
		have, want := item[parts[0]], u.ExpressionAttributeValues[parts[2]]
		switch {
		case parts[1] == "=" && have.S != nil && *have.S == *want.S,
			parts[1] == "<" && have.N != nil && number(have) < number(want):
			return true
		}
	}
	return false
}

// An assignment is "a = :v" or "a = if_not_exists(a, :v)" after SET, "a" after REMOVE, "a :v" after ADD.
var (
	keyword    = regexp.MustCompile(`(SET|REMOVE|ADD) `)
	assignment = regexp.MustCompile(`(\w+)(?: = )?(if_not_exists\(\w+, )?\s*(:\w+)?`)
)

// apply understands SET, with if_not_exists, REMOVE and ADD.
func apply(before map[string]attribute, u update) (after, changed map[string]attribute) {
	after, changed = map[string]attribute{}, map[string]attribute{}
	maps.Copy(after, before)
	verbs := keyword.FindAllStringSubmatch(u.UpdateExpression, -1)
	for i, part := range keyword.Split(u.UpdateExpression, -1)[1:] {
		for _, m := range assignment.FindAllStringSubmatch(part, -1) {
			name, value := m[1], u.ExpressionAttributeValues[m[3]]
			_, exists := before[name]
			switch {
			case verbs[i][1] == "REMOVE":
				delete(after, name)
				continue
			case m[2] != "" && exists:
				continue
			case verbs[i][1] == "ADD":
				value = attribute{N: new(strconv.Itoa(number(before[name]) + number(value)))}
			}
			after[name], changed[name] = value, value
		}
	}
	return after, changed
}

func number(a attribute) int {
	if a.N == nil {
		return 0
	}
	n, err := strconv.Atoi(*a.N)
	if err != nil {
		panic(err)
	}
	return n
}

// clock is a time that a test sets.
type clock struct{ now time.Time }

// opened is a Store whose client is the real one, and the table that answers it.
func opened(t *testing.T) (*dynamo.Store, *table, *clock) {
	t.Helper()
	tb := &table{items: map[string]map[string]attribute{}}
	server := httptest.NewServer(tb)
	t.Cleanup(server.Close)
	c := &clock{time.Date(2026, 3, 2, 2, 20, 0, 0, time.UTC)}
	return dynamo.New(client(server.URL), "incidents", func() time.Time { return c.now }, tokens()), tb, c
}

func client(url string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: &url, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "x", SecretAccessKey: "x"}, nil
		}),
	})
}

func tokens() func() string {
	n := 0
	return func() string { n++; return fmt.Sprint("token ", n) }
}

func open(t *testing.T, s *dynamo.Store, key string) coverage.Incident {
	t.Helper()
	incident, ok, err := s.Open(t.Context(), key)
	if err != nil || !ok {
		t.Fatalf("opening %s: %v, %v", key, ok, err)
	}
	return incident
}

const key = "111122223333/eu-west-1/EC2/i-1"

func TestAnIncidentComesBackAsItWasSaved(t *testing.T) {
	s, tb, c := opened(t)
	saved := open(t, s, key)
	if diff := cmp.Diff(coverage.Incident{Key: key, Lease: "token 1"}, saved); diff != "" {
		t.Errorf("a new one (-want +got):\n%s", diff)
	}
	saved.Status, saved.ChangedAt, saved.OpenedAt = coverage.Unhealthy, c.now, c.now
	saved.Change = coverage.Change{Resource: coverage.Resource{Kind: coverage.EC2, Name: `"i-1" <é>`}, Status: coverage.Unhealthy, ChangedAt: c.now}
	saved.Causes, saved.Pending = []string{"a"}, []string{"sns"}
	saved.Told = map[string]coverage.Told{"slack": {Ref: "C/1.2", Status: coverage.Unhealthy, ChangedAt: c.now, At: c.now, Groups: []string{"group/x"}}}
	if err := s.Save(t.Context(), saved); err != nil {
		t.Fatal(err)
	}
	again := open(t, s, key)
	saved.Lease = "token 2"
	if diff := cmp.Diff(saved, again); diff != "" {
		t.Errorf("after saving (-want +got):\n%s", diff)
	}
	if got, want := number(tb.items[key]["expires"]), c.now.Add(90*24*time.Hour).Unix(); int64(got) != want {
		t.Errorf("it expires at %d, want %d", got, want)
	}
}

func TestAClaimExcludesOthersUntilItRunsOut(t *testing.T) {
	s, _, c := opened(t)
	first := open(t, s, key)
	if _, ok, err := s.Open(t.Context(), key); ok || err != nil {
		t.Errorf("opening what is claimed: %v, %v; want neither", ok, err)
	}
	c.now = c.now.Add(dynamo.Lease)
	if _, ok, err := s.Open(t.Context(), key); ok || err != nil {
		t.Errorf("opening in the lease's last millisecond: %v, %v; want neither", ok, err)
	}
	c.now = c.now.Add(time.Millisecond)
	second := open(t, s, key)
	if !second.Unsure || first.Unsure {
		t.Errorf("unsure %v and then %v, want the claim after an abandoned one to say so", first.Unsure, second.Unsure)
	}
	if err := s.Save(t.Context(), first); err == nil || !strings.Contains(err.Error(), "lost") || !strings.Contains(err.Error(), key) {
		t.Errorf("saving without a claim: %v, want an error that says so", err)
	}
	second.Unsure = false
	if err := s.Save(t.Context(), second); err != nil {
		t.Error(err)
	}
	if third := open(t, s, key); third.Unsure {
		t.Error("unsure after a claim that was ended")
	}
}

func TestWhatAnotherVersionWroteIsAnErrorThatNamesIt(t *testing.T) {
	text := func(s string) attribute { return attribute{S: &s} }
	numeric := func(n string) attribute { return attribute{N: &n} }
	tests := map[string]struct {
		item map[string]attribute
		want string
	}{
		"a newer version":      {map[string]attribute{"document": text("{}"), "version": numeric("2")}, "not of version 1"},
		"no version":           {map[string]attribute{"document": text("{}")}, "not of version 1"},
		"a version of letters": {map[string]attribute{"document": text("{}"), "version": text("1")}, "not of version 1"},
		"a corrupt document":   {map[string]attribute{"document": text("{"), "version": numeric("1")}, "document: unexpected end"},
		"another document":     {map[string]attribute{"document": text(`{"told":7}`), "version": numeric("1")}, "document: json"},
		"a number":             {map[string]attribute{"document": numeric("7"), "version": numeric("1")}, "not a string"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, tb, _ := opened(t)
			tb.items[key] = test.item
			_, ok, err := s.Open(t.Context(), key)
			if ok || err == nil {
				t.Fatalf("opened: %v, %v", ok, err)
			}
			for _, want := range []string{test.want, key, "table incidents"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func TestPaceCountsByMinuteAndSink(t *testing.T) {
	s, tb, c := opened(t)
	minute := c.now.Truncate(time.Minute)
	for i, add := range []struct {
		sink   string
		minute time.Time
		want   int
	}{{"slack", minute, 1}, {"slack", minute, 2}, {"sns", minute, 1}, {"slack", minute.Add(time.Minute), 1}, {"slack", minute, 3}} {
		if got, err := s.Add(t.Context(), add.sink, add.minute); err != nil || got != add.want {
			t.Errorf("count %d: %d, %v; want %d", i, got, err, add.want)
		}
	}
	item := tb.items["pace/slack/2026-03-02T02:20:00Z"]
	if got, want := number(item["expires"]), c.now.Add(time.Hour).Unix(); int64(got) != want {
		t.Errorf("it expires at %d, want %d", got, want)
	}
}

func TestAStrangeCountIsAnError(t *testing.T) {
	for name, value := range map[string]types.AttributeValue{
		"text":     &types.AttributeValueMemberS{Value: "1"},
		"fraction": &types.AttributeValueMemberN{Value: "1.5"},
		"nothing":  nil,
	} {
		t.Run(name, func(t *testing.T) {
			s := dynamo.New(answer{"messages": value}, "incidents", time.Now, tokens())
			if _, err := s.Add(t.Context(), "slack", time.Now()); err == nil || !strings.Contains(err.Error(), "table incidents") {
				t.Errorf("error %v, want one that names the table", err)
			}
		})
	}
}

func TestTwoLongKeysStayApart(t *testing.T) {
	s, tb, _ := opened(t)
	long := strings.Repeat("x", 5000)
	a, b := open(t, s, long+"a"), open(t, s, long+"b")
	if a.Key != long+"a" || b.Key != long+"b" {
		t.Error("the incident does not bear its own key")
	}
	for stored := range tb.items {
		if len(stored) > 2048 {
			t.Errorf("a key of %d bytes, more than DynamoDB takes", len(stored))
		}
	}
	if err := s.Save(t.Context(), a); err != nil {
		t.Error(err)
	}
	tb.fail = "ThrottlingException"
	if _, _, err := s.Open(t.Context(), long); err == nil || len(err.Error()) > 1000 {
		t.Errorf("an error of %d bytes, want a readable one", len(fmt.Sprint(err)))
	}
}

func TestARefusalNamesTheTable(t *testing.T) {
	for _, kind := range []string{"ThrottlingException", "ProvisionedThroughputExceededException", "ResourceNotFoundException", "InternalServerError"} {
		t.Run(kind, func(t *testing.T) {
			s, tb, c := opened(t)
			incident := open(t, s, key)
			tb.fail = kind
			_, ok, openErr := s.Open(t.Context(), key)
			_, addErr := s.Add(t.Context(), "slack", c.now)
			for what, err := range map[string]error{"opening": openErr, "saving": s.Save(t.Context(), incident), "counting": addErr} {
				if err == nil || ok || !strings.Contains(err.Error(), "table incidents") || !strings.Contains(err.Error(), kind) {
					t.Errorf("%s: %v, want an error that names table and reason", what, err)
				}
			}
		})
	}
}

// hung is a table that never answers.
type hung struct{}

func (hung) UpdateItem(ctx context.Context, _ *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestAHungTableCostsThreeSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := dynamo.New(hung{}, "incidents", time.Now, tokens())
		for what, call := range map[string]func() error{
			"opening":  func() error { _, _, err := s.Open(t.Context(), key); return err },
			"saving":   func() error { return s.Save(t.Context(), coverage.Incident{Key: key}) },
			"counting": func() error { _, err := s.Add(t.Context(), "slack", time.Now()); return err },
		} {
			began := time.Now()
			if err := call(); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v, want a timeout", what, err)
			}
			if took := time.Since(began); took != 3*time.Second {
				t.Errorf("%s took %v", what, took)
			}
		}
	})
}

// answer is a table that always returns the same item.
type answer map[string]types.AttributeValue

func (a answer) UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return &dynamodb.UpdateItemOutput{Attributes: a}, nil
}

// FuzzRead brings whatever may be in the table: it is an incident of the key that was asked for, or an error that names it.
func FuzzRead(f *testing.F) {
	f.Add("1", `{"key":"other","status":"UNHEALTHY","changedAt":"2026-03-02T02:20:00Z","told":{"slack":{"ref":"x"}},"group":{"open":["x"]}}`)
	f.Add("2", `{}`)
	f.Add("1", `{"group":null,"told":null}`)
	f.Add("", `[`)
	f.Fuzz(func(t *testing.T, version, document string) {
		item := answer{"version": &types.AttributeValueMemberN{Value: version}, "document": &types.AttributeValueMemberS{Value: document}}
		incident, ok, err := dynamo.New(item, "incidents", time.Now, tokens()).Open(t.Context(), key)
		switch {
		case err != nil && (ok || !strings.Contains(err.Error(), key)):
			t.Errorf("%v, %v; want an error that names the item", ok, err)
		case err == nil && (!ok || incident.Key != key || incident.Lease != "token 1"):
			t.Errorf("opened %+v, %v", incident, ok)
		}
	})
}
