package app_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/route"
)

const (
	topic = "arn:aws:sns:eu-central-1:111122223333:coverage"
	other = "arn:aws:sns:eu-west-1:111122223333:other"
)

// bothOrdinary has a channel and a topic.
var bothOrdinary = config.Config{
	Slack: config.Slack{BotToken: config.NewSecret("xoxb-1"), Channel: "C01"}, SNS: config.SNS{TopicARN: topic}, Language: "en",
}

// answering is a cloud in which every request has that answer.
func answering(status int, body string, asked *http.Request) aws.Config {
	return aws.Config{
		Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), RetryMaxAttempts: 1,
		HTTPClient: roundTrip(func(r *http.Request) (*http.Response, error) {
			*asked = *r
			return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
				Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		}),
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) Do(r *http.Request) (*http.Response, error) { return f(r) }

func clock() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func connect(t *testing.T, cfg config.Config, rules string) app.Destinations {
	t.Helper()
	cfg.Routes.Text = rules
	d, err := app.Connect(t.Context(), cfg, aws.Config{}, clock)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func names(sinks []notify.Sink) []string {
	var names []string
	for _, s := range sinks {
		names = append(names, s.Name())
	}
	return names
}

func TestConnect(t *testing.T) {
	const everywhere = `{"webhooks": {"w": "/w"}, "rules": [{"to": ["default", {"slack": "C01"}, {"slack": "C02"}, {"webhook": "w"}, {"sns": "` + topic + `"}, {"sns": "` + other + `"}]}]}`
	named := []string{"slack/C02", "webhook/w", "sns/" + other}
	tests := map[string]struct {
		cfg           config.Config
		rules         string
		ordinary, all []string
	}{
		"no rules": {bothOrdinary, "", []string{"slack", "sns"}, []string{"slack", "sns"}},
		"rules, two of them for the ordinary ones": {bothOrdinary, everywhere, []string{"slack", "sns"}, append([]string{"slack", "sns"}, named...)},
		"a credential for the rules alone": {
			config.Config{Language: "en", Slack: config.Slack{SecretSource: "/slack"}, SNS: config.SNS{TopicARN: topic}}, `{"rules": [{"to": {"slack": "C02"}}]}`,
			[]string{"sns"}, []string{"sns", "slack/C02"},
		},
		"a secret that may be a webhook": {config.Config{Language: "en", Slack: config.Slack{SecretSource: "/slack"}}, "", []string{"slack"}, []string{"slack"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := connect(t, test.cfg, test.rules)
			if diff := cmp.Diff(test.ordinary, names(d.Ordinary)); diff != "" {
				t.Errorf("ordinary sinks (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.all, names(d.All())); diff != "" {
				t.Errorf("all sinks (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConnectRefuses(t *testing.T) {
	const toChannel = `{"rules": [{"to": {"slack": "C02"}}]}`
	tests := map[string]struct {
		cfg  config.Config
		want []string
	}{
		"bad rules":                 {config.Config{Language: "en", SNS: config.SNS{TopicARN: topic}, Routes: config.Routes{Text: `{"rule": 1, "rules": 2}`}}, []string{`ROUTES: routes to correct: 2`, `has no field "rule"`, "rules: is a number"}},
		"a channel without Slack":   {config.Config{Language: "en", SNS: config.SNS{TopicARN: topic}, Routes: config.Routes{Text: toChannel}}, []string{"ROUTES: ", "bot token", "SLACK_SECRET"}},
		"a channel and a webhook":   {config.Config{Language: "en", Slack: config.Slack{WebhookURL: config.NewSecret("https://a/b")}, Routes: config.Routes{Text: toChannel}}, []string{"ROUTES: ", "bot token"}},
		"nobody ordinary":           {config.Config{Language: "en", Slack: config.Slack{SecretSource: "/slack"}, Routes: config.Routes{Text: toChannel}}, []string{"ROUTES: ", "SLACK_CHANNEL or SNS_TOPIC_ARN"}},
		"a webhook that is nowhere": {config.Config{Language: "en", SNS: config.SNS{TopicARN: topic}, Routes: config.Routes{Text: `{"rules": [{"to": {"webhook": "w"}}]}`}}, []string{"ROUTES: ", "rules[0].to.webhook"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := app.Connect(t.Context(), test.cfg, aws.Config{}, clock)
			for _, part := range test.want {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("the error lacks %q: %v", part, err)
				}
			}
		})
	}
}

func TestRulesFromAParameter(t *testing.T) {
	const value = `{"Parameter": {"Value": "{\"rules\": [{\"mute\": true}]}"}}`
	const absent = `{"__type": "ParameterNotFound", "message": ""}`
	const denied = `{"__type": "AccessDeniedException", "message": "not authorized to perform: ssm:GetParameter"}`
	tests := map[string]struct {
		parameter, body string
		status          int
		host            string
		want            []string
	}{
		"by name":   {"/routes", value, 200, "ssm.eu-central-1.amazonaws.com", nil},
		"by ARN":    {"arn:aws:ssm:eu-west-1:111122223333:parameter/routes", value, 200, "ssm.eu-west-1.amazonaws.com", nil},
		"missing":   {"/routes", absent, 400, "ssm.eu-central-1.amazonaws.com", []string{"ROUTES", "/routes", "ParameterNotFound"}},
		"denied":    {"/routes", denied, 400, "ssm.eu-central-1.amazonaws.com", []string{"ROUTES", "/routes", "ssm:GetParameter"}},
		"no value":  {"/routes", `{}`, 200, "ssm.eu-central-1.amazonaws.com", []string{"/routes", "has no value"}},
		"not JSON":  {"/routes", `{"Parameter": {"Value": "routes"}}`, 200, "ssm.eu-central-1.amazonaws.com", []string{"/routes", "line 1, character 1"}},
		"empty":     {"/routes", `{"Parameter": {"Value": ""}}`, 200, "ssm.eu-central-1.amazonaws.com", []string{"/routes", "unexpected end"}},
		"bad rules": {"/routes", `{"Parameter": {"Value": "{\"rules\": 1}"}}`, 200, "ssm.eu-central-1.amazonaws.com", []string{"/routes", "rules: is a number"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var asked http.Request
			cfg := bothOrdinary
			cfg.Routes.Parameter = test.parameter
			d, err := app.Connect(t.Context(), cfg, answering(test.status, test.body, &asked), clock)
			if asked.URL == nil || asked.URL.Host != test.host {
				t.Errorf("asked %v, expected %s", asked.URL, test.host)
			}
			if test.want == nil && (err != nil || len(d.Table.Rules) != 1) {
				t.Fatalf("read %+v: %v", d.Table, err)
			}
			for _, part := range test.want {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("the error lacks %q: %v", part, err)
				}
			}
		})
	}
}

func TestRulesThatDoNotComeInTime(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	cfg := bothOrdinary
	cfg.Routes.Parameter = "/routes"
	var asked http.Request
	if _, err := app.Connect(gone, cfg, answering(200, `{}`, &asked), clock); err == nil || !strings.Contains(err.Error(), "/routes: reading it: ") {
		t.Errorf("the error is %v", err)
	}
}

func TestRoute(t *testing.T) {
	const rules = `{"rules": [
		{"match": {"status": "HEALTHY", "resource": "silent"}, "mute": true},
		{"match": {"actionable": false}, "mute": true},
		{"match": {"finding": "addon-*"}, "to": [{"slack": "C01"}, {"slack": "C02"}]},
		{"match": {"resource": "all"}, "to": ["default", {"slack": "C01"}, {"sns": "` + other + `"}], "language": "en"}
	]}`
	lost := func(name string) coverage.Change {
		return coverage.Change{Resource: coverage.Resource{Kind: coverage.EKS, Name: name}, Status: coverage.Unhealthy}
	}
	back := func(name string) coverage.Change {
		change := lost(name)
		change.Status = coverage.Healthy
		return change
	}
	tests := map[string]struct {
		change coverage.Change
		causes []string
		want   []string
		silent bool
	}{
		"no rule":                           {change: lost("a"), causes: []string{"eks-authorization-failure"}, want: []string{"slack", "sns"}},
		"the ordinary channel":              {change: lost("a"), causes: []string{"addon-removed"}, want: []string{"slack", "slack/C02"}},
		"a recovery":                        {change: back("a"), causes: []string{"addon-removed"}, want: []string{"slack", "slack/C02"}},
		"a recovery from nobody knows what": {change: back("a"), want: []string{"slack", "sns"}},
		"everybody, once":                   {change: lost("all"), causes: []string{"eks-authorization-failure"}, want: []string{"slack", "sns", "sns/" + other}},
		"not actionable":                    {change: lost("a"), causes: []string{"eks-local-cluster"}},
		"one of two is actionable":          {change: lost("a"), causes: []string{"eks-authorization-failure", "eks-local-cluster"}, want: []string{"slack", "sns"}},
		"an unknown id":                     {change: lost("a"), causes: []string{"renamed-since"}, want: []string{"slack", "sns"}},
		"a silent recovery":                 {change: back("silent"), causes: []string{"addon-removed"}, silent: true},
	}
	d := connect(t, bothOrdinary, rules)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := d.Route(test.change, test.causes)
			if diff := cmp.Diff(test.want, slices.Sorted(maps.Keys(got.To))); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
			if got.Silent != test.silent {
				t.Errorf("silent %t, want %t", got.Silent, test.silent)
			}
			for sink, language := range got.To {
				if language.Code != "en" {
					t.Errorf("%s is told in %q", sink, language.Code)
				}
			}
		})
	}
}

func TestWithoutRulesTheDefaultHolds(t *testing.T) {
	d := connect(t, bothOrdinary, "")
	change := coverage.Change{Resource: coverage.Resource{Kind: coverage.EKS, Name: "a"}, Status: coverage.Unhealthy}
	if got := d.Route(change, []string{"eks-local-cluster"}); len(got.To) != 0 || got.Silent {
		t.Errorf("what nobody can do anything about goes to %v", got.To)
	}
	if got := d.Route(change, []string{"addon-removed"}); len(got.To) != 2 {
		t.Errorf("the rest goes to %v", got.To)
	}
}

// TestRulesTakeWhatSettingsTake holds the two packages to each other that know the same forms.
func TestRulesTakeWhatSettingsTake(t *testing.T) {
	tests := map[string]struct{ setting, rules, values string }{
		"channels": {"SLACK_CHANNEL", `{"rules": [{"to": {"slack": "%"}}]}`, "C0123456789 G01 D01 C0 c0123456789 U01 #alerts"},
		"topics": {"SNS_TOPIC_ARN", `{"rules": [{"to": {"sns": "%"}}]}`,
			topic + " " + topic + ".fifo coverage arn:aws:sqs:eu-central-1:111122223333:a arn:aws-us-gov:sns:us-gov-west-1:111122223333:a_B-1"},
		"secrets": {"SLACK_SECRET", `{"webhooks": {"w": "%"}}`,
			"slack /slack/token /slack:3 arn:aws:ssm:eu-central-1:111122223333:parameter/a/b arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-AbCdEf " +
				"arn:aws:s3:::bucket xoxb-1 https://hooks.slack.com/services/T0/B0/x arn:aws:ssm:eu-central-1:1:parameter/a"},
	}
	for name, test := range tests {
		taken := 0
		for value := range strings.FieldsSeq(test.values) {
			_, refused := config.Load(func(name string) string {
				switch name {
				case test.setting:
					return value
				case "SNS_TOPIC_ARN":
					return topic
				}
				return ""
			})
			_, err := route.Parse([]byte(strings.Replace(test.rules, "%", value, 1)), app.KnownToRules())
			if (refused == nil) != (err == nil) {
				t.Errorf("%s: of %q the settings say %v, rules %v", name, value, refused, err)
			}
			if err == nil {
				taken++
			}
		}
		if taken < 3 {
			t.Errorf("%s: only %d values were taken", name, taken)
		}
	}
}
