package templatetest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestAlarmTreatsMissingDataAsDocumented has the rows of both tables of AWS's page that are about breaching
// and notBreaching (the oldest data point first; X breaches, 0 does not, - is missing), with its evaluation
// range of 5: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
func TestAlarmTreatsMissingDataAsDocumented(t *testing.T) {
	for _, test := range []struct {
		points                  string
		needed                  int
		breaching, notBreaching bool
	}{
		{"0 - X - X", 3, false, false},
		{"0 - - - -", 3, false, false},
		{"- - - - -", 3, true, false},
		{"0 X X - X", 3, true, true},
		{"- - X - -", 3, true, false},
		{"0 - X - X", 2, true, true},
		{"0 0 X 0 X", 2, true, true},
		{"0 - X - -", 2, true, false},
		{"- - - - 0", 2, true, false},
		{"- - - X -", 2, true, false},
	} {
		for missingBreaching, want := range map[bool]bool{true: test.breaching, false: test.notBreaching} {
			watched := Metric{Name: "m"}
			a := Alarm{
				Watched: map[string]Metric{"": watched}, statistic: "Sum", period: 5 * time.Minute, periods: 3,
				needed: test.needed, missingBreaching: missingBreaching,
			}
			now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
			var samples []Sample
			for i, point := range strings.Fields(test.points) {
				value := map[string]float64{"0": 0, "X": 1}[point]
				at := now.Add(time.Duration(i-5)*a.period + time.Minute)
				if point != "-" {
					samples = append(samples, Sample{watched, at, value})
				}
			}
			if got := a.On(samples, now, 2); got != want {
				t.Errorf("%s, %d of 3, missing breaches %v: on is %v", test.points, test.needed, missingBreaching, got)
			}
		}
	}
}

func TestAlarmComputes(t *testing.T) {
	const share = "IF(FILL(found, 0) >= 3, 100 * FILL(found, 0) / notified, 0)"
	m := func(name string) Metric { return newMetric("N", name, map[string]string{"Stack": "s"}) }
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		found, notified float64
		want            bool
	}{{0, 100, false}, {2, 2, false}, {3, 3, true}, {3, 15, false}, {4, 15, true}} {
		a := Alarm{
			Watched:    map[string]Metric{"found": m("Found"), "notified": m("Notified")},
			expression: share, statistic: "Sum", period: time.Hour, periods: 1, needed: 1, threshold: 20,
		}
		samples := []Sample{{m("Notified"), start, test.notified}}
		if test.found > 0 {
			samples = append(samples, Sample{m("Found"), start, test.found})
		}
		if got := a.On(samples, start.Add(time.Minute), 0); got != test.want {
			t.Errorf("%v of %v: on is %v", test.found, test.notified, got)
		}
	}
}

func TestSamplesOfALine(t *testing.T) {
	const line = `{"_aws":{"Timestamp":1774229808000,"CloudWatchMetrics":[{"Namespace":"N",` +
		`"Dimensions":[["Stack","Sink"]],"Metrics":[{"Name":"A","Unit":"Count"},{"Name":"B","Unit":"Seconds"}]}]},` +
		`"Sink":"slack","Stack":"s","A":1,"B":2.5}`
	const want = "[{{N A Sink=slack,Stack=s} 1} {{N B Sink=slack,Stack=s} 2.5}]"
	got, err := Samples(line)
	if err != nil || fmt.Sprint(withoutTimes(got)) != want {
		t.Errorf("%v, %v; want %s", withoutTimes(got), err, want)
	}
	if got, err := Samples(`{"message":"plain"}`); got != nil || err != nil {
		t.Errorf("a line without metrics: %v, %v", got, err)
	}
	for _, bad := range []string{
		"plain", strings.Replace(line, `"A":1`, `"C":1`, 1), strings.Replace(line, `"Sink":"slack",`, "", 1),
	} {
		if _, err := Samples(bad); err == nil {
			t.Errorf("no error for %s", bad)
		}
	}
}

func withoutTimes(samples []Sample) []any {
	var all []any
	for _, s := range samples {
		all = append(all, struct {
			Metric
			Value float64
		}{s.Metric, s.Value})
	}
	return all
}
