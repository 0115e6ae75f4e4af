package compose

import (
	"cmp"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// namesShown is how many members a group's message names.
const namesShown = 10

// Group is what one message says of several resources that lost coverage, or regained it, alike.
type Group struct {
	// Sample is the change of one member; what is said of it holds for all, but for the name.
	Sample coverage.Change
	// Evidence is what the diagnosis found of that member.
	Evidence []coverage.Evidence
	// Names are the first members' names. Total is how many members there were in all, Open how many are still uncovered.
	Names       []string
	Total, Open int
}

// Group is the message that speaks for all members of a group, as the group stands now.
func (c Composer) Group(g Group) message.Message {
	findings := catalog.Classify(g.Sample)
	name := plain(c.words.Name(g.Sample.Resource, titleNameMost))
	c.evidence, c.looked = g.Evidence, locale.Fill(c.words.LookedAtOne, "name", name)
	c.weight = catalog.Weigh(findings, g.Evidence).OfOne()
	c.advice = catalog.Advise(findings, c.weight, g.Sample.Resource)
	m := c.message(g.Sample, findings, Incident{OpenedAt: g.Sample.ChangedAt})
	record := c.record(g.Sample, findings, Incident{})
	recovered := g.Sample.Status == coverage.Unhealthy && g.Open == 0
	if recovered {
		m.Tone, m.Sections, record.Evidence = message.Restored, nil, nil
	}
	m.Title = c.title(c.words.Many(g.Sample.Resource.Kind, g.Total), g.Sample.Resource, c.groupHeadline(g, recovered))
	m.Summary = c.groupSummary(g, recovered)
	m.Facts = c.groupFacts(g, recovered)
	m.Links = m.Links[:min(len(m.Links), 1)]
	if len(m.Sections) > 0 && len(m.Sections[0].Steps) > 0 {
		m.Sections[0].Text = c.words.Join(m.Sections[0].Text, locale.Fill(c.words.GroupSample, "name", name))
	}
	record.Group = &message.RecordGroup{Total: g.Total, Open: g.Open, Names: g.Names}
	m.Form = record
	return m
}

func (c Composer) groupHeadline(g Group, recovered bool) string {
	if recovered {
		return c.words.GroupBack
	}
	return c.headline(g.Sample)
}

func (c Composer) groupSummary(g Group, recovered bool) string {
	sentence := c.words.GroupSummary
	switch {
	case recovered || g.Sample.Status == coverage.Healthy:
		sentence = c.words.GroupBackSummary
	case c.weight.Gone:
		sentence = c.words.NothingLeft
	}
	summary := locale.Fill(sentence, "resource", c.words.Many(g.Sample.Resource.Kind, g.Total), "region", plain(region(g.Sample.Resource)))
	return c.words.Join(summary, c.still(g))
}

// still says how many members are left once some have recovered.
func (c Composer) still(g Group) string {
	if g.Open == 0 || g.Open == g.Total {
		return ""
	}
	return locale.Fill(c.words.GroupStillSummary, "n", strconv.Itoa(g.Open), "total", strconv.Itoa(g.Total))
}

func (c Composer) groupFacts(g Group, recovered bool) []message.Fact {
	w, sample := c.words, g.Sample
	if recovered {
		sample.Previous, sample.Status = coverage.Unhealthy, coverage.Healthy
	}
	facts := []message.Fact{{Label: w.Status, Value: c.transition(sample)}}
	if still := c.still(g); still != "" {
		facts = append(facts, message.Fact{Label: w.StillUncovered, Value: locale.Fill(w.Covered, "n", strconv.Itoa(g.Open), "total", strconv.Itoa(g.Total))})
	}
	facts = append(facts,
		message.Fact{Label: w.Since, Value: c.moment(g.Sample.ChangedAt)},
		message.Fact{Label: w.Account, Value: shortened(cmp.Or(c.local.Account(sample.Resource.Account), "—"), titleNameMost), Code: true},
		message.Fact{Label: w.Region, Value: region(sample.Resource), Code: true},
		message.Fact{Label: w.Resources, Value: c.names(g), Code: true},
	)
	return facts
}

// names are the first members, and how many more there are.
func (c Composer) names(g Group) string {
	shown := g.Names[:min(len(g.Names), namesShown)]
	names := strings.Join(shown, ", ")
	if more := g.Total - len(shown); more > 0 {
		names += " " + locale.Fill(c.words.More, "n", strconv.Itoa(more))
	}
	return names
}
