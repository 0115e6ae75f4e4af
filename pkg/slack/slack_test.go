package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/slack"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

var _ notify.Sink = (*slack.Sink)(nil)

// fixed is a credential that never changes.
func fixed(credential string) func(context.Context, bool) (string, error) {
	return func(context.Context, bool) (string, error) { return credential, nil }
}

func newSink(t *testing.T, c slack.Config) *slack.Sink {
	t.Helper()
	s, err := slack.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func botSink(t *testing.T, server *slacktest.Server) *slack.Sink {
	return newSink(t, slack.Config{Channel: server.Channel(), APIURL: server.APIURL(), Client: server.Client(), Credential: fixed(server.Token())})
}

func hookSink(t *testing.T, server *slacktest.Server) *slack.Sink {
	return newSink(t, slack.Config{Client: server.Client(), Credential: fixed(server.WebhookURL() + "\n")})
}

func mustSend(t *testing.T, s *slack.Sink, m message.Message, parent string) string {
	t.Helper()
	ref, err := s.Send(t.Context(), m, parent)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// seen is what matters of a message in the channel.
type seen struct {
	// First is the first text of the blocks, or the first line of the text where there are none.
	First     string
	InThread  bool
	Broadcast bool
	Edits     int
	Unfurls   bool
	Parses    bool
}

func look(t *testing.T, server *slacktest.Server) []seen {
	t.Helper()
	var all []seen
	for _, m := range server.Messages() {
		first, _, _ := strings.Cut(m.Text, "\n")
		if len(m.Blocks) > 0 {
			var blocks []block
			if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
				t.Fatal(err)
			}
			first = texts(blocks)[0]
		}
		all = append(all, seen{first, m.ThreadTS != "", m.Broadcast, m.Edits, m.Unfurls, m.Parses})
	}
	return all
}

func expect(t *testing.T, server *slacktest.Server, want ...seen) {
	t.Helper()
	if diff := cmp.Diff(want, look(t, server)); diff != "" {
		t.Errorf("in the channel, -want +got:\n%s", diff)
	}
}

const (
	lostHeader     = "🔴 payments: add-on missing"
	restoredHeader = "🟢 payments: 正常に復帰"
	restoredReply  = "🟢 *payments: 正常に復帰*\nクラスター\u200b`payments`\u200bのカバレッジが回復しました。"
)

func TestNew(t *testing.T) {
	for _, c := range []slack.Config{
		{},
		{Credential: fixed("x"), APIURL: "https://slack.example/api"},
		{Credential: fixed("x"), APIURL: "http://slack.example/api/"},
		{Credential: fixed("x"), APIURL: "slack.example/"},
		{Credential: fixed("x"), APIURL: "https://\x7f/"},
	} {
		if _, err := slack.New(c); err == nil {
			t.Errorf("%q was accepted", c.APIURL)
		}
	}
	if got := newSink(t, slack.Config{Credential: fixed("x")}).Name(); got != "slack" {
		t.Errorf("the name is %q", got)
	}
	if got := newSink(t, slack.Config{Name: "eu", Credential: fixed("x")}).Name(); got != "eu" {
		t.Errorf("the name is %q", got)
	}
}

func TestPostThenRestore(t *testing.T) {
	for _, broadcast := range []bool{false, true} {
		server := slacktest.New(t, slacktest.Options{})
		s := newSink(t, slack.Config{Channel: server.Channel(), APIURL: server.APIURL(), Broadcast: broadcast, Credential: fixed(server.Token())})
		ref := mustSend(t, s, lost(), "")
		if want := server.Channel() + "/" + server.Messages()[0].TS; ref != want {
			t.Errorf("the ref is %q, want %q", ref, want)
		}
		expect(t, server, seen{First: lostHeader})
		if again := mustSend(t, s, restored(), ref); again != ref {
			t.Errorf("the ref became %q", again)
		}
		expect(t, server, seen{First: restoredHeader, Edits: 1}, seen{First: restoredReply, InThread: true, Broadcast: broadcast})
	}
}

func TestUpdateOnly(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	s := botSink(t, server)
	m := restored()
	m.Update = true
	if ref := mustSend(t, s, m, ""); ref != "" || server.Requests("") != 0 {
		t.Errorf("ref %q after %d requests; there was nothing to update", ref, server.Requests(""))
	}
	ref := mustSend(t, s, lost(), "")
	mustSend(t, s, m, ref)
	expect(t, server, seen{First: restoredHeader, Edits: 1})

	server.Delete(server.Messages()[0].TS)
	anew := mustSend(t, s, m, ref)
	if anew == ref || anew == "" {
		t.Errorf("the ref of the new message is %q", anew)
	}
	expect(t, server, seen{First: restoredHeader})
}

func TestPostsAnew(t *testing.T) {
	const unknown = "C0123456789/1700000000.999999"
	for _, parent := range []string{"C9999999999/1700000000.000001", "nonsense", "C0123456789/", "C0123456789/17", "C0123456789/a.b", unknown} {
		server := slacktest.New(t, slacktest.Options{})
		ref := mustSend(t, botSink(t, server), restored(), parent)
		if ref == "" || ref == parent {
			t.Errorf("%q: the ref is %q", parent, ref)
		}
		expect(t, server, seen{First: restoredHeader})
		if tried := server.Requests("chat.update") > 0; tried != (parent == unknown) {
			t.Errorf("%q: tried to change it: %v", parent, tried)
		}
	}
	for _, code := range []string{"message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found", "is_inactive"} {
		server := slacktest.New(t, slacktest.Options{})
		s := botSink(t, server)
		ref := mustSend(t, s, lost(), "")
		server.Fail(slacktest.Fault{Op: "chat.update", Body: fmt.Sprintf(`{"ok":false,"error":%q}`, code)})
		if anew := mustSend(t, s, restored(), ref); anew == ref {
			t.Errorf("%s: the ref is still that of the old message", code)
		}
		expect(t, server, seen{First: lostHeader}, seen{First: restoredHeader})
	}
}

func TestHalfTold(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	s := botSink(t, server)
	ref := mustSend(t, s, lost(), "")
	server.Fail(slacktest.Fault{Op: "chat.postMessage", Status: 503})
	got, err := s.Send(t.Context(), restored(), ref)
	if got != ref || err == nil {
		t.Fatalf("got %q, %v; want the ref and an error", got, err)
	}
	mustSend(t, s, restored(), got)
	expect(t, server, seen{First: restoredHeader, Edits: 2}, seen{First: restoredReply, InThread: true})

	for _, fault := range []slacktest.Fault{{Op: "chat.update", Status: 503}, {Op: "chat.update", Body: "{}"}} {
		server.Fail(fault)
		if got, err := s.Send(t.Context(), lost(), ref); got != "" || err == nil {
			t.Errorf("got %q, %v after nothing was told", got, err)
		}
	}
}

func TestWebhook(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	s := hookSink(t, server)
	for _, m := range []message.Message{lost(), restored()} {
		if ref := mustSend(t, s, m, "C0123456789/1700000000.000001"); ref != "" {
			t.Errorf("the ref is %q", ref)
		}
	}
	expect(t, server, seen{First: lostHeader}, seen{First: restoredHeader})
	m := restored()
	m.Update = true
	mustSend(t, s, m, "")
	expect(t, server, seen{First: lostHeader}, seen{First: restoredHeader})
}

// outcome is what a caller learns from an error.
type outcome struct {
	Status     int
	Code       string
	Detail     string
	Permanent  bool
	RetryAfter time.Duration
}

func outcomeOf(t *testing.T, err error) outcome {
	t.Helper()
	e, ok := errors.AsType[*slack.Error](err)
	if !ok {
		t.Fatalf("got %v, want an *Error", err)
	}
	return outcome{e.Status, e.Code, e.Detail, e.Permanent(), e.RetryAfter()}
}

func TestRefusals(t *testing.T) {
	header := func(value string) http.Header { return http.Header{"Retry-After": {value}} }
	html := "this is not an answer of Slack's: <html>"
	for _, tt := range []struct {
		name  string
		fault slacktest.Fault
		// bot and hook are the outcomes; nil: not tried.
		bot, hook *outcome
	}{
		{"invalid_arguments", slacktest.Fault{Body: `{"ok":false,"error":"invalid_arguments","response_metadata":{"messages":["must be short [json-pointer:/blocks/0]","and sweet"]}}`},
			&outcome{Status: 200, Code: "invalid_arguments", Detail: "must be short [json-pointer:/blocks/0]; and sweet", Permanent: true}, nil},
		{"missing_scope", slacktest.Fault{Body: `{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"none"}`},
			&outcome{Status: 200, Code: "missing_scope", Detail: "needed: chat:write; provided: none", Permanent: true}, nil},
		{"not_in_channel", slacktest.Fault{Body: `{"ok":false,"error":"not_in_channel"}`}, &outcome{Status: 200, Code: "not_in_channel", Permanent: true}, nil},
		{"is_archived", slacktest.Fault{Body: `{"ok":false,"error":"is_archived"}`}, &outcome{Status: 200, Code: "is_archived", Permanent: true}, nil},
		{"internal_error", slacktest.Fault{Body: `{"ok":false,"error":"internal_error"}`}, &outcome{Status: 200, Code: "internal_error"}, nil},
		{"fatal_error", slacktest.Fault{Body: `{"ok":false,"error":"fatal_error"}`}, &outcome{Status: 200, Code: "fatal_error"}, nil},
		{"service_unavailable", slacktest.Fault{Body: `{"ok":false,"error":"service_unavailable"}`}, &outcome{Status: 200, Code: "service_unavailable"}, nil},
		{"request_timeout", slacktest.Fault{Body: `{"ok":false,"error":"request_timeout"}`}, &outcome{Status: 200, Code: "request_timeout"}, nil},
		{"ratelimited in 200", slacktest.Fault{Body: `{"ok":false,"error":"ratelimited"}`, Header: header("3")}, &outcome{Status: 200, Code: "ratelimited", RetryAfter: 3 * time.Second}, nil},
		{"429", slacktest.Fault{Status: 429, Header: header("30"), Body: `{"ok":false,"error":"ratelimited"}`},
			&outcome{Status: 429, Code: "ratelimited", RetryAfter: 30 * time.Second}, &outcome{Status: 429, Code: "ratelimited", RetryAfter: 30 * time.Second}},
		{"429 without the header", slacktest.Fault{Status: 429, Body: "rate_limited"}, &outcome{Status: 429, Code: "rate_limited"}, &outcome{Status: 429, Code: "rate_limited"}},
		{"429 with nonsense", slacktest.Fault{Status: 429, Header: header("soon")}, &outcome{Status: 429}, &outcome{Status: 429}},
		{"429 for ages", slacktest.Fault{Status: 429, Header: header("99999999999")}, &outcome{Status: 429, RetryAfter: 24 * time.Hour}, &outcome{Status: 429, RetryAfter: 24 * time.Hour}},
		{"500", slacktest.Fault{Status: 500, Body: "<html>"}, &outcome{Status: 500, Detail: "<html>"}, &outcome{Status: 500, Detail: "<html>"}},
		{"502", slacktest.Fault{Status: 502}, &outcome{Status: 502}, &outcome{Status: 502}},
		{"400 with its body", slacktest.Fault{Status: 400, Body: "no_text"}, nil, &outcome{Status: 400, Code: "no_text", Permanent: true}},
		{"410", slacktest.Fault{Status: 410, Body: "channel_is_archived"}, nil, nil},
		{"302", slacktest.Fault{Status: 302, Header: http.Header{"Location": {"/elsewhere"}}}, &outcome{Status: 302, Permanent: true}, &outcome{Status: 302, Permanent: true}},
		{"html", slacktest.Fault{Body: "<html>"}, &outcome{Status: 200, Detail: html}, &outcome{Status: 200, Detail: html}},
		{"nothing", slacktest.Fault{Body: ""}, &outcome{Status: 200, Detail: "this is not an answer of Slack's:"}, &outcome{Status: 200, Detail: "this is not an answer of Slack's:"}},
		{"ok without a message", slacktest.Fault{Body: `{"ok":true}`}, &outcome{Status: 200, Detail: `this is not an answer of Slack's: {"ok":true}`}, nil},
		{"a refusal in 200", slacktest.Fault{Body: "no_text"}, nil, &outcome{Status: 200, Code: "no_text", Permanent: true}},
	} {
		for mode, want := range map[string]*outcome{"bot": tt.bot, "webhook": tt.hook} {
			if want == nil {
				continue
			}
			t.Run(tt.name+"/"+mode, func(t *testing.T) {
				server := slacktest.New(t, slacktest.Options{})
				s := botSink(t, server)
				if mode == "webhook" {
					s = hookSink(t, server)
				}
				server.Fail(tt.fault)
				ref, err := s.Send(t.Context(), restored(), "")
				if diff := cmp.Diff(*want, outcomeOf(t, err)); diff != "" || ref != "" {
					t.Errorf("ref %q, -want +got:\n%s", ref, diff)
				}
				if n := server.Requests(""); n != 1 {
					t.Errorf("%d requests, want 1", n)
				}
			})
		}
	}
}

func TestNoAnswer(t *testing.T) {
	for name, fault := range map[string]slacktest.Fault{
		"cut":      {Cut: true, Body: `{"ok":true,"ts":"1.2"}`},
		"reset":    {Reset: true},
		"too long": {Body: strings.Repeat("x", 1<<20+1)},
	} {
		t.Run(name, func(t *testing.T) {
			server := slacktest.New(t, slacktest.Options{})
			for _, s := range []*slack.Sink{botSink(t, server), hookSink(t, server)} {
				server.Fail(fault)
				_, err := s.Send(t.Context(), lost(), "")
				if got := outcomeOf(t, err); got.Permanent || got.Status != 0 || got.Detail == "" {
					t.Errorf("got %+v", got)
				}
			}
		})
	}
}

func TestRealRefusal(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{Burst: 1})
	s := botSink(t, server)
	mustSend(t, s, lost(), "")
	_, err := s.Send(t.Context(), lost(), "")
	if diff := cmp.Diff(outcome{Status: 429, Code: "ratelimited", RetryAfter: time.Second}, outcomeOf(t, err)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s = newSink(t, slack.Config{Channel: "C0", APIURL: server.APIURL(), Credential: fixed(server.Token())})
	_, err = s.Send(t.Context(), lost(), "")
	if diff := cmp.Diff(outcome{Status: 200, Code: "channel_not_found", Permanent: true}, outcomeOf(t, err)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if want := "chat.postMessage: 200 OK: channel_not_found"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// roundTrip makes a function an HTTP transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDeadline(t *testing.T) {
	for _, credential := range []string{"xoxb-1-secret", "https://hooks.slack.com/services/T1/B1/secretsecret"} {
		synctest.Test(t, func(t *testing.T) {
			hang := roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, context.Cause(r.Context())
			})
			s := newSink(t, slack.Config{Channel: "C1", Client: &http.Client{Transport: hang}, Credential: fixed(credential)})
			ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, errors.New("no answer within 5s"))
			defer cancel()
			start := time.Now()
			_, err := s.Send(ctx, lost(), "")
			if took := time.Since(start); took != 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if !errors.Is(err, context.DeadlineExceeded) || outcomeOf(t, err).Permanent {
				t.Errorf("got %v, want a deadline that is not permanent", err)
			}
		})
	}
}

// vault hands out credentials in turn, the last for ever, and counts.
type vault struct {
	cached, fresh string
	freshErr      error
	reads         []bool
}

func (v *vault) read(_ context.Context, fresh bool) (string, error) {
	v.reads = append(v.reads, fresh)
	if fresh {
		return v.fresh, v.freshErr
	}
	return v.cached, nil
}

func TestRotation(t *testing.T) {
	const oldToken, newToken = "xoxb-111-oldSecret", "xoxb-222-newSecret"
	for _, code := range []string{"invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed"} {
		server := slacktest.New(t, slacktest.Options{Token: oldToken})
		server.RotateToken(newToken, code)
		v := &vault{cached: oldToken, fresh: newToken}
		s := newSink(t, slack.Config{Channel: server.Channel(), APIURL: server.APIURL(), Credential: v.read})
		mustSend(t, s, lost(), "")
		expect(t, server, seen{First: lostHeader})
		if diff := cmp.Diff([]bool{false, true}, v.reads); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
	server := slacktest.New(t, slacktest.Options{})
	old := server.WebhookURL()
	v := &vault{cached: old, fresh: server.RotateWebhook()}
	mustSend(t, newSink(t, slack.Config{Credential: v.read}), lost(), "")
	expect(t, server, seen{First: lostHeader})
	for _, status := range []int{403, 404, 410} {
		server.Fail(slacktest.Fault{Op: "webhook", Status: status, Body: "invalid_token"})
		mustSend(t, hookSink(t, server), lost(), "")
	}
}

func TestRotationFails(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	unread := errors.New("the vault is closed")
	for _, tt := range []struct {
		name string
		v    vault
		want outcome
	}{
		{"same", vault{cached: "xoxb-1-old", fresh: "xoxb-1-old"}, outcome{Status: 200, Code: "invalid_auth", Permanent: true}},
		{"other", vault{cached: "xoxb-1-old", fresh: "xoxb-1-older"}, outcome{Status: 200, Code: "invalid_auth", Permanent: true}},
		{"no token", vault{cached: "xoxb-1-old", fresh: "oops"}, outcome{Code: "unusable_credential", Detail: "it is neither a bot token (xoxb-…) nor the https URL of an incoming webhook", Permanent: true}},
		{"unread", vault{cached: "xoxb-1-old", freshErr: unread}, outcome{Status: 200, Code: "invalid_auth"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink(t, slack.Config{Channel: server.Channel(), APIURL: server.APIURL(), Credential: tt.v.read})
			_, err := s.Send(t.Context(), lost(), "")
			if diff := cmp.Diff(tt.want, outcomeOf(t, err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff([]bool{false, true}, tt.v.reads); diff != "" {
				t.Error(diff)
			}
			if tt.v.freshErr != nil && !errors.Is(err, unread) {
				t.Errorf("%v does not say why the vault was not read", err)
			}
		})
	}
	s := newSink(t, slack.Config{Credential: func(context.Context, bool) (string, error) { return "", unread }})
	if _, err := s.Send(t.Context(), lost(), ""); !errors.Is(err, unread) {
		t.Errorf("got %v", err)
	}
}

func TestRecoversFromMalformedCache(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	v := &vault{cached: "placeholder", fresh: server.Token()}
	mustSend(t, newSink(t, slack.Config{Channel: server.Channel(), APIURL: server.APIURL(), Credential: v.read}), lost(), "")
	expect(t, server, seen{First: lostHeader})
}

func TestNoChannel(t *testing.T) {
	_, err := newSink(t, slack.Config{Credential: fixed("xoxb-1-x")}).Send(t.Context(), lost(), "")
	if got := outcomeOf(t, err); got.Code != "no_channel" || !got.Permanent {
		t.Errorf("got %+v", got)
	}
}

func TestAChannelOfABotTakesNoWebhook(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	sink := newSink(t, slack.Config{Channel: "C0000000002", BotOnly: true, Client: server.Client(), Credential: fixed(server.WebhookURL())})
	_, err := sink.Send(t.Context(), message.Message{Title: "lost"}, "")
	refusal, ok := errors.AsType[*slack.Error](err)
	if !ok || !refusal.Permanent() || !strings.Contains(err.Error(), "C0000000002 requires a bot token") {
		t.Errorf("the error is %v", err)
	}
	if n := len(server.Messages()); n != 0 {
		t.Errorf("%d messages in the webhook's channel", n)
	}
}
