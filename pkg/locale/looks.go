package locale

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// Evidence say what was looked at and found.
type Evidence struct {
	// Checks label the checks.
	Checks map[string]string
	Found  map[catalog.EvidenceID]Found
}

// Found say what was found.
type Found struct {
	// Title says the cause in at most 70 runes, as Issue.Title does. Only certain causes have one.
	Title string
	// Says are sentences that say the same, the most precise first: the first of which every {placeholder} is known is
	// told. The last has none. Backticks mark code.
	Says []string
}

// Look is what was looked at and found, for people to read.
type Look struct {
	// Check is the check's id, and Label what it is called: the id, where the catalogue does not know it. Both are plain text.
	Check, Label string
	// Sentence says what was found; backticks mark code.
	Sentence string
	Verdict  catalog.Verdict
}

// Looks tells all evidence: faults first, and what is fine last.
func (l Language) Looks(evidence []coverage.Evidence) []Look {
	var looks []Look
	for _, e := range evidence {
		entry := catalog.EvidenceOf(e)
		looks = append(looks, Look{
			Check:    e.Check,
			Label:    cmp.Or(l.Evidence.Checks[e.Check], e.Check),
			Sentence: l.readable(e).FirstFilled(l.Evidence.Found[entry.ID].Says),
			Verdict:  entry.Verdict,
		})
	}
	slices.SortStableFunc(looks, func(a, b Look) int { return cmp.Compare(a.Verdict, b.Verdict) })
	return looks
}

// readable are the values of evidence as a sentence shows them: on one line, without the one markup that sentences have,
// and times as people read them. What is empty is not known.
func (l Language) readable(e coverage.Evidence) catalog.Values {
	known := catalog.Values{}
	maps.Copy(known, e.Values)
	known["found"] = e.Found
	for placeholder, value := range known {
		value = strings.ReplaceAll(strings.Join(strings.Fields(value), " "), "`", "'")
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			value = at.UTC().Format(l.Words.Time)
		}
		if known[placeholder] = value; value == "" {
			delete(known, placeholder)
		}
	}
	return known
}
