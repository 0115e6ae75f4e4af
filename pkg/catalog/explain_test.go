package catalog_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
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
	return catalog.Explain(findings[0], r)
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
	const private = "VPC Endpoint Creation Failed:Enabling private DNS requires both"
	tests := []struct {
		name  string
		kind  coverage.Kind
		issue string
		in    coverage.Resource
		want  string
	}{
		{"VPC of the text", coverage.EKS, private + " true for vpc-0a1b2c3d4e5f60718 (", eks, "--enable-dns-support && aws ec2 modify-vpc-attribute --region eu-west-1 --vpc-id vpc-0a1b2c3d4e5f60718 --enable-dns-hostnames\n"},
		{"VPC of the cluster", coverage.EKS, private, eks, `--filters Name=vpc-id,Values="$(aws eks describe-cluster --region eu-west-1 --name prod --query cluster.resourcesVpcConfig.vpcId --output text)" Name=service-name,Values=com.amazonaws.eu-west-1.guardduty-data`},
		{"VPC of the instance", coverage.EC2, private, ec2, `--vpc-id "$(aws ec2 describe-instances --region ap-northeast-1 --instance-ids i-0abc1234def567890 `},
		{"VPC of nothing", coverage.ECS, private, ecs, "--filters Name=service-name,Values=com.amazonaws.us-gov-west-1.guardduty-data --query"},
		{"retry for an instance", coverage.EC2, private, ec2, "aws ec2 create-tags --region ap-northeast-1 --resources i-0abc1234def567890 --tags Key=GuardDutyManaged,Value=true\n"},
		{"cluster by EKS name", coverage.EKS, "Addon Creation Failed", eks, "aws eks update-kubeconfig --region eu-west-1 --name prod && kubectl get pods -n amazon-guardduty -o wide\n"},
		{"cluster of a node", coverage.EC2, "Agent disconnected", node, "aws eks describe-addon --region ap-northeast-1 --cluster-name prod "},
		{"coverage of a node", coverage.EC2, "Agent disconnected", node, `"INSTANCE_ID","FilterCondition":{"Equals":["i-0abc1234def567890"]}`},
		{"coverage of an ECS cluster", coverage.ECS, "Agent exited", ecs, `"ECS_CLUSTER_NAME","FilterCondition":{"Equals":["web"]}`},
		{"task definition", coverage.ECS, "Agent not provisioned:TaskExecutionRole missing from TaskDefinition - 'mailer:31'", ecs, "--task-definition mailer:31 "},
		{"task definition by ARN", coverage.ECS, "Agent not provisioned:TaskExecutionRole missing from TaskDefinition 'arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/mailer:31'", ecs, "--task-definition mailer:31 "},
		{"task definition in escaped quotes", coverage.ECS, `Agent not provisioned:TaskExecutionRole missing from TaskDefinition - \'mailer:31\'`, ecs, "--task-definition mailer:31 "},
		{"task definition in typographic quotes", coverage.ECS, `Agent not provisioned:TaskExecutionRole missing from TaskDefinition - ‘mailer:31’`, ecs, "--task-definition mailer:31 "},
		{"family", coverage.ECS, "Agent exited:ExitCode: 1 for tasks in TaskDefinition - 'batch:4'", ecs, "--family batch "},
		{"service", coverage.ECS, "Agent not provisioned:Service 'orders' requires a new deployment. Impacted service name(s): 'orders'", ecs, "aws ecs update-service --region us-gov-west-1 --cluster web --service orders --force-new-deployment"},
		{"service by ARN", coverage.ECS, "Agent not provisioned:requires a new deployment. Impacted service name(s): 'arn:aws:ecs:eu-west-1:111122223333:service/web/orders'", ecs, "--service orders "},
		{"first of several services", coverage.ECS, "Agent not provisioned:requires a new deployment. Impacted service name(s): 'orders, cart'", ecs, "--service orders "},
		{"task", coverage.ECS, "Agent not provisioned:Tasks started before enabling Runtime Monitoring require a relaunch. Impacted task ID(s): '1dc5c17a422b4dc4b493371970c6c4d6'", ecs, "aws ecs stop-task --region us-gov-west-1 --cluster web --task 1dc5c17a422b4dc4b493371970c6c4d6 "},
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
	return catalog.Explain(finding, resource)
}

func TestOptionalStepsNeedACommand(t *testing.T) {
	const issue = "VPC Endpoint Creation Failed:no addresses left"
	cluster := explain(t, coverage.EKS, issue, coverage.Resource{Name: "prod", Region: "eu-west-1"})
	instance := explain(t, coverage.EC2, issue, coverage.Resource{Name: "i-0abc1234def567890", Region: "eu-west-1"})
	if len(instance.Steps) != len(cluster.Steps)+1 {
		t.Errorf("%d steps for an instance, want one more than the %d for a cluster: to hurry the retry", len(instance.Steps), len(cluster.Steps))
	}
}

func TestExplainOfAnotherVersion(t *testing.T) {
	got := catalog.Explain(catalog.Finding{ID: "of-next-year"}, coverage.Resource{})
	if got.ID != catalog.Unrecognised || len(got.Steps) == 0 {
		t.Errorf("%+v of an id that is not in the catalogue", got)
	}
}

// arguments are those of the AWS CLI that the catalogue uses, checked against the CLI's own models.
var arguments = map[string]string{
	"cloudtrail lookup-events":                       "lookup-attributes max-items",
	"ec2 authorize-security-group-ingress":           "group-id protocol port cidr",
	"ec2 create-tags":                                "resources tags",
	"ec2 create-vpc-endpoint":                        "vpc-id vpc-endpoint-type service-name private-dns-enabled subnet-ids",
	"ec2 delete-tags":                                "resources tags",
	"ec2 describe-iam-instance-profile-associations": "filters",
	"ec2 describe-instances":                         "instance-ids",
	"ec2 describe-subnets":                           "filters",
	"ec2 describe-tags":                              "filters",
	"ec2 describe-vpc-attribute":                     "vpc-id attribute",
	"ec2 describe-vpc-endpoints":                     "filters vpc-endpoint-ids",
	"ec2 describe-vpcs":                              "vpc-ids",
	"ec2 modify-instance-metadata-options":           "instance-id http-endpoint",
	"ec2 modify-vpc-attribute":                       "vpc-id enable-dns-support enable-dns-hostnames",
	"ec2 modify-vpc-endpoint":                        "vpc-endpoint-id private-dns-enabled",
	"ec2 reboot-instances":                           "instance-ids",
	"ecs describe-clusters":                          "clusters include",
	"ecs describe-services":                          "cluster services",
	"ecs describe-task-definition":                   "task-definition",
	"ecs describe-tasks":                             "cluster tasks",
	"ecs list-services":                              "cluster",
	"ecs list-tasks":                                 "cluster family",
	"ecs stop-task":                                  "cluster task reason",
	"ecs tag-resource":                               "resource-arn tags",
	"ecs update-service":                             "cluster service force-new-deployment",
	"eks create-addon":                               "cluster-name addon-name resolve-conflicts",
	"eks delete-addon":                               "cluster-name addon-name",
	"eks describe-addon":                             "cluster-name addon-name",
	"eks describe-addon-versions":                    "addon-name",
	"eks describe-cluster":                           "name",
	"eks list-nodegroups":                            "cluster-name",
	"eks tag-resource":                               "resource-arn tags",
	"eks untag-resource":                             "resource-arn tag-keys",
	"eks update-addon":                               "cluster-name addon-name addon-version resolve-conflicts configuration-values",
	"eks update-kubeconfig":                          "name",
	"eks wait addon-deleted":                         "cluster-name addon-name",
	"guardduty create-detector":                      "enable",
	"guardduty get-detector":                         "detector-id",
	"guardduty list-coverage":                        "detector-id filter-criteria",
	"guardduty list-detectors":                       "",
	"guardduty update-detector":                      "detector-id features enable",
	"service-quotas list-service-quotas":             "service-code",
	"ssm delete-association":                         "association-id",
	"ssm describe-association-executions":            "association-id max-items",
	"ssm describe-instance-associations-status":      "instance-id",
	"ssm describe-instance-information":              "filters",
	"ssm list-associations":                          "association-filter-list",
	"ssm start-associations-once":                    "association-ids",
	"ssm start-automation-execution":                 "document-name parameters",
}

var (
	invocation = regexp.MustCompile(`\baws ([a-z0-9-]+ (?:wait )?[a-z0-9-]+)((?: [^$]*)?)`)
	argument   = regexp.MustCompile(`(?:^| )--([a-z0-9-]+)`)
	// Programs other than aws, whose flags are no arguments of aws's.
	after = regexp.MustCompile(`&& |; |\| |\$\(|\)`)
)

// TestCommands checks every command of every entry, filled in or not, against the arguments above.
func TestCommands(t *testing.T) {
	steps := map[string][]catalog.Step{}
	for _, e := range catalog.All() {
		steps[string(e.ID)] = e.Steps
	}
	for _, e := range catalog.AllEvidence() {
		steps[string(e.ID)] = e.Steps
	}
	used := map[string]bool{}
	for id, steps := range steps {
		for _, step := range steps {
			for _, command := range step.Commands {
				for _, part := range after.Split(command, -1) {
					checkInvocation(t, id, part, used)
				}
			}
		}
	}
	for operation := range arguments {
		if !used[operation] {
			t.Errorf("no entry uses aws %s (edit arguments in explain_test.go)", operation)
		}
	}
}

func checkInvocation(t *testing.T, id, part string, used map[string]bool) {
	m := invocation.FindStringSubmatch(part)
	if m == nil {
		return
	}
	allowed, ok := arguments[m[1]]
	if !ok {
		t.Errorf("%s: aws %s is not checked (edit arguments in explain_test.go)", id, m[1])
		return
	}
	used[m[1]] = true
	if !strings.Contains(part, "--region {region}") {
		t.Errorf("%s: no Region in %q", id, part)
	}
	for _, arg := range argument.FindAllStringSubmatch(m[2], -1) {
		if !slices.Contains(strings.Fields(allowed+" region query output"), arg[1]) {
			t.Errorf("%s: aws %s has no argument --%s here", id, m[1], arg[1])
		}
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
			for _, step := range catalog.Explain(finding, change.Resource).Steps {
				for _, quote := range []string{"'", `"`} {
					if strings.Count(step.Command, quote)%2 != 0 {
						t.Errorf("%s: quotes without partners in %q", path, step.Command)
					}
				}
				if placeholder.MatchString(step.Command) || strings.Count(step.Command, "$(") > strings.Count(step.Command, ")") {
					t.Errorf("%s: command %q is not complete", path, step.Command)
				}
			}
		}
	}
}
