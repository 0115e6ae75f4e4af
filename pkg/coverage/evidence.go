package coverage

import "slices"

// Evidence is what one look at the live resource, or at what it depends on, found.
type Evidence struct {
	// Check is what was looked at and Found what it was like: together they are an entry of the catalogue's table of
	// evidence, which knows what it means.
	Check, Found string
	// Values fill the placeholders of the entry's sentence. They come from AWS and are as hostile as an event's text.
	Values map[string]string
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
		evidence[i] = Evidence{Check: clipValue(e.Check), Found: clipValue(e.Found), Values: values}
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
