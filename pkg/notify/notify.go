// Package notify brings coverage events to the people who have to know: it decodes an event, claims the
// record of its resource, plans for every sink what is to be sent, diagnoses, composes, sends, and saves what
// was sent.
//
// It is level-triggered: a record says what is true of a resource and what each sink was last notified of;
// whatever differs is to be sent. docs/architecture.md explains it. Each step is a file.
package notify

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// Sink delivers messages to one destination.
//
// An error may say more by the methods that package delivery reads: Permanent, Uncertain, RetryAfter, Misconfigured.
type Sink interface {
	// Name is stable: what was sent where is remembered under it.
	Name() string
	// Send delivers m. parent is what an earlier Send returned for the same incident, "" for a new one; with
	// a parent the sink updates that message and answers in its thread where it can. The returned ref is
	// opaque to the caller; "" means that the message cannot be found again.
	Send(ctx context.Context, m message.Message, parent string) (ref string, err error)
}

// Store remembers records and groups, and counts messages.
type Store interface {
	Records
	Groups
	Members
	RateCounter
}

// Records are claimed before they are changed, so that two invocations never work on the same resource.
type Records interface {
	// Claim leases the record of that key, empty when there is none, and leaves the intent on it, unless it is
	// empty: whoever comes after a crash learns what the dead one may have sent. ok is false while somebody else has claimed it. The
	// error of a record that a later version wrote wraps format.ErrNewer.
	Claim(ctx context.Context, key string, intent incident.Intent) (c incident.Claim, ok bool, err error)
	// Save writes the claims' records and ends the claims; it returns an error for each, nil where it
	// succeeded.
	Save(ctx context.Context, claims []incident.Claim) []error
}

// Groups are claimed to change their messages.
type Groups interface {
	// ClaimGroup leases the group; one that is not remembered is empty. ok is false while somebody else has
	// it. It ends what is known of a queued wake-up: whoever leaves the group from now on queues another.
	ClaimGroup(ctx context.Context, key string) (g incident.Group, lease string, ok bool, err error)
	// SaveGroup writes the group, except for its members and their version, and ends the claim. wakeAt is
	// when a wake-up is queued for it; zero for none.
	SaveGroup(ctx context.Context, g incident.Group, lease string, wakeAt time.Time) error
}

// Members are the sets of resources that groups' messages count as uncovered. They change without a claim.
type Members interface {
	// CreateGroup remembers a new group with its members. Repeated, it changes nothing.
	CreateGroup(ctx context.Context, g incident.Group) error
	// Leave takes members out of the group's set and raises its version; repeated, it only raises the
	// version. known is false when there is no such group. covered is true when a wake-up of the group is
	// known to be queued; otherwise the caller has to queue one that is due at wakeAt, which is noted.
	Leave(ctx context.Context, group string, members []string, wakeAt time.Time) (known, covered bool, err error)
}

// RateCounter counts messages, for the rate limit.
type RateCounter interface {
	// Count counts one more message of the sink in that minute and returns how many there are now.
	Count(ctx context.Context, sink string, minute time.Time) (int, error)
}

// Queue keeps what has to wait, durably.
type Queue interface {
	// Send brings body back to the Pipeline after delay, at most incident.MaxDelay.
	Send(ctx context.Context, body json.RawMessage, delay time.Duration) error
	// DeadLetter puts body where an alarm is raised and a person decides.
	DeadLetter(ctx context.Context, body json.RawMessage, reason string) error
}

// Diagnoser checks live resources, and what they depend on.
type Diagnoser interface {
	// DiagnoseAll returns what it found by ctx's deadline, for each candidate in their order. It never fails:
	// what could not be checked is evidence, too.
	DiagnoseAll(ctx context.Context, candidates []coverage.Candidate) [][]coverage.Evidence
}

// Pipeline brings events to the sinks. Its fields are set once, before it is used; it may be used
// concurrently, and must not be copied after first use.
type Pipeline struct {
	// Sinks are everybody who may be notified.
	Sinks []Sink
	// Language is that of the messages, unless a route has another.
	Language locale.Language
	// Route says who is notified of a change with those causes, which are ids of the catalogue, sorted; of a
	// recovery they are those of the loss. Nil: every sink is notified of everything.
	Route func(change coverage.Change, causes []string) Decision
	// Local is what the readers call their own.
	Local compose.Local
	// Store remembers what was sent.
	Store Store
	// Queue is where wake-ups wait. Nil: nothing waits, and what cannot be sent now is an error.
	Queue Queue
	// Hold is how long a loss waits whose every finding usually recovers by itself; 0: not at all. It needs a
	// Queue.
	Hold time.Duration
	// RateLimit is how many messages a minute a sink is sent before notifications wait to be sent as groups;
	// 0: any number. It needs a Queue.
	RateLimit int
	// Diagnoser looks for the cause of what is about to be sent; nil: nobody does.
	Diagnoser Diagnoser
	// SinkTimeout is how long one sink may take for one message.
	SinkTimeout time.Duration
	// Now is the clock.
	Now func() time.Time
	// Observe is given the outcome of every change, once.
	Observe func(ctx context.Context, outcome Outcome)

	// overLimit is the last minute in which each sink was known to be over the rate limit, by its name: no
	// more need be counted in it.
	overLimit sync.Map
}

// How an invocation's time is spent. The lease of a claim (120 s) is longer than an invocation may take (60
// s) and a message whose answer was lost may be late (incident.Fence).
const (
	// saveTime is what is left of an invocation's time for queueing and saving when sending ends: one timeout
	// of the queue and two of the store, with the last message on its way.
	saveTime = 20 * time.Second
	// shortWait is the longest Retry-After that is waited for on the spot.
	shortWait = 5 * time.Second
	// callsAtOnce is how many calls to the store or the queue are made at the same time.
	callsAtOnce = 16
)

// Handle works through events and wake-ups that arrived together, so that like ones become one message. It
// returns nil for each that needs no further delivery: whoever has to be notified was, or a wake-up is
// queued.
func (p *Pipeline) Handle(ctx context.Context, bodies []json.RawMessage) []error {
	b := &batch{p: p}
	b.read(ctx, bodies)
	b.claim(ctx)
	b.plan()
	b.diagnose(ctx)
	b.send(ctx)
	b.save(ctx)
	return b.acknowledge(ctx)
}

// batch is one invocation's work.
type batch struct {
	p      *Pipeline
	events []*event
	items  []*item
	groups []*groupItem
	// store and queue are cut off after their first timeout: the rest of the batch has no time for more.
	store, queue breaker
}

// event is one message of the batch: an event of GuardDuty's, or a queued one.
type event struct {
	format.Queued
	// change is what it says happened; a wake-up's has no status.
	change coverage.Change
	causes []string
	// err is why it has to be delivered again.
	err error
}

// item is one resource with everything that arrived about it.
type item struct {
	key    string
	events []*event
	claim  incident.Claim
	// before is the record as it was claimed.
	before  incident.Record
	claimed bool
	record  incident.Record
	// findings are those of the record's change, decision is where it goes.
	findings []catalog.Finding
	decision Decision
	evidence []coverage.Evidence
	// crowded: not all of the batch could be diagnosed, so what was found of some names nothing that all share.
	crowded bool
	targets []*target
	// wakeAt is when the record has to be looked at again; zero: never.
	wakeAt time.Time
	// err is why the events have to be delivered again, storeErr why the store does not know what became of
	// them.
	err, storeErr error
}

// target is one record as one sink's step sees it.
type target struct {
	*item
	sink string
	// record is the sink's own copy; afterwards what it says of the sink is taken over.
	record incident.Record
	action incident.Action
	// What became of it: how it was notified, and why it was not.
	notified, grouped, deferred, gaveUp bool
	err                                 error
}

// breaker remembers that a service did not answer in time. It may be used concurrently.
type breaker struct{ err atomic.Pointer[error] }

// call calls f unless an earlier call timed out, whose error it returns then.
func (b *breaker) call(f func() error) error {
	if err := b.err.Load(); err != nil {
		return *err
	}
	err := f()
	if errors.Is(err, context.DeadlineExceeded) {
		b.err.Store(&err)
	}
	return err
}

// atOnce calls f for every item, some of them at the same time.
func atOnce[T any](items []T, f func(T)) {
	if len(items) == 1 { // Most invocations are about one event.
		f(items[0])
		return
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, callsAtOnce)
	for _, item := range items {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(item)
		})
	}
	wg.Wait()
}
