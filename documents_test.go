package repository_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"go.yaml.in/yaml/v3"
)

// document is what the tests read of one.
type document struct {
	links   []string
	code    []string // inline
	blocks  []fenced
	anchors []string
	// levels are those of the headings, in their order.
	levels []int
}

type fenced struct{ language, text string }

// documents are all that Git would track, by their names.
func documents(t *testing.T) map[string]document {
	t.Helper()
	found := make(map[string]document)
	for _, file := range glob(t, "*.md", "docs/*.md", "docs/decisions/*.md", ".github/*.md") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found[file] = parsed(t, data)
	}
	return found
}

func parsed(t *testing.T, data []byte) document {
	t.Helper()
	var d document
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table))
	err := ast.Walk(markdown.Parser().Parse(text.NewReader(data)), func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.Link:
			d.links = append(d.links, string(n.Destination))
		case *ast.RawHTML:
			for _, source := range imageSource.FindAllStringSubmatch(string(n.Segments.Value(data)), -1) {
				d.links = append(d.links, source[1])
			}
		case *ast.CodeSpan:
			d.code = append(d.code, plainText(n, data))
		case *ast.FencedCodeBlock:
			d.blocks = append(d.blocks, fenced{string(n.Language(data)), string(n.Lines().Value(data))})
		case *ast.Heading:
			d.levels = append(d.levels, n.Level)
			d.anchors = append(d.anchors, anchor(plainText(n, data)))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var imageSource = regexp.MustCompile(`<img src="([^"]+)"`)

func plainText(node ast.Node, data []byte) string {
	var b strings.Builder
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		if leaf, ok := child.(*ast.Text); ok {
			b.Write(leaf.Value(data))
			continue
		}
		b.WriteString(plainText(child, data))
	}
	return b.String()
}

// anchor is what code hosts make of a heading: lower case, hyphens for spaces, and no punctuation.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// TestLinksResolve to files and to headings in them; those to other places begin with https.
func TestLinksResolve(t *testing.T) {
	all := documents(t)
	for name, document := range all {
		if strings.HasPrefix(name, "docs/decisions/0") && !slices.Contains(all["docs/decisions/README.md"].links, path.Base(name)) {
			t.Errorf("docs/decisions/README.md does not list %s", name)
		}
		for _, link := range document.links {
			if strings.Contains(link, "://") {
				if !strings.HasPrefix(link, "https://") {
					t.Errorf("%s links to %s, which is not https", name, link)
				}
				continue
			}
			file, fragment, _ := strings.Cut(link, "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", name, link)
				continue
			}
			if fragment != "" && !slices.Contains(all[target].anchors, fragment) {
				t.Errorf("%s links to %s, which has no such heading", name, link)
			}
		}
	}
}

// TestJapaneseREADMEHasTheSameSections in the same order, the same commands, and links to the same documents.
func TestJapaneseREADMEHasTheSameSections(t *testing.T) {
	all := documents(t)
	english, japanese := all["README.md"], all["README.ja.md"]
	if diff := cmp.Diff(english.levels, japanese.levels); diff != "" {
		t.Errorf("levels of headings in README.md (-) and README.ja.md (+):\n%s", diff)
	}
	if diff := cmp.Diff(commands(english), commands(japanese)); diff != "" {
		t.Errorf("commands of README.md (-) and README.ja.md (+):\n%s", diff)
	}
	same := strings.NewReplacer("-ja.png", ".png", "README.ja.md", "README.md")
	linked := func(links []string) []string {
		var all []string
		for _, link := range links {
			all = append(all, same.Replace(link))
		}
		slices.Sort(all)
		return all
	}
	if diff := cmp.Diff(linked(english.links), linked(japanese.links)); diff != "" {
		t.Errorf("links of README.md (-) and README.ja.md (+):\n%s", diff)
	}
	if english.links[0] != "README.ja.md" || japanese.links[0] != "README.md" {
		t.Error("one does not begin with a link to the other")
	}
}

// commands are the lines of a document's shell blocks, joined where they continue, without their comments.
func commands(d document) []string {
	var all []string
	for _, block := range d.blocks {
		if block.language != "sh" {
			continue
		}
		for line := range strings.Lines(strings.ReplaceAll(block.text, "\\\n", " ")) {
			command, _, _ := strings.Cut(strings.TrimSpace(line), " #")
			if command != "" && !strings.HasPrefix(command, "#") {
				all = append(all, strings.Join(strings.Fields(command), " "))
			}
		}
	}
	return all
}

// checkedElsewhere are the programs that documents call and that other tests run: cmd/coverage its own commands,
// integration/commands those of the AWS CLI.
var checkedElsewhere = []string{"bin/coverage", "aws", "SLACK_WEBHOOK_URL=https://hooks.slack.com/…", "eval", "jq"}

// TestCommandsOfDocumentsExist: make knows its targets with their variables, files that are copied are there, and for
// every other program there is a test.
func TestCommandsOfDocumentsExist(t *testing.T) {
	run := make(map[string]bool)
	for name, document := range documents(t) {
		for _, command := range commands(document) {
			words := strings.Fields(command)
			switch {
			case words[0] == "make" && !run[command]:
				run[command] = true
				dryRun(t, name, command)
			case words[0] == "make":
			case words[0] == "cp":
				if _, err := os.Stat(words[1]); err != nil {
					t.Errorf("%s: %s: %v", name, command, err)
				}
			case !slices.Contains(checkedElsewhere, words[0]):
				t.Errorf("%s calls %q, which no test runs", name, command)
			}
		}
		for _, code := range document.code {
			if strings.HasPrefix(code, "make ") && !run[code] {
				run[code] = true
				dryRun(t, name, code)
			}
		}
	}
	if len(run) < 25 {
		t.Errorf("only %d calls of make were found", len(run))
	}
}

// unset gives each variable that a target refuses to be without; a document need not repeat all of them.
var unset = []string{"ENV=prod", "REGION=eu-central-1", "REGIONS=us-east-1"}

func dryRun(t *testing.T, document, command string) {
	t.Helper()
	script := strings.NewReplacer("make ", "make --dry-run "+strings.Join(unset, " ")+" ", "NAME", "NotifyFunction").Replace(command)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Env = append(os.Environ(), "MAKEFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %s: %v\n%s", document, command, err, out)
	}
}

// TestBlocksSayWhatTheyAre: JSON and YAML parse, and what a program prints stands between marks that
// cmd/coverage compares.
func TestBlocksSayWhatTheyAre(t *testing.T) {
	for name, document := range documents(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range document.blocks {
			var value any
			switch block.language {
			case "json":
				if err := json.Unmarshal([]byte(block.text), &value); err != nil {
					t.Errorf("%s: %v in\n%s", name, err, block.text)
				}
			case "yaml":
				if err := yaml.Unmarshal([]byte(block.text), &value); err != nil {
					t.Errorf("%s: %v in\n%s", name, err, block.text)
				}
			case "sh", "text":
			case "":
				if !strings.Contains(string(data), "-->\n```\n"+block.text+"```\n<!-- /") {
					t.Errorf("%s has a block of output without a mark:\n%s", name, block.text)
				}
			default:
				t.Errorf("%s has a block of %s, which nothing checks", name, block.language)
			}
		}
	}
}

// TestEveryMarkIsCompared with what the program prints, by a test of cmd/coverage that names it.
func TestEveryMarkIsCompared(t *testing.T) {
	tests, err := filepath.Glob("cmd/coverage/*_test.go")
	if err != nil || len(tests) == 0 {
		t.Fatalf("no tests: %v", err)
	}
	var code strings.Builder
	for _, file := range tests {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(data)
	}
	mark := regexp.MustCompile("(?m)^<!-- ([a-z-]+) -->\n```\n")
	marks := 0
	for name := range documents(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range mark.FindAllStringSubmatch(string(data), -1) {
			marks++
			if !regexp.MustCompile(`documentShows\(t, \S+, "` + found[1] + `"`).MatchString(code.String()) {
				t.Errorf("%s: no test of cmd/coverage compares %s", name, found[1])
			}
		}
	}
	if marks < 4 {
		t.Errorf("only %d blocks of output were found", marks)
	}
}
