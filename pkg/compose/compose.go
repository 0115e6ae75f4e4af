// Package compose turns what happened to a resource, or to a group of them, and coverage reports into messages in the
// reader's language.
package compose

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// nameMost is how many runes of a name, an account or a Region a line shows, so that a long one leaves room for the rest.
// AWS's own names are not longer than 255.
const nameMost = 48

// Composer writes messages in one language.
type Composer struct {
	language locale.Language
	words    *locale.Words
	// local is what the readers call their own.
	local Local
}

// New returns the Composer of that language, with the readers' own names, runbooks and time zone.
func New(l locale.Language, local Local) Composer {
	if local.Zone == nil {
		local.Zone = time.UTC
	}
	return Composer{language: l, words: l.Words, local: local}
}

// english composes for programs, which read the same whatever people read.
func english() Composer { return New(locale.English(), Local{}) }

// Incident is what is known of the loss that a change belongs to.
type Incident struct {
	// OpenedAt is when the resource last lost coverage; zero when that was not seen.
	OpenedAt time.Time
	// Causes are the ids of the loss's findings, sorted.
	Causes []string
}

// Group is what one message says of several resources that lost coverage, or regained it, alike.
type Group struct {
	// Sample is the change of one member; what is said of it holds for all, but for the name.
	Sample coverage.Change
	// Evidence is what the diagnosis found of that member.
	Evidence []coverage.Evidence
	// Names are the first members' names. Total is how many members there were in all, Open how many are still uncovered.
	Names       []string
	Total, Open int
	// Kinds are how many members there were of each kind, where all share a cause; nil where they are merely alike.
	Kinds map[coverage.Kind]int
}

// Single is the message about one change. incident is what is remembered of its resource.
func (c Composer) Single(change coverage.Change, findings []catalog.Finding, evidence []coverage.Evidence, incident Incident) message.Message {
	weight := catalog.Weigh(findings, evidence)
	return c.newStory(change, findings, evidence, weight, incident, nil).message()
}

// Group is the message that speaks for all members of a group, as the group stands now.
func (c Composer) Group(g Group) message.Message {
	findings := catalog.Classify(g.Sample)
	weight := catalog.Weigh(findings, g.Evidence)
	if g.Kinds == nil {
		weight = weight.OfOne()
	}
	return c.newStory(g.Sample, findings, g.Evidence, weight, Incident{}, &g).message()
}

// moment writes out a time in the readers' zone; "" where it is not known.
func (c Composer) moment(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.local.Zone).Format(layout)
}

// steps are what to do, in the reader's language.
func (c Composer) steps(actions []catalog.Action) []message.Step {
	steps := make([]message.Step, 0, len(actions))
	for _, action := range actions {
		steps = append(steps, message.Step{Text: c.language.Step(action), Command: action.Command})
	}
	return steps
}

// title is the cause that a finding of that id names.
func (c Composer) title(id catalog.ID) string { return c.language.Title(catalog.EntryOf(id).ID) }

func (c Composer) rendererWords() message.Words {
	w := c.words
	return message.Words{More: w.More, Cut: w.Cut, First: w.First, Facts: w.Facts}
}

// shortened is at most so many runes of s, and says when there were more.
func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// plain keeps a value from the event on its line and out of the one markup that texts have.
func plain(s string) string { return strings.ReplaceAll(message.CleanLine(s), "`", "'") }

// capitalised begins a title that stands alone with a capital.
func capitalised(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// counted is one or many, with {n} filled in.
func counted(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fillNumber(many, n)
}
