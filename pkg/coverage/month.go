package coverage

import (
	"cmp"
	"slices"
	"time"
)

// MonthKept is how many losses of a month are kept one by one: stored, they take some 300 KB, of which a
// DynamoDB item holds 400.
const MonthKept = 6000

// Month is what is kept of the losses that ended in one month: the longest one by one, and how many shorter
// ones there were.
type Month struct {
	// Through is the latest end of those that were collected: none that ended before is collected again.
	Through time.Time
	// Losses are the longest, after Trim longest first.
	Losses []Loss
	// Shorter counts the others, ShorterTotal is how long they took together.
	Shorter      int
	ShorterTotal time.Duration
}

// MonthOf names the month of a moment, in UTC.
func MonthOf(at time.Time) string { return at.UTC().Format("2006-01") }

// Add adds a loss that is over. Now and then it forgets all but the longest.
func (m *Month) Add(l Loss) {
	m.Losses = append(m.Losses, l)
	if len(m.Losses) >= 2*MonthKept {
		m.Trim()
	}
}

// Trim keeps the longest losses one by one, and of the others the sum.
func (m *Month) Trim() {
	slices.SortFunc(m.Losses, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(took(b), took(a)), a.OpenedAt.Compare(b.OpenedAt),
			cmp.Compare(a.Resource.Key(), b.Resource.Key()))
	})
	for _, l := range m.Losses[min(len(m.Losses), MonthKept):] {
		m.Shorter++
		m.ShorterTotal += took(l)
	}
	m.Losses = m.Losses[:min(len(m.Losses), MonthKept)]
}

func took(l Loss) time.Duration { return l.ClosedAt.Sub(l.OpenedAt) }
