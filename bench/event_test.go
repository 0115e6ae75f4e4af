package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
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

// oblivion is a store to which every change is the first.
type oblivion struct{}

func (oblivion) Open(_ context.Context, key string) (coverage.Incident, bool, error) {
	return coverage.Incident{Key: key}, true, nil
}

func (oblivion) Save(context.Context, coverage.Incident) error { return nil }

func (oblivion) Add(context.Context, string, time.Time) (int, error) { return 1, nil }

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
		Sinks: []notify.Sink{sink}, Language: catalog.English, Store: oblivion{}, Pace: oblivion{},
		SinkTimeout: time.Minute, Now: func() time.Time { return time.Unix(1_774_229_808, 0) },
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if err := pipeline.Handle(b.Context(), events[i%len(events)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(sink.bytes)/float64(i), "payload-B/op")
}
