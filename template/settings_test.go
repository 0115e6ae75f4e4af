package template_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"guardduty-coverage-notifier/template/templatetest"
)

var update = flag.Bool("update", false, "write what docs/settings.md, terraform/variables.tf and environments/example.env say")

// group is a group of parameters, as the console shows it.
type group struct {
	label string
	names []string
}

func groupsOf(s templatetest.Stack) []group {
	var groups []group
	for _, each := range s.List("Metadata", "AWS::CloudFormation::Interface", "ParameterGroups") {
		each := each.(map[string]any)
		g := group{label: each["Label"].(map[string]any)["default"].(string)}
		for _, name := range each["Parameters"].([]any) {
			g.names = append(g.names, name.(string))
		}
		groups = append(groups, g)
	}
	return groups
}

// TestSettingsAreListed compares docs/settings.md, below its mark, with the template's parameters.
func TestSettingsAreListed(t *testing.T) {
	s := newStack(t, nil)
	var list strings.Builder
	for _, g := range groupsOf(s) {
		fmt.Fprintf(&list, "\n## %s\n\n| parameter | default | meaning |\n|---|---|---|\n", g.label)
		for _, name := range g.names {
			parameter := s.At("Parameters", name).(map[string]any)
			value := "none"
			if text, _ := parameter["Default"].(string); text != "" {
				value = "`" + text + "`"
			}
			fmt.Fprintf(&list, "| `%s` | %s | %s |\n", name, value, parameter["Description"])
		}
	}
	compareBelow(t, "../docs/settings.md", "<!-- from template.yaml -->\n", list.String())
}

// TestTerraformTakesEveryParameter compares what the Terraform module gives the stack, and its variables below their mark,
// with the template's parameters. What a release adds to these stands above the mark.
func TestTerraformTakesEveryParameter(t *testing.T) {
	s := newStack(t, nil)
	var parameters, variables strings.Builder
	for _, g := range groupsOf(s) {
		for _, name := range g.names {
			fmt.Fprintf(&parameters, "    %s = var.%s\n", name, snake(name))
			variables.WriteString("\n" + variable(name, s.At("Parameters", name).(map[string]any)))
		}
	}
	list := "\nlocals {\n  parameters = {\n" + parameters.String() + "  }\n}\n" + variables.String()
	compareBelow(t, "../terraform/variables.tf", "# From template.yaml:\n", string(hclwrite.Format([]byte(list))))
}

// variable declares the variable of a parameter. Patterns are left to CloudFormation.
func variable(parameter string, p map[string]any) string {
	name, kind := snake(parameter), "string"
	value, _ := p["Default"].(string)
	quoted := strconv.Quote
	if p["Type"] == "Number" {
		kind, quoted = "number", func(number string) string { return number }
	}
	condition, must := "", ""
	if allowed, ok := p["AllowedValues"].([]any); ok {
		var values, list []string
		for _, value := range allowed {
			values, list = append(values, value.(string)), append(list, quoted(value.(string)))
		}
		condition = fmt.Sprintf("contains([%s], var.%s)", strings.Join(list, ", "), name)
		must = "one of " + strings.Join(values, ", ")
	} else if least, ok := p["MinValue"].(string); ok {
		condition = fmt.Sprintf("var.%s >= %s && var.%s <= %s", name, least, name, p["MaxValue"])
		must = fmt.Sprintf("from %s to %s", least, p["MaxValue"])
	}
	text := fmt.Sprintf("variable %q {\n  description = %q\n  type        = %s\n  default     = %s\n",
		name, p["Description"], kind, quoted(value))
	if condition != "" {
		text += fmt.Sprintf("  validation {\n    condition     = %s\n    error_message = \"%s must be %s.\"\n  }\n", condition, name, must)
	}
	return text + "}\n"
}

// snake is a parameter's name as Terraform writes names.
func snake(name string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "${1}_${2}"))
}

// compareBelow wants the file to end in want, below a mark.
func compareBelow(t *testing.T, file, mark, want string) {
	t.Helper()
	head, got, found := strings.Cut(read(t, file), mark)
	if !found {
		t.Fatalf("%s has no %s", file, mark)
	}
	if *update {
		if err := os.WriteFile(file, []byte(head+mark+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("go test ./template -update writes it; parameters (-) and %s (+):\n%s", file, diff)
	}
}

// TestExampleHasEverySetting compares environments/example.env, below its mark, with the template's parameters.
func TestExampleHasEverySetting(t *testing.T) {
	s := newStack(t, nil)
	var list strings.Builder
	for _, g := range groupsOf(s) {
		fmt.Fprintf(&list, "\n# %s\n", g.label)
		for _, name := range g.names {
			parameter := s.At("Parameters", name).(map[string]any)
			fmt.Fprintf(&list, "\n%s#%s=%s\n", comment(parameter["Description"].(string)), name, parameter["Default"])
		}
	}
	compareBelow(t, "../environments/example.env", "# From template.yaml:\n", list.String())
}

// comment wraps a text into lines of a comment.
func comment(text string) string {
	var lines strings.Builder
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 110 {
			lines.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	return lines.String() + line + "\n"
}
