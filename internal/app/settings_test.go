package app_test

import (
	"errors"
	"strings"
	"testing"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/config"
)

// TestLoadNamesEveryMistakeAtOnce has each of its lines begin with the variable to correct.
func TestLoadNamesEveryMistakeAtOnce(t *testing.T) {
	const toChannel = `{"rules": [{"to": {"slack": "C02"}}]}`
	const (
		toUnit = `{"rules": [{"match": {"ou": "ou-ab12-11111111"}, "to": "default"}]}`
		toTag  = `{"rules": [{"match": {"tag": "env=prod"}, "to": "default"}]}`
	)
	tests := map[string]struct {
		env  map[string]string
		want []string
	}{
		"nothing wrong":             {map[string]string{"SNS_TOPIC_ARN": topic, "ROUTES": `{"rules": []}`}, nil},
		"Japanese":                  {map[string]string{"SNS_TOPIC_ARN": topic, "MESSAGE_LANGUAGE": "ja"}, nil},
		"no language":               {map[string]string{"SNS_TOPIC_ARN": topic, "MESSAGE_LANGUAGE": "Klingon"}, []string{`MESSAGE_LANGUAGE: "Klingon" is not one of: en, ja`}},
		"a language and rules":      {map[string]string{"SNS_TOPIC_ARN": "x", "MESSAGE_LANGUAGE": "tlh", "ROUTES": `{"rules": 2}`}, []string{"SNS_TOPIC_ARN: ", "MESSAGE_LANGUAGE: ", "ROUTES: "}},
		"rules in a parameter":      {map[string]string{"SNS_TOPIC_ARN": topic, "ROUTES": "/coverage/routes"}, nil},
		"rules alone":               {map[string]string{"SNS_TOPIC_ARN": topic, "ROUTES": `{"rule": 1, "rules": 2}`}, []string{"ROUTES: ", "ROUTES: "}},
		"no JSON":                   {map[string]string{"SNS_TOPIC_ARN": topic, "ROUTES": `{"rules": `}, []string{"ROUTES: "}},
		"rules and a setting":       {map[string]string{"SNS_TOPIC_ARN": "x", "ROUTES": `{"rules": 2}`}, []string{"SNS_TOPIC_ARN: ", "ROUTES: rules: is a number"}},
		"a channel without Slack":   {map[string]string{"SNS_TOPIC_ARN": topic, "STORM_LIMIT": "0", "ROUTES": toChannel}, []string{"STORM_LIMIT: ", "ROUTES: a rule names a Slack channel"}},
		"units without accounts":    {map[string]string{"SNS_TOPIC_ARN": topic, "ROUTES": toUnit}, []string{"ROUTES: a rule matches by organizational units: set ACCOUNT_DIRECTORY"}},
		"units":                     {map[string]string{"SNS_TOPIC_ARN": topic, "ROUTES": toUnit, "INCIDENT_TABLE": "incidents", "ACCOUNT_DIRECTORY": "names"}, nil},
		"tags without tags":         {map[string]string{"SNS_TOPIC_ARN": topic, "ROUTES": toTag, "INCIDENT_TABLE": "incidents", "ACCOUNT_DIRECTORY": "names"}, []string{"ROUTES: a rule matches by tags of accounts: set ACCOUNT_DIRECTORY to tags"}},
		"tags":                      {map[string]string{"SNS_TOPIC_ARN": topic, "ROUTES": toTag, "INCIDENT_TABLE": "incidents", "ACCOUNT_DIRECTORY": "tags"}, nil},
		"no channel for the others": {map[string]string{"SLACK_SECRET": "/slack", "ROUTES": toChannel}, []string{"ROUTES: rules name Slack channels"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := app.Load(func(name string) string { return test.env[name] })
			invalid, ok := errors.AsType[*config.Invalid](err)
			if test.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !ok || len(invalid.Problems) != len(test.want) {
				t.Fatalf("error %v, want %q", err, test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(invalid.Problems[i].Error(), want) {
					t.Errorf("problem %d is %q, want %q", i, invalid.Problems[i], want)
				}
			}
		})
	}
}

func TestLoadReportNamesMistakesInRules(t *testing.T) {
	env := map[string]string{"SNS_TOPIC_ARN": topic, "REPORT_REGIONS": "x", "ROUTES": `{"rules": 2}`}
	_, _, err := app.LoadReport(func(name string) string { return env[name] })
	if invalid, ok := errors.AsType[*config.Invalid](err); !ok || len(invalid.Problems) != 3 {
		t.Errorf("error %v, want one each for INCIDENT_TABLE, REPORT_REGIONS and ROUTES", err)
	}
}
