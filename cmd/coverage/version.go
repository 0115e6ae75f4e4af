package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"guardduty-coverage-notifier/internal/version"
)

func newVersion(output io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version",
		Long:    "version shows the version of this program, and what built it.",
		Example: "coverage version",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("version takes no arguments, and got %q", args[0])
			}
			_, err := fmt.Fprintf(output, "coverage %s (%s, %s/%s)\n",
				version.String(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
