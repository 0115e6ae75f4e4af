package incident_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// state is everything that Plan can tell apart.
type state struct {
	status, believed             coverage.Status
	sameCauses, uncertain        bool
	held, backoff, gaveUp, group bool
	routed, silent, sawLoss      bool
}

// states are all of them.
func states() (all []state) {
	flags := 9
	for _, status := range []coverage.Status{"", coverage.Healthy, coverage.Unhealthy} {
		for _, believed := range []coverage.Status{"", coverage.Healthy, coverage.Unhealthy} {
			for bits := range 1 << flags {
				on := func(i int) bool { return bits>>i&1 == 1 }
				all = append(all, state{
					status: status, believed: believed, sameCauses: on(0), uncertain: on(1), held: on(2), backoff: on(3),
					gaveUp: on(4), group: on(5), routed: on(6), silent: on(7), sawLoss: on(8),
				})
			}
		}
	}
	return all
}

func (s state) plan() incident.Action {
	r := incident.Record{Key: "k", Change: coverage.Change{Status: s.status, ChangedAt: now.Add(-time.Hour)}, Causes: []string{"a"}}
	to := incident.Routing{Routed: s.routed, Silent: s.silent}
	if s.sawLoss || s.lost() {
		r.OpenedAt = now.Add(-time.Hour)
	}
	if s.held {
		to.Hold = now.Sub(r.OpenedAt) + time.Minute
	}
	n := incident.Notified{Status: s.believed, Causes: []string{"b"}, Uncertain: s.uncertain}
	n.GaveUp = s.gaveUp
	if s.sameCauses {
		n.Causes = r.Causes
	}
	if s.backoff {
		n.NextAttempt = now.Add(time.Second)
	}
	if s.group {
		n.Group = "group/slack/1"
	}
	r.Notified = map[string]incident.Notified{"slack": n}
	return r.Plan("slack", to, now)
}

// rows are the decision table: the first that applies decides. docs/architecture.md shows their words.
var rows = []struct {
	words   string
	applies func(s state) bool
	action  incident.Kind
}{
	{"given up", func(s state) bool { return s.gaveUp }, incident.Nothing},
	{"a loss that is not routed to the sink", func(s state) bool { return s.lost() && !s.routed }, incident.Nothing},
	{"a loss that the sink was notified of, with the same causes, and certain", func(s state) bool {
		return s.lost() && s.believesLost() && s.sameCauses && !s.uncertain
	}, incident.Nothing},
	{"no loss, the sink was not notified of one, certain, no group counts the resource; " +
		"but the first recovery of a resource is worth a notification where no loss was ever seen", func(s state) bool {
		missed := s.status == coverage.Healthy && s.believed == "" && !s.sawLoss && s.routed
		return !s.lost() && !s.believesLost() && !s.uncertain && !s.group && !missed
	}, incident.Nothing},
	{"no loss, recoveries are silent, no group counts the resource", func(s state) bool {
		return !s.lost() && s.silent && !s.group
	}, incident.Close},
	{"a loss that is held, and the sink was not notified of one", func(s state) bool {
		return s.lost() && !s.believesLost() && s.held
	}, incident.Wait},
	{"before the next attempt: backoff, rate limit, or the fence after a lost answer", func(s state) bool { return s.backoff }, incident.Wait},
	{"no loss", func(s state) bool { return !s.lost() }, incident.Resolve},
	{"a loss, and the sink was notified of one", func(s state) bool { return s.believesLost() }, incident.Update},
	{"a loss", func(s state) bool { return true }, incident.Open},
}

func (s state) lost() bool         { return s.status == coverage.Unhealthy }
func (s state) believesLost() bool { return s.believed == coverage.Unhealthy }

func TestPlanIsTheDecisionTable(t *testing.T) {
	hit := make([]int, len(rows))
	for _, s := range states() {
		for i, row := range rows {
			if !row.applies(s) {
				continue
			}
			hit[i]++
			if got := s.plan(); got.Kind != row.action {
				t.Errorf("%+v: %s, want %s by row %d (%s)", s, got.Kind, row.action, i+1, row.words)
			}
			break
		}
	}
	for i, n := range hit {
		if n == 0 {
			t.Errorf("row %d (%s) never decides", i+1, rows[i].words)
		}
	}
}

func TestTheDecisionTableIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if line := fmt.Sprintf("| %d | %s | %s |", i+1, row.words, row.action); !strings.Contains(string(page), line) {
			t.Errorf("docs/architecture.md lacks the line\n%s", line)
		}
	}
}

// TestPlanWaitsUntilItMayAct holds every wait to a bound, and to an end: looked at again then, it acts or waits for
// something later.
func TestPlanWaitsUntilItMayAct(t *testing.T) {
	r := incident.Record{Change: coverage.Change{Status: coverage.Unhealthy, ChangedAt: now}, OpenedAt: now, Causes: []string{"a"}}
	r.Notified = map[string]incident.Notified{"slack": {Retry: incident.Retry{NextAttempt: now.Add(20 * time.Minute)}}}
	to := incident.Routing{Routed: true, Hold: 15 * time.Minute}
	for _, want := range []incident.Action{
		{Kind: incident.Wait, Until: now.Add(15 * time.Minute)},
		{Kind: incident.Wait, Until: now.Add(20 * time.Minute)},
		{Kind: incident.Open},
	} {
		at := now
		if want.Kind == incident.Open {
			at = now.Add(20 * time.Minute)
		} else if want.Until.After(now.Add(15 * time.Minute)) {
			at = now.Add(15 * time.Minute)
		}
		if got := r.Plan("slack", to, at); got != want {
			t.Errorf("after %v: %+v, want %+v", at.Sub(now), got, want)
		}
	}
}

func TestInDoubtAreWhoeverMayHaveBeenNotified(t *testing.T) {
	r := incident.Record{Change: coverage.Change{Status: coverage.Unhealthy}, Notified: map[string]incident.Notified{
		"believes": {Status: coverage.Unhealthy}, "uncertain": {Uncertain: true}, "recovered": {Status: coverage.Healthy},
		"waits": {Retry: incident.Retry{NextAttempt: now}},
	}}
	if got := r.InDoubt([]string{"routed"}); !slices.Equal(slices.Sorted(slices.Values(got)), []string{"believes", "routed", "uncertain", "waits"}) {
		t.Errorf("while it is uncovered: %q", got)
	}
	r.Change.Status = coverage.Healthy
	if got := r.InDoubt([]string{"routed"}); !slices.Equal(slices.Sorted(slices.Values(got)), []string{"believes", "uncertain"}) {
		t.Errorf("while it is covered: %q", got)
	}
}
