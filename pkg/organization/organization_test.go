package organization_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/organization"
)

const (
	own    = "111122223333"
	shop   = "222233334444"
	labs   = "333344445555"
	eu, us = "eu-central-1", "us-east-1"
)

// administered is a Region whose administrator sees these accounts.
func administered(name string, accounts ...organization.Account) organization.Region {
	return organization.Region{
		Name: name, State: organization.Administers, Own: own,
		Accounts: append(accounts, organization.Account{ID: own}),
		AutoEnable: []organization.Setting{
			{Name: organization.Members, Value: "ALL"},
			{Name: "RUNTIME_MONITORING", Value: "ALL"},
		},
	}
}

func account(id string, gap organization.Gap, detail string) organization.Account {
	return organization.Account{ID: id, Gap: gap, Detail: detail}
}

func TestAdd(t *testing.T) {
	settings := administered(eu)
	settings.AutoEnable = []organization.Setting{
		{
			Name:  "RUNTIME_MONITORING",
			Value: "NONE",
		}, {Name: organization.Members, Value: "NEW"}, {Name: "EC2_AGENT_MANAGEMENT", Value: "ALL"},
	}
	counted := administered(eu, account(shop, "", ""))
	counted.Total = 90
	tests := map[string]struct {
		regions []organization.Region
		enabled organization.Enabled
		want    organization.Sum
		watched bool
	}{
		"nobody asked": {watched: true},
		"all is on": {
			regions: []organization.Region{
				administered(eu, account(shop, "", "")),
				administered(us, account(shop, "", "")),
			},
			want:    organization.Sum{Accounts: 2, Regions: 2},
			watched: true,
		},
		"an account in two Regions counts once": {
			regions: []organization.Region{
				administered(
					us,
					account(shop, organization.MonitoringOff, ""),
					account(labs, organization.NotEnabled, "Invited"),
				),
				administered(eu, account(shop, organization.MonitoringOff, ""), account(labs, "", "")),
			},
			want: organization.Sum{Accounts: 3, NotWatched: 2, Regions: 2, ByAccount: []organization.Accounts{
				{
					Gap:   organization.NotEnabled,
					Total: 1,
					Named: []organization.Missing{{labs, "Invited", []string{us}}},
				},
				{
					Gap:   organization.MonitoringOff,
					Total: 1,
					Named: []organization.Missing{{shop, "", []string{eu, us}}},
				},
			}},
		},
		"agents that people install themselves are named, and do not count": {
			regions: []organization.Region{
				administered(eu, account(shop, organization.AgentsUnmanaged, "EC2")),
			},
			want: organization.Sum{Accounts: 2, Regions: 1, ByAccount: []organization.Accounts{
				{
					Gap:   organization.AgentsUnmanaged,
					Total: 1,
					Named: []organization.Missing{{shop, "EC2", []string{eu}}},
				},
			}},
			watched: true,
		},
		"a member of one Region only": {
			regions: []organization.Region{administered(eu, account(shop, "", "")), administered(us)},
			want: organization.Sum{Accounts: 2, NotWatched: 1, Regions: 2, ByAccount: []organization.Accounts{
				{
					Gap:   organization.NotMember,
					Total: 1,
					Named: []organization.Missing{{shop, "", []string{us}}},
				},
			}},
		},
		"more accounts than members": {
			regions: []organization.Region{counted},
			want: organization.Sum{
				Accounts:   90,
				NotWatched: 88,
				Regions:    1,
				ByAccount: []organization.Accounts{
					{Gap: organization.NotMember, Total: 88},
				},
			},
		},
		"not everything is switched on for everybody": {
			regions: []organization.Region{settings},
			want: organization.Sum{Accounts: 1, Regions: 1, ByRegion: []organization.Place{
				{
					Gap:     organization.NotAutoEnabled,
					Detail:  "GUARDDUTY NEW, RUNTIME_MONITORING NONE",
					Regions: []string{eu},
				},
			}},
			watched: true,
		},
		"Regions that are not like the others": {
			regions: []organization.Region{
				administered(
					eu,
				), {Name: us, State: organization.Alone, Accounts: []organization.Account{{ID: own}}},
				{
					Name:  "eu-south-2",
					State: organization.Off,
				}, {Name: "eu-west-1", State: organization.Denied, Detail: "no"},
				{Name: "eu-west-2", State: organization.Failed, Detail: "later"},
			},
			enabled: organization.Enabled{Regions: []string{eu, "sa-east-1", us, "ap-south-1"}},
			want: organization.Sum{Accounts: 1, Regions: 5, ByRegion: []organization.Place{
				{Gap: organization.GuardDutyOff, Regions: []string{"eu-south-2"}},
				{Gap: organization.NoAdministrator, Regions: []string{us}},
				{Gap: organization.MembersDenied, Detail: "no", Regions: []string{"eu-west-1"}},
				{Gap: organization.MembersFailed, Detail: "later", Regions: []string{"eu-west-2"}},
				{Gap: organization.NotReported, Regions: []string{"ap-south-1", "sa-east-1"}},
			}},
		},
		"an account that is alone everywhere": {
			regions: []organization.Region{
				{Name: eu, State: organization.Alone, Accounts: []organization.Account{{ID: own}}},
				{Name: us, State: organization.Alone, Accounts: []organization.Account{{ID: own}}},
			},
			want:    organization.Sum{Accounts: 1, Regions: 2},
			watched: true,
		},
		"Regions that cannot be listed": {
			regions: []organization.Region{administered(eu)},
			enabled: organization.Enabled{Unknown: errors.New("denied")},
			want: organization.Sum{Accounts: 1, Regions: 1, ByRegion: []organization.Place{
				{Gap: organization.RegionsUnknown, Detail: "denied"},
			}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := organization.Add(test.regions, test.enabled)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("the sum (-want +got):\n%s", diff)
			}
			if got.Watched() != test.watched {
				t.Errorf("watched: %v", got.Watched())
			}
			if got.Empty() != (len(test.want.ByAccount)+len(test.want.ByRegion) == 0) {
				t.Errorf("empty: %v", got.Empty())
			}
		})
	}
}

func TestFiftyAccountsOfAGapAreNamed(t *testing.T) {
	var accounts []organization.Account
	for i := range 3000 {
		accounts = append(accounts, account(fmt.Sprintf("%012d", 3000-i), organization.MonitoringOff, ""))
	}
	got := organization.Add([]organization.Region{administered(eu, accounts...)}, organization.Enabled{})
	gap := got.ByAccount[0]
	if got.NotWatched != 3000 || gap.Total != 3000 || len(gap.Named) != organization.Named {
		t.Errorf("%d not watched, %d of the gap, %d named", got.NotWatched, gap.Total, len(gap.Named))
	}
	if !slices.IsSortedFunc(
		gap.Named,
		func(a, b organization.Missing) int { return strings.Compare(a.Account, b.Account) },
	) {
		t.Error("the accounts are not sorted")
	}
}
