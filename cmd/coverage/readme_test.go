package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is what stands between the marks of that name in a document.
func block(mark string) *regexp.Regexp {
	return regexp.MustCompile("(?s)<!-- " + mark + " -->\n```\n(.*?)```\n<!-- /" + mark + " -->")
}

func TestREADMEShowsTheMessageAsItLooks(t *testing.T) {
	documentShows(t, "../../README.md", "message", beforeFold(t, goldenFolder+"/eks-addon-removed.txt"))
}

func TestJapaneseREADMEShowsTheMessageAsItLooks(t *testing.T) {
	documentShows(t, "../../README.ja.md", "message", beforeFold(t, goldenFolder+"/ja/eks-addon-removed.txt"))
}

func TestDiagnosisIsShownAsItLooks(t *testing.T) {
	documentShows(t, "../../docs/diagnosis.md", "looked", beforeFold(t, diagnosedFolder+"/ec2-unmanaged.txt"))
}

func TestActorIsShownAsItLooks(t *testing.T) {
	_, line, found := strings.Cut(read(t, diagnosedFolder+"/eks-actor-expected.txt"), "→ CloudTrail: ")
	line, rest, _ := strings.Cut("→ CloudTrail: "+line, "\n")
	next, _, _ := strings.Cut(rest, "\n")
	if !found || !strings.HasPrefix(next, "  ") {
		t.Fatalf("the message has no line about CloudTrail that goes on: %q, %q", line, next)
	}
	documentShows(t, "../../docs/diagnosis.md", "actor", line+"\n"+next+"\n")
}

// beforeFold is what a message says before the rule.
func beforeFold(t *testing.T, golden string) string {
	t.Helper()
	before, _, found := strings.Cut(read(t, golden), "\n────")
	if !found {
		t.Fatalf("%s has no rule", golden)
	}
	return before
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

// section is what the README says under a heading, up to the next one.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(read(t, "README.md"), "\n"+heading+"\n")
	if !found {
		t.Fatalf("README.md has no heading %q", heading)
	}
	text, _, _ := strings.Cut(rest, "\n#")
	return text
}

// shellLine is a line of a block that a shell is to run.
var shellLine = regexp.MustCompile(`(?m)^(make|bin/coverage|go|sam|SLACK_\S+) .*$`)

// TestREADMEsFirstLinesRun runs every line of See it now, without credentials.
func TestREADMEsFirstLinesRun(t *testing.T) {
	t.Chdir("../..")
	targets := regexp.MustCompile(`(?m)^[a-z-]+:`).FindAllString(read(t, "Makefile"), -1)
	lines := shellLine.FindAllString(section(t, "## See it now"), -1)
	if len(lines) < 5 {
		t.Fatalf("found %d lines", len(lines))
	}
	for _, line := range lines {
		command, _, _ := strings.Cut(line, " #")
		words := shellWords(command)
		if words[0] == "make" {
			if len(words) != 2 || !slices.Contains(targets, words[1]+":") {
				t.Errorf("the Makefile has no target for %q", command)
			}
			continue
		}
		if got := start(t, "", nil, words[1:]...); words[0] != "bin/coverage" || got.code != exitFine {
			t.Errorf("%s: exit code %d, %s", command, got.code, got.stderr)
		}
	}
}

// TestREADMEsAccountLinesNeedCredentials runs the lines that need an account, as far as they go without one.
func TestREADMEsAccountLinesNeedCredentials(t *testing.T) {
	t.Chdir("../..")
	lines := shellLine.FindAllString(section(t, "### With your own AWS credentials"), -1)
	if len(lines) < 3 {
		t.Fatalf("found %d lines", len(lines))
	}
	for _, line := range lines {
		command, _, _ := strings.Cut(line, " #")
		words := shellWords(command)
		if got := start(t, "", nil, words[1:]...); words[0] != "bin/coverage" || got.code != exitFailed || !strings.Contains(got.stdout+got.stderr, "AWS credentials") {
			t.Errorf("%s: exit code %d, %s", command, got.code, got.stderr)
		}
	}
}

// TestDocumentsNameCommandsAndFlagsThatExist, in blocks and in sentences. The README's are run above.
func TestDocumentsNameCommandsAndFlagsThatExist(t *testing.T) {
	t.Chdir("../..")
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no documents %s: %v", pattern, err)
		}
		pages = append(pages, found...)
	}
	helps := make(map[string]string)
	for _, page := range pages {
		for _, match := range calls.FindAllStringSubmatch(read(t, page), -1) {
			name, arguments := match[1], match[2]
			if strings.HasPrefix(arguments, ":") {
				continue // what the log says
			}
			if _, known := helps[name]; !known {
				help := start(t, "", nil, name, "--help")
				if help.code != exitFine || !strings.Contains(help.stdout, "coverage "+name) {
					t.Errorf("%s: there is no coverage %s", page, name)
				}
				helps[name] = help.stdout
			}
			for _, flag := range flags.FindAllString(arguments, -1) {
				if !strings.Contains(helps[name], flag) {
					t.Errorf("%s: coverage %s has no %s", page, name, flag)
				}
			}
		}
	}
	if len(helps) < 7 {
		t.Errorf("the documents name %d commands only", len(helps))
	}
}

var (
	// calls are a command and its arguments, behind a back quote or at the beginning of a block's line.
	calls = regexp.MustCompile("(?m)(?:`|^(?:bin/))coverage ([a-z]+)([^`\n]*)")
	flags = regexp.MustCompile(`--[a-z-]+`)
)

// TestMakeRunIsShort runs what make run would, and counts what it shows.
func TestMakeRunIsShort(t *testing.T) {
	t.Chdir("../..")
	command := exec.CommandContext(t.Context(), "make", "--dry-run", "run")
	command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "MFLAGS") })
	recipe, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for line := range strings.Lines(string(recipe)) {
		words := shellWords(strings.TrimSpace(line))
		switch words[0] {
		case "echo":
			shown.WriteString(strings.Join(words[1:], " ") + "\n")
		case "bin/coverage":
			got := start(t, "", nil, words[1:]...)
			if got.code != exitFine {
				t.Errorf("%s: exit code %d, %s", line, got.code, got.stderr)
			}
			shown.WriteString(got.stdout + got.stderr)
		case "go":
		default:
			t.Errorf("nobody knows what %q shows", line)
		}
	}
	contains(t, "make run", shown.String(), []string{"first build", "● billing: ", "✔ billing: covered again", "diagnosis", "make run-all"})
	if lines := strings.Count(shown.String(), "\n"); lines > 120 {
		t.Errorf("make run shows %d lines, at most 120 are read", lines)
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
