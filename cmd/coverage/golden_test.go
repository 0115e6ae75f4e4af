package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

var update = flag.Bool("update", false, "rewrite testdata/golden")

// renderings are the golden files of one source, by how their names end.
var renderings = map[string]format{".txt": asText, ".json": asJSON, ".slack.json": asSlack}

// goldenFolder holds them all; what people read in another language than English has a folder in it.
const goldenFolder = "testdata/golden"

// goldens are the golden files of one source in every language, below goldenFolder.
func goldens(name string) []golden {
	var all []golden
	for _, l := range locale.Languages() {
		for ending, f := range renderings {
			file := name + ending
			if l.Code != locale.English().Code && f != asJSON {
				file = filepath.Join(l.Code, file)
			}
			all = append(all, golden{file, l.Code, f})
		}
	}
	return all
}

// golden is how something looks in a language. That programs read the same in every language is seen by their having
// one file for all.
type golden struct {
	file, language string
	format         format
}

// sources are what is replayed, each with a memory of its own, by the name of its golden files.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no sample events: %v", err)
	}
	byName := map[string][]string{"incident": incident}
	for _, path := range append(samples, "testdata/hostile.json", "testdata/batch.json") {
		byName[strings.TrimSuffix(filepath.Base(path), ".json")] = []string{path}
	}
	return byName
}

// TestGolden is the whole way from event to message: what people, Slack and programs read of every sample.
func TestGolden(t *testing.T) {
	for name, paths := range sources(t) {
		for _, g := range goldens(name) {
			t.Run(g.language+"/"+g.file, func(t *testing.T) {
				got := replayed(t, append([]string{"--color", "never", "--lang", g.language, "--format", string(g.format)}, paths...)...)
				compare(t, filepath.Join(goldenFolder, g.file), got)
			})
		}
	}
}

func replayed(t *testing.T, args ...string) string {
	t.Helper()
	out := start(t, "", nil, append([]string{"replay"}, args...)...)
	if out.code != exitFine && out.code != exitUnknown {
		t.Fatalf("exit code %d: %s", out.code, out.stderr)
	}
	return out.stdout
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(got), 0o644))
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run go test ./cmd/coverage -update, and read what it wrote", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestEveryGoldenHasItsSource keeps texts of a renamed sample from being reviewed for ever.
func TestEveryGoldenHasItsSource(t *testing.T) {
	wanted := make(map[string]bool)
	for name := range sources(t) {
		for _, g := range goldens(name) {
			wanted[g.file] = true
		}
	}
	err := fs.WalkDir(os.DirFS(goldenFolder), ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || entry.IsDir():
			return err
		case wanted[file]:
			delete(wanted, file)
		case *update:
			return os.Remove(filepath.Join(goldenFolder, file))
		default:
			t.Errorf("%s/%s has no sample event; remove it, or run go test ./cmd/coverage -update", goldenFolder, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		t.Errorf("%s/%s is missing; run go test ./cmd/coverage -update, and read what it wrote", goldenFolder, name)
	}
}

// TestSamplesDoNotMeddle is what a newcomer sees first: every sample, told as if it were the only one.
func TestSamplesDoNotMeddle(t *testing.T) {
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil {
		t.Fatal(err)
	}
	p := page{headers: true, view: view{width: message.DefaultWidth}}
	var want bytes.Buffer
	p.w = &want
	for _, path := range samples {
		golden, err := os.ReadFile(filepath.Join(goldenFolder, strings.TrimSuffix(filepath.Base(path), ".json")+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.header(path), p.block(golden)); err != nil {
			t.Fatal(err)
		}
	}
	got := replayed(t, append([]string{"--color", "never"}, samples...)...)
	if diff := cmp.Diff(want.String(), got); diff != "" {
		t.Errorf("samples share a resource: give each its own (-alone +together):\n%s", diff)
	}
}

func TestRecordsKeepTheContract(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile("../../docs/message.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	eachGolden(t, asJSON, func(t *testing.T, document json.RawMessage) {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
	})
}

func TestSlackWouldTakeEveryMessage(t *testing.T) {
	eachGolden(t, asSlack, func(t *testing.T, document json.RawMessage) { checkSlack(t, string(document)) })
}

// eachGolden calls f for every JSON document of the golden files of a format.
func eachGolden(t *testing.T, of format, f func(*testing.T, json.RawMessage)) {
	for name := range sources(t) {
		for _, g := range goldens(name) {
			if g.format == of {
				t.Run(g.language+"/"+g.file, func(t *testing.T) { eachDocument(t, filepath.Join(goldenFolder, g.file), f) })
			}
		}
	}
}

func eachDocument(t *testing.T, file string, f func(*testing.T, json.RawMessage)) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	documents := 0
	for decoder := json.NewDecoder(bytes.NewReader(data)); ; documents++ {
		var document json.RawMessage
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		f(t, document)
	}
	if documents == 0 {
		t.Error("it holds no document")
	}
}
