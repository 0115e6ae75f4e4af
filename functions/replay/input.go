package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
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
			inputs = append(inputs, input{"standard input", func() ([]byte, error) { return readAll(stdin) }})
			continue
		}
		files := []string{name}
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			if files, err = jsonIn(name); err != nil {
				return nil, err
			}
		}
		for _, file := range files {
			inputs = append(inputs, input{file, func() ([]byte, error) { return readFile(file) }})
		}
	}
	return inputs, nil
}

func jsonIn(folder string) ([]string, error) {
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
		return nil, fmt.Errorf("%s holds no *.json", folder)
	}
	return files, nil
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestInput+1))
	if err == nil && len(data) > largestInput {
		err = fmt.Errorf("it is larger than %d MiB", largestInput>>20)
	}
	return data, err
}
