package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/report"
)

const (
	// eventTime is how long the event of a change may still be on its way; usually it takes 5 to 12 minutes.
	eventTime = 30 * time.Minute
	// queueMost is how many changes one report queues. None is queued in the last queueReserve of an
	// invocation.
	queueMost    = 5000
	queueReserve = time.Minute
)

// reconciler compares what GuardDuty lists with what is remembered, and queues the changes that events missed
// for the notifier. The next report finds again whatever is not queued.
type reconciler struct {
	pipeline pipeline
	// now is when the report began.
	now time.Time
	// regions are those whose events this stack receives: its own, and those that forwarders serve. Another
	// stack, or none, serves the others. account is the one that the function runs in.
	regions []string
	account string

	// open are the resources that are remembered as uncovered and not seen yet, by their keys. unreadable are
	// the keys of items that cannot be read.
	open       map[string]incident.Record
	unreadable map[string]bool
	// accounts are those whose resources are listed in a Region, listed is how many resources are.
	accounts map[place]bool
	listed   map[string]int
	// unaudited is why what is overdue could not be queued.
	unaudited error

	found []coverage.Change
	// queued, failed and left are how many changes were queued, could not be, and are left to the next
	// report.
	queued, failed, left int
}

// place is an account in a Region.
type place struct{ account, region string }

// load starts a reconciler with the resources that are remembered as uncovered, has the builder know when others
// were covered again, events how each change became known, and losses, unless it is nil, what records keep of them.
func (r *reporter) load(
	ctx context.Context, account string, builder *report.Builder, events *eventless, losses *app.Losses,
) (*reconciler, error) {
	c := &reconciler{
		pipeline: r.pipeline, now: r.now(), account: account,
		regions: r.served,
		open:    make(map[string]incident.Record), unreadable: make(map[string]bool),
		accounts: make(map[place]bool), listed: make(map[string]int),
	}
	var unlisted error
	overdue := r.pipeline.Audit(ctx, func(yield func(incident.Stored, error) bool) {
		for stored, err := range r.ledger.All(ctx) {
			if item, ok := errors.AsType[*dynamo.UnreadableItem](err); ok {
				r.log.WarnContext(ctx, "the report skips an item of the table",
					"resource_id", item.Key, "error", item.Err.Error())
				c.unreadable[item.Key] = true
			} else if err != nil {
				unlisted = err
			}
			record := stored.Record
			if record.Change.Status != "" {
				events.add(record.Change)
			}
			if losses != nil {
				losses.Add(record)
			}
			switch record.Change.Status {
			case coverage.Unhealthy:
				c.open[record.Key] = record
			case coverage.Healthy:
				builder.Restored(record.Key, record.Change.ChangedAt)
			}
			if !yield(stored, err) {
				return
			}
		}
	})
	c.unaudited = overdue
	return c, unlisted
}

// openedAt is when a resource lost coverage as far as is remembered; zero when it is not.
func (c *reconciler) openedAt(r coverage.Resource) time.Time {
	known := c.open[r.Key()]
	return cmp.Or(known.OpenedAt, known.Change.ChangedAt)
}

// compare compares a listed resource with what is remembered of it.
func (c *reconciler) compare(s coverage.State) {
	if !slices.Contains(c.regions, s.Resource.Region) {
		return
	}
	c.accounts[place{s.Resource.Account, s.Resource.Region}] = true
	c.listed[s.Resource.Region]++
	key := s.Resource.Key()
	known, open := c.open[key]
	delete(c.open, key)
	lost, regained := s.Status == coverage.Unhealthy && !open, s.Status == coverage.Healthy && open
	other := s.Status == coverage.Unhealthy && open && !sameCauses(s, known)
	if !lost && !regained && !other || c.unreadable[key] || c.justChanged(s) || c.recent(known.Change.ChangedAt) {
		return
	}
	s.UpdatedAt = c.changedAt(s, lost)
	c.find(s.Change(c.now))
}

// changedAt is when the state changed at the latest. UpdatedAt of an ECS cluster does not say so: then a loss
// dates from the first report that saw it, which may be this one, and anything else from this report.
func (c *reconciler) changedAt(s coverage.State, lost bool) time.Time {
	switch {
	case s.Resource.Kind != coverage.ECS && !s.UpdatedAt.IsZero():
		return s.UpdatedAt
	case lost && !s.OpenedAt.IsZero():
		return s.OpenedAt
	}
	return c.now
}

// sameCauses reports whether GuardDuty lists the resource with the causes that are remembered.
func sameCauses(s coverage.State, known incident.Record) bool {
	var causes []string
	for _, f := range catalog.Classify(s.Change(s.UpdatedAt)) {
		causes = append(causes, string(f.ID))
	}
	slices.Sort(causes)
	return slices.Equal(slices.Compact(causes), known.Causes)
}

// justChanged reports whether the event of the last change may still be on its way. Of an ECS cluster nobody
// knows that: each task that starts moves UpdatedAt, so that a cluster which starts tasks all day would never
// be found. If its event does come later, it is older than the change that was found, and says nothing new.
func (c *reconciler) justChanged(s coverage.State) bool {
	return s.Resource.Kind != coverage.ECS && c.recent(s.UpdatedAt)
}

func (c *reconciler) recent(changed time.Time) bool { return c.now.Sub(changed) < eventTime }

func (c *reconciler) find(change coverage.Change) {
	if len(c.found) == queueMost {
		c.left++
		return
	}
	c.found = append(c.found, change)
}

// finish finds the resources that are gone.
func (c *reconciler) finish(ctx context.Context, reader reader, made report.Report) {
	missing := make(map[string][]coverage.Resource)
	for _, known := range c.open {
		resource := known.Change.Resource
		served := slices.Contains(c.regions, resource.Region)
		if served && !c.recent(known.Change.ChangedAt) && c.visible(resource) {
			missing[resource.Region] = append(missing[resource.Region], resource)
		}
	}
	for _, region := range slices.Sorted(maps.Keys(missing)) {
		if !readToEnd(made, region) || !c.complete(ctx, reader, region) {
			continue
		}
		for _, resource := range missing[region] {
			c.find(gone(resource, c.now))
		}
	}
}

// visible reports whether the resource would be listed if it were there: its account is the function's own,
// or others of its resources are listed. Events of accounts whose coverage may not be read can be forwarded,
// too.
func (c *reconciler) visible(r coverage.Resource) bool {
	return r.Account == c.account || c.accounts[place{r.Account, r.Region}]
}

func readToEnd(made report.Report, region string) bool {
	return slices.Contains(made.Regions, region) &&
		!slices.ContainsFunc(made.Problems, func(p report.Problem) bool { return p.Region == region })
}

// complete reports whether as many resources were listed as GuardDuty counts: pages that shift while they are
// read may leave one out, which is not gone for that.
func (c *reconciler) complete(ctx context.Context, reader reader, region string) bool {
	counted, err := reader.Statistics(ctx, region)
	return err == nil && c.listed[region] >= counted.Total()
}

// flush queues what was found, as far as there is time for it.
func (c *reconciler) flush(ctx context.Context) error {
	ctx, cancel := withReserve(ctx, queueReserve)
	defer cancel()
	if len(c.found) == 0 || ctx.Err() != nil {
		c.left += len(c.found)
		return nil
	}
	var last error
	for _, err := range c.pipeline.Enqueue(ctx, c.found) {
		if err != nil {
			c.failed++
			last = err
		}
	}
	c.queued = len(c.found) - c.failed
	if last != nil {
		return fmt.Errorf("queueing changes that events missed: %d of %d failed, the last: %w",
			c.failed, len(c.found), last)
	}
	return nil
}

// withReserve is ctx that ends so long before its deadline.
func withReserve(ctx context.Context, reserve time.Duration) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-reserve))
}

// gone is the change of a resource that GuardDuty does not list any more.
func gone(r coverage.Resource, now time.Time) coverage.Change {
	change := coverage.State{
		Resource: r, Status: coverage.Healthy, UpdatedAt: now,
		Coverage: coverage.Count{Covered: coverage.Unknown, Total: coverage.Unknown},
	}.Change(now)
	change.Gone = true
	return change
}
