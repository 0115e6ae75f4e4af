// Package locale says in a language what the catalogue knows, and all that messages say besides.
//
// Each language is one set of files (english_words.go, english_advice.go, english_evidence.go, english_reports.go,
// english_organization.go).
// Tests name every text that a language lacks, and the file to put it in.
package locale

import (
	"strings"
	"sync"

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
}

// Languages are all of them, English first.
func Languages() []Language { return []Language{English(), Japanese()} }

// Of is the language with that code, in any letter case. It reports false where there is none.
func Of(code string) (Language, bool) {
	for _, l := range Languages() {
		if strings.EqualFold(l.Code, code) {
			return l, true
		}
	}
	return Language{}, false
}

// English is the language of the machine forms, whatever people read.
func English() Language { return english() }

// Japanese is Japanese.
func Japanese() Language { return japanese() }

// Tables are made when they are first read: nothing is when a function starts.
var (
	english = sync.OnceValue(func() Language {
		return Language{
			Code: "en", Docs: "https://docs.aws.amazon.com/",
			Words: &englishWords, Advice: englishAdvice(), Evidence: englishEvidence(), Report: &englishReport,
			Organization: &englishOrganization,
		}
	})
	japanese = sync.OnceValue(func() Language {
		return Language{
			Code: "ja", Docs: "https://docs.aws.amazon.com/ja_jp/",
			Words: &japaneseWords, Advice: japaneseAdvice(), Evidence: japaneseEvidence(), Report: &japaneseReport,
			Organization: &japaneseOrganization,
		}
	})
)

// Advice says what issues are and what to do about them.
type Advice struct {
	Issues map[catalog.ID]Issue
	// Steps are the sentences of the steps; backticks mark code.
	Steps map[catalog.StepID]string
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
