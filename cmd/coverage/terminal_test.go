package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

func atReport() time.Time { return reportedAt }

// startInTerminal runs the program in a terminal of that width, and returns what it shows there.
func startInTerminal(t *testing.T, columns int, env map[string]string, args ...string) outcome {
	t.Helper()
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 50, Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		var all bytes.Buffer
		_, _ = io.Copy(&all, screen) // Linux ends it with an error when the program's side is closed.
		shown <- strings.ReplaceAll(all.String(), "\r\n", "\n")
	}()
	var stderr bytes.Buffer
	code := run(t.Context(), args, process{
		stdin: strings.NewReader(""), stdout: tty, stderr: &stderr, now: atReport,
		getenv: func(name string) string { return env[name] }, cloud: noCloud,
	})
	tty.Close()
	return outcome{code, <-shown, stderr.String()}
}

// isCopied reports whether a long line is one that has to be copied whole: a command, or a word that is too long
// with at most its label before it.
func isCopied(line string, commands map[string]bool) bool {
	const label = 30
	longest := 0
	for field := range strings.FieldsSeq(line) {
		longest = max(longest, message.Width(field))
	}
	return commands[strings.TrimSpace(line)] || message.Width(line)-longest <= label
}

// commandsIn are the lines of all commands in the machine form.
func commandsIn(t *testing.T, documents string) map[string]bool {
	t.Helper()
	commands := make(map[string]bool)
	var collect func(any)
	collect = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, each := range v {
				collect(each)
			}
		case map[string]any:
			if command, ok := v["command"].(string); ok {
				for line := range strings.SplitSeq(command, "\n") {
					commands[strings.TrimSpace(line)] = true
				}
			}
			for _, each := range v {
				collect(each)
			}
		}
	}
	for decoder := json.NewDecoder(strings.NewReader(documents)); decoder.More(); {
		var document any
		if err := decoder.Decode(&document); err != nil {
			t.Fatal(err)
		}
		collect(document)
	}
	return commands
}

// kindOfCharacter tells words apart that no line break may split: of letters and signs, of katakana, of ideographs. 0 is
// between words.
func kindOfCharacter(r rune) int {
	const letters, katakana, ideographs = 1, 2, 3
	switch {
	case r <= unicode.MaxASCII && r > ' ':
		return letters
	case r == 'ー', unicode.Is(unicode.Katakana, r):
		return katakana
	case r == '々', unicode.Is(unicode.Han, r):
		return ideographs
	case unicode.IsSpace(r), unicode.Is(unicode.Hiragana, r), strings.ContainsRune("、。（）「」・", r):
		return 0
	}
	return letters
}

// words are the different words of a text, without the names of files.
func words(text string) []string {
	found := make(map[string]bool)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "── ") {
			continue
		}
		start, kind := 0, 0
		for i, r := range line + " " {
			if next := kindOfCharacter(r); next != kind {
				if kind != 0 {
					found[line[start:i]] = true
				}
				start, kind = i, next
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// TestMessagesFitTheTerminal shows every sample in both languages.
func TestMessagesFitTheTerminal(t *testing.T) {
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no sample events: %v", err)
	}
	shows := map[string][]string{
		"samples":  append([]string{"replay"}, samples...),
		"incident": append([]string{"replay"}, incident...),
		"report":   {"report", "--region", "eu-central-1", "--file", "testdata/report/organization.json"},
		"unknown":  {"report", "--region", "eu-central-1", "--file", "testdata/report/cli-version-1-unknown-issue.json"},
		"explain":  {"explain", "EKS", "Addon Creation Failed"},
	}
	recordings, err := filepath.Glob(diagnosedFolder + "/*.evidence.json")
	if err != nil || len(recordings) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, recording := range recordings {
		shows[filepath.Base(recording)] = []string{"replay", "--evidence", recording, "../../events/ec2-form-documented.json"}
	}
	for name, args := range shows {
		for _, l := range locale.Languages() {
			args := append(slices.Clone(args), "--lang", l.Code, "--color", "never")
			whole := startAt(t, atReport, "", nil, args...)
			wanted := words(whole.stdout)
			commands := commandsIn(t, start(t, "", nil, append(args, "--format", "json")...).stdout)
			for _, columns := range []int{60, 80, 200} {
				got := startInTerminal(t, columns, nil, args...)
				if got.code != whole.code || got.stderr != whole.stderr {
					t.Errorf("%s in %s: exit code %d, stderr %q", name, l.Code, got.code, got.stderr)
				}
				for line := range strings.Lines(got.stdout) {
					if line = strings.TrimSuffix(line, "\n"); message.Width(line) > columns && !isCopied(line, commands) {
						t.Errorf("%s in %s: %d columns of %d: %s", name, l.Code, message.Width(line), columns, line)
					}
				}
				if diff := cmp.Diff(wanted, words(got.stdout)); diff != "" {
					t.Errorf("%s in %s at %d columns has other words (-80 +got):\n%s", name, l.Code, columns, diff)
				}
			}
		}
	}
}

// TestTablesFitTheTerminal shows what commands list.
func TestTablesFitTheTerminal(t *testing.T) {
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"catalog": {"catalog"}, "routes": append([]string{"routes", exampleRoutes}, samples...),
	} {
		for _, columns := range []int{60, 80, 200} {
			got := startInTerminal(t, columns, map[string]string{"NO_COLOR": "1"}, args...)
			for line := range strings.Lines(got.stdout) {
				if line = strings.TrimSuffix(line, "\n"); message.Width(line) > columns && !isCopied(line, nil) {
					t.Errorf("%s: %d columns of %d: %s", name, message.Width(line), columns, line)
				}
			}
			if len(strings.Split(got.stdout, "\n")) < 50 {
				t.Errorf("%s at %d columns lacks rows:\n%s", name, columns, got.stdout)
			}
		}
	}
}

func TestHelpFitsTheTerminal(t *testing.T) {
	for _, columns := range []int{60, 80, 200} {
		for _, command := range []string{"replay", "explain", "catalog", "routes", "report", "doctor", "version", "completion"} {
			got := startInTerminal(t, columns, nil, command, "--help").stdout
			prose, _, _ := strings.Cut(got, "Examples:")
			_, flags, _ := strings.Cut(got, "Flags:")
			for line := range strings.Lines(prose + flags) {
				if message.Width(strings.TrimSuffix(line, "\n")) > columns {
					t.Errorf("%s: %d columns of %d: %s", command, message.Width(line), columns, line)
				}
			}
		}
	}
}

func TestDoctorFitsTheTerminal(t *testing.T) {
	for _, columns := range []int{60, 80, 200} {
		got := startInTerminal(t, columns, map[string]string{"HOLD_MINUTES": "99"}, "doctor").stdout
		contains(t, "doctor", got, []string{"failed       Settings: ", "HOLD_MINUTES", "→ Correct"})
		for line := range strings.Lines(got) {
			if message.Width(strings.TrimSuffix(line, "\n")) > columns {
				t.Errorf("%d columns of %d: %s", message.Width(line), columns, line)
			}
		}
	}
}

func TestWidthIsWithinLimits(t *testing.T) {
	for columns, want := range map[int]int{10: narrowest, 59: narrowest, 60: 60, 133: 133, 200: 200, 500: widest} {
		got := startInTerminal(t, columns, nil, "replay", lost, "--color", "never").stdout
		header, _, _ := strings.Cut(got, "\n")
		if message.Width(header) != want {
			t.Errorf("in %d columns the rule has %d, want %d", columns, message.Width(header), want)
		}
	}
}

// TestHeadersAreAlignedWhateverTheScript names an input as people name files.
func TestHeadersAreAlignedWhateverTheScript(t *testing.T) {
	t.Chdir(filepath.Dir(file(t, "イベント.json", read(t, lost))))
	for _, name := range []string{"イベント.json", "./イベント.json"} {
		header, _, _ := strings.Cut(start(t, "", nil, "replay", name, name).stdout, "\n")
		if columns := message.Width(header); columns != message.DefaultWidth {
			t.Errorf("%d columns, want %d: %s", columns, message.DefaultWidth, header)
		}
	}
}

func TestColor(t *testing.T) {
	plain, colored := start(t, "", nil, "replay", "--color", "never", lost), start(t, "", nil, "replay", "--color", "always", lost)
	if plain.stdout != start(t, "", nil, "replay", lost).stdout || strings.Contains(plain.stdout, "\x1b") {
		t.Error("color in a pipe")
	}
	if !strings.HasPrefix(colored.stdout, "\x1b[1;31m● ") {
		t.Errorf("no red title: %.60q", colored.stdout)
	}
	if remark := start(t, "", nil, "replay", "--color", "always", lost, lostCopy).stdout; !strings.Contains(remark, "\x1b[2mNo message: ") {
		t.Error("the remark is not dim")
	}
}

func TestColorFollowsTheTerminal(t *testing.T) {
	tests := map[string]struct {
		env  map[string]string
		want bool
	}{
		"a terminal":        {want: true},
		"NO_COLOR":          {env: map[string]string{"NO_COLOR": "1"}},
		"an empty NO_COLOR": {env: map[string]string{"NO_COLOR": ""}, want: true},
		"a dumb terminal":   {env: map[string]string{"TERM": "dumb"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := startInTerminal(t, 80, test.env, "replay", lost).stdout
			if colored := strings.Contains(got, "\x1b["); colored != test.want || !strings.Contains(got, "billing") {
				t.Errorf("color: %t, want %t", colored, test.want)
			}
		})
	}
	regular, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer regular.Close()
	run(t.Context(), []string{"replay", lost}, process{stdout: regular, stderr: io.Discard, getenv: func(string) string { return "" }, now: time.Now})
	if got := read(t, regular.Name()); strings.Contains(got, "\x1b") || !strings.Contains(got, "billing") {
		t.Error("color in a file")
	}
}

// TestProgressIsForTerminals shows how far a replay is, and leaves nothing of it behind.
func TestProgressIsForTerminals(t *testing.T) {
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	shown := make(chan string)
	go func() {
		var all bytes.Buffer
		_, _ = io.Copy(&all, screen)
		shown <- all.String()
	}()
	var stdout bytes.Buffer
	run(t.Context(), []string{"replay", lost, back}, process{stdout: &stdout, stderr: tty, getenv: func(string) string { return "" }, now: time.Now})
	tty.Close()
	got := <-shown
	contains(t, "stderr", got, []string{"\r\x1b[Kreplaying 1 of 2\r\x1b[K", "\r\x1b[Kreplaying 2 of 2\r\x1b[K", "2 events: 2 notified"})
	if stdout.String() != start(t, "", nil, "replay", lost, back).stdout {
		t.Error("progress changes the output")
	}
}
