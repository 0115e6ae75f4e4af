// Package telemetry writes the functions' structured log: one JSON line an outcome, which is at the same time
// what their metrics are made of.
package telemetry

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/delivery"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/notify"
)

// NewLog is a log whose every line names the version of the program.
func NewLog(handler slog.Handler, version string) *slog.Logger {
	return slog.New(handler).With(slog.String("version", version))
}

// Observer writes the log. docs/operations.md lists every field and metric.
type Observer struct {
	Log *slog.Logger
	// Stack is the name of the stack, the dimension of the metrics that its functions share; empty: no
	// metrics.
	Stack string
	Now   func() time.Time
	// IssueForm is where to report an issue that the catalog does not know; "": nowhere.
	IssueForm string
	// CountRecovered is called for each change that recovered while it was held, for the report; nil: nobody
	// counts.
	CountRecovered func(ctx context.Context) error
}

// Observe writes the line of one outcome, and a line for each sink that failed.
func (o Observer) Observe(ctx context.Context, outcome notify.Outcome) {
	message := "coverage change: " + strings.ReplaceAll(string(outcome.Result), "_", " ")
	attrs := describe(outcome)
	if unclassified(outcome) != "" {
		attrs = text(attrs, "report_at", o.IssueForm)
	}
	o.write(ctx, levelOf(outcome), message, attrs, metricsOf(outcome))
	for _, sink := range slices.Concat(outcome.Failing, outcome.GaveUp) {
		attrs := append(identify(outcome), slog.String("Sink", sink))
		o.write(ctx, slog.LevelWarn, "a sink could not be notified", attrs, []metric{count("SinkFailed")}, "Sink")
	}
	if outcome.Result == notify.Recovered && o.CountRecovered != nil {
		if err := o.CountRecovered(ctx); err != nil {
			o.write(ctx, slog.LevelWarn, "the report will miss one recovery", failure(nil, "error", err), nil)
		}
	}
}

// Report is what the log says of one coverage report.
type Report struct {
	// Resources are all that GuardDuty lists, Uncovered those of them that it does not cover.
	Resources, Uncovered int
	// Accounts are those of the organization, NotWatched those of them that GuardDuty does not watch.
	Accounts, NotWatched int
	// Found counts the changes that no event reported and the report handed over, Left those that are left to the next
	// report.
	Found, Left int
	// Unreadable counts the items of the table that could not be read.
	Unreadable int
	// Regions are those that the report is about, Unread says of each that could not be read why.
	Regions, Unread []string
	// Missing are the places from which no heartbeat arrives.
	Missing []heartbeat.Missing
	// Eventless are the accounts of which reports alone find changes.
	Eventless []string
	// Notified are the sinks that received the report, or need not because there is nothing to say; none: it
	// has to be made again.
	Notified []string
	// Err is why other sinks did not receive it.
	Err error
}

// ObserveReport writes the line of one report.
func (o Observer) ObserveReport(ctx context.Context, r Report) {
	level := slog.LevelInfo
	metrics := []metric{
		{"Resources", "Count", float64(r.Resources)},
		{"Uncovered", "Count", float64(r.Uncovered)},
	}
	if len(r.Notified) > 0 {
		metrics = append(metrics, count("Reports"))
	}
	if len(r.Unread) > 0 {
		metrics = append(metrics, metric{"RegionsUnread", "Count", float64(len(r.Unread))})
	}
	metrics = append(metrics, missingMetric(r.Missing)...)
	if len(r.Unread)+len(r.Missing)+len(r.Eventless)+r.Left+r.Unreadable > 0 || r.Err != nil {
		level = slog.LevelWarn
	}
	repairable := misconfigured(r.Err)
	if repairable {
		level = slog.LevelError
		metrics = append(metrics, count("Misconfigured"))
	}
	attrs := []slog.Attr{
		slog.Int("accounts", r.Accounts), slog.Int("accounts_not_watched", r.NotWatched),
		slog.Int("found_changes", r.Found), slog.Int("left_to_next_report", r.Left),
		slog.Int("unreadable_items", r.Unreadable),
	}
	attrs = list(attrs, "regions", r.Regions)
	attrs = list(attrs, "unread_regions", r.Unread)
	attrs = list(attrs, "missing_heartbeats", missingFrom(r.Missing))
	attrs = list(attrs, "eventless_accounts", r.Eventless)
	attrs = list(attrs, "notified_sinks", r.Notified)
	attrs = truth(attrs, "misconfigured", repairable)
	attrs = failure(attrs, "error", r.Err)
	o.write(ctx, level, "coverage report", attrs, metrics)
}

func (o Observer) write(
	ctx context.Context, level slog.Level, message string, attrs []slog.Attr, metrics []metric, dimensions ...string,
) {
	if o.Stack != "" && len(metrics) > 0 {
		attrs = append(attrs, embed(o.Now(), o.Stack, metrics, dimensions)...)
	}
	o.Log.LogAttrs(ctx, level, message, attrs...)
}

// misconfigured reports whether one of the joined errors is of a sink that only a change of configuration
// repairs.
func misconfigured(err error) bool {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return slices.ContainsFunc(joined.Unwrap(), misconfigured)
	}
	return delivery.Misconfigured(err)
}

// levelOf is ERROR where somebody has to act, WARN where something is not as it should be.
func levelOf(outcome notify.Outcome) slog.Level {
	switch outcome.Result {
	case notify.GaveUp, notify.Failed, notify.Unreadable:
		return slog.LevelError
	}
	switch {
	case outcome.Misconfigured:
		return slog.LevelError
	case len(outcome.Failing) > 0, outcome.StoreErr != nil, outcome.Err != nil, unclassified(outcome) != "":
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// identify is what to search by.
func identify(outcome notify.Outcome) []slog.Attr {
	if outcome.Result == notify.Unreadable {
		return nil // Nothing is known of it.
	}
	attrs := []slog.Attr{slog.String("resource_id", clip(outcome.Change.Resource.Key()))}
	return text(attrs, "event_id", outcome.Change.EventID)
}

func describe(outcome notify.Outcome) []slog.Attr {
	attrs := append([]slog.Attr{slog.String("result", string(outcome.Result))}, identify(outcome)...)
	if change := outcome.Change; outcome.Result != notify.Unreadable {
		attrs = append(attrs,
			slog.String("kind", clip(string(change.Resource.Kind))),
			slog.String("resource", clip(change.Resource.Name)),
			slog.String("account", clip(change.Resource.Account)),
			slog.String("region", clip(change.Resource.Region)),
			slog.String("status", string(change.Status)),
			slog.Time("changed_at", change.ChangedAt),
		)
	}
	attrs = truth(attrs, "found_by_report", outcome.Change.Found)
	attrs = list(attrs, "findings", ids(outcome.Findings))
	attrs = list(attrs, "evidence", evidence(outcome))
	attrs = list(attrs, "notified_sinks", outcome.Notified)
	attrs = list(attrs, "grouped_sinks", outcome.Grouped)
	attrs = list(attrs, "deferred_sinks", outcome.Deferred)
	attrs = list(attrs, "failing_sinks", outcome.Failing)
	attrs = list(attrs, "given_up_sinks", outcome.GaveUp)
	attrs = truth(attrs, "misconfigured", outcome.Misconfigured)
	attrs = text(attrs, "unclassified", clip(unclassified(outcome)))
	attrs = failure(attrs, "store_error", outcome.StoreErr)
	return failure(attrs, "error", outcome.Err)
}

// The following add an attribute unless it says nothing, which keeps lines short and searches for its
// presence simple.

func text(attrs []slog.Attr, key, value string) []slog.Attr {
	if value == "" {
		return attrs
	}
	return append(attrs, slog.String(key, value))
}

func truth(attrs []slog.Attr, key string, value bool) []slog.Attr {
	if !value {
		return attrs
	}
	return append(attrs, slog.Bool(key, true))
}

func list(attrs []slog.Attr, key string, values []string) []slog.Attr {
	if len(values) == 0 {
		return attrs
	}
	return append(attrs, slog.Any(key, values))
}

func failure(attrs []slog.Attr, key string, err error) []slog.Attr {
	if err == nil {
		return attrs
	}
	return append(attrs, slog.String(key, err.Error()))
}

// unclassified is an issue that the catalogue does not know.
func unclassified(outcome notify.Outcome) string {
	for _, f := range outcome.Findings {
		if f.ID == catalog.Unrecognised {
			return f.Text
		}
	}
	return ""
}

func ids(findings []catalog.Finding) []string {
	var ids []string
	for _, f := range findings {
		ids = append(ids, string(f.ID))
	}
	return ids
}

// evidence is what each check of the diagnosis found.
func evidence(outcome notify.Outcome) []string {
	var found []string
	for _, e := range outcome.Evidence {
		found = append(found, clip(e.Check+"="+e.Found))
	}
	return found
}

// clip keeps a line of the log readable, whatever an event holds.
func clip(s string) string {
	const most = 500
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
