package slack_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/slack"
)

func TestCheck(t *testing.T) {
	const known, token = `{"ok": true, "team": "Acme", "user": "coverage"}`, "xoxb-1234567890-secret"
	failure := errors.New("no answer")
	tests := map[string]struct {
		credential, auth, channel string
		config                    slack.Config
		want                      slack.Access
		code                      string
	}{
		"a bot in its channel":   {token, known, `{"ok": true, "channel": {"name": "alerts", "is_member": true}}`, slack.Config{Channel: "C01"}, slack.Access{Workspace: "Acme", Bot: "coverage", Scopes: []string{"chat:write", "channels:read"}, Channel: "alerts", Member: true}, ""},
		"an archived channel":    {token, known, `{"ok": true, "channel": {"name": "alerts", "is_archived": true}}`, slack.Config{Channel: "C01"}, slack.Access{Workspace: "Acme", Bot: "coverage", Scopes: []string{"chat:write", "channels:read"}, Channel: "alerts", Archived: true}, ""},
		"a channel out of sight": {token, known, `{"ok": false, "error": "missing_scope", "needed": "channels:read", "provided": "chat:write"}`, slack.Config{Channel: "C01"}, slack.Access{Workspace: "Acme", Bot: "coverage", Scopes: []string{"chat:write", "channels:read"}}, ""},
		"no such channel":        {token, known, `{"ok": false, "error": "channel_not_found"}`, slack.Config{Channel: "C01"}, slack.Access{Workspace: "Acme", Bot: "coverage", Scopes: []string{"chat:write", "channels:read"}}, "channel_not_found"},
		"a revoked token":        {token, `{"ok": false, "error": "token_revoked"}`, "", slack.Config{Channel: "C01"}, slack.Access{}, "token_revoked"},
		"no channel":             {token, "", "", slack.Config{}, slack.Access{}, "no_channel"},
		"a webhook":              {"https://hooks.slack.com/services/T0/B0/x", "", "", slack.Config{}, slack.Access{Webhook: true}, ""},
		"a webhook for a bot":    {"https://hooks.slack.com/services/T0/B0/x", "", "", slack.Config{Channel: "C01", BotOnly: true}, slack.Access{}, "unusable_credential"},
		"a password":             {"hunter2", "", "", slack.Config{}, slack.Access{}, "unusable_credential"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-OAuth-Scopes", "chat:write, channels:read")
				answer := test.auth
				if strings.HasSuffix(r.URL.Path, "/conversations.info") {
					answer = test.channel
				}
				_, _ = io.WriteString(w, answer)
			}))
			defer server.Close()
			test.config.APIURL = server.URL + "/"
			test.config.Credential = func(_ context.Context, fresh bool) (string, error) {
				if !fresh {
					t.Error("the credential may come from a cache")
				}
				return test.credential, nil
			}
			sink, err := slack.New(test.config)
			if err != nil {
				t.Fatal(err)
			}
			got, err := sink.Check(t.Context())
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			refusal, _ := errors.AsType[*slack.Error](err)
			if test.code == "" && err != nil || test.code != "" && (refusal == nil || refusal.Code != test.code) {
				t.Errorf("error %v, want %q", err, test.code)
			}
			if shown := fmt.Sprintf("%+v", err); strings.Contains(shown, "secret") || strings.Contains(shown, "hunter2") || strings.Contains(shown, "T0/B0") {
				t.Errorf("a credential is shown: %s", shown)
			}
		})
	}
	sink, err := slack.New(slack.Config{Credential: func(context.Context, bool) (string, error) { return "", failure }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sink.Check(t.Context()); !errors.Is(err, failure) {
		t.Errorf("error %v, want %v", err, failure)
	}
}
