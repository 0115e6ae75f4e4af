// Package message is a notification before anyone has decided how it looks: Slack, SNS and the terminal
// each render the same Message.
//
// Text in a Message may come from an event and is hostile until rendered: each renderer escapes it for
// its medium, once. The one markup is `backticks` around code, and only in the fields that say so.
package message

import (
	"strings"
	"time"
)

// Tone tells at a glance whether something was lost or came back.
type Tone int

// The tones of a message.
const (
	// Information asks nothing of anybody.
	Information Tone = iota
	// Lost says that coverage was lost and somebody can bring it back.
	Lost
	// Restored says that coverage is back.
	Restored
)

// Message is one notification. Its parts are read in the order in which they stand here; a reader who stops anywhere has
// read what matters most.
type Message struct {
	Tone Tone
	// Title is one line of plain text: the name of the resource, and right behind it the cause.
	Title string
	// State says in a few words of plain text what happened, such as "Coverage lost".
	State string
	// Where is the kind, the Region and the account in one line of plain text, for whoever sees no more than the title.
	Where string
	// Context is what to know at a glance besides the state: one line.
	Context []Item
	// Summary is what is known, in a few sentences that stand alone. Backticks mark code.
	Summary string
	// Evidence is what the diagnosis found wrong, the most telling first.
	Evidence []Evidence
	// First is what to do first; nil where nothing is to be done.
	First *Step
	Links []Link
	// Fold is the title under which a renderer that can folds what follows. Empty: it is shown.
	Fold     string
	Sections []Section
	// Facts are all that is known, most important first.
	Facts []Fact
	// Update asks only to change the message that was sent already: a sink that cannot do that sends
	// nothing.
	Update bool
	// Form is the same notification for programs.
	Form Form
	// Words are the few phrases a renderer adds of its own, in the message's language.
	Words Words
}

// Notice is the message in one line of plain text, for notifications and subjects: title, and where it is.
func (m Message) Notice() string {
	title, where := CleanLine(m.Title), CleanLine(m.Where)
	if where == "" {
		return title
	}
	return title + " (" + where + ")"
}

// Item is a part of the line below the title.
type Item struct {
	// Text is plain text. In that of a moment, {time} stands for the time.
	Text string
	// Code marks an id.
	Code bool
	// At is the moment, and Clock how it is written for those whose own time zone the renderer does not know.
	At    time.Time
	Clock string
}

// String is the item as plain text.
func (i Item) String() string {
	text := CleanLine(i.Text)
	if i.At.IsZero() {
		return text
	}
	return strings.ReplaceAll(text, "{time}", CleanLine(i.Clock))
}

// Fact is a labelled value.
type Fact struct {
	Label string
	// Value is plain text.
	Value string
	// Code marks a value that is to be read as it is: an id, an ARN, a version.
	Code bool
	// At is the moment that Value writes out, if it is one.
	At time.Time
}

// Section is a part of a message under a heading of its own.
type Section struct {
	Heading string
	// Text is a paragraph; backticks mark code.
	Text string
	// Quote is text from the event, shown as it came.
	Quote string
	// Chart draws what Table says in figures: who draws it leaves Table out, who cannot draw leaves it out itself.
	Chart *Chart
	Table *Table
	// Evidence is what the diagnosis found, the most telling first: who cannot show all shows the first of it.
	Evidence []Evidence
	Steps    []Step
	// Before is how many steps were shown before these, which are numbered on.
	Before int
	Links  []Link
}

// Evidence is what one look found.
type Evidence struct {
	Mark Mark
	// Check is what was looked at. It is plain text.
	Check string
	// Result says what was found; backticks mark code.
	Result string
}

// Mark tells at a glance what evidence means.
type Mark int

// The marks of evidence.
const (
	// Open says that nothing follows from it.
	Open Mark = iota
	// Right says that it is as it should be.
	Right
	// Wrong says that it is not.
	Wrong
	// Told says what is behind it.
	Told
)

// String is the mark as one character.
func (m Mark) String() string {
	switch m {
	case Right:
		return "✓"
	case Wrong:
		return "✗"
	case Told:
		return "→"
	}
	return "?"
}

// Step is one thing to do.
type Step struct {
	// Text says what; backticks mark code.
	Text string
	// Command is ready to be pasted into a POSIX shell; empty when there is none.
	Command string
}

// Link is a page to open.
type Link struct {
	Label string
	URL   string
}

// Words are what renderers say when they cut or lay out a message.
type Words struct {
	// More says how many items were left out; {n} stands for the number.
	More string
	// Cut stands at the end of a text that was cut off.
	Cut string
	// First stands before the first thing to do.
	First string
	// Facts heads the facts.
	Facts string
}
