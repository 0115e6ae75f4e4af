package sns_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"guardduty-coverage-notifier/pkg/sns"
)

func TestErrorsOfSNS(t *testing.T) {
	tests := map[string]struct {
		status    int
		code      string
		permanent bool
	}{
		"the topic is gone":        {404, "NotFound", true},
		"a parameter":              {400, "InvalidParameter", true},
		"a value":                  {400, "ParameterValueInvalid", true},
		"a malformed request":      {400, "ValidationError", true},
		"no permission":            {403, "AuthorizationError", true},
		"no permission, IAM":       {403, "AccessDenied", true},
		"a wrong key":              {403, "InvalidClientTokenId", true},
		"a disabled endpoint":      {400, "EndpointDisabled", true},
		"no signature":             {403, "InvalidSecurity", true},
		"the key: no permission":   {400, "KMSAccessDenied", true},
		"the key: disabled":        {400, "KMSDisabled", true},
		"the key: its state":       {400, "KMSInvalidState", true},
		"the key: gone":            {400, "KMSNotFound", true},
		"the key: not subscribed":  {403, "KMSOptInRequired", true},
		"the key: throttled":       {400, "KMSThrottling", false},
		"throttled":                {429, "Throttled", false},
		"throttled, as a 400":      {400, "Throttling", false},
		"a 429 of any name":        {429, "SomethingElse", false},
		"a request that timed out": {400, "RequestTimeout", false},
		"an internal error":        {500, "InternalError", false},
		"unavailable":              {503, "ServiceUnavailable", false},
		"credentials run out":      {403, "ExpiredToken", false},
		"a clock that is wrong":    {403, "RequestExpired", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sink := sinkAt(t, func(w http.ResponseWriter, _ *http.Request) { refuse(w, test.status, test.code) })
			_, err := sink.Send(t.Context(), lost(), "")
			checkError(t, err, test.permanent, 0)
			if !strings.Contains(err.Error(), topic) || !strings.Contains(err.Error(), test.code) {
				t.Errorf("%q names neither the topic nor %s", err, test.code)
			}
		})
	}
}

func TestErrorsOfTheWayThere(t *testing.T) {
	t.Run("a proxy's page", func(t *testing.T) {
		sink := sinkAt(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>blocked", http.StatusForbidden) })
		_, err := sink.Send(t.Context(), lost(), "")
		checkError(t, err, false, 0)
	})
	t.Run("the connection breaks", func(t *testing.T) {
		sink := sinkAt(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		_, err := sink.Send(t.Context(), lost(), "")
		checkError(t, err, false, 0)
	})
	t.Run("the time is up", func(t *testing.T) {
		sink := sinkAt(t, func(http.ResponseWriter, *http.Request) {})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := sink.Send(ctx, lost(), "")
		checkError(t, err, false, 0)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v does not say that it was cancelled", err)
		}
	})
}

func TestErrorSaysWhenToComeBack(t *testing.T) {
	for header, want := range map[string]time.Duration{"7": 7 * time.Second, "-7": 0, "soon": 0} {
		sink := sinkAt(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			refuse(w, http.StatusTooManyRequests, "Throttled")
		})
		_, err := sink.Send(t.Context(), lost(), "")
		checkError(t, err, false, want)
	}
}

func TestErrorKeepsWhatTheSDKSaid(t *testing.T) {
	sink := sinkAt(t, func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "NotFound") })
	_, err := sink.Send(t.Context(), lost(), "")
	if _, ok := errors.AsType[*types.NotFoundException](err); !ok {
		t.Errorf("%v hides the SDK's error", err)
	}
}

func TestSendOnTheWire(t *testing.T) {
	var form url.Values
	sink := sinkAt(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ = url.ParseQuery(string(body))
		fmt.Fprint(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`)
	})
	if _, err := sink.Send(t.Context(), lost(), ""); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Action": "Publish", "TopicArn": topic, "MessageStructure": "json",
		"Subject": "Coverage lost: EKS payments-prod in 111122223333: the agent's pods cannot be scheduled",
	} {
		if got := form.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// checkError uses the errors as their reader does: by their methods.
func checkError(t *testing.T, err error, permanent bool, after time.Duration) {
	t.Helper()
	e, ok := errors.AsType[*sns.Error](err)
	if !ok {
		t.Fatalf("got %v, want an *sns.Error", err)
	}
	if e.Permanent() != permanent {
		t.Errorf("permanent is %v, want %v: %v", e.Permanent(), permanent, err)
	}
	if e.RetryAfter() != after {
		t.Errorf("come back after %v, want %v", e.RetryAfter(), after)
	}
}

// sinkAt is a Sink on the SDK's own client, without its retries, in front of a server of ours.
func sinkAt(t *testing.T, handler http.HandlerFunc) *sns.Sink {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client := awssns.New(awssns.Options{
		BaseEndpoint: new(server.URL),
		Region:       "eu-central-1",
		Retryer:      aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "key"}, nil
		}),
	})
	return sns.New(client, topic, sns.Text)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>%s</Code><Message>why</Message></Error><RequestId>r</RequestId></ErrorResponse>`, code)
}
