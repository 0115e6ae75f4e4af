package compose

import (
	"cmp"
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// allSteps are the steps for each finding, as people read them: each once.
func (s story) allSteps() [][]catalog.Action {
	all := make([][]catalog.Action, len(s.advice))
	if s.outcome != lost {
		return all
	}
	seen := map[string]bool{}
	for i, advice := range s.advice {
		for _, action := range advice.Steps {
			key := cmp.Or(action.Command, string(action.Step))
			if seen[key] {
				continue
			}
			seen[key] = true
			all[i] = append(all[i], action)
		}
	}
	return all
}

// first is what to do first. It is taken from steps.
func (s story) first(steps [][]catalog.Action) *message.Step {
	if s.outcome != lost {
		return nil
	}
	for i, actions := range steps {
		if len(actions) > 0 {
			first := s.steps(actions[:1])[0]
			steps[i] = actions[1:]
			return &first
		}
	}
	return nil
}

// nameCredentials says once, before the first command, whose credentials the commands need, or under the first step
// why there are none. All are about one resource.
func (s story) nameCredentials(m *message.Message) {
	at := slices.IndexFunc(s.advice, func(a catalog.Advice) bool { return s.language.Credentials(a) != "" })
	if at < 0 {
		return
	}
	sentence := s.language.Credentials(s.advice[at])
	place := slices.IndexFunc(m.Sections, func(s message.Section) bool {
		return slices.ContainsFunc(s.Steps, func(step message.Step) bool { return step.Command != "" })
	})
	if m.First != nil && (m.First.Command != "" || place < 0) {
		m.First.Text = s.words.Join(m.First.Text, sentence)
		return
	}
	if place < 0 {
		place = slices.IndexFunc(m.Sections, func(s message.Section) bool { return len(s.Steps) > 0 })
	}
	if place >= 0 {
		m.Sections[place].Text = s.words.Join(m.Sections[place].Text, sentence)
	}
}

// faults are what the diagnosis found wrong, and how many checks found nothing.
func (s story) faults() []message.Evidence {
	faults := s.actor()
	passed, unclear, shown := 0, 0, 0
	for _, o := range s.observed {
		switch {
		case o.Verdict == catalog.Fine:
			passed++
		case o.Verdict == catalog.Unclear && o.Check == catalog.ActorCheck:
			faults = append(faults, asEvidence(o.Verdict, o.Label, o.Sentence))
		case o.Verdict == catalog.Unclear:
			unclear++
		case s.beforeFold(o) && shown < faultsShown:
			shown++
			faults = append(faults, asEvidence(o.Verdict, o.Label, o.Sentence))
		}
	}
	if s.outcome == healthyAgain {
		return nil
	}
	if unclear > 0 {
		faults = append(faults, asEvidence(catalog.Unclear, "", counted(unclear, s.words.UnclearOne, s.words.Unclear)))
	}
	if passed > 0 {
		faults = append(faults, asEvidence(catalog.Fine, "", counted(passed, s.words.PassedOne, s.words.Passed)))
	}
	return faults
}

// actor is who requested the change behind the loss: one line, or none.
func (s story) actor() []message.Evidence {
	if s.attribution == nil {
		return nil
	}
	o := s.language.Observations([]coverage.Evidence{*s.attribution}, s.local.Zone)[0]
	return []message.Evidence{asEvidence(o.Verdict, o.Label, o.Sentence)}
}

// beforeFold reports whether what a check found belongs before the fold.
func (s story) beforeFold(o locale.Observation) bool {
	return o.Verdict == catalog.Fault && !o.Repeats && s.outcome != healthyAgain
}

func asEvidence(verdict catalog.Verdict, check, result string) message.Evidence {
	mark := message.Open
	switch verdict {
	case catalog.Fine:
		mark = message.Right
	case catalog.Fault:
		mark = message.Wrong
	case catalog.Attribution:
		mark = message.Told
	}
	return message.Evidence{Mark: mark, Check: check, Result: result}
}

// folded is what to read only when it is needed: the steps that are left, GuardDuty's text, the other
// findings, what the checks found besides, and further pages.
func (s story) folded(steps [][]catalog.Action, begun bool, links []message.Link) []message.Section {
	var sections []message.Section
	add := func(section message.Section) {
		if section.Text != "" || section.Quote != "" || len(section.Steps)+len(section.Evidence)+len(section.Links) > 0 {
			sections = append(sections, section)
		}
	}
	before := 0
	if begun {
		before = 1
	}
	for i, f := range s.findings {
		if i == 0 {
			add(message.Section{Heading: s.words.NextSteps, Steps: s.steps(steps[i]), Before: before})
			add(message.Section{Heading: s.words.IssueText, Quote: f.Text})
			continue
		}
		section := message.Section{Heading: capitalised(s.title(f.ID)), Text: s.language.Cause(s.advice[i]), Quote: f.Text}
		section.Steps = s.steps(steps[i])
		add(section)
	}
	if s.diagnosed() && s.outcome != ended {
		sections = slices.Insert(sections, min(1, len(sections)), message.Section{
			Heading: capitalised(s.title(s.findings[0].ID)), Text: s.language.Cause(s.advice[0]),
		})
	}
	add(message.Section{Heading: s.words.Diagnosis, Text: s.lookedAt(), Evidence: s.otherObservations()})
	add(message.Section{Heading: s.words.FurtherReading, Links: s.furtherReading(links)})
	return sections
}

// lookedAt says once for all evidence when it was found.
func (s story) lookedAt() string {
	first, last := coverage.LookedBetween(s.evidence)
	from, to := s.moment(first, s.words.Clock), s.moment(last, s.words.Clock)
	switch from {
	case "":
		return ""
	case to:
		return locale.Fill(s.words.LookedAt, "time", from)
	}
	return locale.Fill(s.words.LookedBetween, "first", from, "last", to)
}

// otherObservations are those that do not stand before the fold.
func (s story) otherObservations() []message.Evidence {
	var others []message.Evidence
	shown := 0
	for _, o := range s.observed {
		if s.beforeFold(o) && shown < faultsShown {
			shown++
			continue
		}
		others = append(others, asEvidence(o.Verdict, o.Label, o.Sentence))
	}
	return others
}

// furtherReading are the pages that no link before the fold leads to: those are given.
func (s story) furtherReading(before []message.Link) []message.Link {
	if s.outcome == ended {
		return nil
	}
	var links []message.Link
	add := func(label, url string) {
		shown := func(l message.Link) bool { return l.URL == url }
		if url != "" && !slices.ContainsFunc(before, shown) && !slices.ContainsFunc(links, shown) {
			links = append(links, message.Link{Label: label, URL: url})
		}
	}
	for i, f := range s.findings {
		add(s.words.Runbook, s.local.Runbooks[string(f.ID)])
		add(s.words.Guide, s.language.Documentation(s.advice[i]))
		for _, page := range s.language.Pages(s.advice[i]) {
			add(page.Label, page.URL)
		}
	}
	return links
}

// fold is the title of what is folded.
func (s story) fold(sections []message.Section) string {
	steps := 0
	for _, section := range sections {
		steps += len(section.Steps)
	}
	switch steps {
	case 0:
		return s.words.FoldFacts
	case 1:
		return s.words.FoldStep
	}
	return fillNumber(s.words.FoldSteps, steps)
}

// facts are all that is known, most important first.
func (s story) facts() []message.Fact {
	w, r := s.words, s.change.Resource
	var facts []message.Fact
	add := func(fact message.Fact) {
		if fact.Value != "" {
			facts = append(facts, fact)
		}
	}
	code := func(label, value string) { add(message.Fact{Label: label, Value: value, Code: true}) }
	since := cmp.Or(s.incident.OpenedAt, s.change.ChangedAt)
	if s.group != nil {
		code(w.Resources, strings.Join(s.group.Names, ", "))
	} else {
		code(w.Resource, cmp.Or(r.ARN(), w.Name(r, 0)))
	}
	code(w.Account, s.local.Account(r.Account))
	code(w.Region, r.Region)
	add(message.Fact{Label: w.SinceWhen, Value: s.moment(since, w.Time), At: since})
	add(message.Fact{Label: w.Received, Value: s.moment(s.change.ReceivedAt, w.Time), At: s.change.ReceivedAt})
	if s.group == nil {
		code(s.agentLabel(), strings.TrimSpace(s.change.Agent.Version+" "+parenthesised(s.change.Agent.Status)))
		add(message.Fact{Label: w.Management, Value: s.management(s.change.Agent.Management)})
		if kind, name := r.Cluster(); kind != "" {
			code(w.Cluster, w.Name(coverage.Resource{Kind: kind, Name: name}, 0))
		}
		code(w.InstanceType, s.change.InstanceType)
	}
	if s.change.Found {
		add(message.Fact{Label: w.FoundBy, Value: w.FoundByReport})
	}
	return facts
}

func (s story) agentLabel() string {
	if s.change.Resource.Kind == coverage.EKS {
		return s.words.Addon
	}
	return s.words.Agent
}

func (s story) management(management string) string {
	switch strings.ToUpper(management) {
	case "AUTO_MANAGED":
		return s.words.AutoManaged
	case "MANUAL":
		return s.words.Manual
	case "DISABLED":
		return s.words.Disabled
	}
	return management
}

func parenthesised(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}
