package secrets

import (
	"errors"

	"github.com/aws/smithy-go"
)

// Error says why the credential could not be read. It never contains the value.
type Error struct{ err error }

// Error names the source and what AWS answered, or what is wrong with the value.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap is the SDK's error where AWS refused the read.
func (e *Error) Unwrap() error { return e.err }

// Misconfigured reports whether reads fail until a person repairs something: nothing has that name, the role
// may not read or decrypt it, its key is of no use, or the value is not one credential as plain text
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html#API_GetParameter_Errors,
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors).
func (e *Error) Misconfigured() bool {
	if _, ok := errors.AsType[valueError](e.err); ok {
		return true
	}
	refusal, ok := errors.AsType[smithy.APIError](e.err)
	if !ok {
		return false
	}
	switch refusal.ErrorCode() {
	case "AccessDeniedException", "ParameterNotFound", "ParameterVersionNotFound", "InvalidKeyId",
		"ResourceNotFoundException", "DecryptionFailure", "InvalidRequestException",
		"InvalidParameterException", "ValidationException":
		return true
	}
	return false
}

// valueError is what is wrong with a value.
type valueError string

func (e valueError) Error() string { return string(e) }
