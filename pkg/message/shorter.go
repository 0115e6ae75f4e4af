package message

import "unicode/utf8"

// Shorter gives up, in this order, the length of texts, the steps, evidence and links, and at last all but the first
// finding and anything long.
func (r Record) Shorter(step int, mark string) (Form, bool) {
	steps := []func(Record, string) Record{asItIs, shortTexts, withoutSteps, withoutExtras, essentials}
	if step >= len(steps) {
		return nil, false
	}
	for _, shorten := range steps[:step+1] {
		r = shorten(r, mark)
	}
	return r, true
}

func asItIs(r Record, _ string) Record { return r }

func shortTexts(r Record, mark string) Record {
	const runes = 1000
	r.Findings = each(r.Findings, func(f RecordFinding) RecordFinding {
		f.Type, f.Text = clipRunes(f.Type, runes, mark), clipRunes(f.Text, runes, mark)
		f.Title, f.Cause = clipRunes(f.Title, runes, mark), clipRunes(f.Cause, runes, mark)
		return f
	})
	r.Evidence = each(r.Evidence, func(e RecordEvidence) RecordEvidence {
		e.Check, e.Result = clipRunes(e.Check, runes, mark), clipRunes(e.Result, runes, mark)
		return e
	})
	return r
}

func withoutSteps(r Record, _ string) Record {
	r.Findings = each(r.Findings, func(f RecordFinding) RecordFinding {
		f.Steps = nil
		return f
	})
	return r
}

func withoutExtras(r Record, _ string) Record {
	r.Evidence, r.Links, r.Actor = nil, nil, nil
	r.Findings = each(r.Findings, func(f RecordFinding) RecordFinding {
		f.Links = nil
		return f
	})
	if r.Group != nil {
		group := *r.Group
		group.Names = nil
		r.Group = &group
	}
	return r
}

func essentials(r Record, mark string) Record {
	const runes = 200
	if len(r.Findings) > 1 {
		r.Findings = r.Findings[:1]
	}
	r.Findings = each(r.Findings, func(f RecordFinding) RecordFinding {
		f.Type, f.Text = clipRunes(f.Type, runes, mark), clipRunes(f.Text, runes, mark)
		f.Title, f.Cause = clipRunes(f.Title, runes, mark), clipRunes(f.Cause, runes, mark)
		return f
	})
	for _, s := range []*string{
		&r.Resource.Kind, &r.Resource.Name, &r.Resource.ARN, &r.Resource.Account, &r.Resource.Region, &r.Resource.Cluster,
		&r.Resource.InstanceType, &r.Resource.AgentVersion, &r.Resource.AgentStatus, &r.Resource.Management,
	} {
		*s = clipRunes(*s, runes, mark)
	}
	return r
}

// each is a new list of what change makes of every item.
func each[T any](list []T, change func(T) T) []T {
	changed := make([]T, 0, len(list))
	for _, item := range list {
		changed = append(changed, change(item))
	}
	return changed
}

// Shorter gives up, in this order, the length of texts, all but the ten oldest resources of a finding, links and steps,
// the others of these resources, and at last all but the first finding and anything long.
func (r Report) Shorter(step int, mark string) (Form, bool) {
	steps := []func(Report, string) Report{
		reportAsItIs, shortReport, tenResources, withoutAdvice, withoutResources, essentialReport,
	}
	if step >= len(steps) {
		return nil, false
	}
	for _, shorten := range steps[:step+1] {
		r = shorten(r, mark)
	}
	return r, true
}

func reportAsItIs(r Report, _ string) Report { return r }

func eachFinding(r Report, change func(*ReportFinding)) Report {
	r.Findings = each(r.Findings, func(f ReportFinding) ReportFinding {
		change(&f)
		return f
	})
	return r
}

func shortReport(r Report, mark string) Report {
	const runes = 1000
	r.Problems = each(r.Problems, func(p ReportProblem) ReportProblem {
		p.Detail = clipRunes(p.Detail, runes, mark)
		return p
	})
	return eachFinding(r, func(f *ReportFinding) {
		f.Title, f.Cause, f.Text = clipRunes(f.Title, runes, mark), clipRunes(f.Cause, runes, mark), clipRunes(f.Text, runes, mark)
	})
}

func tenResources(r Report, _ string) Report {
	const most = 10
	return eachFinding(r, func(f *ReportFinding) { f.Resources = f.Resources[:min(len(f.Resources), most)] })
}

func withoutAdvice(r Report, _ string) Report {
	r.Links = nil
	return eachFinding(r, func(f *ReportFinding) { f.Steps, f.Links = nil, nil })
}

func withoutResources(r Report, mark string) Report {
	r.Organization = r.Organization.withoutAccounts(mark)
	r.Inventory = r.Inventory.inNumbers()
	return eachFinding(r, func(f *ReportFinding) { f.Resources = nil })
}

// inNumbers is what exists without its places.
func (i *ReportInventory) inNumbers() *ReportInventory {
	if i == nil {
		return nil
	}
	short := *i
	short.NotListed, short.Uncounted = nil, nil
	return &short
}

// withoutAccounts is what is not watched in numbers, with the reasons of whole Regions.
func (o *ReportOrganization) withoutAccounts(mark string) *ReportOrganization {
	const (
		most  = 20
		runes = 100
	)
	if o == nil {
		return nil
	}
	short := *o
	short.AccountGaps = each(o.AccountGaps, func(g ReportAccountGap) ReportAccountGap {
		return ReportAccountGap{Gap: g.Gap, Total: g.Total}
	})
	regions := o.RegionGaps[:min(len(o.RegionGaps), most)]
	short.RegionGaps = each(regions, func(g ReportRegionGap) ReportRegionGap {
		g.Detail, g.Regions = clipRunes(g.Detail, runes, mark), g.Regions[:min(len(g.Regions), most)]
		return g
	})
	return &short
}

func essentialReport(r Report, mark string) Report {
	const (
		most  = 50
		runes = 30
		text  = 200
	)
	short := func(s string) string { return clipRunes(s, runes, mark) }
	r.Regions = each(r.Regions[:min(len(r.Regions), most)], short)
	r.Problems = each(r.Problems[:min(len(r.Problems), most)], func(p ReportProblem) ReportProblem {
		return ReportProblem{Region: short(p.Region), Reason: p.Reason}
	})
	r.Coverage = each(r.Coverage[:min(len(r.Coverage), most)], func(c ReportCoverage) ReportCoverage {
		c.Kind = short(c.Kind)
		return c
	})
	r.Findings = r.Findings[:min(len(r.Findings), 1)]
	return eachFinding(r, func(f *ReportFinding) {
		f.Kind = short(f.Kind)
		f.Title, f.Cause, f.Text = clipRunes(f.Title, text, mark), clipRunes(f.Cause, text, mark), clipRunes(f.Text, text, mark)
	})
}

// clipRunes is s in at most limit runes, mark included where it was cut.
func clipRunes(s string, limit int, mark string) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(s)
	return string(runes[:max(0, limit-utf8.RuneCountInString(mark))]) + mark
}
