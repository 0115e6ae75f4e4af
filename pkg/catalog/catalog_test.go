package catalog_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

var (
	kinds       = []coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2}
	idForm      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	pageForm    = regexp.MustCompile(`^[a-z0-9-]+\.html(#[a-z0-9-]+)?$`)
	docsForm    = regexp.MustCompile(`^https://docs\.aws\.amazon\.com/([a-z]{2}_[a-z]{2}/)?$`)
	placeholder = regexp.MustCompile(`\{[a-z-]+\}`)
	// What values documents.
	placeholders = []string{
		"{region}", "{instance}", "{eks}", "{ecs}", "{cluster-arn}", "{agent-management}", "{vpc}", "{owner}", "{code}",
		"{task-definition}", "{family}", "{service}", "{task}",
	}
)

// TestCatalogueIsComplete says which table or file was forgotten.
func TestCatalogueIsComplete(t *testing.T) {
	entries := catalog.All()
	t.Run("entries", func(t *testing.T) { testEntries(t, entries) })
	t.Run("events", func(t *testing.T) { testEvents(t, entries) })
	t.Run("evidence", testEvidence)
	for _, language := range catalog.Languages() {
		t.Run(language.Code, func(t *testing.T) { testLanguage(t, language, entries) })
	}
}

func testEntries(t *testing.T, entries []catalog.Entry) {
	seen := map[catalog.ID]bool{}
	for _, e := range entries {
		complain := func(format string, args ...any) {
			t.Errorf("%s: %s (edit its entry in %s)", e.ID, fmt.Sprintf(format, args...), table(e))
		}
		if seen[e.ID] {
			complain("two entries have this id")
		}
		seen[e.ID] = true
		if !idForm.MatchString(string(e.ID)) {
			complain("an id is lower-case words joined by hyphens")
		}
		for _, kind := range e.Kinds {
			if !slices.Contains(kinds, kind) {
				complain("%q is no kind", kind)
			}
		}
		if len(e.Examples) == 0 {
			complain("no example")
		}
		if e.Silent && len(e.Types)+len(e.Extra) > 0 {
			complain("a silent entry has no texts")
		}
		if e.Page != "" && !pageForm.MatchString(e.Page) {
			complain("Page %q is not a page of the user guide", e.Page)
		}
		for _, page := range e.See {
			if !pageForm.MatchString(page) && !strings.HasPrefix(page, "https://docs.aws.amazon.com/") {
				complain("See has %q, which is neither a page of the user guide nor of AWS's documentation", page)
			}
		}
		testSteps(t, e)
	}
}

func testSteps(t *testing.T, e catalog.Entry) {
	always := 0
	for _, step := range e.Steps {
		if !step.Optional {
			always++
		} else if len(step.Commands) == 0 {
			t.Errorf("%s: step %s is optional and has no command (edit %s)", e.ID, step.ID, table(e))
		}
		for _, command := range step.Commands {
			for _, p := range placeholder.FindAllString(command, -1) {
				if !slices.Contains(placeholders, p) {
					t.Errorf("%s: step %s has the unknown placeholder %s (edit %s, or values in values.go)", e.ID, step.ID, p, table(e))
				}
			}
		}
	}
	switch {
	case e.NotActionable && always > 0:
		t.Errorf("%s: steps, although nobody can do anything (edit %s)", e.ID, table(e))
	case !e.NotActionable && (always < 2 || always > 5):
		t.Errorf("%s: %d steps, want 2 to 5 (edit %s)", e.ID, always, table(e))
	}
}

func testLanguage(t *testing.T, l catalog.Language, entries []catalog.Entry) {
	file := cmp.Or(map[string]string{"en": "english.go", "ja": "japanese.go"}[l.Code], "the tables of language "+l.Code)
	complain := func(format string, args ...any) { t.Errorf("%s (edit %s)", fmt.Sprintf(format, args...), file) }
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
	}
	// Explain links it for every instance in an EKS cluster.
	pages["eks-runtime-monitoring-coverage.html#eks-runtime-monitoring-coverage-issues-troubleshoot"] = true

	for id := range issues {
		testIssueWords(complain, id, l.Issues[id])
	}
	for id := range steps {
		if l.Steps[id] == "" {
			complain("Steps lacks the sentence for %q", id)
		}
		if placeholder.MatchString(l.Steps[id]) {
			complain("the sentence for %q has a placeholder; only Precise and commands may", id)
		}
		testBackticks(complain, string(id), l.Steps[id])
	}
	for page := range pages {
		if l.Pages[page] == "" {
			complain("Pages lacks a label for %q", page)
		}
	}
	for _, orphan := range orphans(l.Issues, issues) {
		complain("Issues has words for %q, which is no entry", orphan)
	}
	for _, orphan := range orphans(l.Steps, steps) {
		complain("Steps has a sentence for %q, which no entry uses", orphan)
	}
	for _, orphan := range orphans(l.Pages, pages) {
		complain("Pages has a label for %q, which no entry names", orphan)
	}
	testEvidenceWords(t, l)
	if !docsForm.MatchString(l.Docs) {
		complain("Docs %q is not the beginning of AWS's documentation, such as https://docs.aws.amazon.com/ja_jp/", l.Docs)
	}
	words := reflect.ValueOf(l.Words)
	for i := range words.NumField() {
		if words.Field(i).IsZero() {
			t.Errorf("Words.%s is not set (edit the words of language %s)", words.Type().Field(i).Name, l.Code)
		}
	}
}

func testIssueWords(complain func(string, ...any), id catalog.ID, words catalog.IssueWords) {
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
	if n := utf8.RuneCountInString(title); n > 70 {
		complain("the title of %q has %d runes, at most 70 fit", id, n)
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
	return slices.ContainsFunc([]string{"EKS", "GuardDuty", "Gatekeeper", "Fargate", "Outposts", "Systems Manager", "VPC", "Runtime Monitoring"}, func(name string) bool {
		return strings.HasPrefix(title, name)
	})
}

// orphans are the keys of words that are not in use.
func orphans[K ~string, V any](words map[K]V, use map[K]bool) []K {
	keys := slices.Sorted(maps.Keys(words))
	return slices.DeleteFunc(keys, func(k K) bool { return use[k] })
}

// table is the file an entry belongs into.
func table(e catalog.Entry) string {
	if len(e.Kinds) == 1 {
		return strings.ToLower(string(e.Kinds[0])) + ".go"
	}
	return "common.go"
}

// testEvents wants a sample event of every entry for every kind that reports it.
func testEvents(t *testing.T, entries []catalog.Entry) {
	for _, e := range entries {
		for _, kind := range reporters(e) {
			name := sample(e.ID, kind)
			change, err := decode(name)
			if err != nil {
				t.Errorf("%s: %v (add events/%s)", e.ID, err, name)
				continue
			}
			if change.Resource.Kind != kind {
				t.Errorf("events/%s is of a resource of kind %s", name, change.Resource.Kind)
			}
			if got := idsOf(catalog.Classify(change)); !slices.Equal(got, []catalog.ID{e.ID}) {
				t.Errorf("events/%s classifies to %v, want [%s] (edit the event, or the entry in %s)", name, got, e.ID, table(e))
			}
		}
	}
}

func reporters(e catalog.Entry) []coverage.Kind {
	if len(e.Kinds) == 0 {
		return kinds
	}
	return e.Kinds
}

// sample is the name of an entry's event: the kind and the id, without saying the kind twice.
func sample(id catalog.ID, kind coverage.Kind) string {
	prefix := strings.ToLower(string(kind)) + "-"
	return prefix + strings.TrimPrefix(string(id), prefix) + ".json"
}

func decode(name string) (coverage.Change, error) {
	data, err := os.ReadFile(filepath.Join("..", "..", "events", name))
	if err != nil {
		return coverage.Change{}, err
	}
	return coverage.Decode(data)
}

func idsOf(findings []catalog.Finding) []catalog.ID {
	var ids []catalog.ID
	for _, f := range findings {
		ids = append(ids, f.ID)
	}
	return ids
}
