package incident_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

const minute = time.Minute

// TestLossesAreKept has events in the order in which they arrive: "+" is a loss, "-" a recovery, at that minute.
func TestLossesAreKept(t *testing.T) {
	lossOf := func(from, to time.Duration, causes ...string) incident.Loss {
		return incident.Loss{OpenedAt: now.Add(from * minute), ClosedAt: now.Add(to * minute), Causes: causes}
	}
	type event struct {
		status coverage.Status
		at     time.Duration
		cause  string
	}
	lost := func(at time.Duration, cause string) event { return event{coverage.Unhealthy, at, cause} }
	back := func(at time.Duration) event { return event{coverage.Healthy, at, ""} }
	for name, test := range map[string]struct {
		events []event
		want   []incident.Loss
	}{
		"none":                           {nil, nil},
		"not over":                       {[]event{lost(0, "a")}, nil},
		"a recovery alone":               {[]event{back(5)}, nil},
		"one":                            {[]event{lost(0, "a"), back(5)}, []incident.Loss{lossOf(0, 5, "a")}},
		"every event twice":              {[]event{lost(0, "a"), lost(0, "a"), back(5), back(5), lost(0, "a")}, []incident.Loss{lossOf(0, 5, "a")}},
		"a recovery that says no more":   {[]event{lost(0, "a"), back(5), back(6)}, []incident.Loss{lossOf(0, 5, "a")}},
		"with another cause in the end":  {[]event{lost(0, "a"), lost(3, "b"), back(5)}, []incident.Loss{lossOf(0, 5, "b")}},
		"two":                            {[]event{lost(0, "a"), back(5), lost(7, "b"), back(8)}, []incident.Loss{lossOf(0, 5, "a"), lossOf(7, 8, "b")}},
		"its recovery first":             {[]event{back(5), lost(0, "a")}, []incident.Loss{lossOf(0, 5, "a")}},
		"its recovery first, and twice":  {[]event{back(5), lost(0, "a"), lost(0, "a")}, []incident.Loss{lossOf(0, 5, "a")}},
		"one after the other, backwards": {[]event{back(8), lost(7, "b"), back(5), lost(0, "a")}, []incident.Loss{lossOf(7, 8, "b")}},
		"a cause that comes too late":    {[]event{lost(0, "a"), back(5), lost(3, "b")}, []incident.Loss{lossOf(0, 5, "a")}},
	} {
		var r incident.Record
		for _, e := range test.events {
			c := change(e.status, e.at*minute)
			if e.status == coverage.Unhealthy {
				r.Observe(c, []string{e.cause})
			} else {
				r.Observe(c, nil)
			}
		}
		if diff := cmp.Diff(test.want, r.Losses); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestARecordKeepsItsLastLosses(t *testing.T) {
	var r incident.Record
	c := change(coverage.Unhealthy, 0)
	c.Resource = coverage.Resource{Kind: coverage.EC2, Name: "i-1"}
	for i := range 50 {
		c.Status, c.ChangedAt, c.Gone = coverage.Unhealthy, now.Add(time.Duration(2*i)*minute), false
		r.Observe(c, []string{"a"})
		if open, ok := r.Open(); !ok || !open.OpenedAt.Equal(c.ChangedAt) || open.Resource.Name != "i-1" || !open.ClosedAt.IsZero() {
			t.Fatalf("the open loss is %+v, %v", open, ok)
		}
		before := r
		c.Status, c.ChangedAt, c.Gone = coverage.Healthy, c.ChangedAt.Add(minute), true
		r.Observe(c, nil)
		if len(before.Losses) == len(r.Losses) && len(r.Losses) < 20 || len(before.Losses) > 0 && !before.Losses[0].ClosedAt.Before(c.ChangedAt) {
			t.Fatal("a copy of the record changed with it")
		}
	}
	past := r.Past()
	if _, ok := r.Open(); ok || len(past) != 20 {
		t.Fatalf("%d losses are kept, open: %v", len(past), ok)
	}
	for i, l := range past {
		if !l.OpenedAt.Equal(now.Add(time.Duration(2*(30+i))*minute)) || l.Resource.Name != "i-1" || !l.Gone {
			t.Errorf("%d is %+v", i, l)
		}
	}
}

func TestAMonthKeepsTheLongestLosses(t *testing.T) {
	const more = 10_000
	var m incident.Month
	for i := range incident.MonthKept + more {
		took := time.Duration((i*7919)%(incident.MonthKept+more)+1) * minute
		m.Add(coverage.Loss{Resource: coverage.Resource{Name: fmt.Sprint(i)}, OpenedAt: now, ClosedAt: now.Add(took)})
	}
	m.Trim()
	if len(m.Losses) != incident.MonthKept || m.Shorter != more || m.ShorterTotal != more*(more+1)/2*minute {
		t.Fatalf("%d are kept, of %d others %v", len(m.Losses), m.Shorter, m.ShorterTotal)
	}
	for i, l := range m.Losses {
		if want := time.Duration(incident.MonthKept+more-i) * minute; l.ClosedAt.Sub(l.OpenedAt) != want {
			t.Fatalf("%d took %v, want %v", i, l.ClosedAt.Sub(l.OpenedAt), want)
		}
	}
	if m.Trim(); m.Shorter != more {
		t.Error("trimmed twice, it counts some twice")
	}
}

func TestMonthsAreInUTC(t *testing.T) {
	at := time.Date(2026, 3, 1, 1, 0, 0, 0, time.FixedZone("east", 9*3600))
	if got := incident.MonthOf(at); got != "2026-02" {
		t.Errorf("%v is in %s", at, got)
	}
}
