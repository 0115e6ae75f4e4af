package template_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/settings.md")

// TestSettingsAreListed compares docs/settings.md, below its mark, with the template's parameters.
func TestSettingsAreListed(t *testing.T) {
	const file, mark = "../docs/settings.md", "<!-- from template.yaml -->\n"
	s := newStack(t, nil)
	var list strings.Builder
	for _, group := range s.List("Metadata", "AWS::CloudFormation::Interface", "ParameterGroups") {
		group := group.(map[string]any)
		fmt.Fprintf(&list, "\n## %s\n\n| parameter | default | meaning |\n|---|---|---|\n", group["Label"].(map[string]any)["default"])
		for _, name := range group["Parameters"].([]any) {
			parameter := s.At("Parameters", name.(string)).(map[string]any)
			value := "none"
			if text, _ := parameter["Default"].(string); text != "" {
				value = "`" + text + "`"
			}
			fmt.Fprintf(&list, "| `%s` | %s | %s |\n", name, value, parameter["Description"])
		}
	}
	head, got, found := strings.Cut(read(t, file), mark)
	if !found {
		t.Fatalf("%s has no %s", file, mark)
	}
	if *update {
		if err := os.WriteFile(file, []byte(head+mark+list.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(list.String(), got); diff != "" {
		t.Errorf("go test ./template -update writes it; parameters (-) and %s (+):\n%s", file, diff)
	}
}
