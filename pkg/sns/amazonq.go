package sns

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
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
	maxNextSteps   = 5
	maxNextStep    = 350
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
	steps, inFull := nextSteps(m)
	title := m.Title
	if tone := m.Words.Tone(m.Tone); tone != "" {
		title = tone + ": " + title
	}
	return encode(qNotification{
		Version: "1.0",
		Source:  "custom",
		ID:      messageHash(m),
		Content: qContent{
			TextType:    "client-markdown",
			Title:       clipMarkdown(markdownLine(title), maxTitle, mark(m)),
			Description: description(m, inFull),
			NextSteps:   steps,
			Keywords:    keywords(m),
		},
		Metadata: qMetadata{
			ThreadID:          subjectHash(m),
			Summary:           clipMarkdown(markdownLine(m.Summary), maxMetadata, mark(m)),
			EventType:         "guardduty-coverage",
			RelatedResources:  relatedResources(m.Form.Labels()),
			AdditionalContext: additionalContext(m),
		},
	})
}

// nextSteps are the steps of m as Amazon Q lists them. Where they do not all fit whole, inFull is every
// step for the description to end with: half a command is worse than none.
func nextSteps(m message.Message) (steps, inFull []string) {
	overflow := false
	for _, section := range m.Sections {
		for _, step := range section.Steps {
			text := markdownLine(step.Text)
			whole := strings.TrimSpace(text + "\n" + markdownCode(step.Command))
			inFull = append(inFull, fmt.Sprintf("%d. %s", len(inFull)+1, whole))
			if utf8.RuneCountInString(whole) > maxNextStep {
				overflow = true
				whole = clipMarkdown(text, maxNextStep, mark(m))
			}
			if whole != "" {
				steps = append(steps, whole)
			}
		}
	}
	if more := len(steps) - (maxNextSteps - 1); more > 1 {
		overflow = true
		last := strings.ReplaceAll(markdownLine(m.Words.More), "{n}", strconv.Itoa(more))
		if last == "" {
			last = cutMark
		}
		steps = append(steps[:maxNextSteps-1], clipMarkdown(last, maxNextStep, ""))
	}
	if !overflow {
		inFull = nil
	}
	return steps, inFull
}

// description is everything but the title and the steps, and then as many steps as fit whole.
func description(m message.Message, steps []string) string {
	blocks := []string{markdownText(m.Summary)}
	var facts []string
	for _, fact := range m.Facts {
		facts = append(facts, labelled(fact.Label, fact.Value))
	}
	blocks = append(blocks, strings.Join(facts, "\n"))
	for _, section := range m.Sections {
		blocks = append(blocks, sectionText(section, m.Words))
	}
	blocks = append(blocks, linkLines(m.Links))
	blocks = slices.DeleteFunc(blocks, func(block string) bool { return block == "" })
	text := clipBlocks(strings.Join(blocks, "\n\n"), maxDescription, mark(m))
	for _, step := range steps {
		if utf8.RuneCountInString(text)+utf8.RuneCountInString(step)+2 > maxDescription {
			break
		}
		text += "\n\n" + step
	}
	return cmp.Or(text, headline(m, maxSubject))
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

// sectionText is a section without its steps; "" when there is nothing else in it.
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
	for _, e := range s.Evidence {
		lines = append(lines, e.Mark.String()+" "+markdown.Replace(e.Line()))
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
