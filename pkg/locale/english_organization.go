package locale

var englishOrganization = OrganizationWords{
	NotWatchedOne:       "Of {total} accounts, 1 is not watched.",
	NotWatched:          "Of {total} accounts, {n} are not watched.",
	NotWatchedInARegion: "Of {total} accounts, {n} are not watched in at least one Region.",
	AllWatched:          "All {total} accounts are watched.",

	Heading:      "Not watched",
	Caption:      "What GuardDuty does not watch",
	What:         "Missing",
	Account:      "Account",
	Regions:      "Regions",
	Several:      "{n} Regions ({regions}, …)",
	Others:       "{n} other accounts",
	EveryAccount: "all",
	NewAccounts:  "automatically",
	WithDetail:   "{gap}: {detail}",

	NotMember:       "Not a GuardDuty member",
	NotEnabled:      "Member not enabled",
	Suspended:       "GuardDuty suspended",
	MonitoringOff:   "Runtime Monitoring off",
	Unknown:         "Settings not readable",
	AgentsUnmanaged: "Automated agent management off",
	NoAdministrator: "No delegated administrator",
	GuardDutyOff:    "GuardDuty off",
	MembersDenied:   "Members not readable, access denied",
	MembersFailed:   "Members not readable",
	RegionsUnknown:  "Enabled Regions not readable",
	NotAutoEnabled:  "Auto-enable is not ALL",
	NotReported:     "Enabled, but not in this report",

	AccountsStep: "In the GuardDuty console of the delegated administrator, under Accounts, enable GuardDuty, " +
		"Runtime Monitoring and the agents for these accounts.",
	AutoEnableStep: "There, set auto-enable to all accounts for GuardDuty, Runtime Monitoring and its agents. " +
		"`NEW` leaves out accounts that joined earlier or enabled a Region later.",
	RegionsStep: "Turn on GuardDuty in these Regions, and designate the same delegated administrator as in the " +
		"others.",
	AccessStep: "Allow `guardduty:ListMembers`, `guardduty:GetMemberDetectors`, " +
		"`guardduty:DescribeOrganizationConfiguration`, `guardduty:GetOrganizationStatistics` and " +
		"`ec2:DescribeRegions` in the role that makes the report and in the organization's policies.",
	ReportStep: "Add the Regions that are not reported to `ReportRegions`, or set it to `all`.",
	Page:       "Managing GuardDuty accounts with AWS Organizations",
}
