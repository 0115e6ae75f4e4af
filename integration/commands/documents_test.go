package commands

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shellBlock is a block of shell in a document; in a list it is indented.
var shellBlock = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```$")

// documented are the settings that documents leave to the shell.
var documented = []string{
	"REGION=eu-central-1", "ALARM=coverage-ErrorsAlarm-1", "NOTIFY_FUNCTION_NAME=coverage-NotifyFunction-1",
	"REPORT_FUNCTION_NAME=coverage-ReportFunction-1",
	"DEAD_LETTER_QUEUE_URL=https://sqs.eu-central-1.amazonaws.com/111122223333/coverage-DeadLetterQueue-1",
	"REPORT_DEAD_LETTER_QUEUE_URL=https://sqs.eu-central-1.amazonaws.com/111122223333/coverage-ReportDeadLetterQueue-1",
}

// TestCommandsOfDocuments runs every block of shell where programs are stand-ins, and has the AWS CLI parse what it is
// called with.
func TestCommandsOfDocuments(t *testing.T) {
	python := os.Getenv("AWS_CLI_PYTHON")
	if python == "" {
		t.Skip("AWS_CLI_PYTHON is not set: make integration sets it to a Python that has the AWS CLI")
	}
	s := newShell(t)
	s.settings = documented
	var aws [][]string
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/decisions/*.md"} {
		pages, err := filepath.Glob(pattern)
		check(t, err)
		for _, page := range pages {
			text, err := os.ReadFile(page)
			check(t, err)
			for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
				for _, words := range s.run("/bin/bash", block[1], "111122223333") {
					if words[0] == "aws" {
						aws = append(aws, words[1:])
					}
				}
			}
		}
	}
	if len(aws) < 15 {
		t.Errorf("the documents call the AWS CLI %d times only", len(aws))
	}
	aws = once(aws)
	for i, problem := range problems(t, python, aws) {
		if problem != "" {
			t.Errorf("aws %q: %s", aws[i], problem)
		}
	}
	if slices.ContainsFunc(aws, func(words []string) bool { return strings.Contains(strings.Join(words, " "), "  ") }) {
		t.Errorf("a setting is empty in %q", aws)
	}
}
