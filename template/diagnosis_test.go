package template_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/template/templatetest"
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
		"member-role.yaml":                 looks(grants(t, templatetest.New(t, "../member-role.yaml", nil), "DiagnosisRole")),
		"template.yaml, to NotifyFunction": looks(grants(t, own, "NotifyRole")),
	} {
		slices.Sort(listed)
		if diff := cmp.Diff(called, listed); diff != "" {
			t.Errorf("calls (-) and %s (+):\n%s", where, diff)
		}
		for _, action := range listed {
			if _, operation, _ := strings.Cut(action, ":"); !regexp.MustCompile(`^(Describe|List|Get|Lookup)`).MatchString(operation) {
				t.Errorf("%s: %s does not only read", where, action)
			}
		}
	}
}

// looks are the actions of the diagnosis, those on any resource and those on detectors.
func looks(granted map[string]statement) []string {
	return strings.Fields(granted["Look"].Action + " " + granted["LookAtDetector"].Action + " " + granted["LookForActor"].Action)
}

func TestMemberRoleTrustsTheNotifierAlone(t *testing.T) {
	const principal = "Condition ArnLike aws:PrincipalArn arn:aws:iam::999988887777:role/guardduty-coverage-notifier-* "
	const rest = "Effect Allow Principal AWS arn:aws:iam::999988887777:root"
	for id, want := range map[string]string{
		"":       "Action sts:AssumeRole " + principal + rest,
		"o-a1b2": "Action sts:AssumeRole " + principal + "StringEquals sts:ExternalId o-a1b2 " + rest,
	} {
		s := templatetest.New(t, "../member-role.yaml", map[string]string{"TrustedAccount": "999988887777", "ExternalId": id})
		if got := words(s.At("Resources", "DiagnosisRole", "Properties", "AssumeRolePolicyDocument", "Statement")); got != want {
			t.Errorf("with the external id %q: %s", id, got)
		}
	}
}

// TestMemberRoleTrustsNoRoleAtRandom: a bare * would trust every role of the account.
func TestMemberRoleTrustsNoRoleAtRandom(t *testing.T) {
	pattern := templatetest.New(t, "../member-role.yaml", nil).At("Parameters", "TrustedRoles", "AllowedPattern").(string)
	for value, good := range map[string]bool{
		"guardduty-coverage-notifier-*": true, "coverage": true, "security/coverage-*": true, "a/b/coverage-*": true,
		"*": false, "a*": false, "**": false, "security/*": false, "*/coverage": false, "co*age-notifier": false, "/coverage": false, "": false,
	} {
		if allowed(pattern, value) != good {
			t.Errorf("TrustedRoles %q: accepted is %v", value, !good)
		}
	}
}

// TestMemberRoleTakesWhatTheNotifierTakes, so that a name that one accepts fits the other.
func TestMemberRoleTakesWhatTheNotifierTakes(t *testing.T) {
	own, member := newStack(t, nil), templatetest.New(t, "../member-role.yaml", nil)
	for value, good := range map[string]bool{"coverage-diagnosis": true, "a+b=c,d.e@f_g": true, "path/role": false, "a b": false} {
		for of, pattern := range map[string]any{
			"DiagnosisRoleName": own.At("Parameters", "DiagnosisRoleName", "AllowedPattern"),
			"RoleName":          member.At("Parameters", "RoleName", "AllowedPattern"),
		} {
			if allowed(pattern.(string), value) != good {
				t.Errorf("%s: %q", of, value)
			}
		}
	}
	if own, member := own.At("Parameters", "DiagnosisExternalId", "AllowedPattern"), member.At("Parameters", "ExternalId", "AllowedPattern"); own != member {
		t.Errorf("external ids are %v here and %v there", own, member)
	}
}
