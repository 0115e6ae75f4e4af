package main

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
)

// reportedAt is when the reports of these tests are made.
var reportedAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// startReport runs the program with the AWS settings that cloud returns.
func startReport(t *testing.T, stdin string, cloud func(context.Context) (aws.Config, error), args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), append([]string{"report"}, args...), process{
		stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
		now: func() time.Time { return reportedAt }, cloud: cloud,
	})
	return outcome{code, stdout.String(), stderr.String()}
}

// fakeCloud connects to a GuardDuty with these Regions.
func fakeCloud(t *testing.T, home string, regions map[string]guarddutytest.Region) func(context.Context) (aws.Config, error) {
	t.Helper()
	fake := guarddutytest.New(regions)
	t.Cleanup(fake.Close)
	return func(context.Context) (aws.Config, error) {
		return aws.Config{
			Region: home, BaseEndpoint: aws.String(fake.URL()), HTTPClient: fake.Client(),
			Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		}, nil
	}
}

func TestReportGolden(t *testing.T) {
	samples, err := filepath.Glob("testdata/report/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no saved answers: %v", err)
	}
	schema, err := jsonschema.NewCompiler().Compile("../../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, sample := range samples {
		name := strings.TrimSuffix(filepath.Base(sample), ".json")
		for _, g := range append(goldens(name), golden{name + ".csv", "en", asCSV}, golden{"ja/" + name + ".csv", "ja", asCSV},
			golden{name + ".html", "en", asHTML}, golden{"ja/" + name + ".html", "ja", asHTML}) {
			t.Run(g.language+"/"+g.file, func(t *testing.T) {
				got := startReport(t, "", nil, "--region", "eu-central-1", "--color", "never", "--lang", g.language, "--format", string(g.format), "--file", sample)
				want := exitFine
				if strings.Contains(name, "unknown") {
					want = exitUnknown
				}
				if got.code != want || got.stderr != "" {
					t.Errorf("exit code %d, want %d; stderr %q", got.code, want, got.stderr)
				}
				compare(t, filepath.Join("testdata/report/golden", g.file), got.stdout)
				switch g.format {
				case asSlack:
					checkSlack(t, got.stdout)
				case asJSON:
					value, err := jsonschema.UnmarshalJSON(strings.NewReader(got.stdout))
					if err != nil {
						t.Fatal(err)
					}
					if err := schema.Validate(value); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

func TestReportLive(t *testing.T) {
	covered := guarddutytest.List(guarddutytest.Resource{
		AccountID: "111122223333", Status: "HEALTHY", UpdatedAt: guarddutytest.Seconds(reportedAt),
		Details: guarddutytest.Details{Type: "EKS", EKS: &guarddutytest.EKS{ClusterName: "shop"}},
	})
	denied := covered
	denied.Fault = func(guarddutytest.Call) *guarddutytest.Answer { return guarddutytest.Denied("ListDetectors") }
	administered := covered
	administered.Account = "111122223333"
	administered.Organization = &guarddutytest.Organization{
		Members: []guarddutytest.Member{{AccountID: "444455556666", Off: true}},
	}
	cloud := fakeCloud(t, "eu-central-1", map[string]guarddutytest.Region{
		"eu-central-1": covered, "us-east-1": covered, "eu-west-1": denied, "eu-west-2": {}, "eu-west-3": {Detector: "d", Off: true},
		"eu-north-1": administered,
	})
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"the settings' Region": {nil, exitFine, "100.0% covered: eu-central-1"},
		"several Regions":      {[]string{"--region", "us-east-1", "--region", "eu-central-1", "--region", "us-east-1"}, exitFine, "100.0% covered: 2 Regions"},
		"one is denied":        {[]string{"--region", "us-east-1", "--region", "eu-west-1"}, exitFailed, "not authorized to perform: guardduty:ListDetectors"},
		"no detector":          {[]string{"--region", "eu-west-2"}, exitFailed, "GuardDuty"},
		"not every account":    {[]string{"--region", "eu-north-1"}, exitFine, "Of 2 accounts, 1 is not watched."},
		"monitoring is off":    {[]string{"--region", "eu-west-3"}, exitFailed, "Runtime Monitoring"},
	} {
		t.Run(name, func(t *testing.T) {
			got := startReport(t, "", cloud, test.args...)
			if got.code != test.code || got.stderr != "" || !strings.Contains(unwrapped(got.stdout), test.want) {
				t.Errorf("exit code %d, want %d with %q:\n%s%s", got.code, test.code, test.want, got.stdout, got.stderr)
			}
		})
	}
}

func TestReportThatCannotBeMade(t *testing.T) {
	without := func(region string) func(context.Context) (aws.Config, error) {
		return func(context.Context) (aws.Config, error) { return aws.Config{Region: region}, nil }
	}
	signedIn := func(region string) func(context.Context) (aws.Config, error) {
		return func(context.Context) (aws.Config, error) {
			return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}, nil
		}
	}
	for name, test := range map[string]struct {
		stdin string
		cloud func(context.Context) (aws.Config, error)
		args  []string
		code  int
		want  string
	}{
		"no Region":       {cloud: signedIn(""), code: exitFailed, want: "no Region: name one with --region, or set AWS_REGION"},
		"another Region":  {cloud: signedIn("eu-centrall-1"), code: exitFailed, want: `"eu-centrall-1" is not an AWS Region; did you mean eu-central-1?`},
		"no credentials":  {cloud: without("eu-central-1"), code: exitFailed, want: "no AWS credentials: sign in with aws sso login"},
		"settings":        {cloud: func(context.Context) (aws.Config, error) { return aws.Config{}, errors.New("no profile x") }, code: exitFailed, want: "no profile x"},
		"no file":         {args: []string{"--file", "testdata/none.json"}, code: exitFailed, want: "testdata/none.json: there is no such file"},
		"an event":        {args: []string{"--file", lost}, code: exitFailed, want: lost + ": it is not what aws guardduty list-coverage prints as JSON"},
		"an array":        {stdin: `[{"Resources": []}]`, args: []string{"--file", "-"}, code: exitFailed, want: "standard input: it is a JSON array"},
		"gzip":            {stdin: "\x1f\x8b\x08", args: []string{"--file", "-"}, code: exitFailed, want: "standard input: it is compressed with gzip"},
		"nothing":         {args: []string{"--file", "-"}, code: exitFailed, want: "standard input: it is empty"},
		"cut off":         {stdin: `{"Resources": [`, args: []string{"--file", "-"}, code: exitFailed, want: "standard input: reading the saved answer: unexpected EOF"},
		"an argument":     {args: []string{lost}, code: exitUsage, want: "report takes no arguments"},
		"with --send":     {args: []string{"--send"}, code: exitUsage, want: "there is no flag --send"},
		"for the Builder": {args: []string{"--format", "builder"}, code: exitUsage, want: "is not text, json, slack, csv or html"},
		"Regions of file": {args: []string{"--file", "-", "--region", "us-east-1", "--region", "us-east-2"}, code: exitUsage, want: "give --region once"},
		"an empty --file": {args: []string{"--file", ""}, code: exitFailed, want: "there is no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			got := startReport(t, test.stdin, test.cloud, test.args...)
			if got.code != test.code || got.stdout != "" || !strings.HasPrefix(got.stderr, "coverage: ") || !strings.Contains(got.stderr, test.want) {
				t.Errorf("exit code %d, want %d with %q: %s%s", got.code, test.code, test.want, got.stdout, got.stderr)
			}
		})
	}
}

// TestReportWithoutARegionKeepsItsCommands lets a saved answer that nobody knows the Region of be worked with.
func TestReportWithoutARegionKeepsItsCommands(t *testing.T) {
	saved := read(t, "testdata/report/organization.json")
	command := regexp.MustCompile(`(?m)"command": "aws .*$`)
	named := startReport(t, saved, nil, "--file", "-", "--format", "json", "--region", "eu-central-1")
	want := command.FindAllString(strings.ReplaceAll(named.stdout, "eu-central-1", namedRegion), -1)
	got := startReport(t, saved, nil, "--file", "-", "--format", "json")
	if diff := cmp.Diff(want, command.FindAllString(got.stdout, -1)); got.code != exitFine || len(want) == 0 || diff != "" {
		t.Errorf("exit code %d, commands (-want +got):\n%s", got.code, diff)
	}
	contains(t, "stderr", got.stderr, []string{"commands say " + namedRegion, "--region"})
	for _, f := range []string{"text", "slack", "json"} {
		if shown := startReport(t, saved, nil, "--file", "-", "--format", f).stdout; strings.Contains(shown, "region="+namedRegion) {
			t.Errorf("%s has a link to a placeholder", f)
		}
	}
	empty := startReport(t, `{"Resources": []}`, nil, "--file", "-")
	if empty.code != exitFine || empty.stderr != "" {
		t.Errorf("of nothing: exit code %d: %s", empty.code, empty.stderr)
	}
}

func TestReportProgress(t *testing.T) {
	cloud, err := fakeCloud(t, "eu-central-1", map[string]guarddutytest.Region{"eu-central-1": {
		Detector: "d", Len: 120, At: func(int) guarddutytest.Resource { return guarddutytest.Resource{Status: "HEALTHY"} },
	}})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	read := 0
	for range watchedIn(t, cloud, &shown) {
		read++
	}
	want := "\r\x1b[Kreading 0 of 120 resources\r\x1b[Kreading 50 of 120 resources\r\x1b[Kreading 100 of 120 resources\r\x1b[K"
	if shown.String() != want || read != 120 {
		t.Errorf("%d read; shown %q", read, &shown)
	}
}

func watchedIn(t *testing.T, cloud aws.Config, w *bytes.Buffer) iter.Seq2[coverage.State, error] {
	reader, regions := guardduty.New(cloud), []string{"eu-central-1"}
	return watched(t.Context(), reader.States(t.Context(), regions), reader, regions, &progress{w: w})
}
