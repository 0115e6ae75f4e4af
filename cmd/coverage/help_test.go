package main

import (
	"strings"
	"testing"
)

// TestHelpOfEveryCommand holds each help to what it needs: what the command does, how to call it, an example that runs, its
// flags, the exit codes.
func TestHelpOfEveryCommand(t *testing.T) {
	flags := map[string][]string{
		"replay":     {"--format", "--lang", "--color", "--diagnose", "--evidence", "--reader-account", "--send"},
		"explain":    {"--format", "--lang", "--color", "--name", "--account", "--reader-account", "--region", "--diagnose"},
		"catalog":    {"--format", "--lang"},
		"routes":     {"--format"},
		"report":     {"--format", "--lang", "--color", "--region", "--file", "--table", "--days"},
		"doctor":     {"--send"},
		"version":    nil,
		"completion": nil,
	}
	root := newRoot(process{}, nil)
	for _, c := range root.Commands() {
		if _, known := flags[c.Name()]; !known {
			t.Errorf("this test does not know %s", c.Name())
		}
	}
	for name, wanted := range flags {
		for _, args := range [][]string{{name, "--help"}, {name, "-h"}, {"help", name}} {
			got := start(t, "", nil, args...)
			if got.code != exitFine || got.stderr != "" {
				t.Errorf("%q: exit code %d, %s", args, got.code, got.stderr)
			}
			contains(t, "help", got.stdout, []string{name + " ", "\nUsage:\n  coverage " + name, "\nExamples:\n  ", "coverage " + name, "\nFlags:\n", "Exit status: 0 success"})
			for _, flag := range append(wanted, "--help") {
				if !strings.Contains(got.stdout, "  "+flag+" ") && !strings.Contains(got.stdout, ", "+flag+" ") {
					t.Errorf("%s: the help lacks %s:\n%s", name, flag, got.stdout)
				}
			}
		}
	}
	for _, args := range [][]string{nil, {"--help"}, {"-h"}, {"help"}} {
		got := start(t, "", nil, args...)
		if got.code != exitFine || got.stderr != "" {
			t.Errorf("%q: exit code %d, %s", args, got.code, got.stderr)
		}
		for name := range flags {
			contains(t, "help", got.stdout, []string{"\nCommands:", "\n  " + name + " ", "Exit status"})
		}
	}
}

// TestExamplesOfTheHelpRun runs those that need no account and no other program.
func TestExamplesOfTheHelpRun(t *testing.T) {
	t.Chdir("../..")
	ran := 0
	for _, c := range newRoot(process{}, nil).Commands() {
		for line := range strings.SplitSeq(c.Example, "\n") {
			words := shellWords(line)
			if words[0] != "coverage" || strings.ContainsAny(line, ">*") || words[1] == "report" || words[1] == "doctor" {
				continue
			}
			ran++
			if got := start(t, "", nil, words[1:]...); got.code != exitFine {
				t.Errorf("%s: exit code %d, %s", line, got.code, got.stderr)
			}
		}
	}
	if ran < 6 {
		t.Errorf("%d examples ran", ran)
	}
}

func TestVersion(t *testing.T) {
	got := start(t, "", nil, "version")
	if got.code != exitFine || !strings.HasPrefix(got.stdout, "coverage devel (go1.") {
		t.Errorf("exit code %d, %q", got.code, got.stdout)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := start(t, "", nil, "completion", shell); got.code != exitFine || !strings.Contains(got.stdout, "coverage") {
			t.Errorf("%s: exit code %d, %s", shell, got.code, got.stderr)
		}
	}
	for want, args := range map[string][]string{
		"replay\t":       {"rep"},
		"--format\t":     {"replay", "--for"},
		"slack\n":        {"replay", "--format", "s"},
		"ja\n":           {"replay", "--lang", ""},
		"eu-central-1\n": {"report", "--region", "eu-c"},
		"EKS\n":          {"explain", "E"},
		"fish\n":         {"completion", "f"},
	} {
		if got := start(t, "", nil, append([]string{"__complete"}, args...)...); !strings.Contains(got.stdout, want) {
			t.Errorf("%q completes to %q, want %q", args, got.stdout, want)
		}
	}
}
