package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
)

const own, home, served = "111122223333", "eu-central-1", "us-east-1"

// start is when every test begins.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is everything around a receiver. What it notes stands in order.
type world struct {
	receiver
	now time.Time
	// arrivals are remembered, away is why they cannot be.
	arrivals map[heartbeat.Place]heartbeat.Arrival
	away     error

	handled    []string
	heartbeats []telemetry.Heartbeat
	foreign    []heartbeat.Event
	tests      []telemetry.SelfTest
}

func newWorld(sinks ...notify.Sink) *world {
	w := &world{now: start, arrivals: map[heartbeat.Place]heartbeat.Arrival{}}
	w.receiver = receiver{
		pipeline: w, observer: w, ledger: w, served: []string{home, served}, sinks: sinks,
		composer: compose.New(locale.English(), compose.Local{}), sinkTimeout: time.Minute,
		now: func() time.Time { return w.now },
	}
	return w
}

// Handle is the pipeline's; it hands back what says so.
func (w *world) Handle(_ context.Context, bodies []json.RawMessage) []error {
	errs := make([]error, len(bodies))
	for i, body := range bodies {
		w.handled = append(w.handled, string(body))
		if strings.Contains(string(body), "again") {
			errs[i] = errors.New(string(body))
		}
	}
	return errs
}

func (w *world) Heartbeats(
	_ context.Context, now time.Time, expected []heartbeat.Place, arrived ...heartbeat.Place,
) (map[heartbeat.Place]heartbeat.Arrival, error) {
	for _, place := range expected {
		if _, ok := w.arrivals[place]; !ok {
			w.arrivals[place] = heartbeat.Arrival{Expected: now}
		}
	}
	for _, place := range arrived {
		w.arrivals[place] = heartbeat.Arrival{Last: now, Expected: w.arrivals[place].Expected}
	}
	return w.arrivals, w.away
}

func (w *world) ObserveHeartbeat(_ context.Context, h telemetry.Heartbeat) {
	w.heartbeats = append(w.heartbeats, h)
}
func (w *world) ObserveForeign(_ context.Context, e heartbeat.Event) {
	w.foreign = append(w.foreign, e)
}
func (w *world) ObserveSelfTest(_ context.Context, t telemetry.SelfTest) {
	w.tests = append(w.tests, t)
}

func event(detailType, account, region string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"source":%q,"detail-type":%q,"account":%q,"region":%q,"detail":{"id":"t-1"}}`,
		heartbeat.Source, detailType, account, region))
}

// sink refuses everything when it has an error.
type sink struct {
	name string
	err  error

	mu   sync.Mutex
	sent []message.Message
}

func (s *sink) Name() string { return s.name }

func (s *sink) Send(_ context.Context, m message.Message, _ string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, m)
	return "", s.err
}

// TestOwnEventsStayOutOfThePipeline, and the others keep their place in the answer.
func TestOwnEventsStayOutOfThePipeline(t *testing.T) {
	w := newWorld(&sink{name: "slack"})
	errs := w.receive(t.Context(), own, []json.RawMessage{
		event("Heartbeat", own, home), []byte(`"first again"`), event("Self-test", own, home), []byte(`"second"`),
		[]byte(`"third again"`), event("Heartbeat", own, "ap-south-1"),
	})
	if diff := cmp.Diff([]string{`"first again"`, `"second"`, `"third again"`}, w.handled); diff != "" {
		t.Errorf("handled (-want +got):\n%s", diff)
	}
	if got := fmt.Sprint(errs); got != `[<nil> "first again" <nil> <nil> "third again" <nil>]` {
		t.Errorf("the answers are %s", got)
	}
	if len(w.heartbeats) != 1 || len(w.tests) != 1 || len(w.foreign) != 1 {
		t.Errorf("noted are %v, %v, %v", w.heartbeats, w.tests, w.foreign)
	}
}

// TestSilentRegionIsNoticed, by the heartbeats of the others: one that fell silent, and one that never sent any.
func TestSilentRegionIsNoticed(t *testing.T) {
	for name, first := range map[string][]string{"fell silent": {home, served}, "never sent one": {home}} {
		w := newWorld()
		for _, region := range first {
			w.receive(t.Context(), own, []json.RawMessage{event("Heartbeat", own, region)})
		}
		last := w.arrivals[heartbeat.Place{Account: own, Region: served}].Last
		for range 5 {
			w.now = w.now.Add(time.Hour)
			w.receive(t.Context(), own, []json.RawMessage{event("Heartbeat", own, home)})
		}
		var silent []time.Duration
		for i, h := range w.heartbeats[len(first):] {
			for _, missing := range h.Missing {
				if missing.Place != (heartbeat.Place{Account: own, Region: served}) || !missing.Last.Equal(last) {
					t.Errorf("%s: missing is %+v", name, missing)
				}
				silent = append(silent, time.Duration(i+1)*time.Hour)
			}
		}
		if diff := cmp.Diff([]time.Duration{4 * time.Hour, 5 * time.Hour}, silent); diff != "" {
			t.Errorf("%s: noticed after (-want +got):\n%s", name, diff)
		}
		w.receive(t.Context(), own, []json.RawMessage{event("Heartbeat", own, served)})
		if back := w.heartbeats[len(w.heartbeats)-1]; len(back.Missing) > 0 {
			t.Errorf("%s: after it is back: %+v", name, back)
		}
	}
}

// TestOnlyKnownPlacesAreAccepted: the settings name Regions, and the account is the function's own.
func TestOnlyKnownPlacesAreAccepted(t *testing.T) {
	for name, place := range map[string]heartbeat.Place{
		"another account": {Account: "444455556666", Region: home},
		"another Region":  {Account: own, Region: "ap-south-1"},
		"neither":         {},
	} {
		for _, detailType := range []string{heartbeat.DetailType, heartbeat.DetailTypeOfTests} {
			to := &sink{name: "slack"}
			w := newWorld(to)
			errs := w.receive(t.Context(), own, []json.RawMessage{event(detailType, place.Account, place.Region)})
			if len(w.foreign) != 1 || w.foreign[0].Place != place || errs[0] != nil {
				t.Errorf("%s: noted are %v, %v", name, w.foreign, errs)
			}
			if len(w.arrivals) > 0 || len(to.sent) > 0 {
				t.Errorf("%s: remembered is %v, sent %v", name, w.arrivals, to.sent)
			}
		}
	}
}

func TestHeartbeatThatCannotBeNotedIsNotDeliveredAgain(t *testing.T) {
	w := newWorld()
	w.away = errors.New("table away")
	errs := w.receive(t.Context(), own, []json.RawMessage{event("Heartbeat", own, home)})
	if errs[0] != nil || len(w.heartbeats) != 1 || !errors.Is(w.heartbeats[0].Err, w.away) || w.heartbeats[0].Missing != nil {
		t.Errorf("%v, noted are %+v", errs, w.heartbeats)
	}
}

func TestSelfTestReachesEverySink(t *testing.T) {
	slack, topic := &sink{name: "slack"}, &sink{name: "sns", err: errors.New("denied")}
	w := newWorld(slack, topic)
	if errs := w.receive(t.Context(), own, []json.RawMessage{event("Self-test", own, served)}); errs[0] != nil {
		t.Errorf("it would be delivered again: %v", errs)
	}
	if len(slack.sent) != 1 || len(topic.sent) != 1 || slack.sent[0].Title != locale.English().Heartbeat.TestTitle {
		t.Errorf("sent are %v and %v", slack.sent, topic.sent)
	}
	result := w.tests[0]
	if diff := cmp.Diff([][]string{{"slack"}, {"sns"}}, [][]string{result.Notified, result.Failing}); diff != "" {
		t.Errorf("the sinks (-want +got):\n%s", diff)
	}
	if result.Event.ID != "t-1" || !errors.Is(result.Err, topic.err) || !strings.Contains(result.Err.Error(), "testing sns") {
		t.Errorf("the result is %+v", result)
	}
	if len(w.arrivals) > 0 {
		t.Errorf("remembered is %v", w.arrivals)
	}
}
