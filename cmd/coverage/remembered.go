package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/report"
)

// remembered is what a notifier's table knows besides GuardDuty. Its zero value, made by nothingRemembered,
// knows nothing.
type remembered struct {
	builder *report.Builder
	// opened is when resources lost coverage, by their keys.
	opened map[string]time.Time
	// counter counts the losses of the period, resources those of each resource by its key; nil where there
	// are none to be read.
	counter   *report.LossCounter
	resources map[string]resourceLosses
	// from and until are the period.
	from, until time.Time
	// accounts are the names of accounts.
	accounts map[string]string
}

// resourceLosses are the losses of one resource in the period.
type resourceLosses struct {
	count int
	total time.Duration
}

func nothingRemembered() *remembered { return &remembered{builder: report.NewBuilder(nil)} }

// remember reads the table, and changes nothing in it. Items that cannot be read are left out.
func remember(
	ctx context.Context, cloud aws.Config, table string, now time.Time, period time.Duration,
) (*remembered, error) {
	ledger := dynamo.NewLedger(dynamodb.NewFromConfig(cloud), table)
	history, err := app.ReadHistory(ctx, ledger)
	if err != nil {
		return nil, err
	}
	directory, err := ledger.Directory(ctx)
	if err != nil {
		return nil, err
	}
	from := now.Add(-period)
	k := &remembered{
		builder: report.NewBuilder(history.Past), opened: make(map[string]time.Time),
		counter: report.NewLossCounter(from, now), resources: make(map[string]resourceLosses),
		from: from, until: now, accounts: directory.Names(),
	}
	losses, err := app.ReadLosses(ctx, ledger, k, history.Last(), now, period)
	if err != nil {
		return nil, err
	}
	for stored, err := range ledger.All(ctx) {
		if _, ok := errors.AsType[*dynamo.UnreadableItem](err); ok {
			continue
		}
		if err != nil {
			return nil, err
		}
		losses.Add(stored.Record)
		switch r := stored.Record; r.Change.Status {
		case coverage.Unhealthy:
			k.opened[r.Key] = cmp.Or(r.OpenedAt, r.Change.ChangedAt)
		case coverage.Healthy:
			k.builder.Restored(r.Key, r.Change.ChangedAt)
		}
	}
	return k, nil
}

// Add counts a loss, as a whole and for its resource.
func (k *remembered) Add(l coverage.Loss) {
	k.counter.Add(l)
	if within := l.Within(k.from, k.until); within > 0 {
		of := k.resources[l.Resource.Key()]
		k.resources[l.Resource.Key()] = resourceLosses{of.count + 1, of.total + within}
	}
}

// AddShorter counts losses of which no more is known.
func (k *remembered) AddShorter(n int, total time.Duration) { k.counter.AddShorter(n, total) }

// date is the state with what is known of its loss.
func (k *remembered) date(s coverage.State) coverage.State {
	s.OpenedAt = cmp.Or(k.opened[s.Resource.Key()], k.builder.Seen(s.Resource))
	return s
}

// losses are those of the period; nil where nobody knows.
func (k *remembered) losses() *report.Losses {
	if k.counter == nil {
		return nil
	}
	return new(k.counter.Losses())
}

// daysMost is how far back losses are kept, in days.
const daysMost = 395

// checkTable refuses flags that go without a table.
func (f reportFlags) checkTable(saved, days bool) error {
	switch {
	case f.table == "" && days:
		return misuse("--days is about what a table remembers; name one with --table")
	case f.table != "" && saved:
		return misuse("--table needs your account, and --file is without; give one of them")
	case f.days < 1 || f.days > daysMost:
		return misuse("--days: losses are kept for %d days, not for %d", daysMost, f.days)
	}
	return nil
}

// remembered reads the table that the flags name.
func (f reportFlags) remembered(ctx context.Context, p process) (*remembered, error) {
	if f.table == "" {
		return nothingRemembered(), nil
	}
	cloud, err := p.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if cloud.Region == "" && len(f.regions.values) > 0 {
		cloud.Region = f.regions.values[0]
	}
	known, err := remember(ctx, cloud, f.table, p.now(), time.Duration(f.days)*24*time.Hour)
	if err != nil {
		return nil, fmt.Errorf("--table: %w", err)
	}
	return known, nil
}
