// Figures measures how much of the sample messages a reader has to read: the Slack messages among the golden files of the
// folders it is given, but for reports and what is hostile on purpose.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/locale"
)

func main() {
	for _, l := range locale.Languages() {
		figures, err := measure(os.Args[1:], l.Code)
		if err != nil {
			fmt.Fprintln(os.Stderr, "figures:", err)
			os.Exit(1)
		}
		fmt.Printf("%s: %s\n", l.Code, figures)
	}
}

// figures are what is measured of all messages.
type figures struct {
	// before is how many characters each message shows before the fold, header how many its header has, notice its
	// notification text.
	before, header, notice []int
	// commands are the lengths of all commands.
	commands []int
	// repeated counts messages that have a command twice, and misplaced those that do not begin with the name and the cause.
	repeated, misplaced int
}

func (f figures) String() string {
	return fmt.Sprintf("%d messages; before the fold %d characters (median), %d (p90), %d (most); header within 75: %.0f%%, "+
		"notification text within 110: %.0f%%; name or cause not at the beginning: %d; a command twice: %d; commands within 200: %.0f%%",
		len(f.before), quantile(f.before, 50), quantile(f.before, 90), quantile(f.before, 100),
		within(f.header, 75), within(f.notice, 110), f.misplaced, f.repeated, within(f.commands, 200))
}

// quantile is the value that so many percent of values do not exceed.
func quantile(values []int, percent int) int {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

// within is the percentage of values that are at most limit.
func within(values []int, limit int) float64 {
	n := 0
	for _, value := range values {
		if value <= limit {
			n++
		}
	}
	return 100 * float64(n) / float64(max(len(values), 1))
}

// measure reads the golden files of a language below the folders.
func measure(folders []string, language string) (figures, error) {
	var f figures
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".slack.json") || !isSample(path) ||
				languageOf(path) != language {
				return err
			}
			return f.addFile(path)
		})
		if err != nil {
			return figures{}, err
		}
	}
	if len(f.before) == 0 {
		return figures{}, fmt.Errorf("no golden file of language %s in %s", language, strings.Join(folders, ", "))
	}
	return f, nil
}

// languageOf a golden file is the folder that it is in; English has none.
func languageOf(path string) string {
	if l, ok := locale.Of(filepath.Base(filepath.Dir(path))); ok {
		return l.Code
	}
	return locale.English().Code
}

func isSample(path string) bool {
	return !strings.Contains(path, "report") && !strings.HasPrefix(filepath.Base(path), "hostile")
}

// addFile adds the messages of one file, which may be several.
func (f *figures) addFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for decoder := json.NewDecoder(file); ; {
		var m payload
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		f.add(m)
	}
}

// payload is as much of a Slack message as is measured.
type payload struct {
	Text   string
	Blocks []block
}

type block struct {
	Type     string
	Text     *text
	Fields   []text
	Elements []text
	Children []block `json:"child_blocks"`
}

type text struct{ Type, Text string }

func (f *figures) add(m payload) {
	before, header := 0, ""
	seen, twice := map[string]bool{}, false
	for _, b := range m.Blocks {
		if b.Type == "header" {
			header = visible(b.Text.Text)
		}
		for _, command := range b.commands() {
			f.commands = append(f.commands, utf8.RuneCountInString(command))
			twice = twice || seen[command]
			seen[command] = true
		}
		if b.Type != "container" {
			before += utf8.RuneCountInString(visible(strings.Join(b.texts(), "\n")))
		}
	}
	f.before = append(f.before, before)
	f.header = append(f.header, utf8.RuneCountInString(header))
	f.notice = append(f.notice, utf8.RuneCountInString(visible(m.Text)))
	if twice {
		f.repeated++
	}
	// The header is a symbol, the name, and the cause; the notification text begins with it.
	if name, cause, ok := strings.Cut(header, ": "); !ok || name == "" || cause == "" || !strings.HasPrefix(visible(m.Text), header) {
		f.misplaced++
	}
}

// texts are all texts of a block, those of its children included.
func (b block) texts() []string {
	var all []string
	if b.Text != nil {
		all = append(all, b.Text.Text)
	}
	for _, t := range slices.Concat(b.Fields, b.Elements) {
		all = append(all, t.Text)
	}
	for _, child := range b.Children {
		all = append(all, child.texts()...)
	}
	return all
}

// commands are the code blocks that are no quote of an issue: they begin with a program.
func (b block) commands() []string {
	var commands []string
	for _, t := range b.texts() {
		for _, code := range codeBlock.FindAllStringSubmatch(t, -1) {
			if program.MatchString(code[1]) {
				commands = append(commands, visible(code[1]))
			}
		}
	}
	return commands
}

var (
	codeBlock = regexp.MustCompile("(?s)```\n(.*?)\n```")
	program   = regexp.MustCompile(`^(aws|kubectl|sudo|for|r=|printf|uname|curl|dpkg|systemctl|sheltie)\b`)
	marked    = regexp.MustCompile(`<[^|>]*\|([^>]*)>`)
)

// visible is what a reader sees of mrkdwn: labels of links, fallbacks of dates, characters for entities.
func visible(markup string) string {
	shown := marked.ReplaceAllString(markup, "$1")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "```", "", "*", "").Replace(shown)
}
