package compose_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/organization"
)

// gaps has every reason why something is not watched.
func gaps() organization.Sum {
	region := func(name string, accounts ...organization.Account) organization.Region {
		return organization.Region{
			Name: name, State: organization.Administers, Total: 90,
			Accounts: append(
				accounts,
				organization.Account{ID: "111122223333"},
				organization.Account{ID: "222233334444"},
			),
			AutoEnable: []organization.Setting{
				{
					Name:  organization.Members,
					Value: "ALL",
				}, {Name: "RUNTIME_MONITORING", Value: "NEW"}, {Name: "EC2_AGENT_MANAGEMENT", Value: "NONE"},
			},
		}
	}
	off := organization.Account{ID: "444455556666", Gap: organization.MonitoringOff}
	regions := []organization.Region{
		region(
			frankfurt,
			off,
			organization.Account{ID: "555566667777", Gap: organization.NotEnabled, Detail: "Invited"},
			organization.Account{ID: "666677778888", Gap: organization.AgentsUnmanaged, Detail: "EKS, EC2"},
			organization.Account{ID: "777788889999", Gap: organization.Unknown},
		),
		region(virginia, off, organization.Account{ID: "555566667777", Gap: organization.Suspended},
			organization.Account{ID: "666677778888"}, organization.Account{ID: "777788889999"}),
		region("eu-west-1", off), region("eu-west-2", off),
		{Name: "eu-south-1", State: organization.Alone}, {Name: "eu-south-2", State: organization.Off},
		{
			Name:   "eu-north-1",
			State:  organization.Denied,
			Detail: "User is not authorized to perform: guardduty:ListMembers",
		},
		{Name: "eu-west-3", State: organization.Failed, Detail: "InternalServerErrorException"},
	}
	sum := organization.Add(
		regions,
		organization.Enabled{Regions: []string{"sa-east-1", "ap-south-1", "ca-west-1", "us-west-2"}},
	)
	sum.Note(organization.AccountsUnknown, "listing the organization's accounts: AccessDeniedException")
	sum.Note(organization.NoSuchUnit, "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*")
	return sum
}

// withAccounts is a report on one account's resources and this organization.
func withAccounts(o organization.Sum, states ...coverage.State) situation {
	return situation{states: states, before: [][]coverage.State{states}, organization: o}
}

// TestNoPercentageWithoutAccounts looks for their number directly below the title, in every language.
func TestNoPercentageWithoutAccounts(t *testing.T) {
	for name, situation := range situations() {
		r := situation.report()
		for _, l := range locale.Languages() {
			m := compose.New(l, compose.Local{}).Report(r)
			accounts := locale.Fill(l.Report.Accounts, "n", strconv.Itoa(r.Accounts))
			if r.Accounts == 1 {
				accounts = l.Report.AccountOne
			}
			counted := slices.ContainsFunc(m.Context, func(i message.Item) bool { return i.Text == accounts })
			if strings.Contains(m.Title+m.Summary, "%") && !counted {
				t.Errorf("%s/%s: a percentage without its accounts: %s, %v", l.Code, name, m.Title, m.Context)
			}
		}
	}
}

func TestAccountsInTheSummary(t *testing.T) {
	one := healthy("EKS", "shop")
	tests := map[string]struct {
		sum  organization.Sum
		want string
	}{
		"nobody asked":     {organization.Sum{}, ""},
		"an account alone": {organization.Sum{Accounts: 1, NotWatched: 1, Regions: 1}, ""},
		"all are watched":  {organization.Sum{Accounts: 90, Regions: 2}, "All 90 accounts are watched."},
		"one is not": {
			organization.Sum{Accounts: 90, NotWatched: 1, Regions: 1},
			"Of 90 accounts, 1 is not watched.",
		},
		"several are not": {
			organization.Sum{Accounts: 90, NotWatched: 17, Regions: 1},
			"Of 90 accounts, 17 are not watched.",
		},
		"in some Region only": {
			organization.Sum{Accounts: 90, NotWatched: 17, Regions: 2},
			"Of 90 accounts, 17 are not watched in at least one Region.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			summary := compose.New(locale.English(), compose.Local{}).
				Report(withAccounts(test.sum, one).report()).
				Summary
			if !strings.Contains(summary, test.want) || test.want == "" && strings.Contains(summary, "watched.") {
				t.Errorf("%q, want %q", summary, test.want)
			}
		})
	}
}

func TestUnwatchedAccountsEndTheQuiet(t *testing.T) {
	one := healthy("EKS", "shop")
	if r := withAccounts(organization.Sum{Accounts: 2, Regions: 1}, one).report(); !r.Quiet() {
		t.Error("a report on which nothing is to be said is not quiet")
	}
	unwatched := withAccounts(organization.Sum{Accounts: 2, NotWatched: 1, Regions: 1}, one).report()
	if unwatched.Quiet() {
		t.Error("a report with an account that is not watched is quiet")
	}
}

// TestNotWatchedComesFirst has names of the rules, and no more rows than people read.
func TestNotWatchedComesFirst(t *testing.T) {
	accounts := []organization.Account{{ID: "111122223333"}}
	for i := range 60 {
		accounts = append(
			accounts,
			organization.Account{ID: fmt.Sprintf("%012d", i), Gap: organization.MonitoringOff},
		)
	}
	sum := organization.Add(
		[]organization.Region{{Name: frankfurt, State: organization.Administers, Accounts: accounts}},
		organization.Enabled{},
	)
	local := compose.Local{Accounts: map[string]string{"000000000007": "web"}}
	m := compose.New(locale.English(), local).Report(withAccounts(sum, healthy("EKS", "shop")).report())
	section := m.Sections[0]
	if section.Heading != "Not watched" || len(section.Table.Rows) != 40 || section.Table.More != 11 {
		t.Fatalf("%q has %d rows and %d more", section.Heading, len(section.Table.Rows), section.Table.More)
	}
	if got := section.Table.Rows[7]; !slices.Equal(
		got,
		[]string{"Runtime Monitoring off", "web (000000000007)", frankfurt},
	) {
		t.Errorf("%q", got)
	}
}

// TestUnwatchedAccountsAreGivenUpBeforeTheirNumber is about destinations with little room.
func TestUnwatchedAccountsAreGivenUpBeforeTheirNumber(t *testing.T) {
	form := compose.New(locale.English(), compose.Local{}).Report(situations()["organization"].report()).Form
	last := form
	for step := 0; ; step++ {
		shorter, ok := form.Shorter(step, "…")
		if !ok {
			break
		}
		last = shorter
	}
	organization := last.(message.Report).Organization
	data, err := json.Marshal(organization)
	if err != nil || organization.NotWatched == 0 || strings.Contains(string(data), "444455556666") {
		t.Errorf("%s, %v", data, err)
	}
}
