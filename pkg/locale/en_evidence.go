package locale

import "guardduty-coverage-notifier/pkg/catalog"

func englishEvidence() Evidence {
	return Evidence{
		Checks: map[string]string{
			"diagnosis":                    "Diagnosis",
			"eks-cluster":                  "EKS cluster",
			"eks-tag":                      "Cluster tag",
			"eks-addon":                    "Agent add-on",
			"eks-addon-version":            "Add-on version",
			"eks-nodes":                    "Nodes",
			"vpc-endpoint":                 "VPC endpoint",
			"vpc-endpoint-access":          "Endpoint access",
			"vpc-dns":                      "VPC DNS",
			"vpc-owner":                    "VPC owner",
			"ec2-instance":                 "EC2 instance",
			"ec2-tag":                      "Instance tag",
			"ec2-platform":                 "Platform",
			"ec2-imds":                     "Metadata service",
			"ec2-ssm":                      "Systems Manager",
			"ec2-association":              "SSM association",
			"ecs-cluster":                  "ECS cluster",
			"ecs-tag":                      "Cluster tag",
			"ecs-agent":                    "Agent of tasks",
			"ecs-service":                  "Tasks",
			"ecs-deployment":               "Deployment",
			"ecs-execution-role":           "Task execution role",
			"guardduty-detector":           "GuardDuty",
			"guardduty-runtime-monitoring": "Runtime Monitoring",
			"guardduty-agent-management":   "Automated agent configuration",
			"guardduty-coverage":           "Current coverage",
			"actor":                        "CloudTrail",
		},
		Actors: map[string][]string{
			"role":                 {"role `{name}` (session `{session}`)", "role `{name}`", "a role"},
			"permission-set":       {"permission set `{name}` (session `{session}`)", "permission set `{name}`", "a permission set"},
			"user":                 {"IAM user `{name}`", "an IAM user"},
			"root":                 {"the root user"},
			"federated-user":       {"federated user `{name}`", "a federated user"},
			"identity-center-user": {"IAM Identity Center user `{name}`", "an IAM Identity Center user"},
			"service":              {"`{name}`", "an AWS service"},
			"account":              {"account {name}", "another account"},
			"unknown":              {"an unknown identity"},
		},
		ThroughService: "{actor} through `{through}`",
		OfAccount:      "{actor} of account {account}",
		ForDelegate:    "{actor} (access delegated to provider account {delegate})",
		Found: map[catalog.EvidenceID]Found{
			catalog.Denied: {Says: []string{
				"Could not check: role `{role}` is not allowed `{action}`.",
				"Could not check: `{action}` is not allowed.",
				"Could not check: access was denied.",
			}},
			catalog.Errored: {Says: []string{
				"Could not check: `{action}` failed with `{reason}`.",
				"Could not check: `{action}` failed.",
				"Could not check: AWS returned an error.",
			}},
			catalog.Late: {Says: []string{
				"Could not check: `{action}` timed out.",
				"Could not check: AWS did not answer in time.",
			}},
			catalog.NoRole: {Says: []string{
				"Could not check: the resource is in another account, and `DIAGNOSIS_ROLE_NAME` is not set.",
			}},
			catalog.Unheard: {Says: []string{
				"Result `{found}`, which this notifier does not know.",
				"The result is unknown to this notifier.",
			}},

			// who requested the change
			"actor/addon-deleted": {Says: []string{
				"Add-on deleted at the request of {actor}, {time}.",
				"Add-on deleted.",
			}},
			"actor/addon-changed": {Says: []string{
				"Possibly related: add-on changed at the request of {actor}, {time}.",
				"Possibly related: add-on changed.",
			}},
			"actor/cluster-deleted": {Says: []string{
				"Cluster deleted at the request of {actor}, {time}.",
				"Cluster deleted.",
			}},
			"actor/tag-set": {Says: []string{
				"Exclusion tag set at the request of {actor}, {time}.",
				"Exclusion tag set.",
			}},
			"actor/service-deleted": {Says: []string{
				"Service `{object}` deleted at the request of {actor}, {time}.",
				"Service deleted.",
			}},
			"actor/service-changed": {Says: []string{
				"Possibly related: service `{object}` changed at the request of {actor}, {time}.",
				"Possibly related: service changed.",
			}},
			"actor/definition-registered": {Says: []string{
				"Possibly related: task definition `{object}` registered at the request of {actor}, {time}.",
				"Possibly related: task definition registered.",
			}},
			"actor/role-changed": {Says: []string{
				"Possibly related: permissions of role `{object}` changed at the request of {actor}, {time}.",
				"Possibly related: permissions of a role changed.",
			}},
			"actor/endpoint-deleted": {Says: []string{
				"VPC endpoint deleted at the request of {actor}, {time}.",
				"VPC endpoint deleted.",
			}},
			"actor/endpoint-changed": {Says: []string{
				"Possibly related: endpoint `{object}` changed at the request of {actor}, {time}.",
				"Possibly related: VPC endpoint changed.",
			}},
			"actor/group-changed": {Says: []string{
				"Possibly related: rules of security group `{object}` changed at the request of {actor}, {time}.",
				"Possibly related: rules of a security group changed.",
			}},
			"actor/vpc-changed": {Says: []string{
				"Possibly related: attributes of `{object}` changed at the request of {actor}, {time}.",
				"Possibly related: attributes of the VPC changed.",
			}},
			"actor/instance-stopped": {Says: []string{
				"Instance stopped at the request of {actor}, {time}.",
				"Instance stopped.",
			}},
			"actor/instance-terminated": {Says: []string{
				"Instance terminated at the request of {actor}, {time}.",
				"Instance terminated.",
			}},
			"actor/metadata-changed": {Says: []string{
				"Possibly related: instance metadata options changed at the request of {actor}, {time}.",
				"Possibly related: instance metadata options changed.",
			}},
			"actor/profile-removed": {Says: []string{
				"Instance profile removed at the request of {actor}, {time}.",
				"Instance profile removed.",
			}},
			"actor/profile-changed": {Says: []string{
				"Possibly related: instance profile replaced at the request of {actor}, {time}.",
				"Possibly related: instance profile replaced.",
			}},
			"actor/profile-role-removed": {Says: []string{
				"Possibly related: role removed from instance profile `{object}` at the request of {actor}, {time}.",
				"Possibly related: role removed from the instance profile.",
			}},
			"actor/association-deleted": {Says: []string{
				"Possibly related: GuardDuty's SSM association deleted at the request of {actor}, {time}.",
				"Possibly related: GuardDuty's SSM association deleted.",
			}},
			"actor/association-changed": {Says: []string{
				"Possibly related: SSM association `{object}` changed at the request of {actor}, {time}.",
				"Possibly related: SSM association changed.",
			}},
			"actor/detector-deleted": {Says: []string{
				"GuardDuty detector deleted at the request of {actor}, {time}.",
				"GuardDuty detector deleted.",
			}},
			"actor/monitoring-off": {Says: []string{
				"GuardDuty settings turned off at the request of {actor}, {time}.",
				"GuardDuty settings turned off.",
			}},
			"actor/member-monitoring-off": {Says: []string{
				"GuardDuty settings turned off in administrator account {object} at the request of {actor}, {time}.",
				"GuardDuty settings turned off in the administrator account.",
			}},
			"actor/member-suspended": {Says: []string{
				"GuardDuty suspended in administrator account {object} at the request of {actor}, {time}.",
				"GuardDuty suspended in the administrator account.",
			}},
			"actor/member-removed": {Says: []string{
				"Possibly related: member account removed in administrator account {object} at the request of {actor}, {time}.",
				"Possibly related: member account removed in the administrator account.",
			}},
			"actor/organization-changed": {Says: []string{
				"Possibly related: organization settings of GuardDuty changed in administrator account {object} at the request of {actor}, {time}.",
				"Possibly related: organization settings of GuardDuty changed in the administrator account.",
			}},
			"actor/spot-reclaimed": {Says: []string{"EC2 reclaimed the Spot Instance, {time}.", "EC2 reclaimed the Spot Instance."}},
			"actor/by-guardduty": {Says: []string{
				"GuardDuty itself made the change, {time} (`{event}`). No request behind it was found.",
				"GuardDuty itself made the change. No request behind it was found.",
			}},
			"actor/none": {Says: []string{
				"No record of a change that explains it in the {hours} hours before the loss.",
				"No record of a change that explains it.",
			}},
			"actor/pending": {Says: []string{"No record of the change yet. Records can take 15 minutes to arrive."}},
			"actor/unread":  {Says: []string{"CloudTrail was not searched completely. The change is not among the records read."}},
			// the diagnosis itself
			"diagnosis/failed": {Says: []string{
				"Could not check: the diagnosis function failed with `{reason}`.",
				"Could not check: the diagnosis function failed.",
			}},
			"diagnosis/late": {Says: []string{"Could not check: the diagnosis function did not answer in time."}},

			// EKS
			"eks-cluster/there": {Says: []string{"Exists and is `{status}`, Kubernetes {version}.", "Exists."}},
			"eks-cluster/missing": {
				Title: "cluster no longer exists",
				Says:  []string{"The cluster no longer exists."},
			},
			"eks-cluster/left":       {Says: []string{"The instance's cluster no longer exists; the instance may still run."}},
			"eks-cluster/not-active": {Says: []string{"The cluster is `{status}`, not `ACTIVE`.", "The cluster is not `ACTIVE`."}},
			"eks-tag/excluded": {
				Title: "excluded by the cluster's tag",
				Says:  []string{"`GuardDutyManaged` = `false` excludes the cluster."},
			},
			"eks-tag/included": {Says: []string{"`GuardDutyManaged` = `true` includes the cluster."}},
			"eks-tag/absent":   {Says: []string{"No exclusion tag (`GuardDutyManaged` = `false`)."}},
			"eks-addon/active": {Says: []string{"`ACTIVE`, version `{version}`.", "`ACTIVE`."}},
			"eks-addon/unhealthy": {Says: []string{
				"`{status}`, version `{version}`: `{code}`, {message}",
				"`{status}`: `{code}`, {message}",
				"`{status}`: `{code}`.",
				"`{status}`, version `{version}`, no reason given.",
				"`{status}`.",
				"Not `ACTIVE`.",
			}},
			"eks-addon/missing": {
				Title: "agent add-on is not installed",
				Says:  []string{"`aws-guardduty-agent` is not installed."},
			},
			"eks-addon/stuck": {Says: []string{
				"`{status}` since {since}, version `{version}`.",
				"`{status}` for more than 15 minutes.",
				"A change of the add-on has not ended for more than 15 minutes.",
			}},
			"eks-addon/changing": {Says: []string{
				"Currently `{status}`, version `{version}`.",
				"Currently `{status}`.",
				"The add-on is being changed.",
			}},
			"eks-addon-version/newest": {Says: []string{
				"`{version}` is the newest for the cluster.", "The newest for the cluster.",
			}},
			"eks-addon-version/outdated": {Says: []string{
				"`{version}` is older than `{newest}`, the newest for Kubernetes {kubernetes}.",
				"Older than `{newest}`, the newest for the cluster.",
				"Not the newest for the cluster.",
			}},
			"eks-addon-version/unsupported-kubernetes": {
				Title: "no agent version supports this Kubernetes version",
				Says: []string{
					"No version supports Kubernetes {kubernetes}.", "No version supports the cluster's Kubernetes version.",
				},
			},
			"eks-nodes/some": {Says: []string{
				"{n} running. The EKS API does not show which have the agent's pod; nodes with custom taints have none.",
				"Some are running.",
			}},
			"eks-nodes/many": {Says: []string{
				"{n} or more running. The EKS API does not show which have the agent's pod; nodes with custom taints have none.",
				"Many are running.",
			}},
			"eks-nodes/none": {
				Title: "no nodes are running",
				Says:  []string{"No nodes are running; there is nothing to cover."},
			},
			"eks-nodes/fargate-only": {
				Title: "the cluster has Fargate nodes only",
				Says:  []string{"Fargate nodes only; Runtime Monitoring does not cover EKS on Fargate."},
			},

			// the network
			"vpc-endpoint/available": {Says: []string{
				"`{endpoint}` in `{vpc}` is available with private DNS.", "Available with private DNS.",
			}},
			"vpc-endpoint/missing": {
				Title: "no VPC endpoint for GuardDuty",
				Says: []string{
					"`{vpc}` has no endpoint for `{service}`, which the agent needs to report.",
					"`{vpc}` has no endpoint that the agent could report to.",
					"The VPC has no endpoint that the agent could report to.",
				},
			},
			"vpc-endpoint/not-available": {
				Title: "the GuardDuty endpoint is not available",
				Says: []string{
					"`{endpoint}` in `{vpc}` is `{state}`, not available.",
					"`{endpoint}` is not available.",
					"The endpoint is not available.",
				},
			},
			"vpc-endpoint/no-private-dns": {
				Title: "the GuardDuty endpoint has no private DNS",
				Says: []string{
					"`{endpoint}` in `{vpc}` has no private DNS, so the agent cannot resolve its name.",
					"The endpoint has no private DNS, so the agent cannot resolve its name.",
				},
			},
			"vpc-endpoint/owners": {Says: []string{
				"Account {owner} shares `{vpc}`; its endpoints are not visible from this account.",
				"The owner of the shared VPC has it; it is not visible from this account.",
			}},
			"vpc-endpoint-access/open": {Says: []string{
				"`{endpoint}` allows port 443 from the VPC.", "Port 443 is allowed from the VPC.",
			}},
			"vpc-endpoint-access/closed": {
				Title: "no security group lets in HTTPS",
				Says: []string{
					"No security group of `{endpoint}` (`{group}`) allows port 443 from {cidr}.",
					"No security group of `{endpoint}` allows port 443 from the VPC.",
					"No security group of the endpoint allows port 443 from the VPC.",
				},
			},
			"vpc-dns/on": {Says: []string{"Both attributes of `{vpc}` are on.", "Both attributes are on."}},
			"vpc-dns/off": {
				Title: "VPC DNS settings block the GuardDuty endpoint",
				Says: []string{
					"Off in `{vpc}`: {attributes}. The endpoint needs both attributes.",
					"The endpoint needs both attributes, and one is off.",
				},
			},
			"vpc-owner/own": {Says: []string{"`{vpc}` belongs to the account.", "The VPC belongs to the account."}},
			"vpc-owner/shared": {Says: []string{
				"Account {owner} owns `{vpc}` and shares it.", "Another account owns the VPC and shares it.",
			}},

			// EC2
			"ec2-instance/running": {Says: []string{"`{name}` has been running since {launched}.", "Running since {launched}.", "Running."}},
			"ec2-instance/pending": {Says: []string{"`{name}` is starting.", "Starting."}},
			"ec2-instance/stopped": {
				Title: "instance stopped",
				Says:  []string{"`{name}` is stopped or stopping.", "The instance is stopped or stopping."},
			},
			"ec2-instance/terminated": {
				Title: "instance terminated",
				Says:  []string{"`{name}` was terminated.", "The instance was terminated."},
			},
			"ec2-instance/missing": {
				Title: "instance no longer exists",
				Says:  []string{"The instance no longer exists."},
			},
			"ec2-tag/excluded": {
				Title: "excluded by the instance's tag",
				Says:  []string{"`GuardDutyManaged` = `false` excludes the instance."},
			},
			"ec2-tag/included": {Says: []string{"`GuardDutyManaged` = `true` includes the instance."}},
			"ec2-tag/absent":   {Says: []string{"No exclusion tag (`GuardDutyManaged` = `false`)."}},
			"ec2-platform/linux": {Says: []string{
				"{platform} on {architecture}.",
				"Linux.",
			}},
			"ec2-platform/windows": {
				Title: "Windows instances are not supported",
				Says:  []string{"Windows, which Runtime Monitoring does not cover."},
			},
			"ec2-imds/on": {Says: []string{"On."}},
			"ec2-imds/off": {Says: []string{
				"Off: the agent cannot get the instance identity document, with which it proves where it runs.",
			}},
			"ec2-ssm/online": {Says: []string{
				"Managed node, SSM agent {agent} is online.", "Managed node, its SSM agent is online.",
			}},
			"ec2-ssm/offline": {Says: []string{
				"No contact with the instance since {last} (`{status}`).", "No contact with the instance.",
			}},
			"ec2-ssm/unmanaged": {
				Title: "not managed by Systems Manager",
				Says:  []string{"The instance is not a managed node, so GuardDuty cannot install the agent."},
			},
			"ec2-association/succeeded": {Says: []string{
				"`{association}` succeeded on the instance.", "Succeeded on the instance.",
			}},
			"ec2-association/failed": {Says: []string{
				"`{association}` ended with `{status}` on the instance at {last}.",
				"Ended with `{status}` on the instance.",
				"Failed on the instance.",
			}},
			"ec2-association/pending": {Says: []string{
				"`{association}` has not run on the instance yet.", "Has not run on the instance yet.",
			}},
			"ec2-association/missing": {Says: []string{
				"The account has no GuardDuty association, so no instance gets the agent.",
			}},

			// ECS
			"ecs-cluster/active": {Says: []string{"`ACTIVE`."}},
			"ecs-cluster/left":   {Says: []string{"The instance's cluster no longer exists; the instance may still run."}},
			"ecs-cluster/missing": {
				Title: "cluster no longer exists",
				Says:  []string{"The cluster no longer exists."},
			},
			"ecs-cluster/inactive": {
				Title: "cluster deleted",
				Says:  []string{"The cluster was deleted (`{status}`).", "The cluster was deleted."},
			},
			"ecs-tag/excluded": {
				Title: "excluded by the cluster's tag",
				Says:  []string{"`GuardDutyManaged` = `false` excludes the cluster."},
			},
			"ecs-tag/included": {Says: []string{"`GuardDutyManaged` = `true` includes the cluster."}},
			"ecs-tag/absent":   {Says: []string{"No exclusion tag (`GuardDutyManaged` = `false`)."}},
			"ecs-service/running": {Says: []string{
				"Service `{service}`: {n} running.",
				"{n} running in the cluster.",
				"Some are running.",
			}},
			"ecs-service/none-running": {Says: []string{
				"No tasks of service `{service}` are running; there is nothing to cover.",
				"No tasks are running; there is nothing to cover.",
			}},
			"ecs-service/missing": {Says: []string{
				"Service `{service}` no longer exists in the cluster.", "The service no longer exists.",
			}},
			"ecs-agent/running": {Says: []string{"{n} running tasks have the agent.", "Running tasks have the agent."}},
			"ecs-agent/exited": {Says: []string{
				"The agent of task `{task}` exited with code {exit}: {reason}. Its image is `{image}`.",
				"The agent of task `{task}` stopped: {reason}. Its image is `{image}`.",
				"The agent of task `{task}` exited with code {exit}. Its image is `{image}`.",
				"The agent of a task exited.",
			}},
			"ecs-agent/older": {Says: []string{
				"Task `{task}` has no agent: it started at {started}, before the Runtime Monitoring settings changed ({since}).",
				"A task that started before the Runtime Monitoring settings changed has no agent.",
			}},
			"ecs-agent/absent": {Says: []string{
				"Task `{task}` (platform version {platform}) has no agent container.",
				"Task `{task}` has no agent container.",
				"A running task has no agent container.",
			}},
			"ecs-deployment/newer": {Says: []string{
				"The last deployment of `{service}` is newer than Runtime Monitoring.",
				"The last deployment is newer than Runtime Monitoring.",
			}},
			"ecs-deployment/older": {Says: []string{
				"`{service}` was last deployed at {deployed}, before the Runtime Monitoring settings changed ({since}). If that " +
					"change turned it on, the running tasks have no agent.",
				"`{service}` was last deployed before the Runtime Monitoring settings changed. If that change turned it on, the " +
					"running tasks have no agent.",
				"The last deployment predates the last change of the Runtime Monitoring settings. If that change turned it on, " +
					"the running tasks have no agent.",
			}},
			"ecs-execution-role/present": {Says: []string{
				"`{task-definition}` has `{role}`.", "The task definition has one.",
			}},
			"ecs-execution-role/missing": {
				Title: "task execution role missing",
				Says: []string{
					"`{task-definition}` has no role, so its tasks cannot pull the agent image.",
					"The task definition has no role, so its tasks cannot pull the agent image.",
				},
			},

			// GuardDuty
			"guardduty-detector/enabled": {Says: []string{"On in the account."}},
			"guardduty-detector/missing": {
				Title: "GuardDuty is off in the account",
				Says:  []string{"Off in the account: the Region has no detector."},
			},
			"guardduty-detector/suspended": {
				Title: "GuardDuty is suspended in the account",
				Says:  []string{"Suspended in the account."},
			},
			"guardduty-runtime-monitoring/on": {Says: []string{"On in the account."}},
			"guardduty-runtime-monitoring/off": {
				Title: "Runtime Monitoring is off in the account",
				Says:  []string{"Off in the account."},
			},
			"guardduty-agent-management/on":  {Says: []string{"On: GuardDuty installs the agent."}},
			"guardduty-agent-management/off": {Says: []string{"Off in the account: the agent must be installed manually."}},
			catalog.Covered:                  {Says: []string{"GuardDuty lists the resource as healthy."}},
			"guardduty-coverage/unhealthy": {Says: []string{
				"GuardDuty still lists the resource as unhealthy: {issue}", "GuardDuty still lists the resource as unhealthy.",
			}},
			"guardduty-coverage/unlisted": {Says: []string{"GuardDuty does not list the resource."}},
		},
	}
}
