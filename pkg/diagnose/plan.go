package diagnose

import (
	"slices"

	"guardduty-coverage-notifier/pkg/coverage"
)

// plan is what to look at, in the order in which it is told: everything of the resource's kind, unless each of its
// findings is in the table of what may be behind it.
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
	causes := causesOf()
	for _, finding := range findings {
		names, known := causes[finding]
		if !known {
			return all
		}
		wanted = append(wanted, names...)
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
	platform := []check{{"ec2-platform", lookAtPlatform}}
	agent := []check{{"ec2-ssm", lookAtSSM}, {"ec2-association", lookAtAssociation}}
	cluster := []check{{"ecs-cluster", lookAtECSCluster}, {"ecs-tag", lookAtECSTag}}
	services := []check{
		{"ecs-service", lookAtServices}, {"ecs-deployment", lookAtDeployments}, {"ecs-execution-role", lookAtExecutionRole},
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

// causesOf is what may be behind a finding, by the catalogue's id. A finding that could have any cause is not in it.
func causesOf() map[string][]string {
	network := []string{"vpc-owner", "vpc-dns", "vpc-endpoint", "vpc-endpoint-access"}
	settings := []string{"guardduty-detector", "guardduty-runtime-monitoring", "guardduty-agent-management"}
	addon := []string{"eks-addon", "eks-addon-version", "eks-nodes"}
	running := slices.Concat(addon, network, settings)
	association := slices.Concat([]string{"ec2-tag", "ec2-platform", "ec2-ssm", "ec2-association"}, settings)
	deployed := slices.Concat([]string{"ecs-tag", "ecs-service", "ecs-deployment"}, settings)
	services := []string{"ecs-tag", "ecs-service"}
	return map[string][]string{
		"vpc-endpoint-shared-vpc-unsupported":       slices.Concat(network, settings),
		"vpc-endpoint-shared-vpc-owner-not-enabled": slices.Concat(network, settings),
		"vpc-endpoint-private-dns":                  network,
		"vpc-endpoint-creation-failed":              slices.Concat(network, settings),
		"shared-vpc-endpoint-deletion-refused":      slices.Concat(network, settings),

		"addon-version-incompatible":      addon,
		"addon-replicas-missing":          running,
		"addon-pods-unschedulable":        addon,
		"addon-crashloop-completed":       running,
		"addon-crashloop-error":           running,
		"addon-admission-denied":          addon,
		"addon-configuration-conflict":    addon,
		"addon-rbac-forbidden":            addon,
		"addon-gatekeeper-owner-label":    addon,
		"addon-gatekeeper-image-registry": addon,
		"addon-issue-other":               addon,
		"addon-removed":                   slices.Concat([]string{"eks-tag"}, addon, settings),
		"eks-local-cluster":               {"eks-nodes"},
		"eks-permission-not-granted":      slices.Concat([]string{"eks-tag"}, addon, settings),
		"eks-provisioning-in-progress":    slices.Concat(addon, settings),
		"eks-authorization-failure":       slices.Concat(addon, settings),

		"ec2-waiting-for-ssm":                  association,
		"ec2-excluded-by-tag":                  {"ec2-tag", "ecs-tag"},
		"ec2-kernel-too-old":                   {"ec2-tag", "ec2-platform"},
		"ec2-kernel-too-new":                   {"ec2-tag", "ec2-platform"},
		"ec2-identity-document-unavailable":    {"ec2-tag", "ec2-platform", "ec2-ssm"},
		"ec2-ssm-association-exists":           association,
		"ec2-ssm-association-quota":            association,
		"ec2-ssm-association-missing":          association,
		"ec2-ssm-association-deletion-failed":  association,
		"ec2-ssm-association-execution-failed": association,
		"ec2-image-pull-failed":                slices.Concat([]string{"ecs-tag"}, network),

		"ecs-task-vpc-issue":                 slices.Concat(services, network),
		"ecs-agent-exited":                   slices.Concat(services, []string{"ecs-execution-role"}, network),
		"ecs-image-pull-failed":              slices.Concat(services, []string{"ecs-execution-role"}, network),
		"ecs-unsupported-launcher":           services,
		"ecs-unsupported-architecture":       services,
		"ecs-execution-role-missing":         {"ecs-tag", "ecs-service", "ecs-execution-role"},
		"ecs-network-configuration-missing":  services,
		"ecs-task-excluded-by-tag":           services,
		"ecs-service-excluded-by-tag":        deployed,
		"ecs-task-before-automated-agent":    deployed,
		"ecs-service-before-automated-agent": deployed,
		"ecs-service-needs-deployment":       deployed,
		"ecs-task-before-monitoring":         deployed,
	}
}
