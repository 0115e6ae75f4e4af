package incident_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

func change(status coverage.Status, after time.Duration) coverage.Change {
	return coverage.Change{Status: status, ChangedAt: now.Add(after)}
}

// TestObserveDoesNotDependOnOrder observes the same changes in every order, some of them twice: the newest wins, and of two
// at the same moment the loss.
func TestObserveDoesNotDependOnOrder(t *testing.T) {
	changes := []coverage.Change{
		change(coverage.Unhealthy, 0), change(coverage.Healthy, time.Minute), change(coverage.Unhealthy, 2*time.Minute),
		change(coverage.Healthy, 3*time.Minute), change(coverage.Unhealthy, 3*time.Minute),
	}
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 0))
		order := append(slices.Clone(changes), changes[random.IntN(len(changes))])
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		var r incident.Record
		for _, c := range order {
			r.Observe(c, []string{fmt.Sprint(c.ChangedAt)})
		}
		if r.Change.Status != coverage.Unhealthy || !r.Change.ChangedAt.Equal(now.Add(3*time.Minute)) {
			t.Fatalf("after %v: %+v", order, r.Change)
		}
	}
}

func TestObserveSaysWhatIsNews(t *testing.T) {
	var r incident.Record
	for i, step := range []struct {
		change coverage.Change
		news   bool
		opened time.Duration
	}{
		{change(coverage.Healthy, -time.Minute), true, -time.Hour},
		{change(coverage.Unhealthy, 0), true, 0},
		{change(coverage.Unhealthy, 0), false, 0},
		{change(coverage.Healthy, 0), false, 0},
		{change(coverage.Unhealthy, time.Minute), true, 0},
		{change(coverage.Unhealthy, -time.Second), false, 0},
		{change(coverage.Healthy, 2*time.Minute), true, 0},
		{change(coverage.Unhealthy, 2*time.Minute), true, 2 * time.Minute},
	} {
		if got := r.Observe(step.change, nil); got != step.news {
			t.Errorf("step %d: news %v, want %v", i, got, step.news)
		}
		if step.opened >= 0 && !r.OpenedAt.Equal(now.Add(step.opened)) {
			t.Errorf("step %d: opened at %v, want %v", i, r.OpenedAt.Sub(now), step.opened)
		}
	}
}

// TestANewChangeIsWorthANewAttempt ends what was given up and every wait, but for the fence after a lost answer.
func TestANewChangeIsWorthANewAttempt(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(r *incident.Record)
		want    incident.Kind
	}{
		"given up":      {func(r *incident.Record) { r.GaveUp("slack") }, incident.Open},
		"failing":       {func(r *incident.Record) { r.Failed("slack", now, false, 0) }, incident.Open},
		"deferred":      {func(r *incident.Record) { r.Deferred("slack", now) }, incident.Open},
		"a lost answer": {func(r *incident.Record) { r.Failed("slack", now, true, 0) }, incident.Wait},
	} {
		r := incident.Record{}
		r.Observe(change(coverage.Unhealthy, 0), []string{"a"})
		test.prepare(&r)
		if got := r.Plan("slack", incident.Routing{Routed: true}, now.Add(time.Second)).Kind; got == incident.Open {
			t.Errorf("%s: the same change is tried at once", name)
		}
		r.Observe(change(coverage.Unhealthy, time.Second), []string{"b"})
		if got := r.Plan("slack", incident.Routing{Routed: true}, now.Add(time.Second)).Kind; got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestFailuresWaitLongerAndLonger(t *testing.T) {
	var r incident.Record
	var waits []time.Duration
	at := now
	for range 8 {
		r.Failed("slack", at, false, 0)
		next := r.Notified["slack"].NextAttempt
		waits = append(waits, next.Sub(at))
		at = next
	}
	s, m := time.Second, time.Minute
	want := []time.Duration{30 * s, 30 * s, m, 2 * m, 4 * m, 8 * m, 15 * m, 15 * m}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	if got := r.Notified["slack"].FailingFor(at); got != at.Sub(now) {
		t.Errorf("failing for %v, want %v", got, at.Sub(now))
	}
	r.Failed("slack", at, false, time.Hour)
	if got := r.Notified["slack"].NextAttempt.Sub(at); got != incident.MaxDelay {
		t.Errorf("a sink that asks for an hour is left alone for %v", got)
	}
}

func TestDeferralsEnd(t *testing.T) {
	var r incident.Record
	at := now
	for r.Notified["slack"].MayDefer(at) {
		r.Deferred("slack", at)
		if at = r.Notified["slack"].NextAttempt; at.Sub(now) > time.Hour {
			t.Fatal("notifications give way to the rate limit for ever")
		}
	}
	if at.Sub(now) != 15*time.Minute {
		t.Errorf("they give way for %v", at.Sub(now))
	}
}

func TestWhatIsNoted(t *testing.T) {
	lost := incident.Record{}
	lost.Observe(change(coverage.Unhealthy, 0), []string{"a"})
	lost.Failed("slack", now, true, 0)
	tests := map[string]struct {
		note func(r *incident.Record)
		want incident.Notified
	}{
		"sent":         {func(r *incident.Record) { r.Sent("slack", "1.2", "") }, incident.Notified{Status: coverage.Unhealthy, Causes: []string{"a"}, Ref: "1.2"}},
		"sent a group": {func(r *incident.Record) { r.Sent("slack", "", "group/slack/1") }, incident.Notified{Status: coverage.Unhealthy, Causes: []string{"a"}, Group: "group/slack/1"}},
		"redriven":     {func(r *incident.Record) { r.Redriven("slack") }, incident.Notified{Uncertain: true}},
		"gave up":      {func(r *incident.Record) { r.GaveUp("slack") }, incident.Notified{Uncertain: true, Retry: incident.Retry{GaveUp: true}}},
		"left":         {func(r *incident.Record) { r.Left("slack") }, incident.Notified{Status: coverage.Healthy, Uncertain: true}},
		"sent a recovery": {func(r *incident.Record) {
			r.Observe(change(coverage.Healthy, time.Minute), nil)
			r.Sent("slack", "1.2", "")
		}, incident.Notified{Status: coverage.Healthy}},
	}
	for name, test := range tests {
		r := lost
		test.note(&r)
		if diff := cmp.Diff(test.want, r.Notified["slack"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(incident.Notified{Uncertain: true, Retry: incident.Retry{FailingSince: now, NextAttempt: now.Add(incident.Fence)}},
			lost.Notified["slack"]); diff != "" {
			t.Errorf("%s changed the record it was a copy of:\n%s", name, diff)
		}
	}
}

func TestAGroupSaysWhatItsMembersAre(t *testing.T) {
	g := incident.Group{Version: 1, Shown: 1}
	if got := g.Plan(now).Kind; got != incident.Nothing {
		t.Errorf("a new group: %s", got)
	}
	g.Version = 3
	if got := g.Plan(now).Kind; got != incident.Update {
		t.Errorf("after members left: %s", got)
	}
	g.Failed(now, 0)
	if got := g.Plan(now); got.Kind != incident.Wait || !got.Until.Equal(now.Add(30*time.Second)) {
		t.Errorf("after a failure: %+v", got)
	}
	g.Sent("1.2", now)
	if got := g.Plan(now).Kind; got != incident.Nothing {
		t.Errorf("after it was sent: %s", got)
	}
	g.Version = 4
	if got := g.Plan(now.Add(4 * time.Second)); got.Kind != incident.Wait || !got.Until.Equal(now.Add(5*time.Second)) {
		t.Errorf("4 s after the last edit: %+v", got)
	}
	g.GaveUp()
	if got := g.Plan(now.Add(time.Hour)).Kind; got != incident.Nothing {
		t.Errorf("given up: %s", got)
	}
	g.Redriven()
	if got := g.Plan(now.Add(time.Hour)).Kind; got != incident.Update {
		t.Errorf("redriven: %s", got)
	}
}

func TestAWakeUpIsKnownUntilItArrives(t *testing.T) {
	w := incident.Wake{WakeAt: now.Add(time.Minute)}
	for _, test := range []struct {
		at, now time.Duration
		want    bool
	}{{2 * time.Minute, 0, true}, {time.Minute, 0, true}, {30 * time.Second, 0, false}, {2 * time.Minute, time.Minute + 1, false}} {
		if got := w.Covers(now.Add(test.at), now.Add(test.now)); got != test.want {
			t.Errorf("at %v it covers %v: %v", test.now, test.at, got)
		}
	}
	w.Arrived(now)
	if w.WakeAt.IsZero() {
		t.Error("an earlier wake-up ended a later one")
	}
	w.Arrived(now.Add(time.Minute))
	if !w.WakeAt.IsZero() {
		t.Error("the wake-up is here, and still expected")
	}
}

func TestKeysAndMembers(t *testing.T) {
	group, key := incident.GroupKey("slack", "C01/1.2"), "111122223333/eu-west-1/EC2/i-1"
	if !incident.IsGroup(group) || incident.IsGroup(key) {
		t.Errorf("%q and %q cannot be told apart", group, key)
	}
	members := map[string]bool{}
	for i := range 10_000 {
		m := incident.Member(key + strings.Repeat("x", i%500) + time.Duration(i).String())
		if len(m) > 8 {
			t.Fatalf("%q is long", m)
		}
		members[m] = true
	}
	if len(members) != 10_000 {
		t.Errorf("only %d members are distinct", len(members))
	}
}
