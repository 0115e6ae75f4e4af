package guardduty

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

// stateOf is a listed resource in the project's own words, named as an event of it names it.
func stateOf(r types.CoverageResource, region string) coverage.State {
	s := coverage.State{
		Resource:  coverage.Resource{Account: text(r.AccountId), Region: region},
		Status:    coverage.Status(strings.ToUpper(string(r.CoverageStatus))),
		Coverage:  coverage.Count{Covered: coverage.Unknown, Total: coverage.Unknown},
		UpdatedAt: plausible(aws.ToTime(r.UpdatedAt)),
	}
	reasons := []string{text(r.Issue)}
	if d := r.ResourceDetails; d != nil {
		s.Resource.Kind = kindOf(d)
		switch {
		case s.Resource.Kind == coverage.EKS && d.EksClusterDetails != nil:
			fillEKS(&s, *d.EksClusterDetails)
		case s.Resource.Kind == coverage.ECS && d.EcsClusterDetails != nil:
			fillECS(&s, *d.EcsClusterDetails)
			if fargate := d.EcsClusterDetails.FargateDetails; fargate != nil {
				reasons = append(reasons, fargate.Issues...)
			}
		case s.Resource.Kind == coverage.EC2 && d.Ec2InstanceDetails != nil:
			fillEC2(&s, *d.Ec2InstanceDetails)
		}
	}
	if s.Resource.Name == "" {
		s.Resource.Name = text(r.ResourceId)
	}
	for _, reason := range reasons {
		if reason = strings.TrimSpace(reason); reason != "" && !slices.Contains(s.Issues, reason) {
			s.Issues = append(s.Issues, reason)
		}
	}
	return s
}

func kindOf(d *types.CoverageResourceDetails) coverage.Kind {
	switch {
	case d.ResourceType != "":
		return coverage.Kind(strings.ToUpper(string(d.ResourceType)))
	case d.EksClusterDetails != nil:
		return coverage.EKS
	case d.EcsClusterDetails != nil:
		return coverage.ECS
	case d.Ec2InstanceDetails != nil:
		return coverage.EC2
	}
	return ""
}

func fillEKS(s *coverage.State, d types.CoverageEksClusterDetails) {
	s.Resource.Name = text(d.ClusterName)
	s.Coverage = coverage.Count{Covered: count(d.CoveredNodes), Total: count(d.CompatibleNodes)}
	s.Agent.Management = string(d.ManagementType)
	if addon := d.AddonDetails; addon != nil {
		s.Agent.Version, s.Agent.Status = text(addon.AddonVersion), text(addon.AddonStatus)
	}
}

func fillECS(s *coverage.State, d types.CoverageEcsClusterDetails) {
	s.Resource.Name = text(d.ClusterName)
	if instances := d.ContainerInstanceDetails; instances != nil {
		s.Coverage = coverage.Count{Covered: count(instances.CoveredContainerInstances), Total: count(instances.CompatibleContainerInstances)}
	}
	if fargate := d.FargateDetails; fargate != nil {
		s.Agent.Management = string(fargate.ManagementType)
	}
}

func fillEC2(s *coverage.State, d types.CoverageEc2InstanceDetails) {
	s.Resource.Name, s.Resource.ClusterARN = text(d.InstanceId), text(d.ClusterArn)
	s.InstanceType = text(d.InstanceType)
	s.Agent.Management = string(d.ManagementType)
	if agent := d.AgentDetails; agent != nil {
		s.Agent.Version = text(agent.Version)
	}
}

func text(s *string) string { return strings.TrimSpace(aws.ToString(s)) }

// count is Unknown where AWS tells none, or a negative one, with which it says that it does not know.
func count(n *int64) int {
	if n == nil || *n < 0 || *n > math.MaxInt32 {
		return coverage.Unknown
	}
	return int(*n)
}

// plausible is t in UTC, or zero where it cannot be a moment in the life of GuardDuty.
func plausible(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 2000 || t.Year() >= 2200 {
		return time.Time{}
	}
	return t
}
