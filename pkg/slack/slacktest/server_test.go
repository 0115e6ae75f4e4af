package slacktest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// reply is what a client sees.
type reply struct {
	Status     int
	OK         bool
	Code       string
	TS         string
	RetryAfter string
}

// call calls the Web API; pairs are form values beside the server's token and channel, which they replace.
func call(t *testing.T, s *slacktest.Server, method string, pairs ...string) reply {
	t.Helper()
	form := url.Values{"token": {s.Token()}, "channel": {s.Channel()}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	status, header, body := send(t, s, s.APIURL()+method, "application/x-www-form-urlencoded", form.Encode())
	var answer struct {
		OK    bool
		Error string
		TS    string
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	return reply{status, answer.OK, answer.Error, answer.TS, header.Get("Retry-After")}
}

// hook posts to the webhook.
func hook(t *testing.T, s *slacktest.Server, address, payload string) reply {
	t.Helper()
	status, header, body := send(t, s, address, "application/json", payload)
	return reply{Status: status, OK: body == "ok", Code: body, RetryAfter: header.Get("Retry-After")}
}

func send(t *testing.T, s *slacktest.Server, address, kind, body string) (int, http.Header, string) {
	t.Helper()
	response, err := s.Client().Post(address, kind, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(answer)
}

func TestWebAPI(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{AllowRefusals: true})
	const blocks = `[{"type":"divider"}]`
	first := call(t, s, "chat.postMessage", "text", "a", "blocks", blocks, "unfurl_links", "false", "unfurl_media", "false", "parse", "none")
	second := call(t, s, "chat.postMessage", "text", "b", "thread_ts", first.TS, "reply_broadcast", "true")
	if !first.OK || !second.OK || first.TS == second.TS {
		t.Fatalf("got %v and %v", first, second)
	}
	hook(t, s, s.WebhookURL(), `{"text":"c"}`)
	byHook := s.Messages()[2].TS
	for _, tt := range []struct {
		name, method string
		pairs        []string
		want         reply
	}{
		{"auth.test", "auth.test", nil, reply{Status: 200, OK: true}},
		{"no token", "auth.test", []string{"token", ""}, reply{Status: 200, Code: "not_authed"}},
		{"wrong token", "chat.postMessage", []string{"token", "xoxb-no"}, reply{Status: 200, Code: "invalid_auth"}},
		{"method", "chat.delete", nil, reply{Status: 200, Code: "unknown_method"}},
		{"channel", "chat.postMessage", []string{"channel", "C0"}, reply{Status: 200, Code: "channel_not_found"}},
		{"no text", "chat.postMessage", nil, reply{Status: 200, Code: "no_text"}},
		{"thread", "chat.postMessage", []string{"text", "a", "thread_ts", "1.2"}, reply{Status: 200, Code: "thread_not_found"}},
		{"blocks", "chat.postMessage", []string{"text", "a", "blocks", "[]"}, reply{Status: 200, Code: "invalid_blocks"}},
		{"long update", "chat.update", []string{"text", strings.Repeat("あ", 1334), "ts", first.TS}, reply{Status: 200, Code: "msg_too_long"}},
		{"no message", "chat.update", []string{"text", "a", "ts", "1.2"}, reply{Status: 200, Code: "message_not_found"}},
		{"a webhook's", "chat.update", []string{"text", "a", "ts", byHook}, reply{Status: 200, Code: "cant_update_message"}},
		{"update", "chat.update", []string{"text", "A", "ts", first.TS}, reply{Status: 200, OK: true, TS: first.TS}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, call(t, s, tt.method, tt.pairs...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	want := []slacktest.Message{
		{Channel: s.Channel(), TS: first.TS, Text: "A", Blocks: json.RawMessage(blocks), Edits: 1, Parses: true},
		{Channel: s.Channel(), TS: second.TS, Text: "b", ThreadTS: first.TS, Broadcast: true, Unfurls: true, Parses: true},
		{Channel: s.Channel(), TS: byHook, Text: "c", Unfurls: true, Parses: true, Webhook: true},
	}
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "posted" || p.String() == "Blocks" }, cmp.Ignore())
	if diff := cmp.Diff(want, s.Messages(), ignore); diff != "" || string(s.Messages()[0].Blocks) != blocks {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !s.Delete(first.TS) || s.Delete(first.TS) || len(s.Messages()) != 2 {
		t.Error("a message was not deleted exactly once")
	}
	if all, posts := s.Requests(""), s.Requests("chat.postMessage"); all != 15 || posts != 7 {
		t.Errorf("counted %d requests, %d posts", all, posts)
	}
	if all, some := s.Refused(""), s.Refused("channel_not_found"); all != 10 || some != 1 {
		t.Errorf("counted %d refusals, %d of a channel", all, some)
	}
	if broken := s.Broken(); len(broken) != 3 {
		t.Errorf("broken rules: %q", broken)
	}
}

func TestWebhook(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{AllowRefusals: true})
	old := s.WebhookURL()
	for _, tt := range []struct {
		payload string
		want    reply
	}{
		{`{"text":"a"}`, reply{Status: 200, OK: true, Code: "ok"}},
		{`{"text":"a","blocks":[]}`, reply{Status: 400, Code: "invalid_blocks"}},
		{`{}`, reply{Status: 400, Code: "no_text"}},
		{`{`, reply{Status: 400, Code: "invalid_payload"}},
	} {
		if diff := cmp.Diff(tt.want, hook(t, s, old, tt.payload)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.payload, diff)
		}
	}
	renewed := s.RotateWebhook()
	if got := hook(t, s, old, `{"text":"a"}`); got != (reply{Status: 404, Code: "no_service"}) {
		t.Errorf("the old webhook: %+v", got)
	}
	if got := hook(t, s, renewed, `{"text":"a"}`); !got.OK || renewed != s.WebhookURL() {
		t.Errorf("the new webhook: %+v", got)
	}
}

func TestRotateToken(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{Token: "xoxb-old"})
	s.RotateToken("xoxb-new", "token_revoked")
	if got := call(t, s, "auth.test", "token", "xoxb-old"); got.Code != "token_revoked" {
		t.Errorf("the old token: %+v", got)
	}
	if got := call(t, s, "auth.test"); !got.OK {
		t.Errorf("the new token: %+v", got)
	}
}

func TestRateLimit(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := slacktest.New(t, slacktest.Options{Burst: 2, Now: func() time.Time { return now }})
	post := func() reply { return call(t, s, "chat.postMessage", "text", "a") }
	refused := reply{Status: 429, Code: "ratelimited", RetryAfter: "1"}
	post()
	ts := post().TS
	if got := post(); got != refused {
		t.Errorf("the third at once: %+v", got)
	}
	if got := hook(t, s, s.WebhookURL(), `{"text":"a"}`); got != (reply{Status: 429, Code: "rate_limited", RetryAfter: "1"}) {
		t.Errorf("the webhook: %+v", got)
	}
	if got := call(t, s, "chat.update", "ts", ts, "text", "b"); !got.OK {
		t.Errorf("an update: %+v", got)
	}
	now = now.Add(999 * time.Millisecond)
	if got := post(); got != refused {
		t.Errorf("too early: %+v", got)
	}
	now = now.Add(time.Millisecond)
	if got := post(); !got.OK {
		t.Errorf("after a second: %+v", got)
	}
	now = now.Add(time.Hour)
	post()
	post()
	if got := post(); got != refused {
		t.Errorf("the third after an hour: %+v", got)
	}
	for range 60 {
		call(t, s, "chat.update", "ts", ts, "text", "b")
	}
	if n := s.Messages()[1].Edits; n != 51 {
		t.Errorf("%d updates were let through, want 1 and 50", n)
	}
}

func TestNoRetryAfter(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{Burst: 1, NoRetryAfter: true})
	call(t, s, "chat.postMessage", "text", "a")
	if got := call(t, s, "chat.postMessage", "text", "a"); got != (reply{Status: 429, Code: "ratelimited"}) {
		t.Errorf("got %+v", got)
	}
}

func TestEditWindow(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := slacktest.New(t, slacktest.Options{EditWindow: time.Hour, Now: func() time.Time { return now }})
	ts := call(t, s, "chat.postMessage", "text", "a").TS
	now = now.Add(time.Hour)
	if got := call(t, s, "chat.update", "ts", ts, "text", "b"); !got.OK {
		t.Errorf("in time: %+v", got)
	}
	now = now.Add(1)
	if got := call(t, s, "chat.update", "ts", ts, "text", "b"); got.Code != "edit_window_closed" {
		t.Errorf("too late: %+v", got)
	}
}

func TestFaults(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{})
	s.Fail(
		slacktest.Fault{Op: "chat.update", Status: 500},
		slacktest.Fault{Status: 503, Header: http.Header{"Retry-After": {"7"}}, Body: `{"error":"service_unavailable"}`},
		slacktest.Fault{Op: "chat.postMessage", Taken: true, Body: `{"error":"lost"}`},
	)
	if got := call(t, s, "chat.postMessage", "text", "a"); got != (reply{Status: 503, Code: "service_unavailable", RetryAfter: "7"}) {
		t.Errorf("got %+v", got)
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages after a request that failed", n)
	}
	if got := call(t, s, "chat.postMessage", "text", "a"); got.Code != "lost" || len(s.Messages()) != 1 {
		t.Errorf("got %+v, %d messages", got, len(s.Messages()))
	}
	if got := call(t, s, "chat.postMessage", "text", "a"); !got.OK {
		t.Errorf("got %+v after the faults", got)
	}
}

func TestFaultsOfTheConnection(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{})
	post := func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.WebhookURL(), strings.NewReader(`{"text":"a"}`))
		if err != nil {
			t.Fatal(err)
		}
		response, err := s.Client().Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		_, err = io.ReadAll(response.Body)
		return err
	}
	s.Fail(slacktest.Fault{Cut: true, Body: "ok, that is it"})
	if err := post(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut: %v", err)
	}
	s.Fail(slacktest.Fault{Reset: true})
	if err := post(t.Context()); err == nil {
		t.Error("reset: no error")
	}
	s.Fail(slacktest.Fault{Hang: true})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := post(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hang: %v", err)
	}
}

func TestCloseEndsHanging(t *testing.T) {
	s := slacktest.NewServer(slacktest.Options{})
	s.Fail(slacktest.Fault{Hang: true})
	sent, ended := make(chan struct{}), make(chan error)
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { close(sent) }}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodPost, s.WebhookURL(), strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	client := s.Client()
	go func() {
		response, err := client.Do(request)
		if err == nil {
			err = response.Body.Close()
		}
		ended <- err
	}()
	<-sent
	s.Close()
	if err := <-ended; err == nil {
		t.Error("a request that hung was answered")
	}
}

func TestConcurrency(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			ts := call(t, s, "chat.postMessage", "text", "a").TS
			call(t, s, "chat.update", "ts", ts, "text", "b")
			s.Delete(ts)
			s.Messages()
		})
	}
	wg.Wait()
	if n, left := s.Requests(""), len(s.Messages()); n != 40 || left != 0 {
		t.Errorf("%d requests, %d messages left", n, left)
	}
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	cleanup []func()
	failed  []string
}

func (r *recorder) Helper()                        {}
func (r *recorder) Cleanup(f func())               { r.cleanup = append(r.cleanup, f) }
func (r *recorder) Errorf(format string, _ ...any) { r.failed = append(r.failed, format) }

func TestBrokenRulesFailTheTest(t *testing.T) {
	for allowed, want := range map[bool]int{false: 1, true: 0} {
		r := &recorder{TB: t}
		s := slacktest.New(r, slacktest.Options{AllowRefusals: allowed})
		if got := call(t, s, "chat.postMessage", "text", "<!channel>"); got.Code != "invalid_blocks" {
			t.Errorf("got %+v", got)
		}
		for _, f := range r.cleanup {
			f()
		}
		if len(r.failed) != want {
			t.Errorf("allowed %v: %d failures, want %d", allowed, len(r.failed), want)
		}
	}
}

func TestOtherChannels(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{Others: []string{"C0000000002"}})
	posted := call(t, s, "chat.postMessage", "channel", "C0000000002", "text", "a")
	if messages := s.Messages(); !posted.OK || len(messages) != 1 || messages[0].Channel != "C0000000002" {
		t.Fatalf("posted: %+v; there are %+v", posted, messages)
	}
	if elsewhere := call(t, s, "chat.update", "channel", s.Channel(), "ts", posted.TS, "text", "b"); elsewhere.Code != "message_not_found" {
		t.Errorf("changed in another channel than it is in: %+v", elsewhere)
	}
	if nowhere := call(t, s, "chat.postMessage", "channel", "C0000000003", "text", "a"); nowhere.Code != "channel_not_found" {
		t.Errorf("posted to no channel: %+v", nowhere)
	}
}

func TestRefuseBlocks(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{RefuseBlocks: "msg_blocks_too_long"})
	const blocks = `[{"type":"divider"}]`
	if got := call(t, s, "chat.postMessage", "text", "a", "blocks", blocks); got.Code != "msg_blocks_too_long" {
		t.Errorf("blocks: %+v", got)
	}
	ts := call(t, s, "chat.postMessage", "text", "a").TS
	if got := call(t, s, "chat.update", "ts", ts, "text", "b", "blocks", blocks); got.Code != "msg_blocks_too_long" {
		t.Errorf("an update with blocks: %+v", got)
	}
	if got := call(t, s, "chat.update", "ts", ts, "text", "b", "blocks", "[]"); !got.OK {
		t.Errorf("an update without: %+v", got)
	}
	want := reply{Status: 400, Code: "msg_blocks_too_long"}
	if got := hook(t, s, s.WebhookURL(), `{"text":"a","blocks":`+blocks+`}`); got != want {
		t.Errorf("the webhook: %+v", got)
	}
}

func TestAnUpdateKeepsBlocksUnlessItHasAList(t *testing.T) {
	s := slacktest.New(t, slacktest.Options{})
	ts := call(t, s, "chat.postMessage", "text", "a", "blocks", `[{"type":"divider"}]`).TS
	call(t, s, "chat.update", "ts", ts, "text", "b")
	if m := s.Messages()[0]; len(m.Blocks) == 0 || m.Text != "b" {
		t.Errorf("text alone removed the blocks: %+v", m)
	}
	call(t, s, "chat.update", "ts", ts, "text", "c", "blocks", "[]")
	if m := s.Messages()[0]; m.Blocks != nil || m.Text != "c" {
		t.Errorf("an empty list kept the blocks: %+v", m)
	}
}

func TestChangedLeavesOutRepeatedEdits(t *testing.T) {
	clock := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := slacktest.New(t, slacktest.Options{Now: func() time.Time { return clock }})
	ts := call(t, s, "chat.postMessage", "text", "lost").TS
	var want []time.Time
	for _, edit := range []struct {
		text    string
		changes bool
	}{{"lost", false}, {"restored", true}, {"restored", false}, {"lost", true}} {
		clock = clock.Add(time.Second)
		if edit.changes {
			want = append(want, clock)
		}
		call(t, s, "chat.update", "ts", ts, "text", edit.text)
	}
	if diff := cmp.Diff(want, s.Changed(ts)); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
}
