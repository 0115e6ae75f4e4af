package sns

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Error says that a message was not published, and whether it ever can be.
type Error struct {
	err       error
	permanent bool
	after     time.Duration
}

// Error names the topic and what SNS answered.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap is the SDK's error.
func (e *Error) Unwrap() error { return e.err }

// Permanent reports that the same message will be refused again until somebody changes the topic, its
// key or the permissions: SNS found fault with the request, and neither with its moment nor with credentials
// that renew themselves.
func (e *Error) Permanent() bool { return e.permanent }

// RetryAfter is how long SNS asks to be left alone; 0 when it does not say, as is usual.
func (e *Error) RetryAfter() time.Duration { return e.after }

func newError(err error) *Error {
	e := &Error{err: err}
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || response.Response == nil {
		return e // no answer: the network, a time limit, no credentials yet
	}
	if seconds, err := strconv.Atoi(response.Response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.after = time.Duration(seconds) * time.Second
	}
	status := response.HTTPStatusCode()
	e.permanent = status >= 400 && status < 500 && !passing(err, status)
	return e
}

// passing reports whether a refusal will pass by itself.
func passing(err error, status int) bool {
	if status == http.StatusRequestTimeout || status == http.StatusTooManyRequests ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	if retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary {
		return true
	}
	refusal, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return true // a 4xx that is not SNS's own: something in between answered
	}
	// KMSThrottling comes as a 400; the rest are credentials that are renewed and clocks that are set right.
	switch code := refusal.ErrorCode(); code {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired", "RequestTimeTooSkewed":
		return true
	default:
		return strings.Contains(code, "Throttl")
	}
}
