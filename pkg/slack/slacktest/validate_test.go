package slacktest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

func quote(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func times(n int, s string) string {
	return strings.TrimSuffix(strings.Repeat(s+",", n), ",")
}

func TestCheckLimits(t *testing.T) {
	text := func(kind, s string) string {
		if kind == "plain_text" {
			return `{"type":"plain_text","text":` + quote(t, s) + `,"emoji":false}`
		}
		return `{"type":"mrkdwn","text":` + quote(t, s) + `,"verbatim":true}`
	}
	xs := func(n int) string { return strings.Repeat("x", n) }
	section := func(n int) string { return `{"type":"section","text":` + text("mrkdwn", xs(n)) + `}` }
	const divider = `{"type":"divider"}`
	for _, tt := range []struct {
		name string
		most int
		make func(n int) string
		code string
		says string
	}{
		{"blocks", 50, func(n int) string { return times(n, divider) }, "invalid_blocks", "no more than 50 items allowed [json-pointer:/blocks]"},
		{"header", 150, func(n int) string { return `{"type":"header","text":` + text("plain_text", xs(n)) + `}` },
			"invalid_blocks", "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{"astral", 75, func(n int) string {
			return `{"type":"header","text":` + text("plain_text", strings.Repeat("😀", n)) + `}`
		}, "invalid_blocks", "less than 151"},
		{"section", 3000, section, "invalid_blocks", "must be less than 3001 characters"},
		{"fields", 10, func(n int) string {
			return `{"type":"section","fields":[` + times(n, text("mrkdwn", "x")) + `]}`
		}, "invalid_blocks", "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{"field", 2000, func(n int) string { return `{"type":"section","fields":[` + text("mrkdwn", xs(n)) + `]}` },
			"invalid_blocks", "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		{"context", 10, func(n int) string {
			return `{"type":"context","elements":[` + times(n, text("mrkdwn", "x")) + `]}`
		}, "invalid_blocks", "no more than 10 items allowed"},
		{"children", 10, func(n int) string {
			return `{"type":"container","title":` + text("plain_text", "x") + `,"child_blocks":[` + times(n, divider) + `]}`
		}, "invalid_blocks", "11 items: 1 to 10 are allowed [json-pointer:/blocks/0/child_blocks]"},
		{"blocks with children", 44, func(n int) string {
			box := `{"type":"container","title":` + text("plain_text", "x") + `,"child_blocks":[` + times(5, divider) + `]}`
			return times(n, divider) + "," + box
		}, "invalid_blocks", "those in containers among them"},
		{"container title", 150, func(n int) string {
			return `{"type":"container","title":` + text("plain_text", xs(n)) + `,"child_blocks":[` + divider + `]}`
		}, "invalid_blocks", "less than 151"},
		{"button", 75, func(n int) string {
			return `{"type":"actions","elements":[{"type":"button","text":` + text("plain_text", xs(n)) + `}]}`
		}, "invalid_blocks", "less than 76"},
		{"url", 3000, func(n int) string {
			return `{"type":"actions","elements":[{"type":"button","url":"` + xs(n) + `","text":` + text("plain_text", "x") + `}]}`
		}, "invalid_blocks", "less than 3001"},
		{"block_id", 255, func(n int) string { return `{"type":"divider","block_id":"` + xs(n) + `"}` }, "invalid_blocks", "less than 256"},
		{"total", 13000 - len("["+times(5, section(0))+"]") - 4*2500, func(n int) string {
			return times(4, section(2500)) + "," + section(n)
		}, "msg_blocks_too_long", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if refusal := slacktest.Check("x", json.RawMessage("["+tt.make(tt.most)+"]")); refusal != nil {
				t.Errorf("%d: %v", tt.most, refusal)
			}
			refusal := slacktest.Check("x", json.RawMessage("["+tt.make(tt.most+1)+"]"))
			if refusal == nil || refusal.Code != tt.code || !strings.Contains(fmt.Sprint(refusal.Messages), tt.says) {
				t.Errorf("%d: %v", tt.most+1, refusal)
			}
		})
	}
}

func TestCheckText(t *testing.T) {
	for _, tt := range []struct{ text, code string }{
		{"", "no_text"},
		{" \n", "no_text"},
		{strings.Repeat("x", 40000), ""},
		{strings.Repeat("x", 40001), "msg_too_long"},
	} {
		refusal := slacktest.Check(tt.text, nil)
		if got := code(refusal); got != tt.code {
			t.Errorf("%d characters: %q, want %q", len(tt.text), got, tt.code)
		}
	}
}

func code(r *slacktest.Refusal) string {
	if r == nil {
		return ""
	}
	return r.Code
}

func TestCheckMarkup(t *testing.T) {
	for text, fine := range map[string]bool{
		"a &amp; b &lt;c&gt;":                 true,
		"<https://a.example/?x&amp;y|l &gt;>": true,
		"```\ncode\n```":                      true,
		"zero\u200bwidth":                     true,
		"日本語 😀":                               true,
		"a & b":                               false,
		"&quot;":                              false,
		"a < b":                               false,
		"a > b":                               false,
		"<!channel>":                          false,
		"<@U123>":                             false,
		"<https://a.example/>":                false,
		"<http://a.example/|l>":               false,
		"<https://a.example/ x|l>":            false,
		"<https://a.example/?a&b|l>":          false,
		"<https://a.example/|l":               false,
		"<https://a.example/|a<b>":            false,
		"```\ncode":                           false,
		"a\x00b":                              false,
		"a\u202eb":                            false,
		"a\u2066b":                            false,
		"a\tb":                                false,
	} {
		refusal := slacktest.Check("x", json.RawMessage(`[{"type":"section","text":{"type":"mrkdwn","verbatim":true,"text":`+quote(t, text)+`}}]`))
		if (refusal == nil) != fine {
			t.Errorf("%q: %v", text, refusal)
		}
		if refusal := slacktest.Check(text, nil); (refusal == nil) != fine {
			t.Errorf("%q as text: %v", text, refusal)
		}
	}
	if refusal := slacktest.Check("\xff", nil); refusal == nil {
		t.Error("broken UTF-8 was taken")
	}
}

func TestCheckStructure(t *testing.T) {
	for blocks, want := range map[string]string{
		`{}`:                         "invalid_blocks_format",
		`[]`:                         "invalid_blocks",
		`[{"type":"video"}]`:         "invalid_blocks",
		`[{"type":"divider","x":1}]`: "invalid_blocks",
		`[{"type":"header"}]`:        "invalid_blocks",
		`[{"type":"header","text":{"type":"mrkdwn","text":"x","verbatim":true}}]`: "invalid_blocks",
		`[{"type":"section"}]`: "invalid_blocks",
		`[{"type":"section","text":{"type":"mrkdwn","text":"","verbatim":true}}]`:                                     "invalid_blocks",
		`[{"type":"section","text":{"type":"mrkdwn","text":"x"}}]`:                                                    "invalid_blocks",
		`[{"type":"section","text":{"type":"mrkdwn","text":"x","verbatim":true,"emoji":true}}]`:                       "invalid_blocks",
		`[{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}]`:                                "invalid_blocks",
		`[{"type":"section","text":{"type":"plain_text","text":"<&>"}}]`:                                              "",
		`[{"type":"context","elements":[]}]`:                                                                          "invalid_blocks",
		`[{"type":"actions","elements":[{"type":"select","text":{"type":"plain_text","text":"x"}}]}]`:                 "invalid_blocks",
		`[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`:                                       "invalid_blocks",
		`[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"b"},{"type":"divider"},{"type":"divider"}]`: "",
	} {
		if got := code(slacktest.Check("x", json.RawMessage(blocks))); got != want {
			t.Errorf("%s: %q, want %q", blocks, got, want)
		}
	}
}
