// Package notify turns coverage events into messages that people act on: it decodes an event, names the
// issue, remembers what was told, and delivers. Its interfaces are what it needs of the world.
package notify

import (
	"context"
	"encoding/json"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

// Sink delivers messages to one destination.
//
// An error may say more by its methods: Permanent() bool, when trying again cannot help, and
// RetryAfter() time.Duration, how long the destination asks to be left alone.
type Sink interface {
	// Name is stable: what was told where is remembered under it.
	Name() string
	// Send delivers m. parent is what an earlier Send returned for the same incident, "" for a new one;
	// with a parent the sink updates that message and answers in its thread where it can. The returned
	// ref is opaque to the caller; "" means that the message cannot be found again.
	Send(ctx context.Context, m message.Message, parent string) (ref string, err error)
}

// Store remembers incidents.
type Store interface {
	// Open claims the incident of that key, empty when there is none yet, until it is saved or some
	// minutes have passed; in the latter case the next claim finds it Unsure. ok is false while somebody
	// else has claimed it.
	Open(ctx context.Context, key string) (incident coverage.Incident, ok bool, err error)
	// Save writes an incident that Open returned and ends the claim. It fails when the claim was lost.
	Save(ctx context.Context, incident coverage.Incident) error
}

// Pace counts messages, so that a storm is noticed.
type Pace interface {
	// Add counts one more message of the sink in that minute and returns how many there are now.
	Add(ctx context.Context, sink string, minute time.Time) (int, error)
}

// Queue keeps what has to wait, durably.
type Queue interface {
	// Wait brings body back to the Pipeline after delay, at most MaxDelay.
	Wait(ctx context.Context, body json.RawMessage, delay time.Duration) error
	// Bury puts body where an alarm rings and a person decides.
	Bury(ctx context.Context, body json.RawMessage, reason string) error
}

// Diagnoser looks at a live resource, and at what it depends on.
type Diagnoser interface {
	// Diagnose returns what it found by ctx's deadline. It never fails: what could not be looked at is evidence, too.
	// findings are the ids of the change's findings, the most useful first.
	Diagnose(ctx context.Context, change coverage.Change, findings []string) []coverage.Evidence
}

// MaxDelay is the longest a Queue can delay a message, which is Amazon SQS's limit
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
const MaxDelay = 15 * time.Minute

// Pipeline brings events to the sinks. Its fields are set once, before it is used; it may be used
// concurrently.
type Pipeline struct {
	// Sinks are everybody who may be told.
	Sinks []Sink
	// Language is that of the messages, unless a route has another.
	Language catalog.Language
	// Route says who is told of a change with those causes, which are ids of the catalogue, sorted; of a recovery they are
	// what the incident remembers. Nil: every sink is told everything.
	Route func(change coverage.Change, causes []string) Decision
	// Local is what the readers call their own.
	Local catalog.Local
	// Store and Pace remember. Both are needed; Memory serves for one process.
	Store Store
	Pace  Pace
	// Queue is where changes wait. Nil: nothing waits, and what cannot be told now is an error.
	Queue Queue
	// Hold is how long a change waits whose every finding usually heals by itself; 0: not at all.
	Hold time.Duration
	// StormLimit is how many messages a minute a sink is sent before changes wait to be told as groups;
	// 0: any number. It needs a Queue.
	StormLimit int
	// Diagnoser looks for the cause of what is about to be told; nil: nobody looks.
	Diagnoser Diagnoser
	// SinkTimeout is how long one sink may take for one message.
	SinkTimeout time.Duration
	// Now is the clock.
	Now func() time.Time
	// Observe is told the outcome of every change, once; nil: nobody is.
	Observe func(ctx context.Context, outcome Outcome)
}

// How the Pipeline spends its patience.
const (
	// busyDelay is how long a change waits whose incident somebody else is working on.
	busyDelay = 30 * time.Second
	// stormDelay is how long changes gather in a storm, stormsMost how often one may be put off so.
	stormDelay = time.Minute
	stormsMost = 15
	// firstRetry is the first delay after a sink failed; it doubles up to MaxDelay.
	firstRetry = 30 * time.Second
	// patience is how long a change is tried before it is buried. It is longer than the day that a sink
	// may be out of order without costing a message.
	patience = 26 * time.Hour
	// shortWait is the longest Retry-After that is waited for on the spot.
	shortWait = 5 * time.Second
	// settleTime is what is left of an invocation's time for remembering what was told.
	settleTime = 10 * time.Second
	// enoughForGroup is how many like changes that arrive together become one message, groupMost how
	// many one message may speak for.
	enoughForGroup = 3
	groupMost      = 500
	// claimsAtOnce is how many incidents are opened or saved at the same time.
	claimsAtOnce = 16
)

// Handle works one event through. It returns nil when every sink was told, or needed not be, or the
// change waits durably.
func (p *Pipeline) Handle(ctx context.Context, event json.RawMessage) error {
	return p.HandleAll(ctx, []json.RawMessage{event})[0]
}

// HandleAll works through events that arrived together, so that like ones become one message, and returns
// for each what Handle would.
func (p *Pipeline) HandleAll(ctx context.Context, events []json.RawMessage) []error {
	return p.work(ctx, p.read(ctx, events))
}

// HandleChanges works through changes of which no event told: a report found them. One that was told meanwhile is
// not told again.
func (p *Pipeline) HandleChanges(ctx context.Context, changes []coverage.Change) []error {
	tasks := make([]*task, len(changes))
	for i, change := range changes {
		tasks[i] = &task{letter: letter{Change: &change}, change: change, findings: catalog.Classify(change)}
	}
	return p.work(ctx, tasks)
}

// work brings tasks to their end.
func (p *Pipeline) work(ctx context.Context, tasks []*task) []error {
	claims := p.claim(ctx, tasks)
	p.decide(claims)
	p.diagnose(ctx, claims)
	p.deliver(ctx, claims)
	p.settle(ctx, claims)
	errs := make([]error, len(tasks))
	for i, t := range tasks {
		errs[i] = t.err
	}
	return errs
}
