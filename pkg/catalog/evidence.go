package catalog

import (
	"slices"
	"sync"

	"guardduty-coverage-notifier/pkg/coverage"
)

// EvidenceID names an entry of the table of evidence: the check and what it found, joined by a slash. What
// can be found of everything has no check before it.
type EvidenceID string

// The outcomes that every check has.
const (
	// Denied: AWS did not allow the look.
	Denied EvidenceID = "denied"
	// Errored: AWS answered with another error.
	Errored EvidenceID = "failed"
	// Late: AWS did not answer in time.
	Late EvidenceID = "late"
	// NoRole: it is in another account, and no role is configured for those.
	NoRole EvidenceID = "no-role"
	// Unheard is what this table does not know: it was found by a newer version, or is made up.
	Unheard EvidenceID = "unknown"
)

// Covered is when GuardDuty has covered the resource again by the time somebody looks.
const Covered EvidenceID = "guardduty-coverage/healthy"

// Verdict is what an entry means for coverage.
type Verdict int

// The verdicts, in the order in which they are told. The zero Verdict is none.
const (
	_ Verdict = iota
	// Fault: it keeps the resource from being covered, or may do so.
	Fault
	// Attribution: it says who requested the change behind a fault.
	Attribution
	// Unclear: nothing follows from it.
	Unclear
	// Fine: it is as it should be.
	Fine
)

// EvidenceEntry is one thing that a look can find. Its words are in the language tables, under its ID.
type EvidenceEntry struct {
	ID      EvidenceID
	Verdict Verdict
	// Certain says that it explains by itself why coverage was lost; of an Attribution, that the change does.
	Certain bool
	// Gone says that nothing is left to cover, so that nothing is to be done. It is certain, too.
	Gone bool
	// Values are the placeholders that its sentences may have.
	Values []string
	// Shared is the placeholder of what others depend on, too, such as a VPC or an endpoint; Account where that
	// is the whole account in its Region. It is empty where the fault is the resource's own.
	Shared string
	// Steps mend the fault. Their commands may have the placeholders of values and of forms.
	Steps []Step
	// See are pages that the steps name, as those of an Entry.
	See []string
	// Elsewhere says of a fault that the steps of the finding are its remedy.
	Elsewhere bool
	// Repeats says that it adds nothing to what the event says.
	Repeats bool
	// Same are the findings that say as much.
	Same []ID
	// Explains are the certain causes that follow from this one, and do not contradict it.
	Explains []EvidenceID
}

// Account is the EvidenceEntry.Shared of what a whole account depends on.
const Account = "account"

// AllEvidence is the whole table of evidence, a copy.
func AllEvidence() []EvidenceEntry {
	return slices.Concat(
		anyEvidence, diagnosisEvidence, actorEvidence, eksEvidence, vpcEvidence, ec2Evidence, ecsEvidence, guarddutyEvidence,
	)
}

var evidenceByID = sync.OnceValue(func() map[EvidenceID]EvidenceEntry {
	byID := map[EvidenceID]EvidenceEntry{}
	for _, entry := range AllEvidence() {
		byID[entry.ID] = entry
	}
	return byID
})

// EvidenceOf is the entry that knows what was found. An outcome of the look itself names the action that it
// took, which tells it from what was looked at and failed by itself.
func EvidenceOf(e coverage.Evidence) EvidenceEntry {
	entry, ok := evidenceByID()[EvidenceID(e.Check+"/"+e.Found)]
	if _, ofLook := e.Values["action"]; ok && !ofLook {
		return entry
	}
	switch outcome := EvidenceID(e.Found); outcome {
	case Denied, Errored, Late, NoRole:
		return evidenceByID()[outcome]
	}
	if !ok {
		entry = evidenceByID()[Unheard]
	}
	return entry
}

var anyEvidence = []EvidenceEntry{
	{ID: Denied, Verdict: Unclear, Values: []string{"action", "role"}},
	{ID: Errored, Verdict: Unclear, Values: []string{"action", "reason"}},
	{ID: Late, Verdict: Unclear, Values: []string{"action"}},
	{ID: NoRole, Verdict: Unclear},
	{ID: Unheard, Verdict: Unclear, Values: []string{"found"}},
}

// diagnosisEvidence is of the diagnosis itself, where another function does it.
var diagnosisEvidence = []EvidenceEntry{
	{ID: "diagnosis/failed", Verdict: Unclear, Values: []string{"reason"}},
	{ID: "diagnosis/late", Verdict: Unclear},
}

var eksEvidence = []EvidenceEntry{
	{ID: "eks-cluster/there", Verdict: Fine, Values: []string{"version", "status"}},
	{ID: "eks-cluster/missing", Verdict: Fault, Certain: true, Gone: true},
	{ID: "eks-cluster/left", Verdict: Unclear},
	{ID: "eks-cluster/not-active", Verdict: Fault, Values: []string{"status"}, Steps: []Step{
		{ID: "wait-for-cluster", Commands: []string{
			"aws eks describe-cluster --region {region} --name {eks} --query 'cluster.[status,health.issues]'",
		}},
	}},

	{ID: "eks-tag/excluded", Verdict: Fault, Certain: true, Explains: []EvidenceID{"eks-addon/missing"}, Steps: []Step{
		{ID: "include-eks-cluster", Changes: WholeCluster, Commands: []string{
			"aws eks untag-resource --region {region} --resource-arn {eks-arn} --tag-keys GuardDutyManaged",
		}},
	}},
	{ID: "eks-tag/included", Verdict: Fine},
	{ID: "eks-tag/absent", Verdict: Fine},

	{ID: "eks-addon/active", Verdict: Fine, Values: []string{"version"}},
	{ID: "eks-addon/unhealthy", Verdict: Fault, Values: []string{"status", "version", "code", "message"}, Elsewhere: true},
	{ID: "eks-addon/missing", Verdict: Fault, Certain: true, Same: []ID{AddonRemoved}, Steps: []Step{installAddon}},
	// EKS leaves an add-on in that state when its pods do not start.
	{ID: "eks-addon/stuck", Verdict: Fault, Values: []string{"status", "since", "version"}, Steps: []Step{
		{ID: "delete-stuck-addon", Changes: WholeCluster, Commands: []string{
			inAccount + "aws eks delete-addon --region {region} --cluster-name {eks} --addon-name aws-guardduty-agent",
		}},
		installAddon,
	}},
	{ID: "eks-addon/changing", Verdict: Unclear, Values: []string{"status", "version"}},

	{ID: "eks-addon-version/newest", Verdict: Fine, Values: []string{"version"}},
	{ID: "eks-addon-version/outdated", Verdict: Fault, Values: []string{"version", "newest", "kubernetes"}, Steps: []Step{
		{ID: "update-addon", Changes: WholeCluster, Commands: []string{
			inAccount + updateAddon + preserving + " --addon-version {newest}",
		}},
	}},
	{ID: "eks-addon-version/unsupported-kubernetes", Verdict: Fault, Certain: true, Values: []string{"kubernetes"},
		Explains: []EvidenceID{"eks-addon/missing"}, Same: []ID{"addon-version-incompatible"}, Steps: []Step{upgradeCluster}},

	{ID: "eks-nodes/some", Verdict: Fine, Values: []string{"n"}},
	{ID: "eks-nodes/many", Verdict: Fine, Values: []string{"n"}},
	{ID: "eks-nodes/none", Verdict: Fault, Certain: true, Steps: []Step{
		{ID: "wait-for-node", Commands: []string{"aws eks list-nodegroups --region {region} --cluster-name {eks}"}},
	}},
	// https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html
	{ID: "eks-nodes/fargate-only", Verdict: Fault, Certain: true, Explains: []EvidenceID{"eks-addon/missing"}, Steps: []Step{
		{ID: "leave-fargate", Changes: WholeCluster, Commands: []string{
			"aws eks tag-resource --region {region} --resource-arn {eks-arn} --tags GuardDutyManaged=false",
		}},
	}},
}

var vpcEvidence = []EvidenceEntry{
	{ID: "vpc-endpoint/available", Verdict: Fine, Values: []string{"endpoint", "vpc"}},
	// An endpoint needs a policy and a security group of its own, which no command can know: AWS's page has
	// them.
	{ID: "vpc-endpoint/missing", Verdict: Fault, Shared: "vpc", Values: []string{"vpc", "service"}, See: []string{CreateEndpointPage}, Steps: []Step{
		lookAtEndpoint,
		{ID: "wait-for-endpoint", If: "auto"},
		{ID: "create-endpoint", Unless: "auto", Changes: WholeVPC},
	}},
	{ID: "vpc-endpoint/not-available", Verdict: Fault, Shared: "endpoint", Values: []string{"endpoint", "vpc", "state"}, Steps: []Step{
		{ID: "see-why-endpoint-is-not-available", Commands: []string{
			"aws ec2 describe-vpc-endpoints --region {region} --vpc-endpoint-ids {endpoint}",
		}},
		{ID: "delete-endpoint", Changes: WholeVPC},
	}},
	{ID: "vpc-endpoint/no-private-dns", Verdict: Fault, Shared: "endpoint", Values: []string{"endpoint", "vpc"}, Steps: []Step{
		{ID: "enable-private-dns", Changes: WholeVPC, Commands: []string{
			"aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {endpoint} --private-dns-enabled",
		}},
	}},
	{ID: "vpc-endpoint/owners", Verdict: Unclear, Values: []string{"vpc", "owner"}},

	{ID: "vpc-endpoint-access/open", Verdict: Fine, Values: []string{"endpoint"}},
	{ID: "vpc-endpoint-access/closed", Verdict: Fault, Shared: "endpoint", Values: []string{"endpoint", "group", "cidr"}, Steps: []Step{
		{ID: "let-in-https", Changes: WholeVPC, Commands: []string{
			"aws ec2 authorize-security-group-ingress --region {region} --group-id {group} --protocol tcp --port 443 --cidr {cidr}",
		}},
	}},

	{ID: "vpc-dns/on", Verdict: Fine, Values: []string{"vpc"}},
	{ID: "vpc-dns/off", Verdict: Fault, Shared: "vpc", Certain: true, Values: []string{"vpc", "attributes"},
		Same: []ID{"vpc-endpoint-private-dns"}, Steps: []Step{enableDNSAttributes}},

	{ID: "vpc-owner/own", Verdict: Fine, Values: []string{"vpc"}},
	{ID: "vpc-owner/shared", Verdict: Fine, Values: []string{"vpc", "owner"}},
}

var ec2Evidence = []EvidenceEntry{
	{ID: "ec2-instance/running", Verdict: Fine, Values: []string{"name", "launched"}},
	{ID: "ec2-instance/pending", Verdict: Unclear, Values: []string{"name"}},
	{ID: "ec2-instance/stopped", Verdict: Fault, Certain: true, Gone: true, Values: []string{"name"}},
	{ID: "ec2-instance/terminated", Verdict: Fault, Certain: true, Gone: true, Values: []string{"name"}},
	{ID: "ec2-instance/missing", Verdict: Fault, Certain: true, Gone: true},

	{ID: "ec2-tag/excluded", Verdict: Fault, Certain: true, Same: []ID{"ec2-excluded-by-tag"}, Steps: []Step{includeInstance}},
	{ID: "ec2-tag/included", Verdict: Fine},
	{ID: "ec2-tag/absent", Verdict: Fine},

	{ID: "ec2-platform/linux", Verdict: Fine, Values: []string{"platform", "architecture"}},
	{ID: "ec2-platform/windows", Verdict: Fault, Certain: true, Steps: []Step{
		{ID: "leave-windows", Changes: OneResource, Commands: []string{
			"aws ec2 create-tags --region {region} --resources {instance} --tags Key=GuardDutyManaged,Value=false",
		}},
	}},

	{ID: "ec2-imds/on", Verdict: Fine},
	{ID: "ec2-imds/off", Verdict: Fault, Steps: []Step{enableMetadata}},

	{ID: "ec2-ssm/online", Verdict: Fine, Values: []string{"agent"}},
	{ID: "ec2-ssm/offline", Verdict: Fault, Values: []string{"status", "last"}, Steps: []Step{
		{ID: "restart-ssm-agent", Changes: OneResource, Commands: []string{
			"sudo systemctl restart amazon-ssm-agent || sudo snap restart amazon-ssm-agent",
		}},
	}},
	{ID: "ec2-ssm/unmanaged", Verdict: Fault, Certain: true, Steps: []Step{
		{ID: "look-at-instance-profile", Commands: []string{
			"aws ec2 describe-iam-instance-profile-associations --region {region} --filters Name=instance-id,Values={instance}",
		}},
		{ID: "register-in-ssm", Changes: OneResource},
	}},

	{ID: "ec2-association/succeeded", Verdict: Fine, Values: []string{"association"}},
	{ID: "ec2-association/failed", Verdict: Fault, Values: []string{"association", "status", "last"},
		Steps: []Step{lookAtInstanceAssociation, runAssociationAgain}},
	{ID: "ec2-association/pending", Verdict: Unclear, Values: []string{"association"}},
	{ID: "ec2-association/missing", Verdict: Fault, Steps: all(
		[]Step{lookAtAssociations, lookAtFeatures, lookAtMemberFeatures}, toggleAgent)},
}

var ecsEvidence = []EvidenceEntry{
	{ID: "ecs-cluster/active", Verdict: Fine},
	{ID: "ecs-cluster/missing", Verdict: Fault, Certain: true, Gone: true},
	{ID: "ecs-cluster/left", Verdict: Unclear},
	{ID: "ecs-cluster/inactive", Verdict: Fault, Certain: true, Gone: true, Values: []string{"status"}},

	{ID: "ecs-tag/excluded", Verdict: Fault, Certain: true,
		Same: []ID{"ecs-task-excluded-by-tag", "ecs-service-excluded-by-tag"}, Steps: []Step{includeCluster}},
	{ID: "ecs-tag/included", Verdict: Fine},
	{ID: "ecs-tag/absent", Verdict: Fine},

	{ID: "ecs-service/running", Verdict: Fine, Values: []string{"service", "n"}},
	{ID: "ecs-service/none-running", Verdict: Fault, Values: []string{"service"}, Steps: []Step{
		{ID: "see-why-nothing-runs", Commands: []string{
			"aws ecs describe-services --region {region} --cluster {ecs} --services {service} --query 'services[].[desiredCount,runningCount,events[:5].message]'",
			listServices,
		}},
	}},
	{ID: "ecs-service/missing", Verdict: Fault, Values: []string{"service"}, Steps: []Step{
		{ID: "accept-missing-service", Commands: []string{listServices}},
	}},

	{ID: "ecs-agent/running", Verdict: Fine, Values: []string{"n"}},
	{ID: "ecs-agent/exited", Verdict: Fault, Values: []string{"task", "exit", "reason", "image"}, Elsewhere: true},
	{ID: "ecs-agent/older", Verdict: Fault, Values: []string{"task", "started", "since"}, Steps: []Step{redeployOrRelaunch}},
	{ID: "ecs-agent/absent", Verdict: Fault, Values: []string{"task", "platform"}, Elsewhere: true},

	{ID: "ecs-deployment/newer", Verdict: Fine, Values: []string{"service"}},
	// It rests on when the setting was changed last, which need not be when it was turned on: it is not
	// certain.
	{ID: "ecs-deployment/older", Verdict: Fault, Values: []string{"service", "deployed", "since"}, Steps: []Step{lookAtService, redeployService}},

	{ID: "ecs-execution-role/present", Verdict: Fine, Values: []string{"task-definition", "role"}},
	{ID: "ecs-execution-role/missing", Verdict: Fault, Certain: true, Values: []string{"task-definition"},
		Same: []ID{"ecs-execution-role-missing"}, Steps: []Step{addExecutionRole}},
}

var guarddutyEvidence = []EvidenceEntry{
	{ID: "guardduty-detector/enabled", Verdict: Fine},
	{ID: "guardduty-detector/missing", Verdict: Fault, Shared: Account, Certain: true, Explains: withoutDetector, Steps: []Step{
		{ID: "enable-guardduty", For: OwnSide, Changes: WholeAccount, Commands: []string{
			inAccount + "aws guardduty create-detector --region {region} --enable",
		}},
		{ID: "enable-guardduty-in-member", For: AdministratorSide, Changes: WholeAccount},
	}},
	{ID: "guardduty-detector/suspended", Verdict: Fault, Shared: Account, Certain: true, Explains: withoutDetector, Steps: []Step{
		{ID: "resume-guardduty", For: OwnSide, Changes: WholeAccount, Commands: []string{updateOwn + " --enable"}},
		{ID: "resume-guardduty-in-member", For: AdministratorSide, Changes: WholeAccount, Commands: []string{
			"aws guardduty start-monitoring-members --region {region} --detector-id " + detector + " --account-ids {account}",
		}},
	}},

	{ID: "guardduty-runtime-monitoring/on", Verdict: Fine},
	{ID: "guardduty-runtime-monitoring/off", Verdict: Fault, Shared: Account, Certain: true, Explains: []EvidenceID{"eks-addon/missing"}, Steps: []Step{
		lookAtFeatures,
		lookAtMemberFeatures,
		{ID: "turn-on-monitoring", For: OwnSide, Changes: WholeAccount, Commands: []string{updateOwn + monitoringOn}},
		{ID: "turn-on-monitoring-in-member", For: AdministratorSide, Changes: WholeAccount, Commands: []string{updateMember + monitoringOn}},
	}},

	{ID: "guardduty-agent-management/on", Verdict: Fine},
	{ID: "guardduty-agent-management/off", Verdict: Fault, Steps: all([]Step{lookAtFeatures, lookAtMemberFeatures}, manageAgent)},

	{ID: Covered, Verdict: Fine},
	{ID: "guardduty-coverage/unhealthy", Verdict: Fault, Values: []string{"issue"}, Elsewhere: true, Repeats: true},
	{ID: "guardduty-coverage/unlisted", Verdict: Unclear},
}

// withoutDetector is what is bound to be off or missing where GuardDuty is off.
var withoutDetector = []EvidenceID{"guardduty-runtime-monitoring/off", "eks-addon/missing"}
