package catalog

import (
	"slices"

	"guardduty-coverage-notifier/pkg/coverage"
)

// common are the issues that several kinds report.
var common = []Entry{
	{
		ID:    "vpc-endpoint-shared-vpc-unsupported",
		Kinds: []coverage.Kind{coverage.EKS, coverage.EC2},
		Types: []string{"VPC Endpoint Creation Failed"},
		Extra: []string{"not supported for shared VPC"},
		Steps: []Step{lookAtVPCOwner, lookAtTag, {ID: "meet-shared-vpc-prerequisites", Changes: WholeAccount}, hurryRetry},
		See:   []string{SharedVPCPage},
		Proof: []Checks{networkChecks, settingChecks},
		Examples: []string{
			"VPC Endpoint Creation Failed:VPC endpoint creation not supported for shared VPC vpc-0a1b2c3d4e5f60718",
		},
	},
	{
		ID:    "vpc-endpoint-shared-vpc-owner-not-enabled",
		Kinds: []coverage.Kind{coverage.EKS, coverage.EC2},
		Types: []string{"VPC Endpoint Creation Failed"},
		Extra: []string{"have either Runtime Monitoring"},
		Steps: []Step{lookAtVPCOwner, lookInOwner, lookAtMemberOwner, lookAtTag, {ID: "enable-in-owner", Changes: WholeAccount}, hurryRetry},
		See:   []string{SharedVPCPage},
		Proof: []Checks{networkChecks, settingChecks},
		Examples: []string{
			"VPC Endpoint Creation Failed:Owner account ID 555566667777 for shared VPC vpc-0a1b2c3d4e5f60718 doesn't have either Runtime Monitoring, automated agent configuration, or both, enabled.",
		},
	},
	{
		ID:    "vpc-endpoint-private-dns",
		Kinds: []coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2},
		Types: []string{"VPC Endpoint Creation Failed"},
		Extra: []string{"Enabling private DNS requires", "enableDnsSupport", "enableDnsHostnames"},
		Steps: []Step{
			{ID: "look-at-dns-attributes", Commands: []string{
				"for a in enableDnsSupport enableDnsHostnames; do aws ec2 describe-vpc-attribute --region {region} --vpc-id {vpc} --attribute $a; done",
			}},
			lookAtTag,
			enableDNSAttributes,
			hurryRetry,
			checkEndpoint,
		},
		See:   []string{EndpointPage},
		Proof: []Checks{networkChecks},
		Examples: []string{
			"VPC Endpoint Creation Failed:Enabling private DNS requires both `enableDnsSupport` and `enableDnsHostnames` VPC attributes set to `true` for vpc-0a1b2c3d4e5f60718 (Service: Ec2, Status Code:400, Request ID: a1b2c3d4-5678-90ab-cdef-EXAMPLE11111).",
			"VPC Endpoint Creation Failed:Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for vpc-0a1b2c3d4e5f60718 (Service: EC2, Status Code:400, Request ID: a1b2c3d4-5678-90ab-cdef-EXAMPLE22222).",
		},
	},
	{
		ID:    "vpc-endpoint-creation-failed",
		Types: []string{"VPC Endpoint Creation Failed"},
		Steps: []Step{
			{ID: "read-issue-for-reason"},
			{ID: "look-at-endpoint-denials", Commands: []string{
				`aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=CreateVpcEndpoint --max-results 5 | grep -o 'errorMessage[^,]*'`,
			}},
			lookAtTag,
			hurryRetry,
			checkEndpoint,
		},
		See:   []string{EndpointPage},
		Proof: []Checks{networkChecks, settingChecks},
		Examples: []string{
			"VPC Endpoint Creation Failed:The maximum number of VPC endpoints has been reached. (Service: Ec2, Status Code:400, Request ID: a1b2c3d4-5678-90ab-cdef-EXAMPLE33333)",
			"VPC Endpoint Creation Failed",
		},
	},
	{
		ID:    "shared-vpc-endpoint-deletion-refused",
		Kinds: []coverage.Kind{coverage.EKS, coverage.EC2},
		Types: []string{"Shared VPC Endpoint Deletion Failed"},
		Steps: []Step{
			{ID: "decide-on-shared-endpoint"},
			lookInOwner,
			lookAtMemberOwner,
			{ID: "disable-in-owner", Changes: WholeAccount},
		},
		See:   []string{SharedVPCPage},
		Proof: []Checks{networkChecks, settingChecks},
		Examples: []string{
			"Shared VPC Endpoint Deletion Failed:Shared VPC endpoint deletion not allowed for account ID 111122223333, shared VPC vpc-0a1b2c3d4e5f60718, owner account ID 555566667777.",
		},
	},
	{
		ID:       Unrecognised,
		Vague:    true,
		Steps:    []Step{{ID: "read-raw-issue"}, lookAtClusterAddon, lookAtInstance, {ID: "look-at-documentation"}},
		Examples: []string{"Agent Configuration Rejected:A reason that nobody has documented yet.", "out of the blue"},
	},
	{
		ID:       NoReason,
		Silent:   true,
		Vague:    true,
		Steps:    []Step{lookAtClusterAddon, lookAtTaints, lookAtInstance, lookAtServices, lookAtTag, retag},
		Examples: []string{""},
	},
}

// Pages that remedies name, below the user guide.
const (
	SharedVPCPage = "runtime-monitoring-shared-vpc.html#shared-vpc-prerequisite-runtime-monitoring"
	EndpointPage  = "validate-vpc-endpoint-config-runtime-monitoring.html"
	// CreateEndpointPage has the policy and the security group that an endpoint needs.
	CreateEndpointPage = "eksrunmon-prereq-deploy-security-agent.html"
)

// inAccount begins a command that changes something and could act on another account: it shows whose
// credentials are at hand, and goes on only in the resource's account.
const inAccount = "aws sts get-caller-identity --region {region} --output text | grep '^{account}' && "

// detector is a command inside a command: the caller's GuardDuty detector of the Region, of which there is
// one.
const detector = "$(aws guardduty list-detectors --region {region} --output text | cut -f2)"

const (
	getDetector = "aws guardduty get-detector --region {region} --detector-id " + detector
	// RUNTIME_MONITORING, the older EKS_RUNTIME_MONITORING and each of …_MANAGEMENT, with its status on the next line.
	ofFeatures   = " | grep -A1 _M"
	getMember    = "aws guardduty get-member-detectors --region {region} --detector-id " + detector + " --account-ids "
	updateOwn    = inAccount + "aws guardduty update-detector --region {region} --detector-id " + detector
	updateMember = "aws guardduty update-member-detectors --region {region} --detector-id " + detector + " --account-ids {account}"

	monitoringOn = " --features Name=RUNTIME_MONITORING,Status=ENABLED"
	agentOff     = " --features 'Name=RUNTIME_MONITORING,Status=ENABLED,AdditionalConfiguration=[{Name={agent-management},Status=DISABLED}]'"
	agentOn      = " --features 'Name=RUNTIME_MONITORING,Status=ENABLED,AdditionalConfiguration=[{Name={agent-management},Status=ENABLED}]'"
)

// The FIPS endpoint has another service name, which may be in use in any Region.
var endpointCommands = []string{
	`aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values={vpc} --query "VpcEndpoints[?contains(ServiceName,'guardduty-data')]"`,
	`aws ec2 describe-vpc-endpoints --region {region} --query "VpcEndpoints[?contains(ServiceName,'guardduty-data')].[VpcId,State,PrivateDnsEnabled,Groups[].GroupId,PolicyDocument]"`,
}

// Steps that several tables share.
var (
	lookAtEndpoint = Step{ID: "look-at-endpoint", Commands: endpointCommands}
	checkEndpoint  = Step{ID: "check-endpoint", Check: true, Commands: endpointCommands}

	lookAtVPCOwner = Step{ID: "look-at-vpc-owner", Commands: []string{
		"aws ec2 describe-vpcs --region {region} --vpc-ids {vpc}",
		"aws ec2 describe-vpcs --region {region} --vpc-ids $(aws ec2 describe-instances --region {region} --instance-ids {instance} --query 'Reservations[].Instances[].VpcId' --output text)",
		"aws ec2 describe-vpcs --region {region} --vpc-ids $(aws eks describe-cluster --region {region} --name {eks} --query cluster.resourcesVpcConfig.vpcId --output text)",
	}}
	// The owner of a shared VPC has a detector of its own.
	lookInOwner       = Step{ID: "look-at-features-in-owner", For: OwnSide, Commands: []string{getDetector + ofFeatures}}
	lookAtMemberOwner = Step{ID: "look-at-features-of-owner", For: AdministratorSide, Commands: []string{getMember + "{owner}" + ofFeatures}}

	enableDNSAttributes = Step{ID: "enable-dns-attributes", Changes: WholeVPC, Commands: []string{
		"for a in support hostnames; do aws ec2 modify-vpc-attribute --region {region} --vpc-id {vpc} --enable-dns-$a; done",
	}}

	// GuardDuty tries again by itself; only an instance can be brought to its attention.
	hurryRetry = Step{ID: "hurry-retry", Optional: true, Changes: OneResource, Commands: []string{
		"aws ec2 create-tags --region {region} --resources {instance} --tags Key=GuardDutyManaged,Value=true",
	}}

	lookAtClusterAddon = Step{ID: "look-at-cluster-addon", Optional: true, Commands: []string{describeAddon}}
	lookAtInstance     = Step{ID: "look-at-instance", Optional: true, Commands: []string{
		"aws ec2 describe-instances --region {region} --instance-ids {instance} --query 'Reservations[].Instances[].[State.Name,PlatformDetails,VpcId]' --output text",
	}}
	lookAtServices = Step{ID: "look-at-services", Optional: true, Commands: []string{
		"aws ecs describe-clusters --region {region} --clusters {ecs}",
	}}

	lookAtTag = Step{ID: "look-at-tag", Commands: []string{
		"aws ec2 describe-tags --region {region} --filters Name=resource-id,Values={instance} Name=key,Values=GuardDutyManaged",
		"aws eks describe-cluster --region {region} --name {eks} --query cluster.tags",
		"aws ecs describe-clusters --region {region} --clusters {ecs} --include TAGS --query 'clusters[].tags'",
	}}
	// Which value to put back is for the reader to know, so that there is no command.
	retag = Step{ID: "retag", Changes: OneResource}

	lookAtFeatures       = Step{ID: "look-at-features", For: OwnSide, Commands: []string{getDetector + ofFeatures}}
	lookAtMemberFeatures = Step{ID: "look-at-member-features", For: AdministratorSide, Commands: []string{getMember + "{account}" + ofFeatures}}
)

// toggleAgent turns off and on again the setting by which GuardDuty deploys the agent. Where the agent is
// deployed by hand, or nobody knows by whom, the value to restore is for the reader to see.
var toggleAgent = []Step{
	{ID: "turn-off-agent-management", If: "auto", For: OwnSide, Changes: WholeAccount, Commands: []string{updateOwn + agentOff}},
	{ID: "turn-off-agent-management-of-member", If: "auto", For: AdministratorSide, Changes: WholeAccount, Commands: []string{updateMember + agentOff}},
	{ID: "turn-on-agent-management-again", If: "auto", Changes: WholeAccount},
	{ID: "toggle-agent-by-hand", Unless: "auto", Changes: WholeAccount},
}

// manageAgent has GuardDuty deploy the agent from now on.
var manageAgent = []Step{
	{ID: "turn-on-agent-management", For: OwnSide, Changes: WholeAccount, Commands: []string{updateOwn + agentOn}},
	{ID: "turn-on-agent-management-of-member", For: AdministratorSide, Changes: WholeAccount, Commands: []string{updateMember + agentOn}},
}

// all joins lists of steps.
func all(lists ...[]Step) []Step { return slices.Concat(lists...) }
