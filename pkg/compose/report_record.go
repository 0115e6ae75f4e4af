package compose

import (
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/report"
)

// form is the report for programs. It is in English whatever people read, so that they find the same in every language.
func (c reporting) form() message.Report {
	c.own, c.Composer = locale.English().Report, english()
	r := c.r
	form := message.Report{
		Version: message.ReportVersion, Kind: message.ReportKind,
		At: r.At, Regions: r.Regions, Accounts: r.Accounts, HealedWhileHeld: r.Healed,
		Total: covered("", r.Total()), Links: c.pages(), Organization: c.organizationForm(), Inventory: c.inventoryForm(),
		Losses: c.lossesForm(),
	}
	for _, kind := range report.SortedKinds(r.Kinds) {
		form.Coverage = append(form.Coverage, covered(kind, r.Kinds[kind]))
	}
	for _, g := range r.Uncovered {
		form.Findings = append(form.Findings, c.finding(g))
	}
	for _, p := range r.Problems {
		form.Problems = append(form.Problems, message.ReportProblem{Region: p.Region, Reason: string(p.Reason), Detail: p.Detail})
	}
	for _, m := range r.Missing {
		form.MissingHeartbeats = append(form.MissingHeartbeats, message.ReportHeartbeat{
			Account: m.Account, Region: m.Region, LastAt: m.Last,
		})
	}
	form.EventlessAccounts = r.Eventless
	if previous := r.Previous(); previous != nil {
		form.Since = &message.ReportSince{At: previous.At, Total: covered("", previous.Total())}
		if r.Compared {
			form.Since.Uncovered, form.Since.Recovered = new(r.New), new(r.Recovered)
		}
	}
	return form
}

func covered(kind coverage.Kind, t report.Tally) message.ReportCoverage {
	item := message.ReportCoverage{Kind: string(kind), Covered: t.Healthy, Total: t.All}
	if percent, ok := t.Percent(); ok {
		item.Percent = &percent
	}
	return item
}

// finding is one cause with the steps for the oldest resource.
func (c reporting) finding(g report.Group) message.ReportFinding {
	oldest := g.Oldest[0]
	advice := catalog.Explain(g.Finding, catalog.Case{
		Resource: oldest.Resource, Management: oldest.Agent.Management, Reader: c.local.Reader,
	})
	recorded := c.recordFinding(g.Finding, advice, "")
	finding := message.ReportFinding{
		ID: string(g.Finding.ID), Kind: string(g.Kind), Title: recorded.Title, Cause: recorded.Cause, Text: g.Finding.Text,
		Actionable: g.Finding.Actionable, Transient: g.Finding.Transient, Total: g.Total,
		Steps: recorded.Steps, Links: recorded.Links,
	}
	if g.Total > 1 {
		// What holds for the oldest alone is left out.
		finding.Cause = c.language.Advice.Issues[advice.ID].Cause
	}
	for _, state := range g.Oldest {
		r := state.Resource
		finding.Resources = append(finding.Resources, message.ReportResource{
			Name: r.Name, ARN: r.ARN(), Account: r.Account, Region: r.Region, Since: state.Since(),
		})
	}
	return finding
}
