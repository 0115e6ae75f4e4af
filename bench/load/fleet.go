package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"guardduty-coverage-notifier/integration/lambdatest"
)

// fleet is the function's execution environments.
type fleet struct {
	all  []*lambdatest.Function
	free chan *lambdatest.Function

	mu   sync.Mutex
	work work
}

// work is what all environments did together.
type work struct {
	// invocations counts those of single changes and of batches, failed those that ended in an error.
	invocations, failed int
	billed              time.Duration
	// batches counts invocations of the queue, delivered the messages in them.
	batches, delivered int
}

func startFleet(binary string, processes int, settings []string) (*fleet, error) {
	f := &fleet{free: make(chan *lambdatest.Function, processes)}
	for range processes {
		function, err := lambdatest.Start(binary, settings...)
		if err != nil {
			f.close()
			return nil, err
		}
		f.all = append(f.all, function)
		f.free <- function
	}
	return f, nil
}

func (f *fleet) close() {
	for _, function := range f.all {
		function.Close()
	}
}

// invoke waits for an environment that has nothing to do, as Lambda does, and returns the function's answer.
func (f *fleet) invoke(ctx context.Context, payload []byte) ([]byte, error) {
	select {
	case function := <-f.free:
		answer, err := function.Invoke(ctx, payload)
		f.free <- function
		f.count(answer, err)
		return answer.Payload, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (f *fleet) count(answer lambdatest.Answer, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.work.invocations++
	if err != nil {
		f.work.failed++
	}
	f.work.billed += answer.Took.Truncate(time.Millisecond) + time.Millisecond
}

// spent is the work since it was last asked for.
func (f *fleet) spent() work {
	f.mu.Lock()
	defer f.mu.Unlock()
	spent := f.work
	f.work = work{}
	return spent
}

// measure returns the most memory that any process ever had and how much all have logged, in bytes.
func (f *fleet) measure() (peak, logged int, err error) {
	for _, function := range f.all {
		memory, err := function.PeakMemory()
		if err != nil {
			return 0, 0, err
		}
		log, err := function.Stdout()
		if err != nil {
			return 0, 0, err
		}
		peak, logged = max(peak, memory), logged+len(log)
	}
	return peak, logged, nil
}

// mapping is the event source mapping of the waiting queue, as template.yaml sets it.
type mapping struct {
	fleet *fleet
	cloud *cloud

	mu sync.Mutex
	// busy is how many consumers have, or look for, a batch.
	busy int
}

const (
	batchMost   = 500
	gather      = 5 * time.Second
	concurrency = 2
	// polling is how often an empty queue is looked into.
	polling = 100 * time.Millisecond
)

// run serves the queue until ctx ends.
func (m *mapping) run(ctx context.Context) error {
	errs := make(chan error, concurrency)
	for range concurrency {
		go func() { errs <- m.consume(ctx) }()
	}
	for range concurrency {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func (m *mapping) consume(ctx context.Context) error {
	for {
		m.work(1)
		if batch := m.collect(ctx); len(batch) > 0 {
			if err := m.deliver(ctx, batch); err != nil {
				return err
			}
		}
		m.work(-1)
		select {
		case <-time.After(polling):
		case <-ctx.Done():
			return nil
		}
	}
}

func (m *mapping) work(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.busy += n
}

// idle reports whether nothing waits, and nobody is at work on what waited.
func (m *mapping) idle() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.busy == 0 && m.cloud.left() == 0
}

// collect gathers messages until there are enough, or for as long as the first of them may wait.
func (m *mapping) collect(ctx context.Context) []parcel {
	batch := m.cloud.take(batchMost)
	if len(batch) == 0 {
		return nil
	}
	window := time.After(gather)
	for len(batch) < batchMost {
		select {
		case <-time.After(polling):
			batch = append(batch, m.cloud.take(batchMost-len(batch))...)
		case <-window:
			return batch
		case <-ctx.Done():
			return batch
		}
	}
	return batch
}

type record struct {
	MessageID   string `json:"messageId"`
	Body        string `json:"body"`
	EventSource string `json:"eventSource"`
}

func (m *mapping) deliver(ctx context.Context, batch []parcel) error {
	records := make([]record, len(batch))
	for i, p := range batch {
		records[i] = record{fmt.Sprint(i), p.body, "aws:sqs"}
	}
	payload, err := json.Marshal(map[string][]record{"Records": records})
	if err != nil {
		return err
	}
	answer, err := m.fleet.invoke(ctx, payload)
	if err != nil {
		return fmt.Errorf("delivering %d waiting changes: %w", len(batch), err)
	}
	var response struct {
		Failures []struct {
			ID int `json:"itemIdentifier,string"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &response); err != nil {
		return fmt.Errorf("reading the answer to a batch: %w", err)
	}
	for _, failure := range response.Failures {
		m.cloud.giveBack([]parcel{batch[failure.ID]})
	}
	m.fleet.mu.Lock()
	defer m.fleet.mu.Unlock()
	m.fleet.work.batches++
	m.fleet.work.delivered += len(batch)
	return nil
}
