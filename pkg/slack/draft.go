package slack

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
)

// A quote is shortened in steps before anything else is given up.
const (
	quoteStep  = 100
	quoteSteps = maxText / quoteStep
)

// rowsKept is how many rows tables in code blocks keep until there is hardly anything else to give up.
const rowsKept = 10

// looksKept is how much evidence is kept until there is hardly anything else to give up.
const looksKept = 5

// plan is how much of a message is shown: so many steps, links, sections and facts, in their order, so many
// steps of the length of quotes, so many rows of each table in a code block, and so much evidence of each section.
type plan struct {
	quote, facts, sections, steps, links, rows, looks int
	// first is how many of steps belong to the first section that has any.
	first int
}

// total is how much can be given up.
func (p plan) total() int {
	return p.quote + p.facts + p.sections + p.steps + p.links + p.rows + p.looks
}

// without is the plan after giving up so much.
func (p plan) without(given int) plan {
	later := p.steps - p.first
	for _, phase := range []struct {
		what *int
		n    int
	}{
		{&p.quote, p.quote}, {&p.rows, p.rows - rowsKept}, {&p.looks, p.looks - looksKept}, {&p.steps, later}, {&p.links, p.links},
		{&p.rows, p.rows}, {&p.looks, p.looks},
		{&p.sections, p.sections - 1},
		{&p.steps, p.first}, {&p.sections, 1}, {&p.facts, p.facts},
	} {
		n := min(given, phase.n, *phase.what)
		*phase.what -= max(n, 0)
		given -= max(n, 0)
	}
	return p
}

// draft is a message whose parts are markup, each within its own limit.
type draft struct {
	format   format
	words    message.Words
	header   string
	summary  string
	facts    []string
	sections []draftSection
	links    []string
	// rows is how many rows data tables have. They take room from nothing but each other.
	rows int
	all  plan
}

type draftSection struct {
	head string
	// chart takes the place of table.
	chart     slack.Block
	chartSize int
	quote     string
	table     *draftTable
	looks     []string
	steps     []string
	links     []string
}

func newDraft(m message.Message, as format) draft {
	mark := cutMark(m.Words)
	d := draft{format: as, words: m.Words, links: links(m.Links)}
	d.header = symbol(m.Tone) + " "
	d.header = strings.TrimSpace(d.header + clip(message.CleanLine(m.Title), maxHeader-sent(d.header), mark, literal))
	d.summary = clip(strings.TrimSpace(message.Clean(m.Summary)), maxText, mark, prose)
	for _, f := range m.Facts {
		if markup := factMarkup(f, mark); markup != "" {
			d.facts = append(d.facts, markup)
		}
	}
	charts := 0
	for _, s := range m.Sections {
		withChart := as == nativeBlocks && charts < maxCharts
		section := newDraftSection(s, mark, withChart)
		if section.chart != nil {
			charts++
		}
		if !section.empty() {
			d.sections = append(d.sections, section)
		}
	}
	d.all = plan{facts: len(d.facts), sections: len(d.sections), links: len(d.links), quote: quoteSteps - 1}
	d.count()
	return d
}

// count adds up what the sections have.
func (d *draft) count() {
	longest := 0
	for _, s := range d.sections {
		d.all.looks = max(d.all.looks, len(s.looks))
		d.all.steps += len(s.steps)
		d.all.links += len(s.links)
		if d.all.first == 0 {
			d.all.first = len(s.steps)
		}
		if s.table != nil {
			longest = max(longest, len(s.table.rows))
		}
	}
	if d.format == plainBlocks {
		d.all.rows = longest
		return
	}
	d.rows = sort.Search(longest, func(rows int) bool { return d.cells(rows+1) > maxCells })
}

// cells is how many characters all data tables have with so many rows.
func (d *draft) cells(rows int) int {
	total := 0
	for _, s := range d.sections {
		if s.table != nil {
			total += s.table.cells(rows)
		}
	}
	return total
}

func newDraftSection(s message.Section, mark string, withChart bool) draftSection {
	section := draftSection{links: links(s.Links), table: newDraftTable(s.Table, s.Heading)}
	if s.Chart != nil && withChart {
		section.addChart(*s.Chart)
	}
	// A quote is cut again for every plan that is tried, so that it does not stay longer than one can show.
	section.quote = firstRunes(strings.TrimSpace(message.Clean(s.Quote)), maxText+1)
	heading := clip(message.CleanLine(s.Heading), maxHeader, mark, plain)
	if section.chart != nil && s.Heading == s.Chart.Title {
		heading = "" // It stands above the chart.
	}
	if heading != "" {
		section.head = "*" + heading + "*\n"
	}
	text := strings.TrimSpace(message.Clean(s.Text))
	section.head = strings.TrimSpace(section.head + clip(text, maxText-sent(section.head), mark, prose))
	for _, e := range s.Evidence {
		section.looks = append(section.looks, evidenceMarkup(e, mark))
	}
	for i, step := range s.Steps {
		section.steps = append(section.steps, stepMarkup(i+1, step, mark))
	}
	return section
}

// addChart puts a chart in the place of the table, if Slack accepts it.
func (s *draftSection) addChart(c message.Chart) {
	if block, size, ok := chartBlock(c); ok {
		s.chart, s.chartSize, s.table = block, size, nil
	}
}

func (s draftSection) empty() bool {
	return s.head == "" && s.quote == "" && len(s.looks) == 0 && len(s.steps) == 0 && len(s.links) == 0 && s.chart == nil && s.table == nil
}

func factMarkup(f message.Fact, mark string) string {
	label := clip(message.CleanLine(f.Label), maxLabel, mark, plain)
	if label != "" {
		label = "*" + label + "*\n"
	}
	render := plain
	if f.Code {
		render = inlineCode
	}
	return strings.TrimSpace(label + clip(message.CleanLine(f.Value), maxField-sent(label), mark, render))
}

// evidenceMarkup is one line. Its length lets several of them fit into a block.
func evidenceMarkup(e message.Evidence, mark string) string {
	const most = maxText / 5
	markup := e.Mark.String() + " "
	if check := clip(message.CleanLine(e.Check), maxLabel, mark, plain); check != "" {
		markup += "*" + check + "*: "
	}
	return strings.TrimSpace(markup + clip(message.CleanLine(e.Result), most-sent(markup), mark, prose))
}

// stepMarkup never cuts a command, which would make another one of it: one that does not fit is left out.
func stepMarkup(number int, step message.Step, mark string) string {
	const textMost = maxText / 3
	text := fmt.Sprintf("%d. ", number)
	text += clip(strings.TrimSpace(message.Clean(step.Text)), textMost-sent(text), mark, prose)
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

func links(list []message.Link) []string {
	var markup []string
	for _, l := range list {
		if m := link(l); m != "" {
			markup = append(markup, m)
		}
	}
	return markup
}

// render shows as much of the draft as the plan says.
func (d draft) render(p plan) rendering {
	var r rendering
	r.header(d.header)
	r.text(d.summary)
	r.fields(d.facts[:p.facts])
	if n := len(d.facts) - p.facts; n > 0 {
		r.text(more(d.words, n))
	}
	for _, s := range d.sections[:p.sections] {
		steps, links := min(p.steps, len(s.steps)), min(p.links, len(s.links))
		p.steps, p.links = p.steps-steps, p.links-links
		d.section(&r, s, p, steps, links)
	}
	if n := len(d.sections) - p.sections; n > 0 {
		r.text(more(d.words, n))
	}
	shown := min(p.links, len(d.links))
	pieces := slices.Clone(d.links[:shown])
	if n := len(d.links) - shown; n > 0 {
		pieces = append(pieces, more(d.words, n))
	}
	r.texts(pieces, " · ")
	return r
}

// section shows one section with so many of its steps and links.
func (d draft) section(r *rendering, s draftSection, p plan, steps, links int) {
	pieces := []string{s.head}
	if s.chart != nil {
		r.texts(pieces, "\n")
		r.chart(s.chart, s.chartSize)
		pieces = nil
	}
	if s.quote != "" {
		pieces = append(pieces, clip(s.quote, (p.quote+1)*quoteStep, cutMark(d.words), codeBlock))
	}
	if s.table != nil {
		left := s.table.more
		if d.format == nativeBlocks && d.rows > 0 {
			r.texts(pieces, "\n")
			r.table(s.table.block(d.rows), s.table.caption)
			pieces, left = nil, left+max(0, len(s.table.rows)-d.rows)
		} else {
			code, shown := s.table.code(p.rows)
			pieces, left = append(pieces, code), left+len(s.table.rows)-shown
		}
		if left > 0 {
			pieces = append(pieces, more(d.words, left))
		}
	}
	r.texts(append(pieces, s.rest(d.words, min(p.looks, len(s.looks)), steps, links)...), "\n")
}

// rest is the evidence, steps and links.
func (s draftSection) rest(words message.Words, looks, steps, links int) []string {
	pieces := slices.Clone(s.looks[:looks])
	if n := len(s.looks) - looks; n > 0 {
		pieces = append(pieces, more(words, n))
	}
	pieces = append(pieces, s.steps[:steps]...)
	if n := len(s.steps) - steps; n > 0 {
		pieces = append(pieces, more(words, n))
	}
	pieces = append(pieces, s.links[:links]...)
	if n := len(s.links) - links; n > 0 {
		pieces = append(pieces, more(words, n))
	}
	return pieces
}
