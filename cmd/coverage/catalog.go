package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
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
	if o.format == asJSON {
		entries := entriesIn(catalog.English) // Programs read the same in every language.
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(entries)
	}
	_, err := io.WriteString(w, listing(entriesIn(o.language), o.words, o.style))
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
func listing(entries []entry, w words, style message.Style) string {
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
		kinds := cmp.Or(strings.Join(e.Kinds, " "), w.AnyKind)
		fmt.Fprintf(&b, "%s%s%s%s  %s%s  %s\n", bold, e.ID, off, padding(widest, string(e.ID)), kinds, padding(len("EKS ECS EC2"), kinds), w.remarked(e))
	}
	fmt.Fprintf(&b, "\n%s\n", catalog.Fill(w.Listed, "n", strconv.Itoa(len(entries))))
	return b.String()
}

// padding brings text to so many columns.
func padding(columns int, text string) string {
	return strings.Repeat(" ", max(0, columns-message.Width(text)))
}

// remarked is the title of an entry with what is worth knowing of it.
func (w words) remarked(e entry) string {
	var remarks []string
	if e.Transient {
		remarks = append(remarks, w.Heals)
	}
	if !e.Actionable {
		remarks = append(remarks, w.Hopeless)
	}
	if len(remarks) == 0 {
		return e.Title
	}
	return catalog.Fill(w.Remarked, "title", e.Title, "remarks", strings.Join(remarks, w.Between))
}
