package locale_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/locale"
)

var (
	docsForm    = regexp.MustCompile(`^https://docs\.aws\.amazon\.com/([a-z]{2}_[a-z]{2}/)?$`)
	placeholder = regexp.MustCompile(`\{[a-z-]+\}`)
	// What catalog.Values documents.
	placeholders = []string{
		"{region}", "{account}", "{instance}", "{eks}", "{ecs}", "{eks-arn}", "{ecs-arn}", "{agent-management}", "{endpoint-host}", "{vpc}",
		"{owner}", "{code}", "{task-definition}", "{family}", "{service}", "{services}", "{task}", "{tasks}",
	}
)

// TestLanguagesAreComplete names every text that a language lacks, and the file to put it in.
func TestLanguagesAreComplete(t *testing.T) {
	for _, l := range locale.Languages() {
		t.Run(l.Code, func(t *testing.T) {
			testAdvice(t, l, catalog.All())
			testEvidence(t, l)
			complain := complainer(t, l, "")
			for _, words := range []any{l.Words, l.Report, l.Organization, l.Heartbeat} {
				testWords(complain, words)
			}
			if !docsForm.MatchString(l.Docs) {
				complain("Docs %q is not the beginning of AWS's documentation, such as https://docs.aws.amazon.com/ja_jp/", l.Docs)
			}
		})
	}
}

// complainer says what is wrong with one of the files of a language: of "_advice", "_evidence", and "" for the rest.
func complainer(t *testing.T, l locale.Language, part string) func(string, ...any) {
	return func(format string, args ...any) {
		t.Errorf("%s (edit pkg/locale/%s%s.go)", fmt.Sprintf(format, args...), l.Code, part)
	}
}

// testWords wants every field of a struct of texts to be set.
func testWords(complain func(string, ...any), words any) {
	v := reflect.ValueOf(words).Elem()
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			complain("%s.%s is not set", v.Type().Name(), v.Type().Field(i).Name)
		}
	}
}

func testAdvice(t *testing.T, l locale.Language, entries []catalog.Entry) {
	complain := complainer(t, l, "_advice")
	issues, steps, pages := map[catalog.ID]bool{}, map[catalog.StepID]bool{}, map[string]bool{}
	for _, e := range entries {
		issues[e.ID] = true
		for _, step := range e.Steps {
			steps[step.ID] = true
		}
		for _, page := range e.See {
			pages[page] = true
		}
	}
	for _, e := range catalog.AllEvidence() {
		for _, step := range e.Steps {
			steps[step.ID] = true
		}
		for _, page := range e.See {
			pages[page] = true
		}
	}
	for reach := catalog.WholeCluster; reach <= catalog.WholeAccount; reach++ {
		if l.Advice.Reaches[reach] == "" {
			complain("Reaches lacks a sentence for %d", reach)
		}
	}
	for side := catalog.AnySide; side <= catalog.AdministratorSide; side++ {
		if l.Advice.Credentials[side] == "" {
			complain("Credentials lacks a sentence for %d", side)
		}
	}
	for lack := catalog.LacksRegion; lack <= catalog.LacksName; lack++ {
		if l.Advice.Lacks[lack] == "" {
			complain("Lacks lacks a sentence for %d", lack)
		}
	}
	// It is linked for every instance in an EKS cluster.
	pages["eks-runtime-monitoring-coverage.html#eks-runtime-monitoring-coverage-issues-troubleshoot"] = true

	for id := range issues {
		testIssueWords(complain, id, l.Advice.Issues[id])
	}
	for id := range steps {
		if l.Advice.Steps[id] == "" {
			complain("Steps lacks the sentence for %q", id)
		}
		if placeholder.MatchString(l.Advice.Steps[id]) {
			complain("the sentence for %q has a placeholder; only Precise and commands may", id)
		}
		testBackticks(complain, string(id), l.Advice.Steps[id])
	}
	for page := range pages {
		if l.Advice.Pages[page] == "" {
			complain("Pages lacks a label for %q", page)
		}
	}
	for _, orphan := range orphans(l.Advice.Issues, issues) {
		complain("Issues has words for %q, which is no entry", orphan)
	}
	for _, orphan := range orphans(l.Advice.Steps, steps) {
		complain("Steps has a sentence for %q, which no entry uses", orphan)
	}
	for _, orphan := range orphans(l.Advice.Pages, pages) {
		complain("Pages has a label for %q, which no entry names", orphan)
	}
}

func testIssueWords(complain func(string, ...any), id catalog.ID, words locale.Issue) {
	if words.Title == "" || words.Cause == "" {
		complain("Issues lacks a title or a cause for %q", id)
	}
	testTitle(complain, string(id), words.Title)
	if placeholder.MatchString(words.Title + words.Cause) {
		complain("only Precise and commands may have placeholders, see %q", id)
	}
	for _, p := range placeholder.FindAllString(words.Precise, -1) {
		if !slices.Contains(placeholders, p) {
			complain("%q has the unknown placeholder %s", id, p)
		}
	}
	testBackticks(complain, string(id), words.Cause, words.Precise)
}

func testTitle(complain func(string, ...any), id, title string) {
	if n := utf8.RuneCountInString(title); n > 52 {
		complain("the title of %q has %d runes, at most 52 fit", id, n)
	}
	if first, _ := utf8.DecodeRuneInString(title); unicode.IsUpper(first) && !properName(title) {
		complain("the title of %q begins with a capital, but it follows other words", id)
	}
	if strings.HasSuffix(title, ".") || strings.HasSuffix(title, "。") {
		complain("the title of %q ends like a sentence", id)
	}
}

func testBackticks(complain func(string, ...any), id string, texts ...string) {
	for _, text := range texts {
		if strings.Count(text, "`")%2 != 0 {
			complain("the backticks of %q have no partner", id)
		}
	}
}

// properName says whether a title may begin as it does.
func properName(title string) bool {
	return slices.ContainsFunc([]string{"EKS", "GuardDuty", "Gatekeeper", "Fargate", "Outposts", "Systems Manager", "VPC", "Runtime Monitoring", "Kubernetes", "CPU", "Windows"}, func(name string) bool {
		return strings.HasPrefix(title, name)
	})
}

// orphans are the keys of words that are not in use.
func orphans[K ~string, V any](words map[K]V, use map[K]bool) []K {
	keys := slices.Sorted(maps.Keys(words))
	return slices.DeleteFunc(keys, func(k K) bool { return use[k] })
}

// testEvidence says which words a language has forgotten.
func testEvidence(t *testing.T, l locale.Language) {
	complain := complainer(t, l, "_evidence")
	checks, found := map[string]bool{}, map[catalog.EvidenceID]bool{}
	for _, e := range catalog.AllEvidence() {
		found[e.ID] = true
		if check, _, ok := strings.Cut(string(e.ID), "/"); ok {
			checks[check] = true
		}
		words := l.Evidence.Found[e.ID]
		if (words.Title != "") != (e.Verdict == catalog.Fault && (e.Certain || e.Shared != "")) {
			complain("Found: certain and shared causes have a title, and %q has %q", e.ID, words.Title)
		}
		testTitle(complain, string(e.ID), words.Title)
		testSays(complain, e, words.Says)
	}
	for check := range checks {
		if l.Evidence.Checks[check] == "" {
			complain("Checks lacks a label for %q", check)
		}
	}
	for _, orphan := range orphans(l.Evidence.Checks, checks) {
		complain("Checks has a label for %q, which is no check", orphan)
	}
	for _, orphan := range orphans(l.Evidence.Found, found) {
		complain("Found has words for %q, which is no entry", orphan)
	}
}

func testSays(complain func(string, ...any), e catalog.EvidenceEntry, says []string) {
	if len(says) == 0 {
		complain("Found lacks a sentence for %q", e.ID)
		return
	}
	testBackticks(complain, string(e.ID), says...)
	for _, sentence := range says {
		if first, _ := utf8.DecodeRuneInString(sentence); unicode.IsLower(first) {
			complain("a sentence of %q begins in lower case: %q", e.ID, sentence)
		}
		for _, p := range placeholder.FindAllString(sentence, -1) {
			if !slices.Contains(e.Values, strings.Trim(p, "{}")) {
				complain("a sentence of %q has the unknown placeholder %s", e.ID, p)
			}
		}
	}
	if placeholder.MatchString(says[len(says)-1]) {
		complain("the last sentence of %q has a placeholder", e.ID)
	}
	for _, value := range e.Values {
		if !strings.Contains(strings.Join(says, " "), "{"+value+"}") {
			complain("no sentence of %q tells {%s}", e.ID, value)
		}
	}
}
