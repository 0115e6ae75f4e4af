package main

var english = words{
	Usage: `replay shows coverage events as messages, as the Lambda function sends them.
It needs no AWS account and sends nothing; only -report and -diagnose ask AWS.

  replay [flags] FILE ...              tell events, in this order, as a history
  replay -issue KIND [flags] "TEXT"    explain an issue copied from the console
  replay -catalog [flags]              list every issue that is known
  replay -routes RULES [flags] FILE .. show where events go, and by which rule
  replay -report [flags]               report what GuardDuty covers now, with
                                       your own AWS credentials
  replay -report -file FILE [flags]    the same of a saved answer of
                                       aws guardduty list-coverage

FILE is a file with an event, or with whatever held some: an SQS batch, an SNS
notification, the record of a failed invocation. A folder stands for its *.json,
- for standard input. KIND is EKS, ECS or EC2.

  -format FORMAT   text: for people (default)
                   json: for programs, see docs/message.schema.json; the same in
                   every language
                   slack: what is sent to Slack
                   builder: a link that opens it in Slack's Block Kit Builder
  -send            also send to where the environment says; nothing waits, and
                   nothing is remembered beyond this run
  -diagnose        look at each uncovered resource now, with your own AWS
                   credentials, which only read; with -issue it needs -name,
                   -account and -region
  -lang LANGUAGE   {languages} (default: MESSAGE_LANGUAGE, or en)
  -color WHEN      auto: on a terminal, unless NO_COLOR is set (default);
                   always; never
  -name, -account, -region
                   with -issue: whose issue it is, instead of placeholders
  -routes RULES    a file with rules (docs/routing.md), or the word default for
                   those that hold without any; shown as text or json
  -region REGION   with -report: of which Region, may be repeated (default: that
                   of your AWS settings); with -file: where the resources are

Exit status: 0 fine, 1 something failed, 2 wrong usage, 3 an issue is unknown to
the catalogue.
`,
	TryHelp: "Try replay -h.",

	StandardInput: "standard input",
	Event:         "{name}, event {n}",

	Duplicate:     "Not told again: this is what was last told of the resource.",
	Stale:         "Not told: something newer is known of the resource.",
	SentTo:        "Sent to {sinks}.",
	SentToNobody:  "Sent to nobody: that is what the rules say.",
	MadeUp:        "The resource is made up. Say which it is with -name, -account and -region.",
	NoRegionSaved: "A saved answer does not say of which Region it is. Say so with -region, for commands and links.",

	Between: ", ",
	Or:      " or ",

	OneEvent:    "1 event: {parts}",
	Events:      "{n} events: {parts}",
	Told:        "{n} told",
	ToldAlready: "{n} told already",
	OutOfDate:   "{n} out of date",
	NotCoverage: "{n} not a coverage event",
	NotHandled:  "{n} failed",
	Unknown:     "{tally}; unknown to the catalogue: {n}",

	AnyKind:  "any",
	Heals:    "usually heals by itself",
	Hopeless: "nothing to be done",
	Remarked: "{title} ({remarks})",
	Listed:   "{n} issues. Example: replay -issue EKS \"Addon Creation Failed\"",

	Reading:   "reading {n} resources",
	ReadingOf: "reading {n} of {total} resources",

	RoutesHead: "EVENT\tRESOURCE\tCHANGE\tGOES TO\tBY",
	Nobody:     "nobody",
	ToIn:       "{sink} in {language}",
	OfCluster:  "{resource} in {cluster}",
	AndMore:    "{first} and {n} more",

	BadFlags:               "{reason}",
	BadFormat:              "-format is text, json, slack or builder, not {value}",
	BadLanguage:            "the language is {languages}, not {value}",
	BadColour:              "-color is auto, always or never, not {value}",
	BadKind:                "-issue is followed by EKS, ECS or EC2, not {value}",
	ReportAlone:            "-report goes with -region, -file, -format, -lang and -color",
	ReportTakesNoEvent:     "-report takes no event; name a saved answer with -file",
	FileIsForReport:        "-file names a saved answer for -report",
	FileOfOneRegion:        "a saved answer is of one Region; give -region once",
	IssueOfOneRegion:       "-issue is of one Region; give -region once",
	CatalogueAlone:         "-catalog goes with -format, -lang and nothing else",
	CatalogueFormat:        "-catalog is shown as text or json",
	IssueIsNotSent:         "-issue explains; it has no event that could be sent",
	RoutesAlone:            "-routes shows where events go; it goes with -format, -lang and files",
	RoutesFormat:           "-routes is shown as text or json",
	RoutesNeedsFile:        "-routes is followed by a file with rules, or by default",
	DiagnosisNeedsResource: "-diagnose looks at a real resource; with -issue say which it is with -name, -account and -region",
	IssueNeedsText:         `-issue needs the text of the issue, in quotes; "" when AWS gave none`,
	ResourceIsForIssue:     "-name, -account and -region go with -issue",
	NothingNamed:           "no events: name files, or - for standard input",

	NoRegion: "no Region: name one with -region, or set AWS_REGION",
	NoCredentials: "no AWS credentials: sign in with aws sso login or aws configure, or set AWS_PROFILE; " +
		"a saved answer, with -file, needs none",
	EmptyFolder: "{folder} holds no *.json",
	TooLarge:    "it is larger than {n} MiB",
}
