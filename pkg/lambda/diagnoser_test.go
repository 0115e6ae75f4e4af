package lambda_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/lambda"
)

const function = "coverage-DiagnoseFunction-1A2B"

var candidates = []coverage.Candidate{
	{Change: loss("i-1"), Findings: []string{"agent-disconnected"}},
	{Change: loss("i-2")},
}

func loss(name string) coverage.Change {
	return coverage.Change{
		Resource: coverage.Resource{Kind: coverage.EC2, Name: name, Account: "111122223333", Region: "eu-central-1"},
		Status:   coverage.Unhealthy, ChangedAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}
}

// fakeLambda answers as the Invoke API does: the function's answer, or its error, has status 200
// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
type fakeLambda struct {
	status        int
	functionError string
	// code is the API's own error.
	code string
	body string
	// dies ends the connection without an answer.
	dies bool

	mu       *sync.Mutex
	requests []*http.Request
	payloads [][]byte
}

func (f *fakeLambda) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	payload, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.requests, f.payloads = append(f.requests, r), append(f.payloads, payload)
	f.mu.Unlock()
	if f.dies {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	if f.functionError != "" {
		w.Header().Set("X-Amz-Function-Error", f.functionError)
	}
	if f.code != "" {
		w.Header().Set("X-Amzn-ErrorType", f.code)
	}
	if f.status != 0 {
		w.WriteHeader(f.status)
	}
	_, _ = io.WriteString(w, f.body)
}

func diagnoser(t *testing.T, f *fakeLambda) *lambda.Diagnoser {
	t.Helper()
	f.mu = new(sync.Mutex)
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return lambda.NewDiagnoser(awslambda.New(awslambda.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}), function)
}

func TestAllCandidatesAreOneInvocation(t *testing.T) {
	f := &fakeLambda{body: `{"version":1,"evidence":[[{"check":"ec2-ssm","found":"offline","values":{"status":"ConnectionLost"}}],[]]}`}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	deadline, _ := ctx.Deadline()
	want := [][]coverage.Evidence{{{Check: "ec2-ssm", Found: "offline", Values: map[string]string{"status": "ConnectionLost"}}}, nil}
	if diff := cmp.Diff(want, diagnoser(t, f).DiagnoseAll(ctx, candidates)); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	if len(f.requests) != 1 {
		t.Fatalf("%d invocations, expected 1", len(f.requests))
	}
	r := f.requests[0]
	if r.URL.Path != "/2015-03-31/functions/"+function+"/invocations" {
		t.Errorf("%s was asked for", r.URL.Path)
	}
	if kind := r.Header.Get("X-Amz-Invocation-Type"); kind != "" && kind != "RequestResponse" {
		t.Errorf("an invocation of the type %s has no answer", kind)
	}
	asked, err := format.UnmarshalDiagnosisRequest(f.payloads[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(candidates, asked.Candidates); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	if left := deadline.Sub(asked.AnswerBy); left < 100*time.Millisecond || left > time.Second {
		t.Errorf("the answer may come %v before the deadline", left)
	}
}

func TestFailureIsEvidenceAboutEveryCandidate(t *testing.T) {
	failed := func(reason string) coverage.Evidence {
		return coverage.Evidence{Check: "diagnosis", Found: "failed", Values: map[string]string{"reason": reason}}
	}
	tests := map[string]struct {
		lambda fakeLambda
		want   coverage.Evidence
	}{
		"throttled":              {fakeLambda{status: http.StatusTooManyRequests, code: "TooManyRequestsException", body: `{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"}`}, failed("TooManyRequestsException")},
		"absent":                 {fakeLambda{status: http.StatusNotFound, code: "ResourceNotFoundException", body: `{"Message":"Function not found"}`}, failed("ResourceNotFoundException")},
		"Lambda is out of order": {fakeLambda{status: http.StatusInternalServerError, code: "ServiceException", body: `{}`}, failed("ServiceException")},
		"denied": {
			fakeLambda{status: http.StatusForbidden, code: "AccessDeniedException", body: `{"Message":"User: arn:aws:sts::1:x is not authorized"}`},
			coverage.Evidence{Check: "diagnosis", Found: "denied", Values: map[string]string{"action": "lambda:InvokeFunction"}},
		},
		// What Lambda itself, and what the Go runtime says of a function that ended.
		"crashed":                 {fakeLambda{functionError: "Unhandled", body: `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: exit status 2"}`}, failed("Runtime.ExitError")},
		"timed out":               {fakeLambda{functionError: "Unhandled", body: `{"errorMessage":"2026-03-02T09:00:00Z 1 Task timed out after 10.00 seconds"}`}, failed("Unhandled")},
		"an error without a form": {fakeLambda{functionError: "Unhandled", body: `<html>`}, failed("Unhandled")},
		"no answer":               {fakeLambda{body: `null`}, failed("the document has version 0, expected 1 to 1")},
		"half an answer":          {fakeLambda{body: `{"version":1,"evidence":[[]]}`}, failed("the answer is about 1 changes, expected 2")},
		"a newer function":        {fakeLambda{body: `{"version":2,"evidence":{}}`}, failed(format.ErrNewer.Error())},
		"no JSON":                 {fakeLambda{body: `{"version":1`}, failed("unexpected end of JSON input")},
		"a connection that ends":  {fakeLambda{dies: true}, failed("EOF")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := diagnoser(t, &test.lambda).DiagnoseAll(t.Context(), candidates)
			if diff := cmp.Diff([][]coverage.Evidence{{test.want}, {test.want}}, got); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			test.lambda.mu.Lock()
			defer test.lambda.mu.Unlock()
			if n := len(test.lambda.requests); n != 1 {
				t.Errorf("%d invocations, expected 1", n)
			}
		})
	}
}

// hanging never answers.
type hanging struct{}

func (hanging) Invoke(ctx context.Context, _ *awslambda.InvokeInput, _ ...func(*awslambda.Options)) (*awslambda.InvokeOutput, error) {
	<-ctx.Done()
	return nil, fmt.Errorf("operation error Lambda: Invoke, %w", ctx.Err())
}

func TestNobodyWaitsForLong(t *testing.T) {
	late := []coverage.Evidence{{Check: "diagnosis", Found: "late"}}
	for caller, want := range map[time.Duration]time.Duration{
		time.Minute: 5 * time.Second, 2 * time.Second: 2 * time.Second, 0: 0,
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), caller)
			defer cancel()
			began := time.Now()
			got := lambda.NewDiagnoser(hanging{}, function).DiagnoseAll(ctx, candidates)
			if took := time.Since(began); took != want {
				t.Errorf("a caller with %v waits for %v", caller, took)
			}
			if diff := cmp.Diff([][]coverage.Evidence{late, late}, got); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
}
