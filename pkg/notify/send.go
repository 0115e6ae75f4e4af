package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/delivery"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// send notifies every sink of what is planned for it, all sinks at the same time, so that one that hangs
// cannot cost another's notifications, and notes what became of it.
func (b *batch) send(ctx context.Context) {
	ctx, cancel := b.sending(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for _, sink := range b.p.Sinks {
		r := &run{batch: b, sink: sink}
		wg.Go(func() { r.all(ctx) })
	}
	wg.Wait()
	for _, it := range b.items {
		for _, t := range it.targets {
			it.record.Adopt(t.sink, t.record)
			if t.action.Kind == incident.Wait {
				it.wake(t.action.Until)
			}
		}
	}
}

// sending is ctx with time left over for queueing and saving.
func (b *batch) sending(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, deadline.Add(-saveTime), errNoTime)
}

// run is everything one sink is notified of in one batch.
type run struct {
	*batch
	sink Sink
	// down is why the sink is left alone for the rest of the batch: what refused one message because it is
	// overloaded, or did not answer, is not asked again at once.
	down error
}

// all first brings groups' messages up to date, then takes members out of their groups, and then sends what
// needs a message of its own, like notifications together.
func (r *run) all(ctx context.Context) {
	for _, g := range r.groups {
		if g.lease != "" && g.group.Sink == r.sink.Name() {
			r.updateGroup(ctx, g)
		}
	}
	var targets []*target
	for _, it := range r.items {
		isOurs := func(t *target) bool { return t.sink == r.sink.Name() }
		if i := slices.IndexFunc(it.targets, isOurs); i >= 0 {
			targets = append(targets, it.targets[i])
		}
	}
	r.leaveGroups(ctx, targets)
	var own []*target
	for _, t := range targets {
		switch t.action.Kind {
		case incident.Close:
			t.record.Sent(r.sink.Name(), "", "")
		case incident.Open, incident.Update, incident.Resolve:
			own = append(own, t)
		}
	}
	for _, alike := range r.alike(own) {
		r.one(ctx, alike)
	}
}

// one sends one message that speaks for the targets, and notes what became of it.
func (r *run) one(ctx context.Context, targets []*target) {
	ref, group, err := r.message(ctx, targets)
	for _, t := range targets {
		t.err, t.grouped = err, len(targets) > 1
		r.note(ctx, t, ref, group)
		t.action = r.p.planFor(t, r.p.Now())
	}
}

func (r *run) message(ctx context.Context, targets []*target) (ref, group string, err error) {
	t := targets[0]
	name := r.sink.Name()
	language := t.decision.language(name, r.p.Language)
	mayDefer := !slices.ContainsFunc(targets, func(t *target) bool { return !t.record.Notified[name].MayDefer(r.p.Now()) })
	if err := r.refused(ctx, mayDefer, len(targets) < minGroup); err != nil {
		return "", "", err
	}
	if len(targets) == 1 {
		ref, err = r.deliver(ctx, r.p.composeOne(language, t), t.parent())
		return ref, "", err
	}
	g := r.newGroup(language, targets)
	if ref, err = r.deliver(ctx, r.p.composeGroup(language, g), ""); err != nil || ref == "" || len(g.Open) == 0 {
		// The message cannot, or need not, be brought up to date: each member's recovery is a notification of
		// its own.
		return "", "", err
	}
	g.Ref, g.Key = ref, incident.GroupKey(name, ref)
	// Members keep the key even if this fails, since the answer may be lost: where there is no such group
	// after all, leaving it says so.
	_ = r.store.call(func() error { return r.p.Store.CreateGroup(ctx, g) })
	return "", g.Key, nil
}

// note notes in the sink's copy of the record what became of a notification.
func (r *run) note(ctx context.Context, t *target, ref, group string) {
	name, now := r.sink.Name(), r.p.Now()
	n := t.record.Notified[name]
	switch {
	case t.err == nil:
		t.record.Sent(name, ref, group)
		t.notified = true
		return
	case isDeferral(t.err):
		t.record.Deferred(name, now)
		t.deferred = true
		return
	case r.giveUp(ctx, t.key, n.Retry, t.err):
		t.record.GaveUp(name)
		t.gaveUp = true
		return
	}
	t.record.Failed(name, now, delivery.Uncertain(t.err), delivery.RetryAfter(t.err))
}

// giveUp sends to the dead-letter queue what cannot be sent, or could not be for too long, and reports
// whether it is safely there.
func (r *run) giveUp(ctx context.Context, key string, retry incident.Retry, why error) bool {
	if !delivery.Permanent(why) && retry.FailingFor(r.p.Now()) <= incident.Patience {
		return false
	}
	return r.deadLetter(ctx, format.Queued{Key: key, Redrive: []string{r.sink.Name()}}.Body(), why) == nil
}

// isDeferral reports whether err says that the message was not even tried, and will be soon.
func isDeferral(err error) bool { return errors.Is(err, errRateLimit) || errors.Is(err, errNoTime) }

// Why a message was not even tried.
var (
	errRateLimit = errors.New("too many messages this minute")
	errNoTime    = errors.New("no time was left in this invocation")
)

// refused is why a message is not even tried; nil when it may be sent.
func (r *run) refused(ctx context.Context, mayDefer, alone bool) error {
	switch {
	case r.down != nil:
		return r.down
	case !fits(ctx, r.p.SinkTimeout, r.p.Now()):
		return errNoTime
	case mayDefer && r.overRateLimit(ctx, alone):
		return errRateLimit
	}
	return nil
}

// overRateLimit counts one more message and reports whether that is one too many. A store that cannot count
// stops nobody. After a minute that was over the limit, what is alone waits for a minute more: in this one
// the groups that had to wait are sent, and each message of its own would have hundreds of others wait again.
func (r *run) overRateLimit(ctx context.Context, alone bool) bool {
	if r.p.Queue == nil || r.p.RateLimit <= 0 {
		return false
	}
	name, minute := r.sink.Name(), r.p.Now().UTC().Truncate(time.Minute)
	last, _ := r.p.overLimit.Load(name)
	if last == minute || alone && last == minute.Add(-time.Minute) {
		return true
	}
	n := 0
	err := r.store.call(func() (err error) {
		n, err = r.p.Store.Count(ctx, name, minute)
		return err
	})
	over := err == nil && n > r.p.RateLimit
	if over {
		r.p.overLimit.Store(name, minute)
	}
	return over
}

// deliver sends one message within the sink's time, once more when the sink asks for a moment.
func (r *run) deliver(ctx context.Context, m message.Message, parent string) (string, error) {
	ref, err := r.deliverOnce(ctx, m, parent)
	if after := delivery.RetryAfter(err); after > 0 && after <= shortWait && fits(ctx, after+r.p.SinkTimeout, r.p.Now()) {
		select {
		case <-time.After(after):
			ref, err = r.deliverOnce(ctx, m, cmp.Or(ref, parent))
		case <-ctx.Done():
		}
	}
	if err == nil {
		return ref, nil
	}
	err = fmt.Errorf("%s: %w", r.sink.Name(), err)
	if !delivery.Permanent(err) {
		r.down = certain{err}
	}
	return "", err
}

func (r *run) deliverOnce(ctx context.Context, m message.Message, parent string) (string, error) {
	if ctx.Err() != nil {
		return "", errNoTime
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.p.SinkTimeout, fmt.Errorf("no answer within %v", r.p.SinkTimeout))
	defer cancel()
	ref, err := r.sink.Send(ctx, m, parent)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return ref, err
}

// certain is the error of a message that was not even tried, whatever became of the one before.
type certain struct{ error }

func (certain) Uncertain() bool { return false }
func (c certain) Unwrap() error { return c.error }

func fits(ctx context.Context, d time.Duration, now time.Time) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || !now.Add(d).After(deadline))
}

func (p *Pipeline) composeOne(l locale.Language, t *target) message.Message {
	since := compose.Incident{OpenedAt: t.record.OpenedAt, Causes: t.record.Causes}
	return compose.New(l, p.Local).Single(t.record.Change, t.findings, t.evidence, since)
}

func (p *Pipeline) composeGroup(l locale.Language, g incident.Group) message.Message {
	return compose.New(l, p.Local).Group(compose.Group{
		Sample: g.Sample, Evidence: g.Evidence, Names: slices.Clone(g.Names), Total: g.Total, Open: len(g.Open),
		Kinds: g.Kinds,
	})
}

// maxNames is how many members of a group are remembered by name.
const maxNames = 100

// newGroup is the group of targets that are alike.
func (r *run) newGroup(l locale.Language, targets []*target) incident.Group {
	sample := targets[0]
	g := incident.Group{
		Sink: r.sink.Name(), Language: l.Code, CreatedAt: r.p.Now(), Sample: sample.record.Change,
		Evidence: sample.evidence, Total: len(targets), Version: 1, Shown: 1,
	}
	for _, t := range targets {
		if len(g.Names) < maxNames {
			g.Names = append(g.Names, t.record.Change.Resource.Name)
		}
		if g.Sample.Status == coverage.Unhealthy {
			g.Open = append(g.Open, incident.Member(t.key))
		}
	}
	if sample.sharedCause() != "" {
		g.Kinds = map[coverage.Kind]int{}
		for _, t := range targets {
			g.Kinds[t.record.Change.Resource.Kind]++
		}
	}
	return g
}
