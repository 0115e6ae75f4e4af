package integration

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// batches has 500 changes in one batch, half of them held, while services hang, or go away when the batch is
// saved. It ends in time, and each change is notified, queued or handed back.
func batches(t *testing.T) {
	hangs := func(services ...service) func(request) breakage {
		return func(r request) breakage {
			if slices.Contains(services, r.service) {
				return hanging
			}
			return instant
		}
	}
	saving := func(how breakage) func(request) breakage {
		return func(r request) breakage {
			if r.saves() {
				return how
			}
			return instant
		}
	}
	for name, test := range map[string]struct {
		half   int
		broken func(request) breakage
		// results are how many changes came to each; failures is how many are handed back.
		results  map[string]int
		failures int
	}{
		"the table hangs":            {250, hangs(theTable), map[string]int{"waiting": 500}, 0},
		"the queue hangs":            {250, hangs(theQueue), map[string]int{"notified": 250, "failed": 250}, 250},
		"table and queue hang":       {250, hangs(theTable, theQueue), map[string]int{"failed": 500}, 500},
		"saving hangs":               {250, saving(hanging), map[string]int{"notified": 250, "held": 250}, 0},
		"the table goes away":        {250, saving(unreachable), map[string]int{"notified": 250, "held": 250}, 0},
		"the table goes away, 100":   {50, saving(unreachable), map[string]int{"notified": 50, "held": 50}, 0},
		"answers to saving are lost": {250, saving(unanswered), map[string]int{"notified": 250, "held": 250}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
			f := c.start(append(byBot(slack), "HOLD_MINUTES=15")...)
			var bodies []string
			for i := range test.half {
				bodies = append(bodies, lost(fmt.Sprint("i-", i), disconnected, 0))
				bodies = append(bodies, lostAt(time.Now(), fmt.Sprint("h-", i), notYet))
			}
			c.fail(test.broken)
			answer, err := f.Invoke(within(t, patience), []byte(batch(t, bodies...)))
			c.check(err)
			sent := c.queuedSince()
			t.Logf("took %v, %d messages in Slack, %d queued, requests: %v",
				answer.Took, len(slack.Messages()), len(sent), c.requests)
			if answer.Took > 50*time.Second {
				t.Errorf("it took %v", answer.Took)
			}
			results := make(map[string]int)
			for _, e := range f.outcomes() {
				results[e.Result]++
			}
			if fmt.Sprint(results) != fmt.Sprint(test.results) {
				t.Errorf("the changes came to %v, expected %v", results, test.results)
			}
			if n := len(failuresIn(t, answer.Payload)); n != test.failures {
				t.Errorf("%d were handed back, expected %d", n, test.failures)
			}
			if want := results["notified"] / test.half; len(slack.Messages()) != want {
				t.Errorf("%d messages in Slack, expected %d", len(slack.Messages()), want)
			}
			if want := results["waiting"] + results["held"]; len(sent) < want {
				t.Errorf("%d were queued, expected at least %d", len(sent), want)
			}
		})
	}
}
