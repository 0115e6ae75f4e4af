package template_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/template/templatetest"
)

// newForwarder resolves forwarder.yaml as a stack in us-east-1 of the notifier's own account.
func newForwarder(t *testing.T, with map[string]string) templatetest.Stack {
	t.Helper()
	parameters := map[string]string{"AWS::Region": "us-east-1", "HomeRegion": "eu-central-1"}
	maps.Copy(parameters, with)
	return templatetest.New(t, "../forwarder.yaml", parameters)
}

// TestForwarderForwardsWhatTheHubReceives compares the patterns, and what the hub lets members put.
func TestForwarderForwardsWhatTheHubReceives(t *testing.T) {
	hub := newStack(t, map[string]string{"ForwardingOrganizationId": "o-a1b2c3d4e5"})
	want := hub.At(
		"Resources",
		"NotifyFunction",
		"Properties",
		"Events",
		"CoverageChange",
		"Properties",
		"Pattern",
	)
	got := newForwarder(t, nil).At("Resources", "ForwardRule", "Properties", "EventPattern")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the pattern of the hub (-) and of the forwarder (+):\n%s", diff)
	}
	statement := hub.At("Resources", "ForwardingMembers", "Properties", "Statement").(map[string]any)
	conditions := statement["Condition"].(map[string]any)
	admitted := conditions["ForAllValues:StringEquals"].(map[string]any)
	// Of the members' events these alone: the notifier takes heartbeats and self-tests from its own account.
	if diff := cmp.Diff(any(coverage.Source), admitted["events:source"]); diff != "" {
		t.Errorf("the source that members may put (-want +got):\n%s", diff)
	}
	coverageEvents := []any{coverage.DetailTypeUnhealthy, coverage.DetailTypeHealthy}
	if diff := cmp.Diff(coverageEvents, admitted["events:detail-type"]); diff != "" {
		t.Errorf("the detail-types that members may put (-want +got):\n%s", diff)
	}
	all := map[string]any{
		"source":      []any{coverage.Source, heartbeat.Source},
		"detail-type": append(coverageEvents, heartbeat.DetailType, heartbeat.DetailTypeOfTests),
	}
	if diff := cmp.Diff(any(all), want); diff != "" {
		t.Errorf("the pattern of the programs (-) and of the hub (+):\n%s", diff)
	}
	if got := words(conditions["StringEquals"]); got != "aws:PrincipalOrgID o-a1b2c3d4e5" {
		t.Errorf("members are known by %s", got)
	}
	if got := statement["Resource"]; got != "arn:aws:events:eu-central-1:111122223333:event-bus/default" {
		t.Errorf("members may put into %s", got)
	}
}

func TestNobodyElseForwardsUnlessAnOrganizationIsNamed(t *testing.T) {
	if policies := newStack(t, nil).Resources("AWS::Events::EventBusPolicy"); len(policies) != 0 {
		t.Errorf("the bus has %d policies", len(policies))
	}
}

func TestForwarderReachesTheHub(t *testing.T) {
	for name, test := range map[string]struct {
		with map[string]string
		bus  string
	}{
		"of the own account": {nil, "arn:aws:events:eu-central-1:111122223333:event-bus/default"},
		"of a member": {
			map[string]string{"AWS::AccountId": "444455556666", "HomeAccount": "111122223333"},
			"arn:aws:events:eu-central-1:111122223333:event-bus/default",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newForwarder(t, test.with)
			targets := s.List("Resources", "ForwardRule", "Properties", "Targets")
			target := targets[0].(map[string]any)
			if len(targets) != 1 || target["Arn"] != test.bus || target["RoleArn"] != "<ForwardRole.Arn>" {
				t.Errorf("the targets are %v", targets)
			}
			if got := words(target["DeadLetterConfig"]); got != "Arn <ForwardDeadLetterQueue.Arn>" {
				t.Errorf("what cannot be forwarded goes to %s", got)
			}
			want := map[string]statement{"Forward": {Action: "events:PutEvents", Resource: test.bus}}
			if diff := cmp.Diff(want, grants(t, s, "ForwardRole")); diff != "" {
				t.Errorf("granted to the role (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEveryRegionSendsHeartbeats: the notifier's and each with a forwarder of the notifier's account, in the same
// way, and no member.
func TestEveryRegionSendsHeartbeats(t *testing.T) {
	hub := newStack(t, nil)
	sends := func(s templatetest.Stack, region string) {
		t.Helper()
		bus := "arn:aws:events:" + region + ":111122223333:event-bus/default"
		timer := s.At("Resources", "HeartbeatTimer", "Properties").(map[string]any)
		if timer["ScheduleExpression"] != "rate(1 hour)" {
			t.Errorf("a heartbeat is sent at %v", timer["ScheduleExpression"])
		}
		want := map[string]any{
			"Arn": bus, "RoleArn": "<HeartbeatRole.Arn>", "Input": "{}",
			"EventBridgeParameters": map[string]any{"Source": heartbeat.Source, "DetailType": heartbeat.DetailType},
		}
		if diff := cmp.Diff(any(want), timer["Target"]); diff != "" {
			t.Errorf("the target in %s (-want +got):\n%s", region, diff)
		}
		granted := map[string]statement{"Send": {Action: "events:PutEvents", Resource: bus}}
		if diff := cmp.Diff(granted, grants(t, s, "HeartbeatRole")); diff != "" {
			t.Errorf("granted in %s (-want +got):\n%s", region, diff)
		}
		trust := words(s.At("Resources", "HeartbeatRole", "Properties", "AssumeRolePolicyDocument"))
		if !strings.Contains(trust, "aws:SourceAccount 111122223333") ||
			!strings.Contains(trust, "Service scheduler.amazonaws.com") {
			t.Errorf("the role is not for this account's schedules alone: %s", trust)
		}
	}
	sends(hub, "eu-central-1")
	sends(newForwarder(t, nil), "us-east-1")
	sends(newForwarder(t, map[string]string{"HomeAccount": "111122223333"}), "us-east-1")
	member := newForwarder(t, map[string]string{"AWS::AccountId": "444455556666", "HomeAccount": "111122223333"})
	if timers := member.Resources("AWS::Scheduler::Schedule"); len(timers) > 0 || len(member.Resources("AWS::IAM::Role")) != 1 {
		t.Errorf("a member has %d schedules", len(timers))
	}
}

func TestForwarderIsRefusedWhereItIsOfNoUse(t *testing.T) {
	const home, partition = "This is the notifier's own account and Region", "EventBridge forwards no events between Regions"
	for name, test := range map[string]struct {
		with map[string]string
		want []string
	}{
		"another Region":            {nil, nil},
		"at home":                   {map[string]string{"AWS::Region": "eu-central-1"}, []string{home}},
		"at home, which is named":   {map[string]string{"AWS::Region": "eu-central-1", "HomeAccount": "111122223333"}, []string{home}},
		"a member in the Region":    {map[string]string{"AWS::Region": "eu-central-1", "HomeAccount": "444455556666"}, nil},
		"GovCloud":                  {map[string]string{"AWS::Partition": "aws-us-gov", "AWS::Region": "us-gov-west-1"}, []string{partition}},
		"China, in the home Region": {map[string]string{"AWS::Partition": "aws-cn", "AWS::Region": "cn-north-1", "HomeRegion": "cn-north-1"}, []string{partition, home}},
	} {
		t.Run(name, func(t *testing.T) {
			got := newForwarder(t, test.with).Violations()
			begins := func(got, want string) bool { return strings.HasPrefix(got, want) }
			if !slices.EqualFunc(got, test.want, begins) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestForwarderIsPlainCloudFormation: StackSets take no transform in service-managed operation, and a template of at
// most 51,200 bytes (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
func TestForwarderIsPlainCloudFormation(t *testing.T) {
	text := read(t, "../forwarder.yaml")
	if strings.Contains(text, "Transform") || strings.Contains(text, "AWS::Serverless") ||
		len(text) > 51_200 {
		t.Errorf("forwarder.yaml has a transform, or %d bytes are too many", len(text))
	}
}

func TestForwarderNotifiesTheTopicOfItsAlarm(t *testing.T) {
	const arn = "arn:aws:sns:us-east-1:111122223333:alarms"
	for topic, want := range map[string][]any{"": nil, arn: {arn}} {
		s := newForwarder(t, map[string]string{"AlarmTopicArn": topic})
		alarm := s.At("Resources", "ForwardAlarm", "Properties").(map[string]any)
		for _, actions := range []string{"AlarmActions", "OKActions"} {
			if got := alarm[actions].([]any); !slices.Equal(got, want) {
				t.Errorf("with the topic %q, %s are %v", topic, actions, got)
			}
		}
	}
}
