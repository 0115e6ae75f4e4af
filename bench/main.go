// The bench program measures the built function side by side with an earlier commit: how fast it starts, how long an
// event takes it, its memory and its size. It ends with exit code 1 when it is slower than that commit, or larger than
// it may be.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// slowerMost is how many times the commit's time still counts as not slower: medians of interleaved measurements differ
// by less, unless the machine is busy with other things.
const slowerMost = 1.10

// eventMost is how many times the time of the commit b86c2fe an event may take: 150 µs on a machine on which that took 260.
// allocationsMost is how many allocations it may take.
const (
	eventMost       = 150.0 / 260
	allocationsMost = 500
)

// startMost is how many times the commit's start the function may take to start: since then the diagnosis has become a
// function of its own. emptyMost is the same of an empty handler with the same clients.
const (
	startMost = 0.75
	emptyMost = 1.10
)

// zipMost is how large the function's zip may be, in bytes.
const zipMost = 5_000_000

// The programs that are measured, and what their start is compared with.
const (
	function = "functions/notify"
	empty    = "bench/emptyhandler"
)

// counts are how often everything is measured.
type counts struct{ starts, events, rounds int }

func main() {
	var n counts
	flag.IntVar(&n.starts, "starts", 41, "how often each program is started")
	flag.IntVar(&n.events, "events", 2000, "how many events are sent to a warm process")
	flag.IntVar(&n.rounds, "rounds", 9, "how often the benchmark of one event is run")
	baseline := flag.String("baseline", "b86c2fe", "the commit to compare with")
	flag.Parse()
	if err := run(context.Background(), *baseline, n); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, baseline string, n counts) (err error) {
	directory, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	earlier, remove, err := checkOut(ctx, baseline, directory)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	b := &bench{ctx: ctx, versions: []version{{"now", root, filepath.Join(directory, "programs")}, earlier}}
	fmt.Printf("%s, %d CPUs, %s/%s, %s; medians of alternating measurements\n\n",
		processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	fmt.Printf("%-42s %10s %10s\n", "", b.versions[0].name, b.versions[1].name)
	for _, measure := range []func(counts) error{b.sizes, b.starts, b.warmEvents, b.benchmark} {
		if err := measure(n); err != nil {
			return err
		}
	}
	return errors.Join(b.missed...)
}

// bench compares versions: the first with the second.
type bench struct {
	ctx      context.Context
	versions []version
	missed   []error
}

// show prints one figure of each version.
func (b *bench) show(name, format string, figures ...float64) {
	var line strings.Builder
	line.WriteString(fmt.Sprintf("%-42s", name))
	for _, f := range figures {
		line.WriteString(fmt.Sprintf(" %10s", fmt.Sprintf(format, f)))
	}
	fmt.Println(line.String())
}

// compare prints a time of each version. The first may take so many times as long as the second.
func (b *bench) compare(name string, most float64, times [][]time.Duration) {
	now, then := median(times[0]), median(times[1])
	fmt.Printf("%-42s %10s %10s   %s\n", name, milliseconds(now), milliseconds(then),
		b.judge(name, most, now, then, b.versions[1].name))
}

// judge says whether a time is at most so many times another.
func (b *bench) judge(name string, most float64, now, other time.Duration, of string) string {
	ratio := float64(now) / float64(other)
	verdict := "ok"
	if ratio > most {
		verdict = "SLOWER"
		b.missed = append(b.missed, fmt.Errorf("%s: %v, %s takes %v", name, now, of, other))
	}
	return fmt.Sprintf("%.2f times (limit: %.2f) %s", ratio, most, verdict)
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.3f ms", float64(d)/1e6) }

func median(times []time.Duration) time.Duration { return quantile(times, 0.5) }

func quantile(times []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}

// processor is what Linux calls the first one.
func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo") // Where there is none, there is no name.
	for l := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
