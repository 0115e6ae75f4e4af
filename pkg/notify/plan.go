package notify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

// plan decides for every record and sink what is to be done.
func (b *batch) plan() {
	for _, it := range b.items {
		if !it.claimed {
			b.p.planWithoutMemory(it)
			continue
		}
		for _, sink := range b.p.Sinks {
			t := &target{item: it, sink: sink.Name(), record: it.record}
			t.action = b.p.planFor(t, b.p.Now())
			switch t.action.Kind {
			case incident.Nothing:
			case incident.Wait:
				it.wake(t.action.Until)
				it.record.Awaits(t.sink, t.action.Until)
			default:
				it.targets = append(it.targets, t)
			}
		}
	}
}

// classify names the record's issues and decides where its change goes.
func (p *Pipeline) classify(it *item) {
	if it.record.Change.Status != "" {
		it.findings = catalog.Classify(it.record.Change)
		it.decision = p.decide(it.record.Change, it.record.Causes)
	}
}

func (p *Pipeline) planFor(t *target, at time.Time) incident.Action {
	return t.record.Plan(t.sink, p.routing(t), at)
}

// minGroup is how many like notifications become one message.
const minGroup = 3

// alike sorts targets into those that one message can speak for, the largest first: the first of many waits
// no longer than what is alone.
func (b *batch) alike(targets []*target) (all [][]*target) {
	likeness := func(t *target) string {
		own := "" // What has a message of its own, which only it can change, is like nothing else.
		if t.parent() != "" {
			own = t.key
		}
		return strings.Join(append(t.likeness(), t.decision.language(t.sink, b.p.Language).Code, own), "\x00")
	}
	for _, like := range sortInto(targets, likeness) {
		size := 1
		if len(like) >= minGroup || like[0].sharedCause() != "" {
			size = incident.MaxMembers
		}
		all = slices.AppendSeq(all, slices.Chunk(like, size))
	}
	slices.SortStableFunc(all, func(x, y []*target) int { return cmp.Compare(len(y), len(x)) })
	return all
}

// sortInto sorts targets into those with the same key, in the order in which the keys occur.
func sortInto(targets []*target, key func(*target) string) (all [][]*target) {
	index := make(map[string]int)
	for _, t := range targets {
		k := key(t)
		i, ok := index[k]
		if !ok {
			i, index[k], all = len(all), len(all), append(all, nil)
		}
		all[i] = append(all[i], t)
	}
	return all
}

// likeness is what like changes have in common: the cause that they share, or status, kind, causes, account and
// Region, and why nothing is left to cover.
func (it *item) likeness() []string {
	resource, gone := it.record.Change.Resource, ""
	if cause := it.sharedCause(); cause != "" {
		return []string{cause}
	}
	if weight := catalog.Weigh(it.findings, it.evidence); weight.Gone {
		gone = string(weight.Cause)
	}
	if it.record.Change.Gone {
		gone = "listed no more"
	}
	return []string{
		string(it.record.Change.Status), string(resource.Kind), resource.Account, resource.Region,
		strings.Join(it.record.Causes, " "), gone,
	}
}

// parent is the resource's own message, if it has one.
func (t *target) parent() string { return t.record.Notified[t.sink].Ref }

// sharedCause is what explains the loss of others, too, by what the diagnosis found; "" when nothing does.
func (it *item) sharedCause() string {
	shared, r := catalog.Weigh(it.findings, it.evidence).Shared, it.record.Change.Resource
	if shared.Cause == "" || it.crowded || it.record.Change.Status != coverage.Unhealthy {
		return ""
	}
	return strings.Join([]string{r.Account, r.Region, string(shared.Cause), shared.Thing}, "/")
}
