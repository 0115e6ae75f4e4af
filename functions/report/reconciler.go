package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/report"
)

const (
	// eventTime is how long the event of a change may still be on its way; usually it takes 5 to 12 minutes.
	eventTime = 30 * time.Minute
	// handledAtOnce is how many changes are handed over together, so that like ones become one message, and
	// handledMost how many one report hands over; the next one finds the rest.
	handledAtOnce = 500
	handledMost   = 5000
)

// reconciler compares what GuardDuty lists with what is remembered, and hands over the
// changes of which no event told.
type reconciler struct {
	pipeline pipeline
	// now is when the report began.
	now time.Time
	// account is the one the function runs in.
	account string
	// open are the incidents of which no resource was seen yet, by their keys.
	open map[string]remembered
	// accounts are those whose resources a Region lists, listed how many it lists.
	accounts map[place]bool
	listed   map[string]int

	found      []coverage.Change
	handedOver int
	failed     int
	err        error
}

// remembered is what the reconciler needs of an incident.
type remembered struct {
	resource  coverage.Resource
	changedAt time.Time
}

// place is an account in a Region.
type place struct{ region, account string }

// load starts a reconciler with the incidents that are open.
func (r *reporter) load(ctx context.Context, account string) (*reconciler, error) {
	c := &reconciler{
		pipeline: r.pipeline, now: r.now(), account: account,
		open: make(map[string]remembered), accounts: make(map[place]bool), listed: make(map[string]int),
	}
	for incident, err := range r.ledger.Open(ctx) {
		if err != nil {
			return nil, err
		}
		if resource, ok := resourceOf(incident); ok {
			c.open[incident.Key] = remembered{resource, incident.ChangedAt}
		}
	}
	return c, nil
}

// resourceOf is the resource that an incident is of. An incident that an earlier version wrote has only its key.
func resourceOf(i coverage.Incident) (coverage.Resource, bool) {
	if i.Change.Resource.Key() == i.Key {
		return i.Change.Resource, true
	}
	parts := strings.SplitN(i.Key, "/", 4)
	if len(parts) != 4 {
		return coverage.Resource{}, false
	}
	return coverage.Resource{Account: parts[0], Region: parts[1], Kind: coverage.Kind(parts[2]), Name: parts[3]}, true
}

// compare compares one resource with what is remembered of it.
func (c *reconciler) compare(ctx context.Context, s coverage.State) {
	c.accounts[place{s.Resource.Region, s.Resource.Account}] = true
	c.listed[s.Resource.Region]++
	key := s.Resource.Key()
	incident, open := c.open[key]
	delete(c.open, key)
	lost, regained := s.Status == coverage.Unhealthy && !open, s.Status == coverage.Healthy && open
	if !lost && !regained || c.recent(s.UpdatedAt) || c.recent(incident.changedAt) {
		return
	}
	if s.UpdatedAt.IsZero() {
		s.UpdatedAt = c.now
	}
	c.take(ctx, s.Change(c.now))
}

// recent reports whether the event of a change at that moment may still be on its way.
func (c *reconciler) recent(changed time.Time) bool { return c.now.Sub(changed) < eventTime }

func (c *reconciler) take(ctx context.Context, change coverage.Change) {
	if c.handedOver+len(c.found) >= handledMost {
		return
	}
	c.found = append(c.found, change)
	if len(c.found) == handledAtOnce {
		c.flush(ctx)
	}
}

// flush hands over what was found so far.
func (c *reconciler) flush(ctx context.Context) {
	if len(c.found) == 0 {
		return
	}
	for _, err := range c.pipeline.HandleChanges(ctx, c.found) {
		if err != nil {
			c.failed++
			c.err = err
		}
	}
	c.handedOver += len(c.found)
	c.found = nil
}

// finish ends the incidents of resources that are gone, hands over what is left, and says whether anything failed.
func (c *reconciler) finish(ctx context.Context, reader reader, made report.Report) error {
	whole := make(map[string]bool)
	for key, incident := range c.open {
		region := incident.resource.Region
		if c.recent(incident.changedAt) || !c.visible(incident.resource) || !readToEnd(made, region) {
			continue
		}
		if _, asked := whole[region]; !asked {
			whole[region] = c.whole(ctx, reader, region)
		}
		if whole[region] {
			c.take(ctx, gone(incident.resource, c.now))
			delete(c.open, key)
		}
	}
	c.flush(ctx)
	if c.failed > 0 {
		return fmt.Errorf("handing over changes that no event told: %d of %d failed, the last: %w", c.failed, c.handedOver, c.err)
	}
	return nil
}

// visible reports whether the resource would be listed if it were there: its account is the function's own, or others of
// its resources are listed. Events of accounts whose coverage may not be read can be forwarded, too.
func (c *reconciler) visible(r coverage.Resource) bool {
	return r.Account == c.account || c.accounts[place{r.Region, r.Account}]
}

func readToEnd(made report.Report, region string) bool {
	return slices.Contains(made.Regions, region) &&
		!slices.ContainsFunc(made.Problems, func(p report.Problem) bool { return p.Region == region })
}

// whole reports whether as many resources were listed as GuardDuty counts: pages that shift while they are read may
// leave one out, which is not gone for that.
func (c *reconciler) whole(ctx context.Context, reader reader, region string) bool {
	counted, err := reader.Statistics(ctx, region)
	return err == nil && c.listed[region] >= counted.Total()
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
