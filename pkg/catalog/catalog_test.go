package catalog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

var (
	kinds       = []coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2}
	idForm      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	pageForm    = regexp.MustCompile(`^[a-z0-9-]+\.html(#[a-z0-9-]+)?$`)
	placeholder = regexp.MustCompile(`\{[a-z-]+\}`)
	// What values documents.
	placeholders = []string{
		"{region}", "{account}", "{instance}", "{eks}", "{ecs}", "{eks-arn}", "{ecs-arn}", "{agent-management}", "{endpoint-host}", "{vpc}",
		"{owner}", "{code}", "{task-definition}", "{family}", "{service}", "{services}", "{task}", "{tasks}",
	}
)

// TestCatalogueIsComplete says which table or file was forgotten.
func TestCatalogueIsComplete(t *testing.T) {
	entries := catalog.All()
	t.Run("entries", func(t *testing.T) { testEntries(t, entries) })
	t.Run("events", func(t *testing.T) { testEvents(t, entries) })
	t.Run("evidence", testEvidence)
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
		for _, check := range catalog.ProofOf(e.ID) {
			if !isCheck(check) {
				complain("Proof has %q, which is no check of the table of evidence", check)
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

func isCheck(name string) bool {
	return slices.ContainsFunc(catalog.AllEvidence(), func(e catalog.EvidenceEntry) bool {
		return strings.HasPrefix(string(e.ID), name+"/")
	})
}

func testSteps(t *testing.T, e catalog.Entry) {
	least := map[catalog.Side]int{}
	for _, step := range e.Steps {
		if !step.Optional && step.If == "" {
			least[step.For]++
		} else if step.Optional && len(step.Commands) == 0 {
			t.Errorf("%s: step %s is optional and has no command (edit %s)", e.ID, step.ID, table(e))
		}
		for _, command := range step.Commands {
			for _, p := range placeholder.FindAllString(command, -1) {
				if !slices.Contains(placeholders, p) {
					t.Errorf("%s: step %s has the unknown placeholder %s (edit %s, or Values in values.go)", e.ID, step.ID, p, table(e))
				}
			}
		}
	}
	always := least[catalog.AnySide] + max(least[catalog.OwnSide], least[catalog.AdministratorSide])
	switch {
	case e.NotActionable && len(e.Steps) > 0:
		t.Errorf("%s: steps, although nobody can do anything (edit %s)", e.ID, table(e))
	case !e.NotActionable && (always < 1 || always > 6):
		t.Errorf("%s: %d steps, want 1 to 6 (edit %s)", e.ID, always, table(e))
	}
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
