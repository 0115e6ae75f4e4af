package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/template/templatetest"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// write returns what is logged, line by line.
func write(t *testing.T, act func(o telemetry.Observer)) []string {
	t.Helper()
	var log bytes.Buffer
	handler := slog.NewJSONHandler(&log, nil)
	act(telemetry.Observer{Log: telemetry.NewLog(handler, "v1.2.3"), Stack: "coverage", Now: func() time.Time { return now },
		IssueForm: "https://code.example.com/issues/new"})
	return slices.Collect(strings.Lines(log.String()))
}

func observed(t *testing.T, outcomes ...notify.Outcome) []string {
	t.Helper()
	return write(t, func(o telemetry.Observer) {
		for _, outcome := range outcomes {
			o.Observe(t.Context(), outcome)
		}
	})
}

var lost = coverage.Change{
	EventID: "e-1", Status: coverage.Unhealthy, ChangedAt: now,
	Resource: coverage.Resource{
		Account: "111122223333", Region: "eu-central-1", Kind: coverage.EC2, Name: "i-1",
	},
}

// calm are the outcomes of a month in which nothing fails; Muted is what the default routes make of changes
// that require no action, Waiting what the copies of one event in two accounts come to that arrive at once.
func calm() []notify.Outcome {
	return []notify.Outcome{
		{Result: notify.Notified, Change: lost, Notified: []string{"slack", "sns"}, Latency: 5 * time.Minute},
		{Result: notify.Notified, Change: lost, Notified: []string{"slack"}, Grouped: []string{"slack"}},
		{Result: notify.Held, Change: lost},
		{Result: notify.Recovered, Change: lost},
		{Result: notify.Muted, Change: lost},
		{Result: notify.Duplicate, Change: lost},
		{Result: notify.Stale, Change: lost},
		{Result: notify.Waiting, Change: lost},
		{Result: notify.Waiting, Change: lost, Deferred: []string{"slack"}},
	}
}

// failing are outcomes with whatever can go wrong.
func failing() []notify.Outcome {
	found := lost
	found.Found, found.EventID = true, ""
	failed := errors.New("slack: 503")
	return []notify.Outcome{
		{
			Result: notify.Notified, Change: found, Notified: []string{"slack"}, StoreErr: failed,
			Findings: []catalog.Finding{{ID: catalog.Unrecognised, Text: "new"}},
			Evidence: []coverage.Evidence{{Check: "ec2-ssm", Found: "unmanaged"}},
		},
		{
			Result: notify.Waiting, Change: lost, Err: failed,
			Failing: []string{"slack"}, FailingFor: time.Minute, Misconfigured: true,
		},
		{Result: notify.GaveUp, Change: lost, GaveUp: []string{"sns"}, Err: failed},
		{Result: notify.Failed, Change: lost, Err: failed},
		{Result: notify.Unreadable, Err: failed},
	}
}

var reported = telemetry.Report{
	Resources: 3, Uncovered: 1, Found: 2,
	Regions: []string{"eu-central-1", "us-east-1"}, Notified: []string{"slack"},
}

// heartbeats are one on a calm day, one while others are missing, and one that could not be noted.
func heartbeats() []telemetry.Heartbeat {
	home := heartbeat.Place{Account: "111122223333", Region: "eu-central-1"}
	return []telemetry.Heartbeat{
		{Place: home},
		{Place: home, Missing: []heartbeat.Missing{
			{Place: heartbeat.Place{Account: "111122223333", Region: "us-east-1"}, Last: now.Add(-4 * time.Hour)},
			{Place: heartbeat.Place{Account: "111122223333", Region: "eu-west-1"}},
		}},
		{Place: home, Err: errors.New("table away")},
	}
}

// everything is every line that the package writes.
func everything(t *testing.T) []string {
	t.Helper()
	lines := append(observed(t, calm()...), observed(t, failing()...)...)
	return append(lines, write(t, func(o telemetry.Observer) {
		o.CountRecovered = func(context.Context) error { return errors.New("table away") }
		o.Observe(t.Context(), notify.Outcome{Result: notify.Recovered, Change: lost})
		o.ObserveReport(t.Context(), reported)
		unread := reported
		unread.Unread, unread.Notified = []string{"us-east-1: denied: guardduty:ListCoverage"}, nil
		unread.Eventless = []string{"444455556666"}
		o.ObserveReport(t.Context(), unread)
		for _, h := range heartbeats() {
			o.ObserveHeartbeat(t.Context(), h)
		}
		test := heartbeat.Event{Place: heartbeats()[0].Place, SelfTest: true, ID: "t-1"}
		o.ObserveForeign(t.Context(), test)
		o.ObserveSelfTest(t.Context(), telemetry.SelfTest{Event: test, Notified: []string{"slack"}})
		o.ObserveSelfTest(t.Context(), telemetry.SelfTest{
			Event: test, Notified: []string{"slack"}, Failing: []string{"sns"}, Err: errors.New("sns: denied"),
		})
	})...)
}

// metrics are the metrics of lines, with how often each was written.
func metrics(t *testing.T, lines []string) map[templatetest.Metric]int {
	t.Helper()
	written := make(map[templatetest.Metric]int)
	for _, line := range lines {
		samples, err := templatetest.Samples(line)
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		for _, s := range samples {
			if !s.At.Equal(now) {
				t.Errorf("%s is of %v", s.Name, s.At)
			}
			written[s.Metric]++
		}
	}
	return written
}

func named(metrics map[templatetest.Metric]int) []string {
	var names []string
	for m := range metrics {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// documented are the rows of a section's tables in docs/operations.md: the names in their first cells, with
// the rest.
func documented(t *testing.T, section string) map[string]string {
	t.Helper()
	document, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(document), "\n## "+section+"\n")
	if !ok {
		t.Fatalf("there is no section %s", section)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	rows := make(map[string]string)
	for _, row := range regexp.MustCompile("(?m)^\\| (`.+?`) \\| (.*)$").FindAllStringSubmatch(text, -1) {
		for name := range strings.SplitSeq(row[1], ", ") {
			rows[strings.Trim(name, "`")] = row[2]
		}
	}
	return rows
}

// TestMetricsAreDocumented, and those of a calm month are at most ten, without a dimension for each sink.
func TestMetricsAreDocumented(t *testing.T) {
	var always, all []string
	for name, row := range documented(t, "Metrics") {
		all = append(all, name)
		if strings.Contains(row, "| always |") {
			always = append(always, name)
		}
	}
	slices.Sort(always)
	slices.Sort(all)
	report := write(t, func(o telemetry.Observer) {
		o.ObserveReport(t.Context(), reported)
		o.ObserveHeartbeat(t.Context(), heartbeats()[0])
	})
	quiet := metrics(t, append(observed(t, calm()...), report...))
	if diff := cmp.Diff(always, named(quiet)); diff != "" {
		t.Errorf("metrics of a calm month, documented (-) and written (+):\n%s", diff)
	}
	if len(quiet) > 10 {
		t.Errorf("a calm month costs %d metrics", len(quiet))
	}
	if diff := cmp.Diff(all, named(metrics(t, everything(t)))); diff != "" {
		t.Errorf("metrics documented (-) and written (+):\n%s", diff)
	}
	for metric := range metrics(t, everything(t)) {
		dimensions := []string{"Stack=coverage"}
		if metric.Name == "SinkFailed" {
			dimensions = []string{"Sink=slack,Stack=coverage", "Sink=sns,Stack=coverage"}
		}
		if metric.Namespace != "GuardDutyCoverageNotifier" || !slices.Contains(dimensions, metric.Dimensions) {
			t.Errorf("%v has another namespace or other dimensions", metric)
		}
	}
}

// TestFieldsAreDocumented compares the fields of every line with the table of docs/operations.md, and the
// results.
func TestFieldsAreDocumented(t *testing.T) {
	rows := documented(t, "The log")
	handlers := map[string]string{"time": "timestamp", "msg": "message"} // as Lambda's handler calls slog's own
	logged := map[string]bool{"requestId": true}                         // of Lambda's handler
	for _, line := range everything(t) {
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Fatal(err)
		}
		for name := range members {
			if known, ok := handlers[name]; ok {
				name = known
			}
			if _, isMetric := documented(t, "Metrics")[name]; !isMetric {
				logged[name] = true
			}
		}
		for _, result := range []json.RawMessage{members["result"], members["self_test"]} {
			if result != nil {
				logged[strings.Trim(string(result), `"`)] = true
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(rows)), slices.Sorted(maps.Keys(logged))); diff != "" {
		t.Errorf("fields and results documented (-) and logged (+):\n%s", diff)
	}
}

func TestLinesOfAnOutcome(t *testing.T) {
	lines := observed(t, failing()[1])
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), lines)
	}
	var outcome, sink map[string]any
	err := errors.Join(json.Unmarshal([]byte(lines[0]), &outcome), json.Unmarshal([]byte(lines[1]), &sink))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"msg": "coverage change: waiting", "level": "ERROR", "event_id": "e-1", "error": "slack: 503",
		"resource_id": "111122223333/eu-central-1/EC2/i-1", "misconfigured": true,
		"SinkFailingFor": 60.0, "Misconfigured": 1.0, "Waiting": 1.0, "Stack": "coverage",
	} {
		if outcome[key] != want {
			t.Errorf("%s of the outcome is %v, want %v", key, outcome[key], want)
		}
	}
	for key, want := range map[string]any{
		"msg": "a sink could not be notified", "level": "WARN", "event_id": "e-1",
		"resource_id": outcome["resource_id"], "Sink": "slack", "SinkFailed": 1.0,
	} {
		if sink[key] != want {
			t.Errorf("%s of the sink's line is %v, want %v", key, sink[key], want)
		}
	}
}

// repairable is an error of a sink that only a change of configuration removes, or is not.
type repairable bool

func (r repairable) Error() string       { return "channel_not_found" }
func (r repairable) Misconfigured() bool { return bool(r) }

// TestReportSaysWhyASinkFailed: of several sinks, too.
func TestReportSaysWhyASinkFailed(t *testing.T) {
	slack := fmt.Errorf("reporting to slack: %w", repairable(false))
	sns := fmt.Errorf("reporting to sns: %w", repairable(true))
	for _, test := range []struct {
		err   error
		level string
		rings bool
	}{
		{nil, "INFO", false}, {slack, "WARN", false}, {sns, "ERROR", true}, {errors.Join(slack, sns), "ERROR", true},
	} {
		failed := reported
		failed.Err = test.err
		line := write(t, func(o telemetry.Observer) { o.ObserveReport(t.Context(), failed) })[0]
		rings := strings.Contains(line, `"Misconfigured":1`)
		if !strings.Contains(line, `"level":"`+test.level+`"`) || rings != test.rings {
			t.Errorf("%v: %s", test.err, line)
		}
		if test.err != nil && !strings.Contains(line, "channel_not_found") {
			t.Errorf("the line does not say why: %s", line)
		}
	}
}

func TestLevels(t *testing.T) {
	for _, outcome := range calm() {
		if line := observed(t, outcome)[0]; !strings.Contains(line, `"level":"INFO"`) {
			t.Errorf("nothing failed: %s", line)
		}
	}
	want := []string{"WARN", "ERROR", "ERROR", "ERROR", "ERROR"}
	for i, outcome := range failing() {
		if line := observed(t, outcome)[0]; !strings.Contains(line, `"level":"`+want[i]+`"`) {
			t.Errorf("want the level %s: %s", want[i], line)
		}
	}
	for _, outcome := range []notify.Outcome{
		{Result: notify.Waiting, Failing: []string{"slack"}},
		{Result: notify.Duplicate, StoreErr: io.EOF},
		{Result: notify.Waiting, Err: io.EOF},
	} {
		if line := observed(t, outcome)[0]; !strings.Contains(line, `"level":"WARN"`) {
			t.Errorf("want the level WARN: %s", line)
		}
	}
}

func TestWithoutAStackThereAreNoMetrics(t *testing.T) {
	lines := write(t, func(o telemetry.Observer) {
		o.Stack = ""
		o.Observe(t.Context(), failing()[1])
		o.ObserveReport(t.Context(), reported)
	})
	if len(lines) != 3 || strings.Contains(strings.Join(lines, ""), "_aws") {
		t.Errorf("%s", lines)
	}
}

func TestRecoveriesAreCounted(t *testing.T) {
	counted := 0
	write(t, func(o telemetry.Observer) {
		o.CountRecovered = func(context.Context) error { counted++; return nil }
		for _, outcome := range calm() {
			o.Observe(t.Context(), outcome)
		}
	})
	if counted != 1 {
		t.Errorf("%d recoveries were counted, want one", counted)
	}
}

func TestHostileTextIsCut(t *testing.T) {
	hostile := lost
	hostile.Resource.Name = strings.Repeat("é", 100_000)
	line := observed(t, notify.Outcome{Result: notify.Notified, Change: hostile,
		Findings: []catalog.Finding{{ID: catalog.Unrecognised, Text: strings.Repeat("x", 100_000)}},
		Evidence: []coverage.Evidence{{Check: "c", Found: strings.Repeat("y", 100_000)}}})[0]
	if len(line) > 5000 || !strings.Contains(line, strings.Repeat("é", 500)+"…") {
		t.Errorf("a line of %d bytes: %.300s", len(line), line)
	}
}

func TestLinesOfHeartbeats(t *testing.T) {
	lines := write(t, func(o telemetry.Observer) {
		for _, h := range heartbeats() {
			o.ObserveHeartbeat(t.Context(), h)
		}
		foreign := heartbeat.Event{Place: heartbeat.Place{Account: "444455556666", Region: strings.Repeat("x", 1000)}}
		o.ObserveForeign(t.Context(), foreign)
	})
	for i, want := range []struct {
		level   string
		missing []any
		metrics map[string]any
	}{
		{"INFO", nil, map[string]any{}},
		{"WARN", []any{"us-east-1: 2026-03-02T05:00:00Z", "eu-west-1: never"}, map[string]any{"HeartbeatsMissing": 2.0}},
		{"WARN", nil, map[string]any{"StoreUnavailable": 1.0}},
		{"WARN", nil, map[string]any{"ForeignHeartbeat": 1.0}},
	} {
		var line map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &line); err != nil {
			t.Fatal(err)
		}
		missing, _ := line["missing_heartbeats"].([]any)
		if line["level"] != want.level || !slices.Equal(missing, want.missing) {
			t.Errorf("%s, want level %s and missing %v", lines[i], want.level, want.missing)
		}
		for name, value := range want.metrics {
			if line[name] != value {
				t.Errorf("%s has no %s of %v", lines[i], name, value)
			}
		}
		if len(want.metrics) == 0 && line["_aws"] != nil || len(lines[i]) > 1500 {
			t.Errorf("a metric that nobody needs, or a line of %d bytes: %s", len(lines[i]), lines[i])
		}
	}
}
