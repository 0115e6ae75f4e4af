package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// task is one change on its way.
type task struct {
	letter   letter
	change   coverage.Change
	findings []catalog.Finding
	route    route
	// evidence is what a look at the live resource found.
	evidence []coverage.Evidence
	verdict  verdict
	// err is what whoever brought the change is told.
	err error
}

// claim is the incident of one resource, held against others, with the changes to it that arrived together.
type claim struct {
	incident coverage.Incident
	// before is the incident as it was when it was opened.
	before coverage.Incident
	// busy is true when somebody else holds the incident; forgotten is why the store did not answer.
	busy      bool
	forgotten error
	// tasks are in the order of their changes.
	tasks []*task
	// lead is the task whose change is the incident's newest; nil when all were stale or known.
	lead *task
	// deliveries are what became of the lead with each sink.
	deliveries []delivery
}

// read opens and decodes what arrived. What cannot be understood is buried.
func (p *Pipeline) read(ctx context.Context, events []json.RawMessage) []*task {
	tasks := make([]*task, len(events))
	for i, body := range events {
		tasks[i] = new(task)
		if err := p.readOne(tasks[i], body); err != nil {
			tasks[i].verdict = unreadable
			tasks[i].err = p.bury(ctx, body, err)
			p.observe(ctx, Outcome{Result: Unreadable, Err: err})
		}
	}
	return tasks
}

func (p *Pipeline) readOne(t *task, body json.RawMessage) error {
	var err error
	if t.letter, err = openLetter(body); err != nil {
		return err
	}
	if t.letter.Change != nil {
		t.change = *t.letter.Change
	} else if t.change, err = coverage.Decode(t.letter.Event); err != nil {
		return err
	}
	if t.change.ChangedAt.IsZero() {
		t.change.ChangedAt = p.Now().UTC()
	}
	t.findings = catalog.Classify(t.change)
	return nil
}

// bury puts body where a person decides, and returns why when it cannot.
func (p *Pipeline) bury(ctx context.Context, body json.RawMessage, why error) error {
	if p.Queue == nil {
		return why
	}
	if err := p.Queue.Bury(ctx, body, why.Error()); err != nil {
		return fmt.Errorf("%w; and it could not be put aside: %w", why, err)
	}
	return nil
}

// claim opens the incident of every resource that a task is about.
func (p *Pipeline) claim(ctx context.Context, tasks []*task) []*claim {
	byKey := make(map[string]*claim)
	var claims []*claim
	for _, t := range tasks {
		if t.verdict == unreadable {
			continue
		}
		key := t.change.Resource.Key()
		c, ok := byKey[key]
		if !ok {
			c = &claim{incident: coverage.Incident{Key: key}}
			byKey[key] = c
			claims = append(claims, c)
		}
		c.tasks = append(c.tasks, t)
	}
	atOnce(claims, func(c *claim) {
		slices.SortStableFunc(c.tasks, func(a, b *task) int {
			return cmp.Or(a.change.ChangedAt.Compare(b.change.ChangedAt), cmp.Compare(a.change.Status, b.change.Status))
		})
		c.open(ctx, p.Store, p.sinkNames())
	})
	return claims
}

func (c *claim) open(ctx context.Context, store Store, sinks []string) {
	incident, ok, err := store.Open(ctx, c.incident.Key)
	switch {
	case err != nil:
		c.forgotten = err
	case !ok:
		c.busy = true
	default:
		if incident.Unsure {
			incident.Unsure, incident.Doubted = false, sinks
		}
		c.incident, c.before = incident, incident
	}
}

// atOnce calls f for every item, some of them at the same time.
func atOnce[T any](items []T, f func(T)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, claimsAtOnce)
	for _, item := range items {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(item)
		})
	}
	wg.Wait()
}
