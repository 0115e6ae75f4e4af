// Package heartbeat is about the notifier's own events, which reach it through the same rules as GuardDuty's:
// heartbeats, which a schedule in every Region sends, and self-tests, which a person sends. It says whose
// heartbeats are missing.
package heartbeat

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// What EventBridge calls the notifier's own events. template.yaml and forwarder.yaml name them, too.
const (
	Source            = "guardduty-coverage-notifier"
	DetailType        = "Heartbeat"
	DetailTypeOfTests = "Self-test"
)

// limit is how long after the last heartbeat the next one is missing. A schedule sends one an hour, within 60
// seconds (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html): one may be lost, and the
// next be late.
const limit = 3 * time.Hour

// Place is an account in a Region, from which events come.
type Place struct{ Account, Region string }

// Places are the account in each of the Regions.
func Places(account string, regions ...string) []Place {
	places := make([]Place, len(regions))
	for i, region := range regions {
		places[i] = Place{account, region}
	}
	return places
}

// Event is one of the notifier's own events.
type Event struct {
	// Place is where it was sent, as EventBridge says.
	Place Place
	// SelfTest says that it is a self-test, and no heartbeat.
	SelfTest bool
	// ID is what the sender of a self-test calls it; "" when it has no name of letters, digits and hyphens.
	ID string
}

// Decode reads an event; ok is false for one that is not the notifier's own.
func Decode(data []byte) (e Event, ok bool) {
	if !bytes.Contains(data, []byte(Source)) { // Nearly everything that arrives, which is not read twice.
		return Event{}, false
	}
	var envelope struct {
		Source     string          `json:"source"`
		DetailType string          `json:"detail-type"`
		Account    string          `json:"account"`
		Region     string          `json:"region"`
		Detail     json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(data, &envelope) != nil || envelope.Source != Source {
		return Event{}, false
	}
	e.Place = Place{envelope.Account, envelope.Region}
	switch envelope.DetailType {
	case DetailType:
		return e, true
	case DetailTypeOfTests:
		e.SelfTest = true
		var detail struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(envelope.Detail, &detail) == nil && isID(detail.ID) {
			e.ID = detail.ID
		}
		return e, true
	}
	return Event{}, false
}

func isID(s string) bool {
	const most = 64
	foreign := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}
	return len(s) <= most && !strings.ContainsFunc(s, foreign)
}

// Arrival is what is remembered of the heartbeats of one place.
type Arrival struct {
	// Last is when one last arrived; zero: never. Expected is since when they are expected.
	Last, Expected time.Time
}

// Missing is a place whose heartbeats are missing.
type Missing struct {
	Place
	// Last is when one last arrived; zero: never.
	Last time.Time
}

// MissingOf are those of the expected places from which no heartbeat has arrived for three hours, in their
// order. A place that is expected for a shorter time is given until then.
func MissingOf(expected []Place, known map[Place]Arrival, now time.Time) []Missing {
	var missing []Missing
	for _, place := range expected {
		arrival := known[place]
		since := arrival.Last
		if arrival.Expected.After(since) {
			since = arrival.Expected
		}
		if now.Sub(since) > limit {
			missing = append(missing, Missing{place, arrival.Last})
		}
	}
	return missing
}
