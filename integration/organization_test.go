package integration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// countedRegion is one in which no other test has resources.
const countedRegion = "eu-west-3"

// organizationInMoto has the report list moto's accounts and count what exists, and the notifier match a rule by a tag
// that the report read.
func organizationInMoto(t *testing.T) {
	o := newOffice(t, slacktest.Options{Others: []string{secondChannel}})
	o.accounts(25)
	o.resources(countedRegion)
	listed := guarddutytest.List(covered("i-1", moment(0)))
	listed.Account = motoAccount
	o.guardduty.Set(countedRegion, listed)
	settings := []string{
		"ACCOUNT_DIRECTORY=tags", `ROUTES={"rules": [{"match": {"tag": "env=prod"}, "to": {"slack": "` + secondChannel + `"}}]}`,
		"INVENTORY=on", "REPORT_REGIONS=" + countedRegion,
	}
	o.check(o.reporter(settings...).report(monday))
	says(
		t,
		inSlack(t, o.slack, 1)[0],
		"master ("+motoAccount+")",
		"5 resources that GuardDuty can cover are not listed.",
	)

	f := o.start(append(o.byBot(o.slack), settings...)...)
	f.invoke(strings.ReplaceAll(lost("i-tagged", disconnected, 0), account, motoAccount))
	expectEach(t, map[string][]string{secondChannel: {"i-tagged"}}, map[string][]string{
		secondChannel: named(o.slack, secondChannel),
	})
}

// accounts makes an organization with so many accounts more; the master has a tag.
func (c *cloud) accounts(n int) {
	c.t.Helper()
	client := organizations.NewFromConfig(c.aws)
	_, err := client.CreateOrganization(c.t.Context(), &organizations.CreateOrganizationInput{})
	c.check(err)
	for i := range n {
		_, err := client.CreateAccount(c.t.Context(), &organizations.CreateAccountInput{
			AccountName: aws.String(
				fmt.Sprintf("team-%d", i),
			), Email: aws.String(fmt.Sprintf("team-%d@example.com", i)),
		})
		c.check(err)
	}
	_, err = client.TagResource(c.t.Context(), &organizations.TagResourceInput{
		ResourceId: aws.String(
			motoAccount,
		), Tags: []orgtypes.Tag{{Key: aws.String("env"), Value: aws.String("prod")}},
	})
	c.check(err)
}

// resources makes six instances, of which one is a node, one runs Windows and one is stopped, two clusters of EKS and one of ECS in which
// nothing runs: of these, GuardDuty can cover three and two.
func (c *cloud) resources(region string) {
	c.t.Helper()
	cloud := c.aws.Copy()
	cloud.Region = region
	instances := ec2.NewFromConfig(cloud)
	const linux, windows = "ami-760aaa0f", "ami-12c6146b" // Moto has them.
	start := func(image string, n int32, tags ...ec2types.Tag) []ec2types.Instance {
		out, err := instances.RunInstances(c.t.Context(), &ec2.RunInstancesInput{
			ImageId: &image, MinCount: &n, MaxCount: &n,
			TagSpecifications: []ec2types.TagSpecification{
				{ResourceType: ec2types.ResourceTypeInstance, Tags: tags},
			},
		})
		c.check(err)
		return out.Instances
	}
	name := ec2types.Tag{Key: aws.String("Name"), Value: aws.String("web")}
	stopped := start(linux, 4, name)[0]
	start(windows, 1, name)
	start(linux, 1, ec2types.Tag{Key: aws.String("kubernetes.io/cluster/shop"), Value: aws.String("owned")})
	_, err := instances.StopInstances(
		c.t.Context(),
		&ec2.StopInstancesInput{InstanceIds: []string{*stopped.InstanceId}},
	)
	c.check(err)
	for _, cluster := range []string{"shop", "labs"} {
		_, err := eks.NewFromConfig(cloud).CreateCluster(c.t.Context(), &eks.CreateClusterInput{
			Name: &cluster, RoleArn: aws.String("arn:aws:iam::" + motoAccount + ":role/eks"),
			ResourcesVpcConfig: &ekstypes.VpcConfigRequest{},
		})
		c.check(err)
	}
	_, err = ecs.NewFromConfig(cloud).
		CreateCluster(c.t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String("idle")})
	c.check(err)
}
