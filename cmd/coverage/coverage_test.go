package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

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
	return startAt(t, time.Now, stdin, env, args...)
}

// startAt is start with a clock.
func startAt(t *testing.T, now func() time.Time, stdin string, env map[string]string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, process{
		stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr, now: now,
		getenv: func(name string) string { return env[name] }, cloud: noCloud,
	})
	return outcome{code, stdout.String(), stderr.String()}
}

// noCloud is an environment without AWS settings.
func noCloud(context.Context) (aws.Config, error) { return aws.Config{Region: "eu-central-1"}, nil }

const (
	lost      = "testdata/incident/1-lost.json"
	lostCopy  = "testdata/incident/2-lost-administrators-copy.json"
	back      = "testdata/incident/3-back.json"
	lostLate  = "testdata/incident/4-lost-delivered-late.json"
	unknown   = "../../events/eks-unknown.json"
	stranger  = `{"source":"aws.guardduty","detail-type":"GuardDuty Finding","detail":{}}`
	stranger1 = `not a GuardDuty coverage event: source "aws.guardduty", detail-type "GuardDuty Finding"`
)

// incident is a loss, a copy of it, the recovery, and the loss once more, delivered late.
var incident = []string{lost, lostCopy, back, lostLate}

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
		"one event":            {args: []string{"replay", lost}, stdout: []string{"● billing: "}, stderr: []string{""}},
		"standard input":       {args: []string{"replay", "-"}, stdin: read(t, lost), stdout: []string{"billing: "}, stderr: []string{""}},
		"flags behind files":   {args: []string{"replay", lost, "--format", "json"}, stdout: []string{`"version": "1"`}, stderr: []string{""}},
		"a format in capitals": {args: []string{"replay", lost, "--format=JSON"}, stdout: []string{`"version": "1"`}, stderr: []string{""}},
		"files behind --":      {args: []string{"replay", "--format", "json", "--", "-x.json"}, code: exitFailed, stdout: []string{""}, stderr: []string{"-x.json: there is no such file"}},
		"an unknown issue":     {args: []string{"replay", unknown}, code: exitUnknown, stdout: []string{"Coverage lost"}, stderr: []string{"1 event: 1 notified; 1 not in the catalog"}},
		"SNS":                  {args: []string{"replay", "-"}, stdin: sns, stdout: []string{"billing: "}, stderr: []string{""}},
		"a failed invocation":  {args: []string{"replay", "-"}, stdin: failed, stdout: []string{"billing: "}, stderr: []string{""}},
		"a batch, one bad":     {args: []string{"replay", "-"}, stdin: sqs, code: exitFailed, stdout: []string{"billing: "}, stderr: []string{"standard input, event 2: it is not JSON", "2 events: 1 notified, 1 not coverage events"}},
		"a copy":               {args: []string{"replay", lost, lostCopy}, stdout: []string{"── " + lostCopy, "\nNo message: the last message about"}, stderr: []string{"2 events: 1 notified, 1 duplicate"}},
		"out of date":          {args: []string{"replay", lost, back, lostLate}, stdout: []string{"3 h 46 min", "\nNo message: something newer"}, stderr: []string{"3 events: 2 notified, 1 out of date"}},
		"remarks beside JSON":  {args: []string{"replay", "--format", "json", lost, lostCopy}, stdout: []string{`"version": "1"`}, stderr: []string{"No message: ", "2 events: 1 notified, 1 duplicate"}},
		"a finding among them": {args: []string{"replay", lost, file(t, "finding.json", stranger), back}, code: exitFailed, stdout: []string{"● billing: ", "✔ billing: covered again"}, stderr: []string{"finding.json: " + stranger1, "3 events: 2 notified, 1 not coverage events"}},
		"Block Kit Builder":    {args: []string{"replay", "--format", "builder", lost}, stdout: []string{"https://app.slack.com/block-kit-builder/#%7B"}, stderr: []string{""}},
		"MESSAGE_LANGUAGE":     {args: []string{"replay", lost}, env: map[string]string{"MESSAGE_LANGUAGE": "ja"}, stdout: []string{"billing", "アカウント"}, stderr: []string{""}},
		"TIME_ZONE":            {args: []string{"replay", lost}, env: map[string]string{"TIME_ZONE": "Asia/Tokyo"}, stdout: []string{"since 2026-04-02 11:00 JST"}, stderr: []string{""}},
		"--lang":               {args: []string{"replay", lost, "--lang", "EN"}, env: map[string]string{"MESSAGE_LANGUAGE": "ja"}, stdout: []string{"Coverage lost"}, stderr: []string{""}},

		"--send to nobody": {args: []string{"replay", "--send", "../../events/eks-local-cluster.json"}, env: map[string]string{"SLACK_WEBHOOK_URL": "http://127.0.0.1:1/x"},
			stdout: []string{"prod-cluster: ", "\nSent to nobody, "}, stderr: []string{""}},
		"--evidence": {args: []string{"replay", "--evidence", "testdata/diagnosed/ec2-unmanaged.evidence.json", "../../events/ec2-form-documented.json"}, stdout: []string{"✗ Systems Manager: "}, stderr: []string{""}},

		"an issue": {args: []string{"explain", "ec2", "No Agent Reporting:Agent disconnected"},
			stdout: []string{"i-0123456789abcdef0: agent disconnected", "--region us-east-1", "│ No Agent Reporting:Agent disconnected"},
			stderr: []string{"Placeholder resource; name yours with --name, --account and --region."}},
		"an issue of a resource": {args: []string{"explain", "EKS", "Others: Error due to authorization failure", "--name", "prod", "--account", "444455556666", "--region", "ap-south-1"},
			stdout: []string{"● prod: ", "region=ap-south-1"}, stderr: []string{""}},
		"an issue in the environment's Region": {args: []string{"explain", "ECS", ""}, env: map[string]string{"AWS_REGION": "sa-east-1"},
			stdout: []string{"● CLUSTER: ", "--region sa-east-1"}, stderr: []string{"Placeholder resource"}},
		"an unknown issue text": {args: []string{"explain", "EKS", "Flux Capacitor Empty"}, code: exitUnknown,
			stdout: []string{"│ Flux Capacitor Empty"}, stderr: []string{"1 not in the catalog"}},
		"an issue in pieces": {args: []string{"explain", "EC2", "No", "Agent", "Reporting"}, stdout: []string{"│ No Agent Reporting"}, stderr: []string{"Placeholder"}},
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
		if got := start(t, event, nil, "replay", "--format", string(f), "-"); got.code != exitFine || got.stdout == "" {
			t.Errorf("%s: exit code %d, %d bytes: %s", f, got.code, len(got.stdout), got.stderr)
		}
	}
	if got := start(t, event, nil, "replay", "-"); !strings.Contains(got.stdout, long) {
		t.Error("the text does not show the name")
	}
}

func TestSendReallySends(t *testing.T) {
	fake := slacktest.New(t, slacktest.Options{Burst: 10})
	env := map[string]string{"SLACK_BOT_TOKEN": fake.Token(), "SLACK_CHANNEL": fake.Channel(), "SLACK_API_URL": fake.APIURL()}

	without := start(t, "", env, "replay", lost)
	if n := len(fake.Messages()); n != 0 {
		t.Fatalf("without --send %d messages were sent", n)
	}
	got := start(t, "", env, append([]string{"replay", "--send"}, incident...)...)
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
	got := start(t, "", env, "replay", "--send", lost)
	if got.code != exitFailed || !strings.Contains(got.stdout, "● billing: ") || !strings.Contains(got.stderr, "coverage: "+lost+": slack: ") {
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
	for _, args := range [][]string{
		{"replay", lost}, {"replay", lost, back}, {"replay", "--format", "json", lost}, {"catalog"}, {"catalog", "--format", "json"}, {"-h"},
		{"replay", "--help"}, {"version"}, {"completion", "bash"}, {"routes", "default", lost}, {"report", "--file", "testdata/report/organization.json"},
	} {
		var stderr bytes.Buffer
		code := run(t.Context(), args, process{stdout: refusing{}, stderr: &stderr, now: time.Now, getenv: func(string) string { return "" }})
		if code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr.String())
		}
	}
}

func TestABrokenPipeIsToldOf(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"replay", "-", lost}, process{
		stdin: iotest.ErrReader(errors.New("gone")), stdout: &stdout, stderr: &stderr, now: time.Now, getenv: func(string) string { return "" },
	})
	if code != exitFailed || !strings.Contains(stderr.String(), "standard input: gone") || !strings.Contains(stdout.String(), "billing") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

func TestMessagesOfManyAreApart(t *testing.T) {
	got := start(t, "", nil, "replay", lost, back).stdout
	want := []string{"── " + lost + " ", "● billing: ", "\n\n── " + back + " ", "\n✔ billing: covered again"}
	contains(t, "stdout", got, want)
	if strings.Contains(got, "\n\n\n") || strings.HasPrefix(got, "\n") || !strings.HasSuffix(got, "\n") || strings.HasSuffix(got, "\n\n") {
		t.Errorf("blank lines are not one between messages:\n%s", got)
	}
}

func TestATerminalHasNothingToUpdate(t *testing.T) {
	var shown bytes.Buffer
	sink := terminal{page: &page{w: &shown}}
	if ref, err := sink.Send(t.Context(), message.Message{Title: "31 of 37", Update: true}, ""); ref != "" || err != nil || shown.Len() != 0 {
		t.Errorf("ref %q, error %v, shown %q; want nothing", ref, err, &shown)
	}
}
