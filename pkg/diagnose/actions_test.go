package diagnose_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/diagnose"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// TestActions keeps a list of what AWS is asked for, with which the tests of the templates compare what is granted, and of
// the questions word for word. The sources are searched as well, for a call that no test makes.
func TestActions(t *testing.T) {
	actions, questions := make(map[string]bool), make(map[string]bool)
	for _, w := range []world{
		healthy, withoutAddon(history()), healthy.with(world{"ec2:DescribeInstances": instances(), "ssm:DescribeInstanceAssociationsStatus": says(`{}`)}),
	} {
		doctor, fake := start(t, w, diagnose.Role{Name: "look"})
		doctor.Diagnose(t.Context(), in(other, eksChange()), nil)
		doctor.Diagnose(t.Context(), ec2Change(), nil)
		doctor.Diagnose(t.Context(), ecsChange(), nil)
		doctor.Diagnose(t.Context(), ecsChange(serviceIssue, taskIssue), nil)
		for _, call := range fake.Calls() {
			actions[call.Action] = true
			questions[call.Action+" "+call.Asked] = true
		}
	}
	for _, c := range causes() {
		doctor, fake := c.start(t)
		doctor.Diagnose(t.Context(), c.change, nil)
		for _, call := range fake.Calls() {
			actions[call.Action] = true
			if call.Action == "cloudtrail:LookupEvents" {
				questions[call.Action+" "+call.Asked] = true
			}
		}
	}
	if diff := cmp.Diff(actionsInSources(t), slices.Sorted(maps.Keys(actions))); diff != "" {
		t.Errorf("calls in the sources (-) and those that were seen (+):\n%s", diff)
	}
	compare(t, "testdata/actions.txt", actions)
	compare(t, "testdata/questions.txt", questions)
}

// compare compares a file with lines in their order.
func compare(t *testing.T, file string, lines map[string]bool) {
	t.Helper()
	got := strings.Join(slices.Sorted(maps.Keys(lines)), "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

func actionsInSources(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	action := regexp.MustCompile(`"((?:cloudtrail|ec2|ecs|eks|guardduty|ssm|sts):[A-Z][A-Za-z]+)"`)
	found := make(map[string]bool)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range action.FindAllSubmatch(source, -1) {
			found[string(match[1])] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
