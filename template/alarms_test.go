package template_test

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/template/templatetest"
)

// stackName is what the resolver calls the stack.
const stackName = "coverage"

// TestAlarmsAndRunbookBelongTogether compares the alarms with the sections of the runbook, both ways.
func TestAlarmsAndRunbookBelongTogether(t *testing.T) {
	_, runbook, _ := strings.Cut(read(t, "../docs/operations.md"), "\n## Runbook\n")
	runbook, _, _ = strings.Cut(runbook, "\n## ")
	described := make(map[string]string)
	alarms := newStack(t, map[string]string{"ForwardedRegions": "us-east-1"}).Alarms(t)
	maps.Copy(alarms, newForwarder(t, nil).Alarms(t))
	for name, alarm := range alarms {
		text, section, ok := strings.Cut(alarm.Description, " Runbook: docs/operations.md")
		if !ok || len(text) < 20 || len(alarm.Description) > 1024 {
			t.Errorf("the description of %s is no explanation with its section: %s", name, alarm.Description)
		}
		described[name] = section
	}
	listed := make(map[string]string)
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| \\[[^]]+\\]\\((#[a-z-]+)\\) \\|")
	for _, cells := range row.FindAllStringSubmatch(runbook, -1) {
		listed[cells[1]] = cells[2]
	}
	if diff := cmp.Diff(described, listed); diff != "" {
		t.Errorf("alarms with their sections (-) and the runbook's table (+):\n%s", diff)
	}
	var sections []string
	for _, heading := range regexp.MustCompile(`(?m)^### (.+)$`).FindAllStringSubmatch(runbook, -1) {
		sections = append(sections, "#"+strings.ReplaceAll(strings.ToLower(heading[1]), " ", "-"))
	}
	slices.Sort(sections)
	if diff := cmp.Diff(slices.Sorted(maps.Values(described)), sections); diff != "" {
		t.Errorf("sections that alarms name (-) and sections of the runbook (+):\n%s", diff)
	}
}

func TestAlarmsNotifyWhoIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		parameters map[string]string
		recipient  string
	}{
		"an address":         {map[string]string{"AlarmEmail": "me@example.com"}, "<AlarmTopic>"},
		"a topic":            {map[string]string{"AlarmTopicArn": alarms}, alarms},
		"whoever subscribes": {nil, "<AlarmTopic>"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t, test.parameters)
			resources := s.Resources("AWS::CloudWatch::Alarm")
			if len(resources) < 15 {
				t.Errorf("there are only %d alarms", len(resources))
			}
			for alarm, resource := range resources {
				for _, actions := range []string{"AlarmActions", "OKActions"} {
					if got := words(resource["Properties"].(map[string]any)[actions]); got != test.recipient {
						t.Errorf("%s of %s are %q", actions, alarm, got)
					}
				}
			}
			if got := s.At("Outputs", "AlarmRecipient", "Value"); got != test.recipient {
				t.Errorf("the output says %v", got)
			}
			topic, made := s.Resources("AWS::SNS::Topic")["AlarmTopic"]
			if made != (test.recipient == "<AlarmTopic>") {
				t.Errorf("the stack makes the topic: %v", made)
			}
			subscribed := strings.Contains(words(topic), "Subscription Endpoint me@example.com Protocol email")
			if subscribed != (test.parameters["AlarmEmail"] != "") {
				t.Errorf("the topic is %s", words(topic))
			}
		})
	}
}

// The pages on which AWS documents its metrics and their dimensions.
const (
	sqsPage       = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
	lambdaPage    = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
	eventsPage    = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html"
	schedulerPage = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html"
)

// awsMetrics are the metrics of AWS that alarms may watch. A rule of the default event bus has but one dimension.
var awsMetrics = map[string]struct{ dimension, page string }{
	"AWS/SQS ApproximateNumberOfMessagesVisible": {"QueueName", sqsPage},
	"AWS/SQS ApproximateAgeOfOldestMessage":      {"QueueName", sqsPage},
	"AWS/Lambda Errors":                          {"FunctionName", lambdaPage},
	"AWS/Lambda Throttles":                       {"FunctionName", lambdaPage},
	"AWS/Lambda RecursiveInvocationsDropped":     {"FunctionName", lambdaPage},
	"AWS/Lambda AsyncEventsDropped":              {"FunctionName", lambdaPage},
	"AWS/Lambda DestinationDeliveryFailures":     {"FunctionName", lambdaPage},
	"AWS/Events Invocations":                     {"RuleName", eventsPage},
	"AWS/Events FailedInvocations":               {"RuleName", eventsPage},
	"AWS/Events InvocationsFailedToBeSentToDlq":  {"RuleName", eventsPage},
	"AWS/Scheduler InvocationDroppedCount":       {"ScheduleGroup", schedulerPage},
}

// TestAlarmsWatchMetricsThatExist: those of AWS as its pages document them, of what this stack has; our own
// as docs/operations.md lists them, which internal/telemetry compares with the log.
func TestAlarmsWatchMetricsThatExist(t *testing.T) {
	s := newStack(t, nil)
	own := documentedMetrics(t)
	unwatched := maps.Clone(awsMetrics)
	for name, alarm := range s.Alarms(t) {
		for _, metric := range alarm.Metrics() {
			if metric.Namespace == "GuardDutyCoverageNotifier" {
				if !slices.Contains(own, metric.Name) || metric.Dimensions != "Stack="+stackName {
					t.Errorf("%s watches %v, which no function writes", name, metric)
				}
				continue
			}
			dimension, value, _ := strings.Cut(metric.Dimensions, "=")
			documented := awsMetrics[metric.Namespace+" "+metric.Name]
			if dimension != documented.dimension {
				t.Errorf("%s watches %v; see %s", name, metric, documented.page)
			}
			logical, _, _ := strings.Cut(strings.Trim(value, "<>"), ".")
			// SAM makes the rule, and names it after the function and its event.
			if _, ok := s.At("Resources").(map[string]any)[logical]; !ok && logical != "NotifyFunctionCoverageChange" {
				t.Errorf("%s watches %s, which is no resource", name, logical)
			}
			delete(unwatched, metric.Namespace+" "+metric.Name)
		}
	}
	if len(unwatched) > 0 {
		t.Errorf("no alarm watches %v", slices.Sorted(maps.Keys(unwatched)))
	}
}

// documentedMetrics are the names in the table of docs/operations.md.
func documentedMetrics(t *testing.T) []string {
	t.Helper()
	_, metrics, _ := strings.Cut(read(t, "../docs/operations.md"), "\n## Metrics\n")
	metrics, _, _ = strings.Cut(metrics, "\n## ")
	var names []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(metrics, -1) {
		names = append(names, row[1])
	}
	return names
}

// recorder is the functions' log on a clock of its own, as CloudWatch reads it.
type recorder struct {
	t       *testing.T
	now     time.Time
	log     bytes.Buffer
	samples []templatetest.Sample
}

func (r *recorder) observe(write func(ctx context.Context, o telemetry.Observer)) {
	r.t.Helper()
	r.log.Reset()
	write(r.t.Context(), telemetry.Observer{
		Log: slog.New(slog.NewJSONHandler(&r.log, nil)), Stack: stackName, Now: func() time.Time { return r.now },
	})
	for line := range strings.Lines(r.log.String()) {
		samples, err := templatetest.Samples(line)
		if err != nil {
			r.t.Fatal(err)
		}
		r.samples = append(r.samples, samples...)
	}
}

func (r *recorder) outcome(o notify.Outcome) {
	r.t.Helper()
	r.observe(func(ctx context.Context, observer telemetry.Observer) { observer.Observe(ctx, o) })
}

func (r *recorder) report() {
	r.t.Helper()
	report := telemetry.Report{Resources: 3, Uncovered: 1, Notified: []string{"slack"}}
	r.observe(func(ctx context.Context, observer telemetry.Observer) { observer.ObserveReport(ctx, report) })
}

// history is when an alarm is on, minute by minute (hour by hour when it looks back for more than a day), in
// the hours after start. CloudWatch documents how many further points it looks at in an example only, so the
// caller says.
func (r *recorder) history(alarm templatetest.Alarm, start time.Time, hours, further int) (on []time.Duration) {
	step := time.Minute
	if alarm.Span() > 24*time.Hour {
		step = time.Hour
	}
	watched := slices.DeleteFunc(slices.Clone(r.samples), func(s templatetest.Sample) bool {
		return !slices.Contains(alarm.Metrics(), s.Metric)
	})
	for after := time.Duration(0); after <= time.Duration(hours)*time.Hour; after += step {
		if at := start.Add(after); alarm.On(watched, at, further) {
			on = append(on, after)
		}
	}
	return on
}

// monday is when every history begins.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// TestFailingSinkRaisesAnAlarm within 30 minutes of the first failure, for each way in which attempts may be
// spaced and wherever they are within a minute; it stays on until the sink works, and ends within half an
// hour.
func TestFailingSinkRaisesAnAlarm(t *testing.T) {
	alarm := newStack(t, nil).Alarms(t)["SinkFailingAlarm"]
	const minute, repaired = time.Minute, 4 * time.Hour
	for name, first := range map[string][]time.Duration{
		"doubling":               {0, minute / 2, minute, 2 * minute, 4 * minute, 8 * minute, 16 * minute},
		"doubling and gathered":  {0, 3 * minute / 2, 7 * minute / 2, 13 * minute / 2, 23 * minute / 2, 41 * minute / 2},
		"asked to wait for long": {0},
	} {
		for _, offset := range []time.Duration{0, 59*time.Second + 999*time.Millisecond, 4*minute + 31*time.Second} {
			for _, further := range []int{0, 2, 5} {
				r := &recorder{t: t}
				attempts := first
				for after := first[len(first)-1]; after < repaired; {
					after += 16 * minute // SQS delays by 15 minutes at most; gathering and the batch take up to one more.
					attempts = append(slices.Clone(attempts), after)
				}
				for _, after := range attempts {
					r.now = monday.Add(offset + after)
					r.outcome(notify.Outcome{Result: notify.Waiting, Failing: []string{"slack"}, FailingFor: after})
				}
				last := attempts[len(attempts)-1]
				on := r.history(alarm, monday.Add(offset), 6, further)
				if len(on) == 0 || on[0] > 30*minute {
					t.Fatalf("%s at %v, %d further points: on at %v", name, offset, further, on)
				}
				for i, at := range on {
					if want := on[0] + time.Duration(i)*minute; at != want && at <= last {
						t.Fatalf("%s at %v, %d further points: off at %v", name, offset, further, want)
					}
				}
				if end := on[len(on)-1]; end > last+time.Duration(5+further)*5*minute+minute {
					t.Errorf("%s at %v: on until %v, %v after the last failure", name, offset, end, end-last)
				}
			}
		}
	}
}

func TestShortOutageRaisesNoAlarm(t *testing.T) {
	s := newStack(t, nil)
	r := &recorder{t: t}
	for _, after := range []time.Duration{0, 30 * time.Second, 90 * time.Second, 210 * time.Second, 450 * time.Second} {
		r.now = monday.Add(after)
		r.outcome(notify.Outcome{Result: notify.Waiting, Failing: []string{"slack"}, FailingFor: after})
	}
	if on := r.history(s.Alarms(t)["SinkFailingAlarm"], monday, 2, 2); on != nil {
		t.Errorf("after eight minutes that Slack was down, the alarm was on at %v", on)
	}
}

// TestMisconfigurationRaisesAnAlarm within a minute, which stays on while attempts 15 minutes apart fail.
func TestMisconfigurationRaisesAnAlarm(t *testing.T) {
	alarm := newStack(t, nil).Alarms(t)["MisconfiguredAlarm"]
	for _, further := range []int{0, 5} {
		r := &recorder{t: t}
		for after := time.Duration(0); after <= 2*time.Hour; after += 16 * time.Minute {
			r.now = monday.Add(after)
			r.outcome(notify.Outcome{
				Result: notify.Waiting, Failing: []string{"slack"}, FailingFor: after, Misconfigured: true,
			})
		}
		on := r.history(alarm, monday, 4, further)
		if len(on) < 120 || on[0] != time.Minute || on[len(on)-1]-on[0] != time.Duration(len(on)-1)*time.Minute {
			t.Errorf("on at %v", on)
		}
	}
}

func TestUnknownFindingRaisesAnAlarm(t *testing.T) {
	r := &recorder{t: t, now: monday}
	r.outcome(notify.Outcome{
		Result: notify.Notified, Notified: []string{"slack"},
		Findings: []catalog.Finding{{ID: catalog.Unrecognised, Text: "new"}},
	})
	on := r.history(newStack(t, nil).Alarms(t)["UnknownFindingAlarm"], monday, 1, 0)
	if len(on) == 0 || on[0] != time.Minute {
		t.Errorf("on at %v", on)
	}
}

func TestStoreRaisesAnAlarmWhenItStaysAway(t *testing.T) {
	alarm := newStack(t, nil).Alarms(t)["StoreAlarm"]
	for times, want := range map[int]bool{1: false, 2: true} {
		r := &recorder{t: t, now: monday}
		for range times {
			r.outcome(notify.Outcome{Result: notify.Notified, StoreErr: context.DeadlineExceeded})
			r.now = r.now.Add(15 * time.Minute)
		}
		if on := r.history(alarm, monday, 1, 0); (len(on) > 0) != want {
			t.Errorf("away %d times: on at %v", times, on)
		}
	}
}

// TestMissingEventsRaiseAnAlarm: changes that only the report finds, day after day, but not those that it
// finds first.
func TestMissingEventsRaiseAnAlarm(t *testing.T) {
	alarm := newStack(t, nil).Alarms(t)["FoundByReportAlarm"]
	brought := notify.Outcome{Result: notify.Notified, Notified: []string{"slack"}}
	found := brought
	found.Change.Found = true
	for name, test := range map[string]struct {
		found, brought map[int]int // by day
		want           bool
	}{
		"the first report":                 {map[int]int{0: 30}, map[int]int{0: 3, 1: 3, 2: 3}, false},
		"one a day":                        {map[int]int{0: 1, 1: 1, 2: 1, 3: 1}, nil, false},
		"few of many":                      {map[int]int{0: 3, 1: 3, 2: 3}, map[int]int{0: 15, 1: 15, 2: 15}, false},
		"no event on two days":             {map[int]int{0: 5, 1: 4}, nil, true},
		"on Friday and Monday":             {map[int]int{4: 5, 7: 4}, map[int]int{4: 1, 7: 1}, true},
		"every third of many, on two days": {map[int]int{1: 6, 2: 6}, map[int]int{0: 20, 1: 12, 2: 12}, true},
	} {
		for _, further := range []int{0, 2} {
			r := &recorder{t: t}
			for day := range 8 {
				r.now = monday.Add(time.Duration(day)*24*time.Hour + 9*time.Hour)
				for range test.found[day] {
					r.outcome(found)
				}
				for range test.brought[day] {
					r.outcome(brought)
				}
			}
			if on := r.history(alarm, monday, 14*24, further); (len(on) > 0) != test.want {
				t.Errorf("%s: on at %v", name, on)
			}
		}
	}
}

// hours is how long after the start a heartbeat arrives.
type hours []float64

// TestSilenceRaisesAnAlarm follows what the rule hands on, which has a metric only when it does: a heartbeat an
// hour, each within a minute of its time.
func TestSilenceRaisesAnAlarm(t *testing.T) {
	alarm := newStack(t, nil).Alarms(t)["HeartbeatAlarm"]
	for name, test := range map[string]struct {
		arrived hours
		// first and last are the hours between which it is on; both 0: never.
		first, last time.Duration
	}{
		"every hour":     {hours{0, 1.01, 2, 3.016, 4, 5, 6, 7, 8}, 0, 0},
		"one is lost":    {hours{0, 1, 2.01, 4, 5, 6.01, 7, 8}, 0, 0},
		"three are lost": {hours{0, 1, 5, 6, 7, 8}, 3, 5},
		"for good":       {hours{0, 1, 2}, 4, 8},
	} {
		var samples []templatetest.Sample
		for _, after := range test.arrived {
			at := monday.Add(time.Duration(after * float64(time.Hour)))
			samples = append(samples, templatetest.Sample{Metric: alarm.Metrics()[0], At: at, Value: 1})
		}
		r := &recorder{t: t, samples: samples}
		on := slices.DeleteFunc(r.history(alarm, monday, 8, 0), func(after time.Duration) bool { return after < time.Hour })
		if (len(on) > 0) != (test.last > 0) {
			t.Fatalf("%s: on at %v", name, on)
		}
		if len(on) == 0 {
			continue
		}
		near := func(got, want time.Duration) bool { return got >= want && got <= want+2*time.Minute }
		if want := test.first * time.Hour; !near(on[0], want) {
			t.Errorf("%s: on after %v, want %v", name, on[0], want)
		}
		if want := test.last * time.Hour; on[len(on)-1] > want+time.Minute || on[len(on)-1] < want {
			t.Errorf("%s: on until %v, want %v", name, on[len(on)-1], want)
		}
	}
}

// TestMissingHeartbeatRaisesAnAlarm when a heartbeat of another Region says so, and until none does.
func TestMissingHeartbeatRaisesAnAlarm(t *testing.T) {
	if _, ok := newStack(t, nil).Alarms(t)["RegionHeartbeatAlarm"]; ok {
		t.Error("it is there although nothing is forwarded")
	}
	alarm := newStack(t, map[string]string{"ForwardedRegions": "us-east-1"}).Alarms(t)["RegionHeartbeatAlarm"]
	home := heartbeat.Place{Account: "111122223333", Region: "eu-central-1"}
	never := []heartbeat.Missing{{Place: heartbeat.Place{Account: "111122223333", Region: "us-east-1"}}}
	r := &recorder{t: t}
	for hour := range 12 {
		r.now = monday.Add(time.Duration(hour)*time.Hour + time.Duration(hour%2)*time.Minute)
		h := telemetry.Heartbeat{Place: home}
		if hour >= 3 && hour < 8 {
			h.Missing = never
		}
		r.observe(func(ctx context.Context, observer telemetry.Observer) { observer.ObserveHeartbeat(ctx, h) })
	}
	for _, further := range []int{0, 2} {
		on := r.history(alarm, monday, 14, further)
		if len(on) == 0 || on[0] > 3*time.Hour+2*time.Minute {
			t.Fatalf("%d further points: on at %v", further, on)
		}
		for i, at := range on {
			if want := on[0] + time.Duration(i)*time.Minute; at != want {
				t.Fatalf("%d further points: off at %v", further, want)
			}
		}
		if end := on[len(on)-1]; end < 7*time.Hour || end > 7*time.Hour+time.Duration(2+further)*time.Hour+2*time.Minute {
			t.Errorf("%d further points: on until %v", further, end)
		}
	}
}

// TestMissingReportRaisesAnAlarm follows a schedule for two weeks; then the reports stop.
func TestMissingReportRaisesAnAlarm(t *testing.T) {
	for name, test := range map[string]struct {
		hours string
		due   func(day int) bool
	}{
		"Monday to Friday": {"96", func(day int) bool { return day%7 < 5 }},
		"daily":            {"25", func(int) bool { return true }},
		"weekly":           {"168", func(day int) bool { return day%7 == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			alarm := newStack(t, map[string]string{"ReportGapHours": test.hours}).Alarms(t)["ReportMissingAlarm"]
			r := &recorder{t: t}
			var first, last time.Time
			for day := range 15 {
				if !test.due(day) {
					continue
				}
				last = monday.Add(time.Duration(day)*24*time.Hour + 9*time.Hour + time.Duration(day%3)*time.Minute)
				if first.IsZero() {
					first = last
				}
				r.now = last
				r.report()
			}
			for _, further := range []int{0, 2} {
				on := r.history(alarm, monday, 25*24, further)
				before := func(after time.Duration) bool { return !monday.Add(after).After(first) }
				if len(on) == 0 || !before(on[0]) {
					t.Error("it is not on before the first report")
				}
				on = slices.DeleteFunc(on, func(after time.Duration) bool { return before(after - time.Hour) })
				if len(on) == 0 {
					t.Fatal("reports stop, and it is never on")
				}
				late := monday.Add(on[0]).Sub(last) - alarm.Span()
				if late <= -time.Hour || late > time.Duration(further+1)*time.Hour {
					t.Errorf("on %v after the span of the alarm (%d further points)", late, further)
				}
			}
		})
	}
	if _, ok := newStack(t, map[string]string{"ReportGapHours": "0"}).Alarms(t)["ReportMissingAlarm"]; ok {
		t.Error("it cannot be turned off")
	}
}
