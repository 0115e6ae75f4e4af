package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// letterVersion is the version of what waits in the queue. A letter of another version is refused, and
// so ends in the dead-letter queue, rather than being guessed at.
const letterVersion = 1

// letter is a change that waits, with why and for whom.
type letter struct {
	Version int `json:"coverageLetter"`
	// Event is the event as it came; absent when a report found the change.
	Event json.RawMessage `json:"event,omitempty"`
	// Change is what is to be told when no event tells of it: a report found it, or the event was told although
	// something newer was known.
	Change *coverage.Change `json:"change,omitempty"`
	// Reason is why it waits.
	Reason reason `json:"reason"`
	// Sinks are those it waits for; empty: whoever is still to be told.
	Sinks []string `json:"sinks,omitempty"`
	// Untold is when they could not be told: what they are known to have been told before then is no longer certain.
	Untold time.Time `json:"untold,omitzero"`
	// Doubtful is true when one of them failed without refusing for good: its answer may be lost, and the change told.
	Doubtful bool `json:"doubtful,omitempty"`
	// Told is what each sink was told last, as far as it is known, when the store could not note it.
	Told map[string]coverage.Told `json:"told,omitempty"`
	// Attempt counts how often a sink could not take it, or the store not note it, Storms how often it gave way to a storm.
	Attempt int `json:"attempt,omitempty"`
	Storms  int `json:"storms,omitempty"`
	// Since is when it began to wait to be told, which a hold does not count as.
	Since time.Time `json:"since"`
}

// reason is why a change waits.
type reason string

const (
	// held: it may heal by itself.
	held reason = "held"
	// retry: a sink could not take it.
	retry reason = "retry"
	// storm: there are too many messages to tell each alone.
	storm reason = "storm"
	// busy: somebody else is working on the same incident.
	busy reason = "busy"
	// remember: it was told, and the store does not know.
	remember reason = "remember"
)

// openLetter reads what arrived: an event, or a letter around one.
func openLetter(body json.RawMessage) (letter, error) {
	if !bytes.Contains(body, []byte(`"coverageLetter"`)) {
		return letter{Event: body}, nil
	}
	var l letter
	if err := json.Unmarshal(body, &l); err != nil {
		return letter{}, fmt.Errorf("reading a waiting change: %w", err)
	}
	if l.Version != letterVersion {
		return letter{}, fmt.Errorf("reading a waiting change: it is of version %d, expected %d", l.Version, letterVersion)
	}
	switch l.Reason {
	case held, retry, storm, busy, remember:
	default:
		return letter{}, fmt.Errorf("reading a waiting change: unknown reason %q", l.Reason)
	}
	if l.Change != nil && l.Change.Status != coverage.Healthy && l.Change.Status != coverage.Unhealthy {
		return letter{}, fmt.Errorf("reading a waiting change: unknown status %q", l.Change.Status)
	}
	if l.Since.IsZero() {
		return letter{}, fmt.Errorf("reading a waiting change: it does not say since when it waits")
	}
	return l, nil
}

// again is the letter to send when l has to wait, or to wait again, for that reason.
func (l letter) again(why reason, now time.Time) letter {
	if l.Since.IsZero() || l.Reason == held {
		l.Since = now
	}
	switch why {
	case retry, remember:
		l.Attempt++
	case storm:
		l.Storms++
	}
	l.Version, l.Reason, l.Sinks, l.Told = letterVersion, why, nil, nil
	return l
}

// delay is how long the letter waits. after is what the sink asked for.
func (l letter) delay(after time.Duration) time.Duration {
	switch l.Reason {
	case storm:
		return stormDelay
	case retry, remember:
		doubled := firstRetry << min(max(l.Attempt, 1)-1, 5)
		return min(max(doubled, after), MaxDelay)
	}
	return busyDelay
}
