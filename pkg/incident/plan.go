package incident

import (
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Kind is what is to be done for one sink.
type Kind string

// The kinds of an Action.
const (
	// Nothing: the sink says what is true, or is not to be notified.
	Nothing Kind = "nothing"
	// Wait: look again at Action.Until.
	Wait Kind = "wait"
	// Open: notify of a loss by a new message.
	Open Kind = "open"
	// Update: bring the message about a loss up to date.
	Update Kind = "update"
	// Resolve: notify that coverage is back.
	Resolve Kind = "resolve"
	// Close: take the sink's loss as over without a notification, as its rules demand.
	Close Kind = "close"
)

// Action is what is to be done for one sink, and from when.
type Action struct {
	Kind  Kind
	Until time.Time
}

// Routing is what the rules say of one sink and the record's change.
type Routing struct {
	// Routed is true when the sink is to be notified of it.
	Routed bool
	// Silent is true when nobody is to be notified of a recovery, not even who was notified of the loss.
	Silent bool
	// Hold is how long a loss with these causes may recover by itself before anybody is notified.
	Hold time.Duration
}

// Plan compares what is true with what the sink was notified of. The first row that matches decides.
func (r *Record) Plan(sink string, to Routing, now time.Time) Action {
	n := r.Notified[sink]
	lost, believesLost := r.lost(), n.Status == coverage.Unhealthy
	held := r.OpenedAt.Add(to.Hold)
	switch {
	case n.GaveUp:
		// It lies in the dead-letter queue until a redrive or the next change.
		return Action{Kind: Nothing}
	case lost && !to.Routed:
		return Action{Kind: Nothing}
	case lost && believesLost && slices.Equal(n.Causes, r.Causes) && !n.Uncertain:
		// A member of a group counts as notified: the group's message lists it.
		return Action{Kind: Nothing}
	case !lost && !believesLost && !n.Uncertain && n.Group == "" && !r.missedLoss(n, to):
		return Action{Kind: Nothing}
	case !lost && to.Silent && n.Group == "":
		// No message, so no reason to wait either; but the next loss must find the sink as told of this
		// recovery.
		return Action{Kind: Close}
	case lost && !believesLost && to.Hold > 0 && now.Before(held):
		// Nobody was notified yet, and it may recover by itself. With a cause that usually does not, there is
		// no hold.
		return Action{Wait, held}
	case now.Before(n.NextAttempt):
		// A backoff, a rate limit, or the fence after a lost answer.
		return Action{Wait, n.NextAttempt}
	case !lost:
		// Also for who is not routed any more, or is only possibly misled: whoever read of a loss reads of
		// its end.
		return Action{Kind: Resolve}
	case believesLost:
		return Action{Kind: Update}
	}
	return Action{Kind: Open}
}

// missedLoss reports whether a recovery is worth a notification although no loss was ever seen: the notifier
// may have been installed in between.
func (r *Record) missedLoss(n Notified, to Routing) bool {
	return r.Change.Status == coverage.Healthy && r.OpenedAt.IsZero() && n.Status == "" && to.Routed
}

// InDoubt are the sinks that somebody who had claimed the record and died may have notified of something:
// those that believe in a loss, those already uncertain, and those that the loss is routed to, or was while it
// waited.
func (r *Record) InDoubt(routed []string) (sinks []string) {
	for sink, n := range r.Notified {
		if n.Status == coverage.Unhealthy || n.Uncertain || r.lost() && n.Retry != (Retry{}) {
			sinks = append(sinks, sink)
		}
	}
	if r.lost() {
		sinks = append(sinks, routed...)
	}
	return sinks
}
