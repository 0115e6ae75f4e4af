package integration

import (
	"errors"
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

// killedAfterSlack is the one moment in which a crash makes a repeat: Slack has the message, and the table does not
// know.
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
	c.mend()

	second := c.start(byBot(slack)...)
	second.tell(event)
	c.wrote(letter{toWaiting, 30, "busy", nil})
	inSlack(t, slack, 1)

	c.expireLease(key("i-1"))
	c.bring(second)
	second.tell(event)
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
	second.tell(event)
	c.bring(second)
	inSlack(t, slack, 0)
	busy := letter{toWaiting, 30, "busy", nil}
	c.wrote(busy, busy)

	c.expireLease(key("i-1"))
	c.bring(second)
	second.expect("waiting", "waiting", "notified")
	inSlack(t, slack, 1)
	c.wrote()
}
