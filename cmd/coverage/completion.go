package main

import (
	"io"

	"github.com/spf13/cobra"
)

const completionAbout = `completion writes a script that lets your shell complete commands, flags and their
values. SHELL is bash, zsh, fish or powershell.`

const completionExamples = `source <(coverage completion bash)
coverage completion zsh > "${fpath[1]}/_coverage"
coverage completion fish > ~/.config/fish/completions/coverage.fish`

func newCompletion(output io.Writer) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion SHELL", Short: "Write a completion script for a shell",
		Long: completionAbout, Example: completionExamples,
		ValidArgs: shells,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misuse("completion needs one SHELL: %s", list(shells))
			}
			switch root := c.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(output, true)
			case "zsh":
				return root.GenZshCompletion(output)
			case "fish":
				return root.GenFishCompletion(output, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(output)
			}
			return misuse("SHELL is %s, not %q%s", list(shells), args[0], didYouMean(args[0], shells))
		},
	}
}
