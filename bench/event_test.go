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
	paths, err := filepath.Glob("../events/*.json")
	if err != nil || len(paths) == 0 {
		b.Fatalf("there are no sample events: %v", err)
	}
	var events [][]byte
	for _, path := range paths {
		event, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		events = append(events, event)
	}
	sink := new(renderer)
	pipeline := &notify.Pipeline{
		Sinks: []notify.Sink{sink}, Language: locale.English(), Store: forgetful{},
		SinkTimeout: time.Minute, Now: func() time.Time { return time.Unix(1_774_229_808, 0) },
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if err := pipeline.Handle(b.Context(), []json.RawMessage{events[i%len(events)]})[0]; err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(sink.bytes)/float64(i), "payload-B/op")
}
