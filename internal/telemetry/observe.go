// Package telemetry writes the function's structured log lines, which are its metrics too.
package telemetry

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/notify"
)

// Observer writes one structured line for every change, which is a metric too: the embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
type Observer struct {
	Log *slog.Logger
	// Function is the function's name, the dimension of its metrics; empty: no metrics are written.
	Function string
	Now      func() time.Time
	// CountHealed is told of each change that healed while it was held, for the report; nil: nobody is.
	CountHealed func(ctx context.Context) error
}

// namespace is that of every metric.
const namespace = "GuardDutyCoverageNotifier"

// metric is a metric of one line and its value.
type metric struct {
	Name  string `json:"Name"`
	Unit  string `json:"Unit"`
	value float64
}

func count(name string) metric { return metric{Name: name, Unit: "Count", value: 1} }

// Observe writes the line of one outcome.
func (o Observer) Observe(ctx context.Context, outcome notify.Outcome) {
	attrs := describe(outcome)
	attrs = append(attrs, o.embedded(metricsOf(outcome))...)
	o.Log.LogAttrs(ctx, levelOf(outcome), "coverage change "+strings.ReplaceAll(string(outcome.Result), "_", " "), attrs...)
	for _, sink := range slices.Concat(outcome.Failing, outcome.GaveUp) {
		attrs := []slog.Attr{slog.String("Sink", sink), slog.String("event_id", outcome.Change.EventID)}
		o.Log.LogAttrs(ctx, slog.LevelWarn, "a sink was not told", append(attrs, o.embedded([]metric{count("SinkFailed")}, "Sink")...)...)
	}
	if outcome.Result == notify.Recovered && o.CountHealed != nil {
		if err := o.CountHealed(ctx); err != nil {
			o.Log.LogAttrs(ctx, slog.LevelWarn, "the report will miss one that healed", slog.String("error", err.Error()))
		}
	}
}

// ObserveReport writes the line of one report: what it counted are metrics, too.
func (o Observer) ObserveReport(ctx context.Context, counts map[string]int, attrs ...slog.Attr) {
	var metrics []metric
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		metrics = append(metrics, metric{Name: name, Unit: "Count", value: float64(counts[name])})
	}
	o.Log.LogAttrs(ctx, slog.LevelInfo, "coverage report", append(attrs, o.embedded(metrics)...)...)
}

func levelOf(outcome notify.Outcome) slog.Level {
	switch outcome.Result {
	case notify.GaveUp, notify.Failed, notify.Unreadable:
		return slog.LevelError
	case notify.Waiting:
		return slog.LevelWarn
	}
	if outcome.StoreErr != nil || outcome.Err != nil || unclassified(outcome) != "" {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

func describe(outcome notify.Outcome) []slog.Attr {
	change := outcome.Change
	attrs := []slog.Attr{
		slog.String("result", string(outcome.Result)),
		slog.String("event_id", change.EventID),
		slog.String("kind", clip(string(change.Resource.Kind))),
		slog.String("resource", clip(change.Resource.Name)),
		slog.String("account", clip(change.Resource.Account)),
		slog.String("region", clip(change.Resource.Region)),
		slog.String("status", string(change.Status)),
		slog.Time("changed_at", change.ChangedAt),
	}
	list := func(key string, values []string) {
		if len(values) > 0 {
			attrs = append(attrs, slog.Any(key, values))
		}
	}
	list("findings", ids(outcome.Findings))
	list("evidence", evidence(outcome))
	list("told_sinks", outcome.Notified)
	list("grouped_sinks", outcome.Grouped)
	list("waiting_for_storm", outcome.Deferred)
	list("waiting_for_retry", outcome.Failing)
	list("buried_for", outcome.GaveUp)
	if text := unclassified(outcome); text != "" {
		attrs = append(attrs, slog.String("unclassified", clip(text)))
	}
	if outcome.StoreErr != nil {
		attrs = append(attrs, slog.String("not_remembered", outcome.StoreErr.Error()))
	}
	if outcome.Err != nil {
		attrs = append(attrs, slog.String("error", outcome.Err.Error()))
	}
	return attrs
}

func metricsOf(outcome notify.Outcome) []metric {
	names := map[notify.Result]string{
		notify.Notified: "Told", notify.Held: "Held", notify.Recovered: "HealedWhileHeld", notify.Muted: "Muted", notify.Duplicate: "Duplicate",
		notify.Stale: "Stale", notify.Waiting: "Deferred", notify.GaveUp: "Buried", notify.Failed: "Failed",
		notify.Unreadable: "Unreadable",
	}
	metrics := []metric{count(names[outcome.Result])}
	if len(outcome.Grouped) > 0 {
		metrics = append(metrics, count("Grouped"))
	}
	if outcome.StoreErr != nil {
		metrics = append(metrics, count("NotRemembered"))
	}
	if len(outcome.Notified) > 0 {
		metrics = append(metrics, metric{Name: "ChangeToTold", Unit: "Seconds", value: outcome.Latency.Seconds()})
		if unclassified(outcome) != "" {
			metrics = append(metrics, count("UnknownFinding"))
		}
	}
	return metrics
}

// embedded are the attributes that make a line a metric. dimensions are further attributes of the line.
func (o Observer) embedded(metrics []metric, dimensions ...string) []slog.Attr {
	if o.Function == "" {
		return nil
	}
	type directive struct {
		Namespace  string     `json:"Namespace"`
		Dimensions [][]string `json:"Dimensions"`
		Metrics    []metric   `json:"Metrics"`
	}
	type metadata struct {
		Timestamp         int64       `json:"Timestamp"`
		CloudWatchMetrics []directive `json:"CloudWatchMetrics"`
	}
	attrs := []slog.Attr{
		slog.Any("_aws", metadata{
			Timestamp: o.Now().UnixMilli(),
			CloudWatchMetrics: []directive{{
				Namespace:  namespace,
				Dimensions: [][]string{append([]string{"Function"}, dimensions...)},
				Metrics:    metrics,
			}},
		}),
		slog.String("Function", o.Function),
	}
	for _, m := range metrics {
		attrs = append(attrs, slog.Float64(m.Name, m.value))
	}
	return attrs
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

// evidence is what was found by each check.
func evidence(outcome notify.Outcome) []string {
	var found []string
	for _, e := range outcome.Evidence {
		found = append(found, clip(e.Check+"="+e.Found))
	}
	return found
}

// clip keeps a line of the log readable, whatever an event brings.
func clip(s string) string {
	const most = 500
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
