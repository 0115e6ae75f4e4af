package compose

import (
	"cmp"
	"time"

	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// Test is what is known of a test message.
type Test struct {
	// Account and Region are where it was sent; either may be empty.
	Account, Region string
	// ID identifies a self-test; empty for none.
	ID string
	// SentAt is when it was sent.
	SentAt time.Time
	// ByDoctor says that coverage doctor sent it straight to the destination; a self-test took the way of an event.
	ByDoctor bool
}

// Test is a message that says it is a test: no coverage has changed. Its machine form has the version
// message.TestVersion.
func (c Composer) Test(t Test) message.Message {
	w := c.language.Heartbeat
	region, summary := cmp.Or(shortened(plain(t.Region), nameMost), absent), w.SelfTest
	if t.ByDoctor {
		summary = w.Doctor
	}
	facts := []message.Fact{
		{Label: w.Account, Value: cmp.Or(shortened(t.Account, nameMost), absent), Code: true},
		{Label: w.Region, Value: region, Code: true},
		{Label: w.Sent, Value: c.moment(t.SentAt, c.words.Clock), At: t.SentAt},
	}
	if t.ID != "" {
		facts = append(facts, message.Fact{Label: w.ID, Value: t.ID, Code: true})
	}
	return message.Message{
		Tone: message.Information, Title: w.TestTitle, Facts: facts,
		Summary: locale.Fill(summary, "region", region),
		Form: message.Record{
			Version: message.TestVersion, Status: message.TestStatus, ChangedAt: t.SentAt,
			Resource: message.RecordResource{Name: "test message"},
		},
		Words: c.rendererWords(),
	}
}
