package slack

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
)

// How long parts of a message may be before they are cut.
const (
	// maxItem and maxItems bound the line below the title.
	maxItem  = 150
	maxItems = 12
	// maxSummary and maxEvidence leave a section room for the first thing to do.
	maxSummary  = 1500
	maxEvidence = 400
	maxStep     = 1000
	// maxQuote is more than any issue of AWS's.
	maxQuote = 1500
	maxValue = 500
)

// page is the blocks of a message, as far as they are written.
type page struct {
	format format
	words  message.Words
	mark   string
	blocks []slack.Block
	// size is what they take of maxTotal.
	size int
	// tables are those of the message's sections, and rows is how many rows data tables may have: they take room from
	// nothing but each other.
	tables []*draftTable
	rows   int
	charts int
}

func newPage(m message.Message, as format) *page {
	p := &page{format: as, words: m.Words, mark: cutMark(m.Words)}
	for _, s := range m.Sections[:min(len(m.Sections), maxBlocks)] {
		p.tables = append(p.tables, newDraftTable(s.Table, s.Heading))
	}
	p.rows = rowsOf(p.tables)
	return p
}

// hasRoom reports whether so many more blocks, with so much text, fit.
func (p *page) hasRoom(blocks, text int) bool {
	return len(p.blocks)+blocks < maxBlocks && p.size+blocks*around+text <= maxTotal-reserve
}

func (p *page) header(m message.Message) {
	text := symbol(m.Tone) + " "
	text = strings.TrimSpace(text + clip(message.CleanLine(m.Title), maxHeader-sent(text), p.mark, literal))
	p.blocks = append(p.blocks, slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, text, false, false)))
	p.size += around + sent(text)
}

// context is one line below the title.
func (p *page) context(m message.Message) {
	var parts []string
	if state := clip(message.CleanLine(m.State), maxItem, p.mark, plain); state != "" {
		parts = append(parts, "*"+state+"*")
	}
	for _, item := range m.Context[:min(len(m.Context), maxItems)] {
		if markup := itemMarkup(item, p.mark); markup != "" {
			parts = append(parts, markup)
		}
	}
	if len(parts) == 0 {
		return
	}
	markup := strings.Join(parts, " · ")
	p.blocks = append(p.blocks, slack.NewContextBlock("", mrkdwn(markup)))
	p.size += around + sent(markup)
}

func itemMarkup(item message.Item, mark string) string {
	if item.Code {
		return clip(item.String(), maxItem, mark, inlineCode)
	}
	local, ok := localTime(item.At, "{date_short_pretty} {time}")
	if !ok {
		return clip(item.String(), maxItem, mark, plain)
	}
	return strings.ReplaceAll(clip(message.CleanLine(item.Text), maxItem, mark, plain), "{time}", local)
}

// localTime is a moment that Slack writes in the time zone of whoever reads it, or in UTC where it cannot
// (https://docs.slack.dev/messaging/formatting-message-text#date-formatting). It reports false where there is no moment.
func localTime(at time.Time, tokens string) (string, bool) {
	if at.Unix() <= 0 || at.Year() > 9999 {
		return "", false
	}
	return "<!date^" + strconv.FormatInt(at.Unix(), 10) + "^" + tokens + "|" + at.UTC().Format("2006-01-02 15:04 UTC") + ">", true
}

// known is what is known, and what to do first: in sections that Slack never folds by itself.
func (p *page) known(m message.Message) {
	f := p.flow(&p.blocks, maxBlocks)
	f.expand = true
	f.add(clip(strings.TrimSpace(message.Clean(m.Summary)), maxSummary, p.mark, prose))
	for _, e := range m.Evidence {
		f.add(evidenceMarkup(e, p.mark))
	}
	if m.First != nil {
		lead := ""
		if first := clip(message.CleanLine(m.Words.First), maxLabel, p.mark, plain); first != "" {
			lead = "*" + first + "* "
		}
		f.add(stepMarkup(lead, *m.First, p.mark))
	}
	f.end()
}

// links are one line, as far as they fit into it.
func (p *page) links(links []message.Link) {
	f := p.flow(&p.blocks, maxBlocks)
	f.separator = " · "
	for _, l := range links {
		f.add(link(l))
	}
	f.end()
}

// rest is what follows: folded, where the message and Slack fold.
func (p *page) rest(m message.Message) {
	if len(m.Sections) == 0 && len(m.Facts) == 0 {
		return
	}
	title := clip(message.CleanLine(m.Fold), maxTitle, p.mark, literal)
	if title == "" || !p.format.folds {
		f := p.flow(&p.blocks, maxBlocks)
		if title != "" {
			f.add("*" + clip(title, maxTitle, p.mark, plain) + "*")
		}
		p.sections(f, m)
		return
	}
	if !p.hasRoom(2, sent(title)) {
		return
	}
	p.size += around + sent(title)
	p.format.draws = false // Containers hold neither tables nor charts.
	var children []slack.Block
	p.sections(p.flow(&children, maxChildren), m)
	if len(children) > 0 {
		container := slack.NewContainerBlock(children...).WithTitle(slack.NewTextBlockObject(slack.PlainTextType, title, false, false))
		container.IsCollapsible, container.DefaultCollapsed = true, true
		p.blocks = append(p.blocks, container)
	}
}

func (p *page) sections(f *flow, m message.Message) {
	for i, s := range m.Sections {
		if f.left > 0 || i >= len(p.tables) {
			f.left += len(m.Sections) - i
			break
		}
		p.section(f, s, p.tables[i])
	}
	f.facts(m.Facts, message.CleanLine(m.Words.Facts))
	f.end()
}

func (p *page) section(f *flow, s message.Section, table *draftTable) {
	chart, size := p.chart(s.Chart)
	heading := clip(message.CleanLine(s.Heading), maxHeader, p.mark, plain)
	if chart != nil && s.Heading == s.Chart.Title {
		heading = "" // It stands above the chart.
	}
	head := ""
	if heading != "" {
		head = "*" + heading + "*\n"
	}
	text := clip(strings.TrimSpace(message.Clean(s.Text)), maxSummary, p.mark, prose)
	f.add(strings.TrimSpace(head + text))
	if quote := strings.TrimSpace(message.Clean(s.Quote)); quote != "" {
		f.add(clip(firstRunes(quote, maxText), maxQuote, p.mark, codeBlock))
	}
	switch {
	case chart != nil:
		p.charts++
		f.block(chart, size)
	case table != nil:
		p.table(f, table)
	}
	for _, e := range s.Evidence {
		f.add(evidenceMarkup(e, p.mark))
	}
	for i, step := range s.Steps {
		f.add(stepMarkup(fmt.Sprintf("%d. ", s.Before+i+1), step, p.mark))
	}
	for _, l := range s.Links {
		f.add(link(l))
	}
}

// chart is nil where there is none to draw.
func (p *page) chart(c *message.Chart) (block slack.Block, size int) {
	if c == nil || !p.format.draws || p.charts == maxCharts {
		return nil, 0
	}
	block, size, ok := chartBlock(*c)
	if !ok || !p.hasRoom(1, size) {
		return nil, 0
	}
	return block, size
}

func (p *page) table(f *flow, t *draftTable) {
	left := t.more
	if p.format.draws && p.rows > 0 && p.hasRoom(1, sent(t.caption)) {
		f.block(t.block(p.rows), sent(t.caption))
		left += max(0, len(t.rows)-p.rows)
	} else {
		code, shown := t.code(min(maxText, maxTotal-reserve-p.size-2*around))
		f.add(code)
		left += len(t.rows) - shown
	}
	if left > 0 {
		f.add(more(p.words, left))
	}
}

// rowsOf is how many rows every data table may have, so that all of them have no more characters than Slack takes.
func rowsOf(tables []*draftTable) int {
	longest := 0
	for _, t := range tables {
		if t != nil {
			longest = max(longest, len(t.rows))
		}
	}
	return sort.Search(longest, func(rows int) bool {
		total := 0
		for _, t := range tables {
			if t != nil {
				total += t.cells(rows + 1)
			}
		}
		return total > maxCells
	})
}

// evidenceMarkup is one line. Its length lets several of them fit into a block.
func evidenceMarkup(e message.Evidence, mark string) string {
	markup := e.Mark.String() + " "
	if check := clip(message.CleanLine(e.Check), maxLabel, mark, plain); check != "" {
		markup += "*" + check + "*: "
	}
	return strings.TrimSpace(markup + clip(message.CleanLine(e.Result), maxEvidence-sent(markup), mark, prose))
}

// stepMarkup never cuts a command, which would make another one of it: one that does not fit is left out.
func stepMarkup(lead string, step message.Step, mark string) string {
	text := lead + clip(strings.TrimSpace(message.Clean(step.Text)), maxStep, mark, prose)
	command := strings.TrimSpace(message.Clean(step.Command))
	if command == "" {
		return strings.TrimSpace(text)
	}
	block := "\n" + codeBlock(command)
	if sent(text+block) > maxText {
		return text + "\n" + plain(mark)
	}
	return text + block
}

func factMarkup(f message.Fact, mark string) string {
	label := clip(message.CleanLine(f.Label), maxLabel, mark, plain)
	if label != "" {
		label = "*" + label + "*\n"
	}
	if local, ok := localTime(f.At, "{date_short_pretty} {time_secs}"); ok {
		return label + local
	}
	render := plain
	if f.Code {
		render = inlineCode
	}
	return strings.TrimSpace(label + clip(message.CleanLine(f.Value), maxValue, mark, render))
}
