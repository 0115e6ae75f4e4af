// Package report is the coverage report: how much of what GuardDuty lists is covered, what is not and since when, and
// what changed since the last report.
package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/organization"
)

// Report is what there is to say at one moment. A Builder makes it.
type Report struct {
	// At is when GuardDuty was asked, in UTC.
	At time.Time
	// Regions are those that were asked for, sorted.
	Regions []string
	// Problems are the Regions that could not be read, or not to their end.
	Problems []Problem
	// Kinds count the resources of each kind.
	Kinds map[coverage.Kind]Tally
	// Accounts is how many accounts own them.
	Accounts int
	// Organization is what GuardDuty does not watch, and therefore does not list.
	Organization organization.Sum
	// Missing are the places whose heartbeats are missing: events may not arrive from there.
	Missing []heartbeat.Missing
	// Eventless are the IDs of accounts of which reports alone find changes.
	Eventless []string
	// Inventory is what exists, beside what GuardDuty lists.
	Inventory inventory.Sum
	// Losses are how long resources were without coverage; nil where nobody knows.
	Losses *Losses
	// Uncovered are the resources that are not covered, the group with the oldest first.
	Uncovered []Group
	// Healed is how many resources lost coverage and got it back, since the last report, before anybody was told.
	Healed int
	// Past are the reports before, the oldest first.
	Past []Summary
	// New and Recovered are how many resources are uncovered that were not at the last report, and the other way
	// round. Neither means anything unless Compared.
	New, Recovered int
	Compared       bool
	// Lost and Regained are the first of them by their keys, at most 10 of each.
	Lost, Regained []coverage.Resource

	keys    Keys
	seen    Moments
	crowded bool
}

// Tally counts resources.
type Tally struct {
	Healthy int `json:"healthy"`
	All     int `json:"all"`
}

// Group is the resources of one kind that are uncovered for one reason: the most useful finding of each.
type Group struct {
	Kind coverage.Kind
	// Finding is that of the oldest.
	Finding catalog.Finding
	// Total is how many resources there are.
	Total int
	// Oldest are the ones that are uncovered for the longest, longest first, at most 50.
	Oldest []coverage.State
}

// Problem is a Region that could not be read, or not to its end.
type Problem struct {
	Region string
	Reason Reason
	// Detail is what AWS said; it may be empty.
	Detail string
}

// Reason is why a Region could not be read. It is a stable word of the machine form.
type Reason string

// The reasons.
const (
	// Denied says that the caller may not read the Region's coverage.
	Denied Reason = "denied"
	// NoDetector says that GuardDuty is not turned on in the Region.
	NoDetector Reason = "no-detector"
	// Off says that Runtime Monitoring is not turned on in the Region.
	Off Reason = "off"
	// Failed is any other failure. What was read before it is counted.
	Failed Reason = "failed"
)

// Previous is the report before, or nil.
func (r Report) Previous() *Summary {
	if len(r.Past) == 0 {
		return nil
	}
	return &r.Past[len(r.Past)-1]
}

// Total counts the resources of all kinds.
func (r Report) Total() Tally { return sum(r.Kinds) }

// Unread reports whether nothing is known for want of a Region that could be read.
func (r Report) Unread() bool { return r.Total().All == 0 && len(r.Problems) > 0 && len(r.Read()) == 0 }

// Quiet reports whether there is nothing to say: everything is covered and was at the last report, nothing healed
// meanwhile, every Region was read then and now, every account is watched, events arrive from everywhere, and nothing is
// known to exist that is not listed.
func (r Report) Quiet() bool {
	previous, total := r.Previous(), r.Total()
	return previous != nil && previous.Total().Covered() && total.Covered() &&
		r.New == 0 && r.Recovered == 0 && r.Healed == 0 &&
		len(r.Problems) == 0 && len(r.Missing)+len(r.Eventless) == 0 && r.Organization.Watched() &&
		r.Inventory.Missing == 0 && slices.Equal(previous.Regions, r.Regions)
}

// Read are the Regions that were read to their end.
func (r Report) Read() []string {
	return slices.DeleteFunc(slices.Clone(r.Regions), func(region string) bool {
		return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Region == region })
	})
}

// Percent is the covered part of all in percent, with one decimal. It is 100 only when everything is covered and 0
// only when nothing is. Of nothing at all there is none, and ok is false.
func (t Tally) Percent() (percent float64, ok bool) {
	if t.All <= 0 {
		return 0, false
	}
	return float64(t.Tenths()) / 10, true
}

// Tenths is the percentage in tenths.
func (t Tally) Tenths() int {
	const whole = 1000
	rounded := (t.Healthy*whole + t.All/2) / t.All
	if t.Healthy < t.All {
		rounded = min(rounded, whole-1)
	}
	if t.Healthy > 0 {
		rounded = max(rounded, 1)
	}
	return rounded
}

// Covered reports whether there is something, and all of it is covered.
func (t Tally) Covered() bool { return t.All > 0 && t.Healthy == t.All }

func sum(kinds map[coverage.Kind]Tally) Tally {
	var total Tally
	for _, t := range kinds {
		total.Healthy += t.Healthy
		total.All += t.All
	}
	return total
}

// SortedKinds puts the kinds that are known today first.
func SortedKinds(kinds map[coverage.Kind]Tally) []coverage.Kind {
	known := []coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2}
	rank := func(k coverage.Kind) int {
		if i := slices.Index(known, k); i >= 0 {
			return i
		}
		return len(known)
	}
	return slices.SortedFunc(maps.Keys(kinds), func(a, b coverage.Kind) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
}
