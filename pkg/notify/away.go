package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

// While the store cannot be reached, or holds an item that this version must not touch, events wait in the
// queue as they came. A loss that has waited for long is sent without memory, but only once the queued event
// says that it may have been: otherwise a crash would leave a message that nobody knows to correct.

const (
	// unsavedDelay is how long a message waits whose record could not be saved: longer than its lease.
	unsavedDelay = 150 * time.Second
	// withoutMemoryAfter is how long a loss waits for the store before it is sent without memory.
	withoutMemoryAfter = 10 * time.Minute
)

// planWithoutMemory lets the item's newest change be sent to whom it is routed, if it may not wait for the
// store any longer and the queued event says so already.
func (p *Pipeline) planWithoutMemory(it *item) {
	newest := it.newest()
	q, ok := it.newestQueued()
	if !ok || !p.mayNotWait(newest.change, q.Since) {
		return
	}
	it.record.Key = it.key
	it.record.Observe(newest.change, newest.causes)
	p.classify(it)
	for _, sink := range q.MayHaveSent {
		if it.decision.includes(sink) && !slices.Contains(q.Notified, sink) {
			open := incident.Action{Kind: incident.Open}
			it.targets = append(it.targets, &target{item: it, sink: sink, record: it.record, action: open})
		}
	}
}

// newestQueued is what the queue knows of the newest change that arrived; ok is false when there is none.
func (it *item) newestQueued() (q format.Queued, ok bool) {
	for _, e := range it.events {
		if !e.isWakeUp() && sameChange(e.change, it.newest().change) {
			q, ok = merged(q, e.Queued), true
		}
	}
	return q, ok
}

// mayNotWait reports whether the change is a loss that has waited for the store for too long. Recoveries wait
// as long as it takes: nobody is put at risk by a late one, and a wrong one would hide a loss.
func (p *Pipeline) mayNotWait(c coverage.Change, since time.Time) bool {
	now := p.Now()
	return c.Status == coverage.Unhealthy && !since.IsZero() && now.Sub(since) >= withoutMemoryAfter &&
		!now.Before(c.ChangedAt.Add(p.holdOf(c)))
}

// keepWaiting queues everything about the item again, with what is known of its notifications.
func (b *batch) keepWaiting(ctx context.Context, it *item) error {
	now := b.p.Now()
	err := b.putBack(ctx, it.events, func(e *event) time.Duration {
		wait := e.backoff(now)
		if e.isWakeUp() || !sameChange(e.change, it.newest().change) {
			return wait
		}
		for _, t := range it.targets {
			if t.notified {
				e.Notified = union(e.Notified, []string{t.sink})
			}
		}
		if len(e.MayHaveSent) == 0 && b.p.mayNotWait(e.change, e.Since) {
			e.MayHaveSent = b.p.intentOf(e).Sinks // Its next receiver may send it, and soon.
			return incident.Fence
		}
		if left := e.Since.Add(withoutMemoryAfter).Sub(now); left > 0 {
			wait = min(wait, max(left, incident.Fence))
		}
		return wait
	})
	if err != nil {
		return fmt.Errorf("%w; and it could not be queued: %w", it.storeErr, err)
	}
	return nil
}

// putBack queues the messages again, those that say the same once. delay may change each, and says how long
// it waits. What has waited for longer than incident.Patience goes to the dead-letter queue.
func (b *batch) putBack(ctx context.Context, events []*event, delay func(*event) time.Duration) error {
	if b.p.Queue == nil {
		return errNoQueue
	}
	var distinct []*event
	for _, e := range events {
		if i := slices.IndexFunc(distinct, e.same); i >= 0 {
			distinct[i].Queued = merged(distinct[i].Queued, e.Queued)
			continue
		}
		clone := *e
		distinct = append(distinct, &clone)
	}
	now := b.p.Now()
	var errs error
	for _, e := range distinct {
		if e.Since.IsZero() {
			e.Since = now
		}
		if now.Sub(e.Since) > incident.Patience {
			e.Since = time.Time{} // A redrive starts anew.
			errs = errors.Join(errs, b.deadLetter(ctx, e.Body(), errPatience))
			continue
		}
		wait := delay(e)
		errs = errors.Join(errs, b.queue.call(func() error { return b.p.Queue.Send(ctx, e.Body(), wait) }))
	}
	return errs
}

// Why a message could not wait, or not any longer.
var (
	errNoQueue  = errors.New("no queue is configured in which it could wait")
	errPatience = fmt.Errorf("it could not be worked on for %v", incident.Patience)
)
