package sns_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"guardduty-coverage-notifier/pkg/sns"
)

func TestErrorsOfSNS(t *testing.T) {
	tests := map[string]struct {
		status        int
		code          string
		permanent     bool
		misconfigured bool
	}{
		"the topic is gone":        {404, "NotFound", true, true},
		"a parameter":              {400, "InvalidParameter", true, false},
		"a value":                  {400, "ParameterValueInvalid", true, false},
		"a malformed request":      {400, "ValidationError", true, false},
		"no permission":            {403, "AuthorizationError", true, true},
		"no permission, IAM":       {403, "AccessDenied", true, true},
		"a wrong key":              {403, "InvalidClientTokenId", true, true},
		"a disabled endpoint":      {400, "EndpointDisabled", true, true},
		"no signature":             {403, "InvalidSecurity", true, true},
		"the key: no permission":   {400, "KMSAccessDenied", true, true},
		"the key: disabled":        {400, "KMSDisabled", true, true},
		"the key: its state":       {400, "KMSInvalidState", true, true},
		"the key: gone":            {400, "KMSNotFound", true, true},
		"the key: not subscribed":  {403, "KMSOptInRequired", true, true},
		"the key: throttled":       {400, "KMSThrottling", false, false},
		"throttled":                {429, "Throttled", false, false},
		"throttled, as a 400":      {400, "Throttling", false, false},
		"a 429 of any name":        {429, "SomethingElse", false, false},
		"a request that timed out": {400, "RequestTimeout", false, false},
		"an internal error":        {500, "InternalError", false, false},
		"unavailable":              {503, "ServiceUnavailable", false, false},
		"credentials run out":      {403, "ExpiredToken", false, false},
		"a clock that is wrong":    {403, "RequestExpired", false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sink := sinkAt(t, func(w http.ResponseWriter, _ *http.Request) { refuse(w, test.status, test.code) })
			_, err := sink.Send(t.Context(), lost(), "")
			checkError(t, err, test.permanent, 0)
			e, _ := errors.AsType[*sns.Error](err)
			if e.Misconfigured() != test.misconfigured || e.Uncertain() != (test.status >= 500) {
				t.Errorf("misconfigured is %v, uncertain %v", e.Misconfigured(), e.Uncertain())
			}
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

// TestUncertain has the SDK retry as it does by default, but for the pauses.
func TestUncertain(t *testing.T) {
	refusal := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, code) }
	}
	garbage := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "<PublishResponse>")
	}
	drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	throttled, internal := refusal(429, "Throttled"), refusal(500, "InternalError")
	denied := refusal(403, "AuthorizationError")
	tests := map[string]struct {
		attempts  []http.HandlerFunc
		uncertain bool
	}{
		"throttled for ever":            {[]http.HandlerFunc{throttled, throttled, throttled}, false},
		"refused":                       {[]http.HandlerFunc{denied}, false},
		"throttled, then refused":       {[]http.HandlerFunc{throttled, denied}, false},
		"internal errors":               {[]http.HandlerFunc{internal, internal, internal}, true},
		"dropped, then throttled":       {[]http.HandlerFunc{drop, throttled, throttled}, true},
		"an internal error, then no":    {[]http.HandlerFunc{internal, denied}, true},
		"throttled, then dropped":       {[]http.HandlerFunc{throttled, throttled, drop}, true},
		"a success that makes no sense": {[]http.HandlerFunc{garbage, garbage, garbage}, true},
		"a success that is cut off":     {[]http.HandlerFunc{cut, denied, denied}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var made atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				test.attempts[min(int(made.Add(1)), len(test.attempts))-1](w, r)
			}))
			defer server.Close()
			_, err := retryingSink(server.URL).Send(t.Context(), lost(), "")
			e, ok := errors.AsType[*sns.Error](err)
			if !ok || e.Uncertain() != test.uncertain {
				t.Errorf("after %d attempts uncertain is not %v: %v", made.Load(), test.uncertain, err)
			}
		})
	}
}

func TestUncertainOnlyAfterTheRequestWasWritten(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	ended, end := context.WithCancel(t.Context())
	end()
	answering, giveUp := context.WithCancel(t.Context())
	received := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		giveUp()
		<-r.Context().Done()
	}))
	defer received.Close()
	tests := map[string]struct {
		ctx       context.Context
		url       string
		uncertain bool
	}{
		"connection refused": {t.Context(), closed.URL, false},
		"no time to begin":   {ended, received.URL, false},
		"no answer in time":  {answering, received.URL, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := retryingSink(test.url).Send(test.ctx, lost(), "")
			e, ok := errors.AsType[*sns.Error](err)
			if !ok || e.Uncertain() != test.uncertain || e.Misconfigured() || e.Permanent() {
				t.Errorf("want uncertain %v and nothing else: %+v", test.uncertain, err)
			}
		})
	}
}

// httpClient makes a function the SDK's HTTP client.
type httpClient func(*http.Request) (*http.Response, error)

func (f httpClient) Do(r *http.Request) (*http.Response, error) { return f(r) }

// TestAConnectionClosedBeforeWritingIsNotUncertain has a transport that finds its connection closed before it
// has written anything, and then gets no other.
func TestAConnectionClosedBeforeWritingIsNotUncertain(t *testing.T) {
	options := clientOf("https://sns.example", retryAtOnce()).Options()
	options.HTTPClient = httpClient(func(r *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(r.Context())
		trace.GetConn("sns.example:443")
		trace.GotConn(httptrace.GotConnInfo{Reused: true})
		trace.GetConn("sns.example:443")
		return nil, syscall.ECONNREFUSED
	})
	_, err := sns.New(awssns.New(options), topic, sns.Text, rand.Text).Send(t.Context(), lost(), "")
	e, ok := errors.AsType[*sns.Error](err)
	if !ok || e.Uncertain() || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v, want a certain refusal", err)
	}
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
		"Subject": "payments-prod: agent pods cannot be scheduled - Coverage lost (EKS, eu-central-1, payments)",
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
	return sns.New(clientOf(server.URL, aws.NopRetryer{}), topic, sns.Text, rand.Text)
}

// retryingSink is one whose client makes three attempts at once.
func retryingSink(url string) *sns.Sink {
	return sns.New(clientOf(url, retryAtOnce()), topic, sns.Text, rand.Text)
}

func retryAtOnce() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}

func clientOf(url string, retryer aws.Retryer) *awssns.Client {
	return awssns.New(awssns.Options{
		BaseEndpoint: &url,
		Region:       "eu-central-1",
		Retryer:      retryer,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "key"}, nil
		}),
	})
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>%s</Code><Message>why</Message></Error><RequestId>r</RequestId></ErrorResponse>`, code)
}
