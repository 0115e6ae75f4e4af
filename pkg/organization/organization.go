// Package organization sums up what GuardDuty does not watch in an organization: the accounts and Regions
// that are in no percentage, because GuardDuty lists nothing of them, and what is not switched on for new
// accounts.
package organization

import "slices"

// Region is what GuardDuty answers about an organization in one Region.
type Region struct {
	Name  string
	State State
	// Detail is what AWS said of Denied and Failed; it may be empty.
	Detail string
	// Own is the ID of the account that asked; empty when unknown.
	Own string
	// Total is how many accounts the organization has, by a count of GuardDuty's that may be 24 hours old; 0
	// when unknown.
	Total int
	// Accounts are the account that asked, and its members.
	Accounts []Account
	// AutoEnable are the settings for accounts of the organization, in no particular order.
	AutoEnable []Setting
}

// State is what the account that asked is to the organization in a Region.
type State string

// The states.
const (
	// Administers: it is GuardDuty's administrator, and Accounts are all it sees.
	Administers State = "administers"
	// Alone: it administers no other account there.
	Alone State = "alone"
	// Off: GuardDuty is not turned on in the account and Region.
	Off State = "guardduty-off"
	// Denied: it may not read its members.
	Denied State = "denied"
	// Failed: any other failure.
	Failed State = "failed"
)

// Account is one account in one Region.
type Account struct {
	ID string
	// Gap is why it is not watched; empty when it is.
	Gap Gap
	// Detail belongs to the gap: the relationship's status, or the kinds whose agents are not managed.
	Detail string
}

// Gap is a stable word of the machine form.
type Gap string

// Why an account is not watched, or not as it could be.
const (
	// NotMember: the account is no member in the Region, or the organization has more accounts than members.
	NotMember Gap = "not-a-member"
	// NotEnabled: it is a member, but not an enabled one.
	NotEnabled Gap = "member-not-enabled"
	// Suspended: GuardDuty is suspended.
	Suspended Gap = "guardduty-suspended"
	// MonitoringOff: GuardDuty is on, Runtime Monitoring is not.
	MonitoringOff Gap = "runtime-monitoring-off"
	// Unknown: GuardDuty does not say what is on.
	Unknown Gap = "unknown"
	// AgentsUnmanaged: Runtime Monitoring is on, but GuardDuty does not install the agents of some kinds.
	AgentsUnmanaged Gap = "agent-management-off"
)

// Why a Region is not watched, or not as it could be.
const (
	// NoAdministrator: the account administers other Regions, but not this one.
	NoAdministrator Gap = "no-administrator"
	// GuardDutyOff: GuardDuty is off in the account that asked.
	GuardDutyOff Gap = "guardduty-off"
	// MembersDenied and MembersFailed: members could not be read.
	MembersDenied Gap = "members-denied"
	MembersFailed Gap = "members-failed"
	// NotReported: the account has enabled the Region, and the report leaves it out.
	NotReported Gap = "not-reported"
	// RegionsUnknown: which Regions the account has enabled could not be read.
	RegionsUnknown Gap = "regions-unknown"
	// AccountsUnknown: AWS Organizations does not list the accounts, or not all that is wanted of them.
	AccountsUnknown Gap = "accounts-unknown"
	// NoSuchUnit: a rule of the routes names an organizational unit that no account is in.
	NoSuchUnit Gap = "unit-without-accounts"
	// NotAutoEnabled: something is not switched on for all accounts automatically.
	NotAutoEnabled Gap = "auto-enable"
)

// unwatched are the gaps of accounts of which GuardDuty sees nothing at run time.
func (g Gap) unwatched() bool {
	return g == NotMember || g == NotEnabled || g == Suspended || g == MonitoringOff
}

// Setting is what is switched on automatically.
type Setting struct {
	// Name is GuardDuty's name of the feature; Members stands for GuardDuty itself.
	Name string
	// Value is ALL, NEW, NONE or NotKnown.
	Value string
}

// NotKnown is the value of a setting that could not be read.
const NotKnown = "UNKNOWN"

// Members is the name of the setting that enables GuardDuty itself.
const Members = "GUARDDUTY"

// all is the one value that leaves no account out
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DescribeOrganizationConfiguration.html).
const all = "ALL"

// AccountsOf are the IDs of the accounts of which GuardDuty answers anything in any Region, sorted, each once.
func AccountsOf(regions []Region) []string {
	var ids []string
	for _, region := range regions {
		for _, account := range region.Accounts {
			ids = append(ids, account.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
