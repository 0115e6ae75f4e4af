package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/report"
)

const (
	// settleTime is what is left of an invocation's time for telling and remembering when reading ends.
	settleTime = 3 * time.Minute
	// sinkTimeout is how long one sink may take for the report.
	sinkTimeout = 30 * time.Second
)

// reader is what the report needs of GuardDuty; *guardduty.Reader is one.
type reader interface {
	States(ctx context.Context, regions []string) iter.Seq2[coverage.State, error]
	Statistics(ctx context.Context, region string) (guardduty.Statistics, error)
}

// pipeline tells people of changes; *notify.Pipeline is one.
type pipeline interface {
	HandleChanges(ctx context.Context, changes []coverage.Change) []error
}

// reporter makes reports, one at a time.
type reporter struct {
	reader   reader
	ledger   ledger
	pipeline pipeline
	sinks    []notify.Sink
	language catalog.Language
	local    catalog.Local
	settings config.Report
	now      func() time.Time
	observe  func(ctx context.Context, counts map[string]int, attrs ...slog.Attr)
}

// report makes the report that is due at that moment, "" for one that is due whenever it is asked for. Tried again
// for the same moment, it tells only who was not told. account is the one it runs in.
func (r *reporter) report(ctx context.Context, due, account string) error {
	history, err := r.recall(ctx)
	if err != nil {
		return err
	}
	healed, err := r.ledger.Healed(ctx)
	if err != nil {
		return err
	}
	reconciler, err := r.load(ctx, account)
	if err != nil {
		return err
	}
	made := r.look(ctx, history, reconciler, max(0, int(healed-history.Healed)))
	loose := reconciler.finish(ctx, r.reader, made)
	told, untold := r.tell(ctx, r.pending(history, due), made)
	r.log(ctx, made, reconciler, told)
	return errors.Join(loose, untold, r.remember(ctx, history, due, told, made.Summary(), healed))
}

// look reads all Regions into a report, and lets the reconciler see every resource.
func (r *reporter) look(ctx context.Context, history history, reconciler *reconciler, healed int) report.Report {
	reading, cancel := untilSettling(ctx)
	defer cancel()
	builder := report.NewBuilder(history.Past)
	var problems []report.Problem
	for state, err := range r.reader.States(reading, r.settings.Regions) {
		if problem, ok := errors.AsType[*guardduty.Problem](err); ok {
			problems = append(problems, app.Problem(problem))
			continue
		}
		builder.Add(state)
		reconciler.compare(ctx, state)
	}
	return builder.Report(r.now(), r.settings.Regions, problems, healed)
}

// untilSettling is ctx with time left over for what follows reading.
func untilSettling(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-settleTime))
}

// pending are the sinks that have not been told of the report that is due.
func (r *reporter) pending(history history, due string) []notify.Sink {
	if due == "" || due != history.Due {
		return r.sinks
	}
	return slices.DeleteFunc(slices.Clone(r.sinks), func(s notify.Sink) bool { return slices.Contains(history.Told, s.Name()) })
}

// tell gives the report to the sinks, to all at the same time, and returns the names of those that took it. When there
// is nothing to say, all did.
func (r *reporter) tell(ctx context.Context, sinks []notify.Sink, made report.Report) (told []string, err error) {
	quiet := r.settings.Quiet && made.Quiet()
	m := report.Compose(r.language, r.local, made)
	errs := make([]error, len(sinks))
	var telling sync.WaitGroup
	for i, sink := range sinks {
		if quiet {
			continue
		}
		telling.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, sinkTimeout)
			defer cancel()
			if _, err := sink.Send(ctx, m, ""); err != nil {
				errs[i] = fmt.Errorf("reporting to %s: %w", sink.Name(), err)
			}
		})
	}
	telling.Wait()
	for i, sink := range sinks {
		if errs[i] == nil {
			told = append(told, sink.Name())
		}
	}
	return told, errors.Join(errs...)
}

// log writes what the report counted.
func (r *reporter) log(ctx context.Context, made report.Report, reconciler *reconciler, told []string) {
	total := made.Total()
	counts := map[string]int{
		"Resources": total.All, "Uncovered": total.All - total.Healthy, "RegionsUnread": len(made.Problems),
		"FoundByReport": reconciler.handedOver,
	}
	attrs := []slog.Attr{slog.Any("told", told), slog.Any("regions", made.Regions)}
	for _, problem := range made.Problems {
		attrs = append(attrs, slog.String("unread_"+problem.Region, string(problem.Reason)+": "+problem.Detail))
	}
	r.observe(ctx, counts, attrs...)
}
