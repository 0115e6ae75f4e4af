package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

// delivery is what became of a claim's lead with one sink: it was told, or err says why not.
type delivery struct {
	sink string
	told coverage.Told
	// grouped is true when a group's message told it.
	grouped bool
	err     error
	// forgotten is why the message's group is not remembered.
	forgotten error
}

// Why a message was not even tried.
var (
	errStorm = errors.New("too many messages this minute")
	errBusy  = errors.New("somebody else is changing the same message")
)

// deliver tells every sink what is pending for it, all sinks at the same time, so that one that hangs cannot eat
// another's.
func (p *Pipeline) deliver(ctx context.Context, claims []*claim) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, deadline.Add(-settleTime), errors.New("no time was left in this invocation"))
		defer cancel()
	}
	rounds := make([]*round, len(p.Sinks))
	var wg sync.WaitGroup
	for i, sink := range p.Sinks {
		rounds[i] = &round{p: p, sink: sink}
		pending := pendingFor(claims, sink.Name())
		wg.Go(func() { rounds[i].run(ctx, pending) })
	}
	wg.Wait()
	for _, r := range rounds {
		for _, done := range r.done {
			done.claim.deliveries = append(done.claim.deliveries, done.delivery)
		}
	}
}

func pendingFor(claims []*claim, sink string) []*claim {
	var pending []*claim
	for _, c := range claims {
		if c.lead != nil && c.lead.verdict == tell && slices.Contains(c.incident.Pending, sink) {
			pending = append(pending, c)
		}
	}
	return pending
}

// round is everything one sink is told of one batch.
type round struct {
	p    *Pipeline
	sink Sink
	// down is why the sink is left alone for the rest of the round: what refused one message because it is
	// overloaded, or did not answer, is not asked again at once.
	down error
	done []claimDelivery
}

type claimDelivery struct {
	claim *claim
	delivery
}

// run first brings the messages of groups up to date whose members recovered, and then tells what needs a message of
// its own, like changes together. Who is uncovered for another cause stays a member of its group.
func (r *round) run(ctx context.Context, claims []*claim) {
	own := r.leaveGroups(ctx, claims)
	for _, alike := range r.likeClaims(own) {
		if len(alike) >= enoughForGroup {
			r.group(ctx, alike)
			continue
		}
		for _, c := range alike {
			r.single(ctx, c)
		}
	}
}

// single tells one change with a message of its own.
func (r *round) single(ctx context.Context, c *claim) {
	if r.putOff(ctx, c) {
		return
	}
	m := r.p.single(r.language(c), c)
	ref, err := r.send(ctx, m, r.parent(c))
	r.record(ref, "", err, c)
}

// language is that in which the sink is told of the claim's lead.
func (r *round) language(c *claim) catalog.Language {
	return c.lead.language(r.sink.Name(), r.p.Language)
}

// parent is the message that says that the resource is uncovered, if it has one of its own.
func (r *round) parent(c *claim) string {
	last := c.incident.Told[r.sink.Name()]
	if last.Status != coverage.Unhealthy {
		return ""
	}
	return last.Ref
}

// putOff reports whether the claims' message has to wait, and records why.
func (r *round) putOff(ctx context.Context, claims ...*claim) bool {
	err := r.refused(ctx, claims)
	if err != nil {
		r.record("", "", err, claims...)
	}
	return err != nil
}

// refused is why the claims' message is not even tried; nil when it may be sent.
func (r *round) refused(ctx context.Context, claims []*claim) error {
	if r.down == nil && r.stormy(ctx, claims) {
		return errStorm
	}
	return r.down
}

// stormy counts one more message and reports whether that is one too many. Who gave way often enough is not asked to
// again; a store that cannot count stops nobody.
func (r *round) stormy(ctx context.Context, claims []*claim) bool {
	if r.p.Queue == nil || r.p.StormLimit <= 0 {
		return false
	}
	n, err := r.p.Pace.Add(ctx, r.sink.Name(), r.p.Now().UTC().Truncate(time.Minute))
	patient := !slices.ContainsFunc(claims, func(c *claim) bool { return c.lead.letter.Storms >= stormsMost })
	return err == nil && n > r.p.StormLimit && patient
}

// send sends one message within the sink's time, once more when the sink asks for a moment's patience.
func (r *round) send(ctx context.Context, m message.Message, parent string) (string, error) {
	ref, err := r.sendOnce(ctx, m, parent)
	if after := retryAfter(err); after > 0 && after <= shortWait && fits(ctx, after+r.p.SinkTimeout, r.p.Now()) {
		select {
		case <-time.After(after):
			ref, err = r.sendOnce(ctx, m, cmp.Or(ref, parent))
		case <-ctx.Done():
		}
	}
	if err == nil {
		return ref, nil
	}
	err = fmt.Errorf("%s: %w", r.sink.Name(), err)
	if !permanent(err) {
		r.down = err
	}
	return ref, err
}

func (r *round) sendOnce(ctx context.Context, m message.Message, parent string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.p.SinkTimeout, fmt.Errorf("no answer within %v", r.p.SinkTimeout))
	defer cancel()
	ref, err := r.sink.Send(ctx, m, parent)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return ref, err
}

func fits(ctx context.Context, d time.Duration, now time.Time) bool {
	deadline, ok := ctx.Deadline()
	return !ok || now.Add(d).Before(deadline)
}

// record notes what became of one message that spoke for the claims: one of their own, or the group's of that key.
func (r *round) record(ref, group string, err error, claims ...*claim) {
	for _, c := range claims {
		told := coverage.Told{Ref: ref, Status: c.lead.change.Status, ChangedAt: c.lead.change.ChangedAt, At: r.p.Now()}
		if told.Status == coverage.Unhealthy {
			told.Groups = c.incident.Told[r.sink.Name()].Groups
			if group != "" {
				told.Groups = with(told.Groups, group)
			}
		}
		r.done = append(r.done, claimDelivery{c, delivery{sink: r.sink.Name(), told: told, grouped: group != "" || len(claims) > 1, err: err}})
	}
}

// likeClaims sorts the claims into those that one message can speak for. A resource that has a message of its own is like no other.
func (r *round) likeClaims(claims []*claim) [][]*claim {
	byLikeness := make(map[string][]*claim)
	for _, c := range claims {
		likeness := append(c.likeness(), r.language(c).Code)
		if r.parent(c) != "" {
			likeness = append(likeness, c.incident.Key)
		}
		key := strings.Join(likeness, "\x00")
		byLikeness[key] = append(byLikeness[key], c)
	}
	var all [][]*claim
	for _, key := range sortedKeys(byLikeness) {
		all = slices.AppendSeq(all, slices.Chunk(byLikeness[key], groupMost))
	}
	return all
}

// likeness is what like changes have in common: status, kind, findings, account and Region, and why nothing is left to cover.
func (c *claim) likeness() []string {
	resource, gone := c.lead.change.Resource, ""
	if weight := catalog.Weigh(c.lead.findings, c.lead.evidence); weight.Gone {
		gone = string(weight.Cause)
	}
	return []string{
		string(c.lead.change.Status), string(resource.Kind), resource.Account, resource.Region, strings.Join(c.incident.Causes, " "), gone,
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
