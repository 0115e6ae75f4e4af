package diagnose

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

// ecsClusterOf is the cluster, nil where there is none: ECS lists those among the failures
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html).
func ecsClusterOf(ctx context.Context, s *scene) (*types.Cluster, error) {
	name := s.cluster(coverage.ECS)
	if name == "" {
		return nil, nil
	}
	out, err := ask(ctx, s, "ecs:DescribeClusters", ecs.NewFromConfig, (*ecs.Client).DescribeClusters,
		&ecs.DescribeClustersInput{Clusters: []string{name}, Include: []types.ClusterField{types.ClusterFieldTags}})
	switch {
	case err != nil:
		return nil, err
	case len(out.Clusters) > 0:
		return &out.Clusters[0], nil
	case len(out.Failures) > 0 && aws.ToString(out.Failures[0].Reason) == "MISSING":
		return nil, nil
	}
	return nil, &trouble{action: "ecs:DescribeClusters", err: errEmpty}
}

func lookAtECSCluster(ctx context.Context, s *scene) ([]sight, error) {
	cluster, err := ecsClusterOf(ctx, s)
	if err != nil {
		return nil, err
	}
	sights := judgeECSCluster(cluster)
	if sights[0].found != "active" && s.change.Resource.Kind != coverage.ECS {
		// An instance may outlive its cluster, and is still to be covered.
		return saw("left", nil), nil
	}
	return sights, nil
}

// judgeECSCluster counts a cluster that is being made among those that are there
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html).
func judgeECSCluster(cluster *types.Cluster) []sight {
	if cluster == nil {
		return saw("missing", nil)
	}
	switch status := aws.ToString(cluster.Status); status {
	case "ACTIVE", "PROVISIONING":
		return saw("active", nil)
	default:
		return saw("inactive", values{"status": status})
	}
}

func lookAtECSTag(ctx context.Context, s *scene) ([]sight, error) {
	cluster, err := ecsClusterOf(ctx, s)
	if err != nil || cluster == nil {
		return nil, err
	}
	for _, tag := range cluster.Tags {
		if aws.ToString(tag.Key) == managed {
			return tagged(aws.ToString(tag.Value)), nil
		}
	}
	return tagged(""), nil
}
