package main

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/message"
)

// TestWordsAreComplete holds every language to English: each field set, with the same placeholders, and translated.
func TestWordsAreComplete(t *testing.T) {
	filled, letters := regexp.MustCompile(`\{[a-z]+\}`), regexp.MustCompile(`\p{L}`)
	placeholders := func(text string) []string { return slices.Sorted(slices.Values(filled.FindAllString(text, -1))) }
	for _, l := range catalog.Languages() {
		got, want := reflect.ValueOf(wordsOf(l)), reflect.ValueOf(english)
		for i := range want.NumField() {
			name, text, in := want.Type().Field(i).Name, got.Field(i).String(), want.Field(i).String()
			if text == "" {
				t.Errorf("%s is not set (edit the words of language %s)", name, l.Code)
			} else if !slices.Equal(placeholders(text), placeholders(in)) {
				t.Errorf("%s of language %s has the placeholders %q, in English %q", name, l.Code, placeholders(text), placeholders(in))
			} else if l.Code != "en" && text == in && letters.MatchString(filled.ReplaceAllString(text, "")) {
				t.Errorf("%s of language %s is English still: %q", name, l.Code, text)
			}
		}
	}
}

// TestUsageFitsATerminal counts columns, of which Japanese takes two a character.
func TestUsageFitsATerminal(t *testing.T) {
	for _, l := range catalog.Languages() {
		for line := range strings.Lines(wordsOf(l).Usage) {
			if columns := message.Width(strings.TrimSuffix(line, "\n")); columns > 80 {
				t.Errorf("%s: %d columns: %s", l.Code, columns, line)
			}
		}
	}
}

func TestRunInJapanese(t *testing.T) {
	ja := map[string]string{"MESSAGE_LANGUAGE": "ja"}
	tests := map[string]struct {
		args           []string
		env            map[string]string
		code           int
		stdout, stderr []string
	}{
		"help":                      {args: []string{"-h"}, env: ja, stdout: []string{"replay [フラグ] ファイル", "en または ja", "終了ステータス"}, stderr: []string{""}},
		"help, by flag behind it":   {args: []string{"-help", "-lang", "ja"}, stdout: []string{"終了ステータス"}, stderr: []string{""}},
		"English help all the same": {args: []string{"-h", "-lang", "en"}, env: ja, stdout: []string{"Exit status"}, stderr: []string{""}},
		"an event":                  {args: []string{lost}, env: ja, stdout: []string{"● カバレッジ喪失 · EKS クラスター billing", "正常 → 異常", "2026年4月2日 02:00:12 UTC"}, stderr: []string{""}},
		"a history":                 {args: []string{lost, lostCopy, back, lostLate, "-lang", "JA"}, stdout: []string{"再通知なし: ", "✔ カバレッジ回復", "\n通知なし: "}, stderr: []string{"イベント 4 件: 通知 2 件、通知済み 1 件、古い内容 1 件\n"}},
		"an unknown issue":          {args: []string{unknown}, env: ja, code: exitUnknown, stdout: []string{"この通知ツールのカタログにありません"}, stderr: []string{"イベント 1 件: 通知 1 件 (うちカタログにない問題 1 件)\n"}},
		"an issue":                  {args: []string{"-issue", "EKS", "Local EKS clusters"}, env: ja, stdout: []string{"問題の説明", "できる対処はありません。"}, stderr: []string{"リソースは架空のものです。"}},
		"the catalogue":             {args: []string{"-catalog"}, env: ja, stdout: []string{"(通常は自然に回復、できる対処なし)", "すべて       ", "問題 "}, stderr: []string{""}},
		"standard input":            {args: []string{"-"}, env: ja, code: exitFailed, stdout: []string{""}, stderr: []string{"replay: 標準入力: ", "カバレッジのイベント以外 1 件"}},
		"an empty folder":           {args: []string{t.TempDir()}, env: ja, code: exitFailed, stdout: []string{""}, stderr: []string{"*.json がありません"}},
		"no arguments":              {env: ja, code: exitUsage, stdout: []string{""}, stderr: []string{"replay: イベントがありません。", "使い方は replay -h"}},
		"an unknown flag":           {args: []string{"-verbose"}, env: ja, code: exitUsage, stdout: []string{""}, stderr: []string{"コマンドラインを解釈できません: ", "-verbose"}},
		"an unknown format":         {args: []string{"-format", "yaml", lost}, env: ja, code: exitUsage, stdout: []string{""}, stderr: []string{`("yaml" は使用できません)`}},
		"an unknown language":       {args: []string{"-lang", "tlh", lost}, env: ja, code: exitUsage, stdout: []string{""}, stderr: []string{`en or ja, not "tlh"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := start(t, "", test.env, test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			contains(t, "stdout", got.stdout, test.stdout)
			contains(t, "stderr", got.stderr, test.stderr)
		})
	}
}

func TestReportInJapanese(t *testing.T) {
	got := startReport(t, read(t, "testdata/report/organization.json"), nil, "-file", "-", "-lang", "ja")
	contains(t, "stdout", got.stdout, []string{"お知らせ · カバレッジレポート", "55.6% カバー済み", "未カバー時間"})
	contains(t, "stderr", got.stderr, []string{"-region で指定してください"})
}

// TestTheCatalogueForProgramsIsTheSameInEveryLanguage holds what programs match on apart from what people read.
func TestTheCatalogueForProgramsIsTheSameInEveryLanguage(t *testing.T) {
	want := start(t, "", nil, "-catalog", "-format", "json").stdout
	for _, l := range catalog.Languages() {
		if got := start(t, "", nil, "-catalog", "-format", "json", "-lang", l.Code).stdout; got != want || !json.Valid([]byte(got)) {
			t.Errorf("in %s it is another", l.Code)
		}
	}
}

// TestHeadersAreAlignedWhateverTheScript names an input as people name files.
func TestHeadersAreAlignedWhateverTheScript(t *testing.T) {
	t.Chdir(filepath.Dir(file(t, "イベント.json", read(t, lost))))
	for _, name := range []string{"イベント.json", "./イベント.json"} {
		header, _, _ := strings.Cut(start(t, "", nil, name, name).stdout, "\n")
		if columns := message.Width(header); columns != headerWidth {
			t.Errorf("%d columns, want %d: %s", columns, headerWidth, header)
		}
	}
}
