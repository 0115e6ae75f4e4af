package diagnose

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

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

// subnetOfTask is that of any task that runs on Fargate, which is where issues of ECS come from.
func subnetOfTask(ctx context.Context, s *scene) (string, error) {
	tasks, err := tasksOf(ctx, s, types.DesiredStatusRunning)
	if err != nil {
		return "", err
	}
	for _, task := range tasks {
		if subnet := subnetIn(task); subnet != "" {
			return subnet, nil
		}
	}
	return "", nil
}

// tasksOf are some tasks on Fargate in that state; those of the task definition that the issues name, if they do. ECS
// keeps what stopped for an hour
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html).
func tasksOf(ctx context.Context, s *scene, state types.DesiredStatus) ([]types.Task, error) {
	cluster := s.change.Resource.Name
	in := &ecs.ListTasksInput{
		Cluster: &cluster, LaunchType: types.LaunchTypeFargate, DesiredStatus: state, MaxResults: aws.Int32(10),
	}
	if family := familyOf(taskDefinitionIn(s.change.Issues)); family != "" {
		// A family of tasks is filter enough.
		in.Family, in.LaunchType = &family, ""
	}
	listed, err := ask(ctx, s, "ecs:ListTasks", ecs.NewFromConfig, (*ecs.Client).ListTasks, in)
	if isCode(err, "ClusterNotFoundException") {
		return nil, nil
	}
	if err != nil || len(listed.TaskArns) == 0 {
		return nil, err
	}
	out, err := ask(ctx, s, "ecs:DescribeTasks", ecs.NewFromConfig, (*ecs.Client).DescribeTasks,
		&ecs.DescribeTasksInput{Cluster: &cluster, Tasks: listed.TaskArns})
	if err != nil {
		return nil, err
	}
	return out.Tasks, nil
}

// lookAtAgents looks at the containers that GuardDuty adds to tasks on Fargate.
func lookAtAgents(ctx context.Context, s *scene) ([]sight, error) {
	running, err := tasksOf(ctx, s, types.DesiredStatusRunning)
	if err != nil {
		return nil, err
	}
	stopped, err := tasksOf(ctx, s, types.DesiredStatusStopped)
	if err != nil {
		return nil, err
	}
	var since *time.Time
	if detector, err := detectorOf(ctx, s); err == nil && detector != nil {
		since = monitoredSince(*detector, s.change.Resource)
	}
	return judgeAgents(running, stopped, since), nil
}

// judgeAgents tells of the first agent that failed, the first task that has none, and else how many run.
func judgeAgents(running, stopped []types.Task, since *time.Time) []sight {
	var exited, missing []sight
	n := 0
	seen := make(map[string]bool)
	for _, task := range slices.Concat(running, stopped) {
		id := aws.ToString(task.TaskArn)
		if seen[id] {
			continue // It stopped in the meantime.
		}
		seen[id] = true
		id = id[strings.LastIndex(id, "/")+1:]
		agent := agentOf(task)
		switch {
		case agent != nil && hasFailed(*agent):
			exited = append(exited, sight{"exited", failureOf(id, *agent)})
		case aws.ToString(task.DesiredStatus) == string(types.DesiredStatusStopped) || len(task.Containers) == 0:
			// It was stopped with its agent.
		case agent != nil:
			n++
		case since != nil && task.StartedAt != nil && task.StartedAt.Before(*since):
			missing = append(missing, sight{"older", values{"task": id, "started": at(task.StartedAt), "since": at(since)}})
		default:
			missing = append(missing, sight{"absent", values{"task": id, "platform": aws.ToString(task.PlatformVersion)}})
		}
	}
	all := slices.Concat(exited[:min(1, len(exited))], missing[:min(1, len(missing))])
	if len(all) == 0 && n > 0 {
		return saw("running", values{"n": strconv.Itoa(n)})
	}
	return all
}

// agentOf is the agent's container, nil where the task has none. What it is called is from memory; its image is told by
// https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html.
func agentOf(task types.Task) *types.Container {
	for _, container := range task.Containers {
		if strings.HasPrefix(aws.ToString(container.Name), "aws-guardduty-agent") ||
			strings.Contains(aws.ToString(container.Image), "aws-guardduty-agent-fargate") {
			return &container
		}
	}
	return nil
}

// hasFailed tells an agent that failed from one that was stopped with its task, which ends with 0, or by a signal.
func hasFailed(agent types.Container) bool {
	const killed, terminated = 137, 143
	code := aws.ToInt32(agent.ExitCode)
	return aws.ToString(agent.Reason) != "" || code != 0 && code != killed && code != terminated
}

func failureOf(task string, agent types.Container) values {
	v := values{"task": task, "reason": aws.ToString(agent.Reason), "image": aws.ToString(agent.Image)}
	if agent.ExitCode != nil {
		v["exit"] = strconv.Itoa(int(*agent.ExitCode))
	}
	return v
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
