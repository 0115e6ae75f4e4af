package notify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/notify"
)

// changeOver is how the events of a Region move from a stack of its own to the home stack, as docs/organization.md
// describes it.
type changeOver struct {
	// Overlap has both receive every event, which the document forbids; the others do not matter then.
	Overlap bool
	// Deleted is when the old stack is deleted, or later when something still waits there.
	Deleted time.Duration
	// Gap is the time from then until the forwarder works, in which events reach nobody.
	Gap time.Duration
}

// homes are two stacks with a table, a queue and sinks each, of which one takes over from the other.
type homes struct {
	changeOver
	old, home *world

	mu sync.Mutex
	// deletedAt and forwardedAt are when that happened.
	deletedAt, forwardedAt time.Duration
	// found are the changes of which the home stack notified, and that a report found.
	found map[string]bool
}

// never is when what has not happened yet does.
const never = time.Duration(1 << 62)

// moved runs a history through a change-over, and then looks at both stacks; check is called at rest, in virtual time.
func moved(t *testing.T, h history, c changeOver, check func(*homes) []string) (problems, log []string) {
	synctest.Test(t, func(*testing.T) {
		at := time.Now()
		other := h
		other.Seed++
		w := &homes{changeOver: c, old: newWorld(h, at), home: newWorld(other, at), found: map[string]bool{}}
		w.deletedAt, w.forwardedAt = never, never
		w.markFound()
		oldStopped, stopped := make(chan struct{}), make(chan struct{})
		go w.old.poll(oldStopped)
		go w.home.poll(stopped)
		w.deliver()
		problems = w.move()
		time.Sleep(max(0, h.end()-time.Since(at)) + time.Second)
		problems = append(problems, w.home.settle()...)
		for range 3 + len(h.Crashes) + len(h.Blips) {
			if len(problems) > 0 {
				break
			}
			time.Sleep(2 * time.Hour)
			w.home.report()
			problems = w.home.settle()
		}
		if len(problems) == 0 {
			problems = check(w)
		}
		if !c.Overlap && !w.old.quiet() {
			problems = append(problems, "something waits in the deleted stack")
		}
		close(oldStopped)
		close(stopped)
		time.Sleep(time.Hour) // for what still runs
		log = slices.Concat([]string{"old:"}, w.old.log, []string{"home:"}, w.home.log)
	})
	return problems, log
}

// markFound notes which changes the home stack notified of because a report found them.
func (w *homes) markFound() {
	observe := w.home.before.Observe
	w.home.before.Observe = func(ctx context.Context, o notify.Outcome) {
		observe(ctx, o)
		w.mu.Lock()
		defer w.mu.Unlock()
		if o.Change.Found && len(o.Notified) > 0 {
			w.found[said(o.Change.Resource.Key(), o.Change.Status, o.Change.ChangedAt.Sub(w.home.start))] = true
		}
	}
}

// said names a change of a resource.
func said(key string, status coverage.Status, at time.Duration) string {
	return fmt.Sprint(key, " ", status, " ", at)
}

// deliver sends every event on its way to whichever stack receives it when it arrives.
func (w *homes) deliver() {
	n := 0
	for _, r := range w.old.history.Resources {
		for _, x := range r.Transitions {
			for i, at := range x.Arrivals {
				n++
				due := at + time.Duration(n)*time.Microsecond
				body := event(r.Name, w.old.start.Add(x.At+w.old.history.Ahead), w.old.start.Add(at), x, i)
				go func() {
					time.Sleep(due)
					for _, receiver := range w.receivers(due) {
						receiver.eventually(body)
					}
				}()
			}
		}
	}
}

func (w *homes) receivers(at time.Duration) []*world {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.Overlap:
		return []*world{w.old, w.home}
	case at < w.deletedAt:
		return []*world{w.old}
	case at >= w.forwardedAt:
		return []*world{w.home}
	}
	return nil
}

// move waits until nothing waits in the old stack, deletes it, and then deploys the forwarder.
func (w *homes) move() []string {
	if w.Overlap {
		time.Sleep(w.old.history.end() + time.Second)
		return append(w.old.settle(), w.old.verifyFirst()...)
	}
	time.Sleep(w.Deleted)
	// What a sink refuses waits for up to 26 hours, then it is a dead letter.
	for waited := time.Duration(0); !w.old.quiet() || w.old.redrive(); waited += 10 * time.Second {
		if waited > 48*time.Hour {
			return []string{"something waits in the old stack for ever"}
		}
		time.Sleep(10 * time.Second)
	}
	w.happened(&w.deletedAt)
	time.Sleep(w.Gap)
	w.happened(&w.forwardedAt)
	return nil
}

func (w *homes) happened(at *time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*at = time.Since(w.old.start)
}

// TestSimulationOfTwoHomes has a stack take over from another at any moment of any history with faults. In the home stack
// the last word is true, and neither sends anything twice without a fault. Where both receive every event, each notifies
// of its own accord: everybody is notified twice, which is why a Region must never have a stack and a forwarder.
func TestSimulationOfTwoHomes(t *testing.T) {
	t.Parallel()
	generator := anyHistory(options{faults: true})
	rapid.Check(t, func(rt *rapid.T) {
		h := generator.Draw(rt, "history")
		c := anyChangeOver(rt, h)
		c.Overlap = rapid.IntRange(0, 3).Draw(rt, "overlap") == 0
		problems, log := moved(t, h, c, func(w *homes) []string {
			problems := append(w.home.verifyLast(), w.oldRepeats()...)
			if c.Overlap {
				problems = append(problems, w.twice()...)
			}
			return problems
		})
		if len(problems) > 0 {
			rt.Logf("%s\n%+v\n%v\nwhat happened:\n%s", strings.Join(problems, "\n"), c, h, strings.Join(log, "\n"))
			rt.Fatal("what must hold of two homes did not")
		}
	})
}

// twice: without a fault, both notify of what is uncovered in the end.
func (w *homes) twice() (problems []string) {
	if !w.old.history.faultless() {
		return nil
	}
	for _, r := range w.old.history.Resources {
		for i := range w.home.sinks {
			for _, d := range []*display{w.old.sinks[i], w.home.sinks[i]} {
				last := d.last(keyOf(r.Name))
				if r.newest()[0].Status == coverage.Unhealthy && (last == nil || last.status != coverage.Unhealthy) {
					problems = append(problems, fmt.Sprintf("%s of %s: one of the two stacks says nothing of it", d.name, r.Name))
				}
			}
		}
	}
	return problems
}

func anyChangeOver(t *rapid.T, h history) changeOver {
	return changeOver{
		Deleted: h.end() * time.Duration(rapid.IntRange(0, 100).Draw(t, "deleted")) / 100,
		Gap:     rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 20 * time.Minute, 2 * time.Hour}).Draw(t, "gap"),
	}
}

// oldRepeats holds the deleted stack to what it sent until then.
func (w *homes) oldRepeats() (problems []string) {
	for _, r := range w.old.history.Resources {
		for _, d := range w.old.sinks {
			w.old.verifyRepeats(r, d, func(format string, args ...any) {
				problems = append(problems, "old "+d.name+" and "+r.Name+": "+fmt.Sprintf(format, args...))
			})
		}
	}
	return problems
}

// TestChangeOverNotifiesOnceMore of what is uncovered when the stack is deleted, and once of everything else that is still
// so in the end: without faults, and with events that come once and at once.
func TestChangeOverNotifiesOnceMore(t *testing.T) {
	t.Parallel()
	generator := anyHistory(options{})
	rapid.Check(t, func(rt *rapid.T) {
		h := generator.Draw(rt, "history")
		// Losses and recoveries in turn, 20 minutes apart. What is held or rate-limited is for the other simulations.
		h.Hold, h.Skew, h.Ahead, h.TwiceEvery, h.RateLimit = 0, 0, 0, 0, 0
		for i := range h.Resources {
			for j := range h.Resources[i].Transitions {
				x := transition{Status: coverage.Healthy, At: time.Duration(20*j+i) * time.Minute}
				if j%2 == 0 {
					x.Status, x.Issue = coverage.Unhealthy, lasting
				}
				x.Arrivals = []time.Duration{x.At + 10*time.Second}
				h.Resources[i].Transitions[j] = x
			}
		}
		c := anyChangeOver(rt, h)
		problems, log := moved(t, h, c, (*homes).notifiedAsDocumented)
		if len(problems) > 0 {
			rt.Logf("%s\n%+v\n%v\nwhat happened:\n%s", strings.Join(problems, "\n"), c, h, strings.Join(log, "\n"))
			rt.Fatal("the change-over notifies otherwise than docs/organization.md says")
		}
	})
}

// notifiedAsDocumented compares who was notified of each change by which stack, and why, with docs/organization.md.
func (w *homes) notifiedAsDocumented() (problems []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.old.history.Resources {
		for i, x := range r.Transitions {
			arrived, last := x.Arrivals[0], i+1 == len(r.Transitions)
			byOld, byEvent := arrived < w.deletedAt, arrived >= w.forwardedAt
			// The report finds a loss that the home stack's events did not bring, if it lasts.
			byReport := !byEvent && last && x.Status == coverage.Unhealthy
			what := said(keyOf(r.Name), x.Status, x.At)
			for j := range w.old.sinks {
				old, home := times(w.old.sinks[j], what), times(w.home.sinks[j], what)
				wantOld, wantHome := 0, 0
				if byOld {
					wantOld = 1
				}
				if byEvent || byReport {
					wantHome = 1
				}
				if old != wantOld || home != wantHome || w.found[what] != byReport {
					problems = append(problems, fmt.Sprintf("%s: sent %d and %d times, want %d and %d; found by a report: %v, want %v",
						what, old, home, wantOld, wantHome, w.found[what], byReport))
				}
			}
		}
	}
	return problems
}

// times is how often a sink was notified of a change.
func times(d *display, what string) (n int) {
	for _, x := range d.words {
		if !x.edit && said(x.key, x.status, x.changedAt.Sub(d.world.start)) == what {
			n++
		}
	}
	return n
}
