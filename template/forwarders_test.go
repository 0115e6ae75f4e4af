package template_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fakeAWS notes its arguments, one call a line, and answers what CloudFormation would.
const fakeAWS = `#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*get-caller-identity*) echo 111122223333 ;;
*describe-stack-set-operation*) echo "$OPERATION" ;;
*describe-stack-set*) exit "$UNKNOWN" ;;
*"--region us-east-1"*) exit "$FAILS" ;;
*) echo 12345678-operation ;;
esac
`

// forwarders runs scripts/forwarders as make does, and returns its calls of AWS.
func forwarders(
	t *testing.T,
	action string,
	environment ...string,
) (calls []string, output string, err error) {
	t.Helper()
	directory := t.TempDir()
	log := filepath.Join(directory, "calls")
	if err := os.WriteFile(filepath.Join(directory, "aws"), []byte(fakeAWS), 0o700); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "scripts/forwarders", action)
	command.Dir = ".."
	command.Env = append([]string{
		"PATH=" + directory + ":" + os.Getenv(
			"PATH",
		), "CALLS=" + log, "FORWARDERS_POLL_SECONDS=0", "STACK=coverage",
		"REGION=eu-central-1", "REGIONS=us-east-1,eu-west-1 eu-central-1", "ORGANIZATION=", "HOME_ACCOUNT=", "CALL_AS=SELF",
		"OPERATION=SUCCEEDED", "UNKNOWN=1", "FAILS=0",
	}, environment...)
	out, err := command.CombinedOutput()
	data, missing := os.ReadFile(log)
	if missing != nil {
		t.Fatalf("nothing was called: %v\n%s", err, out)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n"), string(out), err
}

// called fails the test unless exactly these calls were made, each known by parts of it.
func called(t *testing.T, calls []string, want ...[]string) {
	t.Helper()
	matches := func(call string, parts []string) bool {
		return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(call, part) })
	}
	if !slices.EqualFunc(calls, want, matches) {
		t.Errorf("the calls are\n%s\nwant\n%v", strings.Join(calls, "\n"), want)
	}
}

func TestForwardersOfTheAccount(t *testing.T) {
	calls, output, err := forwarders(t, "deploy")
	if err != nil || !strings.Contains(output, "eu-central-1 is the notifier's own Region") {
		t.Errorf("%v: %s", err, output)
	}
	deployed := []string{
		"cloudformation deploy",
		"--stack-name coverage-forwarder",
		"HomeRegion=eu-central-1",
	}
	called(t, calls, append(deployed, "--region us-east-1"), append(deployed, "--region eu-west-1"))

	calls, _, err = forwarders(t, "remove", "REGIONS=eu-west-1")
	if err != nil {
		t.Error(err)
	}
	called(
		t,
		calls,
		[]string{"delete-stack --region eu-west-1"},
		[]string{"wait stack-delete-complete --region eu-west-1"},
	)
}

func TestOneRegionThatFailsStopsNoOther(t *testing.T) {
	calls, output, err := forwarders(t, "deploy", "FAILS=1")
	if err == nil || !strings.Contains(output, "It failed in: us-east-1") {
		t.Errorf("%v: %s", err, output)
	}
	called(t, calls, []string{"--region us-east-1"}, []string{"--region eu-west-1"})
}

func TestForwardersOfAnOrganization(t *testing.T) {
	const unit = "ORGANIZATION=ou-abcd-11112222 ou-abcd-33334444"
	identity, follow := []string{
		"get-caller-identity",
	}, []string{
		"describe-stack-set-operation",
		"12345678-operation",
	}
	exists := []string{"describe-stack-set "}
	settings := []string{
		"file://forwarder.yaml", "--permission-model SERVICE_MANAGED", "--managed-execution Active=true",
		"Enabled=true,RetainStacksOnAccountRemoval=false", "ParameterKey=HomeRegion,ParameterValue=eu-central-1",
		"ParameterKey=HomeAccount,ParameterValue=111122223333", "--call-as SELF",
	}
	instances := []string{
		"OrganizationalUnitIds=ou-abcd-11112222,ou-abcd-33334444,Accounts=111122223333,AccountFilterType=DIFFERENCE",
		"--regions us-east-1 eu-west-1 eu-central-1", "RegionConcurrencyType=PARALLEL,FailureTolerancePercentage=100",
	}
	calls, _, err := forwarders(t, "deploy", unit)
	if err != nil {
		t.Error(err)
	}
	called(t, calls, identity, exists, append([]string{"create-stack-set"}, settings...),
		append([]string{"create-stack-instances"}, instances...), follow)

	calls, _, err = forwarders(t, "deploy", unit, "UNKNOWN=0")
	if err != nil {
		t.Error(err)
	}
	called(t, calls, identity, exists, append([]string{"update-stack-set"}, settings...), follow,
		append([]string{"create-stack-instances"}, instances...), follow)

	calls, output, err := forwarders(t, "remove", unit, "HOME_ACCOUNT=111122223333")
	if err != nil || !strings.Contains(output, "delete-stack-set") {
		t.Errorf("%v: %s", err, output)
	}
	called(t, calls, append([]string{"delete-stack-instances", "--no-retain-stacks"}, instances...), follow)

	if _, output, err := forwarders(t, "deploy", unit, "OPERATION=FAILED"); err == nil {
		t.Errorf("an operation that failed is none: %s", output)
	}
}
