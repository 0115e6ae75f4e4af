package report

import (
	"cmp"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// OldestKept is how many resources of a group are kept; the rest are counted.
const OldestKept = 50

// mostNamed is how many issues are remembered with their findings, and longestNamed how long, in bytes, they may be.
const (
	mostNamed    = 512
	longestNamed = 2048
)

// Builder counts states one by one. It keeps of them only what a report names, so that its memory does not grow with
// the number of resources. It may not be used concurrently.
type Builder struct {
	past []Summary
	// previous are the resources that the last report saw uncovered, and since when reports have; zero where
	// that is not known.
	previous map[uint64]time.Time
	regions  map[string]bool

	kinds     map[coverage.Kind]Tally
	accounts  map[string]bool
	groups    map[groupKey]*Group
	findings  map[string]catalog.Finding
	keys      Keys
	seen      Moments
	crowded   bool
	fresh     int
	recovered int
	lost      named
	regained  named
}

// changesNamed is how many resources that lost or regained coverage are named.
const changesNamed = 10

// named are the first resources by their keys.
type named []coverage.Resource

func (n *named) add(r coverage.Resource) {
	at, _ := slices.BinarySearchFunc(*n, r, func(a, b coverage.Resource) int { return cmp.Compare(a.Key(), b.Key()) })
	if at == changesNamed {
		return
	}
	*n = slices.Insert((*n)[:min(len(*n), changesNamed-1)], at, r)
}

// groupKey is what the resources of a group have in common.
type groupKey struct {
	kind    coverage.Kind
	finding catalog.ID
}

// NewBuilder counts from nothing. past are the reports before, the oldest first; none before the first.
func NewBuilder(past []Summary) *Builder {
	b := &Builder{
		past:     past,
		previous: map[uint64]time.Time{},
		regions:  map[string]bool{},
		kinds:    map[coverage.Kind]Tally{},
		accounts: map[string]bool{},
		groups:   map[groupKey]*Group{},
		findings: map[string]catalog.Finding{},
	}
	if len(past) > 0 {
		last := past[len(past)-1]
		for i, key := range last.Uncovered {
			b.previous[key] = last.At
			if i < len(last.Seen) {
				b.previous[key] = last.Seen[i]
			}
		}
		for _, region := range last.Regions {
			b.regions[region] = true
		}
	}
	return b
}

// Seen is since when reports have seen the resource uncovered; zero where they have not, or it is not known.
func (b *Builder) Seen(r coverage.Resource) time.Time {
	if len(b.previous) == 0 {
		return time.Time{}
	}
	return b.previous[hash(r.Key())]
}

// Restored notes that the resource of that key was covered at that moment: what reports saw before is over.
func (b *Builder) Restored(key string, at time.Time) {
	if seen, ok := b.previous[hash(key)]; ok && seen.Before(at) {
		b.previous[hash(key)] = time.Time{}
	}
}

// Add counts one resource. Whatever is not Healthy is uncovered: then it returns the finding by which the resource is
// grouped.
func (b *Builder) Add(s coverage.State) (uncovered catalog.Finding) {
	tally := b.kinds[s.Resource.Kind]
	tally.All++
	b.accounts[s.Resource.Account] = true
	if s.Status == coverage.Healthy {
		tally.Healthy++
		if b.before(s.Resource) {
			b.recovered++
			b.regained.add(s.Resource)
		}
	} else {
		uncovered = b.uncovered(s)
	}
	b.kinds[s.Resource.Kind] = tally
	return uncovered
}

// before reports whether the last report saw the resource uncovered.
func (b *Builder) before(r coverage.Resource) bool {
	if len(b.previous) == 0 {
		return false
	}
	_, before := b.previous[hash(r.Key())]
	return before
}

func (b *Builder) uncovered(s coverage.State) catalog.Finding {
	if !b.before(s.Resource) && b.regions[s.Resource.Region] {
		b.fresh++
		b.lost.add(s.Resource)
	}
	if len(b.keys) < mostKeys {
		b.keys, b.seen = append(b.keys, hash(s.Resource.Key())), append(b.seen, s.Since())
	} else {
		b.crowded = true
	}
	finding := b.finding(s)
	id := groupKey{s.Resource.Kind, finding.ID}
	group, ok := b.groups[id]
	if !ok {
		group = &Group{Kind: s.Resource.Kind}
		b.groups[id] = group
	}
	group.add(s, finding)
	return finding
}

// finding is the most useful one of a resource, by which it is grouped. Many resources have the same issues, so what
// they are called is remembered.
func (b *Builder) finding(s coverage.State) catalog.Finding {
	same := strings.Join(append([]string{string(s.Resource.Kind), s.Agent.Status}, s.Issues...), "\x00")
	finding, ok := b.findings[same]
	if ok {
		return finding
	}
	s.Status = coverage.Unhealthy // Whatever word it is, it is not Healthy.
	finding = catalog.Classify(s.Change(time.Time{}))[0]
	if len(b.findings) < mostNamed && len(same) < longestNamed {
		b.findings[same] = finding
	}
	return finding
}

// add keeps s if it is among the oldest.
func (g *Group) add(s coverage.State, finding catalog.Finding) {
	g.Total++
	at, _ := slices.BinarySearchFunc(g.Oldest, s, Older)
	if at == OldestKept {
		return
	}
	if at == 0 {
		g.Finding = finding
	}
	if len(g.Oldest) == OldestKept {
		g.Oldest = g.Oldest[:OldestKept-1]
	}
	g.Oldest = slices.Insert(g.Oldest, at, s)
}

// Older puts what is uncovered for longer first, and that of which it is not known last.
func Older(a, b coverage.State) int {
	since, other := a.Since(), b.Since()
	if since.IsZero() != other.IsZero() {
		if since.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(since.Compare(other), cmp.Compare(a.Resource.Key(), b.Resource.Key()))
}

// Report is what was counted so far. at is when GuardDuty was asked, regions what was asked for, problems what could
// not be read, and healed how many resources healed, since the last report, before anybody was told.
func (b *Builder) Report(at time.Time, regions []string, problems []Problem, healed int) Report {
	r := Report{
		At:        at.UTC(),
		Regions:   slices.Compact(slices.Sorted(slices.Values(regions))),
		Problems:  sortedProblems(problems),
		Kinds:     b.kinds,
		Accounts:  len(b.accounts),
		Healed:    healed,
		Past:      b.past,
		New:       b.fresh,
		Recovered: b.recovered,
		Lost:      b.lost,
		Regained:  b.regained,
	}
	for _, group := range b.groups {
		r.Uncovered = append(r.Uncovered, *group)
	}
	slices.SortFunc(r.Uncovered, func(a, b Group) int { return Older(a.Oldest[0], b.Oldest[0]) })
	if previous := r.Previous(); previous != nil {
		r.Compared = !previous.Crowded
	}
	if r.crowded = b.crowded; !b.crowded {
		r.keys, r.seen = b.keys, b.seen
	}
	for i, since := range r.seen {
		r.seen[i] = cmp.Or(since, r.At)
	}
	return r
}

// sortedProblems are in the order of the Regions. A reason that is none of those known is Failed.
func sortedProblems(problems []Problem) []Problem {
	sorted := slices.SortedStableFunc(slices.Values(problems), func(a, b Problem) int { return cmp.Compare(a.Region, b.Region) })
	for i, p := range sorted {
		if !slices.Contains([]Reason{Denied, NoDetector, Off}, p.Reason) {
			sorted[i].Reason = Failed
		}
	}
	return sorted
}

// hash stands in for a resource's name in what is kept for the next report.
func hash(key string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, key)
	return h.Sum64()
}
