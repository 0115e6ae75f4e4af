package notify

import (
	"slices"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

func (p *Pipeline) single(l catalog.Language, c *claim) message.Message {
	incident := compose.Incident{OpenedAt: c.incident.OpenedAt, Causes: c.incident.Causes}
	return compose.New(l, p.Local).Single(c.lead.change, c.lead.findings, c.lead.evidence, incident)
}

func (p *Pipeline) group(l catalog.Language, g coverage.Group) message.Message {
	return compose.New(l, p.Local).Group(compose.Group{
		Sample: g.Sample, Evidence: g.Evidence, Names: slices.Clone(g.Names), Total: g.Total, Open: len(g.Open),
	})
}

// shortened is at most so many runes of s, and says when there were more.
func shortened(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
