package locale

// Words are the sentences and labels of messages about changes that belong to no issue. {placeholders} are filled in
// where the sentence is used; every field must be set, which TestLanguagesAreComplete checks.
type Words struct {
	// Names of kinds: {name} is the resource's.
	EKS, ECS, EC2, Other string
	// The same in the plural: {n} counts them.
	EKSMany, ECSMany, EC2Many, OtherMany string
	// NoName stands in for a name that the event does not have.
	NoName string

	// Titled is the title: the {name} and the {cause}. AndMore names a {cause} and counts {n} more.
	Titled, AndMore string
	// Causes in titles: of a recovery, of one after {duration}, of a group's, of a resource that GuardDuty no longer
	// lists, and of one that it lists as healthy again.
	Back, BackAfter, GroupBack, Gone, HealthyAgain string
	// CausesFound and PossibleCausesFound count with {n} what the diagnosis found where GuardDuty names no cause. FoundOne
	// is the title for one that is only possible.
	CausesFound, PossibleCausesFound, FoundOne string

	// States, which begin the line below the title.
	Lost, StillLost, Restored, NotCovered, Ended, Intended string
	// Since and Until hold a {time} in that line. NodesCovered, InstancesCovered and StillOpen count {n} of {total}.
	Since, Until, NodesCovered, InstancesCovered, StillOpen string

	// Sentences puts the {next} sentence behind the {first}. List stands between items of a list.
	Sentences, List string
	// Sentences of summaries. Impact says what the loss means, OtherCauses lists {causes}.
	Impact, OtherCauses string
	// BackSummary says that the resource is monitored again, GroupBackSummary that all of a group are, CauseWas what was the
	// {cause}.
	BackSummary, GroupBackSummary, CauseWas string
	// GoneSummary is about what GuardDuty no longer lists, NothingLeft follows what the diagnosis found to be gone.
	GoneSummary, NothingLeft string
	// HealthySummary is about what GuardDuty lists as healthy again.
	HealthySummary string
	// IntendedSummary is about a loss that an expected role's change caused.
	IntendedSummary string
	// Members lists the {names} of a group, MembersAndMore counts {n} more. GroupSample says whose {name} the commands have,
	// GroupDiagnosed whose {name} was diagnosed.
	Members, MembersAndMore, GroupSample, GroupDiagnosed string

	// Diagnosis labels what the checks found. PassedOne and Passed count {n} checks that passed, UnclearOne and Unclear
	// those from which nothing follows.
	Diagnosis, PassedOne, Passed, UnclearOne, Unclear string
	// LookedAt says the {time} of all checks, LookedBetween the {first} and the {last} where they differ.
	LookedAt, LookedBetween string

	// First stands before the first thing to do. What is folded has a title: FoldSteps counts {n} more steps, FoldStep is about
	// one, FoldFacts about none.
	First, FoldSteps, FoldStep, FoldFacts string
	// Headings of what is folded.
	NextSteps, IssueText, Facts, FurtherReading string

	// Labels of facts.
	Status, SinceWhen, BackSince, Uncovered, Account, Region, Resource, Resources, Nodes, Instances string
	Addon, Agent, Management, Cluster, InstanceType, Cause, Received                                string
	// FoundBy is the label and FoundByReport the value for a change that no event reported.
	FoundBy, FoundByReport string
	// Covered counts parts of a resource: {n} of {total}.
	Covered string
	// Management types.
	AutoManaged, Manual, Disabled string
	// The statuses.
	Healthy, Unhealthy string
	// Time is a moment's layout in Go's notation, Clock a shorter one for the line below the title.
	Time, Clock string
	// Lengths of time, for {d} days, {h} hours, {m} minutes and {s} seconds.
	DaysHours, HoursMinutes, Minutes, Seconds string

	// Labels of links. ReportIssue leads to the form for an issue that the catalog does not know.
	CoveragePage, ClusterPage, InstancePage, Guide, Runbook, ReportIssue, ActorRecord string

	// What renderers say: see message.Words.
	More, Cut string
}

// ReportWords are the sentences and labels of the coverage report.
type ReportWords struct {
	// Titles: {percent} is covered in the {scope}, which is a Region's name or Regions, where {n} counts them; that is a
	// {change} of More or Less {points}. Nothing is listed; nothing could be read.
	Title, TitleChanged, TitleNothing, TitleUnread, Regions, More, Less string
	// State says what it is. Counted and OfKind are parts of the line below the title: {n} of {total} are covered, and of
	// a {kind}, which is {percent}. Accounts counts {n} of them, AccountOne is about one.
	State, Counted, OfKind, AccountOne, Accounts string

	// Sentences of the summary: all, none or nothing covered; no Region read; {n} Regions missing.
	All, None, Empty, AllUnread, PartlyOne, Partly string
	// What changed since the last report, at {time}: {names} that lost coverage and regained it, {n} more; the same {n} without
	// names. Nothing changed. There is no report to compare with.
	Lost, Regained, LostMany, RegainedMany, AndMore, Unchanged, First string
	// Healed counts {n} resources that recovered before anybody was notified. Differs names the {regions} of the last report.
	Healed, Differs string
	// HowTo says how to get the steps for a cause. OnlyUncovered says that a page does not list what is covered.
	HowTo, OnlyUncovered string

	// Percent is a number with the sign: {n}. Point stands before the decimal.
	Percent, Point string

	// The tables: what is uncovered by cause, and each resource. CauseOf has the {cause} and the {kind}, Unknown the {text} of an
	// issue that the catalog does not know.
	ByCause, Resources, Cause, CauseOf, Unknown, Count, Oldest, Resource, Age, Kind, Account, Region string

	// Trend titles the percentages of the last reports. Total names their sum, When heads their times, Day is the layout of
	// these in Go's notation, at most 20 characters long.
	Trend, Total, When, Day string

	// LossTime is how many {hours} the last {days} had without coverage, in {n} losses; RepairTime the {median} of the
	// time to repair, and the {most} that nine in ten took. Hours are {n}.
	LossTime, RepairTime, Hours string
	// The tables of the losses in the last {days}. ShorterLosses are the {n} losses of
	// which only the {hours} are known.
	LossesByAccount, LossesByKind, LossesByCause, LongestLosses, ShorterLosses string

	// RunbookOf labels the team's own page about a {cause}.
	RunbookOf string

	// What heads the Regions that could not be read, by reason; {regions} lists them.
	DeniedHeading, NoDetectorHeading, OffHeading, FailedHeading string
	// What that means.
	Denied, NoDetector, Off, Failed string
	// What to do about it.
	DeniedStep, NoDetectorStep, OffStep, FailedStep string
}
