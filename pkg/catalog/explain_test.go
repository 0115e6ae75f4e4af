package catalog_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

func explain(t *testing.T, kind coverage.Kind, issue string, r coverage.Resource) catalog.Advice {
	t.Helper()
	r.Kind = kind
	change := unhealthy(kind, issue)
	findings := catalog.Classify(change)
	if len(findings) != 1 {
		t.Fatalf("findings %v of %q, want one", idsOf(findings), issue)
	}
	return catalog.Explain(findings[0], catalog.Case{Resource: r})
}

// commands are all commands of an advice, a line each.
func commands(a catalog.Advice) string {
	var all strings.Builder
	for _, step := range a.Steps {
		all.WriteString(step.Command + "\n")
	}
	return all.String()
}

func TestExplainFillsInCommands(t *testing.T) {
	eks := coverage.Resource{Name: "prod", Account: "111122223333", Region: "eu-west-1"}
	ecs := coverage.Resource{Name: "web", Account: "111122223333", Region: "us-gov-west-1"}
	ec2 := coverage.Resource{Name: "i-0abc1234def567890", Account: "111122223333", Region: "ap-northeast-1"}
	node := ec2
	node.ClusterARN = "arn:aws:eks:ap-northeast-1:111122223333:cluster/prod"
	gov := coverage.Resource{Name: "prod", Account: "111122223333", Region: "us-gov-west-1"}
	const (
		private    = "VPC Endpoint Creation Failed:Enabling private DNS requires both"
		crash      = "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: CrashLoopBackOff: Error"
		deployment = "Agent not provisioned:requires a new deployment. Impacted service name(s): "
		relaunch   = "Agent not provisioned:Tasks started before enabling Runtime Monitoring require a relaunch. Impacted task ID(s): "
	)
	tests := []struct {
		name  string
		kind  coverage.Kind
		issue string
		in    coverage.Resource
		want  string
	}{
		{"VPC of the text", coverage.EKS, private + " true for vpc-0a1b2c3d4e5f60718 (", eks, "modify-vpc-attribute --region eu-west-1 --vpc-id vpc-0a1b2c3d4e5f60718 --enable-dns-$a; done\n"},
		{"VPC of the cluster", coverage.EKS, "VPC Endpoint Creation Failed:not supported for shared VPC", eks, `--vpc-ids $(aws eks describe-cluster --region eu-west-1 --name prod --query cluster.resourcesVpcConfig.vpcId --output text)`},
		{"VPC of the instance", coverage.EC2, "VPC Endpoint Creation Failed:not supported for shared VPC", ec2, `--vpc-ids $(aws ec2 describe-instances --region ap-northeast-1 --instance-ids i-0abc1234def567890 `},
		{"VPC of nothing", coverage.ECS, private, ecs, "aws ec2 describe-vpc-endpoints --region us-gov-west-1 --query "},
		{"either endpoint", coverage.ECS, private, ecs, "contains(ServiceName,'guardduty-data')"},
		{"the endpoint's name", coverage.EKS, crash, eks, " nslookup guardduty-data.eu-west-1.amazonaws.com\n"},
		{"the endpoint's name in GovCloud", coverage.EKS, crash, gov, " nslookup guardduty-data-fips.us-gov-west-1.amazonaws.com\n"},
		{"retry for an instance", coverage.EC2, private, ec2, "aws ec2 create-tags --region ap-northeast-1 --resources i-0abc1234def567890 --tags Key=GuardDutyManaged,Value=true\n"},
		{"context of a cluster", coverage.EKS, crash, eks, "aws eks update-kubeconfig --region eu-west-1 --name prod && kubectl --context arn:aws:eks:eu-west-1:111122223333:cluster/prod get pods"},
		{"context once", coverage.EKS, crash, eks, "\nkubectl --context arn:aws:eks:eu-west-1:111122223333:cluster/prod run "},
		{"context of a node's cluster", coverage.EC2, "Agent disconnected", node, "kubectl --context arn:aws:eks:ap-northeast-1:111122223333:cluster/prod rollout restart"},
		{"cluster of a node", coverage.EC2, "Agent disconnected", node, "aws eks describe-addon --region ap-northeast-1 --cluster-name prod "},
		{"task definition", coverage.ECS, "Agent not provisioned:TaskExecutionRole missing from TaskDefinition - 'mailer:31'", ecs, "--task-definition mailer:31 "},
		{"task definition by ARN", coverage.ECS, "Agent not provisioned:TaskExecutionRole missing from TaskDefinition 'arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/mailer:31'", ecs, "--task-definition mailer:31 "},
		{"task definition in escaped quotes", coverage.ECS, `Agent not provisioned:TaskExecutionRole missing from TaskDefinition - \'mailer:31\'`, ecs, "--task-definition mailer:31 "},
		{"task definition in typographic quotes", coverage.ECS, `Agent not provisioned:TaskExecutionRole missing from TaskDefinition - ‘mailer:31’`, ecs, "--task-definition mailer:31 "},
		{"family", coverage.ECS, "Agent exited:ExitCode: 1 for tasks in TaskDefinition - 'batch:4'", ecs, "--family batch "},
		{"service", coverage.ECS, deployment + "'orders'", ecs, "aws ecs update-service --region us-gov-west-1 --cluster arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/web --force-new-deployment --query service.status --service orders\n"},
		{"service by ARN", coverage.ECS, deployment + "'arn:aws:ecs:eu-west-1:111122223333:service/web/orders'", ecs, "--service orders\n"},
		{"several services", coverage.ECS, deployment + "'orders, cart'", ecs, "for service in orders cart; do aws ecs update-service "},
		{"several services in quotes of their own", coverage.ECS, deployment + "'orders', ‘cart’.", ecs, "for service in orders cart; do aws ecs update-service "},
		{"services that AWS cut", coverage.ECS, deployment + "'orders, cart, ledg", ecs, "for service in orders cart; do aws ecs update-service "},
		{"one service before the cut", coverage.ECS, deployment + "'orders, ca", ecs, "--service orders\n"},
		{"task", coverage.ECS, relaunch + "'1dc5c17a422b4dc4b493371970c6c4d6'", ecs, "aws ecs stop-task --region us-gov-west-1 --cluster arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/web --task 1dc5c17a422b4dc4b493371970c6c4d6\n"},
		{"several tasks", coverage.ECS, relaunch + "'1dc5c17a422b4dc4b493371970c6c4d6', '9b7e2f14-6c3d-4a58-8e21-0f5d7c9a1b36'", ecs, "for task in 1dc5c17a422b4dc4b493371970c6c4d6 9b7e2f14-6c3d-4a58-8e21-0f5d7c9a1b36; do aws ecs stop-task "},
		{"ARN of the partition", coverage.ECS, "Agent not provisioned:Services deployed when clusters had exclusion tag are", ecs, "--resource-arn arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/web "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := commands(explain(t, test.kind, test.issue, test.in)); !strings.Contains(got, test.want) {
				t.Errorf("commands\n%swant among them %q", got, test.want)
			}
		})
	}
}

func TestExplainLeavesOutWhatIsNotKnown(t *testing.T) {
	tests := []struct {
		name, issue, not string
	}{
		{"half a service name", "Agent not provisioned:requires a new deployment. Impacted service name(s): 'ord", "update-service"},
		{"a service with something behind it", "Agent not provisioned:requires a new deployment. Impacted service name(s): 'orders;id'", "update-service"},
		{"a service that is an option among others", "Agent not provisioned:requires a new deployment. Impacted service name(s): 'orders, --force'", "update-service"},
		{"services with something behind them", "Agent not provisioned:requires a new deployment. Impacted service name(s): 'orders', 'cart';id", "update-service"},
		{"a service that is an option", "Agent not provisioned:requires a new deployment. Impacted service name(s): '--force'", "update-service"},
		{"half a task id", "Agent not provisioned:Tasks started before enabling Runtime Monitoring require a relaunch. Impacted task ID(s): '1dc5c17a422b'", "stop-task"},
		{"no task definition", "Agent not provisioned:TaskExecutionRole missing", "describe-task-definition"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			advice := explain(t, coverage.ECS, test.issue, coverage.Resource{Name: "web", Account: "111122223333", Region: "eu-west-1"})
			if got := commands(advice); strings.Contains(got, test.not) {
				t.Errorf("commands\n%snone of which may be %q", got, test.not)
			}
			if len(advice.Steps) < 2 {
				t.Errorf("%d steps, although what to do is known without names", len(advice.Steps))
			}
		})
	}
}

// TestHostileEvents proves that an event reaches no shell: a value that is not of its own form is treated as if the
// event had not told it, whichever field it comes in.
func TestHostileEvents(t *testing.T) {
	hostile := []string{
		"$(rm -rf /)", "`reboot`", "a;reboot", "a'b", `a"b`, "a\nreboot", "a b", "--profile", "-x", "a|b", "a&b", "a>b", "a\\b", "*", "~", "é",
		"prod\nx", "i-0abc1234$(id)", "i-0abc1234\n", "eu-west-1;id", "eu-west-1\n", "111122223333;id", "{region}", strings.Repeat("a", 300),
	}
	const text = "TaskDefinition - 'X' Impacted task ID(s): 'X' Impacted service name(s): 'X' Owner account ID X vpc-X EKS Addon issue - X: "
	const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/"
	put := map[string]func(value string, f *catalog.Finding, r *coverage.Resource){
		"name":    func(value string, _ *catalog.Finding, r *coverage.Resource) { r.Name = value },
		"account": func(value string, _ *catalog.Finding, r *coverage.Resource) { r.Account = value },
		"region":  func(value string, _ *catalog.Finding, r *coverage.Resource) { r.Region = value },
		"cluster": func(value string, _ *catalog.Finding, r *coverage.Resource) { r.ClusterARN = arn + value },
		"issue": func(value string, f *catalog.Finding, _ *coverage.Resource) {
			f.Text = strings.ReplaceAll(text, "X", value)
		},
	}
	for _, e := range catalog.All() {
		for _, kind := range reporters(e) {
			for field, put := range put {
				untold := explainWith(e.ID, kind, func(f *catalog.Finding, r *coverage.Resource) { put("", f, r) })
				for _, h := range hostile {
					got := explainWith(e.ID, kind, func(f *catalog.Finding, r *coverage.Resource) { put(h, f, r) })
					if commands(got) != commands(untold) || !maps.Equal(named(got), named(untold)) {
						t.Errorf("%s of %s with the %s %q knows %v\n%swant %v\n%s", e.ID, kind, field, h, named(got), commands(got), named(untold), commands(untold))
					}
				}
			}
		}
	}
}

// named are the values that come from the event: what the agent's setting is called follows from the kind.
func named(a catalog.Advice) catalog.Values {
	values := maps.Clone(a.Known)
	delete(values, "agent-management")
	return values
}

// explainWith explains an entry on a resource of which everything is told, but for what spoil does to it.
func explainWith(id catalog.ID, kind coverage.Kind, spoil func(*catalog.Finding, *coverage.Resource)) catalog.Advice {
	finding := catalog.Finding{ID: id, Text: "TaskDefinition - 'web:17' Impacted service name(s): 'orders' vpc-0a1b2c3d"}
	resource := coverage.Resource{Kind: kind, Name: "prod", Account: "111122223333", Region: "eu-west-1"}
	if kind == coverage.EC2 {
		resource.Name, resource.ClusterARN = "i-0abc1234def567890", "arn:aws:eks:eu-west-1:111122223333:cluster/prod"
	}
	spoil(&finding, &resource)
	return catalog.Explain(finding, catalog.Case{Resource: resource})
}

func TestOptionalStepsNeedACommand(t *testing.T) {
	const issue = "VPC Endpoint Creation Failed:no addresses left"
	cluster := explain(t, coverage.EKS, issue, coverage.Resource{Name: "prod", Account: own, Region: "eu-west-1"})
	instance := explain(t, coverage.EC2, issue, coverage.Resource{Name: "i-0abc1234def567890", Account: own, Region: "eu-west-1"})
	if len(instance.Steps) != len(cluster.Steps)+1 {
		t.Errorf("%d steps for an instance, want one more than the %d for a cluster: to hurry the retry", len(instance.Steps), len(cluster.Steps))
	}
}

func TestExplainOfAnotherVersion(t *testing.T) {
	got := catalog.Explain(catalog.Finding{ID: "of-next-year"}, catalog.Case{})
	if got.ID != catalog.Unrecognised || len(got.Steps) == 0 {
		t.Errorf("%+v of an id that is not in the catalogue", got)
	}
}

// TestSampleCommandsAreComplete looks at what people would paste.
func TestSampleCommandsAreComplete(t *testing.T) {
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no sample events: %v", err)
	}
	for _, path := range samples {
		change, err := decode(filepath.Base(path))
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range catalog.Classify(change) {
			for _, step := range catalog.Explain(finding, catalog.CaseOf(change, "")).Steps {
				if placeholder.MatchString(step.Command) || strings.Count(step.Command, "$(") > strings.Count(step.Command, ")") {
					t.Errorf("%s: command %q is not complete", path, step.Command)
				}
			}
		}
	}
}
