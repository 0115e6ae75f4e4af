package main

import (
	"fmt"
	"io"
	"strings"
)

// tally counts what became of all events.
type tally struct {
	events, unknown int
	results         map[result]int
	// failed is true when anything went wrong, even before there was an event.
	failed bool
}

func (t *tally) add(h handled) {
	t.events++
	t.results[h.result]++
	if h.unknown {
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

// write writes one line, such as "57 events: 55 notified, 1 duplicate, 1 failed", unless a single message has
// said it all.
func (t tally) write(w io.Writer) {
	if t.events == 0 || t.events == 1 && t.unknown == 0 && t.results[notified] == 1 {
		return
	}
	var parts []string
	for _, r := range []result{notified, duplicate, outOfDate, notCoverage, failed} {
		if n := t.results[r]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, r))
		}
	}
	unknown := ""
	if t.unknown > 0 {
		unknown = fmt.Sprintf("; %d not in the catalog", t.unknown)
	}
	fmt.Fprintf(w, "%s: %s%s\n", counted(t.events, "event"), strings.Join(parts, ", "), unknown)
}
