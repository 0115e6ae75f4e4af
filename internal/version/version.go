// Package version says which version of this module a program was built from, and where that module lives.
package version

import (
	"runtime/debug"
	"strings"
)

// linked is set when a program is linked:
// -ldflags '-X guardduty-coverage-notifier/internal/version.linked=v1.2.3'.
var linked string

// repository is the address of the module's repository, set in the same way; empty where nobody knows it.
var repository string

// IssueForm is the address of the form that reports an issue the catalog does not know, "" where the build does not
// know the repository. The form is .github/ISSUE_TEMPLATE/unknown-issue.yml.
func IssueForm() string { return formOf(repository) }

func formOf(repository string) string {
	if !strings.HasPrefix(repository, "https://") {
		return ""
	}
	return strings.TrimRight(repository, "/") + "/issues/new?template=unknown-issue.yml"
}

// String is the linked version, or else that of the module, or else devel.
func String() string {
	built, _ := debug.ReadBuildInfo()
	return of(linked, built)
}

func of(linked string, built *debug.BuildInfo) string {
	switch {
	case linked != "":
		return linked
	case built == nil, built.Main.Version == "", built.Main.Version == "(devel)":
		return "devel"
	}
	return built.Main.Version
}
