package awserror_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/awserror"
)

func TestSaid(t *testing.T) {
	for want, err := range map[string]error{
		"not allowed": fmt.Errorf("operation error: %w", &smithy.GenericAPIError{Code: "AccessDenied", Message: "not allowed"}),
		"Throttled":   fmt.Errorf("operation error: %w", &smithy.GenericAPIError{Code: "Throttled"}),
		"no route":    fmt.Errorf("operation error: %w", fmt.Errorf("dialing: %w", errors.New("no route"))),
	} {
		if got := awserror.Said(err); got != want {
			t.Errorf("%v says %q, want %q", err, got, want)
		}
	}
}
