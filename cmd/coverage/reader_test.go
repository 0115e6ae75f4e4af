package main

import (
	"strings"
	"testing"
)

// TestReaderAccount: the commands are those for the account in which they are run.
func TestReaderAccount(t *testing.T) {
	const (
		ownForm    = "aws guardduty get-detector "
		memberForm = "aws guardduty get-member-detectors "
	)
	explained := []string{"explain", "EKS", "Others:Error due to authorization failure", "--account", "111122223333", "--region", "eu-west-1"}
	for reader, want := range map[string]struct{ own, member bool }{
		"":             {true, true},
		"111122223333": {true, false},
		"999988887777": {false, true},
	} {
		for name, args := range map[string][]string{
			"explain": explained, "replay": {"replay", "../../events/eks-authorization-failure.json"},
		} {
			account := reader
			if name == "replay" && reader == "111122223333" {
				account = ownerOf(t, args[1])
			}
			if account != "" {
				args = append(args, "--reader-account", account)
			}
			got := start(t, "", nil, args...)
			own, member := strings.Contains(got.stdout, ownForm), strings.Contains(got.stdout, memberForm)
			if got.code != exitFine || own != want.own || member != want.member {
				t.Errorf("%q: exit code %d, %s\n%s", args, got.code, got.stderr, got.stdout)
			}
		}
	}
	if got := start(t, "", nil, append(explained, "--reader-account", "me")...); got.code != exitUsage {
		t.Errorf("exit code %d of an account that is none", got.code)
	}
}

// ownerOf is the account that owns the resource of an event.
func ownerOf(t *testing.T, path string) string {
	t.Helper()
	_, after, ok := strings.Cut(read(t, path), `"accountId": "`)
	if !ok {
		t.Fatalf("%s names no account", path)
	}
	return after[:12]
}
