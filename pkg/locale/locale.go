// Package locale says in a language what the catalogue knows, and all that messages say besides.
//
// Each language is three files that begin with its code: en.go has the language and the words of messages and reports,
// en_advice.go the issues and the steps, en_evidence.go what a diagnosis finds. Tests name every text that a language
// lacks, and the file to put it in.
package locale

import (
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
)

// Language is everything that people read, in one language. Copies share their tables, which are never changed.
type Language struct {
	// Code is the BCP 47 tag, e.g. "en".
	Code string
	// Docs is the base URL of AWS's documentation, with a slash at its end. Below it every language has the same pages.
	Docs     string
	Words    *Words
	Advice   Advice
	Evidence Evidence
	Report   *ReportWords
	// Organization is what reports say of accounts and Regions that GuardDuty does not watch.
	Organization *OrganizationWords
	// Heartbeat is what test messages say, and reports about events that do not arrive.
	Heartbeat *HeartbeatWords
	// Inventory is what reports say of what exists, beside what GuardDuty lists.
	Inventory *InventoryWords
}

// Languages are all of them, English first.
func Languages() []Language { return []Language{English(), Japanese()} }

// Of is the language with that code, in any letter case, without the tables of the others. It reports false where there
// is none.
func Of(code string) (Language, bool) {
	switch strings.ToLower(code) {
	case "en":
		return English(), true
	case "ja":
		return Japanese(), true
	}
	return Language{}, false
}

// Advice says what issues are and what to do about them.
type Advice struct {
	Issues map[catalog.ID]Issue
	// Steps are the sentences of the steps; backticks mark code.
	Steps map[catalog.StepID]string
	// Reaches say what a step affects that changes more than one resource.
	Reaches map[catalog.Reach]string
	// Credentials say whose the commands need, for a reader on that side; {account} is the resource's.
	Credentials map[catalog.Side]string
	// Lacks say why there are no commands.
	Lacks map[catalog.Lack]string
	// Pages label the pages that remedies name.
	Pages map[string]string
}

// Issue says what an issue is.
type Issue struct {
	// Title says the cause in at most 52 runes, so that a header holds the resource's name, too. It begins in lower case,
	// for it follows that.
	Title string
	// Cause is one or two sentences; backticks mark code.
	Cause string
	// Precise says the same with names from the event in it. It stands in for Cause where each of its
	// {placeholder}s is known.
	Precise string
}

// Page is a page to read.
type Page struct {
	Label, URL string
}

// Title is the cause that a finding names.
func (l Language) Title(id catalog.ID) string { return l.Advice.Issues[id].Title }

// Cause is what a finding means on the resource.
func (l Language) Cause(a catalog.Advice) string {
	issue := l.Advice.Issues[a.ID]
	if precise, ok := a.Known.Fill(issue.Precise); ok && precise != "" {
		return precise
	}
	return issue.Cause
}

// Step says what to do, and then what it affects.
func (l Language) Step(a catalog.Action) string {
	return l.Words.Join(l.Advice.Steps[a.Step], l.Advice.Reaches[a.Changes])
}

// Credentials says whose credentials the commands of an advice need, or why it has none; "" where neither matters.
func (l Language) Credentials(a catalog.Advice) string {
	if sentence := l.Advice.Lacks[a.Lacks]; sentence != "" {
		return sentence
	}
	side := a.Side
	switch {
	case !runs(a, "aws "):
		return ""
	case !runs(a, "aws guardduty "):
		side = catalog.OwnSide // Then nothing is for the administrator.
	}
	sentence, _ := a.Known.Fill(l.Advice.Credentials[side])
	return sentence
}

func runs(a catalog.Advice, program string) bool {
	return slices.ContainsFunc(a.Steps, func(step catalog.Action) bool { return strings.Contains(step.Command, program) })
}

// Documentation is the address of the page that documents the issue; "" where there is none.
func (l Language) Documentation(a catalog.Advice) string {
	if a.Page == "" {
		return ""
	}
	return l.url(a.Page)
}

// Pages are the further pages that a remedy needs.
func (l Language) Pages(a catalog.Advice) []Page {
	pages := make([]Page, 0, len(a.See))
	for _, page := range a.See {
		pages = append(pages, Page{Label: l.Advice.Pages[page], URL: l.url(page)})
	}
	return pages
}

// Where pages are: those of other guides have whole URLs, in English.
const (
	allGuides = "https://docs.aws.amazon.com/"
	userGuide = "guardduty/latest/ug/"
)

func (l Language) url(page string) string {
	if other, ok := strings.CutPrefix(page, allGuides); ok {
		return l.Docs + other
	}
	return l.Docs + userGuide + page
}
