package notify

import (
	"context"
	"slices"
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
			var intent *coverage.Change
			if newest := it.newest(); newest.Status != "" {
				intent = &newest
			}
			it.claim, free, err = b.p.Store.Claim(ctx, it.key, intent)
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
	uncertain := p.abandonedSinks(it.claim)
	for _, c := range it.claim.Intents {
		// What a dead claim was about may have been sent, and so is as true as an event. It is delivered
		// again later.
		r.Observe(c, causesOf(catalog.Classify(c)))
	}
	for _, e := range it.events {
		if !e.isWakeUp() {
			r.Observe(e.change, e.causes)
		}
		if e.MayHaveSent {
			// Somebody notified these sinks without memory, or died before that.
			uncertain = append(uncertain, p.routedSinks(e.change, e.causes)...)
		}
		for _, sink := range e.Notified {
			// This one is known to have been notified, whatever the rules say by now. Where another delivery
			// took over the unsaved claim, the record has never heard of it.
			if e.MayHaveSent || it.claim.Abandoned || r.Notified[sink].Status == "" {
				uncertain = append(uncertain, sink)
			}
		}
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

// abandonedSinks are those that the holders of claims that were never saved may have notified of something.
func (p *Pipeline) abandonedSinks(c incident.Claim) []string {
	if !c.Abandoned {
		return nil
	}
	to := p.decide(c.Record.Change, c.Record.Causes)
	sinks := c.Record.InDoubt(p.sinkNames(), to.includes)
	for _, intent := range c.Intents {
		if intent.Status == coverage.Unhealthy {
			sinks = append(sinks, p.routedSinks(intent, causesOf(catalog.Classify(intent)))...)
		}
	}
	return sinks
}

func (p *Pipeline) routedSinks(c coverage.Change, causes []string) []string {
	to := p.decide(c, causes)
	return slices.DeleteFunc(p.sinkNames(), func(sink string) bool { return !to.includes(sink) })
}

// sameChange reports whether both are the same change, perhaps of the member's event and of the
// administrator's.
func sameChange(a, b coverage.Change) bool {
	return a.Status == b.Status && a.ChangedAt.Equal(b.ChangedAt)
}
