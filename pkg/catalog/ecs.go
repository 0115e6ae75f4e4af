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
		Steps:     []Step{lookAtTasks, {ID: "look-at-short-tasks"}, lookAtEndpoint, redeployOrRelaunch},
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
			lookAtNetworks,
			{ID: "fix-vpc", Changes: WholeVPC},
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
		Steps: []Step{{ID: "read-issue-for-exit"}, lookAtStoppedTasks, lookAtEndpoint, {ID: "fix-and-relaunch", Changes: OneResource}},
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
			{ID: "look-at-task-definition", Commands: []string{
				"aws ecs describe-task-definition --region {region} --task-definition {task-definition} --query 'taskDefinition.[executionRoleArn,containerDefinitions[].logConfiguration.options]'",
			}},
			{ID: "look-at-route-to-ecr", Commands: []string{
				`aws ec2 describe-vpc-endpoints --region {region} --query "VpcEndpoints[?contains(ServiceName,'.ecr.')||contains(ServiceName,'.s3')].[VpcId,ServiceName,State]"`,
			}},
			{ID: "run-pull-runbook", Changes: OneResource},
			redeployOrRelaunch,
			checkTasks,
		},
		See:   []string{RegistriesPage, PullRunbookPage},
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
		Steps: []Step{
			{ID: "start-tasks-differently", Changes: OneResource},
			{ID: "or-exclude-cluster", Changes: WholeCluster, Commands: []string{
				"aws ecs tag-resource --region {region} --resource-arn {ecs-arn} --tags key=GuardDutyManaged,value=false",
			}},
		},
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
			{ID: "change-architecture", Changes: OneResource},
			redeployOrRelaunch,
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
				"aws ecs describe-task-definition --region {region} --task-definition {task-definition} --query taskDefinition.executionRoleArn",
			}},
			addExecutionRole,
			redeployOrRelaunch,
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
			lookAtNetworks,
			{ID: "add-network-configuration", Changes: OneResource},
			redeployOrRelaunch,
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
		Steps: []Step{lookAtTag, lookAtTask, includeCluster, relaunchTask},
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
		Steps: []Step{lookAtTag, lookAtService, includeCluster, redeployService},
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
		Steps: []Step{lookAtTask, relaunchTask},
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
		Steps: []Step{lookAtService, redeployService},
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
		Steps: []Step{lookAtService, redeployService},
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
		Steps: []Step{lookAtTask, relaunchTask},
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
		Steps:     []Step{lookAtTasks, lookAtTag, {ID: "ask-why-unidentified"}, redeployOrRelaunch, checkTasks},
		Examples: []string{
			"Others:Unidentified issue, for tasks in TaskDefinition - 'web:17'",
			"Others : Unidentified issue(s), for task(s) in TaskDefinition 'web:17' . Refer documentation",
		},
	},
}

// Pages that remedies name, below the user guide.
const (
	ECSArchitecturesPage = "prereq-runtime-monitoring-ecs-support.html#validating-architecture-req-ecs"
	PullRunbookPage      = "https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-aws-troubleshootecstaskfailedtostart.html"
	ECSPrerequisitesPage = "prereq-runtime-monitoring-ecs-support.html#before-enable-runtime-monitoring-ecs"
)

// Lists of ECS come in pages, and --query works on each: they go through xargs, which starts nothing for an
// empty one and hands on no more than a call takes: 100 tasks, 10 services. Both calls need the Region and the cluster:
// variables keep the command short.
const (
	inCluster      = "r={region} c={ecs}; aws ecs "
	ofCluster      = " --region $r --cluster $c"
	eachARN        = ` | grep -o 'arn:.*\w' | xargs -rn`
	listTasks      = inCluster + "list-tasks" + ofCluster
	describeTasks  = eachARN + "100 aws ecs describe-tasks" + ofCluster
	describeByTask = "aws ecs describe-tasks --region {region} --cluster {ecs} --query 'tasks[].[group,launchType,startedAt,lastStatus]' --tasks "
	stopTask       = "aws ecs stop-task --region {region} --cluster {ecs-arn} --task "
	deploy         = "aws ecs update-service --region {region} --cluster {ecs-arn} --force-new-deployment --query service.status --service "
	ofServices     = " --query 'services[].[serviceName,deploymentController.type,deployments[0].createdAt]' --services "
)

var (
	lookAtTasks = Step{ID: "look-at-tasks", Commands: []string{
		listTasks + " --family {family}" + describeTasks + " --output text --tasks | grep aws-g",
		listTasks + describeTasks + " --output text --tasks | grep aws-g",
	}}
	checkTasks = Step{ID: "check-tasks", Check: true}
	// Short tasks are gone before anybody looks. ECS forgets them after an hour.
	lookAtStoppedTasks = Step{ID: "look-at-stopped-tasks", Commands: []string{
		listTasks + " --family {family} --desired-status STOPPED" + describeTasks + " --output text --tasks | grep aws-g",
		listTasks + " --desired-status STOPPED" + describeTasks + " --output text --tasks | grep aws-g",
	}}
	lookAtTask = Step{ID: "look-at-task", Commands: []string{
		describeByTask + "{task}",
		describeByTask + "{tasks}",
		listTasks + describeTasks + " --query 'tasks[].[taskArn,group,launchType,startedAt]' --tasks",
	}}
	lookAtService = Step{ID: "look-at-service", Commands: []string{
		"aws ecs describe-services --region {region} --cluster {ecs}" + ofServices + "{service}",
		"aws ecs describe-services --region {region} --cluster {ecs}" + ofServices + "{services}",
		listServices,
	}}
	lookAtNetworks = Step{ID: "look-at-networks", Commands: []string{
		inCluster + "list-services" + ofCluster + eachARN + "10 aws ecs describe-services" + ofCluster + " --services | grep -E 'subnet-|sg-'",
	}}
	includeCluster = Step{ID: "include-cluster", Changes: WholeCluster, Commands: []string{
		"aws ecs tag-resource --region {region} --resource-arn {ecs-arn} --tags key=GuardDutyManaged,value=true",
	}}
	addExecutionRole = Step{ID: "add-execution-role", Changes: OneResource}
	// Fargate cannot add the agent to a task that runs.
	relaunchTask = Step{ID: "relaunch-task", Changes: OneResource, Commands: []string{
		stopTask + "{task}",
		"for task in {tasks}; do " + stopTask + "$task; done",
	}}
	redeployService = Step{ID: "redeploy-service", Changes: OneResource, Commands: []string{
		deploy + "{service}",
		"for service in {services}; do " + deploy + "$service; done",
	}}
	redeployOrRelaunch = Step{ID: "redeploy-or-relaunch", Changes: OneResource}
)

const listServices = "aws ecs list-services --region {region} --cluster {ecs}"
