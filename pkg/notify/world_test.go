package notify_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/trigger"
)

// How the simulated account is set up, as template.yaml sets up a real one.
const (
	functionTimeout = 60 * time.Second
	lease           = 90 * time.Second
	visibility      = 3 * time.Minute
	batchWindow     = time.Second
	batchMost       = 10
	receivesMost    = 5
	sinkTimeout     = 8 * time.Second
	// storeTimeout is how long a hanging store or queue costs.
	storeTimeout = 3 * time.Second
)

// world is everything around the Pipeline, in virtual time: the asynchronous invoker, the queue and its dead letters,
// the store, the sinks. It runs in a synctest bubble. Every call takes a time of its own, to the nanosecond, so that
// no two happen at once and a history always runs the same way.
type world struct {
	history  history
	start    time.Time
	pipeline *notify.Pipeline
	sinks    []*display

	mu      sync.Mutex
	calls   int
	nth     map[string]int
	items   map[string]item
	paces   map[string]int
	waiting []*parcel
	dead    []string
	sent    chan struct{}
	running int
	// acknowledgesAll is how a broken function answers.
	acknowledgesAll bool
	// events are the changes by their events.
	events map[string]coverage.Change
	// forgot has the keys whose store failed at some time, delivered the newest change of each key that arrived.
	forgot    map[string]bool
	delivered map[string]coverage.Change
	crashed   int
	log       []string
}

// item is one of the store's.
type item struct {
	document   string
	lease      string
	leaseUntil time.Time
}

// parcel is a message in the queue.
type parcel struct {
	id       int
	body     string
	visible  time.Time
	received int
}

// invocation is one run of the function. Once it is dead nothing that it does has an effect.
type invocation struct {
	dead bool
	// crashed is true when it died before its end.
	crashed bool
	batch   []coverage.Change
	// blind has the keys that the store did not open for it; mute is true when the queue took nothing from it.
	blind map[string]bool
	mute  bool
}

type invocationKey struct{}

var (
	errDead    = errors.New("the process is gone")
	errTrouble = errors.New("service unavailable")
)

// refusal is a sink's error.
type refusal struct {
	permanent bool
	after     time.Duration
}

func (r refusal) Error() string             { return "refused" }
func (r refusal) Permanent() bool           { return r.permanent }
func (r refusal) RetryAfter() time.Duration { return r.after }

func newWorld(h history, start time.Time) *world {
	w := &world{
		history: h, start: start,
		nth: map[string]int{}, items: map[string]item{}, paces: map[string]int{},
		events: map[string]coverage.Change{}, sent: make(chan struct{}, 1), forgot: map[string]bool{}, delivered: map[string]coverage.Change{},
	}
	w.sinks = []*display{
		{world: w, name: "slack", editable: true, shown: map[string]*shown{}},
		{world: w, name: "sns", shown: map[string]*shown{}},
	}
	w.pipeline = &notify.Pipeline{
		Sinks: []notify.Sink{w.sinks[0], w.sinks[1]}, Language: catalog.English,
		Store: modelStore{w}, Pace: modelStore{w}, Queue: modelQueue{w},
		Hold: h.Hold, StormLimit: h.StormLimit, SinkTimeout: sinkTimeout, Now: time.Now,
		Observe: func(_ context.Context, o notify.Outcome) {
			w.note("outcome %s %s of %s told %v storm %v retry %v buried %v forgotten %v err %v",
				o.Result, o.Change.Status, o.Change.Resource.Name, o.Notified, o.Deferred, o.Failing, o.GaveUp, o.StoreErr, o.Err)
		},
	}
	return w
}

// note writes the log that a failing history prints.
func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, time.Since(w.start).String()+" "+fmt.Sprintf(format, args...))
}

// latency is how long a call takes: up to the history's most, and never twice the same.
func (w *world) latency(what string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nth[what]++
	sum := fnv.New64a()
	fmt.Fprintln(sum, w.history.Seed, what, w.nth[what])
	return time.Duration(sum.Sum64()%uint64(w.history.Latency)) + time.Nanosecond
}

// call is what every call to the outside has in common: it takes its time, may find the service in trouble, and
// the process may die right before or right after it. effect happens at one moment of virtual time.
func (w *world) call(ctx context.Context, service, what string, effect func(*invocation)) error {
	inv := ctx.Value(invocationKey{}).(*invocation)
	if !pause(ctx, w.latency(service+what)) {
		return ctx.Err()
	}
	fault := w.fault(service)
	if fault == hang {
		most := storeTimeout
		if service == "slack" || service == "sns" {
			most = time.Hour
		}
		if !pause(ctx, most) {
			return ctx.Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if inv.dead {
		return errDead
	}
	w.calls++
	crash, crashes := w.history.Crashes[w.calls]
	if crashes && !crash.after {
		inv.dead, inv.crashed = true, true
		w.crashed++
		w.log = append(w.log, fmt.Sprintf("%v crash before %s %.40s", time.Since(w.start), service, what))
		return errDead
	}
	if fault == none || fault == lost {
		effect(inv)
	}
	if crashes {
		inv.dead, inv.crashed = true, true
		w.crashed++
		w.log = append(w.log, fmt.Sprintf("%v crash after %s %.40s", time.Since(w.start), service, what))
		return errDead
	}
	if fault != none {
		w.log = append(w.log, fmt.Sprintf("%v %s %s: %.40s", time.Since(w.start), service, fault, what))
	}
	return fault.err()
}

// pause reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (w *world) fault(service string) fault {
	now := time.Since(w.start)
	for _, t := range w.history.Troubles {
		if t.Service == service && now >= t.From && now < t.From+t.For {
			return t.Fault
		}
	}
	return none
}

// modelStore does what pkg/dynamo does: a lease by conditional write that runs out by itself.
type modelStore struct{ *world }

func (s modelStore) Open(ctx context.Context, key string) (incident coverage.Incident, ok bool, err error) {
	err = s.call(ctx, "store", "open "+key, func(*invocation) {
		stored := s.items[key]
		if ok = !time.Now().Before(stored.leaseUntil); !ok {
			return
		}
		if stored.document != "" {
			if err := json.Unmarshal([]byte(stored.document), &incident); err != nil {
				panic(err)
			}
		}
		incident.Unsure = incident.Unsure || stored.lease != ""
		stored.lease, stored.leaseUntil = fmt.Sprint("lease ", s.calls), time.Now().Add(lease)
		s.items[key] = stored
		incident.Key, incident.Lease = key, stored.lease
	})
	if err != nil {
		s.trouble(ctx, key, true)
		return coverage.Incident{}, false, err
	}
	return incident, ok, nil
}

func (s modelStore) Save(ctx context.Context, incident coverage.Incident) error {
	lost := false
	err := s.call(ctx, "store", "save "+incident.Key, func(inv *invocation) {
		if lost = s.items[incident.Key].lease != incident.Lease; lost {
			return
		}
		document, err := json.Marshal(incident)
		if err != nil {
			panic(err)
		}
		if incident.Group != nil {
			s.sinks[0].noteLeavers(inv, s.items[incident.Key].document, incident)
		}
		s.items[incident.Key] = item{document: string(document)}
	})
	if err == nil && lost {
		err = errors.New("the claim was lost")
	}
	if err != nil {
		s.trouble(ctx, incident.Key, false)
	}
	return err
}

func (s modelStore) Add(ctx context.Context, sink string, minute time.Time) (n int, err error) {
	err = s.call(ctx, "store", "add "+sink, func(*invocation) {
		key := sink + minute.String()
		s.paces[key]++
		n = s.paces[key]
	})
	return n, err
}

// trouble remembers that the store failed for a key; blind is true when it could not be opened.
func (s modelStore) trouble(ctx context.Context, key string, blind bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	inv := ctx.Value(invocationKey{}).(*invocation)
	if inv.dead {
		return
	}
	s.forgot[key] = true
	if blind {
		inv.blind[key] = true
	}
}

// modelQueue is an SQS queue with its dead-letter queue.
type modelQueue struct{ *world }

func (q modelQueue) Wait(ctx context.Context, body json.RawMessage, delay time.Duration) error {
	if delay < 0 || delay > notify.MaxDelay {
		return fmt.Errorf("a delay of %v is out of range", delay)
	}
	err := q.call(ctx, "queue", "wait "+string(body), func(*invocation) {
		q.waiting = append(q.waiting, &parcel{id: q.calls, body: string(body), visible: time.Now().Add(delay)})
		q.wake()
	})
	if err != nil {
		q.mu.Lock()
		defer q.mu.Unlock()
		ctx.Value(invocationKey{}).(*invocation).mute = true
	}
	return err
}

func (q modelQueue) Bury(ctx context.Context, body json.RawMessage, _ string) error {
	return q.call(ctx, "queue", "bury "+string(body), func(*invocation) { q.dead = append(q.dead, string(body)) })
}

func (w *world) wake() {
	select {
	case w.sent <- struct{}{}:
	default:
	}
}

// invoke runs the function once, as functions/notify does. It returns the records to be delivered again; alive is
// false when the process died, and err what the function answered otherwise.
func (w *world) invoke(payload string) (failed map[string]bool, alive bool, err error) {
	inv := &invocation{blind: map[string]bool{}}
	w.count(1)
	defer w.count(-1)
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), invocationKey{}, inv), functionTimeout)
	defer cancel()
	delivery := trigger.Unwrap(json.RawMessage(payload))
	w.arrived(inv, delivery.Events)
	errs := w.pipeline.HandleAll(ctx, delivery.Events)
	w.mu.Lock()
	defer w.mu.Unlock()
	if inv.dead || ctx.Err() != nil {
		inv.dead, inv.crashed = true, true
		return nil, false, nil
	}
	inv.dead = true // What it left behind has no effect either.
	ack, err := delivery.Acknowledge(errs)
	failed = map[string]bool{}
	if w.acknowledgesAll {
		return failed, true, nil
	}
	if ack != nil {
		for _, f := range ack.Failures {
			failed[f.MessageID] = true
		}
	}
	return failed, true, err
}

// count counts what runs.
func (w *world) count(change int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running += change
}

// arrived notes what an invocation is about, which is how a display knows which changes a group's message tells.
func (w *world) arrived(inv *invocation, events []json.RawMessage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, body := range events {
		var letter struct {
			Event  json.RawMessage  `json:"event"`
			Change *coverage.Change `json:"change"`
			Reason string           `json:"reason"`
		}
		if json.Unmarshal(body, &letter) == nil && letter.Event != nil {
			body = letter.Event
		}
		change := w.events[string(body)]
		if letter.Change != nil {
			change = *letter.Change
		}
		key := change.Resource.Key()
		inv.batch = append(inv.batch, change)
		if change.ChangedAt.After(w.delivered[key].ChangedAt) {
			w.delivered[key] = change
		}
		w.log = append(w.log, fmt.Sprintf("%v arrives: %s %s of %v, %s", time.Since(w.start), cmp.Or(letter.Reason, "event"),
			change.Status, change.ChangedAt.Sub(w.start), change.Resource.Name))
	}
}

// eventually invokes the function as EventBridge does: asynchronously, with two more tries, and a record of the failure
// in the dead-letter queue.
func (w *world) eventually(event string) {
	w.count(1)
	defer w.count(-1)
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute, 0} {
		if _, alive, err := w.invoke(event); alive && err == nil {
			return
		}
		time.Sleep(wait)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = append(w.dead, `{"requestContext":{"condition":"RetriesExhausted"},"requestPayload":`+event+`}`)
}

// poll feeds the function from the queue until stop is closed.
func (w *world) poll(stop <-chan struct{}) {
	for {
		timer := time.NewTimer(w.nextVisible())
		select {
		case <-stop:
			timer.Stop()
			return
		case <-w.sent:
			timer.Stop()
			continue
		case <-timer.C:
		}
		time.Sleep(batchWindow)
		if batch := w.receive(); len(batch) > 0 {
			go w.process(batch)
		}
	}
}

func (w *world) nextVisible() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := 1000 * time.Hour
	for _, p := range w.waiting {
		next = min(next, max(0, time.Until(p.visible)))
	}
	return next
}

// receive takes a batch of what is visible.
func (w *world) receive() []*parcel {
	w.mu.Lock()
	defer w.mu.Unlock()
	var batch []*parcel
	w.waiting = slices.DeleteFunc(w.waiting, func(p *parcel) bool {
		if len(batch) == batchMost || p.visible.After(time.Now()) {
			return false
		}
		if p.received++; p.received > receivesMost {
			w.dead = append(w.dead, p.body)
			return true
		}
		p.visible = time.Now().Add(visibility)
		batch = append(batch, p)
		return false
	})
	return batch
}

func (w *world) process(batch []*parcel) {
	type record struct {
		MessageID   string `json:"messageId"`
		EventSource string `json:"eventSource"`
		Body        string `json:"body"`
	}
	var payload struct{ Records []record }
	for _, p := range batch {
		payload.Records = append(payload.Records, record{fmt.Sprint(p.id), "aws:sqs", p.body})
	}
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	failed, alive, err := w.invoke(string(body))
	if !alive || err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = slices.DeleteFunc(w.waiting, func(p *parcel) bool {
		return slices.Contains(batch, p) && !failed[fmt.Sprint(p.id)]
	})
}

// redrive brings the dead letters back, as `make redrive` does, and reports whether there were any.
func (w *world) redrive() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.dead) == 0 {
		return false
	}
	for i, body := range w.dead {
		w.calls++
		w.waiting = append(w.waiting, &parcel{id: -w.calls, body: body, visible: time.Now().Add(time.Duration(i+1) * time.Nanosecond)})
	}
	w.dead = nil
	w.wake()
	return true
}

func (w *world) quiet() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running == 0 && len(w.waiting) == 0
}

// display is a sink, and everything that people read there.
type display struct {
	world    *world
	name     string
	editable bool
	words    []word
	shown    map[string]*shown
}

// word is what a sink was told about one resource.
type word struct {
	key       string
	status    coverage.Status
	changedAt time.Time
	// ref is the message that says so; edit is true when it only changed.
	ref  string
	edit bool
	by   *invocation
}

// shown is a group's message as it stands.
type shown struct {
	members []string
	open    int
}

func (d *display) Name() string { return d.name }

func (d *display) Send(ctx context.Context, m message.Message, parent string) (ref string, err error) {
	err = d.world.call(ctx, d.name, m.Title+parent, func(inv *invocation) { ref = d.tell(inv, m, parent) })
	if err != nil {
		return "", err
	}
	return ref, nil
}

// tell shows m. Like Slack it changes the parent where there is one, like SNS it cannot.
func (d *display) tell(inv *invocation, m message.Message, parent string) string {
	if m.Update && (!d.editable || parent == "") {
		return ""
	}
	ref := parent
	if ref == "" || !d.editable {
		ref = fmt.Sprint(d.name, " ", d.world.calls)
	}
	d.world.log = append(d.world.log, fmt.Sprintf("%v %s shows %q as %s (parent %q, update %v)", time.Since(d.world.start), d.name, m.Title, ref, parent, m.Update))
	if m.Record.Group == nil {
		d.say(inv, word{key: keyOf(m, m.Record.Resource.Name), status: coverage.Status(m.Record.Status), changedAt: m.Record.ChangedAt, ref: ref})
	} else {
		d.tellGroup(inv, m, ref, parent)
	}
	if !d.editable {
		return ""
	}
	return ref
}

// tellGroup finds out from what the function was invoked with which changes the message tells.
func (d *display) tellGroup(inv *invocation, m message.Message, ref, parent string) {
	status := coverage.Status(m.Record.Status)
	var members []string
	for _, name := range m.Record.Group.Names {
		members = append(members, keyOf(m, name))
	}
	d.shown[ref] = &shown{members: members, open: m.Record.Group.Open}
	issue := ""
	if len(m.Record.Findings) > 0 {
		issue = m.Record.Findings[0].Text
	}
	for _, key := range members {
		if parent == "" && slices.ContainsFunc(inv.batch, func(c coverage.Change) bool { return c.Resource.Key() == key }) {
			d.say(inv, word{key: key, status: status, changedAt: d.world.meant(inv, key, status, issue), ref: ref})
		}
	}
}

// noteLeavers takes from the store who it was whose recovery a changed message of a group told: all that people see is
// a smaller number.
func (d *display) noteLeavers(inv *invocation, before string, group coverage.Incident) {
	var stored coverage.Incident
	if before == "" || json.Unmarshal([]byte(before), &stored) != nil {
		return
	}
	for _, key := range stored.Group.Open {
		if !slices.Contains(group.Group.Open, key) {
			at := d.world.meant(inv, key, coverage.Healthy, "")
			d.say(inv, word{key: key, status: coverage.Healthy, changedAt: at, ref: group.Told[d.name].Ref, edit: true})
		}
	}
}

// meant is the change with that status and issue that an invocation tells of a resource: one that it was invoked with, or, when that
// turned out to be out of date, the newest known.
func (w *world) meant(inv *invocation, key string, status coverage.Status, issue string) (changedAt time.Time) {
	for _, known := range [][]coverage.Change{inv.batch, {w.delivered[key]}} {
		for _, change := range known {
			same := change.Resource.Key() == key && change.Status == status && strings.Join(change.Issues, "") == issue
			if same && change.ChangedAt.After(changedAt) {
				changedAt = change.ChangedAt
			}
		}
		if !changedAt.IsZero() {
			break
		}
	}
	return changedAt
}

func (d *display) say(inv *invocation, said word) {
	said.by = inv
	d.words = append(d.words, said)
}

func keyOf(m message.Message, name string) string {
	r := m.Record.Resource
	return strings.Join([]string{r.Account, r.Region, r.Kind, name}, "/")
}
