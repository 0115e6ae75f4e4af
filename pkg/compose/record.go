package compose

import (
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// record is the machine form of the message about one change. It is in English whatever people read, so that
// programs find the same in every language.
func (c Composer) record(change coverage.Change, findings []catalog.Finding, incident Incident) message.Record {
	english := c.in(locale.English())
	r := message.Record{
		Version:    message.RecordVersion,
		Status:     string(change.Status),
		Resource:   recordResource(change),
		ChangedAt:  change.ChangedAt,
		ReceivedAt: change.ReceivedAt,
		Findings:   []message.RecordFinding{},
		Evidence:   english.recordEvidence(),
		Links:      recordLinks(english.links(change.Resource)),
	}
	for i, advice := range english.advice {
		finding := recordFinding(findings[i], english.language.Title(advice.ID), english.section(findings[i], advice))
		// Nobody can do anything about what is gone.
		finding.Actionable = finding.Actionable && !(c.weight.Gone && len(c.evidence) > 0)
		r.Findings = append(r.Findings, finding)
	}
	if !incident.OpenedAt.IsZero() {
		r.Incident = &message.RecordIncident{
			OpenedAt:        incident.OpenedAt,
			DurationSeconds: int64(openFor(change, incident).Seconds()),
		}
	}
	return r
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

func recordFinding(f catalog.Finding, title string, s message.Section) message.RecordFinding {
	finding := message.RecordFinding{
		ID: string(f.ID), Type: f.Type, Text: f.Text,
		Title: title, Cause: s.Text,
		Actionable: f.Actionable, Transient: f.Transient,
		Steps: []message.RecordStep{}, Links: recordLinks(s.Links),
	}
	for _, step := range s.Steps {
		finding.Steps = append(finding.Steps, message.RecordStep(step))
	}
	return finding
}

func recordLinks(links []message.Link) []message.RecordLink {
	records := make([]message.RecordLink, 0, len(links))
	for _, l := range links {
		records = append(records, message.RecordLink(l))
	}
	return records
}
