package guardduty

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/awserror"
)

// Reason is why a Region could not be read.
type Reason string

// The reasons.
const (
	// Denied: the credentials lack a permission.
	Denied Reason = "denied"
	// NoDetector: GuardDuty is not on in the account and Region.
	NoDetector Reason = "no-detector"
	// Off: nothing is listed, and GuardDuty is suspended or has Runtime Monitoring off.
	Off Reason = "off"
	// Closed: there is no such Region, or the account has not enabled it.
	Closed Reason = "closed"
	// OutOfTime: the time that was given was over.
	OutOfTime Reason = "out-of-time"
	// Failed: anything else.
	Failed Reason = "failed"
)

// Problem is why one Region could not be read, or not to its end. It is an error whose text says what to do.
type Problem struct {
	Region string
	Reason Reason
	// Read is how many of the Region's resources were read before.
	Read int
	// Said is what AWS said, or whatever stood in its place; free text, empty when nobody said anything.
	Said string
	// Err is the cause.
	Err error
}

// Error is what happened, and what to do.
func (p *Problem) Error() string { return p.Region + ": " + p.Detail() + "; " + p.advice() }

// Detail is what happened, without the Region's name.
func (p *Problem) Detail() string {
	said := ""
	if p.Said != "" {
		said = " (" + p.Said + ")"
	}
	switch p.Reason {
	case Denied:
		return "access was denied" + said
	case NoDetector:
		return "GuardDuty is not enabled in this account and Region"
	case Off:
		return "Runtime Monitoring is off, and no resource is listed"
	case Closed:
		return "there is no such Region, or it is not enabled in this account" + said
	case OutOfTime:
		return fmt.Sprintf("time ran out after %d resources", p.Read)
	}
	return fmt.Sprintf("GuardDuty did not answer as expected after %d resources: %s", p.Read, p.Said)
}

func (p *Problem) advice() string {
	switch p.Reason {
	case Denied:
		return "allow guardduty:ListDetectors, guardduty:ListCoverage, guardduty:GetCoverageStatistics and guardduty:GetDetector"
	case NoDetector, Off:
		return "enable it there, or leave the Region out"
	case Closed:
		return "correct its name, or enable it"
	case OutOfTime:
		return "read fewer Regions at once"
	}
	return "try again later"
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Err }

var (
	errNoDetector = errors.New("there is no detector")
	errOff        = errors.New("runtime monitoring is off")
)

func problemOf(region string, read int, err error) *Problem {
	return &Problem{Region: region, Reason: reasonOf(err), Read: read, Said: awserror.Said(err), Err: err}
}

// reasonOf knows how services refuse: for want of a permission
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/CommonErrors.html), and in a Region that the account has
// not enabled, which does not know its credentials.
func reasonOf(err error) Reason {
	switch {
	case errors.Is(err, errNoDetector):
		return NoDetector
	case errors.Is(err, errOff):
		return Off
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return OutOfTime
	}
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		switch answer.ErrorCode() {
		case "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized", "ExpiredTokenException", "ExpiredToken":
			return Denied
		case "UnrecognizedClientException", "InvalidClientTokenId", "OptInRequired", "AuthFailure":
			return Closed
		}
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok && lookup.IsNotFound {
		return Closed
	}
	return Failed
}
