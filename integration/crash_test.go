package integration

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"guardduty-coverage-notifier/integration/lambdatest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// await waits for something to happen.
func await(t *testing.T, happened <-chan struct{}) {
	t.Helper()
	select {
	case <-happened:
	case <-within(t, patience).Done():
		t.Fatal("what was waited for did not happen")
	}
}

// eventually waits for something that tells nobody when it happens.
func eventually(t *testing.T, happened func() bool) {
	t.Helper()
	ctx := within(t, patience)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal("what was waited for did not happen")
		}
	}
}

// invoked is the function at work on an event.
func (f *function) invoked(event string) <-chan error {
	ctx := within(f.t, patience)
	ended := make(chan error, 1)
	go func() {
		_, err := f.Invoke(ctx, []byte(event))
		ended <- err
	}()
	return ended
}

// killedAfterSlack is the one moment in which a crash makes a repeat: Slack has the message, and the table
// does not know.
func killedAfterSlack(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	event := lost("i-1", disconnected, 0)
	saving := make(chan struct{})
	c.fail(func(r request) breakage {
		if !r.saves() {
			return working
		}
		close(saving)
		return hanging
	})
	first := c.start(byBot(slack)...)
	ended := first.invoked(event)
	await(t, saving)
	first.Kill()
	if err := <-ended; !errors.Is(err, lambdatest.ErrExited) {
		t.Fatalf("the invocation ended with %v, expected that the process was killed", err)
	}
	inSlack(t, slack, 1)
	c.repair()

	second := c.start(byBot(slack)...)
	second.invoke(event)
	c.wrote(waits(30))
	inSlack(t, slack, 1)

	c.bring(second)
	second.invoke(event)
	second.expect("waiting", "notified", "duplicate")
	inSlack(t, slack, 2)
	c.wrote()
}

func killedBeforeSlack(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	event := lost("i-1", disconnected, 0)
	slack.Fail(slacktest.Fault{Hang: true})
	first := c.start(byBot(slack)...)
	ended := first.invoked(event)
	eventually(t, func() bool { return slack.Requests("") == 1 })
	first.Kill()
	if err := <-ended; !errors.Is(err, lambdatest.ErrExited) {
		t.Fatalf("the invocation ended with %v, expected that the process was killed", err)
	}

	second := c.start(byBot(slack)...)
	second.invoke(event)
	c.after(time.Minute, second)
	inSlack(t, slack, 0)
	c.wrote(waits(30), waits(30))

	c.after(time.Minute, second) // Now the dead one's lease is over.
	second.expect("waiting", "waiting", "notified")
	inSlack(t, slack, 1)
	c.wrote()
}

// killedAnywhere kills the process at every call of one history, before it arrives or once it is carried out.
// The next process ends it truly, and repeats at most one message a resource.
func killedAnywhere(t *testing.T) {
	calls := history(t, 0, working)
	for n := 1; n <= calls; n++ {
		for _, how := range []breakage{unreachable, unanswered} {
			t.Run(fmt.Sprint("call ", n, " ", how), func(t *testing.T) { history(t, n, how) })
		}
	}
}

// history is a loss, a hold, a recovery and a group in which the process is killed at the nth call; 0: not at
// all. It returns how many calls there were.
func history(t *testing.T, n int, how breakage) int {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	var running atomic.Pointer[function]
	run := func() { running.Store(c.start(append(c.byBot(slack), "HOLD_MINUTES=15")...)) }
	run()
	var calls atomic.Int32
	c.fail(func(request) breakage {
		if int(calls.Add(1)) != n {
			return working
		}
		running.Load().Kill()
		return how
	})
	for _, bodies := range [][]string{
		{lost("i-1", disconnected, 0)},
		{lostAt(time.Now(), "i-2", notYet)},
		{regained("i-1", 5)},
		{lost("g-1", noEndpoint, 0), lost("g-2", noEndpoint, 0), lost("g-3", noEndpoint, 0)},
		{regained("g-1", 5), regained("g-2", 5), regained("g-3", 5)},
	} {
		c.put(bodies...)
		killed := int(calls.Load()) < n
		c.after(0, running.Load())
		if killed && int(calls.Load()) >= n {
			run()
		}
	}
	for range 20 {
		killed := int(calls.Load()) < n
		if c.bring(running.Load()) == 0 {
			break
		}
		if killed && int(calls.Load()) >= n {
			run()
		}
	}
	green(t, slack, "i-1")
	red(t, slack, "i-2")
	// Before anybody was notified of their loss, they may have recovered.
	for _, instance := range []string{"g-1", "g-2", "g-3"} {
		if n == 0 || lastWord(slack, instance) != "" {
			green(t, slack, instance)
		}
	}
	for _, instance := range []string{"i-1", "i-2", "g-1", "g-2", "g-3"} {
		if n := len(about(slack, instance)); n > 2 {
			t.Errorf("%d messages are about %s, expected at most one repeat", n, instance)
		}
	}
	if given := c.reasons(); len(given) > 0 {
		t.Errorf("given up: %v", given)
	}
	return int(calls.Load())
}
