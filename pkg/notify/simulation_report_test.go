package notify_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/coverage"
)

// TestSimulationWithLostEvents has some events never come. The coverage report, which compares what GuardDuty lists
// with what is remembered, sees to it that every sink ends telling the truth all the same.
func TestSimulationWithLostEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h := anyHistory.Draw(rt, "history")
		lost := map[[2]int]bool{}
		for i, r := range h.Resources {
			for j := range r.Transitions {
				lost[[2]int{i, j}] = rapid.IntRange(0, 2).Draw(rt, "lost") == 0
			}
		}
		problems, log := simulateWithReport(t, h, lost)
		if len(problems) > 0 {
			rt.Logf("%s\n%v\nlost: %v\nwhat happened:\n%s", strings.Join(problems, "\n"), h, lost, strings.Join(log, "\n"))
			rt.Fatal("what must always hold did not")
		}
	})
}

// TestSimulationNeedsTheReport shows that the test above can fail: without the report lost events are lost.
func TestSimulationNeedsTheReport(t *testing.T) {
	h := history{Latency: time.Millisecond, Crashes: map[int]crash{}, Resources: []resource{{
		Name:        "i-0",
		Transitions: []transition{{Status: coverage.Unhealthy, Previous: coverage.Healthy, Issue: lasting, Arrivals: []time.Duration{0}}},
	}}}
	lost := map[[2]int]bool{{0, 0}: true}
	if problems, _ := simulateWithReport(t, h, lost); len(problems) > 0 {
		t.Errorf("with the report: %v", problems)
	}
	var problems []string
	synctest.Test(t, func(*testing.T) {
		w := newWorld(withoutLost(h, lost), time.Now())
		problems = w.verifyTruth(h)
	})
	if len(problems) == 0 {
		t.Error("without the report nobody missed the event that was lost")
	}
}

// withoutLost is the history without the events that are lost.
func withoutLost(h history, lost map[[2]int]bool) history {
	resources := make([]resource, len(h.Resources))
	for i, r := range h.Resources {
		resources[i] = resource{Name: r.Name}
		for j, x := range r.Transitions {
			if !lost[[2]int{i, j}] {
				resources[i].Transitions = append(resources[i].Transitions, x)
			}
		}
	}
	h.Resources = resources
	return h
}

func simulateWithReport(t *testing.T, h history, lost map[[2]int]bool) (problems, log []string) {
	synctest.Test(t, func(*testing.T) {
		w := newWorld(withoutLost(h, lost), time.Now())
		stop := make(chan struct{})
		go w.poll(stop)
		w.deliverAll()
		time.Sleep(h.end() + time.Hour)
		problems = w.settle()
		for range 1 + len(h.Crashes) { // A report that dies is followed by the next.
			w.report(h)
			problems = append(problems, w.settle()...)
		}
		close(stop)
		time.Sleep(time.Hour) // for what still runs
		problems = append(problems, w.verifyTruth(h)...)
		log = w.log
	})
	return problems, log
}

// report does what functions/report does for its safety net.
func (w *world) report(h history) {
	inv := &invocation{blind: map[string]bool{}}
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), invocationKey{}, inv), functionTimeout)
	defer cancel()
	var found []coverage.Change
	for _, r := range h.Resources {
		last := r.Transitions[len(r.Transitions)-1]
		state := coverage.State{
			Resource:  coverage.Resource{Kind: coverage.EC2, Name: r.Name, Account: "111122223333", Region: "eu-west-1"},
			Status:    last.Status,
			Coverage:  coverage.Count{Covered: coverage.Unknown, Total: coverage.Unknown},
			UpdatedAt: w.start.Add(last.At),
		}
		if last.Issue != "" {
			state.Issues = []string{last.Issue}
		}
		if w.isOpen(state.Resource.Key()) != (last.Status == coverage.Unhealthy) {
			found = append(found, state.Change(time.Now()))
		}
	}
	w.note("the report found %d", len(found))
	w.mu.Lock()
	inv.batch = found
	for _, change := range found {
		w.delivered[change.Resource.Key()] = change
	}
	w.mu.Unlock()
	w.pipeline.HandleChanges(ctx, found)
	w.mu.Lock()
	defer w.mu.Unlock()
	inv.dead = true
}

// isOpen reports whether the store says that the resource is uncovered.
func (w *world) isOpen(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	var stored coverage.Incident
	if document := w.items[key].document; document != "" {
		if err := json.Unmarshal([]byte(document), &stored); err != nil {
			panic(err)
		}
	}
	return stored.Status == coverage.Unhealthy
}

// verifyTruth: every sink's last word about every resource is the truth, and none was never told of a loss.
func (w *world) verifyTruth(h history) (problems []string) {
	for _, r := range h.Resources {
		key, truth := "111122223333/eu-west-1/EC2/"+r.Name, r.Transitions[len(r.Transitions)-1].Status
		for _, d := range w.sinks {
			last := word{status: coverage.Healthy} // what nobody ever spoke of is taken to be covered
			for _, said := range d.words {
				if said.key == key {
					last = said
				}
			}
			if last.by != nil && last.by.blind[key] && (last.by.crashed || last.by.mute) {
				continue // Two failures at once: what was told could be noted nowhere. Documented.
			}
			if last.status != truth {
				problems = append(problems, d.name+" and "+r.Name+": the last word is "+string(last.status)+", the truth is "+string(truth))
			}
		}
	}
	return problems
}
