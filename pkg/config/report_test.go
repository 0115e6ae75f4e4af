package config_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/config"
)

func TestLoadReport(t *testing.T) {
	tests := map[string]struct {
		env  environment
		want config.Report
	}{
		"where the function runs": {environment{"AWS_REGION": "eu-central-1"}, config.Report{Regions: []string{"eu-central-1"}}},
		"several, one twice": {
			environment{"AWS_REGION": "eu-central-1", "REPORT_REGIONS": " us-east-1, us-gov-west-1,us-east-1 ,ap-southeast-4", "REPORT_QUIET": "true"},
			config.Report{Regions: []string{"us-east-1", "us-gov-west-1", "ap-southeast-4"}, Quiet: true},
		},
		"all that are enabled": {
			environment{"AWS_REGION": "eu-central-1", "REPORT_REGIONS": "all"},
			config.Report{Regions: []string{"eu-central-1"}, AllRegions: true},
		},
		"with an inventory": {
			environment{"AWS_REGION": "eu-central-1", "INVENTORY": "on"},
			config.Report{Regions: []string{"eu-central-1"}, Inventory: config.Inventory{On: true}},
		},
		"with an aggregator": {
			environment{"AWS_REGION": "eu-central-1", "INVENTORY": "on", "CONFIG_AGGREGATOR": "organization"},
			config.Report{
				Regions: []string{"eu-central-1"}, Inventory: config.Inventory{On: true, Aggregator: "organization"},
			},
		},
		"with an aggregator in another Region": {
			environment{"AWS_REGION": "eu-central-1", "INVENTORY": "on", "CONFIG_AGGREGATOR": "a_b-1@us-east-1"},
			config.Report{
				Regions: []string{"eu-central-1"}, Inventory: config.Inventory{On: true, Aggregator: "a_b-1", Region: "us-east-1"},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			maps.Copy(test.env, environment{"SNS_TOPIC_ARN": topic, "STORM_LIMIT": "7", "INCIDENT_TABLE": "incidents"})
			cfg, report, err := config.LoadReport(test.env.get)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, report); diff != "" {
				t.Errorf("settings differ (-want +got):\n%s", diff)
			}
			if cfg.StormLimit != 7 || cfg.SNS.TopicARN != topic {
				t.Errorf("the other settings are not read: %+v", cfg)
			}
		})
	}
}

func TestLoadReportNamesEveryMistakeAtOnce(t *testing.T) {
	env := environment{"REPORT_REGIONS": "Frankfurt, eu-central-1a,,us-east-1", "FORWARDED_REGIONS": "all", "REPORT_QUIET": "yes", "SNS_FORMAT": "xml"}
	cfg, report, err := config.LoadReport(env.get)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"settings to correct: 8\n", `FORWARDED_REGIONS: "all"`, `REPORT_REGIONS: "Frankfurt"`, `REPORT_REGIONS: "eu-central-1a"`, `REPORT_REGIONS: ""`, "REPORT_QUIET: ",
		"SNS_FORMAT: ", "INCIDENT_TABLE: missing", "no destination: ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	if diff := cmp.Diff(config.Config{}, cfg) + cmp.Diff(config.Report{}, report); diff != "" {
		t.Errorf("settings beside an error:\n%s", diff)
	}
	if _, _, err := config.LoadReport(environment{"SNS_TOPIC_ARN": topic}.get); err == nil || !strings.Contains(err.Error(), "REPORT_REGIONS: missing") {
		t.Errorf("without any Region: %v", err)
	}
}

func TestAggregatorsThatAreRefused(t *testing.T) {
	for name, env := range map[string]environment{
		"without an inventory": {"CONFIG_AGGREGATOR": "organization"},
		"without a name":       {"CONFIG_AGGREGATOR": "@eu-central-1", "INVENTORY": "on"},
		"with an ARN":          {"CONFIG_AGGREGATOR": "arn:aws:config:eu-central-1:111122223333:config-aggregator/a", "INVENTORY": "on"},
		"without its Region":   {"CONFIG_AGGREGATOR": "organization@", "INVENTORY": "on"},
		"too long":             {"CONFIG_AGGREGATOR": strings.Repeat("a", 257), "INVENTORY": "on"},
	} {
		maps.Copy(env, environment{"SNS_TOPIC_ARN": topic, "INCIDENT_TABLE": "incidents", "AWS_REGION": "eu-central-1"})
		if _, _, err := config.LoadReport(env.get); err == nil || !strings.Contains(err.Error(), "CONFIG_AGGREGATOR: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
