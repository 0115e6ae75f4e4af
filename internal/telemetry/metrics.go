package telemetry

import (
	"log/slog"
	"time"

	"guardduty-coverage-notifier/pkg/notify"
)

// namespace is that of every metric.
const namespace = "GuardDutyCoverageNotifier"

// metric is a metric of one line and its value.
type metric struct {
	Name  string `json:"Name"`
	Unit  string `json:"Unit"`
	value float64
}

func count(name string) metric { return metric{name, "Count", 1} }

// metricsOf are the metrics of one outcome. Every name is billed as a custom metric for the hours in which it
// is written (https://aws.amazon.com/cloudwatch/pricing/), so whatever only a failure needs is written only
// then, and what nobody would be alarmed about or look at is left to the log.
func metricsOf(outcome notify.Outcome) []metric {
	names := map[notify.Result]string{
		notify.Notified: "Notified", notify.Held: "Held", notify.Recovered: "RecoveredWhileHeld",
		notify.Muted: "Muted", notify.Duplicate: "Duplicate", notify.Stale: "Duplicate", notify.Waiting: "Waiting",
		notify.GaveUp: "GaveUp", notify.Failed: "Failed", notify.Unreadable: "Unreadable",
	}
	metrics := []metric{count(names[outcome.Result])}
	if len(outcome.Notified) > 0 {
		metrics = append(metrics, metric{"NotificationLatency", "Seconds", outcome.Latency.Seconds()})
		if unclassified(outcome) != "" {
			metrics = append(metrics, count("UnknownFinding"))
		}
		if outcome.Change.Found {
			metrics = append(metrics, count("FoundByReport"))
		}
	}
	if len(outcome.Failing) > 0 || outcome.FailingFor > 0 {
		metrics = append(metrics, metric{"SinkFailingFor", "Seconds", outcome.FailingFor.Seconds()})
	}
	if outcome.Misconfigured {
		metrics = append(metrics, count("Misconfigured"))
	}
	if outcome.StoreErr != nil {
		metrics = append(metrics, count("StoreUnavailable"))
	}
	return metrics
}

// embed returns the attributes that make a line a metric, which is the embedded metric format. dimensions besides the
// stack are attributes that the line has already. See
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func embed(now time.Time, stack string, metrics []metric, dimensions []string) []slog.Attr {
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
			Timestamp: now.UnixMilli(),
			CloudWatchMetrics: []directive{{
				Namespace:  namespace,
				Dimensions: [][]string{append([]string{"Stack"}, dimensions...)},
				Metrics:    metrics,
			}},
		}),
		slog.String("Stack", stack),
	}
	for _, m := range metrics {
		attrs = append(attrs, slog.Float64(m.Name, m.value))
	}
	return attrs
}
