package telemetry

import (
	"context"
	"log/slog"
	"time"

	"guardduty-coverage-notifier/pkg/heartbeat"
)

// Heartbeat is what the log says of a heartbeat that arrived.
type Heartbeat struct {
	Place heartbeat.Place
	// Missing are the places from which none arrives.
	Missing []heartbeat.Missing
	// Err is why the heartbeat could not be noted, and Missing is not known.
	Err error
}

// ObserveHeartbeat writes the line of one heartbeat.
func (o Observer) ObserveHeartbeat(ctx context.Context, h Heartbeat) {
	level := slog.LevelInfo
	metrics := missingMetric(h.Missing)
	if len(h.Missing) > 0 {
		level = slog.LevelWarn
	}
	if h.Err != nil {
		level = slog.LevelWarn
		metrics = append(metrics, count("StoreUnavailable"))
	}
	attrs := list(placed(h.Place), "missing_heartbeats", missingFrom(h.Missing))
	o.write(ctx, level, "heartbeat", failure(attrs, "store_error", h.Err), metrics)
}

// ObserveForeign writes the line of a heartbeat, or of a self-test with that ID, that came from a place that the
// settings do not name.
func (o Observer) ObserveForeign(ctx context.Context, e heartbeat.Event) {
	attrs := placed(e.Place)
	if e.SelfTest {
		attrs = append(attrs, slog.String("self_test", "refused"))
	}
	attrs = text(attrs, "self_test_id", e.ID)
	message := "an event of the notifier's own was refused: the settings do not name its account and Region"
	o.write(ctx, slog.LevelWarn, message, attrs, []metric{count("ForeignHeartbeat")})
}

// SelfTest is what the log says of a self-test.
type SelfTest struct {
	Event heartbeat.Event
	// Notified are the sinks that received it, Failing those that did not, and Err says why.
	Notified, Failing []string
	Err               error
}

// ObserveSelfTest writes the line of one self-test, which scripts/selftest reads.
func (o Observer) ObserveSelfTest(ctx context.Context, t SelfTest) {
	level, result := slog.LevelInfo, "passed"
	if len(t.Failing) > 0 {
		level, result = slog.LevelWarn, "failed"
	}
	attrs := text(append(placed(t.Event.Place), slog.String("self_test", result)), "self_test_id", t.Event.ID)
	attrs = list(attrs, "notified_sinks", t.Notified)
	attrs = list(attrs, "failing_sinks", t.Failing)
	o.write(ctx, level, "self-test", failure(attrs, "error", t.Err), nil)
}

func placed(p heartbeat.Place) []slog.Attr {
	return []slog.Attr{slog.String("account", clip(p.Account)), slog.String("region", clip(p.Region))}
}

// missingMetric is written while a heartbeat is missing, and only then.
func missingMetric(missing []heartbeat.Missing) []metric {
	if len(missing) == 0 {
		return nil
	}
	return []metric{{"HeartbeatsMissing", "Count", float64(len(missing))}}
}

// missingFrom says for each place when a heartbeat last arrived.
func missingFrom(missing []heartbeat.Missing) []string {
	var from []string
	for _, m := range missing {
		last := "never"
		if !m.Last.IsZero() {
			last = m.Last.UTC().Format(time.RFC3339)
		}
		from = append(from, m.Region+": "+last)
	}
	return from
}
