package guardduty_test

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/organization"
)

const administrator = "111122223333"

// administered is a Region in which the account administers an organization.
func administered(o guarddutytest.Organization) guarddutytest.Region {
	return guarddutytest.Region{Detector: "d", Account: administrator, Organization: &o}
}

// members are n of them, all on.
func members(n int) []guarddutytest.Member {
	var all []guarddutytest.Member
	for i := range n {
		all = append(all, guarddutytest.Member{AccountID: fmt.Sprintf("%012d", i)})
	}
	return all
}

// allOn are the settings when nothing is left out.
var allOn = []organization.Setting{
	{
		Name:  organization.Members,
		Value: "ALL",
	}, {Name: "RUNTIME_MONITORING", Value: "ALL"}, {Name: "EKS_ADDON_MANAGEMENT", Value: "ALL"},
	{Name: "ECS_FARGATE_AGENT_MANAGEMENT", Value: "ALL"}, {Name: "EC2_AGENT_MANAGEMENT", Value: "ALL"},
}

func TestOrganization(t *testing.T) {
	denied := func(operation string) func(guarddutytest.Call) *guarddutytest.Answer {
		return on(operation, 0, guarddutytest.Denied(operation))
	}
	failing := on(
		"ListMembers",
		0,
		guarddutytest.Refusal(http.StatusBadRequest, "SomethingElse", "out of order"),
	)
	faulty := func(fault func(guarddutytest.Call) *guarddutytest.Answer, n int) guarddutytest.Region {
		region := administered(guarddutytest.Organization{Members: members(n)})
		region.Fault = fault
		return region
	}
	own, first := organization.Account{ID: administrator}, organization.Account{ID: "000000000000"}
	unknown := organization.Account{ID: "000000000000", Gap: organization.Unknown}
	notAuthorized := func(action string) string {
		return "User: arn:aws:sts::111122223333:assumed-role/report/x is not authorized to perform: guardduty:" + action
	}
	tests := map[string]struct {
		region guarddutytest.Region
		want   organization.Region
	}{
		"members in every state": {
			region: administered(guarddutytest.Organization{
				Members: []guarddutytest.Member{
					{
						AccountID: "1",
					}, {AccountID: "2", Status: "Invited"}, {AccountID: "3", Status: "Disabled"}, {AccountID: "4", Off: true},
					{
						AccountID: "5",
						AgentsOff: []string{"EC2_AGENT_MANAGEMENT", "EKS_ADDON_MANAGEMENT"},
					}, {AccountID: "6", Unprocessed: true},
					{AccountID: "7", Status: "A status that nobody has seen"},
				},
				AutoEnable: map[string]string{"GUARDDUTY": "NEW", "EC2_AGENT_MANAGEMENT": "NONE"}, Total: 90,
			}),
			want: organization.Region{
				State: organization.Administers, Own: administrator, Total: 90,
				Accounts: []organization.Account{
					{
						ID:     "2",
						Gap:    organization.NotEnabled,
						Detail: "Invited",
					}, {ID: "3", Gap: organization.NotEnabled, Detail: "Disabled"},
					{ID: "7", Gap: organization.NotEnabled, Detail: "A status that nobody has seen"},
					{
						ID: "1",
					}, {ID: "4", Gap: organization.MonitoringOff}, {ID: "5", Gap: organization.AgentsUnmanaged, Detail: "EKS, EC2"},
					{ID: "6", Gap: organization.Unknown}, own,
				},
				AutoEnable: []organization.Setting{
					{
						Name:  organization.Members,
						Value: "NEW",
					}, allOn[1], allOn[2], allOn[3], {Name: "EC2_AGENT_MANAGEMENT", Value: "NONE"},
				},
			},
		},
		"an administrator without members": {
			region: administered(guarddutytest.Organization{}),
			want: organization.Region{
				State: organization.Administers, Own: administrator, Accounts: []organization.Account{own}, AutoEnable: allOn,
			},
		},
		"an administrator by invitation": {
			region: administered(guarddutytest.Organization{Members: members(1), ByInvitation: true}),
			want: organization.Region{
				State: organization.Administers, Own: administrator, Accounts: []organization.Account{first, own},
			},
		},
		"no administrator": {
			region: guarddutytest.Region{Detector: "d", Account: administrator},
			want: organization.Region{
				State:    organization.Alone,
				Own:      administrator,
				Accounts: []organization.Account{own},
			},
		},
		"no administrator, and nothing is on": {
			region: guarddutytest.Region{Detector: "d", Account: administrator, Off: true},
			want: organization.Region{
				State: organization.Alone,
				Own:   administrator,
				Accounts: []organization.Account{
					{ID: administrator, Gap: organization.MonitoringOff},
				},
			},
		},
		"suspended": {
			region: guarddutytest.Region{Detector: "d", Account: administrator, Suspended: true},
			want: organization.Region{
				State: organization.Alone,
				Own:   administrator,
				Accounts: []organization.Account{
					{ID: administrator, Gap: organization.Suspended},
				},
			},
		},
		"GuardDuty is off": {
			region: guarddutytest.Region{},
			want:   organization.Region{State: organization.Off},
		},
		"ListDetectors is denied": {
			region: faulty(denied("ListDetectors"), 1),
			want:   organization.Region{State: organization.Denied, Detail: notAuthorized("ListDetectors")},
		},
		"ListMembers is denied": {
			region: faulty(denied("ListMembers"), 1),
			want: organization.Region{
				State: organization.Denied, Detail: notAuthorized("ListMembers"), Own: administrator, Accounts: []organization.Account{own},
			},
		},
		"ListMembers fails": {
			region: faulty(failing, 1),
			want: organization.Region{
				State: organization.Failed, Detail: "out of order", Own: administrator, Accounts: []organization.Account{own},
			},
		},
		"GetMemberDetectors is denied": {
			region: faulty(denied("GetMemberDetectors"), 1),
			want: organization.Region{
				State: organization.Administers, Own: administrator, Accounts: []organization.Account{unknown, own}, AutoEnable: allOn,
			},
		},
		"GetMemberDetectors fails": {
			region: faulty(
				on(
					"GetMemberDetectors",
					0,
					guarddutytest.Refusal(http.StatusBadRequest, "BadRequestException", "no such member"),
				),
				1,
			),
			want: organization.Region{
				State: organization.Failed, Detail: "no such member", Own: administrator, Accounts: []organization.Account{own},
			},
		},
		"GetDetector is denied: members name their administrator": {
			region: faulty(denied("GetDetector"), 1),
			want: organization.Region{
				State: organization.Administers, Own: administrator,
				Accounts:   []organization.Account{first, {ID: administrator, Gap: organization.Unknown}},
				AutoEnable: allOn,
			},
		},
		"DescribeOrganizationConfiguration is denied": {
			region: faulty(denied("DescribeOrganizationConfiguration"), 1),
			want: organization.Region{
				State: organization.Administers, Own: administrator, Accounts: []organization.Account{first, own},
				AutoEnable: []organization.Setting{
					{Name: organization.Members, Value: organization.NotKnown},
				},
			},
		},
		"DescribeOrganizationConfiguration is denied, and there are no members": {
			region: faulty(denied("DescribeOrganizationConfiguration"), 0),
			want: organization.Region{
				State: organization.Denied, Detail: notAuthorized("DescribeOrganizationConfiguration"), Own: administrator,
				Accounts: []organization.Account{own},
			},
		},
		"GetOrganizationStatistics is denied": {
			region: faulty(denied("GetOrganizationStatistics"), 1),
			want: organization.Region{
				State: organization.Administers, Own: administrator, Accounts: []organization.Account{first, own}, AutoEnable: allOn,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.want.Name = "eu-central-1"
			r := reader(t, map[string]guarddutytest.Region{"eu-central-1": test.region})
			got := r.Organization(t.Context(), []string{"eu-central-1"})
			if diff := gocmp.Diff([]organization.Region{test.want}, got); diff != "" {
				t.Errorf("the organization (-want +got):\n%s", diff)
			}
		})
	}
}

// requestsPerSecond is what GuardDuty is assumed to answer in one Region before it throttles: it publishes no
// rate for these operations.
const requestsPerSecond = 5

func TestThrottledOrganizationIsReadToItsEnd(t *testing.T) {
	region := administered(guarddutytest.Organization{Members: members(120)})
	region.Fault = func(c guarddutytest.Call) *guarddutytest.Answer {
		if c.Nth == 1 {
			return guarddutytest.Throttled()
		}
		return nil
	}
	read := reader(
		t,
		map[string]guarddutytest.Region{"eu-central-1": region},
	).Organization(t.Context(), []string{"eu-central-1"})
	if len(read[0].Accounts) != 121 || read[0].State != organization.Administers ||
		len(read[0].AutoEnable) != len(allOn) {
		t.Errorf(
			"%s with %d accounts and %d settings",
			read[0].State,
			len(read[0].Accounts),
			len(read[0].AutoEnable),
		)
	}
}

// TestLargeOrganization is one of 3,000 accounts in 17 Regions.
func TestLargeOrganization(t *testing.T) {
	const accounts, inRegions = 3000, 17
	all := members(accounts)
	for i := range all {
		all[i].Off = i%3 == 0
	}
	regions := make(map[string]guarddutytest.Region)
	var names []string
	for i := range inRegions {
		region := administered(guarddutytest.Organization{Members: all})
		name := fmt.Sprintf("eu-test-%d", i)
		regions[name], names = region, append(names, name)
	}
	fake := guarddutytest.New(regions)
	t.Cleanup(fake.Close)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	read := guardduty.New(cloud(fake)).Organization(t.Context(), names)
	runtime.GC()
	runtime.ReadMemStats(&after)
	sum := organization.Add(read, organization.Enabled{})
	if sum.Accounts != accounts+1 || sum.NotWatched != accounts/3 || len(sum.ByRegion) != 0 {
		t.Errorf("%d accounts, %d not watched, %v", sum.Accounts, sum.NotWatched, sum.ByRegion)
	}
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 16<<20 {
		t.Errorf("it holds %d MiB", held>>20)
	}
	runtime.KeepAlive(read)

	answered := make(map[string]int)
	for _, call := range fake.Calls() {
		answered[call.Region]++
	}
	// Besides pages and chunks: the detector twice, the organization's settings and its statistics.
	const want = 2*accounts/50 + 4
	for _, name := range names {
		if answered[name] != want {
			t.Errorf("%s was asked %d times, want %d", name, answered[name], want)
		}
	}
	const regionsAtOnce = 4
	rounds := (inRegions + regionsAtOnce - 1) / regionsAtOnce
	if took := time.Duration(rounds*want/requestsPerSecond) * time.Second; took > 12*time.Minute {
		t.Errorf("at %d requests a second it takes %s", requestsPerSecond, took)
	}
}

func TestOneRegionsOrganizationIsNoOthers(t *testing.T) {
	r := reader(t, map[string]guarddutytest.Region{
		"eu-central-1": administered(guarddutytest.Organization{Members: members(1)}), "us-east-1": {},
	})
	var states []string
	for _, region := range r.Organization(t.Context(), []string{"us-east-1", "eu-central-1"}) {
		states = append(states, region.Name+" "+string(region.State))
	}
	if want := []string{"us-east-1 guardduty-off", "eu-central-1 administers"}; !slices.Equal(states, want) {
		t.Errorf("%s", strings.Join(states, ", "))
	}
}
