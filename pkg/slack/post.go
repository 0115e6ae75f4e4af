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
	sink  *Sink
	token string
}

func (b bot) send(ctx context.Context, m message.Message, parent string) (string, error) {
	if parent == "" {
		if m.Update {
			return "", nil
		}
		return b.post(ctx, m)
	}
	channel, ts, _ := strings.Cut(parent, "/")
	if channel != b.sink.config.Channel || !isTimestamp(ts) {
		return b.post(ctx, m)
	}
	err := b.update(ctx, ts, m)
	if refusal, ok := errors.AsType[*Error](err); ok && refusal.gone() {
		return b.post(ctx, m)
	}
	if err != nil {
		return "", err
	}
	if !m.Update {
		err = b.reply(ctx, ts, m)
	}
	return parent, err
}

// isTimestamp reports whether ts has the form of Slack's: seconds, a dot, and what makes it unique.
func isTimestamp(ts string) bool {
	whole, fraction, ok := strings.Cut(ts, ".")
	isDigits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return ok && isDigits(whole) && isDigits(fraction)
}

// post posts m and returns its ref.
func (b bot) post(ctx context.Context, m message.Message) (ref string, err error) {
	err = b.sink.inFormats(b.sink.formatsOf(m), func(as format) error {
		ref, err = b.postContent(ctx, content(textOf(m, as), blocks(m, as))...)
		return err
	})
	return ref, err
}

// update replaces the message at ts by m. Text alone leaves the blocks that the message has; an empty list
// removes them (https://docs.slack.dev/reference/methods/chat.update).
func (b bot) update(ctx context.Context, ts string, m message.Message) error {
	return b.sink.inFormats(b.sink.formatsOf(m), func(as format) error {
		options := content(textOf(m, as), blocks(m, as))
		if !as.blocks {
			options = append(options, slack.MsgOptionBlocks())
		}
		return b.updateContent(ctx, ts, options...)
	})
}

// reply posts the short form of m in the thread of the message at ts.
func (b bot) reply(ctx context.Context, ts string, m message.Message) error {
	thread := []slack.MsgOption{slack.MsgOptionTS(ts)}
	if b.sink.config.Broadcast {
		thread = append(thread, slack.MsgOptionBroadcast())
	}
	return b.sink.inFormats([]format{plainBlocks(), textOnly()}, func(as format) error {
		_, err := b.postContent(ctx, append(content(textOf(m, as), replyBlocks(m, as)), thread...)...)
		return err
	})
}

// content is a text with blocks, if there are any. It turns off parsing, since chat.update, unlike
// chat.postMessage, looks for links and names in the text by default
// (https://docs.slack.dev/reference/methods/chat.update).
func content(text string, blocks []slack.Block) []slack.MsgOption {
	options := []slack.MsgOption{
		slack.MsgOptionText(text, false),
		slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	}
	if len(blocks) > 0 {
		options = append(options, slack.MsgOptionBlocks(blocks...))
	}
	return options
}

func (b bot) postContent(ctx context.Context, content ...slack.MsgOption) (string, error) {
	e := b.sink.exchange(opPost, b.token)
	channel, ts, err := b.api(e).PostMessageContext(ctx, b.sink.config.Channel, content...)
	if err = e.err(ctx, err); err != nil {
		return "", err
	}
	if !isTimestamp(ts) {
		return "", e.unreadable()
	}
	return channel + "/" + ts, nil
}

func (b bot) updateContent(ctx context.Context, ts string, content ...slack.MsgOption) error {
	e := b.sink.exchange(opUpdate, b.token)
	_, changed, _, err := b.api(e).UpdateMessageContext(ctx, b.sink.config.Channel, ts, content...)
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

func (s *Sink) postWebhook(ctx context.Context, address string, m message.Message) error {
	return s.inFormats(s.formatsOf(m), func(as format) error {
		payload := slack.WebhookMessage{
			Text: textOf(m, as), Parse: "none", UnfurlLinks: new(false), UnfurlMedia: new(false),
		}
		if as.blocks {
			payload.Blocks = &slack.Blocks{BlockSet: blocks(m, as)}
		}
		return s.postPayload(ctx, address, &payload)
	})
}

func (s *Sink) postPayload(ctx context.Context, address string, payload *slack.WebhookMessage) error {
	e := s.exchange(opWebhook, address)
	err := slack.PostWebhookCustomHTTPContext(ctx, address, e.client(), payload)
	if err = e.err(ctx, err); err != nil {
		return err
	}
	if strings.TrimSpace(string(e.body)) != "ok" {
		return e.unreadable()
	}
	return nil
}
