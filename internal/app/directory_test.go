package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/config"
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
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazonaws.dynamodb.v20120810#AccessDeniedException"})
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

func (o *oneItem) save(t *testing.T, cloud aws.Config, names map[string]string) {
	t.Helper()
	d := organization.Directory{Accounts: make(map[string]organization.Entry)}
	for id, name := range names {
		d.Accounts[id] = organization.Entry{Name: name}
	}
	if err := dynamo.NewLedger(dynamodb.NewFromConfig(cloud), "incidents").SaveDirectory(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func TestAccountsHaveTheNamesOfTheOrganization(t *testing.T) {
	table := &oneItem{}
	server := httptest.NewServer(table)
	defer server.Close()
	cloud := aws.Config{
		Region: "eu-central-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	cfg := config.Config{
		SNS: config.SNS{TopicARN: topic}, Language: "en", IncidentTable: "incidents", Directory: config.Directory{On: true},
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
	table.save(t, cloud, map[string]string{"111122223333": "theirs", "222233334444": "shop"})
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

func TestNobodyAsksForAccountsUnlessSet(t *testing.T) {
	destinations, err := app.Connect(t.Context(), config.Config{SNS: config.SNS{TopicARN: topic}, Language: "en"}, aws.Config{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := destinations.RefreshAccounts(context.Background()); err != nil || destinations.Local().Accounts != nil {
		t.Errorf("%v, %v", err, destinations.Local().Accounts)
	}
}
