package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// largestInput is the most that is read of one event file, in bytes. Lambda accepts no payload half as large.
const largestInput = 16 << 20

// input is one payload to be replayed.
type input struct {
	name string
	read func() ([]byte, error)
}

// inputs are the files that the command line names, in its order; - stands for standard input.
func inputs(files []string, p process) []input {
	all := make([]input, 0, len(files))
	for _, name := range files {
		if name == "-" {
			all = append(all, input{"standard input", func() ([]byte, error) {
				return readEvent(p.waitingForInput())
			}})
			continue
		}
		all = append(all, input{name, func() ([]byte, error) {
			f, err := open(name)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return readEvent(f)
		}})
	}
	return all
}

// needFiles refuses a command line without inputs.
func needFiles(files []string) error {
	if len(files) == 0 {
		return misuse("name at least one file with an event, or - for standard input")
	}
	return nil
}

// waitingForInput is standard input. At a terminal it says that the program waits for it.
func (p process) waitingForInput() io.Reader {
	if f, ok := p.stdin.(*os.File); ok && isTerminal(f) {
		fmt.Fprintln(p.stderr, "coverage: reading standard input; end it with Ctrl-D")
	}
	return p.stdin
}

// open opens a file, and says in words why it cannot be read.
func open(name string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no such file%s", didYouMean(name, beside(name)))
	case err != nil:
		return nil, fmt.Errorf("it cannot be read: %w", withoutPath(err))
	case info.IsDir():
		return nil, fmt.Errorf("it is a directory; name the files in it: %s", filepath.Join(name, "*.json"))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", withoutPath(err))
	}
	return f, nil
}

// beside are the files in the directory of a file.
func beside(name string) []string {
	folder, _ := filepath.Split(name)
	entries, err := os.ReadDir(filepath.Clean(folder))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, folder+e.Name())
	}
	return names
}

// withoutPath is the cause alone: the caller names the file.
func withoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// readEvent reads one payload: a JSON object.
func readEvent(r io.Reader) ([]byte, error) {
	data, err := readLimited(r)
	if err != nil {
		return nil, err
	}
	return data, checkEvent(data)
}

// readLimited reads what begins like a JSON object.
func readLimited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestInput+1))
	if err != nil {
		return nil, err
	}
	if len(data) > largestInput {
		return nil, fmt.Errorf("it is larger than %d MiB", largestInput>>20)
	}
	return data, recognize(data)
}

// recognize says in words what data is when it is not the beginning of a JSON object.
func recognize(data []byte) error {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return errors.New("it is empty")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return errors.New("it begins with a byte order mark (BOM); save it as UTF-8 without BOM")
	case isUTF16(data):
		return errors.New("it is encoded as UTF-16; save it as UTF-8")
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		return errors.New("it is compressed with gzip; decompress it first: gunzip -c FILE | coverage …")
	case bytes.IndexByte(data, 0) >= 0, !utf8.Valid(data):
		return errors.New("it is binary, not JSON")
	case trimmed[0] == '[':
		return errors.New("it is a JSON array; put each of its items into a file of its own")
	case trimmed[0] != '{':
		return errors.New("it is not a JSON object")
	}
	return nil
}

// isUTF16 knows the byte order marks, and ASCII without one.
func isUTF16(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return true
	}
	const enough = 8
	if len(data) < enough {
		return false
	}
	var even, odd int
	for i, b := range data[:enough] {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	return even == enough/2 && odd == 0 || odd == enough/2 && even == 0
}

// checkEvent refuses what is not one whole JSON object, and what another command reads.
func checkEvent(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	var fields map[string]json.RawMessage
	if err := decoder.Decode(&fields); err != nil {
		return syntaxInWords(data, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object; put each object into a file of its own")
	}
	if _, saved := fields["Resources"]; saved {
		return errors.New("it is an answer of aws guardduty list-coverage; " +
			"show it with coverage report --file")
	}
	return nil
}

// syntaxInWords says where JSON is broken.
func syntaxInWords(data []byte, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the JSON is cut off: it ends before its object does")
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := data[:min(int(syntax.Offset), len(data))]
		line := bytes.Count(before, []byte("\n")) + 1
		return fmt.Errorf("it is not JSON: line %d: %s", line, strings.TrimPrefix(err.Error(), "json: "))
	}
	return fmt.Errorf("it is not JSON: %w", err)
}

// typesInWords hides the types of Go that encoding/json puts into its errors.
func typesInWords(err error) error {
	if other, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("an event is a JSON object, and this is a JSON %s", other.Value)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("it is not JSON: %w", syntax)
	}
	return err
}
