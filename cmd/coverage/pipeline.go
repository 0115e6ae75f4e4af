package main

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/memory"
	"guardduty-coverage-notifier/pkg/notify"
)

// sinkTimeout is how long one sink may take for one message. Nobody pays for waiting here by the millisecond.
const sinkTimeout = 30 * time.Second

// result is what became of an event.
type result string

const (
	notified    result = "notified"
	duplicate   result = "duplicate"
	outOfDate   result = "out of date"
	notCoverage result = "not coverage events"
	failed      result = "failed"
)

// handled is what became of one event.
type handled struct {
	result result
	// unknown says that an issue is not in the catalog.
	unknown bool
	// sinks are those, besides the terminal, that took the message.
	sinks []string
}

// history replays events as the Lambda function would have handled them, one after the other. It remembers
// resources as long as it lives.
type history struct {
	pipeline notify.Pipeline

	mu sync.Mutex
	// outcomes are those of the events at hand.
	outcomes []notify.Outcome
}

// newHistory notifies one sink about everything.
func newHistory(screen notify.Sink, v view, now func() time.Time) *history {
	h := &history{}
	h.pipeline = notify.Pipeline{
		Sinks: []notify.Sink{screen}, Language: v.language, Local: compose.Local{Zone: v.zone}, Store: memory.New(), SinkTimeout: sinkTimeout, Now: now,
		Observe: h.observe,
	}
	return h
}

// sendTo adds the sinks of the settings, which are notified about what their rules say. The language stays.
func (h *history) sendTo(destinations app.Destinations) {
	language := h.pipeline.Language
	destinations.Language = language
	h.pipeline.Sinks = append(h.pipeline.Sinks, destinations.All()...)
	reader := h.pipeline.Local.Reader
	h.pipeline.Local = destinations.Local()
	h.pipeline.Local.Reader = reader
	h.pipeline.Route = func(change coverage.Change, causes []string) notify.Decision {
		decision := destinations.Route(change, causes)
		decision.To[terminalName] = language
		return decision
	}
}

// sends says whether there are other sinks than the terminal.
func (h *history) sends() bool { return h.pipeline.Route != nil }

// observe may be called for several changes at once.
func (h *history) observe(_ context.Context, outcome notify.Outcome) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.outcomes = append(h.outcomes, outcome)
}

// replay handles events that arrived together. It returns an error, or nil, for each event, and what became
// of all.
func (h *history) replay(ctx context.Context, events []json.RawMessage) ([]error, []handled) {
	h.outcomes = nil
	errs := h.pipeline.Handle(ctx, events)
	slices.SortStableFunc(h.outcomes, func(a, b notify.Outcome) int {
		return cmp.Or(cmp.Compare(a.Change.ID(), b.Change.ID()), cmp.Compare(a.Change.EventID, b.Change.EventID))
	})
	all := make([]handled, 0, len(h.outcomes))
	for _, outcome := range h.outcomes {
		all = append(all, handledOf(outcome))
	}
	return errs, all
}

func handledOf(outcome notify.Outcome) handled {
	results := map[notify.Result]result{
		notify.Notified: notified, notify.Duplicate: duplicate, notify.Stale: outOfDate, notify.Unreadable: notCoverage,
	}
	return handled{
		result: cmp.Or(results[outcome.Result], failed),
		unknown: slices.ContainsFunc(outcome.Findings, func(f catalog.Finding) bool {
			return f.ID == catalog.Unrecognised
		}),
		sinks: slices.DeleteFunc(slices.Clone(outcome.Notified), func(sink string) bool {
			return sink == terminalName
		}),
	}
}

// recorded is a diagnosis that was made before.
type recorded []coverage.Evidence

// DiagnoseAll returns what was recorded, for each candidate.
func (r recorded) DiagnoseAll(_ context.Context, candidates []coverage.Candidate) [][]coverage.Evidence {
	return slices.Repeat([][]coverage.Evidence{r}, len(candidates))
}
