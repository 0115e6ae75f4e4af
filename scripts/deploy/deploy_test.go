package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func files(contents map[string]string) fstest.MapFS {
	files := make(fstest.MapFS)
	for name, content := range contents {
		files["environments/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	return files
}

var known = map[string]string{"SlackChannel": "", "ReportSchedule": "rate(1 day)", "HoldMinutes": "15", "Routes": ""}

func TestFilesDecideAndDefaultsFillIn(t *testing.T) {
	contents := files(map[string]string{
		"prod.env": "# a comment\n\nSlackChannel = C0123456789\r\nReportSchedule=\n" +
			"Routes={\"rules\": [{\"match\": {\"name\": \"a=b # c\"}}]}\n",
		"prod.us-east-1.env": "SlackChannel=C9876543210\nHoldMinutes=0",
		"test.env":           "SlackChannel=C1111111111",
	})
	routes := `{"rules": [{"match": {"name": "a=b # c"}}]}`
	for region, want := range map[string]map[string]string{
		"eu-central-1": {"SlackChannel": "C0123456789", "ReportSchedule": "", "HoldMinutes": "15", "Routes": routes},
		"us-east-1":    {"SlackChannel": "C9876543210", "ReportSchedule": "", "HoldMinutes": "0", "Routes": routes},
	} {
		got, err := read(contents, "prod", region, known)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("settings in %s:\n%s", region, diff)
		}
	}
}

func TestBadFilesSayWhatToDo(t *testing.T) {
	for name, test := range map[string]struct {
		environment, text, want string
	}{
		"unknown":       {"prod", "# settings\nSlackChanel=C0123456789", `prod.env:2: there is no setting "SlackChanel": environments/example.env lists`},
		"without value": {"prod", "SlackChannel", `prod.env:1: "SlackChannel" sets nothing: write NAME=VALUE`},
		"twice":         {"prod", "HoldMinutes=0\nHoldMinutes=5", "prod.env:2: HoldMinutes is set in line 1 already: keep one"},
		"no file":       {"test", "", "environments/test.env cannot be read: copy environments/example.env"},
		"no name":       {"", "", "make deploy ENV=prod REGION=eu-central-1"},
		"a path":        {"../prod", "", "is no environment"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(files(map[string]string{"prod.env": test.text}), test.environment, "eu-central-1", known)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	_, err := read(files(map[string]string{"prod.env": "", "prod.us-east-1.env": "x"}), "prod", "us-east-1", known)
	if err == nil || !strings.Contains(err.Error(), "prod.us-east-1.env:1: ") {
		t.Errorf("a Region's file: %v", err)
	}
}

// fakeProgram notes how it was called.
const fakeProgram = "#!/bin/sh\necho \"${0##*/} $*\" >>calls\n"

// TestWhatIsBuiltIsDeployed: one value says for which processor, and every parameter is handed over.
func TestWhatIsBuiltIsDeployed(t *testing.T) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{
		"template.yaml": string(text), "environments/prod.env": "Architecture=x86_64\nSlackSecret=/a\nRoutes={\"a\": \"\\\"\"}",
		"sam": fakeProgram, "python": fakeProgram,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	d := deployment{"prod", "eu-central-1", "coverage", "v1.2.3", "./sam", "./python"}
	if err := d.deploy(); err != nil {
		t.Fatal(err)
	}
	calls, err := os.ReadFile("calls")
	if err != nil {
		t.Fatal(err)
	}
	const want = "sam build --parameter-overrides Architecture=x86_64\n" +
		"python scripts/architecture.py .aws-sam/build/template.yaml x86_64\n" +
		"sam deploy --region eu-central-1 --stack-name coverage --capabilities CAPABILITY_IAM" +
		" --parameter-overrides file://dist/parameters.yaml --tags guardduty-coverage-notifier:version=v1.2.3" +
		" --resolve-s3 --s3-prefix coverage --confirm-changeset --no-fail-on-empty-changeset\n"
	if diff := cmp.Diff(want, string(calls)); diff != "" {
		t.Errorf("calls:\n%s", diff)
	}
	data, err := os.ReadFile("dist/parameters.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var handed map[string]string
	if err := json.Unmarshal(data, &handed); err != nil {
		t.Fatal(err)
	}
	all, err := parameters(text)
	if err != nil {
		t.Fatal(err)
	}
	all["Architecture"], all["SlackSecret"], all["Routes"] = "x86_64", "/a", `{"a": "\\\""}`
	if diff := cmp.Diff(all, handed); diff != "" {
		t.Errorf("parameters:\n%s", diff)
	}
	d.sam = "no/such/sam"
	if err := d.deploy(); err == nil || !strings.Contains(err.Error(), "run make .venv/installed") {
		t.Errorf("without the SAM CLI: %v", err)
	}
}

// TestTheSAMCLIReadsWhatWasMeant has it read back every character that it treats in its own way.
func TestTheSAMCLIReadsWhatWasMeant(t *testing.T) {
	python := os.Getenv("AWS_CLI_PYTHON")
	if python == "" {
		t.Skip("AWS_CLI_PYTHON is not set: make integration sets it to a Python that has the SAM CLI")
	}
	t.Chdir(t.TempDir())
	want := map[string]string{
		"Routes": `{"rules": [{"match": {"name": "a\"b\\c d = ' , #"}}]}`, "ReportSchedule": "", "TimeZone": "UTC",
		"RouteTopicArns": "arn:aws:sns:eu-central-1:111122223333:a,arn:aws:sns:eu-central-1:111122223333:b",
	}
	if err := hand(want); err != nil {
		t.Fatal(err)
	}
	const program = "import json; from samcli.cli.types import CfnParameterOverridesType as T;" +
		"print(json.dumps(T().convert(('file://" + handed + "',), None, None)))"
	out, err := exec.CommandContext(t.Context(), python, "-c", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings, and what the SAM CLI reads:\n%s", diff)
	}
}
