package diagnose_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
)

const (
	serviceIssue = "Agent not provisioned:Services deployed before enabling Automated Agent Configuration are not covered. Impacted service name(s): 'web'"
	taskIssue    = "Agent not provisioned:TaskExecutionRole missing from TaskDefinition - 'web:17'"
)

func TestNothingIsWrong(t *testing.T) {
	network := []string{
		`vpc-owner own vpc="vpc-0a1b2c3d"`,
		`vpc-dns on vpc="vpc-0a1b2c3d"`,
		`vpc-endpoint available endpoint="vpce-0a1b2c3d" vpc="vpc-0a1b2c3d"`,
		`vpc-endpoint-access open endpoint="vpce-0a1b2c3d"`,
	}
	guardDuty := []string{"guardduty-detector enabled", "guardduty-runtime-monitoring on", "guardduty-agent-management on", "guardduty-coverage healthy"}
	eks := []string{
		`eks-cluster there status="ACTIVE" version="1.33"`, "eks-tag absent", `eks-addon active version="v1.10.0-eksbuild.2"`,
		`eks-addon-version newest version="v1.10.0-eksbuild.2"`, `eks-nodes some n="1"`,
	}
	const running, linux = `ec2-instance running launched="2026-03-01T08:00:00Z" name="web"`, `ec2-platform linux architecture="x86_64" platform="Linux/UNIX"`
	agent := []string{`ec2-ssm online agent="3.3.1142.0"`, `ec2-association succeeded association="a-guardduty"`}
	tests := map[string]struct {
		change coverage.Change
		want   [][]string
	}{
		"EKS":                   {eksChange(), [][]string{eks, network, guardDuty}},
		"EC2":                   {ec2Change(), [][]string{{running, "ec2-tag absent", linux}, agent, network, guardDuty}},
		"EC2 in an EKS cluster": {belonging("eks"), [][]string{{running, linux}, eks[:4], network, guardDuty}},
		"EC2, by hand":          {byHand(ec2Change()), [][]string{{running, "ec2-tag absent", linux}, network, {guardDuty[0], guardDuty[1], guardDuty[3]}}},
		"EC2 in an ECS cluster": {belonging("ecs"), [][]string{{running, "ecs-cluster active", "ecs-tag absent", "ec2-tag absent", linux}, agent, network, guardDuty}},
		"ECS":                   {ecsChange(), [][]string{{"ecs-cluster active", "ecs-tag absent", `ecs-service running n="7" service=""`}, network, guardDuty}},
		"ECS, with names": {ecsChange(serviceIssue, taskIssue), [][]string{{
			"ecs-cluster active", "ecs-tag absent", `ecs-service running n="2" service="web"`, `ecs-deployment newer service="web"`,
			`ecs-execution-role present role="arn:aws:iam::111122223333:role/pull" task-definition="web:17"`,
		}, network, guardDuty}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, fake := start(t, healthy, diagnose.Role{})
			var want []string
			for _, part := range test.want {
				want = append(want, part...)
			}
			if diff := cmp.Diff(want, lines(doctor.Diagnose(t.Context(), test.change, nil))); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
			seen := make(map[string]bool)
			for _, call := range fake.Calls() {
				if question := call.Action + " " + call.Asked; seen[question] {
					t.Errorf("%s was asked twice", question)
				} else {
					seen[question] = true
				}
				if call.Region != region && call.Action != "sts:GetCallerIdentity" {
					t.Errorf("%s was asked in %s", call.Action, call.Region)
				}
			}
		})
	}
}
