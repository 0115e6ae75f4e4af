package notify

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

// overdue is how late an attempt, or a member's record, may be before Audit takes care of it.
const overdue = 30 * time.Minute

// Enqueue queues changes that a report found and no event told of, and returns an error for each, nil where
// it succeeded.
func (p *Pipeline) Enqueue(ctx context.Context, changes []coverage.Change) []error {
	b := &batch{p: p}
	errs := make([]error, len(changes))
	indices := make([]int, len(changes))
	for i := range indices {
		indices[i] = i
	}
	atOnce(indices, func(i int) {
		body, err := foundChange(changes[i])
		if err == nil {
			err = b.queue.call(func() error { return p.Queue.Send(ctx, body, 0) })
		}
		errs[i] = err
	})
	return errs
}

// Audit looks through everything that is stored for what would otherwise stay wrong: it queues wake-ups of
// records and groups whose next attempt is overdue, since their wake-up was lost or their rules have changed,
// and takes members out of groups that their records do not name. It notifies nobody itself. Entries that
// come with an error are skipped: whoever lists them sees to that.
func (p *Pipeline) Audit(ctx context.Context, stored iter.Seq2[incident.Stored, error]) error {
	b, now := &batch{p: p}, p.Now()
	var groups []incident.Group
	named := map[string]bool{} // group and member, as records have them
	var errs error
	for s, err := range stored {
		switch {
		case err != nil:
		case s.Group != nil:
			groups = append(groups, *s.Group)
		default:
			member, claimed := incident.Member(s.Record.Key), now.Before(s.LeasedUntil)
			if claimed {
				named[member] = true // Whatever it says is about to change.
			}
			for _, n := range s.Record.Notified {
				if n.Group != "" {
					named[n.Group+" "+member] = true
				}
			}
			if !claimed && p.isOverdue(s.Record, now) {
				errs = errors.Join(errs, b.sendWakeUp(ctx, s.Record.Key, now))
			}
		}
	}
	for _, g := range groups {
		errs = errors.Join(errs, b.auditGroup(ctx, g, named))
	}
	return errs
}

func (b *batch) auditGroup(ctx context.Context, g incident.Group, named map[string]bool) error {
	now := b.p.Now()
	var strangers []string
	for _, member := range g.Open {
		if !named[member] && !named[g.Key+" "+member] {
			strangers = append(strangers, member)
		}
	}
	if len(strangers) > 0 && now.Sub(g.CreatedAt) > overdue {
		if _, _, err := b.p.Store.Leave(ctx, g.Key, strangers, now); err != nil {
			return fmt.Errorf("taking members out of %s that it counts wrongly: %w", g.Key, err)
		}
	} else if g.Plan(now.Add(-overdue)).Kind != incident.Update {
		return nil
	}
	return b.sendWakeUp(ctx, g.Key, now)
}

// isOverdue reports whether a sink should have been notified some time ago.
func (p *Pipeline) isOverdue(r incident.Record, now time.Time) bool {
	it := &item{record: r}
	p.classify(it)
	return slices.ContainsFunc(p.Sinks, func(sink Sink) bool {
		action := p.planFor(&target{item: it, sink: sink.Name(), record: r}, now.Add(-overdue))
		return action.Kind != incident.Nothing && action.Kind != incident.Wait
	})
}
