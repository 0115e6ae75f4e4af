package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/message"
)

// entry is one issue of the catalogue as -catalog lists it.
type entry struct {
	ID         catalog.ID `json:"id"`
	Kinds      []string   `json:"kinds"` // empty: any kind
	Types      []string   `json:"types"` // empty: no text of AWS's stands for it
	Title      string     `json:"title"`
	Cause      string     `json:"cause"`
	Actionable bool       `json:"actionable"`
	Transient  bool       `json:"transient"`
}

// writeCatalog lists everything that is known.
func writeCatalog(w io.Writer, o options) error {
	entries := entriesIn(o.language)
	if o.format == asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(entries)
	}
	_, err := io.WriteString(w, listing(entries, o.style))
	return err
}

func entriesIn(l catalog.Language) []entry {
	var entries []entry
	for _, e := range catalog.All() {
		kinds := make([]string, 0, len(e.Kinds))
		for _, kind := range e.Kinds {
			kinds = append(kinds, string(kind))
		}
		words := l.Issues[e.ID]
		entries = append(entries, entry{
			ID: e.ID, Kinds: kinds, Types: append([]string{}, e.Types...), Title: words.Title, Cause: words.Cause,
			Actionable: !e.NotActionable, Transient: e.Transient,
		})
	}
	return entries
}

// listing is a line for each entry, so that it can be searched.
func listing(entries []entry, style message.Style) string {
	widest := 0
	for _, e := range entries {
		widest = max(widest, len(e.ID))
	}
	bold, off := "", ""
	if style == message.Colour {
		bold, off = "\x1b[1m", "\x1b[0m"
	}
	var b strings.Builder
	for _, e := range entries {
		kinds := strings.Join(e.Kinds, " ")
		if kinds == "" {
			kinds = "any"
		}
		pad := strings.Repeat(" ", widest-len(e.ID))
		fmt.Fprintf(&b, "%s%s%s%s  %-11s  %s%s\n", bold, e.ID, off, pad, kinds, e.Title, remarks(e))
	}
	fmt.Fprintf(&b, "\n%s. Example: replay -issue EKS \"Addon Creation Failed\"\n", counted(len(entries), "issue"))
	return b.String()
}

func remarks(e entry) string {
	var remarks []string
	if e.Transient {
		remarks = append(remarks, "usually heals by itself")
	}
	if !e.Actionable {
		remarks = append(remarks, "nothing to be done")
	}
	if len(remarks) == 0 {
		return ""
	}
	return " (" + strings.Join(remarks, "; ") + ")"
}
