package config_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/config"
)

var update = flag.Bool("update", false, "rewrite the golden file")

const (
	topic   = "arn:aws:sns:eu-central-1:111122223333:coverage"
	waiting = "https://sqs.eu-central-1.amazonaws.com/111122223333/waiting"
	dead    = "https://sqs.eu-central-1.amazonaws.com/111122223333/dead"
	webhook = "https://hooks.slack.com/services/T0/B0/SECRET"
	token   = "xoxb-1-SECRET"
)

type environment map[string]string

func (e environment) get(name string) string { return e[name] }

func TestLoad(t *testing.T) {
	tests := map[string]struct {
		env  environment
		want config.Config
	}{
		"a topic and nothing else": {
			environment{"SNS_TOPIC_ARN": topic},
			config.Config{SNS: config.SNS{TopicARN: topic, Format: "text"}, StormLimit: 20, Language: "en"},
		},
		"a webhook": {
			environment{"SLACK_WEBHOOK_URL": " " + webhook + "\n"},
			config.Config{Slack: config.Slack{WebhookURL: config.NewSecret(webhook)}, SNS: config.SNS{Format: "text"}, StormLimit: 20, Language: "en"},
		},
		"everything": {
			environment{
				"SLACK_SECRET": "/coverage/slack", "SLACK_CHANNEL": "C0123456789", "SLACK_API_URL": "https://slack-gov.com/api",
				"SLACK_BROADCAST_RECOVERY": "true", "SNS_TOPIC_ARN": topic + ".fifo", "SNS_FORMAT": "json",
				"STACK_NAME": "coverage-eu", "INCIDENT_TABLE": "incidents", "WAITING_QUEUE_URL": waiting, "DEAD_LETTER_QUEUE_URL": dead,
				"HOLD_MINUTES": "5", "STORM_LIMIT": "1000", "MESSAGE_LANGUAGE": "ja", "TIME_ZONE": "Asia/Tokyo", "ROUTES": " {\"rules\": []}\n",
				"ACCOUNT_DIRECTORY": "tags",
				"DIAGNOSE_FUNCTION": "coverage-DiagnoseFunction-1A2b",
			},
			config.Config{
				Slack: config.Slack{SecretSource: "/coverage/slack", Channel: "C0123456789",
					APIURL: "https://slack-gov.com/api/", BroadcastRecovery: true},
				SNS:   config.SNS{TopicARN: topic + ".fifo", Format: "json"},
				Stack: "coverage-eu", IncidentTable: "incidents", WaitingQueue: waiting, DeadLetterQueue: dead,
				Hold: 5 * time.Minute, StormLimit: 1000, Language: "ja", TimeZone: time.FixedZone("Asia/Tokyo", 0), Routes: config.Routes{Text: `{"rules": []}`},
				Directory:        config.Directory{On: true, Tags: true},
				DiagnoseFunction: "coverage-DiagnoseFunction-1A2b",
			},
		},
		"with forwarders": {
			environment{
				"SNS_TOPIC_ARN": topic, "AWS_REGION": "eu-central-1",
				"FORWARDED_REGIONS": "us-east-1, eu-central-1,us-east-1,eu-west-1",
			},
			config.Config{
				SNS: config.SNS{TopicARN: topic, Format: "text"}, StormLimit: 20, Language: "en",
				Forwarded: []string{"us-east-1", "eu-west-1"},
			},
		},
		"a bot, on a machine of ours": {
			environment{"SLACK_BOT_TOKEN": token, "SLACK_CHANNEL": "G01", "SLACK_API_URL": "http://127.0.0.1:8080/api/",
				"WAITING_QUEUE_URL": "http://localhost:4566/000000000000/waiting"},
			config.Config{
				Slack: config.Slack{BotToken: config.NewSecret(token), Channel: "G01", APIURL: "http://127.0.0.1:8080/api/"},
				SNS:   config.SNS{Format: "text"}, WaitingQueue: "http://localhost:4566/000000000000/waiting",
				Hold: 15 * time.Minute, StormLimit: 20, Language: "en",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := config.Load(test.env.get)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, sameZone); diff != "" {
				t.Errorf("settings differ (-want +got):\n%s", diff)
			}
		})
	}
}

// sameZone compares time zones by name; nil is UTC.
var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

// TestLoadOfOneSetting adds one setting to a good environment.
func TestLoadOfOneSetting(t *testing.T) {
	good := map[string][]string{
		"SLACK_SECRET": {"slack", "/a/b.c_d-e", "/a/b:3", "arn:aws:ssm:eu-central-1:111122223333:parameter/a/b",
			"arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:a/b-AbCdEf"},
		"SLACK_WEBHOOK_URL":        {webhook, "http://localhost:1234/a", "http://127.0.0.1/a", "http://[::1]:80/a"},
		"SLACK_CHANNEL":            {"C01", "D0123456789", "G0123456789"},
		"SLACK_API_URL":            {"https://slack-gov.com/api/"},
		"SLACK_BROADCAST_RECOVERY": {"true", "false", ""},
		"SNS_TOPIC_ARN":            {topic, "arn:aws-us-gov:sns:us-gov-east-1:111122223333:a_B-1.fifo", "arn:aws:sns:us-east-1:111122223333:" + strings.Repeat("a", 256)},
		"SNS_FORMAT":               {"text", "json", "amazon-q", ""},
		"INCIDENT_TABLE":           {"abc", "a.b_c-D", strings.Repeat("a", 255)},
		"DEAD_LETTER_QUEUE_URL":    {dead, "https://vpce-1.sqs.eu-central-1.vpce.amazonaws.com/111122223333/" + strings.Repeat("a", 80)},
		"STACK_NAME":               {"a", "coverage-eu-1", strings.Repeat("a", 128)},
		"HOLD_MINUTES":             {"0", "15", ""},
		"STORM_LIMIT":              {"1", "1000", ""},
		"TIME_ZONE":                {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", ""},
		"ROUTES":                   {"{}", "routes", "/coverage/routes", "/coverage/routes:3", "arn:aws:ssm:eu-central-1:111122223333:parameter/coverage/routes"},
		"ACCOUNT_DIRECTORY":        {"off", ""},
		"DIAGNOSE_FUNCTION":        {"diagnose", "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:A_b-1", strings.Repeat("a", 64)},
	}
	bad := map[string][]string{
		"ACCOUNT_DIRECTORY":        {"on", "names", "tags"}, // There is no table.
		"SLACK_SECRET":             {"a b", "arn:aws:s3:::bucket", "arn:aws:ssm:eu-central-1:1:parameter/a", token, webhook},
		"SLACK_BOT_TOKEN":          {"xoxp-1-SECRET", "SECRET", "xoxb-1 SECRET"},
		"SLACK_WEBHOOK_URL":        {"http://hooks.slack.com/services/SECRET", "hooks.slack.com/SECRET", "https://", "ftp://localhost/SECRET", "https://a:SECRET@b/c", "http://127.0.0.1.evil.example/SECRET", "http://10.0.0.1/SECRET", "%SECRET"},
		"SLACK_CHANNEL":            {"#security", "security", "c0123456789", "C0", "U0123456789"},
		"SLACK_API_URL":            {"slack.com/api", "http://slack.com/api/"},
		"SLACK_BROADCAST_RECOVERY": {"yes", "TRUE"},
		"SNS_TOPIC_ARN":            {"coverage", "arn:aws:sns:eu-central-1:111122223333", "arn:aws:sqs:eu-central-1:111122223333:a", topic + ":0f1e2d3c-subscription", "arn:aws:sns:us-east-1:111122223333:" + strings.Repeat("a", 257)},
		"SNS_FORMAT":               {"xml", "JSON"},
		"INCIDENT_TABLE":           {"ab", "a b c", strings.Repeat("a", 256)},
		"WAITING_QUEUE_URL":        {"waiting", "arn:aws:sqs:eu-central-1:111122223333:waiting", waiting + ".fifo", "http://sqs.eu-central-1.amazonaws.com/111122223333/a", dead + strings.Repeat("a", 77)},
		"DEAD_LETTER_QUEUE_URL":    {"dead", dead + ".fifo"},
		"STACK_NAME":               {"1a", "a b", "a_b", strings.Repeat("a", 129)},
		"HOLD_MINUTES":             {"-1", "16", "5m", "1.5"},
		"STORM_LIMIT":              {"0", "1001", "many"},
		"TIME_ZONE":                {"Mars/Olympus_Mons", "Local", "../etc/passwd", "/etc/passwd", "JST+9"},
		"ROUTES":                   {`[{"mute": true}]`, `"{}"`, "my routes", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-AbCdEf", token, webhook},
		"DIAGNOSE_FUNCTION":        {"a b", "arn:aws:sqs:eu-central-1:111122223333:a", "https://example.com/a", strings.Repeat("a", 65)},
	}
	for name, values := range good {
		for _, value := range values {
			if _, err := load(name, value); err != nil {
				t.Errorf("%s=%q: %v", name, value, err)
			}
		}
	}
	for name, values := range bad {
		for _, value := range values {
			_, err := load(name, value)
			if err == nil || !strings.Contains(err.Error(), "\n"+name+": ") {
				t.Errorf("%s=%q: the error does not name it: %v", name, value, err)
			} else if showsSecret(err.Error()) {
				t.Errorf("%s=%q: the error tells it: %v", name, value, err)
			}
		}
	}
}

// showsSecret looks for the credentials of these tests outside the names of settings.
func showsSecret(s string) bool {
	return strings.Contains(strings.ReplaceAll(s, "SLACK_SECRET", ""), "SECRET")
}

func load(name, value string) (config.Config, error) {
	env := environment{"SNS_TOPIC_ARN": topic, "WAITING_QUEUE_URL": waiting}
	if name == "SLACK_BOT_TOKEN" {
		env["SLACK_CHANNEL"] = "C0123456789"
	}
	env[name] = value
	return config.Load(env.get)
}

func TestLoadDiagnosis(t *testing.T) {
	for name, test := range map[string]struct {
		env  environment
		want config.Diagnosis
	}{
		"nothing": {environment{}, config.Diagnosis{Actor: "role"}},
		"everything": {
			environment{
				"DIAGNOSIS_ROLE_NAME": " coverage-diagnosis\n", "DIAGNOSIS_EXTERNAL_ID": "o-a1b2/c", "ACTOR": "full",
				"EXPECTED_ACTORS": "arn:aws:iam::111122223333:role/a, arn:aws-us-gov:iam::111122223333:role/x/b",
			},
			config.Diagnosis{
				RoleName: "coverage-diagnosis", ExternalID: "o-a1b2/c", Actor: "full",
				ExpectedActors: []string{"arn:aws:iam::111122223333:role/a", "arn:aws-us-gov:iam::111122223333:role/x/b"},
			},
		},
	} {
		got, err := config.LoadDiagnosis(test.env.get)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	for name, values := range map[string]struct{ good, bad []string }{
		"DIAGNOSIS_ROLE_NAME": {
			[]string{"a", "A_b+c=d,e.f@g-1", strings.Repeat("a", 64)},
			[]string{"path/role", "arn:aws:iam::111122223333:role/a", "a b", "a*", strings.Repeat("a", 65)},
		},
		"DIAGNOSIS_EXTERNAL_ID": {
			[]string{"ab", "A_b+c=d,e.f@g:h/i-1", strings.Repeat("a", 1224)},
			[]string{"a", "a b", "a*", strings.Repeat("a", 1225)},
		},
		"ACTOR": {[]string{"off", "role", "full", ""}, []string{"names", "Role"}},
		"EXPECTED_ACTORS": {
			[]string{"arn:aws:iam::111122223333:role/a", ""},
			[]string{"deploy", "arn:aws:iam::111122223333:user/a", "arn:aws:iam::111122223333:role/a,", "arn:aws:iam::111122223333:role/*"},
		},
	} {
		for _, value := range values.good {
			if _, err := config.LoadDiagnosis(environment{name: value}.get); err != nil {
				t.Errorf("%s=%q: %v", name, value, err)
			}
		}
		for _, value := range values.bad {
			_, err := config.LoadDiagnosis(environment{name: value}.get)
			if err == nil || !strings.Contains(err.Error(), "\n"+name+": ") {
				t.Errorf("%s=%q: the error does not name it: %v", name, value, err)
			}
		}
	}
}

func TestExpectedActorsNeedActors(t *testing.T) {
	_, err := config.LoadDiagnosis(environment{"ACTOR": "off", "EXPECTED_ACTORS": "arn:aws:iam::111122223333:role/a"}.get)
	if err == nil || !strings.Contains(err.Error(), "EXPECTED_ACTORS: needs ACTOR") {
		t.Errorf("got %v", err)
	}
}

func TestLoadNamesConflicts(t *testing.T) {
	tests := map[string]struct {
		env  environment
		want string
	}{
		"nothing at all": {environment{}, "no destination: "},
		"two credentials": {environment{"SLACK_SECRET": "a", "SLACK_WEBHOOK_URL": webhook},
			"SLACK_SECRET, SLACK_WEBHOOK_URL: set only one of them"},
		"three credentials": {environment{"SLACK_SECRET": "a", "SLACK_BOT_TOKEN": token, "SLACK_WEBHOOK_URL": webhook, "SLACK_CHANNEL": "C01"},
			"SLACK_SECRET, SLACK_BOT_TOKEN, SLACK_WEBHOOK_URL: set only one of them"},
		"a bot without a channel": {environment{"SLACK_BOT_TOKEN": token}, "SLACK_CHANNEL: missing"},
		"nowhere to wait":         {environment{"SNS_TOPIC_ARN": topic, "HOLD_MINUTES": "5"}, "HOLD_MINUTES: nothing can wait without WAITING_QUEUE_URL"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := config.Load(test.env.get)
			if err == nil {
				t.Fatal("no error")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != 2 || !strings.HasPrefix(lines[1], test.want) {
				t.Errorf("got %q, want only %q", lines, test.want)
			}
			if showsSecret(err.Error()) {
				t.Errorf("%q tells a credential", err)
			}
			if diff := cmp.Diff(config.Config{}, got); diff != "" {
				t.Errorf("settings beside an error:\n%s", diff)
			}
		})
	}
}

func TestLoadNamesEveryMistakeAtOnce(t *testing.T) {
	env := environment{
		"SLACK_SECRET": token, "SLACK_BOT_TOKEN": "xoxp-SECRET", "SLACK_WEBHOOK_URL": "http://example.com/SECRET",
		"SLACK_CHANNEL": "#security", "SLACK_API_URL": "slack.com", "SLACK_BROADCAST_RECOVERY": "perhaps",
		"SNS_TOPIC_ARN": "coverage", "SNS_FORMAT": "xml", "INCIDENT_TABLE": "my table",
		"WAITING_QUEUE_URL": "waiting", "DEAD_LETTER_QUEUE_URL": "dead", "HOLD_MINUTES": "60", "STORM_LIMIT": "0",
		"STACK_NAME": "my stack", "TIME_ZONE": "Mars", "ROUTES": "[]", "DIAGNOSE_FUNCTION": "my function",
	}
	_, err := config.Load(env.get)
	if err == nil {
		t.Fatal("no error")
	}
	got := err.Error() + "\n"
	for name := range env {
		if !strings.Contains(got, name+": ") {
			t.Errorf("%s is not named", name)
		}
	}
	if showsSecret(got) {
		t.Error("a credential is told")
	}
	const file = "testdata/everything-wrong.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

func TestEnabled(t *testing.T) {
	slacks := map[string]config.Slack{
		"a source": {SecretSource: "a"}, "a token": {BotToken: config.NewSecret("a")}, "a webhook": {WebhookURL: config.NewSecret("a")},
	}
	for name, slack := range slacks {
		if !slack.Enabled() {
			t.Errorf("%s is not enough", name)
		}
	}
	if (config.Slack{Channel: "C01"}).Enabled() || (config.SNS{Format: "text"}).Enabled() {
		t.Error("a destination without a credential or a topic")
	}
	if !(config.SNS{TopicARN: topic}).Enabled() {
		t.Error("a topic is not enough")
	}
}

// holder keeps a secret where fmt cannot ask its methods.
type holder struct{ secret config.Secret }

func TestSecretIsNeverShown(t *testing.T) {
	secret := config.NewSecret(webhook)
	settings := config.Config{Slack: config.Slack{WebhookURL: secret}}
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p"} {
		fmt.Fprintf(&shown, verb, secret)
		fmt.Fprintf(&shown, verb, &secret)
		fmt.Fprintf(&shown, verb, settings)
		fmt.Fprintf(&shown, verb, holder{secret})
		fmt.Fprintf(&shown, verb, &holder{secret})
		fmt.Fprintf(&shown, verb, []config.Secret{secret})
	}
	fmt.Fprint(&shown, secret.String(), secret.GoString(), secret)
	for _, handler := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
		slog.New(handler).Info("m", "secret", secret, "settings", settings, "holder", holder{secret})
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	shown.Write(raw)
	for _, part := range []string{"SECRET", fmt.Sprintf("%x", "SECRET"), fmt.Sprintf("%X", "SECRET")} {
		if strings.Contains(shown.String(), part) {
			t.Errorf("%s in %s", part, shown.String())
		}
	}
	if !bytes.Contains(raw, []byte(`"WebhookURL":"[redacted]"`)) || !bytes.Contains(raw, []byte(`"BotToken":""`)) {
		t.Errorf("JSON does not tell set from unset: %s", raw)
	}
}

func TestSecretReveals(t *testing.T) {
	var none config.Secret
	secret := config.NewSecret("a")
	if secret.Reveal() != "a" || none.Reveal() != "" {
		t.Errorf("revealed %q and %q", secret.Reveal(), none.Reveal())
	}
	if secret.IsZero() || !none.IsZero() || !config.NewSecret("").IsZero() {
		t.Error("only the empty secret is zero")
	}
	if !secret.Equal(config.NewSecret("a")) || secret.Equal(none) {
		t.Error("secrets are compared by their texts")
	}
	if none.String() != "" || secret.String() != "[redacted]" {
		t.Errorf("shown as %q and %q", none.String(), secret.String())
	}
}
