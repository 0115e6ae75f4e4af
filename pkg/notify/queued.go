package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

// wakeUp is the message that brings the record or group of that key back.
func wakeUp(key string, due time.Time) format.Queued { return format.Queued{Key: key, Due: due} }

// foundChange is the message that brings a change to the Pipeline that a report found and no event told of.
func foundChange(c coverage.Change) (json.RawMessage, error) {
	change, err := format.MarshalChange(c)
	if err != nil {
		return nil, fmt.Errorf("queueing the change of %s: %w", c.Resource.Key(), err)
	}
	return format.Queued{Change: change}.Body(), nil
}

// same reports whether both say the same, so that one of them is enough.
func (e *event) same(o *event) bool {
	return sameChange(e.change, o.change) && slices.Equal(e.causes, o.causes)
}

// merged is q with what another that says the same adds to it: the earliest since, the latest due.
func merged(q, o format.Queued) format.Queued {
	if q.Since.IsZero() || !o.Since.IsZero() && o.Since.Before(q.Since) {
		q.Since = o.Since
	}
	if o.Due.After(q.Due) {
		q.Due = o.Due
	}
	q.Redrive = union(q.Redrive, o.Redrive)
	q.Notified = union(q.Notified, o.Notified)
	q.MayHaveSent = union(q.MayHaveSent, o.MayHaveSent)
	return q
}

// backoff is how long something waits that has waited in vain for so long.
func (e *event) backoff(now time.Time) time.Duration {
	return min(max(now.Sub(e.Since), incident.Fence), incident.MaxDelay)
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
