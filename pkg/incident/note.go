package incident

import (
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Sent notes that the sink was notified of what is true now: by the resource's own message ref, or by that of
// a group. Whatever was uncertain, failing or deferred is over.
func (r *Record) Sent(sink, ref, group string) {
	n := Notified{Status: r.Change.Status}
	if r.lost() {
		n.Causes, n.Ref, n.Group = r.Causes, ref, group
	}
	r.set(sink, n)
}

// Failed notes that the sink did not take the notification. uncertain: it may have, although no answer says
// so. after is how long the sink asks to be left alone.
func (r *Record) Failed(sink string, now time.Time, uncertain bool, after time.Duration) {
	n := r.Notified[sink]
	n.Uncertain = n.Uncertain || uncertain
	n.Retry.failed(now, after)
	r.set(sink, n)
}

// Awaits notes that the sink is to be notified at that moment, whatever the rules say of it by then: who does so
// may die.
func (r *Record) Awaits(sink string, until time.Time) {
	if n := r.Notified[sink]; !n.Uncertain {
		n.NextAttempt = until
		r.set(sink, n)
	}
}

// Deferred notes that the rate limit, or the end of the invocation, came first.
func (r *Record) Deferred(sink string, now time.Time) {
	n := r.Notified[sink]
	n.Retry.deferred(now)
	r.set(sink, n)
}

// GaveUp notes that the notification went to the dead-letter queue.
func (r *Record) GaveUp(sink string) {
	n := r.Notified[sink]
	n.Retry = Retry{GaveUp: true}
	r.set(sink, n)
}

// Redriven notes that a person wants it tried again.
func (r *Record) Redriven(sink string) {
	n := r.Notified[sink]
	n.Retry = Retry{}
	r.set(sink, n)
}

// Doubt notes that the sink may have been notified of something that nobody noted.
func (r *Record) Doubt(sink string) {
	n := r.Notified[sink]
	n.Uncertain = true
	r.set(sink, n)
}

// Leaving notes that the resource could not be taken out of its group yet. In the end the group's message
// will not count it, which readers take as healthy; until then the group is a debt, and nothing else is sent.
func (r *Record) Leaving(sink string, now time.Time) {
	n := r.Notified[sink]
	n.Status = coverage.Healthy
	n.Retry.failed(now, 0)
	r.set(sink, n)
}

// Left notes that the group's message counts the resource no more, which is as good as saying that it is
// healthy.
func (r *Record) Left(sink string) {
	n := r.Notified[sink]
	n.Group, n.Status, n.Causes, n.Retry = "", coverage.Healthy, nil, Retry{}
	r.set(sink, n)
}

// Orphaned notes that nothing is known of the group whose message counts the resource: that message will go
// on saying that it is uncovered, so the truth needs a message of its own.
func (r *Record) Orphaned(sink string) {
	n := r.Notified[sink]
	n.Group, n.Status, n.Uncertain = "", coverage.Unhealthy, true
	r.set(sink, n)
}

// Adopt takes over what a copy of the record says of one sink.
func (r *Record) Adopt(sink string, from Record) {
	if n, ok := from.Notified[sink]; ok {
		r.set(sink, n)
	}
}

// failed doubles the wait by growing it with the time since the first failure.
func (t *Retry) failed(now time.Time, after time.Duration) {
	if t.FailingSince.IsZero() {
		t.FailingSince = now
	}
	t.DeferredSince = time.Time{}
	t.NextAttempt = now.Add(min(max(now.Sub(t.FailingSince), Fence, after), MaxDelay))
}

func (t *Retry) deferred(now time.Time) {
	if t.DeferredSince.IsZero() {
		t.DeferredSince = now
	}
	t.NextAttempt = now.Add(deferDelay)
}

// FailingFor is how long it has been tried in vain.
func (t Retry) FailingFor(now time.Time) time.Duration {
	if t.FailingSince.IsZero() {
		return 0
	}
	return now.Sub(t.FailingSince)
}

// MayDefer reports whether it may give way to the rate limit once more.
func (t Retry) MayDefer(now time.Time) bool {
	return t.DeferredSince.IsZero() || now.Sub(t.DeferredSince) < maxDeferral
}
