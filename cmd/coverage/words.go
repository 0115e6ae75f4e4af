package main

import "guardduty-coverage-notifier/pkg/catalog"

// words are what the program says besides the messages, in one language. {placeholders} are filled in where a sentence
// is used; TestWordsAreComplete names what is missing.
type words struct {
	// Usage is what -h shows; {languages} are the codes of the languages. TryHelp follows a wrong usage.
	Usage, TryHelp string

	// StandardInput names what comes that way, Event one of several in an input called {name}: the {n}th.
	StandardInput, Event string

	// Remarks on what the messages do not show. {sinks} took the message.
	Duplicate, Stale, SentTo, SentToNobody string
	// MadeUp says that an issue is explained for a placeholder, NoRegionSaved that saved answers lack their Region.
	MadeUp, NoRegionSaved string

	// Between stands between the items of a list, Or before the last of two.
	Between, Or string

	// OneEvent and Events head the tally of {n} events. Its parts are counted in {n}.
	OneEvent, Events                                      string
	Told, ToldAlready, OutOfDate, NotCoverage, NotHandled string
	// Unknown follows the {tally}: {n} have an issue that the catalogue does not know.
	Unknown string

	// AnyKind stands for the kinds of an issue that all kinds report. Heals and Hopeless are {remarks}, which Remarked puts
	// behind the {title} of an issue.
	AnyKind, Heals, Hopeless, Remarked string
	// Listed ends the list of all {n} issues.
	Listed string

	// Reading says how many resources are read, ReadingOf of how many.
	Reading, ReadingOf string

	// RoutesHead heads the columns of -routes, separated by tabs. Nobody stands for no sink, ToIn says in which {language} a
	// {sink} is told, OfCluster to which {cluster} a {resource} belongs, AndMore that there are {n} findings besides {first}.
	RoutesHead, Nobody, ToIn, OfCluster, AndMore string

	// Wrong usage. {value} is what was given, {reason} what the parser of flags said.
	BadFlags, BadFormat, BadLanguage, BadColour, BadKind                                              string
	ReportAlone, ReportTakesNoEvent, FileIsForReport, FileOfOneRegion, IssueOfOneRegion               string
	CatalogueAlone, CatalogueFormat, IssueIsNotSent, IssueNeedsText, ResourceIsForIssue, NothingNamed string
	RoutesAlone, RoutesFormat, RoutesNeedsFile, DiagnosisNeedsResource                                string

	// Failures: no Region, no credentials, a {folder} without events, an input of more than {n} MiB.
	NoRegion, NoCredentials, EmptyFolder, TooLarge string
}

// allWords are the words of every language of the catalogue, by its code.
func allWords() map[string]words {
	return map[string]words{"en": english, "ja": japanese}
}

func wordsOf(l catalog.Language) words { return allWords()[l.Code] }
