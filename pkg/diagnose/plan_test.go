package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// TestFindingsChooseTheChecks also keeps the table of findings in step with the catalogue: what is not in it is looked at
// from every side.
func TestFindingsChooseTheChecks(t *testing.T) {
	everySide := map[catalog.ID]bool{
		catalog.Unrecognised: true, catalog.NoReason: true, "ec2-no-agent-reporting": true, "ec2-agent-disconnected": true,
		"ec2-agent-not-reporting-retired": true, "ecs-agent-not-reporting": true, "ecs-unidentified": true,
	}
	doctor, _ := start(t, healthy, diagnose.Role{})
	changes := map[coverage.Kind]coverage.Change{coverage.EKS: eksChange(), coverage.EC2: ec2Change(), coverage.ECS: ecsChange(serviceIssue, taskIssue)}
	checks := func(kind coverage.Kind, findings ...string) []string {
		var names []string
		for _, line := range lines(doctor.Diagnose(t.Context(), changes[kind], findings)) {
			name, _, _ := strings.Cut(line, " ")
			names = append(names, name)
		}
		return names
	}
	for _, entry := range catalog.All() {
		for _, kind := range entry.Kinds {
			all, some := checks(kind), checks(kind, string(entry.ID))
			if len(all) == len(some) != everySide[entry.ID] {
				t.Errorf("%s of %s: %d of %d checks", entry.ID, kind, len(some), len(all))
			}
			if first := some[0]; first != all[0] || some[len(some)-1] != "guardduty-coverage" {
				t.Errorf("%s of %s begins with %s and ends with %s", entry.ID, kind, first, some[len(some)-1])
			}
			if both := checks(kind, string(entry.ID), string(catalog.Unrecognised)); !slices.Equal(both, all) {
				t.Errorf("%s of %s beside an unknown one: %q", entry.ID, kind, both)
			}
		}
	}
	two := checks(coverage.EKS, "addon-pods-unschedulable", "vpc-endpoint-private-dns")
	if want := strings.Fields("eks-cluster eks-addon eks-addon-version eks-nodes vpc-owner vpc-dns vpc-endpoint vpc-endpoint-access guardduty-coverage"); !slices.Equal(two, want) {
		t.Errorf("of two findings: %q", two)
	}
}

// TestServicesAndTaskDefinitionsAreReadFromTheIssue looks at what is asked for.
func TestServicesAndTaskDefinitionsAreReadFromTheIssue(t *testing.T) {
	tests := map[string]struct {
		issue, action, want string
	}{
		"one service":           {serviceIssue, "ecs:DescribeServices", `{"cluster":"shop","services":["web"]}`},
		"several":               {"Impacted service name(s): 'web, api', \"cron\"", "ecs:DescribeServices", `{"cluster":"shop","services":["web","api","cron"]}`},
		"too many, one twice":   {"Impacted service names: a,a,b,c,d", "ecs:DescribeServices", `{"cluster":"shop","services":["a","b","c"]}`},
		"by its ARN":            {"service name(s): 'arn:aws:ecs:eu-central-1:111122223333:service/shop/web'.", "ecs:DescribeServices", `{"cluster":"shop","services":["web"]}`},
		"no name":               {"Impacted service name(s): '$(rm -rf)'", "ecs:DescribeServices", ""},
		"a task definition":     {taskIssue, "ecs:DescribeTaskDefinition", `{"taskDefinition":"web:17"}`},
		"escaped, by its ARN":   {`for task(s) in TaskDefinition \'arn:aws:ecs:eu-central-1:111122223333:task-definition/web:3\' . Refer`, "ecs:DescribeTaskDefinition", `{"taskDefinition":"web:3"}`},
		"no task definition":    {"in TaskDefinition - 'a b'", "ecs:DescribeTaskDefinition", ""},
		"the tasks of a family": {taskIssue, "ecs:ListTasks", `{"cluster":"shop","desiredStatus":"RUNNING","family":"web","maxResults":10}`},
		"any task of Fargate's": {"", "ecs:ListTasks", `{"cluster":"shop","desiredStatus":"RUNNING","launchType":"FARGATE","maxResults":10}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, fake := start(t, healthy, diagnose.Role{})
			doctor.Diagnose(t.Context(), ecsChange(test.issue), nil)
			asked := ""
			if i := slices.IndexFunc(fake.Calls(), func(c diagnosetest.Call) bool { return c.Action == test.action }); i >= 0 {
				asked = fake.Calls()[i].Asked
			}
			if asked != test.want {
				t.Errorf("%s was asked for %s, want %s", test.action, asked, test.want)
			}
		})
	}
}
