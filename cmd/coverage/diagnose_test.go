package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// diagnosedFolder holds evidence, beside what people, Slack and programs read of it; what people read in another language
// than English has a folder in it.
const diagnosedFolder = "testdata/diagnosed"

func TestDiagnosedGolden(t *testing.T) {
	samples, err := filepath.Glob(diagnosedFolder + "/*.evidence.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no evidence: %v", err)
	}
	schema, err := jsonschema.NewCompiler().Compile("../../docs/message.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, sample := range samples {
		var recording struct{ Event string }
		if err := json.Unmarshal([]byte(read(t, sample)), &recording); err != nil {
			t.Fatalf("%s: %v", sample, err)
		}
		name := strings.TrimSuffix(filepath.Base(sample), ".evidence.json")
		for _, g := range goldens(name) {
			t.Run(g.language+"/"+g.file, func(t *testing.T) {
				got := start(t, "", nil, "replay", "--evidence", sample, "--color", "never", "--lang", g.language, "--format", string(g.format), recording.Event)
				if got.code != exitFine || got.stdout == "" {
					t.Fatalf("exit code %d: %s", got.code, got.stderr)
				}
				compare(t, filepath.Join(diagnosedFolder, g.file), got.stdout)
				checkDocuments(t, g.format, got.stdout, schema)
			})
		}
	}
}

// TestRecordingsTakeWhatTheDoctorAsks keeps a recording from showing an action that no check takes.
func TestRecordingsTakeWhatTheDoctorAsks(t *testing.T) {
	actions := strings.Fields(read(t, "../../pkg/diagnose/testdata/actions.txt"))
	samples, err := filepath.Glob(diagnosedFolder + "/*.evidence.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no evidence: %v", err)
	}
	for _, sample := range samples {
		var recording struct{ Evidence []coverage.Evidence }
		if err := json.Unmarshal([]byte(read(t, sample)), &recording); err != nil {
			t.Fatalf("%s: %v", sample, err)
		}
		for _, e := range recording.Evidence {
			if action, ofLook := e.Values["action"]; ofLook && !slices.Contains(actions, action) {
				t.Errorf("%s: %s of %s is no action of pkg/diagnose/testdata/actions.txt", sample, action, e.Check)
			}
		}
	}
}

// checkDocuments holds what programs and Slack are given to their contracts.
func checkDocuments(t *testing.T, f format, documents string, schema *jsonschema.Schema) {
	t.Helper()
	for decoder := json.NewDecoder(strings.NewReader(documents)); f != asText && decoder.More(); {
		var document json.RawMessage
		if err := decoder.Decode(&document); err != nil {
			t.Fatal(err)
		}
		if f == asSlack {
			checkSlack(t, string(document))
			continue
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
	}
}

// TestEveryDiagnosedGoldenHasItsEvidence keeps texts of a renamed recording from being reviewed for ever.
func TestEveryDiagnosedGoldenHasItsEvidence(t *testing.T) {
	err := fs.WalkDir(os.DirFS(diagnosedFolder), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, _, _ := strings.Cut(entry.Name(), ".")
		if _, err := os.Stat(filepath.Join(diagnosedFolder, name+".evidence.json")); err != nil {
			t.Errorf("%s/%s: %v", diagnosedFolder, file, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// terminated is an AWS in which no instance exists.
func terminated(diagnosetest.Call) diagnosetest.Answer {
	return diagnosetest.Answer{Code: "InvalidInstanceID.NotFound"}
}

func TestDiagnose(t *testing.T) {
	fake := diagnosetest.New(terminated)
	t.Cleanup(fake.Close)
	cloud := func(context.Context) (aws.Config, error) {
		return aws.Config{
			Region: "eu-west-1", BaseEndpoint: aws.String(fake.URL()), HTTPClient: fake.Client(),
			Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), RetryMaxAttempts: 1,
		}, nil
	}
	const event, found = "../../events/ec2-no-agent-reporting.json", "EC2 instance"
	issue := []string{"explain", "EC2", "No Agent Reporting", "--diagnose"}
	resource := []string{"--name", "i-0abc1234def567890", "--account", "111122223333", "--region", "eu-west-1"}
	tests := map[string]struct {
		args           []string
		cloud          func(context.Context) (aws.Config, error)
		code           int
		stdout, stderr []string
	}{
		"an event":                 {[]string{"replay", "--diagnose", event}, cloud, exitFine, []string{found}, []string{""}},
		"an issue":                 {append(issue, resource...), cloud, exitFine, []string{found}, []string{""}},
		"no credentials":           {[]string{"replay", "--diagnose", event}, noCloud, exitFailed, []string{""}, []string{"no AWS credentials: sign in with"}},
		"an issue, no credentials": {append(issue, resource...), noCloud, exitFailed, []string{""}, []string{"no AWS credentials: sign in with"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := len(fake.Calls())
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), test.args, process{
				stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, cloud: test.cloud, now: time.Now,
			})
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			contains(t, "stdout", stdout.String(), test.stdout)
			contains(t, "stderr", stderr.String(), test.stderr)
			if asked := len(fake.Calls()) > before; asked != (test.code == exitFine) {
				t.Errorf("AWS was asked: %t", asked)
			}
		})
	}
}

func TestWithoutDiagnoseNothingIsChecked(t *testing.T) {
	broken := func(context.Context) (aws.Config, error) { return aws.Config{}, errors.New("asked for AWS settings") }
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"replay", lost}, process{stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, cloud: broken, now: time.Now})
	if code != exitFine || stderr.Len() > 0 {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
}

// unwrapped is a text without its line breaks and the bars beside quotes.
func unwrapped(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "│", "")), " ")
}
