package notify

import (
	"context"
	"errors"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/delivery"
)

// Result is what became of a change.
type Result string

// The results.
const (
	Notified   Result = "notified"             // every sink that had to be notified was
	Held       Result = "held"                 // it waits to see whether it recovers by itself
	Recovered  Result = "recovered_while_held" // and nobody was notified
	Duplicate  Result = "duplicate"            // nothing was left to be done
	Stale      Result = "stale"                // something newer was known of the resource
	Muted      Result = "muted"                // its rules notify nobody
	Waiting    Result = "waiting"              // it is queued: a sink could not be notified yet, the record not be claimed
	GaveUp     Result = "gave_up"              // it went to the dead-letter queue, refused for good or for too long
	Failed     Result = "failed"               // it could be neither sent nor queued, and has to be delivered again
	Unreadable Result = "unreadable"           // it is no event and no message of ours; it went to the dead-letter queue
)

// Outcome is what became of one change, for logs and metrics.
type Outcome struct {
	Result   Result
	Change   coverage.Change
	Findings []catalog.Finding
	// Evidence is what the diagnosis found.
	Evidence []coverage.Evidence
	// Notified are the sinks that were notified now, Grouped those of them that a group's message notified.
	Notified, Grouped []string
	// Deferred gave way to the rate limit, Failing failed and will be tried again, GaveUp will not.
	Deferred, Failing, GaveUp []string
	// FailingFor is how long the sink that has failed for longest has been failing for this resource.
	FailingFor time.Duration
	// Misconfigured is true when a sink failed for a reason that only a change of the configuration removes.
	Misconfigured bool
	// StoreErr is why the store could not be reached; sinks may have been notified all the same.
	StoreErr error
	// Err is everything else that went wrong, even when it is queued on account of it.
	Err error
	// Latency is how long after the change itself the sinks were notified; 0 when none was.
	Latency time.Duration
}

// acknowledge observes the outcomes and says which messages have to be delivered again.
func (b *batch) acknowledge(ctx context.Context) []error {
	for _, g := range b.groups {
		for _, e := range g.events {
			e.err = g.err
		}
	}
	for _, it := range b.items {
		lead := it.lead()
		outcome := b.outcomeOf(it)
		if lead != nil || outcome.Result != Duplicate { // A wake-up that finds nothing to do is not worth a line.
			b.p.Observe(ctx, outcome)
		}
		for _, e := range it.events {
			if it.err != nil {
				e.err = outcome.Err
			}
			if e.isWakeUp() || e == lead {
				continue
			}
			result := Stale
			if lead != nil && sameChange(e.change, lead.change) {
				result = Duplicate
			}
			b.p.Observe(ctx, Outcome{Result: result, Change: e.change, Findings: catalog.Classify(e.change)})
		}
	}
	errs := make([]error, len(b.events))
	for i, e := range b.events {
		errs[i] = e.err
	}
	return errs
}

// lead is the event that the record's newest change came with; nil when it came earlier.
func (it *item) lead() (lead *event) {
	newest := it.newest().change
	if it.claimed {
		newest = it.record.Change
	}
	for _, e := range it.events {
		if !e.isWakeUp() && sameChange(e.change, newest) {
			lead = e
		}
	}
	return lead
}

func (b *batch) outcomeOf(it *item) Outcome {
	now := b.p.Now()
	o := Outcome{Change: it.record.Change, Findings: it.findings, Evidence: it.evidence, StoreErr: it.storeErr}
	if newest := it.newest(); !it.claimed && !newest.isWakeUp() {
		o.Change, o.Findings = newest.change, catalog.Classify(newest.change)
	}
	for _, t := range it.targets {
		switch {
		case t.notified:
			o.Notified = append(o.Notified, t.sink)
			if t.grouped {
				o.Grouped = append(o.Grouped, t.sink)
			}
		case t.deferred:
			o.Deferred = append(o.Deferred, t.sink)
		case t.gaveUp:
			o.GaveUp = append(o.GaveUp, t.sink)
		case t.err != nil:
			o.Failing = append(o.Failing, t.sink)
			o.FailingFor = max(o.FailingFor, t.record.Notified[t.sink].FailingFor(now))
		}
		if t.err != nil && !t.deferred {
			o.Err = errors.Join(o.Err, t.err)
			o.Misconfigured = o.Misconfigured || delivery.Misconfigured(t.err)
		}
	}
	if len(o.Notified) > 0 {
		o.Latency = now.Sub(o.Change.ChangedAt)
	}
	o.Err = errors.Join(o.Err, it.err)
	o.Result = it.resultOf(o, b.p)
	return o
}

func (it *item) resultOf(o Outcome, p *Pipeline) Result {
	news := it.claimed && !sameChange(it.before.Change, it.record.Change)
	switch {
	case it.err != nil:
		return Failed
	case len(o.GaveUp) > 0:
		return GaveUp
	case len(o.Deferred)+len(o.Failing) > 0:
		return Waiting
	case len(o.Notified) > 0:
		return Notified
	case !it.claimed:
		return Waiting
	case news && len(it.decision.To) == 0:
		return Muted
	case news && !it.wakeAt.IsZero():
		return Held
	case news && p.wasHeld(it) && it.record.Change.Status == coverage.Healthy:
		return Recovered
	}
	return Duplicate
}

// wasHeld reports whether the record was about a loss of which nobody had been notified, because it was held.
func (p *Pipeline) wasHeld(it *item) bool {
	before := it.before
	if before.Change.Status != coverage.Unhealthy || p.holdOf(before.Change) == 0 {
		return false
	}
	for _, n := range before.Notified {
		if n.Status == coverage.Unhealthy || n.Uncertain {
			return false
		}
	}
	return len(p.decide(before.Change, before.Causes).To) > 0
}
