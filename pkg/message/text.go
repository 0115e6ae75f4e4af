package message

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style says whether a text may carry colour.
type Style int

// The styles of a text.
const (
	// Plain has no escape codes: e-mails, files, pipes.
	Plain Style = iota
	// Colour uses the sixteen colours of ANSI terminals, which follow the reader's own theme.
	Colour
)

// DefaultWidth is how many columns wide a text is where no terminal says otherwise.
const DefaultWidth = 80

// widestLabel keeps one long label from pushing every value to the right edge.
const widestLabel = 22

// WriteText writes m for a person to read: in a terminal, in an e-mail, in a review. Prose and tables are wrapped at
// width columns; commands, addresses, and words that are longer stay whole, so that they can be copied. The only error
// is the writer's own first one; nothing is written after it.
func (m Message) WriteText(w io.Writer, style Style, width int) error {
	p := &printer{w: w, style: style, width: width}
	p.title(m)
	p.context(m)
	if m.Summary != "" || len(m.Evidence) > 0 {
		p.gap()
	}
	if m.Summary != "" {
		p.prose("", "", m.Summary)
	}
	for _, e := range m.Evidence {
		p.evidence("", e)
	}
	if m.First != nil {
		p.gap()
		p.first(CleanLine(m.Words.First), *m.First)
	}
	if len(m.Links) > 0 {
		p.gap()
		p.links("", m.Links)
	}
	if m.Fold != "" && (len(m.Sections) > 0 || len(m.Facts) > 0) {
		p.gap()
		p.rule()
	}
	for _, section := range m.Sections {
		p.section(section, m.Words)
	}
	p.facts(m.Facts, m.Words)
	if p.err != nil {
		return fmt.Errorf("writing the message: %w", p.err)
	}
	return nil
}

// Line is what was looked at and found, on one line.
func (e Evidence) Line() string {
	return strings.TrimPrefix(CleanLine(e.Check)+": "+CleanLine(e.Result), ": ")
}

// Left says that n items were left out.
func (w Words) Left(n int) string {
	return strings.ReplaceAll(cmp.Or(w.More, "… +{n}"), "{n}", strconv.Itoa(n))
}

// Clean makes text from outside harmless to whoever displays it: control and escape characters,
// invisible ones, those that reverse the direction of writing, and broken UTF-8 become U+FFFD, so that the reader
// sees that something was there. Line breaks of every kind become "\n", tabs a blank.
func Clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case ' ' <= r && r <= '~': // Nearly every one is.
			return r
		case r == '\n', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
			return '\n'
		case r == '\t':
			return ' '
		case unicode.IsGraphic(r):
			return r
		default:
			return utf8.RuneError
		}
	}, s)
}

// CleanLine is Clean on one line: every run of white space becomes one blank.
func CleanLine(s string) string {
	if isCleanLine(s) { // Nearly every text is.
		return s
	}
	return strings.Join(strings.Fields(Clean(s)), " ")
}

func isCleanLine(s string) bool {
	last := ' '
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r) && (r != ' ' || last == ' ') {
			return false
		}
		last = r
	}
	return last != ' ' || s == ""
}

// printer writes lines and remembers the first error.
type printer struct {
	w     io.Writer
	style Style
	// width is in columns.
	width int
	err   error
}

// The ANSI codes (ECMA-48, SGR) in use.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "1;32"
	blue   = "1;34"
	yellow = "33"
)

func (p *printer) paint(code, s string) string {
	if p.style != Colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) line(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s+"\n")
	}
}

func (p *printer) gap() { p.line("") }

func (p *printer) title(m Message) {
	symbol, colour := "○", blue
	switch m.Tone {
	case Lost:
		symbol, colour = "●", red
	case Restored:
		symbol, colour = "✔", green
	}
	title := CleanLine(m.Title)
	for i, line := range Wrap(title, p.width-2) {
		if i == 0 {
			p.line(p.paint(colour, symbol+" "+line))
		} else {
			p.line(p.paint(colour, "  "+line))
		}
	}
}

// context is one line, or as many as its items take.
func (p *printer) context(m Message) {
	line := ""
	for _, item := range append([]Item{{Text: m.State}}, m.Context...) {
		text := item.String()
		switch {
		case text == "":
		case line == "":
			line = text
		case Width(line)+Width(text)+len("   ·   ") > p.width:
			p.prose("  ", "  ", line+" ·")
			line = text
		default:
			line += " · " + text
		}
	}
	if line != "" {
		p.prose("  ", "  ", line)
	}
}

// rule parts what everybody reads from what is there to be looked up.
func (p *printer) rule() { p.line(p.paint(dim, strings.Repeat("─", 40))) }

func (p *printer) heading(s string) {
	for _, line := range Wrap(CleanLine(s), p.width) {
		p.line(p.paint(bold, line))
	}
}

// prose wraps text: the first line stands after first, the others after rest, which is as wide.
func (p *printer) prose(first, rest, text string) {
	indent := first
	for paragraph := range strings.SplitSeq(strings.TrimSpace(Clean(text)), "\n") {
		lines := Wrap(paragraph, p.width-Width(rest))
		for _, line := range lines {
			p.line(strings.TrimRight(indent+line, " "))
			indent = rest
		}
	}
}

func (p *printer) facts(facts []Fact, words Words) {
	if len(facts) == 0 {
		return
	}
	p.gap()
	if words.Facts != "" {
		p.heading(words.Facts)
	}
	column := 0
	for _, fact := range facts {
		column = max(column, Width(CleanLine(fact.Label)))
	}
	column = min(column, widestLabel)
	rest := strings.Repeat(" ", column+2)
	for _, fact := range facts {
		label := CleanLine(fact.Label)
		pad := strings.Repeat(" ", max(0, column-Width(label))+2)
		value := CleanLine(fact.Value)
		lines := []string{value}
		if !fact.Code {
			lines = Wrap(value, p.width-max(len(rest), Width(label+pad)))
		}
		first := p.paint(dim, label) + pad
		for i, line := range lines {
			if i > 0 {
				first = rest
			}
			p.line(strings.TrimRight(first+line, " "))
		}
	}
}

// section leaves out a chart, and with it a section that is nothing else.
func (p *printer) section(s Section, words Words) {
	if s.Heading == "" && s.Text == "" && s.Quote == "" && s.Table == nil && len(s.Evidence) == 0 && len(s.Steps) == 0 && len(s.Links) == 0 {
		return
	}
	p.gap()
	if s.Heading != "" {
		p.heading(s.Heading)
	}
	if s.Text != "" {
		p.prose("  ", "  ", s.Text)
	}
	if s.Quote != "" {
		for line := range strings.SplitSeq(strings.TrimSpace(Clean(s.Quote)), "\n") {
			for _, part := range Wrap(line, p.width-len("  | ")) {
				p.line("  " + p.paint(dim, "│") + strings.TrimRight(" "+part, " "))
			}
		}
	}
	if s.Table != nil {
		p.table(*s.Table, s.Text != "" || s.Quote != "", words)
	}
	for _, e := range s.Evidence {
		p.evidence("  ", e)
	}
	if len(s.Steps) > 0 && (s.Text != "" || s.Quote != "" || s.Table != nil || len(s.Evidence) > 0) {
		p.gap()
	}
	for i, step := range s.Steps {
		p.step(fmt.Sprintf("  %d. ", s.Before+i+1), step)
	}
	if len(s.Links) > 0 && (len(s.Steps) > 0 || s.Table != nil || len(s.Evidence) > 0) {
		p.gap()
	}
	p.links("  ", s.Links)
}

// table is as wide as the text allows.
func (p *printer) table(t Table, apart bool, words Words) {
	if apart {
		p.gap()
	}
	lines, headings := t.fit(p.width - len("  "))
	for i, line := range lines {
		if i < headings {
			line = p.paint(dim, line)
		}
		p.line(strings.TrimRight("  "+line, " "))
	}
	if t.More > 0 {
		p.prose("  ", "  ", words.Left(t.More))
	}
}

func (p *printer) evidence(indent string, e Evidence) {
	colours := map[Mark]string{Open: yellow, Right: green, Wrong: red, Told: blue}
	p.prose(indent+p.paint(colours[e.Mark], e.Mark.String())+" ", indent+"  ", e.Line())
}

// first is the first thing to do, behind the words that say so.
func (p *printer) first(lead string, s Step) {
	for i, line := range Wrap(CleanLine(lead+" "+s.Text), p.width-2) {
		if rest, ok := strings.CutPrefix(line, lead); i == 0 && ok {
			p.line(p.paint(bold, lead) + rest)
		} else {
			p.line("  " + line)
		}
	}
	p.command("    ", s.Command)
}

func (p *printer) step(number string, s Step) {
	rest := strings.Repeat(" ", len(number))
	p.prose(number, rest, s.Text)
	p.command(rest+"  ", s.Command)
}

// command keeps each line of a command whole.
func (p *printer) command(indent, command string) {
	if command == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimSpace(Clean(command)), "\n") {
		p.line(indent + p.paint(yellow, line))
	}
}

// links puts each address on a line of its own where it does not fit beside its label.
func (p *printer) links(indent string, links []Link) {
	for _, link := range links {
		label, url := CleanLine(link.Label), CleanLine(link.URL)
		switch {
		case label == "":
			p.line(indent + url)
		case Width(label)+Width(url)+len(indent)+2 <= p.width:
			p.line(indent + label + ": " + url)
		default:
			p.prose(indent, indent, label+":")
			p.line(indent + "  " + url)
		}
	}
}
