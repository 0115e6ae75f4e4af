package notify_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
)

// enoughHistories is how many histories a broken world may pass before the simulation counts as blind to it.
const enoughHistories = 1500

// TestSimulationBites breaks the world around the Pipeline, one promise at a time, and requires that the simulation notices.
func TestSimulationBites(t *testing.T) {
	worlds := map[string]func(*world){
		"a lease excludes nobody":             func(w *world) { w.pipeline.Store = brokenStore{modelStore{w}, noLease, nil} },
		"a lease never runs out":              func(w *world) { w.pipeline.Store = brokenStore{modelStore{w}, eternalLease, nil} },
		"the store forgets who is pending":    forgetful(func(i *coverage.Incident) { i.Pending = nil }),
		"the store forgets who was told":      forgetful(func(i *coverage.Incident) { i.Told = nil }),
		"the store forgets what is held":      forgetful(func(i *coverage.Incident) { i.Held = false }),
		"the store forgets the newest change": forgetful(func(i *coverage.Incident) { i.ChangedAt, i.Status = time.Time{}, "" }),
		"the queue keeps nothing":             func(w *world) { w.pipeline.Queue = deafQueue{wait: true} },
		"the dead-letter queue keeps nothing": func(w *world) { w.pipeline.Queue = deafQueue{modelQueue: modelQueue{w}} },
		"a refusal is taken for an answer": func(w *world) {
			w.pipeline.Sinks = []notify.Sink{deafSink{w.sinks[0]}, deafSink{w.sinks[1]}}
		},
		"everything is acknowledged": func(w *world) { w.acknowledgesAll = true },
	}
	for name, mutate := range worlds {
		t.Run(name, func(t *testing.T) {
			for seed := range enoughHistories {
				if problems, _ := simulate(t, anyHistory.Example(seed), mutate); len(problems) > 0 {
					t.Logf("noticed in history %d: %s", seed, problems[0])
					return
				}
			}
			t.Errorf("%d histories passed", enoughHistories)
		})
	}
}

// How a store is broken when it is opened.
const (
	noLease = iota + 1
	eternalLease
)

// brokenStore breaks one promise of a Store.
type brokenStore struct {
	modelStore
	how    int
	forget func(saved *coverage.Incident)
}

func forgetful(forget func(saved *coverage.Incident)) func(*world) {
	return func(w *world) { w.pipeline.Store = brokenStore{modelStore{w}, 0, forget} }
}

func (s brokenStore) Open(ctx context.Context, key string) (coverage.Incident, bool, error) {
	s.mu.Lock()
	stored := s.items[key]
	switch {
	case s.how == noLease:
		stored.lease, stored.leaseUntil = "", time.Time{}
	case s.how == eternalLease && stored.lease != "":
		stored.leaseUntil = time.Now().Add(time.Hour)
	}
	s.items[key] = stored
	s.mu.Unlock()
	return s.modelStore.Open(ctx, key)
}

func (s brokenStore) Save(ctx context.Context, incident coverage.Incident) error {
	s.mu.Lock()
	stored := s.items[incident.Key]
	if s.how == noLease {
		stored.lease = incident.Lease
		s.items[incident.Key] = stored
	}
	s.mu.Unlock()
	if s.forget != nil {
		s.forget(&incident)
	}
	return s.modelStore.Save(ctx, incident)
}

// deafQueue keeps nothing of what is to wait, or else of what is to be buried.
type deafQueue struct {
	modelQueue
	wait bool
}

func (q deafQueue) Wait(ctx context.Context, body json.RawMessage, delay time.Duration) error {
	if q.wait {
		return nil
	}
	return q.modelQueue.Wait(ctx, body, delay)
}

func (q deafQueue) Bury(context.Context, json.RawMessage, string) error { return nil }

// deafSink takes every refusal for an answer.
type deafSink struct{ notify.Sink }

func (s deafSink) Send(ctx context.Context, m message.Message, parent string) (string, error) {
	ref, err := s.Sink.Send(ctx, m, parent)
	if fmt.Sprint(err) == (refusal{}).Error() {
		err = nil
	}
	return ref, err
}

// mutation is a defect, written into the Pipeline itself.
type mutation struct{ name, file, old, new string }

// mutations are defects that one could put in by mistake. Each occurs in its file exactly once.
func mutations() []mutation {
	return []mutation{
		{"a claim that others hold is worked on all the same", "claim.go", "c.busy = true", "c.incident, c.before = incident, incident"},
		{"an older change is told", "decide.go", "case i.Newer(t.change):\n\t\treturn p.judgeOlder(i, t)", "case false:\n\t\treturn p.judgeOlder(i, t)"},
		{"a duplicate is told", "decide.go", "if len(i.Pending) == 0 {\n\t\treturn duplicate\n\t}\n\treturn tell\n}\n\nfunc (p *Pipeline) judgeRecovery", "i.Pending = p.sinkNames()\n\treturn tell\n}\n\nfunc (p *Pipeline) judgeRecovery"},
		{"what is held is never told", "decide.go", `if t.letter.Reason == "" || t.letter.Reason == busy {`, "if true {"},
		{"a recovery is taken for healing although the loss was told", "decide.go", "i.Pending = p.uncoveredIn(before)", "i.Pending = nil"},
		{"the oldest of a batch is told", "claim.go", "a.change.ChangedAt.Compare(b.change.ChangedAt)", "b.change.ChangedAt.Compare(a.change.ChangedAt)"},
		{"the same again is not told to whom nothing was", "decide.go", "told.Status == coverage.Unhealthy && told.ChangedAt.Equal(before.ChangedAt)", "true"},
		{"an abandoned claim is trusted", "claim.go", "incident.Unsure, incident.Doubted = false, sinks", "incident.Unsure = false"},
		{"a note about an older change is dropped", "decide.go", "if !p.learn(i, t) && !misled {", "if true {"},
		{"what was told is not noted", "settle.go", "tellIn(&c.incident, d.sink, d.told)", ""},
		{"a refusal is dropped", "settle.go", "outcome.Failing = append(outcome.Failing, d.sink)", ""},
		{"a storm is dropped", "settle.go", "outcome.Deferred = append(outcome.Deferred, d.sink)", ""},
		{"it is acknowledged whether it waits or not", "settle.go", "t.err = errors.Join(\n", "_ = errors.Join(\n"},
		{"the others' claim is waited for by nobody", "settle.go", "t.err = p.wait(ctx, l, t, busyDelay)", "t.err = nil"},
		{"what could not be held counts as held", "settle.go", "c.incident = c.before", "_ = c.before"},
		{"what the store could not note is forgotten", "settle.go", "outcome.StoreErr = errors.Join(outcome.StoreErr, why)\n", "outcome.StoreErr = why\n\tif true {\n\t\treturn\n\t}\n"},
		{"what is given up is buried nowhere", "claim.go", "if err := p.Queue.Bury(ctx, body, why.Error()); err != nil {", "if err := error(nil); err != nil {"},
		{"members never leave a group", "group.go", "return leaving[key]", "return false && leaving[key]"},
		{"a route is ignored", "route.go", "return !named", "return false && named"},
		{"a group's message counts a recovery that it could not tell", "group.go", "_ = r.p.Store.Save(ctx, group) // At worst the lease runs out.\n\t\treturn false, err", "_ = r.p.Store.Save(ctx, updated)\n\t\treturn false, nil"},
	}
}

var mutate = flag.Bool("mutate", false, "run the simulation against every mutation, which takes minutes")

// TestMutations requires that the simulation fails for every mutation, with -mutate; without, that each can still be made.
func TestMutations(t *testing.T) {
	for _, m := range mutations() {
		t.Run(m.name, func(t *testing.T) {
			source, err := os.ReadFile(m.file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), m.old); n != 1 {
				t.Fatalf("%s has %d places like %q, expected one", m.file, n, m.old)
			}
			if !*mutate {
				return
			}
			output, err := runMutated(t, m.file, strings.Replace(string(source), m.old, m.new, 1))
			if err == nil || !strings.Contains(output, "what must always hold did not") {
				t.Errorf("the simulation did not notice: %v\n%s", err, output)
			}
		})
	}
}

// runMutated runs the simulation with another text of one file.
func runMutated(t *testing.T, file, source string) (string, error) {
	t.Helper()
	original, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	mutant, overlay := filepath.Join(t.TempDir(), file), filepath.Join(t.TempDir(), "overlay.json")
	instead, err := json.Marshal(map[string]map[string]string{"Replace": {original: mutant}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{mutant: source, overlay: string(instead)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	output, err := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlay, "-run", "^TestSimulation($|WithRoutes$)", "-count=1",
		".", "-rapid.checks=12000", "-rapid.shrinktime=1s", "-rapid.nofailfile").CombinedOutput()
	return string(output), err
}
