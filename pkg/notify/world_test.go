package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/trigger"
)

// How the simulated account is set up, as template.yaml sets up a real one.
const (
	functionTimeout = 60 * time.Second
	leaseTime       = 120 * time.Second
	visibility      = 7 * time.Minute
	batchWindow     = time.Second
	maxReceives     = 5
	sinkTimeout     = 8 * time.Second
	// serviceTimeout is how long a hanging table or queue costs.
	serviceTimeout = 3 * time.Second
	// maxHops is how often Lambda's recursive loop detection lets an event pass
	// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html).
	maxHops = 16
)

// world is everything around the pipeline, in virtual time: the asynchronous invoker, the queue and its dead letters, the
// table, the sinks. It runs in a synctest bubble. Every call takes a time of its own, to the nanosecond, so that no two
// happen at once and a history always runs the same way.
type world struct {
	history history
	start   time.Time
	// before and after are the function until its rules change, and from then on.
	before, after *notify.Pipeline
	sinks         []*display

	mu      sync.Mutex
	calls   int
	nth     map[string]int
	records map[string]recordItem
	groups  map[string]groupItem
	counts  map[string]int
	queue   []*queuedMessage
	dead    []string
	woken   chan struct{}
	// running are invocations, arriving are calls that take effect later.
	running, arriving int
	queued            int
	// excuses are how often a resource's sink may be notified once more than once, by "key/sink".
	excuses map[string]int
	// loopDetection is what template.yaml turns off; dropped counts what it dropped.
	loopDetection bool
	dropped       int
	// broken are promises that the world does not keep, to see whether the simulation notices.
	broken broken
	log    []string
}

type broken struct{ noLease, noAbandoned, noIntents, acknowledgesAll, deafQueue bool }

type recordItem struct {
	document []byte
	lease    string
	until    time.Time
	intents  []incident.Intent
}

type groupItem struct {
	document []byte
	open     []string
	version  int
	wakeAt   time.Time
	lease    string
	until    time.Time
}

type queuedMessage struct {
	id       int
	body     string
	visible  time.Time
	received int
	hops     int
	twice    bool
}

// invocation is one run of the function. Once it is dead nothing that it does has an effect.
type invocation struct {
	dead bool
	keys []string
	hops int
	// batch are the changes it was invoked with, newest what it takes for true, of what it claimed; groups the members of
	// groups as it claimed them.
	batch   map[string][]coverage.Change
	claimed map[string]coverage.Change
	groups  map[string][]string
}

type invocationKey struct{}

func invocationOf(ctx context.Context) *invocation { return ctx.Value(invocationKey{}).(*invocation) }

// refusal is the error of a call.
type refusal struct {
	permanent, uncertain bool
	after                time.Duration
	cause                error
}

func (r refusal) Error() string             { return fmt.Sprintf("refused: %v", r.cause) }
func (r refusal) Permanent() bool           { return r.permanent }
func (r refusal) Uncertain() bool           { return r.uncertain }
func (r refusal) RetryAfter() time.Duration { return r.after }
func (r refusal) Unwrap() error             { return r.cause }

var errDead = refusal{cause: errors.New("the process is gone")}

func newWorld(h history, start time.Time) *world {
	w := &world{
		history: h, start: start, nth: map[string]int{}, records: map[string]recordItem{}, groups: map[string]groupItem{},
		counts: map[string]int{}, woken: make(chan struct{}, 1), excuses: map[string]int{},
	}
	w.sinks = []*display{
		{world: w, name: "slack", editable: true, shown: map[string]*shown{}},
		{world: w, name: "sns", shown: map[string]*shown{}},
	}
	w.before, w.after = w.deployed(h.Routes), w.deployed(h.OtherRoutes)
	return w
}

// deployed is the function with those rules.
func (w *world) deployed(routes map[string][]string) *notify.Pipeline {
	return &notify.Pipeline{
		Sinks: []notify.Sink{w.sinks[0], w.sinks[1]}, Language: locale.English(), Store: table{w}, Queue: queue{w},
		Route: func(c coverage.Change, causes []string) notify.Decision { return w.route(routes, c, causes) },
		Hold:  w.history.Hold, RateLimit: w.history.RateLimit, SinkTimeout: sinkTimeout, Now: w.skewed, Diagnoser: w,
		Observe: func(_ context.Context, o notify.Outcome) {
			w.note("outcome %s: %s of %s, notified %v deferred %v failing %v gave up %v, store %v, err %v", o.Result,
				o.Change.Status, o.Change.Resource.Name, o.Notified, o.Deferred, o.Failing, o.GaveUp, o.StoreErr, o.Err)
		},
	}
}

// DiagnoseAll finds the cause that some resources share.
func (w *world) DiagnoseAll(_ context.Context, candidates []coverage.Candidate) [][]coverage.Evidence {
	found := make([][]coverage.Evidence, len(candidates))
	for i, c := range candidates {
		if slices.Contains(w.history.Shared, c.Change.Resource.Name) {
			found[i] = []coverage.Evidence{{Check: "vpc-endpoint", Found: "missing", Values: map[string]string{"vpc": "vpc-1"}}}
		}
	}
	return found
}

// skewed is the time on the process's clock.
func (w *world) skewed() time.Time {
	now := time.Now()
	if int(now.Sub(w.start)/(20*time.Second))%2 == 0 {
		return now.Add(w.history.Skew)
	}
	return now.Add(-w.history.Skew)
}

// pipeline is the function as it is deployed now: it keeps its rules for as long as it runs.
func (w *world) pipeline() *notify.Pipeline {
	if w.history.OtherRoutes != nil && time.Since(w.start) >= w.history.RoutesChange {
		return w.after
	}
	return w.before
}

func (w *world) route(routes map[string][]string, c coverage.Change, causes []string) notify.Decision {
	d := notify.Decision{To: map[string]locale.Language{}, Silent: w.history.SilentRecoveries && c.Status == coverage.Healthy}
	for _, sink := range routed(routes, c.Resource.Name, causes) {
		d.To[sink] = locale.English()
	}
	return d
}

// routed are the sinks that the rules name; of a recovery whose causes nobody remembers, those of all.
func routed(routes map[string][]string, name string, causes []string) []string {
	if routes == nil {
		return []string{"slack", "sns"}
	}
	if len(causes) == 0 {
		causes = []string{causeOf(transient), causeOf(lasting), causeOf(other)}
	}
	var sinks []string
	for _, issue := range []string{transient, lasting, other} {
		if slices.Contains(causes, causeOf(issue)) {
			sinks = append(sinks, routes[name+"/"+issue]...)
		}
	}
	return sinks
}

func causeOf(issue string) string {
	c := coverage.Change{Resource: coverage.Resource{Kind: coverage.EC2}, Status: coverage.Unhealthy, Issues: []string{issue}}
	return string(catalog.Classify(c)[0].ID)
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notef(format, args...)
}

func (w *world) notef(format string, args ...any) {
	if len(w.log) < 2000 {
		w.log = append(w.log, time.Since(w.start).String()+" "+fmt.Sprintf(format, args...))
	}
}

// latency is how long a call takes: up to the history's, and never twice the same.
func (w *world) latency(what string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nth[what]++
	sum := fnv.New64a()
	fmt.Fprintln(sum, w.history.Seed, what, w.nth[what])
	return time.Duration(sum.Sum64()%uint64(w.history.Latency)) + time.Nanosecond
}

// call is what every call to the outside has in common: it takes its time, may find the service in trouble, and the process
// may die. effect happens at one moment of virtual time. about are the resources that may be notified once more if it
// goes wrong in a way that leaves room for doubt.
func (w *world) call(ctx context.Context, service, what string, about []string, effect func(*invocation)) error {
	inv := invocationOf(ctx)
	if !pause(ctx, w.latency(service+what)) {
		return refusal{uncertain: true, cause: ctx.Err()}
	}
	fault, err := w.begin(inv, service, what, about, effect)
	if err != nil || fault == none {
		return err
	}
	uncertain := fault == hang || fault == late || fault == lost
	r := refusal{uncertain: uncertain, cause: errors.New(string(fault)), permanent: fault == permanent}
	switch fault {
	case throttle:
		r.after = 40 * time.Second
	case moment:
		r.after = 2 * time.Second
	case hang, late:
		if !pause(ctx, timeoutOf(service)) {
			return refusal{uncertain: true, cause: ctx.Err()}
		}
		r.cause = context.DeadlineExceeded
	}
	return r
}

func timeoutOf(service string) time.Duration {
	if isSink(service) {
		return sinkTimeout
	}
	return serviceTimeout
}

// begin is the moment at which a call arrives, or does not.
func (w *world) begin(inv *invocation, service, what string, about []string, effect func(*invocation)) (fault, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if inv.dead {
		return none, errDead
	}
	w.calls++
	fault, crash := w.fault(service), w.history.Crashes[w.calls]
	if crash == before {
		w.die(inv, "before "+what)
		return none, errDead
	}
	switch {
	case fault == none, fault == lost:
		effect(inv)
	case fault == late:
		w.later(inv, timeoutOf(service)+time.Duration(w.calls%20+1)*lateBy/20, effect)
	case fault == hang && crash == during:
		w.later(inv, lateBy, effect)
	}
	if crash != "" {
		w.die(inv, string(crash)+" "+what)
		return none, errDead
	}
	if fault != none {
		w.notef("%s %s: %.60s", service, fault, what)
		if fault == hang || fault == late || fault == lost || strings.HasPrefix(what, "save ") {
			w.excuse(service, about)
		}
	}
	return fault, nil
}

func (w *world) later(inv *invocation, after time.Duration, effect func(*invocation)) {
	w.arriving++
	time.AfterFunc(after, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.arriving--
		effect(inv)
	})
}

func (w *world) die(inv *invocation, why string) {
	w.notef("crash %.60s", why)
	inv.dead = true
	w.excuse("", inv.keys)
}

// excuse lets these resources be notified once more: in that sink, or in all.
func (w *world) excuse(service string, keys []string) {
	for _, d := range w.sinks {
		for _, key := range keys {
			if service == d.name || !isSink(service) {
				w.excuses[key+"/"+d.name]++
			}
		}
	}
}

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
	if f, ok := w.history.Blips[w.calls]; ok {
		if !isSink(service) && (f == throttle || f == moment || f == permanent) {
			return refuse
		}
		return f
	}
	now := time.Since(w.start)
	for _, t := range w.history.Troubles {
		covers := t.Service == service || t.Service == "store" && service == "groups"
		if covers && now >= t.From && now < t.From+t.For {
			if !isSink(service) && (t.Fault == throttle || t.Fault == permanent) {
				return refuse
			}
			return t.Fault
		}
	}
	return none
}

// table does what pkg/dynamo does with DynamoDB: leases by conditional writes that run out by themselves.
type table struct{ *world }

func (s table) Claim(ctx context.Context, key string, intent incident.Intent) (c incident.Claim, ok bool, err error) {
	err = s.call(ctx, "store", "claim "+key, []string{key}, func(inv *invocation) {
		item := s.records[key]
		if ok = !s.skewed().Before(item.until) || s.broken.noLease; !ok {
			return
		}
		c = incident.Claim{Abandoned: item.lease != "" && !s.broken.noAbandoned}
		if !s.broken.noIntents && !s.broken.noAbandoned {
			c.Intents = slices.Clone(item.intents)
		}
		if item.document != nil {
			if c.Record, err = format.UnmarshalRecord(item.document); err != nil {
				panic(err)
			}
		}
		c.Record.Key, c.Lease = key, fmt.Sprint("lease ", s.calls)
		item.lease, item.until = c.Lease, s.skewed().Add(leaseTime)
		if intent.Change.Status != "" {
			item.intents = append(slices.Clone(item.intents), intent)
		}
		s.records[key] = item
		inv.claim(key, c)
	})
	return c, ok, err
}

// claim remembers what the invocation takes for true of a resource.
func (inv *invocation) claim(key string, c incident.Claim) {
	r := c.Record
	for _, intent := range c.Intents {
		r.Observe(intent.Change, nil)
	}
	for _, change := range inv.batch[key] {
		r.Observe(change, nil)
	}
	inv.claimed[key] = r.Change
}

func (s table) Save(ctx context.Context, claims []incident.Claim) []error {
	errs := make([]error, len(claims))
	if len(claims) == 1 {
		errs[0] = s.saveOne(ctx, claims[0])
		return errs
	}
	keys := make([]string, len(claims))
	for i, c := range claims {
		keys[i] = c.Record.Key
	}
	cancelled := false
	err := s.call(ctx, "store", "save "+strings.Join(keys, " "), keys, func(*invocation) {
		for _, c := range claims {
			if cancelled = cancelled || !s.holds(c); cancelled {
				return
			}
		}
		for _, c := range claims {
			s.write(c)
		}
	})
	for i := range claims {
		if errs[i] = err; cancelled {
			errs[i] = s.saveOne(ctx, claims[i])
		}
	}
	return errs
}

func (s table) saveOne(ctx context.Context, c incident.Claim) error {
	gone := false
	err := s.call(ctx, "store", "save "+c.Record.Key, []string{c.Record.Key}, func(*invocation) {
		if gone = !s.holds(c); !gone {
			s.write(c)
		}
	})
	if err == nil && gone {
		err = errors.New("the claim was lost")
	}
	return err
}

func (s table) holds(c incident.Claim) bool {
	return s.records[c.Record.Key].lease == c.Lease || s.broken.noLease
}

func (s table) write(c incident.Claim) {
	document, err := format.MarshalRecord(c.Record)
	if err != nil {
		panic(err)
	}
	s.records[c.Record.Key] = recordItem{document: document}
}

func (s table) ClaimGroup(ctx context.Context, key string) (g incident.Group, lease string, ok bool, err error) {
	err = s.call(ctx, "groups", "claim "+key, nil, func(inv *invocation) {
		item := s.groups[key]
		if ok = !s.skewed().Before(item.until); !ok {
			return
		}
		lease = fmt.Sprint("lease ", s.calls)
		g = incident.Group{Key: key}
		if item.document == nil {
			return
		}
		g = item.group()
		g.WakeAt = item.wakeAt
		item.lease, item.until, item.wakeAt = lease, s.skewed().Add(leaseTime), time.Time{}
		s.groups[key] = item
		inv.groups[g.Ref] = g.Open
	})
	return g, lease, ok, err
}

func (item groupItem) group() incident.Group {
	g, err := format.UnmarshalGroup(item.document)
	if err != nil {
		panic(err)
	}
	g.Open, g.Version = slices.Clone(item.open), item.version
	return g
}

func (s table) SaveGroup(ctx context.Context, g incident.Group, lease string, wakeAt time.Time) error {
	gone := false
	err := s.call(ctx, "groups", "save "+g.Key, nil, func(*invocation) {
		item := s.groups[g.Key]
		if gone = item.lease != lease && item.document != nil; gone || item.document == nil {
			return
		}
		document, err := format.MarshalGroup(g)
		if err != nil {
			panic(err)
		}
		item.document, item.lease, item.until = document, "", time.Time{}
		if !wakeAt.IsZero() {
			item.wakeAt = wakeAt
		}
		s.groups[g.Key] = item
	})
	if err == nil && gone {
		err = errors.New("the claim was lost")
	}
	return err
}

func (s table) CreateGroup(ctx context.Context, g incident.Group) error {
	return s.call(ctx, "groups", "create "+g.Key, nil, func(*invocation) {
		if _, ok := s.groups[g.Key]; ok {
			return
		}
		document, err := format.MarshalGroup(g)
		if err != nil {
			panic(err)
		}
		s.groups[g.Key] = groupItem{document: document, open: g.Open, version: g.Version}
	})
}

func (s table) Leave(ctx context.Context, group string, members []string, wakeAt time.Time) (known, covered bool, err error) {
	err = s.call(ctx, "groups", "leave "+group+fmt.Sprint(members), s.namesOf(members), func(*invocation) {
		item, ok := s.groups[group]
		if known = ok; !known {
			return
		}
		left := func(m string) bool { return slices.Contains(members, m) }
		item.open, item.version = slices.DeleteFunc(slices.Clone(item.open), left), item.version+1
		if covered = item.wakeAt.After(wakeAt.Add(-incident.WakeGrace)); !covered && item.wakeAt.IsZero() {
			item.wakeAt = wakeAt
		}
		s.groups[group] = item
	})
	return known, covered, err
}

// namesOf are the keys of members.
func (w *world) namesOf(members []string) (keys []string) {
	for _, r := range w.history.Resources {
		if key := keyOf(r.Name); slices.Contains(members, incident.Member(key)) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (s table) Count(ctx context.Context, sink string, minute time.Time) (n int, err error) {
	err = s.call(ctx, "store", "count "+sink, nil, func(*invocation) {
		key := sink + minute.String()
		s.counts[key]++
		n = s.counts[key]
	})
	return n, err
}

// queue is an SQS queue with its dead-letter queue.
type queue struct{ *world }

func (q queue) Send(ctx context.Context, body json.RawMessage, delay time.Duration) error {
	if delay < 0 || delay > incident.MaxDelay {
		return fmt.Errorf("a delay of %v is out of range", delay)
	}
	return q.call(ctx, "queue", "send "+string(body), nil, func(inv *invocation) { q.enqueue(string(body), delay, inv.hops+1) })
}

func (q queue) DeadLetter(ctx context.Context, body json.RawMessage, _ string) error {
	return q.call(ctx, "queue", "give up "+string(body), nil, func(*invocation) { q.dead = append(q.dead, string(body)) })
}

func (w *world) enqueue(body string, delay time.Duration, hops int) {
	if w.broken.deafQueue {
		return
	}
	w.queued++
	var message struct {
		Key     string
		Redrive []string
	}
	isWakeUp := json.Unmarshal([]byte(body), &message) == nil && message.Key != "" && message.Redrive == nil
	if every := w.history.LoseEvery; every > 0 && isWakeUp && w.queued%every == 0 && time.Since(w.start) < w.history.end()+time.Hour {
		w.notef("the queue loses %.80s", body)
		return
	}
	twice := w.history.TwiceEvery > 0 && w.queued%w.history.TwiceEvery == 0
	w.queue = append(w.queue, &queuedMessage{id: w.queued, body: body, visible: time.Now().Add(delay), hops: hops, twice: twice})
	w.wake()
}

func (w *world) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

// invoke runs the function once, as functions/notify does. It returns the records to be delivered again; alive is false
// when the process died, and err what the function answered otherwise.
func (w *world) invoke(payload string, hops int) (failed map[string]bool, alive bool, err error) {
	inv := &invocation{hops: hops, batch: map[string][]coverage.Change{}, claimed: map[string]coverage.Change{}, groups: map[string][]string{}}
	w.count(1)
	defer w.count(-1)
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), invocationKey{}, inv), functionTimeout)
	defer cancel()
	delivery := trigger.Unwrap(json.RawMessage(payload))
	w.arrived(inv, delivery.Events)
	errs := w.pipeline().Handle(ctx, delivery.Events)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !inv.dead && ctx.Err() != nil {
		w.die(inv, "of its timeout")
	}
	if inv.dead {
		return nil, false, nil
	}
	inv.dead = true // What it left behind has no effect either.
	ack, err := delivery.Acknowledge(errs)
	failed = map[string]bool{}
	if w.broken.acknowledgesAll {
		return failed, true, nil
	}
	if ack != nil {
		for _, f := range ack.Failures {
			failed[f.MessageID] = true
		}
	}
	return failed, true, err
}

func (w *world) count(change int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running += change
}

// arrived notes what an invocation is about.
func (w *world) arrived(inv *invocation, bodies []json.RawMessage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, body := range bodies {
		var message struct {
			Key         string
			Event       json.RawMessage
			Change      json.RawMessage
			MayHaveSent []string
		}
		if err := json.Unmarshal(body, &message); err != nil {
			panic(err)
		}
		if message.Key != "" {
			w.notef("arrives: %s", body)
			inv.keys = append(inv.keys, message.Key)
			continue
		}
		change, err := coverage.Change{}, error(nil)
		switch {
		case message.Change != nil:
			change, err = format.UnmarshalChange(message.Change)
		case message.Event != nil:
			change, err = coverage.Decode(message.Event)
		default:
			change, err = coverage.Decode(body)
		}
		if err != nil {
			panic(err)
		}
		key := change.Resource.Key()
		w.notef("arrives: %s of %s at %v, may have been sent to %v", change.Status, change.Resource.Name,
			change.ChangedAt.Sub(w.start), message.MayHaveSent)
		inv.keys, inv.batch[key] = append(inv.keys, key), append(inv.batch[key], change)
		if message.MayHaveSent != nil {
			w.excuse("", []string{key}) // It is sent again with a record.
		}
	}
}

// eventually invokes the function as EventBridge does: asynchronously, with two more tries, and a record of the failure in
// the dead-letter queue.
func (w *world) eventually(event string) {
	w.count(1)
	defer w.count(-1)
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute, 0} {
		if _, alive, err := w.invoke(event, 0); alive && err == nil {
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
		case <-w.woken:
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
	for _, m := range w.queue {
		next = min(next, max(0, time.Until(m.visible)))
	}
	return next
}

// receive takes a batch of what is visible.
func (w *world) receive() []*queuedMessage {
	w.mu.Lock()
	defer w.mu.Unlock()
	var batch []*queuedMessage
	w.queue = slices.DeleteFunc(w.queue, func(m *queuedMessage) bool {
		if len(batch) == w.history.Batch || m.visible.After(time.Now()) {
			return false
		}
		if w.loopDetection && m.hops >= maxHops {
			w.dropped++
			w.dead = append(w.dead, m.body)
			return true
		}
		if m.received++; m.received > maxReceives {
			w.dead = append(w.dead, m.body)
			return true
		}
		m.visible = time.Now().Add(visibility)
		batch = append(batch, m)
		return false
	})
	return batch
}

func (w *world) process(batch []*queuedMessage) {
	type record struct {
		MessageID   string `json:"messageId"`
		EventSource string `json:"eventSource"`
		Body        string `json:"body"`
	}
	var payload struct{ Records []record }
	hops := 0
	for _, m := range batch {
		payload.Records = append(payload.Records, record{fmt.Sprint(m.id), "aws:sqs", m.body})
		hops = max(hops, m.hops)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	failed, alive, err := w.invoke(string(body), hops)
	if !alive || err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = slices.DeleteFunc(w.queue, func(m *queuedMessage) bool {
		if !slices.Contains(batch, m) || failed[fmt.Sprint(m.id)] {
			return false
		}
		if m.twice {
			m.twice, m.visible = false, time.Now().Add(5*time.Second)
			w.wake()
			return false
		}
		return true
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
		w.queued++
		w.notef("redrives %.100s", body)
		visible := time.Now().Add(time.Second + time.Duration(i+1)*time.Nanosecond)
		w.queue = append(w.queue, &queuedMessage{id: w.queued, body: body, visible: visible})
	}
	w.dead = nil
	w.wake()
	return true
}

func (w *world) quiet() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running == 0 && w.arriving == 0 && len(w.queue) == 0
}

// expire forgets what is over and at rest, as the table's time-to-live would, but for resources of which an older event is still on
// its way: none takes 90 days.
func (w *world) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Since(w.start)
	for _, r := range w.history.Resources {
		key := keyOf(r.Name)
		item, ok := w.records[key]
		if !ok || item.lease != "" || w.isOnItsWay(r, now) {
			continue
		}
		record, err := format.UnmarshalRecord(item.document)
		if err != nil {
			panic(err)
		}
		busy := !record.WakeAt.IsZero() || record.Change.Status == coverage.Unhealthy
		for _, n := range record.Notified {
			busy = busy || !n.NextAttempt.IsZero() || n.GaveUp || n.Uncertain
		}
		if !busy {
			w.notef("the table forgets %s", key)
			delete(w.records, key)
			w.excuse("", []string{key})
		}
	}
	maps.DeleteFunc(w.groups, func(_ string, item groupItem) bool { return len(item.open) == 0 && item.lease == "" })
}

func (w *world) isOnItsWay(r resource, now time.Duration) bool {
	for _, x := range r.Transitions {
		if x.At <= now && len(x.Arrivals) > 0 && slices.Max(x.Arrivals)+5*time.Minute > now {
			return true
		}
	}
	names := func(body string) bool { return strings.Contains(body, r.Name) }
	return slices.ContainsFunc(w.dead, names) || slices.ContainsFunc(w.queue, func(m *queuedMessage) bool { return names(m.body) })
}

func keyOf(name string) string { return "111122223333/eu-west-1/EC2/" + name }
