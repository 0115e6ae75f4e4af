package integration

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// notRemembered fails the test unless the last change was told, and the log says what could not remember it.
func (f *function) notRemembered(name string) {
	f.t.Helper()
	last := f.last()
	if last.Result != "notified" || last.Level != "WARN" || !strings.Contains(last.StoreErr, name) {
		f.t.Errorf("expected that the change was told, and a warning that names %s: %s", name, last.raw)
	}
}

func tableUnreachable(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	c.fail(func(r request) breakage {
		if r.action == "UpdateItem" {
			return unreachable
		}
		return working
	})
	f.tell(lost("i-1", disconnected, 0))
	f.notRemembered(c.table)
	c.wrote(letter{toWaiting, 30, "remember", nil})
	inSlack(t, slack, 1)

	c.mend()
	c.bring(f)
	f.tell(lost("i-1", disconnected, 0))
	f.tell(regained("i-1", 5))
	f.expect("notified", "duplicate", "duplicate", "notified")
	messages := inSlack(t, slack, 2)
	if messages[0].Edits != 1 || messages[1].ThreadTS != messages[0].TS {
		t.Errorf("the recovery did not find the message that was sent while the table was away: %+v", messages)
	}
	c.wrote()
}

func tableHangs(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	c.fail(func(r request) breakage {
		if r.action == "UpdateItem" {
			return hanging
		}
		return working
	})
	f.tell(lost("i-1", disconnected, 0))
	f.notRemembered(c.table)
	inSlack(t, slack, 1)
	c.wrote(letter{toWaiting, 30, "remember", nil})
}

func tableMissing(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "INCIDENT_TABLE=missing-table")...)
	f.tell(lost("i-1", disconnected, 0))
	f.notRemembered("missing-table")
	inSlack(t, slack, 1)
	c.wrote(letter{toWaiting, 30, "remember", nil})
	c.bring(f)
	inSlack(t, slack, 1)
}

func foreignItem(t *testing.T) {
	number := func(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	for name, item := range map[string]map[string]types.AttributeValue{
		"a newer version": {"document": text(`{"status":"lost"}`), "version": number("2")},
		"no version":      {"document": text(`{}`)},
		"no JSON":         {"document": text(`told`), "version": number("1")},
		"no text":         {"document": number("1"), "version": number("1")},
		"another form":    {"document": text(`{"told":["slack"]}`), "version": number("1")},
	} {
		t.Run(name, func(t *testing.T) {
			c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
			item["pk"] = text(key("i-1"))
			_, err := c.dynamo().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &c.table, Item: item})
			c.check(err)
			f := c.start(byBot(slack)...)
			f.tell(lost("i-1", disconnected, 0))
			f.notRemembered(key("i-1"))
			inSlack(t, slack, 1)
			c.wrote(letter{toWaiting, 30, "remember", nil})
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
	f.tell(lost("i-1", disconnected, 0))
	f.expect("failed", "notified")
	inSlack(t, slack, 1)
}

func queueMissingForHeld(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "HOLD_MINUTES=15", "WAITING_QUEUE_URL="+c.missingQueue())...)
	for range 2 {
		if err := f.refuse(lost("i-1", notYet, 0)); !strings.Contains(err.Error(), "missing-queue") {
			t.Errorf("the error does not name the queue: %v", err)
		}
	}
	mended := c.start(append(byBot(slack), "HOLD_MINUTES=15")...)
	mended.tell(lost("i-1", notYet, 0))
	c.bring(mended)
	f.expect("failed", "failed")
	mended.expect("held", "notified")
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
