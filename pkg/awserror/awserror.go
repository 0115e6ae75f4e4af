// Package awserror reads the errors of AWS.
package awserror

import (
	"cmp"
	"errors"

	"github.com/aws/smithy-go"
)

// Said is AWS's own text, or else that of the first cause: what the SDK puts around it is not for people.
func Said(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return cmp.Or(answer.ErrorMessage(), answer.ErrorCode())
	}
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(err) {
		err = cause
	}
	return err.Error()
}
