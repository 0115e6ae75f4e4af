package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

// TestReportNamesAccountsWithoutEvents goes by the newest change of every resource that is remembered.
func TestReportNamesAccountsWithoutEvents(t *testing.T) {
	const hour = time.Hour
	// remembered is a change of so long ago, by an event, or found by a report made so long ago.
	remembered := func(ago time.Duration, found bool, foundAgo time.Duration) coverage.Change {
		return coverage.Change{
			Resource: coverage.Resource{Account: member, Region: eu, Kind: coverage.EC2}, Status: coverage.Unhealthy,
			ChangedAt: start.Add(-ago), Found: found, ReceivedAt: start.Add(-foundAgo),
		}
	}
	found := func(ago, foundAgo time.Duration) coverage.Change { return remembered(ago, true, foundAgo) }
	event := func(ago time.Duration) coverage.Change { return remembered(ago, false, ago) }
	gone, elsewhere := found(1*hour, 0), found(1*hour, 0)
	gone.Gone, gone.Status = true, coverage.Healthy
	elsewhere.Resource.Region = "ap-south-1"
	for name, test := range map[string]struct {
		changes []coverage.Change
		named   bool
	}{
		"nothing":                               {nil, false},
		"by events":                             {[]coverage.Change{event(3 * hour), event(2 * hour), event(hour)}, false},
		"by two reports":                        {[]coverage.Change{found(9*hour, 8*hour), found(8*hour, 8*hour), found(hour, 0)}, true},
		"two changes":                           {[]coverage.Change{found(9*hour, 8*hour), found(hour, 0)}, false},
		"by one report":                         {[]coverage.Change{found(3*hour, 0), found(2*hour, 0), found(hour, 0)}, false},
		"by many, and the latest by one":        {[]coverage.Change{found(9*hour, 8*hour), found(3*hour, 0), found(2*hour, 0), found(hour, 0)}, true},
		"events that came earlier":              {[]coverage.Change{event(10 * hour), found(9*hour, 8*hour), found(8*hour, 8*hour), found(hour, 0)}, true},
		"an event that came later":              {[]coverage.Change{found(9*hour, 8*hour), found(8*hour, 8*hour), found(2*hour, 0), event(hour)}, false},
		"an event that came between":            {[]coverage.Change{found(9*hour, 8*hour), event(5 * hour), found(2*hour, 0), found(hour, 0)}, false},
		"from before events were expected":      {[]coverage.Change{found(40*hour, 8*hour), found(30*hour, 8*hour), found(25*hour, 0), found(hour, 0)}, false},
		"resources that are gone have no event": {[]coverage.Change{found(9*hour, 8*hour), found(2*hour, 0), gone}, false},
		"of a Region that is not served":        {[]coverage.Change{found(9*hour, 8*hour), found(2*hour, 0), elsewhere}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.list(cluster("shop", coverage.Healthy, longAgo))
			for i, change := range test.changes {
				change.Resource.Name = fmt.Sprint("i-", i)
				w.ledger.open = append(w.ledger.open, incident.Record{Key: change.Resource.Key(), Change: change})
			}
			if err := w.report(t.Context(), "1", own); err != nil {
				t.Fatal(err)
			}
			var want []string
			if test.named {
				want = []string{member}
			}
			if diff := cmp.Diff(want, w.form().EventlessAccounts); diff != "" {
				t.Errorf("named (-want +got):\n%s", diff)
			}
			if !slices.Equal(w.lines[0].Eventless, want) {
				t.Errorf("the log names %v", w.lines[0].Eventless)
			}
		})
	}
}
