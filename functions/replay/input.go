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
			inputs = append(inputs, input{o.words.StandardInput, func() ([]byte, error) { return o.readAll(stdin) }})
			continue
		}
		files := []string{name}
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			if files, err = o.jsonIn(name); err != nil {
				return nil, err
			}
		}
		for _, file := range files {
			inputs = append(inputs, input{file, func() ([]byte, error) { return o.readFile(file) }})
		}
	}
	return inputs, nil
}

func (o options) jsonIn(folder string) ([]string, error) {
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
		return nil, wrong(o.words.EmptyFolder, "folder", folder)
	}
	return files, nil
}

func (o options) readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return o.readAll(f)
}

func (o options) readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestInput+1))
	if err == nil && len(data) > largestInput {
		err = wrong(o.words.TooLarge, "n", strconv.Itoa(largestInput>>20))
	}
	return data, err
}
