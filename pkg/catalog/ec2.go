package catalog

import "guardduty-coverage-notifier/pkg/coverage"

// ec2 are the issues that only EC2 instances report
// (https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ec2.html and, for Bottlerocket on ECS,
// https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-bottlerocket-ecs-ec2.html).
var ec2 = []Entry{
	{
		ID:    "ec2-waiting-for-ssm",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"No Agent Reporting"},
		Extra: []string{"Waiting for SSM notification"},
		// Every new instance passes through it; AWS says that it takes some minutes.
		Transient: true,
		Steps:     []Step{lookAtCoverage, lookAtInstance, lookAtSSM, lookAtAssociations, verifyCoverage},
		Proof:     []Checks{associationChecks, settingChecks},
		Examples:  []string{"No Agent Reporting:Waiting for SSM notification"},
	},
	{
		ID:       "ec2-no-agent-reporting",
		Vague:    true,
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"No Agent Reporting"},
		Steps:    []Step{lookAtInstance, lookAtClusterAddon, lookAtSSM, installAgent, lookAtEndpoint, verifyCoverage},
		See:      []string{EndpointPage, ManualAgentPage},
		Examples: []string{"No Agent Reporting", "No Agent Reporting:"},
	},
	{
		ID:       "ec2-agent-disconnected",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"No Agent Reporting", "Agent disconnected"},
		Extra:    []string{"Agent disconnected"},
		Steps:    []Step{lookAtInstance, lookAtClusterAddon, lookAtAgent, restartAgent, lookAtEndpoint, verifyCoverage},
		See:      []string{EndpointPage, BottlerocketPage},
		Examples: []string{"No Agent Reporting:Agent disconnected", "Agent disconnected"},
	},
	{
		ID:    "ec2-excluded-by-tag",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"Agent Not Provisioned"},
		Extra: []string{"Instances with exclusion tags", "exclusion tags are excluded"},
		Steps: []Step{
			lookAtTag,
			includeInstance,
			retag,
			verifyCoverage,
		},
		Proof:    []Checks{{"ec2-tag", "ecs-tag"}},
		Examples: []string{"Agent Not Provisioned:Instances with exclusion tags are excluded from Runtime Monitoring."},
	},
	{
		ID:       "ec2-kernel-too-old",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"Agent Not Provisioned"},
		Extra:    []string{"Kernel version is lower"},
		Steps:    []Step{lookAtKernel, {ID: "upgrade-kernel"}, restartInstance, verifyCoverage},
		See:      []string{EC2ArchitecturesPage},
		Proof:    []Checks{{"ec2-tag", "ec2-platform"}},
		Examples: []string{"Agent Not Provisioned:Kernel version is lower than the supported version."},
	},
	{
		ID:       "ec2-kernel-too-new",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"Agent Not Provisioned"},
		Extra:    []string{"Kernel version is higher"},
		Steps:    []Step{lookAtKernel, {ID: "downgrade-kernel"}, restartInstance, verifyCoverage},
		See:      []string{EC2ArchitecturesPage},
		Proof:    []Checks{{"ec2-tag", "ec2-platform"}},
		Examples: []string{"Agent Not Provisioned:Kernel version is higher than the supported version."},
	},
	{
		ID:    "ec2-identity-document-unavailable",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"Agent Not Provisioned"},
		Extra: []string{"retrieve instance identity document"},
		Steps: []Step{
			{ID: "look-at-metadata-options", Commands: []string{
				"aws ec2 describe-instances --region {region} --instance-ids {instance} --query 'Reservations[].Instances[].[State.Name,MetadataOptions]'",
			}},
			{ID: "enable-metadata-service", Commands: []string{
				"aws ec2 modify-instance-metadata-options --region {region} --instance-id {instance} --http-endpoint enabled",
			}},
			{ID: "fetch-identity-document", Commands: []string{
				`token=$(curl -sX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token) && curl -s -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/dynamic/instance-identity/document`,
			}},
			restartInstance,
			verifyCoverage,
		},
		Proof:    []Checks{{"ec2-tag", "ec2-platform", "ec2-ssm"}},
		Examples: []string{"Agent Not Provisioned:Unable to retrieve instance identity document."},
	},
	{
		ID:    "ec2-ssm-association-exists",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"SSM Association Creation Failed"},
		Extra: []string{"association already exists"},
		Steps: []Step{
			lookAtAssociations,
			{ID: "delete-association", Commands: []string{
				"aws ssm delete-association --region {region} --association-id \"$(aws ssm list-associations --region {region} --association-filter-list key=Name,value=AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin --query 'Associations[0].AssociationId' --output text)\"",
			}},
			turnOffEC2,
			turnOnEC2,
			verifyCoverage,
		},
		Proof:    []Checks{associationChecks, settingChecks},
		Examples: []string{"SSM Association Creation Failed:GuardDuty SSM association already exists in your account"},
	},
	{
		ID:    "ec2-ssm-association-quota",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"SSM Association Creation Failed"},
		Extra: []string{"too many SSM associations"},
		Steps: []Step{
			{ID: "count-associations", Commands: []string{
				"aws ssm list-associations --region {region} --query 'Associations[].[AssociationId,Name,LastExecutionDate]' --output text | sort -k3",
			}},
			{ID: "delete-unused-associations"},
			{ID: "or-raise-quota", Commands: []string{
				`aws service-quotas list-service-quotas --region {region} --service-code ssm --query "Quotas[?contains(QuotaName,'ssociation')].[QuotaCode,QuotaName,Value]" --output table`,
			}},
			verifyCoverage,
		},
		Proof:    []Checks{associationChecks, settingChecks},
		Examples: []string{"SSM Association Creation Failed:Your account has too many SSM associations"},
	},
	{
		ID:       "ec2-ssm-association-missing",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"SSM Association Updation Failed", "SSM Association Update Failed"},
		Steps:    []Step{lookAtAssociations, {ID: "turn-monitoring-off-and-on", Commands: []string{showFeatures}}, lookAtAssociationsAgain, verifyCoverage},
		Proof:    []Checks{associationChecks, settingChecks},
		Examples: []string{"SSM Association Updation Failed:GuardDuty SSM association does not exist in your account"},
	},
	{
		ID:       "ec2-ssm-association-deletion-failed",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"SSM Association Deletion Failed"},
		Steps:    []Step{{ID: "accept-deletion"}, lookAtAssociations},
		Proof:    []Checks{associationChecks, settingChecks},
		Examples: []string{"SSM Association Deletion Failed:GuardDuty SSM association does not exist in your account"},
	},
	{
		ID:    "ec2-ssm-association-execution-failed",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"SSM Instance Association Execution Failed"},
		Steps: []Step{
			lookAtInstanceAssociation,
			lookAtExecutions,
			{ID: "compare-prerequisites", Commands: []string{
				"aws ssm describe-instance-information --region {region} --filters Key=InstanceIds,Values={instance} --query 'InstanceInformationList[].[PlatformName,PlatformVersion,AgentVersion,PingStatus]' --output table",
			}},
			runAssociationAgain,
			verifyCoverage,
		},
		See:      []string{EC2ArchitecturesPage},
		Proof:    []Checks{associationChecks, settingChecks},
		Examples: []string{"SSM Instance Association Execution Failed:Architectural requirements or other prerequisites are not met."},
	},
	{
		ID:    "ec2-agent-not-reporting-retired",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"Agent not reporting"},
		Steps: []Step{lookAtInstance, lookAtFeatures, turnOnEC2, {ID: "or-turn-monitoring-off-and-on"}, verifyCoverage},
		Examples: []string{
			"Agent not reporting",
			"Agent not reporting:",
		},
	},
	{
		ID:    "ec2-image-pull-failed",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"ECR Image Pull Failed"},
		Steps: []Step{
			lookAtInstance,
			{ID: "allow-instance-to-pull", Commands: []string{
				"aws ec2 describe-instances --region {region} --instance-ids {instance} --query 'Reservations[].Instances[].[IamInstanceProfile.Arn,SubnetId,SecurityGroups[].GroupId]'",
			}},
			{ID: "give-instance-route-to-ecr", Commands: []string{
				"aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values=" + vpcOfInstance + " Name=service-name,Values=com.amazonaws.{region}.ecr.api,com.amazonaws.{region}.ecr.dkr,com.amazonaws.{region}.s3 --query 'VpcEndpoints[].[ServiceName,State,PrivateDnsEnabled]' --output table",
			}},
			restartInstance,
			verifyCoverage,
		},
		Page:  BottlerocketPage,
		See:   []string{RegistriesPage},
		Proof: []Checks{{"ecs-tag"}, networkChecks},
		Examples: []string{
			"ECR Image Pull Failed",
			"ECR Image Pull Failed:The agent container image could not be pulled from Amazon ECR.",
		},
	},
}

// Pages that remedies name, below the user guide.
const (
	EC2ArchitecturesPage = "prereq-runtime-monitoring-ec2-support.html#validating-architecture-req-ec2"
	ManualAgentPage      = "managing-gdu-agent-ec2-manually.html"
	BottlerocketPage     = "gdu-assess-coverage-bottlerocket-ecs-ec2.html#bottlerocket-ecs-ec2-coverage-issues-troubleshoot"
)

const (
	listAssociations = "aws ssm list-associations --region {region} --association-filter-list key=Name,value=AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin --query 'Associations[].[AssociationId,LastExecutionDate,Overview.Status]' --output table"
	setEC2Agent      = "aws guardduty update-detector --region {region} --detector-id " + detector + " --features "
)

var (
	lookAtSSM = Step{ID: "look-at-ssm", Commands: []string{
		"aws ssm describe-instance-information --region {region} --filters Key=InstanceIds,Values={instance} --query 'InstanceInformationList[].[PingStatus,LastPingDateTime,AgentVersion,PlatformName,PlatformVersion]' --output table",
	}}
	lookAtAssociations      = Step{ID: "look-at-associations", Commands: []string{listAssociations}}
	lookAtAssociationsAgain = Step{ID: "see-association-again", Commands: []string{listAssociations}}
	lookAtExecutions        = Step{ID: "look-at-executions", Commands: []string{
		"aws ssm describe-association-executions --region {region} --association-id \"$(aws ssm list-associations --region {region} --association-filter-list key=Name,value=AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin --query 'Associations[0].AssociationId' --output text)\" --max-items 5",
	}}
	// On a node of an EKS cluster the agent is a pod.
	lookAtAgent = Step{ID: "look-at-agent", Commands: []string{
		useCluster + "kubectl get pods -n amazon-guardduty -o wide",
		"sudo systemctl status amazon-guardduty-agent --no-pager; sudo journalctl -u amazon-guardduty-agent --since '1 hour ago' --no-pager",
	}}
	// Who deploys the agent by hand reads how; who does not needs to see that it arrived. One look serves both.
	installAgent = Step{ID: "install-agent", Commands: []string{
		useCluster + "kubectl get daemonset -n amazon-guardduty",
		"sudo systemctl status amazon-guardduty-agent --no-pager",
	}}
	restartAgent = Step{ID: "restart-agent", Commands: []string{
		useCluster + "kubectl rollout restart daemonset aws-guardduty-agent -n amazon-guardduty",
		"sudo systemctl restart amazon-guardduty-agent",
	}}
	lookAtKernel    = Step{ID: "look-at-kernel", Commands: []string{"uname -r"}}
	restartInstance = Step{ID: "restart-instance", Commands: []string{
		"aws ec2 reboot-instances --region {region} --instance-ids {instance}",
	}}
	includeInstance = Step{ID: "include-instance", Commands: []string{
		"aws ec2 delete-tags --region {region} --resources {instance} --tags Key=GuardDutyManaged,Value=false",
	}}
	lookAtInstanceAssociation = Step{ID: "look-at-instance-association", Commands: []string{
		"aws ssm describe-instance-associations-status --region {region} --instance-id {instance} --query 'InstanceAssociationStatusInfos[].[Name,Status,DetailedStatus,ErrorCode,ExecutionSummary]'",
	}}
	runAssociationAgain = Step{ID: "run-association-again", Commands: []string{
		"aws ssm start-associations-once --region {region} --association-ids \"$(aws ssm list-associations --region {region} --association-filter-list key=Name,value=AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin --query 'Associations[0].AssociationId' --output text)\"",
	}}
	turnOffEC2 = Step{ID: "turn-off-ec2-agent", Commands: []string{
		setEC2Agent + `'[{"Name":"RUNTIME_MONITORING","Status":"ENABLED","AdditionalConfiguration":[{"Name":"EC2_AGENT_MANAGEMENT","Status":"DISABLED"}]}]'`,
	}}
	turnOnEC2 = Step{ID: "turn-on-ec2-agent", Commands: []string{
		setEC2Agent + `'[{"Name":"RUNTIME_MONITORING","Status":"ENABLED","AdditionalConfiguration":[{"Name":"EC2_AGENT_MANAGEMENT","Status":"ENABLED"}]}]'`,
	}}
)
