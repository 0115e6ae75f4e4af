package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"guardduty-coverage-notifier/pkg/message"
)

// writeHelp writes what a command does and how to call it, as wide as the terminal.
func writeHelp(c *cobra.Command, p process) {
	_, _ = io.WriteString(c.OutOrStdout(), helpOf(c, widthOf(p.stdout))) // run checks the writer's own error
}

func helpOf(c *cobra.Command, width int) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(c.Long, "\n\n") {
		b.WriteString(strings.Join(message.Wrap(paragraph, width), "\n") + "\n\n")
	}
	b.WriteString("Usage:\n")
	for use := range strings.SplitSeq(usesOf(c), "\n") {
		b.WriteString("  " + use + "\n")
	}
	if c.Example != "" {
		b.WriteString("\nExamples:\n")
		for example := range strings.SplitSeq(c.Example, "\n") {
			b.WriteString("  " + example + "\n")
		}
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n" + commandsOf(c, width))
	}
	b.WriteString("\nFlags:\n" + flagsOf(c, width))
	b.WriteString("\n" + strings.Join(message.Wrap(exitCodes, width), "\n") + "\n")
	return b.String()
}

func usesOf(c *cobra.Command) string {
	if c.HasAvailableSubCommands() {
		return c.CommandPath() + " COMMAND [flags]"
	}
	return c.UseLine()
}

func commandsOf(c *cobra.Command, width int) string {
	var pairs [][2]string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			pairs = append(pairs, [2]string{sub.Name(), sub.Short})
		}
	}
	return explained(pairs, width)
}

func flagsOf(c *cobra.Command, width int) string {
	var pairs [][2]string
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		name := strings.TrimRight("--"+f.Name+" "+value, " ")
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		pairs = append(pairs, [2]string{name, usage})
	})
	return explained(pairs, width)
}

// explained are names, each with its explanation beside it.
func explained(pairs [][2]string, width int) string {
	column := 0
	for _, pair := range pairs {
		column = max(column, message.Width(pair[0])+2)
	}
	var b strings.Builder
	for _, pair := range pairs {
		name := pair[0]
		for _, line := range message.Wrap(pair[1], width-column-2) {
			fmt.Fprintf(&b, "  %-*s%s\n", column, name, line)
			name = ""
		}
	}
	return b.String()
}
