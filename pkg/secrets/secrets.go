// Package secrets reads one credential from AWS Systems Manager Parameter Store or from AWS Secrets
// Manager, and keeps it for a while.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

const (
	// keepFor is how long a value is used without asking again: a rotated credential that the old one
	// outlives is picked up within that time.
	keepFor = 300 * time.Second
	// staleFor is how long a value is used while it cannot be read again. A credential that was
	// withdrawn is of no use to anybody, so that the time may be long.
	staleFor = 6 * time.Hour
	// pause is the least time between two reads, fresh ones and those that failed included: a storm of
	// refused messages asks AWS once.
	pause = 5 * time.Second
	// readTimeout is how long one read may take, so that an old value can still be used in time.
	readTimeout = 3 * time.Second
)

// errSlow is why a read was given up.
var errSlow = errors.New("no answer within 3 seconds")

// parameterGetter is what a Reader needs of *ssm.Client.
type parameterGetter interface {
	GetParameter(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error)
}

// secretGetter is what a Reader needs of *secretsmanager.Client.
type secretGetter interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// Reader reads one credential. It may be used by several goroutines at once: they share one read.
type Reader struct {
	source string
	read   func(context.Context) (string, error)
	now    func() time.Time

	// turn holds the only token while nobody uses what is below.
	turn    chan struct{}
	value   string
	readAt  time.Time // when value was read
	triedAt time.Time // when the last read began, but for those that their callers gave up
	freshAt time.Time // when the last read for a refused value began
	failure error     // what became of it
}

// New is a Reader of source: the name or the ARN of a parameter, or the ARN of a secret; any other ARN
// is an error. What an ARN names is read in the ARN's Region.
func New(source string, parameters parameterGetter, secrets secretGetter, now func() time.Time) (*Reader, error) {
	r := &Reader{source: source, turn: make(chan struct{}, 1)}
	// The monotonic clock stands still while Lambda freezes the process between two invocations: without it,
	// ages are those of the wall clock.
	r.now = func() time.Time { return now().Round(0) }
	r.turn <- struct{}{}
	service, region := "ssm", ""
	if parts := strings.SplitN(source, ":", 6); parts[0] == "arn" {
		if len(parts) < 6 {
			return nil, fmt.Errorf("%q is not a whole ARN", source)
		}
		service, region = parts[2], parts[3]
	}
	switch service {
	case "ssm":
		r.read = parameterReader(source, region, parameters)
	case "secretsmanager":
		r.read = secretReader(source, region, secrets)
	default:
		return nil, fmt.Errorf("%q is the ARN neither of a parameter nor of a secret", source)
	}
	return r, nil
}

// Get is the credential, without surrounding white space.
//
// It comes from the memory of the last 300 seconds unless fresh is true, which is for a credential that was
// just refused; a value that was read for that reason less than 5 seconds ago counts as fresh. When AWS
// cannot be read, a value of the last 6 hours stands in, but not for a fresh one. Errors name the source,
// never the value; one of a read is an *Error.
func (r *Reader) Get(ctx context.Context, fresh bool) (string, error) {
	select {
	case <-r.turn:
		defer func() { r.turn <- struct{}{} }()
	case <-ctx.Done():
		return "", fmt.Errorf("waiting for %s: %w", r.source, context.Cause(ctx))
	}
	if !fresh && r.age(r.readAt) < keepFor {
		return r.value, nil
	}
	err := r.failure
	if r.due(fresh) {
		err = r.refresh(ctx)
	}
	if err == nil || !fresh && r.age(r.readAt) < staleFor {
		return r.value, nil
	}
	return "", err
}

// due reports whether it is time to read again. A refused value may be older than the last read, however recent, but
// for one that was made because of a refusal.
func (r *Reader) due(fresh bool) bool {
	if !fresh {
		return r.age(r.triedAt) >= pause
	}
	if r.age(r.freshAt) < pause {
		return false
	}
	r.freshAt = r.now()
	return true
}

// age is how long ago something happened; what never happened is older than anything.
func (r *Reader) age(at time.Time) time.Duration { return r.now().Sub(at) }

func (r *Reader) refresh(ctx context.Context) error {
	began := r.now()
	limited, cancel := context.WithTimeoutCause(ctx, readTimeout, errSlow)
	defer cancel()
	value, err := r.read(limited)
	if err == nil {
		value, err = checked(value)
	}
	if err == nil {
		r.value, r.readAt, r.triedAt, r.failure = value, began, began, nil
		return nil
	}
	if errors.Is(context.Cause(limited), errSlow) {
		err = fmt.Errorf("%w: %w", errSlow, err)
	}
	err = &Error{fmt.Errorf("reading %s: %w", r.source, err)}
	if ctx.Err() == nil { // a caller that gave up says nothing about the source
		r.triedAt, r.failure = began, err
	}
	return err
}

// checked is the value as it is meant, or says what is wrong with it without showing it.
func checked(value string) (string, error) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return "", valueError("the value is empty")
	case strings.HasPrefix(value, "{"), strings.HasPrefix(value, "["):
		return "", valueError("the value looks like JSON; store the token or the address alone, as plain text")
	case strings.ContainsFunc(value, unicode.IsSpace):
		return "", valueError("the value has white space inside; store one token or one address")
	}
	return value, nil
}

func parameterReader(name, region string, client parameterGetter) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		input := &ssm.GetParameterInput{Name: &name, WithDecryption: new(true)}
		output, err := client.GetParameter(ctx, input, func(o *ssm.Options) {
			if region != "" {
				o.Region = region
			}
		})
		if err != nil {
			return "", err
		}
		if output.Parameter == nil || output.Parameter.Value == nil {
			return "", valueError("the parameter has no value")
		}
		return *output.Parameter.Value, nil
	}
}

func secretReader(arn, region string, client secretGetter) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		input := &secretsmanager.GetSecretValueInput{SecretId: &arn}
		output, err := client.GetSecretValue(ctx, input, func(o *secretsmanager.Options) {
			if region != "" {
				o.Region = region
			}
		})
		if err != nil {
			return "", err
		}
		if output.SecretString == nil {
			return "", valueError("the secret is binary; store the token or the address as plain text")
		}
		return *output.SecretString, nil
	}
}
