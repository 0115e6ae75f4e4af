package integration

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// unreadable is what no coverage event can be made of, with a word of the reason. Lambda itself lets only JSON through;
// queues let through anything.
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
		"a foreign letter":        {`{"coverageLetter":99,"event":{},"reason":"retry","since":"2026-03-23T01:00:00Z"}`, "version 99"},
		"a letter of nobody":      {`{"coverageLetter":1,"event":{},"reason":"mood","since":"2026-03-23T01:00:00Z"}`, "mood"},
	}
}

func noise(size int) string {
	random := rand.NewChaCha8([32]byte{})
	data := make([]byte, size)
	_, _ = random.Read(data) // It never fails.
	return string(data)
}

// TestUnreadableInput is about a function without a dead-letter queue: the error is all there is, and Lambda keeps the
// payload.
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
	f.tell(lost("i-1", disconnected, 0))
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
				f.tell(event)
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
