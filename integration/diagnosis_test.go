package integration

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
)

// The account that moto's callers have, and one where they assume a role.
const (
	motoAccount  = "123456789012"
	otherAccount = "111122223333"
	lookRole     = "coverage-look"
)

// ward is an AWS whose resources are looked at. What moto does not serve is evidence of a failure.
type ward struct {
	*cloud
	cloudOf aws.Config
	account string
}

func newWard(t *testing.T) *ward {
	c := newCloud(t)
	return &ward{cloud: c, cloudOf: c.aws, account: motoAccount}
}

// elsewhere is the same in the other account.
func (w *ward) elsewhere() *ward {
	assumed := w.aws.Copy()
	assumed.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(w.aws),
		"arn:aws:iam::"+otherAccount+":role/"+lookRole))
	return &ward{cloud: w.cloud, cloudOf: assumed, account: otherAccount}
}

func (w *ward) ec2() *ec2.Client { return ec2.NewFromConfig(w.cloudOf) }

// expect looks at the resource with new eyes, and with the credentials of the notifier's own account.
func (w *ward) expect(kind coverage.Kind, name, issue string, want ...string) {
	w.t.Helper()
	doctor := diagnose.New(w.aws, diagnose.Settings{Role: diagnose.Role{Name: lookRole}}, time.Now)
	change := coverage.Change{Status: coverage.Unhealthy, Issues: []string{issue},
		Resource: coverage.Resource{Kind: kind, Name: name, Account: w.account, Region: region}}
	var got []string
	for _, e := range doctor.Diagnose(within(w.t, patience), change, nil) {
		var line strings.Builder
		line.WriteString(e.Check + " " + e.Found)
		for _, key := range slices.Sorted(maps.Keys(e.Values)) {
			fmt.Fprintf(&line, " %s=%s", key, e.Values[key])
		}
		got = append(got, line.String())
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			w.t.Errorf("%s %s: no %q in %q", kind, name, line, got)
		}
	}
}

// vpc makes a VPC with a subnet.
func (w *ward) vpc() (vpc, subnet string) {
	w.t.Helper()
	made, err := w.ec2().CreateVpc(w.t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.7.0.0/16")})
	w.check(err)
	within, err := w.ec2().CreateSubnet(w.t.Context(), &ec2.CreateSubnetInput{VpcId: made.Vpc.VpcId, CidrBlock: aws.String("10.7.1.0/24")})
	w.check(err)
	return *made.Vpc.VpcId, *within.Subnet.SubnetId
}

// group makes a security group without rules for what comes in.
func (w *ward) group(vpc string) string {
	w.t.Helper()
	out, err := w.ec2().CreateSecurityGroup(w.t.Context(), &ec2.CreateSecurityGroupInput{GroupName: aws.String("group-" + vpc), Description: aws.String("group"), VpcId: &vpc})
	w.check(err)
	return *out.GroupId
}

// instance starts one with these tags.
func (w *ward) instance(subnet string, tags ...ec2types.Tag) string {
	w.t.Helper()
	out, err := w.ec2().RunInstances(w.t.Context(), &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), InstanceType: ec2types.InstanceTypeT3Micro, SubnetId: &subnet, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeInstance, Tags: append(tags, ec2types.Tag{Key: aws.String("Name"), Value: aws.String("web")})}},
	})
	w.check(err)
	return *out.Instances[0].InstanceId
}

func diagnosedInstance(t *testing.T) {
	w := newWard(t)
	vpc, subnet := w.vpc()
	id := w.instance(subnet)
	service := "com.amazonaws." + region + ".guardduty-data"
	w.expect(coverage.EC2, id, "", "ec2-tag absent", "vpc-owner own vpc="+vpc, "vpc-dns off attributes=enableDnsHostnames vpc="+vpc,
		"vpc-endpoint missing service="+service+" vpc="+vpc)

	_, err := w.ec2().ModifyVpcAttribute(t.Context(), &ec2.ModifyVpcAttributeInput{VpcId: &vpc, EnableDnsHostnames: &ec2types.AttributeBooleanValue{Value: aws.Bool(true)}})
	w.check(err)
	group := w.group(vpc)
	made, err := w.ec2().CreateVpcEndpoint(t.Context(), &ec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: &service, VpcEndpointType: ec2types.VpcEndpointTypeInterface,
		SubnetIds: []string{subnet}, SecurityGroupIds: []string{group}, PrivateDnsEnabled: aws.Bool(true)})
	w.check(err)
	endpoint := *made.VpcEndpoint.VpcEndpointId
	w.expect(coverage.EC2, id, "", "vpc-dns on vpc="+vpc, "vpc-endpoint available endpoint="+endpoint+" vpc="+vpc,
		"vpc-endpoint-access closed cidr=10.7.0.0/16 endpoint="+endpoint+" group="+group)

	_, err = w.ec2().AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &group,
		IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443), CidrIp: aws.String("10.7.0.0/16")})
	w.check(err)
	w.expect(coverage.EC2, id, "", "vpc-endpoint-access open endpoint="+endpoint)

	_, err = w.ec2().StopInstances(t.Context(), &ec2.StopInstancesInput{InstanceIds: []string{id}})
	w.check(err)
	w.expect(coverage.EC2, id, "", "ec2-instance stopped name=web")
	_, err = w.ec2().TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
	w.check(err)
	w.expect(coverage.EC2, id, "", "ec2-instance terminated name=web")
	w.expect(coverage.EC2, "i-0123456789abcdef0", "", "ec2-instance missing")
	w.expect(coverage.EC2, w.instance(subnet, ec2types.Tag{Key: aws.String("GuardDutyManaged"), Value: aws.String("false")}), "", "ec2-tag excluded")
}

func diagnosedEKS(t *testing.T) {
	w := newWard(t)
	_, subnet := w.vpc()
	name := "shop-" + w.table
	_, err := eks.NewFromConfig(w.cloudOf).CreateCluster(t.Context(), &eks.CreateClusterInput{Name: &name, Version: aws.String("1.33"),
		RoleArn: aws.String("arn:aws:iam::" + motoAccount + ":role/eks"), ResourcesVpcConfig: &ekstypes.VpcConfigRequest{SubnetIds: []string{subnet}},
		Tags: map[string]string{"GuardDutyManaged": "false"}})
	w.check(err)
	w.expect(coverage.EKS, name, "", "eks-cluster there status=ACTIVE version=1.33", "eks-tag excluded", "eks-nodes none")
	w.instance(subnet, ec2types.Tag{Key: aws.String("kubernetes.io/cluster/" + name), Value: aws.String("owned")})
	w.expect(coverage.EKS, name, "", "eks-nodes some n=1")
	w.expect(coverage.EKS, name+"-gone", "", "eks-cluster missing")
}

func diagnosedECS(t *testing.T) {
	w := newWard(t)
	vpc, subnet := w.vpc()
	client, name := ecs.NewFromConfig(w.cloudOf), "shop-"+w.table
	_, err := client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: &name, Tags: []ecstypes.Tag{{Key: aws.String("GuardDutyManaged"), Value: aws.String("true")}}})
	w.check(err)
	_, err = client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{Family: &name, NetworkMode: ecstypes.NetworkModeAwsvpc,
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("web"), Image: aws.String("web"), Memory: aws.Int32(128)}}})
	w.check(err)
	_, err = client.CreateService(t.Context(), &ecs.CreateServiceInput{Cluster: &name, ServiceName: aws.String("web"), TaskDefinition: &name, DesiredCount: aws.Int32(0),
		LaunchType: ecstypes.LaunchTypeFargate, NetworkConfiguration: &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{Subnets: []string{subnet}, SecurityGroups: []string{w.group(vpc)}}}})
	w.check(err)
	w.expect(coverage.ECS, name, "Agent not provisioned:x TaskDefinition - '"+name+":1' Impacted service name(s): 'web, gone'",
		"ecs-cluster active", "ecs-tag included", "ecs-service none-running service=web", "ecs-service missing service=gone",
		"ecs-execution-role missing task-definition="+name+":1", "vpc-owner own vpc="+vpc)
	w.expect(coverage.ECS, name+"-gone", "", "ecs-cluster missing")
}

func diagnosedElsewhere(t *testing.T) {
	w := newWard(t)
	there := w.elsewhere()
	vpc, subnet := there.vpc()
	id := there.instance(subnet)
	there.expect(coverage.EC2, id, "", "ec2-tag absent", "vpc-owner own vpc="+vpc)
	w.expect(coverage.EC2, id, "", "ec2-instance missing")
}
