package main

import (
	"fmt"
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/notify"
)

// tally counts what became of all events.
type tally struct {
	events, unknown int
	results         map[notify.Result]int
	// failed is true when anything went wrong, be it with no event at all.
	failed bool
}

func (t *tally) add(outcome notify.Outcome) {
	t.events++
	t.results[outcome.Result]++
	if slices.ContainsFunc(outcome.Findings, func(f catalog.Finding) bool { return f.ID == catalog.Unrecognised }) {
		t.unknown++
	}
}

func (t tally) exit() int {
	switch {
	case t.failed:
		return exitFailed
	case t.unknown > 0:
		return exitUnknown
	}
	return exitFine
}

// worthSaying is false for the one event that was told, and known.
func (t tally) worthSaying() bool {
	return t.events > 1 || t.unknown > 0 || t.events != t.results[notify.Told]
}

// String is one line, such as "57 events: 55 told, 1 told already, 1 not a coverage event".
func (t tally) String() string {
	var parts []string
	for _, p := range []struct {
		result notify.Result
		words  string
	}{
		{notify.Told, "told"},
		{notify.Duplicate, "told already"},
		{notify.Stale, "out of date"},
		{notify.Unreadable, "not a coverage event"},
		{notify.Failed, "failed"},
	} {
		if n := t.results[p.result]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.words))
		}
	}
	line := counted(t.events, "event") + ": " + strings.Join(parts, ", ")
	if t.unknown > 0 {
		line += "; unknown to the catalogue: " + fmt.Sprint(t.unknown)
	}
	return line
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
