package diagnose

import (
	"slices"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// plan is what to look at, in the order in which it is told: everything of the resource's kind, unless each of its
// findings says which checks can prove what is behind it.
func plan(change coverage.Change, findings []string) []check {
	resource, all := change.Resource, checksOf(change.Resource)
	if change.Agent.Management == byHand {
		all = slices.DeleteFunc(all, func(c check) bool { return slices.Contains(ofGuardDutysAgent(), c.name) })
	}
	of, _ := resource.Cluster()
	if len(findings) == 0 || resource.Kind == coverage.EC2 && of == coverage.EKS {
		// The agent of an EKS cluster's instance is the cluster's, which the issues of instances know nothing of.
		return all
	}
	wanted := []string{"eks-cluster", "ec2-instance", "ecs-cluster", "guardduty-coverage"}
	for _, finding := range findings {
		proof := catalog.ProofOf(catalog.ID(finding))
		if len(proof) == 0 {
			return all
		}
		wanted = append(wanted, proof...)
	}
	return slices.DeleteFunc(all, func(c check) bool { return !slices.Contains(wanted, c.name) })
}

// byHand is the management of an agent that the resource's owner installs
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CoverageEc2InstanceDetails.html).
const byHand = "MANUAL"

// ofGuardDutysAgent are the checks of what GuardDuty needs to install the agent itself.
func ofGuardDutysAgent() []string {
	return []string{"ec2-ssm", "ec2-association", "guardduty-agent-management"}
}

// checksOf are all checks that make sense for a resource: whether it is still there first, and last what GuardDuty makes
// of it by now.
func checksOf(resource coverage.Resource) []check {
	eks := []check{
		{"eks-cluster", lookAtEKSCluster}, {"eks-tag", lookAtEKSTag}, {"eks-addon", lookAtAddon},
		{"eks-addon-version", lookAtAddonVersion}, {"eks-nodes", lookAtNodes},
	}
	instance := []check{{"ec2-instance", lookAtInstance}}
	platform := []check{{"ec2-platform", lookAtPlatform}, {"ec2-imds", lookAtMetadata}}
	agent := []check{{"ec2-ssm", lookAtSSM}, {"ec2-association", lookAtAssociation}}
	cluster := []check{{"ecs-cluster", lookAtECSCluster}, {"ecs-tag", lookAtECSTag}}
	services := []check{
		{"ecs-service", lookAtServices}, {"ecs-agent", lookAtAgents},
		{"ecs-deployment", lookAtDeployments}, {"ecs-execution-role", lookAtExecutionRole},
	}
	network := []check{
		{"vpc-owner", lookAtVPCOwner}, {"vpc-dns", lookAtDNS}, {"vpc-endpoint", lookAtEndpoint},
		{"vpc-endpoint-access", lookAtEndpointAccess},
	}
	guardDuty := []check{
		{"guardduty-detector", lookAtDetector}, {"guardduty-runtime-monitoring", lookAtRuntimeMonitoring},
		{"guardduty-agent-management", lookAtAgentManagement}, {"guardduty-coverage", lookAtCoverage},
	}
	of, _ := resource.Cluster()
	switch {
	case resource.Kind == coverage.EKS:
		return slices.Concat(eks, network, guardDuty)
	case resource.Kind == coverage.ECS:
		return slices.Concat(cluster, services, network, guardDuty)
	case of == coverage.EKS:
		// The instance is a node: how many others there are says nothing about it.
		eks = slices.DeleteFunc(eks, func(c check) bool { return c.name == "eks-nodes" })
		return slices.Concat(instance, platform, eks, network, guardDuty)
	case of == coverage.ECS:
		instance = append(instance, cluster...)
	}
	tag := []check{{"ec2-tag", lookAtInstanceTag}}
	return slices.Concat(instance, tag, platform, agent, network, guardDuty)
}
