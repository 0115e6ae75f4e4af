package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"guardduty-coverage-notifier/pkg/coverage"
	stored "guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	incidents "guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/organization"
)

type (
	// attributes are an item as DynamoDB writes it.
	attributes map[string]attribute
	attribute  map[string]any
)

// withTable is a cloud that also has DynamoDB with these items, by their keys. It answers GetItem and Scan, the latter
// with those that have a document, one a page
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html).
func withTable(
	t *testing.T, cloud func(context.Context) (aws.Config, error), items map[string]attributes,
) func(context.Context) (aws.Config, error) {
	t.Helper()
	others, err := cloud(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(*others.BaseEndpoint)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for key, item := range items {
		if item["document"] != nil {
			keys = append(keys, key)
		}
	}
	proxy := httputil.NewSingleHostReverseProxy(address)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if !ok {
			proxy.ServeHTTP(w, r)
			return
		}
		var in struct {
			TableName         string
			Key               struct{ PK struct{ S string } }
			ExclusiveStartKey map[string]struct{ S string }
		}
		_ = json.NewDecoder(r.Body).Decode(&in) // What it does not send stays empty.
		answer := map[string]any{}
		switch item := items[in.Key.PK.S]; {
		case in.TableName != "incidents":
			w.WriteHeader(http.StatusBadRequest)
			answer["__type"], answer["message"] = "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "Requested resource not found"
		case operation == "GetItem" && item != nil:
			answer["Item"] = item
		case operation == "Scan":
			at := 0
			for i, key := range keys {
				if key == in.ExclusiveStartKey["pk"].S {
					at = i + 1
				}
			}
			if at < len(keys) {
				answer["Items"] = []attributes{items[keys[at]]}
				answer["LastEvaluatedKey"] = map[string]any{"pk": map[string]any{"S": keys[at]}}
			}
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(server.Close)
	others.BaseEndpoint, others.HTTPClient = aws.String(server.URL), server.Client()
	return func(context.Context) (aws.Config, error) { return others, nil }
}

func packed(t *testing.T, document []byte, err error) attribute {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, failed := w.Write(document); err != nil || failed != nil || w.Close() != nil {
		t.Fatal(err, failed)
	}
	return attribute{"B": b.Bytes()}
}

func recordItem(t *testing.T, r incidents.Record) attributes {
	t.Helper()
	document, err := stored.MarshalRecord(r)
	if err != nil {
		t.Fatal(err)
	}
	return attributes{"pk": attribute{"S": r.Key}, "document": attribute{"S": string(document)}}
}

// rememberedItems are a busy ECS cluster that has been uncovered for two days, and lost coverage once before; a
// deleted instance, whose loss a report collected; five reports; and the name of the account.
func rememberedItems(t *testing.T) map[string]attributes {
	t.Helper()
	web := coverage.Resource{Kind: coverage.ECS, Name: "web", Account: "111122223333", Region: "eu-central-1"}
	record := incidents.Record{Key: web.Key()}
	observe := func(status coverage.Status, hours int) {
		record.Observe(coverage.Change{Resource: web, Status: status, ChangedAt: reportedAt.Add(-time.Duration(hours) * time.Hour)}, []string{"ecs-image-pull-failed"})
	}
	observe(coverage.Unhealthy, 60)
	observe(coverage.Healthy, 57)
	observe(coverage.Unhealthy, 48)
	deleted := coverage.Loss{
		Resource: coverage.Resource{Kind: coverage.EC2, Name: "i-1", Account: "111122223333", Region: "eu-central-1"},
		OpenedAt: reportedAt.AddDate(0, 0, -50), ClosedAt: reportedAt.AddDate(0, 0, -48), Gone: true, Causes: []string{"ec2-agent-disconnected"},
	}
	month, err := stored.MarshalMonth(coverage.Month{Through: deleted.ClosedAt, Losses: []coverage.Loss{deleted}})
	months := packed(t, month, err)
	directory, err := stored.MarshalDirectory(organization.Directory{
		At: reportedAt, Accounts: map[string]organization.Entry{"111122223333": {Name: "shop-prod"}},
	})
	accounts := packed(t, directory, err)
	history, err := json.Marshal(map[string]any{"past": past()})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]attributes{
		record.Key:        recordItem(t, record),
		"broken":          {"pk": attribute{"S": "broken"}, "document": attribute{"S": "{"}},
		"losses/2026-01":  {"losses": months, "revision": attribute{"N": "1"}},
		"directory":       {"accounts": accounts},
		"report/coverage": {"report": attribute{"S": string(history)}, "revision": attribute{"N": "5"}},
	}
}

// busyCloud lists the cluster, which GuardDuty has just updated, and one that is covered.
func busyCloud(t *testing.T) func(context.Context) (aws.Config, error) {
	t.Helper()
	cluster := func(name, status string) guarddutytest.Resource {
		return guarddutytest.Resource{
			AccountID: "111122223333", Status: status, UpdatedAt: guarddutytest.Seconds(reportedAt.Add(-time.Minute)),
			Details: guarddutytest.Details{Type: "ECS", ECS: &guarddutytest.ECS{ClusterName: name}},
		}
	}
	return fakeCloud(t, "eu-central-1", map[string]guarddutytest.Region{
		"eu-central-1": guarddutytest.List(cluster("web", "UNHEALTHY"), cluster("jobs", "HEALTHY")),
	})
}

func TestReportFromATable(t *testing.T) {
	cloud := withTable(t, busyCloud(t), rememberedItems(t))
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"as text": {nil, []string{
			"Without coverage in the last 30 days: 51.0 h, all resources together (2 losses). Half of the recoveries took at most 3 h 0 min",
			"web 2 d 0 h ECS shop-prod", "Coverage over the last reports", "Time without coverage in the last 30 days", "The longest losses",
		}},
		"further back": {[]string{"--days", "60"}, []string{"in the last 60 days: 99.0 h, all resources together (3 losses)", "i-1"}},
		"as JSON":      {[]string{"--format", "json"}, []string{`"medianSeconds": 10800`, `"of": "ecs-image-pull-failed"`, `"since": "2026-02-28T09:00:00Z"`}},
		"for Slack":    {[]string{"--format", "slack"}, []string{"Without coverage in the last 30 days"}},
		"as a page": {[]string{"--format", "html"}, []string{
			"<svg ", "<h2>The longest losses</h2>", `<td class="since">2026-02-28 09:00</td>`, "<td>shop-prod (111122223333)</td>",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := startReport(t, "", cloud, append([]string{"--table", "incidents"}, test.args...)...)
			if got.code != exitFine || got.stderr != "" {
				t.Fatalf("exit code %d: %s", got.code, got.stderr)
			}
			contains(t, "the report", unwrapped(got.stdout), test.want)
		})
	}
	for _, language := range []string{"", "ja"} {
		args := []string{"--table", "incidents", "--format", "html", "--lang", cmp.Or(language, "en")}
		compare(t, filepath.Join("testdata/report/golden", language, "table.html"), startReport(t, "", cloud, args...).stdout)
	}
	if got := startReport(t, "", cloud, "--table", "incidents", "--format", "slack"); strings.Contains(got.stdout, "The longest losses") {
		t.Error("the message lists losses, which only the full report does")
	}
}

func TestCSVFromATable(t *testing.T) {
	got := startReport(t, "", withTable(t, busyCloud(t), rememberedItems(t)), "--table", "incidents", "--format", "csv")
	rows := rowsOf(t, got.stdout)
	if got.code != exitFine || len(rows) != 2 {
		t.Fatalf("exit code %d, %d rows: %s", got.code, len(rows), got.stderr)
	}
	for i, want := range []map[string]string{
		{"name": "web", "since": "2026-02-28T09:00:00Z", "accountName": "shop-prod", "losses": "2", "hoursUncovered": "51.00"},
		{"name": "jobs", "since": "", "accountName": "shop-prod", "losses": "0", "hoursUncovered": "0.00"},
	} {
		for column, cell := range want {
			if rows[i][column] != cell {
				t.Errorf("%s of %s is %q, want %q", column, want["name"], rows[i][column], cell)
			}
		}
	}
}

func TestReportWithoutItsTable(t *testing.T) {
	cloud := withTable(t, busyCloud(t), nil)
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"another table":      {[]string{"--table", "other"}, exitFailed, "--table: reading reports \"coverage\" in table other"},
		"days alone":         {[]string{"--days", "60"}, exitUsage, "name one with --table"},
		"a saved answer":     {[]string{"--table", "incidents", "--file", "-"}, exitUsage, "give one of them"},
		"more than are kept": {[]string{"--table", "incidents", "--days", "400"}, exitUsage, "losses are kept for 395 days, not for 400"},
		"no day":             {[]string{"--table", "incidents", "--days", "0"}, exitUsage, "not for 0"},
		"no number":          {[]string{"--table", "incidents", "--days", "many"}, exitUsage, "--days"},
	} {
		t.Run(name, func(t *testing.T) {
			got := startReport(t, "", cloud, test.args...)
			if got.code != test.code || !strings.Contains(got.stderr, test.want) {
				t.Errorf("exit code %d, want %d with %q: %s", got.code, test.code, test.want, got.stderr)
			}
		})
	}
	got := startReport(t, "", cloud, "--table", "incidents")
	if got.code != exitFine || strings.Contains(got.stdout, "Without coverage") {
		t.Errorf("of an empty table: exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
}
