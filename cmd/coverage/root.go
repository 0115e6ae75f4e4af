package main

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const about = `coverage shows what the GuardDuty coverage notifier sends, and why.

It needs no AWS account and sends nothing, except where its help says so: report and doctor read your
account, replay --diagnose and explain --diagnose read the resource, replay --send and doctor --send send
messages.`

const exitCodes = `Exit status: 0 success, 1 something failed, 2 wrong usage, 3 an issue is not in the
catalog.`

// newRoot is the command with its subcommands. output is where their results go.
func newRoot(p process, output io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "coverage",
		Long:          about,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args)
			}
			return c.Help()
		},
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetIn(p.stdin)
	root.SetOut(output)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { writeHelp(c, p) })
	root.AddCommand(
		newReplay(p, output), newExplain(p, output), newCatalog(p, output), newRoutes(p, output),
		newReport(p, output), newDoctor(p, output),
		newVersion(output), newCompletion(output),
	)
	return root
}

// unknownCommand names the subcommand that was probably meant.
func unknownCommand(root *cobra.Command, args []string) error {
	if _, err := os.Stat(args[0]); err == nil {
		return misuse("%q is a file, not a command; did you mean: coverage replay %s",
			args[0], strings.Join(args, " "))
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return misuse("there is no command %q%s", args[0], didYouMean(args[0], names))
}

// wrongFlag puts the complaints of the flag parser into words, and names the flag that was probably meant.
func wrongFlag(c *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := unknown.GetSpecifiedName()
		if whole := wholeWord(unknown.GetSpecifiedShortnames()); whole != "" {
			name = whole
		}
		var flags []string
		c.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, "--"+f.Name) })
		if slices.Contains(flags, "--"+name) {
			return misuse("flags begin with two hyphens: --%s", name)
		}
		return misuse("there is no flag --%s%s", name, didYouMean("--"+name, flags))
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return misuse("--%s needs a value", missing.GetSpecifiedName())
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return misuse("--%s: %v", invalid.GetFlag().Name, invalid.Unwrap())
	}
	return misuse("%v", err)
}

// wholeWord is what follows a single hyphen, up to its value.
func wholeWord(shorthands string) string {
	word, _, _ := strings.Cut(shorthands, "=")
	return word
}
