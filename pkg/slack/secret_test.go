package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"guardduty-coverage-notifier/pkg/slack"
)

// TestNoSecretLeaks goes down every path that ends in an error.
func TestNoSecretLeaks(t *testing.T) {
	const token = "xoxb-123456789012-sEcReTsEcReT"
	const path = "/services/T0SECRETTEAM/B0SECRETHOOK/sEcReTsEcReT"
	hook := "https://hooks.slack.com" + path
	// echo is all that a server could repeat of a request.
	echo := func(r *http.Request) string {
		form, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.HasPrefix(r.URL.Path, "/services/") {
			return fmt.Sprintf("%s %s %s sEcReTsEcReT %q", r.URL, r.URL.Path, r.URL.RawQuery, r.URL)
		}
		return fmt.Sprintf("%s sEcReTsEcReT %s", token, strings.ReplaceAll(string(form), "%", ""))
	}
	respond := func(status int, header http.Header, format string) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			body := strings.ReplaceAll(format, "%s", strings.ReplaceAll(echo(r), `"`, "'"))
			return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}, nil
		}
	}
	failing := func(r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: r.URL.String(), Err: errors.New(echo(r))}
	}
	cut := func(r *http.Request) (*http.Response, error) {
		body := iotest.ErrReader(errors.New(echo(r)))
		return &http.Response{StatusCode: 200, Body: io.NopCloser(body)}, nil
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name      string
		ctx       context.Context
		transport roundTrip
	}{
		{"network", t.Context(), failing},
		{"cancelled", canceled, failing},
		{"302", t.Context(), respond(302, http.Header{"Location": {"https://hooks.slack.com" + path}}, "%s")},
		{"400", t.Context(), respond(400, nil, "%s")},
		{"403", t.Context(), respond(403, nil, "%s")},
		{"404 code", t.Context(), respond(404, nil, `{"error":"%s"}`)},
		{"429", t.Context(), respond(429, http.Header{"Retry-After": {token}}, "%s")},
		{"500", t.Context(), respond(500, nil, "%s")},
		{"200", t.Context(), respond(200, nil, "%s")},
		{"200 refused", t.Context(), respond(200, nil, `{"ok":false,"error":"%s","response_metadata":{"messages":["%s"]}}`)},
		{"200 auth", t.Context(), respond(200, nil, `{"ok":false,"error":"invalid_auth","needed":"%s"}`)},
		{"cut", t.Context(), cut},
		{"long detail", t.Context(), respond(200, nil, strings.Repeat("x", 1990)+" %s")},
		{"too long", t.Context(), respond(200, nil, "%s"+strings.Repeat("x", 1<<20))},
	} {
		for _, credential := range []string{
			token, hook, hook + "?token=sEcReTsEcReT#sEcReTsEcReT",
			"sEcReTsEcReT", "xoxp-sEcReTsEcReT", "http://hooks.slack.com" + path, "https://u:sEcReTsEcReT@hooks.slack.com/", "https://hooks.slack.com/\x7f/sEcReTsEcReT",
		} {
			t.Run(tt.name+"/"+credential[:8], func(t *testing.T) {
				s := newSink(t, slack.Config{Channel: "C1", Client: &http.Client{Transport: tt.transport}, Credential: fixed(credential)})
				_, err := s.Send(tt.ctx, lost(), "C1/1.2")
				if err == nil {
					t.Fatal("no error")
				}
				noLeak(t, err)
			})
		}
	}
}

func noLeak(t *testing.T, err error) {
	t.Helper()
	asJSON, jsonErr := json.Marshal(err)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	for _, shown := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprintf("%q", err), string(asJSON)} {
		if strings.Contains(shown, "sEcReT") || strings.Contains(shown, "T0SECRETTEAM") {
			t.Errorf("leaked: %s", shown)
		}
	}
	switch inner := err.(type) {
	case interface{ Unwrap() error }:
		if inner.Unwrap() != nil {
			noLeak(t, inner.Unwrap())
		}
	case interface{ Unwrap() []error }:
		for _, e := range inner.Unwrap() {
			noLeak(t, e)
		}
	}
}

func TestSinkDoesNotShowItself(t *testing.T) {
	s := newSink(t, slack.Config{Credential: fixed("xoxb-sEcReT")})
	if shown := fmt.Sprintf("%+v %#v", s, s); strings.Contains(shown, "sEcReT") {
		t.Errorf("leaked: %s", shown)
	}
}
