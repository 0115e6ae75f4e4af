package catalog

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Weight is what evidence changes about what the findings say. The zero Weight changes nothing.
type Weight struct {
	// Gone says that nothing is left to cover, so that nothing is to be done.
	Gone bool
	// Healthy says that GuardDuty lists the resource as covered again.
	Healthy bool
	// Cause is the certain cause, when there is but one and it says more than the findings; else "".
	Cause EvidenceID
	// faults are what is to be mended, certain causes first.
	faults []coverage.Evidence
}

// Weigh says what evidence changes about findings. What is gone needs no other cause. Where GuardDuty lists the resource as
// covered again, or nobody can do anything by AWS's own word, faults contradict that and change nothing.
func Weigh(findings []Finding, evidence []coverage.Evidence) Weight {
	var w Weight
	var certain, faults []coverage.Evidence
	for _, e := range evidence {
		entry := entryOf(e)
		switch {
		case entry.ID == covered:
			w.Healthy = true
		case entry.Gone && !w.Gone:
			w.Gone, w.Cause = true, entry.ID
		case entry.Certain:
			certain = append(certain, e)
		case entry.Verdict == Fault:
			faults = append(faults, e)
		}
	}
	actionable := slices.ContainsFunc(findings, func(f Finding) bool { return f.Actionable })
	if w.Gone || w.Healthy || !actionable {
		return w
	}
	w.Cause = onlyCause(findings, certain)
	w.faults = slices.Concat(certain, faults)
	return w
}

// OfOne is the weight in a message that speaks for others, too: unless they are all gone, the cause of one need not be theirs.
func (w Weight) OfOne() Weight {
	if !w.Gone {
		w.Cause = ""
	}
	return w
}

// onlyCause is the one certain cause that does not follow from another, "" when there are several or the findings say as much.
func onlyCause(findings []Finding, certain []coverage.Evidence) EvidenceID {
	var follow []EvidenceID
	for _, e := range certain {
		follow = append(follow, entryOf(e).Explains...)
	}
	var only EvidenceEntry
	for _, e := range certain {
		entry := entryOf(e)
		switch {
		case slices.Contains(follow, entry.ID):
		case only.ID != "" && only.ID != entry.ID:
			return ""
		default:
			only = entry
		}
	}
	if slices.ContainsFunc(findings, func(f Finding) bool { return slices.Contains(only.Same, f.ID) }) {
		return ""
	}
	return only.ID
}

// Advise explains the findings of one change, with what evidence changes: the steps that mend what was found come first,
// under the first finding that anybody can do something about.
func (l Language) Advise(findings []Finding, w Weight, r coverage.Resource) []Advice {
	advice := make([]Advice, len(findings))
	faults := w.faults
	for i, f := range findings {
		advice[i] = l.Explain(f, r)
		switch {
		case w.Gone:
			advice[i].Steps = nil
		case f.Actionable && len(faults) > 0:
			advice[i].Steps = l.mend(faults, f, r)
			faults = nil
		}
	}
	return advice
}

// mend is the finding's steps behind those that mend faults.
func (l Language) mend(faults []coverage.Evidence, f Finding, r coverage.Resource) []AdviceStep {
	var steps []AdviceStep
	rest := slices.Clone(tables().entry(f.ID).Steps)
	for _, e := range faults {
		entry := entryOf(e)
		for _, step := range l.steps(entry.Steps, valuesFound(e, f, r)) {
			if !slices.Contains(steps, step) {
				steps = append(steps, step)
			}
		}
		rest = slices.DeleteFunc(rest, func(s Step) bool {
			return slices.ContainsFunc(entry.Steps, func(fix Step) bool { return fix.ID == s.ID })
		})
	}
	return append(steps, l.steps(rest, values(f, r))...)
}

// forms are the strict forms of what evidence may put into commands, as those of values.go are of what events may.
var forms = sync.OnceValue(func() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"vpc":      regexp.MustCompile(`^vpc-[0-9a-f]{8,17}$`),
		"endpoint": regexp.MustCompile(`^vpce-[0-9a-f]{8,17}$`),
		"group":    regexp.MustCompile(`^sg-[0-9a-f]{8,17}$`),
		"cidr":     regexp.MustCompile(`^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$`),
		"newest":   regexp.MustCompile(`^v\d+(\.\d+)+(-[a-z]+\.\d+)?$`),
		"service":  ecsClusterForm,
	}
})

// valuesFound are values, and those of forms that were found: of several, joined by commas, the first, but of several blocks of
// addresses none, since letting in one is not enough. One that was found and
// has not its own form is not known.
func valuesFound(e coverage.Evidence, f Finding, r coverage.Resource) map[string]string {
	known := values(f, r)
	for placeholder, form := range forms() {
		value, found := e.Values[placeholder]
		if !found {
			continue
		}
		delete(known, placeholder)
		if placeholder != "cidr" {
			value, _, _ = strings.Cut(value, ", ")
		}
		if len(value) <= longestName && form.MatchString(value) {
			known[placeholder] = value
		}
	}
	return known
}

// EvidenceWords say what was looked at and found.
type EvidenceWords struct {
	// Checks label the checks.
	Checks map[string]string
	Found  map[EvidenceID]FoundWords
}

// FoundWords say what was found.
type FoundWords struct {
	// Title says the cause in at most 70 runes, as IssueWords.Title does. Only certain causes have one.
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
	Verdict  Verdict
}

// Looks tells all evidence: faults first, and what is fine last.
func (l Language) Looks(evidence []coverage.Evidence) []Look {
	var looks []Look
	for _, e := range evidence {
		entry := entryOf(e)
		looks = append(looks, Look{
			Check:    e.Check,
			Label:    cmp.Or(l.Evidence.Checks[e.Check], e.Check),
			Sentence: firstFilled(l.Evidence.Found[entry.ID].Says, l.readable(e)),
			Verdict:  entry.Verdict,
		})
	}
	slices.SortStableFunc(looks, func(a, b Look) int { return cmp.Compare(a.Verdict, b.Verdict) })
	return looks
}

// readable are the values of evidence as a sentence shows them: on one line, without the one markup that sentences have,
// and times as people read them. What is empty is not known.
func (l Language) readable(e coverage.Evidence) map[string]string {
	known := map[string]string{}
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
