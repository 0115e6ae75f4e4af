package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/message"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// counting counts the same everywhere, and notes what it was asked.
type counting struct {
	found   inventory.Found
	account *string
	regions *[]string
}

func (c counting) Count(_ context.Context, account string, regions []string) inventory.Found {
	*c.account, *c.regions = account, regions
	return c.found
}

func TestReportComparesWithWhatExists(t *testing.T) {
	w := newWorld(t, map[string]guarddutytest.Region{
		eu: guarddutytest.List(
			instance(own, "i-1", "HEALTHY", longAgo),
			instance(member, "i-2", "HEALTHY", longAgo),
		),
		us: guarddutytest.List(),
	})
	var account string
	var regions []string
	here := inventory.Key{Account: own, Region: eu, Kind: coverage.EC2}
	w.existing = counting{inventory.Found{
		Account: own, Counts: map[inventory.Key]inventory.Count{here: {Exists: 5, Coverable: 4}},
		Gaps: []inventory.Gap{{Kind: coverage.EC2, Account: own, Region: us, Detail: "no such host"}},
	}, &account, &regions}
	if err := w.report(t.Context(), "1", own); err != nil {
		t.Fatal(err)
	}
	if account != own || !slices.Equal(regions, []string{eu, us}) {
		t.Errorf("it counts in account %s, Regions %q", account, regions)
	}
	got := w.form().Inventory
	want := []message.ReportNotListed{{Account: own, Region: eu, Kind: "EC2", Coverable: 4, Listed: 1}}
	if diff := cmp.Diff(want, got.NotListed); diff != "" || got.Missing != 3 {
		t.Errorf("%d missing (-want +got):\n%s", got.Missing, diff)
	}
	if diff := cmp.Diff([]message.ReportUncounted{{Kind: "EC2", Account: own, Region: us, Detail: "no such host"}}, got.Uncounted); diff != "" {
		t.Errorf("uncounted (-want +got):\n%s", diff)
	}
	if summary := w.slack.told[0].Summary; !strings.Contains(
		summary,
		"3 resources that GuardDuty can cover are not listed.",
	) {
		t.Errorf("the summary is %q", summary)
	}
}

func TestNothingIsCountedUnlessSet(t *testing.T) {
	if got := connectInventory(config.Inventory{}, aws.Config{}); got != nil {
		t.Errorf("%T counts", got)
	}
	for _, settings := range []config.Inventory{{On: true}, {On: true, Aggregator: "organization", Region: us}} {
		if connectInventory(settings, aws.Config{Region: eu}) == nil {
			t.Errorf("nothing counts with %+v", settings)
		}
	}
}
