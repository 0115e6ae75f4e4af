package report

import (
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

// record is the report for programs. It is in English whatever people read, so that they find the same in every language.
func record(r Report) *message.Report {
	c := composer{language: catalog.English, words: catalog.English.Words, own: catalog.English.Words.Report, r: r}
	report := message.Report{
		Version: message.ReportVersion, Kind: message.ReportKind,
		At: r.At, Regions: r.Regions, Accounts: r.Accounts, HealedWhileHeld: r.Healed,
		Total: covered("", r.Total()),
	}
	for _, kind := range sortedKinds(r.Kinds) {
		report.Coverage = append(report.Coverage, covered(kind, r.Kinds[kind]))
	}
	for _, g := range r.Uncovered {
		report.Findings = append(report.Findings, c.finding(g))
	}
	for _, p := range r.Problems {
		report.Problems = append(report.Problems, message.ReportProblem{Region: p.Region, Reason: string(p.Reason), Detail: p.Detail})
	}
	if previous := r.Previous(); previous != nil {
		report.Since = &message.ReportSince{At: previous.At, Total: covered("", previous.Total())}
		if r.Compared {
			report.Since.Uncovered, report.Since.Recovered = new(r.New), new(r.Recovered)
		}
	}
	for _, link := range c.links() {
		report.Links = append(report.Links, message.RecordLink(link))
	}
	return &report
}

func covered(kind coverage.Kind, t Tally) message.ReportCoverage {
	item := message.ReportCoverage{Kind: string(kind), Covered: t.Healthy, Total: t.All}
	if percent, ok := t.Percent(); ok {
		item.Percent = &percent
	}
	return item
}

func (c composer) finding(g Group) message.ReportFinding {
	s := c.group(g, 0)
	finding := message.ReportFinding{
		ID: string(g.Finding.ID), Kind: string(g.Kind),
		Title: c.language.Explain(g.Finding, g.Oldest[0].Resource).Title, Cause: s.Text, Text: g.Finding.Text,
		Actionable: g.Finding.Actionable, Transient: g.Finding.Transient, Total: g.Total,
	}
	for _, state := range g.Oldest {
		r := state.Resource
		finding.Resources = append(finding.Resources, message.ReportResource{
			Name: r.Name, ARN: r.ARN(), Account: r.Account, Region: r.Region, Since: state.Since(),
		})
	}
	for _, step := range s.Steps {
		finding.Steps = append(finding.Steps, message.RecordStep(step))
	}
	for _, link := range s.Links {
		finding.Links = append(finding.Links, message.RecordLink(link))
	}
	return finding
}
