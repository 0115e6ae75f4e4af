package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/report"
)

const (
	// eventTime is how long the event of a change may still be on its way; usually it takes 5 to 12 minutes.
	eventTime = 30 * time.Minute
	// handOverSize is how many changes are handed over together, so that like ones become one message, and
	// handOverMost how many one report hands over.
	handOverSize = 500
	handOverMost = 5000
	// handOverTime is how long the pipeline may take for them; it queues what it cannot send in time. None
	// begins in the last handOverReserve of an invocation.
	handOverTime    = time.Minute
	handOverReserve = 3 * time.Minute
)

// reconciler compares what GuardDuty lists with what is remembered, and hands over the changes that events
// missed. The next report finds again whatever is not handed over.
type reconciler struct {
	pipeline pipeline
	// now is when the report began.
	now time.Time
	// region is the one whose events this stack receives; another stack, or none, serves the others. account
	// is the one that the function runs in.
	region, account string

	// open are the resources that are remembered as uncovered and not seen yet, by their keys. unreadable are
	// the keys of items that cannot be read.
	open       map[string]dynamo.OpenResource
	unreadable map[string]bool
	// accounts are those whose resources are listed, listed is how many resources are.
	accounts map[string]bool
	listed   int

	found []coverage.Change
	// handedOver, failed and left are how many changes were handed over, failed then, and are left to the
	// next report.
	handedOver, failed, left int
}

// load starts a reconciler with the resources that are remembered as uncovered.
func (r *reporter) load(ctx context.Context, account string) (*reconciler, error) {
	c := &reconciler{
		pipeline: r.pipeline, now: r.now(), region: r.region, account: account,
		open: make(map[string]dynamo.OpenResource), unreadable: make(map[string]bool),
		accounts: make(map[string]bool),
	}
	for resource, err := range r.ledger.Open(ctx) {
		if item, ok := errors.AsType[*dynamo.UnreadableItem](err); ok {
			r.log.WarnContext(ctx, "the report skips an item of the table",
				"resource_id", item.Key, "error", item.Err.Error())
			c.unreadable[item.Key] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		c.open[resource.Resource.Key()] = resource
	}
	return c, nil
}

// openedAt is when a resource lost coverage as far as is remembered; zero when it is not.
func (c *reconciler) openedAt(r coverage.Resource) time.Time {
	known := c.open[r.Key()]
	return cmp.Or(known.OpenedAt, known.ChangedAt)
}

// compare compares a listed resource with what is remembered of it.
func (c *reconciler) compare(s coverage.State) {
	if s.Resource.Region != c.region {
		return
	}
	c.accounts[s.Resource.Account] = true
	c.listed++
	key := s.Resource.Key()
	known, open := c.open[key]
	delete(c.open, key)
	lost, regained := s.Status == coverage.Unhealthy && !open, s.Status == coverage.Healthy && open
	if !lost && !regained || c.unreadable[key] || c.justChanged(s) || c.recent(known.ChangedAt) {
		return
	}
	if s.UpdatedAt.IsZero() {
		s.UpdatedAt = c.now
	}
	c.find(s.Change(c.now))
}

// justChanged reports whether the event of the last change may still be on its way. Of an ECS cluster nobody
// knows that: each task that starts moves UpdatedAt, so that a cluster which starts tasks all day would never
// be found. If its event does come later, it is older than the change that was found, and says nothing new.
func (c *reconciler) justChanged(s coverage.State) bool {
	return s.Resource.Kind != coverage.ECS && c.recent(s.UpdatedAt)
}

func (c *reconciler) recent(changed time.Time) bool { return c.now.Sub(changed) < eventTime }

func (c *reconciler) find(change coverage.Change) {
	if len(c.found) == handOverMost {
		c.left++
		return
	}
	c.found = append(c.found, change)
}

// finish finds the resources that are gone.
func (c *reconciler) finish(ctx context.Context, reader reader, made report.Report) {
	var missing []coverage.Resource
	for _, known := range c.open {
		if known.Resource.Region == c.region && !c.recent(known.ChangedAt) && c.visible(known.Resource) {
			missing = append(missing, known.Resource)
		}
	}
	if len(missing) == 0 || !readToEnd(made, c.region) || !c.complete(ctx, reader) {
		return
	}
	for _, resource := range missing {
		c.find(gone(resource, c.now))
	}
}

// visible reports whether the resource would be listed if it were there: its account is the function's own, or others of
// its resources are listed. Events of accounts whose coverage may not be read can be forwarded, too.
func (c *reconciler) visible(r coverage.Resource) bool {
	return r.Account == c.account || c.accounts[r.Account]
}

func readToEnd(made report.Report, region string) bool {
	return slices.Contains(made.Regions, region) &&
		!slices.ContainsFunc(made.Problems, func(p report.Problem) bool { return p.Region == region })
}

// complete reports whether as many resources were listed as GuardDuty counts: pages that shift while they are
// read may leave one out, which is not gone for that.
func (c *reconciler) complete(ctx context.Context, reader reader) bool {
	counted, err := reader.Statistics(ctx, c.region)
	return err == nil && c.listed >= counted.Total()
}

// flush hands over what was found, as far as there is time for it.
func (c *reconciler) flush(ctx context.Context) error {
	handing, cancel := withReserve(ctx, handOverReserve)
	defer cancel()
	var last error
	for batch := range slices.Chunk(c.found, handOverSize) {
		if handing.Err() != nil {
			c.left += len(batch)
			continue
		}
		for _, err := range c.handOver(ctx, batch) {
			if err != nil {
				c.failed++
				last = err
			}
		}
		c.handedOver += len(batch)
	}
	if last != nil {
		return fmt.Errorf("handing over changes that events missed: %d of %d failed, the last: %w",
			c.failed, c.handedOver, last)
	}
	return nil
}

func (c *reconciler) handOver(ctx context.Context, batch []coverage.Change) []error {
	ctx, cancel := context.WithTimeout(ctx, handOverTime)
	defer cancel()
	return c.pipeline.HandleChanges(ctx, batch)
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
