// The report bench runs the report's function, as it is deployed, over a large organization: how long it is busy outside
// waiting for AWS, its peak memory, and the calls it makes. It ends with exit code 1 when it takes more memory than it may,
// would take more time at the rates of AWS, or does not queue exactly the changes that events missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"guardduty-coverage-notifier/integration/lambdatest"
	"guardduty-coverage-notifier/pkg/accounts/accountstest"
	"guardduty-coverage-notifier/pkg/aggregator/aggregatortest"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

const (
	region = "eu-central-1"
	// memoryMost is what the function may take, in bytes.
	memoryMost = 96 << 20
	// timeMost is what a report may take at the rates of AWS.
	timeMost = 12 * time.Minute
	// limit is the function's time, as in template.yaml.
	limit = 900 * time.Second
	// latency is the least that an answer takes. GuardDuty's take some hundred times as long; an answer that is there
	// before the SDK has put its request away costs the connection, and is asked for again.
	latency = 2 * time.Millisecond
)

func main() {
	resources := flag.Int("resources", 100_000, "how many resources GuardDuty lists")
	flag.Parse()
	if err := run(context.Background(), *resources); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// scenario is an organization to report on.
type scenario struct {
	name string
	// uncovered says which resources are, lostFor how long they have been.
	uncovered func(i int) bool
	lostFor   time.Duration
	// remembered says which of them the table knows.
	remembered func(i int) bool
	// found is how many changes are to be queued because events missed them.
	found int
	// wide has the resources in 17 Regions, with names, units and tags of the accounts, and with what AWS Config has on
	// record.
	wide bool
}

// scenarios have everything uncovered only since just now, unless changes are to be found: their events may still
// arrive. Of ECS clusters nobody asks that, so that none is uncovered.
func scenarios(resources int) []scenario {
	every := func(n, first int) func(int) bool {
		return func(i int) bool { return i%n == first && i%10 != 1 }
	}
	none := func(int) bool { return false }
	return []scenario{
		{"one in 100 uncovered", every(100, 0), 0, every(100, 0), 0, false},
		{"all but ECS clusters uncovered", every(1, 0), 0, none, 0, false},
		{"one in 10 uncovered, events missed half", every(10, 0), 2 * time.Hour, every(20, 0), resources / 20, false},
		{"17 Regions, one in 100 uncovered", every(100, 0), 0, none, 0, true},
	}
}

func run(ctx context.Context, resources int) error {
	directory, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	binary := filepath.Join(directory, "bootstrap")
	if err := lambdatest.Build(ctx, "functions/report", runtime.GOARCH, binary); err != nil {
		return err
	}
	fmt.Printf("report of %d resources, %d CPUs, %s/%s, %s\n",
		resources, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	var errs []error
	for _, s := range scenarios(resources) {
		if err := measure(ctx, binary, resources, s); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.name, err))
		}
	}
	return errors.Join(errs...)
}

// measure makes one report.
func measure(ctx context.Context, binary string, resources int, s scenario) error {
	lostAt := time.Now().Add(-s.lostFor)
	regions := s.regions()
	listed := make(map[string]guarddutytest.Region)
	for _, name := range regions {
		listed[name] = organization(resources/len(regions), s.uncovered, lostAt)
	}
	fake := guarddutytest.New(listed)
	defer fake.Close()
	aws, err := newCloud(resources, s, lostAt)
	if err != nil {
		return err
	}
	waiting := new(stopwatch)
	guardduty, others := httptest.NewServer(waiting.of(fake)), httptest.NewServer(waiting.of(aws))
	defer guardduty.Close()
	defer others.Close()
	slack := slacktest.NewServer(slacktest.Options{})
	defer slack.Close()
	f, err := lambdatest.Start(binary, append(s.settings(),
		"AWS_REGION="+region, "REPORT_REGIONS="+strings.Join(regions, ","), "SLACK_WEBHOOK_URL="+slack.WebhookURL(), "INCIDENT_TABLE=incidents",
		"AWS_ENDPOINT_URL_GUARDDUTY="+guardduty.URL, "AWS_ENDPOINT_URL="+others.URL,
		"WAITING_QUEUE_URL="+others.URL+"/123456789012/waiting", "DEAD_LETTER_QUEUE_URL="+others.URL+"/123456789012/dead")...)
	if err != nil {
		return err
	}
	defer f.Close()
	answer, err := f.InvokeWithin(ctx, limit, []byte("{}"))
	if err != nil {
		return err
	}
	memory, err := f.PeakMemory()
	if err != nil {
		return err
	}
	fmt.Printf("%s: %.1f s, %.1f s of them outside waiting for AWS, peak memory %.1f MiB of at most %d\n",
		s.name, answer.Took.Seconds(), (answer.Took - waiting.total()).Seconds(), float64(memory)/(1<<20), memoryMost>>20)
	fmt.Printf("  %d items scanned; calls of DynamoDB and SQS: %v\n", len(aws.items), aws.calls)
	took := atRates(fake.Calls(), aws.accounts.Calls(), aws.config.Calls())
	fmt.Printf("  at the rates of AWS at least %v of at most %v\n", took.Round(time.Second), timeMost)
	var missed []error
	if took > timeMost {
		missed = append(missed, fmt.Errorf("at the rates of AWS it takes %v, more than %v", took, timeMost))
	}
	if memory > memoryMost {
		missed = append(missed, fmt.Errorf("the function took %d bytes, more than %d", memory, memoryMost))
	}
	if queued := aws.calls["SendMessage"]; queued != s.found {
		missed = append(missed, fmt.Errorf("%d messages were queued, expected %d", queued, s.found))
	}
	if sent := len(slack.Messages()); sent != 1 {
		missed = append(missed, fmt.Errorf("%d reports were sent, expected 1", sent))
	}
	return errors.Join(missed...)
}

// newCloud remembers what the scenario says.
func newCloud(resources int, s scenario, lostAt time.Time) (*cloud, error) {
	var known []coverage.Resource
	for i := range resources {
		if s.uncovered(i) && s.remembered(i) {
			known = append(known, coverage.Resource{
				Kind: coverage.EKS, Name: clusterName(i), Account: accountOf(i), Region: region,
			})
		}
	}
	items, err := remembered(known, lostAt)
	c := &cloud{items: items, calls: make(map[string]int), regions: s.regions()}
	c.accounts, c.config = &accountstest.Fake{}, &aggregatortest.Fake{Name: aggregator}
	if s.wide {
		c.accounts.Accounts, c.config.Resources = accountsOfOrganization(), records(resources, s.regions())
	}
	return c, err
}

func clusterName(i int) string { return fmt.Sprintf("cluster-%d", i) }

// accounts is how many accounts the resources are in, all of them members.
const accounts = 3000

func accountOf(i int) string { return fmt.Sprintf("1111%08d", i%accounts) }

// members are all accounts; Runtime Monitoring is off in one of ten.
func members() []guarddutytest.Member {
	all := make([]guarddutytest.Member, accounts)
	for i := range all {
		all[i] = guarddutytest.Member{AccountID: accountOf(i), Off: i%10 == 0}
	}
	return all
}

const issue = "No Agent Reporting:Agent disconnected"

// organization has clusters and instances in all accounts.
func organization(resources int, uncovered func(i int) bool, lostAt time.Time) guarddutytest.Region {
	const detector, administrator = "12abc34d567e8fa901bc2d34e56789f0", "111122223333"
	o := &guarddutytest.Organization{Members: members(), Total: accounts + 1}
	at := func(i int) guarddutytest.Resource {
		r := guarddutytest.Resource{
			ResourceID: fmt.Sprintf("%032x", i), DetectorID: "12abc34d567e8fa901bc2d34e56789f0", AccountID: accountOf(i),
			Status: "HEALTHY", UpdatedAt: guarddutytest.Seconds(lostAt),
		}
		if uncovered(i) {
			r.Status, r.Issue = "UNHEALTHY", issue
		}
		switch i % 10 {
		case 0:
			r.Details = guarddutytest.Details{Type: "EKS", EKS: &guarddutytest.EKS{ClusterName: clusterName(i), CoveredNodes: 3, CompatibleNodes: 5,
				Addon: &guarddutytest.Addon{AddonVersion: "v1.10.0-eksbuild.2", AddonStatus: "ACTIVE"}, ManagementType: "AUTO_MANAGED"}}
		case 1:
			r.Details = guarddutytest.Details{Type: "ECS", ECS: &guarddutytest.ECS{ClusterName: clusterName(i),
				Fargate: &guarddutytest.Fargate{ManagementType: "AUTO_MANAGED"}, Instances: &guarddutytest.Instances{}}}
		default:
			r.Details = guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{InstanceID: fmt.Sprintf("i-%017x", i), InstanceType: "m5.large",
				Agent: &guarddutytest.Agent{Version: "v1.7.0"}, ManagementType: "AUTO_MANAGED"}}
		}
		return r
	}
	return guarddutytest.Region{Detector: detector, Account: administrator, Organization: o, Len: resources, At: at}
}

// stopwatch adds up how long handlers and their network take.
type stopwatch struct {
	mu sync.Mutex
	// busy is how many requests are being answered, since when at least one is.
	busy  int
	since time.Time
	took  time.Duration
}

// of is the handler with the time it takes counted.
func (s *stopwatch) of(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.enter()
		defer s.leave()
		time.Sleep(latency)
		handler.ServeHTTP(w, r)
	})
}

func (s *stopwatch) enter() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy == 0 {
		s.since = time.Now()
	}
	s.busy++
}

func (s *stopwatch) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy--; s.busy == 0 {
		s.took += time.Since(s.since)
	}
}

func (s *stopwatch) total() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.took
}
