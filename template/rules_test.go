package template_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestContradictionsAreRefused gives parameters that contradict each other; each violation is known by how
// its description begins.
func TestContradictionsAreRefused(t *testing.T) {
	const (
		role      = "arn:aws:iam::111122223333:role/platform/deploy"
		key       = "arn:aws:kms:eu-central-1:111122223333:key/1111"
		parameter = "arn:aws:ssm:eu-central-1:111122223333:parameter/a"
	)
	type parameters = map[string]string
	slack, sns := parameters{"SlackSecret": "/slack"}, parameters{"SnsTopicArn": topic}
	slackSettings := parameters{
		"SlackChannel": "C0123456789", "SlackSecretKmsKeyArn": key,
		"SlackBroadcastRecovery": "true", "SlackApiUrl": "https://slack-gov.com/api/",
	}
	tests := map[string]struct {
		base, with parameters
		want       []string
	}{
		"nobody": {want: []string{"Give SlackSecret, SnsTopicArn or both"}},
		"Slack":  {base: slack},
		"SNS":    {base: sns},
		"a key of no topic": {
			base: slack, with: parameters{"SnsTopicKmsKeyArn": key},
			want: []string{"SnsTopicKmsKeyArn needs SnsTopicArn"},
		},
		"a format of no topic": {
			base: slack, with: parameters{"SnsFormat": "json"},
			want: []string{"SnsFormat needs SnsTopicArn or RouteTopicArns"},
		},
		"a format for the topics of rules": {
			base: slack, with: parameters{"SnsFormat": "json", "Routes": "{}", "RouteTopicArns": topic},
		},
		"Slack settings without a secret": {
			base: sns, with: slackSettings,
			want: []string{
				"SlackApiUrl needs SlackSecret", "SlackBroadcastRecovery needs SlackSecret",
				"SlackChannel needs SlackSecret", "SlackSecretKmsKeyArn needs SlackSecret",
			},
		},
		"Slack settings with a secret": {base: slack, with: slackSettings},
		"destinations of no rules": {
			base: sns,
			with: parameters{
				"RouteSecretArns": parameter, "RouteTopicArns": topic + "," + topic, "RouteKmsKeyArns": key,
			},
			want: []string{
				"RouteKmsKeyArns needs Routes", "RouteSecretArns needs Routes", "RouteTopicArns needs Routes",
			},
		},
		"destinations of rules": {
			base: sns,
			with: parameters{
				"Routes": "/routes", "RouteSecretArns": parameter, "RouteTopicArns": topic, "RouteKmsKeyArns": key,
			},
		},
		"settings of no report": {
			base: sns,
			with: parameters{
				"ReportSchedule": "", "ReportRegions": "eu-central-1", "ReportQuiet": "true", "AccountDirectory": "names",
				"ConfigAggregator": "organization",
			},
			want: []string{
				"AccountDirectory needs ReportSchedule", "ConfigAggregator needs ReportSchedule",
				"ReportQuiet needs ReportSchedule", "ReportRegions needs ReportSchedule",
			},
		},
		"an aggregator without an inventory": {
			base: sns, with: parameters{"Inventory": "off", "ConfigAggregator": "organization"},
			want: []string{`ConfigAggregator needs Inventory to be "on"`},
		},
		"no report": {base: sns, with: parameters{"ReportSchedule": "", "ForwardedRegions": "us-east-1"}},
		"a role for no diagnosis": {
			base: sns, with: parameters{"DiagnosisRoleName": "look", "DiagnosisExternalId": "o-1"},
			want: []string{`DiagnosisRoleName needs Diagnosis to be "on"`},
		},
		"an external ID without a role": {
			base: sns, with: parameters{"Diagnosis": "on", "DiagnosisExternalId": "o-1"},
			want: []string{"DiagnosisExternalId needs DiagnosisRoleName"},
		},
		"a diagnosis": {
			base: sns,
			with: parameters{"Diagnosis": "on", "DiagnosisRoleName": "look", "DiagnosisExternalId": "o-1"},
		},
		"expected actors, of no diagnosis": {
			base: sns, with: parameters{"ExpectedActors": role},
			want: []string{`ExpectedActors needs Diagnosis to be "on"`},
		},
		"expected actors, whom nobody looks for": {
			base: sns, with: parameters{"Diagnosis": "on", "Actor": "off", "ExpectedActors": role},
			want: []string{`ExpectedActors needs Actor to be "role" or "full"`},
		},
		"expected actors": {base: sns, with: parameters{"Diagnosis": "on", "ExpectedActors": role}},
		"two recipients of alarms": {
			base: sns, with: parameters{"AlarmEmail": "me@example.com", "AlarmTopicArn": alarms},
			want: []string{"Give AlarmEmail or AlarmTopicArn, not both"},
		},
		"one recipient of alarms": {base: sns, with: parameters{"AlarmEmail": "me@example.com"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			given := make(parameters)
			maps.Copy(given, test.base)
			maps.Copy(given, test.with)
			got := newStack(t, given).Violations()
			for i := range got {
				if i < len(test.want) && strings.HasPrefix(got[i], test.want[i]) {
					got[i] = test.want[i]
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("refused because (-want +got):\n%s", diff)
			}
		})
	}
}
