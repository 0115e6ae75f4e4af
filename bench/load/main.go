// The load program sends a burst of changes through the built function to a fake Slack that takes one message a second,
// and accounts for every one of them. It takes some minutes, because the waits in it are real.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"guardduty-coverage-notifier/integration/lambdatest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// plan is what the load is.
type plan struct {
	changes, processes, burst, causes int
	within                            time.Duration
}

// memoryMost is how much memory a process may ever have, in bytes.
const memoryMost = 64 << 20

func main() {
	var p plan
	flag.IntVar(&p.changes, "changes", 10_000, "how many instances lose their coverage")
	flag.DurationVar(&p.within, "within", time.Minute, "the time in which they do, evenly")
	flag.IntVar(&p.processes, "processes", 8, "how many processes serve at the same time")
	flag.IntVar(&p.burst, "burst", 5, "how many messages Slack takes at once, before it is one a second")
	flag.IntVar(&p.causes, "causes", 1, "how many different causes there are, 1 to 4")
	flag.Parse()
	if err := run(context.Background(), p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, p plan) error {
	directory, err := os.MkdirTemp("", "load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	binary := filepath.Join(directory, "bootstrap")
	if err := lambdatest.Build(ctx, "functions/notify", runtime.GOARCH, binary); err != nil {
		return err
	}
	slack := slacktest.NewServer(slacktest.Options{Burst: p.burst, Now: time.Now})
	defer slack.Close()
	cloud := newCloud()
	defer cloud.http.Close()
	fleet, err := startFleet(binary, p.processes, append(cloud.settings(),
		"SLACK_BOT_TOKEN="+slack.Token(), "SLACK_CHANNEL="+slack.Channel(), "SLACK_API_URL="+slack.APIURL()))
	if err != nil {
		return err
	}
	defer fleet.close()
	return measure(ctx, p, slack, cloud, fleet)
}

func measure(ctx context.Context, p plan, slack *slacktest.Server, cloud *cloud, fleet *fleet) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	source := &mapping{fleet: fleet, cloud: cloud}
	broken := make(chan error, 1)
	go func() { broken <- source.run(ctx) }()

	began := time.Now()
	if err := burst(ctx, p, fleet); err != nil {
		return err
	}
	sent := time.Since(began)
	ticker := time.NewTicker(polling)
	defer ticker.Stop()
	for !source.idle() {
		select {
		case err := <-broken:
			return err
		case <-ticker.C:
		}
	}
	drained := time.Since(began)
	return report(p, slack, cloud, fleet, source, sent, drained)
}

// burst has the changes arrive evenly, each with an invocation of its own, as EventBridge delivers them. What fails is
// invoked again, as Lambda does.
func burst(ctx context.Context, p plan, fleet *fleet) error {
	const tries = 3
	errs := make(chan error, p.changes)
	var wg sync.WaitGroup
	began := time.Now()
	for n := range p.changes {
		due := began.Add(p.within * time.Duration(n) / time.Duration(p.changes))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			var err error
			for range tries {
				if _, err = fleet.invoke(ctx, event(n, p.causes, due)); err == nil {
					return
				}
			}
			errs <- fmt.Errorf("change %d: %w", n, err)
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

const accountID, region = "111122223333", "eu-central-1"

func instance(n int) string { return fmt.Sprintf("i-%017x", n) }

// event is the loss of the instance's coverage.
func event(n, causes int, at time.Time) []byte {
	issues := []string{
		"No Agent Reporting:Agent disconnected",
		"VPC Endpoint Creation Failed:The maximum number of VPC endpoints has been reached.",
		"SSM Association Creation Failed:GuardDuty SSM association already exists in your account",
		"Agent Not Provisioned:Kernel version is lower than the supported version.",
	}
	return fmt.Appendf(nil, `{"version":"0","id":"load-%d","detail-type":"GuardDuty Runtime Protection Unhealthy",`+
		`"source":"aws.guardduty","account":%q,"time":%q,"region":%q,"resources":[],"detail":{"accountId":%[2]q,`+
		`"currentStatus":"Unhealthy","previousStatus":"Healthy","resourceDetails":{"resourceType":"EC2","ec2InstanceDetails":`+
		`{"instanceId":%[5]q,"instanceType":"m6i.large","clusterArn":"","agentDetails":{"version":"1.7.1"},`+
		`"managementType":"AUTO_MANAGED"}},"issue":%[6]q,"lastUpdatedAt":%[7]d}}`,
		n, accountID, at.UTC().Format(time.RFC3339), region, instance(n), issues[n%causes], at.UnixMilli())
}

// List prices in US dollars in us-east-1, from the services' pricing pages.
const (
	lambdaRequest  = 0.20 / 1e6
	lambdaGBSecond = 0.0000133334 // arm64
	dynamoWrite    = 0.625 / 1e6  // on demand, a write request unit
	sqsRequest     = 0.40 / 1e6   // standard queue, 64 kB
	logGigabyte    = 0.50
	memoryGB       = 128.0 / 1024
)

func report(p plan, slack *slacktest.Server, cloud *cloud, fleet *fleet, source *mapping, sent, drained time.Duration) error {
	peak, logged, err := fleet.measure()
	if err != nil {
		return err
	}
	messages := slack.Messages()
	// The event source mapping receives and deletes ten messages with one request each.
	sqsUnits := cloud.sendUnits + 2*((source.delivered+9)/10)
	costs := []float64{
		float64(fleet.invocations)*lambdaRequest + fleet.billed.Seconds()*memoryGB*lambdaGBSecond,
		float64(cloud.writeUnits) * dynamoWrite, float64(sqsUnits) * sqsRequest, float64(logged) / 1e9 * logGigabyte,
	}
	total := 0.0
	for _, cost := range costs {
		total += cost
	}
	fmt.Printf("%d changes within %v, %d causes, %d processes, Slack takes 1 message a second and %d at once\n\n",
		p.changes, p.within, p.causes, p.processes, p.burst)
	for _, line := range [][2]string{
		{"messages in Slack", fmt.Sprint(len(messages))},
		{"requests Slack refused (429)", fmt.Sprint(slack.Refused("ratelimited"))},
		{"last change arrived", sent.Round(time.Second).String()},
		{"everything told", drained.Round(time.Second).String()},
		{"peak memory of a process", fmt.Sprintf("%.1f MiB", float64(peak)/(1<<20))},
		{"dead letters", fmt.Sprint(len(cloud.dead))},
		{"Lambda", fmt.Sprintf("%d invocations (%d of the queue, %d failed), %.0f s, $%.4f",
			fleet.invocations, source.batches, fleet.failed, fleet.billed.Seconds(), costs[0])},
		{"DynamoDB", fmt.Sprintf("%d writes (%d of them in vain), %d units, $%.4f",
			cloud.writes, cloud.lost, cloud.writeUnits, costs[1])},
		{"SQS", fmt.Sprintf("%d sent, %d delivered, %d requests, $%.4f", cloud.sends, source.delivered, sqsUnits, costs[2])},
		{"CloudWatch Logs", fmt.Sprintf("%.1f MB, $%.4f", float64(logged)/1e6, costs[3])},
		{"cost at list price", fmt.Sprintf("$%.4f", total)},
	} {
		fmt.Printf("%-30s %s\n", line[0], line[1])
	}
	if err := account(cloud, messages, p.changes); err != nil {
		return fmt.Errorf("not every change is accounted for: %w", err)
	}
	fmt.Printf("%-30s all %d\n", "accounted for", p.changes)
	if peak > memoryMost {
		return fmt.Errorf("a process had %d bytes of memory, more than %d", peak, memoryMost)
	}
	return nil
}
