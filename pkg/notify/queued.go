package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

// queueVersion is that of what waits in the queue. Older ones are read. A newer one is refused and goes to the dead-letter queue rather than being guessed at.
const queueVersion = 1

// queued is what waits in the queue. With a Key it is a wake-up; otherwise it is an event, or a change that a
// report found, that no record could take in because the store was away or the record was busy.
type queued struct {
	Version int `json:"coverageQueue"`
	// Key is that of the record or group to look at, Due when the wake-up is due.
	Key string    `json:"key,omitempty"`
	Due time.Time `json:"due,omitzero"`
	// Redrive are the sinks that were given up and are to be tried again: it comes from the dead-letter
	// queue.
	Redrive []string `json:"redrive,omitempty"`
	// Event is the event as it came, Change a change that a report found.
	Event  json.RawMessage `json:"event,omitempty"`
	Change json.RawMessage `json:"change,omitempty"`
	// Since is when it first could not be worked on.
	Since time.Time `json:"since,omitzero"`
	// MayHaveSent are the sinks that whoever receives it while the store is away may notify without memory, and
	// so may have. Notified are those of them that are known to have taken it.
	MayHaveSent []string `json:"mayHaveSent,omitempty"`
	Notified    []string `json:"notified,omitempty"`
}

// openQueued reads what arrived: an event, or what was queued.
func openQueued(body json.RawMessage) (queued, error) {
	if !bytes.Contains(body, []byte(`"coverageQueue"`)) {
		return queued{Version: queueVersion, Event: body}, nil
	}
	var q queued
	if err := json.Unmarshal(body, &q); err != nil {
		return queued{}, fmt.Errorf("reading a queued message: %w", err)
	}
	switch {
	case q.Version < 1 || q.Version > queueVersion:
		return queued{}, fmt.Errorf("reading a queued message: it has version %d, expected %d", q.Version, queueVersion)
	case (q.Key != "") == (q.Event != nil || q.Change != nil), q.Event != nil && q.Change != nil:
		return queued{}, errors.New("reading a queued message: expected one of key, event and change")
	}
	return q, nil
}

func (q queued) body() json.RawMessage {
	q.Version = queueVersion
	body, _ := json.Marshal(q) // Its raw parts were valid JSON when they were read.
	return body
}

// wakeUp is the message that brings the record or group of that key back.
func wakeUp(key string, due time.Time) queued { return queued{Key: key, Due: due} }

// foundChange is the message that brings a change to the Pipeline that a report found and no event told of.
func foundChange(c coverage.Change) (json.RawMessage, error) {
	change, err := format.MarshalChange(c)
	if err != nil {
		return nil, fmt.Errorf("queueing the change of %s: %w", c.Resource.Key(), err)
	}
	return queued{Change: change}.body(), nil
}

// same reports whether both say the same, so that one of them is enough.
func (e *event) same(o *event) bool {
	return sameChange(e.change, o.change) && slices.Equal(e.causes, o.causes)
}

// merged is q with what another one that says the same adds to it: the earliest since, the latest due.
func (q queued) merged(o queued) queued {
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
func (q queued) backoff(now time.Time) time.Duration {
	return min(max(now.Sub(q.Since), incident.Fence), incident.MaxDelay)
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
