package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"guardduty-coverage-notifier/integration/lambdatest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// sizes builds the function and measures what is deployed.
func (b *bench) sizes(counts) error {
	for _, goarch := range []string{"arm64", "amd64"} {
		var sizes, zips []float64
		for _, v := range b.versions {
			if err := v.build(b.ctx, function, goarch); err != nil {
				return err
			}
			size, zipped, err := zipOf(v.program(function, goarch))
			if err != nil {
				return err
			}
			sizes, zips = append(sizes, float64(size)/1e6), append(zips, float64(zipped)/1e6)
		}
		b.show(goarch+" binary", "%.2f MB", sizes...)
		b.show(goarch+" zip", "%.2f MB", zips...)
		if zips[0] > zipMost/1e6 {
			b.missed = append(b.missed, fmt.Errorf("the zip for %s has %.2f MB, more than %.2f", goarch, zips[0], zipMost/1e6))
		}
	}
	return nil
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// zipOf are the sizes of the file and of a zip with nothing else in it.
func zipOf(path string) (size, zipped int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	var c counter
	archive := zip.NewWriter(&c)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	entry, err := archive.Create("bootstrap")
	if err != nil {
		return 0, 0, err
	}
	if size, err = io.Copy(entry, file); err != nil {
		return 0, 0, err
	}
	err = archive.Close()
	return size, int64(c), err
}

// surroundings are what the function reaches: a Slack, and a table that forgets everything.
type surroundings struct {
	slack *slacktest.Server
	table *httptest.Server
}

func newSurroundings() surroundings {
	return surroundings{slacktest.NewServer(slacktest.Options{}), httptest.NewServer(http.HandlerFunc(forget))}
}

func (s surroundings) close() {
	s.slack.Close()
	s.table.Close()
}

func (s surroundings) settings(diagnosis string) []string {
	return []string{
		"SLACK_WEBHOOK_URL=" + s.slack.WebhookURL(),
		"AWS_ENDPOINT_URL=" + s.table.URL,
		"INCIDENT_TABLE=incidents",
		"WAITING_QUEUE_URL=" + s.table.URL + "/123456789012/waiting",
		"DEAD_LETTER_QUEUE_URL=" + s.table.URL + "/123456789012/dead",
		// The baseline reads the first one.
		"DIAGNOSIS=" + diagnosis,
		"DIAGNOSE_FUNCTION=" + map[string]string{"on": "diagnose"}[diagnosis],
	}
}

// forget takes every write, knows no item, and counts no message.
func forget(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	body, _ := io.ReadAll(r.Body)
	if bytes.Contains(body, []byte("ADD messages")) {
		_, _ = io.WriteString(w, `{"Attributes":{"messages":{"N":"1"}}}`)
		return
	}
	_, _ = io.WriteString(w, "{}")
}

// starts starts every version in turn, without and with diagnosis, and has it handle one event; and it starts a handler
// that does nothing with the same packages.
func (b *bench) starts(n counts) error {
	s := newSurroundings()
	defer s.close()
	now := b.versions[0]
	if err := now.build(b.ctx, empty, runtime.GOARCH); err != nil {
		return err
	}
	event, err := sampleEvent()
	if err != nil {
		return err
	}
	starts, diagnosing, first := make([][]time.Duration, 2), make([][]time.Duration, 2), make([][]time.Duration, 2)
	var idle []time.Duration
	for i := range n.starts {
		for j, v := range b.versions {
			program := v.program(function, runtime.GOARCH)
			started, handled, err := startOnce(b, program, s.settings("off"), event(i))
			if err != nil {
				return fmt.Errorf("starting %s: %w", v.name, err)
			}
			starts[j], first[j] = append(starts[j], started), append(first[j], handled)
			if started, _, err = startOnce(b, program, s.settings("on"), nil); err != nil {
				return fmt.Errorf("starting %s with diagnosis on: %w", v.name, err)
			}
			diagnosing[j] = append(diagnosing[j], started)
		}
		started, _, err := startOnce(b, now.program(empty, runtime.GOARCH), s.settings("off"), nil)
		if err != nil {
			return fmt.Errorf("starting an empty handler: %w", err)
		}
		idle = append(idle, started)
	}
	b.compare("start, up to the first request for work", startMost, starts)
	b.compare("start with diagnosis on", startMost, diagnosing)
	fmt.Printf("%-42s %10s %10s   %s\n", "start of an empty handler", milliseconds(median(idle)), "",
		b.judge("start", emptyMost, median(starts[0]), median(idle), "an empty handler"))
	b.compare("first event, connecting included", slowerMost, first)
	return nil
}

// startOnce returns how long the program takes to ask for work, and to handle the event if there is one.
func startOnce(b *bench, path string, settings []string, event []byte) (started, handled time.Duration, err error) {
	f, err := lambdatest.Start(path, settings...)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	if started, err = f.Ready(b.ctx); err != nil || event == nil {
		return started, 0, err
	}
	answer, err := f.Invoke(b.ctx, event)
	return started, answer.Took, err
}

// sampleEvent returns the loss of one instance after the other.
func sampleEvent() (func(n int) []byte, error) {
	const sampled = "i-08b97acc97187c257"
	template, err := os.ReadFile("events/ec2-agent-disconnected.json")
	if err != nil {
		return nil, fmt.Errorf("reading a sample event, in the repository: %w", err)
	}
	return func(n int) []byte {
		return bytes.ReplaceAll(template, []byte(sampled), fmt.Appendf(nil, "i-%017x", n))
	}, nil
}

// warmEvents sends events of different instances to one process of each version, in turn.
func (b *bench) warmEvents(n counts) error {
	s := newSurroundings()
	defer s.close()
	event, err := sampleEvent()
	if err != nil {
		return err
	}
	var functions []*lambdatest.Function
	for _, v := range b.versions {
		f, err := lambdatest.Start(v.program(function, runtime.GOARCH), s.settings("off")...)
		if err != nil {
			return err
		}
		defer f.Close()
		functions = append(functions, f)
	}
	took := make([][]time.Duration, len(functions))
	for i := range n.events {
		for j, f := range functions {
			answer, err := f.Invoke(b.ctx, event(i))
			if err != nil {
				return err
			}
			took[j] = append(took[j], answer.Took)
		}
	}
	if sent, want := len(s.slack.Messages()), n.events*len(functions); sent != want {
		return fmt.Errorf("%d messages were sent, expected %d", sent, want)
	}
	b.compare("event in a warm process, table and Slack", slowerMost, took)
	var slow, peaks []float64
	for j, f := range functions {
		peak, err := f.PeakMemory()
		if err != nil {
			return err
		}
		slow = append(slow, float64(quantile(took[j], 0.99))/1e6)
		peaks = append(peaks, float64(peak)/(1<<20))
	}
	b.show("  99th percentile", "%.3f ms", slow...)
	b.show(fmt.Sprintf("peak memory after %d events", n.events), "%.1f MiB", peaks...)
	return nil
}

// benchmark runs BenchmarkEvent of each version in turn. What is compared is the processor's time, which other programs on
// the machine change less than the clock's.
func (b *bench) benchmark(n counts) error {
	const events = 3000
	took, used := make([][]time.Duration, len(b.versions)), make([][]time.Duration, len(b.versions))
	var sizes, allocations []float64
	for range n.rounds {
		sizes, allocations = nil, nil
		for j, v := range b.versions {
			test := filepath.Join(v.programs, "event.test")
			if len(took[j]) == 0 {
				if err := command(b.ctx, v.root, "go", "test", "-c", "-o", test, "./bench"); err != nil {
					return err
				}
			}
			run := exec.CommandContext(b.ctx, test, "-test.run=^$", "-test.bench=^BenchmarkEvent$", fmt.Sprintf("-test.benchtime=%dx", events))
			run.Dir = filepath.Join(v.root, "bench")
			output, err := run.Output()
			if err != nil {
				return fmt.Errorf("running BenchmarkEvent of %s: %w", v.name, err)
			}
			ns, err1 := figure(string(output), "ns/op")
			size, err2 := figure(string(output), "B/op")
			number, err3 := figure(string(output), "allocs/op")
			for _, err := range []error{err1, err2, err3} {
				if err != nil {
					return err
				}
			}
			took[j] = append(took[j], time.Duration(ns))
			used[j] = append(used[j], (run.ProcessState.UserTime()+run.ProcessState.SystemTime())/events)
			sizes, allocations = append(sizes, size), append(allocations, number)
		}
	}
	b.compare("decode to render an event, processor time", eventMost, used)
	b.show("  by the clock", "%.3f ms", float64(median(took[0]))/1e6, float64(median(took[1]))/1e6)
	b.show("  bytes allocated", "%.0f", sizes...)
	b.show("  allocations", "%.0f", allocations...)
	if allocations[0] > allocationsMost {
		b.missed = append(b.missed, fmt.Errorf("an event takes %.0f allocations, more than %d", allocations[0], allocationsMost))
	}
	return nil
}

// figure is the number before a unit in a benchmark's output.
func figure(output, unit string) (float64, error) {
	fields := strings.Fields(output)
	i := slices.Index(fields, unit)
	if i < 1 {
		return 0, fmt.Errorf("the benchmark does not say how many %s:\n%s", unit, output)
	}
	return strconv.ParseFloat(fields[i-1], 64)
}
