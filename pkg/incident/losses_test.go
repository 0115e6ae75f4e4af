package incident_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

const minute = time.Minute

// TestLossesAreKept has events in the order in which they arrive: "+" is a loss, "-" a recovery, at that minute.
func TestLossesAreKept(t *testing.T) {
	lossOf := func(from, to time.Duration, causes ...string) coverage.Loss {
		return coverage.Loss{OpenedAt: now.Add(from * minute), ClosedAt: now.Add(to * minute), Causes: causes}
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
		want   []coverage.Loss
	}{
		"none":                           {nil, nil},
		"not over":                       {[]event{lost(0, "a")}, nil},
		"a recovery alone":               {[]event{back(5)}, nil},
		"one":                            {[]event{lost(0, "a"), back(5)}, []coverage.Loss{lossOf(0, 5, "a")}},
		"every event twice":              {[]event{lost(0, "a"), lost(0, "a"), back(5), back(5), lost(0, "a")}, []coverage.Loss{lossOf(0, 5, "a")}},
		"a recovery that says no more":   {[]event{lost(0, "a"), back(5), back(6)}, []coverage.Loss{lossOf(0, 5, "a")}},
		"with another cause in the end":  {[]event{lost(0, "a"), lost(3, "b"), back(5)}, []coverage.Loss{lossOf(0, 5, "b")}},
		"two":                            {[]event{lost(0, "a"), back(5), lost(7, "b"), back(8)}, []coverage.Loss{lossOf(0, 5, "a"), lossOf(7, 8, "b")}},
		"its recovery first":             {[]event{back(5), lost(0, "a")}, []coverage.Loss{lossOf(0, 5, "a")}},
		"its recovery first, and twice":  {[]event{back(5), lost(0, "a"), lost(0, "a")}, []coverage.Loss{lossOf(0, 5, "a")}},
		"one after the other, backwards": {[]event{back(8), lost(7, "b"), back(5), lost(0, "a")}, []coverage.Loss{lossOf(7, 8, "b")}},
		"a cause that comes too late":    {[]event{lost(0, "a"), back(5), lost(3, "b")}, []coverage.Loss{lossOf(0, 5, "a")}},
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
	for i := range 50 {
		c.Status, c.ChangedAt, c.Gone = coverage.Unhealthy, now.Add(time.Duration(2*i)*minute), false
		r.Observe(c, []string{"a"})
		before := r
		c.Status, c.ChangedAt, c.Gone = coverage.Healthy, c.ChangedAt.Add(minute), true
		r.Observe(c, nil)
		if len(before.Losses) == len(r.Losses) && len(r.Losses) < 20 || len(before.Losses) > 0 && !before.Losses[0].ClosedAt.Before(c.ChangedAt) {
			t.Fatal("a copy of the record changed with it")
		}
	}
	if len(r.Losses) != 20 {
		t.Fatalf("%d losses are kept", len(r.Losses))
	}
	for i, l := range r.Losses {
		if !l.OpenedAt.Equal(now.Add(time.Duration(2*(30+i))*minute)) || !l.Gone {
			t.Errorf("%d is %+v", i, l)
		}
	}
}
