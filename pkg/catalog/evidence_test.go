package catalog_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

var evidenceForm = regexp.MustCompile(`^(((eks|ecs|ec2|vpc|guardduty)-[a-z-]+|actor|diagnosis)/[a-z-]+|denied|failed|late|no-role|unknown)$`)

// foundPlaceholders are what the commands of the table of evidence may have besides those of values.
var foundPlaceholders = []string{"{endpoint}", "{group}", "{cidr}", "{newest}"}

// testEvidence says what was forgotten in the table of evidence.
func testEvidence(t *testing.T) {
	entries, issues := map[catalog.EvidenceID]catalog.EvidenceEntry{}, map[catalog.ID]bool{}
	for _, e := range catalog.All() {
		issues[e.ID] = true
	}
	for _, e := range catalog.AllEvidence() {
		if _, twice := entries[e.ID]; twice {
			t.Errorf("%s: two entries have this id (edit evidence.go)", e.ID)
		}
		entries[e.ID] = e
	}
	for _, e := range entries {
		complain := func(format string, args ...any) {
			t.Errorf("%s: %s (edit its entry in evidence.go)", e.ID, fmt.Sprintf(format, args...))
		}
		if !evidenceForm.MatchString(string(e.ID)) {
			complain("an id is a check, a slash, and what it found")
		}
		testVerdict(complain, e)
		for _, id := range e.Same {
			if !issues[id] {
				complain("Same has %q, which is no issue", id)
			}
		}
		for _, id := range e.Explains {
			if !entries[id].Certain || id == e.ID {
				complain("Explains has %q, which is no other certain cause", id)
			}
		}
		for _, step := range e.Steps {
			for _, p := range placeholder.FindAllString(strings.Join(step.Commands, " "), -1) {
				if !slices.Contains(placeholders, p) && !slices.Contains(foundPlaceholders, p) {
					complain("step %s has the unknown placeholder %s", step.ID, p)
				}
			}
		}
	}
}

func testVerdict(complain func(string, ...any), e catalog.EvidenceEntry) {
	switch {
	case e.Verdict == 0:
		complain("no verdict")
	case e.Gone && (!e.Certain || len(e.Steps) > 0):
		complain("where nothing is left to cover is certain, and has no steps")
	case e.Verdict == catalog.Attribution && !strings.HasPrefix(string(e.ID), catalog.ActorCheck+"/"):
		complain("only the check for actors says who requested something")
	case e.Verdict != catalog.Fault && (e.Certain && e.Verdict != catalog.Attribution || e.Elsewhere || len(e.Steps)+len(e.Same)+len(e.Explains) > 0):
		complain("only a fault explains or needs anything")
	case e.Verdict == catalog.Fault && !e.Gone && (len(e.Steps) > 0) == e.Elsewhere:
		complain("a fault has steps, or its remedy is elsewhere")
	}
}

func TestEveryCheckIsDocumented(t *testing.T) {
	const file = "../../docs/messages.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range catalog.AllEvidence() {
		if check, _, ok := strings.Cut(string(e.ID), "/"); ok && !strings.Contains(string(text), "`"+check+"`") {
			t.Errorf("%s does not name the check %s", file, check)
		}
	}
}

// found is one piece of evidence: its id, and then placeholder, value.
func found(id catalog.EvidenceID, pairs ...string) coverage.Evidence {
	check, what, ok := strings.Cut(string(id), "/")
	if !ok {
		check, what = "eks-addon", string(id)
	}
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return coverage.Evidence{Check: check, Found: what, Values: values}
}

func TestWeigh(t *testing.T) {
	disconnected := []catalog.Finding{{ID: "ec2-agent-disconnected", Actionable: true}}
	removed := []catalog.Finding{{ID: catalog.AddonRemoved, Actionable: true}}
	hopeless := []catalog.Finding{{ID: "eks-local-cluster"}}
	tests := map[string]struct {
		findings []catalog.Finding
		evidence []coverage.Evidence
		want     catalog.Weight
	}{
		"no evidence":                        {disconnected, nil, catalog.Weight{}},
		"all is fine":                        {disconnected, []coverage.Evidence{found("ec2-instance/running"), found("ec2-tag/absent")}, catalog.Weight{}},
		"a certain cause":                    {disconnected, []coverage.Evidence{found("ec2-instance/running"), found("ec2-ssm/unmanaged")}, catalog.Weight{Cause: "ec2-ssm/unmanaged"}},
		"the same cause twice":               {disconnected, []coverage.Evidence{found("ecs-execution-role/missing", "task-definition", "a"), found("ecs-execution-role/missing", "task-definition", "b")}, catalog.Weight{Cause: "ecs-execution-role/missing"}},
		"a fault that is not certain":        {disconnected, []coverage.Evidence{found("ec2-ssm/offline")}, catalog.Weight{}},
		"a deployment that seems older":      {disconnected, []coverage.Evidence{found("ecs-deployment/older", "service", "a")}, catalog.Weight{}},
		"two certain causes":                 {disconnected, []coverage.Evidence{found("ec2-ssm/unmanaged"), found("ec2-tag/excluded")}, catalog.Weight{}},
		"two certain causes of three":        {disconnected, []coverage.Evidence{found("ec2-ssm/unmanaged"), found("ec2-tag/excluded"), found("ec2-ssm/unmanaged")}, catalog.Weight{}},
		"a cause and what follows from it":   {disconnected, []coverage.Evidence{found("eks-addon/missing"), found("eks-tag/excluded")}, catalog.Weight{Cause: "eks-tag/excluded"}},
		"a cause that the finding tells":     {removed, []coverage.Evidence{found("eks-addon/missing")}, catalog.Weight{}},
		"a cause of what the finding tells":  {removed, []coverage.Evidence{found("eks-addon/missing"), found("guardduty-runtime-monitoring/off")}, catalog.Weight{Cause: "guardduty-runtime-monitoring/off"}},
		"gone":                               {disconnected, []coverage.Evidence{found("ec2-ssm/unmanaged"), found("ec2-instance/terminated")}, catalog.Weight{Gone: true, Cause: "ec2-instance/terminated"}},
		"gone twice":                         {disconnected, []coverage.Evidence{found("ec2-instance/missing"), found("eks-cluster/missing")}, catalog.Weight{Gone: true, Cause: "ec2-instance/missing"}},
		"gone, where nothing can be done":    {hopeless, []coverage.Evidence{found("eks-cluster/missing")}, catalog.Weight{Gone: true, Cause: "eks-cluster/missing"}},
		"a cause, where nothing can be done": {hopeless, []coverage.Evidence{found("eks-tag/excluded")}, catalog.Weight{}},
		"healthy again":                      {disconnected, []coverage.Evidence{found("guardduty-coverage/healthy")}, catalog.Weight{Healthy: true}},
		"healthy again, with a cause":        {disconnected, []coverage.Evidence{found("guardduty-coverage/healthy"), found("ec2-ssm/unmanaged")}, catalog.Weight{Healthy: true}},
		"denied, failed, late":               {disconnected, []coverage.Evidence{found("denied"), found("failed"), found("late")}, catalog.Weight{}},
		"what nobody knows":                  {disconnected, []coverage.Evidence{found("eks-addon/on-fire"), {}}, catalog.Weight{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := catalog.Weigh(test.findings, test.evidence)
			if got.Gone != test.want.Gone || got.Healthy != test.want.Healthy || got.Cause != test.want.Cause {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if one := got.OfOne(); one.Gone != got.Gone || got.Gone && one.Cause != got.Cause || !got.Gone && one.Cause != "" {
				t.Errorf("of one: got %+v of %+v", one, got)
			}
		})
	}
}

// TestASharedCause is the only one, with the thing that others depend on.
func TestASharedCause(t *testing.T) {
	findings := []catalog.Finding{{ID: "ec2-agent-disconnected", Actionable: true}}
	dns, off := found("vpc-dns/off", "vpc", "vpc-1"), found("guardduty-runtime-monitoring/off")
	missing := found("vpc-endpoint/missing", "vpc", "vpc-1")
	tests := map[string]struct {
		evidence []coverage.Evidence
		want     catalog.Shared
	}{
		"certain":                            {[]coverage.Evidence{found("ec2-tag/absent"), dns}, catalog.Shared{Cause: "vpc-dns/off", Thing: "vpc-1"}},
		"the account":                        {[]coverage.Evidence{off}, catalog.Shared{Cause: "guardduty-runtime-monitoring/off", Thing: catalog.Account}},
		"with what follows from it":          {[]coverage.Evidence{found("eks-addon/missing"), off}, catalog.Shared{Cause: "guardduty-runtime-monitoring/off", Thing: catalog.Account}},
		"the only fault":                     {[]coverage.Evidence{missing, found("guardduty-coverage/unhealthy", "issue", "x")}, catalog.Shared{Cause: "vpc-endpoint/missing", Thing: "vpc-1"}},
		"certain, with a fault":              {[]coverage.Evidence{missing, dns}, catalog.Shared{Cause: "vpc-dns/off", Thing: "vpc-1"}},
		"the resource's own":                 {[]coverage.Evidence{found("ec2-ssm/unmanaged")}, catalog.Shared{}},
		"the resource's own, with a fault":   {[]coverage.Evidence{found("ec2-ssm/unmanaged"), missing}, catalog.Shared{}},
		"two faults":                         {[]coverage.Evidence{missing, found("ec2-ssm/offline")}, catalog.Shared{}},
		"two certain causes":                 {[]coverage.Evidence{dns, off}, catalog.Shared{}},
		"of a thing that is not known":       {[]coverage.Evidence{found("vpc-dns/off")}, catalog.Shared{}},
		"of something that is gone":          {[]coverage.Evidence{dns, found("ec2-instance/terminated")}, catalog.Shared{}},
		"of something that is covered again": {[]coverage.Evidence{dns, found("guardduty-coverage/healthy")}, catalog.Shared{}},
	}
	for name, test := range tests {
		if got := catalog.Weigh(findings, test.evidence).Shared; got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// advise is what an issue asks for with evidence.
func advise(t *testing.T, kind coverage.Kind, issue string, r coverage.Resource, evidence ...coverage.Evidence) catalog.Advice {
	t.Helper()
	r.Kind = kind
	findings := catalog.Classify(unhealthy(kind, issue))
	return catalog.Advise(findings, catalog.Weigh(findings, evidence), catalog.Case{Resource: r})[0]
}

// TestWhatWasFoundIsFixed: the steps for what was found are among the steps of the issue, in place of those
// that say the same.
func TestWhatWasFoundIsFixed(t *testing.T) {
	const private = "VPC Endpoint Creation Failed:Enabling private DNS requires both true for vpc-0123456789abcdef0 ("
	prod := coverage.Resource{Name: "prod", Account: "111122223333", Region: "eu-west-1"}
	before := advise(t, coverage.EKS, private, prod)
	closed := found("vpc-endpoint-access/closed", "group", "sg-0a1b2c3d, sg-0a1b2c3e", "cidr", "10.0.0.0/16")
	tests := map[string]struct {
		evidence []coverage.Evidence
		// first says that the wanted commands are the first ones.
		first bool
		want  []string
		// longer is how many steps more there are than without evidence.
		longer int
	}{
		"nothing found":        {nil, true, []string{before.Steps[0].Command}, 0},
		"a step of the issue":  {[]coverage.Evidence{found("vpc-dns/off", "vpc", "vpc-0a1b2c3d")}, true, []string{"for a in support hostnames; do aws ec2 modify-vpc-attribute --region eu-west-1 --vpc-id vpc-0a1b2c3d "}, 0},
		"a step of its own":    {[]coverage.Evidence{found("eks-tag/excluded")}, true, []string{"aws eks untag-resource --region eu-west-1 --resource-arn arn:aws:eks:eu-west-1:111122223333:cluster/prod --tag-keys"}, 1},
		"a value of its own":   {[]coverage.Evidence{found("eks-addon-version/outdated", "newest", "v1.12.1-eksbuild.2")}, false, []string{"aws sts get-caller-identity --region eu-west-1 --output text | grep '^111122223333' && aws eks update-addon --region eu-west-1 --cluster-name prod --addon-name aws-guardduty-agent --resolve-conflicts PRESERVE --addon-version v1.12.1-eksbuild.2"}, 1},
		"certain causes first": {[]coverage.Evidence{closed, found("eks-tag/excluded")}, true, []string{"aws eks untag-resource"}, 2},
		"the first of several": {[]coverage.Evidence{closed}, false, []string{"aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-0a1b2c3d --protocol tcp --port 443 --cidr 10.0.0.0/16"}, 1},
		"the same twice":       {[]coverage.Evidence{found("vpc-endpoint/no-private-dns", "endpoint", "vpce-0a1b2c3d"), found("vpc-endpoint/no-private-dns", "endpoint", "vpce-0a1b2c3d")}, false, []string{"aws ec2 modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id vpce-0a1b2c3d "}, 1},
		"two of a kind":        {[]coverage.Evidence{found("vpc-endpoint/no-private-dns", "endpoint", "vpce-0a1b2c3d"), found("vpc-endpoint/no-private-dns", "endpoint", "vpce-0a1b2c3e")}, false, []string{"aws ec2 modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id vpce-0a1b2c3d ", "aws ec2 modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id vpce-0a1b2c3e"}, 2},
		"healthy again":        {[]coverage.Evidence{found("guardduty-coverage/healthy"), found("eks-tag/excluded")}, true, []string{before.Steps[0].Command}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			steps := advise(t, coverage.EKS, private, prod, test.evidence...).Steps
			for i, want := range test.want {
				at := slices.IndexFunc(steps, func(a catalog.Action) bool { return strings.HasPrefix(a.Command, want) })
				if at < 0 || test.first && at != i {
					t.Errorf("%q is step %d", want, at+1)
				}
			}
			if got := len(steps) - len(before.Steps); got != test.longer {
				t.Errorf("%d steps more, want %d", got, test.longer)
			}
			if last := steps[len(steps)-1]; last != before.Steps[len(before.Steps)-1] {
				t.Errorf("the last step is %q", last.Step)
			}
		})
	}
	if steps := advise(t, coverage.EKS, private, prod, found("eks-cluster/missing"), found("vpc-dns/off")).Steps; len(steps) > 0 {
		t.Errorf("steps %+v for what is gone", steps)
	}
}

func TestOnlyTheFirstActionableFindingIsMended(t *testing.T) {
	const several = "Agent exited:ExitCode: 1 for tasks in TaskDefinition - 'a:1'; Agent not provisioned:TaskExecutionRole missing from TaskDefinition - 'b:1'"
	web := coverage.Resource{Kind: coverage.ECS, Name: "web", Account: "111122223333", Region: "eu-west-1"}
	findings := catalog.Classify(unhealthy(coverage.ECS, several))
	if len(findings) != 2 {
		t.Fatalf("findings %v, want two", idsOf(findings))
	}
	plain := catalog.Advise(findings, catalog.Weight{}, catalog.Case{Resource: web})
	weighed := catalog.Advise(findings, catalog.Weigh(findings, []coverage.Evidence{found("ecs-tag/excluded")}), catalog.Case{Resource: web})
	if len(weighed[0].Steps) != len(plain[0].Steps)+1 || !slices.Equal(weighed[1].Steps, plain[1].Steps) {
		t.Errorf("steps %+v and %+v", weighed[0].Steps, weighed[1].Steps)
	}
	findings[0].Actionable = false
	weighed = catalog.Advise(findings, catalog.Weigh(findings, []coverage.Evidence{found("ecs-tag/excluded")}), catalog.Case{Resource: web})
	if !slices.Equal(weighed[0].Steps, plain[0].Steps) || len(weighed[1].Steps) != len(plain[1].Steps)+1 {
		t.Errorf("with nothing to do about the first: steps %+v and %+v", weighed[0].Steps, weighed[1].Steps)
	}
}

// TestWhatMendsIsReady looks at what people would paste: whatever is found, its commands are complete.
func TestWhatMendsIsReady(t *testing.T) {
	values := []string{
		"vpc", "vpc-0a1b2c3d", "endpoint", "vpce-0a1b2c3d", "group", "sg-0a1b2c3d", "cidr", "10.0.0.0/16", "newest", "v1.12.1-eksbuild.2", "service", "orders",
	}
	for _, e := range catalog.AllEvidence() {
		if len(e.Steps) == 0 {
			continue
		}
		kind := map[string]coverage.Kind{"eks": coverage.EKS, "ecs": coverage.ECS, "ec2": coverage.EC2}[string(e.ID[:3])]
		r := coverage.Resource{Kind: kind, Name: "prod", Account: "111122223333", Region: "eu-west-1"}
		if kind == "" || kind == coverage.EC2 {
			r.Kind, r.Name = coverage.EC2, "i-0abc1234def567890"
		}
		findings := []catalog.Finding{{ID: catalog.NoReason, Actionable: true}}
		steps := catalog.Advise(findings, catalog.Weigh(findings, []coverage.Evidence{found(e.ID, values...)}), catalog.Case{Resource: r})[0].Steps
		for _, step := range e.Steps {
			at := slices.IndexFunc(steps, func(a catalog.Action) bool { return a.Step == step.ID })
			if at < 0 {
				if step.If == "" && step.Unless == "" {
					t.Errorf("%s: no step %s", e.ID, step.ID)
				}
				continue
			}
			command := steps[at].Command
			if (command == "") != (len(step.Commands) == 0) {
				t.Errorf("%s: step %s has the command %q", e.ID, step.ID, command)
			}
			if placeholder.MatchString(command) || strings.Count(command, "'")%2+strings.Count(command, `"`)%2 > 0 {
				t.Errorf("%s: command %q is not complete", e.ID, command)
			}
		}
	}
}

// TestOneBlockOfSeveralIsNotLetIn keeps a command from looking like the remedy for all of a VPC.
func TestOneBlockOfSeveralIsNotLetIn(t *testing.T) {
	r := coverage.Resource{Kind: coverage.EKS, Name: "prod", Account: "111122223333", Region: "eu-west-1"}
	findings := []catalog.Finding{{ID: catalog.Unrecognised, Actionable: true}}
	for cidr, want := range map[string]bool{"10.0.0.0/16": true, "10.0.0.0/16, 100.64.0.0/16": false} {
		closed := found("vpc-endpoint-access/closed", "endpoint", "vpce-0a1b2c3d", "group", "sg-0a1b2c3d, sg-0a1b2c3e", "cidr", cidr)
		advice := catalog.Advise(findings, catalog.Weigh(findings, []coverage.Evidence{closed}), catalog.Case{Resource: r})[0]
		if got := strings.Contains(commands(advice), "authorize-security-group-ingress"); got != want {
			t.Errorf("%s: a command: %t, want %t", cidr, got, want)
		}
	}
}

// TestHostileEvidence proves that evidence reaches no shell: a value that is not of its own form is as if it
// had not been told.
func TestHostileEvidence(t *testing.T) {
	hostile := []string{
		"$(rm -rf /)", "`reboot`", "a;reboot", "a'b", "a\nreboot", "a b", "--profile", "*", "é", "{region}", strings.Repeat("a", 300),
		"vpc-0a1b2c3d;id", "vpce-0a1b2c3d\n", "sg-0a1b2c3d$(id)", "10.0.0.0/16 --cidr 0.0.0.0/0", "v1.2-eksbuild.1 --force", "0.0.0.0/0\n",
	}
	for _, e := range catalog.AllEvidence() {
		for _, kind := range kinds {
			r := coverage.Resource{Kind: kind, Name: "prod", Account: "111122223333", Region: "eu-west-1"}
			findings := []catalog.Finding{{ID: catalog.Unrecognised, Text: "vpc-0a1b2c3d Impacted service name(s): 'orders'", Actionable: true}}
			with := func(value string) string {
				evidence := found(e.ID)
				for _, placeholder := range slices.Concat(e.Values, []string{"region", "eks", "instance", "cluster-arn"}) {
					evidence.Values[placeholder] = value
				}
				return commands(catalog.Advise(findings, catalog.Weigh(findings, []coverage.Evidence{evidence}), catalog.Case{Resource: r})[0])
			}
			untold := with("")
			for _, h := range hostile {
				if got := with(h); got != untold {
					t.Errorf("%s with %q says\n%s\nwant\n%s", e.ID, h, got, untold)
				}
			}
		}
	}
}
