package inventory

import (
	"cmp"
	"slices"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Named is how many places of a Sum are named; the rest are counted.
const Named = 50

// Sum compares what exists with what GuardDuty lists. The zero Sum says that nobody asked.
type Sum struct {
	// Asked is false when nobody did.
	Asked bool
	// Account is the one that was counted; empty: the organization.
	Account string
	// Kinds are EKS, ECS and EC2.
	Kinds []Kind
	// Missing is how many resources can be covered and are not listed, MissingIn where, most first, at most 50.
	Missing   int
	MissingIn []Missing
	// Apart is what GuardDuty does not list as such, by reason.
	Apart []Part
	// Gaps are what could not be counted, at most 50, and MoreGaps how many others there are.
	Gaps     []Gap
	MoreGaps int
}

// Kind is one kind of resource, where it could be counted.
type Kind struct {
	Kind coverage.Kind
	// Exists and Coverable are as in a Count; Unknown where nothing could be counted.
	Exists, Coverable int
	Listed
	// Unrecorded is how many accounts have none on record with AWS Config: none exists, or the kind is not recorded.
	// Contradicted are those of them of which GuardDuty lists some, so that the kind is not recorded.
	Unrecorded, Contradicted int
}

// Missing is a place where more can be covered than GuardDuty lists.
type Missing struct {
	Key
	Coverable, Listed int
}

// Part is what has one reason in common.
type Part struct {
	Reason Reason
	Kind   coverage.Kind
	Total  int
	// In are the places with the most, at most 5, and More is how many others there are.
	In   []Key
	More int
}

// partsNamed is how many places of a Part are named.
const partsNamed = 5

// Empty reports whether there is nothing to say: nobody asked, or nothing exists.
func (s Sum) Empty() bool {
	exists := func(k Kind) bool { return k.Exists > 0 || k.Contradicted > 0 }
	return !s.Asked || !slices.ContainsFunc(s.Kinds, exists) && len(s.Gaps) == 0
}

// Add compares what was found with what GuardDuty lists. accounts are all that are known of; those of the listing
// count, too.
func Add(found Found, listing Listing, accounts []string) Sum {
	a := adder{found: found, listing: listing, known: make(map[coverage.Kind]map[string]bool)}
	a.recorded()
	a.everyone(accounts)
	sum := Sum{Asked: true, Account: found.Account}
	for _, kind := range []coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2} {
		sum.Kinds = append(sum.Kinds, a.kind(kind))
	}
	sum.Missing, sum.MissingIn = a.missing()
	sum.Apart = a.parts()
	sum.Gaps = sortedGaps(found.Gaps)
	if sum.MoreGaps = max(0, len(sum.Gaps)-Named); sum.MoreGaps > 0 {
		sum.Gaps = sum.Gaps[:Named]
	}
	return sum
}

// adder is a Sum in the making.
type adder struct {
	found   Found
	listing Listing
	// known are the accounts that have a kind on record, accounts all there are.
	known    map[coverage.Kind]map[string]bool
	accounts map[string]bool
}

func (a *adder) recorded() {
	for key := range a.found.Counts {
		if a.known[key.Kind] == nil {
			a.known[key.Kind] = make(map[string]bool)
		}
		a.known[key.Kind][key.Account] = true
	}
}

func (a *adder) everyone(accounts []string) {
	a.accounts = make(map[string]bool)
	for _, id := range accounts {
		a.accounts[id] = true
	}
	for key := range a.listing {
		a.accounts[key.Account] = true
	}
}

// counted reports whether the kind was counted there: of one account, unless a gap says otherwise; of records, in
// accounts that have any.
func (a *adder) counted(key Key) bool {
	if a.found.Recorded {
		return a.known[key.Kind][key.Account]
	}
	_, counted := a.found.Counts[key]
	return counted
}

func (a *adder) kind(kind coverage.Kind) Kind {
	sum := Kind{Kind: kind, Exists: Unknown, Coverable: Unknown}
	for key, count := range a.found.Counts {
		if key.Kind != kind {
			continue
		}
		if sum.Exists == Unknown {
			sum.Exists, sum.Coverable = 0, 0
		}
		sum.Exists += count.Exists
		if count.Coverable == Unknown || sum.Coverable == Unknown {
			sum.Coverable = Unknown
		} else {
			sum.Coverable += count.Coverable
		}
	}
	contradicted := make(map[string]bool)
	for key, listed := range a.listing {
		switch {
		case key.Kind != kind || a.found.Account != "" && key.Account != a.found.Account:
		case a.counted(key):
			sum.All += listed.All
			sum.Covered += listed.Covered
		case a.found.Recorded:
			contradicted[key.Account] = true
		}
	}
	if a.found.Recorded {
		sum.Unrecorded, sum.Contradicted = len(a.accounts)-a.among(kind), len(contradicted)
	}
	return sum
}

// among is how many of all accounts have the kind on record.
func (a *adder) among(kind coverage.Kind) int {
	n := 0
	for id := range a.known[kind] {
		if a.accounts[id] {
			n++
		}
	}
	return n
}

// missing counts what is not listed, and keeps no more places than it needs: an organization may have many.
func (a *adder) missing() (total int, in []Missing) {
	for key, count := range a.found.Counts {
		listed := a.listing[key].All
		if count.Coverable <= listed {
			continue
		}
		total += count.Coverable - listed
		in = append(in, Missing{key, count.Coverable, listed})
		if len(in) == 2*Named {
			in = most(in)
		}
	}
	return total, most(in)
}

// most are the places with the most that is missing.
func most(in []Missing) []Missing {
	slices.SortFunc(in, func(a, b Missing) int {
		return cmp.Or(cmp.Compare(b.Coverable-b.Listed, a.Coverable-a.Listed), compareKeys(a.Key, b.Key))
	})
	return in[:min(len(in), Named)]
}

func compareKeys(a, b Key) int {
	return cmp.Or(
		cmp.Compare(a.Account, b.Account),
		cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.Kind, b.Kind),
	)
}

// reasons is the order of the parts.
func reasons() []Reason {
	return []Reason{Windows, ManagedInstances, FargatePods, HybridNodes, OnOutpost, Nodes, Idle}
}

func (a *adder) parts() []Part {
	byReason := make(map[Reason][]Apart)
	for _, apart := range a.found.Apart {
		byReason[apart.Reason] = append(byReason[apart.Reason], apart)
	}
	var parts []Part
	for _, reason := range reasons() {
		places := byReason[reason]
		if len(places) == 0 {
			continue
		}
		slices.SortFunc(places, func(a, b Apart) int {
			return cmp.Or(cmp.Compare(b.Total, a.Total), compareKeys(a.Key, b.Key))
		})
		part := Part{Reason: reason, Kind: places[0].Kind, More: max(0, len(places)-partsNamed)}
		for i, place := range places {
			part.Total += place.Total
			if i < partsNamed {
				part.In = append(part.In, place.Key)
			}
		}
		parts = append(parts, part)
	}
	return parts
}

func sortedGaps(gaps []Gap) []Gap {
	return slices.SortedFunc(slices.Values(gaps), func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Detail, b.Detail))
	})
}
