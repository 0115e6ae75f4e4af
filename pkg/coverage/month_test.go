package coverage_test

import (
	"fmt"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

func TestAMonthKeepsTheLongestLosses(t *testing.T) {
	const more = 10_000
	var m coverage.Month
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for i := range coverage.MonthKept + more {
		took := time.Duration((i*7919)%(coverage.MonthKept+more)+1) * time.Minute
		m.Add(coverage.Loss{Resource: coverage.Resource{Name: fmt.Sprint(i)}, OpenedAt: at, ClosedAt: at.Add(took)})
	}
	m.Trim()
	if len(m.Losses) != coverage.MonthKept || m.Shorter != more || m.ShorterTotal != more*(more+1)/2*time.Minute {
		t.Fatalf("%d are kept, of %d others %v", len(m.Losses), m.Shorter, m.ShorterTotal)
	}
	for i, l := range m.Losses {
		if want := time.Duration(coverage.MonthKept+more-i) * time.Minute; l.ClosedAt.Sub(l.OpenedAt) != want {
			t.Fatalf("%d took %v, want %v", i, l.ClosedAt.Sub(l.OpenedAt), want)
		}
	}
	if m.Trim(); m.Shorter != more {
		t.Error("trimmed twice, it counts some twice")
	}
}

func TestMonthsAreInUTC(t *testing.T) {
	at := time.Date(2026, 3, 1, 1, 0, 0, 0, time.FixedZone("east", 9*3600))
	if got := coverage.MonthOf(at); got != "2026-02" {
		t.Errorf("%v is in %s", at, got)
	}
}
