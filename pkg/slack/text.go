package slack

import (
	"cmp"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/message"
)

// ellipsis says that text was cut where the message has no word for it.
const ellipsis = "…"

// longestMark is the longest word for "cut" that is used; a longer one would eat the text it stands for.
const longestMark = 40

// sent is how much of Slack's limits markup takes up. Slack does not say what it counts, so it is the most of what
// it could be: UTF-16 code units, which are never fewer than characters, and one more for what JSON writes with a
// backslash.
func sent(markup string) int {
	n := 0
	for _, r := range markup {
		n += utf16.RuneLen(r)
		if r == '"' || r == '\\' || r == '\n' {
			n++
		}
	}
	return n
}

// escaper knows the three control characters of mrkdwn.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape takes the three control characters of mrkdwn out of clean text, which is all the escaping there is
// (https://docs.slack.dev/messaging/formatting-message-text#escaping).
func escape(clean string) string { return escaper.Replace(clean) }

// plain is clean text without markup: look-alikes stand in for backticks.
func plain(clean string) string { return escape(strings.ReplaceAll(clean, "`", "ˋ")) }

// literal is clean text as it is.
func literal(clean string) string { return clean }

// inlineCode shows clean text as it is, on one line. A backtick would end it, so that a look-alike stands in.
func inlineCode(clean string) string {
	if clean == "" {
		return ""
	}
	return "`" + plain(clean) + "`"
}

// codeBlock shows clean text as it is. A zero-width space keeps backticks in it from ending it.
func codeBlock(clean string) string {
	return "```\n" + escape(strings.ReplaceAll(clean, "``", "`\u200b`\u200b")) + "\n```"
}

// prose is clean text in which `backticks` mark code. Backticks without a partner on their line mark nothing.
func prose(clean string) string {
	if strings.IndexByte(clean, '`') < 0 {
		return escape(clean)
	}
	var b strings.Builder
	b.Grow(len(clean) + len(clean)/8)
	for line := range strings.Lines(clean) {
		text := strings.TrimSuffix(line, "\n")
		proseLine(&b, text)
		b.WriteString(line[len(text):])
	}
	return b.String()
}

func proseLine(b *strings.Builder, line string) {
	for {
		text, code, rest, ok := cutCode(line)
		if !ok {
			b.WriteString(plain(line))
			return
		}
		b.WriteString(escape(text))
		if last, _ := utf8.DecodeLastRuneInString(text); glued(last) {
			b.WriteRune('\u200b')
		}
		b.WriteString(inlineCode(code))
		if next, _ := utf8.DecodeRuneInString(rest); glued(next) {
			b.WriteRune('\u200b')
		}
		line = rest
	}
}

// cutCode splits a line around its first code span.
func cutCode(line string) (text, code, rest string, ok bool) {
	text, after, opened := strings.Cut(line, "`")
	code, rest, closed := strings.Cut(after, "`")
	if !opened || !closed || code == "" {
		return "", "", "", false
	}
	return text, code, rest, true
}

// glued reports whether Slack takes no backtick for markup beside r, which is the case with letters: languages
// written without blanks need something between.
func glued(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.M) || r == '_' || r == '`'
}

// clip renders clean text within room as sent counts, or as much of its beginning as fits before mark.
// render must not make a longer text shorter.
func clip(clean string, room int, mark string, render func(string) string) string {
	if utf8.RuneCountInString(clean) <= room {
		if whole := render(clean); sent(whole) <= room {
			return whole
		}
	}
	runes := []rune(clean)
	runes = runes[:min(len(runes), max(room, 0))]
	cut := func(n int) string { return render(strings.TrimSpace(string(runes[:n])) + mark) }
	fits := sort.Search(len(runes)+1, func(n int) bool { return sent(cut(n)) > room }) - 1
	if fits < 0 {
		return ""
	}
	return cut(wholeCharacter([]rune(clean), fits))
}

// wholeCharacter moves a cut back to before a character that is made of several runes. It looks at a handful of
// them, since hostile text may consist of nothing else.
func wholeCharacter(runes []rune, n int) int {
	const most = 8
	back := n
	for back > 0 && n-back < most && back < len(runes) && joins(runes[back]) {
		back--
	}
	if back < len(runes) && joins(runes[back]) {
		return n
	}
	return back
}

// joins reports whether r belongs to the character before it: accents, variation selectors, skin tones.
func joins(r rune) bool {
	return unicode.Is(unicode.M, r) || r >= 0x1F3FB && r <= 0x1F3FF
}

// cutMark stands at the end of text that was cut off.
func cutMark(words message.Words) string {
	return cmp.Or(firstRunes(message.CleanLine(words.Cut), longestMark), ellipsis)
}

// more says that n items were left out.
func more(words message.Words, n int) string {
	template := cmp.Or(firstRunes(message.CleanLine(words.More), longestMark), ellipsis+" +{n}")
	return plain(strings.ReplaceAll(template, "{n}", strconv.Itoa(n)))
}

func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}

// link is a link, or its label alone where the address is not one that is safe to offer: not https, not absolute,
// longer than Slack takes.
func link(l message.Link) string {
	label := message.CleanLine(l.Label)
	address, ok := safeAddress(l.URL)
	if !ok {
		return clip(label, maxLabel, ellipsis, plain)
	}
	return "<" + escape(address) + "|" + clip(cmp.Or(label, address), maxLabel, ellipsis, linkLabel) + ">"
}

// linkLabel is clean text inside a link, where a bar would separate the address from the label.
func linkLabel(clean string) string { return plain(strings.ReplaceAll(clean, "|", "¦")) }

// safeAddress is address with everything percent-encoded that could end it early.
func safeAddress(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", false
	}
	encoded := make([]byte, 0, len(address))
	for _, c := range []byte(address) {
		if isURLByte(c) {
			encoded = append(encoded, c)
		} else {
			encoded = fmt.Appendf(encoded, "%%%02X", c)
		}
	}
	safe := string(encoded)
	return safe, sent(escape(safe)) <= maxURL
}

// isURLByte reports whether RFC 3986 allows c in a URL.
func isURLByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		strings.IndexByte("-._~:/?#[]@!$&'()*+,;=%", c) >= 0
}
