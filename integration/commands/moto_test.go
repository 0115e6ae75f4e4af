package commands

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

const (
	motoAccount = "123456789012"
	region      = "eu-central-1"
	// More than a page, and more than one call takes, of each.
	manyServices, manyTasks, manyAssociations = 25, 120, 60
)

// account is moto's, with a cluster of the given name.
type account struct {
	t      *testing.T
	url    string
	config aws.Config
}

func newAccount(t *testing.T) account {
	t.Helper()
	url := os.Getenv("MOTO_URL")
	if url == "" || os.Getenv("AWS_CLI_PYTHON") == "" {
		t.Skip("MOTO_URL or AWS_CLI_PYTHON is not set: make integration starts moto and sets both")
	}
	return account{t, url, aws.Config{
		Region: region, BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("moto", "moto", ""),
	}}
}

// run runs the command of a step with the AWS CLI, and returns what it printed.
func (a account) run(finding catalog.Finding, c catalog.Case, step catalog.StepID) string {
	a.t.Helper()
	for _, action := range catalog.Explain(finding, c).Steps {
		if action.Step != step {
			continue
		}
		program := exec.CommandContext(a.t.Context(), "/bin/sh", "-c", action.Command)
		program.Env = []string{
			"PATH=" + filepath.Dir(os.Getenv("AWS_CLI_PYTHON")) + ":" + os.Getenv("PATH"), "HOME=" + a.t.TempDir(),
			"AWS_ENDPOINT_URL=" + a.url, "AWS_ACCESS_KEY_ID=moto", "AWS_SECRET_ACCESS_KEY=moto", "AWS_EC2_METADATA_DISABLED=true",
		}
		output, err := program.CombinedOutput()
		if err != nil && program.ProcessState.ExitCode() > 1 {
			a.t.Errorf("%s: %v\n%s", action.Command, err, output)
		}
		return string(output)
	}
	a.t.Fatalf("%s has no step %s", finding.ID, step)
	return ""
}

// cluster makes a cluster, and returns the case of it.
func (a account) cluster(name string) catalog.Case {
	a.t.Helper()
	_, err := ecs.NewFromConfig(a.config).CreateCluster(a.t.Context(), &ecs.CreateClusterInput{ClusterName: &name})
	check(a.t, err)
	return catalog.Case{
		Resource: coverage.Resource{Kind: coverage.ECS, Name: name, Account: motoAccount, Region: region}, Reader: motoAccount,
	}
}

// network makes a subnet and a security group in a VPC of their own.
func (a account) network() (subnet, group string) {
	a.t.Helper()
	client := ec2.NewFromConfig(a.config)
	vpc, err := client.CreateVpc(a.t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.8.0.0/16")})
	check(a.t, err)
	// moto's tasks need the names.
	_, err = client.ModifyVpcAttribute(a.t.Context(), &ec2.ModifyVpcAttributeInput{VpcId: vpc.Vpc.VpcId,
		EnableDnsHostnames: &ec2types.AttributeBooleanValue{Value: aws.Bool(true)}})
	check(a.t, err)
	within, err := client.CreateSubnet(a.t.Context(), &ec2.CreateSubnetInput{VpcId: vpc.Vpc.VpcId, CidrBlock: aws.String("10.8.1.0/24")})
	check(a.t, err)
	secured, err := client.CreateSecurityGroup(a.t.Context(), &ec2.CreateSecurityGroupInput{VpcId: vpc.Vpc.VpcId, GroupName: aws.String("tasks"),
		Description: aws.String("tasks")})
	check(a.t, err)
	return *within.Subnet.SubnetId, *secured.GroupId
}

// TestListsOfManyPages: everything is looked at, in calls that are not too long, and an empty list is no
// error.
func TestListsOfManyPages(t *testing.T) {
	a := newAccount(t)
	c, client, name := a.cluster("many"), ecs.NewFromConfig(a.config), "many"
	subnet, group := a.network()
	network := &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{
		Subnets: []string{subnet}, SecurityGroups: []string{group},
	}}
	_, err := client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{Family: aws.String("web"), NetworkMode: ecstypes.NetworkModeAwsvpc,
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("aws-guardduty-agent-x"), Image: aws.String("agent"), Memory: aws.Int32(128)}}})
	check(t, err)
	unnetworked := catalog.Finding{ID: "ecs-network-configuration-missing"}
	silent := catalog.Finding{ID: "ecs-agent-not-reporting", Text: "Agent not reporting for tasks in TaskDefinition - 'web:1'"}
	exited := catalog.Finding{ID: "ecs-agent-exited"}
	for _, empty := range []string{a.run(unnetworked, c, "look-at-networks"), a.run(silent, c, "look-at-tasks"), a.run(exited, c, "look-at-stopped-tasks")} {
		if empty != "" {
			t.Errorf("of an empty cluster: %s", empty)
		}
	}
	for i := range manyServices {
		_, err := client.CreateService(t.Context(), &ecs.CreateServiceInput{Cluster: &name, ServiceName: aws.String(fmt.Sprintf("service-%d", i)),
			TaskDefinition: aws.String("web"), DesiredCount: aws.Int32(0), LaunchType: ecstypes.LaunchTypeFargate, NetworkConfiguration: network})
		check(t, err)
	}
	for range manyTasks / 10 {
		_, err := client.RunTask(t.Context(), &ecs.RunTaskInput{Cluster: &name, TaskDefinition: aws.String("web"), Count: aws.Int32(10),
			LaunchType: ecstypes.LaunchTypeFargate, NetworkConfiguration: network})
		check(t, err)
	}
	networks := a.run(unnetworked, c, "look-at-networks")
	if subnets, groups := strings.Count(networks, subnet), strings.Count(networks, group); subnets < manyServices || groups < manyServices {
		t.Errorf("%d subnets and %d security groups of %d services", subnets, groups, manyServices)
	}
	older := catalog.Finding{ID: "ecs-task-before-monitoring"}
	if got := strings.Count(a.run(older, c, "look-at-task"), ":task/"); got != manyTasks {
		t.Errorf("%d tasks, want %d", got, manyTasks)
	}
}

// TestAssociations: those that have not run for the longest time come first, of all pages. moto has no
// associations.
func TestAssociations(t *testing.T) {
	a := newAccount(t)
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ NextToken string }
		_ = json.NewDecoder(r.Body).Decode(&asked)
		first, _ := strconv.Atoi(asked.NextToken)
		type association struct {
			AssociationId, Name string
			LastExecutionDate   int
		}
		var page struct {
			Associations []association
			NextToken    string `json:",omitempty"`
		}
		for i := first; i < min(first+50, manyAssociations); i++ {
			page.Associations = append(page.Associations, association{fmt.Sprintf("id-%d", i), fmt.Sprintf("document-%d", i), 1_700_000_000 - i*86_400})
		}
		if first+50 < manyAssociations {
			page.NextToken = strconv.Itoa(first + 50)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_ = json.NewEncoder(w).Encode(page)
	}))
	defer pages.Close()
	a.url = pages.URL
	c := catalog.Case{Resource: coverage.Resource{Kind: coverage.EC2, Name: "i-0123456789abcdef0", Account: motoAccount, Region: region}}
	lines := strings.Split(strings.TrimSpace(a.run(catalog.Finding{ID: "ec2-ssm-association-quota"}, c, "count-associations")), "\n")
	if len(lines) != manyAssociations || !strings.Contains(lines[0], fmt.Sprintf("document-%d", manyAssociations-1)) {
		t.Errorf("%d associations, want %d; first %s", len(lines), manyAssociations, lines[0])
	}
}

// TestChangesTakeEffect: what the commands change is what they name, and nothing in another account.
func TestChangesTakeEffect(t *testing.T) {
	a := newAccount(t)
	client := ec2.NewFromConfig(a.config)
	vpc, err := client.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.9.0.0/16")})
	check(t, err)
	c := catalog.Case{Resource: coverage.Resource{Kind: coverage.EKS, Name: "prod", Account: motoAccount, Region: region}}
	private := catalog.Finding{ID: "vpc-endpoint-private-dns", Text: "true for " + *vpc.Vpc.VpcId + " ("}
	a.run(private, c, "enable-dns-attributes")
	if got := a.run(private, c, "look-at-dns-attributes"); strings.Count(got, "true") != 2 {
		t.Errorf("DNS attributes: %s", got)
	}

	endpoint, err := client.CreateVpcEndpoint(t.Context(), &ec2.CreateVpcEndpointInput{VpcId: vpc.Vpc.VpcId, VpcEndpointType: ec2types.VpcEndpointTypeInterface,
		ServiceName: aws.String("com.amazonaws." + region + ".guardduty-data-fips")})
	check(t, err)
	if got := a.run(private, c, "check-endpoint"); !strings.Contains(got, *endpoint.VpcEndpoint.VpcEndpointId) {
		t.Errorf("the endpoint for FIPS is not found: %s", got)
	}

	cluster := a.cluster("tagged")
	excluded := catalog.Finding{ID: "ecs-service-excluded-by-tag", Text: "Impacted service name(s): 'web'"}
	a.run(excluded, cluster, "include-cluster")
	var tags [][]map[string]string
	check(t, json.Unmarshal([]byte(a.run(excluded, cluster, "look-at-tag")), &tags))
	if len(tags) != 1 || len(tags[0]) != 1 || tags[0][0]["value"] != "true" {
		t.Errorf("tags %v", tags)
	}

	elsewhere := c
	elsewhere.Resource.Account = stranger
	if got := a.run(catalog.Finding{ID: catalog.AddonRemoved}, elsewhere, "install-addon"); got != "" {
		t.Errorf("with credentials of another account: %s", got)
	}
}
