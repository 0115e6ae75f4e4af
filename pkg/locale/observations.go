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

// Evidence says what the checks of a diagnosis are called, and what they found.
type Evidence struct {
	// Checks label the checks.
	Checks map[string]string
	Found  map[catalog.EvidenceID]Found
	// Actors say who requested a change, by the form that evidence names, as Found.Says do. ThroughService follows where a
	// {service} made the request for them, OfAccount where they are of another {account}, and ForDelegate where the provider
	// {account} acted for them.
	Actors                                 map[string][]string
	ThroughService, OfAccount, ForDelegate string
}

// Found says what a check found.
type Found struct {
	// Title says the cause, as Issue.Title does. Only certain causes have one.
	Title string
	// Says are sentences that say the same, the most precise first: the first of which every {placeholder} is known is
	// used. The last has none. Backticks mark code.
	Says []string
}

// Observation is what one check found, for people to read.
type Observation struct {
	// Check is the check's id, and Label what it is called: the id, where the language has no label. Both are plain text.
	Check, Label string
	// Sentence says what was found; backticks mark code.
	Sentence string
	Verdict  catalog.Verdict
	// Repeats says that it adds nothing to what the event says.
	Repeats bool
	// LookedAt is when it was found; zero where nobody noted that.
	LookedAt time.Time
}

// Observations say what the checks found: faults first, and what is fine last. Times are in zone.
func (l Language) Observations(evidence []coverage.Evidence, zone *time.Location) []Observation {
	observations := make([]Observation, 0, len(evidence))
	for _, e := range evidence {
		entry := catalog.EvidenceOf(e)
		observations = append(observations, Observation{
			Check:    e.Check,
			Label:    cmp.Or(l.Evidence.Checks[e.Check], e.Check),
			Sentence: l.readable(e, zone).FirstFilled(l.Evidence.Found[entry.ID].Says),
			Verdict:  entry.Verdict,
			Repeats:  entry.Repeats,
			LookedAt: e.LookedAt,
		})
	}
	slices.SortStableFunc(observations, func(a, b Observation) int { return cmp.Compare(a.Verdict, b.Verdict) })
	return observations
}

// readable are the values of evidence as a sentence shows them: on one line, without the one markup that sentences have,
// and times as people read them. What is empty is not known.
func (l Language) readable(e coverage.Evidence, zone *time.Location) catalog.Values {
	known := catalog.Values{}
	maps.Copy(known, e.Values)
	known["found"] = e.Found
	for placeholder, value := range known {
		value = strings.ReplaceAll(strings.Join(strings.Fields(value), " "), "`", "'")
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			value = at.In(zone).Format(l.Words.Clock)
		}
		if known[placeholder] = value; value == "" {
			delete(known, placeholder)
		}
	}
	if by, ok := l.Evidence.Actors[e.Values["by"]]; ok && e.Check == catalog.ActorCheck {
		known["actor"] = l.actor(by, known)
	}
	return known
}

// actor is who requested a change, with all that is known of it.
func (l Language) actor(by []string, known catalog.Values) string {
	phrase := known.FirstFilled(by)
	for _, more := range []struct{ value, form string }{
		{"account", l.Evidence.OfAccount}, {"through", l.Evidence.ThroughService}, {"delegate", l.Evidence.ForDelegate},
	} {
		if known[more.value] != "" {
			phrase = Fill(more.form, "actor", phrase, more.value, known[more.value])
		}
	}
	return phrase
}
