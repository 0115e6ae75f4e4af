package integration

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
	"guardduty-coverage-notifier/template/templatetest"
)

// samples are what CloudWatch would extract from the log so far.
func (f *function) samples() []templatetest.Sample {
	f.t.Helper()
	var all []templatetest.Sample
	for _, e := range f.entries() {
		samples, err := templatetest.Samples(e.raw)
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, samples...)
	}
	return all
}

func alarmsOf(t *testing.T) map[string]templatetest.Alarm {
	t.Helper()
	return templatetest.New(t, "../template.yaml", map[string]string{"AWS::StackName": stackName}).Alarms(t)
}

// on fails the test unless the alarm is on right after these samples, which says that it watches metrics by
// the names and dimensions that the binary writes.
func on(t *testing.T, name string, samples []templatetest.Sample) {
	t.Helper()
	if len(samples) == 0 {
		t.Fatal("the log has no metrics")
	}
	latest := slices.MaxFunc(samples, func(a, b templatetest.Sample) int { return a.At.Compare(b.At) })
	alarm, next := alarmsOf(t)[name], time.Minute
	if alarm.Span() > 24*time.Hour {
		next = time.Hour
	}
	if !alarm.On(samples, latest.At.Add(next), 0) {
		t.Errorf("%s is not on after %v", name, samples)
	}
	if alarm.On(nil, latest.At, 0) {
		t.Errorf("%s is on without any of it", name)
	}
}

// TestAlarmsOfTheNotifier needs no AWS: the function remembers in memory, and nothing waits.
func TestAlarmsOfTheNotifier(t *testing.T) {
	t.Run("an unknown finding", func(t *testing.T) {
		t.Parallel()
		f := start(t, byBot(slacktest.New(t, slacktest.Options{}))...)
		f.invoke(sample(t, "ec2-unknown.json"))
		on(t, "UnknownFindingAlarm", f.samples())
	})
	t.Run("a sink that fails", func(t *testing.T) {
		t.Parallel()
		slack := slacktest.New(t, slacktest.Options{})
		f := start(t, byBot(slack)...)
		slack.Fail(down)
		f.refuse(lost("i-1", disconnected, 0))
		// What it writes at the first attempt, written again and again while time goes by.
		samples := f.samples()
		first := samples[0].At
		for _, after := range []time.Duration{time.Minute, 8 * time.Minute, 16 * time.Minute} {
			for _, s := range f.samples() {
				s.At = first.Add(after)
				if s.Name == "SinkFailingFor" {
					s.Value += after.Seconds()
				}
				samples = append(samples, s)
			}
		}
		on(t, "SinkFailingAlarm", samples)
	})
}

// everyAlarm has each of our own metrics that alarms watch written by the binaries against a table and
// queues, and compares names and dimensions.
func everyAlarm(t *testing.T) {
	o := newOffice(t, slacktest.Options{}, uncovered("i-1", disconnected, moment(0)),
		uncovered("i-2", disconnected, moment(0)), uncovered("i-3", disconnected, moment(0)))
	o.check(o.reports.report(monday))
	o.after(0, o.events)
	written := slices.Concat(o.reports.samples(), o.events.samples())
	on(t, "FoundByReportAlarm", twoDays(written))

	before := len(o.events.samples())
	o.failing(theTable, unreachable)
	o.events.invoke(lost("i-4", disconnected, 0))
	o.events.invoke(lost("i-5", disconnected, 0))
	stored := o.events.samples()[before:]
	for i, s := range stored {
		stored[i].At = s.At.Add(-time.Duration(i) * 5 * time.Minute) // Two attempts are not within one period.
	}
	on(t, "StoreAlarm", stored)
	o.repair()

	o.slack.Fail(down)
	o.events.invoke(lost("i-6", disconnected, 0))
	o.events.invoke(sample(t, "ec2-unknown.json"))
	written = append(written, o.events.samples()...)
	written = append(written, misconfigured(t)...)
	seen := make(map[templatetest.Metric]bool)
	for _, s := range written {
		seen[s.Metric] = true
	}
	for name, alarm := range alarmsOf(t) {
		for _, metric := range alarm.Metrics() {
			if strings.HasPrefix(metric.Namespace, "AWS/") {
				continue // template/alarms_test.go has the pages.
			}
			if !seen[metric] {
				t.Errorf("%s watches %v; the binaries wrote %v", name, metric, slices.Collect(maps.Keys(seen)))
			}
		}
	}
}

// twoDays are the samples, and the same on the day before.
func twoDays(samples []templatetest.Sample) []templatetest.Sample {
	both := slices.Clone(samples)
	for _, s := range samples {
		s.At = s.At.Add(-24 * time.Hour)
		both = append(both, s)
	}
	return both
}

// misconfigured is what is written with a token that was revoked.
func misconfigured(t *testing.T) []templatetest.Sample {
	t.Helper()
	slack := slacktest.New(t, slacktest.Options{Token: "xoxb-111111111111-before"})
	settings := byBot(slack)
	slack.RotateToken("xoxb-111111111111-after", "token_revoked")
	f := start(t, settings...)
	f.refuse(lost("i-1", disconnected, 0))
	samples := f.samples()
	on(t, "MisconfiguredAlarm", samples)
	return samples
}
