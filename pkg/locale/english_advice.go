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
			"verify-coverage":  "Check that the status is `HEALTHY` again; it may take some 15 minutes.",
			"look-at-coverage": "See whether it is still `UNHEALTHY`; if it is `HEALTHY` by now, there is nothing to do.",
			"look-at-endpoint": "Check that the VPC's `guardduty-data` endpoint is available, has private DNS, lets in port 443 from the VPC, and that neither its policy nor an SCP or permissions boundary denies `guardduty:SendSecurityTelemetry`.",
			"look-at-tag":      "See whether the tag `GuardDutyManaged` includes or excludes the resource.",
			"retag":            "If a tag is used and seems to have no effect, remove `GuardDutyManaged` and add it again: tags take time to be noticed, and this hurries it.",
			"hurry-retry":      "Make GuardDuty try again sooner by adding or changing the tag `GuardDutyManaged` (stopping and starting the instance works too).",

			// shared VPCs and the endpoint
			"look-at-vpc-owner":             "See which account owns the VPC.",
			"meet-shared-vpc-prerequisites": "Meet the prerequisites for shared VPCs: both accounts in one organization, Runtime Monitoring and automated agent configuration enabled in the owner's account.",
			"look-at-features-in-owner":     "With credentials of the account that owns the VPC, see whether Runtime Monitoring and its automated agent configuration are enabled.",
			"enable-in-owner":               "In the owner's account, enable Runtime Monitoring and automated agent configuration for at least one of EKS and ECS on Fargate (in an organization, GuardDuty's administrator account does that).",
			"decide-on-shared-endpoint":     "Decide whether the endpoint has to go: other accounts may use the VPC, and changing settings in this account does not touch it.",
			"disable-in-owner":              "If it has to go, disable Runtime Monitoring or automated agent configuration in the owner's account.",
			"look-at-dns-attributes":        "See which of the two DNS attributes of the VPC is off.",
			"enable-dns-attributes":         "Turn both on (in the account that owns the VPC).",
			"read-issue-for-reason":         "Read the reason in the issue text and mend it: quotas, permissions and addresses in the subnets are the usual ones.",
			"look-at-endpoint-denials":      "If the text names none, look for the error in CloudTrail.",

			// nothing known
			"read-raw-issue":        "Read the issue text; AWS mostly says what is wrong.",
			"look-at-cluster-addon": "Look at the agent add-on of the EKS cluster, which runs the agent as a pod on every node.",
			"look-at-instance":      "See whether the instance still runs; one that was stopped or terminated on purpose needs nothing.",
			"look-at-services":      "See whether the cluster runs anything; one without tasks needs nothing. Problems of its container instances are told as EC2 instances.",
			"look-at-documentation": "Look for the issue in AWS's table, which may be newer than this notifier.",

			// the EKS add-on
			"look-at-cluster-version":     "See which Kubernetes version the cluster runs.",
			"compare-addon-versions":      "Compare it with the versions the agent supports.",
			"upgrade-cluster":             "Upgrade the cluster to a supported version; GuardDuty then installs the agent again (a manually managed one is yours to install).",
			"look-at-addon":               "See what EKS says about the add-on.",
			"verify-addon":                "Check that the add-on is `ACTIVE` and has no issues.",
			"look-at-pods":                "See which agent pods run, and which do not. A cluster that was scaled to zero nodes needs nothing.",
			"describe-pods":               "Read why the others do not, and fix that.",
			"read-pod-logs":               "Read the log of the agent pods that fail; the operating system and Kubernetes version of their nodes have to be supported, too.",
			"retry-addon":                 "Let EKS try again (an add-on whose creation failed may have to be deleted and created anew).",
			"look-at-addon-configuration": "See how the add-on is configured; priority classes need add-on version 1.5.0 or later.",
			"raise-priority":              "Give the agent a priority class that may displace other pods. This replaces the whole configuration: add the values that the command before has shown.",
			"or-make-room":                "Or make room: add nodes, or use larger ones where the limit of pods is reached.",
			"look-at-features":            "See whether Runtime Monitoring, or the older EKS Runtime Monitoring, is enabled in the account.",
			"resolve-endpoint":            "Check that the endpoint's name resolves to private addresses from within the cluster.",
			"list-admission-webhooks":     "Find the admission controller that the issue text names.",
			"except-agent-from-policy":    "Change its policy so that requests of EKS for the namespace `amazon-guardduty` pass, or disable the controller.",
			"overwrite-addon":             "Let EKS overwrite the conflicting settings.",
			"or-reinstall-addon":          "If that fails, remove the add-on and install it again.",
			"look-at-addon-binding":       "See whether the cluster role binding exists and names the user `eks:addon-manager`.",
			"create-addon-binding":        "Create it if there is none (delete a wrong one first).",
			"look-at-constraints":         "Find the Gatekeeper constraint that the issue text names in brackets.",
			"label-namespace":             "Create the namespace with the label beforehand; put your team's name for `security`.",
			"or-except-namespace":         "Or make the constraint except the namespace `amazon-guardduty`.",
			"allow-registry":              "Add the Region's GuardDuty registry, which the page below lists, to the constraint's allowed registries.",
			"look-up-addon-code":          "Look up the code and mend what it stands for.",
			"see-who-removed-addon":       "See who removed the add-on; if that was on purpose, nothing needs to be done.",
			"install-addon":               "Install the add-on again (with automated agent configuration GuardDuty does so itself, unless a tag excludes the cluster).",
			"mend-named-cause":            "If the issue text names a cause, such as a denied permission, mend that first.",
			"turn-off-eks-agent":          "Turn automated agent configuration for EKS off (where the older EKS Runtime Monitoring is enabled, turn that off instead); in an organization, GuardDuty's administrator account does that.",
			"turn-on-eks-agent":           "Some minutes later turn it on again.",

			// ECS
			"look-at-tasks":                 "See which containers of the tasks run, and why the others do not; the agent's name begins with `aws-gd-agent` or `aws-guardduty-agent`.",
			"read-issue-for-vpc":            "Read in the issue text what is wrong with the VPC, and mend it.",
			"look-at-subnets":               "See which subnets and security groups the services use; they need a way to the endpoint on port 443.",
			"read-issue-for-exit":           "Read the exit code or reason in the issue text; 137 mostly means that the task ran out of memory.",
			"mend-and-relaunch":             "Mend the cause, for example by giving the task more memory, and replace its tasks.",
			"allow-execution-role-to-pull":  "Check that the task execution role may pull from ECR, as `AmazonECSTaskExecutionRolePolicy` allows.",
			"give-route-to-ecr":             "Check that the subnets reach ECR, by the internet or by these endpoints, and that the security group allows port 443 out to S3's prefix list.",
			"run-pull-runbook":              "Let AWS's runbook look for the cause.",
			"redeploy-or-relaunch":          "Replace the running tasks, which never get the agent any more: list the services, then run `aws ecs update-service --force-new-deployment` for those concerned; stop a single task and start it again.",
			"start-tasks-differently":       "Start the tasks by a service that is supported, if they have to be monitored.",
			"or-exclude-cluster":            "If the cluster has no other tasks, exclude it to end these notifications.",
			"look-at-architecture":          "See which architecture the task definition asks for.",
			"change-architecture":           "Register a revision for a supported architecture; the page below lists them.",
			"look-at-execution-role":        "See that the task definition has no task execution role (the answer is `None`).",
			"add-execution-role":            "Register a revision with a task execution role that may pull from ECR.",
			"look-at-network-configuration": "See which services have no subnets.",
			"add-network-configuration":     "Give the service or task a VPC configuration with subnets and security groups.",
			"include-cluster":               "Include the cluster, if it is to be covered; the tag takes some minutes to take effect.",
			"look-at-task":                  "See what started the task, and when.",
			"relaunch-task":                 "Stop the task, and start it again the way it was started; a service does that by itself.",
			"look-at-service":               "See when the service was last deployed.",
			"redeploy-service":              "Force a new deployment, which replaces the tasks one after the other.",
			"ask-why-unidentified":          "Ask of the tasks that last: are they older than Runtime Monitoring, were they started while the cluster was excluded, or do their ARNs lack the cluster's name (the old format is not supported)?",

			// EC2
			"look-at-ssm":                   "Check that Systems Manager manages the instance and that its ping is `Online`; an empty answer means that it does not: the instance needs the SSM agent, a role and a route.",
			"look-at-associations":          "See whether GuardDuty's association exists and what became of its last run.",
			"see-association-again":         "Check that the association is there again.",
			"install-agent":                 "See whether the agent runs, on the instance or on an EKS node as a pod; if you deploy it by hand, install it as the page below tells.",
			"look-at-agent":                 "See what became of the agent: on the instance, where its logs are in `/var/log/amzn-guardduty-agent/`, or on an EKS node as a pod.",
			"restart-agent":                 "Restart the agent: on the instance, or on EKS nodes as a DaemonSet (on Bottlerocket outside EKS it is a host container: restart the instance).",
			"include-instance":              "If the instance is to be covered, remove the tag.",
			"look-at-kernel":                "See on the instance which kernel it runs, and compare it with the supported ones.",
			"upgrade-kernel":                "Update the kernel, or move to a newer image.",
			"downgrade-kernel":              "Boot a supported kernel, or use an image that has one, until the agent supports this one.",
			"restart-instance":              "Restart the instance when it may be interrupted.",
			"look-at-metadata-options":      "Check that it is a running EC2 instance and that `HttpEndpoint` is `enabled`.",
			"enable-metadata-service":       "Enable the instance metadata service if it is not.",
			"fetch-identity-document":       "Fetch the identity document on the instance; the answer has to be JSON.",
			"delete-association":            "Delete the old association.",
			"turn-off-ec2-agent":            "Turn automated agent configuration for EC2 off; in an organization, GuardDuty's administrator account does that.",
			"turn-on-ec2-agent":             "Turn automated agent configuration for EC2 on.",
			"count-associations":            "List the associations, those that ran longest ago first.",
			"delete-unused-associations":    "Delete those that nobody needs with `aws ssm delete-association`.",
			"or-raise-quota":                "Or have the quota raised; GuardDuty tries again by itself.",
			"turn-monitoring-off-and-on":    "Turn Runtime Monitoring off and on again in the GuardDuty console (in an organization, in its administrator account), and restore what this shows. No resource of the account is covered in between.",
			"accept-deletion":               "If the association was deleted on purpose, do nothing.",
			"look-at-instance-association":  "Read why the association failed on the instance.",
			"look-at-executions":            "See how its last runs went.",
			"compare-prerequisites":         "Compare the instance's operating system with the supported ones.",
			"run-association-again":         "After mending the cause, run the association again.",
			"or-turn-monitoring-off-and-on": "If it is on already or the agent is deployed by hand, turn Runtime Monitoring off for some minutes and on again. No resource of the account is covered in between.",
			"allow-instance-to-pull":        "Check that the instance's role may pull from ECR; `null` means that it has none.",
			"give-instance-route-to-ecr":    "Check that the subnet reaches ECR, by the internet or by these endpoints, on port 443.",

			// what a look at the live resource found
			"wait-for-cluster":       "See what the cluster's state is about; GuardDuty covers it once it is `ACTIVE`.",
			"include-eks-cluster":    "If the cluster is to be covered, remove the tag.",
			"update-addon":           "Update the add-on to the newest version that fits the cluster (GuardDuty does so itself where it manages the add-on).",
			"wait-for-node":          "Nothing needs to be done while no node runs; with the next one the agent comes by itself. See whether there should be any.",
			"leave-fargate":          "Runtime Monitoring does not cover EKS on Fargate. If the cluster stays so, exclude it to end these notifications.",
			"create-endpoint":        "With automated agent configuration GuardDuty creates the endpoint itself when it tries again. Where you deploy the agent by hand, create it, and let port 443 of the VPC into its security group.",
			"mend-endpoint":          "See why the endpoint is not available: one that is being created needs some minutes, one that failed or was rejected has to be deleted, so that it is created anew.",
			"enable-private-dns":     "Turn on private DNS for the endpoint.",
			"let-in-https":           "Let port 443 in from the VPC.",
			"leave-windows":          "Runtime Monitoring does not cover Windows. Exclude the instance to end these notifications.",
			"restart-ssm-agent":      "On the instance, restart the SSM agent, and see that the instance reaches Systems Manager.",
			"register-in-ssm":        "Let Systems Manager manage the instance: it needs the SSM agent, a role with what `AmazonSSMManagedInstanceCore` allows, and a way to Systems Manager. See which role it has.",
			"see-why-nothing-runs":   "See why nothing runs; where nothing is meant to run, nothing needs to be done.",
			"accept-missing-service": "If the service was deleted on purpose, nothing needs to be done for it. See which services there are.",
			"enable-guardduty":       "Turn GuardDuty on in the account, and then Runtime Monitoring; in an organization, GuardDuty's administrator account does that.",
			"resume-guardduty":       "Turn GuardDuty on again; in an organization, GuardDuty's administrator account does that.",
			"turn-on-monitoring":     "Turn Runtime Monitoring on; in an organization, GuardDuty's administrator account does that.",
			"have-agent-managed":     "Turn automated agent configuration on, so that GuardDuty installs the agent (in an organization, its administrator account does that), or install the agent by hand.",
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
			catalog.ManualAgentPage:        "Deploying the agent by hand",
			catalog.BottlerocketPage:       "Coverage issues of Bottlerocket on ECS",
		},
	}
}
