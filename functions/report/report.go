package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/internal/problem"
	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/organization"
	"guardduty-coverage-notifier/pkg/report"
	"guardduty-coverage-notifier/pkg/route"
)

const (
	// readReserve is what is left of an invocation's time when reading ends: for the report itself, and then
	// for the changes that it found.
	readReserve = 5 * time.Minute
	// sinkTimeout is how long one sink may take for the report.
	sinkTimeout = 30 * time.Second
)

// reader is what the report needs of GuardDuty; *guardduty.Reader is one.
type reader interface {
	States(ctx context.Context, regions []string) iter.Seq2[coverage.State, error]
	Statistics(ctx context.Context, region string) (guardduty.Statistics, error)
	Organization(ctx context.Context, regions []string) []organization.Region
}

// regionLister lists the Regions that the account has enabled; *regions.Lister is one.
type regionLister interface {
	Enabled(ctx context.Context) ([]string, error)
}

// accountLister lists the accounts of the organization; *accounts.Lister is one.
type accountLister interface {
	List(ctx context.Context) (map[string]organization.Entry, error)
	ReadTags(ctx context.Context, listed map[string]organization.Entry, keep func(tag string) bool) error
}

// counter counts what exists in the account and Regions; *resources.Counter is one, and *aggregator.Counter counts the
// organization.
type counter interface {
	Count(ctx context.Context, account string, regions []string) inventory.Found
}

// pipeline queues what the notifier has to look at; *notify.Pipeline is one.
type pipeline interface {
	Enqueue(ctx context.Context, changes []coverage.Change) []error
	Audit(ctx context.Context, stored iter.Seq2[incident.Stored, error]) error
}

// reporter makes reports, one at a time.
type reporter struct {
	reader  reader
	regions regionLister
	// accounts is nil when nobody wants their names.
	accounts accountLister
	// existing is nil when nobody wants to know what exists.
	existing counter
	ledger   ledger
	pipeline pipeline
	sinks    []notify.Sink
	language locale.Language
	local    compose.Local
	// table has the rules' names of accounts, which precede others.
	table    route.Table
	settings config.Report
	// served are the Regions whose events this stack receives: its own, and those that forwarders serve.
	served  []string
	now     func() time.Time
	log     *slog.Logger
	observe func(ctx context.Context, report telemetry.Report)
}

// report makes the report with that identity. Tried again, it notifies only the sinks that it has not
// notified yet. account is the one it runs in. The report goes first: changes that events missed may take the
// rest of the time.
func (r *reporter) report(ctx context.Context, id, account string) error {
	r.local.Reader = account
	history, err := app.ReadHistory(ctx, r.ledger)
	if err != nil {
		return err
	}
	healed, err := r.ledger.Healed(ctx)
	if err != nil {
		return err
	}
	builder := report.NewBuilder(history.Past)
	arrivals := r.heartbeats(ctx, account)
	events := &eventless{account: account, expected: arrivals, accounts: make(map[string]*changes)}
	counter := report.NewLossCounter(r.now().Add(-report.Period), r.now())
	losses := r.losses(ctx, history, counter)
	reconciler, err := r.load(ctx, account, builder, events, losses)
	if err != nil {
		return err
	}
	made := r.read(ctx, builder, reconciler, max(0, int(healed-history.Healed)))
	made.Eventless = events.list()
	if arrivals != nil {
		made.Missing = heartbeat.MissingOf(heartbeat.Places(account, r.served...), arrivals, r.now())
	}
	if losses != nil {
		made.Losses = new(counter.Losses())
	}
	notified, unsent := r.send(ctx, r.pending(history, id), made)
	unsaved := r.remember(ctx, history, id, notified, made.Summary(), healed)
	r.keep(ctx, losses)
	reconciler.finish(ctx, r.reader, made)
	unhandled := reconciler.flush(ctx)
	r.note(ctx, made, reconciler, notified, unsent)
	return errors.Join(unsent, unsaved, unhandled, reconciler.unaudited)
}

// losses starts to collect, and to count, the losses of which records know. Where those of earlier months cannot
// be read, the report does without.
func (r *reporter) losses(ctx context.Context, h app.History, counter *report.LossCounter) *app.Losses {
	losses, err := app.ReadLosses(ctx, r.ledger, counter, h.Last(), r.now(), report.Period)
	if err != nil {
		r.log.WarnContext(ctx, "the report does without past losses", "error", err.Error())
		return nil
	}
	return losses
}

// keep keeps the losses that were collected. The next report collects again what could not be kept.
func (r *reporter) keep(ctx context.Context, losses *app.Losses) {
	if losses == nil {
		return
	}
	if err := losses.Save(ctx); err != nil {
		r.log.WarnContext(ctx, "past losses are left to the next report", "error", err.Error())
	}
}

// read reads all Regions into a report, and has the reconciler compare every resource. Meanwhile it reads what
// GuardDuty does not watch: of that, GuardDuty lists no resource.
func (r *reporter) read(
	ctx context.Context, builder *report.Builder, reconciler *reconciler, healed int,
) report.Report {
	reading, cancel := withReserve(ctx, readReserve)
	defer cancel()
	regions, enabled := r.reported(reading)
	var asked []organization.Region
	var asking sync.WaitGroup
	asking.Go(func() { asked = r.reader.Organization(reading, regions) })
	var directory organization.Directory
	var unknown error
	asking.Go(func() { directory, unknown = r.directory(reading) })
	var found inventory.Found
	if r.existing != nil {
		asking.Go(func() { found = r.existing.Count(reading, r.local.Reader, regions) })
	}
	listing := make(inventory.Listing)
	var problems []report.Problem
	for state, err := range r.reader.States(reading, regions) {
		if failed, ok := errors.AsType[*guardduty.Problem](err); ok {
			problems = append(problems, problem.Of(failed))
			continue
		}
		state.OpenedAt = cmp.Or(reconciler.openedAt(state.Resource), builder.Seen(state.Resource))
		builder.Add(state)
		listing.Add(state)
		reconciler.compare(state)
	}
	asking.Wait()
	made := builder.Report(r.now(), regions, problems, healed)
	made.Organization = organization.Add(asked, enabled)
	if r.existing != nil {
		made.Inventory = inventory.Add(found, listing, organization.AccountsOf(asked))
	}
	r.noteAccounts(&made.Organization, directory, unknown)
	r.local.Accounts = r.table.Names(directory.Names())
	return made
}

// reported are the Regions of the report, and all that the account has enabled. Where these cannot be listed,
// the report is about the Regions of the settings, and says so.
func (r *reporter) reported(ctx context.Context) ([]string, organization.Enabled) {
	enabled, err := r.regions.Enabled(ctx)
	if err != nil {
		return r.settings.Regions, organization.Enabled{Unknown: err}
	}
	if r.settings.AllRegions && len(enabled) > 0 {
		return enabled, organization.Enabled{Regions: enabled}
	}
	return r.settings.Regions, organization.Enabled{Regions: enabled}
}

// heartbeats are those of the Regions that this stack serves; nil when they cannot be read, which costs no report.
func (r *reporter) heartbeats(ctx context.Context, account string) map[heartbeat.Place]heartbeat.Arrival {
	known, err := r.ledger.Heartbeats(ctx, r.now(), heartbeat.Places(account, r.served...))
	if err != nil {
		r.log.WarnContext(ctx, "the report does not know whose heartbeats are missing", "error", err.Error())
		return nil
	}
	return known
}

// pending are the sinks that have not received the report with that identity.
func (r *reporter) pending(history app.History, id string) []notify.Sink {
	if id != history.ID {
		return r.sinks
	}
	received := func(s notify.Sink) bool { return slices.Contains(history.Notified, s.Name()) }
	return slices.DeleteFunc(slices.Clone(r.sinks), received)
}

// send sends the report to the sinks, to all at the same time, and returns the names of those that received
// it. When there is nothing to say, all did.
func (r *reporter) send(
	ctx context.Context, sinks []notify.Sink, made report.Report,
) (notified []string, err error) {
	quiet := r.settings.Quiet && made.Quiet()
	m := compose.New(r.language, r.local).Report(made)
	errs := make([]error, len(sinks))
	var sending sync.WaitGroup
	for i, sink := range sinks {
		if quiet {
			continue
		}
		sending.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, sinkTimeout)
			defer cancel()
			if _, err := sink.Send(ctx, m, ""); err != nil {
				errs[i] = fmt.Errorf("reporting to %s: %w", sink.Name(), err)
			}
		})
	}
	sending.Wait()
	for i, sink := range sinks {
		if errs[i] == nil {
			notified = append(notified, sink.Name())
		}
	}
	return notified, errors.Join(errs...)
}

// note writes what the report counted.
func (r *reporter) note(
	ctx context.Context, made report.Report, reconciler *reconciler, notified []string, unsent error,
) {
	total := made.Total()
	var unread []string
	for _, problem := range made.Problems {
		unread = append(unread, fmt.Sprintf("%s: %s: %s", problem.Region, problem.Reason, problem.Detail))
	}
	r.observe(ctx, telemetry.Report{
		Resources: total.All, Uncovered: total.All - total.Healthy,
		Accounts: made.Organization.Accounts, NotWatched: made.Organization.NotWatched,
		Found: reconciler.queued, Left: reconciler.left, Unreadable: len(reconciler.unreadable),
		Regions: made.Regions, Unread: unread, Missing: made.Missing, Eventless: made.Eventless, Notified: notified, Err: unsent,
	})
}
