package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// settle remembers what was told, sees that the rest waits, and says what became of every task.
func (p *Pipeline) settle(ctx context.Context, claims []*claim) {
	atOnce(claims, func(c *claim) {
		if c.busy {
			p.waitForOthers(ctx, c)
			return
		}
		outcome := p.settleLead(ctx, c)
		p.remember(ctx, c, &outcome)
		p.report(ctx, c, outcome)
	})
}

// waitForOthers puts off every task of an incident that somebody else holds.
func (p *Pipeline) waitForOthers(ctx context.Context, c *claim) {
	for _, t := range c.tasks {
		l := t.letter.again(busy, p.Now())
		l.Reason, l.Sinks, l.Told = cmp.Or(t.letter.Reason, busy), t.letter.Sinks, t.letter.Told
		outcome := Outcome{Result: Waiting, Change: t.change, Findings: t.findings}
		if t.err = p.wait(ctx, l, t, busyDelay); t.err != nil {
			outcome.Result, outcome.Err = Failed, t.err
		}
		p.observe(ctx, outcome)
	}
}

// settleLead sees to it that whatever was not told of the lead waits, or is buried.
func (p *Pipeline) settleLead(ctx context.Context, c *claim) Outcome {
	t := c.lead
	if t == nil {
		return Outcome{}
	}
	outcome := Outcome{Change: t.change, Findings: t.findings, Evidence: t.evidence}
	switch t.verdict {
	case hold:
		outcome.Result = Held
		l := t.letter.again(held, p.Now())
		if t.err = p.wait(ctx, l, t, p.Hold); t.err != nil {
			outcome.Result, outcome.Err = Failed, t.err
			c.incident = c.before // Whoever brings it again is not to be taken for a duplicate.
		}
		return outcome
	case healed:
		outcome.Result = Recovered
		return outcome
	case muted:
		outcome.Result = Muted
		return outcome
	}
	var after time.Duration
	var retries error
	for _, d := range c.deliveries {
		switch {
		case d.err == nil:
			p.noteTold(c, d, &outcome)
		case errors.Is(d.err, errStorm):
			outcome.Deferred = append(outcome.Deferred, d.sink)
		case permanent(d.err) || p.tooLate(t):
			outcome.Err = errors.Join(outcome.Err, d.err)
			outcome.GaveUp = append(outcome.GaveUp, d.sink)
		default:
			retries = errors.Join(retries, d.err)
			outcome.Failing = append(outcome.Failing, d.sink)
			outcome.FailingFor = p.failingFor(t)
			after = max(after, retryAfter(d.err))
		}
	}
	t.err = errors.Join(
		p.buryFor(ctx, c, outcome.GaveUp, outcome.Err),
		p.waitFor(ctx, t, storm, outcome.Deferred, 0, errStorm),
		p.waitFor(ctx, t, retry, outcome.Failing, after, retries),
	)
	outcome.Err = errors.Join(outcome.Err, retries)
	outcome.Misconfigured = misconfigured(outcome.Err)
	outcome.Result = resultOf(outcome, t.err)
	return outcome
}

func resultOf(o Outcome, err error) Result {
	switch {
	case err != nil:
		return Failed
	case len(o.GaveUp) > 0:
		return GaveUp
	case len(o.Deferred)+len(o.Failing) > 0:
		return Waiting
	}
	return Notified
}

func (p *Pipeline) noteTold(c *claim, d delivery, outcome *Outcome) {
	tellIn(&c.incident, d.sink, d.told)
	c.incident.Doubted = without(c.incident.Doubted, d.sink)
	outcome.Notified = append(outcome.Notified, d.sink)
	outcome.StoreErr = errors.Join(outcome.StoreErr, d.forgotten)
	if d.grouped {
		outcome.Grouped = append(outcome.Grouped, d.sink)
	}
	outcome.Latency = p.Now().Sub(c.lead.change.ChangedAt)
}

// tooLate reports whether the task was tried for long enough.
func (p *Pipeline) tooLate(t *task) bool {
	return !t.letter.Since.IsZero() && t.letter.Reason != held && p.Now().Sub(t.letter.Since) > patience
}

// failingFor is how long sinks have been failing for the task; 0 the first time.
func (p *Pipeline) failingFor(t *task) time.Duration {
	if t.letter.Since.IsZero() || t.letter.Reason != retry {
		return 0
	}
	return p.Now().Sub(t.letter.Since)
}

// buryFor gives the change up for those sinks.
func (p *Pipeline) buryFor(ctx context.Context, c *claim, sinks []string, why error) error {
	if len(sinks) == 0 {
		return nil
	}
	l := c.lead.letter.again(retry, p.Now())
	l.Sinks, l.Untold, l.Attempt, l.Since = sinks, p.Now(), 0, p.Now()
	if err := p.bury(ctx, l.body(), why); err != nil {
		return err
	}
	c.incident.Pending = slices.DeleteFunc(slices.Clone(c.incident.Pending), func(name string) bool {
		return slices.Contains(sinks, name)
	})
	return nil
}

// waitFor lets the change wait for those sinks. Without a queue, or with one that fails, cause is part of the error.
func (p *Pipeline) waitFor(ctx context.Context, t *task, why reason, sinks []string, after time.Duration, cause error) error {
	if len(sinks) == 0 {
		return nil
	}
	l := t.letter.again(why, p.Now())
	l.Sinks, l.Untold, l.Doubtful = sinks, p.Now(), l.Doubtful || why == retry
	if err := p.wait(ctx, l, t, l.delay(after)); err != nil {
		return errors.Join(cause, err)
	}
	return nil
}

// errNoQueue says that nothing can wait.
var errNoQueue = errors.New("no queue is configured in which the change could wait")

func (p *Pipeline) wait(ctx context.Context, l letter, t *task, delay time.Duration) error {
	if p.Queue == nil {
		return errNoQueue
	}
	if err := p.Queue.Wait(ctx, l.body(), min(delay, MaxDelay)); err != nil {
		return fmt.Errorf("letting the change of %s wait: %w", t.change.Resource.Key(), err)
	}
	return nil
}

// remember saves the incident. What was told while the store cannot be reached is written to it later.
func (p *Pipeline) remember(ctx context.Context, c *claim, outcome *Outcome) {
	why := c.forgotten
	if why == nil {
		why = p.Store.Save(ctx, c.incident)
	}
	if why == nil {
		return
	}
	outcome.StoreErr = errors.Join(outcome.StoreErr, why)
	newest := cmp.Or(c.lead, c.tasks[len(c.tasks)-1])
	if p.Queue == nil || newest.verdict == stale || newest.verdict == hold || (newest.verdict == tell || newest.verdict == muted) && len(c.incident.Told) == 0 {
		return // There is nothing to remember, or what waits already will tell.
	}
	if p.tooLate(newest) {
		return // A store that was away for so long will not miss it; the report finds what is untrue.
	}
	l := newest.letter.again(remember, p.Now())
	l.Told = c.incident.Told
	if err := p.wait(ctx, l, newest, l.delay(0)); err != nil {
		newest.err = errors.Join(newest.err, err)
		outcome.Result, outcome.Err = Failed, errors.Join(outcome.Err, err)
	}
}

// report tells the observer what became of each task, and gives the lead's failure to all that depended on it.
func (p *Pipeline) report(ctx context.Context, c *claim, lead Outcome) {
	for _, t := range c.tasks {
		outcome := lead
		if t != c.lead {
			outcome = Outcome{Result: Stale, Change: t.change, Findings: t.findings, StoreErr: lead.StoreErr}
			if t.verdict == duplicate {
				outcome.Result = Duplicate
			}
			if c.lead != nil {
				t.err = c.lead.err
			}
		}
		p.observe(ctx, outcome)
	}
}

func (p *Pipeline) observe(ctx context.Context, outcome Outcome) {
	if p.Observe != nil {
		p.Observe(ctx, outcome)
	}
}

// body is the letter as it is sent.
func (l letter) body() json.RawMessage {
	// Every field of a letter can be marshalled, and its event was valid JSON when it was decoded.
	body, _ := json.Marshal(l)
	return body
}
