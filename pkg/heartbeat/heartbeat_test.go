package heartbeat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/heartbeat"
)

func TestDecode(t *testing.T) {
	place := heartbeat.Place{Account: "111122223333", Region: "us-east-1"}
	event := func(source, detailType, detail string) string {
		return `{"version":"0","id":"e-1","source":"` + source + `","detail-type":"` + detailType +
			`","account":"111122223333","region":"us-east-1","time":"2026-03-02T09:00:00Z","resources":[],"detail":` +
			detail + `}`
	}
	const own = heartbeat.Source
	test := heartbeat.Event{Place: place, SelfTest: true}
	named := test
	named.ID = "a-1B"
	for name, c := range map[string]struct {
		data string
		want heartbeat.Event
		ok   bool
	}{
		"a heartbeat":                  {event(own, "Heartbeat", `{}`), heartbeat.Event{Place: place}, true},
		"a self-test":                  {event(own, "Self-test", `{"id":"a-1B"}`), named, true},
		"a self-test without a name":   {event(own, "Self-test", `{}`), test, true},
		"a name with a line":           {event(own, "Self-test", `{"id":"a\nb"}`), test, true},
		"a name that is too long":      {event(own, "Self-test", `{"id":"`+strings.Repeat("a", 65)+`"}`), test, true},
		"a name that is a number":      {event(own, "Self-test", `{"id":1}`), test, true},
		"a detail that is a text":      {event(own, "Self-test", `"a"`), test, true},
		"an unknown event of its own":  {event(own, "Something", `{}`), heartbeat.Event{}, false},
		"another source":               {event("my.app", "Heartbeat", `{}`), heartbeat.Event{}, false},
		"a coverage event":             {event("aws.guardduty", "GuardDuty Runtime Protection Healthy", `{}`), heartbeat.Event{}, false},
		"a wake-up":                    {`{"version":1,"key":"111122223333/us-east-1/EC2/i-1"}`, heartbeat.Event{}, false},
		"a source that is a number":    {`{"source":1,"detail-type":"Heartbeat"}`, heartbeat.Event{}, false},
		"an account that is a number":  {`{"source":"` + own + `","detail-type":"Heartbeat","account":1}`, heartbeat.Event{}, false},
		"what is no JSON":              {`Heartbeat`, heartbeat.Event{}, false},
		"a heartbeat without a detail": {`{"source":"` + own + `","detail-type":"Heartbeat"}`, heartbeat.Event{}, true},
	} {
		got, ok := heartbeat.Decode([]byte(c.data))
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

func TestMissing(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	const hour, day = time.Hour, 24 * time.Hour
	for name, test := range map[string]struct {
		arrival heartbeat.Arrival
		missing bool
	}{
		"an hour ago":                        {heartbeat.Arrival{Last: ago(hour), Expected: ago(day)}, false},
		"three hours ago":                    {heartbeat.Arrival{Last: ago(3 * hour), Expected: ago(day)}, false},
		"more than three hours ago":          {heartbeat.Arrival{Last: ago(3*hour + time.Second), Expected: ago(day)}, true},
		"never, and just expected":           {heartbeat.Arrival{Expected: now}, false},
		"never, and expected for long":       {heartbeat.Arrival{Expected: ago(day)}, true},
		"never, and never expected":          {heartbeat.Arrival{}, true},
		"expected anew after a long silence": {heartbeat.Arrival{Last: ago(day), Expected: ago(hour)}, false},
	} {
		places := heartbeat.Places("111122223333", "eu-central-1", "us-east-1")
		known := map[heartbeat.Place]heartbeat.Arrival{places[0]: {Last: now}, places[1]: test.arrival}
		var want []heartbeat.Missing
		if test.missing {
			want = []heartbeat.Missing{{Place: places[1], Last: test.arrival.Last}}
		}
		if diff := cmp.Diff(want, heartbeat.MissingOf(places, known, now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
