// Package resources counts the clusters and instances that exist in one account.
package resources

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"

	"guardduty-coverage-notifier/pkg/awserror"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/inventory"
)

const (
	// regionsAtOnce is how many Regions are read at a time.
	regionsAtOnce = 4
	// instancesAtOnce is how many instances a page has at most, clustersAtOnce how many ECS clusters
	// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html,
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html).
	instancesAtOnce = 1000
	clustersAtOnce  = 100
)

// Counter asks EC2, EKS and ECS, with one set of credentials.
type Counter struct {
	cloud aws.Config
}

// New returns a Counter that connects as cloud says.
func New(cloud aws.Config) *Counter { return &Counter{cloud} }

// Count counts what exists in the account of the credentials, which is account, in these Regions. What cannot be
// counted is a gap.
func (c *Counter) Count(ctx context.Context, account string, regions []string) inventory.Found {
	found := inventory.Found{Account: account, Counts: make(map[inventory.Key]inventory.Count)}
	waiting := make(chan string, len(regions))
	for _, region := range regions {
		waiting <- region
	}
	close(waiting)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range min(len(regions), regionsAtOnce) {
		workers.Go(func() {
			for region := range waiting {
				for _, one := range c.region(ctx, account, region) {
					mu.Lock()
					one.addTo(&found)
					mu.Unlock()
				}
			}
		})
	}
	workers.Wait()
	return found
}

// tally is what was counted of one kind in one Region.
type tally struct {
	key    inventory.Key
	exists int
	apart  map[inventory.Reason]int
	err    error
}

// setApart counts one for a reason. uncovered says that GuardDuty cannot cover it, or counts it elsewhere.
func (t *tally) setApart(reason inventory.Reason) { t.apart[reason]++ }

func (t tally) addTo(found *inventory.Found) {
	if t.err != nil {
		found.Gaps = append(found.Gaps, inventory.Gap{
			Kind: t.key.Kind, Account: t.key.Account, Region: t.key.Region, Detail: awserror.Said(t.err),
		})
		return
	}
	coverable := t.exists
	for reason, n := range t.apart {
		found.Apart = append(found.Apart, inventory.Apart{Key: t.key, Reason: reason, Total: n})
		if reason != inventory.FargatePods && reason != inventory.HybridNodes {
			coverable -= n
		}
	}
	found.Counts[t.key] = inventory.Count{Exists: t.exists, Coverable: coverable}
}

func (c *Counter) region(ctx context.Context, account, region string) []tally {
	cloud := c.cloud.Copy()
	cloud.Region = region
	count := func(kind coverage.Kind, ask func(context.Context, aws.Config, *tally) error) tally {
		t := tally{
			key: inventory.Key{
				Account: account,
				Region:  region,
				Kind:    kind,
			}, apart: make(map[inventory.Reason]int),
		}
		t.err = ask(ctx, cloud, &t)
		return t
	}
	return []tally{
		count(coverage.EC2, countInstances), count(coverage.EKS, countEKS), count(coverage.ECS, countECS),
	}
}

// countInstances counts those that run.
func countInstances(ctx context.Context, cloud aws.Config, t *tally) error {
	pages := ec2.NewDescribeInstancesPaginator(ec2.NewFromConfig(cloud), &ec2.DescribeInstancesInput{
		Filters:    []ec2types.Filter{{Name: aws.String("instance-state-name"), Values: []string{"running"}}},
		MaxResults: aws.Int32(instancesAtOnce),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, reservation := range page.Reservations {
			for _, instance := range reservation.Instances {
				t.exists++
				if reason := reasonOf(instance); reason != "" {
					t.setApart(reason)
				}
			}
		}
	}
	return nil
}

// reasonOf is why an instance does not count as one. EC2 fills Platform for Windows only, and names who manages an
// instance that an operator does
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html).
func reasonOf(instance ec2types.Instance) inventory.Reason {
	operator := ""
	if instance.Operator != nil {
		operator = aws.ToString(instance.Operator.Principal)
	}
	switch {
	case strings.EqualFold(string(instance.Platform), string(ec2types.PlatformValuesWindows)):
		return inventory.Windows
	case strings.HasPrefix(operator, "ecs."):
		return inventory.ManagedInstances
	case strings.HasPrefix(operator, "eks."), slices.ContainsFunc(instance.Tags, isNodeTag):
		return inventory.Nodes
	}
	return ""
}

// isNodeTag knows the tags of nodes of EKS clusters: of self-managed nodes and node groups, of node groups, and of EKS
// Auto Mode
// (https://docs.aws.amazon.com/eks/latest/userguide/worker.html,
// https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html,
// https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html).
func isNodeTag(tag ec2types.Tag) bool {
	key := aws.ToString(tag.Key)
	return strings.HasPrefix(key, "kubernetes.io/cluster/") || key == "aws:eks:cluster-name" ||
		key == "eks:eks-cluster-name"
}

func countEKS(ctx context.Context, cloud aws.Config, t *tally) error {
	client := eks.NewFromConfig(cloud)
	for pages := eks.NewListClustersPaginator(client, &eks.ListClustersInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, name := range page.Clusters {
			out, err := client.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &name})
			if _, gone := errors.AsType[*ekstypes.ResourceNotFoundException](err); gone {
				continue
			}
			if err != nil {
				return err
			}
			t.exists++
			if err := t.cluster(ctx, client, out.Cluster); err != nil {
				return err
			}
		}
	}
	return nil
}

// cluster sees what of an EKS cluster GuardDuty does not
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html).
func (t *tally) cluster(ctx context.Context, client *eks.Client, cluster *ekstypes.Cluster) error {
	if cluster == nil {
		return nil
	}
	if cluster.OutpostConfig != nil {
		t.setApart(inventory.OnOutpost)
		return nil
	}
	if cluster.RemoteNetworkConfig != nil {
		t.setApart(inventory.HybridNodes)
	}
	profiles, err := client.ListFargateProfiles(ctx, &eks.ListFargateProfilesInput{
		ClusterName: cluster.Name, MaxResults: aws.Int32(1),
	})
	if err != nil {
		return err
	}
	if len(profiles.FargateProfileNames) > 0 {
		t.setApart(inventory.FargatePods)
	}
	return nil
}

func countECS(ctx context.Context, cloud aws.Config, t *tally) error {
	client := ecs.NewFromConfig(cloud)
	for pages := ecs.NewListClustersPaginator(client, &ecs.ListClustersInput{
		MaxResults: aws.Int32(clustersAtOnce),
	}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		if len(page.ClusterArns) == 0 {
			continue
		}
		out, err := client.DescribeClusters(ctx, &ecs.DescribeClustersInput{Clusters: page.ClusterArns})
		if err != nil {
			return err
		}
		for _, cluster := range out.Clusters {
			t.exists++
			if cluster.RunningTasksCount == 0 && cluster.RegisteredContainerInstancesCount == 0 {
				t.setApart(inventory.Idle)
			}
		}
	}
	return nil
}
