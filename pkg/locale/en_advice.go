package locale

import "guardduty-coverage-notifier/pkg/catalog"

func englishAdvice() Advice {
	return Advice{
		Issues: map[catalog.ID]Issue{
			// EKS
			"addon-version-incompatible": {
				Title: "Kubernetes version not supported by the agent",
				Cause: "The GuardDuty agent add-on does not support the cluster's Kubernetes version, so it could not be " +
					"installed.",
			},
			"addon-replicas-missing": {
				Title: "not all agent pods are running",
				Cause: "EKS expects one agent pod per node and counts fewer. Nodes without an agent pod are not monitored.",
			},
			"addon-pods-unschedulable": {
				Title: "agent pods cannot be scheduled",
				Cause: "The nodes lack resources for the agent pods, and the pods' priority class does not let them preempt " +
					"other pods. The issue text counts only the first obstacle; pods on other nodes may be running.",
			},
			"addon-crashloop-completed": {
				Title: "agent pods exit and restart repeatedly",
				Cause: "The agent starts and then exits normally (Completed). Usually it cannot reach GuardDuty, or Runtime " +
					"Monitoring is off.",
			},
			"addon-crashloop-error": {
				Title: "agent pods crash repeatedly",
				Cause: "The agent starts and then fails. Usually a prerequisite is not met, or the name of the GuardDuty " +
					"endpoint does not resolve.",
			},
			"addon-admission-denied": {
				Title: "an admission policy blocks the agent",
				Cause: "An admission controller, such as Kyverno or Gatekeeper, denied a request that EKS makes to install " +
					"the agent. The issue text names the policy.",
			},
			"addon-configuration-conflict": {
				Title: "agent add-on conflicts with existing objects",
				Cause: "The cluster already has objects of the agent with other settings, and EKS was configured not to " +
					"overwrite them.",
			},
			"addon-rbac-forbidden": {
				Title: "EKS lacks permission to install the agent",
				Cause: "EKS installs add-ons as the user `eks:addon-manager`, which lacks a permission in the cluster. Its " +
					"ClusterRoleBinding is missing or was changed.",
			},
			"addon-gatekeeper-owner-label": {
				Title: "Gatekeeper requires an owner label",
				Cause: "A Gatekeeper constraint requires a label on every namespace. The add-on creates `amazon-guardduty` " +
					"without it.",
			},
			"addon-gatekeeper-image-registry": {
				Title: "Gatekeeper blocks the agent's image registry",
				Cause: "A Gatekeeper constraint allows images from listed registries only, and GuardDuty's registry is not " +
					"listed.",
			},
			"addon-issue-other": {
				Title:   "EKS reports a problem with the agent add-on",
				Cause:   "EKS could not install, update, or keep the agent add-on healthy. The issue text gives the reason.",
				Precise: "EKS reports the issue code `{code}` for the agent add-on. The issue text gives the details.",
			},
			catalog.AddonRemoved: {
				Title: "GuardDuty agent add-on removed",
				Cause: "EKS reports the add-on `aws-guardduty-agent` as deleted. Nothing in this cluster is monitored until it " +
					"is installed again.",
			},
			"eks-local-cluster": {
				Title: "local clusters on Outposts are not supported",
				Cause: "Local clusters on AWS Outposts cannot run EKS add-ons, so GuardDuty cannot cover this cluster. No " +
					"action is possible.",
			},
			"eks-permission-not-granted": {
				Title: "GuardDuty was denied a permission for EKS",
				Cause: "GuardDuty lacked a permission when it enabled Runtime Monitoring for EKS. The issue text includes the " +
					"reason if AWS gave one.",
			},
			"eks-provisioning-in-progress": {
				Title: "EKS monitoring is still being set up",
				Cause: "GuardDuty is provisioning what the cluster needs, and the status stays Unhealthy until that completes. " +
					"No action is required.",
			},
			"eks-authorization-failure": {
				Title: "GuardDuty failed authorization",
				Cause: "A request from GuardDuty failed authorization, so it could not manage the agent.",
			},

			// ECS
			"ecs-agent-not-reporting": {
				Title: "agent not reporting in some Fargate tasks",
				Cause: "GuardDuty receives nothing from the agent in some tasks. This often resolves itself within 15 minutes; " +
					"if it does not, the agent cannot reach GuardDuty.",
				Precise: "GuardDuty receives nothing from the agent in tasks of `{task-definition}`. This often resolves itself " +
					"within 15 minutes; if it does not, the agent cannot reach GuardDuty.",
			},
			"ecs-task-vpc-issue": {
				Title:   "a VPC issue keeps the agent from reporting",
				Cause:   "GuardDuty found a problem with the VPC of a task. The issue text describes it.",
				Precise: "GuardDuty found a problem with the VPC of a task of `{task-definition}`. The issue text describes it.",
			},
			"ecs-agent-exited": {
				Title: "agent exited in some Fargate tasks",
				Cause: "The agent container exited while the task kept running. The issue text includes the exit code or the " +
					"reason.",
				Precise: "The agent container in tasks of `{task-definition}` exited while the tasks kept running. The issue " +
					"text includes the exit code or the reason.",
			},
			"ecs-image-pull-failed": {
				Title:   "Fargate tasks cannot pull the agent image",
				Cause:   "The agent image could not be pulled from Amazon ECR. The tasks keep running without monitoring.",
				Precise: "Tasks of `{task-definition}` could not pull the agent image from Amazon ECR. They keep running without monitoring.",
			},
			"ecs-unsupported-launcher": {
				Title: "tasks from this launcher are not supported",
				Cause: "GuardDuty does not support tasks launched by the service that the issue text names.",
			},
			"ecs-unsupported-architecture": {
				Title: "CPU architecture of the tasks is not supported",
				Cause: "There is no agent for the CPU architecture of the task definition.",
			},
			"ecs-execution-role-missing": {
				Title: "task execution role missing",
				Cause: "Without a task execution role, tasks cannot pull the agent image and run without the agent.",
				Precise: "`{task-definition}` has no task execution role, so its tasks cannot pull the agent image and run " +
					"without the agent.",
			},
			"ecs-network-configuration-missing": {
				Title: "network configuration of tasks is missing",
				Cause: "The VPC configuration of the tasks is missing or has no subnets. The issue text names what is missing.",
			},
			"ecs-task-excluded-by-tag": {
				Title: "task started while the cluster was excluded",
				Cause: "The cluster had the tag `GuardDutyManaged` = `false` when the task started, so the task stays excluded " +
					"as long as it runs. Tag changes take some minutes to take effect.",
				Precise: "The cluster had the tag `GuardDutyManaged` = `false` when task `{task}` started, so the task stays " +
					"excluded as long as it runs. Tag changes take some minutes to take effect.",
			},
			"ecs-service-excluded-by-tag": {
				Title: "service deployed while the cluster was excluded",
				Cause: "The cluster had the tag `GuardDutyManaged` = `false` when the service was deployed, so its tasks stay " +
					"excluded until the next deployment. Tag changes take some minutes to take effect.",
				Precise: "The cluster had the tag `GuardDutyManaged` = `false` when service `{service}` was deployed, so its " +
					"tasks stay excluded until the next deployment. Tag changes take some minutes to take effect.",
			},
			"ecs-task-before-automated-agent": {
				Title: "task predates automated agent configuration",
				Cause: "GuardDuty adds the agent when a task starts. This task started before automated agent configuration " +
					"was turned on.",
			},
			"ecs-service-before-automated-agent": {
				Title: "service predates automated agent configuration",
				Cause: "The service was deployed before automated agent configuration was turned on, so its tasks have no " +
					"agent.",
				Precise: "Service `{service}` was deployed before automated agent configuration was turned on, so its tasks " +
					"have no agent.",
			},
			"ecs-service-needs-deployment": {
				Title:   "service needs a new deployment",
				Cause:   "The running tasks of the service have no working agent. Only new tasks get the agent.",
				Precise: "The running tasks of service `{service}` have no working agent. Only new tasks get the agent.",
			},
			"ecs-task-before-monitoring": {
				Title: "task predates Runtime Monitoring",
				Cause: "GuardDuty adds the agent when a task starts. This task started before Runtime Monitoring was turned on.",
			},
			"ecs-unidentified": {
				Title: "cause not identified by GuardDuty",
				Cause: "GuardDuty reports an unidentified issue with some tasks. It often appears during a deployment and " +
					"resolves itself within 15 minutes.",
				Precise: "GuardDuty reports an unidentified issue with tasks of `{task-definition}`. It often appears during a " +
					"deployment and resolves itself within 15 minutes.",
			},

			// EC2
			"ec2-waiting-for-ssm": {
				Title: "waiting for Systems Manager",
				Cause: "GuardDuty installs the agent through Systems Manager, which takes some minutes after the instance " +
					"starts. If this lasts, the instance may not be a managed node.",
			},
			"ec2-no-agent-reporting": {
				Title: "no agent is reporting",
				Cause: "GuardDuty receives nothing from this instance: the agent is not installed, is not running, or cannot " +
					"reach GuardDuty. A stopped or terminated instance looks the same.",
			},
			"ec2-agent-disconnected": {
				Title: "agent disconnected",
				Cause: "The agent reported before and no longer does: it stopped, the instance stopped, or the network path to " +
					"GuardDuty is blocked.",
			},
			"ec2-excluded-by-tag": {
				Title: "excluded by tag",
				Cause: "The instance has the tag `GuardDutyManaged` = `false`. If that is intended, no action is required. Tag " +
					"changes take some minutes to take effect.",
			},
			"ec2-kernel-too-old": {
				Title: "kernel is older than the agent supports",
				Cause: "The agent was not installed because the kernel version is below the supported range.",
			},
			"ec2-kernel-too-new": {
				Title: "kernel is newer than the agent supports",
				Cause: "The agent was not installed because the kernel version is above the supported range.",
			},
			"ec2-identity-document-unavailable": {
				Title: "instance identity document unavailable",
				Cause: "The agent proves where it runs with the instance identity document, which the instance metadata " +
					"service (IMDS) did not return. Machines outside EC2 have no such document.",
			},
			"ec2-ssm-association-exists": {
				Title: "an old GuardDuty SSM association is in the way",
				Cause: "The account already has a GuardDuty association in Systems Manager, so a new one could not be created. " +
					"No instance gets the agent through the old one.",
			},
			"ec2-ssm-association-quota": {
				Title: "too many SSM associations in the account",
				Cause: "The account reached its quota of Systems Manager associations, so GuardDuty could not create the one " +
					"that installs the agent.",
			},
			"ec2-ssm-association-missing": {
				Title: "GuardDuty SSM association missing",
				Cause: "The account lacks the Systems Manager association that installs the agent, so no instance gets the " +
					"agent. The association may have been deleted.",
			},
			"ec2-ssm-association-deletion-failed": {
				Title: "GuardDuty SSM association already deleted",
				Cause: "GuardDuty tried to delete its Systems Manager association and did not find it. If it was deleted on " +
					"purpose, no action is required.",
			},
			"ec2-ssm-association-execution-failed": {
				Title: "Systems Manager could not install the agent",
				Cause: "The association failed on the instance: its operating system, kernel, or architecture does not meet " +
					"the agent's requirements, or another prerequisite is missing.",
			},
			"ec2-agent-not-reporting-retired": {
				Title: "no agent is reporting (retired issue type)",
				Cause: "AWS used this issue type before automated agent configuration supported EC2. It stays until Runtime " +
					"Monitoring is set up again.",
			},
			"ec2-image-pull-failed": {
				Title: "agent image cannot be pulled",
				Cause: "On Bottlerocket, the agent is a host container. Its image could not be pulled from Amazon ECR.",
			},

			// several kinds
			"vpc-endpoint-shared-vpc-unsupported": {
				Title: "VPC endpoint creation failed in a shared VPC",
				Cause: "The resource runs in a VPC that another account shares. GuardDuty supports that within one " +
					"organization if the prerequisites are met.",
			},
			"vpc-endpoint-shared-vpc-owner-not-enabled": {
				Title: "shared VPC owner has not enabled the agent",
				Cause: "The endpoint must be created in the account that owns the shared VPC. Runtime Monitoring or automated " +
					"agent configuration is off there.",
				Precise: "The endpoint must be created in account {owner}, which owns the shared VPC. Runtime Monitoring or " +
					"automated agent configuration is off there.",
			},
			"vpc-endpoint-private-dns": {
				Title: "VPC DNS settings block the GuardDuty endpoint",
				Cause: "The GuardDuty endpoint needs private DNS, which requires `enableDnsSupport` and `enableDnsHostnames` " +
					"in the VPC.",
				Precise: "The GuardDuty endpoint needs private DNS, which requires `enableDnsSupport` and " +
					"`enableDnsHostnames` in `{vpc}`.",
			},
			"vpc-endpoint-creation-failed": {
				Title: "VPC endpoint creation failed",
				Cause: "GuardDuty could not create its VPC endpoint, and the agent cannot report without it. The issue text " +
					"includes the reason if AWS gave one.",
			},
			"shared-vpc-endpoint-deletion-refused": {
				Title: "shared VPC endpoint was not deleted",
				Cause: "GuardDuty was turned off for an account that uses a shared VPC. The endpoint belongs to the account " +
					"that owns the VPC and stays there.",
				Precise: "GuardDuty was turned off for an account that uses a shared VPC. The endpoint belongs to account " +
					"{owner} and stays there.",
			},
			catalog.Unrecognised: {
				Title: "issue unknown to this notifier",
				Cause: "GuardDuty gave a reason that is not in this notifier's catalog.",
			},
			catalog.NoReason: {
				Title: "GuardDuty gave no reason",
				Cause: "This is common: the resource may have been stopped or scaled to zero, or a change of the " +
					"`GuardDutyManaged` tag is not in effect yet.",
			},
		},
		Steps: map[catalog.StepID]string{
			// coverage, endpoint and tags
			"look-at-endpoint": "Check the `guardduty-data` endpoint of the VPC (`guardduty-data-fips` in " +
				"GovCloud): available, private DNS on, port 443 open to the VPC in its security group, and " +
				"no policy, SCP or permissions boundary that denies `guardduty:SendSecurityTelemetry`. A " +
				"participant of a shared VPC sees none; look in the owner's account.",
			"check-endpoint": "Check that the endpoint is now `available`. In a shared VPC, look in the " +
				"owner's account.",
			"look-at-tag": "Read the tag `GuardDutyManaged`: `true` includes the resource, `false` excludes " +
				"it.",
			"retag": "If the tag has the right value and no effect, remove it and add it again. Adding a " +
				"value that is already set does nothing.",
			"hurry-retry": "Make GuardDuty retry sooner: set the inclusion tag. If the tag is already " +
				"`true`, remove it first, or stop and start the instance. To undo it, delete the tag.",

			// shared VPCs and the endpoint
			"look-at-vpc-owner": "Find the account that owns the VPC (`OwnerId`).",
			"meet-shared-vpc-prerequisites": "Meet the prerequisites for shared VPCs: both accounts belong " +
				"to one organization, and the owner's account has Runtime Monitoring and automated agent " +
				"configuration on.",
			"look-at-features-in-owner": "With credentials of the account that owns the VPC, check whether " +
				"Runtime Monitoring and automated agent configuration are on.",
			"look-at-features-of-owner": "In GuardDuty's administrator account, check whether Runtime " +
				"Monitoring and automated agent configuration are on for the account that owns the VPC.",
			"enable-in-owner": "Turn on Runtime Monitoring and automated agent configuration in the owner's " +
				"account, for EKS or for ECS on Fargate. A member account cannot do that itself: " +
				"GuardDuty's administrator does.",
			"decide-on-shared-endpoint": "Decide whether the endpoint must go. Other accounts may use the " +
				"VPC, and settings of this account do not change it.",
			"disable-in-owner": "If it must go, turn off automated agent configuration in the owner's " +
				"account. Other accounts in the VPC then lose the endpoint, too. To undo it, turn it on " +
				"again.",
			"look-at-dns-attributes": "Find out which of the two DNS attributes of the VPC is off.",
			"enable-dns-attributes": "Turn on both DNS attributes, with credentials of the account that " +
				"owns the VPC. To undo it, use the same options with `--no-enable`.",
			"read-issue-for-reason": "Read the reason in the issue text. Quotas, permissions, and subnets " +
				"without free addresses are common.",
			"look-at-endpoint-denials": "If the text gives no reason, find the error in CloudTrail.",

			// nothing known
			"read-raw-issue": "Read the issue text. It usually says what is wrong.",
			"look-at-cluster-addon": "Check the agent add-on of the EKS cluster. It runs the agent as a pod " +
				"on every node, but not on Fargate or hybrid nodes.",
			"look-at-instance": "Check whether the instance is running. A stopped or terminated instance " +
				"needs no action; Windows is not supported.",
			"look-at-services": "Check whether the cluster runs any tasks. A cluster without tasks needs no " +
				"action; ECS Managed Instances are not supported. Issues of container instances are " +
				"reported as EC2 instances.",
			"look-at-documentation": "Look for the issue in AWS's table, which may be newer than this " +
				"notifier.",

			// the EKS add-on
			"look-at-cluster-version": "Read the Kubernetes version of the cluster.",
			"compare-addon-versions":  "Compare it with the versions that the agent supports.",
			"upgrade-cluster": "Upgrade the cluster to a supported version. This cannot be undone. " +
				"GuardDuty then installs the agent; an agent that you manage, you install.",
			"look-at-addon": "Read the status and the health issues of the add-on.",
			"verify-addon": "Check that the add-on is `ACTIVE` and has no health issues. One that stays " +
				"`CREATING` for 15 minutes has to be deleted and created again.",
			"look-at-pods":    "Check which agent pods are ready. A cluster without nodes needs no action.",
			"read-pod-events": "Read why the other pods do not start.",
			"look-at-taints": "Check the nodes for custom taints. The agent does not tolerate them, so " +
				"those nodes have no agent, and nothing warns of it.",
			"read-pod-logs": "Read the last log of agent pods that are not ready. Their nodes need a " +
				"supported operating system and kernel.",
			"retry-addon": "Make EKS try again; changes in the cluster stay.",
			"look-at-addon-configuration": "Note the version and the configuration of the add-on. Priority " +
				"classes need version 1.5.0 or later.",
			"look-for-room": "Check how much of each node is allocated.",
			"raise-priority": "Give the agent a priority class that preempts other pods. This replaces the " +
				"whole configuration: add the values that you noted. To undo it, set them again.",
			"or-make-room": "Or make room: add nodes, or use larger nodes where the limit of pods is " +
				"reached.",
			"look-at-features": "Read whether Runtime Monitoring and automated agent configuration are on, " +
				"and note the values. `EKS_RUNTIME_MONITORING` is the older feature.",
			"look-at-member-features": "In GuardDuty's administrator account, read whether Runtime " +
				"Monitoring and automated agent configuration are on for the member account, and note the " +
				"values. `EKS_RUNTIME_MONITORING` is the older feature.",
			"resolve-endpoint": "Check that the endpoint's name resolves to private addresses in the " +
				"cluster. This starts a temporary pod and removes it.",
			"list-admission-webhooks": "Find the admission controller that the issue text names.",
			"except-agent-from-policy": "Change its policy to allow requests of EKS in the namespace " +
				"`amazon-guardduty`.",
			"overwrite-addon": "Let EKS overwrite the conflicting settings. This discards changes that were " +
				"made in the cluster and cannot be undone.",
			"or-remove-addon": "If that fails, remove the add-on. The cluster is not covered until it is " +
				"installed again, and its configuration values are lost: note them first.",
			"and-install-addon": "When the add-on is gone, install it again, with the configuration values " +
				"that you noted.",
			"look-at-addon-binding": "Check whether the ClusterRoleBinding exists and names the user " +
				"`eks:addon-manager`.",
			"create-addon-binding": "Create the binding, or correct its user. It gives EKS's add-on manager " +
				"full access to the cluster. A binding with another role must be deleted first. To undo it, " +
				"delete the binding.",
			"look-at-constraints": "Find the Gatekeeper constraint that the issue text names in brackets.",
			"label-namespace": "Create the namespace with the label. Replace `security` with your team's " +
				"name.",
			"or-except-namespace": "Or exempt the namespace `amazon-guardduty` from the constraint.",
			"allow-registry": "Add GuardDuty's registry of the Region to the allowed registries of the " +
				"constraint. The linked page lists the registries.",
			"allow-registry-in-govcloud": "Add GuardDuty's registry of the Region to the allowed registries " +
				"of the constraint. The registries of GovCloud are in the AWS GovCloud (US) User Guide, " +
				"under Amazon GuardDuty.",
			"look-up-addon-code": "Look up the issue code, and fix the underlying cause.",
			"see-who-removed-addon": "Find out who removed the add-on. A deliberate removal needs no " +
				"action.",
			"delete-stuck-addon": "Delete the add-on, because it does not leave this state. To undo it, create it again.",
			"install-addon": "Install the add-on. With automated agent configuration GuardDuty does so, " +
				"unless a tag excludes the cluster. To undo it, use `aws eks delete-addon`.",
			"read-named-cause": "Read the issue text. It may name a cause, such as a denied permission.",
			"fix-named-cause":  "If the issue text names a cause, fix that first.",

			// GuardDuty's settings
			"turn-off-agent-management": "If the issue remains and the account is not a member: turn " +
				"automated agent configuration off. Agents are not installed or updated until it is on " +
				"again, so leave it off for a few minutes only. Do not run this where " +
				"`EKS_RUNTIME_MONITORING` is on.",
			"turn-off-agent-management-of-member": "If the issue remains: in GuardDuty's administrator " +
				"account, turn automated agent configuration off for the member. Agents are not installed " +
				"or updated until it is on again, so leave it off for a few minutes only. Do not run this " +
				"where `EKS_RUNTIME_MONITORING` is on.",
			"turn-on-agent-management-again": "A few minutes later, turn it on again: run the same command with " +
				"`ENABLED` in place of `DISABLED`.",
			"toggle-agent-by-hand": "If the issue remains: in the GuardDuty console, turn Runtime " +
				"Monitoring off, and on again a few minutes later, with the values that you noted. Nothing " +
				"is covered meanwhile. In an organization, GuardDuty's administrator does that.",
			"turn-on-agent-management": "If the account is not a member: turn on automated agent " +
				"configuration, or install the agent yourself. GuardDuty then installs the agent wherever " +
				"no tag excludes it. To undo it, set the status to `DISABLED`.",
			"turn-on-agent-management-of-member": "In GuardDuty's administrator account, turn on automated " +
				"agent configuration for the member, or have the agent installed manually. GuardDuty then " +
				"installs the agent wherever no tag excludes it. To undo it, set the status to `DISABLED`.",
			"toggle-monitoring": "In the GuardDuty console, turn Runtime Monitoring off, and on again a few " +
				"minutes later, with the values that you noted. Nothing is covered meanwhile. In an " +
				"organization, GuardDuty's administrator does that.",
			"or-toggle-monitoring": "If it is on already, or you deploy the agent yourself: in the " +
				"GuardDuty console, turn Runtime Monitoring off, and on again a few minutes later, with the " +
				"values that you noted. Nothing is covered meanwhile.",
			"enable-guardduty": "If the account is not a member: turn on GuardDuty, and then Runtime " +
				"Monitoring. Both are charged. To undo it, use `aws guardduty delete-detector`.",
			"enable-guardduty-in-member": "In GuardDuty's administrator account, enable GuardDuty for the " +
				"member account, and then Runtime Monitoring. Both are charged.",
			"resume-guardduty": "If the account is not a member: resume GuardDuty. To undo it, use " +
				"`--no-enable`.",
			"resume-guardduty-in-member": "In GuardDuty's administrator account, resume GuardDuty for the " +
				"member. To undo it, use `aws guardduty stop-monitoring-members`.",
			"turn-on-monitoring": "If the account is not a member: turn on Runtime Monitoring. It is " +
				"charged. To undo it, set the status to `DISABLED`.",
			"turn-on-monitoring-in-member": "In GuardDuty's administrator account, turn on Runtime " +
				"Monitoring for the member. It is charged. To undo it, set the status to `DISABLED`.",

			// ECS
			"look-at-tasks": "Check the agent container of the running tasks. Its name begins with " +
				"`aws-guardduty-agent` or `aws-gd-agent`; a task without one has no agent.",
			"look-at-stopped-tasks": "Check the agent container of tasks that stopped in the last hour. " +
				"Tasks are often too short to be seen running.",
			"look-at-short-tasks": "Tasks are often too short to be seen running. With `--desired-status STOPPED` " +
				"behind `list-tasks`, the first command shows those that stopped in the last hour.",
			"check-tasks":        "With the first command, check that the agent container of the new tasks is `RUNNING`.",
			"read-issue-for-vpc": "Read in the issue text what is wrong with the VPC.",
			"look-at-networks": "Check the subnets and security groups of the services. They need subnets " +
				"and a route to the endpoint on port 443.",
			"fix-vpc": "Fix what the issue text names. GuardDuty then tries again.",
			"read-issue-for-exit": "Read the exit code or the reason in the issue text. 137 usually means " +
				"that the task ran out of memory.",
			"fix-and-relaunch": "Fix the cause, for example by giving the task more memory, and replace its " +
				"tasks.",
			"look-at-task-definition": "Check the task execution role, which needs the permissions of " +
				"`AmazonECSTaskExecutionRolePolicy`, and read the logs of the task: the log groups are " +
				"shown, too.",
			"look-at-route-to-ecr": "Check that the subnets have a route to ECR, through the internet or " +
				"these endpoints, and that the security group allows port 443 to S3's prefix list.",
			"run-pull-runbook": "Run AWS's runbook `AWSSupport-TroubleshootECSTaskFailedToStart` with the " +
				"ID of a failed task, and read its result with `aws ssm get-automation-execution`. It may " +
				"create a Lambda function and an IAM role in the account.",
			"redeploy-or-relaunch": "Replace the running tasks; they never get the agent later. Force a new " +
				"deployment of the services concerned, or start a new deployment in CodeDeploy where it " +
				"deploys them. Start standalone tasks again before you stop the old ones.",
			"start-tasks-differently": "Start the tasks from a supported service if they need to be " +
				"monitored.",
			"or-exclude-cluster": "If the cluster has no other tasks, exclude it to stop these " +
				"notifications. To undo it, set the tag to `true`.",
			"look-at-architecture": "Read the CPU architecture of the task definition.",
			"change-architecture": "Register a revision for a supported architecture. The linked page lists " +
				"them.",
			"look-at-execution-role": "Check that the task definition has no task execution role (`null`).",
			"add-execution-role":     "Register a revision with a task execution role that can pull from ECR.",
			"add-network-configuration": "Give the service or the task a VPC configuration with subnets and " +
				"security groups.",
			"include-cluster": "If the cluster should be covered, set the inclusion tag. It takes some " +
				"minutes to take effect. To undo it, set the tag to `false`.",
			"look-at-task": "Find out what started the task. Its group begins with `service:` if a service " +
				"restarts it, and with `family:` if nothing does.",
			"relaunch-task": "Stop the task to replace it. A service starts a new one. Nothing restarts a " +
				"standalone task: start it again first.",
			"look-at-service": "Check when the service was last deployed, and by what: `CODE_DEPLOY` needs " +
				"a new deployment in CodeDeploy.",
			"redeploy-service": "Force a new deployment, which replaces the tasks. A service that " +
				"CodeDeploy deploys refuses this: start a new deployment in CodeDeploy.",
			"ask-why-unidentified": "Check whether the tasks are older than Runtime Monitoring, were " +
				"started while the cluster was excluded, or have ARNs in the old format without the " +
				"cluster's name, which is not supported.",

			// EC2
			"look-at-ssm": "Check that Systems Manager manages the instance and that its ping status is " +
				"`Online`. If the list is empty, the instance needs the SSM agent, a role, and a network " +
				"path.",
			"look-at-associations": "Find GuardDuty's associations and their last results. A team may have " +
				"one of its own with the same document.",
			"check-association":            "Check that GuardDuty's association exists.",
			"look-at-instance-association": "Read the association's result on the instance.",
			"look-at-host-container": "On Bottlerocket, the agent is a host container: connect with Session " +
				"Manager, run `enter-admin-container`, and read its log.",
			"look-at-instance-route-to-ecr": "On Bottlerocket, check that the instance has a route to ECR, " +
				"through the internet or these endpoints, and a role with " +
				"`AmazonEC2ContainerRegistryReadOnly`.",
			"look-at-agent": "Check the agent's status: on an EKS node as a pod, otherwise on the instance. " +
				"Its logs are in `/var/log/amzn-guardduty-agent/`.",
			"install-agent":      "If you deploy the agent yourself, install it as the linked page says.",
			"restart-agent-pods": "Restart the agent on the cluster's nodes, one after the other.",
			"restart-agent": "On the instance, restart the agent. On Bottlerocket, restart the instance " +
				"instead.",
			"include-instance": "If the instance should be covered, remove the exclusion tag. To undo it, " +
				"add the tag again.",
			"look-at-kernel": "On the instance, read the kernel version and compare it with the supported " +
				"ones.",
			"upgrade-kernel": "Update the kernel, or move to a newer image. Replace an EKS node instead.",
			"downgrade-kernel": "Boot a supported kernel, or use an image that has one, until the agent " +
				"supports this one. Replace an EKS node instead.",
			"restart-instance": "Restart the instance in a maintenance window.",
			"look-at-metadata-options": "Check that `HttpEndpoint` is `enabled`. Machines outside EC2, such " +
				"as hybrid nodes, are not supported.",
			"enable-metadata-service": "If it is `disabled`, enable the instance metadata service. To undo " +
				"it, use `--http-endpoint disabled`.",
			"fetch-identity-document": "On the instance, fetch the identity document. The answer must be " +
				"JSON.",
			"delete-association": "Delete GuardDuty's old association by its ID, with `aws ssm " +
				"delete-association`. Make sure that it is not a team's own.",
			"count-associations": "List the associations. Those that have not run for the longest time come " +
				"first.",
			"look-at-quota": "Read the quota of associations.",
			"delete-unused-associations": "Delete the associations that nobody needs, by ID, with `aws ssm " +
				"delete-association`. This cannot be undone.",
			"or-raise-quota":        "Or request a higher quota. GuardDuty then tries again.",
			"accept-deletion":       "If the association was deleted deliberately, no action is needed.",
			"compare-prerequisites": "Compare the operating system of the instance with the supported ones.",
			"look-at-package": "On Debian and Ubuntu, check on the instance whether the package is half " +
				"installed (`iF`), which a reboot during the installation leaves behind.",
			"finish-package": "If so, finish the installation on the instance.",
			"run-association-again": "When the cause is fixed, run the association again by the ID that the " +
				"first step shows: `aws ssm start-associations-once --association-ids ID`. It runs on all " +
				"its instances.",
			"look-at-instance-role": "Find the role of the instance. It needs " +
				"`AmazonEC2ContainerRegistryReadOnly`; `null` means that it has none.",
			"allow-instance-to-pull": "Give the instance that permission and a route to ECR.",

			// what the diagnosis found
			"wait-for-cluster": "Find out why the cluster is not `ACTIVE`. GuardDuty covers it as soon as " +
				"it is.",
			"include-eks-cluster": "If the cluster should be covered, remove the exclusion tag. To undo it, " +
				"add the tag again.",
			"update-addon": "Update the add-on to the newest version for the cluster. Where GuardDuty " +
				"manages the add-on, it does so itself.",
			"wait-for-node": "No action is needed while no node is running: the next node gets the agent. " +
				"Check whether nodes should be running.",
			"leave-fargate": "Runtime Monitoring does not cover EKS on Fargate. If the cluster stays on " +
				"Fargate, exclude it to stop these notifications. To undo it, remove the tag.",
			"wait-for-endpoint": "GuardDuty creates the endpoint when it tries again. If it does not, check " +
				"quotas, free addresses in the subnets, and SCPs.",
			"create-endpoint": "Create the endpoint with AWS's policy and a security group that allows port " +
				"443 from the VPC, as the linked page says. In GovCloud, its service name ends in " +
				"`guardduty-data-fips`.",
			"see-why-endpoint-is-not-available": "Find out why the endpoint is not available. One that is " +
				"`pending` needs some minutes.",
			"delete-endpoint": "Delete an endpoint that failed or was rejected, so that it is created " +
				"again.",
			"enable-private-dns": "Turn on private DNS for the endpoint. To undo it, use " +
				"`--no-private-dns-enabled`.",
			"let-in-https": "Allow port 443 from the VPC. To undo it, use `revoke-security-group-ingress`.",
			"leave-windows": "Runtime Monitoring does not cover Windows. Exclude the instance to stop these " +
				"notifications. To undo it, remove the tag.",
			"restart-ssm-agent": "On the instance, restart the SSM agent, and check that the instance " +
				"reaches Systems Manager.",
			"look-at-instance-profile": "Find the role of the instance. An empty list means that it has " +
				"none.",
			"register-in-ssm": "Have Systems Manager manage the instance: it needs the SSM agent, a role " +
				"with `AmazonSSMManagedInstanceCore`, and a network path.",
			"see-why-nothing-runs": "Find out why no task is running. If that is intended, no action is " +
				"needed.",
			"accept-missing-service": "If the service was deleted deliberately, no action is needed. List " +
				"the services that exist.",
		},
		Reaches: map[catalog.Reach]string{
			catalog.WholeCluster: "Affects the whole cluster.",
			catalog.WholeVPC:     "Affects everything in the VPC.",
			catalog.WholeAccount: "Affects every resource of the account in the Region.",
		},
		Credentials: map[catalog.Side]string{
			catalog.OwnSide: "Use credentials of account {account} (`aws sts get-caller-identity` shows yours).",
			catalog.AdministratorSide: "The resource belongs to member account {account}: use its credentials " +
				"(`aws sts get-caller-identity` shows yours), but those of GuardDuty's administrator for `aws guardduty`.",
			catalog.AnySide: "Use credentials of account {account} (`aws sts get-caller-identity` shows yours). If it is a " +
				"member, use those of GuardDuty's administrator for `aws guardduty`.",
		},
		Lacks: map[catalog.Lack]string{
			catalog.LacksRegion:    "The event names no valid Region, so there are no commands.",
			catalog.LacksPartition: "The Region is in a partition that is not known to have Runtime Monitoring, so there are no commands.",
			catalog.LacksAccount:   "The event names no valid account, so there are no commands.",
			catalog.LacksName:      "The event names no valid resource, so there are no commands.",
		},
		Pages: map[string]string{
			catalog.EKSPage:                "Coverage issues of EKS clusters",
			catalog.EndpointPage:           "Checking the VPC endpoint",
			catalog.SharedVPCPage:          "Prerequisites for shared VPCs",
			catalog.KubernetesVersionsPage: "Supported Kubernetes versions",
			catalog.AddonParametersPage:    "Settings of the agent add-on",
			catalog.RegistriesPage:         "Registries of the agent's image",
			catalog.AddonIssuePage:         "Issue codes of EKS add-ons",
			catalog.ECSArchitecturesPage:   "Supported architectures on Fargate",
			catalog.ECSPrerequisitesPage:   "Prerequisites for Fargate",
			catalog.EC2ArchitecturesPage:   "Supported operating systems and kernels",
			catalog.CreateEndpointPage:     "Creating the VPC endpoint manually",
			catalog.PullRunbookPage:        "Runbook AWSSupport-TroubleshootECSTaskFailedToStart",
			catalog.ManualAgentPage:        "Deploying the agent by hand",
			catalog.BottlerocketPage:       "Coverage issues of Bottlerocket on ECS",
		},
	}
}
