package diagnose_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// TestWhatCannotBeAskedIsEvidence lets one operation after the other go wrong.
func TestWhatCannotBeAskedIsEvidence(t *testing.T) {
	kinds := map[string]coverage.Change{
		"eks": eksChange(), "ec2": ec2Change(), "ecs": ecsChange(serviceIssue, taskIssue), "ecs-tasks": ecsChange(),
	}
	alternatives := map[string]world{
		"eks:ListFargateProfiles":           {"ec2:DescribeInstances": instances()},
		"cloudtrail:LookupEvents":           withoutAddon(history()),
		"guardduty:GetAdministratorAccount": uncovered.with(world{"guardduty:GetDetector": detector("ENABLED", "RUNTIME_MONITORING", "DISABLED", "DISABLED")}),
		"ssm:ListAssociations":              {"ssm:DescribeInstanceAssociationsStatus": says(`{"InstanceAssociationStatusInfos":[]}`)},
	}
	met := make(map[string]bool)
	for kind, change := range kinds {
		for action := range healthy {
			action, _, _ = strings.Cut(action, " ")
			for name, fault := range map[string]struct {
				answer diagnosetest.Answer
				want   string
			}{
				"denied":    {diagnosetest.Denied(action), ` denied action="` + action + `"`},
				"throttled": {refuses("ThrottlingException"), ` failed action="` + action + `" reason="ThrottlingException"`},
				"broken":    {diagnosetest.Answer{Body: "<html>{"}, ` failed action="` + action + `" reason="`},
			} {
				w := healthy.with(alternatives[action])
				for key := range w {
					if of, _, _ := strings.Cut(key, " "); of == action {
						w[key] = fault.answer
					}
				}
				doctor, fake := start(t, w, diagnose.Role{})
				got := lines(doctor.Diagnose(t.Context(), change, nil))
				if !slices.ContainsFunc(fake.Calls(), func(c diagnosetest.Call) bool { return c.Action == action }) {
					continue
				}
				met[action] = true
				count := 0
				for _, line := range got {
					if strings.Contains(line, fault.want) {
						count++
					}
					if strings.Contains(line, "NotInThisWorld") {
						t.Errorf("%s, %s %s: %s", kind, action, name, line)
					}
				}
				if count != 1 {
					t.Errorf("%s, %s %s: told %d times in\n%s", kind, action, name, count, strings.Join(got, "\n"))
				}
				if len(got) == 1 != (action == "sts:GetCallerIdentity") {
					t.Errorf("%s, %s %s: told in all\n%s", kind, action, name, strings.Join(got, "\n"))
				}
			}
		}
	}
	for action := range healthy {
		if action, _, _ = strings.Cut(action, " "); !met[action] && action != "sts:AssumeRole" {
			t.Errorf("%s is never called", action)
		}
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	tests := map[string]struct {
		answer diagnosetest.Answer
		want   string
	}{
		"not allowed, as EC2 says it":    {refuses("UnauthorizedOperation"), "denied"},
		"not allowed, as others say it":  {refuses("AccessDeniedException"), "denied"},
		"not allowed, as STS says it":    {refuses("AccessDenied"), "denied"},
		"not allowed, by its status":     {diagnosetest.Answer{Code: "SomethingElse", Status: 403}, "denied"},
		"a Region that is not enabled":   {diagnosetest.Answer{Code: "UnrecognizedClientException", Status: 403}, `failed reason="UnrecognizedClientException"`},
		"the same, as EC2 says it":       {diagnosetest.Answer{Code: "AuthFailure", Status: 401}, `failed reason="AuthFailure"`},
		"credentials that have expired":  {diagnosetest.Answer{Code: "ExpiredTokenException", Status: 403}, `failed reason="ExpiredTokenException"`},
		"an error of the service's own":  {diagnosetest.Answer{Code: "ServerException", Status: 500}, `failed reason="ServerException"`},
		"a request that is not accepted": {refuses("InvalidParameterException"), `failed reason="InvalidParameterException"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, _ := start(t, healthy.with(world{"eks:DescribeCluster": test.answer}), diagnose.Role{})
			got := lines(doctor.Diagnose(t.Context(), eksChange(), nil))
			want := "eks-cluster " + strings.Replace(test.want, "failed", `failed action="eks:DescribeCluster"`, 1)
			if test.want == "denied" {
				want += ` action="eks:DescribeCluster"`
			}
			if got[0] != want {
				t.Errorf("got %s, want %s", got[0], want)
			}
		})
	}
}

// TestAnOddAnswerIsNoProof that something is gone: people would be told that there is nothing to do.
func TestAnOddAnswerIsNoProof(t *testing.T) {
	tests := map[string]struct {
		change  coverage.Change
		changes world
		want    string
	}{
		"EKS":                      {eksChange(), world{"eks:DescribeCluster": says(`{}`)}, `eks-cluster failed action="eks:DescribeCluster" reason="the answer is empty"`},
		"add-on":                   {eksChange(), world{"eks:DescribeAddon": says(`{}`)}, `eks-addon failed action="eks:DescribeAddon" reason="the answer is empty"`},
		"EC2":                      {ec2Change(), world{"ec2:DescribeInstances": instances()}, `ec2-instance failed action="ec2:DescribeInstances" reason="the answer is empty"`},
		"ECS":                      {ecsChange(), world{"ecs:DescribeClusters": says(`{"clusters":[],"failures":[]}`)}, `ecs-cluster failed action="ecs:DescribeClusters" reason="the answer is empty"`},
		"EC2, without a state":     {ec2Change(), world{"ec2:DescribeInstances": instances("<instanceId>i-0123456789abcdef0</instanceId>")}, `ec2-instance failed action="ec2:DescribeInstances" reason="the answer is empty"`},
		"services":                 {ecsChange(serviceIssue), world{"ecs:DescribeServices": says(`{}`)}, `ecs-service failed action="ecs:DescribeServices" reason="the answer is empty"`},
		"managed without end":      {ec2Change(), world{"ssm:DescribeInstanceInformation": says(`{"NextToken":"n"}`)}, `ec2-ssm failed action="ssm:DescribeInstanceInformation" reason="the answer has too many pages"`},
		"nodes without end":        {eksChange(), world{"ec2:DescribeInstances": says(`<DescribeInstancesResponse><nextToken>n</nextToken></DescribeInstancesResponse>`)}, `eks-nodes failed action="ec2:DescribeInstances" reason="the answer has too many pages"`},
		"associations without end": {ec2Change(), world{"ssm:DescribeInstanceAssociationsStatus": says(`{"NextToken":"n"}`)}, `ec2-association failed action="ssm:DescribeInstanceAssociationsStatus" reason="the answer has too many pages"`},
		"ECS, for another reason":  {ecsChange(), world{"ecs:DescribeClusters": says(`{"clusters":[],"failures":[{"reason":"ACCESS_DENIED"}]}`)}, `ecs-cluster failed action="ecs:DescribeClusters" reason="the answer is empty"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, _ := start(t, healthy.with(test.changes), diagnose.Role{})
			if got := lines(doctor.Diagnose(t.Context(), test.change, nil)); !slices.Contains(got, test.want) {
				t.Errorf("evidence: %q", got)
			}
		})
	}
}

func TestOneReasonIsToldOnce(t *testing.T) {
	everything := func(answer diagnosetest.Answer) world {
		w := healthy.with(nil)
		for action := range w {
			if !strings.HasPrefix(action, "sts:") {
				w[action] = answer
			}
		}
		return w
	}
	tests := map[string]struct {
		world world
		want  []string
	}{
		"a Region that is not enabled": {everything(diagnosetest.Answer{Code: "UnrecognizedClientException", Status: 403}),
			[]string{`eks-cluster failed action="eks:DescribeCluster" reason="UnrecognizedClientException"`}},
		"nothing is allowed": {everything(diagnosetest.Answer{Code: "AccessDeniedException", Status: 403}), []string{
			`eks-cluster denied action="eks:DescribeCluster"`, `eks-addon denied action="eks:DescribeAddon"`,
			`guardduty-detector denied action="guardduty:ListDetectors"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, _ := start(t, test.world, diagnose.Role{})
			if diff := cmp.Diff(test.want, lines(doctor.Diagnose(t.Context(), eksChange(), nil))); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOtherAccountsAreLookedAtWithTheRole(t *testing.T) {
	role := diagnose.Role{Name: "coverage-look", ExternalID: "a/b=c"}
	doctor, fake := start(t, healthy.with(world{"ec2:DescribeVpcs": vpc(other, "10.0.0.0/16")}), role)
	if got := lines(doctor.Diagnose(t.Context(), in(other, eksChange()), nil)); len(got) != 13 || strings.Contains(strings.Join(got, ""), "action=") {
		t.Errorf("evidence: %q", got)
	}
	if got := lines(doctor.Diagnose(t.Context(), in(own, ec2Change()), nil)); len(got) != 13 {
		t.Errorf("evidence of the own account: %q", got)
	}
	assumed := 0
	for _, call := range fake.Calls() {
		switch call.Action {
		case "sts:GetCallerIdentity":
		case "sts:AssumeRole":
			assumed++
			want := "DurationSeconds=900&ExternalId=a/b=c&RoleArn=arn:aws:iam::444455556666:role/coverage-look&RoleSessionName=guardduty-coverage-notifier"
			if call.Key != ownKey || call.Asked != want {
				t.Errorf("%s assumes %s", call.Key, call.Asked)
			}
		default:
			if ofEKS := strings.HasPrefix(call.Action, "eks:"); ofEKS && call.Key != roleKey || strings.HasPrefix(call.Action, "ssm:") && call.Key != ownKey {
				t.Errorf("%s was asked with %s", call.Action, call.Key)
			}
		}
	}
	if assumed != 1 {
		t.Errorf("the role was assumed %d times", assumed)
	}
}

func TestOtherAccountsThatCannotBeReached(t *testing.T) {
	const arn = "arn:aws:iam::444455556666:role/coverage-look"
	tests := map[string]struct {
		role    diagnose.Role
		changes world
		want    string
	}{
		"no role":               {diagnose.Role{}, nil, `eks-cluster no-role action="sts:AssumeRole"`},
		"a role that refuses":   {diagnose.Role{Name: "coverage-look"}, world{"sts:AssumeRole": diagnosetest.Denied("sts:AssumeRole")}, `eks-cluster denied action="sts:AssumeRole" role="` + arn + `"`},
		"an STS that is broken": {diagnose.Role{Name: "coverage-look"}, world{"sts:AssumeRole": diagnosetest.Answer{Code: "InternalFailure", Status: 500}}, `eks-cluster failed action="sts:AssumeRole" reason="InternalFailure" role="` + arn + `"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, _ := start(t, healthy.with(test.changes), test.role)
			if diff := cmp.Diff([]string{test.want}, lines(doctor.Diagnose(t.Context(), in(other, eksChange()), nil))); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNobodyIsAskedAboutNothing: events can be made to say anything, and a Region becomes the name of a host.
func TestNobodyIsAskedAboutNothing(t *testing.T) {
	odd := map[string]func(*coverage.Resource){
		"a Region that is a host": func(r *coverage.Resource) { r.Region = "evil.example#" },
		"a Region of China":       func(r *coverage.Resource) { r.Region = "cn-north-1" },
		"no name":                 func(r *coverage.Resource) { r.Name = "" },
		"no account":              func(r *coverage.Resource) { r.Account = "../111122223333" },
		"an unknown kind":         func(r *coverage.Resource) { r.Kind = "LAMBDA" },
	}
	for name, spoil := range odd {
		t.Run(name, func(t *testing.T) {
			doctor, fake := start(t, healthy, diagnose.Role{Name: "a"})
			change := eksChange()
			spoil(&change.Resource)
			if got := doctor.Diagnose(t.Context(), change, nil); len(got) > 0 || len(fake.Calls()) > 0 {
				t.Errorf("%d calls, evidence %v", len(fake.Calls()), got)
			}
		})
	}
}

func TestValuesAreBounded(t *testing.T) {
	long := strings.Repeat("ö", 299) + "xy"
	doctor, _ := start(t, healthy.with(world{"eks:DescribeAddon": says(`{"addon":{"status":"DEGRADED","health":{"issues":[{"code":"A","message":"` + long + `"}]}}}`)}), diagnose.Role{})
	for _, e := range doctor.Diagnose(t.Context(), eksChange(), []string{"addon-issue-other"}) {
		if e.Check == "eks-addon" {
			if want := strings.Repeat("ö", 299) + "…"; e.Values["message"] != want {
				t.Errorf("message %q", e.Values["message"])
			}
			return
		}
	}
	t.Error("nothing is said of the add-on")
}

// FuzzAnswers lets AWS answer anything: nothing may panic, and nothing is longer than a message can bear.
func FuzzAnswers(f *testing.F) {
	for _, answer := range healthy {
		f.Add(answer.Body)
	}
	f.Add(`{"cluster":{},"addon":{"health":{"issues":[{}]}},"addons":[{"addonVersions":[{}]}],"clusters":[{}],"services":[{"serviceName":"web","deployments":[{}]}],"tasks":[{}],"taskArns":["a"],"detectorIds":[""],"features":[{}],"resources":[{}]}`)
	f.Add(`<A><vpcSet><item/></vpcSet><vpcEndpointSet><item><groupSet><item/></groupSet></item></vpcEndpointSet><reservationSet><item><instancesSet><item/></instancesSet></item></reservationSet></A>`)
	f.Add(`{"NextToken":"n","nextToken":"n"}`)
	f.Add(`<A><nextToken>n</nextToken></A>`)
	f.Fuzz(func(t *testing.T, body string) {
		w := world{"sts:GetCallerIdentity": healthy["sts:GetCallerIdentity"]}
		for action := range healthy {
			if action, _, _ = strings.Cut(action, " "); !strings.HasPrefix(action, "sts:") {
				w[action] = says(body)
			}
		}
		synctest.Test(t, func(t *testing.T) {
			client := &memoryClient{world: w}
			for _, change := range []coverage.Change{eksChange(), ec2Change(), belonging("eks"), ecsChange(serviceIssue, taskIssue), ecsChange()} {
				ctx, cancel := context.WithTimeout(t.Context(), limit)
				evidence := client.doctor().Diagnose(ctx, change, nil)
				cancel()
				if len(evidence) == 0 {
					t.Errorf("nothing is said of %s", change.Resource.Kind)
				}
				for _, e := range evidence {
					for key, value := range e.Values {
						if len([]rune(value)) > 300 {
							t.Errorf("%s %s: %s has %d characters", e.Check, e.Found, key, len([]rune(value)))
						}
					}
				}
			}
		})
	})
}
