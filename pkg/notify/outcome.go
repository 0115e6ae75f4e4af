package notify

import (
	"errors"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// Result is what became of a change. It is logged: its values are part of the log's format.
type Result string

// The results.
const (
	// Notified: every sink that had to be notified was.
	Notified Result = "notified"
	// Held: it waits to see whether it recovers by itself.
	Held Result = "held"
	// Recovered: it recovered while it was held, and nobody was notified.
	Recovered Result = "recovered_while_held"
	// Duplicate: nothing was left to do, because it is known already.
	Duplicate Result = "duplicate"
	// Stale: it is older than what is known of the resource.
	Stale Result = "stale"
	// Muted: its route leads to nobody.
	Muted Result = "muted"
	// Waiting: a sink could not be notified yet; a wake-up is queued.
	Waiting Result = "waiting"
	// GaveUp: for at least one sink it was sent to the dead-letter queue.
	GaveUp Result = "gave_up"
	// Failed: it could neither be sent nor wait; whoever delivered it has to deliver it again.
	Failed Result = "failed"
	// Unreadable: it is neither a coverage event nor one of our own queue messages, and was sent to the dead-letter queue.
	Unreadable Result = "unreadable"
)

// Outcome is what became of one change, for logs and metrics.
type Outcome struct {
	Result   Result
	Change   coverage.Change
	Findings []catalog.Finding
	// Evidence is what the diagnosis found.
	Evidence []coverage.Evidence
	// Notified are the sinks that were notified now, Grouped those of them by a group's message.
	Notified, Grouped []string
	// Deferred are the sinks that wait for their rate limit, Failing those that failed and will be retried, GaveUp those
	// for which the change was sent to the dead-letter queue.
	Deferred, Failing, GaveUp []string
	// FailingFor is how long the sink that has failed longest has been failing for this resource; 0: none has.
	FailingFor time.Duration
	// Misconfigured is true when a sink failed for a reason that only a change of configuration removes.
	Misconfigured bool
	// StoreErr is why the store could not be reached; what had to be sent was sent all the same.
	StoreErr error
	// Err is everything else that went wrong, even when the change waits because of it.
	Err error
	// Latency is the time from the change to the notification; 0 when none was sent.
	Latency time.Duration
}

// misconfigured reports whether err says that only a change of configuration removes it.
func misconfigured(err error) bool {
	type misconfigured interface {
		error
		Misconfigured() bool
	}
	m, ok := errors.AsType[misconfigured](err)
	return ok && m.Misconfigured()
}

// permanent reports whether err says that trying again cannot help.
func permanent(err error) bool {
	type permanent interface {
		error
		Permanent() bool
	}
	p, ok := errors.AsType[permanent](err)
	return ok && p.Permanent()
}

// retryAfter is how long the sink asks to be left alone; zero when it does not say.
func retryAfter(err error) time.Duration {
	type patient interface {
		error
		RetryAfter() time.Duration
	}
	if p, ok := errors.AsType[patient](err); ok {
		return p.RetryAfter()
	}
	return 0
}
