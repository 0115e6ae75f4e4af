package aggregator_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/aggregator"
	"guardduty-coverage-notifier/pkg/aggregator/aggregatortest"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/inventory"
)

const (
	own, shop = "111122223333", "222233334444"
	eu, us    = "eu-central-1", "us-east-1"
)

// count asks the aggregator called organization about two Regions.
func count(t *testing.T, fake *aggregatortest.Fake) inventory.Found {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	counter := aggregator.New(aws.Config{
		Region: eu, BaseEndpoint: &server.URL, HTTPClient: server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(
					func(int, error) (time.Duration, error) { return 0, nil },
				)
			})
		},
	}, "organization")
	return counter.Count(t.Context(), own, []string{eu, us})
}

func instance(account, region, state, platform string, tagKeys ...string) aggregatortest.Resource {
	r := aggregatortest.Resource{
		Account: account, Region: region, Type: "AWS::EC2::Instance", TagKeys: tagKeys,
		Properties: map[string]string{"configuration.state.name": state},
	}
	if platform != "" {
		r.Properties["configuration.platform"] = platform
	}
	return r
}

func cluster(account, region, kind string) aggregatortest.Resource {
	return aggregatortest.Resource{Account: account, Region: region, Type: "AWS::" + kind + "::Cluster"}
}

func key(account, region string, kind coverage.Kind) inventory.Key {
	return inventory.Key{Account: account, Region: region, Kind: kind}
}

func records() []aggregatortest.Resource {
	return []aggregatortest.Resource{
		instance(
			own,
			eu,
			"running",
			"",
		), instance(own, eu, "running", "windows"), instance(own, eu, "stopped", "windows"),
		instance(own, eu, "running", "", "Name", "kubernetes.io/cluster/shop"),
		instance(own, eu, "running", "windows", "aws:eks:cluster-name", "kubernetes.io/cluster/shop"),
		instance(own, "ap-south-1", "running", ""), instance(shop, us, "stopped", ""),
		cluster(
			own,
			eu,
			"EKS",
		), cluster(own, eu, "EKS"), cluster(shop, us, "ECS"), cluster(shop, "ap-south-1", "ECS"),
	}
}

func TestCount(t *testing.T) {
	fake := &aggregatortest.Fake{Name: "organization", Resources: records(), Throttled: 2}
	got := count(t, fake)
	instances := key(own, eu, coverage.EC2)
	want := inventory.Found{
		Recorded: true,
		Counts: map[inventory.Key]inventory.Count{
			instances:                   {Exists: 4, Coverable: 1},
			key(shop, us, coverage.EC2): {},
			key(own, eu, coverage.EKS):  {Exists: 2, Coverable: 2},
			key(shop, us, coverage.ECS): {Exists: 1, Coverable: inventory.Unknown},
		},
		Apart: []inventory.Apart{
			{
				Key:    instances,
				Reason: inventory.Windows,
				Total:  2,
			}, {Key: instances, Reason: inventory.Nodes, Total: 2},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if calls := fake.Calls(); calls["SelectAggregateResourceConfig"] != 6 ||
		calls["DescribeConfigurationAggregatorSourcesStatus"] != 1 {
		t.Errorf("calls: %v", calls)
	}
}

func TestCountReadsEveryPage(t *testing.T) {
	fake := &aggregatortest.Fake{Name: "organization"}
	for i := range 1700 {
		fake.Resources = append(fake.Resources, cluster(fmt.Sprintf("%012d", i), eu, "EKS"))
	}
	for i := range 250 {
		fake.Sources = append(
			fake.Sources,
			aggregatortest.Source{Account: fmt.Sprintf("%012d", i), Region: eu, Status: "FAILED"},
		)
	}
	got := count(t, fake)
	if len(got.Counts) != 1700 || len(got.Gaps) != 250 {
		t.Errorf("%d counts, %d gaps", len(got.Counts), len(got.Gaps))
	}
	if calls := fake.Calls(); calls["SelectAggregateResourceConfig"] != 9 ||
		calls["DescribeConfigurationAggregatorSourcesStatus"] != 3 {
		t.Errorf("calls: %v", calls)
	}
}

func TestSourcesThatLagAreNamed(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	fake := &aggregatortest.Fake{Name: "organization", Resources: records(), Sources: []aggregatortest.Source{
		{Account: own, Region: eu, Status: "SUCCEEDED", UpdatedAt: at},
		{Account: shop, Region: us, Status: "OUTDATED", UpdatedAt: at},
		{Account: shop, Region: eu, Status: "FAILED", Error: "AccessDenied", UpdatedAt: at},
		{Account: shop, Region: "ap-south-1", Status: "FAILED", UpdatedAt: at},
	}}
	got := count(t, fake).Gaps
	for i := range got {
		got[i].At = got[i].At.UTC()
	}
	want := []inventory.Gap{
		{Account: shop, Region: us, Detail: "OUTDATED organization", At: at},
		{Account: shop, Region: eu, Detail: "FAILED AccessDenied", At: at},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	const selects, statuses = "SelectAggregateResourceConfig", "DescribeConfigurationAggregatorSourcesStatus"
	tests := map[string]struct {
		fake *aggregatortest.Fake
		gaps []inventory.Gap
		// counts is how many places are counted all the same.
		counts int
	}{
		"no such aggregator": {&aggregatortest.Fake{Name: "another"}, []inventory.Gap{
			{Detail: "organization: The configuration aggregator does not exist."},
		}, 0},
		"denied": {&aggregatortest.Fake{Denied: []string{selects}}, []inventory.Gap{
			{Detail: "organization: User is not authorized to perform: config:" + selects},
		}, 0},
		"no tags": {&aggregatortest.Fake{Refused: "tags.key"}, []inventory.Gap{
			{Kind: coverage.EC2, Detail: "organization: The syntax of the query is incorrect."},
		}, 4},
		"no clusters": {&aggregatortest.Fake{Refused: "AWS::EKS::Cluster"}, []inventory.Gap{
			{Kind: coverage.EKS, Detail: "organization: The syntax of the query is incorrect."},
			{Kind: coverage.ECS, Detail: "organization: The syntax of the query is incorrect."},
		}, 2},
		"no status": {&aggregatortest.Fake{Denied: []string{statuses}}, []inventory.Gap{
			{Detail: "organization: User is not authorized to perform: config:" + statuses},
		}, 4},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.fake.Name == "" {
				test.fake.Name = "organization"
			}
			test.fake.Resources = records()
			got := count(t, test.fake)
			if diff := cmp.Diff(test.gaps, got.Gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
			if len(got.Counts) != test.counts {
				t.Errorf("counted %v", got.Counts)
			}
			for place, count := range got.Counts {
				if place.Kind == coverage.EC2 &&
					(count.Coverable == inventory.Unknown) != (name == "no tags") {
					t.Errorf("%v: %+v", place, count)
				}
			}
		})
	}
}

// TestQueriesKeepToTheGrammar is about what the grammar of advanced queries does not have.
func TestQueriesKeepToTheGrammar(t *testing.T) {
	fake := &aggregatortest.Fake{Name: "organization", Resources: records()}
	count(t, fake)
	expressions := fake.Expressions()
	if len(expressions) != 6 {
		t.Errorf("%d queries", len(expressions))
	}
	for _, expression := range expressions {
		for _, word := range []string{" FROM ", " AS ", " JOIN ", " HAVING ", " NULL", "DISTINCT", "!="} {
			if strings.Contains(expression, word) {
				t.Errorf("%q has %q", expression, word)
			}
		}
	}
}
