package integration

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// down is Slack out of order.
var down = slacktest.Fault{Status: http.StatusServiceUnavailable, Body: "upstream connect error"}

func patient(seconds string) http.Header { return http.Header{"Retry-After": {seconds}} }

// slackAnswers is about what Slack answers once, or fails to, and what comes of it.
func slackAnswers(t *testing.T) {
	const took = `{"ok":true,"channel":"C0123456789","ts":"1700000000.000001"}`
	again := func(delay int) []letter { return []letter{{toWaiting, delay, "retry", []string{"slack"}}} }
	for name, test := range map[string]struct {
		fault slacktest.Fault
		// limit is the invocation's time; 0: the usual.
		limit   time.Duration
		result  string
		letters []letter
		// requests are those until the change is told or waits; messages are in Slack when nothing waits any more.
		requests, messages int
	}{
		"429, a moment":          {slacktest.Fault{Status: 429, Header: patient("1")}, 0, "notified", nil, 2, 1},
		"429, a moment too long": {slacktest.Fault{Status: 429, Header: patient("1")}, 15 * time.Second, "waiting", again(30), 1, 1},
		"429, minutes":           {slacktest.Fault{Status: 429, Header: patient("120")}, 0, "waiting", again(120), 1, 1},
		"429, a day":             {slacktest.Fault{Status: 429, Header: patient("86400")}, 0, "waiting", again(900), 1, 1},
		"429, no Retry-After":    {slacktest.Fault{Status: 429}, 0, "waiting", again(30), 1, 1},
		"429, nonsense":          {slacktest.Fault{Status: 429, Header: patient("soon")}, 0, "waiting", again(30), 1, 1},
		"500":                    {slacktest.Fault{Status: 500}, 0, "waiting", again(30), 1, 1},
		"503 of a proxy":         {slacktest.Fault{Status: 503, Body: "<html>Service Unavailable</html>"}, 0, "waiting", again(30), 1, 1},
		"200 of a proxy":         {slacktest.Fault{Body: "<html>Sign in to the network</html>"}, 0, "waiting", again(30), 1, 1},
		"no answer":              {slacktest.Fault{Hang: true}, 11 * time.Second, "waiting", again(30), 1, 1},
		"a reset connection":     {slacktest.Fault{Reset: true}, 0, "waiting", again(30), 1, 1},
		"an answer cut off":      {slacktest.Fault{Cut: true, Body: took}, 0, "waiting", again(30), 1, 1},
		// Slack took the message, and nobody can know: it is told again.
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
				c.wrote(test.letters...)
				if n := slack.Requests(""); n != test.requests {
					t.Errorf("Slack was asked %d times, expected %d", n, test.requests)
				}
				c.bring(f)
				inSlack(t, slack, test.messages)
				f.tell(lost("i-1", disconnected, 0))
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
	delays := []int{30, 60, 120, 240, 480, 900, 900, 900}
	for i, delay := range delays {
		slack.Fail(down)
		if i == 0 {
			f.tell(lost("i-1", disconnected, 0))
		} else {
			c.bring(f)
		}
		c.wrote(letter{toWaiting, delay, "retry", []string{"slack"}})
	}
	inSlack(t, slack, 0)
	c.bring(f)
	if last := f.last(); last.Result != "notified" {
		t.Errorf("the change came to %q, expected that it was told", last.Result)
	}
	inSlack(t, slack, 1)
	if n := slack.Requests(""); n != len(delays)+1 {
		t.Errorf("Slack was asked %d times, expected %d", n, len(delays)+1)
	}
	c.wrote()
}

// patienceEnds lets a change wait since 27 hours ago.
func patienceEnds(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	slack.Fail(down, down)
	f.tell(lost("i-1", disconnected, 0))
	c.wrote(letter{toWaiting, 30, "retry", []string{"slack"}})
	waiting := c.receive(c.waiting)
	if len(waiting) != 1 {
		t.Fatalf("%d changes wait, expected one", len(waiting))
	}
	f.tell(batch(t, since(t, *waiting[0].Body, time.Now().Add(-27*time.Hour))))
	f.expect("waiting", "gave_up")
	c.wrote(letter{toDead, 0, "retry", []string{"slack"}})
	inSlack(t, slack, 0)
}

// since is a letter that waits since another moment.
func since(t *testing.T, body string, moment time.Time) string {
	t.Helper()
	before, rest, ok := strings.Cut(body, `"since":"`)
	_, after, closed := strings.Cut(rest, `"`)
	if !ok || !closed {
		t.Fatalf("the letter does not say since when it waits: %s", body)
	}
	return fmt.Sprintf(`%s"since":"%s"%s`, before, moment.UTC().Format(time.RFC3339), after)
}

// leftAlone has two unlike changes in one batch: after the first is not taken, Slack is not asked for the second.
func leftAlone(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	slack.Fail(down)
	f.tell(batch(t, lost("i-1", disconnected, 0), lost("i-2", noEndpoint, 0)))
	f.expect("waiting", "waiting")
	if n := slack.Requests(""); n != 1 {
		t.Errorf("Slack was asked %d times, expected once", n)
	}
	waits := letter{toWaiting, 30, "retry", []string{"slack"}}
	c.wrote(waits, waits)
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
	f.tell(lost("i-1", disconnected, 0))
	c.wrote(letter{toWaiting, 30, "retry", []string{"slack"}})
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
			f.tell(lost("i-1", disconnected, 0))
			f.expect("gave_up")
			c.wrote(letter{toDead, 0, "retry", []string{"slack"}})
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
		f.tell(batch(t, test.payload))
		c.wrote(letter{Queue: toDead, Reason: reasonIn(test.payload)})
		reasons := c.reasons()
		if len(reasons) != 1 || reasons[0] == "-" {
			t.Errorf("%s: given up for %q, expected one reason", name, reasons)
		}
		if last := f.last(); last.Result != "unreadable" || last.Level != "ERROR" {
			t.Errorf("%s: the log says %s", name, last.raw)
		}
	}
	f.tell(strings.Replace(lost("i-1", disconnected, 0), "aws.guardduty", "aws.ec2", 1))
	c.wrote(letter{Queue: toDead})
	inSlack(t, slack, 0)
}

// reasonIn is what noteLetter takes for the reason in a payload.
func reasonIn(payload string) string {
	for _, reason := range []string{"retry", "mood"} {
		if strings.Contains(payload, `"reason":"`+reason+`"`) {
			return reason
		}
	}
	return ""
}
