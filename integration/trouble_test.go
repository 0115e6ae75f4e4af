package integration

import (
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// troubles has each service fail in each way while resources lose and regain coverage. Afterwards the
// channel's last word on each is true, and nothing was given up.
func troubles(t *testing.T) {
	for _, s := range []service{theTable, theQueue, theSlack} {
		for _, how := range []breakage{unreachable, unanswered, hanging} {
			t.Run(string(s)+" "+string(how), func(t *testing.T) { trouble(t, s, how) })
		}
	}
}

func trouble(t *testing.T, s service, how breakage) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(c.byBot(slack)...)
	c.put(lost("i-1", disconnected, 0))
	for _, instance := range []string{"g-1", "g-2", "g-3", "g-4", "g-5"} {
		c.put(lost(instance, noEndpoint, 0))
	}
	c.after(0, f)
	inSlack(t, slack, 2)

	c.failing(s, how)
	c.put(regained("g-1", 5), regained("g-2", 5))
	c.put(regained("i-1", 5), lost("i-2", disconnected, 5), lost("i-3", notYet, 5), regained("i-3", 6))
	c.after(0, f)
	c.put(regained("g-3", 5))
	c.put(lost("h-1", noEndpoint, 5), lost("h-2", noEndpoint, 5), lost("h-3", noEndpoint, 5))
	c.after(time.Minute, f)
	c.repair()
	c.put(regained("g-4", 10), regained("g-5", 10))
	c.settle(f)
	c.put(regained("h-1", 10), regained("h-2", 10), regained("h-3", 10))
	c.settle(f)

	green(t, slack, "i-1", "g-1", "g-2", "g-3", "g-4", "g-5", "h-1", "h-2", "h-3")
	red(t, slack, "i-2")
	if word := lastWord(slack, "i-3"); word != "" {
		green(t, slack, "i-3")
	}
	if given := c.reasons(); len(given) > 0 {
		t.Errorf("given up: %v", given)
	}
	// Two losses and two groups, the answers to three recoveries, and at most one repeat of each message: what a
	// sink may have taken is sent again.
	n := len(slack.Messages())
	t.Logf("%d messages, requests: %v", n, c.requests)
	if limit := 7 + 4; n > limit {
		t.Errorf("%d messages, expected at most %d", n, limit)
	}
}
