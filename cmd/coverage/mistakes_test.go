package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func TestMistakesInTheCommandLine(t *testing.T) {
	explain := []string{"explain", "EC2", "No Agent Reporting"}
	tests := map[string]struct {
		args []string
		env  map[string]string
		want []string
	}{
		"a subcommand":             {args: []string{"replya", lost}, want: []string{`there is no command "replya"; did you mean replay?`, "Run 'coverage --help'"}},
		"part of a subcommand":     {args: []string{"compl"}, want: []string{"did you mean completion?"}},
		"nothing like it":          {args: []string{"frobnicate"}, want: []string{`there is no command "frobnicate"` + "\n"}},
		"a file":                   {args: []string{lost}, want: []string{"is a file, not a command; did you mean: coverage replay " + lost}},
		"a flag":                   {args: []string{"replay", "--fromat", "json", lost}, want: []string{"there is no flag --fromat; did you mean --format?", "Run 'coverage replay --help'"}},
		"part of a flag":           {args: []string{"replay", "--diag", lost}, want: []string{"did you mean --diagnose?"}},
		"one hyphen":               {args: []string{"replay", "-format", "json", lost}, want: []string{"flags begin with two hyphens: --format"}},
		"one hyphen and a value":   {args: []string{"explain", "-name=x", "EKS", "x"}, want: []string{"flags begin with two hyphens: --name"}},
		"a flag of another":        {args: []string{"catalog", "--send"}, want: []string{"there is no flag --send"}},
		"no value":                 {args: []string{"replay", lost, "--format"}, want: []string{"--format needs a value"}},
		"a value for a switch":     {args: []string{"replay", "--send=perhaps", lost}, want: []string{"--send: "}},
		"a format":                 {args: []string{"replay", "--format", "jsno", lost}, want: []string{`--format: "jsno" is not text, json, slack or builder; did you mean json?`}},
		"a color":                  {args: []string{"replay", "--color", "pink", lost}, want: []string{`"pink" is not auto, always or never`}},
		"a language":               {args: []string{"replay", "--lang", "tlh", lost}, want: []string{`--lang: "tlh" is not en`}},
		"MESSAGE_LANGUAGE":         {args: []string{"replay", lost}, env: map[string]string{"MESSAGE_LANGUAGE": "tlh"}, want: []string{`MESSAGE_LANGUAGE: "tlh" is not one of: en, ja`}},
		"TIME_ZONE":                {args: []string{"replay", lost}, env: map[string]string{"TIME_ZONE": "Mars"}, want: []string{`TIME_ZONE: "Mars" is not a time zone; give an IANA name`}},
		"no file":                  {args: []string{"replay"}, want: []string{"name at least one file with an event, or - for standard input"}},
		"two diagnoses":            {args: []string{"replay", "--diagnose", "--evidence", "x", lost}, want: []string{"--diagnose and --evidence exclude each other"}},
		"explain, nothing":         {args: []string{"explain"}, want: []string{"explain needs a KIND"}},
		"explain, a kind":          {args: []string{"explain", "EKZ", "x"}, want: []string{`KIND is EKS, ECS or EC2, not "EKZ"; did you mean EKS?`}},
		"explain, another kind":    {args: []string{"explain", "LAMBDA", "x"}, want: []string{`KIND is EKS, ECS or EC2, not "LAMBDA"` + "\n"}},
		"explain, no text":         {args: []string{"explain", "EKS"}, want: []string{"explain needs the TEXT of the issue, in quotes"}},
		"explain, no resource":     {args: append(explain, "--diagnose"), want: []string{"--diagnose checks a real resource; name it with --name, --account and --region"}},
		"explain, no name":         {args: append(explain, "--diagnose", "--account", "111122223333", "--region", "us-east-1"), want: []string{"--diagnose checks a real resource"}},
		"explain, two Regions":     {args: append(explain, "--region", "us-east-1", "--region", "us-east-2"), want: []string{"give one Region, not us-east-1 and us-east-2"}},
		"an account":               {args: append(explain, "--account", "1111-2222-3333"), want: []string{`--account: "1111-2222-3333" is not the ID of an AWS account, which has 12 digits and no hyphens`}},
		"an instance":              {args: append(explain, "--name", "web-1"), want: []string{`--name: "web-1" is not the ID of an EC2 instance`}},
		"an EKS cluster":           {args: []string{"explain", "EKS", "x", "--name", "-prod"}, want: []string{`--name: "-prod" is not the name of an EKS cluster`}},
		"an ECS cluster":           {args: []string{"explain", "ECS", "x", "--name", "a b; rm -rf /"}, want: []string{`is not the name of an ECS cluster`}},
		"a Region":                 {args: append(explain, "--region", "eu-centrall-1"), want: []string{`--region: "eu-centrall-1" is not an AWS Region; did you mean eu-central-1?`}},
		"a Region in capitals":     {args: []string{"report", "--region", "EU-CENTRAL-1"}, want: []string{"did you mean eu-central-1?"}},
		"an Availability Zone":     {args: []string{"report", "--region", "us-east-1a"}, want: []string{"did you mean us-east-1?"}},
		"a city":                   {args: []string{"report", "--region", "Frankfurt"}, want: []string{`"Frankfurt" is not an AWS Region` + "\n"}},
		"AWS_REGION":               {args: explain, env: map[string]string{"AWS_REGION": "us-est-1"}, want: []string{`AWS_REGION: "us-est-1" is not an AWS Region; did you mean us-east-1?`}},
		"catalog with an argument": {args: []string{"catalog", "eks"}, want: []string{`catalog takes no arguments, and got "eks"`}},
		"catalog for Slack":        {args: []string{"catalog", "--format", "slack"}, want: []string{`"slack" is not text or json`}},
		"version with an argument": {args: []string{"version", "x"}, want: []string{"version takes no arguments"}},
		"doctor with an argument":  {args: []string{"doctor", "slack"}, want: []string{"doctor takes no arguments"}},
		"a shell":                  {args: []string{"completion", "bsh"}, want: []string{`SHELL is bash, zsh, fish or powershell, not "bsh"; did you mean bash?`}},
		"no shell":                 {args: []string{"completion"}, want: []string{"completion needs one SHELL: bash, zsh, fish or powershell"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := start(t, "", test.env, test.args...)
			if got.code != exitUsage || got.stdout != "" || !strings.HasPrefix(got.stderr, "coverage: ") {
				t.Errorf("exit code %d, stdout %q, stderr %q", got.code, got.stdout, got.stderr)
			}
			contains(t, "stderr", got.stderr, test.want)
		})
	}
}

func TestMistakesInFiles(t *testing.T) {
	event := read(t, lost)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(event)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var wide []byte
	for _, unit := range utf16.Encode([]rune(event)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	tests := map[string]struct{ content, want string }{
		"an array":               {"[" + event + "]", "it is a JSON array; put each of its items into a file of its own"},
		"nothing":                {"", "it is empty"},
		"blanks":                 {" \r\n\t", "it is empty"},
		"a BOM":                  {"\xef\xbb\xbf" + event, "it begins with a byte order mark (BOM); save it as UTF-8 without BOM"},
		"UTF-16":                 {"\xff\xfe" + string(wide), "it is encoded as UTF-16; save it as UTF-8"},
		"UTF-16 without a BOM":   {string(wide), "it is encoded as UTF-16; save it as UTF-8"},
		"gzip":                   {zipped.String(), "it is compressed with gzip; decompress it first"},
		"binary":                 {"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00", "it is binary, not JSON"},
		"Latin-1":                {`{"a": "caf` + "\xe9" + `"}`, "it is binary, not JSON"},
		"noise":                  {strings.Repeat("\x00\xff\x1b[2J", 1<<20/6), "it is binary, not JSON"},
		"text":                   {"hello", "it is not a JSON object"},
		"a JSON string":          {`"hello"`, "it is not a JSON object"},
		"cut off":                {event[:len(event)/2], "the JSON is cut off: it ends before its object does"},
		"a comma too much":       {"{\n\"a\": 1,\n}", "it is not JSON: line 3: invalid character '}'"},
		"deep nesting":           {`{"a":` + strings.Repeat("[", 1_000_000), "it is not JSON: "},
		"two documents":          {event + event, "something follows the JSON object; put each object into a file of its own"},
		"list-coverage":          {`{"Resources": []}`, "it is an answer of aws guardduty list-coverage; show it with coverage report --file"},
		"more than Lambda takes": {"{" + strings.Repeat(" ", largestInput), "it is larger than 16 MiB"},
		"another event":          {stranger, stranger1},
		"an empty object":        {"{}", `not a GuardDuty coverage event: source "", detail-type ""`},
		"a number in a batch":    {`{"Records":[{"messageId":"1","eventSource":"aws:sqs","body":"5"}]}`, "an event is a JSON object, and this is a JSON number"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := file(t, "event.json", test.content)
			for _, command := range [][]string{{"replay"}, {"routes", "default"}} {
				got := start(t, "", nil, append(command, path)...)
				if got.code != exitFailed || got.stdout != "" || !strings.Contains(got.stderr, "coverage: "+path+": "+test.want) {
					t.Errorf("%s: exit code %d, stdout %q, stderr %q; want %q", command, got.code, got.stdout, got.stderr, test.want)
				}
				for _, jargon := range []string{"json:", "Go value", "struct", "coverage.", "\x00", "\x1b"} {
					if strings.Contains(strings.ReplaceAll(got.stderr, "coverage: "+path, ""), jargon) {
						t.Errorf("%s: stderr has %q: %q", command, jargon, got.stderr)
					}
				}
			}
			if test.want == stranger1 {
				return
			}
			got := start(t, test.content, nil, "replay", "-")
			if got.code != exitFailed || !strings.Contains(got.stderr, "coverage: standard input: "+test.want) {
				t.Errorf("on standard input: exit code %d, stderr %q", got.code, got.stderr)
			}
		})
	}
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	folder := t.TempDir()
	existing := filepath.Join(folder, "event.json")
	if err := os.WriteFile(existing, []byte(read(t, lost)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ name, want string }{
		"a directory":    {folder, "it is a directory; name the files in it: " + folder + "/*.json"},
		"missing":        {"absent.json", "there is no such file\n"},
		"a near miss":    {filepath.Join(folder, "evnet.json"), "there is no such file; did you mean " + existing + "?"},
		"no such folder": {"nowhere/at/all.json", "there is no such file\n"},
		"below a file":   {filepath.Join(existing, "x"), "it cannot be read: not a directory"},
		"a hostile name": {"\x1b[31mred", "there is no such file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, command := range [][]string{{"replay"}, {"routes", "default"}, {"report", "--file"}, {"replay", lost, "--evidence"}} {
				got := start(t, "", nil, append(command, test.name)...)
				if got.code != exitFailed || !strings.Contains(got.stderr, ": "+test.want) || strings.Contains(got.stderr, "\x1b") {
					t.Errorf("%s: exit code %d, stderr %q", command, got.code, got.stderr)
				}
			}
			if got := start(t, "", nil, "replay", test.name, lost); !strings.Contains(got.stdout, "billing") {
				t.Error("the next file is not shown")
			}
		})
	}
}

func TestEvidenceThatIsNone(t *testing.T) {
	for name, test := range map[string]struct{ content, want string }{
		"no list":  {"{}", "it has no list of evidence"},
		"a string": {`{"evidence": "x"}`, "JSON string"},
		"an array": {`[]`, "it is a JSON array"},
	} {
		t.Run(name, func(t *testing.T) {
			got := start(t, "", nil, "replay", "--evidence", file(t, "evidence.json", test.content), lost)
			if got.code != exitFailed || got.stdout != "" || !strings.Contains(got.stderr, test.want) {
				t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
			}
		})
	}
}

// TestNoCredentialsAreNamedAtOnce lets the SDK itself look for credentials, on a machine whose instance metadata service
// takes connections and never answers.
func TestNoCredentialsAreNamedAtOnce(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_DISABLED",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://"+silent.Addr().String())
	for _, args := range [][]string{
		{"report", "--region", "eu-central-1"}, {"replay", "--diagnose", lost},
		{"explain", "EKS", "x", "--diagnose", "--name", "a", "--account", "111122223333", "--region", "us-east-1"},
	} {
		var stdout, stderr bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		code := run(ctx, args, process{
			stdout: &stdout, stderr: &stderr, now: time.Now, getenv: func(string) string { return "" }, cloud: loadCloud,
		})
		if ctx.Err() != nil {
			t.Errorf("%q takes more than a second", args)
		}
		cancel()
		first, rest, _ := strings.Cut(stderr.String(), "\n")
		if want := "coverage: no AWS credentials: sign in with aws sso login or aws configure, or set AWS_PROFILE"; code != exitFailed || first != want || stdout.Len() > 0 {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr.String())
		}
		if strings.Contains(rest, "IMDS") || strings.Contains(rest, "SDK") {
			t.Errorf("%q blames the SDK's search: %q", args, rest)
		}
	}
}

// TestMistakesInSettingsAreNamedAllAtOnce has one in every kind of setting, in the rules two.
func TestMistakesInSettingsAreNamedAllAtOnce(t *testing.T) {
	env := map[string]string{
		"SNS_TOPIC_ARN": "coverage", "SLACK_CHANNEL": "#security", "HOLD_MINUTES": "60", "INCIDENT_TABLE": "a b",
		"ROUTES": `{"rules": [{"to": "slack"}, {"match": {"kind": "eks"}, "mute": true}]}`,
	}
	got := start(t, "", env, "replay", "--send", lost)
	if got.code != exitFailed || got.stdout != "" {
		t.Errorf("exit code %d, stdout %q", got.code, got.stdout)
	}
	if !strings.HasPrefix(got.stderr, "coverage: settings to correct: ") {
		t.Errorf("stderr %q", got.stderr)
	}
	named := make(map[string]int)
	for line := range strings.Lines(got.stderr) {
		if name, _, found := strings.Cut(strings.TrimPrefix(line, "  "), ": "); found && strings.HasPrefix(line, "  ") {
			named[name]++
		}
	}
	if diff := cmp.Diff(map[string]int{"SNS_TOPIC_ARN": 1, "SLACK_CHANNEL": 1, "HOLD_MINUTES": 2, "INCIDENT_TABLE": 1, "ROUTES": 2}, named); diff != "" {
		t.Errorf("lines of each setting (-want +got):\n%s\n%s", diff, got.stderr)
	}
}

// TestSendingNeedsCredentials has every destination that takes AWS's.
func TestSendingNeedsCredentials(t *testing.T) {
	const webhook, topic = "https://hooks.slack.com/services/T0/B0/x", "arn:aws:sns:eu-central-1:111122223333:a"
	for name, env := range map[string]map[string]string{
		"a topic":                {"SNS_TOPIC_ARN": topic},
		"a secret":               {"SLACK_SECRET": "/slack", "SLACK_CHANNEL": "C01"},
		"rules in a parameter":   {"SLACK_WEBHOOK_URL": webhook, "ROUTES": "/routes"},
		"a topic of the rules":   {"SLACK_WEBHOOK_URL": webhook, "ROUTES": `{"rules": [{"to": {"sns": "` + topic + `"}}]}`},
		"a webhook of the rules": {"SLACK_WEBHOOK_URL": webhook, "ROUTES": `{"webhooks": {"w": "/w"}, "rules": [{"to": {"webhook": "w"}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := start(t, "", env, "replay", "--send", lost)
			if got.code != exitFailed || got.stdout != "" || !strings.HasPrefix(got.stderr, "coverage: no AWS credentials: sign in") {
				t.Errorf("exit code %d, stdout %q, stderr %q", got.code, got.stdout, got.stderr)
			}
		})
	}
}

func TestAnInterruptedReportIsNoSuccess(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"report", "--file", "testdata/report/empty.json"}, process{stdout: &stdout, stderr: &stderr, now: time.Now, getenv: func(string) string { return "" }})
	if code != exitFailed || stdout.Len() > 0 {
		t.Errorf("exit code %d: %s", code, &stdout)
	}
}

// TestRegionsAreTheSDKs compares the list with the one in the pinned SDK, which AWS generates.
func TestRegionsAreTheSDKs(t *testing.T) {
	folder, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	var known struct {
		Partitions []struct {
			Regions map[string]any
		}
	}
	data := read(t, filepath.Join(strings.TrimSpace(string(folder)), "internal/endpoints/awsrulesfn/partitions.json"))
	if err := json.Unmarshal([]byte(data), &known); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, partition := range known.Partitions {
		for region := range partition.Regions {
			if !strings.HasSuffix(region, "-global") {
				want = append(want, region)
			}
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, regions()); diff != "" {
		t.Errorf("regions.go differs from the SDK's list (-want +got):\n%s", diff)
	}
}

func TestInWordsHidesWhatJSONIsDecodedInto(t *testing.T) {
	var object map[string]string
	got := typesInWords(json.Unmarshal([]byte("5"), &object))
	if got == nil || strings.Contains(got.Error(), "Go") || !errors.Is(typesInWords(os.ErrClosed), os.ErrClosed) {
		t.Errorf("got %v", got)
	}
}
