package notify

import (
	"context"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

// busyDelay is how long a message waits whose record somebody else has claimed.
const busyDelay = 30 * time.Second

// claim leases every record and lets it take in what arrived about it. What cannot be claimed goes back to
// the queue.
func (b *batch) claim(ctx context.Context) {
	atOnce(b.groups, func(g *groupItem) { b.claimGroup(ctx, g) })
	atOnce(b.items, func(it *item) {
		var free bool
		err := b.store.call(func() (err error) {
			it.claim, free, err = b.p.Store.Claim(ctx, it.key, b.p.intentOf(it.newest()))
			return err
		})
		switch {
		case err != nil:
			it.storeErr = err // away.go sees to it.
		case !free:
			it.err = b.putBack(ctx, it.events, func(*event) time.Duration { return busyDelay })
		default:
			it.claimed = true
			b.p.observeAll(it)
		}
	})
}

// observeAll brings the record up to date: with what died claims were about, and with what arrived.
func (p *Pipeline) observeAll(it *item) {
	it.record, it.before = it.claim.Record, it.claim.Record
	r := &it.record
	r.Key = it.key
	var uncertain []string
	if it.claim.Abandoned {
		uncertain = r.InDoubt(p.decide(r.Change, r.Causes).sinks())
	}
	for _, intent := range it.claim.Intents {
		// What a dead claim was about may have been sent, and so is as true as an event. It is delivered
		// again later.
		r.Observe(intent.Change, causesOf(catalog.Classify(intent.Change)))
		uncertain = append(uncertain, intent.Sinks...)
	}
	for _, e := range it.events {
		if !e.isWakeUp() {
			r.Observe(e.change, e.causes)
		}
		uncertain = append(uncertain, e.MayHaveSent...)
		r.Arrived(e.Due)
		for _, sink := range e.Redrive {
			r.Redriven(sink)
		}
	}
	for _, sink := range uncertain {
		r.Doubt(sink)
	}
	p.classify(it)
}

// intentOf is what a claim is about when the event's change is the newest that arrived. Who is told of a recovery was
// told of the loss: the record says so.
func (p *Pipeline) intentOf(e *event) (i incident.Intent) {
	if i.Change = e.change; e.change.Status == coverage.Unhealthy {
		i.Sinks = p.decide(e.change, e.causes).sinks()
	}
	return i
}

// sameChange reports whether both are the same change, perhaps of the member's event and of the
// administrator's.
func sameChange(a, b coverage.Change) bool {
	return a.Status == b.Status && a.ChangedAt.Equal(b.ChangedAt)
}
