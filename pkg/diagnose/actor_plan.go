package diagnose

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	guarddutytypes "github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// searches are the changes that may be behind what was found, those behind certain causes first. What
// is as it should be is only looked into where nothing else is wrong.
func searches(ctx context.Context, s *scene, found []coverage.Evidence) []search {
	var certain, others, last []search
	for _, e := range found {
		entry := catalog.EvidenceOf(e)
		each := searchesFor(ctx, s, entry.ID, e.Values, ownerIn(found, s.change.Resource.Account))
		switch {
		case entry.Certain:
			certain = append(certain, each...)
		case entry.Verdict == catalog.Fault:
			others = append(others, each...)
		default:
			last = append(last, each...)
		}
	}
	if len(certain)+len(others) == 0 {
		return last
	}
	return append(certain, others...)
}

// ownerIn is the account of the VPC: its network is its owner's
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html).
func ownerIn(found []coverage.Evidence, account string) string {
	for _, e := range found {
		if e.Check == "vpc-owner" && e.Found == "shared" {
			return e.Values["owner"]
		}
	}
	return account
}

// searchesFor are those behind one thing that was found; none where no request explains it. owner has the VPC.
func searchesFor(ctx context.Context, s *scene, id catalog.EvidenceID, v values, owner string) []search {
	check, found, _ := strings.Cut(string(id), "/")
	switch check {
	case "eks-cluster", "eks-tag", "eks-addon", "eks-addon-version":
		return s.ofEKS(check, found, v)
	case "ecs-cluster", "ecs-tag", "ecs-service", "ecs-execution-role":
		return s.ofECS(check, found, v)
	case "vpc-endpoint", "vpc-endpoint-access", "vpc-dns":
		return s.ofVPC(check, found, v, owner)
	case "ec2-instance", "ec2-tag", "ec2-imds":
		return s.ofInstance(check, found)
	case "ec2-ssm":
		return s.ofProfile(ctx, found)
	case "ec2-association":
		return s.ofAssociation(found, v)
	}
	switch id {
	case "guardduty-detector/missing":
		return []search{s.detectorDeleted()}
	case "guardduty-detector/suspended":
		return ofSettings(ctx, s, nil)
	case "guardduty-runtime-monitoring/off":
		return ofSettings(ctx, s, monitoringFeatures())
	case "guardduty-agent-management/off":
		return ofSettings(ctx, s, []string{string(agentManagement(s.change.Resource))})
	}
	return nil
}

// EKS calls a cluster "name" in the paths of its operations
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteAddon.html).
func clusterKeys() []string { return []string{"name", "clusterName"} }

func (s *scene) ofEKS(check, found string, v values) []search {
	name := s.cluster(coverage.EKS)
	onAddon := func(r record, _ []string) bool {
		return r.asks(clusterKeys(), name) && r.asks([]string{"addonName"}, addonName)
	}
	switch check + "/" + found {
	case "eks-addon/missing":
		return []search{s.event("addon-deleted", addonName, "eks", "DeleteAddon", onAddon)}
	case "eks-addon/unhealthy", "eks-addon-version/outdated":
		return []search{s.event("addon-changed", addonName, "eks", "UpdateAddon", onAddon)}
	case "eks-tag/excluded":
		return []search{s.tagged("eks", s.arn(coverage.EKS))}
	}
	if check == "eks-cluster" && (found == "missing" || v["status"] == "DELETING") {
		return []search{s.event("cluster-deleted", name, "eks", "DeleteCluster", func(r record, _ []string) bool {
			return r.asks(clusterKeys(), name)
		})}
	}
	return nil
}

func (s *scene) ofECS(check, found string, v values) []search {
	name := s.cluster(coverage.ECS)
	arn := s.arn(coverage.ECS)
	ofService := func(r record, _ []string) bool {
		return r.asks([]string{"cluster"}, name, arn) && r.asks([]string{"service"}, v["service"],
			strings.Replace(arn, ":cluster/", ":service/", 1)+"/"+v["service"])
	}
	switch check + "/" + found {
	case "ecs-cluster/missing", "ecs-cluster/inactive":
		return []search{s.event("cluster-deleted", name, "ecs", "DeleteCluster", func(r record, _ []string) bool {
			return r.asks([]string{"cluster"}, name, arn)
		})}
	case "ecs-tag/excluded":
		return []search{s.tagged("ecs", arn)}
	case "ecs-service/missing":
		return []search{s.event("service-deleted", v["service"], "ecs", "DeleteService", ofService)}
	case "ecs-service/none-running":
		if v["service"] == "" {
			return nil
		}
		return []search{s.event("service-changed", v["service"], "ecs", "UpdateService", ofService)}
	case "ecs-execution-role/missing":
		return []search{s.event("definition-registered", v["task-definition"], "ecs", "RegisterTaskDefinition",
			func(r record, _ []string) bool {
				return r.answers("taskDefinitionArn", ":task-definition/"+v["task-definition"])
			})}
	case "ecs-execution-role/present":
		return []search{s.roleChanged(v["role"])}
	}
	return nil
}

func (s *scene) ofVPC(check, found string, v values, owner string) []search {
	network := place{owner, s.change.Resource.Region}
	at := func(q search) search { return q.at(network) }
	changed := func(endpoint string) search {
		return at(s.resource("endpoint-changed", endpoint, "ec2", "ModifyVpcEndpoint"))
	}
	switch check + "/" + found {
	case "vpc-endpoint/missing":
		return []search{at(s.endpointDeleted(v["vpc"]))}
	case "vpc-endpoint/not-available":
		deleted := s.resource("endpoint-deleted", v["endpoint"], "ec2", "DeleteVpcEndpoints")
		return []search{at(deleted), changed(v["endpoint"])}
	case "vpc-endpoint/no-private-dns":
		return []search{changed(v["endpoint"])}
	case "vpc-endpoint-access/closed":
		var all []search
		for group := range strings.SplitSeq(v["group"], ", ") {
			all = append(all, at(s.groupChanged(group)))
		}
		return append(all, changed(v["endpoint"]))
	case "vpc-dns/off":
		return []search{at(s.resource("vpc-changed", v["vpc"], "ec2", "ModifyVpcAttribute"))}
	}
	return nil
}

// groupChanged looks for changes of the rules of a group. Rules name other groups, too.
func (s *scene) groupChanged(id string) search {
	q := s.resource("group-changed", id, "ec2", "RevokeSecurityGroupIngress", "ModifySecurityGroupRules")
	q.concerns = func(r record, _ []string) bool {
		for v := range parameters(r.RequestParameters) {
			inRule := v.isIn("ipPermissions", "IpPermissions", "SecurityGroupRule")
			if strings.EqualFold(v.key(), "groupId") && v.text == id && !inRule {
				return r.names(id)
			}
		}
		return false
	}
	return q
}

// endpointDeleted looks for the deletion of an endpoint that is only known from its creation: what is gone has no id any
// more, and DeleteVpcEndpoints names no VPC.
func (s *scene) endpointDeleted(vpc string) search {
	q := s.event("endpoint-deleted", vpc, "ec2", "DeleteVpcEndpoints", func(r record, ids []string) bool {
		return slices.ContainsFunc(ids, r.names)
	})
	q.creation = s.since(kept, "CreateVpcEndpoint")
	q.idsIn = func(r record) []string {
		services := endpointServices(s.change.Resource.Region)
		ofVPC := r.asks([]string{"vpcId"}, vpc) && r.asks([]string{"serviceName"}, services...)
		if r.EventName != "CreateVpcEndpoint" || !ofVPC {
			return nil
		}
		return r.answersTo("vpcEndpointId")
	}
	return q
}

func (s *scene) ofInstance(check, found string) []search {
	id := s.change.Resource.Name
	named := func(r record, _ []string) bool { return r.names(id) }
	reclaimed := s.event("spot-reclaimed", id, "ec2", "BidEvictedEvent", named)
	switch check + "/" + found {
	case "ec2-instance/stopped":
		return []search{s.resource("instance-stopped", id, "ec2", "StopInstances"), reclaimed}
	case "ec2-instance/terminated", "ec2-instance/missing":
		return []search{s.resource("instance-terminated", id, "ec2", "TerminateInstances"), reclaimed}
	case "ec2-tag/excluded":
		q := s.resource("tag-set", id, "ec2", "CreateTags")
		q.concerns = func(r record, _ []string) bool { return r.asks([]string{"resourceId"}, id) && r.excludes() }
		return []search{q}
	case "ec2-imds/off":
		return []search{s.resource("metadata-changed", id, "ec2", "ModifyInstanceMetadataOptions")}
	}
	return nil
}

// ofProfile looks for what took its role from an instance that Systems Manager does not manage: in EC2, and in IAM, whose
// records know the instance profile and not the instance.
func (s *scene) ofProfile(ctx context.Context, found string) []search {
	if found != "unmanaged" {
		return nil
	}
	id := s.change.Resource.Name
	of := func(r record, _ []string) bool { return r.names(id) }
	all := []search{
		s.event("profile-removed", id, "ec2", "DisassociateIamInstanceProfile", of),
		s.event("profile-changed", id, "ec2", "ReplaceIamInstanceProfileAssociation", of),
	}
	instance, err := instanceOf(ctx, s)
	if err != nil || instance == nil || instance.IamInstanceProfile == nil {
		return all // The check of the instance says why.
	}
	profile := lastOf(aws.ToString(instance.IamInstanceProfile.Arn))
	ofIt := func(r record, _ []string) bool { return r.asks([]string{"instanceProfileName"}, profile) }
	q := s.event("profile-role-removed", profile, "iam", "RemoveRoleFromInstanceProfile", ofIt)
	return append(all, q.at(s.home()))
}

// roleChanged looks for changes of the permissions of a role.
func (s *scene) roleChanged(arn string) search {
	name := lastOf(arn)
	q := s.resource("role-changed", name, "iam", "DetachRolePolicy", "DeleteRolePolicy", "PutRolePolicy", "DeleteRole",
		"PutRolePermissionsBoundary")
	q.concerns = func(r record, _ []string) bool { return r.asks([]string{"roleName"}, name) }
	return q.at(s.home())
}

// home is the Region that has the records of IAM
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html). That of GovCloud is from
// memory.
func (s *scene) home() place {
	if s.change.Resource.Partition() == "aws-us-gov" {
		return place{s.change.Resource.Account, "us-gov-west-1"}
	}
	return place{s.change.Resource.Account, "us-east-1"}
}

func (s *scene) ofAssociation(found string, v values) []search {
	switch found {
	case "missing":
		ofThem := func(r record, ids []string) bool { return r.asks([]string{"associationId"}, ids...) }
		q := s.event("association-deleted", document, "ssm", "DeleteAssociation", ofThem)
		q.creation = s.since(kept, "CreateAssociation")
		q.idsIn = func(r record) []string {
			if r.EventName != "CreateAssociation" || !r.asks([]string{"name"}, document) {
				return nil
			}
			return r.answersTo("associationId")
		}
		return []search{q}
	case "failed":
		id := v["association"]
		ofIt := func(r record, _ []string) bool { return r.asks([]string{"associationId"}, id) }
		return []search{s.event("association-changed", id, "ssm", "UpdateAssociation", ofIt)}
	}
	return nil
}

// detectorDeleted: an account has one detector in a Region.
func (s *scene) detectorDeleted() search {
	return s.event("detector-deleted", "", "guardduty", "DeleteDetector", func(record, []string) bool { return true })
}

// monitoringFeatures are those whose end takes the agent away.
func monitoringFeatures() []string {
	return []string{
		string(guarddutytypes.DetectorFeatureRuntimeMonitoring), string(guarddutytypes.DetectorFeatureEksRuntimeMonitoring),
	}
}

// ofSettings looks for who turned features off, in the account and in that of its administrator: without features, for
// who suspended GuardDuty. What the administrator does has no record in the member's account, as far as is known.
func ofSettings(ctx context.Context, s *scene, features []string) []search {
	member := s.change.Resource.Account
	turnsOff := func(r record, _ []string) bool { return r.turnsOff(features) }
	own := s.event("monitoring-off", "", "guardduty", "UpdateDetector", turnsOff)
	administrator, err := administratorOf(ctx, s)
	switch {
	case err != nil:
		return []search{own, {fault: err}}
	case administrator == "":
		return []search{own}
	}
	there := func(deed, event string, concerns func(record, []string) bool) search {
		return s.event(deed, administrator, "guardduty", event, concerns).at(place{administrator, s.change.Resource.Region})
	}
	ofMember := func(r record, _ []string) bool { return r.names(member) }
	all := []search{own, there("member-monitoring-off", "UpdateMemberDetectors", func(r record, _ []string) bool {
		return r.names(member) && r.turnsOff(features)
	})}
	if len(features) == 0 {
		all = append(all, there("member-suspended", "StopMonitoringMembers", ofMember))
	} else {
		all = append(all, there("organization-changed", "UpdateOrganizationConfiguration", turnsOff))
	}
	return append(all,
		there("member-removed", "DisassociateMembers", ofMember), there("member-removed", "DeleteMembers", ofMember))
}

// administratorOf is the account that administers GuardDuty for the resource's, "" where there is none.
func administratorOf(ctx context.Context, s *scene) (string, error) {
	id, err := detectorIDOf(ctx, s)
	if err != nil || id == "" {
		return "", err
	}
	out, err := ask(ctx, s, "guardduty:GetAdministratorAccount", guardduty.NewFromConfig,
		(*guardduty.Client).GetAdministratorAccount, &guardduty.GetAdministratorAccountInput{DetectorId: &id})
	if err != nil || out.Administrator == nil {
		return "", err
	}
	return aws.ToString(out.Administrator.AccountId), nil
}

// turnsOff reports whether a request to GuardDuty turns one of the features off, or a part of one; without features,
// GuardDuty itself. A feature that is not named stays as it is.
func (r record) turnsOff(features []string) bool {
	type feature struct{ Name, Status, AutoEnable string }
	var asked struct {
		Enable   *bool
		Features []struct {
			feature
			AdditionalConfiguration []feature
		}
	}
	if json.Unmarshal(r.RequestParameters, &asked) != nil {
		return false
	}
	if len(features) == 0 {
		return asked.Enable != nil && !*asked.Enable
	}
	off := func(f feature) bool {
		return slices.Contains(features, f.Name) && (f.Status == "DISABLED" || f.AutoEnable == "NONE")
	}
	for _, f := range asked.Features {
		if off(f.feature) || slices.ContainsFunc(f.AdditionalConfiguration, off) {
			return true
		}
	}
	return false
}

// event looks for an operation by its name, which is rare in an account.
func (s *scene) event(deed, object, source, event string, concerns func(record, []string) bool) search {
	return search{
		questions: []question{s.question(types.LookupAttributeKeyEventName, event)},
		deed:      deed, object: object, source: source, events: []string{event}, concerns: concerns,
	}
}

// resource looks for operations by the id of what they changed, and where CloudTrail does not know that, by the name of
// the first operation.
func (s *scene) resource(deed, id, source string, events ...string) search {
	return search{
		questions: []question{
			s.question(types.LookupAttributeKeyResourceName, id), s.question(types.LookupAttributeKeyEventName, events[0]),
		},
		deed: deed, object: id, source: source, events: events,
		concerns: func(r record, _ []string) bool { return r.names(id) },
	}
}

// tagged looks for who set the tag that excludes a cluster.
func (s *scene) tagged(source, arn string) search {
	return s.event("tag-set", lastOf(arn), source, "TagResource", func(r record, _ []string) bool {
		return r.asks([]string{"resourceArn"}, arn) && r.excludes()
	})
}

// arn is that of the cluster of that kind that the resource is or belongs to.
func (s *scene) arn(kind coverage.Kind) string {
	if s.change.Resource.Kind == kind {
		return s.change.Resource.ARN()
	}
	return s.change.Resource.ClusterARN
}

// at moves a search to another account or Region.
func (q search) at(there place) search {
	q.questions = slices.Clone(q.questions)
	for i := range q.questions {
		q.questions[i].place = there
	}
	q.creation.place = there
	return q
}

// question asks about the time before the loss. Its range is the same for all losses of an hour, so that these share the
// answer.
func (s *scene) question(key types.LookupAttributeKey, value string) question {
	lost := lostAt(s.change).UTC()
	q := question{
		place: place{s.change.Resource.Account, s.change.Resource.Region}, key: key, value: value,
		since: lost.Add(-lookback).Truncate(time.Hour),
	}
	if until := lost.Add(margin).Truncate(time.Hour).Add(time.Hour); until.Before(s.doctor.memory.now()) {
		q.until = until
	}
	return q
}

// since asks for an operation further back.
func (s *scene) since(long time.Duration, event string) question {
	q := s.question(types.LookupAttributeKeyEventName, event)
	q.since = lostAt(s.change).UTC().Add(-long).Truncate(24 * time.Hour).Add(24 * time.Hour)
	return q
}
