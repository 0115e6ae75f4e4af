package diagnose

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

// vpcIDOf is the VPC that the resource's agent reports from, "" where that cannot be known.
func vpcIDOf(ctx context.Context, s *scene) (string, error) {
	switch s.change.Resource.Kind {
	case coverage.EKS:
		cluster, err := eksClusterOf(ctx, s)
		if err != nil || cluster == nil || cluster.ResourcesVpcConfig == nil {
			return "", err
		}
		return aws.ToString(cluster.ResourcesVpcConfig.VpcId), nil
	case coverage.EC2:
		instance, err := instanceOf(ctx, s)
		if err != nil || instance == nil {
			return "", err
		}
		return aws.ToString(instance.VpcId), nil
	case coverage.ECS:
		return vpcIDOfTasks(ctx, s)
	}
	return "", nil
}

// vpcOf is that VPC, nil where it cannot be known or is gone.
func vpcOf(ctx context.Context, s *scene) (*types.Vpc, error) {
	id, err := vpcIDOf(ctx, s)
	if err != nil || id == "" {
		return nil, err
	}
	out, err := ask(ctx, s, "ec2:DescribeVpcs", ec2.NewFromConfig, (*ec2.Client).DescribeVpcs,
		&ec2.DescribeVpcsInput{VpcIds: []string{id}})
	if isCode(err, "InvalidVpcID.NotFound") {
		return nil, nil
	}
	if err != nil || len(out.Vpcs) == 0 {
		return nil, err
	}
	return &out.Vpcs[0], nil
}

func lookAtVPCOwner(ctx context.Context, s *scene) ([]sight, error) {
	vpc, err := vpcOf(ctx, s)
	if err != nil || vpc == nil {
		return nil, err
	}
	if owner := aws.ToString(vpc.OwnerId); owner != s.change.Resource.Account {
		return saw("shared", values{"vpc": aws.ToString(vpc.VpcId), "owner": owner}), nil
	}
	return saw("own", values{"vpc": aws.ToString(vpc.VpcId)}), nil
}
