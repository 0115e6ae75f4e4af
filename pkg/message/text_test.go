package message_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/message"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestWriteText(t *testing.T) {
	tests := map[string]struct {
		message message.Message
		style   message.Style
	}{
		"lost":        {message: lost()},
		"lost-colour": {message: lost(), style: message.Colour},
		"restored":    {message: restored()},
		"japanese":    {message: japanese()},
		"hostile":     {message: hostile(), style: message.Colour},
		"title-only":  {message: message.Message{Title: "nothing but a title"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			compareGolden(t, name+".txt", text(t, test.message, test.style))
		})
	}
}

// TestEveryGoldenIsInUse keeps a file whose test was renamed from being reviewed for ever.
func TestEveryGoldenIsInUse(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) != 6 {
		t.Errorf("testdata holds %d texts (%v), TestWriteText compares 6", len(files), err)
	}
}

func TestWriteTextWrapsProseAtEightyColumns(t *testing.T) {
	m := message.Message{
		Title:    strings.Repeat("title ", 30),
		Summary:  strings.Repeat("カバレッジが失われました。", 20),
		Facts:    []message.Fact{{Label: "Label", Value: strings.Repeat("値 value ", 40)}},
		Sections: []message.Section{{Heading: strings.Repeat("heading ", 20), Text: strings.Repeat("text ", 50)}},
	}
	for line := range strings.Lines(text(t, m, message.Plain)) {
		if got := columns(strings.TrimSuffix(line, "\n")); got > 80 {
			t.Errorf("%d columns: %q", got, line)
		}
	}
}

// TestWriteTextKeepsPunctuationWithItsText looks at every place where a line may end.
func TestWriteTextKeepsPunctuationWithItsText(t *testing.T) {
	const prose = "ステータスを確認します (インスタンスの停止と起動でも同じです)。「ポッド」がチェックされ、`a` が`b`になる場合は, 終わり! 100% です…"
	for shift := range 80 {
		m := message.Message{Summary: strings.Repeat("あ", shift) + prose + prose}
		for line := range strings.Lines(text(t, m, message.Plain)) {
			line = strings.TrimSuffix(line, "\n")
			first, _ := utf8.DecodeRuneInString(line)
			last, _ := utf8.DecodeLastRuneInString(line)
			if line != "" && (strings.ContainsRune("、。」)…,!%ーッェ", first) || strings.ContainsRune("「(", last)) {
				t.Errorf("shifted by %d: a line begins with %q or ends in %q: %s", shift, first, last, line)
			}
		}
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "EKS": 3, "カバレッジ": 10, "EKS クラスター": 14, "異常 → 正常": 11, "… ほか 3 件": 11, "ﾎﾟｯﾄﾞ": 5,
		"か\u3099": 2, "（）": 4, "한국": 4, "é": 1, "e\u0301": 1, "𠮷": 2, "─": 1, "🔴": 2,
	} {
		if got := message.Width(s); got != want {
			t.Errorf("%q is %d columns wide, want %d", s, got, want)
		}
	}
}

func TestWriteTextNeverWrapsWhatIsCopied(t *testing.T) {
	long := strings.Repeat("word ", 40) + "end"
	m := message.Message{
		Facts: []message.Fact{{Label: "ARN", Value: long, Code: true}},
		Sections: []message.Section{{
			Steps: []message.Step{{Text: "Run this.", Command: long + " of the command"}},
			Links: []message.Link{{Label: "Page", URL: "https://example.com/" + strings.Repeat("a", 100)}},
		}},
	}
	got := text(t, m, message.Plain)
	for _, want := range []string{long, m.Sections[0].Steps[0].Command, m.Sections[0].Links[0].URL} {
		if !strings.Contains(got, want) {
			t.Errorf("broken up: %s\nin %s", want, got)
		}
	}
}

func TestWriteTextStopsAtTheFirstError(t *testing.T) {
	w := &brokenWriter{good: 2}
	err := lost().WriteText(w, message.Plain, message.DefaultWidth)
	if !errors.Is(err, errBroken) {
		t.Errorf("got error %v, want %v", err, errBroken)
	}
	if w.writes != 3 {
		t.Errorf("%d writes, want none after the failed third", w.writes)
	}
}

func TestClean(t *testing.T) {
	tests := map[string]struct{ in, clean, line string }{
		"plain":          {"a `b` — ü 日本", "a `b` — ü 日本", "a `b` — ü 日本"},
		"line breaks":    {"a\r\nb\rc\u2028d\u0085e", "a\nb\nc\nd\ne", "a b c d e"},
		"blanks":         {" a \t b\n", " a   b\n", "a b"},
		"escape":         {"\x1b[31mred\a\x00", "\uFFFD[31mred\uFFFD\uFFFD", "\uFFFD[31mred\uFFFD\uFFFD"},
		"C1 control":     {"a\u009b31m", "a\uFFFD31m", "a\uFFFD31m"},
		"bidi override":  {"a\u202eb\u2066c", "a\uFFFDb\uFFFDc", "a\uFFFDb\uFFFDc"},
		"invisible":      {"a\u200bb\ufeff\U000E0041", "a\uFFFDb\uFFFD\uFFFD", "a\uFFFDb\uFFFD\uFFFD"},
		"broken UTF-8":   {"a\xff\xc3", "a\uFFFD\uFFFD", "a\uFFFD\uFFFD"},
		"no characters":  {"\ufffe\uffff", "\uFFFD\uFFFD", "\uFFFD\uFFFD"},
		"nothing at all": {"", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := message.Clean(test.in); got != test.clean {
				t.Errorf("Clean: got %q, want %q", got, test.clean)
			}
			if got := message.CleanLine(test.in); got != test.line {
				t.Errorf("CleanLine: got %q, want %q", got, test.line)
			}
		})
	}
}

func FuzzWriteText(f *testing.F) {
	f.Add("payments", "\x1b]0;owned\a", "第三者 `x`", "a\xffb\r\n\u202e")
	f.Add("", "\n\n", "ー、。", strings.Repeat("界", 50))
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		m := message.Message{
			Tone: message.Tone(len(a) % 4), Title: a, State: c, Where: d, Summary: b, Fold: d,
			Context:  []message.Item{{Text: a}, {Text: b + "{time}", At: time.Unix(int64(len(c)), 0), Clock: d}},
			Evidence: []message.Evidence{{Mark: message.Mark(len(a) % 3), Check: b, Result: c}},
			First:    &message.Step{Text: d, Command: a},
			Facts:    []message.Fact{{Label: c, Value: d}, {Label: d, Value: a, Code: true}},
			Sections: []message.Section{{
				Heading: b, Text: c, Quote: d, Table: &message.Table{
					Columns: []message.Column{{Heading: a}, {Heading: b, Right: true}}, Rows: [][]string{{c, d}, {d}}, More: len(a) % 3,
				},
				Evidence: []message.Evidence{{Mark: message.Mark(len(b) % 3), Check: c, Result: d}},
				Steps:    []message.Step{{Text: a, Command: b}}, Links: []message.Link{{Label: c, URL: d}},
			}},
			Links: []message.Link{{Label: a, URL: b}},
			Words: message.Words{First: c, Facts: d, More: a},
		}
		got := text(t, m, message.Plain)
		if !utf8.ValidString(got) {
			t.Errorf("not UTF-8: %q", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }); i >= 0 {
			t.Errorf("control character at %d of %q", i, got)
		}
		coloured := text(t, m, message.Colour)
		if plain := sgr.Replace(coloured); plain != got {
			t.Errorf("colour changes the text:\n%s", cmp.Diff(got, plain))
		}
	})
}

// sgr takes away the codes of the colour style, and only those.
var sgr = strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[1;31m", "", "\x1b[1;32m", "",
	"\x1b[1;34m", "", "\x1b[33m", "")

var errBroken = errors.New("broken pipe")

type brokenWriter struct{ good, writes int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	w.writes++
	if w.writes > w.good {
		return 0, errBroken
	}
	return len(p), nil
}

func text(t *testing.T, m message.Message, style message.Style) string {
	t.Helper()
	var b strings.Builder
	if err := m.WriteText(&b, style, message.DefaultWidth); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

// columns is a second opinion on the width of the few scripts in these tests.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if r >= 0x2E80 {
			n++
		}
		n++
	}
	return n
}

func lost() message.Message {
	at := time.Date(2026, 11, 23, 3, 4, 5, 0, time.UTC)
	return message.Message{
		Tone:  message.Lost,
		Title: "payments-prod: agent pods cannot be scheduled",
		State: "Coverage lost", Where: "EKS, eu-central-1, payments",
		Context: []message.Item{
			{Text: "EKS"}, {Text: "eu-central-1"}, {Text: "111122223333", Code: true},
			{Text: "since {time}", At: at, Clock: "2026-11-23 03:04 UTC"}, {Text: "2 of 3 nodes covered"},
		},
		Summary: "The nodes lack resources for the agent pods, and the pods' priority class does not let them preempt other pods. " +
			"Until coverage is restored, runtime threats on `payments-prod` go undetected.",
		Evidence: []message.Evidence{
			{Mark: message.Wrong, Check: "Agent add-on", Result: "`DEGRADED`: `InsufficientNumberOfReplicas`, the add-on is unhealthy because it doesn't have the desired number of replicas."},
			{Result: "1 check without a result"},
			{Mark: message.Right, Result: "6 checks passed"},
		},
		First: &message.Step{
			Text: "See which pods wait, and on which nodes. The node that has no room for another pod is named in the events.", Command: "kubectl get pods -n amazon-guardduty -o wide",
		},
		Links: []message.Link{{Label: "Cluster", URL: "https://eu-central-1.console.aws.amazon.com/eks/"}, {URL: "https://example.com/without-label"}},
		Fold:  "2 more steps and all facts",
		Sections: []message.Section{
			{
				Heading: "Next steps", Before: 1,
				Text: "Work through the steps in this order.\n\nThe first only looks.",
				Steps: []message.Step{
					{Text: "Read why the scheduler refuses them; the reason stands in the events at the end of the output, newest last.",
						Command: "kubectl get events -n amazon-guardduty --sort-by=.lastTimestamp"},
					{Text: "Give the agent a priority class that may preempt, or add nodes."},
				},
				Links: []message.Link{{Label: "Parameters of the add-on", URL: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-configure-security-agent-eks-addon.html#gdu-eks-addon-configure-parameters-values"}},
			},
			{
				Heading: "Issue reported by GuardDuty",
				Quote:   "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because it doesn't have the desired number of replicas.\nnot scheduled 0/3 nodes are available: 3 Insufficient cpu.",
			},
			{
				Heading: "Diagnosis",
				Evidence: []message.Evidence{
					{Check: "VPC endpoint", Result: "Could not check: `ec2:DescribeVpcEndpoints` is not allowed."},
					{Mark: message.Right, Check: "Nodes", Result: "3 running."},
				},
			},
		},
		Facts: []message.Fact{
			{Label: "Cluster", Value: "arn:aws:eks:eu-central-1:111122223333:cluster/payments-prod", Code: true},
			{Label: "Region", Value: "eu-central-1", Code: true},
			{Label: "Nodes covered", Value: "2 of 3"},
			{Label: "Lost", Value: "2026-11-23 03:04:05 UTC, 9 minutes before EventBridge sent the event to this account and this Region", At: at},
		},
		Words: words(),
	}
}

func restored() message.Message {
	return message.Message{
		Tone:    message.Restored,
		Title:   "EKS payments-prod in 111122223333",
		Summary: "GuardDuty sees the cluster again.",
		Facts:   []message.Fact{{Label: "Without coverage", Value: "41 minutes"}},
		Words:   words(),
	}
}

func japanese() message.Message {
	return message.Message{
		Tone:    message.Lost,
		Title:   "EKS payments-prod（111122223333）：エージェントの Pod を配置できません",
		Summary: "GuardDuty は EKS クラスター `payments-prod` で実行されているものを監視できなくなりました。攻撃が検出されたわけではありませんが、復旧するまで検出できません。",
		Facts:   []message.Fact{{Label: "リージョン", Value: "eu-central-1", Code: true}, {Label: "ノード", Value: "2 / 3"}},
		Sections: []message.Section{{Heading: "対応", Steps: []message.Step{
			{Text: "どの Pod が待機しているかを確認します。", Command: "kubectl get pods -n amazon-guardduty -o wide"},
		}}},
		State: "カバレッジ異常", Fold: "残りの手順",
		Words: message.Words{First: "最初の対処:", Facts: "情報"},
	}
}

func hostile() message.Message {
	evil := "\x1b]0;owned\a\x1b[2Jok\r\nAll is well\u202egnp.exe\xff"
	return message.Message{
		Tone: message.Lost, Title: evil, Summary: evil,
		Facts: []message.Fact{{Label: evil, Value: evil}},
		Sections: []message.Section{{
			Quote: evil, Evidence: []message.Evidence{{Check: evil, Result: evil}}, Steps: []message.Step{{Text: evil, Command: evil}},
		}},
		Links: []message.Link{{Label: evil, URL: evil}},
		Words: words(),
	}
}

func words() message.Words {
	return message.Words{First: "First:", Facts: "Facts", More: "… {n} more"}
}
