package integration

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// waitsForStore fails the test unless the last change waits in the queue, and the log says why the table does
// not know.
func (f *function) waitsForStore(name string) {
	f.t.Helper()
	last := f.last()
	if last.Result != "waiting" || last.Level != "WARN" || !strings.Contains(last.StoreErr, name) {
		f.t.Errorf("expected that the change waits, and a warning that names %s: %s", name, last.raw)
	}
}

// tableAway has the table away for a moment: nothing is sent without memory.
func tableAway(t *testing.T) {
	for _, how := range []breakage{unreachable, hanging} {
		t.Run(string(how), func(t *testing.T) {
			c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
			f := c.start(byBot(slack)...)
			c.failing(theTable, how)
			f.invoke(lost("i-1", disconnected, 0))
			f.waitsForStore(c.table)
			c.wrote(waits(30))
			inSlack(t, slack, 0)

			c.repair()
			c.after(time.Minute, f)
			f.invoke(lost("i-1", disconnected, 0))
			f.invoke(regained("i-1", 5))
			f.expect("waiting", "notified", "duplicate", "notified")
			messages := inSlack(t, slack, 2)
			if messages[0].Edits != 1 || messages[1].ThreadTS != messages[0].TS {
				t.Errorf("the recovery did not find the message of the loss: %+v", messages)
			}
			c.wrote()
		})
	}
}

// withoutMemory has a table that cannot be used for longer than a loss may wait. It is marked first, then
// sent, and once the table is back the sink counts as uncertain: one repeat, which the recovery finds. The
// recovery waits.
func withoutMemory(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	c.failing(theTable, unreachable)
	f.invoke(lost("i-1", disconnected, 0))
	f.invoke(regained("i-2", 0))
	c.wrote(waits(30), waits(30))
	c.after(11*time.Minute, f)
	marked := waits(30) // Its next receiver sends it, and soon.
	marked.MayHaveSent = []string{"slack"}
	c.wrote(marked, waits(660))
	inSlack(t, slack, 0)
	c.after(11*time.Minute, f)
	if m := inSlack(t, slack, 1)[0]; !strings.HasPrefix(m.Text, "🔴") {
		t.Errorf("without memory was sent: %s", m.Text)
	}
	c.after(15*time.Minute, f)
	inSlack(t, slack, 1)

	c.repair()
	c.settle(f)
	f.invoke(regained("i-1", 5))
	green(t, slack, "i-1", "i-2")
	if n := len(slack.Messages()); n > 4 {
		t.Errorf("%d messages, expected at most the loss twice, its recovery and the other one's", n)
	}
}

func tableMissing(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "INCIDENT_TABLE=missing-table")...)
	f.invoke(lost("i-1", disconnected, 0))
	f.waitsForStore("missing-table")
	inSlack(t, slack, 0)
	c.wrote(waits(30))
	c.after(27*time.Hour, f)
	c.wrote(queued{Queue: toDead, Kind: anEvent})
}

// foreignItem has items that this version cannot read, or must not overwrite: its resource is treated as if
// the table were away.
func foreignItem(t *testing.T) {
	number := func(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	for name, item := range map[string]map[string]types.AttributeValue{
		"a later version": {"document": text(`{"version":2,"status":"lost"}`), "version": number("2")},
		"no version":      {"document": text(`{}`)},
		"no JSON":         {"document": text(`told`), "version": number("1")},
		"no text":         {"document": number("1"), "version": number("1")},
		"another form":    {"document": text(`{"version":1,"notified":["slack"]}`), "version": number("1")},
	} {
		t.Run(name, func(t *testing.T) {
			c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
			item["pk"] = text(key("i-1"))
			_, err := c.dynamo().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &c.table, Item: item})
			c.check(err)
			f := c.start(byBot(slack)...)
			f.invoke(batch(t, lost("i-1", disconnected, 0), lost("i-2", noEndpoint, 0)))
			f.expect("waiting", "notified")
			c.wrote(waits(30))
			for range 2 {
				c.after(11*time.Minute, f)
			}
			if m := inSlack(t, slack, 2)[1]; !strings.Contains(m.Text, "i-1") {
				t.Errorf("not sent after it waited: %s", m.Text)
			}
			left := c.item(key("i-1"))
			values := cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{})
			if diff := cmp.Diff(item["document"], left["document"], values); diff != "" || left["lease"] != nil {
				t.Errorf("the item was changed, or is leased (%v):\n%s", left["lease"], diff)
			}
		})
	}
}

// missingQueue is the address of a queue that does not exist.
func (c *cloud) missingQueue() string {
	return c.waiting[:strings.LastIndex(c.waiting, "/")] + "/missing-queue"
}

// queueMissing leaves the change to Lambda, which brings it again.
func queueMissing(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "WAITING_QUEUE_URL="+c.missingQueue())...)
	slack.Fail(down)
	err := f.refuse(lost("i-1", disconnected, 0))
	for _, part := range []string{"missing-queue", "503"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
	c.pass(time.Minute)
	f.invoke(lost("i-1", disconnected, 0))
	f.expect("failed", "notified")
	inSlack(t, slack, 1)
}

func queueMissingForHeld(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "HOLD_MINUTES=15", "WAITING_QUEUE_URL="+c.missingQueue())...)
	event := lostAt(time.Now(), "i-1", notYet)
	for range 2 {
		if err := f.refuse(event); !strings.Contains(err.Error(), "missing-queue") {
			t.Errorf("the error does not name the queue: %v", err)
		}
	}
	repaired := c.start(append(byBot(slack), "HOLD_MINUTES=15")...)
	repaired.invoke(event)
	c.bring(repaired)
	f.expect("failed", "failed")
	repaired.expect("duplicate", "notified")
	inSlack(t, slack, 1)
}

func deadLetterQueueMissing(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	for setting, named := range map[string]string{
		"DEAD_LETTER_QUEUE_URL=":                    "no dead-letter queue",
		"DEAD_LETTER_QUEUE_URL=" + c.missingQueue(): "missing-queue",
	} {
		f := c.start(append(byBot(slack), setting)...)
		err := f.refuse(`{"source":"aws.guardduty","detail-type":"GuardDuty Finding"}`)
		for _, part := range []string{"GuardDuty Finding", named} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the error does not name %s: %v", part, err)
			}
		}
	}
}
