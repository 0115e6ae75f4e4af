package compose

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

const (
	// namesShown is how many members of a group a message names.
	namesShown = 5
	// tagMost is how many runes of an instance's tag Name a title shows, whose id takes 22 besides.
	tagMost = 20
	// faultsShown is how many faults stand before the fold.
	faultsShown = 4
	// issueMost is how many runes of an issue that nobody knows stand in the summary.
	issueMost = 300
)

// outcome is what is now known to have become of a resource, or of a group.
type outcome int

const (
	// lost: somebody can bring coverage back.
	lost outcome = iota
	// unsupported: by AWS's own word nobody can.
	unsupported
	// healthyAgain: GuardDuty lists it as covered again, although no event has said so.
	healthyAgain
	// intended: a role requested the change that is expected to make such changes.
	intended
	// ended: the diagnosis found that nothing is left to cover.
	ended
	// unlisted: GuardDuty no longer lists it.
	unlisted
	// restored: it is covered again.
	restored
)

// story is what one message says.
type story struct {
	Composer
	outcome  outcome
	change   coverage.Change
	findings []catalog.Finding
	incident Incident
	// group is nil in a message about one resource.
	group    *Group
	evidence []coverage.Evidence
	// attribution is the evidence of who requested the change behind the loss, nil where there is none; others are what
	// there is besides, and observed says it.
	attribution *coverage.Evidence
	others      []coverage.Evidence
	observed    []locale.Observation
	weight      catalog.Weight
	// advice has one item for each finding.
	advice []catalog.Advice
}

func (c Composer) newStory(change coverage.Change, findings []catalog.Finding, evidence []coverage.Evidence,
	weight catalog.Weight, incident Incident, group *Group,
) story {
	var attribution *coverage.Evidence
	others := evidence
	if at := catalog.ActorOf(evidence); at >= 0 {
		attribution, others = &evidence[at], slices.Delete(slices.Clone(evidence), at, at+1)
	}
	if weight.Gone {
		// GuardDuty's list is the last to know.
		others = slices.DeleteFunc(slices.Clone(others), func(e coverage.Evidence) bool {
			return catalog.EvidenceOf(e).ID == catalog.Covered
		})
	}
	return story{
		Composer: c, outcome: outcomeOf(change, findings, weight, group), change: change, findings: findings,
		incident: incident, group: group, evidence: evidence, attribution: attribution, others: others,
		observed: c.language.Observations(others, c.local.Zone), weight: weight,
		advice: catalog.Advise(findings, weight, catalog.CaseOf(change, c.local.Reader)),
	}
}

func outcomeOf(change coverage.Change, findings []catalog.Finding, weight catalog.Weight, group *Group) outcome {
	switch {
	case change.Gone:
		return unlisted
	case change.Status == coverage.Healthy, group != nil && group.Open == 0:
		return restored
	case weight.Gone:
		return ended
	case weight.Healthy:
		return healthyAgain
	case weight.Intended:
		return intended
	case slices.ContainsFunc(findings, func(f catalog.Finding) bool { return f.Actionable }):
		return lost
	}
	return unsupported
}

// message has all parts of the story, in the order in which they are read.
func (s story) message() message.Message {
	steps := s.allSteps()
	m := message.Message{
		Tone:    s.tone(),
		Title:   locale.Fill(s.words.Titled, "name", s.name(), "cause", s.cause()),
		State:   s.state(),
		Where:   s.where(),
		Context: s.context(),
		Summary: s.summary(steps),
		Words:   s.rendererWords(),
		Form:    s.record(),
	}
	if s.outcome == restored || s.outcome == unlisted {
		if s.group != nil || s.change.Found { // whom it is about, and that no event said so
			m.Facts, m.Fold = s.facts(), s.words.FoldFacts
		}
		return m
	}
	m.Evidence = s.faults()
	m.First = s.first(steps)
	m.Links = s.links()
	m.Sections = s.folded(steps, m.First != nil, m.Links)
	s.nameCredentials(&m)
	m.Facts = s.facts()
	m.Fold = s.fold(m.Sections)
	return m
}

func (s story) tone() message.Tone {
	switch s.outcome {
	case lost:
		return message.Lost
	case restored, healthyAgain:
		return message.Restored
	}
	return message.Information
}

// name is what the title begins with: of an instance its tag Name, too, where the diagnosis has read it.
func (s story) name() string {
	switch {
	case s.isShared():
		return s.thing()
	case s.group != nil:
		return s.words.Many(s.change.Resource.Kind, s.group.Total)
	}
	name := shortened(cmp.Or(s.change.Resource.Name, s.words.NoName), nameMost)
	for _, e := range s.evidence {
		if e.Check == "ec2-instance" && e.Values["name"] != "" && s.change.Resource.Kind == coverage.EC2 {
			return shortened(message.CleanLine(e.Values["name"]), tagMost) + " (" + name + ")"
		}
	}
	return name
}

// isShared reports whether the members of a group depend on one thing, which the message is named after.
func (s story) isShared() bool {
	return s.group != nil && s.group.Kinds != nil && s.weight.Shared.Cause != ""
}

// thing is what all members of the group depend on.
func (s story) thing() string {
	if thing := s.weight.Shared.Thing; thing != catalog.Account {
		return shortened(thing, nameMost)
	}
	return shortened(s.local.AccountName(s.change.Resource.Account), nameMost)
}

// cause is what the title says of it.
func (s story) cause() string {
	w := s.words
	switch s.outcome {
	case unlisted:
		return w.Gone
	case healthyAgain:
		return w.HealthyAgain
	case ended:
		return s.language.Evidence.Found[s.weight.Cause].Title
	case restored:
		if s.group != nil {
			return w.GroupBack
		}
		if open := s.openFor(); open > 0 {
			return locale.Fill(w.BackAfter, "duration", w.Length(open))
		}
		return w.Back
	}
	known := s.weight.Cause
	if s.isShared() {
		known = s.weight.Shared.Cause
	}
	if title := s.language.Evidence.Found[known].Title; title != "" {
		return title
	}
	if s.diagnosed() {
		return s.causesFound()
	}
	title := s.title(s.findings[0].ID)
	if more := len(s.findings) - 1; more > 0 {
		return locale.Fill(w.AndMore, "cause", title, "n", strconv.Itoa(more))
	}
	return title
}

// diagnosed reports whether the diagnosis says more about the cause than GuardDuty does.
func (s story) diagnosed() bool {
	return s.weight.Cause != "" || catalog.EntryOf(s.findings[0].ID).Vague && s.weight.Certain+s.weight.Possible > 0
}

func (s story) causesFound() string {
	if n := s.weight.Certain; n > 1 {
		return fillNumber(s.words.CausesFound, n)
	}
	return counted(s.weight.Certain+s.weight.Possible, s.words.FoundOne, s.words.PossibleCausesFound)
}

func (s story) state() string {
	w := s.words
	switch s.outcome {
	case restored, healthyAgain:
		return w.Restored
	case ended, unlisted:
		return w.Ended
	case intended:
		return w.Intended
	case unsupported:
		return w.NotCovered
	}
	if s.group == nil && !s.incident.OpenedAt.IsZero() && s.change.ChangedAt.After(s.incident.OpenedAt) {
		return w.StillLost
	}
	return w.Lost
}

// where is the kind, the Region and the account.
func (s story) where() string {
	r := s.change.Resource
	kind := string(r.Kind)
	if s.isShared() {
		kind = "" // They may be of several.
	}
	parts := []string{kind, r.Region, s.local.AccountName(r.Account)}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	for i, part := range parts {
		parts[i] = shortened(part, nameMost)
	}
	return strings.Join(parts, ", ")
}

// context is what else to know at a glance.
func (s story) context() []message.Item {
	r, w := s.change.Resource, s.words
	var items []message.Item
	add := func(item message.Item) {
		if item.Text != "" {
			item.Text = shortened(item.Text, 2*nameMost)
			items = append(items, item)
		}
	}
	switch {
	case s.group == nil:
		add(message.Item{Text: string(r.Kind)})
	case s.isShared():
		for _, kind := range slices.Sorted(maps.Keys(s.group.Kinds)) {
			add(message.Item{Text: string(kind) + " × " + strconv.Itoa(s.group.Kinds[kind])})
		}
	}
	add(message.Item{Text: r.Region})
	add(message.Item{Text: s.local.Account(r.Account), Code: s.local.Accounts[r.Account] == ""})
	if at, text := s.when(); !at.IsZero() {
		add(message.Item{Text: text, At: at, Clock: s.moment(at, w.Clock)})
	}
	if s.outcome != restored && s.outcome != unlisted && s.outcome != ended && s.outcome != healthyAgain {
		add(message.Item{Text: s.counts()})
	}
	return items
}

// when is the moment in the context, and the words around it.
func (s story) when() (time.Time, string) {
	switch {
	case s.group != nil && s.outcome == restored && s.change.Status == coverage.Unhealthy:
		return time.Time{}, "" // When the last member recovered is not known.
	case s.outcome == restored, s.outcome == unlisted:
		return s.change.ChangedAt, s.words.Until
	}
	return cmp.Or(s.incident.OpenedAt, s.change.ChangedAt), s.words.Since
}

// counts says how much of a cluster is covered, or how much of a group is not. It is empty where that is not known, and
// where it is 0 of 0 but on EKS: an ECS cluster that runs on Fargate alone, an instance.
func (s story) counts() string {
	if g := s.group; g != nil {
		if g.Open == g.Total {
			return ""
		}
		return fillCount(s.words.StillOpen, g.Open, g.Total)
	}
	n := s.change.Coverage
	if !n.Known() || s.change.Resource.Kind != coverage.EKS && n.Total == 0 {
		return ""
	}
	if s.change.Resource.Kind == coverage.EKS {
		return fillCount(s.words.NodesCovered, n.Covered, n.Total)
	}
	return fillCount(s.words.InstancesCovered, n.Covered, n.Total)
}

// summary is what is known. steps are all there are.
func (s story) summary(steps [][]catalog.Action) string {
	w := s.words
	switch s.outcome {
	case restored:
		if s.group != nil {
			return w.Join(w.GroupBackSummary, s.members())
		}
		return w.Join(w.BackSummary, s.causeWas())
	case unlisted:
		return w.GoneSummary
	case ended:
		return w.Join(s.members(), w.NothingLeft)
	case healthyAgain:
		return w.HealthySummary
	}
	var sentences []string
	if !s.diagnosed() {
		sentences = append(sentences, s.language.Cause(s.advice[0]), s.unknownIssue())
	}
	sentences = append(sentences, s.otherCauses())
	switch s.outcome {
	case lost:
		sentences = append(sentences, w.Impact)
	case intended:
		sentences = append(sentences, w.IntendedSummary)
	}
	sentences = append(sentences, s.members(), s.groupSample(steps))
	return w.Join(sentences...)
}

// causeWas names the causes of a loss that is over.
func (s story) causeWas() string {
	var titles []string
	for _, id := range s.incident.Causes {
		if issue, ok := s.language.Advice.Issues[catalog.ID(id)]; ok {
			titles = append(titles, issue.Title)
		}
	}
	if len(titles) == 0 {
		return ""
	}
	return locale.Fill(s.words.CauseWas, "cause", strings.Join(titles, s.words.List))
}

// unknownIssue is AWS's own text where the catalog has none.
func (s story) unknownIssue() string {
	if s.findings[0].ID != catalog.Unrecognised || s.findings[0].Text == "" {
		return ""
	}
	return "`" + plain(shortened(message.CleanLine(s.findings[0].Text), issueMost)) + "`"
}

// otherCauses names the findings behind the first.
func (s story) otherCauses() string {
	if len(s.findings) < 2 {
		return ""
	}
	var titles []string
	for _, f := range s.findings[1:] {
		if title := s.title(f.ID); !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	return locale.Fill(s.words.OtherCauses, "causes", strings.Join(titles, s.words.List))
}

// members names the first members of a group.
func (s story) members() string {
	if s.group == nil || len(s.group.Names) == 0 {
		return ""
	}
	shown := slices.Clone(s.group.Names[:min(len(s.group.Names), namesShown)])
	for i, name := range shown {
		shown[i] = plain(shortened(cmp.Or(name, s.words.NoName), nameMost))
	}
	names, more := strings.Join(shown, s.words.List), s.group.Total-len(shown)
	if more > 0 {
		return locale.Fill(s.words.MembersAndMore, "names", names, "n", strconv.Itoa(more))
	}
	return locale.Fill(s.words.Members, "names", names)
}

// groupSample says whose name the commands have, and whose diagnosis follows.
func (s story) groupSample(steps [][]catalog.Action) string {
	if s.group == nil {
		return ""
	}
	name := plain(shortened(cmp.Or(s.change.Resource.Name, s.words.NoName), nameMost))
	var sentences []string
	if slices.ContainsFunc(slices.Concat(steps...), func(a catalog.Action) bool { return a.Command != "" }) {
		sentences = append(sentences, locale.Fill(s.words.GroupSample, "name", name))
	}
	if len(s.evidence) > 0 && !s.isShared() {
		sentences = append(sentences, locale.Fill(s.words.GroupDiagnosed, "name", name))
	}
	return s.words.Join(sentences...)
}

// openFor is how long the resource was uncovered; zero when that is not known.
func (s story) openFor() time.Duration { return openFor(s.change, s.incident) }

func openFor(change coverage.Change, incident Incident) time.Duration {
	if incident.OpenedAt.IsZero() || !change.ChangedAt.After(incident.OpenedAt) {
		return 0
	}
	return change.ChangedAt.Sub(incident.OpenedAt)
}

func fillNumber(sentence string, n int) string { return locale.Fill(sentence, "n", strconv.Itoa(n)) }

func fillCount(sentence string, n, total int) string {
	return locale.Fill(sentence, "n", strconv.Itoa(n), "total", strconv.Itoa(total))
}
