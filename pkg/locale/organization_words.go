package locale

import "guardduty-coverage-notifier/pkg/organization"

// OrganizationWords are the sentences and labels of what GuardDuty does not watch.
type OrganizationWords struct {
	// Of {total} accounts, one or {n} are not watched: in the one Region of the report, or in at least one of
	// several.
	NotWatchedOne, NotWatched, NotWatchedInARegion string
	// AllWatched says that all {total} accounts are watched.
	AllWatched string

	// Heading heads the section; What, Account and Regions are its columns.
	Heading, What, Account, Regions string
	// Caption titles the table.
	Caption string
	// Several names many Regions: {n} counts them, and {regions} are the first.
	Several string
	// Others stands for {n} accounts whose IDs are not listed.
	Others string
	// EveryAccount and NewAccounts stand where a gap is not about single accounts.
	EveryAccount, NewAccounts string
	// WithDetail adds the {detail} to the {gap}.
	WithDetail string

	// The gaps.
	NotMember, NotEnabled, Suspended, MonitoringOff, Unknown, AgentsUnmanaged                   string
	NoAdministrator, GuardDutyOff, MembersDenied, MembersFailed, RegionsUnknown, NotAutoEnabled string
	NotReported, AccountsUnknown, NoSuchUnit                                                    string

	// What to do about accounts, about settings for new ones, about Regions without administrator or
	// GuardDuty, about what may not be read, about Regions that the report leaves out, and about accounts that
	// AWS Organizations does not list, and about rules for organizational units without accounts.
	AccountsStep, AutoEnableStep, RegionsStep, AccessStep, ReportStep, DirectoryStep, UnitStep string
	// Page labels AWS's page on accounts of an organization.
	Page string
}

// Gap says what a gap is, in a few words.
func (w *OrganizationWords) Gap(g organization.Gap) string {
	switch g {
	case organization.NotMember:
		return w.NotMember
	case organization.NotEnabled:
		return w.NotEnabled
	case organization.Suspended:
		return w.Suspended
	case organization.MonitoringOff:
		return w.MonitoringOff
	case organization.AgentsUnmanaged:
		return w.AgentsUnmanaged
	case organization.NoAdministrator:
		return w.NoAdministrator
	case organization.GuardDutyOff:
		return w.GuardDutyOff
	case organization.MembersDenied:
		return w.MembersDenied
	case organization.MembersFailed:
		return w.MembersFailed
	case organization.RegionsUnknown:
		return w.RegionsUnknown
	case organization.NotAutoEnabled:
		return w.NotAutoEnabled
	case organization.NotReported:
		return w.NotReported
	case organization.AccountsUnknown:
		return w.AccountsUnknown
	case organization.NoSuchUnit:
		return w.NoSuchUnit
	}
	return w.Unknown
}

// OrganizationPage is AWS's page on the accounts of an organization.
func (l Language) OrganizationPage() string { return l.url("guardduty_organizations.html") }
