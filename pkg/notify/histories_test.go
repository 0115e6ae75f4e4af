package notify_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// failedHistories are histories that an earlier version of the pipeline did not pass, or a defect that was found
// elsewhere. They are written out, so that they outlive the generator.
func failedHistories() map[string]history {
	lostAt := func(at time.Duration, issue string, arrivals ...time.Duration) transition {
		return transition{At: at, Status: coverage.Unhealthy, Issue: issue, Arrivals: arrivals}
	}
	backAt := func(at time.Duration, arrivals ...time.Duration) transition {
		return transition{At: at, Status: coverage.Healthy, Arrivals: arrivals}
	}
	const s, m = time.Second, time.Minute
	route := func(routes map[string]string) map[string][]string {
		all := map[string][]string{}
		for name, sinks := range routes {
			for _, issue := range []string{transient, lasting, other} {
				all[name+"/"+issue] = strings.Fields(sinks)
			}
		}
		return all
	}
	return map[string]history{
		"a process dies right after it changed a group's message": {
			Seed: 55, Latency: s, Hold: 15 * m, Batch: 10, Crashes: map[int]crash{22: after},
			Resources: []resource{
				{Name: "i-0", Transitions: []transition{lostAt(0, transient, 0), backAt(20*m, 20*m), lostAt(21*m, transient, 21*m, 21*m)}},
				{Name: "i-1", Transitions: []transition{lostAt(0, transient, 0)}},
				{Name: "i-2", Transitions: []transition{lostAt(0, transient, 0), backAt(20*m, 20*m+s), lostAt(21*m, transient, 21*m)}},
			},
		},
		"a queue that refuses, loses answers and refuses again, while processes die": {
			Seed: 731581, Latency: 20 * time.Millisecond, Hold: 15 * m, RateLimit: 1, Batch: 10,
			Crashes: map[int]crash{4: after, 36: after, 40: before, 81: before},
			Troubles: []trouble{
				{"queue", 15 * m, s, lost}, {"queue", s, 50 * m, refuse}, {"queue", 30 * m, 40 * s, refuse},
			},
			Resources: []resource{
				{Name: "i-0", Transitions: []transition{lostAt(0, transient, 0, s), backAt(s, s, 2*s, s), lostAt(2*s, transient, 37*s)}},
				{Name: "i-1", Transitions: []transition{lostAt(0, transient, 0, 0), backAt(s, 36*s, s), lostAt(2*s, transient, 2*s, 2*s, 2*s)}},
				{Name: "i-2", Transitions: []transition{lostAt(0, transient, 0), backAt(s, s), lostAt(2*s, transient, 2*s)}},
			},
		},
		"rules, a queue that refuses and two crashes during recoveries": {
			Seed: 2, Latency: 20 * time.Millisecond, Hold: 15 * m, Batch: 10, Crashes: map[int]crash{92: after, 104: before},
			Troubles: []trouble{{"queue", s, 10 * m, refuse}},
			Routes:   route(map[string]string{"i-0": "slack sns", "i-1": "slack", "i-2": "slack sns", "i-3": "slack", "i-4": ""}),
			Resources: []resource{
				{Name: "i-0", Transitions: []transition{lostAt(0, transient, 0, 0, 0), backAt(s, s, s, s), lostAt(2*s, transient, 2*s), backAt(62*s, 62*s, 62*s)}},
				{Name: "i-1", Transitions: []transition{lostAt(0, transient, 0), backAt(s, s), lostAt(2*s, transient, 2*s), backAt(62*s, 63*s)}},
				{Name: "i-2", Transitions: []transition{lostAt(0, transient, s), backAt(s, s, s), lostAt(2*s, transient, 2*s), backAt(62*s, 62*s)}},
				{Name: "i-3", Transitions: []transition{lostAt(0, transient, 0, 0, 0), backAt(s, s), lostAt(2*s, transient, 2*s)}},
				{Name: "i-4", Transitions: []transition{lostAt(0, transient, 0), backAt(s, 301*s, 36*s, 301*s), lostAt(2*s, transient, 37*s, 37*s), backAt(62*s, 62*s)}},
			},
		},
		"a group whose members recover while the table fails for a moment": {
			Latency: 20 * time.Millisecond, Hold: 15 * m, Batch: 10, Troubles: []trouble{{"store", 20 * m, 40 * s, refuse}},
			Resources: fleet(5, lostAt(0, transient, 0), backAt(20*m, 20*m+s)),
		},
		"a group whose item alone cannot be read while its members recover": {
			Latency: 20 * time.Millisecond, Hold: 15 * m, Batch: 10, Troubles: []trouble{{"groups", 20 * m, 2 * m, hang}},
			Resources: fleet(5, lostAt(0, transient, 0), backAt(20*m, 20*m+s)),
		},
		"a member leaves, the answer is lost, and it loses coverage again at once": {
			Latency: 20 * time.Millisecond, Hold: 15 * m, Batch: 10, Troubles: []trouble{{"groups", 20 * m, 5 * s, lost}},
			Resources: append(fleet(3, lostAt(0, transient, 0)), resource{
				Name: "i-3", Transitions: []transition{lostAt(0, transient, 0), backAt(20*m, 20*m+s), lostAt(20*m+10*s, transient, 20*m+12*s)},
			}),
		},
		"a record that could not be saved, and rules that name another sink by then": {
			Latency: 20 * time.Millisecond, Batch: 10, Blips: map[int]fault{3: refuse}, RoutesChange: s,
			Routes: route(map[string]string{"i-0": "slack"}), OtherRoutes: route(map[string]string{"i-0": "sns"}),
			Resources: []resource{{Name: "i-0", Transitions: []transition{lostAt(0, lasting, 0), backAt(60*m, 60*m)}}},
		},
		"a record that could not be saved, and a duplicate that takes over its claim under other rules": {
			Latency: 20 * time.Millisecond, Hold: 15 * m, RateLimit: 1, Batch: 10,
			Blips: map[int]fault{1: throttle, 12: refuse}, RoutesChange: s,
			Routes: route(map[string]string{"i-0": "slack sns"}), OtherRoutes: route(map[string]string{"i-0": "slack"}),
			Resources: []resource{
				{Name: "i-0", Vanishes: true, Transitions: []transition{lostAt(0, lasting, 0, 0, 0)}},
				{Name: "i-3", Vanishes: true, Transitions: []transition{lostAt(0, lasting, 0)}},
			},
		},
		"a process dies after it sent what had been held, and rules name another sink by then": {
			Latency: 20 * time.Millisecond, Hold: 15 * m, Batch: 10, Crashes: map[int]crash{0: after}, RoutesChange: 15*m + 30*s,
			Routes: route(map[string]string{"i-0": "slack"}), OtherRoutes: route(map[string]string{"i-0": "sns"}),
			Resources: []resource{{Name: "i-0", Transitions: []transition{lostAt(0, transient, 0), backAt(60*m, 60*m)}}},
		},
		"a group whose message hangs, and whose wake-up the queue refuses": {
			Latency: 20 * time.Millisecond, Hold: 15 * m, Batch: 10,
			Troubles:  []trouble{{"slack", 20 * m, 50 * m, hang}, {"queue", 30 * m, 50 * m, refuse}},
			Resources: fleet(3, lostAt(0, transient, 0), backAt(20*m, 20*m)),
		},
		"two losses of one moment that go to different sinks, and a record that could not be saved": {
			Seed: 9791, Latency: 20 * time.Millisecond, Hold: 15 * m, RateLimit: 1, Batch: 10,
			Crashes: map[int]crash{2: before, 5: before}, Blips: map[int]fault{1: lost, 17: refuse, 18: refuse, 30: refuse},
			Routes:      map[string][]string{"i-0/" + lasting: {"slack", "sns"}, "i-0/" + transient: nil},
			OtherRoutes: map[string][]string{"i-0/" + lasting: {"slack", "sns"}, "i-0/" + transient: {"slack"}}, RoutesChange: 30 * m,
			Resources: []resource{{Name: "i-0", Transitions: []transition{
				lostAt(0, transient, 5*m, 5*m, 0), backAt(60*m, 60*m, 60*m+35*s), lostAt(60*m, lasting, 60*m),
				lostAt(60*m, transient, 60*m), backAt(61*m, 61*m),
			}}},
			Expire: m,
		},
		"a count that times out is no reason not to save": {
			Latency: 20 * time.Millisecond, Batch: 10, RateLimit: 1, Blips: map[int]fault{2: hang},
			Resources: []resource{{Name: "i-0", Transitions: []transition{lostAt(0, lasting, 0), lostAt(0, transient, 0)}}},
		},
	}
}

// fleet are instances to which the same happens. What is held is sent as a group.
func fleet(n int, transitions ...transition) (all []resource) {
	for i := range n {
		all = append(all, resource{Name: fmt.Sprintf("i-%d", i), Transitions: transitions})
	}
	return all
}

// TestHistoriesThatFailed runs each as it was, and with its crashes and calls shifted, since a call's number changes with
// the code.
func TestHistoriesThatFailed(t *testing.T) {
	t.Parallel()
	for name, h := range failedHistories() {
		t.Run(name, func(t *testing.T) {
			for shift := range 40 {
				shifted := h
				shifted.Seed += uint64(shift)
				shifted.Crashes, shifted.Blips = map[int]crash{}, map[int]fault{}
				for n, c := range h.Crashes {
					shifted.Crashes[n+shift] = c
				}
				for n, f := range h.Blips {
					shifted.Blips[n+shift] = f
				}
				if problems, log := simulate(t, shifted, nil); len(problems) > 0 {
					t.Fatalf("%s\n%v\nwhat happened:\n%s", strings.Join(problems, "\n"), shifted, strings.Join(log, "\n"))
				}
			}
		})
	}
}

// TestSimulationNotices breaks the world around the pipeline, one promise at a time, and requires that the simulation
// notices.
func TestSimulationNotices(t *testing.T) {
	t.Parallel()
	faults := options{faults: true}
	worlds := map[string]struct {
		options options
		alter   func(*world)
	}{
		"a lease that excludes nobody":                   {faults, func(w *world) { w.broken.noLease = true }},
		"a table that hides abandoned claims":            {faults, func(w *world) { w.broken.noAbandoned = true }},
		"a table that forgets what claims were about":    {options{faults: true, routes: true}, func(w *world) { w.broken.noIntents = true }},
		"a queue that keeps nothing":                     {faults, func(w *world) { w.broken.deafQueue = true }},
		"a function that acknowledges everything":        {faults, func(w *world) { w.broken.acknowledgesAll = true }},
		"Lambda's recursive loop detection, if it is on": {faults, func(w *world) { w.loopDetection = true }},
	}
	for _, name := range slices.Sorted(maps.Keys(worlds)) {
		t.Run(name, func(t *testing.T) {
			generator := anyHistory(worlds[name].options)
			for seed := range enough {
				if problems, _ := simulate(t, generator.Example(seed), worlds[name].alter); len(problems) > 0 {
					t.Logf("noticed in history %d: %s", seed, problems[0])
					return
				}
			}
			t.Errorf("%d histories passed", enough)
		})
	}
}

// enough is how many histories a broken world may pass before the simulation counts as blind to it.
const enough = 3000
