package template_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/template/templatetest"
)

// creators are the actions that create and delete a resource of each type; SAM makes the others of a function's events.
var creators = map[string][]string{
	"AWS::CloudWatch::Alarm":      {"cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"},
	"AWS::CloudWatch::Dashboard":  {"cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"},
	"AWS::DynamoDB::Table":        {"dynamodb:CreateTable", "dynamodb:DeleteTable"},
	"AWS::Events::EventBusPolicy": {"events:PutPermission", "events:RemovePermission"},
	"AWS::IAM::Policy":            {"iam:PutRolePolicy", "iam:DeleteRolePolicy"},
	"AWS::IAM::Role":              {"iam:CreateRole", "iam:DeleteRole", "iam:PassRole"},
	"AWS::Logs::LogGroup":         {"logs:CreateLogGroup", "logs:DeleteLogGroup"},
	"AWS::SNS::Topic":             {"sns:CreateTopic", "sns:DeleteTopic", "sns:Subscribe"},
	"AWS::SQS::Queue":             {"sqs:CreateQueue", "sqs:DeleteQueue"},
	"AWS::SQS::QueuePolicy":       {"sqs:SetQueueAttributes"},
	"AWS::Scheduler::Schedule":    {"scheduler:CreateSchedule", "scheduler:DeleteSchedule"},
	"AWS::Scheduler::ScheduleGroup": {
		"scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup",
	},
	"AWS::Serverless::Function": {
		"lambda:CreateFunction", "lambda:DeleteFunction", "lambda:AddPermission", "lambda:CreateEventSourceMapping",
		"lambda:PutFunctionEventInvokeConfig", "lambda:PutFunctionRecursionConfig", "events:PutRule", "events:PutTargets",
	},
}

// TestPolicyToDeployKnowsEveryResource of the notifier's stack and its dashboard. make template checks that its actions
// exist.
func TestPolicyToDeployKnowsEveryResource(t *testing.T) {
	var policy struct {
		Statement []struct{ Action []string }
	}
	if err := json.Unmarshal([]byte(read(t, "../docs/deploy-policy.json")), &policy); err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for _, statement := range policy.Statement {
		allowed = append(allowed, statement.Action...)
	}
	for _, stack := range []templatetest.Stack{newStack(t, nil), newDashboard(t)} {
		for name, resource := range stack.At("Resources").(map[string]any) {
			kind := resource.(map[string]any)["Type"].(string)
			needed, known := creators[kind]
			if !known {
				t.Errorf("%s is a %s, of which nobody knows what deploying it takes", name, kind)
			}
			for _, action := range needed {
				if !slices.Contains(allowed, action) {
					t.Errorf("docs/deploy-policy.json lacks %s for %s", action, name)
				}
			}
		}
	}
	if slices.ContainsFunc(allowed, func(action string) bool { return strings.Contains(action, "*") }) {
		t.Error("the policy allows more than it says")
	}
}
