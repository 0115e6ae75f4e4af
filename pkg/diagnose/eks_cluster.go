package diagnose

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

// eksNotFound is how EKS says that there is no such cluster, or no such add-on on it.
const eksNotFound = "ResourceNotFoundException"

// eksClusterOf is the cluster, nil where there is none any more.
func eksClusterOf(ctx context.Context, s *scene) (*types.Cluster, error) {
	name := s.cluster(coverage.EKS)
	if name == "" {
		return nil, nil
	}
	out, err := ask(ctx, s, "eks:DescribeCluster", eks.NewFromConfig, (*eks.Client).DescribeCluster,
		&eks.DescribeClusterInput{Name: &name})
	if isCode(err, eksNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if out.Cluster == nil {
		return nil, &trouble{action: "eks:DescribeCluster", err: errEmpty}
	}
	return out.Cluster, nil
}

func lookAtEKSCluster(ctx context.Context, s *scene) ([]sight, error) {
	cluster, err := eksClusterOf(ctx, s)
	if err != nil {
		return nil, err
	}
	if cluster == nil && s.change.Resource.Kind != coverage.EKS {
		// An instance may outlive its cluster, and is still to be covered.
		return saw("left", nil), nil
	}
	return judgeEKSCluster(cluster), nil
}

func judgeEKSCluster(cluster *types.Cluster) []sight {
	if cluster == nil {
		return saw("missing", nil)
	}
	switch cluster.Status {
	case types.ClusterStatusActive, types.ClusterStatusUpdating:
		return saw("there", values{"version": aws.ToString(cluster.Version), "status": string(cluster.Status)})
	}
	return saw("not-active", values{"status": string(cluster.Status)})
}

func lookAtEKSTag(ctx context.Context, s *scene) ([]sight, error) {
	cluster, err := eksClusterOf(ctx, s)
	if err != nil || cluster == nil {
		return nil, err
	}
	return tagged(cluster.Tags[managed]), nil
}
