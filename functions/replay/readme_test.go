package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

const readme = "../../README.md"

// shown is the message that the README shows, between its marks.
var shown = regexp.MustCompile("(?s)<!-- message -->\n```\n(.*?)```\n<!-- /message -->")

func TestREADMEShowsTheMessageAsItLooks(t *testing.T) {
	const golden = goldenFolder + "/eks-addon-removed.txt"
	text, want := read(t, readme), read(t, golden)
	block := shown.FindStringSubmatchIndex(text)
	if block == nil {
		t.Fatal("README.md has no block between <!-- message --> and <!-- /message -->")
	}
	if text[block[2]:block[3]] == want {
		return
	}
	if !*update {
		t.Fatalf("README.md does not show %s; run go test ./functions/replay -update", golden)
	}
	if err := os.WriteFile(readme, []byte(text[:block[2]]+want+text[block[3]:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestREADMEsCommandsRun runs every replay the README shows that sends nothing.
func TestREADMEsCommandsRun(t *testing.T) {
	t.Chdir("../..")
	command := regexp.MustCompile(`(?m)^go run \./functions/replay (.*)$`)
	commands := command.FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(commands) < 4 {
		t.Fatalf("found %d replay commands in README.md", len(commands))
	}
	for _, c := range commands {
		args, _, _ := strings.Cut(c[1], " #")
		if strings.Contains(args, "-region") {
			continue // It reads an account.
		}
		if got := start(t, "", nil, shellWords(args)...); got.code != exitFine {
			t.Errorf("replay %s: exit code %d, %s", args, got.code, got.stderr)
		}
	}
}

// shellWords splits a command as a shell does that knows double quotes.
func shellWords(command string) []string {
	var words []string
	for i, part := range strings.Split(command, `"`) {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}
