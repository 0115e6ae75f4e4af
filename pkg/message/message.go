// Package message is a notification before anyone has decided how it looks: Slack, SNS and the terminal
// each render the same Message.
//
// Text in a Message may come from an event and is hostile until rendered: each renderer escapes it for
// its medium, once. The one markup is `backticks` around code, and only in the fields that say so.
package message

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

// Message is one notification.
type Message struct {
	Tone Tone
	// Title is one line of plain text: resource, account, cause, in that order.
	Title string
	// Summary is one or two sentences that stand alone, e.g. on a locked phone. Backticks mark code.
	Summary string
	// Facts are what is known, most important first.
	Facts []Fact
	// Sections follow in the order in which they are to be read.
	Sections []Section
	Links    []Link
	// Update asks only to change the message that is told already: a sink that cannot do that sends
	// nothing.
	Update bool
	// Form is the same notification for programs.
	Form Form
	// Words are the few phrases a renderer adds of its own, in the message's language.
	Words Words
}

// Fact is a labelled value.
type Fact struct {
	Label string
	// Value is plain text.
	Value string
	// Code marks a value that is to be read as it is: an id, an ARN, a version.
	Code bool
}

// Section is a part of a message under a heading of its own.
type Section struct {
	Heading string
	// Text is a paragraph; backticks mark code.
	Text string
	// Quote is text from the event, shown as it came.
	Quote string
	// Chart draws what Table, or the message's facts, say in figures: who draws it leaves Table out, who cannot
	// draw leaves it out itself.
	Chart *Chart
	Table *Table
	// Evidence is what was looked at, the most telling first: who cannot show all shows the first of it.
	Evidence []Evidence
	Steps    []Step
	Links    []Link
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
)

// String is the mark as one character.
func (m Mark) String() string {
	switch m {
	case Right:
		return "✓"
	case Wrong:
		return "✗"
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
	// Restored, Lost and Information name the tones for those who see no colour.
	Restored, Lost, Information string
	// Links heads the list of links where they stand apart.
	Links string
}
