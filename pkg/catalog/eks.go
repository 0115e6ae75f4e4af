package catalog

import "guardduty-coverage-notifier/pkg/coverage"

// eks are the issues that only EKS clusters report
// (https://docs.aws.amazon.com/guardduty/latest/ug/eks-runtime-monitoring-coverage.html).
var eks = []Entry{
	{
		ID:    "addon-version-incompatible",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{"not compatible with current cluster version", "Addon specified is not supported"},
		Steps: []Step{
			{ID: "look-at-cluster-version", Commands: []string{
				"aws eks describe-cluster --region {region} --name {eks} --query cluster.version",
			}},
			{ID: "compare-addon-versions", Commands: []string{
				`aws eks describe-addon-versions --region {region} --addon-name aws-guardduty-agent --query "addons[].addonVersions[].[addonVersion,join(' ',compatibilities[].clusterVersion)]" --output text`,
			}},
			upgradeCluster,
			verifyAddon,
		},
		See:   []string{KubernetesVersionsPage},
		Proof: []Checks{addonChecks},
		Examples: []string{
			"Addon Creation Failed:Addon `aws-guardduty-agent` is not compatible with current cluster version of cluster prod-payments. Addon specified is not supported.",
		},
	},
	{
		ID:    "addon-replicas-missing",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{"InsufficientNumberOfReplicas", "have the desired number of replicas"},
		Steps: []Step{lookAtPods, podEvents, lookAtTaints, lookAtEndpoint, retryAddon, verifyAddon},
		Page:  AddonPage,
		See:   []string{EndpointPage},
		Proof: []Checks{addonChecks, networkChecks, settingChecks},
		Examples: []string{
			"Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because it doesn't have the desired number of replicas.",
			"Addon Creation Failed:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because it doesn’t have the desired number of replicas.",
		},
	},
	{
		ID:    "addon-pods-unschedulable",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{
			"InsufficientNumberOfReplicas…not scheduled", "InsufficientNumberOfReplicas…nodes are available",
			"InsufficientNumberOfReplicas…preemptionPolicy", "InsufficientNumberOfReplicas…Insufficient cpu",
			"InsufficientNumberOfReplicas…Insufficient memory", "InsufficientNumberOfReplicas…Too many pods",
			"nodes are available",
		},
		Steps: []Step{
			lookAtPods,
			lookAtAddonConfiguration,
			{ID: "look-for-room", Commands: []string{kubectl + "describe nodes | grep -A 8 'Allocated resources'"}},
			{ID: "raise-priority", Changes: WholeCluster, Commands: []string{
				inAccount + updateAddon + preserving + ` --configuration-values '{"priorityClassName":"aws-guardduty-agent.priorityclass-high"}'`,
			}},
			{ID: "or-make-room", Changes: WholeCluster},
		},
		Page:  AddonPage,
		See:   []string{AddonParametersPage},
		Proof: []Checks{addonChecks},
		Examples: []string{
			"Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because one or more pods are not scheduled 0/3 nodes are available: 3 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.",
			"Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because one or more pods are not scheduled 0/5 nodes are available: 5 Too many pods. preemption: not eligible due to preemptionPolicy=Never.",
			"Addon Updation Failed:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because one or more pods are not scheduled 0/1 nodes are available: 1 Insufficient memory. preemption: not eligible due to preemptionPolicy=Never.",
		},
	},
	{
		ID:    "addon-crashloop-completed",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{"InsufficientNumberOfReplicas…CrashLoopBackOff: Completed", "CrashLoopBackOff: Completed"},
		Steps: []Step{podLogs, lookAtFeatures, lookAtMemberFeatures, lookAtEndpoint, resolveEndpoint},
		Page:  AddonPage,
		See:   []string{EndpointPage, KubernetesVersionsPage},
		Proof: []Checks{addonChecks, networkChecks, settingChecks},
		Examples: []string{
			"Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because one or more pods have waiting containers CrashLoopBackOff: Completed",
		},
	},
	{
		ID:    "addon-crashloop-error",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{"InsufficientNumberOfReplicas…CrashLoopBackOff: Error", "CrashLoopBackOff: Error"},
		Steps: []Step{podLogs, lookAtFeatures, lookAtMemberFeatures, resolveEndpoint},
		Page:  AddonPage,
		See:   []string{KubernetesVersionsPage},
		Proof: []Checks{addonChecks, networkChecks, settingChecks},
		Examples: []string{
			"Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because one or more pods have waiting containers CrashLoopBackOff: Error",
		},
	},
	{
		ID:    "addon-admission-denied",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{"AdmissionRequestDenied", "admission webhook"},
		Steps: []Step{
			describeAddonStep,
			{ID: "list-admission-webhooks", Commands: []string{
				kubectl + "get validatingwebhookconfigurations,mutatingwebhookconfigurations",
			}},
			{ID: "except-agent-from-policy", Changes: WholeCluster},
			retryAddon,
			verifyAddon,
		},
		Page:  AddonPage,
		Proof: []Checks{addonChecks},
		Examples: []string{
			`Addon Creation Failed:EKS Addon issue - AdmissionRequestDenied: admission webhook "validate.kyverno.svc-fail" denied the request: policy DaemonSet/amazon-guardduty/aws-guardduty-agent for resource violation: restrict-image-registries: autogen-validate-registries: 'validation error: Unknown image registry.'`,
		},
	},
	{
		ID:    "addon-configuration-conflict",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{"ConfigurationConflict", "Conflicts found when trying to apply"},
		Steps: []Step{
			describeAddonStep,
			lookAtAddonConfiguration,
			{ID: "overwrite-addon", Changes: WholeCluster, Commands: []string{
				inAccount + "aws eks update-addon --region {region} --cluster-name {eks} --addon-name aws-guardduty-agent --resolve-conflicts OVERWRITE",
			}},
			{ID: "or-remove-addon", Unless: "auto", Changes: WholeCluster, Commands: []string{
				inAccount + "aws eks delete-addon --region {region} --cluster-name {eks} --addon-name aws-guardduty-agent",
			}},
			{ID: "and-install-addon", Unless: "auto", Changes: WholeCluster, Commands: []string{inAccount + createAddon}},
			verifyAddon,
		},
		Page:  AddonPage,
		Proof: []Checks{addonChecks},
		Examples: []string{
			"Addon Creation Failed:EKS Addon issue - ConfigurationConflict: Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: ServiceAccount aws-guardduty-agent - .metadata.labels",
		},
	},
	{
		ID:    "addon-rbac-forbidden",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{`forbidden: User "eks:addon-manager"`, "AccessDenied…is forbidden"},
		Steps: []Step{
			{ID: "look-at-addon-binding", Commands: []string{
				kubectl + "get clusterrolebinding eks:addon-cluster-admin -o yaml",
			}},
			{ID: "create-addon-binding", Changes: WholeCluster, Commands: []string{
				kubectl + "create clusterrolebinding eks:addon-cluster-admin --clusterrole=cluster-admin --user=eks:addon-manager --dry-run=client -o yaml | " + kubectl + "apply -f -",
			}},
			retryAddon,
			verifyAddon,
		},
		Page:  AddonPage,
		Proof: []Checks{addonChecks},
		Examples: []string{
			`Addon Creation Failed:EKS Addon issue - AccessDenied: priorityclasses.scheduling.k8s.io "aws-guardduty-agent.priorityclass" is forbidden: User "eks:addon-manager" cannot patch resource "priorityclasses" in API group "scheduling.k8s.io" at the cluster scope`,
			`Addon Updation Failed:EKS Addon issue - AccessDenied: namespaces "amazon-guardduty" is forbidden: User "eks:addon-manager" cannot patch resource "namespaces" in API group "" in the namespace "amazon-guardduty"`,
		},
	},
	{
		ID:    "addon-gatekeeper-owner-label",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{"gatekeeper.sh…must-have-label", "all-namespace-must-have-label-owner"},
		Steps: []Step{
			lookAtConstraints,
			{ID: "label-namespace", Changes: OneResource, Commands: []string{
				`printf 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: amazon-guardduty\n  labels:\n    owner: security\n' | ` + kubectl + "apply -f -",
			}},
			{ID: "or-except-namespace", Changes: WholeCluster},
			retryAddon,
			verifyAddon,
		},
		Page:  AddonPage,
		Proof: []Checks{addonChecks},
		Examples: []string{
			`Addon Creation Failed:EKS Addon issue - AccessDenied: admission webhook "validation.gatekeeper.sh" denied the request: [all-namespace-must-have-label-owner] All namespaces must have an ` + "`owner`" + ` label`,
		},
	},
	{
		ID:    "addon-gatekeeper-image-registry",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Extra: []string{"gatekeeper.sh…allowed-container-registries", "gatekeeper.sh…invalid image registry", "allowed-container-registries"},
		Steps: []Step{
			lookAtConstraints,
			{ID: "allow-registry", Unless: "gov", Changes: WholeCluster},
			{ID: "allow-registry-in-govcloud", If: "gov", Changes: WholeCluster},
			retryAddon,
			verifyAddon,
		},
		Page:  AddonPage,
		See:   []string{RegistriesPage},
		Proof: []Checks{addonChecks},
		Examples: []string{
			`Addon Creation Failed:EKS Addon issue - AccessDenied: admission webhook "validation.gatekeeper.sh" denied the request: [allowed-container-registries] container <aws-guardduty-agent> has an invalid image registry`,
		},
	},
	{
		ID:    "addon-issue-other",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: addonTypes,
		Steps: []Step{describeAddonStep, {ID: "look-up-addon-code"}, lookAtPods, retryAddon, verifyAddon},
		Page:  AddonPage,
		See:   []string{AddonIssuePage},
		Proof: []Checks{addonChecks},
		Examples: []string{
			"Addon Status Unhealthy:EKS Addon issue - ClusterUnreachable: The cluster could not be reached.",
			"Addon Creation Failed:EKS Addon issue - InternalFailure: Internal failure.",
			"Addon Updation Failed:EKS Addon issue - UnsupportedAddonModification: The modification is not supported.",
			"Addon Status Unhealthy:EKS Addon issue - K8sResourceNotFound: daemonsets.apps aws-guardduty-agent not found",
			"Addon Creation Failed:EKS Addon issue - AddonSubscriptionNeeded: A subscription is needed.",
			"Addon Creation Failed:EKS Addon issue - AddonPermissionFailure: The add-on lacks a permission.",
			"Addon Creation Failed:EKS Addon issue - AccessDenied: Access was denied.",
			"Addon Creation Failed",
		},
	},
	{
		ID:     AddonRemoved,
		Kinds:  []coverage.Kind{coverage.EKS},
		Silent: true,
		Steps: []Step{
			{ID: "see-who-removed-addon", Commands: []string{
				"aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteAddon --max-results 5 --query 'Events[].[EventTime,Username,Resources[].ResourceName]'",
			}},
			lookAtTag,
			installAddon,
			verifyAddon,
		},
		Page:     EKSPage,
		Proof:    []Checks{{"eks-tag"}, addonChecks, settingChecks},
		Examples: []string{""},
	},
	{
		ID:            "eks-local-cluster",
		Kinds:         []coverage.Kind{coverage.EKS},
		Types:         []string{"Local EKS clusters"},
		NotActionable: true,
		Proof:         []Checks{{"eks-nodes"}},
		Examples:      []string{"Local EKS clusters:EKS addons are not supported on local outpost clusters."},
	},
	{
		ID:    "eks-permission-not-granted",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: []string{"EKS Runtime Monitoring enablement permission not granted"},
		Steps: all(
			[]Step{{ID: "read-named-cause"}, lookAtFeatures, lookAtMemberFeatures, {ID: "fix-named-cause", Changes: OneResource}},
			toggleAgent, []Step{verifyAddon}),
		Proof: []Checks{{"eks-tag"}, addonChecks, settingChecks},
		Examples: []string{
			"EKS Runtime Monitoring enablement permission not granted",
			"EKS Runtime Monitoring enablement permission not granted:User is not authorized to perform eks:CreateAddon with an explicit deny in a service control policy",
		},
	},
	{
		ID:    "eks-provisioning-in-progress",
		Kinds: []coverage.Kind{coverage.EKS},
		Types: []string{"EKS Runtime Monitoring enablement resource provisioning in progress"},
		// AWS says that it ends by itself with the provisioning, and that nothing can be done until then.
		NotActionable: true,
		Transient:     true,
		Proof:         []Checks{addonChecks, settingChecks},
		Examples: []string{
			"EKS Runtime Monitoring enablement resource provisioning in progress",
			"EKS Runtime Monitoring enablement resource provisioning in progress:Resources are being created",
		},
	},
	{
		ID:       "eks-authorization-failure",
		Kinds:    []coverage.Kind{coverage.EKS},
		Types:    []string{"Others", "Other"},
		Extra:    []string{"Error due to authorization failure"},
		Steps:    all([]Step{describeAddonStep, lookAtFeatures, lookAtMemberFeatures}, toggleAgent, []Step{verifyAddon}),
		Proof:    []Checks{addonChecks, settingChecks},
		Examples: []string{"Others:Error due to authorization failure"},
	},
}

// addonTypes are the issue types under which an issue of the EKS add-on arrives, which do not tell one from
// another. Update and Updation were both seen.
var addonTypes = []string{
	"Addon Creation Failed", "Addon Updation Failed", "Addon Update Failed", "Addon Status Unhealthy", "EKS Addon issue",
}

// Pages that remedies name.
const (
	KubernetesVersionsPage = "prereq-runtime-monitoring-eks-support.html#gdu-agent-supported-k8-version"
	AddonParametersPage    = "guardduty-configure-security-agent-eks-addon.html#gdu-eks-addon-configure-parameters-values"
	RegistriesPage         = "runtime-monitoring-ecr-repository-gdu-agent.html"
	AddonIssuePage         = "https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonIssue.html"
)

const (
	describeAddon = "aws eks describe-addon --region {region} --cluster-name {eks} --addon-name aws-guardduty-agent"
	createAddon   = "aws eks create-addon --region {region} --cluster-name {eks} --addon-name aws-guardduty-agent"
	// Without an update's --resolve-conflicts, EKS keeps what somebody changed in the cluster on purpose, and fails where
	// that is in the way (https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateAddon.html).
	updateAddon = "aws eks update-addon --region {region} --cluster-name {eks} --addon-name aws-guardduty-agent"
	preserving  = " --resolve-conflicts PRESERVE"
)

var (
	upgradeCluster    = Step{ID: "upgrade-cluster", Changes: WholeCluster}
	installAddon      = Step{ID: "install-addon", Changes: WholeCluster, Commands: []string{inAccount + createAddon}}
	describeAddonStep = Step{ID: "look-at-addon", Commands: []string{describeAddon}}
	verifyAddon       = Step{ID: "verify-addon", Check: true, Commands: []string{describeAddon}}
	retryAddon        = Step{ID: "retry-addon", Changes: WholeCluster, Commands: []string{inAccount + updateAddon}}
	lookAtPods        = Step{ID: "look-at-pods", Commands: []string{kubectl + "get pods -n amazon-guardduty -o wide"}}
	podEvents         = Step{ID: "read-pod-events", Commands: []string{
		kubectl + "get events -n amazon-guardduty --field-selector type=Warning",
	}}
	// A pod may be Running and not ready. What a container logged before it was restarted says why it was.
	podLogs = Step{ID: "read-pod-logs", Commands: []string{
		kubectl + `get pods -n amazon-guardduty --no-headers | awk '{split($2,n,"/"); if (n[1]!=n[2]) print $1}' | head -3 | xargs -r -n 1 ` + kubectl + "logs -n amazon-guardduty --previous --tail=50",
	}}
	// https://github.com/aws/containers-roadmap/issues/2861
	lookAtTaints = Step{ID: "look-at-taints", Optional: true, Commands: []string{
		kubectl + "get nodes -o 'jsonpath={.items..taints}'",
	}}
	lookAtAddonConfiguration = Step{ID: "look-at-addon-configuration", Commands: []string{
		describeAddon + " --query 'addon.[addonVersion,configurationValues]'",
	}}
	lookAtConstraints = Step{ID: "look-at-constraints", Commands: []string{kubectl + "get constraints"}}
	resolveEndpoint   = Step{ID: "resolve-endpoint", Changes: OneResource, Commands: []string{
		kubectl + "run guardduty-dns-check --rm -i --restart=Never --image=public.ecr.aws/docker/library/busybox:stable -- nslookup {endpoint-host}",
	}}
)
