package compose_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/organization"
	"guardduty-coverage-notifier/pkg/report"
	"guardduty-coverage-notifier/pkg/slack"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// organizationStates are three accounts in two Regions.
func organizationStates() []coverage.State {
	in := func(s coverage.State, account, region string) coverage.State {
		s.Resource.Account, s.Resource.Region = account, region
		return s
	}
	const (
		provisioning = "EKS Runtime Monitoring enablement resource provisioning in progress"
		local        = "Local EKS clusters:EKS addons are not supported on local outpost clusters."
	)
	states := []coverage.State{
		in(unhealthy("EKS", "data-platform", noRoom, 51*time.Hour), "111122223333", frankfurt),
		in(unhealthy("EKS", "payments", noRoom, 3*time.Hour), "222233334444", frankfurt),
		in(unhealthy("EKS", "shop", noRoom, 26*time.Hour), "222233334444", virginia),
		in(unhealthy("EC2", "i-0123456789abcdef0", "", 40*time.Minute), "333344445555", virginia),
		in(unhealthy("EKS", "legacy", local, 400*24*time.Hour), "333344445555", frankfurt),
		in(unhealthy("EKS", "fresh", provisioning, 12*time.Minute), "222233334444", frankfurt),
		in(unhealthy("ECS", "batch", "Something that nobody has seen yet: 42", 5*time.Hour), "111122223333", virginia),
	}
	for i := range 30 {
		states = append(states, in(healthy("EC2", fmt.Sprintf("i-%017x", i)), "111122223333", frankfurt))
	}
	for i := range 7 {
		states = append(states, in(healthy("EKS", fmt.Sprintf("cluster-%d", i)), "222233334444", virginia))
	}
	return states
}

// situation is what a report was made of.
type situation struct {
	states   []coverage.State
	regions  []string
	problems []report.Problem
	healed   int
	before   [][]coverage.State
	// organization is what is not watched, inventory what exists.
	organization organization.Sum
	// missing are the places without heartbeats, eventless the accounts without events.
	missing   []heartbeat.Missing
	eventless []string
	inventory inventory.Sum
	// losses are how long resources were without coverage.
	losses *report.Losses
}

func (s situation) report() report.Report {
	return s.after(build(nil, s.before...).Past)
}

func (s situation) after(past []report.Summary) report.Report {
	b := report.NewBuilder(past)
	for _, state := range s.states {
		b.Add(state)
	}
	if s.regions == nil {
		s.regions = []string{frankfurt}
	}
	r := b.Report(now, s.regions, s.problems, s.healed)
	r.Organization, r.Missing, r.Eventless = s.organization, s.missing, s.eventless
	r.Inventory, r.Losses = s.inventory, s.losses
	return r
}

// losses are those of 30 days: of three accounts, with names that are hostile, and more than are named.
func losses() *report.Losses {
	c := report.NewLossCounter(now.Add(-report.Period), now)
	c.Add(coverage.Loss{Resource: resource("EKS", "shop"), OpenedAt: now.Add(-2 * time.Hour), Causes: []string{"addon-replicas-missing"}})
	c.Add(coverage.Loss{Resource: resource("EKS", "<!channel> *x*"), OpenedAt: now.AddDate(0, 0, -40), ClosedAt: now.AddDate(0, 0, -20)})
	for i := range 40 {
		r := resource("EC2", fmt.Sprintf("i-%017x", i))
		r.Account = []string{"111122223333", "222233334444", "333344445555"}[i%3]
		opened := now.Add(-time.Duration(1+i) * 13 * time.Hour)
		c.Add(coverage.Loss{
			Resource: r, OpenedAt: opened, ClosedAt: opened.Add(time.Duration(1+i*i) * time.Minute), Gone: i%8 == 0,
			Causes: []string{"ec2-agent-disconnected", "no-reason-given"}[:1+i%2],
		})
	}
	c.AddShorter(1200, 300*time.Hour)
	return new(c.Losses())
}

func situations() map[string]situation {
	both := []string{virginia, frankfurt}
	all := []coverage.State{healthy("EKS", "payments"), healthy("EKS", "shop"), healthy("EC2", "i-0123456789abcdef0")}
	bad := []coverage.State{healthy("EKS", "payments"), unhealthy("EKS", "shop", noRoom, 2*time.Hour), unhealthy("EC2", "i-0123456789abcdef0", "", 90*time.Second)}
	none := []coverage.State{unhealthy("EKS", "payments", noRoom, 51*time.Hour), unhealthy("EKS", "shop", noRoom, 49*time.Hour)}
	denied := report.Problem{Region: virginia, Reason: report.Denied, Detail: "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/report is not authorized to perform: guardduty:ListDetectors"}
	return map[string]situation{
		"all-covered":  {states: all, before: [][]coverage.State{bad, all}, healed: 2},
		"quiet":        {states: all, before: [][]coverage.State{all}},
		"none-covered": {states: none, before: [][]coverage.State{none}},
		"mixed":        {states: organizationStates(), regions: both, healed: 4},
		"denied":       {states: bad, regions: both, problems: []report.Problem{denied}, before: [][]coverage.State{all}},
		"every-problem": {regions: []string{"eu-west-1", "eu-west-2", frankfurt, virginia}, problems: []report.Problem{
			denied, {Region: "eu-west-1", Reason: report.NoDetector}, {Region: "eu-west-2", Reason: report.Off}, {Region: frankfurt, Detail: "InternalServerErrorException: try again"},
		}},
		"no-resources":        {before: [][]coverage.State{all}},
		"first":               {states: bad},
		"worse":               {states: bad, before: [][]coverage.State{all, all, all}},
		"better":              {states: all, before: [][]coverage.State{none, bad}},
		"organization":        {states: organizationStates(), regions: both, organization: gaps()},
		"inventory":           {states: organizationStates(), regions: both, inventory: ownInventory()},
		"inventory-by-config": {states: organizationStates(), regions: both, inventory: recordedInventory()},
		"losses":              {states: bad, before: [][]coverage.State{all}, losses: losses()},
		"all-watched": {
			states: all, before: [][]coverage.State{all}, organization: organization.Sum{Accounts: 90, Regions: 1},
		},
		"no-events": {
			states: all, before: [][]coverage.State{all}, eventless: []string{"222233334444", "444455556666"},
		},
		"no-heartbeat": {states: all, before: [][]coverage.State{all}, missing: []heartbeat.Missing{
			{Place: heartbeat.Place{Account: "111122223333", Region: virginia}, Last: now.Add(-26 * time.Hour)},
			{Place: heartbeat.Place{Account: "111122223333", Region: "eu-west-1"}},
		}},
	}
}

func TestGolden(t *testing.T) {
	for name, situation := range situations() {
		for _, l := range locale.Languages() {
			t.Run(l.Code+"/"+name, func(t *testing.T) { testGolden(t, l, name, situation.report()) })
		}
	}
}

// testGolden compares a report with its golden files. Programs read the same in every language, and so have one file for
// all; what people read in another language than English is in a folder.
func testGolden(t *testing.T, l locale.Language, name string, r report.Report) {
	m := compose.New(l, compose.Local{}).Report(r)
	golden(t, name+".json", indented(t, machine(t, m)))
	if l.Code != locale.English().Code {
		name = filepath.Join(l.Code, name)
	}
	golden(t, name+".txt", text(t, m))
	if r.Losses != nil {
		golden(t, name+".full.txt", text(t, compose.New(l, compose.Local{}).FullReport(r)))
	}
	payload, err := slack.Payload(m)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name+".slack.json", indented(t, payload))
	plain, err := json.Marshal(slack.PlainBlocks(m))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name+".slack-plain.json", indented(t, plain))
	checkSlack(t, m)
}

func text(t *testing.T, m message.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.WriteText(&b, message.Plain, message.DefaultWidth); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// machine is the machine form, held to its schema.
func machine(t *testing.T, m message.Message) []byte {
	t.Helper()
	raw, err := m.Form.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile("../../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Error(err)
	}
	return raw
}

// checkSlack holds both looks to Slack's limits, and returns what they say.
func checkSlack(t *testing.T, m message.Message) (native, plain string) {
	t.Helper()
	raw, err := json.Marshal(slack.Blocks(m))
	if err != nil {
		t.Fatal(err)
	}
	if refusal := slacktest.Check(slack.Fallback(m), raw); refusal != nil {
		t.Errorf("natively: %s %q", refusal.Code, refusal.Messages)
	}
	plainly, err := json.Marshal(slack.PlainBlocks(m))
	if err != nil {
		t.Fatal(err)
	}
	if refusal := slacktest.Check(slack.Fallback(m), plainly); refusal != nil {
		t.Errorf("plainly: %s %q", refusal.Code, refusal.Messages)
	}
	return string(raw), string(plainly)
}

func indented(t *testing.T, document []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, document, "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, got, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s, -want +got, rewrite with -update:\n%s", name, diff)
	}
}

// many is n uncovered resources of every kind, for every issue of the catalogue in turn.
func many(n int) []coverage.State {
	var issues []string
	for _, entry := range catalog.All() {
		issues = append(issues, entry.Examples...)
	}
	kinds := []coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2}
	states := make([]coverage.State, n)
	for i := range states {
		name := fmt.Sprintf("%s-%d", strings.Repeat("long-name", 10), i)
		states[i] = unhealthy(kinds[i%3], name, issues[i%len(issues)], time.Duration(i)*time.Minute)
		states[i].Resource.Account = fmt.Sprintf("%012d", i%700)
	}
	return states
}

func TestLimits(t *testing.T) {
	for _, n := range []int{0, 1, 50, 100_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var past []report.Summary
			for i := range 40 {
				summary := build(many(min(n, 60))).Summary()
				summary.At = now.AddDate(0, 0, i-40)
				past = report.Remember(past, summary)
			}
			regions, problems := []string{frankfurt}, []report.Problem(nil)
			for i := range 40 {
				region := fmt.Sprintf("xx-north-%d", i)
				regions = append(regions, region)
				problems = append(problems, report.Problem{Region: region, Detail: strings.Repeat("Why ", 300)})
			}
			m := compose.New(locale.English(), compose.Local{}).Report(situation{states: many(n), regions: regions, problems: problems}.after(past))
			native, plain := checkSlack(t, m)
			if len(machine(t, m)) > 4<<20 {
				t.Error("the machine form has more than 4 MiB")
			}
			if n == 0 {
				return
			}
			for name, rendered := range map[string]string{"text": string(text(t, m)), "native": native, "plain": plain} {
				if !strings.Contains(rendered, fmt.Sprintf("0 of %d covered", n)) {
					t.Errorf("%s does not say how many are uncovered", name)
				}
				// The oldest one is named, whatever else had to go.
				if oldest := fmt.Sprintf("long-name-%d", n-1); !strings.Contains(rendered, oldest) {
					t.Errorf("%s lacks %s", name, oldest)
				}
			}
		})
	}
}

// section is the one under a heading.
func section(t *testing.T, m message.Message, heading string) message.Section {
	t.Helper()
	i := slices.IndexFunc(m.Sections, func(s message.Section) bool { return s.Heading == heading })
	if i < 0 {
		t.Fatalf("no section %q", heading)
	}
	return m.Sections[i]
}

// TestTablesCountEverything: by cause, and one by one.
func TestTablesCountEverything(t *testing.T) {
	for _, n := range []int{1, 99, 100, 101, 1000} {
		m := compose.New(locale.English(), compose.Local{}).Report(build(many(n)))
		causes, resources := section(t, m, "Uncovered by cause").Table, section(t, m, "Uncovered resources").Table
		counted := 0
		for _, row := range causes.Rows {
			var n int
			if _, err := fmt.Sscan(row[1], &n); err != nil {
				t.Fatal(err)
			}
			counted += n
		}
		if counted != n && causes.More == 0 || len(causes.Rows) > 20 {
			t.Errorf("%d of %d are counted in %d rows", counted, n, len(causes.Rows))
		}
		if len(resources.Rows) > 100 || len(resources.Rows)+resources.More != n {
			t.Errorf("%d of %d are listed, and %d more", len(resources.Rows), n, resources.More)
		}
	}
}

func TestUnknownIssuesAreQuoted(t *testing.T) {
	m := compose.New(locale.English(), compose.Local{}).Report(build([]coverage.State{
		unhealthy("EKS", "a", "Of next year", time.Hour), unhealthy("EKS", "b", "Of next year", 2*time.Hour),
		unhealthy("EKS", "c", noRoom, 0), unhealthy("EKS", "d", noRoom, time.Minute),
	}))
	want := [][]string{
		{"Unknown issue: Of next year (EKS)", "2", "2 h 0 min"},
		{"Agent pods cannot be scheduled (EKS)", "2", "1 min"},
	}
	if diff := cmp.Diff(want, section(t, m, "Uncovered by cause").Table.Rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAge(t *testing.T) {
	ahead := unhealthy("EKS", "a", "", -90*time.Second) // The clocks differ.
	unknown := unhealthy("EKS", "b", "", 0)
	unknown.UpdatedAt, unknown.OpenedAt = time.Time{}, time.Time{}
	m := compose.New(locale.English(), compose.Local{}).Report(build([]coverage.State{unknown, ahead, unhealthy("EKS", "c", "", 90*time.Minute)}))
	var ages []string
	for _, row := range section(t, m, "Uncovered resources").Table.Rows {
		ages = append(ages, row[1])
	}
	if diff := cmp.Diff([]string{"1 h 30 min", "0 s", "—"}, ages); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestAgeOfAnECSCluster has one that starts tasks all day, for which GuardDuty updates it.
func TestAgeOfAnECSCluster(t *testing.T) {
	busy := unhealthy("ECS", "busy", "", 5*time.Minute)
	forgotten := unhealthy("ECS", "forgotten", "", 5*time.Minute)
	busy.OpenedAt, forgotten.OpenedAt = now.Add(-8*time.Hour), time.Time{}
	r := build([]coverage.State{forgotten, busy, unhealthy("ECS", "other", "", 2*time.Hour)})
	m := compose.New(locale.English(), compose.Local{}).Report(r)
	var ages []string
	for _, row := range section(t, m, "Uncovered resources").Table.Rows {
		ages = append(ages, row[0]+" "+row[1])
	}
	if diff := cmp.Diff([]string{"busy 8 h 0 min", "other 2 h 0 min", "forgotten —"}, ages); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if since := m.Form.(message.Report).Findings[0].Resources[0].Since; !since.Equal(busy.OpenedAt) {
		t.Errorf("the machine form says that it is uncovered since %v", since)
	}
}

// TestChangesAreNamed: what lost and regained coverage, and how much more or less is covered.
func TestChangesAreNamed(t *testing.T) {
	all := []coverage.State{healthy("EKS", "a"), healthy("EKS", "b"), healthy("EKS", "c"), healthy("EKS", "d")}
	some := []coverage.State{healthy("EKS", "a"), healthy("EKS", "b"), unhealthy("EKS", "c", noRoom, time.Hour), unhealthy("EKS", "d", noRoom, time.Hour)}
	other := []coverage.State{unhealthy("EKS", "a", noRoom, time.Hour), healthy("EKS", "b"), healthy("EKS", "c"), unhealthy("EKS", "d", noRoom, time.Hour)}
	var fleet, lost []coverage.State
	for i := range 30 {
		fleet = append(fleet, healthy("EC2", fmt.Sprintf("i-%02d", i)))
		lost = append(lost, unhealthy("EC2", fmt.Sprintf("i-%02d", i), "", time.Hour))
	}
	const at = "(2026-03-03 09:00 UTC)"
	tests := map[string]struct {
		report         report.Report
		title, summary string
	}{
		"the first": {build(some), "50.0% covered: eu-central-1", "This is the first report."},
		"two lost":  {build(some, all), "50.0% covered (−50.0): eu-central-1", "Lost coverage since the last report " + at + ": c, d."},
		"one each":  {build(other, some), "50.0% covered: eu-central-1", "Lost coverage since the last report " + at + ": a. Regained coverage since the last report " + at + ": c."},
		"all back":  {build(all, some), "100.0% covered (+50.0): eu-central-1", "All resources are covered. Regained coverage since the last report " + at + ": c, d."},
		"as before": {build(some, some), "50.0% covered: eu-central-1", "Unchanged since the last report " + at + "."},
		"a fleet":   {build(lost, fleet), "0.0% covered (−100.0): eu-central-1", "i-00, i-01, i-02, i-03, i-04 and 25 more."},
	}
	for name, test := range tests {
		m := compose.New(locale.English(), compose.Local{}).Report(test.report)
		if m.Title != test.title || !strings.Contains(m.Summary, test.summary) {
			t.Errorf("%s: %s\n%s\nwant %s\n%s", name, m.Title, m.Summary, test.title, test.summary)
		}
	}
}

// TestTimesAreInTheReadersZone holds every time that a report writes out.
func TestTimesAreInTheReadersZone(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*60*60)
	all := []coverage.State{healthy("EKS", "a"), unhealthy("EKS", "b", noRoom, time.Hour)}
	m := compose.New(locale.English(), compose.Local{Zone: tokyo}).Report(build(all, all))
	rendered := string(text(t, m))
	for _, want := range []string{"2026-03-04 18:00 JST", "2026-03-03 18:00 JST", "4 Mar 18:00"} {
		if !strings.Contains(rendered, want) {
			t.Errorf("lacks %q:\n%s", want, rendered)
		}
	}
	if strings.Contains(rendered, "09:00") {
		t.Errorf("has a time of UTC:\n%s", rendered)
	}
}

func TestOtherRegionsThanLastTimeAreSaid(t *testing.T) {
	all := []coverage.State{healthy("EKS", "a")}
	past := build(all, all).Past
	differs := func(regions []string, problems ...report.Problem) bool {
		m := compose.New(locale.English(), compose.Local{}).Report(situation{states: all, regions: regions, problems: problems, healed: 1}.after(past))
		return strings.Contains(m.Summary, "The last report read other Regions: "+frankfurt)
	}
	if differs([]string{frankfurt}) {
		t.Error("it is said of the same Regions")
	}
	if !differs([]string{frankfurt, virginia}) {
		t.Error("it is not said of a Region more")
	}
	if !differs([]string{frankfurt}, report.Problem{Region: frankfurt, Reason: report.Failed}) {
		t.Error("it is not said when a Region is missing")
	}
}

func TestTwoReportsOfOneMinuteAreOnePointOfTheTrend(t *testing.T) {
	all := []coverage.State{healthy("EKS", "a"), unhealthy("EC2", "i-1", "", time.Hour)}
	past := []report.Summary{build(all).Summary(), build(all).Summary()}
	past[0].At = now.Add(-time.Hour)
	past[1].At = now.Add(-time.Second).Truncate(time.Minute)
	past = append(past, past[1])
	trend := func(m message.Message) *message.Chart { return m.Sections[len(m.Sections)-1].Chart }
	got := trend(compose.New(locale.English(), compose.Local{}).Report(situation{states: all}.after(past)))
	if diff := cmp.Diff([]string{"4 Mar 08:00", "4 Mar 08:59", "4 Mar 09:00"}, got.Categories); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, series := range got.Series {
		if len(series.Values) != 3 {
			t.Errorf("%s has %d values", series.Name, len(series.Values))
		}
	}
	past[0].At = past[1].At
	if chart := trend(compose.New(locale.English(), compose.Local{}).Report(situation{states: all}.after(past[:1]))); chart == nil {
		t.Error("two minutes are not drawn")
	}
	past[0].At = now
	if chart := trend(compose.New(locale.English(), compose.Local{}).Report(situation{states: all}.after(past[:1]))); chart != nil {
		t.Errorf("one minute is drawn: %v", chart.Categories)
	}
}

func TestHostileNamesStayText(t *testing.T) {
	const evil = "`rm -rf /`\n<!channel> \u202e\x1b[31m"
	s := unhealthy(coverage.Kind(evil), evil, evil, time.Hour)
	s.Resource.Account, s.Resource.Region = evil, evil
	m := compose.New(locale.English(), compose.Local{}).Report(situation{
		states: []coverage.State{s, s}, regions: []string{evil}, problems: []report.Problem{{Region: evil, Reason: report.NoDetector, Detail: evil}},
	}.report())
	checkSlack(t, m)
	machine(t, m)
	if shown := string(text(t, m)); strings.ContainsAny(shown, "\x1b\u202e") {
		t.Errorf("the text has escapes:\n%q", shown)
	}
	for _, section := range m.Sections {
		for _, step := range section.Steps {
			if strings.Contains(step.Command, "rm -rf") {
				t.Errorf("a command has what a name said: %s", step.Command)
			}
		}
	}
	if len(m.Links) != 0 {
		t.Errorf("there are links to a Region that is none: %v", m.Links)
	}
}

// TestNoStepsAreRepeated: a line says how to get them.
func TestNoStepsAreRepeated(t *testing.T) {
	m := compose.New(locale.English(), compose.Local{}).Report(build([]coverage.State{unhealthy("EKS", "young", noRoom, time.Hour), unhealthy("EKS", "old", noRoom, 2*time.Hour)}))
	for _, s := range m.Sections {
		if len(s.Steps) > 0 {
			t.Errorf("%s has steps", s.Heading)
		}
	}
	if want := "`coverage explain`"; !strings.Contains(section(t, m, "Uncovered by cause").Text, want) {
		t.Errorf("lacks %s", want)
	}
}

func BenchmarkCompose(b *testing.B) {
	r := build(many(10_000))
	for b.Loop() {
		compose.New(locale.English(), compose.Local{}).Report(r)
	}
}

func TestReportSpeaksOfTheTeamsOwn(t *testing.T) {
	local := compose.Local{
		Accounts: map[string]string{"111122223333": "payments-prod"},
		Runbooks: map[string]string{"addon-pods-unschedulable": "https://wiki.example.com/pods"},
	}
	m := compose.New(locale.English(), local).Report(build([]coverage.State{unhealthy("EKS", "a", noRoom, time.Hour)}))
	rendered := string(text(t, m))
	for _, want := range []string{"payments-prod", "Runbook: agent pods cannot be scheduled", "https://wiki.example.com/pods"} {
		if !strings.Contains(rendered, want) {
			t.Errorf("%q is missing in\n%s", want, rendered)
		}
	}
	if programs := string(machine(t, m)); strings.Contains(programs, "payments-prod") {
		t.Errorf("programs read a name:\n%s", programs)
	}
}
