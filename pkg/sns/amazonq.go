package sns

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/message"
)

// Caps on the parts of a custom notification, in characters. The form is documented
// (https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html), its limits could not be
// confirmed there: these are conservative, not AWS's word.
const (
	maxTitle       = 250
	maxDescription = 8000
	maxNextSteps   = 4
	maxNextStep    = 200
	maxKeywords    = 5
	maxKeyword     = 75
	maxMetadata    = 255
)

// qNotification is a custom notification of Amazon Q Developer in chat applications.
type qNotification struct {
	Version  string    `json:"version"`
	Source   string    `json:"source"`
	ID       string    `json:"id"`
	Content  qContent  `json:"content"`
	Metadata qMetadata `json:"metadata"`
}

type qContent struct {
	TextType    string   `json:"textType"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description"`
	NextSteps   []string `json:"nextSteps,omitempty"`
	Keywords    []string `json:"keywords,omitempty"`
}

type qMetadata struct {
	// ThreadID is the same for every message about a resource, so that its recovery is read below its loss.
	ThreadID          string            `json:"threadId"`
	Summary           string            `json:"summary,omitempty"`
	EventType         string            `json:"eventType"`
	RelatedResources  []string          `json:"relatedResources,omitempty"`
	AdditionalContext map[string]string `json:"additionalContext,omitempty"`
}

// customNotification is m for Amazon Q. Its parts are capped, so that the whole is far below what SNS takes.
func customNotification(m message.Message) (string, error) {
	return encode(qNotification{
		Version: "1.0",
		Source:  "custom",
		ID:      messageHash(m),
		Content: qContent{
			TextType:    "client-markdown",
			Title:       clipMarkdown(markdownLine(m.Title), maxTitle, mark(m)),
			Description: description(m),
			NextSteps:   nextSteps(m),
			Keywords:    keywords(m),
		},
		Metadata: qMetadata{
			ThreadID:          subjectHash(m),
			Summary:           clipMarkdown(markdownLine(m.Notice()), maxMetadata, mark(m)),
			EventType:         "guardduty-coverage",
			RelatedResources:  relatedResources(m.Form.Labels()),
			AdditionalContext: additionalContext(m),
		},
	})
}

// nextSteps are the first things to do, in short and without commands, which the description has.
func nextSteps(m message.Message) []string {
	var all []message.Step
	if m.First != nil {
		all = append(all, *m.First)
	}
	for _, section := range m.Sections {
		all = append(all, section.Steps...)
	}
	var steps []string
	for _, step := range all {
		if text := clipMarkdown(markdownLine(step.Text), maxNextStep, cutMark); text != "" && len(steps) < maxNextSteps {
			steps = append(steps, text)
		}
	}
	return steps
}

// description is the whole message but for its title, in the order in which it is read.
func description(m message.Message) string {
	blocks := []string{contextLine(m), markdownText(m.Summary), evidenceLines(m.Evidence)}
	if m.First != nil {
		blocks = append(blocks, stepText(markdownLine(m.Words.First)+" ", *m.First))
	}
	blocks = append(blocks, linkLines(m.Links))
	for _, section := range m.Sections {
		blocks = append(blocks, sectionText(section, m.Words))
	}
	var facts []string
	for _, fact := range m.Facts {
		facts = append(facts, labelled(fact.Label, fact.Value))
	}
	blocks = append(blocks, strings.Join(facts, "\n"))
	return cmp.Or(joinBlocks(blocks, mark(m)), headline(m, maxSubject))
}

// joinBlocks joins as many blocks as fit, and says where some did not. One that does not fit is cut if it is the first,
// and left out otherwise: half a command is worse than none.
func joinBlocks(blocks []string, mark string) string {
	text := ""
	for _, block := range blocks {
		switch {
		case block == "":
		case text == "":
			text = clipBlocks(block, maxDescription, mark)
		case utf8.RuneCountInString(text)+utf8.RuneCountInString(block)+2*len("\n\n")+utf8.RuneCountInString(mark) > maxDescription:
			return strings.TrimSpace(clipMarkdown(text+"\n\n"+mark, maxDescription, ""))
		default:
			text += "\n\n" + block
		}
	}
	return text
}

func contextLine(m message.Message) string {
	var parts []string
	for _, item := range append([]message.Item{{Text: m.State}}, m.Context...) {
		if text := markdownLine(item.String()); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " · ")
}

func evidenceLines(evidence []message.Evidence) string {
	var lines []string
	for _, e := range evidence {
		lines = append(lines, e.Mark.String()+" "+markdown.Replace(e.Line()))
	}
	return strings.Join(lines, "\n")
}

func stepText(lead string, step message.Step) string {
	return strings.TrimSpace(lead + markdownLine(step.Text) + "\n" + markdownCode(step.Command))
}

const (
	fence    = "```"
	fenceEnd = "\n" + fence
)

// clipBlocks is clipMarkdown, which ends a code block that was cut, so that what follows is not part of it.
func clipBlocks(s string, limit int, mark string) string {
	clipped := clipMarkdown(s, limit, mark)
	if strings.Count(clipped, fence)%2 == 0 {
		return clipped
	}
	clipped = clipMarkdown(s, limit-len(fenceEnd), mark)
	if strings.Count(clipped, fence)%2 == 1 {
		clipped += fenceEnd
	}
	return clipped
}

// sectionText is a section; "" when there is nothing in it.
func sectionText(s message.Section, words message.Words) string {
	var lines []string
	if s.Text != "" {
		lines = append(lines, markdownText(s.Text))
	}
	if s.Quote != "" {
		lines = append(lines, "> "+strings.ReplaceAll(markdownText(s.Quote), "\n", "\n> "))
	}
	if s.Table != nil {
		lines = append(lines, tableLines(*s.Table, words))
	}
	if evidence := evidenceLines(s.Evidence); evidence != "" {
		lines = append(lines, evidence)
	}
	for i, step := range s.Steps {
		lines = append(lines, stepText(fmt.Sprintf("%d. ", s.Before+i+1), step))
	}
	if links := linkLines(s.Links); links != "" {
		lines = append(lines, links)
	}
	if len(lines) > 0 && s.Heading != "" {
		lines = slices.Insert(lines, 0, markdownLine(s.Heading))
	}
	return strings.Join(lines, "\n")
}

// tableLines is a table in a code block, of which the columns are aligned.
func tableLines(t message.Table, words message.Words) string {
	const most = 20
	left := max(0, len(t.Rows)-most)
	t.Rows = t.Rows[:len(t.Rows)-left]
	code := fence + "\n" + markdown.Replace(strings.ReplaceAll(strings.Join(t.Lines(), "\n"), "`", "'")) + fenceEnd
	if left += t.More; left > 0 {
		code += "\n" + markdownLine(words.Left(left))
	}
	return code
}

// linkLines shows addresses as they are: the chat applications write named links in different ways, and an
// address that is seen deceives nobody.
func linkLines(links []message.Link) string {
	var lines []string
	for _, link := range links {
		lines = append(lines, labelled(link.Label, link.URL))
	}
	return strings.Join(lines, "\n")
}

func labelled(label, value string) string {
	return strings.TrimPrefix(markdownLine(label)+": "+markdownLine(value), ": ")
}

func keywords(m message.Message) []string {
	return shortList(m.Form.Labels().Keywords, maxKeywords, maxKeyword)
}

func relatedResources(l message.Labels) []string {
	return shortList([]string{cmp.Or(l.ARN, l.Name), l.Cluster}, 2, maxMetadata)
}

// shortList is at most limit of the items, without repeats and without empty ones.
func shortList(items []string, limit, runes int) []string {
	var list []string
	for _, item := range items {
		item = clipMarkdown(markdownLine(item), runes, "")
		if item != "" && !slices.Contains(list, item) && len(list) < limit {
			list = append(list, item)
		}
	}
	return list
}

func additionalContext(m message.Message) map[string]string {
	l := m.Form.Labels()
	context := map[string]string{
		"status":  l.Status,
		"kind":    l.Kind,
		"account": l.Account,
		"region":  l.Region,
		"issue":   strings.Join(l.Issues, ", "),
	}
	if !l.At.IsZero() {
		context["changedAt"] = l.At.UTC().Format(time.RFC3339)
	}
	for name, value := range context {
		value = clipMarkdown(markdownLine(value), maxMetadata, cutMark)
		if context[name] = value; value == "" {
			delete(context, name)
		}
	}
	return context
}

// markdown takes from text what would mention somebody (<!channel>, <@U1>) or hide an address behind
// other words. Slack and Teams both show the three entities as the characters they stand for.
var markdown = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "](", "] (")

func markdownLine(s string) string { return markdown.Replace(message.CleanLine(s)) }

func markdownText(s string) string { return markdown.Replace(strings.TrimSpace(message.Clean(s))) }

func markdownCode(command string) string {
	code := markdownText(command)
	switch {
	case code == "":
		return ""
	case strings.ContainsAny(code, "\n`"):
		return "```\n" + code + "\n```"
	default:
		return "`" + code + "`"
	}
}

// clipMarkdown is clipRunes, which leaves no half of an entity behind.
func clipMarkdown(s string, limit int, mark string) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	s = clipRunes(s, limit-utf8.RuneCountInString(mark), "")
	if i := strings.LastIndexByte(s, '&'); i >= 0 && !strings.Contains(s[i:], ";") {
		s = s[:i]
	}
	return s + mark
}
