package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// outcome is what a run of the program left behind.
type outcome struct {
	code           int
	stdout, stderr string
}

// start runs the program.
func start(t *testing.T, stdin string, env map[string]string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, process{
		stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr,
		getenv: func(name string) string { return env[name] },
	})
	return outcome{code, stdout.String(), stderr.String()}
}

const (
	lost      = "testdata/incident/1-lost.json"
	lostCopy  = "testdata/incident/2-lost-administrators-copy.json"
	back      = "testdata/incident/3-back.json"
	lostLate  = "testdata/incident/4-lost-delivered-late.json"
	unknown   = "../../events/eks-unknown.json"
	stranger  = `{"source":"aws.guardduty","detail-type":"GuardDuty Finding","detail":{}}`
	stranger1 = `not a GuardDuty coverage event: source "aws.guardduty", detail-type "GuardDuty Finding"`
)

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// file writes content to a file of its own.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRun(t *testing.T) {
	sqs := `{"Records":[{"messageId":"1","eventSource":"aws:sqs","body":` + quoted(read(t, lost)) + `},{"messageId":"2","eventSource":"aws:sqs","body":"x"}]}`
	sns := `{"Records":[{"EventSource":"aws:sns","Sns":{"Message":` + quoted(read(t, lost)) + `}}]}`
	failed := `{"requestContext":{"condition":"RetriesExhausted"},"requestPayload":` + read(t, lost) + `}`
	tests := map[string]struct {
		args  []string
		stdin string
		env   map[string]string
		code  int
		// stdout and stderr are parts of what is written, "" nothing at all.
		stdout, stderr []string
	}{
		"help":                  {args: []string{"-h"}, stdout: []string{"replay [flags] FILE", "Exit status"}, stderr: []string{""}},
		"one event":             {args: []string{lost}, stdout: []string{"● Coverage lost · EKS cluster billing"}, stderr: []string{""}},
		"standard input":        {args: []string{"-"}, stdin: read(t, lost), stdout: []string{"EKS cluster billing"}, stderr: []string{""}},
		"flags behind files":    {args: []string{lost, "-format", "json"}, stdout: []string{`"version": "1"`}, stderr: []string{""}},
		"files behind --":       {args: []string{"-format", "json", "--", "-x.json"}, code: exitFailed, stdout: []string{""}, stderr: []string{"open -x.json"}},
		"an unknown issue":      {args: []string{unknown}, code: exitUnknown, stdout: []string{"Coverage lost"}, stderr: []string{"1 event: 1 told; unknown to the catalogue: 1"}},
		"SNS":                   {args: []string{"-"}, stdin: sns, stdout: []string{"EKS cluster billing"}, stderr: []string{""}},
		"a failed invocation":   {args: []string{"-"}, stdin: failed, stdout: []string{"EKS cluster billing"}, stderr: []string{""}},
		"a batch, one bad":      {args: []string{"-"}, stdin: sqs, code: exitFailed, stdout: []string{"EKS cluster billing"}, stderr: []string{"standard input, event 2: decoding event", "2 events: 1 told, 1 not a coverage event"}},
		"a copy":                {args: []string{lost, lostCopy}, stdout: []string{"── " + lostCopy, "\nNot told again: "}, stderr: []string{"2 events: 1 told, 1 told already"}},
		"out of date":           {args: []string{lost, back, lostLate}, stdout: []string{"Uncovered for  3 h 46 min", "\nNot told: something newer"}, stderr: []string{"3 events: 2 told, 1 out of date"}},
		"remarks beside JSON":   {args: []string{"-format", "json", lost, lostCopy}, stdout: []string{`"version": "1"`}, stderr: []string{"Not told again: ", "2 events: 1 told, 1 told already"}},
		"a folder":              {args: []string{"testdata/incident"}, stdout: []string{"── " + back}, stderr: []string{"4 events: 2 told, 1 told already, 1 out of date"}},
		"an empty folder":       {args: []string{t.TempDir()}, code: exitFailed, stdout: []string{""}, stderr: []string{"holds no *.json"}},
		"a stranger among them": {args: []string{lost, file(t, "finding.json", stranger), back}, code: exitFailed, stdout: []string{"lost · EKS cluster billing", "restored · EKS cluster billing"}, stderr: []string{"finding.json: " + stranger1, "3 events: 2 told, 1 not a coverage event"}},
		"no such file":          {args: []string{"absent.json", lost}, code: exitFailed, stdout: []string{"EKS cluster billing"}, stderr: []string{"replay: absent.json: open absent.json: no such file"}},
		"Block Kit Builder":     {args: []string{"-format", "builder", lost}, stdout: []string{"https://app.slack.com/block-kit-builder/#%7B"}, stderr: []string{""}},
		"MESSAGE_LANGUAGE":      {args: []string{lost}, env: map[string]string{"MESSAGE_LANGUAGE": "tlh"}, code: exitUsage, stdout: []string{""}, stderr: []string{`not "tlh"`}},
		"-lang":                 {args: []string{lost, "-lang", "EN"}, env: map[string]string{"MESSAGE_LANGUAGE": "tlh"}, stdout: []string{"Coverage lost"}, stderr: []string{""}},

		"no arguments":         {code: exitUsage, stdout: []string{""}, stderr: []string{"no events", "Try replay -h"}},
		"an unknown flag":      {args: []string{"-verbose"}, code: exitUsage, stdout: []string{""}, stderr: []string{"-verbose"}},
		"an unknown format":    {args: []string{"-format", "yaml", lost}, code: exitUsage, stdout: []string{""}, stderr: []string{`text, json, slack or builder, not "yaml"`}},
		"an unknown colour":    {args: []string{"-color", "pink", lost}, code: exitUsage, stdout: []string{""}, stderr: []string{`auto, always or never, not "pink"`}},
		"a name for files":     {args: []string{"-name", "x", lost}, code: exitUsage, stdout: []string{""}, stderr: []string{"go with -issue"}},
		"-catalog and a file":  {args: []string{"-catalog", lost}, code: exitUsage, stdout: []string{""}, stderr: []string{"nothing else"}},
		"-catalog for Slack":   {args: []string{"-catalog", "-format", "slack"}, code: exitUsage, stdout: []string{""}, stderr: []string{"text or json"}},
		"-issue and -send":     {args: []string{"-issue", "EKS", "-send", "x"}, code: exitUsage, stdout: []string{""}, stderr: []string{"no event that could be sent"}},
		"-issue without kind":  {args: []string{"-issue"}, code: exitUsage, stdout: []string{""}, stderr: []string{"needs an argument"}},
		"-issue without text":  {args: []string{"-issue", "EKS"}, code: exitUsage, stdout: []string{""}, stderr: []string{"needs the text"}},
		"-issue of a new kind": {args: []string{"-issue", "LAMBDA", "x"}, code: exitUsage, stdout: []string{""}, stderr: []string{`EKS, ECS or EC2, not "LAMBDA"`}},

		"-send to nobody": {args: []string{"-send", "../../events/eks-local-cluster.json"}, env: map[string]string{"SNS_TOPIC_ARN": "arn:aws:sns:eu-central-1:111122223333:a"},
			stdout: []string{"EKS cluster prod-cluster", "\nSent to nobody: "}, stderr: []string{""}},
		"-send by bad rules": {args: []string{"-send", lost}, env: map[string]string{"SNS_TOPIC_ARN": "arn:aws:sns:eu-central-1:111122223333:a", "ROUTES": `{"rules": 1}`},
			code: exitFailed, stdout: []string{""}, stderr: []string{"ROUTES: routes to correct: 1", "rules: is a number"}},
		"-send to nowhere": {args: []string{"-send", lost}, code: exitFailed, stdout: []string{""}, stderr: []string{"no destination: set SLACK_SECRET"}},

		"an issue": {args: []string{"-issue", "ec2", "No Agent Reporting:Agent disconnected"},
			stdout: []string{"● Coverage lost · EC2 instance i-0123456789abcdef0 · 111122223333 · ", "│ No Agent Reporting:Agent disconnected", "--region us-east-1"},
			stderr: []string{"The resource is made up."}},
		"an issue of a resource": {args: []string{"-issue", "EKS", "Others: Error due to authorization failure", "-name", "prod", "-account", "444455556666", "-region", "ap-south-1"},
			stdout: []string{"EKS cluster prod · 444455556666", "region=ap-south-1"}, stderr: []string{""}},
		"an issue in the environment's Region": {args: []string{"-issue", "ECS", ""}, env: map[string]string{"AWS_REGION": "sa-east-1"},
			stdout: []string{"ECS cluster CLUSTER", "--region sa-east-1"}, stderr: []string{"The resource is made up."}},
		"an unknown issue text": {args: []string{"-issue", "EKS", "Flux Capacitor Empty"}, code: exitUnknown,
			stdout: []string{"│ Flux Capacitor Empty"}, stderr: []string{"unknown to the catalogue: 1"}},
		"an issue in pieces": {args: []string{"-issue", "EC2", "No", "Agent", "Reporting"}, stdout: []string{"│ No Agent Reporting"}, stderr: []string{"made up"}},

		"not JSON":           {args: []string{"-"}, stdin: "hello", code: exitFailed, stdout: []string{""}, stderr: []string{"standard input: decoding event: invalid character 'h'", "1 event: 1 not a coverage event"}},
		"nothing":            {args: []string{"-"}, code: exitFailed, stdout: []string{""}, stderr: []string{"decoding event"}},
		"an empty object":    {args: []string{"-"}, stdin: "{}", code: exitFailed, stdout: []string{""}, stderr: []string{`source "", detail-type ""`}},
		"1 MB of noise":      {args: []string{"-"}, stdin: strings.Repeat("\x00\xff\x1b[2J", 1<<20/6), code: exitFailed, stdout: []string{""}, stderr: []string{"decoding event"}},
		"nested arrays":      {args: []string{"-"}, stdin: strings.Repeat("[", 1_000_000), code: exitFailed, stdout: []string{""}, stderr: []string{"decoding event"}},
		"more than anything": {args: []string{"-"}, stdin: strings.Repeat(" ", largestInput+1), code: exitFailed, stdout: []string{""}, stderr: []string{"larger than 16 MiB"}},
		"a hostile name":     {args: []string{"\x1b[31mred"}, code: exitFailed, stdout: []string{""}, stderr: []string{"\ufffd[31mred"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := start(t, test.stdin, test.env, test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			contains(t, "stdout", got.stdout, test.stdout)
			contains(t, "stderr", got.stderr, test.stderr)
			if strings.ContainsAny(got.stdout+got.stderr, "\x1b\x00") {
				t.Error("control characters where no terminal is")
			}
		})
	}
}

// contains finds the parts in this order; "" stands for nothing at all.
func contains(t *testing.T, stream, got string, parts []string) {
	t.Helper()
	rest := got
	for _, part := range parts {
		_, after, found := strings.Cut(rest, part)
		if !found || part == "" && got != "" {
			t.Errorf("%s lacks %q:\n%s", stream, part, got)
			return
		}
		rest = after
	}
}

func quoted(s string) string {
	data, _ := json.Marshal(s)
	return string(data)
}

func TestLongNamesAreToldWhole(t *testing.T) {
	long := strings.Repeat("ß", 50_000)
	event := strings.ReplaceAll(read(t, lost), `"billing"`, `"`+long+`"`)
	for _, f := range renderings {
		if got := start(t, event, nil, "-format", string(f), "-"); got.code != exitFine || got.stdout == "" {
			t.Errorf("%s: exit code %d, %d bytes: %s", f, got.code, len(got.stdout), got.stderr)
		}
	}
	if got := start(t, event, nil, "-"); !strings.Contains(got.stdout, long) {
		t.Error("the text does not show the name")
	}
}

func TestCatalogueIsListedWhole(t *testing.T) {
	listed := start(t, "", nil, "-catalog")
	var entries []entry
	if err := json.Unmarshal([]byte(start(t, "", nil, "-catalog", "-format", "json").stdout), &entries); err != nil {
		t.Fatal(err)
	}
	all := catalog.All()
	if listed.code != exitFine || len(entries) != len(all) {
		t.Fatalf("exit code %d, %d entries as JSON, want %d", listed.code, len(entries), len(all))
	}
	lines := strings.Split(listed.stdout, "\n")
	for i, e := range all {
		id, rest, _ := strings.Cut(lines[i], " ")
		if entries[i].ID != e.ID || id != string(e.ID) || entries[i].Title == "" || !strings.Contains(rest, entries[i].Title) {
			t.Errorf("entry %s is listed as %q and %+v", e.ID, lines[i], entries[i])
		}
		if entries[i].Actionable == e.NotActionable || strings.Contains(rest, "nothing to be done") != e.NotActionable {
			t.Errorf("%s: whether it is actionable is wrong in %q or %+v", e.ID, lines[i], entries[i])
		}
		if entries[i].Transient != e.Transient || strings.Contains(rest, "usually heals by itself") != e.Transient {
			t.Errorf("%s: whether it is transient is wrong in %q or %+v", e.ID, lines[i], entries[i])
		}
	}
}

// TestCatalogueExamplesAreExplained copies every example of the catalogue from the console, as it were.
func TestCatalogueExamplesAreExplained(t *testing.T) {
	for _, e := range catalog.All() {
		if e.Silent {
			continue // It has no text that could be copied.
		}
		for _, kind := range e.Kinds {
			for _, example := range e.Examples {
				got := start(t, "", nil, "-issue", string(kind), "-format", "json", example)
				var record message.Record
				if err := json.Unmarshal([]byte(got.stdout), &record); err != nil {
					t.Fatalf("%v: %+v", err, got)
				}
				if got.code != exitFine || len(record.Findings) != 1 || record.Findings[0].ID != string(e.ID) {
					t.Errorf("exit code %d for %q of %s: %+v", got.code, example, e.ID, record.Findings)
				}
			}
		}
	}
}

func TestAnIssueIsOfNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var record message.Record
		got := start(t, "", nil, "-issue", "EKS", "-format", "json", "Others:Error due to authorization failure")
		if err := json.Unmarshal([]byte(got.stdout), &record); err != nil {
			t.Fatal(err)
		}
		if !record.ChangedAt.Equal(time.Now()) {
			t.Errorf("changed at %v, want %v", record.ChangedAt, time.Now())
		}
	})
}

func TestColour(t *testing.T) {
	plain, coloured := start(t, "", nil, "-color", "never", lost), start(t, "", nil, "-color", "always", lost)
	if plain.stdout != start(t, "", nil, lost).stdout || strings.Contains(plain.stdout, "\x1b") {
		t.Error("colour in a pipe")
	}
	if !strings.HasPrefix(coloured.stdout, "\x1b[1;31m● ") {
		t.Errorf("no red title: %.60q", coloured.stdout)
	}
	if remark := start(t, "", nil, "-color", "always", lost, lostCopy).stdout; !strings.Contains(remark, "\x1b[2mNot told again") {
		t.Error("the remark is not dim")
	}
}

func TestColourFollowsTheTerminal(t *testing.T) {
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as terminals are
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	regular, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer regular.Close()
	tests := map[string]struct {
		stdout io.Writer
		env    map[string]string
		want   message.Style
	}{
		"a terminal":              {stdout: terminal, want: message.Colour},
		"a file":                  {stdout: regular, want: message.Plain},
		"a pipe":                  {stdout: io.Discard, want: message.Plain},
		"NO_COLOR":                {stdout: terminal, env: map[string]string{"NO_COLOR": "1"}, want: message.Plain},
		"an empty NO_COLOR":       {stdout: terminal, env: map[string]string{"NO_COLOR": ""}, want: message.Colour},
		"a terminal with no wits": {stdout: terminal, env: map[string]string{"TERM": "dumb"}, want: message.Plain},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o, err := parse([]string{lost}, process{stdout: test.stdout, getenv: func(name string) string { return test.env[name] }})
			if err != nil || o.style != test.want {
				t.Errorf("style %v, error %v; want %v", o.style, err, test.want)
			}
		})
	}
}

func TestSendReallySends(t *testing.T) {
	fake := slacktest.New(t, slacktest.Options{Burst: 10})
	env := map[string]string{"SLACK_BOT_TOKEN": fake.Token(), "SLACK_CHANNEL": fake.Channel(), "SLACK_API_URL": fake.APIURL()}

	without := start(t, "", env, lost)
	if n := len(fake.Messages()); n != 0 {
		t.Fatalf("without -send %d messages were sent", n)
	}
	got := start(t, "", env, "-send", "testdata/incident")
	if got.code != exitFine || !strings.Contains(got.stdout, without.stdout) || strings.Count(got.stdout, "\nSent to slack.\n") != 2 {
		t.Errorf("exit code %d:\n%s%s", got.code, got.stderr, got.stdout)
	}
	messages := fake.Messages()
	if len(messages) != 2 || messages[0].Edits != 1 || messages[1].ThreadTS != messages[0].TS {
		t.Errorf("the channel shows %+v, want one message, changed, with an answer in its thread", messages)
	}
}

func TestSendTellsWhatSlackRefused(t *testing.T) {
	fake := slacktest.New(t, slacktest.Options{})
	env := map[string]string{"SLACK_WEBHOOK_URL": fake.WebhookURL()}
	fake.RotateWebhook()
	got := start(t, "", env, "-send", lost)
	if got.code != exitFailed || !strings.Contains(got.stdout, "● Coverage lost") || !strings.Contains(got.stderr, "replay: "+lost+": slack: ") {
		t.Errorf("exit code %d, stderr %s", got.code, got.stderr)
	}
	if strings.Contains(got.stderr+got.stdout, env["SLACK_WEBHOOK_URL"]) {
		t.Error("the webhook's URL is shown")
	}
}

// refusing is a full disk.
type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsNoSuccess(t *testing.T) {
	for _, args := range [][]string{{lost}, {lost, back}, {"-format", "json", lost}, {"-catalog"}, {"-catalog", "-format", "json"}, {"-h"}} {
		var stderr bytes.Buffer
		code := run(t.Context(), args, process{stdout: refusing{}, stderr: &stderr, getenv: func(string) string { return "" }})
		if code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr.String())
		}
	}
}

func TestABrokenPipeIsToldOf(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-", lost}, process{
		stdin: iotest.ErrReader(errors.New("gone")), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
	})
	if code != exitFailed || !strings.Contains(stderr.String(), "standard input: gone") || !strings.Contains(stdout.String(), "billing") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

func TestMessagesOfManyAreApart(t *testing.T) {
	got := start(t, "", nil, lost, back).stdout
	want := []string{"── " + lost + " ", "● Coverage lost", "\n\n── " + back + " ", "\n✔ Coverage restored"}
	contains(t, "stdout", got, want)
	if strings.Contains(got, "\n\n\n") || strings.HasPrefix(got, "\n") || !strings.HasSuffix(got, "\n") || strings.HasSuffix(got, "\n\n") {
		t.Errorf("blank lines are not one between messages:\n%s", got)
	}
}

func TestATerminalHasNothingToUpdate(t *testing.T) {
	var shown bytes.Buffer
	sink := terminal{page: &page{w: &shown}, format: asText}
	if ref, err := sink.Send(t.Context(), message.Message{Title: "31 of 37", Update: true}, ""); ref != "" || err != nil || shown.Len() != 0 {
		t.Errorf("ref %q, error %v, shown %q; want nothing", ref, err, &shown)
	}
}
