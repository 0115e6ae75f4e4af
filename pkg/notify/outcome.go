package notify

import (
	"errors"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// Result is what became of a change.
type Result string

// The results.
const (
	// Told: every sink that had to be told was.
	Told Result = "told"
	// Held: it waits to see whether it heals by itself.
	Held Result = "held"
	// Healed: it healed while it was held, and nobody was disturbed.
	Healed Result = "healed_while_held"
	// Duplicate: it had been told, or waits already.
	Duplicate Result = "duplicate"
	// Stale: something newer had been seen of the resource.
	Stale Result = "stale"
	// Muted: its route leads to nobody.
	Muted Result = "muted"
	// Waiting: a sink could not be told yet, and the change waits durably.
	Waiting Result = "waiting"
	// Buried: a sink refused it for good, or for too long, and it lies in the dead-letter queue.
	Buried Result = "buried"
	// Failed: it could not be told, nor wait; whoever brought it has to bring it again.
	Failed Result = "failed"
	// Unreadable: it is no coverage event, or no letter of ours, and lies in the dead-letter queue.
	Unreadable Result = "unreadable"
)

// Outcome is what became of one change, for logs and metrics.
type Outcome struct {
	Result   Result
	Change   coverage.Change
	Findings []catalog.Finding
	// Evidence is what a look at the live resource found.
	Evidence []coverage.Evidence
	// Told are the sinks that were told now, Grouped those of them that were told by a group's message.
	Told, Grouped []string
	// Storm, Retry and Buried are the sinks for which the change waits or was given up.
	Storm, Retry, Buried []string
	// Forgotten is why the store could not remember what was told; the change was told all the same.
	Forgotten error
	// Err is everything else that went wrong, even when the change waits on account of it.
	Err error
	// Latency is how long after the change itself the sinks were told; zero when none was.
	Latency time.Duration
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
