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

// textWidth is the column at which prose is wrapped. Commands, quotes, and words that are longer stay
// whole, so that they can be copied.
const textWidth = 80

// widestLabel keeps one long label from pushing every value to the right edge.
const widestLabel = 22

// WriteText writes m for a person to read: in a terminal, in an e-mail, in a review. The only error is
// the writer's own first one; nothing is written after it.
func (m Message) WriteText(w io.Writer, style Style) error {
	p := &printer{w: w, style: style}
	p.title(m)
	if m.Summary != "" {
		p.gap()
		p.prose("", "", m.Summary)
	}
	p.facts(m.Facts)
	for _, section := range m.Sections {
		p.section(section, m.Words)
	}
	if len(m.Links) > 0 {
		p.gap()
		p.heading(m.Words.Links)
		p.links(m.Links)
	}
	if p.err != nil {
		return fmt.Errorf("writing the message: %w", p.err)
	}
	return nil
}

// Line is what was looked at and found, on one line.
func (e Evidence) Line() string {
	return strings.TrimPrefix(CleanLine(e.Check)+": "+CleanLine(e.Result), ": ")
}

// Tone is the name of a tone.
func (w Words) Tone(tone Tone) string {
	switch tone {
	case Lost:
		return w.Lost
	case Restored:
		return w.Restored
	default:
		return w.Information
	}
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
func CleanLine(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// printer writes lines and remembers the first error.
type printer struct {
	w     io.Writer
	style Style
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
	if tone := CleanLine(m.Words.Tone(m.Tone)); tone != "" {
		title = strings.TrimSuffix(tone+" · "+title, " · ")
	}
	for i, line := range wrap(title, textWidth-2) {
		if i == 0 {
			p.line(p.paint(colour, symbol+" "+line))
		} else {
			p.line(p.paint(colour, "  "+line))
		}
	}
}

func (p *printer) heading(s string) {
	for _, line := range wrap(CleanLine(s), textWidth) {
		p.line(p.paint(bold, line))
	}
}

// prose wraps text: the first line stands after first, the others after rest, which is as wide.
func (p *printer) prose(first, rest, text string) {
	indent := first
	for paragraph := range strings.SplitSeq(strings.TrimSpace(Clean(text)), "\n") {
		lines := wrap(paragraph, textWidth-Width(rest))
		for _, line := range lines {
			p.line(strings.TrimRight(indent+line, " "))
			indent = rest
		}
	}
}

func (p *printer) facts(facts []Fact) {
	if len(facts) == 0 {
		return
	}
	p.gap()
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
			lines = wrap(value, textWidth-max(len(rest), Width(label+pad)))
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
			p.line("  " + p.paint(dim, "│") + strings.TrimRight(" "+line, " "))
		}
	}
	if s.Table != nil {
		p.table(*s.Table, s.Text != "" || s.Quote != "", words)
	}
	for _, e := range s.Evidence {
		p.evidence(e)
	}
	if len(s.Steps) > 0 && (s.Text != "" || s.Quote != "" || s.Table != nil || len(s.Evidence) > 0) {
		p.gap()
	}
	for i, step := range s.Steps {
		p.step(fmt.Sprintf("  %d. ", i+1), step)
	}
	if len(s.Links) > 0 && (len(s.Steps) > 0 || s.Table != nil || len(s.Evidence) > 0) {
		p.gap()
	}
	p.links(s.Links)
}

// table keeps each row on its line, however long, so that what is in it can be copied.
func (p *printer) table(t Table, apart bool, words Words) {
	if apart {
		p.gap()
	}
	for i, line := range t.Lines() {
		if i == 0 {
			line = p.paint(dim, line)
		}
		p.line(strings.TrimRight("  "+line, " "))
	}
	if t.More > 0 {
		p.prose("  ", "  ", words.Left(t.More))
	}
}

func (p *printer) evidence(e Evidence) {
	colours := map[Mark]string{Open: yellow, Right: green, Wrong: red}
	p.prose("  "+p.paint(colours[e.Mark], e.Mark.String())+" ", "    ", e.Line())
}

func (p *printer) step(number string, s Step) {
	rest := strings.Repeat(" ", len(number))
	p.prose(number, rest, s.Text)
	if s.Command == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimSpace(Clean(s.Command)), "\n") {
		p.line(rest + "  " + p.paint(yellow, line))
	}
}

// links puts each address on a line of its own where it does not fit beside its label.
func (p *printer) links(links []Link) {
	for _, link := range links {
		label, url := CleanLine(link.Label), CleanLine(link.URL)
		switch {
		case label == "":
			p.line("  " + url)
		case Width(label)+Width(url)+4 <= textWidth:
			p.line("  " + label + ": " + url)
		default:
			p.prose("  ", "  ", label+":")
			p.line("    " + url)
		}
	}
}

// wrap breaks a line of clean text at blanks, and between characters of scripts that use none, into
// lines of at most columns. There is always at least one line.
func wrap(s string, columns int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(s) {
		blank := 1
		for _, part := range parts(word) {
			w := Width(part)
			switch {
			case line == "":
				line, used = part, w
			case used+blank+w > columns:
				lines = append(lines, line)
				line, used = part, w
			default:
				line, used = line+strings.Repeat(" ", blank)+part, used+blank+w
			}
			blank = 0
		}
	}
	return append(lines, line)
}

// noLineStart and noLineEnd are the most common characters that East Asian typography keeps with what is
// before and after them (https://www.w3.org/TR/jlreq/#line_breaking_rules).
const (
	noLineStart = "、。，．・：；？！）」』】〕〉》］｝ー々…ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ" + ",.:;?!)]}%"
	noLineEnd   = "（「『【〔〈《［｛" + "([{"
)

// parts splits a word where a line may be broken inside it: beside a wide character.
func parts(word string) []string {
	var parts []string
	start := 0
	var before rune
	for i, r := range word {
		breakable := i > start && (columns(before) == 2 || columns(r) == 2) && columns(r) > 0 &&
			!strings.ContainsRune(noLineStart, r) && !strings.ContainsRune(noLineEnd, before)
		if breakable {
			parts = append(parts, word[start:i])
			start = i
		}
		if columns(r) > 0 {
			before = r
		}
	}
	return append(parts, word[start:])
}

// Width is how many columns clean text takes in a terminal.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += columns(r)
	}
	return n
}

// columns is how many columns a terminal gives to a character: 2 to those that Unicode's East Asian
// Width calls wide or full-width (https://www.unicode.org/reports/tr11/), in blocks; 0 to marks that
// sit on the character before.
func columns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r < 0x1100:
		return 1
	case r <= 0x115F, // Hangul Jamo
		r >= 0x2E80 && r <= 0x303E, // radicals, CJK punctuation
		r >= 0x3041 && r <= 0xA4CF, // kana to Yi
		r >= 0xA960 && r <= 0xA97F, // Hangul Jamo, extended
		r >= 0xAC00 && r <= 0xD7A3, // Hangul
		r >= 0xF900 && r <= 0xFAFF, // CJK compatibility
		r >= 0xFE30 && r <= 0xFE6F, // compatibility and small forms
		r >= 0xFF00 && r <= 0xFF60, // full-width forms
		r >= 0xFFE0 && r <= 0xFFE6,
		r >= 0x1F300 && r <= 0x1F64F, // pictographs, emoticons
		r >= 0x1F680 && r <= 0x1F6FF,
		r >= 0x1F900 && r <= 0x1FAFF,
		r >= 0x20000 && r <= 0x3FFFD: // CJK extensions
		return 2
	default:
		return 1
	}
}
