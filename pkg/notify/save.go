package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guardduty-coverage-notifier/pkg/incident"
)

// save makes sure of a wake-up for whatever is left, and only then saves: a record that waits without a
// wake-up would wait for the next report.
func (b *batch) save(ctx context.Context) {
	atOnce(b.groups, func(g *groupItem) { b.saveGroup(ctx, g) })
	atOnce(b.items, func(it *item) {
		switch {
		case it.claimed:
			it.err = b.wakeLater(ctx, it)
		case it.storeErr != nil:
			it.err = b.keepWaiting(ctx, it)
		}
	})
	b.saveRecords(ctx)
}

// wakeLater queues the record's next wake-up, unless one that is known comes in time.
func (b *batch) wakeLater(ctx context.Context, it *item) error {
	if it.wakeAt.IsZero() {
		return nil
	}
	// Without the monotonic clock, as times are stored: with it, the wake-up may come out a little later than wakeAt.
	now := b.p.Now().Round(0)
	due := dueBy(it.wakeAt, now)
	if it.record.Covers(due, now) {
		return nil
	}
	err := b.sendWakeUp(ctx, it.key, due)
	if err == nil {
		it.record.WakeAt = due
	}
	return err
}

// dueBy is when a wake-up for that moment is due: a longer wait takes several.
func dueBy(at, now time.Time) time.Time { return now.Add(min(max(at.Sub(now), 0), incident.MaxDelay)) }

// sendWakeUp queues a wake-up of a record or group.
func (b *batch) sendWakeUp(ctx context.Context, key string, due time.Time) error {
	if b.p.Queue == nil {
		return errNoQueue
	}
	delay := due.Sub(b.p.Now())
	err := b.queue.call(func() error { return b.p.Queue.Send(ctx, wakeUp(key, due).Body(), max(delay, 0)) })
	if err != nil {
		return fmt.Errorf("queueing a wake-up of %s: %w", key, err)
	}
	return nil
}

// saveRecords saves what was claimed. What cannot be saved may lie in its lease: its events come again after
// that, and what was sent is then uncertain.
func (b *batch) saveRecords(ctx context.Context) {
	var items []*item
	var claims []incident.Claim
	for _, it := range b.items {
		if it.claimed {
			it.claim.Record = it.record
			items, claims = append(items, it), append(claims, it.claim)
		}
	}
	// Whatever timed out before, this is tried: it takes one timeout, and what was sent is uncertain without
	// it.
	var unsaved []*item
	for i, err := range b.p.Store.Save(ctx, claims) {
		if err != nil {
			items[i].storeErr = err
			unsaved = append(unsaved, items[i])
		}
	}
	atOnce(unsaved, func(it *item) {
		if err := b.putBack(ctx, it.events, func(*event) time.Duration { return unsavedDelay }); err != nil {
			it.err = errors.Join(it.err, it.storeErr, err)
		}
	})
}

// saveGroup queues the group's next wake-up, if it needs one, and saves it.
func (b *batch) saveGroup(ctx context.Context, g *groupItem) {
	if g.lease == "" {
		return
	}
	var due time.Time
	if now := b.p.Now(); !g.wakeAt.IsZero() {
		if due = dueBy(g.wakeAt, now); g.group.Covers(due, now) {
			due = g.group.WakeAt // This one was a duplicate: the other is still in the queue.
		} else if g.err = b.sendWakeUp(ctx, g.key, due); g.err != nil {
			due = time.Time{} // What was not queued is not noted: what came would pass for its duplicate.
		}
	}
	if err := b.p.Store.SaveGroup(ctx, g.group, g.lease, due); err != nil {
		g.err = errors.Join(g.err, b.putBack(ctx, g.events, func(*event) time.Duration { return unsavedDelay }))
	}
}

// wake asks for the record to be looked at again at that time, or earlier.
func (it *item) wake(at time.Time) {
	if it.wakeAt.IsZero() || at.Before(it.wakeAt) {
		it.wakeAt = at
	}
}
