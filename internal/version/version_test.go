package version

import (
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

func TestIssueForm(t *testing.T) {
	const form = "https://code.example.com/us/notifier/issues/new?template=unknown-issue.yml"
	for repository, want := range map[string]string{
		"": "", "javascript:alert(1)": "", "https://code.example.com/us/notifier": form, "https://code.example.com/us/notifier/": form,
	} {
		if got := formOf(repository); got != want {
			t.Errorf("the form of %q is %q", repository, got)
		}
	}
	name := form[strings.Index(form, "=")+1:]
	if _, err := os.Stat("../../.github/ISSUE_TEMPLATE/" + name); err != nil {
		t.Errorf("there is no such form: %v", err)
	}
	if IssueForm() != "" {
		t.Error("a build that was told nothing knows a repository")
	}
}

func TestVersion(t *testing.T) {
	module := func(version string) *debug.BuildInfo { return &debug.BuildInfo{Main: debug.Module{Version: version}} }
	for _, test := range []struct {
		linked string
		built  *debug.BuildInfo
		want   string
	}{
		{"v1.2.3", module("v9.9.9"), "v1.2.3"},
		{"", module("v1.0.0"), "v1.0.0"},
		{"", module("(devel)"), "devel"},
		{"", module(""), "devel"},
		{"", nil, "devel"},
	} {
		if got := of(test.linked, test.built); got != test.want {
			t.Errorf("version of %q and %v: %q, expected %q", test.linked, test.built, got, test.want)
		}
	}
}
