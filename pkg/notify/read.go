package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

// maxSkew is how far GuardDuty's clock may be ahead of ours. A change of a later moment counts as one of now:
// taken at its word, it would outdate every real change until then.
const maxSkew = 10 * time.Minute

// read opens and decodes what arrived, and sorts it by resource and group. What cannot be understood goes to
// the dead-letter queue.
func (b *batch) read(ctx context.Context, bodies []json.RawMessage) {
	items, groups := map[string]*item{}, map[string]*groupItem{}
	for _, body := range bodies {
		e, key, err := b.p.readOne(body)
		b.events = append(b.events, e)
		if err != nil {
			e.err = b.deadLetter(ctx, body, err)
			b.p.Observe(ctx, Outcome{Result: Unreadable, Err: err})
			continue
		}
		if incident.IsGroup(key) {
			if groups[key] == nil {
				groups[key] = &groupItem{key: key}
				b.groups = append(b.groups, groups[key])
			}
			groups[key].events = append(groups[key].events, e)
			continue
		}
		if items[key] == nil {
			items[key] = &item{key: key}
			b.items = append(b.items, items[key])
		}
		items[key].events = append(items[key].events, e)
	}
	for _, it := range b.items {
		// Oldest first, and at the same moment the loss last, as Observe ranks them: how long a resource is
		// uncovered depends on the order.
		slices.SortStableFunc(it.events, func(x, y *event) int {
			return cmp.Or(x.change.ChangedAt.Compare(y.change.ChangedAt), cmp.Compare(x.change.Status, y.change.Status))
		})
	}
}

func (p *Pipeline) readOne(body json.RawMessage) (e *event, key string, err error) {
	e = &event{}
	if e.Queued, err = format.OpenQueued(body); err != nil {
		return e, "", err
	}
	if e.Key != "" {
		return e, e.Key, nil
	}
	var change coverage.Change
	if e.Change != nil {
		change, err = format.UnmarshalChange(e.Change)
	} else {
		change, err = coverage.Decode(e.Event)
	}
	if err != nil {
		return e, "", err
	}
	if now := p.Now().UTC(); change.ChangedAt.IsZero() || change.ChangedAt.After(now.Add(maxSkew)) {
		change.ChangedAt = now
	}
	e.change, e.causes = change, causesOf(catalog.Classify(change))
	return e, change.Resource.Key(), nil
}

// newest is the event of the newest change that arrived, of several at the same moment the one that Observe takes; a
// wake-up when nothing else did.
func (it *item) newest() *event {
	last := it.events[len(it.events)-1].change
	return it.events[slices.IndexFunc(it.events, func(e *event) bool { return sameChange(e.change, last) })]
}

func (e *event) isWakeUp() bool { return e.change.Status == "" }

// deadLetter puts body where a person decides, and returns why when it cannot.
func (b *batch) deadLetter(ctx context.Context, body json.RawMessage, why error) error {
	if b.p.Queue == nil {
		return why
	}
	if err := b.queue.call(func() error { return b.p.Queue.DeadLetter(ctx, body, why.Error()) }); err != nil {
		return fmt.Errorf("%w; and it could not be sent to the dead-letter queue: %w", why, err)
	}
	return nil
}

func causesOf(findings []catalog.Finding) []string {
	causes := make([]string, 0, len(findings))
	for _, f := range findings {
		causes = append(causes, string(f.ID))
	}
	slices.Sort(causes)
	return slices.Compact(causes)
}
