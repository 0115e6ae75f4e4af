package app_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/organization"
)

// oneItem is a DynamoDB table that keeps the last item that was written.
type oneItem struct {
	item  map[string]any
	away  bool
	reads int
}

func (o *oneItem) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ ExpressionAttributeValues map[string]any }
	_ = json.NewDecoder(r.Body).Decode(&in)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if o.away {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).
			Encode(map[string]string{"__type": "com.amazonaws.dynamodb.v20120810#AccessDeniedException"})
		return
	}
	if in.ExpressionAttributeValues != nil {
		o.item = map[string]any{"accounts": in.ExpressionAttributeValues[":accounts"]}
		_ = json.NewEncoder(w).Encode(map[string]any{})
		return
	}
	o.reads++
	_ = json.NewEncoder(w).Encode(map[string]any{"Item": o.item})
}

func save(t *testing.T, cloud aws.Config, entries map[string]organization.Entry) {
	t.Helper()
	d := organization.Directory{Accounts: entries}
	if err := dynamo.NewLedger(dynamodb.NewFromConfig(cloud), "incidents").SaveDirectory(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func connected(t *testing.T) (*oneItem, aws.Config) {
	t.Helper()
	table := &oneItem{}
	server := httptest.NewServer(table)
	t.Cleanup(server.Close)
	return table, aws.Config{
		Region: "eu-central-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}
}

func TestAccountsHaveTheNamesOfTheOrganization(t *testing.T) {
	table, cloud := connected(t)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	cfg := config.Config{
		SNS: config.SNS{
			TopicARN: topic,
		}, Language: "en", IncidentTable: "incidents", Directory: config.Directory{On: true},
		Routes: config.Routes{Text: `{"accounts": {"111122223333": "ours"}}`},
	}
	destinations, err := app.Connect(t.Context(), cfg, cloud, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	refreshed := func(want map[string]string, reads int, fails bool) {
		t.Helper()
		if err := destinations.RefreshAccounts(t.Context()); (err != nil) != fails {
			t.Errorf("error %v", err)
		}
		if diff := cmp.Diff(want, destinations.Local().Accounts); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
		if table.reads != reads {
			t.Errorf("the table was read %d times, want %d", table.reads, reads)
		}
	}
	refreshed(map[string]string{"111122223333": "ours"}, 1, false)
	save(
		t,
		cloud,
		map[string]organization.Entry{"111122223333": {Name: "theirs"}, "222233334444": {Name: "shop"}},
	)
	now = now.Add(14 * time.Minute)
	refreshed(map[string]string{"111122223333": "ours"}, 1, false)
	now = now.Add(time.Minute)
	named := map[string]string{"111122223333": "ours", "222233334444": "shop"}
	refreshed(named, 2, false)
	table.away, now = true, now.Add(15*time.Minute)
	refreshed(named, 2, true)
	refreshed(named, 2, false) // It is not asked again at once.
	table.away, now = false, now.Add(time.Minute)
	refreshed(named, 3, false)
}

func TestRulesMatchByWhatTheOrganizationKnows(t *testing.T) {
	_, cloud := connected(t)
	cfg := config.Config{
		SNS: config.SNS{
			TopicARN: topic,
		}, Language: "en", IncidentTable: "incidents", Directory: config.Directory{On: true, Tags: true},
		Routes: config.Routes{Text: `{"rules": [
			{"match": {"ou": "ou-ab12-11111111"}, "to": {"sns": "` + topic + `-unit"}},
			{"match": {"tag": "env=prod"}, "to": {"sns": "` + topic + `-tag"}}
		]}`},
	}
	destinations, err := app.Connect(t.Context(), cfg, cloud, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	routed := func(account string) string {
		decision := destinations.Route(
			coverage.Change{Resource: coverage.Resource{Account: account}, Status: coverage.Unhealthy},
			nil,
		)
		return strings.Join(slices.Sorted(maps.Keys(decision.To)), " ")
	}
	if got := routed("111122223333"); got != "sns" {
		t.Errorf("before anything is known, it goes to %q", got)
	}
	save(t, cloud, map[string]organization.Entry{
		"111122223333": {
			Unit: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/",
		}, "222233334444": {Tags: []string{"env=prod"}},
	})
	if err := destinations.RefreshAccounts(t.Context()); err != nil {
		t.Fatal(err)
	}
	for account, want := range map[string]string{
		"111122223333": "sns/" + topic + "-unit", "222233334444": "sns/" + topic + "-tag", "333344445555": "sns",
	} {
		if got := routed(account); got != want {
			t.Errorf("%s goes to %q, want %q", account, got, want)
		}
	}
}

func TestNobodyAsksForAccountsUnlessSet(t *testing.T) {
	destinations, err := app.Connect(
		t.Context(),
		config.Config{SNS: config.SNS{TopicARN: topic}, Language: "en"},
		aws.Config{},
		time.Now,
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := destinations.RefreshAccounts(context.Background()); err != nil ||
		destinations.Local().Accounts != nil {
		t.Errorf("%v, %v", err, destinations.Local().Accounts)
	}
}
