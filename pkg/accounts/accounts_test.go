package accounts_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/accounts"
	"guardduty-coverage-notifier/pkg/accounts/accountstest"
	"guardduty-coverage-notifier/pkg/organization"
)

const (
	root = "o-a1b2c3d4e5/r-ab12/"
	prod = root + "ou-ab12-11111111/"
)

// clock is the fake's, which only waiting moves.
type clock struct{ now time.Time }

// connect is a Lister of that organization. It waits a second after each refusal, by the fake's clock.
func connect(t *testing.T, fake *accountstest.Fake, c *clock) *accounts.Lister {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return accounts.New(aws.Config{
		Region: "eu-central-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.RateLimiter = unlimited{o.RateLimiter}
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) {
					c.now = c.now.Add(time.Second)
					return 0, nil
				})
			})
		},
	})
}

// unlimited lets requests be tried again as often as they may.
type unlimited struct{ retry.RateLimiter }

// many are that many accounts, half of them in a unit.
func many(n int) []accountstest.Account {
	var all []accountstest.Account
	for i := range n {
		id := fmt.Sprintf("%012d", i)
		path := root
		if i%2 == 0 {
			path = prod
		}
		all = append(all, accountstest.Account{
			ID: id, Name: fmt.Sprint("account ", i), Path: path + id + "/", Tags: map[string]string{"env": "prod", "owner": "a"},
		})
	}
	return all
}

func TestListReadsEveryPage(t *testing.T) {
	fake := &accountstest.Fake{Accounts: many(3000)}
	listed, err := connect(t, fake, &clock{}).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(listed) != 3000 {
		t.Errorf("%d accounts are listed", len(listed))
	}
	for id, want := range map[string]organization.Entry{
		"000000000000": {Name: "account 0", Unit: prod}, "000000002999": {Name: "account 2999", Unit: root},
	} {
		if diff := cmp.Diff(want, listed[id]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	// The SDK repeats a request whose connection breaks, as those to a test's server do now and then.
	if calls := fake.Calls(); calls["ListAccounts"] < 151 || calls["ListAccounts"] > 155 || len(calls) != 1 {
		t.Errorf("calls: %v", calls)
	}
}

// TestRatesOfAWS has the organization refuse what comes faster than AWS answers.
func TestRatesOfAWS(t *testing.T) {
	c := &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	began := c.now
	fake := &accountstest.Fake{Accounts: many(400), Now: func() time.Time { return c.now }}
	lister := connect(t, fake, c)
	listed, err := lister.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := lister.ReadTags(t.Context(), listed, func(string) bool { return true }); err != nil {
		t.Fatal(err)
	}
	calls := fake.Calls()
	if pages, tags := calls["ListAccounts"], calls["ListTagsForResource"]; pages < 21 || tags < 400 || pages+tags > 425 {
		t.Errorf("calls: %v", calls)
	}
	if took := c.now.Sub(began); took < 38*time.Second || took > 45*time.Second {
		t.Errorf("421 requests took %v at AWS's rates", took)
	}
}

func TestTagsThatAreKept(t *testing.T) {
	all := many(2)
	all[1].Tags = nil
	for i := range 45 {
		all[0].Tags[fmt.Sprint("key", i)] = "x"
	}
	lister := connect(t, &accountstest.Fake{Accounts: all}, &clock{})
	listed, err := lister.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keep := func(tag string) bool { return strings.HasPrefix(tag, "env=") || strings.HasPrefix(tag, "key9") }
	if err := lister.ReadTags(t.Context(), listed, keep); err != nil {
		t.Fatal(err)
	}
	want := map[string]organization.Entry{
		all[0].ID: {Name: "account 0", Unit: prod, Tags: []string{"env=prod", "key9=x"}},
		all[1].ID: {Name: "account 1", Unit: root, Tags: []string{}},
	}
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsRefused(t *testing.T) {
	fake := &accountstest.Fake{Accounts: many(30), Denied: []string{"ListAccounts"}}
	lister := connect(t, fake, &clock{})
	if _, err := lister.List(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "listing the organization's accounts: ") ||
		!strings.Contains(err.Error(), "AccessDeniedException") {
		t.Errorf("denied: %v", err)
	}
	fake.Denied, fake.Broken = nil, map[string]int{"ListTagsForResource": 3}
	listed, err := lister.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = lister.ReadTags(t.Context(), listed, func(string) bool { return true })
	if err == nil || !strings.Contains(err.Error(), "reading the tags of account 000000000002: ") {
		t.Errorf("broken: %v", err)
	}
	if listed["000000000001"].Tags == nil || listed["000000000002"].Tags != nil {
		t.Errorf(
			"tags before and after the failure: %v, %v",
			listed["000000000001"].Tags,
			listed["000000000002"].Tags,
		)
	}
}

// TestAccountsWithoutAPath is about partitions and stand-ins that do not say it.
func TestAccountsWithoutAPath(t *testing.T) {
	fake := &accountstest.Fake{Accounts: []accountstest.Account{{ID: "111122223333", Name: "a"}}}
	listed, err := connect(t, fake, &clock{}).List(t.Context())
	if diff := cmp.Diff(map[string]organization.Entry{"111122223333": {Name: "a"}}, listed); diff != "" ||
		err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
