// Package incident is what is remembered of one resource, or of one group of resources, and what follows from
// it.
//
// A Record holds two facts: what is true of the resource, and what each sink was last notified of. Whatever
// differs is to be sent. Plan says what, Observe takes in a change, and the other methods note what became of
// a notification. All of it is pure: no clock, no I/O, no randomness. docs/architecture.md shows the decision
// table.
package incident

import (
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Record is what is remembered of one resource. Its zero value, with a Key, knows nothing.
type Record struct {
	// Key is the resource's coverage.Resource.Key.
	Key string
	// Change is the newest change known: what is true of the resource.
	Change coverage.Change
	// OpenedAt is when the resource last lost coverage; zero when no loss was ever seen.
	OpenedAt time.Time
	// Causes are the ids of the last loss's findings, sorted. A recovery is routed by them.
	Causes []string
	// Losses are those that are over, at most the last 20, oldest first, without the resource. Reports collect them:
	// a loss and its recovery may both come between two reports.
	Losses []coverage.Loss
	// Notified is what each sink was last notified of, by the sink's name.
	Notified map[string]Notified
	Wake
}

// Notified is what one sink was last notified of, and whether it has to be tried again.
type Notified struct {
	// Status is what the sink's readers believe; empty when they were never notified.
	Status coverage.Status
	// Causes are those of the loss they were notified of.
	Causes []string
	// Ref is the resource's own message, to be updated; empty when it has none or the sink cannot update.
	Ref string
	// Group is the key of the group whose message counts the resource as uncovered.
	Group string
	// Uncertain is true when the sink may have been notified of something else since: a claim was never
	// saved, an answer was lost, or a notification went out while the store was away.
	Uncertain bool
	Retry
}

// Retry is whether and when something is tried again.
type Retry struct {
	// FailingSince is the first failure in a row, DeferredSince the first time in a row that the rate limit,
	// or the end of an invocation, came first.
	FailingSince, DeferredSince time.Time
	// NextAttempt is the earliest moment of the next attempt.
	NextAttempt time.Time
	// GaveUp is true when it went to the dead-letter queue. A redrive or the next change clears it.
	GaveUp bool
}

// Wake is the one wake-up that is known to be in the queue. Without it every duplicate of a wake-up would
// beget another.
type Wake struct {
	// WakeAt is when that wake-up is due; zero when none is known.
	WakeAt time.Time
}

const (
	// Fence is how long after a lost answer the message may still arrive at the sink. Until then even a newer
	// change waits, or the older message would become the last word.
	Fence = 30 * time.Second
	// MaxDelay is the longest wait between two attempts, and the longest delay of a queued message
	// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
	MaxDelay = 15 * time.Minute
	// Patience is how long anything is tried before it goes to the dead-letter queue. It is longer than the
	// day that a sink may be down without losing a notification.
	Patience = 26 * time.Hour
	// deferDelay is how long a deferred notification waits, so that like ones gather.
	deferDelay = time.Minute
	// lossesKept is how many losses a record keeps; more between two reports, and the older ones are forgotten.
	lossesKept = 20
	// maxDeferral is how long notifications give way to the rate limit.
	maxDeferral = 15 * time.Minute
)

// Observe takes in a change with its causes and reports whether it is news. Changes may come in any order and
// any number of times: the newest wins, and of two at the same moment the loss does, since a needless alert
// is better than a blind spot.
func (r *Record) Observe(c coverage.Change, causes []string) bool {
	newest := r.Change.ChangedAt
	older := c.ChangedAt.Before(newest)
	same := c.ChangedAt.Equal(newest) && r.Change.Status != "" && (c.Status == coverage.Healthy || r.lost())
	if older || same {
		r.observeOvertaken(c, causes)
		return false
	}
	if r.lost() && c.Status == coverage.Healthy {
		r.keep(coverage.Loss{OpenedAt: r.OpenedAt, ClosedAt: c.ChangedAt, Causes: r.Causes, Gone: c.Gone})
	}
	if c.Status == coverage.Unhealthy {
		if !r.lost() {
			r.OpenedAt = c.ChangedAt
		}
		r.Causes = causes
	}
	r.Change = c
	for sink, n := range r.Notified {
		// Something new is worth a new attempt, even where the last one was given up; but a message whose
		// answer was lost may still be on its way, so the fence stays.
		n.GaveUp, n.FailingSince = false, time.Time{}
		if !n.Uncertain {
			n.NextAttempt = time.Time{}
		}
		r.set(sink, n)
	}
	return true
}

// observeOvertaken keeps a loss whose own recovery arrived before it, and so ended it. One that began before the
// last loss ended is that one.
func (r *Record) observeOvertaken(c coverage.Change, causes []string) {
	n, healthy := len(r.Losses), r.Change.Status == coverage.Healthy && c.ChangedAt.Before(r.Change.ChangedAt)
	if c.Status != coverage.Unhealthy || !healthy || n > 0 && c.ChangedAt.Before(r.Losses[n-1].ClosedAt) {
		return
	}
	r.keep(coverage.Loss{OpenedAt: c.ChangedAt, ClosedAt: r.Change.ChangedAt, Causes: causes, Gone: r.Change.Gone})
}

func (r *Record) keep(l coverage.Loss) {
	first := max(0, len(r.Losses)+1-lossesKept)
	r.Losses = append(slices.Clone(r.Losses[first:]), l)
}

func (r *Record) lost() bool { return r.Change.Status == coverage.Unhealthy }

func (r *Record) set(sink string, n Notified) {
	// The map may be shared with a copy of the record.
	notified := make(map[string]Notified, len(r.Notified)+1)
	maps.Copy(notified, r.Notified)
	notified[sink] = n
	r.Notified = notified
}

// Arrived notes that a wake-up that was due at that moment is here.
func (w *Wake) Arrived(due time.Time) {
	if !due.Before(w.WakeAt) {
		w.WakeAt = time.Time{}
	}
}

// Covers reports whether a wake-up that is known to be queued comes in time. One that is past due is not
// relied on: it may be lost.
func (w *Wake) Covers(at, now time.Time) bool { return !w.WakeAt.Before(now) && !w.WakeAt.After(at) }

// Claim is a record that its holder alone may change and save.
type Claim struct {
	Record Record
	// Lease is the store's proof of the claim.
	Lease string
	// Abandoned is true when somebody claimed the record before and never saved it: sinks may have been
	// notified of more than it says. Intents are what those claims were about.
	Abandoned bool
	Intents   []Intent
}

// Intent is what a claim is about: a change, and the sinks that may be notified of it, as the rules of that
// moment have it.
type Intent struct {
	Change coverage.Change
	Sinks  []string
}

// Stored is a record, or a group, as a report finds it.
type Stored struct {
	Record Record
	// Group is nil for a record.
	Group *Group
	// LeasedUntil is when the claim on it ends or ended; zero when there is none.
	LeasedUntil time.Time
}
