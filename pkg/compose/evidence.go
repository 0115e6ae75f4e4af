package compose

import (
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/message"
)

// markOf shows what a verdict means.
func markOf(v catalog.Verdict) message.Mark {
	switch v {
	case catalog.Fine:
		return message.Right
	case catalog.Fault:
		return message.Wrong
	}
	return message.Open
}

// tellEvidence adds to the message what was looked at.
func (c Composer) tellEvidence(m *message.Message) {
	if len(c.evidence) == 0 {
		return
	}
	section := message.Section{Heading: c.looked}
	for _, look := range c.language.Looks(c.evidence) {
		section.Evidence = append(section.Evidence, message.Evidence{Mark: markOf(look.Verdict), Check: look.Label, Result: look.Sentence})
	}
	m.Sections = append(m.Sections, section)
}

// recordEvidence is what was looked at, for programs.
func (c Composer) recordEvidence() []message.RecordEvidence {
	evidence := []message.RecordEvidence{}
	for _, look := range c.language.Looks(c.evidence) {
		evidence = append(evidence, message.RecordEvidence{Check: look.Check, Result: look.Sentence, OK: look.Verdict == catalog.Fine})
	}
	return evidence
}

// withHealth adds to a summary that GuardDuty lists the resource as covered again: of what is gone, that would be its last
// word and no news.
func (c Composer) withHealth(summary string) string {
	if !c.weight.Healthy || c.weight.Gone {
		return summary
	}
	return c.words.Join(summary, c.words.HealthyAgain)
}
