package integration

import (
	"strings"
	"testing"
)

func TestBadSettings(t *testing.T) {
	tests := map[string]struct {
		settings []string
		// named is what the one line has to say.
		named []string
	}{
		"nothing":             {nil, []string{"SLACK_SECRET", "SNS_TOPIC_ARN"}},
		"token, no channel":   {[]string{"SLACK_BOT_TOKEN=xoxb-1"}, []string{"SLACK_CHANNEL"}},
		"no token":            {[]string{"SLACK_BOT_TOKEN=hunter2-hunter2", "SLACK_CHANNEL=C1234567"}, []string{"SLACK_BOT_TOKEN"}},
		"secret itself":       {[]string{"SLACK_SECRET=xoxb-hunter2-hunter2"}, []string{"SLACK_SECRET"}},
		"webhook over http":   {[]string{"SLACK_WEBHOOK_URL=http://example.com/services/hunter2-hunter2"}, []string{"SLACK_WEBHOOK_URL"}},
		"two credentials":     {[]string{"SLACK_BOT_TOKEN=xoxb-1", "SLACK_WEBHOOK_URL=https://example.com/services/hunter2-hunter2", "SLACK_CHANNEL=C1234567"}, []string{"SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"}},
		"hold, nowhere":       {[]string{"SLACK_WEBHOOK_URL=https://example.com/services/hunter2-hunter2", "HOLD_MINUTES=5"}, []string{"HOLD_MINUTES", "WAITING_QUEUE_URL"}},
		"every one malformed": {malformed, names(malformed)},
	}
	for name, test := range tests {
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
			if lines[0].Level != "ERROR" {
				t.Errorf("the level is %s, expected ERROR", lines[0].Level)
			}
			for _, name := range test.named {
				if !strings.Contains(lines[0].Error, name) {
					t.Errorf("the line does not name %s: %s", name, lines[0].raw)
				}
			}
			if strings.Contains(lines[0].raw, "hunter2") {
				t.Errorf("the line shows a credential: %s", lines[0].raw)
			}
			if stderr, err := f.Stderr(); err != nil || stderr != "" {
				t.Errorf("on standard error: %q, %v; expected nothing", stderr, err)
			}
		})
	}
}

var malformed = []string{
	"SLACK_BOT_TOKEN=hunter2 hunter2",
	"SLACK_CHANNEL=#general",
	"SLACK_API_URL=http://example.com/api/",
	"SLACK_BROADCAST_RECOVERY=perhaps",
	"SNS_TOPIC_ARN=arn:aws:sqs:eu-central-1:111122223333:coverage",
	"SNS_FORMAT=xml",
	"INCIDENT_TABLE=no table",
	"WAITING_QUEUE_URL=https://sqs.eu-central-1.amazonaws.com/waiting",
	"DEAD_LETTER_QUEUE_URL=https://sqs.eu-central-1.amazonaws.com/111122223333/dead.fifo",
	"HOLD_MINUTES=16",
	"STORM_LIMIT=0",
	"MESSAGE_LANGUAGE=tlh",
	"TIME_ZONE=Mars",
	"ROUTES=[]",
}

func names(settings []string) []string {
	var names []string
	for _, setting := range settings {
		name, _, _ := strings.Cut(setting, "=")
		names = append(names, name)
	}
	return names
}
