package catalog_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

func unhealthy(kind coverage.Kind, issues ...string) coverage.Change {
	return coverage.Change{Resource: coverage.Resource{Kind: kind}, Status: coverage.Unhealthy, Issues: issues}
}

// TestExamples is also a test of every entry against every other's examples.
func TestExamples(t *testing.T) {
	for _, e := range catalog.All() {
		for _, kind := range reporters(e) {
			for _, example := range e.Examples {
				change := unhealthy(kind, example)
				if e.ID == catalog.AddonRemoved {
					change.Agent.Status = "DELETED"
				}
				findings := catalog.Classify(change)
				if got := idsOf(findings); !slices.Equal(got, []catalog.ID{e.ID}) {
					t.Errorf("%s %q is %v, want [%s] (edit %s)", kind, example, got, e.ID, table(e))
					continue
				}
				if f := findings[0]; f.Text != example || f.Actionable == e.NotActionable || f.Transient != e.Transient {
					t.Errorf("%s: finding %+v for example %q", e.ID, f, example)
				}
			}
		}
	}
}

// TestSpellings are the ways in which one issue was seen to be spelt.
func TestSpellings(t *testing.T) {
	respell := map[string]func(string) string{
		"upper case":          strings.ToUpper,
		"lower case":          strings.ToLower,
		"no spaces":           func(s string) string { return strings.ReplaceAll(s, " ", "") },
		"line breaks":         func(s string) string { return strings.ReplaceAll(s, " ", "\n") },
		"quoted line breaks":  func(s string) string { return strings.ReplaceAll(s, " ", `\n`) },
		"blanks round colons": func(s string) string { return strings.ReplaceAll(s, ":", " : ") },
		"escaped quotes":      func(s string) string { return strings.NewReplacer(`"`, `\"`, `'`, `\'`).Replace(s) },
		"typographic quotes":  func(s string) string { return strings.NewReplacer(`'`, "’", `"`, "”").Replace(s) },
		"a reference":         func(s string) string { return s + " . Refer documentation" },
		"plural":              func(s string) string { return strings.NewReplacer("tasks in", "task(s) in").Replace(s) },
	}
	for _, e := range catalog.All() {
		if e.Silent {
			continue
		}
		for _, kind := range reporters(e) {
			for how, f := range respell {
				for _, example := range e.Examples {
					if got := idsOf(catalog.Classify(unhealthy(kind, f(example)))); !slices.Equal(got, []catalog.ID{e.ID}) {
						t.Errorf("with %s %s %q is %v, want [%s] (edit %s)", how, kind, f(example), got, e.ID, table(e))
					}
				}
			}
		}
	}
}

func TestClassify(t *testing.T) {
	tests := []struct {
		kind  coverage.Kind
		issue string
		want  []catalog.ID
	}{
		// seen spellings
		{coverage.EKS, `AddonUpdationFailed: EKSAddonIssue - AccessDenied: admission webhook "validation.gatekeeper.sh" denied the request: [all-namespace-must-have-label-owner] x`, []catalog.ID{"addon-gatekeeper-owner-label"}},
		{coverage.EKS, `Addon Update Failed: EKS Addon Issue - ConfigurationConflict: Conflicts found`, []catalog.ID{"addon-configuration-conflict"}},
		{coverage.EKS, `EKS Addon issue - AdmissionRequestDenied: no`, []catalog.ID{"addon-admission-denied"}},
		{coverage.ECS, `Others : Unidentified issue(s), for task(s) in TaskDefinition 'web:17' . Refer documentation`, []catalog.ID{"ecs-unidentified"}},
		{coverage.EC2, `SSM Association Update Failed:GuardDuty SSM association does not exist in your account.`, []catalog.ID{"ec2-ssm-association-missing"}},
		// the same words mean different things per kind
		{coverage.ECS, "Agent not reporting", []catalog.ID{"ecs-agent-not-reporting"}},
		{coverage.EC2, "Agent not reporting", []catalog.ID{"ec2-agent-not-reporting-retired"}},
		{coverage.EKS, "Agent not reporting", []catalog.ID{catalog.Unrecognised}},
		{coverage.EKS, "No Agent Reporting:Agent disconnected", []catalog.ID{catalog.Unrecognised}},
		// more than one entry's words
		{coverage.EKS, "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because it doesn't have the desired number of replicas. 0/2 nodes are available: 2 Too many pods.", []catalog.ID{"addon-pods-unschedulable"}},
		{coverage.EKS, `Addon Creation Failed:EKS Addon issue - AccessDenied: admission webhook "policy.example.com" denied the request`, []catalog.ID{"addon-admission-denied"}},
		{coverage.EKS, "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: waiting containers CrashLoopBackOff: OOMKilled", []catalog.ID{"addon-replicas-missing"}},
		// cut off
		{coverage.EKS, "Addon Updation Fail", []catalog.ID{catalog.Unrecognised}},
		{coverage.EKS, "Addon Updation Failed", []catalog.ID{"addon-issue-other"}},
		{coverage.EKS, "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy beca", []catalog.ID{"addon-replicas-missing"}},
		{coverage.EKS, "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfRep", []catalog.ID{"addon-replicas-missing"}},
		{coverage.EKS, "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: one or more pods have waiting containers CrashLoopBackOff: Compl…", []catalog.ID{"addon-crashloop-completed"}},
		{coverage.EKS, "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: one or more pods have waiting containers CrashLoopBackOff: ", []catalog.ID{"addon-replicas-missing"}},
		{coverage.EC2, "VPC Endpoint Creation Failed:Enabling private DNS re", []catalog.ID{"vpc-endpoint-private-dns"}},
		{coverage.EC2, "VPC Endpoint Creation Failed:VPC", []catalog.ID{"vpc-endpoint-creation-failed"}},
		{coverage.EC2, "Agent Not Provisioned:Instances wi", []catalog.ID{"ec2-excluded-by-tag"}},
		{coverage.EC2, "Agent Not Provisioned:Kernel version is", []catalog.ID{catalog.Unrecognised}}, // lower or higher?
		{coverage.EC2, "Agent Not Provisioned", []catalog.ID{catalog.Unrecognised}},
		{coverage.ECS, "Agent not provisioned:Tasks started before enab", []catalog.ID{catalog.Unrecognised}},
		{coverage.ECS, "Agent not provisioned:Tasks started before enabling Runt", []catalog.ID{"ecs-task-before-monitoring"}},
		// a new reason that only ends in familiar words is no old one
		{coverage.EC2, "Agent Not Provisioned:The agent could not reach the instances", []catalog.ID{catalog.Unrecognised}},
		{coverage.EC2, "SSM Association Creation Failed:Access to create an association was denied", []catalog.ID{catalog.Unrecognised}},
		{coverage.EKS, "Others:Something else", []catalog.ID{catalog.Unrecognised}},
		{coverage.EKS, "Others", []catalog.ID{catalog.Unrecognised}},
		{coverage.EKS, "Others:E", []catalog.ID{catalog.Unrecognised}},
		// several in one text
		{coverage.ECS, "Agent not reporting:VPC_ISSUE; for task in TaskDefinition - 'web:17'", []catalog.ID{"ecs-task-vpc-issue"}},
		{coverage.ECS, "Others:Unidentified issue, for tasks in TaskDefinition - 'a:1';Agent exited:ExitCode: 1; killed for tasks in TaskDefinition - 'b:2' ; agent not provisioned : TaskExecutionRole missing from TaskDefinition - 'c:3';",
			[]catalog.ID{"ecs-execution-role-missing", "ecs-agent-exited", "ecs-unidentified"}},
		{coverage.ECS, "Agent not reporting:VPC_ISSUE; for task in TaskDefinition - 'a:1'; Agent not reporting:VPC_ISSUE; for task in TaskDefinition - 'b:2'", []catalog.ID{"ecs-task-vpc-issue", "ecs-task-vpc-issue"}},
		// kinds that AWS adds
		{"BATCH", "VPC Endpoint Creation Failed:no address left", []catalog.ID{"vpc-endpoint-creation-failed"}},
		{"BATCH", "Agent not reporting", []catalog.ID{catalog.Unrecognised}},
		{"", "", []catalog.ID{catalog.NoReason}},
		// nothing to read
		{coverage.EC2, " \n ; . ", []catalog.ID{catalog.NoReason}},
	}
	for _, test := range tests {
		if got := idsOf(catalog.Classify(unhealthy(test.kind, test.issue))); !slices.Equal(got, test.want) {
			t.Errorf("%s %q is %v, want %v", test.kind, test.issue, got, test.want)
		}
	}
}

// TestAddonIssueCodes has a case for every AddonIssueCode of EKS
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonIssue.html), as it arrives under each issue type.
func TestAddonIssueCodes(t *testing.T) {
	codes := map[string]catalog.ID{
		"AccessDenied":                 "addon-issue-other",
		"InternalFailure":              "addon-issue-other",
		"ClusterUnreachable":           "addon-issue-other",
		"InsufficientNumberOfReplicas": "addon-replicas-missing",
		"ConfigurationConflict":        "addon-configuration-conflict",
		"AdmissionRequestDenied":       "addon-admission-denied",
		"UnsupportedAddonModification": "addon-issue-other",
		"K8sResourceNotFound":          "addon-issue-other",
		"AddonSubscriptionNeeded":      "addon-issue-other",
		"AddonPermissionFailure":       "addon-issue-other",
		"ACodeOfTomorrow":              "addon-issue-other",
	}
	for code, want := range codes {
		for _, issueType := range []string{"Addon Creation Failed", "Addon Updation Failed", "Addon Update Failed", "Addon Status Unhealthy"} {
			issue := issueType + ":EKS Addon issue - " + code + ": some message"
			findings := catalog.Classify(unhealthy(coverage.EKS, issue))
			if got := idsOf(findings); !slices.Equal(got, []catalog.ID{want}) {
				t.Errorf("%q is %v, want %s", issue, got, want)
				continue
			}
			if findings[0].Type != issueType {
				t.Errorf("the type of %q is %q", issue, findings[0].Type)
			}
			if want != "addon-issue-other" {
				continue
			}
			if advice := catalog.Explain(findings[0], catalog.Case{Resource: coverage.Resource{Kind: coverage.EKS}}); advice.Known["code"] != code {
				t.Errorf("%v is known, not the code %s", advice.Known, code)
			}
		}
	}
}

func TestClassifyChanges(t *testing.T) {
	const role = "Agent not provisioned:TaskExecutionRole missing from TaskDefinition - 'a:1'"
	tests := []struct {
		name   string
		change coverage.Change
		want   []catalog.Finding
	}{
		{"healthy", coverage.Change{Status: coverage.Healthy}, nil},
		{"healthy with an issue left", coverage.Change{Resource: coverage.Resource{Kind: coverage.EC2}, Status: coverage.Healthy, Issues: []string{"Agent disconnected"}},
			[]catalog.Finding{{ID: "ec2-agent-disconnected", Type: "Agent disconnected", Text: "Agent disconnected", Actionable: true}}},
		{"add-on deleted", coverage.Change{Resource: coverage.Resource{Kind: coverage.EKS}, Status: coverage.Unhealthy, Agent: coverage.Agent{Status: "deleted"}},
			[]catalog.Finding{{ID: catalog.AddonRemoved, Actionable: true}}},
		{"add-on deleted, healthy", coverage.Change{Resource: coverage.Resource{Kind: coverage.EKS}, Status: coverage.Healthy, Agent: coverage.Agent{Status: "DELETED"}}, nil},
		{"no add-on on an instance", coverage.Change{Resource: coverage.Resource{Kind: coverage.EC2}, Status: coverage.Unhealthy, Agent: coverage.Agent{Status: "DELETED"}},
			[]catalog.Finding{{ID: catalog.NoReason, Actionable: true}}},
		{"add-on deleted with an issue", coverage.Change{Resource: coverage.Resource{Kind: coverage.EKS}, Status: coverage.Unhealthy, Agent: coverage.Agent{Status: "DELETED"}, Issues: []string{"Local EKS clusters"}},
			[]catalog.Finding{{ID: "eks-local-cluster", Type: "Local EKS clusters", Text: "Local EKS clusters"}}},
		{"repeats", unhealthy(coverage.ECS, role, strings.ToUpper(role), " "+role+" . ", role+";"+role),
			[]catalog.Finding{{ID: "ecs-execution-role-missing", Type: "Agent not provisioned", Text: role, Actionable: true}}},
		{"most useful first", unhealthy(coverage.ECS, "New: thing", "Others:Unidentified issue", "Agent exited:ExitCode: 1", role),
			[]catalog.Finding{
				{ID: "ecs-execution-role-missing", Type: "Agent not provisioned", Text: role, Actionable: true},
				{ID: "ecs-agent-exited", Type: "Agent exited", Text: "Agent exited:ExitCode: 1", Actionable: true},
				{ID: "ecs-unidentified", Type: "Others", Text: "Others:Unidentified issue", Actionable: true, Transient: true},
				{ID: catalog.Unrecognised, Type: "New", Text: "New: thing", Actionable: true},
			}},
		{"a type too long for one", unhealthy(coverage.EC2, strings.Repeat("x", 300)),
			[]catalog.Finding{{ID: catalog.Unrecognised, Text: strings.Repeat("x", 300), Actionable: true}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, catalog.Classify(test.change)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// forms are the samples that stand for a form of the event and not for an entry.
var forms = map[string][]catalog.ID{
	"batch-form-unknown-kind.json":               {catalog.Unrecognised},
	"ec2-form-documented.json":                   {"ec2-agent-disconnected"},
	"ec2-form-in-ecs-cluster.json":               {"ec2-agent-disconnected"},
	"ec2-form-in-eks-cluster.json":               {"ec2-agent-disconnected"},
	"ec2-form-management-disabled.json":          {"ec2-no-agent-reporting"},
	"ec2-form-member-through-administrator.json": {catalog.NoReason},
	"ec2-form-time-rfc3339.json":                 {"ec2-kernel-too-new"},
	"ec2-govcloud.json":                          {"ec2-waiting-for-ssm"},
	"ec2-healthy-in-eks-cluster.json":            nil,
	"ec2-healthy.json":                           nil,
	"ecs-form-documented.json":                   {"ecs-execution-role-missing"},
	"ecs-form-joined-issues.json":                {"ecs-task-vpc-issue", "ecs-network-configuration-missing"},
	"ecs-form-no-reason-on-instances.json":       {catalog.NoReason},
	"ecs-form-seen.json":                         {"ecs-unidentified"},
	"ecs-form-several-issues.json":               {"ecs-image-pull-failed", "ecs-service-before-automated-agent", "ecs-unidentified"},
	"ecs-form-time-numeric-string.json":          {"ecs-agent-not-reporting"},
	"ecs-healthy.json":                           nil,
	"eks-form-documented.json":                   {"addon-replicas-missing"},
	"eks-form-member-through-administrator.json": {"addon-pods-unschedulable"},
	"eks-form-nodes-strings.json":                {"addon-configuration-conflict"},
	"eks-form-nodes-unknown.json":                {catalog.NoReason},
	"eks-form-seen.json":                         {"addon-replicas-missing"},
	"eks-form-spelling.json":                     {"addon-rbac-forbidden"},
	"eks-form-time-seconds.json":                 {"eks-authorization-failure"},
	"eks-govcloud.json":                          {"addon-crashloop-error"},
	"eks-healthy-documented.json":                nil,
	"eks-healthy.json":                           nil,
}

// TestEvents classifies every sample, and knows of none too many or too few.
func TestEvents(t *testing.T) {
	want := maps.Clone(forms)
	for _, e := range catalog.All() {
		for _, kind := range reporters(e) {
			want[sample(e.ID, kind)] = []catalog.ID{e.ID}
		}
	}
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no sample events: %v", err)
	}
	for _, path := range samples {
		name := filepath.Base(path)
		ids, ok := want[name]
		if !ok {
			t.Errorf("events/%s stands for no entry and for no form (rename it, or edit classify_test.go)", name)
			continue
		}
		change, err := decode(name)
		if err != nil {
			t.Errorf("events/%s: %v", name, err)
			continue
		}
		if got := idsOf(catalog.Classify(change)); !slices.Equal(got, ids) {
			t.Errorf("events/%s classifies to %v, want %v", name, got, ids)
		}
		if lag := change.ReceivedAt.Sub(change.ChangedAt); lag < 5*time.Minute || lag > 12*time.Minute {
			t.Errorf("events/%s was received %v after the change, which is not believable", name, lag)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("events/%s is missing", name)
	}
}

func FuzzClassify(f *testing.F) {
	for _, e := range catalog.All() {
		for _, example := range e.Examples {
			f.Add("EKS", example, "DELETED")
			f.Add("ECS", example+"; "+example, "")
			f.Add("EC2", strings.ToUpper(example), "")
		}
	}
	f.Add("BATCH", "\xff;:\x00", "ACTIVE")
	f.Fuzz(func(t *testing.T, kind, issue, status string) {
		change := unhealthy(coverage.Kind(kind), issue, issue)
		change.Agent.Status = status
		findings := catalog.Classify(change)
		if len(findings) == 0 {
			t.Fatal("an unhealthy change without a finding")
		}
		for _, finding := range findings {
			if finding.Text != "" && !strings.Contains(issue, finding.Text) {
				t.Errorf("finding %q is not in issue %q", finding.Text, issue)
			}
			catalog.Explain(finding, catalog.Case{Resource: coverage.Resource{Kind: change.Resource.Kind, Name: issue, Account: "111122223333", Region: issue, ClusterARN: issue}})
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	joined, err := os.ReadFile("../../events/ecs-form-several-issues.json")
	if err != nil {
		b.Fatal(err)
	}
	several, err := coverage.Decode(joined)
	if err != nil {
		b.Fatal(err)
	}
	for name, change := range map[string]coverage.Change{
		"one":        unhealthy(coverage.EKS, "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because one or more pods have waiting containers CrashLoopBackOff: Error"),
		"several":    several,
		"unknown":    unhealthy(coverage.EC2, "Agent Configuration Rejected:nobody knows"),
		"megabyte":   unhealthy(coverage.ECS, "Agent exited:"+strings.Repeat("Agent not provisioned ", 48_000)),
		"semicolons": unhealthy(coverage.ECS, "Agent exited:"+strings.Repeat(";", 1<<20)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				catalog.Classify(change)
			}
		})
	}
}
