package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/memory"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/slack"
)

// renderer is a sink that renders for Slack and sends nothing.
type renderer struct{ bytes int }

func (*renderer) Name() string { return "slack" }

func (r *renderer) Send(_ context.Context, m message.Message, _ string) (string, error) {
	payload, err := slack.Payload(m)
	r.bytes += len(payload)
	return "", err
}

// forgetful is a store to which every change is the first.
type forgetful struct{ *memory.Store }

func (forgetful) Claim(_ context.Context, key string, _ incident.Intent) (incident.Claim, bool, error) {
	return incident.Claim{Record: incident.Record{Key: key}}, true, nil
}

func (forgetful) Save(_ context.Context, claims []incident.Claim) []error {
	return make([]error, len(claims))
}

// BenchmarkEvent is decode, classify, compose and render of one sample event after the other.
func BenchmarkEvent(b *testing.B) {
	sink, handle := samples(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		handle()
		i++
	}
	b.ReportMetric(float64(sink.bytes)/float64(i), "payload-B/op")
}

// TestEventAllocatesLittle holds the mean of all samples to allocationsMost.
func TestEventAllocatesLittle(t *testing.T) {
	_, handle := samples(t)
	if n := testing.AllocsPerRun(200, handle); n > allocationsMost || n == 0 {
		t.Errorf("an event takes %.0f allocations, at most %d are wanted", n, allocationsMost)
	}
}

// samples returns what handles the next of the sample events each time, and the sink that it renders for.
func samples(tb testing.TB) (sink *renderer, handle func()) {
	paths, err := filepath.Glob("../events/*.json")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("there are no sample events: %v", err)
	}
	var events [][]byte
	for _, path := range paths {
		event, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		events = append(events, event)
	}
	sink = new(renderer)
	pipeline := &notify.Pipeline{
		Sinks: []notify.Sink{sink}, Language: locale.English(), Store: forgetful{},
		SinkTimeout: time.Minute, Now: func() time.Time { return time.Unix(1_774_229_808, 0) },
		Observe: func(context.Context, notify.Outcome) {},
	}
	i := 0
	return sink, func() {
		if err := pipeline.Handle(tb.Context(), []json.RawMessage{events[i%len(events)]})[0]; err != nil {
			tb.Fatal(err)
		}
		i++
	}
}
