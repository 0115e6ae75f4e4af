package secrets_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/secrets"
)

const (
	parameter    = "/coverage/slack"
	parameterARN = "arn:aws:ssm:eu-central-1:111122223333:parameter/coverage/slack"
	secretARN    = "arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:slack-AbCdEf"
)

func TestGetReadsTheSourceByItsForm(t *testing.T) {
	tests := map[string]struct{ source, service, region string }{
		"a name":            {parameter, "ssm", "home"},
		"a plain name":      {"slack", "ssm", "home"},
		"a parameter's ARN": {parameterARN, "ssm", "eu-central-1"},
		"a secret's ARN":    {secretARN, "secretsmanager", "us-gov-west-1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			store := &fakeStore{value: "xoxb-1"}
			got, err := reader(t, test.source, store).Get(t.Context(), false)
			if err != nil || got != "xoxb-1" {
				t.Errorf("got %q, %v", got, err)
			}
			if want := test.service + " " + test.region + " " + test.source; store.asked != want {
				t.Errorf("asked for %q, want %q", store.asked, want)
			}
		})
	}
}

func TestNewRefusesOtherARNs(t *testing.T) {
	for _, source := range []string{"arn:aws:s3:::bucket", "arn:aws:ssm", "arn:aws:dynamodb:eu-central-1:111122223333:table/a"} {
		if _, err := secrets.New(source, nil, nil, time.Now); err == nil || !strings.Contains(err.Error(), source) {
			t.Errorf("%s: got error %v", source, err)
		}
	}
}

func TestGetChecksTheValue(t *testing.T) {
	tests := map[string]struct{ value, want, problem string }{
		"a line break at the end": {"xoxb-1\r\n", "xoxb-1", ""},
		"blanks around it":        {" https://hooks.slack.com/services/a \t", "https://hooks.slack.com/services/a", ""},
		"nothing":                 {"", "", "empty"},
		"only blanks":             {" \n", "", "empty"},
		"JSON":                    {`{"token":"xoxb-1"}`, "", "JSON"},
		"a list":                  {`["xoxb-1"]`, "", "JSON"},
		"two lines":               {"xoxb-1\nxoxb-2", "", "white space"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := reader(t, secretARN, &fakeStore{value: test.value}).Get(t.Context(), false)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if (err != nil) != (test.problem != "") {
				t.Fatalf("got error %v, want one of %q", err, test.problem)
			}
			if err != nil && (!strings.Contains(err.Error(), test.problem) || !strings.Contains(err.Error(), secretARN)) {
				t.Errorf("%q says neither %q nor where", err, test.problem)
			}
			if err != nil && strings.Contains(err.Error(), "xoxb") {
				t.Errorf("%q tells the value", err)
			}
		})
	}
}

func TestGetWithoutAValue(t *testing.T) {
	for source, problem := range map[string]string{parameter: "no value", secretARN: "binary"} {
		_, err := reader(t, source, &fakeStore{absent: true}).Get(t.Context(), false)
		if err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: got error %v, want %q", source, err, problem)
		}
	}
}

func TestGetRemembersForFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{value: "old"}
		r := reader(t, parameter, store)
		expect(t, r, false, "old")
		store.value = "new"
		time.Sleep(300*time.Second - 1)
		expect(t, r, false, "old")
		time.Sleep(time.Nanosecond)
		expect(t, r, false, "new")
		if store.reads != 2 {
			t.Errorf("%d reads, want 2", store.reads)
		}
	})
}

func TestGetFreshReadsAgainAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{value: "old"}
		r := reader(t, parameter, store)
		expect(t, r, true, "old")
		store.value = "new"
		time.Sleep(5*time.Second - 1)
		expect(t, r, true, "old")
		time.Sleep(time.Nanosecond)
		expect(t, r, true, "new")
		expect(t, r, true, "new")
		expect(t, r, false, "new")
		if store.reads != 2 {
			t.Errorf("%d reads, want 2", store.reads)
		}
	})
}

func TestGetFreshDoesNotWaitAfterAnOrdinaryRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{value: "old"}
		r := reader(t, parameter, store)
		expect(t, r, false, "old")
		store.value = "new"
		expect(t, r, true, "new")
		if store.reads != 2 {
			t.Errorf("%d reads, want 2", store.reads)
		}
	})
}

func TestGetUsesTheOldValueWhileAWSFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{value: "old"}
		r := reader(t, parameter, store)
		expect(t, r, false, "old")
		store.err = errDown
		time.Sleep(300 * time.Second)
		expect(t, r, false, "old")
		expect(t, r, false, "old")
		if store.reads != 2 {
			t.Errorf("%d reads, want one for both after it failed", store.reads)
		}
		expectError(t, r, true, errDown)
		time.Sleep(6*time.Hour - 300*time.Second - 1)
		expect(t, r, false, "old")
		time.Sleep(time.Nanosecond)
		expectError(t, r, false, errDown)
		store.err, store.value = nil, "new"
		time.Sleep(5 * time.Second)
		expect(t, r, false, "new")
	})
}

func TestGetDoesNotHammerAWSWhileThereIsNoValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{err: errDown}
		r := reader(t, parameter, store)
		for range 10 {
			expectError(t, r, true, errDown)
			expectError(t, r, false, errDown)
		}
		time.Sleep(5*time.Second - 1)
		expectError(t, r, true, errDown)
		if store.reads != 1 {
			t.Errorf("%d reads within five seconds", store.reads)
		}
		time.Sleep(time.Nanosecond)
		expectError(t, r, true, errDown)
		if store.reads != 2 {
			t.Errorf("%d reads, want another one after five seconds", store.reads)
		}
	})
}

// TestGetCountsTheTimeThatTheProcessWasFrozen has a clock whose monotonic part stands still, as it does while
// Lambda freezes the process.
func TestGetCountsTheTimeThatTheProcessWasFrozen(t *testing.T) {
	start := time.Now()
	now := start
	store := &fakeStore{value: "old"}
	r, err := secrets.New(parameter, store, store, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	expect(t, r, false, "old")
	store.value = "new"
	now = frozen(start, 300*time.Second-1)
	expect(t, r, false, "old")
	now = frozen(start, 300*time.Second)
	expect(t, r, false, "new")
	store.value = "newer"
	now = frozen(start, 306*time.Second)
	expect(t, r, true, "newer")
	store.err = errDown
	now = frozen(start, 306*time.Second+6*time.Hour)
	expectError(t, r, false, errDown)
}

// frozen is the moment of which the wall clock says that it is that much later than start, and the monotonic
// clock that it is start. Nothing in package time makes one.
func frozen(start time.Time, later time.Duration) time.Time {
	moment := start.Add(later)
	(*struct {
		wall      uint64
		monotonic int64
		loc       *time.Location
	})(unsafe.Pointer(&moment)).monotonic -= int64(later)
	return moment
}

func TestFrozenIsWhatItSays(t *testing.T) {
	start := time.Now()
	moment := frozen(start, time.Hour)
	monotonic, wall := moment.Sub(start), moment.Round(0).Sub(start.Round(0))
	if monotonic != 0 || wall != time.Hour {
		t.Errorf("the monotonic clock went on for %v, the wall clock for %v", monotonic, wall)
	}
}

func TestMisconfigured(t *testing.T) {
	refusal := func(code string) error { return &smithy.GenericAPIError{Code: code, Message: "no"} }
	tests := map[string]struct {
		source string
		store  *fakeStore
		want   bool
	}{
		"no such parameter":     {parameter, &fakeStore{err: &ssmtypes.ParameterNotFound{}}, true},
		"a key of no use":       {parameter, &fakeStore{err: &ssmtypes.InvalidKeyId{}}, true},
		"may not read it":       {parameter, &fakeStore{err: refusal("AccessDeniedException")}, true},
		"no such secret":        {secretARN, &fakeStore{err: refusal("ResourceNotFoundException")}, true},
		"a secret being erased": {secretARN, &fakeStore{err: refusal("InvalidRequestException")}, true},
		"may not decrypt it":    {secretARN, &fakeStore{err: refusal("DecryptionFailure")}, true},
		"JSON":                  {secretARN, &fakeStore{value: `{"token": "xoxb-1"}`}, true},
		"nothing":               {parameter, &fakeStore{value: " "}, true},
		"two lines":             {parameter, &fakeStore{value: "a\nb"}, true},
		"binary":                {secretARN, &fakeStore{absent: true}, true},
		"throttled":             {parameter, &fakeStore{err: refusal("ThrottlingException")}, false},
		"an error of AWS's":     {secretARN, &fakeStore{err: refusal("InternalServiceError")}, false},
		"no answer":             {parameter, &fakeStore{err: errDown}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := reader(t, test.source, test.store).Get(t.Context(), false)
			e, ok := errors.AsType[interface {
				error
				Misconfigured() bool
			}](err)
			if !ok || e.Misconfigured() != test.want {
				t.Errorf("misconfigured is not %v: %v", test.want, err)
			}
		})
	}
}

func TestGetSharesOneRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{value: "v", takes: time.Second}
		r := reader(t, parameter, store)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { expect(t, r, false, "v") })
		}
		wg.Wait()
		if store.reads != 1 {
			t.Errorf("%d reads, want 1", store.reads)
		}
		for range 20 {
			wg.Go(func() { expect(t, r, true, "v") })
		}
		wg.Wait()
		if store.reads != 2 {
			t.Errorf("%d reads, want one more for all whose value was refused", store.reads)
		}
	})
}

func TestGetGivesUpWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{value: "v", takes: 2 * time.Second}
		r := reader(t, parameter, store)
		var wg sync.WaitGroup
		for range 2 { // one reads, the other waits for it
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if _, err := r.Get(ctx, false); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got error %v", err)
				}
			})
		}
		wg.Wait()
		expect(t, r, false, "v") // at once: the callers gave up, not AWS
	})
}

func TestGetGivesUpASlowRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{value: "old"}
		r := reader(t, parameter, store)
		expect(t, r, false, "old")
		store.takes = time.Hour
		time.Sleep(300 * time.Second)
		began := time.Now()
		expect(t, r, false, "old")
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("the old value came after %v, want 3s", took)
		}
		_, err := r.Get(t.Context(), true)
		if err == nil || !strings.Contains(err.Error(), "no answer within 3 seconds") {
			t.Errorf("got error %v", err)
		}
	})
}

var errDown = errors.New("AWS is down")

func expect(t *testing.T, r *secrets.Reader, fresh bool, want string) {
	t.Helper()
	if got, err := r.Get(t.Context(), fresh); got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func expectError(t *testing.T, r *secrets.Reader, fresh bool, want error) {
	t.Helper()
	got, err := r.Get(t.Context(), fresh)
	if !errors.Is(err, want) || got != "" {
		t.Errorf("got %q, %v; want %v", got, err, want)
	} else if !strings.Contains(err.Error(), parameter) {
		t.Errorf("%q does not say what could not be read", err)
	}
}

func reader(t *testing.T, source string, store *fakeStore) *secrets.Reader {
	t.Helper()
	r, err := secrets.New(source, store, store, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fakeStore is both services at once.
type fakeStore struct {
	value  string
	absent bool
	err    error
	takes  time.Duration

	mu    sync.Mutex
	reads int
	asked string
}

func (s *fakeStore) get(ctx context.Context, asked string) (*string, error) {
	s.mu.Lock()
	s.reads++
	s.asked = asked
	s.mu.Unlock()
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s.absent {
		return nil, s.err
	}
	return &s.value, s.err
}

func (s *fakeStore) GetParameter(ctx context.Context, input *ssm.GetParameterInput, options ...func(*ssm.Options)) (*ssm.GetParameterOutput, error) {
	o := ssm.Options{Region: "home"}
	for _, option := range options {
		option(&o)
	}
	if !*input.WithDecryption {
		return nil, errors.New("a SecureString would come encrypted")
	}
	value, err := s.get(ctx, "ssm "+o.Region+" "+*input.Name)
	return &ssm.GetParameterOutput{Parameter: &ssmtypes.Parameter{Value: value}}, err
}

func (s *fakeStore) GetSecretValue(ctx context.Context, input *secretsmanager.GetSecretValueInput, options ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	o := secretsmanager.Options{Region: "home"}
	for _, option := range options {
		option(&o)
	}
	value, err := s.get(ctx, "secretsmanager "+o.Region+" "+*input.SecretId)
	return &secretsmanager.GetSecretValueOutput{SecretString: value}, err
}
