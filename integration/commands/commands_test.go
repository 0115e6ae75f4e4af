// Package commands runs every command that messages print: through shells, the AWS CLI's own parser,
// kubectl's where it is installed, and against moto's AWS.
package commands

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

const stranger = "999988887777"

// printed is a command that a message prints, and for whom.
type printed struct {
	catalog.Action
	account string
}

// every is every command of every sample and of all evidence, for every reader, once.
func every(t *testing.T) []printed {
	t.Helper()
	all := map[string]printed{}
	add := func(c catalog.Case, findings []catalog.Finding, evidence []coverage.Evidence) {
		for _, advice := range catalog.Advise(findings, catalog.Weigh(findings, evidence), c) {
			for _, action := range advice.Steps {
				if action.Command != "" {
					all[action.Command] = printed{action, c.Resource.Account}
				}
			}
		}
	}
	for _, change := range samples(t) {
		for _, reader := range []string{change.Resource.Account, stranger} {
			findings := catalog.Classify(change)
			add(catalog.CaseOf(change, reader), findings, nil)
			if len(findings) == 0 || findings[0].ID != catalog.NoReason {
				continue // What is found asks for the same, whatever the event says.
			}
			findings[0].Actionable = true
			for _, e := range catalog.AllEvidence() {
				add(catalog.CaseOf(change, reader), findings, []coverage.Evidence{found(e)})
			}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b printed) int { return strings.Compare(a.Command, b.Command) })
}

func samples(t *testing.T) []coverage.Change {
	t.Helper()
	paths, err := filepath.Glob("../../events/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sample events: %v", err)
	}
	var changes []coverage.Change
	for _, path := range paths {
		data, err := os.ReadFile(path)
		check(t, err)
		change, err := coverage.Decode(data)
		check(t, err)
		changes = append(changes, change)
	}
	return changes
}

func found(e catalog.EvidenceEntry) coverage.Evidence {
	name, what, _ := strings.Cut(string(e.ID), "/")
	return coverage.Evidence{Check: name, Found: what, Values: map[string]string{
		"vpc": "vpc-0a1b2c3d4e5f60718", "endpoint": "vpce-0a1b2c3d4e5f60718", "group": "sg-0a1b2c3d4e5f60718", "cidr": "10.0.0.0/16",
		"newest": "v1.12.1-eksbuild.2", "service": "orders", "owner": "555566667777",
	}}
}

// TestEveryCommand runs all of them, in bash and in sh, and parses what they call with the programs
// themselves.
func TestEveryCommand(t *testing.T) {
	python := os.Getenv("AWS_CLI_PYTHON")
	if python == "" {
		t.Skip("AWS_CLI_PYTHON is not set: make integration sets it to a Python that has the AWS CLI")
	}
	s, commands := newShell(t), every(t)
	var aws, kubectl [][]string
	for _, c := range commands {
		inBash, inShell := s.run("/bin/bash", c.Command, c.account), s.run("/bin/sh", c.Command, c.account)
		if !slices.EqualFunc(once(inBash), once(inShell), slices.Equal[[]string]) {
			t.Errorf("bash calls %q, sh %q", inBash, inShell)
		}
		for _, words := range inBash {
			switch words[0] {
			case "aws":
				aws = append(aws, words[1:])
			case "kubectl":
				kubectl = append(kubectl, words[1:])
			}
		}
	}
	aws, kubectl = once(aws), once(kubectl)
	for i, problem := range problems(t, python, aws) {
		if problem != "" {
			t.Errorf("aws %q: %s", aws[i], problem)
		}
	}
	checkKubectl(t, kubectl)
	t.Logf("%d commands, which call aws in %d ways and kubectl in %d", len(commands), len(aws), len(kubectl))
}

func once(all [][]string) [][]string {
	slices.SortFunc(all, slices.Compare[[]string])
	return slices.CompactFunc(all, slices.Equal[[]string])
}

// TestWrongCredentials: with those of another account, a command that could change that account ends before
// it does.
func TestWrongCredentials(t *testing.T) {
	s, guarded := newShell(t), 0
	for _, c := range every(t) {
		if !strings.HasPrefix(c.Command, "aws sts ") {
			continue
		}
		guarded++
		if got := s.run("/bin/sh", c.Command, stranger); len(got) != 1 || got[0][1] != "sts" {
			t.Errorf("as another account, %s\ncalls %q", c.Command, got)
		}
		if got := s.run("/bin/sh", c.Command, c.account); len(got) < 2 {
			t.Errorf("as account %s, %s\ncalls only %q", c.account, c.Command, got)
		}
	}
	if guarded == 0 {
		t.Error("no command asks for the caller's account")
	}
}

// TestLogsAreOfPodsThatAreNotReady: a pod may be Running and not ready.
func TestLogsAreOfPodsThatAreNotReady(t *testing.T) {
	s := newShell(t)
	for _, c := range every(t) {
		if c.Step != "read-pod-logs" {
			continue
		}
		var pods []string
		for _, words := range s.run("/bin/sh", c.Command, c.account) {
			if slices.Contains(words, "logs") {
				pods = append(pods, words[len(words)-1])
			}
		}
		if want := []string{"agent-starting", "agent-lost"}; !slices.Equal(pods, want) {
			t.Errorf("logs of %q, want %q", pods, want)
		}
		return
	}
	t.Error("no command reads the logs of pods")
}

// checkKubectl has kubectl parse its invocations, where it is installed. It gets as far as a server that is
// not there.
func checkKubectl(t *testing.T, all [][]string) {
	t.Helper()
	for _, arguments := range all {
		if len(arguments) < 3 || arguments[0] != "--context" || !strings.HasPrefix(arguments[1], "arn:") || !slices.Contains(verbs, arguments[2]) {
			t.Errorf("kubectl %q: no context, or an unknown verb", arguments)
		}
	}
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Log("kubectl is not installed: only contexts and verbs were checked")
		return
	}
	config := filepath.Join(t.TempDir(), "config")
	for _, arguments := range byVerb(all) {
		check(t, os.WriteFile(config, []byte(`{"apiVersion":"v1","kind":"Config","clusters":[{"name":"none","cluster":{"server":"http://127.0.0.1:9"}}],`+
			`"contexts":[{"name":"`+arguments[1]+`","context":{"cluster":"none","user":""}}]}`), 0o600))
		program := exec.CommandContext(t.Context(), kubectl, append(arguments, "--request-timeout=2s")...)
		if i := slices.Index(arguments, "--"); i >= 0 {
			program.Args = append([]string{kubectl, "--request-timeout=2s"}, arguments...)
		}
		program.Env = []string{"KUBECONFIG=" + config, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
		program.Stdin = strings.NewReader("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: amazon-guardduty\n")
		output, err := program.CombinedOutput()
		if err != nil && !strings.Contains(string(output), "127.0.0.1:9") {
			t.Errorf("kubectl %q: %v\n%s", arguments, err, output)
		}
	}
}

var verbs = []string{"apply", "create", "describe", "get", "logs", "rollout", "run"}

// byVerb is one invocation of those that differ in the context alone: each takes a second.
func byVerb(all [][]string) [][]string {
	seen := map[string][]string{}
	for _, arguments := range all {
		seen[strings.Join(arguments[2:], " ")] = arguments
	}
	return slices.Collect(maps.Values(seen))
}

// TestTheParserRefuses keeps the check of the AWS CLI's invocations from accepting everything.
func TestTheParserRefuses(t *testing.T) {
	python := os.Getenv("AWS_CLI_PYTHON")
	if python == "" {
		t.Skip("AWS_CLI_PYTHON is not set: make integration sets it to a Python that has the AWS CLI")
	}
	for i, problem := range problems(t, python, [][]string{
		{"eks", "describe-addons", "--cluster-name", "prod"},
		{"eks", "describe-addon", "--region", "eu-west-1", "--cluster-name", "prod"},
		{"eks", "describe-cluster", "--region", "eu-west-1", "--name", "prod", "--query", "cluster.["},
		{"guardduty", "update-detector", "--region", "eu-west-1", "--detector-id", "1", "--features", "Nome=RUNTIME_MONITORING"},
		{"eks", "update-kubeconfig", "--cluster", "prod"},
	}) {
		if problem == "" {
			t.Errorf("invocation %d is accepted", i+1)
		}
	}
}
