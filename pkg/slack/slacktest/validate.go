package slacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// The limits that Check enforces, from the pages of each block below
// https://docs.slack.dev/reference/block-kit/blocks. They are written down here a second time on purpose: a check
// that shares its numbers with what it checks proves nothing.
const (
	mostBlocks     = 50
	longestHeader  = 150
	longestText    = 3000
	mostFields     = 10
	longestField   = 2000
	mostElements   = 10
	longestButton  = 75
	longestURL     = 3000
	longestBlockID = 255
	longestTitle   = 150
	mostChildren   = 10
	// longestBlocks is where Slack was seen to refuse a message for the sum of its blocks
	// (https://github.com/slackapi/bolt-js/issues/2509), of which the JSON around the texts is part.
	longestBlocks = 13000
	// longestPost and longestUpdate bound the text beside the blocks
	// (https://docs.slack.dev/reference/methods/chat.update): the first in characters, the second in bytes.
	longestPost   = 40000
	longestUpdate = 4000
)

// Refusal is why Slack would not take a message.
type Refusal struct {
	// Code is Slack's error, such as invalid_blocks.
	Code string
	// Messages say what is wrong where, as response_metadata.messages does.
	Messages []string
}

// Check is what Slack answers to a message: nil when it takes it.
//
// It is stricter than Slack, which shows what it does not understand: mrkdwn must be verbatim, have every &, < and >
// escaped that is not part of a link to an https page, close its code blocks, and no text may contain control
// characters, broken UTF-8 or characters that change the direction of writing.
func Check(text string, blocks json.RawMessage) *Refusal {
	if strings.TrimSpace(text) == "" && len(blocks) == 0 {
		return &Refusal{Code: "no_text"}
	}
	if utf8.RuneCountInString(text) > longestPost {
		return &Refusal{Code: "msg_too_long"}
	}
	c := &checker{}
	if text != "" {
		c.mrkdwn("/text", text)
	}
	if len(blocks) > 0 {
		var list []json.RawMessage
		if err := json.Unmarshal(blocks, &list); err != nil {
			return &Refusal{Code: "invalid_blocks_format"}
		}
		c.blocks(list)
	}
	if len(c.messages) > 0 {
		return &Refusal{Code: "invalid_blocks", Messages: c.messages}
	}
	if weight(blocks) > longestBlocks {
		return &Refusal{Code: "msg_blocks_too_long"}
	}
	return nil
}

// checkUpdate is Check for chat.update, where an empty list removes the blocks that a message has. Without a
// list they stay (https://docs.slack.dev/reference/methods/chat.update).
func checkUpdate(text string, blocks json.RawMessage) *Refusal {
	if len(text) > longestUpdate {
		return &Refusal{Code: "msg_too_long"}
	}
	if isEmptyList(blocks) {
		blocks = nil
	}
	return Check(text, blocks)
}

func isEmptyList(blocks json.RawMessage) bool { return string(bytes.TrimSpace(blocks)) == "[]" }

// weight is the length of the blocks' JSON without what encoders may escape but need not, and without data tables: one
// within its documented limits is larger than all that is refused otherwise.
func weight(blocks json.RawMessage) int {
	var list []json.RawMessage
	if err := json.Unmarshal(blocks, &list); err != nil {
		return 0
	}
	total := len("[]") - len(",")
	for _, raw := range list {
		var b bytes.Buffer
		if blockType(raw) == "data_table" || json.Compact(&b, raw) != nil {
			continue
		}
		total += units(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(b.String())) + len(",")
	}
	return total
}

// units counts UTF-16 code units, the most that a character may be taken for.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// block has the fields of every kind of block that Check knows.
type block struct {
	Type     string            `json:"type"`
	Expand   bool              `json:"expand"`
	BlockID  string            `json:"block_id"`
	Text     *textObject       `json:"text"`
	Fields   []textObject      `json:"fields"`
	Elements []json.RawMessage `json:"elements"`
}

type container struct {
	Type        string            `json:"type"`
	BlockID     string            `json:"block_id"`
	Title       *textObject       `json:"title"`
	Collapsible bool              `json:"is_collapsible"`
	Collapsed   bool              `json:"default_collapsed"`
	Children    []json.RawMessage `json:"child_blocks"`
}

type textObject struct {
	Type     string  `json:"type"`
	Text     *string `json:"text"`
	Emoji    *bool   `json:"emoji"`
	Verbatim *bool   `json:"verbatim"`
}

type button struct {
	Type     string      `json:"type"`
	Text     *textObject `json:"text"`
	ActionID string      `json:"action_id"`
	URL      string      `json:"url"`
	Value    string      `json:"value"`
	Style    string      `json:"style"`
}

// checker collects what is wrong.
type checker struct {
	messages []string
	ids      []string
	cells    int
	charts   int
	children int
}

func (c *checker) wrong(pointer, format string, args ...any) {
	c.messages = append(c.messages, fmt.Sprintf("[ERROR] "+format, args...)+" [json-pointer:"+pointer+"]")
}

func (c *checker) blocks(list []json.RawMessage) {
	if len(list) == 0 {
		c.wrong("/blocks", "no blocks")
	}
	if len(list) > mostBlocks {
		c.wrong("/blocks", "no more than %d items allowed", mostBlocks)
	}
	for i, raw := range list {
		c.oneBlock(fmt.Sprintf("/blocks/%d", i), raw)
	}
	if len(list)+c.children > mostBlocks {
		c.wrong("/blocks", "strict: no more than %d items allowed, those in containers among them", mostBlocks)
	}
	c.together()
}

func (c *checker) oneBlock(pointer string, raw json.RawMessage) {
	var b block
	var table dataTable
	var visualization dataVisualization
	switch blockType(raw) {
	case "data_table":
		if c.decode(pointer, raw, &table) {
			c.blockID(pointer, table.BlockID)
			c.dataTable(pointer, table)
		}
	case "data_visualization":
		if c.decode(pointer, raw, &visualization) {
			c.blockID(pointer, visualization.BlockID)
			c.dataVisualization(pointer, visualization)
		}
	case "container":
		var box container
		if c.decode(pointer, raw, &box) {
			c.blockID(pointer, box.BlockID)
			c.container(pointer, box)
		}
	default:
		if c.decode(pointer, raw, &b) {
			c.blockID(pointer, b.BlockID)
			c.block(pointer, b)
		}
	}
}

// decode refuses fields that the target does not have, as Slack does.
func (c *checker) decode(pointer string, raw json.RawMessage, target any) bool {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		c.wrong(pointer, "invalid additional property or type: %v", err)
		return false
	}
	return true
}

func (c *checker) blockID(pointer, id string) {
	if units(id) > longestBlockID {
		c.wrong(pointer+"/block_id", "must be less than %d characters", longestBlockID+1)
	}
	if id != "" && slices.Contains(c.ids, id) {
		c.wrong(pointer+"/block_id", "block_id already exists: %s", id)
	}
	c.ids = append(c.ids, id)
}

func (c *checker) block(pointer string, b block) {
	switch b.Type {
	case "header":
		c.text(pointer+"/text", b.Text, longestHeader, "plain_text")
	case "section":
		c.section(pointer, b)
	case "context":
		c.elements(pointer, b.Elements, mostElements, c.contextElement)
	case "actions":
		c.elements(pointer, b.Elements, 25, c.button)
	case "divider":
	default:
		c.wrong(pointer+"/type", "unsupported type: %s", b.Type)
	}
}

// container is a block of blocks, of which some kinds are allowed
// (https://docs.slack.dev/reference/block-kit/blocks/container-block).
func (c *checker) container(pointer string, box container) {
	c.text(pointer+"/title", box.Title, longestTitle, "plain_text")
	if box.Collapsed && !box.Collapsible {
		c.wrong(pointer+"/default_collapsed", "needs is_collapsible")
	}
	if n := len(box.Children); n < 1 || n > mostChildren {
		c.wrong(pointer+"/child_blocks", "%d items: 1 to %d are allowed", n, mostChildren)
	}
	for i, raw := range box.Children {
		at := fmt.Sprintf("%s/child_blocks/%d", pointer, i)
		if kind := blockType(raw); !slices.Contains([]string{"section", "context", "divider", "header"}, kind) {
			c.wrong(at+"/type", "strict: unsupported type in a container: %s", kind)
			continue
		}
		c.oneBlock(at, raw)
	}
	c.children += len(box.Children)
}

func (c *checker) section(pointer string, b block) {
	if b.Text == nil && len(b.Fields) == 0 {
		c.wrong(pointer, "missing required field: text or fields")
	}
	if b.Text != nil {
		c.text(pointer+"/text", b.Text, longestText, "mrkdwn", "plain_text")
	}
	if len(b.Fields) > mostFields {
		c.wrong(pointer+"/fields", "no more than %d items allowed", mostFields)
	}
	for i := range b.Fields {
		c.text(fmt.Sprintf("%s/fields/%d", pointer, i), &b.Fields[i], longestField, "mrkdwn", "plain_text")
	}
}

func (c *checker) elements(pointer string, elements []json.RawMessage, most int, check func(string, json.RawMessage)) {
	pointer += "/elements"
	if len(elements) == 0 {
		c.wrong(pointer, "no items")
	}
	if len(elements) > most {
		c.wrong(pointer, "no more than %d items allowed", most)
	}
	for i, element := range elements {
		check(fmt.Sprintf("%s/%d", pointer, i), element)
	}
}

func (c *checker) contextElement(pointer string, raw json.RawMessage) {
	var t textObject
	if c.decode(pointer, raw, &t) {
		c.text(pointer, &t, longestText, "mrkdwn", "plain_text")
	}
}

func (c *checker) button(pointer string, raw json.RawMessage) {
	var b button
	if !c.decode(pointer, raw, &b) {
		return
	}
	if b.Type != "button" {
		c.wrong(pointer+"/type", "unsupported type: %s", b.Type)
	}
	if units(b.URL) > longestURL {
		c.wrong(pointer+"/url", "must be less than %d characters", longestURL+1)
	}
	c.text(pointer+"/text", b.Text, longestButton, "plain_text")
}

func (c *checker) text(pointer string, t *textObject, longest int, types ...string) {
	if t == nil || t.Text == nil {
		c.wrong(pointer, "missing required field: text")
		return
	}
	if !slices.Contains(types, t.Type) {
		c.wrong(pointer+"/type", "must be one of %s", strings.Join(types, ", "))
	}
	if strings.TrimSpace(*t.Text) == "" {
		c.wrong(pointer+"/text", "must be more than 0 characters")
	}
	if units(*t.Text) > longest {
		c.wrong(pointer+"/text", "must be less than %d characters", longest+1)
	}
	switch t.Type {
	case "mrkdwn":
		if t.Emoji != nil {
			c.wrong(pointer+"/emoji", "is for plain_text only")
		}
		if t.Verbatim == nil || !*t.Verbatim {
			c.wrong(pointer+"/verbatim", "strict: text that is not verbatim grows links and mentions")
		}
		c.mrkdwn(pointer+"/text", *t.Text)
	case "plain_text":
		if t.Verbatim != nil {
			c.wrong(pointer+"/verbatim", "is for mrkdwn only")
		}
		c.characters(pointer+"/text", *t.Text)
	}
}

// special is everything in mrkdwn that a control character may be part of. A link's address has none of the
// characters that would end it, and its label no control character. A date has a fallback
// (https://docs.slack.dev/messaging/formatting-message-text#date-formatting).
var special = regexp.MustCompile(`&(?:amp|lt|gt);|<https://(?:[^\s<>|&]|&amp;)+\|(?:[^<>|&\n]|&(?:amp|lt|gt);)+>` +
	`|<!date\^\d+\^(?:\{[a-z_]+\}| )+\|[^<>|&^\n]+>`)

func (c *checker) mrkdwn(pointer, text string) {
	c.characters(pointer, text)
	rest := special.ReplaceAllString(text, "")
	if i := strings.IndexAny(rest, "&<>"); i >= 0 {
		c.wrong(pointer, "strict: %q is not escaped", rest[i:min(len(rest), i+20)])
	}
	if strings.Count(text, "```")%2 != 0 {
		c.wrong(pointer, "strict: a code block is not closed")
	}
}

// characters finds what would mislead a reader. U+200B is let through: it is the only way to keep backticks and
// letters apart.
func (c *checker) characters(pointer, text string) {
	if !utf8.ValidString(text) {
		c.wrong(pointer, "strict: not UTF-8")
	}
	for _, r := range text {
		if r != '\n' && r != '\u200b' && !unicode.IsGraphic(r) {
			c.wrong(pointer, "strict: contains %U", r)
			return
		}
	}
}
