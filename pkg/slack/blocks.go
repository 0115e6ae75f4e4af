package slack

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sort"
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
	// maxTotal bounds a whole message. Slack does not document that it refuses more than about 13,200 characters,
	// of which the containers of the texts use up some (https://github.com/slackapi/bolt-js/issues/2509,
	// https://github.com/slackapi/bolt-js/issues/2867).
	maxTotal = 12000
	// container is the most that the JSON around one text takes of maxTotal.
	container = 100
	// maxFallback is the longest text, in bytes: above 4,000 chat.update refuses it as msg_too_long
	// (https://docs.slack.dev/reference/methods/chat.update), and bytes are the most that can be meant.
	maxFallback = 3999
)

// builder is Slack's page that shows blocks as they will look.
const builder = "https://app.slack.com/block-kit-builder/#"

// Blocks renders m within every limit of Slack's, with tables and charts in native blocks. What does not fit is given
// up in this order, and its absence said: the ends of quotes, all but the first evidence, the steps of all sections but the
// first, links, the evidence, these sections, the first one, facts. Rows that do not fit into a data table are given up in any case.
func Blocks(m message.Message) []slack.Block { return blocks(m, nativeBlocks) }

// PlainBlocks is Blocks for a workspace that does not support data tables and charts: tables stand in code blocks, and
// what only a chart would show is left out. Rows are given up after quotes, the last ten of a table after links.
func PlainBlocks(m message.Message) []slack.Block { return blocks(m, plainBlocks) }

func blocks(m message.Message, as format) []slack.Block {
	if as == textOnly {
		return nil
	}
	d := newDraft(m, as)
	least := sort.Search(d.all.total(), func(given int) bool { return d.render(d.all.without(given)).fits() })
	return d.render(d.all.without(least)).blocks
}

// replyBlocks are the short form of m: its summary alone.
func replyBlocks(m message.Message, as format) []slack.Block {
	if as == textOnly {
		return nil
	}
	text := cmp.Or(strings.TrimSpace(message.Clean(m.Summary)), message.CleanLine(m.Title))
	lead := symbol(m.Tone) + " "
	var r rendering
	r.text(strings.TrimSpace(lead + clip(text, maxText-sent(lead), cutMark(m.Words), prose)))
	return r.blocks
}

// Fallback is what Slack shows where it shows no blocks, as in a notification: at most 3,999 bytes of mrkdwn.
func Fallback(m message.Message) string {
	headline := []string{message.CleanLine(m.Words.Tone(m.Tone)), message.CleanLine(m.Title)}
	headline = slices.DeleteFunc(headline, func(part string) bool { return part == "" })
	text := symbol(m.Tone) + " " + strings.Join(headline, " · ") + "\n" + strings.ReplaceAll(message.Clean(m.Summary), "`", "")
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

// rendering is blocks and what they take of maxTotal.
type rendering struct {
	blocks []slack.Block
	size   int
}

func (r rendering) fits() bool { return len(r.blocks) <= maxBlocks && r.size <= maxTotal }

func (r *rendering) header(text string) {
	r.add(slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, text, false, false)), text)
}

func (r *rendering) text(markup string) {
	if markup != "" {
		r.add(slack.NewSectionBlock(mrkdwn(markup), nil, nil), markup)
	}
}

// texts puts as many pieces into a block as fit.
func (r *rendering) texts(pieces []string, separator string) {
	block, size := "", 0
	for _, piece := range pieces {
		alone := sent(piece)
		joined := size + sent(separator) + alone
		switch {
		case piece == "":
		case block == "":
			block, size = piece, alone
		case joined <= maxText:
			block, size = block+separator+piece, joined
		default:
			r.text(block)
			block, size = piece, alone
		}
	}
	r.text(block)
}

func (r *rendering) fields(markup []string) {
	for chunk := range slices.Chunk(markup, maxFields) {
		fields := make([]*slack.TextBlockObject, len(chunk))
		for i, field := range chunk {
			fields[i] = mrkdwn(field)
		}
		r.add(slack.NewSectionBlock(nil, fields, nil), chunk...)
	}
}

// chart adds a chart, which takes so much of maxTotal.
func (r *rendering) chart(chart slack.Block, size int) {
	r.add(chart)
	r.size += size
}

// table adds a data table, of which the cells have a limit of their own.
func (r *rendering) table(table slack.Block, caption string) { r.add(table, caption) }

func (r *rendering) add(block slack.Block, texts ...string) {
	r.blocks = append(r.blocks, block)
	for _, text := range texts {
		r.size += container + sent(text)
	}
}

// mrkdwn is markup that Slack is not to find links or mentions in by itself.
func mrkdwn(markup string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, markup, false, true)
}
