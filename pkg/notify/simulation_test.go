package notify_test

import (
	"context"
	"flag"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

// TestMain makes more histories the default than rapid's hundred, with the race detector, where each takes ten times as
// long, fewer; and the same ones every time, so that a run that passed passes again. -rapid.seed=0 takes others.
func TestMain(m *testing.M) {
	preset("rapid.checks", histories)
	preset("rapid.seed", "20261124")
	os.Exit(m.Run())
}

// preset gives a flag another default. What the command line says comes later and wins.
func preset(name, value string) {
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}

// TestSimulation runs generated histories of a whole account through the pipeline, in virtual time, and checks after each
// what must always hold. A history that fails is made small and printed with the seed that reproduces it.
func TestSimulation(t *testing.T) { simulateAny(t, options{faults: true}) }

// TestSimulationWithRoutes has rules, which may change, and sinks that hear of some losses alone.
func TestSimulationWithRoutes(t *testing.T) { simulateAny(t, options{faults: true, routes: true}) }

// TestSimulationWithLostEvents has events and wake-ups that never come: the report finds what they would have said.
func TestSimulationWithLostEvents(t *testing.T) {
	simulateAny(t, options{faults: true, routes: true, loses: true})
}

// TestSimulationOfGroups has trouble with the items of groups alone.
func TestSimulationOfGroups(t *testing.T) { simulateAny(t, options{groupsOnly: true}) }

// TestSimulationWithSharedCauses has losses that one message names after what the diagnosis found of all.
func TestSimulationWithSharedCauses(t *testing.T) {
	simulateAny(t, options{faults: true, routes: true, shares: true})
}

// TestSimulationWithoutFaults holds the pipeline to more: nothing is repeated, and everything is sent in time.
func TestSimulationWithoutFaults(t *testing.T) { simulateAny(t, options{routes: true}) }

func simulateAny(t *testing.T, o options) {
	t.Parallel()
	generator := anyHistory(o)
	rapid.Check(t, func(rt *rapid.T) {
		h := generator.Draw(rt, "history")
		if problems, log := simulate(t, h, nil); len(problems) > 0 {
			rt.Logf("%s\n%v\nwhat happened:\n%s", strings.Join(problems, "\n"), h, strings.Join(log, "\n"))
			rt.Fatal("what must always hold did not")
		}
	})
}

// TestSimulationIsDeterministic keeps the promise that a seed reproduces a failure.
func TestSimulationIsDeterministic(t *testing.T) {
	generator := anyHistory(options{faults: true, routes: true, loses: true})
	for seed := range 20 {
		h := generator.Example(seed)
		_, first := simulate(t, h, nil)
		_, second := simulate(t, h, nil)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("the same history ran in two ways (-first +second):\n%s", diff)
		}
	}
}

const (
	// longest is how long anything may wait once all is well again: the longest delay, a lease of a dead process, the
	// queue's own redelivery, and the backoff of what has been failing for long.
	longest = 90 * time.Minute
	// maxRedrives is how often dead letters may come back.
	maxRedrives = 8
)

// simulate runs a history to its end, in a world changed by alter if that is not nil, and returns what does not hold and
// a log of what happened.
func simulate(t *testing.T, h history, alter func(*world)) (problems, log []string) {
	synctest.Test(t, func(*testing.T) {
		w := newWorld(h, time.Now())
		if alter != nil {
			alter(w)
		}
		stop := make(chan struct{})
		go w.poll(stop)
		w.deliverAll()
		if h.Expire > 0 {
			time.AfterFunc(h.Expire, w.expire)
		}
		time.Sleep(h.end() + time.Second)
		problems = append(w.settle(), w.verifyFirst()...)
		for range 3 + len(h.Crashes) + len(h.Blips) {
			if len(problems) > 0 {
				break
			}
			time.Sleep(2 * time.Hour)
			w.report()
			problems = w.settle()
		}
		if len(problems) == 0 {
			problems = w.verifyLast()
		}
		close(stop)
		time.Sleep(time.Hour) // for what still runs
		log = w.log
	})
	return problems, log
}

// deliverAll sends every event on its way, no two at the same nanosecond.
func (w *world) deliverAll() {
	n := 0
	for _, r := range w.history.Resources {
		for _, x := range r.Transitions {
			for i, at := range x.Arrivals {
				n++
				due := at + time.Duration(n)*time.Microsecond
				body := event(r.Name, w.start.Add(x.At+w.history.Ahead), w.start.Add(at), x, i)
				w.count(1)
				go func() {
					defer w.count(-1)
					time.Sleep(due)
					w.eventually(body)
				}()
			}
		}
	}
}

// event is the event of a transition; copies differ in id and in the account that received them.
func event(name string, changedAt, receivedAt time.Time, x transition, copies int) string {
	status, previous := "Unhealthy", "Healthy"
	if x.Status == coverage.Healthy {
		status, previous = "Healthy", "Unhealthy"
	}
	return fmt.Sprintf(`{"version":"0","id":"%s-%d-%d","detail-type":"GuardDuty Runtime Protection %s","source":"aws.guardduty",`+
		`"account":"%012d","time":"%s","region":"eu-west-1","resources":[],"detail":{"resourceAccountId":"111122223333",`+
		`"currentStatus":"%s","previousStatus":"%s","resourceDetails":{"resourceType":"EC2","ec2InstanceDetails":{"instanceId":"%s"}},`+
		`"issue":"%s","lastUpdatedAt":%d}}`, name, changedAt.Unix(), copies, status, 111122223333+copies,
		receivedAt.UTC().Format(time.RFC3339), status, previous, name, x.Issue, changedAt.UnixMilli())
}

// settle lets everything come to rest, dead letters being brought back, and complains when it does not.
func (w *world) settle() []string {
	for range maxRedrives {
		for waited := time.Duration(0); !w.quiet(); waited += 10 * time.Second {
			if waited > longest {
				return []string{fmt.Sprintf("something still waits %v after all was well", longest)}
			}
			time.Sleep(10 * time.Second)
		}
		if w.dropped > 0 {
			return []string{"Lambda took a wake-up for a loop"}
		}
		if !w.redrive() {
			return nil
		}
	}
	return []string{"dead letters come back again and again"}
}

// report does what functions/report does for what events did not say.
func (w *world) report() {
	inv := &invocation{batch: map[string][]coverage.Change{}, claimed: map[string]coverage.Change{}, groups: map[string][]string{}}
	w.count(1)
	defer w.count(-1)
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), invocationKey{}, inv), functionTimeout)
	defer cancel()
	found := w.found()
	w.note("the report finds %d changes", len(found))
	w.pipeline().Enqueue(ctx, found)
	if err := w.pipeline().Audit(ctx, w.stored()); err != nil {
		w.note("the audit fails: %v", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	inv.dead = true
}

// found are the changes that the list of what GuardDuty covers shows, and that the table does not know.
func (w *world) found() (found []coverage.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for _, r := range w.history.Resources {
		var known coverage.Change
		if item, ok := w.records[keyOf(r.Name)]; ok && item.document != nil {
			record, err := format.UnmarshalRecord(item.document)
			if err != nil {
				panic(err)
			}
			known = record.Change
		}
		x := r.newest()[0]
		state := coverage.State{
			Resource: coverage.Resource{Kind: coverage.EC2, Name: r.Name, Account: "111122223333", Region: "eu-west-1"},
			Status:   x.Status, Coverage: coverage.Count{Covered: coverage.Unknown, Total: coverage.Unknown},
			UpdatedAt: w.start.Add(x.At + w.history.Ahead),
		}
		if x.Issue != "" {
			state.Issues = []string{x.Issue}
		}
		switch {
		case r.Vanishes && known.Status == coverage.Unhealthy:
			state.Status, state.Issues, state.UpdatedAt = coverage.Healthy, nil, now
			change := state.Change(now)
			change.Gone = true
			found = append(found, change)
		case r.Vanishes, known.Status == "" && x.Status == coverage.Healthy:
		case known.Status != x.Status || x.Status == coverage.Unhealthy && !slices.Equal(known.Issues, state.Issues):
			found = append(found, state.Change(now))
		}
	}
	return found
}

// stored lists the table.
func (w *world) stored() iter.Seq2[incident.Stored, error] {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []incident.Stored
	for _, key := range slices.Sorted(maps.Keys(w.records)) {
		item := w.records[key]
		s := incident.Stored{Record: incident.Record{Key: key}, LeasedUntil: item.until}
		if item.document != nil {
			var err error
			if s.Record, err = format.UnmarshalRecord(item.document); err != nil {
				panic(err)
			}
		}
		all = append(all, s)
	}
	for _, key := range slices.Sorted(maps.Keys(w.groups)) {
		g := w.groups[key].group()
		all = append(all, incident.Stored{Group: &g, LeasedUntil: w.groups[key].until})
	}
	return func(yield func(incident.Stored, error) bool) {
		for _, s := range all {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// verifyFirst checks what must hold at rest before any report.
func (w *world) verifyFirst() (problems []string) {
	h := w.history
	if h.LoseEvery > 0 || h.losesEvents() || h.OtherRoutes != nil {
		return nil // The report has to see to it.
	}
	problems = w.verify(false)
	if h.faultless() {
		problems = append(problems, w.verifyGroups(true)...)
	}
	return problems
}

// verifyLast checks what must hold at rest after a few reports.
func (w *world) verifyLast() []string { return append(w.verify(true), w.verifyGroups(false)...) }

func (w *world) verify(reported bool) (problems []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.history.Resources {
		for _, d := range w.sinks {
			fail := func(format string, args ...any) {
				problems = append(problems, d.name+" and "+r.Name+": "+fmt.Sprintf(format, args...))
			}
			w.verifyTruth(r, d, reported, fail)
			w.verifyRepeats(r, d, fail)
			w.verifyRoutes(r, d, fail)
			w.verifyHold(r, d, fail)
			if w.history.faultless() && !reported && w.history.OtherRoutes == nil {
				w.verifyInTime(r, d, fail)
			}
		}
	}
	return problems
}

// verifyTruth: the last word is true.
func (w *world) verifyTruth(r resource, d *display, reported bool, fail func(string, ...any)) {
	newest := r.newest()
	status := newest[0].Status
	if reported && r.Vanishes {
		status = coverage.Healthy
	}
	last := d.last(keyOf(r.Name))
	isTrue := func(x transition) bool { return last != nil && last.issue == x.Issue }
	elsewhere := func(x transition) bool { return x.Issue != "" && !w.isRouted(r, d, x) }
	routed := !slices.ContainsFunc(newest, elsewhere) // Which of several losses of one moment counts is open.
	switch {
	case status == coverage.Unhealthy && !routed:
	case status == coverage.Healthy && w.history.SilentRecoveries:
	case last == nil && status == coverage.Unhealthy:
		fail("it is uncovered, and nothing was sent")
	case last == nil:
	case last.status != status:
		fail("the last word is %s, the truth is %s", last.status, status)
	case status == coverage.Unhealthy && !slices.ContainsFunc(newest, isTrue):
		fail("the last word is %q, the truth is %q", last.issue, newest[0].Issue)
	}
}

func (w *world) isRouted(r resource, d *display, x transition) bool {
	routes := w.history.Routes
	if w.history.OtherRoutes != nil {
		routes = w.history.OtherRoutes // in the end
	}
	return slices.Contains(routed(routes, r.Name, []string{causeOf(x.Issue)}), d.name)
}

// verifyRepeats: a change is sent once, and once more for every fault that leaves room for doubt; without one, nothing
// older is sent after something newer.
func (w *world) verifyRepeats(r resource, d *display, fail func(string, ...any)) {
	excuses := w.excuses[keyOf(r.Name)+"/"+d.name]
	times, words, newest := map[string]int{}, 0, w.start
	for _, x := range d.words {
		if x.key != keyOf(r.Name) || x.edit {
			continue
		}
		words++
		what := fmt.Sprint(x.status, " of ", x.changedAt.Sub(w.start))
		if times[what]++; times[what] > 1+excuses {
			fail("%s was sent %d times with %d faults", what, times[what], excuses)
		}
		if x.changedAt.Before(newest) && excuses == 0 {
			fail("%v was sent after %v", x.changedAt.Sub(w.start), newest.Sub(w.start))
		}
		newest = x.changedAt
	}
	most := len(r.Transitions) + excuses
	if r.Vanishes {
		most++
	}
	if words > most {
		fail("%d messages for %d transitions with %d faults", words, len(r.Transitions), excuses)
	}
}

// verifyRoutes: a sink that no rule names for any of its losses never reads of a resource, and where recoveries are
// silent nobody reads of one.
func (w *world) verifyRoutes(r resource, d *display, fail func(string, ...any)) {
	named := false
	for _, x := range r.Transitions {
		key := r.Name + "/" + x.Issue
		named = named || x.Issue != "" && (w.history.Routes == nil ||
			slices.Contains(w.history.Routes[key], d.name) || slices.Contains(w.history.OtherRoutes[key], d.name))
	}
	recovery := func(x word) bool { return x.key == keyOf(r.Name) && x.status == coverage.Healthy && !x.edit }
	switch {
	case !named && d.last(keyOf(r.Name)) != nil && w.history.Expire == 0 && !r.startsUnseen():
		fail("it was sent what is not its own")
	case w.history.SilentRecoveries && slices.ContainsFunc(d.words, recovery):
		fail("it was sent a recovery")
	}
}

// startsUnseen reports whether a recovery may arrive before any loss, whose causes then nobody knows.
func (r resource) startsUnseen() bool {
	return slices.ContainsFunc(r.Transitions, func(x transition) bool { return x.Status == coverage.Healthy })
}

// verifyHold: the first message about a resource does not say what may yet recover by itself.
func (w *world) verifyHold(r resource, d *display, fail func(string, ...any)) {
	if w.history.Hold == 0 {
		return
	}
	earliest := time.Duration(1 << 62)
	for _, x := range r.Transitions {
		if x.Status == coverage.Unhealthy {
			earliest = min(earliest, x.At)
		}
	}
	for _, x := range d.words {
		if x.key != keyOf(r.Name) {
			continue
		}
		if until := earliest + w.history.Ahead + w.history.Hold - 2*w.history.Skew; x.issue == transient && x.at < until {
			fail("it was sent at %v that it waits for what usually comes by itself, before %v", x.at, until)
		}
		return
	}
}

// verifyInTime: without faults, what stays true for long enough is sent in time.
func (w *world) verifyInTime(r resource, d *display, fail func(string, ...any)) {
	for i, x := range r.Transitions {
		check, overtaken := max(slices.Min(x.Arrivals), x.At+w.history.Ahead)+25*time.Minute, false
		if x.Issue == transient {
			check = max(check, x.At+w.history.Ahead+2*w.history.Hold+25*time.Minute)
		}
		for j, y := range r.Transitions {
			overtaken = overtaken || j != i && y.At >= x.At && slices.Min(y.Arrivals) <= check+time.Minute
		}
		if overtaken || x.Status == coverage.Healthy && w.history.SilentRecoveries || x.Issue != "" && !w.isRouted(r, d, x) {
			continue
		}
		var last *word
		for j := range d.words {
			if d.words[j].key == keyOf(r.Name) && d.words[j].at <= check {
				last = &d.words[j]
			}
		}
		switch {
		case last == nil && x.Status == coverage.Healthy:
		case last == nil, last.status != x.Status, last.issue != x.Issue && !last.edit:
			fail("%s %s of %v was not sent by %v", x.Status, x.Issue, x.At, check)
		}
	}
}

// verifyGroups: a group's message counts those whose last word it is. A group whose first answer was lost is not known,
// and its message stays as it is; its members are notified again.
func (w *world) verifyGroups(strict bool) (problems []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.sinks[0]
	for _, ref := range slices.Sorted(maps.Keys(d.shown)) {
		if _, known := w.groups[incident.GroupKey(d.name, ref)]; !known && !strict {
			continue
		}
		g := d.shown[ref]
		var want []string
		for _, key := range g.members {
			var last word // What was sent without a record takes nobody out of a group.
			for _, x := range d.words {
				if x.key == key && !x.unknown {
					last = x
				}
			}
			if last.ref == ref && last.status == coverage.Unhealthy {
				want = append(want, key)
			}
		}
		if !slices.Equal(want, g.open) {
			problems = append(problems, fmt.Sprintf("%s shows %v, and open are %v", ref, g.open, want))
		}
	}
	return problems
}
