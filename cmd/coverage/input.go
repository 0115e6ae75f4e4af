package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// largestInput is the most that is read of one file. Lambda accepts no payload half as large.
const largestInput = 16 << 20

// input is one payload to be replayed.
type input struct {
	name string
	read func() ([]byte, error)
}

// inputs are what the command line names, in its order; a folder stands for its *.json.
func (o options) inputs(stdin io.Reader) ([]input, error) {
	if o.issue != nil {
		return []input{{name: "-issue", read: o.issue.event}}, nil
	}
	var inputs []input
	for _, name := range o.files {
		if name == "-" {
			inputs = append(inputs, input{o.words.StandardInput, func() ([]byte, error) { return readAll(stdin, o.words) }})
			continue
		}
		files := []string{name}
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			if files, err = jsonIn(name, o.words); err != nil {
				return nil, err
			}
		}
		for _, file := range files {
			inputs = append(inputs, input{file, func() ([]byte, error) { return readFile(file, o.words) }})
		}
	}
	return inputs, nil
}

func jsonIn(folder string, w words) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && filepath.Ext(e.Name()) == ".json" {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, wrong(w.EmptyFolder, "folder", folder)
	}
	return files, nil
}

func readFile(name string, w words) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, w)
}

func readAll(r io.Reader, w words) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestInput+1))
	if err == nil && len(data) > largestInput {
		err = wrong(w.TooLarge, "n", strconv.Itoa(largestInput>>20))
	}
	return data, err
}
