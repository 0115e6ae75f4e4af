package diagnose_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// eventHistory answers LookupEvents as CloudTrail does, out of all records of an account and Region: those that have the
// attribute that is asked for. It knows the names of resources of some services only: EC2's, and of the roles of IAM.
type eventHistory []string

func (h eventHistory) answer(call diagnosetest.Call) diagnosetest.Answer {
	var asked struct {
		LookupAttributes []struct{ AttributeKey, AttributeValue string }
	}
	if err := json.Unmarshal([]byte(call.Asked), &asked); err != nil || len(asked.LookupAttributes) != 1 {
		return diagnosetest.Answer{Code: "InvalidLookupAttributesException"}
	}
	var found []string
	for _, text := range h {
		var r struct {
			EventName, EventSource, AWSRegion, RecipientAccountID string
			RequestParameters                                     json.RawMessage
		}
		if err := json.Unmarshal([]byte(text), &r); err != nil || r.AWSRegion != call.Region || accountOf(call) != r.RecipientAccountID {
			continue
		}
		attribute := asked.LookupAttributes[0]
		indexed := r.EventSource == "ec2.amazonaws.com" || r.EventSource == "iam.amazonaws.com"
		switch {
		case attribute.AttributeKey == "EventName" && attribute.AttributeValue == r.EventName,
			attribute.AttributeKey == "ResourceName" && indexed && strings.Contains(string(r.RequestParameters), `"`+attribute.AttributeValue+`"`):
			found = append(found, text)
		}
	}
	return history(found...)
}

// accountOf is whose credentials signed a call.
func accountOf(call diagnosetest.Call) string {
	if call.Key == roleKey {
		return other
	}
	return own
}

// cause is a loss, why it is one, and what CloudTrail has of it.
type cause struct {
	change  coverage.Change
	changes world
	records eventHistory
	// want are the change and its actor.
	want string
}

const terraform = ` by="role" name="terraform"`

// causes are one for each change that can be found.
func causes() map[string]cause {
	gone := func(action string) world { return world{action: refuses("ResourceNotFoundException")} }
	eksGone := gone("eks:DescribeCluster").with(gone("eks:DescribeAddon"))
	state := func(name string) world {
		return world{"ec2:DescribeInstances": instances("<instanceId>i-0123456789abcdef0</instanceId><instanceState><name>" + name + "</name></instanceState>")}
	}
	running := func(more string) world {
		return world{"ec2:DescribeInstances": instances("<instanceId>i-0123456789abcdef0</instanceId><instanceState><name>running</name></instanceState><vpcId>vpc-0a1b2c3d</vpcId>" + more)}
	}
	unmanaged := running("<iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/team/web</arn></iamInstanceProfile>").with(world{
		"ssm:DescribeInstanceInformation": says(`{"InstanceInformationList":[]}`)})
	noEndpoint := world{"ec2:DescribeVpcEndpoints": endpoints()}
	unassociated := world{"ssm:DescribeInstanceAssociationsStatus": says(`{"InstanceAssociationStatusInfos":[]}`)}
	off := world{"guardduty:GetDetector": detector("ENABLED", "RUNTIME_MONITORING", "DISABLED", "DISABLED")}
	administered := off.with(world{"guardduty:GetAdministratorAccount": says(`{"administrator":{"accountId":"444455556666","relationshipStatus":"Enabled"}}`)})
	suspendedThere := administered.with(world{"guardduty:GetDetector": detector("DISABLED", "RUNTIME_MONITORING", "ENABLED", "ENABLED")})
	ecsCluster := func(fields string) world {
		return world{"ecs:DescribeClusters": says(`{"clusters":[{"clusterName":"shop",` + fields + `}],"failures":[]}`)}
	}
	const administrator = ` by="role" name="SecurityAdmin"`
	return map[string]cause{
		"add-on deleted":        {eksChange(), gone("eks:DescribeAddon"), eventHistory{addonDeleted(byTerraform)}, "addon-deleted" + terraform},
		"add-on changed":        {eksChange(), world{"eks:DescribeAddon": says(`{"addon":{"status":"DEGRADED","addonVersion":"v1.10.0-eksbuild.2"}}`)}, eventHistory{addonUpdated}, "addon-changed" + terraform},
		"add-on set back":       {eksChange(), world{"eks:DescribeAddon": says(`{"addon":{"status":"ACTIVE","addonVersion":"v1.9.0-eksbuild.1"}}`)}, eventHistory{addonUpdated}, "addon-changed" + terraform},
		"EKS cluster deleted":   {eksChange(), eksGone, eventHistory{eksDeleted}, "cluster-deleted" + terraform},
		"EKS cluster going":     {eksChange(), world{"eks:DescribeCluster": says(`{"cluster":{"name":"shop","status":"DELETING"}}`)}, eventHistory{eksDeleted}, "cluster-deleted" + terraform},
		"EKS cluster excluded":  {eksChange(), world{"eks:DescribeCluster": says(`{"cluster":{"name":"shop","status":"ACTIVE","tags":{"GuardDutyManaged":"false"}}}`)}, eventHistory{eksExcluded}, "tag-set" + terraform},
		"ECS cluster deleted":   {ecsChange(), ecsCluster(`"status":"INACTIVE"`), eventHistory{ecsDeleted}, "cluster-deleted" + terraform},
		"ECS cluster excluded":  {ecsChange(), ecsCluster(`"status":"ACTIVE","tags":[{"key":"GuardDutyManaged","value":"false"}]`), eventHistory{ecsExcluded}, "tag-set" + terraform},
		"service deleted":       {ecsChange(serviceIssue), world{"ecs:DescribeServices": says(`{"services":[{"serviceName":"web","status":"INACTIVE"}]}`)}, eventHistory{serviceDeleted}, "service-deleted" + terraform},
		"service scaled down":   {ecsChange(serviceIssue), world{"ecs:DescribeServices": says(`{"services":[{"serviceName":"web","status":"ACTIVE","runningCount":0}]}`)}, eventHistory{serviceUpdated}, "service-changed" + terraform},
		"no execution role":     {ecsChange(taskIssue), world{"ecs:DescribeTaskDefinition": says(`{"taskDefinition":{"family":"web"}}`)}, eventHistory{definitionRegistered}, "definition-registered" + terraform},
		"execution role":        {ecsChange(taskIssue), nil, eventHistory{policyDetached}, "role-changed" + terraform},
		"endpoint deleted":      {ec2Change(), noEndpoint, eventHistory{endpointCreated, endpointDeleted}, "endpoint-deleted" + terraform},
		"endpoint going":        {ec2Change(), world{"ec2:DescribeVpcEndpoints": endpoints(endpoint("vpce-0a1b2c3d", "deleting", true))}, eventHistory{endpointDeleted}, "endpoint-deleted" + terraform},
		"endpoint changed":      {ec2Change(), world{"ec2:DescribeVpcEndpoints": endpoints(endpoint("vpce-0a1b2c3d", "available", false))}, eventHistory{endpointModified}, "endpoint-changed" + terraform},
		"rule revoked":          {ec2Change(), world{"ec2:DescribeSecurityGroups": groups()}, eventHistory{ruleRevoked}, "group-changed" + terraform},
		"rules changed":         {ec2Change(), world{"ec2:DescribeSecurityGroups": groups()}, eventHistory{rulesModified}, "group-changed" + terraform},
		"VPC changed":           {ec2Change(), world{"ec2:DescribeVpcAttribute Attribute=enableDnsSupport&VpcId=vpc-0a1b2c3d": says(`<DescribeVpcAttributeResponse><enableDnsSupport><value>false</value></enableDnsSupport></DescribeVpcAttributeResponse>`)}, eventHistory{vpcModified}, "vpc-changed" + terraform},
		"instance stopped":      {ec2Change(), state("stopped"), eventHistory{stopped}, "instance-stopped" + terraform},
		"instance terminated":   {ec2Change(), state("terminated"), eventHistory{stopped, terminated}, `instance-terminated by="service" name="autoscaling.amazonaws.com"`},
		"spot instance":         {ec2Change(), state("terminated"), eventHistory{reclaimed}, ""},
		"instance excluded":     {ec2Change(), running(`<tagSet><item><key>GuardDutyManaged</key><value>false</value></item></tagSet>`), eventHistory{excluded}, "tag-set" + terraform},
		"profile removed":       {ec2Change(), unmanaged, eventHistory{profileRemoved}, "profile-removed" + terraform},
		"profile replaced":      {ec2Change(), unmanaged, eventHistory{profileReplaced}, "profile-changed" + terraform},
		"role removed":          {ec2Change(), unmanaged, eventHistory{roleRemoved}, "profile-role-removed" + terraform},
		"association deleted":   {ec2Change(), unassociated, eventHistory{associationCreated, associationDeleted}, "association-deleted" + terraform},
		"association changed":   {ec2Change(), world{"ssm:DescribeInstanceAssociationsStatus": says(`{"InstanceAssociationStatusInfos":[{"AssociationId":"a1","Name":"AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin","Status":"Failed"}]}`)}, eventHistory{associationUpdated}, "association-changed" + terraform},
		"detector deleted":      {eksChange(), world{"guardduty:ListDetectors": says(`{"detectorIds":[]}`)}, eventHistory{detectorDeleted}, `detector-deleted by="root"`},
		"GuardDuty suspended":   {eksChange(), world{"guardduty:GetDetector": detector("DISABLED", "RUNTIME_MONITORING", "ENABLED", "ENABLED")}, eventHistory{suspended}, "monitoring-off" + terraform},
		"monitoring off":        {eksChange(), off, eventHistory{monitoringOff}, "monitoring-off" + terraform},
		"management off":        {ec2Change(), world{"guardduty:GetDetector": detector("ENABLED", "RUNTIME_MONITORING", "ENABLED", "DISABLED")}, eventHistory{managementOff}, "monitoring-off" + terraform},
		"member off":            {eksChange(), administered, eventHistory{memberOff}, "member-monitoring-off" + administrator},
		"member suspended":      {eksChange(), suspendedThere, eventHistory{memberSuspended}, "member-suspended" + administrator},
		"member disassociated":  {eksChange(), administered, eventHistory{memberDisassociated}, "member-removed" + administrator},
		"organization off":      {eksChange(), administered, eventHistory{organizationOff}, "organization-changed" + administrator},
		"GuardDuty, for nobody": {ec2Change(), noEndpoint, eventHistory{endpointCreated, endpointDeletedByGuardDuty}, `by-guardduty by="service" name="guardduty.amazonaws.com"`},
		"GuardDuty, for the administrator": {ec2Change(), noEndpoint.with(world{"guardduty:GetAdministratorAccount": administered["guardduty:GetAdministratorAccount"]}),
			eventHistory{endpointCreated, endpointDeletedByGuardDuty, memberOff}, "member-monitoring-off" + administrator},
		"a failed deletion":       {ec2Change(), noEndpoint, eventHistory{endpointCreated, endpointKept}, ""},
		"a member left as it was": {eksChange(), administered, eventHistory{memberLeft}, ""},
		"metadata":                {ec2Change(), running(`<metadataOptions><httpEndpoint>disabled</httpEndpoint></metadataOptions>`), eventHistory{metadataOff}, "metadata-changed" + terraform},
	}
}

// world is that of the cause.
func (c cause) world() world {
	return uncovered.with(c.changes).with(world{"cloudtrail:LookupEvents": {}})
}

// start is a Doctor in the world of the cause.
func (c cause) start(t *testing.T) (*diagnose.Doctor, *diagnosetest.Fake) {
	t.Helper()
	w := c.world()
	return startAnswering(t, func(call diagnosetest.Call) diagnosetest.Answer {
		if call.Action == "cloudtrail:LookupEvents" {
			return c.records.answer(call)
		}
		return w.answer(call)
	}, diagnose.Settings{Role: diagnose.Role{Name: "look"}, Actor: diagnose.ActorRole})
}

// diagnose is what a Doctor finds without a network in between.
func (c cause) diagnose(t *testing.T) []coverage.Evidence {
	t.Helper()
	client := &memoryClient{world: c.world(), history: c.records}
	doctor := diagnose.New(client.cloud(), diagnose.Settings{Role: diagnose.Role{Name: "look"}, Actor: diagnose.ActorFull, Wait: noWait},
		func() time.Time { return moment })
	return doctor.Diagnose(t.Context(), c.change, nil)
}

// TestEveryCause finds who requested the change behind each, within six questions, and finds nothing else.
func TestEveryCause(t *testing.T) {
	found := make(map[string]bool)
	for name, c := range causes() {
		t.Run(name, func(t *testing.T) {
			doctor, fake := c.start(t)
			evidence := doctor.Diagnose(t.Context(), c.change, nil)
			var got []string
			for _, e := range evidence {
				if e.Check != catalog.ActorCheck {
					continue
				}
				found[e.Found] = true
				if entry := catalog.EvidenceOf(e); entry.ID == catalog.Unheard {
					t.Errorf("pkg/catalog/actor.go does not know %s", e.Found)
				}
				if by := e.Values["by"]; by != "" {
					line := fmt.Sprintf("%s by=%q", e.Found, by)
					if e.Values["name"] != "" {
						line += fmt.Sprintf(" name=%q", e.Values["name"])
					}
					got = append(got, line)
				} else if c.want != "" {
					t.Errorf("found %q", lines([]coverage.Evidence{e}))
				}
			}
			want := []string{c.want}
			if name == "spot instance" {
				want = []string{`spot-reclaimed by="service" name="ec2.amazonaws.com"`}
			} else if c.want == "" {
				want = nil
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("actors (-want +got):\n%s\n%s", diff, strings.Join(lines(evidence), "\n"))
			}
			if n := len(asked(fake)); n == 0 || n > 6 {
				t.Errorf("CloudTrail was asked %d times:\n%s", n, strings.Join(asked(fake), "\n"))
			}
		})
	}
	for _, entry := range catalog.AllEvidence() {
		check, what, _ := strings.Cut(string(entry.ID), "/")
		if check == catalog.ActorCheck && !found[what] && !slices.Contains([]string{"none", "pending", "unread"}, what) {
			t.Errorf("pkg/catalog/actor.go knows %s, which is not found here", entry.ID)
		}
	}
}

// TestNobodyIsNamedForAnothersChange gives each loss the records of all causes, made to other resources.
func TestNobodyIsNamedForAnothersChange(t *testing.T) {
	elsewhere := strings.NewReplacer("shop", "till", "i-0123456789abcdef0", "i-0fedcba9876543210", "vpce-0a1b2c3d", "vpce-9",
		"sg-0a1b2c3d", "sg-9", "vpc-0a1b2c3d", "vpc-9", `"web`, `"api`, ":task-definition/web", ":task-definition/api",
		`["111122223333"]`, `["999988887777"]`, `,"111122223333"]`, `]`, `"pull"`, `"push"`, "AmazonGuardDuty-", "AWS-", `"a1"`, `"a9"`,
		// A detector is all of its account's and Region's.
		`"features":`, `"others":`, `"enable":false`, `"enable":true`, "DeleteDetector", "GetDetector")
	var all eventHistory
	for _, c := range causes() {
		for _, r := range c.records {
			all = append(all, elsewhere.Replace(r))
		}
	}
	for name, c := range causes() {
		c.records = all
		for _, e := range c.diagnose(t) {
			if e.Check == catalog.ActorCheck && e.Values["by"] != "" {
				t.Errorf("%s: %q", name, lines([]coverage.Evidence{e}))
			}
		}
	}
}

// TestOnlySuccessNames breaks each record in every way in which AWS says that nothing was done.
func TestOnlySuccessNames(t *testing.T) {
	for name, c := range causes() {
		for _, broken := range []map[string]json.RawMessage{
			{"errorCode": json.RawMessage(`"AccessDenied"`)},
			{"errorCode": json.RawMessage(`"Client.DryRunOperation"`), "errorMessage": json.RawMessage(`"would have succeeded"`)},
			{"readOnly": json.RawMessage(`true`)},
			{"eventTime": json.RawMessage(`"2026-03-02T02:10:00Z"`)},
			{"recipientAccountId": json.RawMessage(`"123456789012"`)},
			{"eventSource": json.RawMessage(`"example.amazonaws.com"`)},
			{"responseElements": json.RawMessage(`{"_return":false}`)},
		} {
			loss := c
			loss.records = nil
			for _, r := range c.records {
				fields := make(map[string]json.RawMessage)
				if err := json.Unmarshal([]byte(r), &fields); err != nil {
					t.Fatal(err)
				}
				maps.Copy(fields, broken)
				text, err := json.Marshal(fields)
				if err != nil {
					t.Fatal(err)
				}
				loss.records = append(loss.records, string(text))
			}
			for _, e := range loss.diagnose(t) {
				if e.Check == catalog.ActorCheck && e.Values["by"] != "" {
					t.Errorf("%s, with %s: %v", name, broken, e)
				}
			}
		}
	}
}
