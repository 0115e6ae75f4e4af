package app

import (
	"errors"
	"fmt"
	"strings"

	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/route"
)

// Load reads the settings, and checks the rules in them, too: every mistake is in the one error. Rules that are kept in a
// parameter are checked when Connect reads them.
func Load(getenv func(string) string) (config.Config, error) {
	cfg, err := config.Load(getenv)
	return cfg, withRules(err, getenv)
}

// LoadReport is Load for the function that makes the report.
func LoadReport(getenv func(string) string) (config.Config, config.Report, error) {
	cfg, report, err := config.LoadReport(getenv)
	return cfg, report, withRules(err, getenv)
}

// withRules adds what is wrong with the rules to what is wrong with other settings.
func withRules(err error, getenv func(string) string) error {
	text := strings.TrimSpace(getenv("ROUTES"))
	if !strings.HasPrefix(text, "{") {
		return err
	}
	_, mistake := route.Parse([]byte(text), KnownToRules())
	if mistake == nil {
		return err
	}
	all := &config.Invalid{}
	if invalid, ok := errors.AsType[*config.Invalid](err); ok {
		all.Problems = invalid.Problems
	}
	_, lines, _ := strings.Cut(mistake.Error(), "\n") // The first line counts them.
	for line := range strings.SplitSeq(lines, "\n") {
		all.Problems = append(all.Problems, fmt.Errorf("ROUTES: %s", line))
	}
	return all
}
