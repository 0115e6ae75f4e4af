package locale

import "guardduty-coverage-notifier/pkg/catalog"

func englishAdvice() Advice {
	return Advice{
		Issues: map[catalog.ID]Issue{
			// EKS
			"addon-version-incompatible": {
				Title: "the agent does not support this Kubernetes version",
				Cause: "The cluster's Kubernetes version is outside what the GuardDuty agent add-on supports, so the add-on could not be installed.",
			},
			"addon-replicas-missing": {
				Title: "not all agent pods are running",
				Cause: "The agent should run on every node, but EKS counts fewer pods than it expects. Nodes without one are not monitored.",
			},
			"addon-pods-unschedulable": {
				Title: "agent pods cannot be scheduled",
				Cause: "The nodes have no room for the agent's pods, and their priority class does not let them displace others. The count in the message is only the first obstacle that EKS met; pods on other nodes may be running.",
			},
			"addon-crashloop-completed": {
				Title: "agent pods end and are restarted over and over",
				Cause: "The agent starts and then ends by itself, mostly because it cannot reach GuardDuty or is not meant to run here.",
			},
			"addon-crashloop-error": {
				Title: "agent pods crash over and over",
				Cause: "The agent starts and then fails, mostly because a prerequisite is not met or the GuardDuty endpoint's name does not resolve.",
			},
			"addon-admission-denied": {
				Title: "an admission policy in the cluster refuses the agent",
				Cause: "An admission controller, such as Kyverno or Gatekeeper, denied a request with which EKS installs the agent. The issue text names the policy.",
			},
			"addon-configuration-conflict": {
				Title: "the agent add-on conflicts with existing objects",
				Cause: "Objects of the agent are in the cluster with other settings than the add-on's, and EKS was told not to overwrite them.",
			},
			"addon-rbac-forbidden": {
				Title: "EKS may not create the agent's objects in the cluster",
				Cause: "The user `eks:addon-manager`, as whom EKS installs add-ons, lacks a permission in the cluster. Its cluster role binding is missing or was changed.",
			},
			"addon-gatekeeper-owner-label": {
				Title: "Gatekeeper wants an owner label on the agent's namespace",
				Cause: "A Gatekeeper constraint requires a label on every namespace, and the add-on creates `amazon-guardduty` without it.",
			},
			"addon-gatekeeper-image-registry": {
				Title: "Gatekeeper does not allow the agent's image registry",
				Cause: "A Gatekeeper constraint lists the registries that images may come from, and GuardDuty's is not among them.",
			},
			"addon-issue-other": {
				Title:   "EKS reports a problem with the agent add-on",
				Cause:   "The agent add-on could not be installed, updated or kept healthy. The issue text has EKS's reason.",
				Precise: "EKS reports the add-on issue code `{code}` for the agent. The issue text has the details.",
			},
			"addon-removed": {
				Title: "the agent add-on was removed from the cluster",
				Cause: "EKS reports the add-on `aws-guardduty-agent` as deleted. Nothing in this cluster is monitored until it is installed again.",
			},
			"eks-local-cluster": {
				Title: "local clusters on Outposts are not supported",
				Cause: "EKS add-ons do not exist for local clusters on AWS Outposts, so this cluster cannot be covered. Nothing can be done about it.",
			},
			"eks-permission-not-granted": {
				Title: "GuardDuty was not allowed to set up EKS monitoring",
				Cause: "GuardDuty lacked a permission when it enabled Runtime Monitoring for EKS. If AWS gave a reason, it is in the issue text.",
			},
			"eks-provisioning-in-progress": {
				Title: "GuardDuty is still setting up EKS monitoring",
				Cause: "What the cluster needs is being provisioned, and the status stays Unhealthy until that ends. There is nothing to do but wait.",
			},
			"eks-authorization-failure": {
				Title: "GuardDuty was refused by the cluster's account",
				Cause: "A request of GuardDuty's failed for lack of authorization, so that it could not manage the agent.",
			},

			// ECS
			"ecs-agent-not-reporting": {
				Title:   "the agent in some Fargate tasks is silent",
				Cause:   "Tasks of a task definition run without GuardDuty hearing from their agent. This often heals by itself within 15 minutes; if it does not, the agent cannot reach GuardDuty.",
				Precise: "Tasks of `{task-definition}` run without GuardDuty hearing from their agent. This often heals by itself within 15 minutes; if it does not, the agent cannot reach GuardDuty.",
			},
			"ecs-task-vpc-issue": {
				Title:   "a Fargate task's VPC keeps its agent from reporting",
				Cause:   "GuardDuty found a problem with the VPC a task runs in. The issue text names it.",
				Precise: "GuardDuty found a problem with the VPC that a task of `{task-definition}` runs in. The issue text names it.",
			},
			"ecs-agent-exited": {
				Title:   "the agent in some Fargate tasks has exited",
				Cause:   "The agent's container ended while the task went on without it. The issue text has the exit code or the reason.",
				Precise: "The agent's container in tasks of `{task-definition}` ended while the tasks went on without it. The issue text has the exit code or the reason.",
			},
			"ecs-image-pull-failed": {
				Title:   "Fargate tasks cannot pull the agent's image",
				Cause:   "The image of the agent could not be pulled from Amazon ECR. The tasks run on without being monitored.",
				Precise: "Tasks of `{task-definition}` could not pull the agent's image from Amazon ECR. They run on without being monitored.",
			},
			"ecs-unsupported-launcher": {
				Title: "tasks started by this service cannot be monitored",
				Cause: "GuardDuty does not support tasks that are launched by the service that the issue text names.",
			},
			"ecs-unsupported-architecture": {
				Title: "the tasks' CPU architecture is not supported",
				Cause: "The agent does not exist for the CPU architecture that the task definition asks for.",
			},
			"ecs-execution-role-missing": {
				Title:   "a task definition has no task execution role",
				Cause:   "Without a task execution role the agent's image cannot be pulled, so the tasks run without the agent.",
				Precise: "`{task-definition}` has no task execution role. Without one the agent's image cannot be pulled, so its tasks run without the agent.",
			},
			"ecs-network-configuration-missing": {
				Title: "tasks lack the network configuration the agent needs",
				Cause: "The VPC configuration of the tasks is missing, or its subnets are empty. The issue text names what is missing.",
			},
			"ecs-task-excluded-by-tag": {
				Title:   "a task was started while its cluster was excluded by tag",
				Cause:   "The cluster had the tag `GuardDutyManaged` = `false` when the task started, which leaves the task out for as long as it runs. A tag takes a while to take effect.",
				Precise: "The cluster had the tag `GuardDutyManaged` = `false` when task `{task}` started, which leaves the task out for as long as it runs. A tag takes a while to take effect.",
			},
			"ecs-service-excluded-by-tag": {
				Title:   "a service was deployed while its cluster was excluded by tag",
				Cause:   "The cluster had the tag `GuardDutyManaged` = `false` when the service was deployed, which leaves its tasks out until the next deployment. A tag takes a while to take effect.",
				Precise: "The cluster had the tag `GuardDutyManaged` = `false` when service `{service}` was deployed, which leaves its tasks out until the next deployment. A tag takes a while to take effect.",
			},
			"ecs-task-before-automated-agent": {
				Title: "a task is older than the automated agent configuration",
				Cause: "GuardDuty adds its agent when a task starts. This one started before automated agent configuration was turned on.",
			},
			"ecs-service-before-automated-agent": {
				Title:   "a service is older than the automated agent configuration",
				Cause:   "The service was deployed before automated agent configuration was turned on, so its tasks have no agent.",
				Precise: "Service `{service}` was deployed before automated agent configuration was turned on, so its tasks have no agent.",
			},
			"ecs-service-needs-deployment": {
				Title:   "a service needs a new deployment to get the agent",
				Cause:   "The running tasks of a service have no working agent, and only new tasks will.",
				Precise: "The running tasks of service `{service}` have no working agent, and only new tasks will.",
			},
			"ecs-task-before-monitoring": {
				Title: "a task is older than Runtime Monitoring",
				Cause: "GuardDuty adds its agent when a task starts. This one started before Runtime Monitoring was turned on.",
			},
			"ecs-unidentified": {
				Title:   "GuardDuty cannot say why some tasks are not covered",
				Cause:   "AWS reports an unidentified issue. It often appears around a deployment and heals by itself within 15 minutes.",
				Precise: "AWS reports an unidentified issue with tasks of `{task-definition}`. It often appears around a deployment and heals by itself within 15 minutes.",
			},

			// EC2
			"ec2-waiting-for-ssm": {
				Title: "GuardDuty waits for Systems Manager to report the instance",
				Cause: "The agent is installed through Systems Manager, which takes some minutes after a start. If it lasts, the instance is not managed by Systems Manager.",
			},
			"ec2-no-agent-reporting": {
				Title: "no agent reports from the instance",
				Cause: "GuardDuty has not heard from an agent on this instance: it is not installed, not running, or cannot reach GuardDuty. A stopped or terminated instance looks the same.",
			},
			"ec2-agent-disconnected": {
				Title: "the agent on the instance has lost its connection",
				Cause: "The agent has reported before and no longer does: it stopped, the instance stopped, or the way to GuardDuty is closed.",
			},
			"ec2-excluded-by-tag": {
				Title: "the instance is excluded by its tag",
				Cause: "The instance has the tag `GuardDutyManaged` = `false`. If that is what you want, nothing needs to be done. A tag takes a while to take effect.",
			},
			"ec2-kernel-too-old": {
				Title: "the instance's kernel is older than the agent supports",
				Cause: "The agent was not installed, because the kernel version is below the supported range.",
			},
			"ec2-kernel-too-new": {
				Title: "the instance's kernel is newer than the agent supports",
				Cause: "The agent was not installed, because the kernel version is above the supported range.",
			},
			"ec2-identity-document-unavailable": {
				Title: "the instance's identity document cannot be read",
				Cause: "The agent proves where it runs with the instance identity document, and the instance metadata service did not give it out. Machines outside EC2 have none.",
			},
			"ec2-ssm-association-exists": {
				Title: "an older GuardDuty SSM association is in the way",
				Cause: "The account already has a Systems Manager association of GuardDuty's, so a new one could not be created. No instance gets the agent through it.",
			},
			"ec2-ssm-association-quota": {
				Title: "the account has too many SSM associations",
				Cause: "The quota of Systems Manager associations is used up, so GuardDuty could not create the one that installs the agent.",
			},
			"ec2-ssm-association-missing": {
				Title: "the GuardDuty SSM association could not be updated",
				Cause: "The Systems Manager association that keeps the agent installed is gone from the account, probably deleted by somebody.",
			},
			"ec2-ssm-association-deletion-failed": {
				Title: "the GuardDuty SSM association was already deleted",
				Cause: "GuardDuty wanted to delete its Systems Manager association and did not find it. If somebody deleted it on purpose, nothing needs to be done.",
			},
			"ec2-ssm-association-execution-failed": {
				Title: "Systems Manager could not install the agent",
				Cause: "The association ran on the instance and failed: its operating system, kernel or architecture does not meet the agent's requirements, or another prerequisite is missing.",
			},
			"ec2-agent-not-reporting-retired": {
				Title: "no agent reports (an issue type AWS has retired)",
				Cause: "This issue stems from before AWS could deploy the agent on instances automatically, and stays until Runtime Monitoring is set up anew.",
			},
			"ec2-image-pull-failed": {
				Title: "the instance cannot pull the agent's image",
				Cause: "On Bottlerocket the agent is a host container, and its image could not be pulled from Amazon ECR.",
			},

			// several kinds
			"vpc-endpoint-shared-vpc-unsupported": {
				Title: "GuardDuty cannot create its endpoint in a shared VPC",
				Cause: "The resource runs in a VPC that another account shares. That is supported within one organization, provided its prerequisites are met.",
			},
			"vpc-endpoint-shared-vpc-owner-not-enabled": {
				Title:   "the owner of the shared VPC has not enabled GuardDuty's agent",
				Cause:   "The endpoint belongs into the account that owns the shared VPC, where Runtime Monitoring or automated agent configuration is off.",
				Precise: "The endpoint belongs into account {owner}, which owns the shared VPC, and there Runtime Monitoring or automated agent configuration is off.",
			},
			"vpc-endpoint-private-dns": {
				Title:   "the VPC's DNS settings prevent GuardDuty's endpoint",
				Cause:   "GuardDuty's endpoint needs private DNS, and for that the VPC has to have both `enableDnsSupport` and `enableDnsHostnames` on.",
				Precise: "GuardDuty's endpoint needs private DNS, and for that `{vpc}` has to have both `enableDnsSupport` and `enableDnsHostnames` on.",
			},
			"vpc-endpoint-creation-failed": {
				Title: "GuardDuty could not create its VPC endpoint",
				Cause: "Without its endpoint in the VPC the agent cannot report. The issue text has the reason, if AWS gave one.",
			},
			"shared-vpc-endpoint-deletion-refused": {
				Title:   "the shared VPC's endpoint can only be deleted by its owner",
				Cause:   "GuardDuty was disabled for an account that uses a shared VPC, but the endpoint lives in the owner's account and stays there.",
				Precise: "GuardDuty was disabled for an account that uses a shared VPC, but the endpoint lives in account {owner} and stays there.",
			},
			catalog.Unrecognised: {
				Title: "GuardDuty reports an issue this notifier does not know",
				Cause: "AWS gave a reason that is not in this notifier's catalogue. It is shown below as it came.",
			},
			catalog.NoReason: {
				Title: "GuardDuty gave no reason",
				Cause: "Coverage was lost and AWS did not say why, which is common. It can be a resource that was stopped or scaled to zero, or a `GuardDutyManaged` tag that has not taken effect yet.",
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
