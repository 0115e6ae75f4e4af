package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/notify"
)

// ledger remembers heartbeats; *dynamo.Ledger is one.
type ledger interface {
	Heartbeats(
		ctx context.Context, now time.Time, expected []heartbeat.Place, arrived ...heartbeat.Place,
	) (map[heartbeat.Place]heartbeat.Arrival, error)
}

// pipeline takes GuardDuty's events and what is queued; *notify.Pipeline is one.
type pipeline interface {
	Handle(ctx context.Context, bodies []json.RawMessage) []error
}

// observer writes the log of the notifier's own events; telemetry.Observer is one.
type observer interface {
	ObserveHeartbeat(ctx context.Context, h telemetry.Heartbeat)
	ObserveForeign(ctx context.Context, e heartbeat.Event)
	ObserveSelfTest(ctx context.Context, t telemetry.SelfTest)
}

// receiver takes the notifier's own events out of what arrives, and leaves the rest to the pipeline. Its own are
// accepted from the function's account in the Regions that it serves. None of them is ever delivered again: the
// next heartbeat comes in an hour, and whoever sent a self-test reads its result.
type receiver struct {
	pipeline pipeline
	observer observer
	// ledger is nil when nothing is remembered between invocations.
	ledger ledger
	// served are the function's own Region and those of forwarders.
	served []string
	// A self-test goes to all sinks, in the language and with the names of the settings.
	sinks       []notify.Sink
	composer    compose.Composer
	sinkTimeout time.Duration
	now         func() time.Time
}

// receive returns for each body nil, or why it has to be delivered again. account is the function's own.
func (r *receiver) receive(ctx context.Context, account string, bodies []json.RawMessage) []error {
	errs := make([]error, len(bodies))
	var others []json.RawMessage
	var at []int
	for i, body := range bodies {
		if event, ok := heartbeat.Decode(body); ok {
			r.own(ctx, account, event)
			continue
		}
		others, at = append(others, body), append(at, i)
	}
	if len(others) > 0 {
		for i, err := range r.pipeline.Handle(ctx, others) {
			errs[at[i]] = err
		}
	}
	return errs
}

func (r *receiver) own(ctx context.Context, account string, event heartbeat.Event) {
	expected := heartbeat.Places(account, r.served...)
	switch {
	case !slices.Contains(expected, event.Place):
		r.observer.ObserveForeign(ctx, event)
	case event.SelfTest:
		r.observer.ObserveSelfTest(ctx, r.test(ctx, event))
	default:
		r.observer.ObserveHeartbeat(ctx, r.note(ctx, event.Place, expected))
	}
}

// note remembers the heartbeat, and says from which places none arrives.
func (r *receiver) note(ctx context.Context, place heartbeat.Place, expected []heartbeat.Place) telemetry.Heartbeat {
	if r.ledger == nil {
		return telemetry.Heartbeat{Place: place}
	}
	known, err := r.ledger.Heartbeats(ctx, r.now(), expected, place)
	if err != nil {
		return telemetry.Heartbeat{Place: place, Err: err}
	}
	return telemetry.Heartbeat{Place: place, Missing: heartbeat.MissingOf(expected, known, r.now())}
}

// test sends the self-test to all sinks at the same time. Nothing remembers it.
func (r *receiver) test(ctx context.Context, event heartbeat.Event) telemetry.SelfTest {
	m := r.composer.Test(compose.Test{
		Account: event.Place.Account, Region: event.Place.Region, ID: event.ID, SentAt: r.now(),
	})
	errs := make([]error, len(r.sinks))
	var sending sync.WaitGroup
	for i, sink := range r.sinks {
		sending.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, r.sinkTimeout)
			defer cancel()
			if _, err := sink.Send(ctx, m, ""); err != nil {
				errs[i] = fmt.Errorf("testing %s: %w", sink.Name(), err)
			}
		})
	}
	sending.Wait()
	result := telemetry.SelfTest{Event: event, Err: errors.Join(errs...)}
	for i, sink := range r.sinks {
		if errs[i] == nil {
			result.Notified = append(result.Notified, sink.Name())
		} else {
			result.Failing = append(result.Failing, sink.Name())
		}
	}
	return result
}
