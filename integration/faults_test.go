package integration

import (
	"cmp"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	gocmp "github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// down is Slack out of order.
var down = slacktest.Fault{Status: http.StatusServiceUnavailable, Body: "upstream connect error"}

func patient(seconds string) http.Header { return http.Header{"Retry-After": {seconds}} }

// slackAnswers is about what Slack answers once, or fails to, and what comes of it.
func slackAnswers(t *testing.T) {
	const took = `{"ok":true,"channel":"C0123456789","ts":"1700000000.000001"}`
	again := func(after delay) []queued { return []queued{wakes(after)} }
	for name, test := range map[string]struct {
		fault slacktest.Fault
		// limit is the invocation's time; 0: the usual.
		limit  time.Duration
		result string
		queued []queued
		// requests are those until the sink is notified or waits; messages are in Slack when nothing waits any more.
		requests, messages int
	}{
		"429, a moment":          {slacktest.Fault{Status: 429, Header: patient("1")}, 0, "notified", nil, 2, 1},
		"429, a moment too long": {slacktest.Fault{Status: 429, Header: patient("1")}, 31 * time.Second, "waiting", again(30), 1, 1},
		"429, minutes":           {slacktest.Fault{Status: 429, Header: patient("120")}, 0, "waiting", again(120), 1, 1},
		"429, a day":             {slacktest.Fault{Status: 429, Header: patient("86400")}, 0, "waiting", again(900), 1, 1},
		"429, no Retry-After":    {slacktest.Fault{Status: 429}, 0, "waiting", again(30), 1, 1},
		"429, nonsense":          {slacktest.Fault{Status: 429, Header: patient("soon")}, 0, "waiting", again(30), 1, 1},
		"500":                    {slacktest.Fault{Status: 500}, 0, "waiting", again(30), 1, 1},
		"503 of a proxy":         {slacktest.Fault{Status: 503, Body: "<html>Service Unavailable</html>"}, 0, "waiting", again(30), 1, 1},
		"200 of a proxy":         {slacktest.Fault{Body: "<html>Sign in to the network</html>"}, 0, "waiting", again(30), 1, 1},
		"no answer":              {slacktest.Fault{Hang: true}, 31 * time.Second, "waiting", again(30), 1, 1},
		"a reset connection":     {slacktest.Fault{Reset: true}, 0, "waiting", again(30), 1, 1},
		"an answer cut off":      {slacktest.Fault{Cut: true, Body: took}, 0, "waiting", again(30), 1, 1},
		// Slack took the message, and nobody can know: it is sent again.
		"an answer cut off, taken":  {slacktest.Fault{Taken: true, Cut: true, Body: took}, 0, "waiting", again(30), 1, 2},
		"a reset connection, taken": {slacktest.Fault{Taken: true, Reset: true}, 0, "waiting", again(30), 1, 2},
		"500, taken":                {slacktest.Fault{Taken: true, Status: 500}, 0, "waiting", again(30), 1, 2},
	} {
		for credential, settings := range map[string]func(*slacktest.Server) []string{"token": byBot, "webhook": byWebhook} {
			t.Run(name+" "+credential, func(t *testing.T) {
				c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
				slack.Fail(test.fault)
				f := c.start(settings(slack)...)
				_, err := f.InvokeWithin(within(t, patience), cmp.Or(test.limit, patience), []byte(lost("i-1", disconnected, 0)))
				c.check(err)
				f.expect(test.result)
				c.wrote(test.queued...)
				if n := slack.Requests(""); n != test.requests {
					t.Errorf("Slack was asked %d times, expected %d", n, test.requests)
				}
				c.bring(f)
				inSlack(t, slack, test.messages)
				f.invoke(lost("i-1", disconnected, 0))
				if last := f.last(); last.Result != "duplicate" {
					t.Errorf("a repeat came to %q, expected a duplicate", last.Result)
				}
				inSlack(t, slack, test.messages)
				c.wrote()
			})
		}
	}
}

func downThenUp(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	const attempts = 8
	began, passed, next := time.Now(), time.Duration(0), time.Duration(0)
	for i := range attempts {
		slack.Fail(down)
		if i == 0 {
			f.invoke(lost("i-1", disconnected, 0))
		} else {
			c.after(next, f)
		}
		sent := c.queuedSince()
		// It waits for as long as it has been failing, within limits.
		want := wakes(delay(min(max(passed+time.Since(began), 30*time.Second), 15*time.Minute) / time.Second))
		if len(sent) != 1 || !gocmp.Equal(want, sent[0]) {
			t.Fatalf("attempt %d: %+v was queued, expected %+v", i, sent, want)
		}
		next = time.Duration(sent[0].Delay+1) * time.Second
		passed += next
	}
	inSlack(t, slack, 0)
	c.bring(f)
	if last := f.last(); last.Result != "notified" {
		t.Errorf("the change came to %q, expected that it was notified", last.Result)
	}
	inSlack(t, slack, 1)
	if n := slack.Requests(""); n != attempts+1 {
		t.Errorf("Slack was asked %d times, expected %d", n, attempts+1)
	}
	c.wrote()
}

// patienceEnds has a sink that fails for 27 hours.
func patienceEnds(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	slack.Fail(down, down)
	f.invoke(lost("i-1", disconnected, 0))
	c.wrote(wakes(30))
	c.after(27*time.Hour, f)
	f.expect("waiting", "gave_up")
	c.wrote(givenUp("slack"))
	inSlack(t, slack, 0)
	c.redrive()
	c.bring(f)
	f.expect("waiting", "gave_up", "notified")
	inSlack(t, slack, 1)
	c.wrote()
}

// leftAlone has two unlike changes in one batch: after the first is not taken, Slack is not asked for the second.
func leftAlone(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	slack.Fail(down)
	f.invoke(batch(t, lost("i-1", disconnected, 0), lost("i-2", noEndpoint, 0)))
	f.expect("waiting", "waiting")
	if n := slack.Requests(""); n != 1 {
		t.Errorf("Slack was asked %d times, expected once", n)
	}
	c.wrote(wakes(30), wakes(30))
	c.bring(f)
	inSlack(t, slack, 2)
	c.wrote()
}

func oneSinkFails(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	topic := c.createTopic("text")
	inbox := c.subscribe(topic, "")
	f := c.start(append(byBot(slack), "SNS_TOPIC_ARN="+topic)...)
	slack.Fail(down)
	f.invoke(lost("i-1", disconnected, 0))
	c.wrote(wakes(30))
	c.bring(f)
	f.expect("waiting", "notified")
	inSlack(t, slack, 1)
	if n := len(c.receive(inbox)); n != 1 {
		t.Errorf("%d messages through SNS, expected one", n)
	}
	c.wrote()
}

// redrive is about answers after which the same message would be refused again, until somebody mends something.
func redrive(t *testing.T) {
	for _, code := range []string{"channel_not_found", "restricted_action", "not_in_channel", "is_archived"} {
		t.Run(code, func(t *testing.T) {
			c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
			f := c.start(byBot(slack)...)
			slack.Fail(slacktest.Fault{Body: `{"ok":false,"error":"` + code + `","response_metadata":{"messages":["[ERROR] why"]}}`})
			f.invoke(lost("i-1", disconnected, 0))
			f.expect("gave_up")
			c.wrote(givenUp("slack"))
			if n := slack.Requests(""); n != 1 {
				t.Errorf("Slack was asked %d times, expected once", n)
			}
			c.redrive()
			c.bring(f)
			f.expect("gave_up", "notified")
			inSlack(t, slack, 1)
			c.wrote()
		})
	}
}

// redrive does what SQS does for make redrive, which moto does not know: it moves everything that was given up.
func (c *cloud) redrive() {
	c.t.Helper()
	for _, m := range c.receive(c.dead) {
		_, err := c.sqs().SendMessage(c.t.Context(), &sqs.SendMessageInput{
			QueueUrl: &c.waiting, MessageBody: m.Body, MessageAttributes: m.MessageAttributes,
		})
		c.check(err)
		_, err = c.sqs().DeleteMessage(c.t.Context(), &sqs.DeleteMessageInput{QueueUrl: &c.dead, ReceiptHandle: m.ReceiptHandle})
		c.check(err)
	}
}

// reasons are the reasons with which messages were given up.
func (c *cloud) reasons() []string {
	c.t.Helper()
	var reasons []string
	for _, m := range c.receive(c.dead) {
		reason, ok := m.MessageAttributes["Reason"]
		if !ok {
			c.t.Errorf("a message was given up without a reason: %.200s", *m.Body)
			continue
		}
		reasons = append(reasons, *reason.StringValue)
	}
	return reasons
}

// unreadableIsBuried has what cannot be understood come through the queue, since that lets through what is not JSON.
func unreadableIsBuried(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	for name, test := range unreadable() {
		if test.payload == "" || len(test.payload) > 200_000 {
			continue // No queue delivers the first, and together with a reason none takes the second.
		}
		f.invoke(batch(t, test.payload))
		if sent := c.queuedSince(); len(sent) != 1 || sent[0].Queue != toDead {
			t.Errorf("%s: sent to queues: %+v", name, sent)
		}
		reasons := c.reasons()
		if len(reasons) != 1 || reasons[0] == "-" {
			t.Errorf("%s: given up for %q, expected one reason", name, reasons)
		}
		if last := f.last(); last.Result != "unreadable" || last.Level != "ERROR" {
			t.Errorf("%s: the log says %s", name, last.raw)
		}
	}
	f.invoke(strings.Replace(lost("i-1", disconnected, 0), "aws.guardduty", "aws.ec2", 1))
	c.wrote(queued{Queue: toDead, Kind: unknown})
	inSlack(t, slack, 0)
}
