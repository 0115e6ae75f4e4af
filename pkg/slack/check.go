package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/slack-go/slack"
)

// Access is what a credential is good for, as far as Slack says so without a message.
type Access struct {
	// Webhook says that the credential is the URL of an incoming webhook. Nothing more can be known of one.
	Webhook bool
	// Workspace and Bot are the names of the workspace and of the app's user in it.
	Workspace, Bot string
	// Scopes are those of the token; nil where Slack does not list them.
	Scopes []string
	// Channel is the name of the channel, "" where the token may not look it up; chat:write alone does not
	// allow that.
	Channel string
	// Member says that the app is in that channel, Archived that it is closed for messages.
	Member, Archived bool
}

// What Check calls.
const (
	opAuth    = "auth.test"
	opChannel = "conversations.info"
)

// Check reads the credential anew, has Slack confirm it, and looks the channel up. It sends no message. A
// refusal, or no answer, is an *Error.
func (s *Sink) Check(ctx context.Context) (Access, error) {
	credential, err := s.config.Credential(ctx, true)
	if err != nil {
		return Access{}, fmt.Errorf("reading the Slack credential: %w", err)
	}
	credential = strings.TrimSpace(credential)
	switch {
	case isBotToken(credential) && s.config.Channel == "":
		return Access{}, unusable(codeChannel, "a bot token needs the ID of a channel")
	case isBotToken(credential):
		return s.checkBot(ctx, credential)
	case safeEndpoint(credential) && !s.config.BotOnly:
		return Access{Webhook: true}, nil
	case safeEndpoint(credential):
		return Access{}, unusable(codeCredential,
			"a channel that rules name needs a bot token (xoxb-…), not an incoming webhook")
	}
	return Access{}, unusable(codeCredential,
		"it is neither a bot token (xoxb-…) nor the https URL of an incoming webhook")
}

func unusable(code, detail string) *Error {
	return &Error{Op: opCredential, Code: code, Detail: detail}
}

func (s *Sink) checkBot(ctx context.Context, token string) (Access, error) {
	b, e := bot{sink: s, token: token}, s.exchange(opAuth, token)
	scopes := &scopeReader{exchange: e}
	api := slack.New(token, slack.OptionHTTPClient(scopes.client()), slack.OptionAPIURL(s.config.APIURL))
	identity, err := api.AuthTestContext(ctx)
	if err = e.err(ctx, err); err != nil {
		return Access{}, err
	}
	access := Access{Workspace: identity.Team, Bot: identity.User, Scopes: scopes.scopes}
	e = s.exchange(opChannel, token)
	input := &slack.GetConversationInfoInput{ChannelID: s.config.Channel}
	channel, err := b.api(e).GetConversationInfoContext(ctx, input)
	err = e.err(ctx, err)
	if refusal, ok := errors.AsType[*Error](err); ok && refusal.Code == "missing_scope" {
		return access, nil
	}
	if err != nil {
		return access, err
	}
	access.Channel, access.Member, access.Archived = channel.Name, channel.IsMember, channel.IsArchived
	return access, nil
}

// scopeReader keeps the scopes that Slack lists in the header of every answer
// (https://docs.slack.dev/tools/node-slack-sdk/reference/web-api/interfaces/WebAPICallResult).
type scopeReader struct {
	exchange *exchange
	scopes   []string
}

func (r *scopeReader) client() *http.Client {
	client := r.exchange.client()
	client.Transport = r
	return client
}

// RoundTrip reads the header.
func (r *scopeReader) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.exchange.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	for scope := range strings.SplitSeq(response.Header.Get("X-OAuth-Scopes"), ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			r.scopes = append(r.scopes, scope)
		}
	}
	return response, nil
}
