package diagnose

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

// lookAtCoverage asks GuardDuty what it makes of the resource by now.
func lookAtCoverage(ctx context.Context, s *scene) ([]sight, error) {
	id, err := detectorIDOf(ctx, s)
	if err != nil || id == "" {
		return nil, err
	}
	resource := s.change.Resource
	only := func(key types.CoverageFilterCriterionKey, value string) types.CoverageFilterCriterion {
		return types.CoverageFilterCriterion{CriterionKey: key, FilterCondition: &types.CoverageFilterCondition{Equals: []string{value}}}
	}
	key := map[coverage.Kind]types.CoverageFilterCriterionKey{
		coverage.EKS: types.CoverageFilterCriterionKeyEksClusterName,
		coverage.ECS: types.CoverageFilterCriterionKeyEcsClusterName,
		coverage.EC2: types.CoverageFilterCriterionKeyInstanceId,
	}[resource.Kind]
	out, err := ask(ctx, s, "guardduty:ListCoverage", guardduty.NewFromConfig, (*guardduty.Client).ListCoverage,
		&guardduty.ListCoverageInput{DetectorId: &id, FilterCriteria: &types.CoverageFilterCriteria{
			FilterCriterion: []types.CoverageFilterCriterion{
				only(types.CoverageFilterCriterionKeyAccountId, resource.Account), only(key, resource.Name),
			},
		}})
	if err != nil {
		return nil, err
	}
	return judgeCoverage(out.Resources, resource), nil
}

// judgeCoverage takes no resource for another one, whatever was listed.
func judgeCoverage(listed []types.CoverageResource, resource coverage.Resource) []sight {
	for _, each := range listed {
		if aws.ToString(each.AccountId) != resource.Account || nameOf(each.ResourceDetails) != resource.Name {
			continue
		}
		if each.CoverageStatus == types.CoverageStatusHealthy {
			return saw("healthy", nil)
		}
		return saw("unhealthy", values{"issue": issueOf(each)})
	}
	return saw("unlisted", nil)
}

func nameOf(details *types.CoverageResourceDetails) string {
	switch {
	case details == nil:
	case details.EksClusterDetails != nil:
		return aws.ToString(details.EksClusterDetails.ClusterName)
	case details.EcsClusterDetails != nil:
		return aws.ToString(details.EcsClusterDetails.ClusterName)
	case details.Ec2InstanceDetails != nil:
		return aws.ToString(details.Ec2InstanceDetails.InstanceId)
	}
	return ""
}

// issueOf is the reason; ECS's Fargate tasks have theirs in a place of their own.
func issueOf(resource types.CoverageResource) string {
	var issues []string
	if details := resource.ResourceDetails; details != nil && details.EcsClusterDetails != nil && details.EcsClusterDetails.FargateDetails != nil {
		issues = details.EcsClusterDetails.FargateDetails.Issues
	}
	return cmp.Or(strings.TrimSpace(aws.ToString(resource.Issue)), strings.Join(issues, "; "))
}
