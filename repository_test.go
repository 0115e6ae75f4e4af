// Package repository_test checks the files that only a code host, an editor or Terraform reads.
package repository_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"go.yaml.in/yaml/v3"
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
