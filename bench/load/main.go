// The load program sends a burst of losses, and then the recoveries, through the built function to a fake Slack that
// takes one message a second, and accounts for every one of them. It takes several minutes, because the waits in it are
// real. It ends with exit code 1 when a figure misses its limit.
package main

import (
	"context"
	"errors"
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

func main() {
	var p plan
	flag.IntVar(&p.changes, "changes", 10_000, "how many instances lose their coverage, and recover")
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
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := &load{p, slack, cloud, fleet, &mapping{fleet: fleet, cloud: cloud}, make(chan error, 1)}
	go func() { l.broken <- l.source.run(ctx) }()
	return l.measure(ctx)
}

// load is the function under load, and everything that it uses.
type load struct {
	plan
	slack  *slacktest.Server
	cloud  *cloud
	fleet  *fleet
	source *mapping
	// broken is why the queue is not served any more.
	broken chan error
}

// measure has everything lost, and then everything recover.
func (l *load) measure(ctx context.Context) error {
	fmt.Printf("%d changes within %v, %d causes, %d processes, Slack takes 1 message a second and %d at once\n",
		l.changes, l.within, l.causes, l.processes, l.burst)
	lost, err := l.wave(ctx, loss)
	if err != nil {
		return err
	}
	missed := l.reportLosses(lost)
	recovered, err := l.wave(ctx, recovery)
	if err != nil {
		return err
	}
	recovered.logged -= lost.logged
	recovered.refused -= lost.refused
	return errors.Join(missed, l.reportRecoveries(recovered))
}

// wave is one change of every instance, and what it took.
type wave struct {
	began time.Time
	// sent is when the last change had been taken, drained when nothing waited any more.
	sent, drained time.Duration
	usage         usage
	work          work
	// peak is the most memory that any process ever had, logged how much all have logged since they were started, in
	// bytes, and refused how many requests Slack refused since then.
	peak, logged, refused int
}

// wave brings all changes to the function and waits until nothing is left to be done.
func (l *load) wave(ctx context.Context, event func(n, causes int, at time.Time) []byte) (wave, error) {
	w := wave{began: time.Now()}
	if err := l.arrive(ctx, event); err != nil {
		return w, err
	}
	w.sent = time.Since(w.began)
	ticker := time.NewTicker(polling)
	defer ticker.Stop()
	for !l.source.idle() {
		select {
		case err := <-l.broken:
			return w, err
		case <-ticker.C:
		}
	}
	w.drained = time.Since(w.began)
	w.usage, w.work, w.refused = l.cloud.spent(), l.fleet.spent(), l.slack.Refused("ratelimited")
	var err error
	w.peak, w.logged, err = l.fleet.measure()
	return w, err
}

// arrive has the changes arrive evenly, each with an invocation of its own, as EventBridge delivers them. What fails is
// invoked again, as Lambda does.
func (l *load) arrive(ctx context.Context, event func(n, causes int, at time.Time) []byte) error {
	const tries = 3
	errs := make(chan error, l.changes)
	var wg sync.WaitGroup
	began := time.Now()
	for n := range l.changes {
		due := began.Add(l.within * time.Duration(n) / time.Duration(l.changes))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			var err error
			for range tries {
				if _, err = l.fleet.invoke(ctx, event(n, l.causes, due)); err == nil {
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

// loss is the event of the instance's lost coverage, for one of so many causes.
func loss(n, causes int, at time.Time) []byte {
	issues := []string{
		"No Agent Reporting:Agent disconnected",
		"VPC Endpoint Creation Failed:The maximum number of VPC endpoints has been reached.",
		"SSM Association Creation Failed:GuardDuty SSM association already exists in your account",
		"Agent Not Provisioned:Kernel version is lower than the supported version.",
	}
	return event(n, "Unhealthy", "Healthy", issues[n%causes], at)
}

// recovery is the event of its return.
func recovery(n, _ int, at time.Time) []byte { return event(n, "Healthy", "Unhealthy", "", at) }

func event(n int, status, previous, issue string, at time.Time) []byte {
	return fmt.Appendf(nil, `{"version":"0","id":"load-%[1]s-%[2]d","detail-type":"GuardDuty Runtime Protection %[1]s",`+
		`"source":"aws.guardduty","account":%[3]q,"time":%[4]q,"region":%[5]q,"resources":[],"detail":{"accountId":%[3]q,`+
		`"currentStatus":%[1]q,"previousStatus":%[6]q,"resourceDetails":{"resourceType":"EC2","ec2InstanceDetails":`+
		`{"instanceId":%[7]q,"instanceType":"m6i.large","clusterArn":"","agentDetails":{"version":"1.7.1"},`+
		`"managementType":"AUTO_MANAGED"}},"issue":%[8]q,"lastUpdatedAt":%[9]d}}`,
		status, n, accountID, at.UTC().Format(time.RFC3339), region, previous, instance(n), issue, at.UnixMilli())
}
