package locale

import "guardduty-coverage-notifier/pkg/catalog"

func englishEvidence() Evidence {
	return Evidence{
		Checks: map[string]string{
			"eks-cluster":                  "EKS cluster",
			"eks-tag":                      "Tag of the cluster",
			"eks-addon":                    "Agent add-on",
			"eks-addon-version":            "Add-on version",
			"eks-nodes":                    "Nodes",
			"vpc-endpoint":                 "VPC endpoint",
			"vpc-endpoint-access":          "Access to the endpoint",
			"vpc-dns":                      "DNS of the VPC",
			"vpc-owner":                    "Owner of the VPC",
			"ec2-instance":                 "EC2 instance",
			"ec2-tag":                      "Tag of the instance",
			"ec2-platform":                 "Platform",
			"ec2-ssm":                      "Systems Manager",
			"ec2-association":              "GuardDuty's association",
			"ecs-cluster":                  "ECS cluster",
			"ecs-tag":                      "Tag of the cluster",
			"ecs-service":                  "Tasks",
			"ecs-deployment":               "Deployment",
			"ecs-execution-role":           "Task execution role",
			"guardduty-detector":           "GuardDuty",
			"guardduty-runtime-monitoring": "Runtime Monitoring",
			"guardduty-agent-management":   "Automated agent",
			"guardduty-coverage":           "Coverage now",
		},
		Found: map[catalog.EvidenceID]Found{
			catalog.Denied: {Says: []string{
				"It could not be looked at: `{action}` of the role `{role}` is not allowed.",
				"It could not be looked at: `{action}` is not allowed.",
				"It could not be looked at: access was denied.",
			}},
			catalog.Errored: {Says: []string{
				"It could not be looked at: `{action}` failed with `{reason}`.",
				"It could not be looked at: `{action}` failed.",
				"It could not be looked at: AWS answered with an error.",
			}},
			catalog.Late: {Says: []string{
				"It could not be looked at: `{action}` did not answer in time.",
				"It could not be looked at: AWS did not answer in time.",
			}},
			catalog.NoRole: {Says: []string{"It could not be looked at: it is in another account, and no role is set for those (`DIAGNOSIS_ROLE_NAME`)."}},
			catalog.Unheard: {Says: []string{
				"It was found to be `{found}`, which this notifier does not know.",
				"It was looked at, and this notifier does not know what was found.",
			}},

			// EKS
			"eks-cluster/there": {Says: []string{"It is there and `{status}`, with Kubernetes {version}.", "It is there."}},
			"eks-cluster/missing": {
				Title: "the cluster is no longer there",
				Says:  []string{"There is none of this name any more."},
			},
			"eks-cluster/left":       {Says: []string{"The instance's cluster no longer exists; the instance may outlive it."}},
			"eks-cluster/not-active": {Says: []string{"It is `{status}`, not `ACTIVE`.", "It is not `ACTIVE`."}},
			"eks-tag/excluded": {
				Title: "a tag excludes the cluster from Runtime Monitoring",
				Says:  []string{"`GuardDutyManaged` is `false`, which excludes the cluster."},
			},
			"eks-tag/included": {Says: []string{"`GuardDutyManaged` is `true`, which includes the cluster."}},
			"eks-tag/absent":   {Says: []string{"There is no `GuardDutyManaged` that would exclude the cluster."}},
			"eks-addon/active": {Says: []string{"It is `ACTIVE`, version `{version}`.", "It is `ACTIVE`."}},
			"eks-addon/unhealthy": {Says: []string{
				"It is `{status}`, version `{version}`: `{code}`, {message}",
				"It is `{status}`: `{code}`, {message}",
				"It is `{status}`: `{code}`.",
				"It is `{status}`, version `{version}`, without a reason.",
				"It is `{status}`.",
				"It is not `ACTIVE`.",
			}},
			"eks-addon/missing": {
				Title: "the agent add-on is not installed",
				Says:  []string{"`aws-guardduty-agent` is not installed."},
			},
			"eks-addon/changing": {Says: []string{
				"It is `{status}` at the moment, version `{version}`.",
				"It is `{status}` at the moment.",
				"It is being changed at the moment.",
			}},
			"eks-addon-version/newest": {Says: []string{"`{version}` is the newest that fits the cluster.", "It is the newest that fits the cluster."}},
			"eks-addon-version/outdated": {Says: []string{
				"`{version}` is older than `{newest}`, the newest for Kubernetes {kubernetes}.",
				"It is older than `{newest}`, the newest that fits the cluster.",
				"It is not the newest that fits the cluster.",
			}},
			"eks-addon-version/unsupported-kubernetes": {
				Title: "no version of the agent supports the cluster's Kubernetes version",
				Says:  []string{"None supports Kubernetes {kubernetes}.", "None supports the cluster's Kubernetes version."},
			},
			"eks-nodes/some": {Says: []string{"Running: {n}.", "Some of them run."}},
			"eks-nodes/many": {Says: []string{"Running: {n} or more.", "Many of them run."}},
			"eks-nodes/none": {
				Title: "no node runs in the cluster",
				Says:  []string{"None runs, so that there is nothing to cover until one does."},
			},
			"eks-nodes/fargate-only": {
				Title: "the cluster runs on Fargate alone, which is not covered",
				Says:  []string{"There are none but Fargate's, and Runtime Monitoring does not cover EKS on Fargate."},
			},

			// the network
			"vpc-endpoint/available": {Says: []string{"`{endpoint}` in `{vpc}` is available, with private DNS.", "It is available, with private DNS."}},
			"vpc-endpoint/missing": {Says: []string{
				"`{vpc}` has none for `{service}`, by which the agent reports.",
				"`{vpc}` has none by which the agent could report.",
				"The VPC has none by which the agent could report.",
			}},
			"vpc-endpoint/not-available": {Says: []string{
				"`{endpoint}` in `{vpc}` is `{state}`, not available.",
				"`{endpoint}` is not available.",
				"It is not available.",
			}},
			"vpc-endpoint/no-private-dns": {Says: []string{
				"`{endpoint}` in `{vpc}` has no private DNS, so that the agent does not find it.",
				"It has no private DNS, so that the agent does not find it.",
			}},
			"vpc-endpoint/owners": {Says: []string{
				"Account {owner} shares `{vpc}`; its endpoints cannot be seen from here.",
				"It belongs to the owner of the shared VPC, and cannot be seen from here.",
			}},
			"vpc-endpoint-access/open": {Says: []string{"`{endpoint}` lets in port 443 from the VPC.", "Port 443 is let in from the VPC."}},
			"vpc-endpoint-access/closed": {Says: []string{
				"No security group of `{endpoint}` (`{group}`) lets in port 443 from {cidr}.",
				"No security group of `{endpoint}` lets in port 443 from the VPC.",
				"No security group of it lets in port 443 from the VPC.",
			}},
			"vpc-dns/on": {Says: []string{"Both attributes of `{vpc}` are on.", "Both attributes are on."}},
			"vpc-dns/off": {
				Title: "the VPC's DNS settings keep the endpoint from being found",
				Says:  []string{"Off in `{vpc}`: {attributes}. The endpoint needs both attributes.", "The endpoint needs both attributes, and one is off."},
			},
			"vpc-owner/own":    {Says: []string{"`{vpc}` belongs to the account itself.", "It belongs to the account itself."}},
			"vpc-owner/shared": {Says: []string{"Account {owner} owns `{vpc}` and shares it.", "Another account owns it and shares it."}},

			// EC2
			"ec2-instance/running": {Says: []string{"It has been running since {launched}.", "It is running."}},
			"ec2-instance/pending": {Says: []string{"It is starting."}},
			"ec2-instance/stopped": {
				Title: "the instance is stopped",
				Says:  []string{"It is stopped, or about to be, so that there is nothing to cover."},
			},
			"ec2-instance/terminated": {
				Title: "the instance was terminated",
				Says:  []string{"It was terminated, so that there is nothing to cover."},
			},
			"ec2-instance/missing": {
				Title: "the instance is no longer there",
				Says:  []string{"There is none of this id any more."},
			},
			"ec2-tag/excluded": {
				Title: "a tag excludes the instance from Runtime Monitoring",
				Says:  []string{"`GuardDutyManaged` is `false`, which excludes the instance."},
			},
			"ec2-tag/included": {Says: []string{"`GuardDutyManaged` is `true`, which includes the instance."}},
			"ec2-tag/absent":   {Says: []string{"There is no `GuardDutyManaged` that would exclude the instance."}},
			"ec2-platform/linux": {Says: []string{
				"{platform} on {architecture}.",
				"Linux.",
			}},
			"ec2-platform/windows": {
				Title: "the instance runs Windows, which is not covered",
				Says:  []string{"Windows, which Runtime Monitoring does not cover."},
			},
			"ec2-ssm/online":  {Says: []string{"It manages the instance, whose SSM agent {agent} is online.", "It manages the instance, whose SSM agent is online."}},
			"ec2-ssm/offline": {Says: []string{"It has not heard from the instance since {last} (`{status}`).", "It has not heard from the instance for a while."}},
			"ec2-ssm/unmanaged": {
				Title: "Systems Manager does not manage the instance",
				Says:  []string{"It does not manage the instance, so that GuardDuty cannot install the agent by it."},
			},
			"ec2-association/succeeded": {Says: []string{"`{association}` succeeded on the instance.", "It succeeded on the instance."}},
			"ec2-association/failed": {Says: []string{
				"`{association}` ended with `{status}` on the instance at {last}.",
				"It ended with `{status}` on the instance.",
				"It failed on the instance.",
			}},
			"ec2-association/pending": {Says: []string{"`{association}` has not run on the instance yet.", "It has not run on the instance yet."}},
			"ec2-association/missing": {Says: []string{"The account has none, by which GuardDuty would install the agent."}},

			// ECS
			"ecs-cluster/active": {Says: []string{"It is `ACTIVE`."}},
			"ecs-cluster/left":   {Says: []string{"The instance's cluster no longer exists; the instance may outlive it."}},
			"ecs-cluster/missing": {
				Title: "the cluster is no longer there",
				Says:  []string{"There is none of this name any more."},
			},
			"ecs-cluster/inactive": {
				Title: "the cluster was deleted",
				Says:  []string{"It is `{status}`: it was deleted.", "It was deleted."},
			},
			"ecs-tag/excluded": {
				Title: "a tag excludes the cluster from Runtime Monitoring",
				Says:  []string{"`GuardDutyManaged` is `false`, which excludes the cluster."},
			},
			"ecs-tag/included": {Says: []string{"`GuardDutyManaged` is `true`, which includes the cluster."}},
			"ecs-tag/absent":   {Says: []string{"There is no `GuardDutyManaged` that would exclude the cluster."}},
			"ecs-service/running": {Says: []string{
				"Running of the service `{service}`: {n}.",
				"Running in the cluster: {n}.",
				"Some of them run.",
			}},
			"ecs-service/none-running": {Says: []string{
				"None of the service `{service}` runs, so that there is nothing of it to cover.",
				"None runs in the cluster, so that there is nothing to cover.",
			}},
			"ecs-service/missing": {Says: []string{"There is no service `{service}` in the cluster any more.", "The service is no longer there."}},
			"ecs-deployment/newer": {Says: []string{
				"The last one of `{service}` is newer than Runtime Monitoring.",
				"The last one is newer than Runtime Monitoring.",
			}},
			"ecs-deployment/older": {
				Says: []string{
					"The last one of `{service}` was at {deployed}, before the settings of Runtime Monitoring were last changed ({since}); if that turned it on, its tasks never get the agent.",
					"The last one of `{service}` was before the settings of Runtime Monitoring were last changed; if that turned it on, its tasks never get the agent.",
					"The last one was before the settings of Runtime Monitoring were last changed; if that turned it on, its tasks never get the agent.",
				},
			},
			"ecs-execution-role/present": {Says: []string{"`{task-definition}` has `{role}`.", "The task definition has one."}},
			"ecs-execution-role/missing": {
				Title: "the task definition has no task execution role",
				Says:  []string{"`{task-definition}` has none, without which the agent's image cannot be pulled.", "The task definition has none, without which the agent's image cannot be pulled."},
			},

			// GuardDuty
			"guardduty-detector/enabled": {Says: []string{"It is on in the account."}},
			"guardduty-detector/missing": {
				Title: "GuardDuty is not on in the account",
				Says:  []string{"It is not on in the account: it has no detector in the Region."},
			},
			"guardduty-detector/suspended": {
				Title: "GuardDuty is suspended in the account",
				Says:  []string{"It is suspended in the account."},
			},
			"guardduty-runtime-monitoring/on": {Says: []string{"It is on in the account."}},
			"guardduty-runtime-monitoring/off": {
				Title: "Runtime Monitoring is off in the account",
				Says:  []string{"It is off in the account."},
			},
			"guardduty-agent-management/on": {Says: []string{"GuardDuty installs the agent itself."}},
			"guardduty-agent-management/off": {Says: []string{
				"It is off in the account: the agent is yours to install.",
			}},
			catalog.Covered:                {Says: []string{"GuardDuty lists the resource as covered again."}},
			"guardduty-coverage/unhealthy": {Says: []string{"GuardDuty still lists the resource as uncovered: {issue}", "GuardDuty still lists the resource as uncovered."}},
			"guardduty-coverage/unlisted":  {Says: []string{"GuardDuty does not list the resource."}},
		},
	}
}
