package report_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/report"
)

var now = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

const (
	frankfurt = "eu-central-1"
	virginia  = "us-east-1"
	noRoom    = "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because all deployments have all pods unscheduled: 0/3 nodes are available: 3 Insufficient memory."
)

func resource(kind coverage.Kind, name string) coverage.Resource {
	return coverage.Resource{Kind: kind, Name: name, Account: "111122223333", Region: frankfurt}
}

func healthy(kind coverage.Kind, name string) coverage.State {
	return coverage.State{Resource: resource(kind, name), Status: coverage.Healthy, UpdatedAt: now.AddDate(0, -1, 0)}
}

// unhealthy is a resource that has been uncovered for so long, and is remembered as that.
func unhealthy(kind coverage.Kind, name, issue string, age time.Duration) coverage.State {
	s := coverage.State{Resource: resource(kind, name), Status: coverage.Unhealthy, UpdatedAt: now.Add(-age), OpenedAt: now.Add(-age)}
	if issue != "" {
		s.Issues = []string{issue}
	}
	return s
}

// report counts states, after others at reports before, a day each.
func build(states []coverage.State, before ...[]coverage.State) report.Report {
	var past []report.Summary
	for i, earlier := range before {
		r := built(past, earlier, now.AddDate(0, 0, i-len(before)))
		past = report.Remember(past, r.Summary())
	}
	return built(past, states, now)
}

func built(past []report.Summary, states []coverage.State, at time.Time) report.Report {
	b := report.NewBuilder(past)
	for _, s := range states {
		b.Add(s)
	}
	return b.Report(at, []string{frankfurt}, nil, 0)
}

func TestPercent(t *testing.T) {
	tests := []struct {
		tally report.Tally
		want  float64
		ok    bool
	}{
		{report.Tally{}, 0, false},
		{report.Tally{Healthy: 0, All: 3}, 0, true},
		{report.Tally{Healthy: 1, All: 3}, 33.3, true},
		{report.Tally{Healthy: 2, All: 3}, 66.7, true},
		{report.Tally{Healthy: 3, All: 3}, 100, true},
		{report.Tally{Healthy: 9996, All: 10000}, 99.9, true},
		{report.Tally{Healthy: 99_999, All: 100_000}, 99.9, true},
		{report.Tally{Healthy: 9984, All: 10000}, 99.8, true},
		{report.Tally{Healthy: 9985, All: 10000}, 99.9, true},
		{report.Tally{Healthy: 1, All: 100_000}, 0.1, true},
	}
	for _, test := range tests {
		if got, ok := test.tally.Percent(); got != test.want || ok != test.ok {
			t.Errorf("%+v: got %v, %v; want %v, %v", test.tally, got, ok, test.want, test.ok)
		}
	}
}

func TestKindsAndAccountsAreCounted(t *testing.T) {
	elsewhere := healthy("EKS", "a")
	elsewhere.Resource.Account = "444455556666"
	odd := healthy("LAMBDA", "f")
	odd.Status = "PENDING"
	r := build([]coverage.State{healthy("EKS", "a"), elsewhere, unhealthy("EKS", "b", "", time.Hour), healthy("EC2", "i-1"), odd})
	want := map[coverage.Kind]report.Tally{"EKS": {Healthy: 2, All: 3}, "EC2": {Healthy: 1, All: 1}, "LAMBDA": {Healthy: 0, All: 1}}
	if diff := cmp.Diff(want, r.Kinds); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if total := r.Total(); total != (report.Tally{Healthy: 3, All: 5}) || r.Accounts != 2 {
		t.Errorf("got %+v of %d accounts", total, r.Accounts)
	}
}

func TestUncoveredAreGroupedOldestFirst(t *testing.T) {
	unknownAge := unhealthy("EKS", "z", noRoom, 0)
	unknownAge.UpdatedAt, unknownAge.OpenedAt = time.Time{}, time.Time{}
	r := build([]coverage.State{
		unhealthy("EKS", "young", noRoom, time.Hour), unknownAge, unhealthy("EC2", "i-1", "", 5*time.Hour),
		unhealthy("EKS", "b", noRoom, 3*time.Hour), unhealthy("EKS", "a", noRoom, 3*time.Hour), unhealthy("EKS", "silent", "", 9*time.Hour),
	})
	var got []string
	for _, g := range r.Uncovered {
		var line strings.Builder
		line.WriteString(fmt.Sprint(g.Kind, " ", g.Finding.ID, " ", g.Total))
		for _, s := range g.Oldest {
			line.WriteString(" " + s.Resource.Name)
		}
		got = append(got, line.String())
	}
	want := []string{"EKS no-reason-given 1 silent", "EC2 no-reason-given 1 i-1", "EKS addon-pods-unschedulable 4 a b young z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnAddonThatWasRemovedIsAReasonOfItsOwn(t *testing.T) {
	removed := unhealthy("EKS", "b", "", time.Hour)
	removed.Agent.Status = "DELETED"
	var got []catalog.ID
	for _, g := range build([]coverage.State{unhealthy("EKS", "a", "", 2*time.Hour), removed}).Uncovered {
		got = append(got, g.Finding.ID)
	}
	if diff := cmp.Diff([]catalog.ID{catalog.NoReason, catalog.AddonRemoved}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOnlyTheOldestAreKept(t *testing.T) {
	states := make([]coverage.State, 1000)
	for i := range states {
		states[i] = unhealthy("EKS", fmt.Sprintf("c%04d", i), fmt.Sprintf("%s %d", noRoom, i), time.Duration(i)*time.Minute)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(states), func(i, j int) { states[i], states[j] = states[j], states[i] })
	group := build(states).Uncovered[0]
	if group.Total != 1000 || len(group.Oldest) != 50 || !strings.HasSuffix(group.Finding.Text, " 999") {
		t.Fatalf("%d, of which %d are kept; the finding is %q", group.Total, len(group.Oldest), group.Finding.Text)
	}
	for i, s := range group.Oldest {
		if want := fmt.Sprintf("c%04d", 999-i); s.Resource.Name != want {
			t.Errorf("%d is %s, want %s", i, s.Resource.Name, want)
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		states := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) coverage.State {
			kind := rapid.SampledFrom([]coverage.Kind{coverage.EKS, coverage.EC2}).Draw(t, "kind")
			name := rapid.StringMatching(`[a-z]{3}`).Draw(t, "name")
			if rapid.Bool().Draw(t, "healthy") {
				return healthy(kind, name)
			}
			issue := rapid.SampledFrom([]string{"", noRoom, "Something new"}).Draw(t, "issue")
			return unhealthy(kind, name, issue, time.Duration(rapid.IntRange(0, 5).Draw(t, "age"))*time.Hour)
		}), 0, 120).Draw(t, "states")
		states = slices.CompactFunc(slices.SortedFunc(slices.Values(states), func(a, b coverage.State) int {
			return strings.Compare(a.Resource.Key(), b.Resource.Key())
		}), func(a, b coverage.State) bool { return a.Resource == b.Resource })
		shuffled := slices.Clone(rapid.Permutation(states).Draw(t, "shuffled"))
		a, err := json.Marshal(build(states, states[:len(states)/2]))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(build(shuffled, states[:len(states)/2]))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(a), string(b)); diff != "" {
			t.Errorf("-sorted +shuffled:\n%s", diff)
		}
	})
}

func TestChangesSinceTheLastReport(t *testing.T) {
	before := []coverage.State{unhealthy("EKS", "a", "", 9*time.Hour), unhealthy("EKS", "b", "", 9*time.Hour), unhealthy("EKS", "gone", "", 9*time.Hour), healthy("EKS", "c"), healthy("EKS", "d")}
	after := []coverage.State{unhealthy("EKS", "a", "", 9*time.Hour), healthy("EKS", "b"), unhealthy("EKS", "c", "", time.Hour), healthy("EKS", "d"), unhealthy("EKS", "new", "", time.Hour)}
	r := build(after, before)
	if !r.Compared || r.New != 2 || r.Recovered != 1 {
		t.Errorf("compared %v: %d new, %d recovered; want 2 and 1", r.Compared, r.New, r.Recovered)
	}
	if first := build(after); first.Compared || first.New != 0 {
		t.Errorf("the first report compares: %+v", first)
	}
}

func TestARegionThatWasNotReadBeforeHasNothingNew(t *testing.T) {
	past := []report.Summary{{At: now.AddDate(0, 0, -1), Regions: []string{virginia}, Kinds: map[coverage.Kind]report.Tally{"EKS": {Healthy: 1, All: 1}}}}
	if r := built(past, []coverage.State{unhealthy("EKS", "a", "", time.Hour)}, now); r.New != 0 || !r.Compared {
		t.Errorf("got %d new, compared %v", r.New, r.Compared)
	}
}

// TestSeenIsWhatEarlierReportsSaw has an ECS cluster of which no incident is remembered, in one report a day.
func TestSeenIsWhatEarlierReportsSaw(t *testing.T) {
	busy := coverage.State{Resource: resource("ECS", "busy"), Status: coverage.Unhealthy, UpdatedAt: now}
	first := now.AddDate(0, 0, -3)
	var past []report.Summary
	for at := first; at.Before(now); at = at.AddDate(0, 0, 1) {
		b := report.NewBuilder(past)
		state := busy
		state.OpenedAt = b.Seen(state.Resource)
		b.Add(state)
		document, err := json.Marshal(report.Remember(past, b.Report(at, []string{frankfurt}, nil, 0).Summary()))
		if err != nil {
			t.Fatal(err)
		}
		past = nil
		if err := json.Unmarshal(document, &past); err != nil {
			t.Fatal(err)
		}
	}
	old := slices.Clone(past)
	old[len(old)-1].Seen = nil // An earlier version wrote it.
	for name, test := range map[string]struct {
		past     []report.Summary
		key      string
		restored time.Time
		want     time.Time
	}{
		"since the first report": {past, busy.Resource.Key(), time.Time{}, first},
		"nothing is remembered":  {nil, busy.Resource.Key(), time.Time{}, time.Time{}},
		"of an earlier version":  {old, busy.Resource.Key(), time.Time{}, now.AddDate(0, 0, -1)},
		"covered before":         {past, busy.Resource.Key(), first.Add(-time.Hour), first},
		"covered in between":     {past, busy.Resource.Key(), first.Add(time.Hour), time.Time{}},
		"another was covered":    {past, "another", now, first},
	} {
		b := report.NewBuilder(test.past)
		b.Restored(test.key, test.restored)
		if got := b.Seen(busy.Resource); !got.Equal(test.want) {
			t.Errorf("%s: seen since %v, want %v", name, got, test.want)
		}
		if b.Add(busy); b.Report(now, []string{frankfurt}, nil, 0).New != 0 {
			t.Errorf("%s: what the last report saw is new", name)
		}
	}
}

func TestSummarySurvivesJSON(t *testing.T) {
	var states []coverage.State
	for i := range 5001 {
		states = append(states, unhealthy("EKS", fmt.Sprint(i), "", time.Hour))
	}
	for n, crowded := range map[int]bool{0: false, 1: false, 5000: false, 5001: true} {
		want := build(states[:n]).Summary()
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > 90_000 {
			t.Errorf("%d uncovered: %d bytes", n, len(raw))
		}
		var got report.Summary
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if got.Crowded != crowded || len(got.Uncovered) != len(want.Uncovered) {
			t.Errorf("%d uncovered: crowded %v, %d keys", n, got.Crowded, len(got.Uncovered))
		}
		next := built([]report.Summary{got}, []coverage.State{healthy("EKS", "0"), unhealthy("EKS", "1", "", time.Hour)}, now)
		if next.Compared == crowded {
			t.Errorf("%d uncovered: the next report compares %v", n, next.Compared)
		}
		if n == 1 && (next.New != 1 || next.Recovered != 1) {
			t.Errorf("%d new, %d recovered; want 1 of each", next.New, next.Recovered)
		}
	}
}

func TestSummaryOfOddJSON(t *testing.T) {
	for _, odd := range []string{`{"uncovered":7}`, `{"uncovered":"%%"}`, `{"uncovered":"AAAA"}`, `{"seen":7}`, `{"seen":"AAA"}`} {
		if err := json.Unmarshal([]byte(odd), new(report.Summary)); err == nil {
			t.Errorf("%s was read", odd)
		}
	}
}

func TestRememberKeepsTheLastFourteen(t *testing.T) {
	var past []report.Summary
	for i := range 20 {
		past = report.Remember(past, report.Summary{At: now.AddDate(0, 0, i), Uncovered: report.Keys{1}})
	}
	if len(past) != report.PastKept || !past[0].At.Equal(now.AddDate(0, 0, 6)) || !past[13].At.Equal(now.AddDate(0, 0, 19)) {
		t.Errorf("%d are kept, from %v to %v", len(past), past[0].At, past[len(past)-1].At)
	}
	for i, s := range past {
		if want := i == len(past)-1; (len(s.Uncovered) == 1) != want {
			t.Errorf("%d: %d keys", i, len(s.Uncovered))
		}
	}
}

func TestRememberLeavesItsArgumentAlone(t *testing.T) {
	past := []report.Summary{{Uncovered: report.Keys{1}}}
	report.Remember(past, report.Summary{})
	if len(past[0].Uncovered) != 1 {
		t.Error("the caller's summaries changed")
	}
}

func TestQuiet(t *testing.T) {
	all, some := []coverage.State{healthy("EKS", "a"), healthy("EC2", "i-1")}, []coverage.State{healthy("EKS", "a"), unhealthy("EC2", "i-1", "", time.Hour)}
	covered := build(all, all).Past
	problem := []report.Problem{{Region: virginia, Reason: report.Denied}}
	with := func(regions []string, problems []report.Problem, healed int) report.Report {
		b := report.NewBuilder(covered)
		for _, s := range all {
			b.Add(s)
		}
		return b.Report(now, regions, problems, healed)
	}
	tests := map[string]struct {
		report report.Report
		want   bool
	}{
		"all covered as before":           {build(all, all), true},
		"more of them":                    {build(append(slices.Clone(all), healthy("ECS", "s")), all), true},
		"the first report":                {build(all), false},
		"one was lost":                    {build(some, all), false},
		"one came back":                   {build(all, some), false},
		"one is still lost":               {build(some, some), false},
		"nothing is listed, as before":    {build(nil, nil), false},
		"nothing is listed any more":      {build(nil, all), false},
		"some healed before anybody knew": {with([]string{frankfurt}, nil, 1), false},
		"a Region could not be read":      {with([]string{frankfurt, virginia}, problem, 0), false},
		"a Region more":                   {with([]string{frankfurt, virginia}, nil, 0), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.report.Quiet(); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// BenchmarkBuilder counts 100,000 resources of which every nth is uncovered.
func BenchmarkBuilder(b *testing.B) {
	for name, nth := range map[string]int{"all covered": 100_001, "a tenth uncovered": 10, "all uncovered": 1} {
		b.Run(name, func(b *testing.B) {
			states := make([]coverage.State, 100_000)
			for i := range states {
				if states[i] = healthy("EC2", fmt.Sprintf("i-%017x", i)); i%nth == nth-1 {
					states[i] = unhealthy("EKS", fmt.Sprintf("cluster-%d", i), noRoom, time.Duration(i)*time.Second)
				}
			}
			past := build(nil, states).Past
			b.ReportAllocs()
			for b.Loop() {
				if r := built(past, states, now); r.Total().All != len(states) {
					b.Fatal(r.Total())
				}
			}
		})
	}
}

// TestMemoryDoesNotGrowWithTheResources holds what a Builder keeps of 100,000 uncovered resources to a few MiB.
func TestMemoryDoesNotGrowWithTheResources(t *testing.T) {
	inUse := func() uint64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := inUse()
	b := report.NewBuilder(nil)
	for i := range 100_000 {
		b.Add(unhealthy("EKS", fmt.Sprintf("cluster-%d", i), fmt.Sprint(noRoom, i), time.Duration(i)*time.Second))
	}
	after := inUse()
	if kept := int64(after) - int64(before); kept > 4<<20 {
		t.Errorf("%d bytes are kept", kept)
	}
	if total := b.Report(now, nil, nil, 0).Total().All; total != 100_000 {
		t.Errorf("%d were counted", total)
	}
}
