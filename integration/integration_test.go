// Package integration proves the program as it is deployed: the built binary, started as Lambda starts it.
package integration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/integration/lambdatest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// bootstrap is the binary that tells of events, reportBootstrap the one that makes the report, and diagnoseBootstrap the
// one that diagnoses. They are built once for all tests.
var bootstrap, reportBootstrap, diagnoseBootstrap string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	directory, err := os.MkdirTemp("", "integration")
	if err == nil {
		defer os.RemoveAll(directory)
		bootstrap = filepath.Join(directory, "bootstrap")
		reportBootstrap = filepath.Join(directory, "report")
		diagnoseBootstrap = filepath.Join(directory, "diagnose")
		err = errors.Join(
			lambdatest.Build(context.Background(), "functions/notify", runtime.GOARCH, bootstrap),
			lambdatest.Build(context.Background(), "functions/report", runtime.GOARCH, reportBootstrap),
			lambdatest.Build(context.Background(), "functions/diagnose", runtime.GOARCH, diagnoseBootstrap))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// stackName is the stack of every function.
const stackName = "coverage"

// patience is how long a test waits for something that ought to happen at once.
const patience = 60 * time.Second

func within(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), limit, fmt.Errorf("nothing happened within %v", limit))
	t.Cleanup(cancel)
	return ctx
}

// function is a running binary. Whatever it has to do, it keeps the rules of checkOutput.
type function struct {
	*lambdatest.Function
	t *testing.T
	// secrets are what nobody may ever read.
	secrets []string
}

func start(t *testing.T, settings ...string) *function {
	t.Helper()
	return run(t, bootstrap, settings...)
}

func run(t *testing.T, binary string, settings ...string) *function {
	t.Helper()
	f, err := lambdatest.Start(binary, append([]string{"STACK_NAME=" + stackName}, settings...)...)
	if err != nil {
		t.Fatal(err)
	}
	fn := &function{f, t, secretsIn(settings)}
	t.Cleanup(func() {
		f.Kill()
		checkOutput(t, fn)
		f.Close()
	})
	return fn
}

// tell invokes the function with an event that it has to take.
func (f *function) invoke(payload string) {
	f.t.Helper()
	if _, err := f.Invoke(within(f.t, patience), []byte(payload)); err != nil {
		f.t.Fatalf("the function failed: %v", err)
	}
}

// refuse invokes the function with an event that it cannot take, and returns its error.
func (f *function) refuse(payload string) error {
	f.t.Helper()
	answer, err := f.Invoke(within(f.t, patience), []byte(payload))
	if err == nil {
		f.t.Fatalf("the function answered %s, expected an error", answer.Payload)
	}
	return err
}

// entry is one line of the log, as far as tests look into it: the names of metrics, which begin with a capital, are for
// checkMetrics.
type entry struct {
	Level     string          `json:"level"`
	Message   string          `json:"message"`
	RequestID string          `json:"requestId"`
	Error     string          `json:"error"`
	Result    string          `json:"result"`
	Resource  string          `json:"resource"`
	Findings  []string        `json:"findings"`
	Notified  []string        `json:"notified_sinks"`
	Grouped   []string        `json:"grouped_sinks"`
	Deferred  []string        `json:"deferred_sinks"`
	Failing   []string        `json:"failing_sinks"`
	GivenUp   []string        `json:"given_up_sinks"`
	StoreErr  string          `json:"store_error"`
	Metrics   json.RawMessage `json:"_aws"`
	raw       string
}

// entries are the lines of the log so far.
func (f *function) entries() []entry {
	f.t.Helper()
	out, err := f.Stdout()
	if err != nil {
		f.t.Fatal(err)
	}
	var entries []entry
	for line := range strings.Lines(out) {
		e, err := readEntry(line)
		if err != nil {
			f.t.Fatalf("a line of the log is no JSON: %v: %s", err, line)
		}
		entries = append(entries, e)
	}
	return entries
}

func readEntry(line string) (entry, error) {
	e := entry{raw: line}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &members); err != nil {
		return e, err
	}
	maps.DeleteFunc(members, func(name string, _ json.RawMessage) bool { return unicode.IsUpper(rune(name[0])) })
	plain, err := json.Marshal(members)
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal(plain, &e)
}

// outcomes are the entries that say what became of a change.
func (f *function) outcomes() []entry {
	f.t.Helper()
	var outcomes []entry
	for _, e := range f.entries() {
		if e.Result != "" {
			outcomes = append(outcomes, e)
		}
	}
	return outcomes
}

// last is the outcome of the last change.
func (f *function) last() entry {
	f.t.Helper()
	all := f.outcomes()
	if len(all) == 0 {
		f.t.Fatal("the log says of no change what became of it")
	}
	return all[len(all)-1]
}

// expect fails the test unless the changes came to those results, in this order.
func (f *function) expect(results ...string) {
	f.t.Helper()
	var got []string
	for _, e := range f.outcomes() {
		got = append(got, e.Result)
	}
	if diff := cmp.Diff(results, got); diff != "" {
		out, _ := f.Stdout()
		f.t.Fatalf("what became of the changes (-expected, +got):\n%s\n%s", diff, out)
	}
}

// byBot and byWebhook are the settings to post to that Slack.
func byBot(s *slacktest.Server) []string {
	return []string{"SLACK_BOT_TOKEN=" + s.Token(), "SLACK_CHANNEL=" + s.Channel(), "SLACK_API_URL=" + s.APIURL()}
}

func byWebhook(s *slacktest.Server) []string { return []string{"SLACK_WEBHOOK_URL=" + s.WebhookURL()} }

// secretsIn are what nobody may ever read of the settings: tokens, and of webhooks the last part of the path.
func secretsIn(settings []string) []string {
	var secrets []string
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		if name == "SLACK_BOT_TOKEN" || name == "SLACK_WEBHOOK_URL" {
			secrets = append(secrets, value[strings.LastIndex(value, "/")+1:])
		}
	}
	return secrets
}

// sample is a file of events/.
func sample(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "events", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func samples(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../events/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no sample events: %v", err)
	}
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = filepath.Base(path)
	}
	return names
}
