package slack

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
)

// What an Error names as its Op.
const (
	opPost       = "chat.postMessage"
	opUpdate     = "chat.update"
	opWebhook    = "webhook"
	opCredential = "credential"
)

// bot talks to the Web API with one token.
type bot struct {
	sink   *Sink
	token  string
	format format
}

func (b bot) send(ctx context.Context, m message.Message, parent string) (string, error) {
	if parent == "" {
		if m.Update {
			return "", nil
		}
		return b.post(ctx, b.full(m))
	}
	channel, ts, _ := strings.Cut(parent, "/")
	if channel != b.sink.config.Channel || !isTimestamp(ts) {
		return b.post(ctx, b.full(m))
	}
	err := b.update(ctx, ts, b.full(m))
	if refusal, ok := errors.AsType[*Error](err); ok && refusal.gone() {
		return b.post(ctx, b.full(m))
	}
	if err != nil {
		return "", err
	}
	if !m.Update {
		_, err = b.post(ctx, b.reply(m, ts))
	}
	return parent, err
}

// isTimestamp reports whether ts has the form of Slack's: seconds, a dot, and what makes it unique.
func isTimestamp(ts string) bool {
	whole, fraction, ok := strings.Cut(ts, ".")
	isDigits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return ok && isDigits(whole) && isDigits(fraction)
}

// full is the whole message.
func (b bot) full(m message.Message) slack.MsgOption {
	return content(Fallback(m), blocks(m, b.format))
}

// content turns off parsing, since chat.update, unlike chat.postMessage, looks for links and names in the text by
// default (https://docs.slack.dev/reference/methods/chat.update).
func content(text string, blocks []slack.Block) slack.MsgOption {
	return slack.MsgOptionCompose(
		slack.MsgOptionText(text, false),
		slack.MsgOptionBlocks(blocks...),
		slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	)
}

// reply is the short form of m, for the thread of the message at ts.
func (b bot) reply(m message.Message, ts string) slack.MsgOption {
	reply := slack.MsgOptionCompose(content(Fallback(m), replyBlocks(m)), slack.MsgOptionTS(ts))
	if b.sink.config.Broadcast {
		return slack.MsgOptionCompose(reply, slack.MsgOptionBroadcast())
	}
	return reply
}

func (b bot) post(ctx context.Context, content slack.MsgOption) (string, error) {
	e := b.sink.exchange(opPost, b.token)
	channel, ts, err := b.api(e).PostMessageContext(ctx, b.sink.config.Channel, content)
	if err = e.err(ctx, err); err != nil {
		return "", err
	}
	if !isTimestamp(ts) {
		return "", e.unreadable()
	}
	return channel + "/" + ts, nil
}

func (b bot) update(ctx context.Context, ts string, content slack.MsgOption) error {
	e := b.sink.exchange(opUpdate, b.token)
	_, changed, _, err := b.api(e).UpdateMessageContext(ctx, b.sink.config.Channel, ts, content)
	if err = e.err(ctx, err); err != nil {
		return err
	}
	if !isTimestamp(changed) {
		return e.unreadable()
	}
	return nil
}

func (b bot) api(e *exchange) *slack.Client {
	return slack.New(b.token, slack.OptionHTTPClient(e.client()), slack.OptionAPIURL(b.sink.config.APIURL))
}

func (s *Sink) postWebhook(ctx context.Context, address string, m message.Message, as format) error {
	e := s.exchange(opWebhook, address)
	err := slack.PostWebhookCustomHTTPContext(ctx, address, e.client(), &slack.WebhookMessage{
		Text:        Fallback(m),
		Blocks:      &slack.Blocks{BlockSet: blocks(m, as)},
		Parse:       "none",
		UnfurlLinks: new(false),
		UnfurlMedia: new(false),
	})
	if err = e.err(ctx, err); err != nil {
		return err
	}
	if strings.TrimSpace(string(e.body)) != "ok" {
		return e.unreadable()
	}
	return nil
}
