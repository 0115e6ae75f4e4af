package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/memory"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
)

// harness is a Pipeline with all that it needs, for stories that a person can follow: virtual time, a store in memory, a
// sink that can change its messages and one that cannot, and a queue that delivers only when it is told to.
type harness struct {
	*testing.T
	*notify.Pipeline
	slack, sns *fakeSink
	queue      *fakeQueue
	store      *fakeStore
	began      time.Time
	mu         sync.Mutex
	outcomes   []notify.Outcome
}

// story runs a story in a time of its own.
func story(t *testing.T, tell func(h *harness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &harness{
			T: t, slack: &fakeSink{name: "slack", editable: true}, sns: &fakeSink{name: "sns"}, queue: &fakeQueue{},
			store: &fakeStore{Store: memory.New()}, began: time.Now(),
		}
		h.Pipeline = &notify.Pipeline{
			Sinks: []notify.Sink{h.slack, h.sns}, Language: locale.English(), Store: h.store, Queue: h.queue,
			Hold: 15 * time.Minute, SinkTimeout: 8 * time.Second, Now: time.Now,
			Observe: func(_ context.Context, o notify.Outcome) {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.outcomes = append(h.outcomes, o)
			},
		}
		tell(h)
	})
}

// lost and back are events of an instance that changed so long after the story began.
func (h *harness) lost(name, issue string, after time.Duration) json.RawMessage {
	return h.event(name, transition{At: after, Status: coverage.Unhealthy, Issue: issue})
}

func (h *harness) back(name string, after time.Duration) json.RawMessage {
	return h.event(name, transition{At: after, Status: coverage.Healthy})
}

func (h *harness) event(name string, x transition) json.RawMessage {
	return json.RawMessage(event(name, h.began.Add(x.At), h.began.Add(x.At), x, 0))
}

// fleet are n instances that lose coverage at once, or all come back.
func (h *harness) fleet(n int, each func(name string) json.RawMessage) (events []json.RawMessage) {
	for i := range n {
		events = append(events, each(fmt.Sprintf("i-%d", i)))
	}
	return events
}

// deliver handles events that arrive together, once all of them have happened, and fails the test when any of them fails.
func (h *harness) deliver(events ...json.RawMessage) {
	h.Helper()
	for _, body := range events {
		if change, err := coverage.Decode(body); err == nil {
			time.Sleep(max(0, time.Until(change.ChangedAt)))
		}
	}
	h.handle(events...)
}

// handle handles events that arrive together now.
func (h *harness) handle(events ...json.RawMessage) {
	h.Helper()
	for _, err := range h.Handle(h.Context(), events) {
		if err != nil {
			h.Errorf("handling: %v", err)
		}
	}
}

// later lets time pass, and delivers together what is due by then.
func (h *harness) later(pause time.Duration) {
	h.Helper()
	time.Sleep(pause)
	if due := h.queue.take(); len(due) > 0 {
		h.handle(due...)
	}
}

// drain delivers whatever is queued, when it is due, until nothing is.
func (h *harness) drain() {
	h.Helper()
	for n := 0; len(h.queue.queued) > 0; n++ {
		if n > 500 {
			h.Fatal("the queue does not become empty")
		}
		time.Sleep(max(0, time.Until(h.queue.next())))
		h.handle(h.queue.take()...)
	}
}

// results are what became of the changes, in order.
func (h *harness) wantResults(want ...notify.Result) {
	h.Helper()
	var got []notify.Result
	for _, o := range h.outcomes {
		got = append(got, o.Result)
	}
	if !slices.Equal(got, want) {
		h.Errorf("results %v, want %v", got, want)
	}
}

// fakeSink is a sink that keeps what it was sent.
type fakeSink struct {
	name     string
	editable bool
	// fail is the error for the nth message, from 1; nil: none fails.
	fail func(n int) error
	// hang makes it wait for ever.
	hang bool

	mu    sync.Mutex
	tries int
	sent  []sentMessage
}

type sentMessage struct {
	message.Message
	parent string
	at     time.Time
}

func (s *fakeSink) Name() string { return s.name }

func (s *fakeSink) Send(ctx context.Context, m message.Message, parent string) (string, error) {
	s.mu.Lock()
	s.tries++
	s.mu.Unlock()
	if s.hang {
		<-ctx.Done()
		return "", ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(s.tries); err != nil {
			return "", err
		}
	}
	if m.Update && !s.editable {
		return "", nil
	}
	s.sent = append(s.sent, sentMessage{m, parent, time.Now()})
	switch {
	case !s.editable:
		return "", nil
	case parent != "":
		return parent, nil
	}
	return fmt.Sprint("ref ", len(s.sent)), nil
}

// want compares what was sent, as "lost i-1 agent-disconnected", "back i-1", "lost 3 of 4 …" for a group, with the
// message that was changed in parentheses.
func (s *fakeSink) want(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, m := range s.sent {
		line := map[string]string{"UNHEALTHY": "lost ", "HEALTHY": "back "}[recordOf(m.Message).Status] + recordOf(m.Message).Resource.Name
		if g := recordOf(m.Message).Group; g != nil {
			line = fmt.Sprintf("%d of %d open", g.Open, g.Total)
			if g.Total > 0 && recordOf(m.Message).Status == "HEALTHY" {
				line = fmt.Sprintf("%d back", g.Total)
			}
		} else if recordOf(m.Message).Status == "UNHEALTHY" {
			line += " " + strings.TrimPrefix(recordOf(m.Message).Findings[0].ID, "ec2-")
		}
		if m.parent != "" {
			line += " (" + m.parent + ")"
		}
		got = append(got, line)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s was sent\n  %s\nwant\n  %s", s.name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// fakeQueue is a queue that a test empties by hand.
type fakeQueue struct {
	mu      sync.Mutex
	queued  []queuedBody
	delays  []time.Duration
	dead    []json.RawMessage
	reasons []string
	fail    error
}

type queuedBody struct {
	body json.RawMessage
	due  time.Time
}

func (q *fakeQueue) Send(_ context.Context, body json.RawMessage, delay time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fail != nil {
		return q.fail
	}
	q.queued, q.delays = append(q.queued, queuedBody{body, time.Now().Add(delay)}), append(q.delays, delay)
	return nil
}

func (q *fakeQueue) DeadLetter(_ context.Context, body json.RawMessage, reason string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fail != nil {
		return q.fail
	}
	q.dead, q.reasons = append(q.dead, body), append(q.reasons, reason)
	return nil
}

// take takes what is due.
func (q *fakeQueue) take() (due []json.RawMessage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queued = slices.DeleteFunc(q.queued, func(b queuedBody) bool {
		if b.due.After(time.Now()) {
			return false
		}
		due = append(due, b.body)
		return true
	})
	return due
}

func (q *fakeQueue) next() time.Time {
	return slices.MinFunc(q.queued, func(a, b queuedBody) int { return a.due.Compare(b.due) }).due
}

func (q *fakeQueue) wantDelays(t *testing.T, want ...time.Duration) {
	t.Helper()
	q.mu.Lock()
	defer q.mu.Unlock()
	if !slices.Equal(q.delays, want) {
		t.Errorf("waits of %v, want %v", q.delays, want)
	}
	q.delays = nil
}

// fakeStore is a store of which calls can fail.
type fakeStore struct {
	*memory.Store
	away, unsaved, groupsAway error
	// claims are how often records were claimed, counted is how many messages others sent in every minute. A store that
	// forgets creates no groups.
	claims  atomic.Int64
	counted int
	forgets bool
}

func (s *fakeStore) Count(ctx context.Context, sink string, minute time.Time) (int, error) {
	n, err := s.Store.Count(ctx, sink, minute)
	return n + s.counted, err
}

var errAway = errors.New("the table is away")

func (s *fakeStore) Claim(ctx context.Context, key string, intent incident.Intent) (incident.Claim, bool, error) {
	s.claims.Add(1)
	if s.away != nil {
		return incident.Claim{}, false, s.away
	}
	return s.Store.Claim(ctx, key, intent)
}

func (s *fakeStore) Save(ctx context.Context, claims []incident.Claim) []error {
	if s.unsaved == nil {
		return s.Store.Save(ctx, claims)
	}
	errs := make([]error, len(claims))
	for i := range errs {
		errs[i] = s.unsaved
	}
	return errs
}

func (s *fakeStore) CreateGroup(ctx context.Context, g incident.Group) error {
	if s.forgets {
		return errAway
	}
	return s.Store.CreateGroup(ctx, g)
}

func (s *fakeStore) Leave(ctx context.Context, key string, members []string, at time.Time) (bool, bool, error) {
	if s.groupsAway != nil {
		return false, false, s.groupsAway
	}
	return s.Store.Leave(ctx, key, members, at)
}

// recordOf is what programs read of a message.
func recordOf(m message.Message) message.Record {
	record, _ := m.Form.(message.Record)
	return record
}
