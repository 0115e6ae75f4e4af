package diagnose_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// moment is when everything is looked at.
var moment = time.Date(2026, 3, 2, 2, 14, 7, 0, time.UTC)

const (
	own    = "111122223333"
	other  = "444455556666"
	region = "eu-central-1"
	ownKey = "AKIDEXAMPLE"
	// roleKey signs what is asked with the role's credentials.
	roleKey = "ASIAEXAMPLE"
)

// world is what AWS answers, by IAM action, and by "action asked" where the answer depends on what is asked.
type world map[string]diagnosetest.Answer

func (w world) answer(call diagnosetest.Call) diagnosetest.Answer {
	if answer, ok := w[call.Action+" "+call.Asked]; ok {
		return answer
	}
	if answer, ok := w[call.Action]; ok {
		return answer
	}
	return diagnosetest.Answer{Code: "NotInThisWorld"}
}

// with is a world that differs.
func (w world) with(changes world) world {
	changed := maps.Clone(w)
	maps.Copy(changed, changes)
	return changed
}

func says(body string) diagnosetest.Answer { return diagnosetest.Answer{Body: body} }

func refuses(code string) diagnosetest.Answer { return diagnosetest.Answer{Code: code} }

// healthy is a world in which nothing is wrong. The answers are the services' own, but for what is not read.
var healthy = world{
	"sts:GetCallerIdentity": says(`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
		`<Arn>arn:aws:sts::111122223333:assumed-role/notify/notify</Arn><UserId>AROAEXAMPLE:notify</UserId><Account>111122223333</Account>` +
		`</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>`),
	"sts:AssumeRole": says(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>` +
		`<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>` +
		`<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::444455556666:assumed-role/look/x</Arn></AssumedRoleUser>` +
		`</AssumeRoleResult></AssumeRoleResponse>`),

	"eks:DescribeCluster": says(`{"cluster":{"name":"shop","status":"ACTIVE","version":"1.33","tags":{"team":"a"},"resourcesVpcConfig":{"vpcId":"vpc-0a1b2c3d"}}}`),
	"eks:DescribeAddon":   says(`{"addon":{"addonName":"aws-guardduty-agent","clusterName":"shop","status":"ACTIVE","addonVersion":"v1.10.0-eksbuild.2","health":{"issues":[]}}}`),
	"eks:DescribeAddonVersions": says(`{"addons":[{"addonName":"aws-guardduty-agent","addonVersions":[` +
		`{"addonVersion":"v1.9.0-eksbuild.1"},{"addonVersion":"v1.10.0-eksbuild.2"},{"addonVersion":"v1.10.0-eksbuild.1"}]}]}`),
	"eks:ListFargateProfiles": says(`{"fargateProfileNames":[]}`),

	"ec2:DescribeInstances": instances(`<instanceId>i-0123456789abcdef0</instanceId><instanceState><code>16</code><name>running</name></instanceState>` +
		`<launchTime>2026-03-01T08:00:00.000Z</launchTime><architecture>x86_64</architecture><platformDetails>Linux/UNIX</platformDetails>` +
		`<vpcId>vpc-0a1b2c3d</vpcId><tagSet><item><key>Name</key><value>web</value></item></tagSet>`),
	"ec2:DescribeVpcs": vpc(own, "10.0.0.0/16"),
	"ec2:DescribeVpcAttribute Attribute=enableDnsSupport&VpcId=vpc-0a1b2c3d":   says(`<DescribeVpcAttributeResponse><vpcId>vpc-0a1b2c3d</vpcId><enableDnsSupport><value>true</value></enableDnsSupport></DescribeVpcAttributeResponse>`),
	"ec2:DescribeVpcAttribute Attribute=enableDnsHostnames&VpcId=vpc-0a1b2c3d": says(`<DescribeVpcAttributeResponse><vpcId>vpc-0a1b2c3d</vpcId><enableDnsHostnames><value>true</value></enableDnsHostnames></DescribeVpcAttributeResponse>`),
	"ec2:DescribeVpcEndpoints":   endpoints(endpoint("vpce-0a1b2c3d", "available", true)),
	"ec2:DescribeSecurityGroups": groups(rule("tcp", 443, 443, "<ipRanges><item><cidrIp>10.0.0.0/16</cidrIp></item></ipRanges>")),
	"ec2:DescribeSubnets":        says(`<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-0a</subnetId><vpcId>vpc-0a1b2c3d</vpcId></item></subnetSet></DescribeSubnetsResponse>`),

	"ssm:DescribeInstanceInformation": says(`{"InstanceInformationList":[{"InstanceId":"i-0123456789abcdef0","PingStatus":"Online","LastPingDateTime":1.7724e9,"AgentVersion":"3.3.1142.0"}]}`),
	"ssm:DescribeInstanceAssociationsStatus": says(`{"InstanceAssociationStatusInfos":[` +
		`{"AssociationId":"a-inventory","Name":"AWS-GatherSoftwareInventory","Status":"Failed"},` +
		`{"AssociationId":"a-guardduty","Name":"AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin","Status":"Success","ExecutionDate":1.7724e9}]}`),
	"ssm:ListAssociations": says(`{"Associations":[]}`),

	"ecs:DescribeClusters": says(`{"clusters":[{"clusterName":"shop","status":"ACTIVE","runningTasksCount":7,"tags":[]}],"failures":[]}`),
	"ecs:DescribeServices": says(`{"services":[{"serviceName":"web","status":"ACTIVE","runningCount":2,` +
		`"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0a"]}},` +
		`"deployments":[{"status":"ACTIVE","createdAt":1.70e9},{"status":"PRIMARY","createdAt":1.7724e9}]}],"failures":[]}`),
	"ecs:DescribeTaskDefinition": says(`{"taskDefinition":{"family":"web","executionRoleArn":"arn:aws:iam::111122223333:role/pull"}}`),
	"ecs:ListTasks":              says(`{"taskArns":["arn:aws:ecs:eu-central-1:111122223333:task/shop/0123"]}`),
	"ecs:DescribeTasks":          says(`{"tasks":[{"attachments":[{"type":"ElasticNetworkInterface","details":[{"name":"privateIPv4Address","value":"10.0.0.9"},{"name":"subnetId","value":"subnet-0a"}]}]}]}`),

	"guardduty:ListDetectors":           says(`{"detectorIds":["d1"]}`),
	"guardduty:GetAdministratorAccount": says(`{}`),
	"guardduty:GetDetector":             detector("ENABLED", "RUNTIME_MONITORING", "ENABLED", "ENABLED"),
	"guardduty:ListCoverage":            listed(""),

	"cloudtrail:LookupEvents": history(),
}

func instances(each ...string) diagnosetest.Answer {
	var items strings.Builder
	for _, item := range each {
		items.WriteString("<item>" + item + "</item>")
	}
	return says(`<DescribeInstancesResponse><reservationSet><item><instancesSet>` + items.String() + `</instancesSet></item></reservationSet></DescribeInstancesResponse>`)
}

// vpc has its first block twice, as EC2 tells it.
func vpc(owner string, blocks ...string) diagnosetest.Answer {
	var set strings.Builder
	for _, block := range blocks {
		set.WriteString("<item><cidrBlock>" + block + "</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState></item>")
	}
	return says(`<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-0a1b2c3d</vpcId><ownerId>` + owner + `</ownerId><cidrBlock>` + blocks[0] +
		`</cidrBlock><cidrBlockAssociationSet>` + set.String() + `</cidrBlockAssociationSet></item></vpcSet></DescribeVpcsResponse>`)
}

func endpoints(items ...string) diagnosetest.Answer {
	return says(`<DescribeVpcEndpointsResponse><vpcEndpointSet>` + strings.Join(items, "") + `</vpcEndpointSet></DescribeVpcEndpointsResponse>`)
}

func endpoint(id, state string, dns bool) string {
	return fmt.Sprintf(`<item><vpcEndpointId>%s</vpcEndpointId><state>%s</state><privateDnsEnabled>%t</privateDnsEnabled>`+
		`<groupSet><item><groupId>sg-0a1b2c3d</groupId></item></groupSet></item>`, id, state, dns)
}

func groups(rules ...string) diagnosetest.Answer {
	return says(`<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-0a1b2c3d</groupId><ipPermissions>` +
		strings.Join(rules, "") + `</ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse>`)
}

func rule(protocol string, from, to int, sources string) string {
	return fmt.Sprintf(`<item><ipProtocol>%s</ipProtocol><fromPort>%d</fromPort><toPort>%d</toPort>%s</item>`, protocol, from, to, sources)
}

func detector(status, feature, on, management string) diagnosetest.Answer {
	part := func(name string) string {
		return fmt.Sprintf(`{"name":%q,"status":%q,"updatedAt":1.7723e9}`, name, management)
	}
	return says(fmt.Sprintf(`{"status":%q,"serviceRole":"r","features":[{"name":"EKS_AUDIT_LOGS","status":"ENABLED"},{"name":%q,"status":%q,"updatedAt":1.70e9,"additionalConfiguration":[%s]}]}`,
		status, feature, on, strings.Join([]string{part("EKS_ADDON_MANAGEMENT"), part("ECS_FARGATE_AGENT_MANAGEMENT"), part("EC2_AGENT_MANAGEMENT")}, ",")))
}

// listed lists the three resources of these tests: with that issue, or healthy without one.
func listed(issue string) diagnosetest.Answer {
	status := "HEALTHY"
	if issue != "" {
		status = "UNHEALTHY"
	}
	var resources []string
	for _, details := range []string{
		`"eksClusterDetails":{"clusterName":"shop"}`, `"ecsClusterDetails":{"clusterName":"shop"}`, `"ec2InstanceDetails":{"instanceId":"i-0123456789abcdef0"}`,
	} {
		for _, account := range []string{own, other} {
			resources = append(resources, fmt.Sprintf(`{"accountId":%q,"coverageStatus":%q,"issue":%q,"resourceDetails":{%s}}`, account, status, issue, details))
		}
	}
	return says(`{"resources":[` + strings.Join(resources, ",") + `]}`)
}

// Changes of one resource of each kind.
func eksChange() coverage.Change { return changeOf(coverage.EKS, "shop") }
func ec2Change() coverage.Change { return changeOf(coverage.EC2, "i-0123456789abcdef0") }
func ecsChange(issues ...string) coverage.Change {
	change := changeOf(coverage.ECS, "shop")
	change.Issues = issues
	return change
}

func changeOf(kind coverage.Kind, name string) coverage.Change {
	return coverage.Change{Resource: coverage.Resource{Kind: kind, Name: name, Account: own, Region: region}, Status: coverage.Unhealthy, ChangedAt: lostAt}
}

// in is the change, in another account.
func in(account string, change coverage.Change) coverage.Change {
	change.Resource.Account = account
	return change
}

// belonging is the change of an instance that belongs to a cluster.
func belonging(service string) coverage.Change {
	change := ec2Change()
	change.Resource.ClusterARN = "arn:aws:" + service + ":eu-central-1:111122223333:cluster/shop"
	return change
}

// byHand is the change of a resource whose owner installs the agent.
func byHand(change coverage.Change) coverage.Change {
	change.Agent.Management = "MANUAL"
	return change
}

// start is a Doctor in that world.
func start(t *testing.T, w world, role diagnose.Role) (*diagnose.Doctor, *diagnosetest.Fake) {
	t.Helper()
	return startWith(t, w, diagnose.Settings{Role: role, Actor: diagnose.ActorRole})
}

// startWith is a Doctor with these settings in that world. It does not wait for CloudTrail's rate.
func startWith(t *testing.T, w world, settings diagnose.Settings) (*diagnose.Doctor, *diagnosetest.Fake) {
	t.Helper()
	return startAnswering(t, w.answer, settings)
}

// noWait lets tests take no time.
func noWait(context.Context, time.Duration) error { return nil }

// startAnswering is a Doctor for whom AWS answers so.
func startAnswering(t *testing.T, answer func(diagnosetest.Call) diagnosetest.Answer, settings diagnose.Settings) (*diagnose.Doctor, *diagnosetest.Fake) {
	t.Helper()
	if settings.Wait == nil {
		settings.Wait = noWait
	}
	fake := diagnosetest.New(answer)
	t.Cleanup(fake.Close)
	cloud := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(fake.URL()), HTTPClient: fake.Client(),
		Credentials: credentials.NewStaticCredentialsProvider(ownKey, "secret", ""),
		Retryer:     impatient,
	}
	return diagnose.New(cloud, settings, func() time.Time { return moment }), fake
}

// impatient tries again at once.
func impatient() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}

// lines are pieces of evidence as one reads them in a test.
func lines(evidence []coverage.Evidence) []string {
	var all []string
	for _, e := range evidence {
		var line strings.Builder
		line.WriteString(e.Check + " " + e.Found)
		for _, key := range slices.Sorted(maps.Keys(e.Values)) {
			fmt.Fprintf(&line, " %s=%q", key, e.Values[key])
		}
		all = append(all, line.String())
	}
	return all
}

// of are the lines of the checks that are named in want.
func of(all, want []string) []string {
	var kept []string
	for _, line := range all {
		check, _, _ := strings.Cut(line, " ")
		if slices.ContainsFunc(want, func(w string) bool { name, _, _ := strings.Cut(w, " "); return name == check }) {
			kept = append(kept, line)
		}
	}
	return kept
}
