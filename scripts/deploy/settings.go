package main

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)

// parameters are those of a template, with their defaults.
func parameters(template []byte) (map[string]string, error) {
	var document struct {
		Parameters map[string]struct {
			Default string `yaml:"Default"`
		} `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal(template, &document); err != nil {
		return nil, err
	}
	known := make(map[string]string)
	for name, parameter := range document.Parameters {
		known[name] = parameter.Default
	}
	return known, nil
}

// add sets what the text of a file says. A line is empty, a comment that begins with #, or NAME=VALUE.
func add(settings map[string]string, file, text string) error {
	first := make(map[string]int)
	for number, line := range strings.Split(text, "\n") {
		number, line = number+1, strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, found := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		switch _, known := settings[name]; {
		case !found:
			return fmt.Errorf("%s:%d: %q sets nothing: write NAME=VALUE, or begin a comment with #", file, number, line)
		case !known:
			return fmt.Errorf("%s:%d: there is no setting %q: environments/example.env lists all of them", file, number, name)
		case first[name] > 0:
			return fmt.Errorf("%s:%d: %s is set in line %d already: keep one of the lines", file, number, name, first[name])
		}
		first[name], settings[name] = number, strings.TrimSpace(value)
	}
	return nil
}
