package integration

import (
	cryptorand "crypto/rand"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// unreadable is what no coverage event can be made of, with a word of the reason. Lambda itself lets only
// JSON through; queues let through anything.
func unreadable() map[string]struct{ payload, reason string } {
	finding := `{"source":"aws.guardduty","detail-type":"GuardDuty Finding","detail":{}}`
	return map[string]struct{ payload, reason string }{
		"not JSON":                {"coverage was lost", "invalid character"},
		"nothing":                 {"", "EOF"},
		"null":                    {"null", "source"},
		"empty object":            {"{}", "source"},
		"a number":                {"42", "number"},
		"another source":          {strings.Replace(lost("i-1", disconnected, 0), "aws.guardduty", "aws.ec2", 1), "aws.ec2"},
		"a finding":               {finding, "GuardDuty Finding"},
		"cut off":                 {lost("i-1", disconnected, 0)[:200], "EOF"},
		"1 MB of noise":           {noise(1 << 20), "invalid character"},
		"1 MB of quoted noise":    {quoted(strings.Repeat("noise", 200_000)), "string"},
		"a million nested arrays": {strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000), "depth"},
		"a later version's":       {`{"coverageQueue":99,"key":"a","due":"2026-03-23T01:00:00Z"}`, "version 99"},
		"of no version":           {`{"coverageQueue":0,"key":"a"}`, "version 0"},
		"an empty queued message": {`{"coverageQueue":1}`, "one of key, event and change"},
		"a wake-up with an event": {`{"coverageQueue":1,"key":"a","event":{}}`, "one of key, event and change"},
	}
}

func noise(size int) string {
	random := rand.NewChaCha8([32]byte{})
	data := make([]byte, size)
	_, _ = random.Read(data) // It never fails.
	return string(data)
}

// TestUnreadableInput is about a function without a dead-letter queue: the error is all there is, and Lambda
// keeps the payload.
func TestUnreadableInput(t *testing.T) {
	t.Parallel()
	slack := slacktest.New(t, slacktest.Options{})
	f := start(t, byBot(slack)...)
	for name, test := range unreadable() {
		err := f.refuse(test.payload)
		if !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s: the error does not say %q: %.300v", name, test.reason, err)
		}
		if len(err.Error()) > 2000 {
			t.Errorf("%s: the error has %d characters", name, len(err.Error()))
		}
	}
	f.invoke(lost("i-1", disconnected, 0))
	if n := len(slack.Messages()); n != 1 {
		t.Errorf("%d messages in Slack, expected the one that came after all that", n)
	}
}

func TestUnreadableRecordFailsAlone(t *testing.T) {
	t.Parallel()
	slack := slacktest.New(t, slacktest.Options{})
	f := start(t, byBot(slack)...)
	var bodies []string
	for _, test := range unreadable() {
		if len(test.payload) < 1000 {
			bodies = append(bodies, test.payload)
		}
	}
	bodies = append(bodies, lost("i-1", disconnected, 0))
	answer, err := f.Invoke(within(t, patience), []byte(batch(t, bodies...)))
	if err != nil {
		t.Fatal(err)
	}
	failures := failuresIn(t, answer.Payload)
	good := fmt.Sprintf("message-%d", len(bodies)-1)
	if len(failures) != len(bodies)-1 || slices.Contains(failures, good) {
		t.Errorf("%d of %d records failed: %v; expected all but %s", len(failures), len(bodies), failures, good)
	}
	if n := len(slack.Messages()); n != 1 {
		t.Errorf("%d messages in Slack, expected one", n)
	}
}

// failuresIn are the records that SQS is asked to deliver again.
func failuresIn(t *testing.T, answer []byte) []string {
	t.Helper()
	var response struct {
		Failures []struct {
			ID string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &response); err != nil {
		t.Fatalf("the answer to SQS: %v: %s", err, answer)
	}
	var ids []string
	for _, failure := range response.Failures {
		ids = append(ids, failure.ID)
	}
	return ids
}

func TestHostileInput(t *testing.T) {
	const attack = "<!channel> <https://evil.example|AWS> ```$(rm -rf /)``` *x* & \u202e\x00 \U0001f9d1\u200d\U0001f692 "
	for name, event := range map[string]string{
		"every field":      lost(attack, attack, 0),
		"100 kB":           lost(attack+strings.Repeat("A", 100_000), attack+strings.Repeat("<", 100_000), 0),
		"invalid UTF-8":    strings.Replace(lost("i-PLACE", "PLACE", 0), "PLACE", "\xff\xfe\xc3", 2),
		"no reason at all": lost("", "", 0),
		"unknown kind":     strings.Replace(lost("i-1", attack, 0), `"EC2"`, quoted(attack), 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, settings := range []func(*slacktest.Server) []string{byBot, byWebhook} {
				slack := slacktest.New(t, slacktest.Options{})
				f := start(t, settings(slack)...)
				f.invoke(event)
				f.expect("notified")
				messages := slack.Messages()
				if len(messages) != 1 {
					t.Fatalf("%d messages in Slack, expected one", len(messages))
				}
				for _, forbidden := range []string{"<!channel>", "<https://evil", "\u202e"} {
					if strings.Contains(messages[0].Text+string(messages[0].Blocks), forbidden) {
						t.Errorf("the message contains %q", forbidden)
					}
				}
			}
		})
	}
}

// wakeUpOf is a queued wake-up.
func wakeUpOf(key string) string {
	return fmt.Sprintf(`{"coverageQueue":1,"key":%s,"due":%q}`, quoted(key), time.Now().UTC().Format(time.RFC3339))
}

// unknownWakeUps are of records and groups that nobody remembers.
func unknownWakeUps(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	for _, key := range []string{key("i-1"), "group/slack/C1/2", "group/", "nobody", strings.Repeat("鍵", 2000)} {
		f.invoke(batch(t, wakeUpOf(key)))
	}
	f.expect()
	inSlack(t, slack, 0)
	c.wrote()
	f.invoke(lost("i-1", disconnected, 0))
	inSlack(t, slack, 1)
}

// duplicatedWakeUps brings one wake-up a thousand times: of a group, and of a record whose sink fails once
// more.
func duplicatedWakeUps(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	thousandfold := func(want ...queued) {
		t.Helper()
		c.pass(time.Minute)
		var bodies []string
		for _, m := range c.receive(c.waiting) {
			bodies = append(bodies, earlier(*m.Body, time.Minute))
			c.remove(c.waiting, m)
		}
		for range 10 {
			f.invoke(batch(t, slices.Repeat(bodies, 100)...))
		}
		c.wrote(want...)
	}
	f.invoke(batch(t, lost("g-1", noEndpoint, 0), lost("g-2", noEndpoint, 0), lost("g-3", noEndpoint, 0)))
	f.invoke(regained("g-1", 5))
	c.wrote(wakes(5))
	thousandfold()
	if m := inSlack(t, slack, 1)[0]; m.Edits != 1 || !strings.Contains(string(m.Blocks), "2 of 3") {
		t.Errorf("the group's message was changed %d times: %s", m.Edits, m.Text)
	}

	slack.Fail(down, down)
	f.invoke(lost("i-1", disconnected, 0))
	c.wrote(wakes(30))
	thousandfold(wakes(60))
	c.settle(f)
	inSlack(t, slack, 2)
	red(t, slack, "i-1")
}

// largestGroup is a group with as many members as one may have, which leave a hundred at a time.
func largestGroup(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	f.invoke(batch(t, lost("i-1", noEndpoint, 0), lost("i-2", noEndpoint, 0), lost("i-3", noEndpoint, 0)))
	var group string
	members := []string{incident.Member(key("i-1")), incident.Member(key("i-2")), incident.Member(key("i-3"))}
	for _, item := range c.items() {
		if pk := item["pk"].(*types.AttributeValueMemberS).Value; incident.IsGroup(pk) {
			group = pk
		}
	}
	for i := len(members); i < incident.MaxMembers; i++ {
		members = append(members, incident.Member(fmt.Sprint("another ", i)))
	}
	c.update(group, "SET members = :v", &types.AttributeValueMemberSS{Value: members})

	store := dynamo.New(c.dynamo(), c.table, time.Now, cryptorand.Text)
	for others := range slices.Chunk(members[3:], 100) {
		red(t, slack, "i-1")
		_, _, err := store.Leave(t.Context(), group, others, time.Now())
		c.check(err)
		c.put(wakeUpOf(group))
		c.bring(f)
	}
	f.invoke(batch(t, regained("i-1", 5), regained("i-2", 5), regained("i-3", 5)))
	c.settle(f)
	green(t, slack, "i-1", "i-2", "i-3")
	if m := inSlack(t, slack, 2)[0]; m.Edits != 6 {
		t.Errorf("the message was changed %d times, expected once for each of the six batches", m.Edits)
	}
}

// fromTheFuture has changes whose moment is still to come. They count as of now, so that what follows is
// newer.
func fromTheFuture(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "HOLD_MINUTES=15")...)
	now := time.Now()
	for instance, ahead := range map[string]time.Duration{"i-1": 5 * time.Minute, "i-2": time.Hour, "i-3": 365 * 24 * time.Hour} {
		f.invoke(lostAt(now.Add(ahead), instance, disconnected))
		red(t, slack, instance)
	}
	f.invoke(lostAt(now.Add(365*24*time.Hour), "i-4", notYet))
	c.bring(f)
	red(t, slack, "i-4")
	for i := range 4 {
		f.invoke(regainedAt(now.Add(9*time.Minute), fmt.Sprint("i-", i+1)))
	}
	green(t, slack, "i-1", "i-2", "i-3", "i-4")
}

// clockOff has a process whose clock was an hour ahead: whatever it left waits for an hour at most, and a few
// messages.
func clockOff(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	slack.Fail(down)
	f.invoke(lost("i-1", disconnected, 0))
	c.wrote(wakes(30))
	c.after(-time.Hour, f)
	inSlack(t, slack, 0)
	c.wrote(wakes(900))
	f.invoke(lost("i-2", disconnected, 0))
	c.update(key("i-2"), "SET leaseUntil = :v", &types.AttributeValueMemberN{Value: fmt.Sprint(time.Now().Add(time.Hour).UnixMilli())})
	f.invoke(regained("i-2", 5))
	c.settle(f)
	red(t, slack, "i-1")
	green(t, slack, "i-2")
	if queued := c.queuedSince(); len(queued) > 10 {
		t.Errorf("%d messages were queued", len(queued))
	}
}
