package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/slack"
)

// terminalName is the name of the terminal among the sinks.
const terminalName = "terminal"

// terminal is a sink that shows messages.
type terminal struct {
	page   *page
	format format
	// issue is what is explained, when nothing has happened to any resource.
	issue *issue
}

// Name is the name of the sink.
func (t terminal) Name() string { return terminalName }

// Send shows m. What only updates an earlier message is not shown: a terminal has nothing to update.
func (t terminal) Send(_ context.Context, m message.Message, _ string) (string, error) {
	if m.Update {
		return "", nil
	}
	if t.issue != nil {
		m = t.issue.explained(m)
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
	switch t.format {
	case asJSON:
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if m.Report != nil {
			err = encoder.Encode(m.Report)
		} else {
			err = encoder.Encode(m.Record)
		}
	case asSlack:
		var payload []byte
		if payload, err = slack.Payload(m); err == nil {
			err = json.Indent(&b, payload, "", "  ")
			b.WriteByte('\n')
		}
	case asBuilder:
		var link string
		link, err = slack.BuilderURL(m)
		fmt.Fprintln(&b, link)
	default:
		err = m.WriteText(&b, t.page.style)
	}
	return b.Bytes(), err
}

// page is what is shown so far.
type page struct {
	w     io.Writer
	style message.Style
	// aside is where remarks go when programs read w; nil: they stand among the messages.
	aside io.Writer
	// headers says that inputs are named.
	headers bool
	// started says that something is shown already, from which a blank line keeps what follows.
	started bool
}

// headerWidth is that of the rule beside a header, which is as wide as the texts below it.
const headerWidth = 80

// header names the input that follows.
func (p *page) header(name string) error {
	if !p.headers {
		return nil
	}
	line := "── " + message.CleanLine(name) + " "
	line += strings.Repeat("─", max(2, headerWidth-message.Width(line)))
	err := p.block([]byte(p.dim(line) + "\n"))
	p.started = false
	return err
}

// note makes a remark.
func (p *page) note(text string) error {
	if p.aside == nil {
		return p.block([]byte(p.dim(text) + "\n"))
	}
	_, err := fmt.Fprintln(p.aside, text)
	return err
}

// block shows one message, or anything else that stands apart.
func (p *page) block(text []byte) error {
	if p.aside == nil && p.started {
		text = append([]byte("\n"), text...)
	}
	p.started = true
	if _, err := p.w.Write(text); err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}

func (p *page) dim(s string) string {
	if p.style != message.Colour {
		return s
	}
	return "\x1b[2m" + s + "\x1b[0m"
}
