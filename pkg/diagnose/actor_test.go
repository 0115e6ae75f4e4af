package diagnose_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// uncovered is a world in which GuardDuty still lists everything as uncovered.
var uncovered = healthy.with(world{"guardduty:ListCoverage": listed("No Agent Reporting")})

// withoutAddon is one in which the add-on is missing, and CloudTrail answers that.
func withoutAddon(answer diagnosetest.Answer) world {
	return uncovered.with(world{"eks:DescribeAddon": refuses("ResourceNotFoundException"), "cloudtrail:LookupEvents": answer})
}

// actors are the lines about actors.
func actors(evidence []coverage.Evidence) []string { return of(lines(evidence), []string{"actor"}) }

// TestEveryFormOfIdentity reads who requested the change, and says no more than the setting allows.
func TestEveryFormOfIdentity(t *testing.T) {
	tests := map[string]struct{ identity, role, full string }{
		"a permission set":             {bySSO, `by="permission-set" name="PlatformAdmin"`, `by="permission-set" name="PlatformAdmin" session="jane.doe@example.com"`},
		"a role":                       {byTerraform, `by="role" name="terraform"`, `by="role" name="terraform" session="repo-acme-infra"`},
		"a role of an instance":        {byInstance, `by="role" name="web"`, `by="role" name="web" session="i-0aaaabbbbccccdddd"`},
		"a role without a name":        {byNamelessRole, `by="role"`, `by="role"`},
		"a role of another account":    {fromElsewhere, `account="999988887777" by="role" name="deploy"`, `account="999988887777" by="role" name="deploy" session="s"`},
		"a role of a product":          {byTheDelegate, `by="role" delegate="999988887777" name="product"`, `by="role" delegate="999988887777" name="product" session="s"`},
		"a hostile role":               {byHostileRole, `by="role" name="<!channel>"`, `by="role" name="<!channel>" session="<@U1>"`},
		"a user":                       {byAlice, `by="user"`, `by="user" name="alice"`},
		"a user, through a service":    {byAliceThroughCloudFormation, `by="user" through="cloudformation.amazonaws.com"`, `by="user" name="alice" through="cloudformation.amazonaws.com"`},
		"a user, through AWS":          {byAliceInternally, `by="user"`, `by="user" name="alice"`},
		"the root user":                {byRootUser, `by="root"`, `by="root"`},
		"a federated user":             {byFederatedUser, `by="federated-user"`, `by="federated-user" name="bob"`},
		"a user of SAML":               {bySAML, `by="federated-user"`, `by="federated-user" name="carol@example.com"`},
		"a user of Identity Center":    {byCenter, `by="identity-center-user"`, `by="identity-center-user" name="544894e8-80c1-707f-60e3-3ba6510dfac1"`},
		"another account":              {byAnotherOne, `by="account" name="999988887777"`, `by="account" name="999988887777"`},
		"a service":                    {byTheService, `by="service" name="autoscaling.amazonaws.com"`, `by="service" name="autoscaling.amazonaws.com"`},
		"a service without a type":     {byTheMarket, `by="service" name="ec2.amazonaws.com"`, `by="service" name="ec2.amazonaws.com"`},
		"a service's role":             {byScaling, `by="service" name="autoscaling.amazonaws.com"`, `by="service" name="autoscaling.amazonaws.com"`},
		"nobody that CloudTrail knows": {byTheUnknown, `by="unknown"`, `by="unknown"`},
		"nothing":                      {`null`, `by="unknown"`, `by="unknown"`},
		"an empty object":              {`{}`, `by="unknown"`, `by="unknown"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for setting, want := range map[diagnose.Actor]string{diagnose.ActorRole: test.role, diagnose.ActorFull: test.full} {
				doctor, _ := startWith(t, withoutAddon(history(addonDeleted(test.identity))), diagnose.Settings{Actor: setting})
				got := actors(doctor.Diagnose(t.Context(), eksChange(), nil))
				var kept []string
				for _, line := range got {
					line = strings.NewReplacer(` event="DeleteAddon"`, "", ` id="`+recordID+`"`, "", ` object="aws-guardduty-agent"`, "",
						` region="eu-central-1"`, "", ` time="2026-03-02T01:31:05Z"`, "").Replace(line)
					kept = append(kept, line)
				}
				if diff := cmp.Diff([]string{"actor addon-deleted " + want}, kept); diff != "" {
					t.Errorf("with %s (-want +got):\n%s", setting, diff)
				}
			}
		})
	}
}

// TestOffAsksNothing compares with what is asked otherwise.
func TestOffAsksNothing(t *testing.T) {
	for _, setting := range []diagnose.Actor{"", diagnose.ActorOff} {
		doctor, fake := startWith(t, withoutAddon(history(addonDeleted(bySSO))), diagnose.Settings{Actor: setting})
		if got := actors(doctor.Diagnose(t.Context(), eksChange(), nil)); len(got) > 0 {
			t.Errorf("%q: %q", setting, got)
		}
		if asked := asked(fake); len(asked) > 0 {
			t.Errorf("%q: asked %q", setting, asked)
		}
	}
}

// asked are the questions to CloudTrail.
func asked(fake *diagnosetest.Fake) []string {
	var all []string
	for _, call := range fake.Calls() {
		if call.Action == "cloudtrail:LookupEvents" {
			all = append(all, call.Region+" "+call.Asked)
		}
	}
	return all
}

// TestOnlyWhatChangedTheResourceNames nobody else: each answer holds a record that could be taken for the change.
func TestOnlyWhatChangedTheResource(t *testing.T) {
	const nobody = `actor none hours="24"`
	at := func(moment time.Time) string { return `"` + moment.Format(time.RFC3339) + `"` }
	tests := map[string]string{
		"a request that was refused":             addonDeleted(bySSO, "errorCode", `"AccessDenied"`, "errorMessage", `"not authorized"`),
		"a request that failed":                  addonDeleted(bySSO, "errorMessage", `"no"`),
		"a request that failed in its answer":    addonDeleted(bySSO, "responseElements", `{"errorCode":"ResourceInUse"}`),
		"a request that only reads":              addonDeleted(bySSO, "readOnly", `true`),
		"a request that only reads, as a text":   addonDeleted(bySSO, "readOnly", `"true"`),
		"another add-on":                         addonDeleted(bySSO, "requestParameters", `{"name":"shop","addonName":"vpc-cni"}`),
		"another cluster":                        addonDeleted(bySSO, "requestParameters", `{"name":"shop2","addonName":"aws-guardduty-agent"}`),
		"a cluster of that name of another kind": addonDeleted(bySSO, "eventSource", `"ecs.amazonaws.com"`),
		"a cluster of that name elsewhere":       addonDeleted(bySSO, "awsRegion", `"us-east-1"`),
		"a cluster of that name, not one's own":  addonDeleted(bySSO, "recipientAccountId", `"444455556666"`),
		"another operation":                      addonDeleted(bySSO, "eventName", `"DescribeAddon"`),
		"after the loss":                         addonDeleted(bySSO, "eventTime", at(lostAt.Add(2*time.Minute))),
		"from the future":                        addonDeleted(bySSO, "eventTime", `"2096-03-02T01:31:05Z"`),
		"long before the loss":                   addonDeleted(bySSO, "eventTime", at(lostAt.Add(-25*time.Hour))),
		"without a time":                         addonDeleted(bySSO, "eventTime", ""),
		"at no time":                             addonDeleted(bySSO, "eventTime", `"yesterday"`),
		"without parameters":                     addonDeleted(bySSO, "requestParameters", `null`),
		"the name in another place":              addonDeleted(bySSO, "requestParameters", `{"tags":{"x":"shop"},"addonName":"aws-guardduty-agent"}`),
		"nested without end":                     addonDeleted(bySSO, "requestParameters", strings.Repeat(`{"name":`, 500)+`"shop"`+strings.Repeat(`}`, 500)),
		"megabytes":                              addonDeleted(bySSO, "requestParameters", `{"name":"shop","addonName":"aws-guardduty-agent","x":"`+strings.Repeat("y", 1<<20)+`"}`),
		"no record":                              `[]`,
		"no JSON":                                `<html>`,
		"nothing":                                ``,
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, _ := start(t, withoutAddon(history(r)), diagnose.Role{})
			if diff := cmp.Diff([]string{nobody}, actors(doctor.Diagnose(t.Context(), eksChange(), nil))); diff != "" {
				t.Errorf("actors (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLongParametersAreRead: CloudTrail cuts them at 100 KB.
func TestLongParametersAreRead(t *testing.T) {
	r := addonDeleted(byTerraform, "requestParameters", `{"configurationValues":"`+strings.Repeat("y", 100<<10)+`","name":"shop","addonName":"aws-guardduty-agent"}`)
	doctor, _ := start(t, withoutAddon(history(r)), diagnose.Role{})
	got := doctor.Diagnose(t.Context(), eksChange(), nil)
	if lines := actors(got); len(lines) != 1 || !strings.Contains(lines[0], `name="terraform"`) {
		t.Errorf("actors: %q", lines)
	}
	for _, e := range got {
		for key, value := range e.Values {
			if len(value) > 1000 {
				t.Errorf("%s of %s has %d bytes", key, e.Check, len(value))
			}
		}
	}
}

// TestWhereNothingIsFound says so, and whether to look again.
func TestWhereNothingIsFound(t *testing.T) {
	soon := eksChange()
	soon.ChangedAt = moment.Add(-5 * time.Minute)
	const again = ` look-again="2026-03-02T02:24:07Z"`
	tests := map[string]struct {
		change coverage.Change
		answer diagnosetest.Answer
		want   string
	}{
		"nothing":                   {eksChange(), history(), `actor none hours="24"`},
		"nothing yet":               {soon, history(), `actor pending hours="24"` + again},
		"pages without end":         {eksChange(), historyBefore("n"), `actor unread hours="24"`},
		"pages without end, soon":   {soon, historyBefore("n"), `actor unread hours="24"` + again},
		"denied":                    {soon, diagnosetest.Denied("cloudtrail:LookupEvents"), `actor denied action="cloudtrail:LookupEvents"`},
		"throttled":                 {eksChange(), refuses("ThrottlingException"), `actor failed action="cloudtrail:LookupEvents" reason="ThrottlingException"`},
		"throttled, soon":           {soon, refuses("ThrottlingException"), `actor failed action="cloudtrail:LookupEvents"` + again + ` reason="ThrottlingException"`},
		"broken":                    {eksChange(), says(`{"Events":[{"CloudTrailEvent":"{"}]}`), `actor none hours="24"`},
		"an event without a record": {eksChange(), says(`{"Events":[{}]}`), `actor none hours="24"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, fake := start(t, withoutAddon(test.answer), diagnose.Role{})
			got := doctor.Diagnose(t.Context(), test.change, nil)
			if diff := cmp.Diff([]string{test.want}, actors(got)); diff != "" {
				t.Errorf("actors (-want +got):\n%s", diff)
			}
			if again := !coverage.LookAgainAt(got).IsZero(); again != strings.Contains(test.want, "look-again") {
				t.Errorf("to be looked at again: %t", again)
			}
			if n := len(asked(fake)); n > 3 {
				t.Errorf("CloudTrail was asked %d times", n)
			}
		})
	}
}

// TestTheLastChangeCounts, also on a later page.
func TestTheLastChangeCounts(t *testing.T) {
	earlier := addonDeleted(byAlice, "eventTime", `"2026-03-02T01:00:00Z"`)
	w := withoutAddon(historyBefore("n1", addonDeleted(byAlice, "errorCode", `"AccessDenied"`)))
	w[`cloudtrail:LookupEvents {"EndTime":1772416800,"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"DeleteAddon"}],"NextToken":"n1","StartTime":1772326800}`] = history(earlier, addonDeleted(byTerraform), earlier)
	doctor, fake := start(t, w, diagnose.Role{})
	got := actors(doctor.Diagnose(t.Context(), eksChange(), nil))
	if len(got) != 1 || !strings.Contains(got[0], `name="terraform"`) {
		t.Errorf("actors: %q\nasked: %q", got, asked(fake))
	}
}

// TestNobodyIsLookedForWithoutACause, nor where GuardDuty covers the resource again.
func TestNobodyIsLookedForWithoutACause(t *testing.T) {
	for name, w := range map[string]world{
		"no cause":      uncovered,
		"covered again": withoutAddon(history(addonDeleted(bySSO))).with(world{"guardduty:ListCoverage": listed("")}),
	} {
		doctor, fake := start(t, w, diagnose.Role{})
		if got := actors(doctor.Diagnose(t.Context(), eksChange(), nil)); len(got)+len(asked(fake)) > 0 {
			t.Errorf("%s: %q, asked %q", name, got, asked(fake))
		}
	}
}

// TestExpectedActors are exactly those of the list.
func TestExpectedActors(t *testing.T) {
	for arn, want := range map[string]bool{
		"arn:aws:iam::111122223333:role/platform/terraform": true,
		"arn:aws:iam::111122223333:role/terraform":          false,
		"arn:aws:iam::111122223333:role/platform/*":         false,
		"": false,
	} {
		settings := diagnose.Settings{Actor: diagnose.ActorRole, Expected: []string{"arn:aws:iam::111122223333:role/other", arn}}
		doctor, _ := startWith(t, withoutAddon(history(addonDeleted(byTerraform))), settings)
		got := actors(doctor.Diagnose(t.Context(), eksChange(), nil))
		if len(got) != 1 || strings.Contains(got[0], `expected="true"`) != want {
			t.Errorf("%q: %q", arn, got)
		}
	}
	for _, identity := range []string{byAlice, byScaling, byTheUnknown, `null`} {
		settings := diagnose.Settings{Actor: diagnose.ActorRole, Expected: []string{"", "arn:aws:iam::111122223333:user/alice",
			"arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"}}
		doctor, _ := startWith(t, withoutAddon(history(addonDeleted(identity))), settings)
		if got := actors(doctor.Diagnose(t.Context(), eksChange(), nil)); slices.ContainsFunc(got, func(l string) bool { return strings.Contains(l, "expected") }) {
			t.Errorf("%q", got)
		}
	}
}
