package diagnose

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
)

func lookAtNodes(ctx context.Context, s *scene) ([]sight, error) {
	cluster, err := eksClusterOf(ctx, s)
	if err != nil || cluster == nil {
		return nil, err
	}
	// The name as EKS has it: one of an event could hold a filter's wildcards.
	name := aws.ToString(cluster.Name)
	for _, filter := range nodeFilters(name) {
		n, more, err := countNodes(ctx, s, filter)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			return judgeNodes(n, more, false), nil
		}
	}
	profiles, err := ask(ctx, s, "eks:ListFargateProfiles", eks.NewFromConfig, (*eks.Client).ListFargateProfiles,
		&eks.ListFargateProfilesInput{ClusterName: &name})
	if err != nil {
		return nil, err
	}
	return judgeNodes(0, false, len(profiles.FargateProfileNames) > 0), nil
}

// nodeFilters find the nodes of a cluster; any of them may find all or none. The first tag is on self-managed nodes,
// on those of managed node groups and on Karpenter's; EKS puts the second on its node groups', and the third on those
// of EKS Auto Mode
// (https://docs.aws.amazon.com/eks/latest/userguide/worker.html,
// https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html,
// https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html).
func nodeFilters(cluster string) []ec2types.Filter {
	return []ec2types.Filter{
		{Name: aws.String("tag-key"), Values: []string{"kubernetes.io/cluster/" + cluster}},
		{Name: aws.String("tag:aws:eks:cluster-name"), Values: []string{cluster}},
		{Name: aws.String("tag:eks:eks-cluster-name"), Values: []string{cluster}},
	}
}

// countNodes counts on the first page that has nodes; more says that there are others behind it. A page of filtered
// instances may be empty and not the last
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination).
func countNodes(ctx context.Context, s *scene, filter ec2types.Filter) (n int, more bool, err error) {
	const page = 100
	alive := ec2types.Filter{Name: aws.String("instance-state-name"), Values: []string{"pending", "running"}}
	in := &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{filter, alive}, MaxResults: aws.Int32(page)}
	for range pagesMost {
		out, err := ask(ctx, s, "ec2:DescribeInstances", ec2.NewFromConfig, (*ec2.Client).DescribeInstances, in)
		if err != nil {
			return 0, false, err
		}
		for _, reservation := range out.Reservations {
			n += len(reservation.Instances)
		}
		more = aws.ToString(out.NextToken) != ""
		if n > 0 || !more {
			return n, more, nil
		}
		next := *in
		next.NextToken = out.NextToken
		in = &next
	}
	return 0, false, &trouble{action: "ec2:DescribeInstances", err: errEndless}
}

func judgeNodes(n int, more, fargate bool) []sight {
	switch {
	case more:
		return saw("many", values{"n": strconv.Itoa(n)})
	case n > 0:
		return saw("some", values{"n": strconv.Itoa(n)})
	case fargate:
		return saw("fargate-only", nil)
	}
	return saw("none", nil)
}
