package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
)

// block is what stands between the marks of that name in a document.
func block(mark string) *regexp.Regexp {
	return regexp.MustCompile("(?s)<!-- " + mark + " -->\n```\n(.*?)```\n<!-- /" + mark + " -->")
}

func TestREADMEShowsTheMessageAsItLooks(t *testing.T) {
	documentShows(t, "../../README.md", "message", read(t, goldenFolder+"/eks-addon-removed.txt"))
}

func TestDiagnosisIsShownAsItLooks(t *testing.T) {
	message := read(t, diagnosedFolder+"/ec2-terminated.txt")
	_, looked, found := strings.Cut(message, catalog.English.Words.Looked+"\n")
	if !found {
		t.Fatalf("no heading %q in\n%s", catalog.English.Words.Looked, message)
	}
	looked, _, _ = strings.Cut(looked, "\n\n")
	documentShows(t, "../../docs/diagnosis.md", "looked", catalog.English.Words.Looked+"\n"+looked+"\n")
}

// documentShows compares a block of a document with what it has to show, or writes it there.
func documentShows(t *testing.T, document, mark, want string) {
	t.Helper()
	text := read(t, document)
	place := block(mark).FindStringSubmatchIndex(text)
	if place == nil {
		t.Fatalf("%s has no block between <!-- %s --> and <!-- /%s -->", document, mark, mark)
	}
	if text[place[2]:place[3]] == want {
		return
	}
	if !*update {
		t.Fatalf("%s does not show the %s as it is; run go test ./cmd/coverage -update", document, mark)
	}
	if err := os.WriteFile(document, []byte(text[:place[2]]+want+text[place[3]:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestREADMEsCommandsRun runs every replay the README shows that sends nothing.
func TestREADMEsCommandsRun(t *testing.T) {
	t.Chdir("../..")
	command := regexp.MustCompile(`(?m)^go run \./cmd/coverage (.*)$`)
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
