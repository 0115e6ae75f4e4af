package compose_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

const disconnectedIssue = "No Agent Reporting:Agent disconnected"

// loss is an instance that lost coverage at now.
func loss(issues ...string) coverage.Change {
	return coverage.Change{
		Resource: coverage.Resource{Kind: coverage.EC2, Name: "i-0abc1234def567890", Account: "111122223333", Region: "eu-west-1"},
		Status:   coverage.Unhealthy, Previous: coverage.Healthy, Issues: issues, ChangedAt: now, ReceivedAt: now.Add(9 * time.Minute),
	}
}

func recovery() coverage.Change {
	change := loss()
	change.Status, change.ChangedAt = coverage.Healthy, now.Add(42*time.Minute)
	return change
}

// found is one piece of evidence: its id, and then placeholder, value.
func found(id string, pairs ...string) coverage.Evidence {
	check, what, _ := strings.Cut(id, "/")
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return coverage.Evidence{Check: check, Found: what, Values: values}
}

// single is the message about a change, in English.
func single(change coverage.Change, incident compose.Incident, evidence ...coverage.Evidence) message.Message {
	return compose.New(locale.English(), compose.Local{}).Single(change, catalog.Classify(change), evidence, incident)
}

func contextOf(m message.Message) string {
	parts := []string{m.State}
	for _, item := range m.Context {
		parts = append(parts, item.String())
	}
	return strings.Join(parts, " · ")
}

// TestTitlesSayWhatIsKnown: name and cause first, and the cause that is known now.
func TestTitlesSayWhatIsKnown(t *testing.T) {
	gone := loss()
	gone.Status, gone.Gone = coverage.Healthy, true
	incident := compose.Incident{OpenedAt: now}
	const unnamed = "No Agent Reporting"
	tests := map[string]struct {
		m    message.Message
		tone message.Tone
		want string
	}{
		"a loss":                   {single(loss(disconnectedIssue), incident), message.Lost, "agent disconnected"},
		"several causes":           {single(loss(disconnectedIssue, "Agent Not Provisioned:Kernel version is lower than the supported version."), incident), message.Lost, "agent disconnected, and 1 more"},
		"no reason":                {single(loss(), incident), message.Lost, "GuardDuty gave no reason"},
		"nobody can do anything":   {single(eks("EKS Runtime Monitoring enablement resource provisioning in progress"), incident), message.Information, "EKS monitoring is still being set up"},
		"a recovery":               {single(recovery(), incident), message.Restored, "covered again after 42 min"},
		"a recovery of no loss":    {single(recovery(), compose.Incident{}), message.Restored, "covered again"},
		"no longer listed":         {single(gone, incident), message.Information, "no longer listed by GuardDuty"},
		"a certain cause":          {single(loss(disconnectedIssue), incident, found("ec2-ssm/unmanaged")), message.Lost, "not managed by Systems Manager"},
		"two certain causes":       {single(loss(unnamed), incident, found("ec2-ssm/unmanaged"), found("ec2-tag/excluded")), message.Lost, "2 causes found"},
		"they add to a reason":     {single(loss(disconnectedIssue), incident, found("ec2-ssm/unmanaged"), found("ec2-tag/excluded")), message.Lost, "agent disconnected"},
		"two possible causes":      {single(loss(unnamed), incident, found("ec2-ssm/offline"), found("vpc-endpoint/missing")), message.Lost, "2 possible causes found"},
		"a possible cause":         {single(loss(unnamed), incident, found("vpc-endpoint/missing"), found("vpc-dns/on")), message.Lost, "a possible cause was found"},
		"what repeats the event":   {single(loss(unnamed), incident, found("guardduty-coverage/unhealthy", "issue", unnamed)), message.Lost, "no agent is reporting"},
		"terminated":               {single(loss(disconnectedIssue), incident, found("ec2-instance/terminated"), found("ec2-ssm/unmanaged")), message.Information, "instance terminated"},
		"listed as healthy again":  {single(loss(disconnectedIssue), incident, found("guardduty-coverage/healthy"), found("ec2-ssm/unmanaged")), message.Restored, "listed as healthy again"},
		"what could not be looked": {single(loss(disconnectedIssue), incident, found("ec2-instance/denied", "action", "ec2:DescribeInstances")), message.Lost, "agent disconnected"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			resource, cause, _ := strings.Cut(test.m.Title, ": ")
			if cause != test.want || test.m.Tone != test.tone || resource == "" {
				t.Errorf("tone %v, %q, want %v, %q", test.m.Tone, test.m.Title, test.tone, test.want)
			}
		})
	}
}

func eks(issues ...string) coverage.Change {
	change := loss(issues...)
	change.Resource.Kind, change.Resource.Name = coverage.EKS, "payments"
	change.Coverage = coverage.Count{Covered: 0, Total: 3}
	return change
}

func TestContextIsOneLine(t *testing.T) {
	later := loss(disconnectedIssue)
	later.ChangedAt = now.Add(time.Hour)
	tests := map[string]struct {
		m    message.Message
		want string
	}{
		"a loss":            {single(eks("Addon Creation Failed"), compose.Incident{OpenedAt: now}), "Coverage lost · EKS · eu-west-1 · 111122223333 · since 2026-03-04 09:00 UTC · 0 of 3 nodes covered"},
		"a new cause":       {single(later, compose.Incident{OpenedAt: now}), "Still uncovered · EC2 · eu-west-1 · 111122223333 · since 2026-03-04 09:00 UTC"},
		"a recovery":        {single(recovery(), compose.Incident{OpenedAt: now}), "Coverage restored · EC2 · eu-west-1 · 111122223333 · 2026-03-04 09:42 UTC"},
		"nothing is told":   {single(coverage.Change{Status: coverage.Unhealthy}, compose.Incident{}), "Coverage lost"},
		"nothing is left":   {single(loss(disconnectedIssue), compose.Incident{OpenedAt: now}, found("ec2-instance/stopped")), "Nothing left to cover · EC2 · eu-west-1 · 111122223333 · since 2026-03-04 09:00 UTC"},
		"nobody can act":    {single(eks("Local EKS clusters"), compose.Incident{OpenedAt: now}), "Not covered · EKS · eu-west-1 · 111122223333 · since 2026-03-04 09:00 UTC · 0 of 3 nodes covered"},
		"a group":           {group(37, 37), "Coverage lost · eu-west-1 · 111122223333 · since 2026-03-04 09:00 UTC"},
		"some of a group":   {group(37, 31), "Coverage lost · eu-west-1 · 111122223333 · since 2026-03-04 09:00 UTC · 31 of 37 still uncovered"},
		"none of the group": {group(37, 0), "Coverage restored · eu-west-1 · 111122223333"},
	}
	for name, test := range tests {
		if got := contextOf(test.m); got != test.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, test.want)
		}
	}
}

func group(total, open int, evidence ...coverage.Evidence) message.Message {
	return compose.New(locale.English(), compose.Local{}).Group(compose.Group{
		Sample: loss(disconnectedIssue), Evidence: evidence, Total: total, Open: open,
		Names: []string{"i-00", "i-01", "i-02", "i-03", "i-04", "i-05", "i-06"},
	})
}

// TestWhatMattersComesFirst: what is known, one first action, short links, and the rest folded.
func TestWhatMattersComesFirst(t *testing.T) {
	m := single(loss(disconnectedIssue), compose.Incident{OpenedAt: now},
		found("ec2-instance/running"), found("ec2-ssm/unmanaged"), found("vpc-endpoint/denied", "action", "ec2:DescribeVpcEndpoints"), found("vpc-dns/on"))
	if want := "Until coverage is restored, runtime threats here go undetected."; m.Summary != want {
		t.Errorf("the summary is %q, want %q", m.Summary, want)
	}
	want := []string{"✗ Systems Manager: The instance is not a managed node, so GuardDuty cannot install the agent.", "? 1 check was inconclusive", "✓ 2 checks passed"}
	if diff := cmp.Diff(want, evidenceLines(m.Evidence)); diff != "" {
		t.Errorf("before the fold, -want +got:\n%s", diff)
	}
	if m.First == nil || !strings.HasPrefix(m.First.Text, "Find the role of the instance.") || m.First.Command == "" {
		t.Errorf("the first action is %+v", m.First)
	}
	var labels []string
	for _, link := range m.Links {
		labels = append(labels, link.Label)
	}
	if diff := cmp.Diff([]string{"Instance", "Coverage", "AWS guide"}, labels); diff != "" {
		t.Errorf("links, -want +got:\n%s", diff)
	}
	if m.Fold != "5 more steps and all facts" {
		t.Errorf("the fold is called %q", m.Fold)
	}
	var headings []string
	for _, s := range m.Sections {
		headings = append(headings, s.Heading)
	}
	if diff := cmp.Diff([]string{"Next steps", "Agent disconnected", "Issue reported by GuardDuty", "Diagnosis", "Further reading"}, headings); diff != "" {
		t.Errorf("folded, -want +got:\n%s", diff)
	}
	if m.Sections[0].Before != 1 || len(m.Facts) == 0 {
		t.Errorf("the next steps begin behind %d, %d facts", m.Sections[0].Before, len(m.Facts))
	}
}

func evidenceLines(evidence []message.Evidence) []string {
	var lines []string
	for _, e := range evidence {
		lines = append(lines, e.Mark.String()+" "+e.Line())
	}
	return lines
}

// TestWhatNeedsNoActionHasNone: no steps, and no links into consoles that show nothing.
func TestWhatNeedsNoActionHasNone(t *testing.T) {
	gone := recovery()
	gone.Gone = true
	tests := map[string]struct {
		m            message.Message
		links, facts bool
		says         string
	}{
		"a recovery":             {single(recovery(), compose.Incident{OpenedAt: now, Causes: []string{"ec2-agent-disconnected", "of-next-year"}}), false, false, "The cause was: agent disconnected."},
		"no longer listed":       {single(gone, compose.Incident{}), false, false, "No action is required."},
		"terminated":             {single(loss(disconnectedIssue), compose.Incident{}, found("ec2-instance/terminated")), false, true, "No action is required."},
		"nobody can do anything": {single(eks("Local EKS clusters"), compose.Incident{}), true, true, "No action is possible."},
		"a group is back":        {group(3, 0), false, true, "Affected: i-00, i-01, i-02"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			steps := slices.ContainsFunc(test.m.Sections, func(s message.Section) bool { return len(s.Steps) > 0 })
			if test.m.First != nil || steps {
				t.Errorf("there are steps: %+v", test.m)
			}
			if (len(test.m.Links) > 0) != test.links || (len(test.m.Facts) > 0) != test.facts {
				t.Errorf("%d links, %d facts", len(test.m.Links), len(test.m.Facts))
			}
			if !strings.Contains(test.m.Summary, test.says) {
				t.Errorf("the summary %q lacks %q", test.m.Summary, test.says)
			}
		})
	}
}

// TestNoCommandTwice looks at every issue of the catalog, alone and beside others.
func TestNoCommandTwice(t *testing.T) {
	for _, e := range catalog.All() {
		kinds := e.Kinds
		if len(kinds) == 0 {
			kinds = []coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2}
		}
		for _, kind := range kinds {
			change := loss(e.Examples[0], disconnectedIssue, "Agent exited", "Addon Creation Failed")
			change.Resource.Kind = kind
			if kind != coverage.EC2 {
				change.Resource.Name = "payments"
			}
			m := single(change, compose.Incident{OpenedAt: now})
			seen := map[string]bool{}
			all := []message.Step{}
			if m.First != nil {
				all = append(all, *m.First)
			}
			for _, s := range m.Sections {
				all = append(all, s.Steps...)
			}
			for _, step := range all {
				if step.Command != "" && seen[step.Command] {
					t.Errorf("%s of %s has twice: %s", e.ID, kind, step.Command)
				}
				seen[step.Command] = true
				if strings.Contains(step.Command, "list-coverage") {
					t.Errorf("%s of %s asks whether coverage is back: %s", e.ID, kind, step.Command)
				}
			}
			if len(recordOf(m).Findings[0].Steps) < 2 && e.NotActionable == false && e.ID == "ec2-agent-disconnected" {
				t.Errorf("programs read no steps for %s", e.ID)
			}
		}
	}
}

func recordOf(m message.Message) message.Record { return m.Form.(message.Record) }

func TestAnUnknownIssueIsQuoted(t *testing.T) {
	m := single(loss("Out of the `blue`\n<!channel> "+strings.Repeat("x", 100_000)), compose.Incident{})
	if !strings.Contains(m.Summary, "`Out of the 'blue' <!channel> xxx") || len(m.Summary) > 1000 {
		t.Errorf("the summary is %.300q, %d bytes", m.Summary, len(m.Summary))
	}
}

func TestGroupsNameTheirMembers(t *testing.T) {
	m := group(37, 37, found("ec2-ssm/unmanaged"))
	if m.Title != "37 EC2 instances: agent disconnected" {
		t.Errorf("the title is %q", m.Title)
	}
	for _, want := range []string{
		"Affected: i-00, i-01, i-02, i-03, i-04 and 32 more.",
		"The commands name i-0abc1234def567890; substitute the other names. Diagnosis of i-0abc1234def567890 only:",
	} {
		if !strings.Contains(m.Summary, want) {
			t.Errorf("the summary %q lacks %q", m.Summary, want)
		}
	}
	if got := group(3, 0).Title; got != "3 EC2 instances: all covered again" {
		t.Errorf("the title is %q", got)
	}
	if got := group(37, 37, found("ec2-instance/terminated")).Title; got != "37 EC2 instances: instance terminated" {
		t.Errorf("the title is %q", got)
	}
	if r := recordOf(m); r.Group == nil || r.Group.Total != 37 || r.Incident != nil || len(r.Evidence) != 1 {
		t.Errorf("programs read %+v", r)
	}
}

// TestGroupsAreNamedAfterWhatTheyShare: the thing and what is wrong with it, and how many of each kind depend on it.
func TestGroupsAreNamedAfterWhatTheyShare(t *testing.T) {
	about := func(open int, e coverage.Evidence) message.Message {
		local := compose.Local{Accounts: map[string]string{"111122223333": "payments-prod"}}
		return compose.New(locale.English(), local).Group(compose.Group{
			Sample: loss(disconnectedIssue), Evidence: []coverage.Evidence{e}, Total: 39, Open: open,
			Names: []string{"i-00", "i-01"}, Kinds: map[coverage.Kind]int{coverage.EC2: 37, coverage.EKS: 2},
		})
	}
	m := about(39, found("vpc-endpoint/missing", "vpc", "vpc-1", "service", "s"))
	if m.Title != "vpc-1: no VPC endpoint for GuardDuty" {
		t.Errorf("the title is %q", m.Title)
	}
	if want := "Coverage lost · EC2 × 37 · EKS × 2 · eu-west-1 · payments-prod (111122223333) · since 2026-03-04 09:00 UTC"; contextOf(m) != want {
		t.Errorf("got  %s\nwant %s", contextOf(m), want)
	}
	if want := "vpc-1: no VPC endpoint for GuardDuty (eu-west-1, payments-prod)"; m.Notice() != want {
		t.Errorf("got  %s\nwant %s", m.Notice(), want)
	}
	if strings.Contains(m.Summary, "Diagnosis of") {
		t.Errorf("what was found of all is said of one: %q", m.Summary)
	}
	if got := about(2, found("guardduty-runtime-monitoring/off")).Title; got != "payments-prod: Runtime Monitoring is off in the account" {
		t.Errorf("the title is %q", got)
	}
	if got := about(0, found("vpc-dns/off", "vpc", "vpc-1")).Title; got != "vpc-1: all covered again" {
		t.Errorf("the title is %q", got)
	}
}

// TestMessagesSpeakOfTheTeamsOwn: accounts by their names, the team's instructions, and the team's time; programs read ids
// and UTC.
func TestMessagesSpeakOfTheTeamsOwn(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*60*60)
	local := compose.Local{
		Accounts: map[string]string{"111122223333": "payments-prod"},
		Runbooks: map[string]string{"ec2-agent-disconnected": "https://wiki.example.com/agent"}, Zone: tokyo,
	}
	change := loss(disconnectedIssue)
	evidence := []coverage.Evidence{found("ec2-ssm/offline", "last", "2026-03-04T08:00:00Z", "status", "ConnectionLost")}
	m := compose.New(locale.English(), local).Single(change, catalog.Classify(change), evidence, compose.Incident{OpenedAt: now})
	if want := "Coverage lost · EC2 · eu-west-1 · payments-prod (111122223333) · since 2026-03-04 18:00 JST"; contextOf(m) != want {
		t.Errorf("got  %s\nwant %s", contextOf(m), want)
	}
	if want := "i-0abc1234def567890: agent disconnected (EC2, eu-west-1, payments-prod)"; m.Notice() != want {
		t.Errorf("got  %s\nwant %s", m.Notice(), want)
	}
	if link := m.Links[len(m.Links)-1]; link != (message.Link{Label: "Runbook", URL: "https://wiki.example.com/agent"}) {
		t.Errorf("the last link is %+v", link)
	}
	if got := m.Evidence[0].Result; !strings.Contains(got, "2026-03-04 17:00 JST") {
		t.Errorf("the evidence is %q", got)
	}
	programs, err := m.Form.MarshalJSON()
	if err != nil || strings.Contains(string(programs), "payments-prod") || !strings.Contains(string(programs), "2026-03-04 08:00 UTC") {
		t.Errorf("programs read %s, %v", programs, err)
	}
}

// TestUnknownIssuesLinkToTheForm, and no other issue does.
func TestUnknownIssuesLinkToTheForm(t *testing.T) {
	form := message.Link{Label: "Report this issue text", URL: "https://code.example.com/issues/new?template=unknown-issue.yml"}
	c := compose.New(locale.English(), compose.Local{IssueForm: form.URL})
	for issue, want := range map[string]bool{"Agent out of breath": true, disconnectedIssue: false} {
		change := loss(issue)
		m := c.Single(change, catalog.Classify(change), nil, compose.Incident{OpenedAt: now})
		if got := slices.Contains(m.Links, form); got != want {
			t.Errorf("%s: the links are %v", issue, m.Links)
		}
	}
	unlinked := single(loss("Agent out of breath"), compose.Incident{OpenedAt: now})
	if slices.ContainsFunc(unlinked.Links, func(l message.Link) bool { return l.URL == "" || l.Label == form.Label }) {
		t.Errorf("without a form the links are %v", unlinked.Links)
	}
}

func TestJapanese(t *testing.T) {
	change := loss(disconnectedIssue)
	c := compose.New(locale.Japanese(), compose.Local{})
	m := c.Single(change, catalog.Classify(change), nil, compose.Incident{OpenedAt: now})
	if want := "i-0abc1234def567890: エージェントの接続が切断"; m.Title != want || m.State != "カバレッジ異常" || m.First == nil {
		t.Errorf("%s, %s, %v", m.Title, m.State, m.First)
	}
	g := c.Group(compose.Group{Sample: change, Names: []string{"i-00", "i-01", "i-02"}, Total: 4, Open: 3})
	if want := "EC2 インスタンス 4 台: エージェントの接続が切断"; g.Title != want || !strings.Contains(contextOf(g), "4 件中 3 件が未回復") {
		t.Errorf("%s, %s", g.Title, contextOf(g))
	}
	for _, want := range []string{"対象は i-00、i-01、i-02 と、ほか 1 件です。", "コマンドの i-0abc1234def567890 は、各リソースの名前に置き換えてください。"} {
		if !strings.Contains(g.Summary, want) {
			t.Errorf("%q lacks %q", g.Summary, want)
		}
	}
	english, japanese := single(change, compose.Incident{OpenedAt: now}), m
	if diff := cmp.Diff(english.Form, japanese.Form); diff != "" {
		t.Errorf("programs read something else:\n%s", diff)
	}
}

// FuzzSingle has every field of a change hostile: no message panics, and none is longer than a sink can cut.
func FuzzSingle(f *testing.F) {
	f.Add("EKS", "i-1", "111122223333", "eu-west-1", disconnectedIssue, "ec2-ssm", "unmanaged", int64(1772614800), false)
	f.Add("EC2", strings.Repeat("n", 100_000), "\xff", "<!channel>", "`a`\n\u202e", "\x00", "`", int64(-1), true)
	f.Fuzz(func(t *testing.T, kind, name, account, region, issue, check, what string, at int64, healthy bool) {
		change := coverage.Change{
			Resource: coverage.Resource{Kind: coverage.Kind(kind), Name: name, Account: account, Region: region, ClusterARN: issue},
			Status:   coverage.Unhealthy, Issues: []string{issue, name}, ChangedAt: time.Unix(at, 0),
			Agent: coverage.Agent{Version: name, Status: issue, Management: account},
		}
		if healthy {
			change.Status = coverage.Healthy
		}
		evidence := []coverage.Evidence{{Check: check, Found: what, Values: map[string]string{"vpc": name, "last": issue}}}
		for _, l := range locale.Languages() {
			c := compose.New(l, compose.Local{Accounts: map[string]string{account: name}})
			for _, m := range []message.Message{
				c.Single(change, catalog.Classify(change), evidence, compose.Incident{OpenedAt: time.Unix(at/2, 0), Causes: []string{issue}}),
				c.Group(compose.Group{Sample: change, Evidence: evidence, Names: []string{name, account}, Total: 2, Open: 1}),
			} {
				if m.Title == "" || len([]rune(m.Title)) > 200 || len([]rune(m.Notice())) > 400 {
					t.Errorf("the title is %.300q, the notice %.500q", m.Title, m.Notice())
				}
				if !healthy && m.Summary == "" {
					t.Errorf("no summary of %q", m.Title)
				}
				checkSlack(t, m)
			}
		}
	})
}

// TestChecksSayOnceWhenTheyLooked, in the folded part, and nowhere else.
func TestChecksSayOnceWhenTheyLooked(t *testing.T) {
	looked := func(id string, at time.Time) coverage.Evidence {
		e := found(id)
		e.LookedAt = at
		return e
	}
	at := time.Date(2026, 3, 4, 9, 9, 4, 0, time.UTC)
	tests := map[string]struct {
		evidence []coverage.Evidence
		zone     *time.Location
		want     string
	}{
		"nobody noted it":  {[]coverage.Evidence{found("ec2-ssm/unmanaged")}, nil, ""},
		"one minute":       {[]coverage.Evidence{looked("ec2-ssm/unmanaged", at), found("vpc-dns/on"), looked("vpc-dns/on", at.Add(55*time.Second))}, nil, "Checked 2026-03-04 09:09 UTC."},
		"several minutes":  {[]coverage.Evidence{looked("ec2-ssm/unmanaged", at.Add(time.Minute)), looked("vpc-dns/on", at)}, nil, "Checked between 2026-03-04 09:09 UTC and 2026-03-04 09:10 UTC."},
		"in another zone":  {[]coverage.Evidence{looked("vpc-dns/on", at)}, time.FixedZone("JST", 9*3600), "Checked 2026-03-04 18:09 JST."},
		"who requested it": {[]coverage.Evidence{looked("actor/none", at)}, nil, "Checked 2026-03-04 09:09 UTC."},
	}
	for name, test := range tests {
		m := compose.New(locale.English(), compose.Local{Zone: test.zone}).
			Single(loss(disconnectedIssue), catalog.Classify(loss(disconnectedIssue)), test.evidence, compose.Incident{})
		var got []string
		for _, s := range m.Sections {
			if strings.Contains(s.Text, "Checked") {
				got = append(got, s.Text)
			}
		}
		if strings.Join(got, "\n") != test.want || strings.Contains(m.Summary, "Checked") {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
