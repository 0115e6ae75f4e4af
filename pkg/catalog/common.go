package catalog

import "guardduty-coverage-notifier/pkg/coverage"

// common are the issues that several kinds report.
var common = []Entry{
	{
		ID:    "vpc-endpoint-shared-vpc-unsupported",
		Kinds: []coverage.Kind{coverage.EKS, coverage.EC2},
		Types: []string{"VPC Endpoint Creation Failed"},
		Extra: []string{"not supported for shared VPC"},
		Steps: []Step{
			{ID: "look-at-vpc-owner", Commands: []string{
				"aws ec2 describe-vpcs --region {region} --vpc-ids {vpc} --query 'Vpcs[].[VpcId,OwnerId]' --output table",
				"aws ec2 describe-vpcs --region {region} --vpc-ids " + vpcOfInstance + " --query 'Vpcs[].[VpcId,OwnerId]' --output table",
				"aws ec2 describe-vpcs --region {region} --vpc-ids " + vpcOfCluster + " --query 'Vpcs[].[VpcId,OwnerId]' --output table",
			}},
			{ID: "meet-shared-vpc-prerequisites"},
			hurryRetry,
			verifyCoverage,
		},
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
		Steps: []Step{
			{ID: "look-at-features-in-owner", Commands: []string{showFeatures}},
			{ID: "enable-in-owner"},
			hurryRetry,
			verifyCoverage,
		},
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
				"for attribute in enableDnsSupport enableDnsHostnames; do aws ec2 describe-vpc-attribute --region {region} --vpc-id {vpc} --attribute $attribute; done",
				"for attribute in enableDnsSupport enableDnsHostnames; do aws ec2 describe-vpc-attribute --region {region} --vpc-id " + vpcOfInstance + " --attribute $attribute; done",
				"for attribute in enableDnsSupport enableDnsHostnames; do aws ec2 describe-vpc-attribute --region {region} --vpc-id " + vpcOfCluster + " --attribute $attribute; done",
			}},
			enableDNSAttributes,
			hurryRetry,
			lookAtEndpoint,
			verifyCoverage,
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
			lookAtEndpoint,
			{ID: "look-at-endpoint-denials", Commands: []string{
				`aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=CreateVpcEndpoint --max-items 5 --query 'Events[].CloudTrailEvent' --output text | grep -o 'errorMessage[^,]*'`,
			}},
			hurryRetry,
			verifyCoverage,
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
			{ID: "look-at-features-in-owner", Commands: []string{showFeatures}},
			{ID: "disable-in-owner"},
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
		Steps:    []Step{{ID: "read-raw-issue"}, lookAtCoverage, lookAtClusterAddon, lookAtInstance, {ID: "look-at-documentation"}},
		Examples: []string{"Agent Configuration Rejected:A reason that nobody has documented yet.", "out of the blue"},
	},
	{
		ID:       NoReason,
		Silent:   true,
		Vague:    true,
		Steps:    []Step{lookAtCoverage, lookAtClusterAddon, lookAtInstance, lookAtServices, lookAtTag, retag},
		Examples: []string{""},
	},
}

// Pages that remedies name, below the user guide.
const (
	SharedVPCPage = "runtime-monitoring-shared-vpc.html#shared-vpc-prerequisite-runtime-monitoring"
	EndpointPage  = "validate-vpc-endpoint-config-runtime-monitoring.html"
)

// Commands inside commands: the VPC of an instance or an EKS cluster, and the Region's GuardDuty detector.
const (
	vpcOfInstance = `"$(aws ec2 describe-instances --region {region} --instance-ids {instance} --query 'Reservations[0].Instances[0].VpcId' --output text)"`
	vpcOfCluster  = `"$(aws eks describe-cluster --region {region} --name {eks} --query cluster.resourcesVpcConfig.vpcId --output text)"`
	detector      = `"$(aws guardduty list-detectors --region {region} --query 'DetectorIds[0]' --output text)"`
	showFeatures  = `aws guardduty get-detector --region {region} --detector-id ` + detector + ` --query "Features[?contains(Name,'RUNTIME_MONITORING')]"`
)

const (
	listCoverage    = `aws guardduty list-coverage --region {region} --detector-id ` + detector + ` --filter-criteria `
	coverageColumns = ` --query 'Resources[].[CoverageStatus,Issue,UpdatedAt]' --output table`

	coverageOfInstance = listCoverage + `'{"FilterCriterion":[{"CriterionKey":"INSTANCE_ID","FilterCondition":{"Equals":["{instance}"]}}]}'` + coverageColumns
	coverageOfEKS      = listCoverage + `'{"FilterCriterion":[{"CriterionKey":"EKS_CLUSTER_NAME","FilterCondition":{"Equals":["{eks}"]}}]}'` + coverageColumns
	coverageOfECS      = listCoverage + `'{"FilterCriterion":[{"CriterionKey":"ECS_CLUSTER_NAME","FilterCondition":{"Equals":["{ecs}"]}}]}'` + coverageColumns
)

const (
	endpointsOf     = `aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values=`
	endpointColumns = ` Name=service-name,Values=com.amazonaws.{region}.guardduty-data --query 'VpcEndpoints[].[VpcEndpointId,State,PrivateDnsEnabled,OwnerId]' --output table`
)

// Steps that several tables share.
var (
	verifyCoverage = Step{ID: "verify-coverage", Recheck: true, Commands: []string{coverageOfInstance, coverageOfEKS, coverageOfECS}}
	lookAtCoverage = Step{ID: "look-at-coverage", Recheck: true, Commands: []string{coverageOfInstance, coverageOfEKS, coverageOfECS}}

	lookAtEndpoint = Step{ID: "look-at-endpoint", Commands: []string{
		endpointsOf + "{vpc}" + endpointColumns,
		endpointsOf + vpcOfInstance + endpointColumns,
		endpointsOf + vpcOfCluster + endpointColumns,
		"aws ec2 describe-vpc-endpoints --region {region} --filters Name=service-name,Values=com.amazonaws.{region}.guardduty-data --query 'VpcEndpoints[].[VpcId,VpcEndpointId,State,PrivateDnsEnabled]' --output table",
	}}

	enableDNSAttributes = Step{ID: "enable-dns-attributes", Commands: []string{
		"aws ec2 modify-vpc-attribute --region {region} --vpc-id {vpc} --enable-dns-support && aws ec2 modify-vpc-attribute --region {region} --vpc-id {vpc} --enable-dns-hostnames",
		"vpc=" + vpcOfInstance + " && aws ec2 modify-vpc-attribute --region {region} --vpc-id \"$vpc\" --enable-dns-support && aws ec2 modify-vpc-attribute --region {region} --vpc-id \"$vpc\" --enable-dns-hostnames",
		"vpc=" + vpcOfCluster + " && aws ec2 modify-vpc-attribute --region {region} --vpc-id \"$vpc\" --enable-dns-support && aws ec2 modify-vpc-attribute --region {region} --vpc-id \"$vpc\" --enable-dns-hostnames",
	}}

	// GuardDuty tries again by itself; only an instance can be brought to its attention.
	hurryRetry = Step{ID: "hurry-retry", Optional: true, Commands: []string{
		"aws ec2 create-tags --region {region} --resources {instance} --tags Key=GuardDutyManaged,Value=true",
	}}

	lookAtClusterAddon = Step{ID: "look-at-cluster-addon", Optional: true, Commands: []string{describeAddon}}
	lookAtInstance     = Step{ID: "look-at-instance", Optional: true, Commands: []string{
		"aws ec2 describe-instances --region {region} --instance-ids {instance} --query 'Reservations[].Instances[].[InstanceId,State.Name,LaunchTime,ImageId,VpcId]' --output table",
	}}
	lookAtServices = Step{ID: "look-at-services", Optional: true, Commands: []string{
		"aws ecs list-tasks --region {region} --cluster {ecs} --query 'length(taskArns)' --output json && aws ecs list-services --region {region} --cluster {ecs} --query serviceArns",
	}}

	lookAtTag = Step{ID: "look-at-tag", Commands: []string{
		"aws ec2 describe-tags --region {region} --filters Name=resource-id,Values={instance} Name=key,Values=GuardDutyManaged --query 'Tags[].[Key,Value]' --output table",
		"aws eks describe-cluster --region {region} --name {eks} --query cluster.tags",
		"aws ecs describe-clusters --region {region} --clusters {ecs} --include TAGS --query 'clusters[].tags'",
	}}
	// Which value to put back is for the reader to know, so that there is no command.
	retag = Step{ID: "retag"}
)
