package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"guardduty-coverage-notifier/pkg/aggregator/aggregatortest"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
)

// withInventory is that cloud with an account in which two instances run, and an aggregator.
func withInventory(
	t *testing.T, signIn func(context.Context) (aws.Config, error),
) func(context.Context) (aws.Config, error) {
	t.Helper()
	running := map[string]string{"configuration.state.name": "running"}
	one := aggregatortest.Resource{
		Account: "111122223333", Region: "eu-central-1", Type: "AWS::EC2::Instance", Properties: running,
	}
	records := &aggregatortest.Fake{Name: "organization", Resources: []aggregatortest.Resource{one, one, one}}
	described := func(call diagnosetest.Call) diagnosetest.Answer {
		return diagnosetest.Answer{Body: map[string]string{
			"sts:GetCallerIdentity": `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>` +
				`<Arn>arn:aws:iam::111122223333:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`,
			"ec2:DescribeInstances": `<DescribeInstancesResponse><reservationSet><item><instancesSet><item/><item/>` +
				`</instancesSet></item></reservationSet></DescribeInstancesResponse>`,
			"eks:ListClusters": `{"clusters":[]}`, "ecs:ListClusters": `{"clusterArns":[]}`,
		}[call.Action]}
	}
	return func(ctx context.Context) (aws.Config, error) {
		cloud, err := signIn(ctx)
		if err != nil {
			return aws.Config{}, err
		}
		target, err := url.Parse(aws.ToString(cloud.BaseEndpoint))
		if err != nil {
			return aws.Config{}, err
		}
		guardduty := httputil.NewSingleHostReverseProxy(target)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch signed := r.Header.Get("Authorization"); {
			case strings.Contains(signed, "/guardduty/"):
				guardduty.ServeHTTP(w, r)
			case strings.Contains(signed, "/config/"):
				records.ServeHTTP(w, r)
			default:
				call, err := diagnosetest.Read(r)
				if err != nil {
					t.Error(err)
				}
				described(call).Send(w, call)
			}
		}))
		t.Cleanup(server.Close)
		cloud.BaseEndpoint = &server.URL
		return cloud, nil
	}
}

func TestReportOfWhatExists(t *testing.T) {
	cloud := withInventory(t, fakeCloud(t, "eu-central-1", map[string]guarddutytest.Region{
		"eu-central-1": guarddutytest.List(guarddutytest.Resource{
			AccountID: "111122223333", Status: "HEALTHY",
			Details: guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{InstanceID: "i-1"}},
		}),
	}))
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"this account":       {[]string{"--inventory"}, []string{"What exists: account 111122223333", "1 resource that GuardDuty can cover is not listed."}},
		"the organization":   {[]string{"--aggregator", "organization"}, []string{"the organization, by AWS Config", "2 resources that GuardDuty can cover are not listed."}},
		"in another Region":  {[]string{"--aggregator", "organization@us-east-1"}, []string{"2 resources that GuardDuty"}},
		"no such aggregator": {[]string{"--aggregator", "another"}, []string{"another: The configuration aggregator does not exist."}},
	} {
		t.Run(name, func(t *testing.T) {
			got := startReport(t, "", cloud, append(test.args, "--color", "never")...)
			for _, want := range test.want {
				if shown := strings.Join(strings.Fields(got.stdout), " "); got.code != exitFine ||
					!strings.Contains(shown, want) {
					t.Errorf("exit code %d, no %q in\n%s%s", got.code, want, got.stdout, got.stderr)
				}
			}
		})
	}
}

func TestInventoryFlagsThatContradict(t *testing.T) {
	for name, args := range map[string][]string{
		"a saved answer": {"--inventory", "--file", "-"}, "a saved answer and an aggregator": {"--aggregator", "a", "--file", "-"},
		"both": {"--inventory", "--aggregator", "a"}, "no Region": {"--aggregator", "a@Frankfurt"}, "no name": {"--aggregator", "@us-east-1"},
	} {
		if got := startReport(t, "", nil, args...); got.code != exitUsage ||
			!strings.Contains(got.stderr, "--aggregator") {
			t.Errorf("%s: exit code %d, %q", name, got.code, got.stderr)
		}
	}
}
