// The bench program measures the built function: how fast it starts beside a function that does nothing, how long an
// event takes it when it runs, its memory and its size.
package main

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/integration/lambdatest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// What the function may take: its zip in bytes, and its start compared with that of an empty handler, which a busy
// machine blurs, so that it is shown and nothing fails.
const (
	zipMost   = 6_000_000
	startMost = 1.25
)

// programs are what is measured, and what it is compared with.
const (
	function = "functions/notify"
	empty    = "bench/emptyhandler"
)

func main() {
	starts := flag.Int("starts", 20, "how often each program is started")
	events := flag.Int("events", 2000, "how many events are sent")
	flag.Parse()
	if err := run(context.Background(), *starts, *events); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, starts, events int) error {
	directory, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	fmt.Printf("%s, %d CPUs, %s/%s, %s\n\n", processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return errors.Join(
		measureSizes(ctx, directory),
		measureStarts(ctx, directory, starts),
		measureEvents(ctx, directory, events),
	)
}

func line(name, format string, args ...any) {
	fmt.Printf("%-36s %s\n", name, fmt.Sprintf(format, args...))
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

// binary is where the program for that processor is built.
func binary(directory, program, goarch string) string {
	return filepath.Join(directory, strings.ReplaceAll(program, "/", "-")+"-"+goarch)
}

func measureSizes(ctx context.Context, directory string) error {
	for _, goarch := range []string{"arm64", "amd64"} {
		path := binary(directory, function, goarch)
		if err := lambdatest.Build(ctx, function, goarch, path); err != nil {
			return err
		}
		size, zipped, err := sizes(path)
		if err != nil {
			return err
		}
		line(goarch+" binary, zip", "%.2f MB, %.2f MB", float64(size)/1e6, float64(zipped)/1e6)
		if zipped > zipMost {
			return fmt.Errorf("the zip for %s has %d bytes, more than %d", goarch, zipped, zipMost)
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

// sizes are those of the file and of a zip with nothing else in it.
func sizes(path string) (size, zipped int64, err error) {
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

// settings connect the function to a Slack, and to tables and queues that it need not reach before it has something to
// tell.
func settings(slack *slacktest.Server) []string {
	return []string{
		"SLACK_WEBHOOK_URL=" + slack.WebhookURL(),
		"AWS_ENDPOINT_URL=http://127.0.0.1:9",
	}
}

// measureStarts starts the function, without and with diagnosis, and the empty handler in turn, so that whatever else the
// machine does falls on all of them.
func measureStarts(ctx context.Context, directory string, n int) error {
	slack := slacktest.NewServer(slacktest.Options{})
	defer slack.Close()
	starts := []struct{ name, program, setting string }{
		{"start", function, "DIAGNOSIS=off"}, {"start with diagnosis on", function, "DIAGNOSIS=on"}, {"start of an empty handler", empty, "DIAGNOSIS=off"},
	}
	for _, program := range []string{function, empty} {
		if err := lambdatest.Build(ctx, program, runtime.GOARCH, binary(directory, program, runtime.GOARCH)); err != nil {
			return err
		}
	}
	took := make([][]time.Duration, len(starts))
	for range n {
		for i, start := range starts {
			d, err := startOnce(ctx, binary(directory, start.program, runtime.GOARCH), append(settings(slack), start.setting,
				"INCIDENT_TABLE=incidents",
				"WAITING_QUEUE_URL=http://127.0.0.1:9/123456789012/waiting",
				"DEAD_LETTER_QUEUE_URL=http://127.0.0.1:9/123456789012/dead"))
			if err != nil {
				return fmt.Errorf("starting %s: %w", start.program, err)
			}
			took[i] = append(took[i], d)
		}
	}
	for i, start := range starts {
		line(fmt.Sprintf("%s, median of %d", start.name, n), "%.1f ms", milliseconds(quantile(took[i], 0.5)))
	}
	other := float64(quantile(took[len(starts)-1], 0.5))
	line("start compared with the empty one's", "%.2f times, to be at most %.2f; %.2f with diagnosis on",
		float64(quantile(took[0], 0.5))/other, startMost, float64(quantile(took[1], 0.5))/other)
	return nil
}

func startOnce(ctx context.Context, path string, settings []string) (time.Duration, error) {
	f, err := lambdatest.Start(path, settings...)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.Ready(ctx)
}

// measureEvents sends events of different instances to one process, one after the other.
func measureEvents(ctx context.Context, directory string, n int) error {
	slack := slacktest.NewServer(slacktest.Options{})
	defer slack.Close()
	f, err := lambdatest.Start(binary(directory, function, runtime.GOARCH), settings(slack)...)
	if err != nil {
		return err
	}
	defer f.Close()
	template, err := os.ReadFile("events/ec2-agent-disconnected.json")
	if err != nil {
		return fmt.Errorf("reading a sample event, in the repository: %w", err)
	}
	const sampled = "i-08b97acc97187c257"
	var took []time.Duration
	for i := range n {
		event := strings.ReplaceAll(string(template), sampled, fmt.Sprintf("i-%017x", i))
		answer, err := f.Invoke(ctx, []byte(event))
		if err != nil {
			return err
		}
		took = append(took, answer.Took)
	}
	if told := len(slack.Messages()); told != n {
		return fmt.Errorf("%d of %d events were told", told, n)
	}
	peak, err := f.PeakMemory()
	if err != nil {
		return err
	}
	line("first event, connecting included", "%.2f ms", milliseconds(took[0]))
	line("event in a warm process, p50, p99", "%.2f ms, %.2f ms", milliseconds(quantile(took[1:], 0.5)), milliseconds(quantile(took[1:], 0.99)))
	line(fmt.Sprintf("peak memory after %d events", n), "%.1f MiB", float64(peak)/(1<<20))
	return nil
}

func quantile(durations []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(durations))
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
