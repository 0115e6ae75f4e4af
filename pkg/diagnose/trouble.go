package diagnose

import (
	"context"
	"errors"
	"net/http"
	"slices"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/coverage"
)

// What every check may find instead of an answer.
const (
	// denied: the IAM action is not allowed.
	denied = "denied"
	// failed: AWS refused for another reason.
	failed = "failed"
	// noRole: it is in another account, and no role is configured for those.
	noRole = "no-role"
	// late: there was no answer in time.
	late = "late"
)

// isTrouble tells them from what was looked at and failed by itself: they name the action.
func isTrouble(e coverage.Evidence) bool {
	_, named := e.Values["action"]
	return named && slices.Contains([]string{denied, failed, noRole, late}, e.Found)
}

// trouble is why AWS did not answer.
type trouble struct {
	// action is what was asked, as IAM calls it.
	action string
	// role is the ARN of the role that could not be assumed; empty for anything else.
	role string
	err  error
}

func (t *trouble) Error() string { return t.action + ": " + t.err.Error() }

func (t *trouble) Unwrap() error { return t.err }

// errNoRole is why another account is not looked at when no role is configured.
var errNoRole = errors.New("no role is configured for other accounts")

// errEmpty is an answer without what was asked for, which is not the same as that there is no such thing.
var errEmpty = errors.New("the answer is empty")

// errEndless is an answer that has more pages than pagesMost, which is enough for what is looked for.
var errEndless = errors.New("the answer has too many pages")

const pagesMost = 10

// sightOf is what the trouble looks like in the evidence.
func sightOf(err error) sight {
	t, ok := errors.AsType[*trouble](err)
	if !ok {
		return sight{failed, values{"action": "", "reason": err.Error()}}
	}
	v := values{"action": t.action}
	if errors.Is(err, errNoRole) {
		return sight{noRole, v}
	}
	if t.action == assumeRole {
		v["role"] = t.role
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return sight{late, v}
	case isDenial(err):
		return sight{denied, v}
	}
	v["reason"] = reasonOf(err)
	return sight{failed, v}
}

// isDenial knows how services refuse for want of a permission: by one of several codes, or just by the status
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
// https://docs.aws.amazon.com/eks/latest/APIReference/CommonErrors.html). The same status tells of credentials that are
// not valid, as in a Region that the account has not enabled; no permission mends that.
func isDenial(err error) bool {
	switch code := codeOf(err); code {
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized":
		return true
	case "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired", "ExpiredToken",
		"ExpiredTokenException", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch":
		return false
	}
	response, ok := errors.AsType[*awshttp.ResponseError](err)
	return ok && response.HTTPStatusCode() == http.StatusForbidden
}

// reasonOf is AWS's code, or where AWS said nothing, the first cause.
func reasonOf(err error) string {
	if code := codeOf(err); code != "" {
		return code
	}
	for {
		cause := errors.Unwrap(err)
		if cause == nil {
			return err.Error()
		}
		err = cause
	}
}

func codeOf(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return answer.ErrorCode()
	}
	return ""
}

// isCode reports whether AWS answered with one of these codes.
func isCode(err error, codes ...string) bool {
	return err != nil && slices.Contains(codes, codeOf(err))
}
