package compose

import (
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

// record is the story for programs. It is in English whatever people read, so that programs find the same in every
// language.
func (s story) record() message.Record {
	e := english()
	r := message.Record{
		Version:    message.RecordVersion,
		Status:     string(s.change.Status),
		Resource:   recordResource(s.change),
		ChangedAt:  s.change.ChangedAt,
		ReceivedAt: s.change.ReceivedAt,
		Findings:   make([]message.RecordFinding, 0, len(s.findings)),
		Evidence:   []message.RecordEvidence{},
		Links:      e.recordPages(s.change.Resource),
	}
	for i, f := range s.findings {
		// Nobody can do anything about what is gone.
		f.Actionable = f.Actionable && !s.weight.Gone
		r.Findings = append(r.Findings, e.recordFinding(f, s.advice[i], s.local.Runbooks[string(f.ID)]))
	}
	if s.group == nil || s.outcome != restored {
		r.Actor = recordActor(s.attribution)
		for _, o := range e.language.Observations(s.others, e.local.Zone) {
			r.Evidence = append(r.Evidence, message.RecordEvidence{
				Check: o.Check, Result: o.Sentence, OK: o.Verdict == catalog.Fine, LookedAt: o.LookedAt,
			})
		}
	}
	if s.group != nil {
		r.Group = &message.RecordGroup{Total: s.group.Total, Open: s.group.Open, Names: s.group.Names}
	} else if !s.incident.OpenedAt.IsZero() {
		r.Incident = &message.RecordIncident{
			OpenedAt:        s.incident.OpenedAt,
			DurationSeconds: int64(s.openFor().Seconds()),
		}
	}
	return r
}

// recordActor is who requested the change; nil where that is not known.
func recordActor(e *coverage.Evidence) *message.RecordActor {
	if e == nil {
		return nil
	}
	return &message.RecordActor{
		Change: e.Found, Event: e.Values["event"], By: e.Values["by"], Name: e.Values["name"], At: e.Values["time"],
		Certain: catalog.EvidenceOf(*e).Certain, Expected: e.Values[catalog.ActorExpected] == "true", EventID: e.Values["id"],
	}
}

func recordResource(change coverage.Change) message.RecordResource {
	r := message.RecordResource{
		Kind:         string(change.Resource.Kind),
		Name:         change.Resource.Name,
		ARN:          change.Resource.ARN(),
		Account:      change.Resource.Account,
		Region:       change.Resource.Region,
		Cluster:      change.Resource.ClusterARN,
		InstanceType: change.InstanceType,
		AgentVersion: change.Agent.Version,
		AgentStatus:  change.Agent.Status,
		Management:   change.Agent.Management,
	}
	if change.Coverage.Known() {
		r.Covered, r.Total = &change.Coverage.Covered, &change.Coverage.Total
	}
	return r
}

// recordFinding is a finding with all its steps. runbook is the team's own page, if there is one.
func (c Composer) recordFinding(f catalog.Finding, a catalog.Advice, runbook string) message.RecordFinding {
	finding := message.RecordFinding{
		ID: string(f.ID), Type: f.Type, Text: f.Text,
		Title: c.language.Title(a.ID), Cause: c.language.Cause(a),
		Actionable: f.Actionable, Transient: f.Transient,
		Steps: c.recordSteps(a), Links: []message.RecordLink{},
	}
	add := func(label, url string) {
		if url != "" {
			finding.Links = append(finding.Links, message.RecordLink{Label: label, URL: url})
		}
	}
	add(c.words.Runbook, runbook)
	add(c.words.Guide, c.language.Documentation(a))
	for _, page := range c.language.Pages(a) {
		add(page.Label, page.URL)
	}
	return finding
}

func (c Composer) recordSteps(a catalog.Advice) []message.RecordStep {
	steps := make([]message.RecordStep, 0, len(a.Steps))
	for _, action := range a.Steps {
		steps = append(steps, message.RecordStep{
			Text: c.language.Step(action), Command: action.Command, Changes: reachName(action.Changes),
		})
	}
	return steps
}

func reachName(r catalog.Reach) string {
	switch r {
	case catalog.OneResource:
		return "resource"
	case catalog.WholeCluster:
		return "cluster"
	case catalog.WholeVPC:
		return "vpc"
	case catalog.WholeAccount:
		return "account"
	}
	return ""
}

// recordPages are the pages of a resource in the consoles.
func (c Composer) recordPages(r coverage.Resource) []message.RecordLink {
	links := []message.RecordLink{}
	if page := coveragePage(r); page != "" {
		links = append(links, message.RecordLink{Label: c.words.CoveragePage, URL: page})
	}
	if page := resourcePage(r); page != "" {
		links = append(links, message.RecordLink{Label: c.pageLabel(r.Kind), URL: page})
	}
	return links
}
