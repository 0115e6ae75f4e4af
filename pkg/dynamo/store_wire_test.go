package dynamo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
)

func TestEveryFieldOfAnIncidentComesBack(t *testing.T) {
	s, _, _ := opened(t)
	want := everything()
	requireNoZero(t, "Incident", reflect.ValueOf(want))
	want.Lease = open(t, s, key).Lease
	if err := s.Save(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got := open(t, s, key)
	want.Lease = got.Lease
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSaveWithoutTheClaim(t *testing.T) {
	takeOver := func(t *testing.T, s *dynamo.Store, c *clock) (late, second coverage.Incident) {
		late = open(t, s, key)
		c.now = c.now.Add(dynamo.Lease + time.Millisecond)
		return late, open(t, s, key)
	}
	tests := map[string]func(*testing.T, *dynamo.Store, *table, *clock) coverage.Incident{
		"it was never opened": func(*testing.T, *dynamo.Store, *table, *clock) coverage.Incident {
			return coverage.Incident{Key: key}
		},
		"somebody else took it over": func(t *testing.T, s *dynamo.Store, _ *table, c *clock) coverage.Incident {
			late, _ := takeOver(t, s, c)
			return late
		},
		"somebody else took it over and saved": func(t *testing.T, s *dynamo.Store, _ *table, c *clock) coverage.Incident {
			late, second := takeOver(t, s, c)
			if err := s.Save(t.Context(), second); err != nil {
				t.Fatal(err)
			}
			return late
		},
		"it was saved before": func(t *testing.T, s *dynamo.Store, _ *table, _ *clock) coverage.Incident {
			incident := open(t, s, key)
			if err := s.Save(t.Context(), incident); err != nil {
				t.Fatal(err)
			}
			return incident
		},
		"the item has expired": func(t *testing.T, s *dynamo.Store, tb *table, _ *clock) coverage.Incident {
			incident := open(t, s, key)
			delete(tb.items, key)
			return incident
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			s, tb, c := opened(t)
			incident := prepare(t, s, tb, c)
			before := maps.Clone(tb.items[key])
			incident.Status = "LATE"
			requireError(t, s.Save(t.Context(), incident), "table incidents", strconv.Quote(key), "claim on it was lost")
			if diff := cmp.Diff(before, tb.items[key]); diff != "" {
				t.Errorf("the item was changed:\n%s", diff)
			}
		})
	}
}

func TestSaveRefusesWhatHasNoJSON(t *testing.T) {
	s, tb, _ := opened(t)
	incident := open(t, s, key)
	before := maps.Clone(tb.items[key])
	incident.ChangedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	requireError(t, s.Save(t.Context(), incident), "table incidents", key, "year")
	if diff := cmp.Diff(before, tb.items[key]); diff != "" {
		t.Errorf("something was written all the same:\n%s", diff)
	}
}

func TestOnlyOneOfManyClaims(t *testing.T) {
	_, tb, _ := opened(t)
	var claims, opened atomic.Int32
	s := wired(t, tb, func() string { return fmt.Sprint("token ", claims.Add(1)) }, aws.NopRetryer{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, ok, err := s.Open(t.Context(), key); err != nil {
				t.Error(err)
			} else if ok {
				opened.Add(1)
			}
		})
	}
	wg.Wait()
	if opened.Load() != 1 {
		t.Errorf("%d claimed the incident, want 1", opened.Load())
	}
}

// The SDK asks again when an answer does not arrive, though the table has done what it was asked.
func TestTheAnswerIsLost(t *testing.T) {
	lossy := func(t *testing.T) (*dynamo.Store, *clock, *atomic.Bool) {
		_, tb, c := opened(t)
		lose := new(atomic.Bool)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if lose.CompareAndSwap(true, false) {
				tb.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
			tb.ServeHTTP(w, r)
		})
		retryer := retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return dynamo.New(clientOf(server, retryer), "incidents", func() time.Time { return c.now }, tokens()), c, lose
	}
	t.Run("a claim", func(t *testing.T) {
		s, _, lose := lossy(t)
		lose.Store(true)
		incident := open(t, s, key)
		if !incident.Unsure || lose.Load() {
			t.Error("what the item was before is not known, yet the incident is sure")
		}
		if err := s.Save(t.Context(), incident); err != nil {
			t.Error(err)
		}
	})
	t.Run("a claim after one that was abandoned", func(t *testing.T) {
		s, c, lose := lossy(t)
		open(t, s, key)
		c.now = c.now.Add(dynamo.Lease + time.Millisecond)
		lose.Store(true)
		if !open(t, s, key).Unsure {
			t.Error("nobody saved the incident, yet the next claim is sure of it")
		}
	})
	t.Run("of saving", func(t *testing.T) {
		s, _, lose := lossy(t)
		incident := open(t, s, key)
		incident.Causes = []string{"saved"}
		lose.Store(true)
		requireError(t, s.Save(t.Context(), incident), "table incidents", key)
		if again := open(t, s, key); again.Unsure || !slices.Equal(again.Causes, incident.Causes) {
			t.Errorf("got %+v, want what was saved", again)
		}
	})
}

func TestItemsExpire(t *testing.T) {
	const retention = 90 * 24 * time.Hour
	s, tb, c := opened(t)
	expect := func(key string, want time.Time) {
		t.Helper()
		if got := number(tb.items[key]["expires"]); int64(got) != want.Unix() {
			t.Errorf("item %s expires at %d, want %d", key, got, want.Unix())
		}
	}
	incident := open(t, s, key)
	expect(key, c.now.Add(retention))
	c.now = c.now.Add(time.Minute)
	if err := s.Save(t.Context(), incident); err != nil {
		t.Fatal(err)
	}
	saved := c.now
	expect(key, saved.Add(retention))
	c.now = c.now.Add(24 * time.Hour)
	open(t, s, key) // To look is not to change: it does not prolong.
	expect(key, saved.Add(retention))

	counted := c.now
	minute := counted.Truncate(time.Minute).In(time.FixedZone("JST", 9*60*60))
	for range 2 {
		if _, err := s.Add(t.Context(), "slack", minute); err != nil {
			t.Fatal(err)
		}
		c.now = c.now.Add(time.Second)
	}
	expect("pace/slack/"+minute.UTC().Format(time.RFC3339), counted.Add(time.Hour))
}

func TestKeysOfMoreThan1024BytesAreDigests(t *testing.T) {
	s, tb, _ := opened(t)
	fits, long, runes := strings.Repeat("k", 1024), strings.Repeat("k", 1025), strings.Repeat("鍵", 1000)
	keys := []string{fits, long, long + "2", long[1:] + "2", runes, runes + "2"}
	for i, key := range keys {
		incident := open(t, s, key)
		incident.Causes = []string{strconv.Itoa(i)}
		if err := s.Save(t.Context(), incident); err != nil {
			t.Fatal(err)
		}
	}
	for i, key := range keys {
		if got := open(t, s, key).Causes; !slices.Equal(got, []string{strconv.Itoa(i)}) {
			t.Errorf("key %d opens the incident of key %v", i, got)
		}
	}
	for stored := range tb.items {
		if digest, ok := strings.CutPrefix(stored, "sha256/"); stored != fits && (!ok || len(digest) != 64) {
			t.Errorf("item %.80q, want a digest", stored)
		}
	}
	if _, literal := tb.items[fits]; !literal {
		t.Error("a key of 1024 bytes is not its own name in the table")
	}
}

func TestErrorsShowTheKeyInOneShortLine(t *testing.T) {
	s := answering(t, http.StatusBadRequest, refusalOf("ResourceNotFoundException"))
	for key, shown := range map[string]string{
		strings.Repeat("鍵", 201): strconv.Quote(strings.Repeat("鍵", 200) + "…"),
		strings.Repeat("鍵", 200): strconv.Quote(strings.Repeat("鍵", 200)),
		"a\nb":                   `"a\nb"`,
	} {
		_, _, err := s.Open(t.Context(), key)
		requireError(t, err, shown, "table incidents")
		requireError(t, s.Save(t.Context(), coverage.Incident{Key: key}), shown, "table incidents")
	}
}

func TestErrorsOnTheWire(t *testing.T) {
	answers := map[string]struct {
		status     int
		body, code string
	}{
		"no table":            {http.StatusBadRequest, refusalOf("ResourceNotFoundException"), "ResourceNotFoundException"},
		"throttled":           {http.StatusBadRequest, refusalOf("ThrottlingException"), "ThrottlingException"},
		"no permission":       {http.StatusBadRequest, refusalOf("AccessDeniedException"), "AccessDeniedException"},
		"500":                 {http.StatusInternalServerError, refusalOf("InternalServerError"), "InternalServerError"},
		"503, a page":         {http.StatusServiceUnavailable, "<html>", ""},
		"403, a proxy's page": {http.StatusForbidden, "<html>", ""},
		"an answer cut short": {http.StatusOK, `{"Attributes":{"docu`, ""},
	}
	for name, answer := range answers {
		for call, request := range calls() {
			t.Run(name+"/"+call, func(t *testing.T) {
				err := request(t.Context(), answering(t, answer.status, answer.body))
				requireError(t, err, "table incidents", answer.code)
				if e, ok := errors.AsType[smithy.APIError](err); answer.code != "" && (!ok || e.ErrorCode() != answer.code) {
					t.Errorf("%v hides the SDK's error", err)
				}
			})
		}
	}
}

func TestTheCallersContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for call, request := range calls() {
		s, tb, _ := opened(t)
		err := request(ctx, s)
		if requireError(t, err, "table incidents"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v does not say that it was cancelled", call, err)
		}
		if len(tb.items) != 0 {
			t.Errorf("%s: something was written", call)
		}
	}
}

// What DynamoDB refuses in a request, whatever the table holds, the table of these tests would let pass.
func TestRequestsAreWhatDynamoDBTakes(t *testing.T) {
	_, tb, _ := opened(t)
	seen := 0
	s := wired(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen++
		checkRequest(t, body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		tb.ServeHTTP(w, r)
	}), tokens(), aws.NopRetryer{})
	if err := s.Save(t.Context(), open(t, s, key)); err != nil {
		t.Error(err)
	}
	if _, err := s.Add(t.Context(), strings.Repeat("s", 3000), time.Now()); err != nil {
		t.Error(err)
	}
	open(t, s, strings.Repeat("k", 100_000))
	if seen != 4 {
		t.Errorf("%d requests, want 4", seen)
	}
}

var (
	placeholder = regexp.MustCompile(`:\w+`)
	word        = regexp.MustCompile(`(?:^|[ (])([A-Za-z]\w*)`)
)

// reserved are some of the words that an expression cannot use as names, those that tempt
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html).
const reserved = " COUNT COUNTER CURRENT DATA DURATION HOLD ITEM ITEMS KEY KEYS LANGUAGE LOCK LOCKS MAP MINUTE NAME OWNER " +
	"RANGE REFERENCES SESSION STATE STATUS TIME TIMESTAMP TOKEN TTL TYPE UNTIL UUID VALUE VALUES "

func checkRequest(t *testing.T, body []byte) {
	t.Helper()
	var request struct {
		TableName, UpdateExpression, ConditionExpression, ReturnValues string
		Key                                                            map[string]struct{ S string }
		ExpressionAttributeValues                                      map[string]json.RawMessage
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		t.Error(err)
	}
	if key := request.Key["pk"].S; request.TableName != "incidents" || len(request.Key) != 1 || key == "" || len(key) > 2048 {
		t.Errorf("table %s, key %.80v", request.TableName, request.Key)
	}
	expressions := request.UpdateExpression + " " + request.ConditionExpression
	used := slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(expressions, -1))))
	if defined := slices.Sorted(maps.Keys(request.ExpressionAttributeValues)); !slices.Equal(used, defined) {
		t.Errorf("%s: %v are used, %v are defined", expressions, used, defined)
	}
	for _, found := range word.FindAllStringSubmatch(expressions, -1) {
		if strings.Contains(reserved, " "+strings.ToUpper(found[1])+" ") {
			t.Errorf("%s: %s is a reserved word", expressions, found[1])
		}
	}
}

func TestItemsOfAnotherType(t *testing.T) {
	for name, item := range map[string]string{
		"a document in bytes":      `{"document":{"B":"e30="},"version":{"N":"1"}}`,
		"a document in attributes": `{"document":{"M":{"key":{"S":"a"}}},"version":{"N":"1"}}`,
		"a document that is null":  `{"document":{"NULL":true},"version":{"N":"1"}}`,
		"a version that is null":   `{"document":{"S":"{}"},"version":{"NULL":true}}`,
		"versions":                 `{"document":{"S":"{}"},"version":{"NS":["1"]}}`,
		"an empty document":        `{"document":{"S":""},"version":{"N":"1"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			incident, ok, err := answering(t, http.StatusOK, `{"Attributes":`+item+`}`).Open(t.Context(), key)
			requireError(t, err, "table incidents", strconv.Quote(key))
			if ok || !reflect.ValueOf(incident).IsZero() {
				t.Errorf("got %+v, %v beside the error", incident, ok)
			}
		})
	}
}

// FuzzOpen lets a stranger write the whole item: it is an incident that can be saved again, or an error.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		``, `{}`,
		`{"document":{"S":"{}"},"version":{"N":"1"}}`,
		`{"document":{"S":"{\"told\":{\"slack\":{\"at\":\"2026-11-23T09:41:00Z\"}}}"},"version":{"N":"1"},"leaseUntil":{"N":"7"}}`,
		`{"document":{"S":"null"},"version":{"N":"1"}}`,
		`{"document":{"M":{"a":{"L":[{"NULL":true}]}}},"version":{"S":"1"}}`,
		`{"document":{"X":"?"},"version":null}`,
		`{"document":null,"version":{"NS":["1"]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, item string) {
		answer := `{"Attributes":` + item + `}`
		sdk := dynamodb.NewFromConfig(configOf("http://table", doer(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer)), Header: http.Header{}}, nil
		}), aws.NopRetryer{}))
		s := dynamo.New(sdk, "incidents", time.Now, tokens())
		incident, ok, err := s.Open(t.Context(), key)
		if err != nil {
			requireError(t, err, "table incidents", key)
			return
		}
		if !ok || incident.Key != key || incident.Lease != "token 1" {
			t.Fatalf("got %+v, %v without an error", incident, ok)
		}
		answer = `{}`
		if err := s.Save(t.Context(), incident); err != nil {
			t.Errorf("what was read cannot be saved: %v", err)
		}
	})
}

// calls are the Store's calls, each of one request.
func calls() map[string]func(context.Context, *dynamo.Store) error {
	return map[string]func(context.Context, *dynamo.Store) error{
		"Open": func(ctx context.Context, s *dynamo.Store) error {
			incident, ok, err := s.Open(ctx, key)
			if ok || !reflect.ValueOf(incident).IsZero() {
				return fmt.Errorf("got %+v, %v beside the error %w", incident, ok, err)
			}
			return err
		},
		"Save": func(ctx context.Context, s *dynamo.Store) error { return s.Save(ctx, coverage.Incident{Key: key}) },
		"Add": func(ctx context.Context, s *dynamo.Store) error {
			_, err := s.Add(ctx, "slack", time.Now())
			return err
		},
	}
}

// everything is an incident of which no field is zero.
func everything() coverage.Incident {
	at := time.Date(2026, 3, 2, 2, 20, 0, 123456789, time.UTC)
	change := coverage.Change{
		Resource: coverage.Resource{
			Kind: coverage.EC2, Name: "i-0abc", Account: "111122223333", Region: "eu-central-1",
			ClusterARN: "arn:aws:eks:eu-central-1:111122223333:cluster/payments-prod",
		},
		Status: coverage.Unhealthy, Previous: coverage.Healthy,
		Issues:       []string{"Agent Not Reporting", "<&> \"quoted\" 日本語 \u2028 \x00"},
		Agent:        coverage.Agent{Version: "v1.8.1-eksbuild.2", Status: "DEGRADED", Management: "AUTO_MANAGED"},
		Coverage:     coverage.Count{Covered: coverage.Unknown, Total: 7},
		InstanceType: "t3.micro", ChangedAt: at, ReceivedAt: at.Add(time.Minute), EventID: "c8c4",
		Found: true, Gone: true,
	}
	return coverage.Incident{
		Key: key, Status: coverage.Unhealthy, ChangedAt: at, Change: change, OpenedAt: at.Add(-time.Hour),
		Causes: []string{"agent-not-reporting"}, Held: true, Pending: []string{"sns"}, Unsure: true, Doubted: []string{"slack"},
		Told: map[string]coverage.Told{"slack": {
			Ref: "C123/1700.1", Status: coverage.Unhealthy, ChangedAt: at, At: at.Add(time.Second), Groups: []string{"group/1"},
		}},
		Group: &coverage.Group{
			Sample:   change,
			Evidence: []coverage.Evidence{{Check: "ec2-ssm", Found: "offline", Values: map[string]string{"status": "ConnectionLost"}}},
			Names:    []string{"a", "b"}, Total: 9, Open: []string{key},
		},
		Lease: "to be replaced",
	}
}

// requireNoZero sees to it that a new field is thought of in everything.
func requireNoZero(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.IsZero() {
		t.Fatalf("%s is zero: give it a value in everything()", path)
	}
	switch v.Kind() {
	case reflect.Pointer:
		requireNoZero(t, path, v.Elem())
	case reflect.Map:
		for _, key := range v.MapKeys() {
			requireNoZero(t, path+"["+key.String()+"]", v.MapIndex(key))
		}
	case reflect.Slice:
		for i := range v.Len() {
			requireNoZero(t, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			requireNoZero(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
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

// doer is an HTTP client without a network.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func configOf(url string, client aws.HTTPClient, retryer aws.Retryer) aws.Config {
	return aws.Config{
		Region: "eu-central-1", BaseEndpoint: &url, HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider("id", "key", ""),
		Retryer:     func() aws.Retryer { return retryer },
	}
}

func clientOf(server *httptest.Server, retryer aws.Retryer) *dynamodb.Client {
	return dynamodb.NewFromConfig(configOf(server.URL, server.Client(), retryer))
}

// wired is a Store on the SDK's own client in front of handler.
func wired(t *testing.T, handler http.Handler, token func() string, retryer aws.Retryer) *dynamo.Store {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return dynamo.New(clientOf(server, retryer), "incidents", time.Now, token)
}

// answering is a Store whose every request gets that answer.
func answering(t *testing.T, status int, body string) *dynamo.Store {
	t.Helper()
	return wired(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}), tokens(), aws.NopRetryer{})
}

func refusalOf(code string) string {
	return `{"__type":"com.amazonaws.dynamodb.v20120810#` + code + `","message":"why"}`
}
