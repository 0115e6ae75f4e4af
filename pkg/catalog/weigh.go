package catalog

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Weight is what evidence changes about what the findings say. The zero Weight changes nothing.
type Weight struct {
	// Gone says that nothing is left to cover, so that nothing is to be done.
	Gone bool
	// Healthy says that GuardDuty lists the resource as covered again.
	Healthy bool
	// Intended says that a role requested the change whose changes are intended.
	Intended bool
	// Cause is the certain cause, when there is but one and it says more than the findings; else "".
	Cause EvidenceID
	// Shared is the only cause that was found, where others depend on the same thing; its zero value is none.
	Shared Shared
	// Certain and Possible count the causes that were found, without those that follow from another.
	Certain, Possible int
	// faults are what is to be fixed, certain causes first.
	faults []coverage.Evidence
}

// Shared is one cause of many losses.
type Shared struct {
	Cause EvidenceID
	// Thing is what they depend on, as AWS names it; Account for an account in its Region.
	Thing string
}

// Weigh says what evidence changes about findings. What is gone needs no other cause. Where GuardDuty lists
// the resource as covered again, or nobody can do anything by AWS's own word, faults contradict that and
// change nothing.
func Weigh(findings []Finding, evidence []coverage.Evidence) Weight {
	var w Weight
	var certain, faults []coverage.Evidence
	for _, e := range evidence {
		entry := EvidenceOf(e)
		switch {
		case entry.Verdict == Attribution:
		case entry.ID == Covered:
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
	w.Intended = isIntended(evidence)
	w.Cause = onlyCause(findings, certain)
	w.Shared = sharedCause(certain, faults)
	w.faults = slices.Concat(certain, faults)
	w.Certain, w.Possible = len(distinct(certain, certain)), len(distinct(faults, certain))
	return w
}

// distinct are the different causes, without those that follow from certain ones and those that say no more than
// the event.
func distinct(causes, certain []coverage.Evidence) (all []coverage.Evidence) {
	var known []EvidenceID
	for _, e := range certain {
		known = append(known, EvidenceOf(e).Explains...)
	}
	for _, e := range causes {
		entry := EvidenceOf(e)
		if !entry.Repeats && !slices.Contains(known, entry.ID) {
			known, all = append(known, entry.ID), append(all, e)
		}
	}
	return all
}

// OfOne is the weight in a message that speaks for others, too: unless they are all gone, the cause of one
// need not be theirs.
func (w Weight) OfOne() Weight {
	if !w.Gone {
		w.Cause = ""
	}
	w.Healthy, w.Intended, w.Certain, w.Possible = false, false, 0, 0
	return w
}

// onlyCause is the one certain cause that does not follow from another, "" when there are several or the
// findings say as much.
func onlyCause(findings []Finding, certain []coverage.Evidence) EvidenceID {
	var follow []EvidenceID
	for _, e := range certain {
		follow = append(follow, EvidenceOf(e).Explains...)
	}
	var only EvidenceEntry
	for _, e := range certain {
		entry := EvidenceOf(e)
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

// sharedCause is the only cause, if it is shared: the only certain one that does not follow from another or,
// without a certain one, the only fault.
func sharedCause(certain, faults []coverage.Evidence) Shared {
	causes := certain
	if len(causes) == 0 {
		causes = faults
	}
	if causes = distinct(causes, certain); len(causes) != 1 {
		return Shared{}
	}
	switch entry := EvidenceOf(causes[0]); entry.Shared {
	case "":
	case Account:
		return Shared{entry.ID, Account}
	default:
		if thing := causes[0].Values[entry.Shared]; thing != "" {
			return Shared{entry.ID, thing}
		}
	}
	return Shared{}
}

// Advise explains the findings of one change, with what evidence changes: the steps that fix what was found
// stand under the first finding that anybody can do something about.
func Advise(findings []Finding, w Weight, c Case) []Advice {
	advice := make([]Advice, len(findings))
	faults := w.faults
	for i, f := range findings {
		switch {
		case w.Gone:
			advice[i] = Explain(f, c)
			advice[i].Steps = nil
		case f.Actionable && len(faults) > 0:
			advice[i] = fix(faults, f, c)
			faults = nil
		default:
			advice[i] = Explain(f, c)
		}
	}
	return advice
}

// fix is the finding's advice with the steps that fix faults. Those of certain causes come first, because the
// diagnosis has read what there is to read; of all others those that only read come before those that change
// something.
func fix(faults []coverage.Evidence, f Finding, c Case) Advice {
	var first, others []Action
	var see []string
	known := valuesOf(f, c)
	rest := slices.Clone(EntryOf(f.ID).Steps)
	for _, e := range faults {
		entry := EvidenceOf(e)
		steps := actions(entry.Steps, known.found(e), c.side())
		if entry.Certain {
			first = append(first, steps...)
		} else {
			others = append(others, steps...)
		}
		rest = slices.DeleteFunc(rest, func(s Step) bool {
			return slices.ContainsFunc(entry.Steps, func(fix Step) bool { return fix.ID == s.ID })
		})
		see = append(see, entry.See...)
	}
	checks := slices.IndexFunc(rest, func(s Step) bool { return s.Check })
	if checks < 0 {
		checks = len(rest)
	}
	others = append(others, actions(rest[:checks], known, c.side())...)
	slices.SortStableFunc(others, func(a, b Action) int {
		return cmp.Compare(min(a.Changes, OneResource), min(b.Changes, OneResource))
	})
	advice := advise(EntryOf(f.ID), c, known, withoutRepeats(slices.Concat(first, others, actions(rest[checks:], known, c.side()))))
	for _, page := range see {
		if advice.Page != "" && !slices.Contains(advice.See, page) {
			advice.See = append(slices.Clone(advice.See), page)
		}
	}
	return advice
}

func withoutRepeats(actions []Action) []Action {
	var once []Action
	for _, a := range actions {
		if !slices.Contains(once, a) {
			once = append(once, a)
		}
	}
	return once
}

// foundForm is a form of what evidence may put into commands.
type foundForm struct {
	placeholder string
	form        form
}

// foundForms are the strict forms of what evidence may put into commands, as those of values.go are of what
// events may.
func foundForms() [7]foundForm {
	return [...]foundForm{
		{"vpc", vpcForm}, {"endpoint", endpointForm}, {"group", groupForm}, {"cidr", cidrForm},
		{"newest", addonVersionForm}, {"service", ecsClusterForm}, {"owner", accountForm},
	}
}

var (
	vpcForm          = newForm(`^vpc-[0-9a-f]{8,17}$`)
	endpointForm     = newForm(`^vpce-[0-9a-f]{8,17}$`)
	groupForm        = newForm(`^sg-[0-9a-f]{8,17}$`)
	cidrForm         = newForm(`^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$`)
	addonVersionForm = newForm(`^v\d+(\.\d+)+(-[a-z]+\.\d+)?$`)
)

// found are the values, and those of forms that were found: of several, joined by commas, the first, but of
// several blocks of addresses none, since letting in one is not enough. One that was found and has not its
// own form is not known.
func (v Values) found(e coverage.Evidence) Values {
	known := maps.Clone(v)
	for _, each := range foundForms() {
		value, ok := e.Values[each.placeholder]
		if !ok {
			continue
		}
		delete(known, each.placeholder)
		delete(known, each.placeholder+"s")
		if each.placeholder != "cidr" {
			value, _, _ = strings.Cut(value, ", ")
		}
		if len(value) <= longestName && each.form().MatchString(value) {
			known[each.placeholder] = value
		}
	}
	return known
}
