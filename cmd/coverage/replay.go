package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/trigger"
)

// sinkTimeout is how long one sink may take for one message. Nobody pays for waiting here by the millisecond.
const sinkTimeout = 30 * time.Second

// replayer tells one input after another, as one history.
type replayer struct {
	pipeline notify.Pipeline
	page     *page
	stderr   io.Writer
	issue    *issue
	words    words
	tally    tally

	mu sync.Mutex
	// outcomes are those of the current input.
	outcomes []notify.Outcome
}

func newReplayer(ctx context.Context, o options, p process, inputs int) (*replayer, error) {
	shown := &page{w: p.stdout, style: o.style, headers: o.headers(p.stdout, inputs)}
	if o.format != asText {
		shown.aside = p.stderr
	}
	memory := notify.NewMemory()
	r := &replayer{page: shown, stderr: p.stderr, issue: o.issue, words: o.words, tally: tally{results: make(map[notify.Result]int)}}
	r.pipeline = notify.Pipeline{
		Sinks:       []notify.Sink{terminal{page: shown, format: o.format, issue: o.issue}},
		Language:    o.language,
		Store:       memory,
		Pace:        memory,
		SinkTimeout: sinkTimeout,
		Now:         time.Now,
		Observe:     r.observe,
	}
	if o.diagnose {
		diagnoser, err := p.diagnoser(ctx)
		if err != nil {
			return nil, fmt.Errorf("preparing to look at resources: %w", err)
		}
		r.pipeline.Diagnoser = diagnoser
	}
	if !o.send {
		return r, nil
	}
	return r, connect(ctx, &r.pipeline, p.getenv)
}

// headers says whether inputs are named: to people, and where they wonder which is which.
func (o options) headers(stdout io.Writer, inputs int) bool {
	forPeople := o.format == asText || o.format == asBuilder
	return forPeople && o.issue == nil && (inputs > 1 || isTerminal(stdout))
}

// observe may be called for several changes at once.
func (r *replayer) observe(_ context.Context, outcome notify.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes = append(r.outcomes, outcome)
}

// replay works one input through the pipeline, as the Lambda function would.
func (r *replayer) replay(ctx context.Context, in input) {
	r.failed(in.name, r.page.header(in.name))
	data, err := in.read()
	if err != nil {
		r.failed(in.name, err)
		return
	}
	r.outcomes = nil
	errs := r.pipeline.HandleAll(ctx, trigger.Unwrap(data).Events)
	for i, err := range errs {
		name := in.name
		if len(errs) > 1 {
			name = catalog.Fill(r.words.Event, "name", in.name, "n", strconv.Itoa(i+1))
		}
		r.failed(name, err)
	}
	slices.SortStableFunc(r.outcomes, func(a, b notify.Outcome) int {
		return cmp.Or(cmp.Compare(a.Change.ID(), b.Change.ID()), cmp.Compare(a.Change.EventID, b.Change.EventID))
	})
	for _, outcome := range r.outcomes {
		r.tally.add(outcome)
		if remark := r.remarkOn(outcome); remark != "" {
			r.failed(in.name, r.page.note(remark))
		}
	}
}

// failed says what went wrong, if anything did, and goes on.
func (r *replayer) failed(name string, err error) {
	if err == nil {
		return
	}
	r.tally.failed, r.page.started = true, true
	reasons := strings.Split(message.Clean(err.Error()), "\n")
	fmt.Fprintf(r.stderr, "replay: %s: %s\n", message.CleanLine(name), strings.Join(reasons, "; "))
}

// remarkOn says what the messages themselves do not show.
func (r *replayer) remarkOn(outcome notify.Outcome) string {
	w := r.words
	switch outcome.Result {
	case notify.Duplicate:
		return w.Duplicate
	case notify.Stale:
		return w.Stale
	}
	sent := slices.DeleteFunc(slices.Clone(outcome.Told), func(sink string) bool { return sink == terminalName })
	switch {
	case len(sent) > 0:
		return catalog.Fill(w.SentTo, "sinks", strings.Join(sent, ", "))
	case outcome.Result == notify.Told && r.pipeline.Route != nil:
		return w.SentToNobody
	}
	return ""
}

// conclude sums up where the messages themselves do not say it all.
func (r *replayer) conclude() {
	if r.issue != nil && r.issue.made {
		fmt.Fprintln(r.stderr, r.words.MadeUp)
	}
	if r.tally.worthSaying() {
		fmt.Fprintln(r.stderr, r.tally.in(r.words))
	}
}
