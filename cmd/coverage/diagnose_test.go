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

	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/notify"
)

// recorded is a Diagnoser that finds what a test recorded.
type recorded []coverage.Evidence

func (r recorded) Diagnose(context.Context, coverage.Change, []string) []coverage.Evidence { return r }

// startDiagnosing runs the program with a Diagnoser of the test's.
func startDiagnosing(t *testing.T, diagnoser func(context.Context) (notify.Diagnoser, error), args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, process{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, diagnoser: diagnoser,
	})
	return outcome{code, stdout.String(), stderr.String()}
}

func finding(evidence []coverage.Evidence) func(context.Context) (notify.Diagnoser, error) {
	return func(context.Context) (notify.Diagnoser, error) { return recorded(evidence), nil }
}

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
		var recording struct {
			Event    string
			Evidence []coverage.Evidence
		}
		if err := json.Unmarshal([]byte(read(t, sample)), &recording); err != nil {
			t.Fatalf("%s: %v", sample, err)
		}
		name := strings.TrimSuffix(filepath.Base(sample), ".evidence.json")
		for _, g := range goldens(name) {
			t.Run(g.language+"/"+g.file, func(t *testing.T) {
				got := startDiagnosing(t, finding(recording.Evidence), "-diagnose", "-color", "never", "-lang", g.language, "-format", string(g.format), recording.Event)
				if got.code == exitUsage || got.stdout == "" {
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

func TestDiagnose(t *testing.T) {
	unmanaged := finding([]coverage.Evidence{{Check: "ec2-ssm", Found: "unmanaged"}})
	const event, title = "../../events/ec2-no-agent-reporting.json", "Systems Manager does not manage the instance"
	issue := []string{"-issue", "EC2", "No Agent Reporting", "-diagnose"}
	resource := []string{"-name", "i-0abc1234def567890", "-account", "111122223333", "-region", "eu-west-1"}
	tests := map[string]struct {
		args      []string
		diagnoser func(context.Context) (notify.Diagnoser, error)
		code      int
		stdout    []string
		stderr    []string
	}{
		"an event":             {[]string{"-diagnose", event}, unmanaged, exitFine, []string{title, "What was looked at", "✗ Systems Manager: "}, []string{""}},
		"an issue":             {append(issue, resource...), unmanaged, exitFine, []string{title, "✗ Systems Manager: "}, []string{""}},
		"no credentials":       {[]string{"-diagnose", event}, func(context.Context) (notify.Diagnoser, error) { return nil, errors.New("no credentials") }, exitFailed, []string{""}, []string{"preparing to look at resources: no credentials"}},
		"an issue of nobody's": {issue, unmanaged, exitUsage, []string{""}, []string{"-name, -account and -region"}},
		"an issue of no name":  {append(issue, resource[2:]...), unmanaged, exitUsage, []string{""}, []string{"-name, -account and -region"}},
		"with -catalog":        {[]string{"-diagnose", "-catalog"}, unmanaged, exitUsage, []string{""}, []string{"-catalog goes with"}},
		"with -report":         {[]string{"-diagnose", "-report"}, unmanaged, exitUsage, []string{""}, []string{"-report goes with"}},
		"without an event":     {[]string{"-diagnose"}, unmanaged, exitUsage, []string{""}, []string{"no events"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := startDiagnosing(t, test.diagnoser, test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			contains(t, "stdout", unwrapped(got.stdout), test.stdout)
			contains(t, "stderr", got.stderr, test.stderr)
		})
	}
	if got := startDiagnosing(t, unmanaged, event); strings.Contains(got.stdout, "looked at") {
		t.Error("it looks although nobody asked it to")
	}
}

// unwrapped is a text without its line breaks.
func unwrapped(text string) string { return strings.Join(strings.Fields(text), " ") }
