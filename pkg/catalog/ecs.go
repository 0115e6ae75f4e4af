package catalog

import "guardduty-coverage-notifier/pkg/coverage"

// ecs are the issues that only ECS clusters report, of their Fargate tasks
// (https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ecs.html). Problems of container
// instances arrive as issues of EC2.
var ecs = []Entry{
	{
		ID:    "ecs-agent-not-reporting",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not reporting"},
		// The agent of a new task often reports only after its first minutes, and of a short one never.
		Transient: true,
		Steps:     []Step{lookAtCoverage, lookAtTasks, lookAtEndpoint, redeployOrRelaunch, verifyCoverage},
		See:       []string{EndpointPage},
		Examples: []string{
			"Agent not reporting:Agent not reporting for tasks in TaskDefinition - 'web:17'",
			"Agent not reporting : Agent not reporting, for task(s) in TaskDefinition 'web:17' . Refer documentation",
		},
	},
	{
		ID:    "ecs-task-vpc-issue",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not reporting"},
		Extra: []string{"VPC_ISSUE", "VPC…for task in TaskDefinition"},
		Steps: []Step{
			{ID: "read-issue-for-vpc"},
			lookAtEndpoint,
			{ID: "look-at-subnets", Commands: []string{
				"aws ecs describe-services --region {region} --cluster {ecs} --services $(aws ecs list-services --region {region} --cluster {ecs} --query 'serviceArns[:10]' --output text) --query 'services[].[serviceName,taskDefinition,networkConfiguration.awsvpcConfiguration]'",
			}},
			verifyCoverage,
		},
		See:   []string{EndpointPage},
		Proof: []Checks{serviceChecks, networkChecks},
		Examples: []string{
			"Agent not reporting:VPC_ISSUE; for task in TaskDefinition - 'web:17'",
			"Agent not reporting:VPC endpoint is not available; for task in TaskDefinition - 'web:17'",
		},
	},
	{
		ID:    "ecs-agent-exited",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent exited"},
		Steps: []Step{{ID: "read-issue-for-exit"}, lookAtTasks, lookAtEndpoint, {ID: "mend-and-relaunch"}, verifyCoverage},
		Proof: []Checks{serviceChecks, {"ecs-execution-role"}, networkChecks},
		Examples: []string{
			"Agent exited:ExitCode: 137 for tasks in TaskDefinition - 'batch-import:4'",
			"Agent exited:Reason: OutOfMemoryError: Container killed due to memory usage for tasks in TaskDefinition - 'batch-import:4'",
			"Agent exited:ExitCode: 1 with reason: 'Essential container in task exited' for tasks in TaskDefinition - 'batch-import:4'",
		},
	},
	{
		ID:    "ecs-image-pull-failed",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent exited"},
		Extra: []string{"CannotPullContainer"},
		Steps: []Step{
			lookAtTasks,
			{ID: "allow-execution-role-to-pull", Commands: []string{
				"aws ecs describe-task-definition --region {region} --task-definition {task-definition} --query taskDefinition.executionRoleArn --output text",
			}},
			{ID: "give-route-to-ecr", Commands: []string{
				"aws ec2 describe-vpc-endpoints --region {region} --filters Name=service-name,Values=com.amazonaws.{region}.ecr.api,com.amazonaws.{region}.ecr.dkr,com.amazonaws.{region}.s3 --query 'VpcEndpoints[].[VpcId,ServiceName,State]' --output table",
			}},
			{ID: "run-pull-runbook", Commands: []string{
				`aws ssm start-automation-execution --region {region} --document-name AWSSupport-TroubleshootECSTaskFailedToStart --parameters ClusterName={ecs},TaskId="$(aws ecs list-tasks --region {region} --cluster {ecs} --family {family} --query 'taskArns[0]' --output text | sed 's|.*/||')"`,
			}},
			redeployOrRelaunch,
		},
		See:   []string{RegistriesPage},
		Proof: []Checks{serviceChecks, {"ecs-execution-role"}, networkChecks},
		Examples: []string{
			"Agent exited:Reason: CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref for tasks in TaskDefinition - 'api:203'",
		},
	},
	{
		ID:    "ecs-unsupported-launcher",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"Unsupported invocation by"},
		Steps: []Step{{ID: "start-tasks-differently"}, {ID: "or-exclude-cluster", Commands: []string{
			"aws ecs tag-resource --region {region} --resource-arn {cluster-arn} --tags key=GuardDutyManaged,value=false",
		}}},
		Proof: []Checks{serviceChecks},
		Examples: []string{
			"Agent not provisioned:Unsupported invocation by CODEBUILD for task(s) in TaskDefinition - 'nightly-report:8'",
		},
	},
	{
		ID:    "ecs-unsupported-architecture",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"Unsupported CPU architecture"},
		Steps: []Step{
			{ID: "look-at-architecture", Commands: []string{
				"aws ecs describe-task-definition --region {region} --task-definition {task-definition} --query 'taskDefinition.[runtimePlatform,requiresCompatibilities]'",
			}},
			{ID: "change-architecture"},
			redeployOrRelaunch,
			verifyCoverage,
		},
		See:   []string{ECSArchitecturesPage},
		Proof: []Checks{serviceChecks},
		Examples: []string{
			"Agent not provisioned:Unsupported CPU architecture 'X86' for task(s) in TaskDefinition - 'legacy-ftp:2'",
		},
	},
	{
		ID:    "ecs-execution-role-missing",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"TaskExecutionRole missing"},
		Steps: []Step{
			{ID: "look-at-execution-role", Commands: []string{
				"aws ecs describe-task-definition --region {region} --task-definition {task-definition} --query taskDefinition.executionRoleArn --output text",
			}},
			addExecutionRole,
			redeployOrRelaunch,
			verifyCoverage,
		},
		See:   []string{ECSPrerequisitesPage},
		Proof: []Checks{serviceChecks, {"ecs-execution-role"}},
		Examples: []string{
			"Agent not provisioned:TaskExecutionRole missing from TaskDefinition - 'mailer:31'",
		},
	},
	{
		ID:    "ecs-network-configuration-missing",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"Missing network configuration"},
		Steps: []Step{
			{ID: "look-at-network-configuration", Commands: []string{
				"aws ecs describe-services --region {region} --cluster {ecs} --services $(aws ecs list-services --region {region} --cluster {ecs} --query 'serviceArns[:10]' --output text) --query 'services[].[serviceName,taskDefinition,networkConfiguration.awsvpcConfiguration]'",
			}},
			{ID: "add-network-configuration"},
			redeployOrRelaunch,
			verifyCoverage,
		},
		Proof: []Checks{serviceChecks},
		Examples: []string{
			"Agent not provisioned:Missing network configuration 'subnets' for task(s) in TaskDefinition - 'ledger:12'",
		},
	},
	{
		ID:    "ecs-task-excluded-by-tag",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"Tasks started when clusters had exclusion tag"},
		Steps: []Step{lookAtTag, includeCluster, relaunchTask, retag, verifyCoverage},
		Proof: []Checks{serviceChecks},
		Examples: []string{
			"Agent not provisioned:Tasks started when clusters had exclusion tag are excluded from Runtime Monitoring. Impacted task ID(s): '1dc5c17a422b4dc4b493371970c6c4d6'",
		},
	},
	{
		ID:    "ecs-service-excluded-by-tag",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"Services deployed when clusters had exclusion tag"},
		Steps: []Step{lookAtTag, includeCluster, redeployService, retag, verifyCoverage},
		Proof: []Checks{serviceChecks, {"ecs-deployment"}, settingChecks},
		Examples: []string{
			"Agent not provisioned:Services deployed when clusters had exclusion tag are excluded from Runtime Monitoring. Impacted service name(s): 'checkout'",
		},
	},
	{
		ID:    "ecs-task-before-automated-agent",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"Tasks started before enabling Automated Agent"},
		Steps: []Step{lookAtTask, relaunchTask, verifyCoverage},
		Proof: []Checks{serviceChecks, {"ecs-deployment"}, settingChecks},
		Examples: []string{
			"Agent not provisioned:Tasks started before enabling Automated Agent Configuration are not covered. Impacted task ID(s): '5f0d8a36c1b94e2e9a7d3b6c8e1f2a40'",
		},
	},
	{
		ID:    "ecs-service-before-automated-agent",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"Services deployed before enabling Automated Agent"},
		Steps: []Step{lookAtService, redeployService, verifyCoverage},
		Proof: []Checks{serviceChecks, {"ecs-deployment"}, settingChecks},
		Examples: []string{
			"Agent not provisioned:Services deployed before enabling Automated Agent Configuration are not covered. Impacted service name(s): 'search-indexer'",
		},
	},
	{
		ID:    "ecs-service-needs-deployment",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"requires a new deployment"},
		Steps: []Step{lookAtService, redeployService, verifyCoverage},
		Proof: []Checks{serviceChecks, {"ecs-deployment"}, settingChecks},
		Examples: []string{
			"Agent not provisioned:Service 'orders-worker' requires a new deployment to fix/troubleshoot. Refer documentation, Impacted service name(s): 'orders-worker'",
		},
	},
	{
		ID:    "ecs-task-before-monitoring",
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Agent not provisioned"},
		Extra: []string{"Tasks started before enabling Runtime Monitoring"},
		Steps: []Step{lookAtTask, relaunchTask, verifyCoverage},
		Proof: []Checks{serviceChecks, {"ecs-deployment"}, settingChecks},
		Examples: []string{
			"Agent not provisioned:Tasks started before enabling Runtime Monitoring require a relaunch. Impacted task ID(s): '9b7e2f14-6c3d-4a58-8e21-0f5d7c9a1b36'",
		},
	},
	{
		ID:    "ecs-unidentified",
		Vague: true,
		Kinds: []coverage.Kind{coverage.ECS},
		Types: []string{"Others", "Other"},
		Extra: []string{"Unidentified issue"},
		// Seen around deployments, gone when the new tasks run.
		Transient: true,
		Steps:     []Step{lookAtCoverage, lookAtTasks, {ID: "ask-why-unidentified"}, lookAtTag, redeployOrRelaunch},
		Examples: []string{
			"Others:Unidentified issue, for tasks in TaskDefinition - 'web:17'",
			"Others : Unidentified issue(s), for task(s) in TaskDefinition 'web:17' . Refer documentation",
		},
	},
}

// Pages that remedies name, below the user guide.
const (
	ECSArchitecturesPage = "prereq-runtime-monitoring-ecs-support.html#validating-architecture-req-ecs"
	ECSPrerequisitesPage = "prereq-runtime-monitoring-ecs-support.html#before-enable-runtime-monitoring-ecs"
)

const taskColumns = " --query 'tasks[].containers[].[taskArn,name,lastStatus,exitCode,reason]' --output table"

var (
	lookAtTasks = Step{ID: "look-at-tasks", Commands: []string{
		"aws ecs describe-tasks --region {region} --cluster {ecs} --tasks $(aws ecs list-tasks --region {region} --cluster {ecs} --family {family} --query 'taskArns[:20]' --output text)" + taskColumns,
		"aws ecs describe-tasks --region {region} --cluster {ecs} --tasks $(aws ecs list-tasks --region {region} --cluster {ecs} --query 'taskArns[:20]' --output text)" + taskColumns,
	}}
	lookAtTask = Step{ID: "look-at-task", Commands: []string{
		"aws ecs describe-tasks --region {region} --cluster {ecs} --tasks {task} --query 'tasks[].[group,startedBy,startedAt,lastStatus]' --output table",
		"aws ecs describe-tasks --region {region} --cluster {ecs} --tasks $(aws ecs list-tasks --region {region} --cluster {ecs} --query 'taskArns[:20]' --output text) --query 'tasks[].[taskArn,group,startedBy,startedAt]' --output table",
	}}
	lookAtService = Step{ID: "look-at-service", Commands: []string{
		"aws ecs describe-services --region {region} --cluster {ecs} --services {service} --query 'services[].[serviceName,taskDefinition,runningCount,deployments[0].createdAt]' --output table",
		"aws ecs list-services --region {region} --cluster {ecs} --query serviceArns",
	}}
	includeCluster = Step{ID: "include-cluster", Commands: []string{
		"aws ecs tag-resource --region {region} --resource-arn {cluster-arn} --tags key=GuardDutyManaged,value=true",
	}}
	addExecutionRole = Step{ID: "add-execution-role"}
	// Fargate cannot add the agent to a task that runs.
	relaunchTask = Step{ID: "relaunch-task", Commands: []string{
		"aws ecs stop-task --region {region} --cluster {ecs} --task {task} --reason 'relaunch for GuardDuty Runtime Monitoring'",
	}}
	redeployService = Step{ID: "redeploy-service", Commands: []string{
		"aws ecs update-service --region {region} --cluster {ecs} --service {service} --force-new-deployment --query 'service.deployments[].[status,rolloutState,createdAt]' --output table",
	}}
	redeployOrRelaunch = Step{ID: "redeploy-or-relaunch", Commands: []string{
		"aws ecs list-services --region {region} --cluster {ecs} --query serviceArns",
	}}
)
