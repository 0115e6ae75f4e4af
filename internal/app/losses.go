package app

import (
	"cmp"
	"context"
	"errors"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/incident"
)

const (
	// lateness is how long after a recovery its event may still come: EventBridge tries for 24 hours, and the
	// queue holds it for 26. A loss is collected after that, so that none is passed over.
	lateness = 50 * time.Hour
	// monthsKept is how many months of losses are kept besides the current one.
	monthsKept = 13
)

// MonthLedger keeps the losses of each month; *dynamo.Ledger is one.
type MonthLedger interface {
	Month(ctx context.Context, name string) (dynamo.Month, error)
	SaveMonth(ctx context.Context, name string, m dynamo.Month, now time.Time) error
}

// LossCounter counts losses; *report.LossCounter is one.
type LossCounter interface {
	Add(l coverage.Loss)
	AddShorter(n int, total time.Duration)
}

// Losses collects what records remember of losses, and has them counted. It may not be used concurrently.
type Losses struct {
	ledger  MonthLedger
	now     time.Time
	months  map[string]*collectedMonth
	counter LossCounter
}

// collectedMonth is what is kept of a month, and what a report adds to it.
type collectedMonth struct {
	dynamo.Month
	// through is the month's own before anything was added.
	through time.Time
	added   bool
}

// ReadLosses reads what is kept of the losses within the period before now, and of those since the last
// report, which is zero before the first: records remember what ended since. It has counter count them.
func ReadLosses(
	ctx context.Context, ledger MonthLedger, counter LossCounter, last, now time.Time, period time.Duration,
) (*Losses, error) {
	from := now.Add(-period)
	l := &Losses{ledger: ledger, now: now, months: make(map[string]*collectedMonth), counter: counter}
	first := from
	if since := last.Add(-lateness); since.Before(first) {
		first = since
	}
	current := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := range monthsKept + 1 {
		begins := current.AddDate(0, -back, 0)
		name := coverage.MonthOf(begins)
		kept, err := ledger.Month(ctx, name)
		if err != nil {
			return nil, err
		}
		l.months[name] = &collectedMonth{Month: kept, through: kept.Through}
		for _, loss := range kept.Losses {
			l.counter.Add(loss)
		}
		if !begins.AddDate(0, 1, 0).Before(from) {
			l.counter.AddShorter(kept.Shorter, kept.ShorterTotal)
		}
		if begins.Before(first) {
			break
		}
	}
	return l, nil
}

// Add counts what a record remembers, and collects what is not kept yet.
func (l *Losses) Add(r incident.Record) {
	if r.Change.Status == coverage.Unhealthy {
		opened := cmp.Or(r.OpenedAt, r.Change.ChangedAt)
		l.counter.Add(coverage.Loss{Resource: r.Change.Resource, OpenedAt: opened, Causes: r.Causes})
	}
	for _, loss := range r.Losses {
		loss.Resource = r.Change.Resource
		month := l.months[coverage.MonthOf(loss.ClosedAt)]
		if month == nil || !loss.ClosedAt.After(month.through) {
			continue
		}
		l.counter.Add(loss)
		if l.now.Sub(loss.ClosedAt) < lateness {
			continue
		}
		month.Add(loss)
		month.added = true
		if loss.ClosedAt.After(month.Through) {
			month.Through = loss.ClosedAt
		}
	}
}

// Save keeps what was collected. A month that cannot be saved is collected again by the next report.
func (l *Losses) Save(ctx context.Context) error {
	var errs []error
	for name, month := range l.months {
		if month.added {
			errs = append(errs, l.ledger.SaveMonth(ctx, name, month.Month, l.now))
		}
	}
	return errors.Join(errs...)
}
