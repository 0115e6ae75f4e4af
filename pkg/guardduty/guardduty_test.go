package guardduty_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	gocmp "github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
)

// moment has the milliseconds that GuardDuty tells.
var moment = time.Date(2026, 3, 2, 8, 30, 0, int(250*time.Millisecond), time.UTC)

func TestStatesAreNamedAsEventsNameThem(t *testing.T) {
	seconds := guarddutytest.Seconds(moment)
	eu := guarddutytest.List(
		guarddutytest.Resource{
			ResourceID: "r1", AccountID: "111122223333", Status: "UNHEALTHY", UpdatedAt: seconds, Issue: " Addon Creation Failed ",
			Details: guarddutytest.Details{Type: "EKS", EKS: &guarddutytest.EKS{ClusterName: "shop", CoveredNodes: 2, CompatibleNodes: 5,
				Addon: &guarddutytest.Addon{AddonVersion: "v1.7.1", AddonStatus: "DEGRADED"}, ManagementType: "AUTO_MANAGED"}},
		},
		guarddutytest.Resource{
			ResourceID: "r2", AccountID: "444455556666", Status: "UNHEALTHY", UpdatedAt: seconds, Issue: "",
			Details: guarddutytest.Details{Type: "ECS", ECS: &guarddutytest.ECS{ClusterName: "batch",
				Fargate:   &guarddutytest.Fargate{Issues: []string{"Agent exited", "", "Agent exited", "Others"}, ManagementType: "DISABLED"},
				Instances: &guarddutytest.Instances{Covered: 0, Compatible: 3}}},
		},
		guarddutytest.Resource{
			ResourceID: "r3", AccountID: "444455556666", Status: "HEALTHY", UpdatedAt: seconds,
			Details: guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{InstanceID: "i-0123456789abcdef0", InstanceType: "m5.large",
				ClusterARN: "arn:aws:eks:eu-central-1:444455556666:cluster/shop", Agent: &guarddutytest.Agent{Version: "1.2.0"}, ManagementType: "MANUAL"}},
		},
		guarddutytest.Resource{ResourceID: "r4", AccountID: "444455556666", Status: "HEALTHY", Details: guarddutytest.Details{Type: "LAMBDA"}},
	)
	states, problems := collect(t, reader(t, map[string]guarddutytest.Region{"eu-central-1": eu}), "eu-central-1")
	unknown := coverage.Count{Covered: coverage.Unknown, Total: coverage.Unknown}
	want := []coverage.State{
		{
			Resource: coverage.Resource{Kind: "EKS", Name: "shop", Account: "111122223333", Region: "eu-central-1"}, Status: "UNHEALTHY",
			Issues: []string{"Addon Creation Failed"}, Agent: coverage.Agent{Version: "v1.7.1", Status: "DEGRADED", Management: "AUTO_MANAGED"},
			Coverage: coverage.Count{Covered: 2, Total: 5}, UpdatedAt: moment,
		},
		{
			Resource: coverage.Resource{Kind: "EC2", Name: "i-0123456789abcdef0", Account: "444455556666", Region: "eu-central-1",
				ClusterARN: "arn:aws:eks:eu-central-1:444455556666:cluster/shop"}, Status: "HEALTHY",
			Agent: coverage.Agent{Version: "1.2.0", Management: "MANUAL"}, Coverage: unknown, InstanceType: "m5.large", UpdatedAt: moment,
		},
		{
			Resource: coverage.Resource{Kind: "ECS", Name: "batch", Account: "444455556666", Region: "eu-central-1"}, Status: "UNHEALTHY",
			Issues: []string{"Agent exited", "Others"}, Agent: coverage.Agent{Management: "DISABLED"},
			Coverage: coverage.Count{Covered: 0, Total: 3}, UpdatedAt: moment,
		},
		{
			Resource: coverage.Resource{Kind: "LAMBDA", Name: "r4", Account: "444455556666", Region: "eu-central-1"}, Status: "HEALTHY", Coverage: unknown,
		},
	}
	if diff := gocmp.Diff(want, states); diff != "" || len(problems) > 0 {
		t.Errorf("problems %v; states (-want +got):\n%s", problems, diff)
	}
}

func TestEveryPageOfEveryRegionIsRead(t *testing.T) {
	regions := make(map[string]guarddutytest.Region)
	var names []string
	want := 0
	for i, n := range []int{0, 1, 49, 50, 51, 100, 101, 523} {
		name := fmt.Sprintf("eu-test-%d", i)
		regions[name], names = many(n), append(names, name)
		want += n
	}
	fake := guarddutytest.New(regions)
	t.Cleanup(fake.Close)
	states, problems := collect(t, guardduty.New(cloud(fake)), names...)
	if len(states) != want || len(problems) != 0 {
		t.Errorf("%d states of %d, problems %v", len(states), want, problems)
	}
	keys := make(map[string]bool)
	for _, s := range states {
		keys[s.Resource.Key()] = true
	}
	if len(keys) != want {
		t.Errorf("%d different resources of %d", len(keys), want)
	}
	pages := 0
	for _, call := range fake.Calls() {
		if call.Operation == "ListCoverage" && call.Nth == 1 {
			pages++
		}
	}
	if pages != 1+1+1+1+2+2+3+11 {
		t.Errorf("%d pages were asked for", pages)
	}
}

func TestOneRegionsTroubleIsNoOthers(t *testing.T) {
	list := func(fault func(guarddutytest.Call) *guarddutytest.Answer) guarddutytest.Region {
		region := many(120)
		region.Fault = fault
		return region
	}
	off := guarddutytest.Region{Detector: "d", Off: true}
	tests := map[string]struct {
		region guarddutytest.Region
		reason guardduty.Reason
		read   int
		says   string
	}{
		"no detector":           {guarddutytest.Region{}, guardduty.NoDetector, 0, "not enabled"},
		"runtime monitoring":    {off, guardduty.Off, 0, "Runtime Monitoring is off"},
		"no right to look":      {list(on("ListDetectors", 0, guarddutytest.Denied("ListDetectors"))), guardduty.Denied, 0, "guardduty:ListDetectors"},
		"no right to list":      {list(on("ListCoverage", 0, guarddutytest.Denied("ListCoverage"))), guardduty.Denied, 0, "not authorized to perform: guardduty:ListCoverage"},
		"right lost mid-way":    {list(on("ListCoverage", 1, guarddutytest.Denied("ListCoverage"))), guardduty.Denied, 50, "allow guardduty:"},
		"failing mid-way":       {list(on("ListCoverage", 2, guarddutytest.Refusal(500, "InternalServerErrorException", "Internal server error."))), guardduty.Failed, 100, "after 100 resources: Internal server error."},
		"throttled for ever":    {list(on("ListCoverage", 1, guarddutytest.Throttled())), guardduty.Failed, 50, "Rate exceeded"},
		"Region not enabled":    {list(on("ListDetectors", 0, guarddutytest.Refusal(403, "UnrecognizedClientException", "The security token included in the request is invalid."))), guardduty.Closed, 0, "correct its name, or enable it"},
		"an answer that is odd": {list(on("ListCoverage", 0, &guarddutytest.Answer{Status: 200, Body: `{"resources": "none"}`})), guardduty.Failed, 0, "did not answer as expected"},
		"no answer of its own":  {list(on("ListCoverage", 1, &guarddutytest.Answer{Status: 200, Body: "<html>proxy</html>"})), guardduty.Failed, 50, "did not answer as expected"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := reader(t, map[string]guarddutytest.Region{"eu-central-1": test.region, "us-east-1": many(60)})
			states, problems := collect(t, r, "eu-central-1", "us-east-1")
			if len(problems) != 1 {
				t.Fatalf("problems: %v", problems)
			}
			p := problems[0]
			if p.Region != "eu-central-1" || p.Reason != test.reason || p.Read != test.read || !strings.Contains(p.Error(), test.says) {
				t.Errorf("%s after %d: %v", p.Reason, p.Read, p)
			}
			if !strings.HasPrefix(p.Error(), "eu-central-1: ") || strings.Contains(p.Error(), "RequestID") {
				t.Errorf("not for people: %v", p)
			}
			if len(states) != 60+test.read {
				t.Errorf("%d states", len(states))
			}
		})
	}
}

func TestEmptyRegionIsNoProblem(t *testing.T) {
	blind := guarddutytest.List()
	blind.Fault = on("GetDetector", 0, guarddutytest.Denied("GetDetector"))
	for name, region := range map[string]guarddutytest.Region{"monitored": guarddutytest.List(), "not to be looked at": blind} {
		states, problems := collect(t, reader(t, map[string]guarddutytest.Region{"eu-central-1": region}), "eu-central-1")
		if len(states)+len(problems) > 0 {
			t.Errorf("%s: %v %v", name, states, problems)
		}
	}
}

func TestThrottlingIsWaitedFor(t *testing.T) {
	region := many(120)
	region.Fault = func(c guarddutytest.Call) *guarddutytest.Answer {
		switch {
		case c.Nth == 1:
			return guarddutytest.Throttled()
		case c.Nth == 2 && c.Operation == "ListCoverage":
			return guarddutytest.Refusal(http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
		}
		return nil
	}
	states, problems := collect(t, reader(t, map[string]guarddutytest.Region{"eu-central-1": region}), "eu-central-1")
	if len(states) != 120 || len(problems) != 0 {
		t.Errorf("%d states, problems %v", len(states), problems)
	}
}

func TestTimeThatRunsOutIsAProblem(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	slow := many(120)
	slow.Fault = func(c guarddutytest.Call) *guarddutytest.Answer {
		if c.Operation == "ListCoverage" && c.Page == 1 {
			cancel()
			return &guarddutytest.Answer{Wait: make(chan struct{})}
		}
		return nil
	}
	r := reader(t, map[string]guarddutytest.Region{"eu-central-1": slow})
	var problems []*guardduty.Problem
	for _, err := range r.States(ctx, []string{"eu-central-1"}) {
		if p, ok := errors.AsType[*guardduty.Problem](err); ok {
			problems = append(problems, p)
		}
	}
	if len(problems) != 1 || problems[0].Reason != guardduty.OutOfTime || problems[0].Read != 50 {
		t.Errorf("problems %v", problems)
	}
}

func TestWhoHasEnoughNeedNotReadOn(t *testing.T) {
	fake := guarddutytest.New(map[string]guarddutytest.Region{"eu-central-1": many(5000), "us-east-1": many(5000)})
	t.Cleanup(fake.Close)
	for range guardduty.New(cloud(fake)).States(t.Context(), []string{"eu-central-1", "us-east-1"}) {
		break
	}
	if n := len(fake.Calls()); n > 8 {
		t.Errorf("%d calls for one resource", n)
	}
}

func TestStatistics(t *testing.T) {
	r := reader(t, map[string]guarddutytest.Region{"eu-central-1": many(120), "us-east-1": {}})
	got, err := r.Statistics(t.Context(), "eu-central-1")
	want := guardduty.Statistics{ByKind: map[coverage.Kind]int{"EC2": 120}, ByStatus: map[coverage.Status]int{"HEALTHY": 80, "UNHEALTHY": 40}}
	if diff := gocmp.Diff(want, got); diff != "" || err != nil || got.Total() != 120 {
		t.Errorf("total %d, error %v (-want +got):\n%s", got.Total(), err, diff)
	}
	_, err = r.Statistics(t.Context(), "us-east-1")
	if p, ok := errors.AsType[*guardduty.Problem](err); !ok || p.Reason != guardduty.NoDetector {
		t.Errorf("without a detector: %v", err)
	}
}

// FuzzAnswers lets the service answer anything: nothing may panic, and what was listed is told or is a problem.
func FuzzAnswers(f *testing.F) {
	f.Add(`{"resources":[{"accountId":"1","coverageStatus":"HEALTHY","updatedAt":1.7e9,"resourceDetails":{"resourceType":"EKS"}}]}`)
	f.Add(`{"resources":[{"updatedAt":1e300,"resourceDetails":{"resourceType":"EC2","ec2InstanceDetails":{}}},{}]}`)
	f.Add(`{"resources":[{"resourceDetails":{"ecsClusterDetails":{"fargateDetails":{"issues":[null,""]},"containerInstanceDetails":{"coveredContainerInstances":-1}}}}]}`)
	f.Add(`{"resources":[null]}`)
	f.Add(`{"resources":null,"nextToken":""}`)
	f.Add(`{"nextToken":"a"}`)
	f.Add(`[]`)
	f.Add(``)
	f.Fuzz(func(t *testing.T, body string) {
		region := guarddutytest.Region{Detector: "d"}
		region.Fault = func(c guarddutytest.Call) *guarddutytest.Answer {
			switch {
			case c.Operation != "ListCoverage":
				return nil
			case c.Nth > 2:
				return guarddutytest.Denied("ListCoverage")
			}
			return &guarddutytest.Answer{Status: 200, Body: body}
		}
		states, problems := collect(t, reader(t, map[string]guarddutytest.Region{"eu-central-1": region}), "eu-central-1")
		for _, s := range states {
			if s.Resource.Region != "eu-central-1" || s.Coverage.Covered < coverage.Unknown {
				t.Errorf("%+v", s)
			}
			if !s.UpdatedAt.IsZero() && (s.UpdatedAt.Year() < 2000 || s.UpdatedAt.Year() >= 2200) {
				t.Errorf("updated at %v", s.UpdatedAt)
			}
		}
		if len(problems) > 1 {
			t.Errorf("problems: %v", problems)
		}
	})
}

// BenchmarkStates reads 1,000 resources, on 20 pages, over HTTP; the fake's own work is in it.
func BenchmarkStates(b *testing.B) {
	fake := guarddutytest.New(map[string]guarddutytest.Region{"eu-central-1": many(1000)})
	defer fake.Close()
	r := guardduty.New(cloud(fake))
	for b.Loop() {
		read := 0
		for _, err := range r.States(b.Context(), []string{"eu-central-1"}) {
			if err != nil {
				b.Fatal(err)
			}
			read++
		}
		if read != 1000 {
			b.Fatalf("%d resources", read)
		}
	}
}

// many is a Region with n instances, a third of them uncovered.
func many(n int) guarddutytest.Region {
	return guarddutytest.Region{Detector: "12abc34d567e8fa901bc2d34e56789f0", Len: n, At: func(i int) guarddutytest.Resource {
		status := "HEALTHY"
		if i%3 == 0 {
			status = "UNHEALTHY"
		}
		return guarddutytest.Resource{
			AccountID: "111122223333", Status: status, UpdatedAt: guarddutytest.Seconds(moment),
			Details: guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{InstanceID: fmt.Sprintf("i-%017x", i)}},
		}
	}}
}

// on answers calls of one operation, from one page on.
func on(operation string, page int, answer *guarddutytest.Answer) func(guarddutytest.Call) *guarddutytest.Answer {
	return func(c guarddutytest.Call) *guarddutytest.Answer {
		if c.Operation == operation && c.Page >= page {
			return answer
		}
		return nil
	}
}

// cloud connects to the fake, and tries again at once: a local answer can be so quick that the SDK closes its connection.
func cloud(fake *guarddutytest.Fake) aws.Config {
	return aws.Config{
		BaseEndpoint: aws.String(fake.URL()), HTTPClient: fake.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
}

func reader(t *testing.T, regions map[string]guarddutytest.Region) *guardduty.Reader {
	t.Helper()
	fake := guarddutytest.New(regions)
	t.Cleanup(fake.Close)
	return guardduty.New(cloud(fake))
}

// collect reads all Regions; the states are in the order of their keys.
func collect(t *testing.T, r *guardduty.Reader, regions ...string) ([]coverage.State, []*guardduty.Problem) {
	t.Helper()
	var states []coverage.State
	var problems []*guardduty.Problem
	for state, err := range r.States(t.Context(), regions) {
		if err == nil {
			states = append(states, state)
		} else if p, ok := errors.AsType[*guardduty.Problem](err); ok {
			problems = append(problems, p)
		} else {
			t.Errorf("not a Problem: %v", err)
		}
	}
	slices.SortFunc(states, func(a, b coverage.State) int { return cmp.Compare(a.Resource.Key(), b.Resource.Key()) })
	return states, problems
}
