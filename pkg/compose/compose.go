// Package compose turns what happened to a resource, or to a group of them, into messages in the reader's language.
package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// titleNameMost is how many runes of a name, or an account, a title shows, so that a long one leaves room for the cause.
// AWS's own names are not longer than 255.
const titleNameMost = 64

// Composer writes messages in one language.
type Composer struct {
	language locale.Language
	words    *locale.Words
	// local is what the readers call their own.
	local Local
	// evidence is what was looked at, looked heads it, weight is what it changes, and advice is what follows.
	evidence []coverage.Evidence
	looked   string
	weight   catalog.Weight
	advice   []catalog.Advice
}

// New returns the Composer of that language, with the readers' own names and runbooks.
func New(l locale.Language, local Local) Composer {
	return Composer{language: l, words: l.Words, local: local}
}

// Incident is what is known of the loss that a change belongs to.
type Incident struct {
	// OpenedAt is when the resource last lost coverage; zero when that was not seen.
	OpenedAt time.Time
	// Causes are the ids of the loss's findings, sorted.
	Causes []string
}

// in is the composer in another language.
func (c Composer) in(l locale.Language) Composer {
	c.language, c.words = l, l.Words
	return c
}

// Single is the message about one change. incident is what is remembered of its resource.
func (c Composer) Single(change coverage.Change, findings []catalog.Finding, evidence []coverage.Evidence, incident Incident) message.Message {
	c.evidence, c.looked, c.weight = evidence, c.words.Looked, catalog.Weigh(findings, evidence)
	return c.message(change, findings, incident)
}

func (c Composer) message(change coverage.Change, findings []catalog.Finding, incident Incident) message.Message {
	c.advice = catalog.Advise(findings, c.weight, change.Resource)
	m := message.Message{
		Tone:  c.tone(change, findings),
		Facts: c.facts(change, incident),
		Links: c.links(change.Resource),
		Words: c.rendererWords(),
	}
	m.Title = c.title(c.words.Name(change.Resource, titleNameMost), change.Resource, c.headline(change))
	m.Summary = c.summary(change, findings, incident)
	for i, f := range findings {
		m.Sections = append(m.Sections, c.section(f, c.advice[i]))
	}
	if len(m.Sections) == 1 && c.weight.Cause == "" {
		m.Sections[0].Heading = c.words.Meaning // The title has said the rest.
	}
	m.Form = c.record(change, findings, incident)
	c.tellEvidence(&m)
	return m
}

func (c Composer) tone(change coverage.Change, findings []catalog.Finding) message.Tone {
	switch {
	case change.Gone, c.weight.Gone:
		return message.Information
	case change.Status == coverage.Healthy:
		return message.Restored
	case slices.ContainsFunc(findings, func(f catalog.Finding) bool { return f.Actionable }):
		return message.Lost
	}
	return message.Information
}

// title is resource, account, cause.
func (c Composer) title(name string, r coverage.Resource, cause string) string {
	account := shortened(cmp.Or(c.local.AccountName(r.Account), "—"), titleNameMost)
	return strings.Join([]string{name, account, cause}, " · ")
}

func region(r coverage.Resource) string { return shortened(cmp.Or(r.Region, "—"), titleNameMost) }

// shortened is at most so many runes of s, and says when there were more.
func shortened(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// headline is the cause in the title.
func (c Composer) headline(change coverage.Change) string {
	switch {
	case change.Gone:
		return c.words.Gone
	case change.Status == coverage.Healthy:
		return c.words.Back
	case c.weight.Gone:
		return c.language.Evidence.Found[c.weight.Cause].Title
	}
	headline := cmp.Or(c.language.Evidence.Found[c.weight.Cause].Title, c.language.Title(c.advice[0].ID))
	if more := len(c.advice) - 1; more > 0 {
		return locale.Fill(c.words.AndMore, "cause", headline, "n", strconv.Itoa(more))
	}
	return headline
}

func (c Composer) summary(change coverage.Change, findings []catalog.Finding, incident Incident) string {
	sentence := c.words.LostSummary
	duration := ""
	switch {
	case change.Gone:
		sentence = c.words.GoneSummary
	case change.Status == coverage.Healthy:
		sentence = c.words.BackSummary
		if open := openFor(change, incident); open > 0 {
			sentence, duration = c.words.BackAfterSummary, c.words.Length(open)
		}
	case c.weight.Gone:
		sentence = c.words.NothingLeft
	case c.tone(change, findings) == message.Information:
		sentence = c.words.NotActionableSummary
	}
	summary := locale.Fill(sentence, "resource", plain(c.words.Name(change.Resource, titleNameMost)), "region", plain(region(change.Resource)), "duration", duration)
	return c.withHealth(summary)
}

func (c Composer) section(f catalog.Finding, a catalog.Advice) message.Section {
	return message.Section{
		Heading: capitalised(c.language.Title(a.ID)), Text: c.language.Cause(a), Quote: f.Text,
		Steps: c.steps(a), Links: c.pages(f, a),
	}
}

// steps are what to do, in the reader's language.
func (c Composer) steps(a catalog.Advice) []message.Step {
	var steps []message.Step
	for _, action := range a.Steps {
		steps = append(steps, message.Step{Text: c.language.Advice.Steps[action.Step], Command: action.Command})
	}
	return steps
}

// pages are what there is to read about a finding, the team's own first.
func (c Composer) pages(f catalog.Finding, a catalog.Advice) []message.Link {
	var links []message.Link
	if page := c.local.Runbooks[string(f.ID)]; page != "" {
		links = append(links, message.Link{Label: c.words.Runbook, URL: page})
	}
	if page := c.language.Documentation(a); page != "" {
		links = append(links, message.Link{Label: c.words.Documentation, URL: page})
	}
	for _, page := range c.language.Pages(a) {
		links = append(links, message.Link(page))
	}
	return links
}

// facts are what is known, most important first.
func (c Composer) facts(change coverage.Change, incident Incident) []message.Fact {
	w, r := c.words, change.Resource
	var facts []message.Fact
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, message.Fact{Label: label, Value: value})
		}
	}
	code := func(label, value string) {
		if value != "" {
			facts = append(facts, message.Fact{Label: label, Value: value, Code: true})
		}
	}
	add(w.Status, c.transition(change))
	if change.Status == coverage.Healthy {
		if !change.Gone {
			add(w.BackSince, c.moment(change.ChangedAt))
		}
		if open := openFor(change, incident); open > 0 {
			add(w.Uncovered, c.words.Length(open))
		}
		add(w.Cause, c.causes(incident))
	} else {
		add(w.Since, c.moment(cmp.Or(incident.OpenedAt, change.ChangedAt)))
	}
	code(w.Account, c.local.Account(r.Account))
	code(w.Region, r.Region)
	code(w.Resource, cmp.Or(r.ARN(), c.words.Name(r, 0)))
	add(c.countLabel(r.Kind), c.count(change))
	code(c.agentLabel(r.Kind), strings.TrimSpace(change.Agent.Version+" "+parenthesised(change.Agent.Status)))
	add(w.Management, c.management(change.Agent.Management))
	if kind, name := r.Cluster(); kind != "" {
		code(w.Cluster, c.words.Name(coverage.Resource{Kind: kind, Name: name}, 0))
	}
	code(w.InstanceType, change.InstanceType)
	if change.Found {
		add(w.FoundBy, w.FoundByReport)
	}
	return facts
}

func (c Composer) transition(change coverage.Change) string {
	if change.Gone {
		return c.words.Gone
	}
	from, to := c.status(change.Previous), c.status(change.Status)
	if from == "" || from == to {
		return to
	}
	return from + " → " + to
}

func (c Composer) status(s coverage.Status) string {
	switch s {
	case coverage.Healthy:
		return c.words.Healthy
	case coverage.Unhealthy:
		return c.words.Unhealthy
	}
	return string(s)
}

func (c Composer) causes(incident Incident) string {
	var titles []string
	for _, id := range incident.Causes {
		if words, ok := c.language.Advice.Issues[catalog.ID(id)]; ok {
			titles = append(titles, words.Title)
		}
	}
	return strings.Join(titles, c.words.Causes)
}

func (c Composer) countLabel(kind coverage.Kind) string {
	if kind == coverage.EKS {
		return c.words.Nodes
	}
	return c.words.Instances
}

func (c Composer) agentLabel(kind coverage.Kind) string {
	if kind == coverage.EKS {
		return c.words.Addon
	}
	return c.words.Agent
}

// count is empty where it was not told, and where it is 0 of 0 on ECS: a cluster that runs on Fargate alone.
func (c Composer) count(change coverage.Change) string {
	n := change.Coverage
	if !n.Known() || change.Resource.Kind == coverage.ECS && n.Total == 0 {
		return ""
	}
	return locale.Fill(c.words.Covered, "n", strconv.Itoa(n.Covered), "total", strconv.Itoa(n.Total))
}

func (c Composer) management(management string) string {
	switch strings.ToUpper(management) {
	case "AUTO_MANAGED":
		return c.words.AutoManaged
	case "MANUAL":
		return c.words.Manual
	case "DISABLED":
		return c.words.Disabled
	}
	return management
}

func (c Composer) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(c.words.Time)
}

func (c Composer) rendererWords() message.Words {
	w := c.words
	return message.Words{More: w.More, Cut: w.Cut, Lost: w.Lost, Restored: w.Restored, Information: w.Information, Links: w.Links}
}

// openFor is how long the resource was uncovered; zero when that is not known.
func openFor(change coverage.Change, incident Incident) time.Duration {
	if incident.OpenedAt.IsZero() || !change.ChangedAt.After(incident.OpenedAt) {
		return 0
	}
	return change.ChangedAt.Sub(incident.OpenedAt)
}

// plain keeps a value from the event on its line and out of the one markup that texts have.
func plain(s string) string { return strings.ReplaceAll(message.CleanLine(s), "`", "'") }

// capitalised begins a title that stands alone with a capital.
func capitalised(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func parenthesised(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}
