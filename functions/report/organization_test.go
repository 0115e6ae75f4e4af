package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/message"
)

// administered is a Region with a covered cluster, whose account administers an organization.
func administered(o guarddutytest.Organization) guarddutytest.Region {
	region := guarddutytest.List(guarddutytest.Resource{
		AccountID: own, Status: string(coverage.Healthy),
		Details: guarddutytest.Details{Type: "EKS", EKS: &guarddutytest.EKS{ClusterName: "shop"}},
	})
	region.Account, region.Organization = own, &o
	return region
}

// form is the one report that was sent, for programs.
func (w *world) form() message.Report {
	w.t.Helper()
	if len(w.slack.told) != 1 {
		w.t.Fatalf("%d reports were sent", len(w.slack.told))
	}
	return w.slack.told[0].Form.(message.Report)
}

func TestReportNamesWhatIsNotWatched(t *testing.T) {
	w := newWorld(t, map[string]guarddutytest.Region{
		eu: administered(
			guarddutytest.Organization{
				Members: []guarddutytest.Member{{AccountID: member, Off: true}},
				Total:   90,
			},
		),
		us: administered(guarddutytest.Organization{Members: []guarddutytest.Member{{AccountID: member}}}),
	})
	w.regions = enabled{regions: []string{eu, "sa-east-1", us}}
	if err := w.report(t.Context(), "1", own); err != nil {
		t.Fatal(err)
	}
	form := w.form()
	want := &message.ReportOrganization{
		Accounts: 90, NotWatched: 89,
		AccountGaps: []message.ReportAccountGap{
			{Gap: "not-a-member", Total: 88},
			{
				Gap:      "runtime-monitoring-off",
				Total:    1,
				Accounts: []message.ReportUnwatchedAccount{{Account: member, Regions: []string{eu}}},
			},
		},
		RegionGaps: []message.ReportRegionGap{{Gap: "not-reported", Regions: []string{"sa-east-1"}}},
	}
	if diff := cmp.Diff(want, form.Organization); diff != "" {
		t.Errorf("the organization (-want +got):\n%s", diff)
	}
	summary := w.slack.told[0].Summary
	if want := "Of 90 accounts, 89 are not watched in at least one Region."; !strings.Contains(summary, want) {
		t.Errorf("%q lacks %q", summary, want)
	}
	if line := w.lines[0]; line.Accounts != 90 || line.NotWatched != 89 {
		t.Errorf("the log says %d of %d", line.NotWatched, line.Accounts)
	}
}

func TestReportOfAllRegions(t *testing.T) {
	tests := map[string]struct {
		enabled  enabled
		regions  []string
		problems []message.ReportProblem
		gaps     []message.ReportRegionGap
	}{
		"all that are enabled": {
			enabled: enabled{
				regions: []string{"ap-south-1", eu, us},
			}, regions: []string{"ap-south-1", eu, us},
			problems: []message.ReportProblem{{Region: "ap-south-1", Reason: "no-detector"}},
			gaps:     []message.ReportRegionGap{{Gap: "guardduty-off", Regions: []string{"ap-south-1"}}},
		},
		"they cannot be listed": {
			enabled: enabled{err: errors.New("listing the Regions: denied")}, regions: []string{eu},
			gaps: []message.ReportRegionGap{{Gap: "regions-unknown", Detail: "listing the Regions: denied"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, map[string]guarddutytest.Region{
				eu: administered(
					guarddutytest.Organization{},
				), us: administered(guarddutytest.Organization{}), "ap-south-1": {},
			})
			w.settings, w.regions = config.Report{Regions: []string{eu}, AllRegions: true}, test.enabled
			if err := w.report(t.Context(), "1", own); err != nil {
				t.Fatal(err)
			}
			form := w.form()
			if !slices.Equal(form.Regions, test.regions) || !slices.Equal(form.Problems, test.problems) {
				t.Errorf("Regions %q, problems %v", form.Regions, form.Problems)
			}
			if diff := cmp.Diff(test.gaps, form.Organization.RegionGaps); diff != "" {
				t.Errorf("the gaps (-want +got):\n%s", diff)
			}
		})
	}
}
