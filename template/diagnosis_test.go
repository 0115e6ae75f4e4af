package template_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDiagnosisMayDoWhatItDoes compares the calls that the tests of pkg/diagnose saw with what both templates grant and
// the documentation tells.
func TestDiagnosisMayDoWhatItDoes(t *testing.T) {
	var called []string
	for action := range strings.FieldsSeq(read(t, "../pkg/diagnose/testdata/actions.txt")) {
		if !strings.HasPrefix(action, "sts:") { // Of these one needs no permission, and the other has one of its own.
			called = append(called, action)
		}
	}
	if len(called) < 20 {
		t.Fatalf("only these calls were seen: %v", called)
	}
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z0-9]+:[A-Za-z]+)` \\|").FindAllStringSubmatch(read(t, "../docs/diagnosis.md"), -1) {
		told = append(told, row[1])
	}
	own := newStack(t, map[string]string{"Diagnosis": "on"})
	for where, listed := range map[string][]string{
		"docs/diagnosis.md":                told,
		"member-role.yaml":                 strings.Fields(grants(t, newStackOf(t, "../member-role.yaml", nil), "DiagnosisRole")["Look"].Action),
		"template.yaml, to NotifyFunction": strings.Fields(grants(t, own, "NotifyRole")["Look"].Action),
		"template.yaml, to ReportFunction": strings.Fields(grants(t, own, "ReportRole")["Look"].Action),
	} {
		slices.Sort(listed)
		if diff := cmp.Diff(called, listed); diff != "" {
			t.Errorf("calls (-) and %s (+):\n%s", where, diff)
		}
		for _, action := range listed {
			if _, operation, _ := strings.Cut(action, ":"); !regexp.MustCompile(`^(Describe|List|Get)`).MatchString(operation) {
				t.Errorf("%s: %s does not only read", where, action)
			}
		}
	}
}

func TestMemberRoleTrustsTheNotifierAlone(t *testing.T) {
	const principal = "Condition ArnLike aws:PrincipalArn arn:aws:iam::999988887777:role/guardduty-coverage-notifier-* "
	const rest = "Effect Allow Principal AWS arn:aws:iam::999988887777:root"
	for id, want := range map[string]string{
		"":       "Action sts:AssumeRole " + principal + rest,
		"o-a1b2": "Action sts:AssumeRole " + principal + "StringEquals sts:ExternalId o-a1b2 " + rest,
	} {
		s := newStackOf(t, "../member-role.yaml", map[string]string{"TrustedAccount": "999988887777", "ExternalId": id})
		if got := words(s.at("Resources", "DiagnosisRole", "Properties", "AssumeRolePolicyDocument", "Statement")); got != want {
			t.Errorf("with the external id %q: %s", id, got)
		}
	}
}

// TestMemberRoleTakesWhatTheNotifierTakes, so that a name that one accepts fits the other.
func TestMemberRoleTakesWhatTheNotifierTakes(t *testing.T) {
	own, member := newStack(t, nil), newStackOf(t, "../member-role.yaml", nil)
	for value, good := range map[string]bool{"coverage-diagnosis": true, "a+b=c,d.e@f_g": true, "path/role": false, "a b": false} {
		for of, pattern := range map[string]any{
			"DiagnosisRoleName": own.at("Parameters", "DiagnosisRoleName", "AllowedPattern"),
			"RoleName":          member.at("Parameters", "RoleName", "AllowedPattern"),
		} {
			if allowed(pattern.(string), value) != good {
				t.Errorf("%s: %q", of, value)
			}
		}
	}
	if own, member := own.at("Parameters", "DiagnosisExternalId", "AllowedPattern"), member.at("Parameters", "ExternalId", "AllowedPattern"); own != member {
		t.Errorf("external ids are %v here and %v there", own, member)
	}
}
