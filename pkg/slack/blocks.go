package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
)

// Slack's limits. Characters are counted as sent does.
const (
	// maxBlocks is how many blocks a message may have (https://docs.slack.dev/reference/block-kit/blocks).
	maxBlocks = 50
	// maxHeader is the longest header (https://docs.slack.dev/reference/block-kit/blocks/header-block).
	maxHeader = 150
	// maxText is the longest text of a section, maxFields and maxField are its most and longest fields
	// (https://docs.slack.dev/reference/block-kit/blocks/section-block).
	maxText   = 3000
	maxFields = 10
	maxField  = 2000
	// maxLabel is the longest label of a button, which links keep to as well
	// (https://docs.slack.dev/reference/block-kit/block-elements/button-element).
	maxLabel = 75
	// maxURL lets a link fit a section with its label, and is below the 3000 that a button's address may have.
	maxURL = maxText - maxLabel - len("<|>")
	// maxChildren is how many blocks a container holds, and maxTitle how long its title may be
	// (https://docs.slack.dev/reference/block-kit/blocks/container-block).
	maxChildren = 10
	maxTitle    = 150
	// maxTotal bounds a whole message. Slack does not document that it refuses more than about 13,200 characters,
	// of which the containers of the texts use up some (https://github.com/slackapi/bolt-js/issues/2509,
	// https://github.com/slackapi/bolt-js/issues/2867).
	maxTotal = 12000
	// around is the most that the JSON around one text takes of maxTotal.
	around = 100
	// reserve is what is kept of maxTotal to say what was left out.
	reserve = 400
	// maxFallback is the longest text, in bytes: above 4,000 chat.update refuses it as msg_too_long
	// (https://docs.slack.dev/reference/methods/chat.update), and bytes are the most that can be meant.
	maxFallback = 3999
)

// builder is Slack's page that shows blocks as they will look.
const builder = "https://app.slack.com/block-kit-builder/#"

// Blocks renders m within every limit of Slack's, with what Slack draws and folds itself. What does not fit is left out
// from the end, which matters least, and its absence is said.
func Blocks(m message.Message) []slack.Block { return blocks(m, nativeBlocks()) }

// PlainBlocks is Blocks for a Slack that knows no data tables, charts and containers: tables stand in code blocks, what
// only a chart would show is left out, and what would be folded stands below the rest.
func PlainBlocks(m message.Message) []slack.Block { return blocks(m, plainBlocks()) }

func blocks(m message.Message, as format) []slack.Block {
	if !as.blocks {
		return nil
	}
	p := newPage(m, as)
	p.header(m)
	p.context(m)
	p.known(m)
	p.links(m.Links)
	p.rest(m)
	return p.blocks
}

// replyBlocks are the short form of m: its title and its summary.
func replyBlocks(m message.Message, as format) []slack.Block {
	if !as.blocks {
		return nil
	}
	mark := cutMark(m.Words)
	title := clip(message.CleanLine(m.Title), maxHeader, mark, plain)
	markup := symbol(m.Tone) + " *" + title + "*\n"
	summary := clip(strings.TrimSpace(message.Clean(m.Summary)), maxText-sent(markup), mark, prose)
	return []slack.Block{slack.NewSectionBlock(mrkdwn(strings.TrimSpace(markup+summary)), nil, nil)}
}

// Fallback is what Slack shows where it shows no blocks, as in a notification: at most 3,999 bytes of mrkdwn.
func Fallback(m message.Message) string {
	text := symbol(m.Tone) + " " + m.Notice()
	return clipBytes(strings.TrimSpace(text), maxFallback, cutMark(m.Words))
}

// textOf is the text beside the blocks; without blocks, it has what matters most of them.
func textOf(m message.Message, as format) string {
	if as.blocks {
		return Fallback(m)
	}
	parts := []string{symbol(m.Tone) + " " + m.Notice(), strings.TrimSpace(message.Clean(m.Summary))}
	for _, e := range m.Evidence {
		parts = append(parts, e.Mark.String()+" "+e.Line())
	}
	if m.First != nil {
		parts = append(parts, message.CleanLine(m.Words.First+" "+m.First.Text), strings.TrimSpace(message.Clean(m.First.Command)))
	}
	text := strings.ReplaceAll(strings.Join(parts, "\n"), "`", "")
	return clipBytes(strings.TrimSpace(text), maxFallback, cutMark(m.Words))
}

// clipBytes is clip where bytes count.
func clipBytes(clean string, room int, mark string) string {
	if whole := plain(clean); len(whole) <= room {
		return whole
	}
	room -= len(plain(mark))
	used, end := 0, 0
	for i, r := range clean {
		used += len(plain(string(r)))
		if used > room {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return plain(clean[:end] + mark)
}

// Payload is the text and blocks of m as JSON, as they are sent.
func Payload(m message.Message) ([]byte, error) {
	return marshal(struct {
		Text   string        `json:"text"`
		Blocks []slack.Block `json:"blocks"`
	}{Fallback(m), Blocks(m)})
}

// BuilderURL opens m in Slack's Block Kit Builder. The message is in the fragment, which a browser keeps to itself
// until the page has loaded.
func BuilderURL(m message.Message) (string, error) {
	payload, err := marshal(struct {
		Blocks []slack.Block `json:"blocks"`
	}{Blocks(m)})
	if err != nil {
		return "", err
	}
	return builder + strings.ReplaceAll(url.QueryEscape(string(payload)), "+", "%20"), nil
}

func marshal[T any](payload T) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(payload); err != nil {
		return nil, fmt.Errorf("encoding the Slack message: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func symbol(tone message.Tone) string {
	switch tone {
	case message.Lost:
		return "🔴"
	case message.Restored:
		return "🟢"
	default:
		return "🔵"
	}
}

// mrkdwn is markup that Slack is not to find links or mentions in by itself.
func mrkdwn(markup string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, markup, false, true)
}
