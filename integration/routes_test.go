package integration

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// everything is sent with these rules: there is none.
const everything = "ROUTES={}"

const secondChannel = "C0000000002"

// named are the resources that a channel's messages are about, but for answers in threads.
func named(slack *slacktest.Server, channel string) []string {
	var names []string
	for _, m := range slack.Messages() {
		if m.Channel == channel && m.ThreadTS == "" {
			title, _, _ := strings.Cut(m.Text, ": ")
			_, name, _ := strings.Cut(title, " ") // behind the symbol
			names = append(names, name)
		}
	}
	return names
}

// expectEach fails the test unless each got exactly its own, in any order.
func expectEach(t *testing.T, want, got map[string][]string) {
	t.Helper()
	for _, names := range got {
		slices.Sort(names)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who was notified about what (-expected, +got):\n%s", diff)
	}
}

// routed has two channels and a topic, and somebody that nobody is notified about.
func routed(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{Others: []string{secondChannel}})
	topic := c.createTopic("routed")
	inbox := c.subscribe(topic, "")
	routes := fmt.Sprintf(`{"rules": [
		{"match": {"resource": "i-audit-*"}, "to": {"sns": %[1]q}, "continue": true},
		{"match": {"resource": "*-muted"}, "mute": true},
		{"match": {"resource": "i-second*"}, "to": {"slack": %[2]q}},
		{"match": {"resource": "i-both"}, "to": [{"slack": %[2]q}, {"slack": %[3]q}]},
		{"match": {"resource": "i-topic"}, "to": {"sns": %[1]q}}
	]}`, topic, secondChannel, slack.Channel())
	f := c.start(append(byBot(slack), "ROUTES="+routes)...)
	for _, instance := range []string{"i-first", "i-second", "i-both", "i-topic", "i-audit-1", "i-audit-muted", "i-muted"} {
		f.invoke(lost(instance, disconnected, 0))
	}
	expectEach(t, map[string][]string{
		"first": {"i-audit-1", "i-both", "i-first"}, "second": {"i-both", "i-second"}, "topic": {"i-audit-1", "i-audit-muted", "i-topic"},
	}, map[string][]string{
		"first": named(slack, slack.Channel()), "second": named(slack, secondChannel), "topic": c.names(inbox),
	})
	f.invoke(regained("i-second", 5))
	if last := f.last(); !slices.Equal(last.Notified, []string{"slack/" + secondChannel}) {
		t.Errorf("the recovery was sent to %v, expected the second channel alone", last.Notified)
	}
	inSlack(t, slack, 6) // The answer in the thread is the sixth.
	f.expect("notified", "notified", "notified", "notified", "notified", "notified", "muted", "notified")
	c.wrote()
}

// names are the resources that the machine forms in a queue are about.
func (c *cloud) names(queue string) []string {
	c.t.Helper()
	var names []string
	for _, r := range c.records(queue) {
		names = append(names, r.Resource.Name)
	}
	return names
}

// routedByParameter keeps the rules, and the webhook that they name, in parameters.
func routedByParameter(t *testing.T) {
	c := newCloud(t)
	slack, other := slacktest.New(t, slacktest.Options{}), slacktest.New(t, slacktest.Options{})
	hook := "/" + c.table + "/hook"
	c.putParameter(hook, other.WebhookURL())
	c.putParameter("/"+c.table, fmt.Sprintf(`{
		"webhooks": {"other": %q},
		"rules": [{"match": {"actionable": true, "resource": "i-2"}, "to": {"webhook": "other"}}]
	}`, hook))
	f := c.start(append(byBot(slack), "ROUTES=/"+c.table)...)
	f.secrets = append(f.secrets, secretsIn(byWebhook(other))...)
	f.invoke(lost("i-1", disconnected, 0))
	f.invoke(lost("i-2", disconnected, 0))
	f.expect("notified", "notified")
	expectEach(t, map[string][]string{"ordinary": {"i-1"}, "other": {"i-2"}},
		map[string][]string{"ordinary": named(slack, slack.Channel()), "other": named(other, other.Channel())})
	c.wrote()
}

// routesMissing names a parameter that is not there.
func routesMissing(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(append(byBot(slack), "ROUTES=/"+c.table)...)
	code, err := f.Exited(within(t, patience))
	if err != nil || code == 0 {
		t.Fatalf("exit code %d, %v; expected that the process ends with another than 0", code, err)
	}
	lines := f.entries()
	if len(lines) != 1 || !strings.Contains(lines[0].Error, "/"+c.table) || !strings.Contains(lines[0].Error, "ParameterNotFound") {
		t.Errorf("the log does not say which parameter is missing: %v", lines)
	}
}

// notActionable is left to the report without any rule.
func notActionable(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	f := c.start(byBot(slack)...)
	f.invoke(sample(t, "eks-local-cluster.json"))
	f.expect("muted")
	inSlack(t, slack, 0)
	c.wrote()
}

func TestBadRoutes(t *testing.T) {
	t.Parallel()
	rules, err := json.Marshal(map[string]any{"rules": []any{
		map[string]any{"to": map[string]any{"slack": "#general"}}, map[string]any{"match": map[string]any{"finding": "nothing-*"}, "mute": true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		settings []string
		named    []string
	}{
		"mistakes":               {[]string{"SNS_TOPIC_ARN=arn:aws:sns:eu-central-1:111122223333:a", "ROUTES=" + string(rules)}, []string{"settings to correct: 2", "ROUTES: rules[0].to.slack: ", "ROUTES: rules[1].match.finding: "}},
		"a channel, no token":    {[]string{"SNS_TOPIC_ARN=arn:aws:sns:eu-central-1:111122223333:a", `ROUTES={"rules": [{"to": {"slack": "C01"}}]}`}, []string{"ROUTES: ", "bot token", "SLACK_SECRET"}},
		"a channel, a webhook":   {[]string{"SLACK_WEBHOOK_URL=https://example.com/services/hunter2", `ROUTES={"rules": [{"to": {"slack": "C01"}}]}`}, []string{"ROUTES: ", "bot token"}},
		"nobody for what's left": {[]string{"SLACK_SECRET=/slack", `ROUTES={"rules": [{"to": {"slack": "C01"}}]}`}, []string{"ROUTES: ", "SLACK_CHANNEL"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, test.settings...)
			code, err := f.Exited(within(t, patience))
			if err != nil || code == 0 {
				t.Fatalf("exit code %d, %v; expected that the process ends with another than 0", code, err)
			}
			lines := f.entries()
			if len(lines) != 1 {
				t.Fatalf("%d lines in the log, expected one: %v", len(lines), lines)
			}
			for _, part := range test.named {
				if !strings.Contains(lines[0].Error, part) {
					t.Errorf("the line lacks %q: %s", part, lines[0].raw)
				}
			}
			if strings.Contains(lines[0].raw, "hunter2") {
				t.Errorf("the line shows a credential: %s", lines[0].raw)
			}
		})
	}
}
