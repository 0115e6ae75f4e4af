package locale

import "sync"

// English is the language of the machine forms, whatever people read.
func English() Language { return english() }

// english is made when it is first read: nothing is when a function starts.
var english = sync.OnceValue(func() Language {
	return Language{
		Code: "en", Docs: "https://docs.aws.amazon.com/",
		Words: &englishWords, Advice: englishAdvice(), Evidence: englishEvidence(), Report: &englishReport,
		Organization: &englishOrganization, Heartbeat: &englishHeartbeat, Inventory: &englishInventory,
	}
})

var englishWords = Words{
	EKS:       "EKS cluster {name}",
	ECS:       "ECS cluster {name}",
	EC2:       "EC2 instance {name}",
	Other:     "{kind} resource {name}",
	EKSMany:   "{n} EKS clusters",
	ECSMany:   "{n} ECS clusters",
	EC2Many:   "{n} EC2 instances",
	OtherMany: "{n} {kind} resources",
	NoName:    "(no name)",

	Titled:              "{name}: {cause}",
	AndMore:             "{cause}, and {n} more",
	Back:                "covered again",
	BackAfter:           "covered again after {duration}",
	GroupBack:           "all covered again",
	Gone:                "no longer listed by GuardDuty",
	HealthyAgain:        "listed as healthy again",
	CausesFound:         "{n} causes found",
	PossibleCausesFound: "{n} possible causes found",
	FoundOne:            "a possible cause was found",

	Lost:             "Coverage lost",
	StillLost:        "Still uncovered",
	Restored:         "Coverage restored",
	NotCovered:       "Not covered",
	Ended:            "Nothing left to cover",
	Intended:         "Intended change",
	Since:            "since {time}",
	Until:            "{time}",
	NodesCovered:     "{n} of {total} nodes covered",
	InstancesCovered: "{n} of {total} container instances covered",
	StillOpen:        "{n} of {total} still uncovered",

	Sentences:        "{first} {next}",
	List:             ", ",
	Impact:           "Until coverage is restored, runtime threats here go undetected.",
	OtherCauses:      "Other causes: {causes}.",
	BackSummary:      "GuardDuty Runtime Monitoring covers it again.",
	GroupBackSummary: "GuardDuty Runtime Monitoring covers all of them again.",
	CauseWas:         "The cause was: {cause}.",
	GoneSummary:      "There is nothing left to cover. No action is required.",
	NothingLeft:      "There is nothing left to cover. No action is required.",
	HealthySummary:   "GuardDuty already lists it as healthy again; a recovery message follows when the event arrives.",
	IntendedSummary:  "A role on the list of expected actors requested the change. Until coverage is restored, reports count the resource.",
	Members:          "Affected: {names}.",
	MembersAndMore:   "Affected: {names} and {n} more.",
	GroupSample:      "The commands name {name}; substitute the other names.",
	GroupDiagnosed:   "Diagnosis of {name} only:",

	Diagnosis:  "Diagnosis",
	PassedOne:  "1 check passed",
	Passed:     "{n} checks passed",
	UnclearOne: "1 check was inconclusive",
	Unclear:    "{n} checks were inconclusive",

	LookedAt:      "Checked {time}.",
	LookedBetween: "Checked between {first} and {last}.",

	First:          "First:",
	FoldSteps:      "{n} more steps and all facts",
	FoldStep:       "1 more step and all facts",
	FoldFacts:      "All facts",
	NextSteps:      "Next steps",
	IssueText:      "Issue reported by GuardDuty",
	Facts:          "Facts",
	FurtherReading: "Further reading",

	Status:        "Coverage",
	SinceWhen:     "Since",
	BackSince:     "Restored",
	Uncovered:     "Uncovered for",
	Account:       "Account",
	Region:        "Region",
	Resource:      "Resource",
	Resources:     "Resources",
	Nodes:         "Nodes covered",
	Instances:     "Instances covered",
	Addon:         "Add-on",
	Agent:         "Agent",
	Management:    "Agent managed",
	Cluster:       "Belongs to",
	InstanceType:  "Instance type",
	Cause:         "Cause",
	Received:      "Event received",
	FoundBy:       "Found by",
	FoundByReport: "the coverage report; no event reported it",
	Covered:       "{n} of {total}",
	AutoManaged:   "by GuardDuty",
	Manual:        "manually",
	Disabled:      "not at all (disabled)",
	Healthy:       "Healthy",
	Unhealthy:     "Unhealthy",
	Time:          "2006-01-02 15:04:05 MST",
	Clock:         "2006-01-02 15:04 MST",
	DaysHours:     "{d} d {h} h",
	HoursMinutes:  "{h} h {m} min",
	Minutes:       "{m} min",
	Seconds:       "{s} s",

	CoveragePage: "Coverage",
	ClusterPage:  "Cluster",
	InstancePage: "Instance",
	Guide:        "AWS guide",
	Runbook:      "Runbook",
	ReportIssue:  "Report this issue text",
	ActorRecord:  "CloudTrail record",

	More: "… {n} more",
	Cut:  "… (cut)",
}

var englishReport = ReportWords{
	Title:        "{percent} covered: {scope}",
	TitleChanged: "{percent} covered ({change}): {scope}",
	TitleNothing: "no resources to cover: {scope}",
	TitleUnread:  "coverage unknown: {scope}",
	Regions:      "{n} Regions",
	More:         "+{points}",
	Less:         "−{points}",

	State:      "Coverage report",
	Counted:    "{n} of {total} covered",
	OfKind:     "{kind} {percent} ({n} of {total})",
	AccountOne: "1 account",
	Accounts:   "{n} accounts",

	All:  "All resources are covered.",
	None: "No resource is covered: GuardDuty detects no runtime threats on any of them.",
	Empty: "GuardDuty lists no clusters and no instances. If there are any, check that Runtime Monitoring is on and that " +
		"the report runs in the GuardDuty administrator account.",
	AllUnread:     "No Region could be read, so coverage is unknown.",
	PartlyOne:     "1 Region could not be read; its resources are missing or incomplete.",
	Partly:        "{n} Regions could not be read; their resources are missing or incomplete.",
	Lost:          "Lost coverage since the last report ({time}): {names}.",
	Regained:      "Regained coverage since the last report ({time}): {names}.",
	LostMany:      "Lost coverage since the last report ({time}): {n} resources.",
	RegainedMany:  "Regained coverage since the last report ({time}): {n} resources.",
	AndMore:       "{names} and {n} more",
	Unchanged:     "Unchanged since the last report ({time}).",
	First:         "This is the first report.",
	Healed:        "Recovered before a notification was due: {n}.",
	Differs:       "The last report read other Regions: {regions}.",
	HowTo:         "The messages about these resources have the steps. `coverage explain` shows them for any issue.",
	OnlyUncovered: "Covered resources are counted, not listed. `coverage report --format csv` lists every resource.",

	Percent: "{n}%",
	Point:   ".",

	ByCause:   "Uncovered by cause",
	Resources: "Uncovered resources",
	Cause:     "Cause",
	CauseOf:   "{cause} ({kind})",
	Unknown:   "unknown issue: {text}",
	Count:     "Count",
	Oldest:    "Oldest",
	Resource:  "Resource",
	Age:       "Uncovered for",
	Kind:      "Kind",
	Account:   "Account",
	Region:    "Region",

	Trend: "Coverage over the last reports",
	Total: "All",
	When:  "Report",
	Day:   "2 Jan 15:04",

	LossTime:        "Without coverage in the last {days} days: {hours}, all resources together ({n} losses).",
	RepairTime:      "Half of the recoveries took at most {median}, nine in ten at most {most}.",
	Hours:           "{n} h",
	LossesByAccount: "Time without coverage in the last {days} days",
	LossesByKind:    "The same by kind",
	LossesByCause:   "The same by cause",
	LongestLosses:   "The longest losses",
	ShorterLosses:   "{n} shorter losses ({hours} together) are in no row.",

	RunbookOf: "Runbook: {cause}",

	DeniedHeading:     "Access denied: {regions}",
	NoDetectorHeading: "GuardDuty is off: {regions}",
	OffHeading:        "Runtime Monitoring is off: {regions}",
	FailedHeading:     "Not read completely: {regions}",
	Denied:            "AWS denied the report access to coverage. No resource there is counted.",
	NoDetector:        "GuardDuty has no detector there, so nothing is monitored or counted.",
	Off:               "GuardDuty is on, but Runtime Monitoring is off, so nothing is monitored at runtime or counted.",
	Failed:            "Reading the coverage ended with an error. Only what was read before the error is counted.",
	DeniedStep: "Allow `guardduty:ListDetectors`, `guardduty:ListCoverage`, and `guardduty:GetCoverageStatistics` there, in " +
		"the role of the report and in the organization's policies, or remove the Region from the report.",
	NoDetectorStep: "Turn on GuardDuty and Runtime Monitoring there, or remove the Region from the report. To list the detectors:",
	OffStep:        "Turn on Runtime Monitoring in the GuardDuty console of the Region, or remove the Region from the report.",
	FailedStep:     "Check the next report. If it fails, too, find the error in the log of the report function.",
}

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
	AccountsUnknown: "Account names not readable",
	NoSuchUnit:      "Route for an organizational unit without accounts",

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
	DirectoryStep: "Account names take `organizations:ListAccounts`, and rules with tags " +
		"`organizations:ListTagsForResource`, in the management account or a delegated administrator's. " +
		"Otherwise set `AccountDirectory` to `off`.",
	UnitStep: "Correct the organizational units that `Routes` names: their rules match no account.",
	Page:     "Managing GuardDuty accounts with AWS Organizations",
}

var englishHeartbeat = HeartbeatWords{
	TestTitle: "Test message: no coverage has changed",
	Doctor: "coverage doctor --send sent this test. Notifications reach this destination. " +
		"No action is required.",
	SelfTest: "This self-test was sent in {region} and arrived through the same rule and function as GuardDuty's " +
		"coverage events. Notifications reach this destination. No action is required.",
	Account: "Account",
	Region:  "Region",
	Sent:    "Sent",
	ID:      "Test ID",

	Missing: "No heartbeat arrives from {regions}.",
	Heading: "No heartbeat: {regions}",
	Text: "Each Region sends a heartbeat to the notifier every hour, through the same rule as GuardDuty's events. " +
		"While it is missing, coverage events may not arrive either; reports still find the changes.",
	Step: "In these Regions, check the forwarder's stack (in the notifier's own Region, the notifier's stack), or deploy " +
		"it again. Then check with `make selftest`.",
	Last:  "{region}: last arrived {time}",
	Never: "{region}: never arrived",

	EventlessOne:     "In 1 account, only reports find changes.",
	Eventless:        "In {n} accounts, only reports find changes.",
	EventlessHeading: "Changes found by reports alone",
	EventlessText: "The latest changes in these accounts were found by reports, and none of them by an event: coverage " +
		"events from there do not seem to arrive. Notifications about these accounts are late.",
	EventlessStep: "Deploy the forwarder to these accounts with `make deploy-forwarders`, or check the queue and the alarm " +
		"of the forwarder there.",
}

var englishInventory = InventoryWords{
	MissingOne: "1 resource that GuardDuty can cover is not listed.",
	Missing:    "{n} resources that GuardDuty can cover are not listed.",

	Heading:        "What exists: {scope}",
	OfAccount:      "account {account}",
	OfOrganization: "the organization, by AWS Config",
	Kind:           "Kind",
	Exists:         "Exists",
	Coverable:      "Can be covered",
	Listed:         "Listed",
	Covered:        "Covered",
	Account:        "Account",
	Region:         "Region",
	What:           "What",
	Number:         "Number",
	Where:          "Where",
	Why:            "Reason",
	NotKnown:       "unknown",
	Every:          "all",
	Unrecorded: "{kind}: AWS Config has none on record for {n} of the accounts. None exists there, or the kind " +
		"is not recorded.",
	Contradicted: "GuardDuty lists some in {n} of these accounts, so they are not recorded.",

	NotListed: "Not listed by GuardDuty",
	NotListedText: "GuardDuty can cover these and does not list them: Runtime Monitoring is off there, no agent has " +
		"ever reported, or they have just started.",
	Apart:     "Does not count as coverable",
	Uncounted: "Could not be counted",
	UncountedStep: "Check the Region's name and the name of the aggregator, and allow the role that makes the report the " +
		"actions that `Inventory` needs.",
	AsOf: "as of {time}: {detail}",

	Windows:          "Windows instances, not supported",
	ManagedInstances: "ECS Managed Instances, not supported",
	FargatePods:      "EKS clusters with pods on Fargate, which are not supported",
	HybridNodes:      "EKS clusters with hybrid nodes, which are not supported",
	OnOutpost:        "EKS clusters on Outposts, not supported",
	Nodes:            "Nodes of EKS clusters, which count with the cluster",
	Idle:             "ECS clusters in which nothing runs",
}
