package notify

import (
	"context"
	"time"

	"guardduty-coverage-notifier/pkg/delivery"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
)

// groupItem is one group with the wake-ups that arrived for it.
type groupItem struct {
	key    string
	events []*event
	group  incident.Group
	lease  string
	wakeAt time.Time
	err    error
}

const (
	// groupPause is how long a change to a group's members waits, so that the message changes once for many.
	groupPause = 5 * time.Second
	// leavePatience is how long it is tried to take a member out of its group before it is notified by
	// itself.
	leavePatience = 10 * time.Minute
)

// claimGroup leases a group. What cannot be claimed goes back to the queue.
func (b *batch) claimGroup(ctx context.Context, g *groupItem) {
	var free bool
	err := b.store.call(func() (err error) {
		g.group, g.lease, free, err = b.p.Store.ClaimGroup(ctx, g.key)
		return err
	})
	switch {
	case err != nil:
		g.err = b.putBack(ctx, g.events, func(e *event) time.Duration { return e.backoff(b.p.Now()) })
	case !free:
		g.err = b.putBack(ctx, g.events, func(*event) time.Duration { return busyDelay })
	default:
		for _, e := range g.events {
			g.group.Arrived(e.Due)
			if len(e.Redrive) > 0 {
				g.group.Redriven()
			}
		}
	}
}

// updateGroup changes the group's message if its members changed, and notes what became of it.
func (r *run) updateGroup(ctx context.Context, item *groupItem) {
	g := &item.group
	switch action := g.Plan(r.p.Now()); action.Kind {
	case incident.Nothing:
		return
	case incident.Wait:
		item.wakeAt = action.Until
		return
	}
	ref, err := "", r.refused(ctx, g.MayDefer(r.p.Now()), false)
	if err == nil {
		language, ok := locale.Of(g.Language)
		if !ok {
			language = r.p.Language
		}
		m := r.p.composeGroup(language, *g)
		m.Update = len(g.Open) > 0 // Who cannot change a message sends none about fewer members.
		ref, err = r.deliver(ctx, m, g.Ref)
	}
	r.noteGroup(ctx, item, ref, err)
}

func (r *run) noteGroup(ctx context.Context, item *groupItem, ref string, err error) {
	g, now := &item.group, r.p.Now()
	switch {
	case err == nil:
		g.Sent(ref, now)
		return
	case isDeferral(err):
		g.Deferred(now)
	case r.giveUp(ctx, g.Key, g.Retry, err):
		g.GaveUp()
		return
	default:
		g.Failed(now, delivery.RetryAfter(err))
	}
	item.wakeAt = g.NextAttempt
}

// leaveGroups takes the targets out of their groups, one call a group, and plans again what is left to be
// done about each.
func (r *run) leaveGroups(ctx context.Context, targets []*target) {
	groupOf := func(t *target) string { return t.record.Notified[r.sink.Name()].Group }
	for _, members := range sortInto(targets, groupOf) {
		group := groupOf(members[0])
		if group == "" {
			continue
		}
		known, err := r.leave(ctx, group, members)
		for _, t := range members {
			r.noteLeft(t, known, err)
		}
	}
}

// leave takes members out of their group and makes sure that its message follows.
func (r *run) leave(ctx context.Context, group string, targets []*target) (known bool, err error) {
	members := make([]string, len(targets))
	for i, t := range targets {
		members[i] = incident.Member(t.key)
	}
	due, covered := r.p.Now().Add(groupPause), false
	err = r.store.call(func() (err error) {
		known, covered, err = r.p.Store.Leave(ctx, group, members, due)
		return err
	})
	if err != nil || !known || covered {
		return known, err
	}
	if r.p.Queue == nil {
		return true, r.updateNow(ctx, group)
	}
	return true, r.sendWakeUp(ctx, group, due)
}

// updateNow changes a group's message at once, where nothing can wait.
func (r *run) updateNow(ctx context.Context, key string) error {
	g := &groupItem{key: key}
	r.claimGroup(ctx, g)
	if g.lease == "" {
		return g.err
	}
	g.group.NextAttempt = time.Time{}
	r.updateGroup(ctx, g)
	return r.p.Store.SaveGroup(ctx, g.group, g.lease, time.Time{})
}

// noteLeft notes what became of leaving, and plans again what is left to be sent.
func (r *run) noteLeft(t *target, known bool, err error) {
	name, now := r.sink.Name(), r.p.Now()
	switch {
	case err != nil && t.record.Notified[name].FailingFor(now) < leavePatience:
		t.record.Leaving(name, now)
		t.err = err
	case err != nil || !known:
		t.record.Orphaned(name)
	default:
		t.record.Left(name)
	}
	// Whoever read that it is uncovered is not made to wait for its new cause.
	to := r.p.routing(t)
	to.Hold = 0
	t.action = t.record.Plan(name, to, now)
	t.grouped = t.action.Kind == incident.Nothing
	t.notified = t.grouped // The group's message says so.
}
