package template_test

import (
	"maps"
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
		"docs/diagnosis.md":                  told,
		"member-role.yaml":                   looks(grants(t, templatetest.New(t, "../member-role.yaml", nil), "DiagnosisRole")),
		"template.yaml, to DiagnoseFunction": looks(grants(t, own, "DiagnoseRole")),
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

// TestDiagnoseRoleMayOnlyRead: besides what every function may do, it looks; and at other accounts only when it has to.
func TestDiagnoseRoleMayOnlyRead(t *testing.T) {
	withoutActors := map[string]statement{
		"Log":   {Action: "logs:CreateLogStream logs:PutLogEvents", Resource: "<DiagnoseLogGroup.Arn>"},
		"Trace": {Action: "xray:PutTraceSegments xray:PutTelemetryRecords", Resource: "*"},
		// Which actions those are, TestDiagnosisMayDoWhatItDoes says.
		"Look":           {Action: grants(t, newStack(t, nil), "DiagnoseRole")["Look"].Action, Resource: "*"},
		"LookAtDetector": {Action: "guardduty:GetDetector guardduty:GetAdministratorAccount guardduty:ListCoverage", Resource: "arn:aws:guardduty:*:111122223333:detector/*"},
	}
	usual := maps.Clone(withoutActors)
	usual["LookForActor"] = statement{Action: "cloudtrail:LookupEvents", Resource: "*"}
	elsewhere := maps.Clone(usual)
	elsewhere["LookElsewhere"] = statement{
		Action: "sts:AssumeRole", Resource: "arn:aws:iam::*:role/look", Condition: "StringEquals aws:ResourceOrgID ${aws:PrincipalOrgID}",
	}
	for name, test := range map[string]struct {
		parameters map[string]string
		want       map[string]statement
	}{
		"as usual":          {map[string]string{}, usual},
		"without actors":    {map[string]string{"Actor": "off"}, withoutActors},
		"in other accounts": {map[string]string{"DiagnosisRoleName": "look"}, elsewhere},
	} {
		test.parameters["Diagnosis"] = "on"
		if diff := cmp.Diff(test.want, grants(t, newStack(t, test.parameters), "DiagnoseRole")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestNotifierMayNotLook keeps what the diagnosis reads, and other accounts, out of reach of the roles that may read the
// Slack secret, whatever is configured.
func TestNotifierMayNotLook(t *testing.T) {
	s := newStack(t, map[string]string{
		"SlackSecret": "/slack", "SnsTopicArn": topic, "Diagnosis": "on", "DiagnosisRoleName": "look", "DiagnosisExternalId": "o-1",
		"Routes": "routes", "RouteSecretArns": "arn:aws:ssm:eu-central-1:111122223333:parameter/a", "RouteTopicArns": topic,
		"KmsKeyArn": "arn:aws:kms:eu-central-1:111122223333:key/1", "RouteKmsKeyArns": "arn:aws:kms:eu-central-1:111122223333:key/1",
	})
	var services []string
	for _, granted := range grants(t, s, "NotifyRole") {
		for action := range strings.FieldsSeq(granted.Action) {
			service, _, _ := strings.Cut(action, ":")
			services = append(services, service)
		}
	}
	slices.Sort(services)
	want := []string{"dynamodb", "kms", "lambda", "logs", "secretsmanager", "sns", "sqs", "ssm", "xray"}
	if diff := cmp.Diff(want, slices.Compact(services)); diff != "" {
		t.Errorf("services of NotifyRole (-want +got):\n%s", diff)
	}
	if secrets := words(s.At("Resources", "NotifyPolicy", "Properties", "Roles")); strings.Contains(secrets, "DiagnoseRole") {
		t.Errorf("what notifying takes is granted to %s", secrets)
	}
}

func TestWithoutDiagnosisThereIsNoFunction(t *testing.T) {
	leavesOut(t, newStack(t, nil), "Diagnoses", "DiagnoseFunction", "DiagnoseLogGroup", "DiagnoseRole")
	const setting = "DIAGNOSE_FUNCTION"
	for diagnosis, want := range map[string]any{"off": "", "on": "<DiagnoseFunction>"} {
		s := newStack(t, map[string]string{"Diagnosis": diagnosis})
		if got := s.At("Resources", "NotifyFunction", "Properties", "Environment", "Variables", setting); got != want {
			t.Errorf("Diagnosis %s: %s is %v", diagnosis, setting, got)
		}
	}
}

// TestDiagnoseFunctionEndsSoon: it has to end soon after the notifier has stopped waiting for it.
func TestDiagnoseFunctionEndsSoon(t *testing.T) {
	const patience = 5 // seconds
	if got := number(t, newStack(t, nil), "Resources", "DiagnoseFunction", "Properties", "Timeout"); got <= patience || got > 2*patience {
		t.Errorf("it may take %d s", got)
	}
}

func TestMemberRoleTrustsTheDiagnosisAlone(t *testing.T) {
	const principal = "Condition ArnLike aws:PrincipalArn arn:aws:iam::999988887777:role/guardduty-coverage-notifier-DiagnoseRole-* "
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
