package locale

// Words are the sentences and labels of a language that belong to no issue. {placeholders} are filled in
// where the sentence is used; every field must be set, which TestLanguagesAreComplete checks.
type Words struct {
	// Names of kinds: {name} is the resource's.
	EKS, ECS, EC2, Other string
	// The same in the plural: {n} counts them.
	EKSMany, ECSMany, EC2Many, OtherMany string
	// NoName stands in for a name that the event does not tell.
	NoName string

	// The cause in the title of a recovery, and of a group's.
	Back, GroupBack string
	// Gone is the cause in the title, and GoneSummary the summary, of what GuardDuty no longer lists.
	Gone, GoneSummary string
	// And {n} more causes than the one in the title.
	AndMore string
	// Sentences puts the {next} sentence behind the {first}. Causes stands between the titles of several causes.
	Sentences, Causes string

	// Summaries. {resource} is one of the names above, {region} the Region, {duration} a length of time.
	LostSummary, NotActionableSummary, BackSummary, BackAfterSummary string
	GroupSummary, GroupStillSummary, GroupBackSummary                string
	// Meaning heads what the one finding of a message means.
	Meaning string
	// GroupSample says whose name the commands for a group bear: {name}.
	GroupSample string
	// Looked heads what a look at the live resource found, LookedAtOne what one at the {name} of a group did.
	Looked, LookedAtOne string
	// NothingLeft is the summary where it found that nothing is left to cover, with {resource} and {region}; HealthyAgain follows
	// the summary where GuardDuty lists the resource as covered again.
	NothingLeft, HealthyAgain string

	// Labels of facts.
	Status, Since, BackSince, Uncovered, Account, Region, Resource, Resources, Nodes, Instances string
	Addon, Agent, Management, Cluster, InstanceType, Cause, StillUncovered                      string
	// FoundBy is the label and FoundByReport the value for a change that no event told of.
	FoundBy, FoundByReport string
	// Covered counts parts of a resource: {n} of {total}.
	Covered string
	// Management types.
	AutoManaged, Manual, Disabled string
	// The statuses.
	Healthy, Unhealthy string
	// Time is a moment's layout in Go's notation, in UTC.
	Time string
	// Lengths of time, for {d} days, {h} hours, {m} minutes and {s} seconds.
	DaysHours, HoursMinutes, Minutes, Seconds string

	// Links.
	GuardDutyConsole, ResourceConsole, Documentation, Runbook string

	// What renderers say: see message.Words.
	More, Cut, Lost, Restored, Information, Links string
}

// ReportWords are the sentences and labels of the coverage report.
type ReportWords struct {
	// Title has the {scope} and the {state}; the scope is a Region's name or Regions, where {n} counts them.
	Title, Regions string
	// States in the title: {percent} of what is listed, nothing listed, nothing read.
	Covered, Nothing, Unread string

	// Summaries. {n} of {total} resources, which is {percent}, are covered and {uncovered} are not.
	Quiet, All, Some, None, Empty, AllUnread string
	// What follows them: {points} more or less than at {time}, as many, or no report before.
	Up, Down, Same, First string
	// Partly follows when Regions are missing: {n} counts them.
	Partly string

	// Labels of facts, and of rows and series.
	AllKinds, EKS, ECS, EC2, Other, New, Recovered, Healed, Last, Accounts, RegionsRead, Difference string
	// Tally is a fact's value: {percent}, {n} of {total}. Change adds what changed: {tally} and {change}, which is
	// More, Less (with {points}) or Unchanged.
	Tally, Change, More, Less, Unchanged string
	// Differs says that the Regions read are not those of the last report.
	Differs string
	// Percent is a number with the sign: {n}. Point stands before the decimal.
	Percent, Point string

	// Kinds titles the chart of the kinds, Trend that of the last reports. Total, Now and Before name series in them.
	Kinds, Trend, Total, Now, Before string
	// When heads the times of the reports; Day is their layout in Go's notation, at most 20 characters long.
	When, Day string

	// Group heads what is uncovered for one reason: the {cause} and the {resources}.
	Group string
	// Sample says whose name the commands bear: {name}.
	Sample string
	// Others heads the reasons that have no section of their own; Count and Cause are columns there.
	Others, Count, Cause string

	// What heads the Regions that could not be read, by reason; {regions} lists them.
	DeniedHeading, NoDetectorHeading, OffHeading, FailedHeading string
	// What that means.
	Denied, NoDetector, Off, Failed string
	// What to do about it.
	DeniedStep, NoDetectorStep, OffStep, FailedStep string
}
