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
		Steps:     []Step{lookAtInstance, lookAtSSM, lookAtInstanceAssociation, lookAtHostContainer, lookAtRouteToECR},
		See:       []string{BottlerocketPage},
		Proof:     []Checks{associationChecks, settingChecks},
		Examples:  []string{"No Agent Reporting:Waiting for SSM notification"},
	},
	{
		ID:    "ec2-no-agent-reporting",
		Vague: true,
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"No Agent Reporting"},
		Steps: []Step{
			lookAtInstance, lookAtClusterAddon, lookAtTaints, lookAtSSM, lookAtAgent, lookAtHostContainer, lookAtRouteToECR, lookAtEndpoint,
			installAgent,
		},
		See:      []string{EndpointPage, ManualAgentPage, BottlerocketPage},
		Examples: []string{"No Agent Reporting", "No Agent Reporting:"},
	},
	{
		ID:       "ec2-agent-disconnected",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"No Agent Reporting", "Agent disconnected"},
		Extra:    []string{"Agent disconnected"},
		Steps:    []Step{lookAtInstance, lookAtClusterAddon, lookAtAgent, lookAtHostContainer, lookAtEndpoint, restartAgentPods, restartAgent},
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
		},
		Proof:    []Checks{{"ec2-tag", "ecs-tag"}},
		Examples: []string{"Agent Not Provisioned:Instances with exclusion tags are excluded from Runtime Monitoring."},
	},
	{
		ID:       "ec2-kernel-too-old",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"Agent Not Provisioned"},
		Extra:    []string{"Kernel version is lower"},
		Steps:    []Step{lookAtKernel, {ID: "upgrade-kernel", Changes: OneResource}, restartInstance},
		See:      []string{EC2ArchitecturesPage},
		Proof:    []Checks{{"ec2-tag", "ec2-platform"}},
		Examples: []string{"Agent Not Provisioned:Kernel version is lower than the supported version."},
	},
	{
		ID:       "ec2-kernel-too-new",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"Agent Not Provisioned"},
		Extra:    []string{"Kernel version is higher"},
		Steps:    []Step{lookAtKernel, {ID: "downgrade-kernel", Changes: OneResource}, restartInstance},
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
				"aws ec2 describe-instances --region {region} --instance-ids {instance} --query 'Reservations[].Instances[].MetadataOptions'",
			}},
			{ID: "fetch-identity-document", Commands: []string{
				`curl -sH "X-aws-ec2-metadata-token: $(curl -sX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' 169.254.169.254/latest/api/token)" 169.254.169.254/latest/dynamic/instance-identity/document`,
			}},
			enableMetadata,
			restartInstance,
		},
		Proof:    []Checks{{"ec2-tag", "ec2-platform", "ec2-ssm", "ec2-imds"}},
		Examples: []string{"Agent Not Provisioned:Unable to retrieve instance identity document."},
	},
	{
		ID:    "ec2-ssm-association-exists",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"SSM Association Creation Failed"},
		Extra: []string{"association already exists"},
		Steps: all(
			[]Step{lookAtAssociations, lookAtFeatures, lookAtMemberFeatures, {ID: "delete-association", Changes: WholeAccount}},
			toggleAgent, []Step{checkAssociation}),
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
				"aws ssm list-associations --region {region} --query 'Associations[].[LastExecutionDate,AssociationId,Name]' --output text | sort",
			}},
			{ID: "look-at-quota", Commands: []string{
				`aws service-quotas list-service-quotas --region {region} --service-code ssm --query "Quotas[?contains(QuotaName,'ssociation')].[QuotaCode,QuotaName,Value]"`,
			}},
			{ID: "delete-unused-associations", Changes: WholeAccount},
			{ID: "or-raise-quota", Changes: OneResource},
		},
		Proof:    []Checks{associationChecks, settingChecks},
		Examples: []string{"SSM Association Creation Failed:Your account has too many SSM associations"},
	},
	{
		ID:       "ec2-ssm-association-missing",
		Kinds:    []coverage.Kind{coverage.EC2},
		Types:    []string{"SSM Association Updation Failed", "SSM Association Update Failed"},
		Steps:    []Step{lookAtAssociations, lookAtFeatures, lookAtMemberFeatures, toggleMonitoring, checkAssociation},
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
			{ID: "compare-prerequisites", Commands: []string{describeInSSM}},
			{ID: "look-at-package", Commands: []string{"dpkg -l amazon-guardduty-agent"}},
			{ID: "finish-package", Changes: OneResource, Commands: []string{"sudo dpkg --configure -a"}},
			runAssociationAgain,
		},
		See:      []string{EC2ArchitecturesPage},
		Proof:    []Checks{associationChecks, settingChecks},
		Examples: []string{"SSM Instance Association Execution Failed:Architectural requirements or other prerequisites are not met."},
	},
	{
		ID:    "ec2-agent-not-reporting-retired",
		Kinds: []coverage.Kind{coverage.EC2},
		Types: []string{"Agent not reporting"},
		Steps: all([]Step{lookAtInstance, lookAtFeatures, lookAtMemberFeatures}, manageAgent, []Step{{ID: "or-toggle-monitoring", Changes: WholeAccount}}),
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
			{ID: "look-at-instance-role", Commands: []string{
				"aws ec2 describe-instances --region {region} --instance-ids {instance} --query 'Reservations[].Instances[].[IamInstanceProfile.Arn,SubnetId,SecurityGroups[].GroupId]'",
			}},
			lookAtRouteToECR,
			lookAtHostContainer,
			{ID: "allow-instance-to-pull", Changes: OneResource},
			restartInstance,
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
	listAssociations = "aws ssm list-associations --region {region} --association-filter-list key=Name,value=AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin"
	describeInSSM    = "aws ssm describe-instance-information --region {region} --filters Key=InstanceIds,Values={instance}"
)

// On a node of an EKS cluster the agent is a pod, and Systems Manager has no part in it.
var (
	lookAtSSM          = Step{ID: "look-at-ssm", Unless: "eks", Commands: []string{describeInSSM}}
	lookAtAssociations = Step{ID: "look-at-associations", Commands: []string{listAssociations}}
	checkAssociation   = Step{ID: "check-association", Check: true, Commands: []string{listAssociations}}
	lookAtAgent        = Step{ID: "look-at-agent", Commands: []string{
		kubectl + "get pods -n amazon-guardduty -o wide",
		"systemctl status amazon-guardduty-agent --no-pager; sudo journalctl -u amazon-guardduty-agent --since '1 hour ago' --no-pager",
	}}
	// Only in an ECS cluster is the agent a host container of Bottlerocket
	// (https://docs.aws.amazon.com/guardduty/latest/ug/managing-gdu-agent-bottlerocket-ecs-ec2.html).
	lookAtHostContainer = Step{ID: "look-at-host-container", If: "ecs", Commands: []string{
		"sheltie journalctl -u host-containers@amazon-guardduty-agent --no-pager",
	}}
	lookAtRouteToECR = Step{ID: "look-at-instance-route-to-ecr", If: "ecs", Commands: []string{
		`aws ec2 describe-vpc-endpoints --region {region} --query "VpcEndpoints[?contains(ServiceName,'.ecr.')||contains(ServiceName,'.s3')].[VpcId,ServiceName,State]"`,
	}}
	// Who deploys the agent by hand reads how.
	installAgent     = Step{ID: "install-agent", Unless: "auto", Changes: OneResource}
	restartAgentPods = Step{ID: "restart-agent-pods", If: "eks", Changes: WholeCluster, Commands: []string{
		kubectl + "rollout restart daemonset aws-guardduty-agent -n amazon-guardduty",
	}}
	restartAgent = Step{ID: "restart-agent", Unless: "eks", Changes: OneResource, Commands: []string{
		"sudo systemctl restart amazon-guardduty-agent",
	}}
	enableMetadata = Step{ID: "enable-metadata-service", Changes: OneResource, Commands: []string{
		"aws ec2 modify-instance-metadata-options --region {region} --instance-id {instance} --http-endpoint enabled",
	}}
	lookAtKernel    = Step{ID: "look-at-kernel", Commands: []string{"uname -r"}}
	restartInstance = Step{ID: "restart-instance", Unless: "eks", Changes: OneResource, Commands: []string{
		"aws ec2 reboot-instances --region {region} --instance-ids {instance}",
	}}
	includeInstance = Step{ID: "include-instance", Changes: OneResource, Commands: []string{
		"aws ec2 delete-tags --region {region} --resources {instance} --tags Key=GuardDutyManaged,Value=false",
	}}
	lookAtInstanceAssociation = Step{ID: "look-at-instance-association", Unless: "eks", Commands: []string{
		`aws ssm describe-instance-associations-status --region {region} --instance-id {instance} --query "InstanceAssociationStatusInfos[?contains(Name,'GuardDuty')]"`,
	}}
	// The association's ID is for the reader to see: the first that is found may be a team's own.
	runAssociationAgain = Step{ID: "run-association-again", Changes: WholeAccount}
	toggleMonitoring    = Step{ID: "toggle-monitoring", Changes: WholeAccount}
)
