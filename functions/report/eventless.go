package main

import (
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/heartbeat"
)

// eventlessFrom is how many changes only reports have to find before events of an account are said not to arrive.
// At least two reports have to find them: the first one after an installation finds many at once.
const eventlessFrom = 3

// eventless finds accounts whose changes are found by reports alone, among the newest change of every resource.
type eventless struct {
	// account is the one that the function runs in, and expected since when events of a Region are expected there. What
	// changed earlier only a report can find.
	account  string
	expected map[heartbeat.Place]heartbeat.Arrival
	accounts map[string]*changes
}

// changes are those of one account: when the last one was that came by an event, and those that reports found.
type changes struct {
	lastEvent time.Time
	found     []finding
}

// finding is when a change was, and when the report was made that found it.
type finding struct{ changedAt, foundAt time.Time }

func (e *eventless) add(c coverage.Change) {
	known := e.accounts[c.Resource.Account]
	if known == nil {
		known = &changes{}
		e.accounts[c.Resource.Account] = known
	}
	region, served := e.expected[heartbeat.Place{Account: e.account, Region: c.Resource.Region}]
	switch {
	case !c.Found:
		if c.ChangedAt.After(known.lastEvent) {
			known.lastEvent = c.ChangedAt
		}
	case served && c.ChangedAt.After(region.Expected) && !c.Gone: // No event says that a resource is gone.
		known.found = append(known.found, finding{c.ChangedAt, c.ReceivedAt})
	}
}

// list are the accounts, sorted.
func (e *eventless) list() []string {
	var accounts []string
	for _, account := range slices.Sorted(maps.Keys(e.accounts)) {
		known := e.accounts[account]
		later := slices.DeleteFunc(known.found, func(f finding) bool { return !f.changedAt.After(known.lastEvent) })
		several := slices.ContainsFunc(later, func(f finding) bool { return !f.foundAt.Equal(later[0].foundAt) })
		if len(later) >= eventlessFrom && several {
			accounts = append(accounts, account)
		}
	}
	return accounts
}
