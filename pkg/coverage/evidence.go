package coverage

import (
	"slices"
	"time"
)

// LookAgain is the value of evidence that says when a second look may find what the first did not: a moment in RFC 3339.
const LookAgain = "look-again"

// LookAgainAt is the earliest moment for a second look at what the evidence is about; zero where there is no need.
func LookAgainAt(evidence []Evidence) time.Time {
	var first time.Time
	for _, e := range evidence {
		due, err := time.Parse(time.RFC3339, e.Values[LookAgain])
		if err == nil && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	return first
}

// Evidence is what one look at the live resource, or at what it depends on, found.
type Evidence struct {
	// Check is what was looked at and Found what it was like: together they are an entry of the catalogue's table of
	// evidence, which knows what it means.
	Check, Found string
	// Values fill the placeholders of the entry's sentence. They come from AWS and are as hostile as an event's text.
	Values map[string]string
	// LookedAt is when AWS gave the oldest answer that it rests on, or gave none; zero where nobody noted that.
	LookedAt time.Time
}

// LookedBetween is when the first and the last of the evidence was found; zero where nobody noted that.
func LookedBetween(evidence []Evidence) (first, last time.Time) {
	for _, e := range evidence {
		switch at := e.LookedAt; {
		case at.IsZero():
		case first.IsZero():
			first, last = at, at
		case at.Before(first):
			first = at
		case at.After(last):
			last = at
		}
	}
	return first, last
}

// Candidate is a loss whose cause is looked for.
type Candidate struct {
	Change Change
	// Findings are the ids of the change's findings in the catalog, the most useful first.
	Findings []string
}

const (
	// maxEvidence is how much evidence of one change is kept, maxValue how long a text in it may be.
	maxEvidence = 40
	maxValue    = 300
)

// ClipEvidence is a copy of the evidence without the length that a hostile resource may give it.
func ClipEvidence(evidence []Evidence) []Evidence {
	evidence = slices.Clone(evidence[:min(len(evidence), maxEvidence)])
	for i, e := range evidence {
		values := make(map[string]string, len(e.Values))
		for placeholder, value := range e.Values {
			values[placeholder] = clipValue(value)
		}
		evidence[i] = Evidence{Check: clipValue(e.Check), Found: clipValue(e.Found), Values: values, LookedAt: e.LookedAt}
	}
	return evidence
}

// clipValue is at most maxValue runes of s, and says when there were more.
func clipValue(s string) string {
	if runes := []rune(s); len(runes) > maxValue {
		return string(runes[:maxValue]) + "…"
	}
	return s
}
