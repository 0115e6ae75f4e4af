// The report bench runs the report's function, as it is deployed, over a large organization: how long it is busy outside
// waiting for AWS, its peak memory, and the calls it makes.
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
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

const (
	region = "eu-central-1"
	// memoryMost is what the function may take, in bytes.
	memoryMost = 96 << 20
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
	fmt.Printf("%d resources, %d CPUs, %s/%s, %s\n", resources, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return errors.Join(
		measure(ctx, binary, resources, 100),
		measure(ctx, binary, resources, 1),
	)
}

// measure makes one report of an organization of which every nth resource is uncovered.
func measure(ctx context.Context, binary string, resources, nth int) error {
	fake := guarddutytest.New(map[string]guarddutytest.Region{region: organization(resources, nth)})
	defer fake.Close()
	serving := &stopwatch{handler: fake}
	guardduty := httptest.NewServer(serving)
	defer guardduty.Close()
	table := httptest.NewServer(http.HandlerFunc(emptyTable))
	defer table.Close()
	slack := slacktest.NewServer(slacktest.Options{})
	defer slack.Close()
	f, err := lambdatest.Start(binary,
		"AWS_REGION="+region, "REPORT_REGIONS="+region, "SLACK_WEBHOOK_URL="+slack.WebhookURL(), "INCIDENT_TABLE=incidents",
		"AWS_ENDPOINT_URL_GUARDDUTY="+guardduty.URL, "AWS_ENDPOINT_URL_DYNAMODB="+table.URL)
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
	calls := make(map[string]int)
	for _, call := range fake.Calls() {
		calls[call.Operation]++
	}
	fmt.Printf("one in %-3d uncovered: %.1f s outside waiting for AWS, peak memory %.1f MiB of at most %d, %d calls of ListCoverage, %d others\n",
		nth, (answer.Took - serving.total()).Seconds(), float64(memory)/(1<<20), memoryMost>>20, calls["ListCoverage"], len(fake.Calls())-calls["ListCoverage"])
	if memory > memoryMost {
		return fmt.Errorf("the function took %d bytes, more than %d", memory, memoryMost)
	}
	return nil
}

// organization has clusters and instances in 200 accounts. What is uncovered is so since just now, so that its events
// may still arrive, and is no ECS cluster, of which that is not asked: the report alone is measured, and no hand-over.
func organization(resources, nth int) guarddutytest.Region {
	now := guarddutytest.Seconds(time.Now())
	return guarddutytest.Region{Detector: "12abc34d567e8fa901bc2d34e56789f0", Len: resources, At: func(i int) guarddutytest.Resource {
		r := guarddutytest.Resource{
			ResourceID: fmt.Sprintf("%032x", i), DetectorID: "12abc34d567e8fa901bc2d34e56789f0", AccountID: fmt.Sprintf("1111%08d", i%200),
			Status: "HEALTHY", UpdatedAt: now,
		}
		if i%nth == 0 && i%10 != 1 {
			r.Status, r.Issue = "UNHEALTHY", "No Agent Reporting:Agent disconnected"
		}
		switch i % 10 {
		case 0:
			r.Details = guarddutytest.Details{Type: "EKS", EKS: &guarddutytest.EKS{ClusterName: fmt.Sprintf("cluster-%d", i), CoveredNodes: 3, CompatibleNodes: 5,
				Addon: &guarddutytest.Addon{AddonVersion: "v1.10.0-eksbuild.2", AddonStatus: "ACTIVE"}, ManagementType: "AUTO_MANAGED"}}
		case 1:
			r.Details = guarddutytest.Details{Type: "ECS", ECS: &guarddutytest.ECS{ClusterName: fmt.Sprintf("cluster-%d", i),
				Fargate: &guarddutytest.Fargate{ManagementType: "AUTO_MANAGED"}, Instances: &guarddutytest.Instances{}}}
		default:
			r.Details = guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{InstanceID: fmt.Sprintf("i-%017x", i), InstanceType: "m5.large",
				Agent: &guarddutytest.Agent{Version: "v1.7.0"}, ManagementType: "AUTO_MANAGED"}}
		}
		return r
	}}
}

// stopwatch adds up how long a handler and its network take.
type stopwatch struct {
	handler http.Handler
	mu      sync.Mutex
	took    time.Duration
}

func (s *stopwatch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	time.Sleep(latency)
	s.handler.ServeHTTP(w, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took += time.Since(start)
}

func (s *stopwatch) total() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.took
}

// emptyTable is a DynamoDB table that has nothing and takes everything.
func emptyTable(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	body := "{}"
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".Scan") {
		body = `{"Items":[],"Count":0,"ScannedCount":0}`
	}
	_, _ = w.Write([]byte(body))
}
