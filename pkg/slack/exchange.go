package slack

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
)

// maxAnswer is the longest answer that is read, in bytes: far more than Slack has to say about a message.
const maxAnswer = 1 << 20

// maxRetryAfter bounds what Slack may ask for.
const maxRetryAfter = 24 * time.Hour

// exchange is one call and its answer. slack-go throws away the body of a refusal and prints the URL of what cannot
// be reached; exchange keeps the one and hides the other.
type exchange struct {
	op     string
	base   http.Client
	redact *strings.Replacer

	// sent is true once there is a connection on which to write the request.
	sent atomic.Bool
	// status is 0 until the answer has arrived as a whole.
	status int
	after  time.Duration
	body   []byte
}

func (s *Sink) exchange(op, secret string) *exchange {
	return &exchange{op: op, base: s.client, redact: redactor(secret)}
}

// redactor takes a secret out of text, and its parts, too, which come apart in some errors.
func redactor(secret string) *strings.Replacer {
	const shortest = 9
	parts := []string{secret, url.QueryEscape(secret)}
	if u, err := url.Parse(secret); err == nil && u.Host != "" {
		secret = u.RequestURI() + "#" + u.Fragment
		parts = append(parts, u.RequestURI(), u.Path)
	}
	parts = append(parts, strings.FieldsFunc(secret, func(r rune) bool { return strings.ContainsRune("/?&=#-", r) })...)
	var pairs []string
	for _, part := range parts {
		if len(part) >= shortest {
			pairs = append(pairs, part, "[secret]")
		}
	}
	return strings.NewReplacer(pairs...)
}

// client is the sink's, with e listening.
func (e *exchange) client() *http.Client {
	client := e.base
	client.Transport = e
	return &client
}

// RoundTrip reads the whole answer, so that one that is cut off counts as none.
//
// It notes when the request is about to be written. A transport that asks for another connection has written
// nothing that the server processed: only then does it repeat a POST. Refused connections, names that do not
// resolve and failed TLS handshakes yield no connection (https://pkg.go.dev/net/http/httptrace#ClientTrace).
func (e *exchange) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		GetConn: func(string) { e.sent.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { e.sent.Store(true) },
	}))
	response, err := cmp.Or(e.base.Transport, http.DefaultTransport).RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	e.after = retryAfter(response.Header.Get("Retry-After"))
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("reading the answer: it is longer than %d bytes", maxAnswer)
	}
	e.status, e.body = response.StatusCode, body
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

func retryAfter(seconds string) time.Duration {
	n, err := strconv.Atoi(seconds)
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, int(maxRetryAfter/time.Second))) * time.Second
}

// err is what slack-go's error is to us: nil, or an *Error.
func (e *exchange) err(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case e.status == 0:
		return e.silence(ctx, err)
	case e.status != http.StatusOK:
		code, detail := readRefusal(e.body)
		return e.refusal(code, detail)
	}
	refusal, ok := errors.AsType[slack.SlackErrorResponse](err)
	if !ok {
		return e.unreadable()
	}
	detail := refusal.ResponseMetadata.Messages
	if refusal.Needed != "" {
		detail = append(detail, "needed: "+refusal.Needed, "provided: "+refusal.Provided)
	}
	return e.refusal(refusal.Err, strings.Join(detail, "; "))
}

// silence is the error of a call that has no answer.
func (e *exchange) silence(ctx context.Context, err error) error {
	for wrapper, ok := errors.AsType[*url.Error](err); ok; wrapper, ok = errors.AsType[*url.Error](err) {
		err = wrapper.Err
	}
	silence := e.refusal("", err.Error())
	silence.sent = e.sent.Load()
	switch {
	case ctx.Err() != nil:
		silence.cause = ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		silence.cause = context.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		silence.cause = context.Canceled
	}
	return silence
}

// unreadable is the error of an answer that says neither yes nor no.
func (e *exchange) unreadable() error {
	code, detail := readRefusal(e.body)
	if code == "" {
		detail = strings.TrimSpace("this is not an answer of Slack's: " + detail)
	}
	return e.refusal(code, detail)
}

func (e *exchange) refusal(code, detail string) *Error {
	return &Error{Op: e.op, Status: e.status, Code: e.harmless(code), Detail: e.harmless(detail), after: e.after}
}

// harmless is text of somebody else's, fit for a log.
func (e *exchange) harmless(text string) string {
	text = message.CleanLine(e.redact.Replace(text))
	if len(text) > maxDetail {
		text = strings.ToValidUTF8(text[:maxDetail], "")
	}
	return text
}

// readRefusal finds Slack's code in a body: alone, as webhooks answer, or in JSON. A body without is all detail.
func readRefusal(body []byte) (code, detail string) {
	var answer struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err == nil && answer.Error != "" {
		return answer.Error, ""
	}
	text := strings.TrimSpace(string(body))
	if isCode(text) {
		return text, ""
	}
	return "", text
}

// isCode reports whether text looks like a code of Slack's: lower-case words joined by underscores.
func isCode(text string) bool {
	const longest = 64
	return text != "" && text != "ok" && len(text) <= longest && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
