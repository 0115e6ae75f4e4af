package message_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/message"
)

func TestWrap(t *testing.T) {
	tests := map[string]struct {
		text    string
		columns int
		want    []string
	}{
		"nothing":            {"", 10, []string{""}},
		"words":              {"one two  three", 7, []string{"one two", "three"}},
		"a long word":        {"a incomprehensibilities b", 5, []string{"a", "incomprehensibilities", "b"}},
		"particles":          {"クラスターの状態を確認します", 20, []string{"クラスターの状態を", "確認します"}},
		"katakana":           {"ランタイムモニタリング", 10, []string{"ランタイム", "モニタリン", "グ"}},
		"a katakana word":    {"重大なセキュリティ", 14, []string{"重大な", "セキュリティ"}},
		"okurigana":          {"設定を読み取りました", 14, []string{"設定を", "読み取りました"}},
		"two scripts":        {"EKSクラスターが", 12, []string{"EKS", "クラスターが"}},
		"punctuation":        {"停止、起動、終了。", 8, []string{"停止、", "起動、", "終了。"}},
		"brackets":           {"「ポッド」がある", 10, []string{"「ポッド」", "がある"}},
		"ideographs on end":  {strings.Repeat("漢", 6), 8, []string{"漢漢漢漢", "漢漢"}},
		"beside other words": {"GuardDuty の設定 on", 12, []string{"GuardDuty の", "設定 on"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, message.Wrap(test.text, test.columns)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestWrapKeepsEveryWord holds for any text of words and any width.
func TestWrapKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9.:/-]{1,30}|[ァ-ヶー]{1,12}|[一-龠]{1,4}[ぁ-ん]{0,3}`), 0, 40).Draw(t, "words")
		columns := rapid.IntRange(30, 200).Draw(t, "columns")
		lines := message.Wrap(strings.Join(words, " "), columns)
		if diff := cmp.Diff(strings.Join(words, ""), strings.ReplaceAll(strings.Join(lines, ""), " ", "")); diff != "" {
			t.Fatalf("other text (-want +got):\n%s", diff)
		}
		for _, line := range lines {
			if message.Width(line) > columns {
				t.Fatalf("%d columns of %d: %q", message.Width(line), columns, line)
			}
		}
	})
}

func TestFit(t *testing.T) {
	table := message.Table{
		Columns: []message.Column{{Heading: "ID"}, {Heading: "ISSUE"}, {Heading: "N", Right: true}},
		Rows:    [][]string{{"addon-removed", "the agent add-on was removed", "12"}, {"エージェント", "停止しました", ""}},
	}
	for columns, want := range map[int][]string{
		100: table.Lines(),
		40: {
			"ID             ISSUE                   N",
			"addon-removed  the agent add-on was   12",
			"               removed",
			"エージェント   停止しました",
		},
		32: {
			"ID     addon-removed",
			"ISSUE  the agent add-on was",
			"       removed",
			"N      12",
			"",
			"ID     エージェント",
			"ISSUE  停止しました",
		},
	} {
		if diff := cmp.Diff(want, table.Fit(columns)); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", columns, diff)
		}
	}
	empty := message.Table{Columns: table.Columns}
	if diff := cmp.Diff([]string{"ID  ISSUE  N"}, empty.Fit(80)); diff != "" {
		t.Errorf("without rows (-want +got):\n%s", diff)
	}
}

// TestFitSplitsNothing holds for any table and any width.
func TestFitSplitsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`([a-z0-9-]{1,20}( [a-z0-9-]{1,20}){0,5})?`)
		n := rapid.IntRange(1, 5).Draw(t, "columns")
		table := message.Table{}
		words := make(map[string]int)
		for range n {
			table.Columns = append(table.Columns, message.Column{Heading: "H"})
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			row := rapid.SliceOfN(cell, n, n).Draw(t, "row")
			table.Rows = append(table.Rows, row)
			for word := range strings.FieldsSeq(strings.Join(row, " ")) {
				words[word]++
			}
		}
		columns := rapid.IntRange(30, 200).Draw(t, "width")
		for _, line := range table.Fit(columns) {
			if message.Width(line) > columns {
				t.Fatalf("%d columns of %d: %q", message.Width(line), columns, line)
			}
			for word := range strings.FieldsSeq(line) {
				words[word]--
			}
		}
		for word, left := range words {
			if word != "H" && left != 0 {
				t.Fatalf("%q is shown %d times too few", word, left)
			}
		}
	})
}
