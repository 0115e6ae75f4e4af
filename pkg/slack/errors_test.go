package slack_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"

	"guardduty-coverage-notifier/pkg/slack"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// kind is what a caller asks of an error by its methods.
type kind struct{ Permanent, Uncertain, Misconfigured bool }

func kindOf(t *testing.T, err error) kind {
	t.Helper()
	e, ok := errors.AsType[interface {
		error
		Permanent() bool
		Uncertain() bool
		Misconfigured() bool
	}](err)
	if !ok {
		t.Fatalf("got %v, want an error with these methods", err)
	}
	return kind{e.Permanent(), e.Uncertain(), e.Misconfigured()}
}

func TestKindsOfRefusals(t *testing.T) {
	var (
		temporary     = kind{}
		refused       = kind{Permanent: true}
		uncertain     = kind{Uncertain: true}
		misconfigured = kind{Permanent: true, Misconfigured: true}
	)
	code := func(code string) slacktest.Fault {
		return slacktest.Fault{Body: `{"ok":false,"error":"` + code + `"}`}
	}
	for _, tt := range []struct {
		name  string
		fault slacktest.Fault
		// bot and hook are what the error is; nil: not tried.
		bot, hook *kind
	}{
		{"internal_error", code("internal_error"), &uncertain, nil},
		{"fatal_error", code("fatal_error"), &uncertain, nil},
		{"service_unavailable", code("service_unavailable"), &uncertain, nil},
		{"request_timeout", code("request_timeout"), &temporary, nil},
		{"ratelimited", code("ratelimited"), &temporary, nil},
		{"team_added_to_org", code("team_added_to_org"), &temporary, nil},
		{"429", slacktest.Fault{Status: 429, Body: "rate_limited"}, &temporary, &temporary},
		{"408", slacktest.Fault{Status: 408}, &temporary, &temporary},
		{"500", slacktest.Fault{Status: 500, Body: "rollup_error"}, &uncertain, &uncertain},
		{"502", slacktest.Fault{Status: 502, Body: "<html>"}, &uncertain, &uncertain},
		{"503", slacktest.Fault{Status: 503, Body: `{"ok":false,"error":"service_unavailable"}`}, &uncertain, &uncertain},
		{"302", slacktest.Fault{Status: 302, Header: http.Header{"Location": {"/elsewhere"}}}, &refused, &refused},
		{"400", slacktest.Fault{Status: 400, Body: "no_text"}, &refused, &refused},
		{"html in 200", slacktest.Fault{Body: "<html>"}, &uncertain, &uncertain},
		{"nothing in 200", slacktest.Fault{}, &uncertain, &uncertain},
		{"ok without a message", slacktest.Fault{Body: `{"ok":true}`}, &uncertain, nil},
		{"cut", slacktest.Fault{Cut: true, Body: `{"ok":true,"ts":"1.2"}`}, &uncertain, &uncertain},
		{"reset", slacktest.Fault{Reset: true}, &uncertain, &uncertain},
		{"an answer without end", slacktest.Fault{Body: strings.Repeat("x", 1<<20+1)}, &uncertain, &uncertain},
		{"no_text", code("no_text"), &refused, nil},
		{"invalid_auth", code("invalid_auth"), &misconfigured, nil},
		{"account_inactive", code("account_inactive"), &misconfigured, nil},
		{"token_revoked", code("token_revoked"), &misconfigured, nil},
		{"missing_scope", code("missing_scope"), &misconfigured, nil},
		{"not_in_channel", code("not_in_channel"), &misconfigured, nil},
		{"channel_not_found", code("channel_not_found"), &misconfigured, nil},
		{"is_archived", code("is_archived"), &misconfigured, nil},
		{"restricted_action", code("restricted_action"), &misconfigured, nil},
		{"no_service", slacktest.Fault{Status: 404, Body: "no_service"}, nil, &misconfigured},
		{"invalid_token", slacktest.Fault{Status: 403, Body: "invalid_token"}, nil, &misconfigured},
		{"action_prohibited", slacktest.Fault{Status: 403, Body: "action_prohibited"}, nil, &misconfigured},
		{"channel_is_archived", slacktest.Fault{Status: 410, Body: "channel_is_archived"}, nil, &misconfigured},
		{"the general channel", slacktest.Fault{Status: 403, Body: "posting_to_general_channel_denied"}, nil, &misconfigured},
	} {
		for mode, want := range map[string]*kind{"bot": tt.bot, "webhook": tt.hook} {
			if want == nil {
				continue
			}
			t.Run(tt.name+"/"+mode, func(t *testing.T) {
				server := slacktest.New(t, slacktest.Options{})
				s := botSink(t, server)
				if mode == "webhook" {
					s = hookSink(t, server)
				}
				server.Fail(tt.fault, tt.fault) // the second, where a credential is refused and read again
				_, err := s.Send(t.Context(), lost(), "")
				if got := kindOf(t, err); got != *want {
					t.Errorf("got %+v, want %+v: %v", got, *want, err)
				}
			})
		}
	}
}

func TestAReplyIsUncertainByItself(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	s := botSink(t, server)
	ref := mustSend(t, s, lost(), "")
	for _, fault := range []slacktest.Fault{{Op: "chat.postMessage", Reset: true}, {Op: "chat.update", Reset: true}} {
		server.Fail(fault)
		got, err := s.Send(t.Context(), restored(), ref)
		if kind := kindOf(t, err); !kind.Uncertain || (got == ref) != (fault.Op == "chat.postMessage") {
			t.Errorf("%s: ref %q, %+v", fault.Op, got, kind)
		}
	}
}

// TestUncertainOnlyAfterTheRequestWasWritten breaks the way to Slack at each of its stages.
func TestUncertainOnlyAfterTheRequestWasWritten(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	untrusted := httptest.NewUnstartedServer(nil)
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	ctx, cancel := context.WithCancel(t.Context())
	received := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	defer received.Close()
	ended, end := context.WithCancel(t.Context())
	end()
	dialing, hangUp := context.WithCancel(t.Context())
	nameless := dialedBy(func(context.Context) error {
		return &net.DNSError{Err: "no such host", Name: "slack.example", IsNotFound: true}
	})
	unanswered := dialedBy(func(ctx context.Context) error {
		hangUp()
		<-ctx.Done()
		return ctx.Err()
	})
	for name, tt := range map[string]struct {
		ctx       context.Context
		url       string
		client    *http.Client
		uncertain bool
	}{
		"connection refused":         {t.Context(), closed.URL, nil, false},
		"unknown name":               {t.Context(), "https://slack.example", nameless, false},
		"a certificate nobody knows": {t.Context(), untrusted.URL, nil, false},
		"no time to begin":           {ended, received.URL, nil, false},
		"no time to connect":         {dialing, "https://slack.example", unanswered, false},
		"no answer in time":          {ctx, received.URL, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, credential := range []string{"xoxb-1", tt.url + "/services/x"} {
				s := newSink(t, slack.Config{
					Channel: "C1", APIURL: tt.url + "/api/", Client: tt.client, Credential: fixed(credential),
				})
				_, err := s.Send(tt.ctx, lost(), "")
				if got := kindOf(t, err); got != (kind{Uncertain: tt.uncertain}) {
					t.Errorf("got %+v: %v", got, err)
				}
				if tt.uncertain {
					break // the context has ended
				}
			}
		})
	}
}

// TestAConnectionClosedBeforeWritingIsNotUncertain has a transport that finds its connection closed before it
// has written anything, and then gets no other.
func TestAConnectionClosedBeforeWritingIsNotUncertain(t *testing.T) {
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(r.Context())
		trace.GetConn("slack.com:443")
		trace.GotConn(httptrace.GotConnInfo{Reused: true})
		trace.GetConn("slack.com:443")
		return nil, syscall.ECONNREFUSED
	})
	s := newSink(t, slack.Config{
		Channel: "C1", Client: &http.Client{Transport: transport}, Credential: fixed("xoxb-1"),
	})
	_, err := s.Send(t.Context(), lost(), "")
	if got := kindOf(t, err); got != (kind{}) {
		t.Errorf("got %+v: %v", got, err)
	}
}

// dialedBy connects to nothing, for the reason that dial gives.
func dialedBy(dial func(context.Context) error) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return nil, dial(ctx) },
	}}
}

// broken is a credential store's error.
type broken struct{ misconfigured bool }

func (broken) Error() string         { return "reading /coverage/slack: it failed" }
func (b broken) Misconfigured() bool { return b.misconfigured }

func TestACredentialThatCannotBeRead(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	for _, misconfigured := range []bool{true, false} {
		never := func(context.Context, bool) (string, error) { return "", broken{misconfigured} }
		v := &vault{cached: "xoxb-1-old", freshErr: broken{misconfigured}}
		type credential = func(context.Context, bool) (string, error)
		for name, read := range map[string]credential{"never": never, "not again": v.read} {
			s := newSink(t, slack.Config{Channel: server.Channel(), APIURL: server.APIURL(), Credential: read})
			_, err := s.Send(t.Context(), lost(), "")
			if got := kindOf(t, err); got != (kind{Misconfigured: misconfigured}) {
				t.Errorf("%s: got %+v, want misconfigured %v", name, got, misconfigured)
			}
			if _, ok := errors.AsType[broken](err); !ok || !strings.Contains(err.Error(), "/coverage/slack") {
				t.Errorf("%s: %v does not say what could not be read", name, err)
			}
		}
	}
	for _, value := range []string{"placeholder", `{"token": "xoxb-1"}`} {
		_, err := newSink(t, slack.Config{Channel: "C1", Credential: fixed(value)}).Send(t.Context(), lost(), "")
		if got := kindOf(t, err); got != (kind{Permanent: true, Misconfigured: true}) {
			t.Errorf("%q: got %+v", value, got)
		}
	}
}
