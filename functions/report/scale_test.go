package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/accounts"
	"guardduty-coverage-notifier/pkg/accounts/accountstest"
	"guardduty-coverage-notifier/pkg/aggregator"
	"guardduty-coverage-notifier/pkg/aggregator/aggregatortest"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/regions"
	"guardduty-coverage-notifier/pkg/report"
	"guardduty-coverage-notifier/pkg/route"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	// members is how many accounts the administrator has in each Region.
	members = 3000
	// The Regions that are not like the others: GuardDuty is off, nothing may be read, the account administers nobody,
	// no such Region exists.
	regionOff, regionDenied, regionAlone, regionNowhere = "eu-south-2", "eu-north-1", "eu-south-1", "eu-nowhere-1"
	// listedIn is how many resources GuardDuty lists in each of the others.
	listedIn = 300
)

// everyRegion are 17.
func everyRegion() []string {
	return []string{
		"ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", eu,
		regionDenied, regionNowhere, regionAlone, regionOff, "eu-west-1", "eu-west-2", "sa-east-1", us, "us-east-2", "us-west-2",
	}
}

// memberID is the ID of a member.
func memberID(i int) string { return fmt.Sprintf("2%011d", i) }

// manyMembers are in every state.
func manyMembers() []guarddutytest.Member {
	all := make([]guarddutytest.Member, members)
	for i := range all {
		all[i] = guarddutytest.Member{AccountID: memberID(i)}
		switch i {
		case 7, 8:
			all[i].Off = true
		case 100:
			all[i].Status = "Invited"
		case 200:
			all[i].Status = "Disabled"
		case 300:
			all[i].Status = "Removed"
		case 400:
			all[i].Status = "AStatusOfLater"
		case 500:
			all[i].AgentsOff = []string{"EC2_AGENT_MANAGEMENT"}
		case 600:
			all[i].Unprocessed = true
		}
	}
	return all
}

// manyRegions are what GuardDuty answers in each.
func manyRegions() map[string]guarddutytest.Region {
	all := make(map[string]guarddutytest.Region)
	organization := &guarddutytest.Organization{Members: manyMembers(), Total: members + 6}
	for _, name := range everyRegion() {
		listed := guarddutytest.List()
		listed.Account, listed.Organization, listed.Len = own, organization, listedIn
		listed.At = func(i int) guarddutytest.Resource {
			status := "HEALTHY"
			if i == 41 {
				status = "UNHEALTHY"
			}
			return instance(memberID(1000+i), fmt.Sprintf("i-%s-%d", name, i), status, longAgo)
		}
		all[name] = listed
	}
	denied := all[regionDenied]
	denied.Fault = func(call guarddutytest.Call) *guarddutytest.Answer { return guarddutytest.Denied(call.Operation) }
	alone := all[regionAlone]
	alone.Organization, alone.Len = nil, 0
	all[regionOff], all[regionDenied], all[regionAlone] = guarddutytest.Region{}, denied, alone
	return all
}

// manyAccounts are the organization's: the members, the administrator and five others.
func manyAccounts() []accountstest.Account {
	const root = "o-a1b2c3d4e5/r-ab12/"
	var all []accountstest.Account
	for i := range members + 5 {
		unit := root + []string{"ou-ab12-11111111/", "ou-ab12-22222222/"}[i%2]
		all = append(all, accountstest.Account{
			ID: memberID(
				i,
			), Name: fmt.Sprintf("team-%d", i), Path: unit + memberID(i) + "/", Tags: map[string]string{"env": "prod"},
		})
	}
	return append(all, accountstest.Account{ID: own, Name: "security", Path: root + own + "/"})
}

// manyRecords are of AWS Config: what GuardDuty lists, an instance more in some accounts, Windows and nodes. Nobody
// records clusters of ECS.
func manyRecords() *aggregatortest.Fake {
	fake := &aggregatortest.Fake{Name: "organization", Sources: []aggregatortest.Source{
		{Account: memberID(9), Region: eu, Status: "OUTDATED", UpdatedAt: longAgo},
		{Account: memberID(10), Region: us, Status: "FAILED", Error: "AccessDenied", UpdatedAt: longAgo},
	}}
	linux := map[string]string{"configuration.state.name": "running"}
	windows := map[string]string{"configuration.state.name": "running", "configuration.platform": "windows"}
	add := func(account, region string, properties map[string]string, tags ...string) {
		fake.Resources = append(fake.Resources, aggregatortest.Resource{
			Account: account, Region: region, Type: "AWS::EC2::Instance", Properties: properties, TagKeys: tags,
		})
	}
	for _, region := range everyRegion() {
		for i := range members {
			add(memberID(i), region, map[string]string{"configuration.state.name": "stopped"})
		}
		if region == regionDenied || region == regionAlone || region == regionOff || region == regionNowhere {
			continue
		}
		for i := range listedIn {
			add(memberID(1000+i), region, linux)
		}
	}
	for i := range 4 {
		add(memberID(7), eu, linux)
		add(memberID(8), us, linux)
		add(memberID(1000+i), eu, windows)
		add(memberID(1000+i), eu, linux, "kubernetes.io/cluster/shop")
	}
	fake.Resources = append(
		fake.Resources,
		aggregatortest.Resource{Account: memberID(1000), Region: eu, Type: "AWS::EKS::Cluster"},
	)
	return fake
}

// services are those of AWS for an organization, at one address, told apart by the signatures.
type services struct {
	guardduty, organizations, config http.Handler
	// clock moves when a refused request waits. buckets hold how many requests of a Region GuardDuty still answers.
	mu      sync.Mutex
	clock   time.Time
	buckets map[string]time.Time
	// throttled counts the requests that were refused for their rate.
	throttled int
}

var signature = regexp.MustCompile(`Credential=[^/]+/\d{8}/([a-z0-9-]+)/([a-z0-9]+)/aws4_request`)

func (s *services) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

// wait is for the backoff of a refused request, which costs no time.
func (s *services) wait(int, error) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = s.clock.Add(200 * time.Millisecond)
	return 0, nil
}

// allows has GuardDuty answer a Region as often as it is assumed to, and ten at once after a pause.
func (s *services) allows(region string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	const each, burst = time.Second / guarddutytest.AssumedRate, 10
	next := s.buckets[region]
	if earliest := s.clock.Add(-burst * each); next.Before(earliest) {
		next = earliest
	}
	if next.After(s.clock) {
		s.throttled++
		return false
	}
	s.buckets[region] = next.Add(each)
	return true
}

func (s *services) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	signed := signature.FindStringSubmatch(r.Header.Get("Authorization"))
	if signed == nil {
		http.Error(w, "not signed", http.StatusForbidden)
		return
	}
	switch signed[2] {
	case "guardduty":
		if !s.allows(signed[1]) {
			refused := guarddutytest.Throttled()
			w.Header().Set("X-Amzn-Errortype", refused.Type)
			w.WriteHeader(refused.Status)
			_, _ = w.Write([]byte(refused.Body))
			return
		}
		s.guardduty.ServeHTTP(w, r)
	case "organizations":
		s.organizations.ServeHTTP(w, r)
	case "config":
		s.config.ServeHTTP(w, r)
	case "ec2":
		var items strings.Builder
		for _, name := range append(everyRegion(), "me-south-1") {
			items.WriteString("<item><regionName>" + name + "</regionName></item>")
		}
		_, _ = w.Write(
			[]byte(
				"<DescribeRegionsResponse><regionInfo>" + items.String() + "</regionInfo></DescribeRegionsResponse>",
			),
		)
	}
}

// nowhere is a network in which one Region has no address.
type nowhere struct{ next http.RoundTripper }

func (n nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.Header.Get("Authorization"), "/"+regionNowhere+"/") {
		return nil, &net.DNSError{
			Err:        "no such host",
			Name:       "guardduty." + regionNowhere + ".amazonaws.com",
			IsNotFound: true,
		}
	}
	return n.next.RoundTrip(r)
}

// newOrganization is a world with an organization of 3,000 accounts in 17 Regions, over real HTTP.
func newOrganization(t *testing.T) (*world, *services, *accountstest.Fake, *aggregatortest.Fake) {
	t.Helper()
	w := newWorld(t, manyRegions())
	s := &services{guardduty: w.guardduty, clock: start, buckets: make(map[string]time.Time)}
	organizations := &accountstest.Fake{Accounts: manyAccounts(), Now: s.now}
	records := manyRecords()
	s.organizations, s.config = organizations, records
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := *w.guardduty.Client() // Its transport keeps connections; see there.
	client.Transport = nowhere{client.Transport}
	cloud := aws.Config{
		Region: eu, BaseEndpoint: &server.URL, HTTPClient: &client,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts, o.RateLimiter = 100, unlimited{o.RateLimiter}
				o.Backoff = retry.BackoffDelayerFunc(s.wait)
			})
		},
	}
	w.reader, w.regions, w.accounts = guardduty.New(cloud), regions.New(cloud), accounts.New(cloud)
	w.existing = aggregator.New(cloud, "organization")
	w.settings = config.Report{Regions: everyRegion()}
	w.table = route.Table{
		Accounts: map[string]string{memberID(7): "payments-prod"},
		Rules: []route.Rule{
			{Match: route.Match{Units: []string{"ou-ab12-11111111", "ou-ab12-99999999"}}, Mute: true},
			{Match: route.Match{Tags: []string{"env=prod"}}, Mute: true},
		},
	}
	return w, s, organizations, records
}

// unlimited lets requests be tried again as often as they may.
type unlimited struct{ retry.RateLimiter }

// TestReportOfALargeOrganization is about 3,000 accounts in 17 Regions, of which one has GuardDuty off, one may not be
// read, one has no administrator and one does not exist. AWS answers no faster than it says, or is assumed to.
func TestReportOfALargeOrganization(t *testing.T) {
	w, s, organizations, records := newOrganization(t)
	w.local.Reader = own
	made := w.read(t.Context(), report.NewBuilder(nil), &reconciler{}, 0)
	if total := made.Total(); total.All != 13*listedIn || total.Healthy != 13*(listedIn-1) {
		t.Errorf("GuardDuty lists %+v", total)
	}
	if o := made.Organization; o.Accounts != members+6 {
		t.Errorf("the organization has %d accounts", o.Accounts)
	}
	if got := made.Inventory.Missing; got != 9 {
		t.Errorf("%d resources are not listed, want 9", got)
	}
	for _, language := range locale.Languages() {
		m := compose.New(language, w.local).Report(made)
		var text bytes.Buffer
		if err := m.WriteText(&text, message.Plain, message.DefaultWidth); err != nil {
			t.Fatal(err)
		}
		golden(t, "organization."+language.Code+".txt", text.Bytes())
		raw, err := m.Form.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var form bytes.Buffer
		if err := json.Indent(&form, raw, "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, "organization.json", form.Bytes()) // It is the same in every language.
	}
	if s.throttled == 0 {
		t.Error("nothing was throttled")
	}
	calls := map[string]int{}
	for _, call := range w.guardduty.Calls() {
		calls[call.Region]++
	}
	for region, n := range calls {
		if took := time.Duration(n) * time.Second / guarddutytest.AssumedRate; took > time.Minute {
			t.Errorf("%d calls in %s take %v", n, region, took)
		}
	}
	if got := organizations.Calls(); got["ListAccounts"] != 152 || got["ListTagsForResource"] != members+6 {
		t.Errorf("calls of AWS Organizations: %v", got)
	}
	if got := records.Calls(); got["SelectAggregateResourceConfig"] > 250 ||
		got["DescribeConfigurationAggregatorSourcesStatus"] != 1 {
		t.Errorf("calls of AWS Config: %v", got)
	}
	if got := len(w.ledger.directory.Accounts); got != members+6 {
		t.Errorf("%d accounts are kept for the notifier", got)
	}
}

// TestMistakesAreNamed: an aggregator that does not exist, and accounts that may not be listed, cost nothing else.
func TestMistakesAreNamed(t *testing.T) {
	w, _, organizations, records := newOrganization(t)
	organizations.Denied, records.Name = []string{"ListAccounts"}, "another"
	w.table, w.settings.Regions = route.Table{}, []string{eu, regionOff}
	if err := w.report(t.Context(), "1", own); err != nil {
		t.Fatal(err)
	}
	text := w.shown()
	for _, want := range []string{
		"organization: The configuration aggregator does not exist.", "AccessDeniedException: You don't have permissions",
	} {
		if got := strings.Join(strings.Fields(text), " "); !strings.Contains(got, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	if total := w.form().Total; total.Total != listedIn {
		t.Errorf("GuardDuty lists %+v", total)
	}
	for _, kind := range w.form().Inventory.Kinds {
		if kind.Exists != nil || coverage.Kind(kind.Kind) == "" {
			t.Errorf("%s: %+v", kind.Kind, kind)
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	got = append(bytes.TrimRight(got, "\n"), '\n')
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s, -want +got, rewrite with -update:\n%s", name, diff)
	}
}
