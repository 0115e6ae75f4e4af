package app_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/report"
)

// monthLedger keeps months in memory.
type monthLedger struct {
	months     map[string]dynamo.Month
	read       []string
	saves      int
	unreadable bool
	unsaved    bool
}

func (m *monthLedger) Month(_ context.Context, name string) (dynamo.Month, error) {
	if m.unreadable {
		return dynamo.Month{}, errors.New("throttled")
	}
	m.read = append(m.read, name)
	return m.months[name], nil
}

func (m *monthLedger) SaveMonth(_ context.Context, name string, month dynamo.Month, _ time.Time) error {
	if m.unsaved {
		return errors.New("throttled")
	}
	m.saves++
	m.months[name] = month
	return nil
}

// TestEveryLossIsCountedOnce has 50 resources that lose coverage and regain it at random over 100 days, and a report
// a day, of which some fail to save. Whatever a report counts is what happened.
func TestEveryLossIsCountedOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	begins := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	ledger := &monthLedger{months: map[string]dynamo.Month{}}
	records := make([]incident.Record, 50)
	next := make([]time.Time, len(records))
	var happened []coverage.Loss
	for i := range records {
		records[i].Key, next[i] = fmt.Sprint(i), begins
	}
	var last time.Time
	for day := range 100 {
		now := begins.AddDate(0, 0, day)
		for i := range records {
			resource := coverage.Resource{Kind: coverage.EC2, Name: fmt.Sprint("i-", i), Account: "111122223333"}
			for next[i].Before(now) {
				lost := next[i]
				back := lost.Add(time.Duration(1+random.IntN(600)) * time.Minute)
				next[i] = back.Add(time.Duration(1+random.IntN(4000)) * time.Minute)
				records[i].Observe(coverage.Change{Resource: resource, Status: coverage.Unhealthy, ChangedAt: lost}, []string{"a"})
				records[i].Observe(coverage.Change{Resource: resource, Status: coverage.Healthy, ChangedAt: back}, nil)
				happened = append(happened, coverage.Loss{Resource: resource, OpenedAt: lost, ClosedAt: back, Causes: []string{"a"}})
			}
		}
		counter := report.NewLossCounter(now.Add(-report.Period), now)
		losses, err := app.ReadLosses(t.Context(), ledger, counter, last, now, report.Period)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			losses.Add(r)
		}
		want := report.NewLossCounter(now.Add(-report.Period), now)
		for _, l := range happened {
			want.Add(l)
		}
		if got, want := counter.Losses(), want.Losses(); got.Count != want.Count || got.Total != want.Total || got.Repaired != want.Repaired ||
			got.Median != want.Median || len(got.Longest) != len(want.Longest) {
			t.Fatalf("day %d: %d losses of %v, want %d of %v", day, got.Count, got.Total, want.Count, want.Total)
		}
		saves := ledger.saves
		ledger.unsaved = day%3 == 0
		if err := losses.Save(t.Context()); day > 10 && (err == nil) != (ledger.saves > saves) {
			t.Errorf("day %d: %d months are saved: %v", day, ledger.saves-saves, err)
		}
		last = now
	}
	kept := 0
	for name, month := range ledger.months {
		for _, l := range month.Losses {
			if kept++; coverage.MonthOf(l.ClosedAt) != name {
				t.Errorf("%v is kept in %s", l.ClosedAt, name)
			}
		}
	}
	if recent := len(happened) - kept; kept == 0 || recent <= 0 || recent > 200 {
		t.Errorf("%d of %d losses are kept", kept, len(happened))
	}
}

func TestLossesReadTheMonthsThatMatter(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		last time.Time
		want int
	}{
		"the first report":   {time.Time{}, 14},
		"a report yesterday": {now.AddDate(0, 0, -1), 3},
		"one months ago":     {time.Date(2025, 10, 2, 9, 0, 0, 0, time.UTC), 7},
	} {
		ledger := &monthLedger{}
		if _, err := app.ReadLosses(t.Context(), ledger, &report.LossCounter{}, test.last, now, report.Period); err != nil || len(ledger.read) != test.want {
			t.Errorf("%s: %v are read, want %d months: %v", name, ledger.read, test.want, err)
		}
	}
	if _, err := app.ReadLosses(t.Context(), &monthLedger{unreadable: true}, &report.LossCounter{}, now, now, report.Period); err == nil {
		t.Error("months that cannot be read are passed over")
	}
}

// TestNothingIsSavedThatSaysNothingNew saves a write for each report without losses.
func TestNothingIsSavedThatSaysNothingNew(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ledger := &monthLedger{months: map[string]dynamo.Month{}}
	open := incident.Record{Change: coverage.Change{Status: coverage.Unhealthy}, OpenedAt: now.Add(-time.Hour)}
	fresh := incident.Record{Losses: []coverage.Loss{{OpenedAt: now.Add(-2 * time.Hour), ClosedAt: now.Add(-time.Hour)}}}
	counter := report.NewLossCounter(now.Add(-report.Period), now)
	losses, err := app.ReadLosses(t.Context(), ledger, counter, now.AddDate(0, 0, -1), now, report.Period)
	if err != nil {
		t.Fatal(err)
	}
	losses.Add(open)
	losses.Add(fresh)
	losses.Add(incident.Record{})
	if err := losses.Save(t.Context()); err != nil || ledger.saves > 0 {
		t.Errorf("%d months are saved: %v", ledger.saves, err)
	}
	if got := counter.Losses(); got.Count != 2 || got.Open != 1 || got.Total != 2*time.Hour {
		t.Errorf("%+v", got)
	}
}
