package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/slack"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var english = message.Words{More: "… {n} more", Cut: "… (cut)", First: "First:", Facts: "Facts"}

// lost is a message with something of everything.
func lost() message.Message {
	at := time.Date(2026, 3, 5, 13, 36, 48, 0, time.UTC)
	return message.Message{
		Tone:  message.Lost,
		Title: "payments: add-on missing",
		State: "Coverage lost",
		Where: "EKS, eu-west-1, R&D",
		Context: []message.Item{
			{Text: "EKS"}, {Text: "R&D {time}"}, {Text: "111122223333", Code: true}, {Text: "since {time}", At: at, Clock: "2026-03-05 22:36 JST"},
		},
		Summary: "GuardDuty found no `aws-guardduty-agent` add-on. R&D: bring it back with the steps below.",
		Evidence: []message.Evidence{
			{Mark: message.Wrong, Check: "Agent add-on", Result: "`aws-guardduty-agent` is not installed."},
			{Mark: message.Right, Result: "6 checks passed"},
		},
		First: &message.Step{Text: "See what is there.", Command: "aws eks list-addons --cluster-name payments > addons.txt"},
		Links: []message.Link{
			{Label: "Coverage", URL: "https://console.aws.amazon.com/guardduty/home?region=eu-west-1#/runtime"},
			{Label: "Not a link", URL: "javascript:alert(1)"},
		},
		Fold: "Everything else",
		Sections: []message.Section{{
			Heading: "Next steps", Before: 1, Steps: []message.Step{{Text: "Create it.", Command: "aws eks create-addon"}},
		}, {
			Heading: "Issue reported by GuardDuty",
			Quote:   "Addon Not Created: <missing> ```",
		}, {
			Heading: "Diagnosis",
			Evidence: []message.Evidence{
				{Check: "VPC endpoint <*>", Result: "Could not check: `ec2:DescribeVpcEndpoints` is not allowed."},
				{Mark: message.Right, Check: "Nodes", Result: "3 running, & all are `Ready`."},
			},
			Links: []message.Link{{Label: "AWS guide", URL: "https://docs.aws.amazon.com/guardduty/latest/ug/x.html?a=1&b=2#eks|x"}},
		}},
		Facts: []message.Fact{
			{Label: "Resource", Value: "arn:aws:eks:eu-west-1:111122223333:cluster/payments", Code: true},
			{Label: "Since", Value: "2026-03-05 22:36:48 JST", At: at},
		},
		Words: english,
	}
}

func restored() message.Message {
	return message.Message{
		Tone:    message.Restored,
		Title:   "payments: 正常に復帰",
		State:   "カバレッジ回復",
		Summary: "クラスター`payments`のカバレッジが回復しました。",
		Words:   message.Words{More: "… ほか{n}件", Cut: "…（省略）"},
	}
}

func TestPayloadGolden(t *testing.T) {
	for name, m := range map[string]message.Message{"lost": lost(), "restored": restored()} {
		t.Run(name, func(t *testing.T) {
			payload, err := slack.Payload(m)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := json.Indent(&got, payload, "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			path := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("-want +got, rewrite with -update:\n%s", diff)
			}
		})
	}
}

// block is a block as it is sent.
type block struct {
	Type     string  `json:"type"`
	Text     *text   `json:"text"`
	Fields   []text  `json:"fields"`
	Elements []text  `json:"elements"`
	Title    any     `json:"title"` // of a chart it is a string
	Children []block `json:"child_blocks"`
}

type text struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim"`
}

// sent checks m with an independent eye and returns what is sent.
func sent(t *testing.T, m message.Message) (fallback string, blocks []block) {
	t.Helper()
	payload, err := slack.Payload(m)
	if err != nil {
		t.Fatal(err)
	}
	var raw struct {
		Text   string
		Blocks json.RawMessage
	}
	if err := json.Unmarshal(payload, &raw); err != nil {
		t.Fatal(err)
	}
	if refusal := slacktest.Check(raw.Text, raw.Blocks); refusal != nil {
		t.Fatalf("Slack would refuse it: %s %q", refusal.Code, refusal.Messages)
	}
	if len(raw.Text) >= 4000 {
		t.Fatalf("the fallback has %d bytes, chat.update takes fewer than 4000", len(raw.Text))
	}
	if err := json.Unmarshal(raw.Blocks, &blocks); err != nil {
		t.Fatal(err)
	}
	return raw.Text, blocks
}

// texts are all the texts in order.
func texts(blocks []block) []string {
	var all []string
	for _, b := range blocks {
		if b.Text != nil {
			all = append(all, b.Text.Text)
		}
		for _, f := range append(b.Fields, b.Elements...) {
			all = append(all, f.Text)
		}
		if title, ok := b.Title.(map[string]any); ok {
			all = append(all, title["text"].(string))
		}
		all = append(all, texts(b.Children)...)
	}
	return all
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

func TestTextLimits(t *testing.T) {
	one := func(m message.Message) message.Message { m.Words = english; return m }
	for _, tt := range []struct {
		name string
		// most is the longest text that is not cut, index where it is found, frame what stands around it.
		most, index int
		make        func(s string) message.Message
		frame       string
	}{
		{"header", 147, 0, func(s string) message.Message { return one(message.Message{Title: s}) }, "🔵 %s"},
		{"state", 150, 1, func(s string) message.Message { return one(message.Message{State: s}) }, "*%s*"},
		{"context", 150, 1, func(s string) message.Message {
			return one(message.Message{Context: []message.Item{{Text: s}}})
		}, "%s"},
		{"context code", 148, 1, func(s string) message.Message {
			return one(message.Message{Context: []message.Item{{Text: s, Code: true}}})
		}, "`%s`"},
		{"fold", 150, 1, func(s string) message.Message {
			return one(message.Message{Fold: s, Sections: []message.Section{{Text: "T"}}})
		}, "%s"},
		{"first", 1000, 1, func(s string) message.Message {
			m := one(message.Message{First: &message.Step{Text: s}})
			m.Words.First = ""
			return m
		}, "%s"},
		{"summary", 1500, 1, func(s string) message.Message { return one(message.Message{Summary: s}) }, "%s"},
		{"fact", 500, 2, func(s string) message.Message {
			return one(message.Message{Facts: []message.Fact{{Label: "L", Value: s}}})
		}, "*L*\n%s"},
		{"code fact", 498, 2, func(s string) message.Message {
			return one(message.Message{Facts: []message.Fact{{Label: "L", Value: s, Code: true}}})
		}, "*L*\n`%s`"},
		{"fact label", 75, 2, func(s string) message.Message {
			return one(message.Message{Facts: []message.Fact{{Label: s, Value: "v"}}})
		}, "*%s*\nv"},
		{"section text", 1500, 1, func(s string) message.Message {
			return one(message.Message{Sections: []message.Section{{Heading: "H", Text: s}}})
		}, "*H*\n%s"},
		{"quote", 1490, 1, func(s string) message.Message {
			return one(message.Message{Sections: []message.Section{{Quote: s}}})
		}, "```\n%s\n```"},
		{"evidence", 393, 1, func(s string) message.Message {
			return one(message.Message{Evidence: []message.Evidence{{Check: "C", Result: s}}})
		}, "? *C*: %s"},
		{"step", 1000, 1, func(s string) message.Message {
			return one(message.Message{Sections: []message.Section{{Steps: []message.Step{{Text: s}}}}})
		}, "1. %s"},
		{"link label", 75, 1, func(s string) message.Message {
			return one(message.Message{Links: []message.Link{{Label: s, URL: "https://x.example/"}}})
		}, "<https://x.example/|%s>"},
	} {
		for _, letter := range []string{"x", "覆"} {
			t.Run(tt.name+" of "+letter, func(t *testing.T) {
				whole := strings.Repeat(letter, tt.most)
				_, blocks := sent(t, tt.make(whole))
				if got, want := texts(blocks)[tt.index], fmt.Sprintf(tt.frame, whole); normal(got) != normal(want) {
					t.Errorf("%d characters: got %q", tt.most, got)
				}
				_, blocks = sent(t, tt.make(whole+letter))
				got := texts(blocks)[tt.index]
				if strings.Contains(got, whole) || !strings.Contains(got, "…") {
					t.Errorf("%d characters were not cut: %q", tt.most+1, got)
				}
				if before := fmt.Sprintf(tt.frame, whole); units(got) > units(before) || units(got) < units(before)-2 {
					t.Errorf("cut to %d, there is room for %d", units(got), units(before))
				}
			})
		}
	}
}

// normal hides how wide the frame is.
func normal(s string) string { return strings.TrimSpace(s) }

func TestURLLimit(t *testing.T) {
	address := "https://x.example/" + strings.Repeat("p", 2922-len("https://x.example/"))
	for _, tt := range []struct{ address, want string }{
		{address, "<" + address + "|L>"},
		{address + "p", "L"},
	} {
		_, blocks := sent(t, message.Message{Links: []message.Link{{Label: "L", URL: tt.address}}})
		if got := texts(blocks)[1]; got != tt.want {
			t.Errorf("an address of %d: got %q", len(tt.address), got)
		}
	}
}

func TestFactsFillSections(t *testing.T) {
	for n, want := range map[int][]int{10: {0, 10}, 11: {0, 10, 1}} {
		m := message.Message{Facts: make([]message.Fact, n)}
		for i := range m.Facts {
			m.Facts[i] = message.Fact{Label: "L", Value: "v"}
		}
		_, blocks := sent(t, m)
		var got []int
		for _, b := range blocks {
			got = append(got, len(b.Fields))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("fields a block, -want +got:\n%s", diff)
		}
	}
}

// TestFiftyBlocks counts what is folded, too: Slack does not say whether it does.
func TestFiftyBlocks(t *testing.T) {
	for n, last := range map[int]string{47: "… 3 more", 4: "H"} {
		m := message.Message{Title: "T", Summary: "S", Words: english}
		for range n {
			m.Sections = append(m.Sections, message.Section{Heading: "H", Table: grid(1, 1)})
		}
		_, blocks := sent(t, m)
		all := texts(blocks)
		if got := all[len(all)-1]; len(blocks) > 50 || n > 40 && !strings.Contains(got, " more") || n < 40 && got != "*"+last+"*" {
			t.Errorf("%d sections: %d blocks, the last %q", n, len(blocks), got)
		}
	}
}

func TestTenChildrenOfAFold(t *testing.T) {
	for n, cut := range map[int]bool{8: false, 30: true} {
		m := message.Message{Title: "T", Fold: "All", Words: english}
		for range n {
			m.Sections = append(m.Sections, message.Section{Text: strings.Repeat("t", 300)})
		}
		m.Facts = []message.Fact{{Label: "L", Value: "v"}}
		_, blocks := sent(t, m)
		all := texts(blocks)
		if got := strings.Contains(all[len(all)-1], " more"); got != cut && n < 30 {
			t.Errorf("%d sections: %q", n, all[len(all)-1])
		}
		if children := len(blocks[1].Children); children > 10 || children == 0 {
			t.Errorf("%d children", children)
		}
	}
}

func TestFallbackLimit(t *testing.T) {
	// "🔵 " takes 5 bytes.
	whole := strings.Repeat("あ", (3999-5)/3) + "x"
	for _, tt := range []struct {
		title string
		cut   bool
	}{{whole, false}, {whole + "x", true}, {strings.Repeat("&", 798) + "xxxx", false}, {strings.Repeat("&", 799), true}} {
		fallback, _ := sent(t, message.Message{Title: tt.title, Words: message.Words{Cut: "CUT"}})
		if got := strings.HasSuffix(fallback, "CUT"); got != tt.cut || !utf8.ValidString(fallback) {
			t.Errorf("%d bytes of title: cut %v, want %v: …%q", len(tt.title), got, tt.cut, fallback[len(fallback)-9:])
		}
	}
}

func TestFallback(t *testing.T) {
	for _, tt := range []struct {
		m    message.Message
		want string
	}{
		{lost(), "🔴 payments: add-on missing (EKS, eu-west-1, R&amp;D)"},
		{message.Message{Title: "<!channel>"}, "🔵 &lt;!channel&gt;"},
		{message.Message{}, "🔵"},
	} {
		if got := slack.Fallback(tt.m); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// TestTimesAreTheReaders: Slack writes moments in the reader's own time zone, with UTC for whoever cannot.
func TestTimesAreTheReaders(t *testing.T) {
	_, blocks := sent(t, lost())
	all := strings.Join(texts(blocks), "\n")
	for _, want := range []string{
		"since <!date^1772717808^{date_short_pretty} {time}|2026-03-05 13:36 UTC>",
		"*Since*\n<!date^1772717808^{date_short_pretty} {time_secs}|2026-03-05 13:36 UTC>",
		"R&amp;D {time}",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("lacks %q:\n%s", want, all)
		}
	}
	for _, at := range []time.Time{time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)} {
		_, blocks := sent(t, message.Message{Context: []message.Item{{Text: "at {time}", At: at, Clock: "noon"}}})
		if got := texts(blocks)[1]; got != "at noon" {
			t.Errorf("%v: got %q", at, got)
		}
	}
}

func TestHostileText(t *testing.T) {
	for _, tt := range []struct{ in, prose, code, quote string }{
		{"<!channel> & <@U1> <https://evil.example|AWS>",
			"&lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://evil.example|AWS&gt;",
			"`&lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://evil.example|AWS&gt;`",
			"```\n&lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://evil.example|AWS&gt;\n```"},
		{"&amp;", "&amp;amp;", "`&amp;amp;`", "```\n&amp;amp;\n```"},
		{"a `b` c", "a `b` c", "`a ˋbˋ c`", "```\na `b` c\n```"},
		{"a ` c", "a ˋ c", "`a ˋ c`", "```\na ` c\n```"},
		{"x ```y", "x ˋˋˋy", "`x ˋˋˋy`", "```\nx `\u200b`\u200b`y\n```"},
		{"日本`b`語", "日本\u200b`b`\u200b語", "`日本ˋbˋ語`", "```\n日本`b`語\n```"},
		{"a\u202eb\x00c\xffd", "a\ufffdb\ufffdc\ufffdd", "`a\ufffdb\ufffdc\ufffdd`", "```\na\ufffdb\ufffdc\ufffdd\n```"},
		{"a\u2066b\u2069", "a\ufffdb\ufffd", "`a\ufffdb\ufffd`", "```\na\ufffdb\ufffd\n```"},
	} {
		_, blocks := sent(t, message.Message{
			Summary:  tt.in,
			Facts:    []message.Fact{{Value: tt.in, Code: true}},
			Sections: []message.Section{{Quote: tt.in}},
		})
		if diff := cmp.Diff([]string{"🔵", tt.prose, tt.quote, tt.code}, texts(blocks)); diff != "" {
			t.Errorf("%q: -want +got\n%s", tt.in, diff)
		}
		for _, b := range blocks[1:] {
			for _, text := range append(b.Fields, deref(b.Text)...) {
				if text.Type != "mrkdwn" || !text.Verbatim {
					t.Errorf("%q is not verbatim mrkdwn", text.Text)
				}
			}
		}
	}
}

func deref(t *text) []text {
	if t == nil {
		return nil
	}
	return []text{*t}
}

func TestHeaderIsPlainText(t *testing.T) {
	_, blocks := sent(t, message.Message{Tone: message.Restored, Title: "R&D <b>\n:smile:"})
	if got := *blocks[0].Text; got.Type != "plain_text" || got.Text != "🟢 R&D <b> :smile:" {
		t.Errorf("got %+v", got)
	}
}

func TestLinks(t *testing.T) {
	for _, tt := range []struct{ label, address, want string }{
		{"AWS & you", "https://a.example/?x=1&y=<z>|\"q\" é", "<https://a.example/?x=1&amp;y=%3Cz%3E%7C%22q%22%20%C3%A9|AWS &amp; you>"},
		{"a|b>", "https://a.example/", "<https://a.example/|a¦b&gt;>"},
		{"", "https://a.example/", "<https://a.example/|https://a.example/>"},
		{"plain", "http://a.example/", "plain"},
		{"plain", "https://user:pass@a.example/", "plain"},
		{"<!here>", "data:text/html,x", "&lt;!here&gt;"},
	} {
		_, blocks := sent(t, message.Message{Links: []message.Link{{Label: tt.label, URL: tt.address}}})
		if got := texts(blocks)[1]; got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestCutsBetweenCharacters(t *testing.T) {
	for name, unit := range map[string]string{
		"escapes": "&", "astral": "😀", "accents": "e\u0301", "code": "`a` ", "glued code": "`a`を", "quotes": `"`, "lines": "a\n", "marks alone": "\u0301",
	} {
		t.Run(name, func(t *testing.T) {
			for shift := range 4 {
				s := strings.Repeat("x", shift) + strings.Repeat(unit, 4000)
				_, blocks := sent(t, message.Message{Title: s, Summary: s, Sections: []message.Section{{Quote: s}}, Words: english})
				for _, got := range texts(blocks) {
					if strings.HasSuffix(got, "e… (cut)") {
						t.Errorf("an accent was cut off: …%q", got[len(got)-20:])
					}
				}
				if got := texts(blocks)[1]; !strings.HasSuffix(got, "… (cut)") {
					t.Errorf("the cut is not said: …%q", got[len(got)-20:])
				}
			}
		})
	}
}

// TestWhatMattersStays makes parts grow and sees that the end is left out, and said to be.
func TestWhatMattersStays(t *testing.T) {
	build := func(sections, quote, facts int) message.Message {
		m := lost()
		m.Sections = nil
		for i := range sections {
			s := message.Section{Heading: fmt.Sprintf("Cause %d", i), Text: "Why.", Quote: strings.Repeat("q", quote)}
			for j := range 3 {
				s.Steps = append(s.Steps, message.Step{Text: fmt.Sprintf("step %d of %d.", j, i), Command: strings.Repeat("c", 250)})
			}
			m.Sections = append(m.Sections, s)
		}
		m.Facts = nil
		for i := range facts {
			m.Facts = append(m.Facts, message.Fact{Label: fmt.Sprintf("fact %d", i), Value: strings.Repeat("v", 100)})
		}
		return m
	}
	first := []string{"payments: add-on missing", "Coverage lost", "is not installed", "See what is there.", "list-addons", "|Coverage>"}
	for _, tt := range []struct {
		name          string
		m             message.Message
		shown, hidden []string
	}{
		{"all fits", build(3, 100, 2), []string{"step 2 of 2.", "fact 1"}, []string{"…"}},
		{"long quotes", build(3, 2900, 2), []string{"step 2 of 2.", "fact 1", "… (cut)\n```"}, []string{" more"}},
		{"many causes", build(12, 1000, 2), []string{"step 2 of 3.", "more"}, []string{"step 2 of 11.", "fact 1"}},
		{"many facts", build(3, 100, 200), []string{"step 2 of 2.", "fact 9", "more"}, []string{"fact 199"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for as, blocks := range map[string]string{"folded": all(t, slack.Blocks(tt.m)), "plain": all(t, slack.PlainBlocks(tt.m))} {
				for _, s := range append(tt.shown, first...) {
					if !strings.Contains(blocks, s) {
						t.Errorf("%s: %q is not shown", as, s)
					}
				}
				for _, s := range tt.hidden {
					if strings.Contains(blocks, s) {
						t.Errorf("%s: %q is shown: %s", as, s, blocks)
					}
				}
			}
		})
	}
}

// all is every text of the blocks.
func all(t *testing.T, list []slackgo.Block) string {
	t.Helper()
	var blocks []block
	if err := json.Unmarshal(check(t, list), &blocks); err != nil {
		t.Fatal(err)
	}
	return strings.Join(texts(blocks), "\n")
}

func TestCommandIsNeverCut(t *testing.T) {
	// "1. x", a line break, the fence with its own take 16 of 3,000.
	for n, want := range map[int]bool{2984: true, 2985: false} {
		command := strings.Repeat("c", n)
		_, blocks := sent(t, message.Message{Sections: []message.Section{{Steps: []message.Step{{Text: "x", Command: command}}}}, Words: english})
		got := texts(blocks)[1]
		if strings.Contains(got, command) != want || !want && got != "1. x\n… (cut)" {
			t.Errorf("a command of %d: %q", n, got)
		}
	}
}

func TestBuilderURL(t *testing.T) {
	link, err := slack.BuilderURL(lost())
	if err != nil {
		t.Fatal(err)
	}
	fragment, ok := strings.CutPrefix(link, "https://app.slack.com/block-kit-builder/#")
	if !ok || strings.ContainsAny(fragment, "+ <>\"") {
		t.Fatalf("got %s", link)
	}
	decoded, err := url.PathUnescape(fragment)
	if err != nil {
		t.Fatal(err)
	}
	var got, want struct{ Blocks []block }
	payload, err := slack.Payload(lost())
	if err != nil {
		t.Fatal(err)
	}
	for raw, target := range map[string]*struct{ Blocks []block }{decoded: &got, string(payload): &want} {
		if err := json.Unmarshal([]byte(raw), target); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-payload +builder:\n%s", diff)
	}
}

func BenchmarkBlocks(b *testing.B) {
	hostile := lost()
	for range 80 {
		hostile.Sections = append(hostile.Sections, message.Section{Heading: "H", Quote: strings.Repeat("`&😀", 3000), Steps: lost().Sections[0].Steps})
	}
	tables := report(100)
	for range 12 {
		tables.Sections = append(tables.Sections, tables.Sections[1])
	}
	for name, m := range map[string]message.Message{"typical": lost(), "hostile": hostile, "tables": tables} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				slack.Blocks(m)
				slack.PlainBlocks(m)
			}
		})
	}
}

func FuzzBlocks(f *testing.F) {
	f.Add("title", "summary `code`", "quote ``` <!channel>", "aws eks list-addons", "https://a.example/?a=1&b=2", 3, 1)
	f.Add("\u202e&<>\x00", "\xff```", strings.Repeat("`", 100), "😀\u0301", "https://a.example/|>", 60, 700)
	f.Add("", "", "", "", "", 0, 0)
	f.Add("ア", "クラスター`x`が", "\r\n\u2028", "a\nb", "https://[::1", 12, 1500)
	f.Fuzz(func(t *testing.T, title, summary, quote, command, address string, n, repeat int) {
		n, repeat = max(0, n)%80, max(1, repeat%2000)
		m := message.Message{
			Tone: message.Tone(n % 4), Title: title, State: quote, Where: command, Summary: strings.Repeat(summary, repeat),
			Context:  []message.Item{{Text: title, Code: n%2 == 0}, {Text: strings.Repeat(summary, repeat) + "{time}", At: time.Unix(int64(repeat), 0)}},
			Evidence: []message.Evidence{{Mark: message.Mark(n % 3), Check: summary, Result: strings.Repeat(quote, repeat)}},
			First:    &message.Step{Text: strings.Repeat(title, repeat), Command: command},
			Words:    message.Words{More: title, Cut: quote, First: summary, Facts: command},
		}
		if repeat%2 == 0 {
			m.Fold = title + "x"
		}
		for range n {
			m.Facts = append(m.Facts, message.Fact{Label: title, Value: summary, Code: n%2 == 0})
			m.Sections = append(m.Sections, message.Section{
				Heading: title, Text: summary, Quote: quote + command,
				Steps: []message.Step{{Text: summary, Command: command}},
				Links: []message.Link{{Label: quote, URL: address}},
				Evidence: []message.Evidence{
					{Mark: message.Mark(n % 3), Check: title, Result: quote + command}, {Check: summary, Result: strings.Repeat(title, repeat)},
				},
				Table: hostileTable(n*repeat%200, n%25, title, quote+command),
				Chart: hostileChart(n%25, repeat%9, title, summary),
			})
			m.Links = append(m.Links, message.Link{Label: summary, URL: "https://a.example/" + address})
		}
		m.Sections = append(m.Sections, message.Section{Quote: strings.Repeat(quote, repeat)})
		first, _ := sent(t, m)
		again, _ := sent(t, m)
		if first != again {
			t.Error("the same message looked different the second time")
		}
		check(t, slack.PlainBlocks(m))
	})
}
