// Package repository_test checks the files that only a code host, an editor or Terraform reads.
package repository_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"go.yaml.in/yaml/v3"

	"guardduty-coverage-notifier/pkg/locale"
)

func glob(t *testing.T, patterns ...string) []string {
	t.Helper()
	var files []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	return files
}

func parse(t *testing.T, file string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := yaml.Unmarshal(data, &document); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return document
}

// TestWorkflowsAreValid for actionlint, which knows their expressions, events and permissions.
func TestWorkflowsAreValid(t *testing.T) {
	workflows := glob(t, ".github/workflows/*.yml")
	lint := exec.CommandContext(t.Context(), "go", append([]string{"tool", "actionlint", "-shellcheck=", "-pyflakes="}, workflows...)...)
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("actionlint: %v\n%s", err, out)
	}
	if data, err := os.ReadFile(".github/workflows/ci.yml"); err != nil || !strings.Contains(string(data), "run: .ci/run\n") {
		t.Errorf("CI does not call .ci/run: %v", err)
	}
}

func TestFormsParse(t *testing.T) {
	for _, file := range glob(t, ".github/dependabot.yml", ".golangci.yml", ".github/ISSUE_TEMPLATE/*.yml") {
		if len(parse(t, file)) == 0 {
			t.Errorf("%s is empty", file)
		}
	}
	form := parse(t, ".github/ISSUE_TEMPLATE/unknown-issue.yml")
	var ids []string
	for _, field := range form["body"].([]any) {
		if id, ok := field.(map[string]any)["id"].(string); ok {
			ids = append(ids, id)
		}
	}
	if diff := cmp.Diff([]string{"kind", "text", "version", "cause"}, ids); diff != "" {
		t.Errorf("fields of the form:\n%s", diff)
	}
}

// TestTerraformParses for HashiCorp's parser. That it takes every parameter is tested beside the template.
func TestTerraformParses(t *testing.T) {
	for _, file := range glob(t, "terraform/*.tf", "terraform/example/*.tf") {
		parsed, diagnostics := hclparse.NewParser().ParseHCLFile(file)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			if block.Type == "variable" && (block.Body.Attributes["description"] == nil || block.Body.Attributes["type"] == nil) {
				t.Errorf("%s has no description or no type", block.Labels[0])
			}
		}
	}
}

// written are the files that tests write from others with -update.
var written = []string{"docs/settings.md", "terraform/variables.tf", "environments/example.env"}

// TestALanguageTakesFiveFiles counts the files that have to change for another language: its own, the list of all, and
// whatever else names its code. Tests, golden files, pages and what is written from the template do not count.
func TestALanguageTakesFiveFiles(t *testing.T) {
	const most = 5
	tracked, err := exec.CommandContext(t.Context(), "git", "ls-files").Output()
	if err != nil {
		t.Skipf("this is no clone: %v", err)
	}
	for _, l := range locale.Languages()[1:] {
		code := regexp.MustCompile(`\b` + l.Code + `\b`)
		naming := []string{"pkg/locale/locale.go"}
		for file := range strings.Lines(string(tracked)) {
			file = strings.TrimSpace(file)
			if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "testdata/") || strings.HasPrefix(file, "docs/") ||
				strings.HasSuffix(file, ".md") || slices.Contains(written, file) || slices.Contains(naming, file) {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			own := strings.HasPrefix(file, "pkg/locale/"+l.Code+".") || strings.HasPrefix(file, "pkg/locale/"+l.Code+"_")
			if own || code.Match(data) && utf8.Valid(data) {
				naming = append(naming, file)
			}
		}
		if len(naming) > most || len(naming) < 2 {
			t.Errorf("%d files name %s, at most %d may: %s", len(naming), l.Code, most, strings.Join(naming, ", "))
		}
	}
}
