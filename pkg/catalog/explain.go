package catalog

import (
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Language is everything the catalogue says, in one language.
type Language struct {
	// Code is the BCP 47 tag, e.g. "en".
	Code string
	// Docs is the base URL of AWS's documentation, with a slash at its end. Below it every language has the same pages.
	Docs   string
	Issues map[ID]IssueWords
	// Steps are the sentences of the steps; backticks mark code.
	Steps map[StepID]string
	// Evidence says what was looked at and found.
	Evidence EvidenceWords
	// Pages label the pages that remedies name.
	Pages map[string]string
	Words Words
}

// IssueWords say what an issue is.
type IssueWords struct {
	// Title says the cause in at most 70 runes. It begins in lower case, for it follows the names of the
	// resource and the account.
	Title string
	// Cause is one or two sentences; backticks mark code.
	Cause string
	// Precise says the same with names from the event in it. It stands in for Cause where each of its
	// {placeholder}s is known.
	Precise string
}

// Advice is what to tell of a finding: what it means, and what to do about it on this resource.
type Advice struct {
	Title, Cause string
	// Steps are in the order to take them; none where nobody can do anything.
	Steps []AdviceStep
	// URL is the place in the user guide that documents the issue, "" where the resource lies in no
	// partition that is known to have the service.
	URL string
	// Also are further pages that the remedy needs, without URL's.
	Also []Page
}

// AdviceStep is one thing to do.
type AdviceStep struct {
	// Text says what; backticks mark code.
	Text string
	// Command can be pasted into a POSIX shell as it is; "" when there is none or when something it
	// needs is not known for certain.
	Command string
}

// Page is a page to read.
type Page struct {
	Label, URL string
}

// Explain tells what a finding on a resource means and what to do.
func (l Language) Explain(f Finding, r coverage.Resource) Advice {
	entry := tables().entry(f.ID)
	words, known := l.Issues[entry.ID], values(f, r)
	advice := Advice{Title: words.Title, Cause: words.Cause, Steps: l.steps(entry.Steps, known)}
	if precise, ok := fill(words.Precise, known); ok && precise != "" {
		advice.Cause = precise
	}
	if r.Partition() != "" {
		advice.URL, advice.Also = l.pages(entry, r)
	}
	return advice
}

func (l Language) steps(steps []Step, known map[string]string) []AdviceStep {
	var advice []AdviceStep
	for _, step := range steps {
		command := firstFilled(step.Commands, known)
		if command == "" && step.Optional {
			continue
		}
		advice = append(advice, AdviceStep{Text: l.Steps[step.ID], Command: command})
	}
	return advice
}

// pages are the place that documents the entry for this resource, and the pages its remedy names. An
// instance in an EKS cluster is troubleshot through the cluster (https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ec2.html).
func (l Language) pages(entry Entry, r coverage.Resource) (first string, also []Page) {
	page, see := entry.Page, entry.See
	if page == "" {
		page = pageOf(r.Kind)
	}
	if kind, _ := r.Cluster(); r.Kind == coverage.EC2 && kind == coverage.EKS {
		see = append([]string{eksPage}, see...)
	}
	for _, s := range see {
		also = append(also, Page{Label: l.Pages[s], URL: l.url(s)})
	}
	return l.url(page), also
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

// The tables of issues, a kind each.
const (
	eksPage   = "eks-runtime-monitoring-coverage.html#eks-runtime-monitoring-coverage-issues-troubleshoot"
	addonPage = "eks-runtime-monitoring-coverage.html#gdu-eks-runtime-coverage-addon-issues"
	ecsPage   = "gdu-assess-coverage-ecs.html#ecs-runtime-monitoring-coverage-issues-troubleshoot"
	ec2Page   = "gdu-assess-coverage-ec2.html#ec2-runtime-monitoring-coverage-issues-troubleshoot"
	anyPage   = "runtime-monitoring-assessing-coverage.html"
)

func pageOf(kind coverage.Kind) string {
	switch kind {
	case coverage.EKS:
		return eksPage
	case coverage.ECS:
		return ecsPage
	case coverage.EC2:
		return ec2Page
	}
	return anyPage
}
