package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/slack"
)

// How wide output is, in columns.
const (
	narrowest = 60
	widest    = 200
)

// widthOf is how wide the terminal is, within limits; message.DefaultWidth where there is none.
func widthOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return message.DefaultWidth
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width == 0 {
		return message.DefaultWidth
	}
	return min(max(width, narrowest), widest)
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalName is the name of the terminal among the sinks.
const terminalName = "terminal"

// terminal is a sink that shows messages.
type terminal struct {
	page *page
	view view
	// adapt changes a message before it is shown; nil: it is shown as it is.
	adapt func(message.Message) message.Message
}

// Name is the name of the sink.
func (t terminal) Name() string { return terminalName }

// Send shows m. What only updates an earlier message is not shown: a terminal has nothing to update.
func (t terminal) Send(_ context.Context, m message.Message, _ string) (string, error) {
	if m.Update {
		return "", nil
	}
	if t.adapt != nil {
		m = t.adapt(m)
	}
	shown, err := t.render(m)
	if err != nil {
		return "", err
	}
	return "", t.page.block(shown)
}

func (t terminal) render(m message.Message) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch t.view.format {
	case asJSON:
		var document []byte
		if document, err = m.Form.MarshalJSON(); err == nil {
			err = indent(&b, document)
		}
	case asSlack:
		var payload []byte
		if payload, err = slack.Payload(m); err == nil {
			err = indent(&b, payload)
		}
	case asBuilder:
		var link string
		link, err = slack.BuilderURL(m)
		fmt.Fprintln(&b, link)
	default:
		err = m.WriteText(&b, t.view.style, t.view.width)
	}
	return b.Bytes(), err
}

func indent(b *bytes.Buffer, document []byte) error {
	err := json.Indent(b, document, "", "  ")
	b.WriteByte('\n')
	return err
}

// writeJSON writes each value as a JSON document, with the characters of commands and addresses as they are.
func writeJSON[T any](w io.Writer, values ...T) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	for _, value := range values {
		if err := encoder.Encode(value); err != nil {
			return err
		}
	}
	return nil
}

// page is what is shown so far.
type page struct {
	w     io.Writer
	view  view
	marks *progress
	// aside is where remarks go when programs read w; nil: they stand among the messages.
	aside io.Writer
	// headers says that inputs are named.
	headers bool
	// started says that something is shown already, from which a blank line separates what follows.
	started bool
}

// header names the input that follows.
func (p *page) header(name string) error {
	if !p.headers {
		return nil
	}
	line := "── " + message.CleanLine(name) + " "
	line += strings.Repeat("─", max(2, p.view.width-message.Width(line)))
	err := p.block([]byte(p.dim(line) + "\n"))
	p.started = false
	return err
}

// note makes a remark.
func (p *page) note(text string) error {
	if p.aside == nil {
		return p.block([]byte(p.dim(strings.Join(message.Wrap(text, p.view.width), "\n")) + "\n"))
	}
	p.marks.clear()
	_, err := fmt.Fprintln(p.aside, text)
	return err
}

// block shows one message, or anything else that stands apart.
func (p *page) block(text []byte) error {
	p.marks.clear()
	if p.aside == nil && p.started {
		text = append([]byte("\n"), text...)
	}
	p.started = true
	if _, err := p.w.Write(text); err != nil {
		return err
	}
	return nil
}

func (p *page) dim(s string) string {
	if p.view.style != message.Colour {
		return s
	}
	return "\x1b[2m" + s + "\x1b[0m"
}

// progress is a line that says how far work is, for who waits at a terminal. A nil progress shows nothing.
type progress struct {
	w     io.Writer
	shown bool
}

// newProgress shows progress on standard error if that is a terminal.
func newProgress(p process) *progress {
	if !isTerminal(p.stderr) {
		return nil
	}
	return &progress{w: p.stderr}
}

// show replaces the line.
func (p *progress) show(format string, args ...any) {
	if p == nil {
		return
	}
	p.shown = true
	fmt.Fprintf(p.w, "\r\x1b[K"+format, args...)
}

// clear removes the line.
func (p *progress) clear() {
	if p != nil && p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
