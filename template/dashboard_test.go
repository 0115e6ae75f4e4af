package template_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/template/templatetest"
)

const (
	waitingQueue    = "arn:aws:sqs:eu-central-1:111122223333:coverage-WaitingQueue-1"
	deadLetterQueue = "arn:aws:sqs:eu-central-1:111122223333:coverage-DeadLetterQueue-1"
	twoAlarms       = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:coverage-ErrorsAlarm-1," +
		"arn:aws:cloudwatch:eu-central-1:111122223333:alarm:coverage-StoreAlarm-1"
)

// widget is what the tests read of a dashboard.
type widget struct {
	Type       string
	Properties struct {
		Metrics [][]any
		Alarms  []string
	}
}

// newDashboard resolves dashboard.yaml for the stack coverage.
func newDashboard(t *testing.T) templatetest.Stack {
	t.Helper()
	return templatetest.New(t, "../dashboard.yaml", map[string]string{
		"Notifier": stackName, "NotifyFunctionName": "coverage-NotifyFunction-1",
		"WaitingQueueArn": waitingQueue, "DeadLetterQueueArn": deadLetterQueue, "AlarmArns": twoAlarms,
	})
}

func widgets(t *testing.T) []widget {
	t.Helper()
	body := newDashboard(t).At("Resources", "Dashboard", "Properties", "DashboardBody").(string)
	var dashboard struct{ Widgets []widget }
	if err := json.Unmarshal([]byte(body), &dashboard); err != nil {
		t.Fatalf("the dashboard is no JSON: %v\n%s", err, body)
	}
	return dashboard.Widgets
}

// TestDashboardShowsMetricsThatTheFunctionsWrite, of this stack alone, and the alarms.
func TestDashboardShowsMetricsThatTheFunctionsWrite(t *testing.T) {
	var own, queues, alarms []string
	for _, widget := range widgets(t) {
		alarms = append(alarms, widget.Properties.Alarms...)
		namespace, value := "", ""
		for _, row := range widget.Properties.Metrics {
			if len(row) < 3 {
				continue
			}
			if row[0] != "." {
				namespace = row[0].(string)
			}
			if len(row) > 3 && row[3] != "." {
				value = row[3].(string)
			}
			switch namespace {
			case "GuardDutyCoverageNotifier":
				own = append(own, row[1].(string))
				if value != stackName {
					t.Errorf("%v is of the stack %s", row, value)
				}
			case "AWS/SQS":
				queues = append(queues, value)
			}
		}
	}
	if len(own) < 15 {
		t.Errorf("the dashboard shows only %v", own)
	}
	metrics := documentedMetrics(t)
	slices.Sort(metrics)
	own = append(own, "SinkFailed") // by an expression
	slices.Sort(own)
	if diff := cmp.Diff(metrics, slices.Compact(own)); diff != "" {
		t.Errorf("metrics (-) and what the dashboard shows (+):\n%s", diff)
	}
	waiting, dead := "coverage-WaitingQueue-1", "coverage-DeadLetterQueue-1"
	if diff := cmp.Diff([]string{waiting, waiting, dead, waiting}, queues); diff != "" {
		t.Errorf("queues:\n%s", diff)
	}
	if diff := cmp.Diff(strings.Split(twoAlarms, ","), alarms); diff != "" {
		t.Errorf("alarms:\n%s", diff)
	}
}

// fakeStack answers what CloudFormation and CloudWatch would say of the stack coverage.
const fakeStack = `#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*NotifyFunctionName*) echo coverage-NotifyFunction-1 ;;
*WaitingQueueArn\'*) echo ` + waitingQueue + ` ;;
*DeadLetterQueueArn\'*) echo ` + deadLetterQueue + ` ;;
*list-stack-resources*) printf 'coverage-ErrorsAlarm-1\tcoverage-StoreAlarm-1\n' ;;
*"--alarm-names coverage-ErrorsAlarm-1 coverage-StoreAlarm-1 "*) echo ` + twoAlarms + ` | tr , '\t' ;;
esac
`

// TestDashboardIsDeployedWithWhatTheStackHas: every parameter comes from its outputs and alarms.
func TestDashboardIsDeployedWithWhatTheStackHas(t *testing.T) {
	directory := t.TempDir()
	log := filepath.Join(directory, "calls")
	if err := os.WriteFile(filepath.Join(directory, "aws"), []byte(fakeStack), 0o700); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "scripts/dashboard")
	command.Dir = ".."
	command.Env = []string{
		"PATH=" + directory + ":" + os.Getenv("PATH"), "CALLS=" + log, "STACK=coverage", "REGION=eu-central-1",
	}
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	calls := strings.Split(strings.TrimSpace(read(t, log)), "\n")
	const want = "cloudformation deploy --region eu-central-1 --stack-name coverage-dashboard" +
		" --template-file dashboard.yaml --no-fail-on-empty-changeset --parameter-overrides Notifier=coverage" +
		" NotifyFunctionName=coverage-NotifyFunction-1 WaitingQueueArn=" + waitingQueue +
		" DeadLetterQueueArn=" + deadLetterQueue + " AlarmArns=" + twoAlarms
	if got := calls[len(calls)-1]; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	outputs := newStack(t, nil).At("Outputs").(map[string]any)
	for name := range newDashboard(t).At("Parameters").(map[string]any) {
		if _, output := outputs[name]; !output && name != "Notifier" && name != "AlarmArns" {
			t.Errorf("%s is no output of the stack", name)
		}
	}
}
