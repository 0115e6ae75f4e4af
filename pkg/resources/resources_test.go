package resources_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/resources"
)

const (
	own    = "111122223333"
	eu, us = "eu-central-1", "us-east-1"
)

// world answers by action; an action in a Region goes before.
type world map[string]string

// denied is an answer that refuses.
const denied = "denied"

func (w world) answer(call diagnosetest.Call) diagnosetest.Answer {
	for _, name := range []string{
		call.Region + " " + call.Action + " " + call.Asked, call.Action + " " + call.Asked, call.Region + " " + call.Action,
		call.Action,
	} {
		switch body, ok := w[name]; {
		case ok && body == denied:
			return diagnosetest.Denied(call.Action)
		case ok:
			return diagnosetest.Answer{Body: body}
		}
	}
	return diagnosetest.Answer{Body: map[string]string{
		"ec2:DescribeInstances": instances(""), "eks:ListClusters": `{"clusters":[]}`, "ecs:ListClusters": `{"clusterArns":[]}`,
		"eks:ListFargateProfiles": `{"fargateProfileNames":[]}`,
	}[call.Action]}
}

// count counts in that world, in two Regions.
func count(t *testing.T, w world) (inventory.Found, []diagnosetest.Call) {
	t.Helper()
	fake := diagnosetest.New(w.answer)
	t.Cleanup(fake.Close)
	counter := resources.New(aws.Config{
		BaseEndpoint: aws.String(fake.URL()), HTTPClient: fake.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(
					func(int, error) (time.Duration, error) { return 0, nil },
				)
			})
		},
	})
	found := counter.Count(t.Context(), own, []string{eu, us})
	byKey := func(a, b inventory.Apart) int { return strings.Compare(string(a.Reason), string(b.Reason)) }
	slices.SortFunc(found.Apart, byKey)
	return found, fake.Calls()
}

// instances is a page (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html).
func instances(next string, items ...string) string {
	var b strings.Builder
	b.WriteString(`<DescribeInstancesResponse><reservationSet>`)
	for i, item := range items {
		fmt.Fprintf(
			&b,
			`<item><instancesSet><item><instanceId>i-%d</instanceId>%s</item></instancesSet></item>`,
			i,
			item,
		)
	}
	b.WriteString(`</reservationSet>`)
	if next != "" {
		b.WriteString(`<nextToken>` + next + `</nextToken>`)
	}
	b.WriteString(`</DescribeInstancesResponse>`)
	return b.String()
}

func tagged(key string) string {
	return `<tagSet><item><key>` + key + `</key><value>shop</value></item></tagSet>`
}

func managedBy(principal string) string {
	return `<operator><managed>true</managed><principal>` + principal + `</principal></operator>`
}

func key(region string, kind coverage.Kind) inventory.Key {
	return inventory.Key{Account: own, Region: region, Kind: kind}
}

func TestCount(t *testing.T) {
	const running = "Filter.1.Name=instance-state-name&Filter.1.Value.1=running&MaxResults=1000"
	found, calls := count(t, world{
		eu + " ec2:DescribeInstances": instances(
			"more",
			"",
			"<platform>windows</platform>",
			tagged("kubernetes.io/cluster/shop"),
		),
		eu + " ec2:DescribeInstances " + running + "&NextToken=more": instances(
			"",
			"",
			tagged("aws:eks:cluster-name"),
			tagged("Name"),
			managedBy("ecs.amazonaws.com"),
			managedBy("eks.amazonaws.com"),
		),
		eu + " eks:ListClusters":                                               `{"clusters":["shop","edge","far"],"nextToken":"more"}`,
		eu + " eks:ListClusters /clusters?nextToken=more":                      `{"clusters":["late"]}`,
		"eks:DescribeCluster":                                                  `{"cluster":{"name":"late","status":"ACTIVE"}}`,
		"eks:DescribeCluster /clusters/shop":                                   `{"cluster":{"name":"shop","status":"ACTIVE"}}`,
		"eks:DescribeCluster /clusters/edge":                                   `{"cluster":{"name":"edge","outpostConfig":{"outpostArns":["a"],"controlPlaneInstanceType":"m5"}}}`,
		"eks:DescribeCluster /clusters/far":                                    `{"cluster":{"name":"far","remoteNetworkConfig":{"remoteNodeNetworks":[{"cidrs":["10.0.0.0/8"]}]}}}`,
		"eks:ListFargateProfiles":                                              `{"fargateProfileNames":[]}`,
		"eks:ListFargateProfiles /clusters/shop/fargate-profiles?maxResults=1": `{"fargateProfileNames":["default"]}`,
		us + " ecs:ListClusters":                                               `{"clusterArns":["arn:1","arn:2","arn:3"]}`,
		us + " ecs:DescribeClusters":                                           `{"clusters":[{"runningTasksCount":4},{"registeredContainerInstancesCount":1},{}]}`,
	})
	want := inventory.Found{
		Account: own,
		Counts: map[inventory.Key]inventory.Count{
			key(eu, coverage.EC2): {
				Exists:    8,
				Coverable: 3,
			}, key(eu, coverage.EKS): {Exists: 4, Coverable: 3}, key(eu, coverage.ECS): {},
			key(us, coverage.EC2): {}, key(us, coverage.EKS): {}, key(us, coverage.ECS): {Exists: 3, Coverable: 2},
		},
		Apart: []inventory.Apart{
			{Key: key(us, coverage.ECS), Reason: inventory.Idle, Total: 1},
			{Key: key(eu, coverage.EC2), Reason: inventory.ManagedInstances, Total: 1},
			{Key: key(eu, coverage.EKS), Reason: inventory.FargatePods, Total: 1},
			{Key: key(eu, coverage.EKS), Reason: inventory.HybridNodes, Total: 1},
			{Key: key(eu, coverage.EC2), Reason: inventory.Nodes, Total: 3},
			{Key: key(eu, coverage.EKS), Reason: inventory.OnOutpost, Total: 1},
			{Key: key(eu, coverage.EC2), Reason: inventory.Windows, Total: 1},
		},
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, call := range calls {
		if call.Action == "ec2:DescribeInstances" && !strings.Contains(call.Asked, running) {
			t.Errorf("it asks for %s", call.Asked)
		}
	}
}

// TestWhatCannotBeCountedIsNamed, kind by kind and Region by Region; the others are counted.
func TestWhatCannotBeCountedIsNamed(t *testing.T) {
	found, _ := count(t, world{
		us + " ec2:DescribeInstances": denied, eu + " eks:ListClusters": `{"clusters":["shop"]}`, "eks:DescribeCluster": denied,
		us + " ecs:ListClusters": `{"clusterArns":["arn:1"]}`, "ecs:DescribeClusters": denied,
	})
	var gaps []string
	for _, gap := range found.Gaps {
		gaps = append(gaps, fmt.Sprint(gap.Account, " ", gap.Region, " ", gap.Kind, " ", gap.Detail))
	}
	slices.Sort(gaps)
	want := []string{
		"111122223333 eu-central-1 EKS The request eks:DescribeCluster is refused.",
		"111122223333 us-east-1 EC2 The request ec2:DescribeInstances is refused.",
		"111122223333 us-east-1 ECS The request ecs:DescribeClusters is refused.",
	}
	if diff := cmp.Diff(want, gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if len(found.Counts) != 3 {
		t.Errorf("counted %v", found.Counts)
	}
}

// TestClusterThatIsGone was deleted between two requests.
func TestClusterThatIsGone(t *testing.T) {
	fake := diagnosetest.New(func(call diagnosetest.Call) diagnosetest.Answer {
		if call.Action == "eks:DescribeCluster" {
			return diagnosetest.Answer{Code: "ResourceNotFoundException", Status: 404}
		}
		return world{"eks:ListClusters": `{"clusters":["gone"]}`}.answer(call)
	})
	defer fake.Close()
	found := resources.New(aws.Config{
		BaseEndpoint: aws.String(fake.URL()), HTTPClient: fake.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}).Count(t.Context(), own, []string{eu})
	if got, counted := found.Counts[key(eu, coverage.EKS)]; !counted || got.Exists != 0 ||
		len(found.Gaps) > 0 {
		t.Errorf("%+v, gaps %v", got, found.Gaps)
	}
}
