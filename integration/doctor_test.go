package integration

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awsguardduty "github.com/aws/aws-sdk-go-v2/service/guardduty"
	guarddutytypes "github.com/aws/aws-sdk-go-v2/service/guardduty/types"
)

// watchedRegion has GuardDuty in moto, and no other test uses it.
const watchedRegion = "eu-north-1"

// doctor checks settings, and what they name in moto, with the command itself.
func doctor(t *testing.T) {
	c := newCloud(t)
	topic := c.createTopic("doctor")
	parameter := "/doctor/" + c.table
	c.putParameter(parameter, "https://hooks.slack.com/services/T0/B0/hunter2")
	_, err := awsguardduty.NewFromConfig(c.aws, func(o *awsguardduty.Options) { o.Region = watchedRegion }).CreateDetector(t.Context(), &awsguardduty.CreateDetectorInput{
		Enable:   new(true),
		Features: []guarddutytypes.DetectorFeatureConfiguration{{Name: guarddutytypes.DetectorFeatureRuntimeMonitoring, Status: guarddutytypes.FeatureStatusEnabled}},
	})
	c.check(err)
	settings := append(c.settings(), "SLACK_SECRET="+parameter, "SNS_TOPIC_ARN="+topic, "REPORT_REGIONS="+watchedRegion)
	healthy, code := runDoctor(t, settings...)
	for _, want := range []string{
		"ok           AWS credentials: ", "ok           Slack (slack): an incoming webhook", "ok           Topic " + topic, "ok           Table " + c.table,
		"ok           Queue of waiting changes: it exists", "ok           Dead-letter queue: it exists", "ok           GuardDuty in " + watchedRegion,
	} {
		if !strings.Contains(healthy, want) {
			t.Errorf("doctor lacks %q:\n%s", want, healthy)
		}
	}
	if code != 0 || strings.Contains(healthy, "hunter2") {
		t.Errorf("exit code %d:\n%s", code, healthy)
	}
	items, err := c.dynamo().Scan(t.Context(), &dynamodb.ScanInput{TableName: &c.table})
	if c.check(err); len(items.Items) > 0 || len(c.queuedSince()) > 0 {
		t.Errorf("doctor wrote %d items and sent %d messages", len(items.Items), len(c.queuedSince()))
	}
	absent := c.waiting + "-absent"
	broken, code := runDoctor(t, append(settings, "INCIDENT_TABLE=absent", "WAITING_QUEUE_URL="+absent, "SNS_TOPIC_ARN="+topic+"-absent", "SLACK_SECRET=/absent", "REPORT_REGIONS=eu-south-1")...)
	for _, want := range []string{
		"failed       Slack (slack): ", "failed       Topic " + topic + "-absent", "failed       Table absent: there is no such table",
		"failed       Queue of waiting changes: there is no queue", "failed       GuardDuty in eu-south-1: GuardDuty is not enabled",
	} {
		if !strings.Contains(broken, want) {
			t.Errorf("doctor lacks %q:\n%s", want, broken)
		}
	}
	if code != 1 {
		t.Errorf("exit code %d:\n%s", code, broken)
	}
}

// runDoctor runs the command, as somebody with credentials would. Of two settings with one name the last is used.
func runDoctor(t *testing.T, settings ...string) (output string, code int) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "coverage")
	if built, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../cmd/coverage").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, built)
	}
	command := exec.CommandContext(t.Context(), binary, "doctor")
	command.Env = slices.Concat([]string{"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=secret"}, settings)
	var all bytes.Buffer
	command.Stdout, command.Stderr = &all, &all
	err := command.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return all.String(), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return all.String(), 0
}
