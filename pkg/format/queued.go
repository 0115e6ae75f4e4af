package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// queueVersion is that of what waits in the queue. Older ones are read. A newer one is refused and goes to the
// dead-letter queue rather than being guessed at.
const queueVersion = 1

// Queued is what waits in the queue. With a Key it is a wake-up; otherwise it is an event, or a change that a
// report found, that no record could take in because the store was away or the record was busy.
type Queued struct {
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

// OpenQueued reads what arrived: an event, or what was queued.
func OpenQueued(body json.RawMessage) (Queued, error) {
	if !bytes.Contains(body, []byte(`"coverageQueue"`)) {
		return Queued{Version: queueVersion, Event: body}, nil
	}
	var q Queued
	if err := json.Unmarshal(body, &q); err != nil {
		return Queued{}, fmt.Errorf("reading a queued message: %w", err)
	}
	switch {
	case q.Version < 1 || q.Version > queueVersion:
		return Queued{}, fmt.Errorf("reading a queued message: it has version %d, expected %d", q.Version, queueVersion)
	case (q.Key != "") == (q.Event != nil || q.Change != nil), q.Event != nil && q.Change != nil:
		return Queued{}, errors.New("reading a queued message: expected one of key, event and change")
	}
	return q, nil
}

// Body is the stored form.
func (q Queued) Body() json.RawMessage {
	q.Version = queueVersion
	body, _ := json.Marshal(q) // Its raw parts were valid JSON when they were read.
	return body
}
