package diagnose

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func lookAtExecutionRole(ctx context.Context, s *scene) ([]sight, error) {
	name := taskDefinitionIn(s.change.Issues)
	if name == "" {
		return nil, nil
	}
	out, err := ask(ctx, s, "ecs:DescribeTaskDefinition", ecs.NewFromConfig, (*ecs.Client).DescribeTaskDefinition,
		&ecs.DescribeTaskDefinitionInput{TaskDefinition: &name})
	if err != nil || out.TaskDefinition == nil {
		return nil, err
	}
	return judgeExecutionRole(name, *out.TaskDefinition), nil
}

// judgeExecutionRole: without that role Fargate cannot pull the agent's image
// (https://docs.aws.amazon.com/guardduty/latest/ug/prereq-runtime-monitoring-ecs-support.html).
func judgeExecutionRole(name string, definition types.TaskDefinition) []sight {
	if role := aws.ToString(definition.ExecutionRoleArn); role != "" {
		return saw("present", values{"task-definition": name, "role": role})
	}
	return saw("missing", values{"task-definition": name})
}

// vpcIDOfTasks is the VPC of a service that the issues name, else of a task that runs; "" where there is none.
func vpcIDOfTasks(ctx context.Context, s *scene) (string, error) {
	subnet, err := subnetOfService(ctx, s)
	if err != nil {
		return "", err
	}
	if subnet == "" {
		if subnet, err = subnetOfTask(ctx, s); err != nil || subnet == "" {
			return "", err
		}
	}
	out, err := ask(ctx, s, "ec2:DescribeSubnets", ec2.NewFromConfig, (*ec2.Client).DescribeSubnets,
		&ec2.DescribeSubnetsInput{SubnetIds: []string{subnet}})
	if isCode(err, "InvalidSubnetID.NotFound") {
		return "", nil
	}
	if err != nil || len(out.Subnets) == 0 {
		return "", err
	}
	return aws.ToString(out.Subnets[0].VpcId), nil
}

func subnetOfService(ctx context.Context, s *scene) (string, error) {
	services, err := servicesOf(ctx, s, servicesIn(s.change.Issues))
	if err != nil {
		return "", err
	}
	for _, service := range services {
		if network := service.NetworkConfiguration; network != nil && network.AwsvpcConfiguration != nil && len(network.AwsvpcConfiguration.Subnets) > 0 {
			return network.AwsvpcConfiguration.Subnets[0], nil
		}
	}
	return "", nil
}

// subnetOfTask asks any task that runs on Fargate, which is where issues of ECS come from; one of the task definition
// that the issues name, if they do.
func subnetOfTask(ctx context.Context, s *scene) (string, error) {
	cluster := s.change.Resource.Name
	in := &ecs.ListTasksInput{Cluster: &cluster, LaunchType: types.LaunchTypeFargate, MaxResults: aws.Int32(1)}
	if family := familyOf(taskDefinitionIn(s.change.Issues)); family != "" {
		// A family of tasks is filter enough.
		in.Family, in.LaunchType = &family, ""
	}
	listed, err := ask(ctx, s, "ecs:ListTasks", ecs.NewFromConfig, (*ecs.Client).ListTasks, in)
	if isCode(err, "ClusterNotFoundException") {
		return "", nil
	}
	if err != nil || len(listed.TaskArns) == 0 {
		return "", err
	}
	out, err := ask(ctx, s, "ecs:DescribeTasks", ecs.NewFromConfig, (*ecs.Client).DescribeTasks,
		&ecs.DescribeTasksInput{Cluster: &cluster, Tasks: listed.TaskArns})
	if err != nil {
		return "", err
	}
	for _, task := range out.Tasks {
		if subnet := subnetIn(task); subnet != "" {
			return subnet, nil
		}
	}
	return "", nil
}

// subnetIn is where the task's network interface is
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attachment.html).
func subnetIn(task types.Task) string {
	for _, attachment := range task.Attachments {
		for _, detail := range attachment.Details {
			if aws.ToString(detail.Name) == "subnetId" {
				return aws.ToString(detail.Value)
			}
		}
	}
	return ""
}
