package notify_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/notify"
)

// TestMain makes more histories the default than rapid's hundred, with the race detector, where each takes ten times as
// long, fewer; and the same ones every time, so that a run that passed passes again. -rapid.seed=0 takes others.
func TestMain(m *testing.M) {
	preset("rapid.checks", histories)
	preset("rapid.seed", "20261123")
	os.Exit(m.Run())
}

// preset gives a flag another default. What the command line says comes later and wins.
func preset(name, value string) {
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}

// TestSimulation runs generated histories of a whole account through the Pipeline, in virtual time, and checks after
// each what must always hold. A history that fails is made small and printed with the seed that reproduces it.
func TestSimulation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h := anyHistory.Draw(rt, "history")
		if problems, log := simulate(t, h, nil); len(problems) > 0 {
			rt.Logf("%s\n%v\nwhat happened:\n%s", strings.Join(problems, "\n"), h, strings.Join(log, "\n"))
			rt.Fatal("what must always hold did not")
		}
	})
}

// TestSimulationWithRoutes has sinks that hear of some resources alone: each ends telling the truth of its own, and never
// hears of another's.
func TestSimulationWithRoutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h := anyHistory.Draw(rt, "history")
		to := map[string]map[string]catalog.Language{}
		for _, r := range h.Resources {
			to[r.Name] = map[string]catalog.Language{}
			for _, sink := range rapid.SampledFrom([][]string{{"slack", "sns"}, {"slack"}, {"sns"}, nil}).Draw(rt, "route") {
				to[r.Name][sink] = catalog.English
			}
		}
		problems, log := simulate(t, h, func(w *world) {
			w.pipeline.Route = func(change coverage.Change, _ []string) notify.Decision {
				return notify.Decision{To: to[change.Resource.Name]}
			}
		})
		if len(problems) > 0 {
			rt.Logf("%s\n%v\nroutes: %v\nwhat happened:\n%s", strings.Join(problems, "\n"), h, to, strings.Join(log, "\n"))
			rt.Fatal("what must always hold did not")
		}
	})
}

// TestSimulationIsDeterministic keeps the promise that a seed reproduces a failure.
func TestSimulationIsDeterministic(t *testing.T) {
	for seed := range 20 {
		h := anyHistory.Example(seed)
		_, first := simulate(t, h, nil)
		_, second := simulate(t, h, nil)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("the same history ran in two ways (-first +second):\n%s", diff)
		}
	}
}

// history is everything that is not the Pipeline's to decide.
type history struct {
	// Seed varies how long each call takes, up to Latency.
	Seed       uint64
	Latency    time.Duration
	Hold       time.Duration
	StormLimit int
	Resources  []resource
	Troubles   []trouble
	// Crashes are by the number of the call at which the process dies.
	Crashes map[int]crash
}

// resource is what became of one instance, oldest first.
type resource struct {
	Name        string
	Transitions []transition
}

// transition is one change, and when its events are delivered: copies, repeats, late ones.
type transition struct {
	At       time.Duration
	Status   coverage.Status
	Previous coverage.Status
	Issue    string
	Arrivals []time.Duration
}

// trouble is a time in which a service fails.
type trouble struct {
	Service   string
	From, For time.Duration
	Fault     fault
}

// fault is how a service fails.
type fault string

const (
	none      fault = ""
	refuse    fault = "refuses"
	throttle  fault = "throttles"
	moment    fault = "asks for a moment"
	hang      fault = "hangs"
	lost      fault = "does it, and its answer is lost"
	permanent fault = "refuses for good"
)

func (f fault) err() error {
	switch f {
	case none:
		return nil
	case throttle:
		return refusal{after: 40 * time.Second}
	case moment:
		return refusal{after: 2 * time.Second}
	case permanent:
		return refusal{permanent: true}
	}
	return errTrouble
}

type crash struct{ after bool }

// Issues, of which the first usually heals by itself.
const (
	transient = "No Agent Reporting:Waiting for SSM notification"
	lasting   = "No Agent Reporting:Agent disconnected"
	other     = "Agent Not Provisioned:Kernel version is lower than the supported version."
)

var anyHistory = rapid.Custom(func(t *rapid.T) history {
	h := history{
		Seed:       rapid.Uint64().Draw(t, "seed"),
		Latency:    rapid.SampledFrom([]time.Duration{20 * time.Millisecond, time.Second, 2500 * time.Millisecond}).Draw(t, "latency"),
		Hold:       rapid.SampledFrom([]time.Duration{15 * time.Minute, 0}).Draw(t, "hold"),
		StormLimit: rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "stormLimit"),
		Crashes:    map[int]crash{},
	}
	fleet := rapid.Bool().Draw(t, "fleet")
	count := rapid.IntRange(1, 2).Draw(t, "resources")
	if fleet {
		count = rapid.IntRange(3, 5).Draw(t, "members")
	}
	for i := range count {
		r := resource{Name: fmt.Sprintf("i-%d", i)}
		if fleet && i > 0 {
			r.Transitions = sameAgain(t, h.Resources[0].Transitions)
		} else {
			r.Transitions = anyTransitions(t)
		}
		h.Resources = append(h.Resources, r)
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2, 4}).Draw(t, "crashes") {
		h.Crashes[rapid.IntRange(1, 40*count).Draw(t, "call")] = crash{after: rapid.Bool().Draw(t, "after")}
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "troubles") {
		h.Troubles = append(h.Troubles, anyTrouble(t))
	}
	return h
})

var delays = []time.Duration{0, 0, 0, time.Second, 35 * time.Second, 5 * time.Minute, 20 * time.Minute}

func anyTransitions(t *rapid.T) []transition {
	gaps := []time.Duration{time.Second, time.Minute, 5 * time.Minute, 14 * time.Minute, 20 * time.Minute, time.Hour}
	issues := []string{transient, lasting, other}
	var transitions []transition
	at, status, issue := time.Duration(0), coverage.Healthy, ""
	for range rapid.IntRange(1, 4).Draw(t, "transitions") {
		next := transition{At: at, Previous: status, Status: coverage.Unhealthy}
		if status == coverage.Unhealthy && rapid.IntRange(0, 3).Draw(t, "again") > 0 {
			next.Status = coverage.Healthy
		} else {
			issue = rapid.SampledFrom(issues).Draw(t, "issue")
			next.Issue = issue
		}
		next.Arrivals = anyArrivals(t, at)
		transitions = append(transitions, next)
		status = next.Status
		at += rapid.SampledFrom(gaps).Draw(t, "gap")
	}
	return transitions
}

// sameAgain is what became of another instance of the same fleet: the same, delivered in its own way.
func sameAgain(t *rapid.T, transitions []transition) []transition {
	transitions = slices.Clone(transitions)
	if rapid.IntRange(0, 3).Draw(t, "shorter") == 0 {
		transitions = transitions[:rapid.IntRange(1, len(transitions)).Draw(t, "length")]
	}
	for i := range transitions {
		transitions[i].Arrivals = anyArrivals(t, transitions[i].At)
	}
	return transitions
}

func anyArrivals(t *rapid.T, at time.Duration) []time.Duration {
	var arrivals []time.Duration
	for range rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "copies") {
		arrivals = append(arrivals, at+rapid.SampledFrom(delays).Draw(t, "delay"))
	}
	return arrivals
}

func anyTrouble(t *rapid.T) trouble {
	x := trouble{
		Service: rapid.SampledFrom([]string{"slack", "sns", "store", "queue"}).Draw(t, "service"),
		From:    rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}).Draw(t, "from"),
	}
	faults, lengths := []fault{refuse, hang, lost}, []time.Duration{time.Second, 40 * time.Second, 10 * time.Minute, 50 * time.Minute}
	if x.Service == "slack" || x.Service == "sns" {
		faults, lengths = append(faults, throttle, moment, permanent), append(lengths, 2*time.Hour)
	}
	x.Fault = rapid.SampledFrom(faults).Draw(t, "fault")
	if x.Fault == lost {
		lengths = lengths[:2] // Every repeat of a call whose answer is lost is one more that is done.
	}
	x.For = rapid.SampledFrom(lengths).Draw(t, "for")
	return x
}

// String prints the history for a person who has to understand a failure.
func (h history) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "history: seed %d, calls take up to %v, hold %v, storm limit %d\n", h.Seed, h.Latency, h.Hold, h.StormLimit)
	for _, r := range h.Resources {
		for _, x := range r.Transitions {
			fmt.Fprintf(&b, "  %s at %v: %s → %s %q, delivered at %v\n", r.Name, x.At, x.Previous, x.Status, x.Issue, x.Arrivals)
		}
	}
	for _, x := range h.Troubles {
		fmt.Fprintf(&b, "  %s %s from %v for %v\n", x.Service, x.Fault, x.From, x.For)
	}
	for _, n := range slices.Sorted(maps.Keys(h.Crashes)) {
		fmt.Fprintf(&b, "  crash at call %d, after it: %v\n", n, h.Crashes[n].after)
	}
	return b.String()
}

func (h history) losesAnswersOf(service string) bool {
	return slices.ContainsFunc(h.Troubles, func(x trouble) bool { return x.Service == service && x.Fault == lost })
}

// end is when nothing more happens from outside.
func (h history) end() time.Duration {
	var end time.Duration
	for _, x := range h.Troubles {
		end = max(end, x.From+x.For)
	}
	for _, r := range h.Resources {
		for _, x := range r.Transitions {
			end = max(end, slices.Max(x.Arrivals))
		}
	}
	return end
}

// simulate runs a history to its end, changed by mutate if that is not nil, and returns what does not hold and a
// log of what happened.
func simulate(t *testing.T, h history, mutate func(*world)) (problems, log []string) {
	synctest.Test(t, func(*testing.T) {
		w := newWorld(h, time.Now())
		if mutate != nil {
			mutate(w)
		}
		stop := make(chan struct{})
		go w.poll(stop)
		w.deliverAll()
		time.Sleep(h.end() + time.Second)
		problems = w.settle()
		close(stop)
		time.Sleep(time.Hour) // for what still runs
		w.mu.Lock()
		defer w.mu.Unlock()
		problems, log = append(problems, w.verify()...), w.log
	})
	return problems, log
}

// deliverAll sends every event on its way, no two at the same nanosecond.
func (w *world) deliverAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, r := range w.history.Resources {
		for _, x := range r.Transitions {
			for i, at := range x.Arrivals {
				n++
				due := at + time.Duration(n)*time.Microsecond
				body := event(r.Name, w.start.Add(x.At), w.start.Add(at), x, i)
				w.events[body], _ = coverage.Decode([]byte(body))
				go func() {
					time.Sleep(due)
					w.eventually(body)
				}()
			}
		}
	}
}

// event is the event of a transition; copies differ in id and in the account that received them.
func event(name string, changedAt, receivedAt time.Time, x transition, copies int) string {
	detailType, status, previous := "Unhealthy", "Unhealthy", "Healthy"
	if x.Status == coverage.Healthy {
		detailType, status = "Healthy", "Healthy"
	}
	if x.Previous == coverage.Unhealthy {
		previous = "Unhealthy"
	}
	return fmt.Sprintf(`{"version":"0","id":"%s-%d-%d","detail-type":"GuardDuty Runtime Protection %s","source":"aws.guardduty",`+
		`"account":"%012d","time":"%s","region":"eu-west-1","resources":[],"detail":{"resourceAccountId":"111122223333",`+
		`"currentStatus":"%s","previousStatus":"%s","resourceDetails":{"resourceType":"EC2","ec2InstanceDetails":{"instanceId":"%s"}},`+
		`"issue":"%s","lastUpdatedAt":%d}}`,
		name, changedAt.Unix(), copies, detailType, 111122223333+copies, receivedAt.UTC().Format(time.RFC3339), status, previous, name, x.Issue, changedAt.UnixMilli())
}

// longest is how long anything may wait once all is well again: a change is held, put off by the longest
// delay, and met a lease of a dead process on its way, with some time for the queue itself.
const longest = 90 * time.Minute

// settle lets everything come to rest, dead letters being brought back, and complains when it does not.
func (w *world) settle() []string {
	for {
		for waited := time.Duration(0); !w.quiet(); waited += 10 * time.Second {
			if waited > longest {
				return []string{fmt.Sprintf("something still waits %v after all was well", longest)}
			}
			time.Sleep(10 * time.Second)
		}
		if !w.redrive() {
			return nil
		}
	}
}

// verify checks what must hold after any history.
func (w *world) verify() (problems []string) {
	for _, r := range w.history.Resources {
		for _, sink := range w.sinks {
			problems = append(problems, w.verifyOne(r, sink)...)
		}
	}
	return append(problems, w.verifyGroups(w.sinks[0])...)
}

func (w *world) verifyOne(r resource, d *display) (problems []string) {
	key := "111122223333/eu-west-1/EC2/" + r.Name
	if w.pipeline.Route != nil {
		if _, ok := w.pipeline.Route(coverage.Change{Resource: coverage.Resource{Name: r.Name}}, nil).To[d.name]; !ok {
			if slices.ContainsFunc(d.words, func(said word) bool { return said.key == key }) {
				return []string{fmt.Sprintf("%s was told of %s, which is not its own", d.name, r.Name)}
			}
			return nil
		}
	}
	var words []word
	for _, said := range d.words {
		if said.key == key {
			words = append(words, said)
		}
	}
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s and %s: ", d.name, r.Name)+fmt.Sprintf(format, args...))
	}
	w.verifyOrder(key, words, fail)
	w.verifyRepeats(key, d.name, words, fail)
	if len(words) > 0 {
		if by := words[len(words)-1].by; by.blind[key] && (by.crashed || by.mute) {
			return problems // Two failures at once: what was told could be noted nowhere. Documented.
		}
	}
	last := r.Transitions[len(r.Transitions)-1]
	if len(words) == 0 {
		if last.Status == coverage.Unhealthy {
			fail("it is uncovered, and nothing was told")
		}
	} else if got := words[len(words)-1].status; got != last.Status {
		fail("the last word is %s, the truth is %s", got, last.Status)
	}
	w.verifyNothingLost(key, r, words, fail)
	return problems
}

// verifyOrder: nothing older is told after something newer that could be remembered.
func (w *world) verifyOrder(key string, words []word, fail func(string, ...any)) {
	if w.forgot[key] {
		return
	}
	newest := w.start
	for _, said := range words {
		if said.changedAt.Before(newest) {
			fail("%v was told after %v", said.changedAt.Sub(w.start), newest.Sub(w.start))
		}
		if !said.by.crashed {
			newest = said.changedAt
		}
	}
}

// verifyRepeats: a change is told once, and once more at most for each crash.
func (w *world) verifyRepeats(key, sink string, words []word, fail func(string, ...any)) {
	if w.forgot[key] || w.history.losesAnswersOf(sink) {
		return
	}
	times := map[string]int{}
	for _, said := range words {
		if said.edit {
			continue
		}
		what := fmt.Sprint(said.status, " of ", said.changedAt.Sub(w.start))
		if times[what]++; times[what] > 1+w.crashed {
			fail("%s was told %d times, with %d crashes", what, times[what], w.crashed)
		}
	}
}

// verifyNothingLost: whatever is newer than the newest change that was told either healed while it was held or repeats what was told.
func (w *world) verifyNothingLost(key string, r resource, words []word, fail func(string, ...any)) {
	told := func(x transition) bool {
		return slices.ContainsFunc(words, func(said word) bool {
			return said.status == x.Status && said.changedAt.Equal(w.start.Add(x.At))
		})
	}
	newest := len(r.Transitions) - 1
	for newest >= 0 && !told(r.Transitions[newest]) {
		newest--
	}
	if w.forgot[key] && len(words) > 0 && words[len(words)-1].status == r.Transitions[len(r.Transitions)-1].Status {
		return // Without the store what was told is not known for certain, but the last word is right.
	}
	if w.crashed > 0 && w.saysTheNewest(r, words) {
		return // What was told before a crash may be told again, and out of order, but the last word is right.
	}
	for i := len(r.Transitions) - 1; i > newest; i-- {
		x := r.Transitions[i]
		switch {
		case x.Previous == coverage.Unhealthy && newest >= 0 && x.Issue == r.Transitions[newest].Issue:
			return // It was looked at again, and is as it was told.
		case x.Status == coverage.Healthy && i > 0 && !told(r.Transitions[i-1]):
			// It healed before anybody was told: what follows judges whether that was right.
		case x.Status == coverage.Unhealthy && w.wasOvertaken(r, i):
		case x.Status == coverage.Unhealthy && i > 0 && r.Transitions[i-1].Issue == x.Issue:
		default:
			fail("%s of %v was lost", x.Status, x.At)
			return
		}
	}
}

// saysTheNewest reports whether the last word says of the resource what its newest change says, cause included.
func (w *world) saysTheNewest(r resource, words []word) bool {
	if len(words) == 0 {
		return false
	}
	last, newest := words[len(words)-1], r.Transitions[len(r.Transitions)-1]
	return slices.ContainsFunc(r.Transitions, func(x transition) bool {
		return last.changedAt.Equal(w.start.Add(x.At)) && last.status == x.Status && x.Status == newest.Status && x.Issue == newest.Issue
	})
}

// wasOvertaken reports whether something newer was known before the loss had to be told: it came first, the loss was held,
// or there was trouble.
func (w *world) wasOvertaken(r resource, i int) bool {
	if i == len(r.Transitions)-1 {
		return false
	}
	if w.crashed > 0 || len(w.history.Troubles) > 0 {
		return true
	}
	overtaken := 1000 * time.Hour
	for _, later := range r.Transitions[i+1:] {
		overtaken = min(overtaken, slices.Min(later.Arrivals))
	}
	patience := 2 * time.Minute
	if r.Transitions[i].Issue == transient {
		patience += 2 * w.history.Hold // looked at again, it may be held once more
	}
	if w.history.StormLimit > 0 {
		patience += 20 * time.Minute
	}
	return overtaken <= slices.Min(r.Transitions[i].Arrivals)+patience
}

// verifyGroups: a group's message counts those of its members that did not recover since it was told.
func (w *world) verifyGroups(d *display) (problems []string) {
	open := map[string]map[string]bool{}
	for _, said := range d.words {
		switch {
		case said.status == coverage.Healthy:
			for _, members := range open {
				delete(members, said.key)
			}
		case d.shown[said.ref] != nil:
			if open[said.ref] == nil {
				open[said.ref] = map[string]bool{}
			}
			open[said.ref][said.key] = true
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(d.shown)) {
		counted, uncovered := d.shown[ref].open, len(open[ref])
		// What is told anew after a crash, a lost answer or without the store leaves a message behind that counts too many.
		mayLag := len(w.forgot) > 0 || w.crashed > 0 || w.history.losesAnswersOf(d.name)
		if counted < uncovered || counted > uncovered && !mayLag {
			problems = append(problems, fmt.Sprintf("%s: %s of %v counts %d, and %d are uncovered", d.name, ref, d.shown[ref].members, counted, uncovered))
		}
	}
	return problems
}
