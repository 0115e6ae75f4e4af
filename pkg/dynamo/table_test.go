package dynamo_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"guardduty-coverage-notifier/pkg/dynamo"
)

// attribute is a value as it is sent; one of its fields is set.
type attribute struct {
	S  *string     `json:",omitempty"`
	N  *string     `json:",omitempty"`
	B  []byte      `json:",omitempty"`
	SS []string    `json:",omitempty"`
	L  []attribute `json:",omitempty"`
}

type item map[string]attribute

func text(s string) attribute  { return attribute{S: &s} }
func number(n int64) attribute { return attribute{N: new(strconv.FormatInt(n, 10))} }
func (a attribute) whole() int64 {
	if a.N == nil {
		return 0
	}
	n, err := strconv.ParseInt(*a.N, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// table is a DynamoDB table that understands the expressions which the Store and the Ledger send
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html). The
// integration tests send the same ones to moto.
type table struct {
	mu    sync.Mutex
	items map[string]item
	// fail answers instead of the table with an error type, such as ThrottlingException.
	fail string
	// lose is how many requests are carried out without an answer.
	lose int
	// requests counts requests by their action.
	requests map[string]int
}

// request has the fields of all requests.
type request struct {
	TableName                 string
	Key                       item
	UpdateExpression          string
	ConditionExpression       string
	ExpressionAttributeValues map[string]attribute
	ReturnValues              string
	ExclusiveStartKey         item
	TransactItems             []struct{ Update request }
}

func (tb *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	tb.requests[action]++
	var in request
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		panic(err)
	}
	status, answer := http.StatusBadRequest, any(refusal("refused", tb.fail))
	if tb.fail == "" {
		status, answer = tb.answer(action, in)
	}
	if tb.lose > 0 {
		tb.lose--
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (tb *table) answer(action string, in request) (int, any) {
	updates := []request{in}
	switch action {
	case "GetItem":
		return http.StatusOK, map[string]item{"Item": tb.items[*in.Key["pk"].S]}
	case "Scan":
		return http.StatusOK, tb.scan(in)
	case "TransactWriteItems":
		updates = nil
		for _, i := range in.TransactItems {
			updates = append(updates, i.Update)
		}
	}
	for _, u := range updates {
		switch stored := tb.items[*u.Key["pk"].S]; {
		case u.TableName != "incidents" || len(updates) > 100:
			return http.StatusBadRequest, refusal("refused", "ValidationException")
		case mistake(u) != "":
			return http.StatusBadRequest, refusal(mistake(u), "ValidationException")
		case !u.holds(stored) && len(in.TransactItems) > 0:
			return http.StatusBadRequest, refusal("refused", "TransactionCanceledException")
		case !u.holds(stored):
			answer := refusal("refused", "ConditionalCheckFailedException")
			answer["Item"] = stored
			return http.StatusBadRequest, answer
		}
	}
	attributes := item{}
	for _, u := range updates {
		key := *u.Key["pk"].S
		before := tb.items[key]
		after, changed := u.apply(before)
		tb.items[key] = after
		attributes = map[string]item{"ALL_OLD": before, "ALL_NEW": after, "UPDATED_NEW": changed}[u.ReturnValues]
	}
	return http.StatusOK, map[string]item{"Attributes": attributes}
}

func refusal(why, code string) map[string]any {
	return map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#" + code, "message": why}
}

// scan reads two items a page, of which those without a document are left out.
func (tb *table) scan(in request) any {
	keys := slices.Sorted(maps.Keys(tb.items))
	if start := in.ExclusiveStartKey["pk"].S; start != nil {
		at, _ := slices.BinarySearch(keys, *start)
		keys = keys[at+1:]
	}
	var out struct {
		Items            []item
		LastEvaluatedKey item `json:",omitempty"`
	}
	page := keys[:min(2, len(keys))]
	for _, key := range page {
		if _, ok := tb.items[key]["document"]; ok {
			out.Items = append(out.Items, tb.items[key])
		}
	}
	if len(page) < len(keys) {
		out.LastEvaluatedKey = item{"pk": text(page[len(page)-1])}
	}
	return out
}

var (
	placeholder = regexp.MustCompile(`:\w+`)
	token       = regexp.MustCompile(`<=|[(),<=]|:?\w+`)
	clause      = regexp.MustCompile(`(SET|REMOVE|ADD|DELETE) `)
)

// reserved are words that an expression cannot use as names, those that tempt
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html).
var reserved = strings.Fields("COUNT COUNTER CURRENT DATA DURATION HOLD ITEM ITEMS KEY KEYS LANGUAGE LOCK LOCKS MAP MEMBER " +
	"MINUTE NAME OWNER RANGE REFERENCES SESSION STATE STATUS TIME TIMESTAMP TOKEN TTL TYPE UNTIL UUID VALUE VALUES")

// mistake is what DynamoDB refuses in an update, whatever the table holds; empty: nothing.
func mistake(u request) string {
	expressions := u.UpdateExpression + " " + u.ConditionExpression
	used := slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(expressions, -1))))
	if defined := slices.Sorted(maps.Keys(u.ExpressionAttributeValues)); !slices.Equal(used, defined) {
		return fmt.Sprintf("%v are used, %v are defined", used, defined)
	}
	for _, word := range token.FindAllString(expressions, -1) {
		if slices.Contains(reserved, strings.ToUpper(word)) {
			return word + " is a reserved word"
		}
	}
	if len(u.UpdateExpression) > 4096 || len(u.ConditionExpression) > 4096 {
		return "an expression is longer than 4 KB"
	}
	if key := u.Key["pk"].S; key == nil || *key == "" || len(*key) > 2048 {
		return "the key is empty or too long"
	}
	for _, v := range u.ExpressionAttributeValues {
		if v.S == nil && v.N == nil && v.B == nil && v.L == nil && len(v.SS) == 0 && !strings.Contains(u.UpdateExpression, ":none") {
			return "an empty set"
		}
	}
	return ""
}

// expression is what is left to be read of one.
type expression struct {
	tokens []string
	item   item
	values map[string]attribute
}

func (u request) parse(s string, of item) *expression {
	return &expression{token.FindAllString(s, -1), of, u.ExpressionAttributeValues}
}

func (e *expression) next() string {
	t := e.tokens[0]
	e.tokens = e.tokens[1:]
	return t
}

func (e *expression) skips(t string) bool {
	if len(e.tokens) == 0 || e.tokens[0] != t {
		return false
	}
	e.next()
	return true
}

// holds is whether the condition is true of the item: OR, AND, parentheses, comparisons and whether an
// attribute exists.
func (u request) holds(of item) bool {
	return u.ConditionExpression == "" || u.parse(u.ConditionExpression, of).either()
}

func (e *expression) either() bool {
	holds := e.both()
	for e.skips("OR") {
		holds = e.both() || holds
	}
	return holds
}

func (e *expression) both() bool {
	holds := e.one()
	for e.skips("AND") {
		holds = e.one() && holds
	}
	return holds
}

func (e *expression) one() bool {
	switch name := e.next(); name {
	case "(":
		holds := e.either()
		e.next()
		return holds
	case "attribute_exists", "attribute_not_exists":
		e.next()
		_, exists := e.item[e.next()]
		e.next()
		return exists == (name == "attribute_exists")
	default:
		operator, have, want := e.next(), e.item[name], e.values[e.next()]
		if have.S != nil && want.S != nil {
			return operator == "=" && *have.S == *want.S
		}
		if have.N == nil || want.N == nil {
			return false
		}
		order := cmp.Compare(have.whole(), want.whole())
		return order == 0 && operator != "<" || order < 0 && operator != "="
	}
}

// apply carries the update out: what stands to the right of = is that of the item as it was.
func (u request) apply(before item) (after, changed item) {
	after, changed = maps.Clone(u.Key), item{}
	maps.Copy(after, before)
	verbs := clause.FindAllStringSubmatch(u.UpdateExpression, -1)
	for i, part := range clause.Split(u.UpdateExpression, -1)[1:] {
		e := u.parse(part, before)
		for more := true; more; more = e.skips(",") {
			name := e.next()
			switch verbs[i][1] {
			case "SET":
				e.next()
				after[name] = e.operand()
			case "REMOVE":
				delete(after, name)
			case "ADD":
				after[name] = added(before[name], e.values[e.next()])
			case "DELETE":
				gone := e.values[e.next()].SS
				left := slices.DeleteFunc(slices.Clone(before[name].SS), func(s string) bool { return slices.Contains(gone, s) })
				after[name] = attribute{SS: left}
				if len(left) == 0 {
					delete(after, name)
				}
			}
			changed[name] = after[name]
		}
	}
	return after, changed
}

func added(a, b attribute) attribute {
	if b.SS != nil {
		return attribute{SS: slices.Concat(a.SS, b.SS)}
	}
	return number(a.whole() + b.whole())
}

func (e *expression) operand() attribute {
	switch name := e.next(); name {
	case "if_not_exists":
		e.next()
		value, exists := e.item[e.next()]
		e.next()
		otherwise := e.operand()
		e.next()
		if !exists {
			return otherwise
		}
		return value
	case "list_append":
		e.next()
		a := e.operand()
		e.next()
		b := e.operand()
		e.next()
		return attribute{L: slices.Concat(a.L, b.L)}
	default:
		return e.values[name]
	}
}

// clock is a time that a test sets.
type clock struct{ now time.Time }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

// opened is a Store on the SDK's own client, which repeats what has no answer at once, and the table behind
// it.
func opened(t *testing.T) (*dynamo.Store, *table, *clock) {
	t.Helper()
	tb := newTable()
	c := &clock{time.Date(2026, 3, 2, 2, 20, 0, 0, time.UTC)}
	return dynamo.New(connect(t, tb), "incidents", func() time.Time { return c.now }, tokens()), tb, c
}

func newTable() *table { return &table{items: map[string]item{}, requests: map[string]int{}} }

// connect is a client of what the handler answers.
func connect(t *testing.T, handler http.Handler) *dynamodb.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "x", SecretAccessKey: "x"}, nil
		}),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
	})
}

func tokens() func() string {
	n := 0
	return func() string { n++; return fmt.Sprint("token ", n) }
}
