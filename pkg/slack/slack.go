// Package slack delivers messages to a Slack channel, with a bot token or through an incoming webhook.
package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
)

// Config is what a Sink needs to know.
type Config struct {
	// Name is the name of the sink; empty: "slack".
	Name string
	// Channel is the id of the channel to post to, such as C0123456789. Only a bot token needs it: a webhook
	// knows its own.
	Channel string
	// BotOnly refuses the URL of an incoming webhook, which would post to another channel than Channel.
	BotOnly bool
	// APIURL is the base of the Web API, with a slash at its end; empty: Slack's.
	APIURL string
	// Client makes the requests; nil: http.DefaultClient. Redirects are never followed.
	Client *http.Client
	// Broadcast shows an answer in a thread in the channel, too.
	Broadcast bool
	// Credential returns a bot token (xoxb-…) or the URL of an incoming webhook. fresh asks for one that is not out
	// of a cache.
	Credential func(ctx context.Context, fresh bool) (string, error)
}

// Sink sends messages to one channel. It may be used concurrently.
type Sink struct {
	config Config
	client http.Client
	// refused are the native blocks that the workspace did not take.
	refused refused
}

// New checks the configuration. It connects to nothing.
func New(c Config) (*Sink, error) {
	c.Name = cmp.Or(c.Name, "slack")
	c.APIURL = cmp.Or(c.APIURL, slack.APIURL)
	if c.Credential == nil {
		return nil, errors.New("setting up Slack: there is no credential")
	}
	if !safeEndpoint(c.APIURL) || !strings.HasSuffix(c.APIURL, "/") {
		return nil, fmt.Errorf("setting up Slack: the API URL %q is not https, or http on loopback, with a slash at its end", c.APIURL)
	}
	s := &Sink{config: c, client: *cmp.Or(c.Client, http.DefaultClient)}
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s, nil
}

// Name is the name of the sink.
func (s *Sink) Name() string { return s.config.Name }

// Send posts m. The ref that it returns is the message's channel and timestamp; with a webhook, which returns
// neither, it is empty.
//
// With the ref of an earlier message as parent, and a bot token, that message becomes m, and unless m.Update
// a short reply in its thread notifies those who follow it. When it can no longer be changed, m is posted
// anew. m.Update without a message to update sends nothing.
//
// Tables, charts and folded parts are native blocks. Where Slack refuses these, as new blocks reach some
// workspaces later than others, m is sent again at once with plain blocks, and so is whatever follows; where it
// refuses any blocks, as text alone.
//
// Every error is an *Error. When a ref comes with it, the message itself was sent and only the reply in its
// thread is missing: sending m again with that ref repeats nothing that anybody notices.
func (s *Sink) Send(ctx context.Context, m message.Message, parent string) (string, error) {
	credential, err := s.config.Credential(ctx, false)
	if err != nil {
		return "", &Error{Op: opCredential, unread: err}
	}
	ref, err := s.sendWith(ctx, credential, m, parent)
	refusal, ok := errors.AsType[*Error](err)
	if !ok || !refusal.refused() {
		return ref, err
	}
	if credential, err = s.config.Credential(ctx, true); err != nil {
		refusal.unread = err
		return ref, refusal
	}
	return s.sendWith(ctx, credential, m, parent)
}

// sendWith tells a bot token and a webhook apart. White space around a secret is what editors leave there.
func (s *Sink) sendWith(ctx context.Context, credential string, m message.Message, parent string) (string, error) {
	credential = strings.TrimSpace(credential)
	switch {
	case isBotToken(credential) && s.config.Channel == "":
		return "", &Error{Op: opPost, Code: codeChannel, Detail: "a bot token needs the id of a channel"}
	case isBotToken(credential):
		return bot{sink: s, token: credential}.send(ctx, m, parent)
	case safeEndpoint(credential) && s.config.BotOnly:
		return "", &Error{Op: opCredential, Code: codeCredential, Detail: "channel " + s.config.Channel +
			" requires a bot token (xoxb-…); an incoming webhook posts to the channel of its own"}
	case safeEndpoint(credential) && m.Update:
		return "", nil
	case safeEndpoint(credential):
		return "", s.postWebhook(ctx, credential, m)
	default:
		return "", &Error{Op: opCredential, Code: codeCredential,
			Detail: "it is neither a bot token (xoxb-…) nor the https URL of an incoming webhook"}
	}
}

// isBotToken knows the two forms of a bot token: the lasting one, and the one that an app with token rotation has
// (https://docs.slack.dev/authentication/using-token-rotation).
func isBotToken(credential string) bool {
	return strings.HasPrefix(credential, "xoxb-") || strings.HasPrefix(credential, "xoxe.xoxb-")
}

// safeEndpoint reports whether address may be sent a secret: https, or http to this very machine.
func safeEndpoint(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
