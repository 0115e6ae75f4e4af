// Package lambda has another AWS Lambda function diagnose, so that the caller's role needs none of the permissions
// that a diagnosis takes.
package lambda

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
)

const (
	// timeout is how long an answer is waited for, unless the caller's context ends earlier.
	timeout = 5 * time.Second
	// wayBack is how long before that the function has to answer.
	wayBack = 300 * time.Millisecond
)

// invoker is what a Diagnoser needs of Lambda; *lambda.Client is one.
type invoker interface {
	Invoke(ctx context.Context, in *lambda.InvokeInput, opts ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Diagnoser has a function diagnose. It may be used concurrently.
type Diagnoser struct {
	client   invoker
	function string
}

// NewDiagnoser returns a Diagnoser that invokes the function of that name or ARN.
func NewDiagnoser(client invoker, function string) *Diagnoser {
	return &Diagnoser{client: client, function: function}
}

// DiagnoseAll returns what the function found about each candidate, in their order, at ctx's deadline and after 5
// seconds at the latest. It invokes the function once, and does not try again. When that fails, the evidence about
// every candidate is why.
func (d *Diagnoser) DiagnoseAll(ctx context.Context, candidates []coverage.Candidate) [][]coverage.Evidence {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	found, err := d.invoke(ctx, candidates)
	if err != nil {
		return slices.Repeat([][]coverage.Evidence{{evidenceOf(err)}}, len(candidates))
	}
	return found
}

// invoke sends all candidates at once: a request and its answer may have 6 MB each
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and a change has at most 100 KB of it.
func (d *Diagnoser) invoke(ctx context.Context, candidates []coverage.Candidate) ([][]coverage.Evidence, error) {
	deadline, _ := ctx.Deadline()
	payload, err := format.MarshalDiagnosisRequest(format.DiagnosisRequest{
		AnswerBy: deadline.Add(-wayBack), Candidates: candidates,
	})
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	out, err := d.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &d.function, Payload: payload}, once)
	if err != nil {
		return nil, fmt.Errorf("invoking %s: %w", d.function, err)
	}
	if out.FunctionError != nil {
		return nil, functionError(out)
	}
	found, err := format.UnmarshalDiagnosis(out.Payload, len(candidates))
	if err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", d.function, err)
	}
	return found, nil
}

// once keeps the SDK from trying again: the alert waits.
func once(o *lambda.Options) { o.Retryer = aws.NopRetryer{} }

// crash is the error of a function that ended without an answer.
type crash struct{ kind string }

func (c crash) Error() string { return c.kind }

// functionError is the error that the function itself had: its kind, as Lambda or the function's runtime names it
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-retries.html).
func functionError(out *lambda.InvokeOutput) error {
	var answer struct {
		ErrorType string `json:"errorType"`
	}
	_ = json.Unmarshal(out.Payload, &answer) // Without a kind there is Lambda's own, "Unhandled".
	return crash{cmp.Or(answer.ErrorType, *out.FunctionError)}
}

// What the check is called in the catalog, and what it finds.
const (
	check  = "diagnosis"
	failed = "failed"
	late   = "late"
	denied = "denied"
)

// evidenceOf is what a message says of the error.
func evidenceOf(err error) coverage.Evidence {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return coverage.Evidence{Check: check, Found: late}
	}
	reason := ""
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		reason = answer.ErrorCode()
	}
	if reason == "AccessDeniedException" {
		return coverage.Evidence{Check: check, Found: denied, Values: map[string]string{"action": "lambda:InvokeFunction"}}
	}
	if reason == "" {
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			reason = cause.Error()
		}
	}
	return coverage.Evidence{Check: check, Found: failed, Values: map[string]string{"reason": reason}}
}
