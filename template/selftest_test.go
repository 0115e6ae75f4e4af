package template_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/heartbeat"
)

// fakeSelfTest answers what AWS would say: the log's line is in the file LINE, the test's ID in place of ID, and
// there from the second look on.
const fakeSelfTest = `#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*describe-stacks*) echo /aws/lambda/coverage-notify ;;
*put-events*) echo "$REFUSED" ;;
*filter-log-events*)
	test "$DENIED" = 0 || exit 254
	id=$(sed -n 's/.*self_test_id = "\([^"]*\)".*/\1/p' "$CALLS" | tail -1)
	test "$(grep -c filter-log-events "$CALLS")" -lt 2 || sed "s/ID/$id/" "$LINE" ;;
esac
`

// logged is the line that the function writes of a self-test.
func logged(t *testing.T, write func(ctx context.Context, o telemetry.Observer)) string {
	t.Helper()
	var log bytes.Buffer
	write(t.Context(), telemetry.Observer{Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: func() time.Time { return monday }})
	return log.String()
}

// TestSelfTestIsReadFromTheLog: whatever became of it is one sentence, and the exit status says whether it is well.
func TestSelfTestIsReadFromTheLog(t *testing.T) {
	event := heartbeat.Event{Place: heartbeat.Place{Account: "111122223333", Region: "us-east-1"}, SelfTest: true, ID: "ID"}
	passed := logged(t, func(ctx context.Context, o telemetry.Observer) {
		o.ObserveSelfTest(ctx, telemetry.SelfTest{Event: event, Notified: []string{"slack", "sns"}})
	})
	failed := logged(t, func(ctx context.Context, o telemetry.Observer) {
		o.ObserveSelfTest(ctx, telemetry.SelfTest{
			Event: event, Notified: []string{"slack"}, Failing: []string{"sns"}, Err: errors.New(`denied: "x"`),
		})
	})
	refused := logged(t, func(ctx context.Context, o telemetry.Observer) { o.ObserveForeign(ctx, event) })
	for name, test := range map[string]struct {
		line    string
		regions string
		with    []string
		says    []string
		fails   bool
	}{
		"it arrives":               {passed, "us-east-1", nil, []string{"us-east-1: the self-test selftest-", " reached slack,sns."}, false},
		"of the notifier's Region": {passed, "", nil, []string{"eu-central-1: the self-test", " reached slack,sns."}, false},
		"of two Regions":           {passed, "us-east-1, eu-west-1", nil, []string{"us-east-1: the self-test", "eu-west-1: the self-test"}, false},
		"a sink fails":             {failed, "us-east-1", nil, []string{"did not reach sns.", "#failing-sink", `denied: \"x\"`}, true},
		"it is refused":            {refused, "us-east-1", nil, []string{"the notifier refused", "ForwardedRegions"}, true},
		"it does not arrive": {
			"", "us-east-1", []string{"SELFTEST_SECONDS=0"},
			[]string{"did not arrive within 0 seconds", "the forwarder in us-east-1", "#forwarding-failed", "#no-events", "#function-errors"}, true,
		},
		"it does not arrive at home":   {"", "", []string{"SELFTEST_SECONDS=0"}, []string{"did not arrive", "#no-events"}, true},
		"EventBridge refuses it":       {passed, "us-east-1", []string{"REFUSED=1"}, []string{"EventBridge refused", "events:PutEvents"}, true},
		"the log may not be read":      {passed, "us-east-1", []string{"DENIED=1"}, []string{"cannot be read", "logs:FilterLogEvents"}, true},
		"one Region is in order alone": {refused, "us-east-1 eu-west-1", nil, []string{"us-east-1: ", "eu-west-1: "}, true},
	} {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			log, line := filepath.Join(directory, "calls"), filepath.Join(directory, "line")
			err := errors.Join(
				os.WriteFile(filepath.Join(directory, "aws"), []byte(fakeSelfTest), 0o700), os.WriteFile(line, []byte(test.line), 0o600))
			if err != nil {
				t.Fatal(err)
			}
			command := exec.CommandContext(t.Context(), "scripts/selftest")
			command.Dir = ".."
			command.Env = append([]string{
				"PATH=" + directory + ":" + os.Getenv("PATH"), "CALLS=" + log, "LINE=" + line, "SELFTEST_POLL_SECONDS=0",
				"STACK=coverage", "REGION=eu-central-1", "REGIONS=" + test.regions, "REFUSED=0", "DENIED=0",
			}, test.with...)
			out, err := command.CombinedOutput()
			if (err != nil) != test.fails {
				t.Errorf("%v: %s", err, out)
			}
			for _, want := range test.says {
				if !strings.Contains(string(out), want) {
					t.Errorf("it does not say %q: %s", want, out)
				}
			}
			if test.regions == "" && strings.Contains(string(out), "forwarder") {
				t.Errorf("at home there is no forwarder: %s", out)
			}
			checkSelfTestCalls(t, read(t, log), test.regions)
		})
	}
}

// checkSelfTestCalls wants the log to be the stack's, and the event to be one that the rules match, under an ID that the
// function takes.
func checkSelfTestCalls(t *testing.T, calls, regions string) {
	t.Helper()
	if _, ok := newStack(t, nil).At("Outputs").(map[string]any)["LogGroupName"]; !ok || !strings.Contains(calls, "'LogGroupName'") {
		t.Errorf("the log is not an output of the stack, or not asked for: %s", calls)
	}
	put := regexp.MustCompile(`events put-events --region (\S+) --entries \[(.*)\] --query`).FindStringSubmatch(calls)
	if put == nil {
		t.Fatalf("nothing was sent: %s", calls)
	}
	if !strings.HasPrefix(regions, put[1]) && regions != "" {
		t.Errorf("it was sent in %s", put[1])
	}
	entry := decode(t, []byte(put[2])).(map[string]any)
	pattern := newStack(t, nil).At("Resources", "NotifyFunction", "Properties", "Events", "CoverageChange", "Properties", "Pattern")
	sent := map[string]any{"source": entry["Source"], "detail-type": entry["DetailType"]}
	if !matches(pattern, sent) {
		t.Errorf("the rule does not match %v", entry)
	}
	document := `{"source":"` + heartbeat.Source + `","detail-type":"` + entry["DetailType"].(string) + `","detail":` +
		entry["Detail"].(string) + `}`
	if event, ok := heartbeat.Decode([]byte(document)); !ok || !event.SelfTest || event.ID == "" {
		t.Errorf("the function does not take %s", document)
	}
}
