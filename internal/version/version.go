// Package version says which version of this module a program was built from.
package version

import "runtime/debug"

// linked is set when a program is linked:
// -ldflags '-X guardduty-coverage-notifier/internal/version.linked=v1.2.3'.
var linked string

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
