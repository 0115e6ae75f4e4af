package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// Period is how far back a report counts losses.
const Period = 30 * 24 * time.Hour

// LongestKept is how many losses are named.
const LongestKept = 10

// Losses are how long resources were without coverage in a period: the losses that were not over when it
// began.
type Losses struct {
	From, Until time.Time
	// Count is how many losses there were, Open how many of them are not over.
	Count, Open int
	// Total is how long they took within the period, all together.
	Total time.Duration
	// Accounts, Kinds and Causes have the same by account, kind and cause, the longest first. A loss with
	// several causes counts for each.
	Accounts []Share[string]
	Kinds    []Share[coverage.Kind]
	Causes   []Share[catalog.ID]
	// Repaired is how many losses ended in the period because coverage came back. Half of them took at most
	// Median, nine in ten at most Ninetieth, from their very beginning.
	Repaired          int
	Median, Ninetieth time.Duration
	// Longest are the ten that took the longest within the period, longest first.
	Longest []coverage.Loss
	// Shorter counts losses of which only their number and length are remembered, ShorterTotal is their
	// length. Of a month that begins before the period, they are of the whole month. They are counted nowhere
	// else.
	Shorter      int
	ShorterTotal time.Duration
}

// Share is a part of the losses.
type Share[Of ~string] struct {
	Of    Of
	Count int
	Total time.Duration
}

// LossCounter counts losses one by one. It keeps of each no more than its length. It may not be used
// concurrently.
type LossCounter struct {
	losses   Losses
	accounts map[string]Share[string]
	kinds    map[coverage.Kind]Share[coverage.Kind]
	causes   map[catalog.ID]Share[catalog.ID]
	repairs  []time.Duration
}

// NewLossCounter counts from nothing.
func NewLossCounter(from, until time.Time) *LossCounter {
	return &LossCounter{
		losses:   Losses{From: from.UTC(), Until: until.UTC()},
		accounts: map[string]Share[string]{}, kinds: map[coverage.Kind]Share[coverage.Kind]{},
		causes: map[catalog.ID]Share[catalog.ID]{},
	}
}

// Add counts a loss, if any of it lies in the period.
func (c *LossCounter) Add(l coverage.Loss) {
	s := &c.losses
	within := l.Within(s.From, s.Until)
	if within <= 0 || l.OpenedAt.IsZero() {
		return
	}
	s.Count++
	s.Total += within
	switch {
	case l.ClosedAt.IsZero() || l.ClosedAt.After(s.Until):
		s.Open++
	case !l.Gone:
		c.repairs = append(c.repairs, l.ClosedAt.Sub(l.OpenedAt))
	}
	count(c.accounts, l.Resource.Account, within)
	count(c.kinds, l.Resource.Kind, within)
	for _, cause := range l.Causes {
		count(c.causes, catalog.ID(cause), within)
	}
	at, _ := slices.BinarySearchFunc(s.Longest, l, s.longer)
	if at < LongestKept {
		s.Longest = slices.Insert(s.Longest[:min(len(s.Longest), LongestKept-1)], at, l)
	}
}

func count[Of ~string](shares map[Of]Share[Of], of Of, within time.Duration) {
	share := shares[of]
	shares[of] = Share[Of]{of, share.Count + 1, share.Total + within}
}

// longer puts the loss first that took longer within the period.
func (s Losses) longer(a, b coverage.Loss) int {
	return cmp.Or(cmp.Compare(b.Within(s.From, s.Until), a.Within(s.From, s.Until)),
		a.OpenedAt.Compare(b.OpenedAt), cmp.Compare(a.Resource.Key(), b.Resource.Key()))
}

// AddShorter counts losses of which no more is remembered.
func (c *LossCounter) AddShorter(n int, total time.Duration) {
	c.losses.Shorter += n
	c.losses.ShorterTotal += total
}

// Losses are what was counted so far.
func (c *LossCounter) Losses() Losses {
	s := c.losses
	s.Accounts, s.Kinds, s.Causes = longestFirst(c.accounts), longestFirst(c.kinds), longestFirst(c.causes)
	s.Longest = slices.Clone(s.Longest)
	if s.Repaired = len(c.repairs); s.Repaired > 0 {
		slices.Sort(c.repairs)
		s.Median, s.Ninetieth = c.repairs[rank(s.Repaired, 5)], c.repairs[rank(s.Repaired, 9)]
	}
	return s
}

// rank is the place of the value that so many tenths of n sorted values do not exceed.
func rank(n, tenths int) int { return (n*tenths+9)/10 - 1 }

func longestFirst[Of ~string](shares map[Of]Share[Of]) []Share[Of] {
	return slices.SortedFunc(maps.Values(shares), func(a, b Share[Of]) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Of, b.Of))
	})
}
