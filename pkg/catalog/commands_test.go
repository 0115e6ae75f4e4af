package catalog_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

const (
	own           = "111122223333"
	administrator = "444455556666"
	owner         = "555566667777"
)

// TestStepsStandInOrder wants everybody to read before they change anything, and to check afterwards.
func TestStepsStandInOrder(t *testing.T) {
	eachSteps(func(id string, certain bool, steps []catalog.Step) {
		phase, read := 0, false
		for _, step := range steps {
			next := 0
			switch {
			case step.Check:
				next = 2
			case step.Changes != catalog.Nothing:
				next = 1
			default:
				read = true
			}
			if next < phase {
				t.Errorf("%s: step %s comes too late: reading steps, then changes, then checks", id, step.ID)
			}
			phase = next
			if step.Changes == catalog.WholeAccount && !read && !certain {
				t.Errorf("%s: step %s changes the whole account before anything was read", id, step.ID)
			}
			if step.Check && step.Changes != catalog.Nothing {
				t.Errorf("%s: step %s both checks and changes", id, step.ID)
			}
		}
	})
}

// eachSteps calls f for the steps of every entry and of all evidence.
func eachSteps(f func(id string, certain bool, steps []catalog.Step)) {
	for _, e := range catalog.All() {
		f(string(e.ID), false, e.Steps)
	}
	for _, e := range catalog.AllEvidence() {
		f(string(e.ID), e.Certain, e.Steps)
	}
}

// TestReadersGetTheirForm: what the owner of a resource runs acts on another account when GuardDuty's
// administrator runs it.
func TestReadersGetTheirForm(t *testing.T) {
	const ownForm = "aws guardduty update-detector "
	memberForm := regexp.MustCompile("(update-member-detectors|start-monitoring-members) .* --account-ids " + own)
	for reader, want := range map[string]struct {
		side        catalog.Side
		own, member bool
	}{
		own:           {catalog.OwnSide, true, false},
		administrator: {catalog.AdministratorSide, false, true},
		"":            {catalog.AnySide, true, true},
		"nobody":      {catalog.AnySide, true, true},
	} {
		for _, evidence := range []catalog.EvidenceID{
			"ec2-association/missing", "guardduty-agent-management/off", "guardduty-runtime-monitoring/off", "guardduty-detector/suspended",
		} {
			c := catalog.Case{
				Resource:   coverage.Resource{Kind: coverage.EC2, Name: "i-0abc1234def567890", Account: own, Region: "eu-west-1"},
				Management: "AUTO_MANAGED", Reader: reader,
			}
			findings := []catalog.Finding{{ID: catalog.NoReason, Actionable: true}}
			advice := catalog.Advise(findings, catalog.Weigh(findings, []coverage.Evidence{found(evidence)}), c)[0]
			text := commands(advice)
			member := memberForm.MatchString(text)
			if strings.Contains(text, ownForm) != want.own || member != want.member || advice.Side != want.side {
				t.Errorf("%s, reader %q: side %d, commands\n%s", evidence, reader, advice.Side, text)
			}
		}
	}
}

// TestAgentsDeployedByHandStayThat: turning GuardDuty's setting off and on would hand them over.
func TestAgentsDeployedByHandStayThat(t *testing.T) {
	for management, want := range map[string]bool{"AUTO_MANAGED": true, "auto_managed": true, "MANUAL": false, "DISABLED": false, "": false} {
		for _, id := range []catalog.ID{"eks-permission-not-granted", "eks-authorization-failure"} {
			advice := catalog.Explain(catalog.Finding{ID: id}, catalog.Case{
				Resource:   coverage.Resource{Kind: coverage.EKS, Name: "prod", Account: own, Region: "eu-west-1"},
				Management: management, Reader: own,
			})
			if got := strings.Contains(commands(advice), "EKS_ADDON_MANAGEMENT"); got != want {
				t.Errorf("%s, managed %q: the setting is changed: %t", id, management, got)
			}
		}
	}
}

// TestNoCommandWithoutAName: what cannot be named is acted on by nobody, and the advice says why.
func TestNoCommandWithoutAName(t *testing.T) {
	good := coverage.Resource{Kind: coverage.EKS, Name: "prod", Account: own, Region: "eu-west-1"}
	for name, test := range map[string]struct {
		spoil func(*coverage.Resource)
		want  catalog.Lack
	}{
		"nothing lacks":                     {func(*coverage.Resource) {}, 0},
		"no Region":                         {func(r *coverage.Resource) { r.Region = "" }, catalog.LacksRegion},
		"a Region that is none":             {func(r *coverage.Resource) { r.Region = "eu-west-1;id" }, catalog.LacksRegion},
		"a partition without the service":   {func(r *coverage.Resource) { r.Region = "cn-north-1" }, catalog.LacksPartition},
		"a Region without a public console": {func(r *coverage.Resource) { r.Region = "us-iso-east-1" }, catalog.LacksPartition},
		"no account":                        {func(r *coverage.Resource) { r.Account = "" }, catalog.LacksAccount},
		"an account that is none":           {func(r *coverage.Resource) { r.Account = "1111" }, catalog.LacksAccount},
		"no name":                           {func(r *coverage.Resource) { r.Name = "" }, catalog.LacksName},
		"a name that is none":               {func(r *coverage.Resource) { r.Name = "prod east" }, catalog.LacksName},
		"a kind that AWS adds":              {func(r *coverage.Resource) { r.Kind, r.Name = "BATCH", "?" }, 0},
	} {
		r := good
		test.spoil(&r)
		advice := catalog.Explain(catalog.Finding{ID: catalog.NoReason}, catalog.Case{Resource: r})
		if advice.Lacks != test.want {
			t.Errorf("%s: lacks %d, want %d", name, advice.Lacks, test.want)
		}
		if got := commands(advice); (advice.Lacks != 0) == strings.Contains(got, "aws ") && r.Kind == coverage.EKS {
			t.Errorf("%s: commands\n%s", name, got)
		}
	}
	hopeless := catalog.Explain(catalog.Finding{ID: "eks-local-cluster"}, catalog.Case{Resource: coverage.Resource{Kind: coverage.EKS}})
	if hopeless.Lacks != 0 {
		t.Error("nothing is lacking where nothing can be done")
	}
}

// TestCommandsAreShort: most fit two lines of a screen, but for what needs a list or a detector's ID from
// another call.
func TestCommandsAreShort(t *testing.T) {
	const most, share, longest = 200, 0.9, 420
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no sample events: %v", err)
	}
	short, all := 0, 0
	for _, path := range samples {
		change, err := decode(filepath.Base(path))
		if err != nil {
			t.Fatal(err)
		}
		for _, reader := range []string{change.Resource.Account, "999988887777"} {
			for _, finding := range catalog.Classify(change) {
				for _, step := range catalog.Explain(finding, catalog.CaseOf(change, reader)).Steps {
					if step.Command == "" {
						continue
					}
					all++
					if len(step.Command) <= most {
						short++
					} else {
						if len(step.Command) > longest {
							t.Errorf("%s has %d characters: %s", step.Step, len(step.Command), step.Command)
						}
						t.Logf("%d characters in %s", len(step.Command), step.Step)
					}
				}
			}
		}
	}
	t.Logf("%d of %d commands have at most %d characters", short, all, most)
	if all == 0 || float64(short) < share*float64(all) {
		t.Errorf("%d of %d commands have at most %d characters", short, all, most)
	}
}

// TestCommandsActWhereTheySay is the promise of the design: whatever an event says, a command that changes
// something does so in the account, cluster and partition that it names, which are the resource's, or is not
// there.
func TestCommandsActWhereTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, finding, evidence := drawCase(t), drawFinding(t), drawEvidence(t)
		findings := []catalog.Finding{finding}
		advice := catalog.Advise(findings, catalog.Weigh(findings, evidence), c)[0]
		for _, action := range advice.Steps {
			if problem := checkCommand(action, c, advice.Known["owner"]); problem != "" {
				t.Fatalf("%s: %s\n%s", action.Step, problem, action.Command)
			}
		}
	})
}

var (
	regions  = []string{"eu-west-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "eu-west-1;id", ""}
	accounts = []string{own, administrator, "1111", "", "111122223333;id"}
	names    = []string{"prod", "i-0abc1234def567890", "a b", "--force", "$(id)", "", "x'y", "*"}
)

func drawCase(t *rapid.T) catalog.Case {
	r := coverage.Resource{
		Kind:    rapid.SampledFrom(append(kinds, "BATCH")).Draw(t, "kind"),
		Name:    rapid.SampledFrom(names).Draw(t, "name"),
		Account: rapid.SampledFrom(accounts).Draw(t, "account"),
		Region:  rapid.SampledFrom(regions).Draw(t, "region"),
	}
	r.ClusterARN = rapid.SampledFrom([]string{
		"", "arn:aws:eks:eu-west-1:" + own + ":cluster/prod", "arn:aws:eks:eu-west-1:" + administrator + ":cluster/prod",
		"arn:aws-us-gov:eks:us-gov-west-1:" + own + ":cluster/prod", "arn:aws:ecs:eu-west-1:" + own + ":cluster/web",
		"arn:aws:ecs:us-east-1:" + own + ":cluster/web", "arn:aws-cn:eks:cn-north-1:" + own + ":cluster/prod",
	}).Draw(t, "cluster")
	return catalog.Case{
		Resource:   r,
		Management: rapid.SampledFrom([]string{"", "AUTO_MANAGED", "MANUAL"}).Draw(t, "management"),
		Reader:     rapid.SampledFrom([]string{"", own, administrator, "nobody"}).Draw(t, "reader"),
	}
}

func drawFinding(t *rapid.T) catalog.Finding {
	entry := rapid.SampledFrom(catalog.All()).Draw(t, "entry")
	text := rapid.SampledFrom(entry.Examples).Draw(t, "text")
	extra := rapid.SampledFrom([]string{
		"", " TaskDefinition - 'web:17'", " Impacted service name(s): 'orders, cart'", " Impacted service name(s): '" + names[5] + "'",
		" Impacted task ID(s): '1dc5c17a422b4dc4b493371970c6c4d6', '$(id)'", " Owner account ID " + owner + " for shared VPC vpc-0a1b2c3d",
	}).Draw(t, "extra")
	return catalog.Finding{ID: entry.ID, Text: text + extra, Actionable: true}
}

func drawEvidence(t *rapid.T) []coverage.Evidence {
	values := []string{
		"vpc", "vpc-0a1b2c3d", "endpoint", "vpce-0a1b2c3d", "group", "sg-0a1b2c3d", "cidr", "10.0.0.0/16", "newest", "v1.12.1-eksbuild.2",
		"service", "orders", "owner", owner,
	}
	var evidence []coverage.Evidence
	for _, entry := range rapid.SliceOfN(rapid.SampledFrom(catalog.AllEvidence()), 0, 3).Draw(t, "evidence") {
		evidence = append(evidence, found(entry.ID, values...))
	}
	return evidence
}

var (
	// programs are the invocations in a command, whatever the shell puts between them.
	programs   = regexp.MustCompile(`\b(?:aws|kubectl) [^|;&()]*(?:\([^)]*\)[^|;&()]*)*`)
	arnIn      = regexp.MustCompile(`arn:([a-z-]+):[a-z0-9]+:([a-z0-9-]+):(\d+):`)
	regionIn   = regexp.MustCompile(`--region (\S+)`)
	accountIn  = regexp.MustCompile(`(?:\^|--account-ids )(\d+)`)
	readsOnly  = regexp.MustCompile(`^aws [a-z0-9-]+ (?:get|list|describe|lookup)-`)
	ownConfig  = regexp.MustCompile(`^aws eks update-kubeconfig `)
	uniqueID   = regexp.MustCompile(`\b(?:i|vpc|vpce|sg)-[0-9a-f]{8,17}\b`)
	kubectlGet = regexp.MustCompile(`^kubectl --context \S+ (?:get|describe|logs) |--dry-run=client`)
	guard      = regexp.MustCompile(`^aws sts get-caller-identity --region \S+ --output text \| grep '\^(\d{12})' && aws `)
)

// withVariables is a command with the values of the variables that it begins with, as the shell fills them in.
func withVariables(command string) string {
	assigned, rest, ok := strings.Cut(command, "; ")
	if !ok || strings.HasPrefix(command, "for ") {
		return command
	}
	for assignment := range strings.FieldsSeq(assigned) {
		name, value, ok := strings.Cut(assignment, "=")
		if !ok || len(name) != 1 {
			return command
		}
		rest = strings.ReplaceAll(rest, "$"+name+" ", value+" ")
	}
	return rest
}

// checkCommand says what is wrong with a command; "" when nothing is.
func checkCommand(action catalog.Action, c catalog.Case, owner string) string {
	command, r := withVariables(action.Command), c.Resource
	for _, arn := range arnIn.FindAllStringSubmatch(command, -1) {
		if arn[1] != r.Partition() || arn[2] != r.Region || arn[3] != r.Account {
			return "an ARN of elsewhere"
		}
	}
	for _, account := range accountIn.FindAllStringSubmatch(command, -1) {
		if account[1] != r.Account && (account[1] != owner || action.Changes != catalog.Nothing) {
			return "another account"
		}
	}
	for _, program := range programs.FindAllString(command, -1) {
		region := regionIn.FindStringSubmatch(program)
		switch {
		case strings.HasPrefix(program, "kubectl ") && !strings.Contains(program, "--context arn:"):
			return "kubectl without a context"
		case strings.HasPrefix(program, "aws ") && (region == nil || region[1] != r.Region || r.Partition() == ""):
			return "no Region, or another"
		case readsOnly.MatchString(program), ownConfig.MatchString(program), kubectlGet.MatchString(program):
		case action.Changes == catalog.Nothing:
			return "a reading step changes something: " + program
		case !namesItsAccount(command, program):
			return "a change that may happen in another account: " + program
		}
	}
	return ""
}

// namesItsAccount says whether a change fails in every account but the one that the command names.
func namesItsAccount(command, program string) bool {
	return arnIn.MatchString(program) || uniqueID.MatchString(program) || strings.Contains(program, "--account-ids ") || guard.MatchString(command)
}

// TestTheCheckOfCommandsCanFail keeps the property from holding for whatever is drawn.
func TestTheCheckOfCommandsCanFail(t *testing.T) {
	c := catalog.Case{Resource: coverage.Resource{Kind: coverage.EKS, Name: "prod", Account: own, Region: "eu-west-1"}}
	for _, bad := range []string{
		"aws eks delete-addon --region eu-west-1 --cluster-name prod",
		"aws eks describe-addon --region us-east-1 --cluster-name prod",
		"aws eks describe-addon --cluster-name prod",
		"r=us-east-1 c=prod; aws eks describe-addon --region $r --cluster-name $c ",
		"kubectl apply -f -",
		"kubectl --context arn:aws:eks:eu-west-1:" + administrator + ":cluster/prod apply -f -",
		"aws guardduty update-detector --region eu-west-1 --detector-id $(aws guardduty list-detectors --region eu-west-1)",
		"aws guardduty update-member-detectors --region eu-west-1 --account-ids " + administrator,
		"aws sts get-caller-identity --region eu-west-1 --output text | grep '^" + administrator + "' && aws eks delete-addon --region eu-west-1",
		"for a in 1 2; do aws eks delete-addon --region eu-west-1; done",
	} {
		if checkCommand(catalog.Action{Command: bad, Changes: catalog.WholeAccount}, c, "") == "" {
			t.Errorf("nothing is wrong with %s", bad)
		}
	}
	changing := "aws ec2 reboot-instances --region eu-west-1 --instance-ids i-0abc1234def567890"
	if checkCommand(catalog.Action{Command: changing}, c, "") == "" || checkCommand(catalog.Action{Command: changing, Changes: catalog.OneResource}, c, "") != "" {
		t.Error("a step that changes something is not told from one that reads")
	}
}

// TestProvenCausesAreFixedFirst: the diagnosis has read what there is to read about them, and about nothing
// else.
func TestProvenCausesAreFixedFirst(t *testing.T) {
	c := catalog.Case{Resource: coverage.Resource{Kind: coverage.EC2, Name: "i-0abc1234def567890", Account: own, Region: "eu-west-1"}}
	findings := []catalog.Finding{{ID: "ec2-agent-disconnected", Actionable: true}}
	steps := func(found ...coverage.Evidence) []catalog.Action {
		return catalog.Advise(findings, catalog.Weigh(findings, found), c)[0].Steps
	}
	if got := steps(found("ec2-ssm/offline"), found("ec2-tag/excluded")); got[0].Step != "include-instance" {
		t.Errorf("first %s, although a tag was found to exclude the instance", got[0].Step)
	}
	suspected := steps(found("ec2-ssm/offline"), found("ec2-association/missing"))
	changed := slices.IndexFunc(suspected, func(a catalog.Action) bool { return a.Changes != catalog.Nothing })
	if slices.ContainsFunc(suspected[changed:], func(a catalog.Action) bool { return a.Changes == catalog.Nothing }) {
		t.Errorf("a step that only reads comes after one that changes something: %+v", suspected)
	}
}
