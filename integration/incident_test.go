package integration

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// inSlack fails the test unless so many messages are in Slack, and returns them.
func inSlack(t *testing.T, slack *slacktest.Server, n int) []slacktest.Message {
	t.Helper()
	messages := slack.Messages()
	if len(messages) != n {
		for _, m := range messages {
			t.Log(m.TS, "in thread", m.ThreadTS, m.Text)
		}
		t.Fatalf("%d messages in Slack, expected %d", len(messages), n)
	}
	return messages
}

// wrote fails the test unless the function sent these messages to queues, and no others, since it was asked last.
func (c *cloud) wrote(messages ...queued) {
	c.t.Helper()
	if diff := cmp.Diff(sorted(messages), sorted(c.queuedSince())); diff != "" {
		c.t.Fatalf("what waits or was given up (-expected, +got):\n%s", diff)
	}
}

// sorted are the messages in an order that does not depend on which was sent first.
func sorted(messages []queued) []queued {
	return slices.SortedFunc(slices.Values(messages), func(a, b queued) int {
		return strings.Compare(fmt.Sprint(a.Queue, a.Kind, a.Redrive, a.MayHaveSent), fmt.Sprint(b.Queue, b.Kind, b.Redrive, b.MayHaveSent))
	})
}

func duplicate(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	f.invoke(lost("i-1", disconnected, 0))
	f.invoke(lost("i-1", disconnected, 0))

	again := c.start(byBot(slack)...)
	again.invoke(lost("i-1", disconnected, 0))
	f.expect("notified", "duplicate")
	again.expect("duplicate")
	inSlack(t, slack, 1)
	c.wrote()
}

func reordered(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	f.invoke(regained("i-1", 10))
	f.invoke(lost("i-1", disconnected, 5))
	f.invoke(batch(t, lost("i-1", noEndpoint, 20), lost("i-1", disconnected, 15), regained("i-1", 17)))
	f.expect("notified", "stale", "notified", "stale", "stale")
	messages := inSlack(t, slack, 2)
	if !strings.HasPrefix(messages[1].Text, "🔴") {
		t.Errorf("the last message does not say that coverage was lost: %s", messages[1].Text)
	}
	c.wrote()
}

func administratorsCopy(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	const administrator = "999988887777"
	f.invoke(lost("i-1", disconnected, 0))
	f.invoke(event(administrator, "i-1", "Unhealthy", "Healthy", disconnected, 0))
	f.invoke(event(administrator, "i-1", "Healthy", "Unhealthy", "", 5))
	f.invoke(regained("i-1", 5))
	f.expect("notified", "duplicate", "notified", "duplicate")
	inSlack(t, slack, 2)
	c.wrote()
}

// twoProcesses are at work on one change: while one saves the record, the other finds it claimed.
func twoProcesses(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	first, second := c.start(byBot(slack)...), c.start(byBot(slack)...)
	saving, release := make(chan struct{}), make(chan struct{})
	c.fail(func(r request) breakage {
		if r.saves() {
			close(saving)
			<-release
		}
		return working
	})
	ended := first.invoked(lost("i-1", disconnected, 0))
	await(t, saving)
	c.repair()
	second.invoke(lost("i-1", disconnected, 0))
	close(release)
	c.check(<-ended)
	c.wrote(waits(30))
	c.bring(second)
	first.expect("notified")
	second.expect("waiting", "duplicate")
	inSlack(t, slack, 1)
}

func recovery(t *testing.T) {
	for _, broadcast := range []string{"false", "true"} {
		t.Run("broadcast "+broadcast, func(t *testing.T) {
			c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
			f := c.start(append(byBot(slack), "SLACK_BROADCAST_RECOVERY="+broadcast)...)
			f.invoke(lost("i-1", disconnected, 0))
			f.invoke(regained("i-1", 25))
			f.expect("notified", "notified")
			messages := inSlack(t, slack, 2)
			first, answer := messages[0], messages[1]
			if first.Edits != 1 || !strings.HasPrefix(first.Text, "🟢") || !strings.Contains(first.Text, "25 min") {
				t.Errorf("the first message does not say that coverage is back after 25 minutes: %s", first.Text)
			}
			if answer.ThreadTS != first.TS || answer.Broadcast != (broadcast == "true") {
				t.Errorf("the answer is in thread %s, shown in the channel: %v", answer.ThreadTS, answer.Broadcast)
			}
			f.invoke(lost("i-1", disconnected, 60))
			if again := inSlack(t, slack, 3)[2]; again.ThreadTS != "" {
				t.Errorf("the next incident has no message of its own")
			}
			c.wrote()
		})
	}
	t.Run("by webhook", func(t *testing.T) {
		c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
		f := c.start(byWebhook(slack)...)
		f.invoke(lost("i-1", disconnected, 0))
		f.invoke(regained("i-1", 25))
		f.expect("notified", "notified")
		if second := inSlack(t, slack, 2)[1]; !strings.HasPrefix(second.Text, "🟢") {
			t.Errorf("the second message does not say that coverage is back: %s", second.Text)
		}
	})
}

func newCause(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	f.invoke(lost("i-1", disconnected, 0))
	f.invoke(event(account, "i-1", "Unhealthy", "Unhealthy", noEndpoint, 5))
	f.invoke(event(account, "i-1", "Unhealthy", "Unhealthy", noEndpoint, 10))
	f.expect("notified", "notified", "duplicate")
	messages := inSlack(t, slack, 2)
	if messages[0].Edits != 1 || !strings.HasPrefix(messages[0].Text, "🔴") || messages[1].ThreadTS != messages[0].TS {
		t.Errorf("the new cause did not change the message, or was not answered in its thread: %+v", messages)
	}
}

func deletedMessage(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	f.invoke(lost("i-1", disconnected, 0))
	slack.Delete(slack.Messages()[0].TS)
	f.invoke(regained("i-1", 5))
	f.expect("notified", "notified")
	if m := inSlack(t, slack, 1)[0]; m.ThreadTS != "" || !strings.HasPrefix(m.Text, "🟢") {
		t.Errorf("expected a new message that coverage is back: %s", m.Text)
	}
	c.wrote()
}

func held(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "HOLD_MINUTES=15")...)
	event := lostAt(time.Now(), "i-1", notYet)
	f.invoke(event)
	f.invoke(event)
	inSlack(t, slack, 0)
	c.wrote(wakes(900))
	c.after(10*time.Minute, f)
	inSlack(t, slack, 0)
	c.wrote(wakes(300))
	c.after(6*time.Minute, f)
	f.expect("held", "duplicate", "notified")
	inSlack(t, slack, 1)
	c.wrote()
}

func recoveredWhileHeld(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "HOLD_MINUTES=15")...)
	f.invoke(lostAt(time.Now(), "i-1", notYet))
	f.invoke(regainedAt(time.Now().Add(time.Second), "i-1"))
	c.bring(f)
	f.expect("held", "recovered_while_held")
	inSlack(t, slack, 0)
	c.wrote(wakes(900))
}

// rateLimitMakesGroup has all messages of this minute, and of the next in case it begins meanwhile, used up. The members
// that recover leave the group at once, and its message follows.
func rateLimitMakesGroup(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	c.countMessages("1000")
	instances := []string{"i-1", "i-2", "i-3", "i-4"}
	for _, i := range instances {
		f.invoke(lost(i, disconnected, 0))
	}
	inSlack(t, slack, 0)
	c.wrote(wakes(60), wakes(60), wakes(60), wakes(60))

	c.countMessages("0")
	f = c.start(byBot(slack)...) // The first one knows that the limit of this minute is reached.
	c.bring(f)
	if m := inSlack(t, slack, 1)[0]; !strings.Contains(m.Text, "4 EC2 instances") {
		t.Errorf("the message does not speak for 4 instances: %s", m.Text)
	}
	c.wrote()
	f.invoke(regained("i-1", 5))
	c.wrote(wakes(5))
	c.bring(f)
	if m := inSlack(t, slack, 1)[0]; m.Edits != 1 || !strings.Contains(string(m.Blocks), "3 of 4") {
		t.Errorf("the message does not say that 3 of 4 are left: %s", m.Text)
	}
	f.invoke(batch(t, regained("i-2", 6), regained("i-3", 7)))
	f.invoke(regained("i-4", 8))
	c.wrote(wakes(5))
	c.bring(f)
	messages := inSlack(t, slack, 2)
	if messages[0].Edits != 2 || !strings.HasPrefix(messages[0].Text, "🟢") || messages[1].ThreadTS != messages[0].TS {
		t.Errorf("the message and its answer do not say that all are back: %+v", messages)
	}
	for _, e := range f.outcomes() {
		if e.Result != "notified" || !cmp.Equal(e.Grouped, []string{"slack"}) {
			t.Errorf("the change was not notified by a group: %s", e.raw)
		}
	}
	c.wrote()
}

// countMessages says how many messages Slack was sent in this minute and the next.
func (c *cloud) countMessages(n string) {
	c.t.Helper()
	minute := time.Now().UTC().Truncate(time.Minute)
	for _, m := range []time.Time{minute, minute.Add(time.Minute)} {
		c.update("rate/slack/"+m.Format(time.RFC3339), "SET messages = :v", &types.AttributeValueMemberN{Value: n})
	}
}
