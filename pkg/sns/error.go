package sns

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Error says why a message was not published. All its answers are for the whole call with the SDK's own
// retries.
type Error struct {
	err       error
	permanent bool
	uncertain bool
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

// Uncertain reports that SNS may have taken the message although the call failed: at least one of the
// attempts was written and got no answer, a server error, or an answer that cannot be read. How the last
// attempt ended does not matter: a timeout that is followed by a refusal is uncertain.
func (e *Error) Uncertain() bool { return e.uncertain }

// Misconfigured reports that publishing fails until a person repairs something: the topic, its key, or the
// permissions for either (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors).
func (e *Error) Misconfigured() bool {
	refusal, ok := errors.AsType[smithy.APIError](e.err)
	if !ok {
		return false
	}
	switch refusal.ErrorCode() {
	case "NotFound", "AuthorizationError", "AccessDenied", "AccessDeniedException", "EndpointDisabled",
		"InvalidClientTokenId", "InvalidSecurity", "OptInRequired",
		"KMSAccessDenied", "KMSDisabled", "KMSInvalidState", "KMSNotFound", "KMSOptInRequired":
		return true
	}
	return false
}

// RetryAfter is how long SNS asks to be left alone; 0 when it does not say, as is usual.
func (e *Error) RetryAfter() time.Duration { return e.after }

func newError(err error, uncertain bool) *Error {
	e := &Error{err: err, uncertain: uncertain}
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || response.Response == nil {
		return e // no answer: the network, a time limit, no credentials yet
	}
	if seconds, err := strconv.Atoi(response.Response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.after = time.Duration(seconds) * time.Second
	}
	status := response.HTTPStatusCode()
	e.permanent = status >= 400 && status < 500 && !temporary(err, status)
	return e
}

// attempts watches the attempts of one call, which the SDK makes one after the other.
type attempts struct{ uncertain bool }

// watch inserts the attempts into a call, inside the SDK's retries.
func (a *attempts) watch(options *sns.Options) {
	options.APIOptions = append(options.APIOptions, func(stack *middleware.Stack) error {
		watcher := middleware.FinalizeMiddlewareFunc("WatchAttempt", a.attempt)
		return stack.Finalize.Insert(watcher, "Retry", middleware.After)
	})
}

// attempt notes whether an attempt that failed may have been successful. An HTTP transport that asks for
// another connection has written nothing that the server processed, or it would not repeat a POST; without a
// connection nothing was written (https://pkg.go.dev/net/http/httptrace#ClientTrace).
func (a *attempts) attempt(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { sent.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	out, metadata, err := next.HandleFinalize(ctx, in)
	if err != nil && sent.Load() && !refused(err) {
		a.uncertain = true
	}
	return out, metadata, err
}

// refused reports whether an answer says that SNS did not take the message. A server error does not say that,
// and neither does a success that cannot be read.
func refused(err error) bool {
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || response.Response == nil {
		return false
	}
	status := response.HTTPStatusCode()
	return status >= http.StatusMultipleChoices && status < http.StatusInternalServerError
}

// temporary reports whether a refusal ends without anybody's help.
func temporary(err error, status int) bool {
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
