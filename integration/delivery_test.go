package integration

import (
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

func TestDeliversEverySampleByBotToken(t *testing.T) {
	deliverEverySample(t, byBot, "chat.postMessage")
}

func TestDeliversEverySampleByWebhook(t *testing.T) {
	deliverEverySample(t, byWebhook, "webhook")
}

func deliverEverySample(t *testing.T, settings func(*slacktest.Server) []string, request string) {
	for _, name := range samples(t) {
		t.Run(strings.TrimSuffix(name, ".json"), func(t *testing.T) {
			t.Parallel()
			slack := slacktest.New(t, slacktest.Options{})
			f := start(t, append(settings(slack), everything)...)
			event := sample(t, name)
			f.invoke(event)

			if n := slack.Requests(""); n != 1 || slack.Requests(request) != 1 {
				t.Errorf("Slack was asked %d times, expected one %s", n, request)
			}
			messages := slack.Messages()
			if len(messages) != 1 {
				t.Fatalf("%d messages in Slack, expected one", len(messages))
			}
			checkMessage(t, messages[0], event)
			checkLog(t, f, event)
		})
	}
}

func checkMessage(t *testing.T, m slacktest.Message, event string) {
	t.Helper()
	change, err := coverage.Decode([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	symbol := "🔴"
	if change.Status == coverage.Healthy {
		symbol = "🟢"
	}
	if !strings.HasPrefix(m.Text, symbol) && !strings.HasPrefix(m.Text, "🔵") {
		t.Errorf("the text does not begin with %s: %s", symbol, m.Text)
	}
	for _, part := range []string{change.Resource.Name, change.Resource.Account} {
		if !strings.Contains(m.Text, part) {
			t.Errorf("the text does not say %q: %s", part, m.Text)
		}
	}
	if m.Unfurls || m.ThreadTS != "" {
		t.Errorf("unfurls %v, in thread %q; expected a message of its own without previews", m.Unfurls, m.ThreadTS)
	}
}

func checkLog(t *testing.T, f *function, event string) {
	t.Helper()
	entries := f.entries()
	if len(entries) != 1 {
		t.Fatalf("%d lines in the log, expected one", len(entries))
	}
	e := entries[0]
	if e.Result != "notified" || !slices.Equal(e.Notified, []string{"slack"}) || e.Error != "" || e.StoreErr != "" {
		t.Errorf("nobody was simply notified of the change: %s", e.raw)
	}
	if e.Metrics == nil || e.RequestID == "" {
		t.Errorf("the line has no metrics or no request id: %s", e.raw)
	}
	change, err := coverage.Decode([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	if e.Resource != change.Resource.Name {
		t.Errorf("the line is about %q, expected %q", e.Resource, change.Resource.Name)
	}
}

func TestSeveralInvocationsOfOneProcess(t *testing.T) {
	t.Parallel()
	slack := slacktest.New(t, slacktest.Options{})
	f := start(t, byBot(slack)...)
	for _, event := range []string{lost("i-1", disconnected, 0), lost("i-1", disconnected, 0), regained("i-1", 5)} {
		f.invoke(event)
	}

	f.expect("notified", "duplicate", "notified")
	messages := slack.Messages()
	if len(messages) != 2 || messages[0].Edits != 1 || messages[1].ThreadTS != messages[0].TS {
		t.Fatalf("expected one message, changed once, and an answer in its thread: %+v", messages)
	}
}
