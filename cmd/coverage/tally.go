package main

import (
	"slices"
	"strconv"
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

// in is one line, such as "57 events: 55 told, 1 told already, 1 not a coverage event".
func (t tally) in(w words) string {
	var parts []string
	for _, p := range []struct {
		result notify.Result
		words  string
	}{
		{notify.Told, w.Told},
		{notify.Duplicate, w.ToldAlready},
		{notify.Stale, w.OutOfDate},
		{notify.Unreadable, w.NotCoverage},
		{notify.Failed, w.NotHandled},
	} {
		if n := t.results[p.result]; n > 0 {
			parts = append(parts, catalog.Fill(p.words, "n", strconv.Itoa(n)))
		}
	}
	events := w.Events
	if t.events == 1 {
		events = w.OneEvent
	}
	line := catalog.Fill(events, "n", strconv.Itoa(t.events), "parts", strings.Join(parts, w.Between))
	if t.unknown > 0 {
		line = catalog.Fill(w.Unknown, "tally", line, "n", strconv.Itoa(t.unknown))
	}
	return line
}
