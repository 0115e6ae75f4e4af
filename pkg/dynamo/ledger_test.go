package dynamo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
)

type item = map[string]types.AttributeValue

// ledgerTable answers what a Ledger asks as DynamoDB would; it knows no expression but the Ledger's own.
type ledgerTable struct {
	items map[string]item
	err   error
	scans int
}

func keyOf(key item) string { return key["pk"].(*types.AttributeValueMemberS).Value }

func numeral(v types.AttributeValue) string {
	if n, ok := v.(*types.AttributeValueMemberN); ok {
		return n.Value
	}
	return ""
}

func (t *ledgerTable) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	if t.err != nil {
		return nil, t.err
	}
	key, values := keyOf(in.Key), in.ExpressionAttributeValues
	stored := t.items[key]
	switch *in.UpdateExpression {
	case "ADD healed :one":
		var n int
		_, _ = fmt.Sscan(numeral(stored["healed"]), &n)
		t.items[key] = item{"healed": &types.AttributeValueMemberN{Value: fmt.Sprint(n + 1)}}
	case "SET report = :report, revision = :after":
		met := map[string]bool{
			"attribute_not_exists(revision)": stored == nil,
			"revision = :before":             stored != nil && numeral(stored["revision"]) == numeral(values[":before"]),
		}
		if !met[*in.ConditionExpression] {
			return nil, &types.ConditionalCheckFailedException{}
		}
		t.items[key] = item{"report": values[":report"], "revision": values[":after"]}
	default:
		return nil, errors.New("unknown expression " + *in.UpdateExpression)
	}
	return &dynamodb.UpdateItemOutput{}, nil
}

func (t *ledgerTable) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: t.items[keyOf(in.Key)]}, t.err
}

// Scan returns two items a page, of which the filter may leave none.
func (t *ledgerTable) Scan(_ context.Context, in *dynamodb.ScanInput, _ ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	if t.err != nil {
		return nil, t.err
	}
	t.scans++
	keys := slices.Sorted(maps.Keys(t.items))
	if len(in.ExclusiveStartKey) > 0 {
		at, _ := slices.BinarySearch(keys, keyOf(in.ExclusiveStartKey))
		keys = keys[at+1:]
	}
	out := &dynamodb.ScanOutput{}
	page := keys[:min(2, len(keys))]
	for _, key := range page {
		document, ok := t.items[key]["document"].(*types.AttributeValueMemberS)
		if ok && strings.Contains(document.Value, in.ExpressionAttributeValues[":open"].(*types.AttributeValueMemberS).Value) {
			out.Items = append(out.Items, t.items[key])
		}
	}
	if len(page) < len(keys) {
		out.LastEvaluatedKey = item{"pk": &types.AttributeValueMemberS{Value: page[len(page)-1]}}
	}
	return out, nil
}

func stored(t *testing.T, incident coverage.Incident, version string) item {
	t.Helper()
	document, err := json.Marshal(incident)
	if err != nil {
		t.Fatal(err)
	}
	return item{
		"pk":       &types.AttributeValueMemberS{Value: incident.Key},
		"document": &types.AttributeValueMemberS{Value: string(document)},
		"version":  &types.AttributeValueMemberN{Value: version},
	}
}

func TestLedgerListsOpenIncidents(t *testing.T) {
	moment := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	told := map[string]coverage.Told{"slack": {Status: coverage.Unhealthy, ChangedAt: moment}}
	table := &ledgerTable{items: map[string]item{"count/healed": {}, "pace/slack/1": {}, "leased": {"pk": &types.AttributeValueMemberS{Value: "leased"}}}}
	var want []string
	for i := range 7 {
		incident := uncovered(fmt.Sprint("i-", i))
		incident.ChangedAt, incident.OpenedAt = moment.Add(time.Minute), moment
		switch i {
		case 1, 5:
			incident.Status, incident.Told = coverage.Healthy, told
		case 3:
			incident.Group = &coverage.Group{}
		default:
			want = append(want, incident.Key)
		}
		table.items[incident.Key] = stored(t, incident, "1")
	}
	ledger := dynamo.NewLedger(table, "incidents")
	var got []string
	for resource, err := range ledger.Open(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !resource.OpenedAt.Equal(moment) || !resource.ChangedAt.Equal(moment.Add(time.Minute)) {
			t.Errorf("opened at %v, changed at %v", resource.OpenedAt, resource.ChangedAt)
		}
		got = append(got, resource.Resource.Key())
	}
	if diff := cmp.Diff(want, got); diff != "" || table.scans != 5 {
		t.Errorf("%d pages (-want +got):\n%s", table.scans, diff)
	}
	table.scans = 0
	for range ledger.Open(t.Context()) {
		break
	}
	if table.scans != 1 {
		t.Errorf("%d pages for one incident", table.scans)
	}
}

// uncovered is the incident of an uncovered instance.
func uncovered(name string) coverage.Incident {
	resource := coverage.Resource{Account: "111122223333", Region: "eu-central-1", Kind: coverage.EC2, Name: name}
	return coverage.Incident{
		Key: resource.Key(), Status: coverage.Unhealthy, Change: coverage.Change{Resource: resource},
	}
}

func TestLedgerSkipsWhatItCannotRead(t *testing.T) {
	newer, nameless, broken, whole := uncovered("i-1"), uncovered("i-2"), uncovered("i-3"), uncovered("i-4")
	nameless.Change = coverage.Change{}
	table := &ledgerTable{items: map[string]item{
		newer.Key: stored(t, newer, "2"), nameless.Key: stored(t, nameless, "1"), whole.Key: stored(t, whole, "1"),
		broken.Key: {
			"pk":       &types.AttributeValueMemberS{Value: broken.Key},
			"document": &types.AttributeValueMemberS{Value: `{"status":"UNHEALTHY"`},
			"version":  &types.AttributeValueMemberN{Value: "1"},
		},
	}}
	var read, skipped []string
	for resource, err := range dynamo.NewLedger(table, "incidents").Open(t.Context()) {
		if item, ok := errors.AsType[*dynamo.UnreadableItem](err); ok {
			skipped = append(skipped, item.Key)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, resource.Resource.Key())
	}
	if diff := cmp.Diff([]string{newer.Key, nameless.Key, broken.Key}, skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{whole.Key}, read); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func TestLedgerEndsWhenTheTableFails(t *testing.T) {
	errs := 0
	ledger := dynamo.NewLedger(&ledgerTable{err: errors.New("throttled")}, "incidents")
	for _, err := range ledger.Open(t.Context()) {
		if errs++; err == nil || !strings.Contains(err.Error(), "table incidents: throttled") {
			t.Errorf("got %v", err)
		}
	}
	if errs != 1 {
		t.Errorf("%d errors", errs)
	}
}

func TestLedgerKeepsReports(t *testing.T) {
	ledger := dynamo.NewLedger(&ledgerTable{items: map[string]item{}}, "incidents")
	none, err := ledger.Reports(t.Context(), "coverage")
	if err != nil || len(none.Document) != 0 {
		t.Fatalf("before the first: %q, %v", none.Document, err)
	}
	first, err := ledger.SaveReports(t.Context(), "coverage", none, json.RawMessage(`{"n":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.SaveReports(t.Context(), "coverage", none, json.RawMessage(`{"n":9}`)); err == nil || !strings.Contains(err.Error(), "another report was made meanwhile") {
		t.Errorf("two first reports: %v", err)
	}
	if _, err := ledger.SaveReports(t.Context(), "coverage", first, json.RawMessage(`{"n":2}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.SaveReports(t.Context(), "coverage", first, json.RawMessage(`{"n":9}`)); err == nil {
		t.Error("two second reports")
	}
	got, err := ledger.Reports(t.Context(), "coverage")
	if string(got.Document) != `{"n":2}` || err != nil {
		t.Errorf("kept %s, %v", got.Document, err)
	}
	if other, err := ledger.Reports(t.Context(), "other"); len(other.Document) != 0 || err != nil {
		t.Errorf("of another name: %s, %v", other.Document, err)
	}
}

func TestLedgerCountsWhatHealed(t *testing.T) {
	table := &ledgerTable{items: map[string]item{}}
	ledger := dynamo.NewLedger(table, "incidents")
	for want := range int64(4) {
		if got, err := ledger.Healed(t.Context()); got != want || err != nil {
			t.Errorf("%d healed, want %d: %v", got, want, err)
		}
		if err := ledger.CountHealed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	table.err = errors.New("throttled")
	_, err := ledger.Healed(t.Context())
	for _, err := range []error{err, ledger.CountHealed(t.Context())} {
		if err == nil || !strings.Contains(err.Error(), "table incidents: throttled") {
			t.Errorf("the table is not named: %v", err)
		}
	}
	table.err, table.items["count/healed"] = nil, item{"healed": &types.AttributeValueMemberS{Value: "4"}}
	if _, err := ledger.Healed(t.Context()); err == nil {
		t.Error("a number that is a string")
	}
}
