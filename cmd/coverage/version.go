package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set when a release is linked: -ldflags '-X main.version=v1.2.3'.
var version string

func newVersion(output io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version",
		Long:    "version shows the version of this program, and what built it.",
		Example: "coverage version",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("version takes no arguments, and got %q", args[0])
			}
			built, _ := debug.ReadBuildInfo()
			_, err := fmt.Fprintf(output, "coverage %s (%s, %s/%s)\n",
				versionOf(version, built), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// versionOf is the linked version, or else that of the module, or else devel.
func versionOf(linked string, built *debug.BuildInfo) string {
	switch {
	case linked != "":
		return linked
	case built == nil, built.Main.Version == "", built.Main.Version == "(devel)":
		return "devel"
	}
	return built.Main.Version
}
