package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// FuzzReplay lets the whole way from bytes to messages meet anything.
func FuzzReplay(f *testing.F) {
	for _, pattern := range []string{"../../events/*.json", "testdata/*.json", "testdata/incident/*.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds at %s: %v", pattern, err)
		}
		for _, file := range files {
			seed, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(seed)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text := start(t, string(data), nil, "replay", "-")
		if text.code == exitUsage || text.code == exitFailed && text.stderr == "" {
			t.Errorf("exit code %d, stderr %q", text.code, text.stderr)
		}
		if shown := text.stdout + text.stderr; strings.ContainsAny(shown, "\x00\x07\x1b\u202e") || !utf8.ValidString(shown) {
			t.Errorf("what is shown may mislead: %q", shown)
		}
		checkSlack(t, start(t, string(data), nil, "replay", "--format", "slack", "-").stdout)
		routes := start(t, string(data), nil, "routes", exampleRoutes, "-")
		if shown := routes.stdout + routes.stderr; routes.code == exitUsage || strings.ContainsAny(shown, "\x00\x07\x1b\u202e") || !utf8.ValidString(shown) {
			t.Errorf("exit code %d; what is shown may mislead: %q", routes.code, shown)
		}
	})
}

func checkSlack(t *testing.T, payloads string) {
	for decoder := json.NewDecoder(bytes.NewBufferString(payloads)); decoder.More(); {
		var payload struct {
			Text   string          `json:"text"`
			Blocks json.RawMessage `json:"blocks"`
		}
		if err := decoder.Decode(&payload); err != nil {
			t.Fatal(err)
		}
		if refusal := slacktest.Check(payload.Text, payload.Blocks); refusal != nil {
			t.Errorf("%s: %q", refusal.Code, refusal.Messages)
		}
	}
}
