package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

const catalogAbout = `catalog lists every issue that is known, with its ID. Rules, metrics and the machine
form of messages use these IDs.`

const catalogExamples = `coverage catalog
coverage catalog --format json`

// entry is one issue of the catalog.
type entry struct {
	ID         catalog.ID `json:"id"`
	Kinds      []string   `json:"kinds"` // empty: any kind
	Types      []string   `json:"types"` // empty: AWS has no text for it
	Title      string     `json:"title"`
	Cause      string     `json:"cause"`
	Actionable bool       `json:"actionable"`
	Transient  bool       `json:"transient"`
}

func newCatalog(p process, output io.Writer) *cobra.Command {
	var f viewFlags
	c := &cobra.Command{
		Use: "catalog [flags]", Short: "List every known issue", Long: catalogAbout, Example: catalogExamples,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("catalog takes no arguments, and got %q", args[0])
			}
			return listCatalog(f, p, output)
		},
	}
	f.addFormat(c, asText, asJSON)
	f.addLanguage(c)
	return c
}

func listCatalog(f viewFlags, p process, output io.Writer) error {
	v, err := f.view(p)
	if err != nil {
		return err
	}
	if v.format == asJSON {
		return writeJSON(output, entriesIn(locale.English())) // Programs read the same in every language.
	}
	entries := entriesIn(v.language)
	if err := writeTable(output, v, listing(entries)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(output, "\n%d issues\n", len(entries))
	return err
}

func entriesIn(l locale.Language) []entry {
	var entries []entry
	for _, e := range catalog.All() {
		kinds := make([]string, 0, len(e.Kinds))
		for _, kind := range e.Kinds {
			kinds = append(kinds, string(kind))
		}
		words := l.Advice.Issues[e.ID]
		entries = append(entries, entry{
			ID: e.ID, Kinds: kinds, Types: append([]string{}, e.Types...),
			Title: words.Title, Cause: words.Cause,
			Actionable: !e.NotActionable, Transient: e.Transient,
		})
	}
	return entries
}

func listing(entries []entry) message.Table {
	table := message.Table{Columns: []message.Column{{Heading: "ID"}, {Heading: "KIND"}, {Heading: "ISSUE"}}}
	for _, e := range entries {
		var remarks []string
		if e.Transient {
			remarks = append(remarks, "usually resolves by itself")
		}
		if !e.Actionable {
			remarks = append(remarks, "requires no action")
		}
		kinds := cmp.Or(strings.Join(e.Kinds, " "), "any")
		issue := e.Title
		if len(remarks) > 0 {
			issue += " (" + strings.Join(remarks, ", ") + ")"
		}
		table.Rows = append(table.Rows, []string{string(e.ID), kinds, issue})
	}
	return table
}

// writeTable writes a table as wide as the terminal. Elsewhere each row is one line, which grep and similar
// tools need.
func writeTable(w io.Writer, v view, table message.Table) error {
	lines := table.Lines()
	if v.terminal {
		lines = table.Fit(v.width)
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}
