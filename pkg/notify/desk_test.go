package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
)

// desk is a Pipeline with all that it needs, for stories that a person can follow: virtual time, Memory as its store,
// a sink that can change its messages and one that cannot, and a queue that brings back only what it is told to.
type desk struct {
	*testing.T
	*notify.Pipeline
	slack, sns *paper
	queue      *tray
	began      time.Time
	mu         sync.Mutex
	outcomes   []notify.Outcome
}

// at runs a story at a desk in a time of its own.
func atDesk(t *testing.T, story func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		memory := notify.NewMemory()
		d := &desk{T: t, slack: &paper{name: "slack", editable: true}, sns: &paper{name: "sns"}, queue: &tray{}, began: time.Now()}
		d.Pipeline = &notify.Pipeline{
			Sinks: []notify.Sink{d.slack, d.sns}, Language: catalog.English, Store: memory, Pace: memory, Queue: d.queue,
			Hold: 15 * time.Minute, SinkTimeout: 8 * time.Second, Now: time.Now,
			Observe: func(_ context.Context, o notify.Outcome) {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.outcomes = append(d.outcomes, o)
			},
		}
		story(d)
	})
}

// unhealthy and healthy are events of an instance that changed so long after the story began.
func (d *desk) unhealthy(name, issue string, after time.Duration) json.RawMessage {
	return d.event(name, transition{At: after, Status: coverage.Unhealthy, Previous: coverage.Healthy, Issue: issue})
}

func (d *desk) healthy(name string, after time.Duration) json.RawMessage {
	return d.event(name, transition{At: after, Status: coverage.Healthy, Previous: coverage.Unhealthy})
}

func (d *desk) event(name string, x transition) json.RawMessage {
	return json.RawMessage(event(name, d.began.Add(x.At), d.began.Add(x.At), x, 0))
}

// fleet are n instances that lost coverage at once.
func (d *desk) fleet(n int) (events []json.RawMessage) {
	for i := range n {
		events = append(events, d.unhealthy(fmt.Sprintf("i-%02d", i), lasting, 0))
	}
	return events
}

// tell handles events that arrive together, and fails the test when any of them fails.
func (d *desk) tell(events ...json.RawMessage) {
	d.Helper()
	for _, err := range d.HandleAll(d.Context(), events) {
		if err != nil {
			d.Errorf("handling: %v", err)
		}
	}
}

// later lets time pass, and then brings back together what waits.
func (d *desk) later(pause time.Duration) {
	d.Helper()
	time.Sleep(pause)
	d.tell(d.queue.take()...)
}

// results are what became of the changes, in order.
func (d *desk) results() []notify.Result {
	var results []notify.Result
	for _, o := range d.outcomes {
		results = append(results, o.Result)
	}
	return results
}

func (d *desk) wantResults(want ...notify.Result) {
	d.Helper()
	if got := d.results(); !slices.Equal(got, want) {
		d.Errorf("results %v, want %v", got, want)
	}
}

// paper is a sink that keeps what it was told.
type paper struct {
	name     string
	editable bool
	// fail is the error for the nth message, from 1; nil: none fails.
	fail func(n int) error
	// hang makes it wait for ever.
	hang bool

	mu    sync.Mutex
	tries int
	sent  []sent
}

type sent struct {
	message.Message
	parent string
	at     time.Time
}

func (p *paper) Name() string { return p.name }

func (p *paper) Send(ctx context.Context, m message.Message, parent string) (string, error) {
	p.mu.Lock()
	p.tries++
	p.mu.Unlock()
	if p.hang {
		<-ctx.Done()
		return "", ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		if err := p.fail(p.tries); err != nil {
			return "", err
		}
	}
	if m.Update && !p.editable {
		return "", nil
	}
	p.sent = append(p.sent, sent{m, parent, time.Now()})
	switch {
	case !p.editable:
		return "", nil
	case parent != "":
		return parent, nil
	}
	return fmt.Sprint("ref ", len(p.sent)), nil
}

// want compares the titles that were sent, shortened to what is said of whom, with the parents.
func (p *paper) want(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, s := range p.sent {
		who, rest, _ := strings.Cut(s.Title, " · 111122223333 · ")
		line := who + ": " + rest
		if s.parent != "" {
			line += " (" + s.parent + ")"
		}
		got = append(got, line)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s was told\n%s\nwant\n%s", p.name, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What the titles say.
const (
	disconnected = "the agent on the instance has lost its connection"
	kernel       = "the instance's kernel is older than the agent supports"
	waitsForSSM  = "GuardDuty waits for Systems Manager to report the instance"
	back         = "covered again"
)

// tray is a Queue that a test empties by hand.
type tray struct {
	mu      sync.Mutex
	waiting []json.RawMessage
	delays  []time.Duration
	buried  []string
	reasons []string
	fail    error
}

func (q *tray) Wait(_ context.Context, body json.RawMessage, delay time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fail != nil {
		return q.fail
	}
	q.waiting, q.delays = append(q.waiting, body), append(q.delays, delay)
	return nil
}

func (q *tray) Bury(_ context.Context, body json.RawMessage, reason string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fail != nil {
		return q.fail
	}
	q.buried, q.reasons = append(q.buried, string(body)), append(q.reasons, reason)
	return nil
}

// take empties the tray.
func (q *tray) take() []json.RawMessage {
	waiting := q.waiting
	q.waiting = nil
	return waiting
}

func (q *tray) wantDelays(t *testing.T, want ...time.Duration) {
	t.Helper()
	if !slices.Equal(q.delays, want) {
		t.Errorf("waits of %v, want %v", q.delays, want)
	}
}

// shutStore is a store that cannot be reached while err is not nil.
type shutStore struct {
	*notify.Memory
	openErr, saveErr error
}

// abandoned is the incident of an instance, claimed by somebody who never saved it.
func (s *shutStore) abandoned(ctx context.Context, t *testing.T, name string) coverage.Incident {
	t.Helper()
	incident, ok, err := s.Memory.Open(ctx, "111122223333/eu-west-1/EC2/"+name)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	incident.Unsure = true
	return incident
}

var errShut = errors.New("the table is missing")

func (s *shutStore) Open(ctx context.Context, key string) (coverage.Incident, bool, error) {
	if s.openErr != nil {
		return coverage.Incident{}, false, s.openErr
	}
	return s.Memory.Open(ctx, key)
}

func (s *shutStore) Save(ctx context.Context, i coverage.Incident) error {
	if s.saveErr != nil {
		// Memory's claims do not run out, and a real one would.
		return errors.Join(s.saveErr, s.Memory.Save(ctx, coverage.Incident{Key: i.Key}))
	}
	return s.Memory.Save(ctx, i)
}
