package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// TestChecks changes what AWS answers, and compares what the checks say that are named in want.
func TestChecks(t *testing.T) {
	cidr := func(block string) string { return "<ipRanges><item><cidrIp>" + block + "</cidrIp></item></ipRanges>" }
	addon := func(status, issues string) diagnosetest.Answer {
		return says(`{"addon":{"status":"` + status + `","addonVersion":"v1.9.0-eksbuild.1","health":{"issues":[` + issues + `]}}}`)
	}
	state := func(name string) diagnosetest.Answer {
		return instances("<instanceId>i-0123456789abcdef0</instanceId><instanceState><name>" + name + "</name></instanceState>")
	}
	association := func(status string) diagnosetest.Answer {
		return says(`{"InstanceAssociationStatusInfos":[{"AssociationId":"a1","Name":"AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin","Status":"` +
			status + `","ExecutionDate":1.7724e9}]}`)
	}
	noAssociation := says(`{"InstanceAssociationStatusInfos":[]}`)
	ecsCluster := func(fields string) diagnosetest.Answer {
		return says(`{"clusters":[{"clusterName":"shop",` + fields + `}],"failures":[]}`)
	}
	tests := map[string]struct {
		change  coverage.Change
		changes world
		want    []string
	}{
		"no cluster": {eksChange(), world{"eks:DescribeCluster": refuses("ResourceNotFoundException"), "eks:DescribeAddon": refuses("ResourceNotFoundException")},
			[]string{"eks-cluster missing", "guardduty-detector enabled", "guardduty-runtime-monitoring on", "guardduty-agent-management on", "guardduty-coverage healthy"}},
		"a cluster that is deleted":  {eksChange(), world{"eks:DescribeCluster": says(`{"cluster":{"name":"shop","status":"DELETING"}}`)}, []string{`eks-cluster not-active status="DELETING"`}},
		"a cluster that is updated":  {eksChange(), world{"eks:DescribeCluster": says(`{"cluster":{"name":"shop","status":"UPDATING","version":"1.33"}}`)}, []string{`eks-cluster there status="UPDATING" version="1.33"`}},
		"a cluster that is excluded": {eksChange(), world{"eks:DescribeCluster": says(`{"cluster":{"name":"shop","status":"ACTIVE","tags":{"GuardDutyManaged":"false"}}}`)}, []string{"eks-tag excluded"}},
		"a cluster that is included": {eksChange(), world{"eks:DescribeCluster": says(`{"cluster":{"name":"shop","status":"ACTIVE","tags":{"GuardDutyManaged":"true"}}}`)}, []string{"eks-tag included"}},
		"no add-on":                  {eksChange(), world{"eks:DescribeAddon": refuses("ResourceNotFoundException")}, []string{"eks-addon missing"}},
		"an add-on that is updated":  {eksChange(), world{"eks:DescribeAddon": addon("UPDATING", "")}, []string{`eks-addon changing status="UPDATING" version="v1.9.0-eksbuild.1"`}},
		"an add-on that failed":      {eksChange(), world{"eks:DescribeAddon": addon("CREATE_FAILED", "")}, []string{`eks-addon unhealthy code="" message="" status="CREATE_FAILED" version="v1.9.0-eksbuild.1"`}},
		"an add-on that is unhealthy": {eksChange(), world{"eks:DescribeAddon": addon("DEGRADED", `{"code":"AccessDenied","message":"no <!channel>"},{"code":"Other"}`)},
			[]string{`eks-addon unhealthy code="AccessDenied" message="no <!channel>" status="DEGRADED" version="v1.9.0-eksbuild.1"`}},
		"an add-on that is old": {eksChange(), world{"eks:DescribeAddon": addon("ACTIVE", "")},
			[]string{`eks-addon-version outdated kubernetes="1.33" newest="v1.10.0-eksbuild.2" version="v1.9.0-eksbuild.1"`}},
		"a version of Kubernetes without an add-on": {eksChange(), world{"eks:DescribeAddonVersions": says(`{"addons":[]}`), "eks:DescribeAddon": refuses("ResourceNotFoundException")},
			[]string{"eks-addon missing", `eks-addon-version unsupported-kubernetes kubernetes="1.33"`}},
		"no nodes":              {eksChange(), world{"ec2:DescribeInstances": instances()}, []string{"eks-nodes none"}},
		"pods on Fargate alone": {eksChange(), world{"ec2:DescribeInstances": instances(), "eks:ListFargateProfiles": says(`{"fargateProfileNames":["default"]}`)}, []string{"eks-nodes fargate-only"}},
		"nodes of Auto Mode": {eksChange(), world{"ec2:DescribeInstances": instances(),
			"ec2:DescribeInstances Filter.1.Name=tag:eks:eks-cluster-name&Filter.1.Value.1=shop&Filter.2.Name=instance-state-name&Filter.2.Value.1=pending&Filter.2.Value.2=running&MaxResults=100": instances("<instanceId>i-1</instanceId>", "<instanceId>i-2</instanceId>")},
			[]string{`eks-nodes some n="2"`}},
		"nodes behind an empty page": {eksChange(), world{
			"ec2:DescribeInstances": says(`<DescribeInstancesResponse><reservationSet/><nextToken>n1</nextToken></DescribeInstancesResponse>`),
			"ec2:DescribeInstances Filter.1.Name=tag-key&Filter.1.Value.1=kubernetes.io/cluster/shop&Filter.2.Name=instance-state-name&Filter.2.Value.1=pending&Filter.2.Value.2=running&MaxResults=100&NextToken=n1": says(
				`<DescribeInstancesResponse><reservationSet><item><instancesSet><item/></instancesSet></item></reservationSet><nextToken>n2</nextToken></DescribeInstancesResponse>`)},
			[]string{`eks-nodes many n="1"`}},

		"an instance that outlives its EKS cluster": {belonging("eks"), world{"eks:DescribeCluster": refuses("ResourceNotFoundException"), "eks:DescribeAddon": refuses("ResourceNotFoundException")},
			[]string{"eks-cluster left", `vpc-endpoint-access open endpoint="vpce-0a1b2c3d"`}},
		"an instance that outlives its ECS cluster": {belonging("ecs"), world{"ecs:DescribeClusters": says(`{"clusters":[],"failures":[{"reason":"MISSING"}]}`)}, []string{"ecs-cluster left"}},
		"an instance of a deleted ECS cluster":      {belonging("ecs"), world{"ecs:DescribeClusters": ecsCluster(`"status":"INACTIVE"`)}, []string{"ecs-cluster left"}},

		"a VPC of somebody else": {ec2Change(), world{"ec2:DescribeVpcs": vpc(other, "10.0.0.0/16"), "ec2:DescribeVpcEndpoints": endpoints()},
			[]string{`vpc-owner shared owner="444455556666" vpc="vpc-0a1b2c3d"`, `vpc-endpoint owners owner="444455556666" vpc="vpc-0a1b2c3d"`}},
		"a VPC without an endpoint": {ec2Change(), world{"ec2:DescribeVpcEndpoints": endpoints()},
			[]string{`vpc-endpoint missing service="com.amazonaws.eu-central-1.guardduty-data" vpc="vpc-0a1b2c3d"`}},
		"a VPC with an endpoint for FIPS alone": {ec2Change(), world{"ec2:DescribeVpcEndpoints": endpoints(),
			"ec2:DescribeVpcEndpoints Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-0a1b2c3d&Filter.2.Name=service-name&Filter.2.Value.1=com.amazonaws.eu-central-1.guardduty-data&Filter.2.Value.2=com.amazonaws.eu-central-1.guardduty-data-fips": endpoints(endpoint("vpce-1", "available", true))},
			[]string{`vpc-endpoint available endpoint="vpce-1" vpc="vpc-0a1b2c3d"`}},
		"a VPC in GovCloud without an endpoint": {inGovCloud(ec2Change()), world{"ec2:DescribeVpcEndpoints": endpoints()},
			[]string{`vpc-endpoint missing service="com.amazonaws.us-gov-west-1.guardduty-data-fips" vpc="vpc-0a1b2c3d"`}},
		"a VPC that is gone": {eksChange(), world{"ec2:DescribeVpcs": refuses("InvalidVpcID.NotFound"), "ec2:DescribeVpcEndpoints": endpoints(),
			"ec2:DescribeVpcAttribute Attribute=enableDnsSupport&VpcId=vpc-0a1b2c3d": refuses("InvalidVpcID.NotFound")}, []string{`eks-nodes some n="1"`}},
		"an endpoint that is made": {ec2Change(), world{"ec2:DescribeVpcEndpoints": endpoints(endpoint("vpce-1", "pending", true))},
			[]string{`vpc-endpoint not-available endpoint="vpce-1" state="pending" vpc="vpc-0a1b2c3d"`}},
		"an endpoint without a private name": {ec2Change(), world{"ec2:DescribeVpcEndpoints": endpoints(endpoint("vpce-1", "available", false))},
			[]string{`vpc-endpoint no-private-dns endpoint="vpce-1" vpc="vpc-0a1b2c3d"`}},
		"the best of three endpoints": {ec2Change(), world{"ec2:DescribeVpcEndpoints": endpoints(endpoint("vpce-1", "failed", true), endpoint("vpce-2", "available", true), endpoint("vpce-3", "available", false))},
			[]string{`vpc-endpoint available endpoint="vpce-2" vpc="vpc-0a1b2c3d"`}},
		"a group without rules": {ec2Change(), world{"ec2:DescribeSecurityGroups": groups()},
			[]string{`vpc-endpoint-access closed cidr="10.0.0.0/16" endpoint="vpce-0a1b2c3d" group="sg-0a1b2c3d"`}},
		"a group for other ports and protocols": {ec2Change(), world{"ec2:DescribeSecurityGroups": groups(rule("tcp", 80, 442, cidr("0.0.0.0/0")), rule("tcp", 444, 500, cidr("0.0.0.0/0")), rule("udp", 443, 443, cidr("0.0.0.0/0")))},
			[]string{`vpc-endpoint-access closed cidr="10.0.0.0/16" endpoint="vpce-0a1b2c3d" group="sg-0a1b2c3d"`}},
		"a group for another network": {ec2Change(), world{"ec2:DescribeSecurityGroups": groups(rule("tcp", 443, 443, cidr("10.1.0.0/16")))}, []string{`vpc-endpoint-access closed cidr="10.0.0.0/16" endpoint="vpce-0a1b2c3d" group="sg-0a1b2c3d"`}},
		"a group for everything":      {ec2Change(), world{"ec2:DescribeSecurityGroups": groups(rule("-1", 0, 0, cidr("0.0.0.0/0")))}, []string{`vpc-endpoint-access open endpoint="vpce-0a1b2c3d"`}},
		"a group for many ports":      {ec2Change(), world{"ec2:DescribeSecurityGroups": groups(rule("tcp", 1, 1024, cidr("10.0.0.0/8")))}, []string{`vpc-endpoint-access open endpoint="vpce-0a1b2c3d"`}},
		"a group for both of two networks": {ec2Change(), world{"ec2:DescribeVpcs": vpc(own, "10.0.0.0/16", "100.64.0.0/16"),
			"ec2:DescribeSecurityGroups": groups(rule("tcp", 443, 443, cidr("10.0.0.0/16")), rule("tcp", 443, 443, cidr("100.64.0.0/10")))}, []string{`vpc-endpoint-access open endpoint="vpce-0a1b2c3d"`}},
		"a group for neither of two networks": {ec2Change(), world{"ec2:DescribeVpcs": vpc(own, "10.0.0.0/16", "100.64.0.0/16"), "ec2:DescribeSecurityGroups": groups()},
			[]string{`vpc-endpoint-access closed cidr="10.0.0.0/16, 100.64.0.0/16" endpoint="vpce-0a1b2c3d" group="sg-0a1b2c3d"`}},
		"a network that the VPC no longer has": {ec2Change(), world{"ec2:DescribeVpcs": says(`<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-0a1b2c3d</vpcId><ownerId>111122223333</ownerId><cidrBlock>10.0.0.0/16</cidrBlock>` +
			`<cidrBlockAssociationSet><item><cidrBlock>100.64.0.0/16</cidrBlock><cidrBlockState><state>disassociated</state></cidrBlockState></item></cidrBlockAssociationSet></item></vpcSet></DescribeVpcsResponse>`)},
			[]string{`vpc-endpoint-access open endpoint="vpce-0a1b2c3d"`}},
		"DNS that is off": {ec2Change(), world{
			"ec2:DescribeVpcAttribute Attribute=enableDnsSupport&VpcId=vpc-0a1b2c3d":   says(`<DescribeVpcAttributeResponse><enableDnsSupport><value>false</value></enableDnsSupport></DescribeVpcAttributeResponse>`),
			"ec2:DescribeVpcAttribute Attribute=enableDnsHostnames&VpcId=vpc-0a1b2c3d": says(`<DescribeVpcAttributeResponse><enableDnsHostnames><value>false</value></enableDnsHostnames></DescribeVpcAttributeResponse>`)},
			[]string{`vpc-dns off attributes="enableDnsSupport, enableDnsHostnames" vpc="vpc-0a1b2c3d"`}},
		"one DNS attribute that is off": {ec2Change(), world{
			"ec2:DescribeVpcAttribute Attribute=enableDnsHostnames&VpcId=vpc-0a1b2c3d": says(`<DescribeVpcAttributeResponse><enableDnsHostnames><value>false</value></enableDnsHostnames></DescribeVpcAttributeResponse>`)},
			[]string{`vpc-dns off attributes="enableDnsHostnames" vpc="vpc-0a1b2c3d"`}},

		"no instance":                  {ec2Change(), world{"ec2:DescribeInstances": refuses("InvalidInstanceID.NotFound")}, []string{"ec2-instance missing", "guardduty-coverage healthy"}},
		"an instance that starts":      {ec2Change(), world{"ec2:DescribeInstances": state("pending")}, []string{"ec2-instance pending"}},
		"an instance that stops":       {ec2Change(), world{"ec2:DescribeInstances": state("stopping")}, []string{"ec2-instance stopped"}},
		"an instance that stopped":     {ec2Change(), world{"ec2:DescribeInstances": state("stopped")}, []string{"ec2-instance stopped"}},
		"an instance that ends":        {ec2Change(), world{"ec2:DescribeInstances": state("shutting-down")}, []string{"ec2-instance terminated"}},
		"an instance that ended":       {ec2Change(), world{"ec2:DescribeInstances": state("terminated")}, []string{"ec2-instance terminated"}},
		"an instance that is excluded": {ec2Change(), world{"ec2:DescribeInstances": instances(`<instanceState><name>running</name></instanceState><tagSet><item><key>GuardDutyManaged</key><value>false</value></item></tagSet>`)}, []string{"ec2-tag excluded"}},
		"an instance that is included": {ec2Change(), world{"ec2:DescribeInstances": instances(`<instanceState><name>running</name></instanceState><tagSet><item><key>GuardDutyManaged</key><value>true</value></item></tagSet>`)}, []string{"ec2-tag included"}},
		"an instance with Windows":     {ec2Change(), world{"ec2:DescribeInstances": instances(`<instanceState><name>running</name></instanceState><platform>windows</platform>`)}, []string{"ec2-platform windows"}},
		"an instance without metadata": {ec2Change(), world{"ec2:DescribeInstances": instances(`<instanceState><name>running</name></instanceState><metadataOptions><httpEndpoint>disabled</httpEndpoint></metadataOptions>`)}, []string{"ec2-imds off"}},
		"an instance with metadata":    {ec2Change(), world{"ec2:DescribeInstances": instances(`<instanceState><name>running</name></instanceState><metadataOptions><httpEndpoint>enabled</httpEndpoint></metadataOptions>`)}, []string{"ec2-imds on"}},
		"an instance that lost SSM": {ec2Change(), world{"ssm:DescribeInstanceInformation": says(`{"InstanceInformationList":[{"PingStatus":"ConnectionLost","LastPingDateTime":1.7724e9}]}`)},
			[]string{`ec2-ssm offline last="2026-03-01T21:20:00Z" status="ConnectionLost"`}},
		"an instance without SSM": {ec2Change(), world{"ssm:DescribeInstanceInformation": says(`{"InstanceInformationList":[]}`), "ssm:DescribeInstanceAssociationsStatus": refuses("InvalidInstanceId")},
			[]string{"ec2-ssm unmanaged", "ec2-association missing"}},
		"an instance that may not be looked at": {ec2Change(), world{"ec2:DescribeInstances": diagnosetest.Denied("ec2:DescribeInstances")},
			[]string{`ec2-instance denied action="ec2:DescribeInstances"`, `ec2-ssm online agent="3.3.1142.0"`}},
		"an instance of SSM's behind an empty page": {ec2Change(), world{"ssm:DescribeInstanceInformation": says(`{"InstanceInformationList":[],"NextToken":"n1"}`),
			`ssm:DescribeInstanceInformation {"Filters":[{"Key":"InstanceIds","Values":["i-0123456789abcdef0"]}],"NextToken":"n1"}`: says(`{"InstanceInformationList":[{"PingStatus":"Online","AgentVersion":"3"}]}`)},
			[]string{`ec2-ssm online agent="3"`}},
		"an association that failed": {ec2Change(), world{"ssm:DescribeInstanceAssociationsStatus": association("Failed")}, []string{`ec2-association failed association="a1" last="2026-03-01T21:20:00Z" status="Failed"`}},
		"an association that waits":  {ec2Change(), world{"ssm:DescribeInstanceAssociationsStatus": association("Pending")}, []string{`ec2-association pending association="a1"`}},
		"an association that is not there yet": {ec2Change(), world{"ssm:DescribeInstanceAssociationsStatus": noAssociation, "ssm:ListAssociations": says(`{"Associations":[{"AssociationId":"a2"}]}`)},
			[]string{`ec2-association pending association="a2"`}},
		"no association": {ec2Change(), world{"ssm:DescribeInstanceAssociationsStatus": noAssociation}, []string{"ec2-association missing"}},
		"an association on a second page": {ec2Change(), world{
			"ssm:DescribeInstanceAssociationsStatus":                                                       says(`{"InstanceAssociationStatusInfos":[],"NextToken":"n1"}`),
			`ssm:DescribeInstanceAssociationsStatus {"InstanceId":"i-0123456789abcdef0","NextToken":"n1"}`: association("Success")},
			[]string{`ec2-association succeeded association="a1"`}},

		"no ECS cluster": {ecsChange(serviceIssue), world{"ecs:DescribeClusters": says(`{"clusters":[],"failures":[{"reason":"MISSING"}]}`),
			"ecs:DescribeServices": refuses("ClusterNotFoundException"), "ecs:ListTasks": refuses("ClusterNotFoundException")},
			[]string{"ecs-cluster missing", "guardduty-coverage healthy"}},
		"an ECS cluster that was deleted":  {ecsChange(), world{"ecs:DescribeClusters": ecsCluster(`"status":"INACTIVE"`)}, []string{`ecs-cluster inactive status="INACTIVE"`}},
		"an ECS cluster that is excluded":  {ecsChange(), world{"ecs:DescribeClusters": ecsCluster(`"status":"ACTIVE","tags":[{"key":"GuardDutyManaged","value":"false"}]`)}, []string{"ecs-tag excluded"}},
		"an ECS cluster that is included":  {ecsChange(), world{"ecs:DescribeClusters": ecsCluster(`"status":"ACTIVE","tags":[{"key":"GuardDutyManaged","value":"true"}]`)}, []string{"ecs-tag included"}},
		"an ECS cluster that runs nothing": {ecsChange(), world{"ecs:DescribeClusters": ecsCluster(`"status":"ACTIVE","runningTasksCount":0`)}, []string{`ecs-service none-running service=""`}},
		"services of every kind": {ecsChange("Agent not provisioned:x. Impacted service name(s): 'web, old, gone, fourth'"), world{"ecs:DescribeServices": says(
			`{"services":[{"serviceName":"web","status":"ACTIVE","runningCount":0,"deployments":[{"createdAt":1.70e9}]},{"serviceName":"old","status":"INACTIVE","runningCount":0}],"failures":[{"arn":"arn:aws:ecs:eu-central-1:111122223333:service/shop/gone","reason":"MISSING"}]}`)},
			[]string{`ecs-service none-running service="web"`, `ecs-service missing service="old"`, `ecs-service missing service="gone"`,
				`ecs-deployment older deployed="2023-11-14T22:13:20Z" service="web" since="2026-02-28T17:33:20Z"`}},
		"a feature that changed after its part": {ecsChange(serviceIssue), world{"guardduty:GetDetector": says(`{"status":"ENABLED","features":[{"name":"RUNTIME_MONITORING","status":"ENABLED","updatedAt":1.7725e9,` +
			`"additionalConfiguration":[{"name":"ECS_FARGATE_AGENT_MANAGEMENT","status":"ENABLED","updatedAt":1.7723e9}]}]}`)}, []string{`ecs-deployment newer service="web"`}},
		"a task without an execution role": {ecsChange(taskIssue), world{"ecs:DescribeTaskDefinition": says(`{"taskDefinition":{"family":"web"}}`)}, []string{`ecs-execution-role missing task-definition="web:17"`}},
		"agents that run":                  {ecsChange(), tasks(task("a", "RUNNING", "1772400000", agentContainer("")), task("b", "RUNNING", "1772400000", agentContainer(""))), []string{`ecs-agent running n="2"`}},
		"an agent that was killed": {ecsChange(), tasks(task("a", "RUNNING", "1772400000", agentContainer(`,"exitCode":137,"reason":"OutOfMemoryError: Container killed <!channel>"`))),
			[]string{`ecs-agent exited exit="137" image="593207742271.dkr.ecr.eu-central-1.amazonaws.com/aws-guardduty-agent-fargate:v1" reason="OutOfMemoryError: Container killed <!channel>" task="a"`}},
		"an agent that failed in a stopped task": {ecsChange(), tasks(task("a", "STOPPED", "1772400000", agentContainer(`,"exitCode":1`))),
			[]string{`ecs-agent exited exit="1" image="593207742271.dkr.ecr.eu-central-1.amazonaws.com/aws-guardduty-agent-fargate:v1" reason="" task="a"`}},
		"agents that were stopped with their tasks": {ecsChange(), tasks(task("a", "STOPPED", "1772400000", agentContainer(`,"exitCode":143`)), task("b", "STOPPED", "1772400000", `{"name":"web"}`), task("c", "RUNNING", "1772400000", agentContainer(""))),
			[]string{`ecs-agent running n="1"`}},
		"a task older than the setting": {ecsChange(), tasks(task("a", "RUNNING", "1772200000", `{"name":"web"}`), task("b", "RUNNING", "1772400000", agentContainer(""))),
			[]string{`ecs-agent older since="2026-02-28T17:33:20Z" started="2026-02-27T13:46:40Z" task="a"`}},
		"a task without an agent": {ecsChange(), tasks(task("a", "RUNNING", "1772400000", `{"name":"web"}`)), []string{`ecs-agent absent platform="1.3.0" task="a"`}},
		"an add-on that is stuck": {eksChange(), world{"eks:DescribeAddon": says(`{"addon":{"status":"CREATING","addonVersion":"v1.10.0-eksbuild.2","createdAt":1772400000,"modifiedAt":1772400000}}`)},
			[]string{`eks-addon stuck since="2026-03-01T21:20:00Z" status="CREATING" version="v1.10.0-eksbuild.2"`}},
		"an instance with a name that stopped": {ec2Change(), world{"ec2:DescribeInstances": instances(`<instanceState><name>stopped</name></instanceState><tagSet><item><key>Name</key><value>web</value></item></tagSet>`)}, []string{`ec2-instance stopped name="web"`}},
		"a cluster that runs no task":          {ecsChange(), world{"ecs:ListTasks": says(`{"taskArns":[]}`)}, []string{`ecs-service running n="7" service=""`, "guardduty-detector enabled"}},

		"no detector":                {eksChange(), world{"guardduty:ListDetectors": says(`{"detectorIds":[]}`)}, []string{"guardduty-detector missing"}},
		"a detector that is off":     {eksChange(), world{"guardduty:GetDetector": detector("DISABLED", "RUNTIME_MONITORING", "DISABLED", "DISABLED")}, []string{"guardduty-detector suspended", "guardduty-runtime-monitoring off"}},
		"an agent of one's own":      {ec2Change(), world{"guardduty:GetDetector": detector("ENABLED", "RUNTIME_MONITORING", "ENABLED", "DISABLED")}, []string{"guardduty-runtime-monitoring on", "guardduty-agent-management off"}},
		"the older monitoring":       {eksChange(), world{"guardduty:GetDetector": detector("ENABLED", "EKS_RUNTIME_MONITORING", "ENABLED", "ENABLED")}, []string{"guardduty-runtime-monitoring on", "guardduty-agent-management on"}},
		"the older, for an instance": {ec2Change(), world{"guardduty:GetDetector": detector("ENABLED", "EKS_RUNTIME_MONITORING", "ENABLED", "ENABLED")}, []string{"guardduty-runtime-monitoring off"}},
		"still uncovered":            {ec2Change(), world{"guardduty:ListCoverage": listed("No Agent Reporting")}, []string{`guardduty-coverage unhealthy issue="No Agent Reporting"`}},
		"not listed":                 {ec2Change(), world{"guardduty:ListCoverage": says(`{"resources":[{"accountId":"444455556666","coverageStatus":"HEALTHY","resourceDetails":{"ec2InstanceDetails":{"instanceId":"i-0123456789abcdef0"}}}]}`)}, []string{"guardduty-coverage unlisted"}},
		"uncovered for reasons of Fargate's": {ecsChange(), world{"guardduty:ListCoverage": says(`{"resources":[{"accountId":"111122223333","coverageStatus":"UNHEALTHY","issue":"","resourceDetails":{"ecsClusterDetails":{"clusterName":"shop","fargateDetails":{"issues":["Agent exited","Others"]}}}}]}`)},
			[]string{`guardduty-coverage unhealthy issue="Agent exited; Others"`}},
	}
	sound, _ := start(t, healthy, diagnose.Role{})
	all := sound.Diagnose(t.Context(), ecsChange(serviceIssue, taskIssue), nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, _ := start(t, healthy.with(test.changes), diagnose.Role{})
			evidence := doctor.Diagnose(t.Context(), test.change, nil)
			all = append(all, evidence...)
			got := lines(evidence)
			if diff := cmp.Diff(test.want, of(got, test.want)); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
			if strings.Contains(strings.Join(got, "\n"), "NotInThisWorld") {
				t.Errorf("what was asked has no answer here:\n%s", strings.Join(got, "\n"))
			}
		})
	}
	compareWithCatalogue(t, all)
}

// compareWithCatalogue holds all that was found to the catalogue's table, which has to know it, with its values, and to
// have nothing that no check finds.
func compareWithCatalogue(t *testing.T, all []coverage.Evidence) {
	known := make(map[string][]string)
	for _, entry := range catalog.AllEvidence() {
		check, _, ok := strings.Cut(string(entry.ID), "/")
		if ok && check != catalog.ActorCheck && check != "diagnosis" { // See TestActors, and pkg/lambda.
			known[string(entry.ID)] = entry.Values
		}
	}
	found := make(map[string]bool)
	for _, e := range all {
		if _, ofLook := e.Values["action"]; ofLook || e.Check == catalog.ActorCheck {
			continue
		}
		id := e.Check + "/" + e.Found
		values, ok := known[id]
		if !ok {
			t.Errorf("pkg/catalog/evidence.go does not know %s", id)
		}
		for value := range e.Values {
			if !slices.Contains(values, value) {
				t.Errorf("pkg/catalog/evidence.go does not know %q of %s", value, id)
			}
		}
		found[id] = true
	}
	for id := range known {
		if !found[id] {
			t.Errorf("pkg/catalog/evidence.go knows %s, which no check finds here", id)
		}
	}
}

// TestSilence is what nothing is said of, because nothing is known.
func TestSilence(t *testing.T) {
	tests := map[string]struct {
		change  coverage.Change
		changes world
		silent  []string
	}{
		"no cluster": {eksChange(), world{"eks:DescribeCluster": refuses("ResourceNotFoundException"), "eks:DescribeAddon": refuses("ResourceNotFoundException")},
			[]string{"eks-tag", "eks-addon", "eks-addon-version", "eks-nodes", "vpc-owner", "vpc-dns", "vpc-endpoint", "vpc-endpoint-access"}},
		"no instance":            {ec2Change(), world{"ec2:DescribeInstances": refuses("InvalidInstanceID.NotFound")}, []string{"ec2-tag", "ec2-platform", "ec2-ssm", "ec2-association", "vpc-owner", "vpc-endpoint"}},
		"a stopped instance":     {ec2Change(), world{"ec2:DescribeInstances": instances(`<instanceState><name>stopped</name></instanceState>`)}, []string{"ec2-ssm", "ec2-association"}},
		"no task":                {ecsChange(), world{"ecs:ListTasks": says(`{"taskArns":[]}`)}, []string{"vpc-owner", "vpc-dns", "vpc-endpoint", "vpc-endpoint-access", "ecs-deployment", "ecs-execution-role"}},
		"no detector":            {eksChange(), world{"guardduty:ListDetectors": says(`{"detectorIds":[]}`)}, []string{"guardduty-runtime-monitoring", "guardduty-agent-management", "guardduty-coverage"}},
		"no monitoring":          {eksChange(), world{"guardduty:GetDetector": detector("ENABLED", "RUNTIME_MONITORING", "DISABLED", "ENABLED")}, []string{"guardduty-agent-management"}},
		"no VPC":                 {eksChange(), world{"eks:DescribeCluster": says(`{"cluster":{"name":"shop","status":"ACTIVE"}}`)}, []string{"vpc-owner", "vpc-dns", "vpc-endpoint", "vpc-endpoint-access"}},
		"a VPC that is gone":     {eksChange(), world{"ec2:DescribeVpcs": refuses("InvalidVpcID.NotFound"), "ec2:DescribeVpcEndpoints": endpoints()}, []string{"vpc-owner", "vpc-endpoint", "vpc-endpoint-access"}},
		"members of a group":     {eksChange(), world{"ec2:DescribeSecurityGroups": groups(rule("tcp", 443, 443, `<groups><item><groupId>sg-nodes</groupId></item></groups>`))}, []string{"vpc-endpoint-access"}},
		"some of the VPC":        {eksChange(), world{"ec2:DescribeSecurityGroups": groups(rule("tcp", 443, 443, `<ipRanges><item><cidrIp>10.0.1.0/24</cidrIp></item></ipRanges>`))}, []string{"vpc-endpoint-access"}},
		"one of two networks":    {eksChange(), world{"ec2:DescribeVpcs": vpc(own, "10.0.0.0/16", "100.64.0.0/16")}, []string{"vpc-endpoint-access"}},
		"no moment to compare":   {ecsChange(serviceIssue), world{"guardduty:GetDetector": says(`{"status":"ENABLED","features":[{"name":"RUNTIME_MONITORING","status":"ENABLED","additionalConfiguration":[{"name":"ECS_FARGATE_AGENT_MANAGEMENT","status":"ENABLED"}]}]}`)}, []string{"ecs-deployment"}},
		"monitoring that is off": {ecsChange(serviceIssue), world{"guardduty:GetDetector": detector("ENABLED", "RUNTIME_MONITORING", "ENABLED", "DISABLED")}, []string{"ecs-deployment"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doctor, _ := start(t, healthy.with(test.changes), diagnose.Role{})
			got := lines(doctor.Diagnose(t.Context(), test.change, nil))
			if said := of(got, test.silent); len(said) > 0 || len(got) == 0 {
				t.Errorf("said %q of %q", said, got)
			}
		})
	}
}

// tasks are what ECS tells of tasks, whichever are asked for.
func tasks(all ...string) world {
	return world{"ecs:DescribeTasks": says(`{"tasks":[` + strings.Join(all, ",") + `]}`)}
}

func task(id, desired, started, container string) string {
	return `{"taskArn":"arn:aws:ecs:eu-central-1:111122223333:task/shop/` + id + `","desiredStatus":"` + desired + `","platformVersion":"1.3.0",` +
		`"startedAt":` + started + `,"containers":[` + container + `]}`
}

// agentContainer is GuardDuty's, with more fields. Its name is from memory.
func agentContainer(more string) string {
	return `{"name":"aws-guardduty-agent-x","image":"593207742271.dkr.ecr.eu-central-1.amazonaws.com/aws-guardduty-agent-fargate:v1"` + more + `}`
}

// inGovCloud is the same change there.
func inGovCloud(change coverage.Change) coverage.Change {
	change.Resource.Region = "us-gov-west-1"
	return change
}
