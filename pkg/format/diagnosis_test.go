package format_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
)

var sampleRequest = format.DiagnosisRequest{
	AnswerBy: now,
	Candidates: []coverage.Candidate{
		{Change: sample, Findings: []string{"agent-disconnected", "unknown"}},
		{Change: coverage.Change{Resource: coverage.Resource{Kind: coverage.EKS, Name: "c"}, Status: coverage.Unhealthy, ChangedAt: now}},
	},
}

// sampleFound has evidence of the first candidate, and none of the second.
var sampleFound = [][]coverage.Evidence{
	{
		{Check: "ec2-ssm", Found: "unmanaged"},
		{Check: "vpc-endpoint", Found: "missing", Values: map[string]string{"vpc": "vpc-1", "service": `"<é>"`}},
	},
	nil,
}

// sampleLookedAt has times: the evidence of the first version had none.
var sampleLookedAt = [][]coverage.Evidence{{{Check: "ec2-ssm", Found: "unmanaged", LookedAt: now}, {Check: "actor", Found: "none"}}}

// TestDiagnosisIsGolden reads the messages of every version still in use, and writes those of the newest. Like a stored
// item, a golden message is never edited.
func TestDiagnosisIsGolden(t *testing.T) {
	request, err := format.MarshalDiagnosisRequest(sampleRequest)
	check(t, err)
	answer, err := format.MarshalDiagnosis(sampleFound)
	check(t, err)
	looked, err := format.MarshalDiagnosis(sampleLookedAt)
	check(t, err)
	golden := func(name string, written []byte) []byte {
		file := filepath.Join("testdata", name)
		if *update {
			check(t, os.WriteFile(file, append(written, '\n'), 0o644))
		}
		golden, err := os.ReadFile(file)
		check(t, err)
		if diff := cmp.Diff(strings.TrimSpace(string(golden)), string(written)); diff != "" {
			t.Errorf("%s (-golden +written):\n%s", name, diff)
		}
		return golden
	}
	read, err := format.UnmarshalDiagnosisRequest(golden("diagnosis-request-v1.json", request))
	check(t, err)
	if diff := cmp.Diff(sampleRequest, read); diff != "" {
		t.Errorf("a request (-sent +read):\n%s", diff)
	}
	found, err := format.UnmarshalDiagnosis(golden("diagnosis-v1.json", answer), len(sampleFound))
	check(t, err)
	if diff := cmp.Diff(sampleFound, found); diff != "" {
		t.Errorf("an answer (-sent +read):\n%s", diff)
	}
	found, err = format.UnmarshalDiagnosis(golden("diagnosis-looked-v1.json", looked), len(sampleLookedAt))
	check(t, err)
	if diff := cmp.Diff(sampleLookedAt, found); diff != "" {
		t.Errorf("an answer with times (-sent +read):\n%s", diff)
	}
}

// TestDiagnosisTakesAdditions: what a version gains without a new number, an older program passes over.
func TestDiagnosisTakesAdditions(t *testing.T) {
	request, err := format.UnmarshalDiagnosisRequest([]byte(
		`{"version":1,"answerBy":"2026-03-02T09:00:00Z","new":1,"candidates":[{"change":{"kind":"EKS","new":[]},"new":{}}]}`))
	if err != nil || len(request.Candidates) != 1 || request.Candidates[0].Change.Resource.Kind != coverage.EKS {
		t.Errorf("%+v, %v", request, err)
	}
	found, err := format.UnmarshalDiagnosis([]byte(`{"version":1,"new":1,"evidence":[[{"check":"a","found":"b","new":[1]}]]}`), 1)
	if diff := cmp.Diff([][]coverage.Evidence{{{Check: "a", Found: "b"}}}, found); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestDiagnosisOfAnotherFormIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		document, want string
		newer          bool
	}{
		"a newer version": {`{"version":2,"answerBy":"2026-03-02T09:00:00Z","evidence":{}}`, "version 2, this one reads up to 1", true},
		"no version":      {`{"answerBy":"2026-03-02T09:00:00Z","evidence":[[]]}`, "version 0, expected 1 to 1", false},
		"another form":    {`{"version":1,"candidates":{},"evidence":{}}`, "the document: ", false},
		"a broken one":    {`{`, "the document: ", false},
		"nothing":         {``, "the document: ", false},
		"an event":        {`{"source":"aws.guardduty"}`, "version 0, expected", false},
	} {
		_, request := format.UnmarshalDiagnosisRequest([]byte(test.document))
		_, answer := format.UnmarshalDiagnosis([]byte(test.document), 1)
		for what, err := range map[string]error{"request": request, "answer": answer} {
			if err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, format.ErrNewer) != test.newer {
				t.Errorf("%s as a %s: %v", name, what, err)
			}
		}
	}
	if _, err := format.UnmarshalDiagnosisRequest([]byte(`{"version":1,"candidates":[]}`)); err == nil {
		t.Error("a request without a deadline is read")
	}
	for _, n := range []int{0, 1, 3} {
		answer, err := format.MarshalDiagnosis(make([][]coverage.Evidence, 2))
		check(t, err)
		_, err = format.UnmarshalDiagnosis(answer, n)
		if want := fmt.Sprintf("about 2 changes, expected %d", n); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("an answer about 2 changes, expected %d: %v", n, err)
		}
	}
}

// TestDiagnosisFitsAnInvocation holds the largest request and answer of a batch to what Lambda takes, 6 MB each
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). HTML's characters are the longest in JSON.
func TestDiagnosisFitsAnInvocation(t *testing.T) {
	const limit, changes = 6 << 20, 10
	long := strings.Repeat("<", 100_000)
	c := coverage.Candidate{Change: coverage.Change{
		Resource: coverage.Resource{Kind: coverage.Kind(long), Name: long, Account: long, Region: long, ClusterARN: long},
		Agent:    coverage.Agent{Version: long, Status: long, Management: long}, InstanceType: long, EventID: long,
	}}
	e := coverage.Evidence{Check: long, Found: long, Values: map[string]string{"a": long, "b": long, "c": long, "d": long}}
	var candidates []coverage.Candidate
	found := make([][]coverage.Evidence, changes)
	for range 100 {
		c.Change.Issues = append(c.Change.Issues, long)
		found[0] = append(found[0], e)
	}
	for i := range changes {
		candidates, found[i] = append(candidates, c), found[0]
	}
	request, err := format.MarshalDiagnosisRequest(format.DiagnosisRequest{AnswerBy: now, Candidates: candidates})
	check(t, err)
	answer, err := format.MarshalDiagnosis(found)
	check(t, err)
	if len(request) > limit || len(answer) > limit {
		t.Errorf("a request of %d and an answer of %d bytes", len(request), len(answer))
	}
}
