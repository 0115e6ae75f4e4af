package diagnose

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// document is the one whose association installs the agent
// (https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ec2.html).
const document = "AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin"

// isOver reports whether the instance is known not to run, so that nobody can expect it to report to SSM.
func isOver(ctx context.Context, s *scene) bool {
	instance, err := instanceOf(ctx, s)
	if err != nil {
		return false
	}
	switch judgeInstance(instance)[0].found {
	case "running", "pending":
		return false
	}
	return true
}

func lookAtSSM(ctx context.Context, s *scene) ([]sight, error) {
	if isOver(ctx, s) {
		return nil, nil
	}
	nodes, err := managedNodes(ctx, s)
	if err != nil {
		return nil, err
	}
	return judgeSSM(nodes), nil
}

// managedNodes are what SSM knows under the instance's id: at most one. A page may be empty and not the last
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html).
func managedNodes(ctx context.Context, s *scene) ([]types.InstanceInformation, error) {
	in := &ssm.DescribeInstanceInformationInput{Filters: []types.InstanceInformationStringFilter{
		{Key: aws.String("InstanceIds"), Values: []string{s.change.Resource.Name}},
	}}
	for range pagesMost {
		out, err := ask(ctx, s, "ssm:DescribeInstanceInformation", ssm.NewFromConfig,
			(*ssm.Client).DescribeInstanceInformation, in)
		if err != nil {
			return nil, err
		}
		if len(out.InstanceInformationList) > 0 || aws.ToString(out.NextToken) == "" {
			return out.InstanceInformationList, nil
		}
		next := *in
		next.NextToken = out.NextToken
		in = &next
	}
	return nil, &trouble{action: "ssm:DescribeInstanceInformation", err: errEndless}
}

func judgeSSM(managed []types.InstanceInformation) []sight {
	if len(managed) == 0 {
		return saw("unmanaged", nil)
	}
	node := managed[0]
	if node.PingStatus == types.PingStatusOnline {
		return saw("online", values{"agent": aws.ToString(node.AgentVersion)})
	}
	return saw("offline", values{"status": string(node.PingStatus), "last": at(node.LastPingDateTime)})
}

// lookAtAssociation looks for the association of GuardDuty's document: on the instance, and else in the account.
func lookAtAssociation(ctx context.Context, s *scene) ([]sight, error) {
	if isOver(ctx, s) {
		return nil, nil
	}
	statuses, err := associationsOf(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, status := range statuses {
		if aws.ToString(status.Name) == document {
			return judgeAssociation(status), nil
		}
	}
	out, err := ask(ctx, s, "ssm:ListAssociations", ssm.NewFromConfig, (*ssm.Client).ListAssociations,
		&ssm.ListAssociationsInput{AssociationFilterList: []types.AssociationFilter{
			{Key: types.AssociationFilterKeyName, Value: aws.String(document)},
		}})
	if err != nil {
		return nil, err
	}
	return judgeNoAssociation(out.Associations), nil
}

// associationsOf are the associations that reached the instance; none where SSM does not manage it.
func associationsOf(ctx context.Context, s *scene) ([]types.InstanceAssociationStatusInfo, error) {
	var all []types.InstanceAssociationStatusInfo
	in := &ssm.DescribeInstanceAssociationsStatusInput{InstanceId: &s.change.Resource.Name}
	for range pagesMost {
		out, err := ask(ctx, s, "ssm:DescribeInstanceAssociationsStatus", ssm.NewFromConfig,
			(*ssm.Client).DescribeInstanceAssociationsStatus, in)
		if isCode(err, "InvalidInstanceId") {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, out.InstanceAssociationStatusInfos...)
		if aws.ToString(out.NextToken) == "" {
			return all, nil
		}
		next := *in
		next.NextToken = out.NextToken
		in = &next
	}
	return nil, &trouble{action: "ssm:DescribeInstanceAssociationsStatus", err: errEndless}
}

// judgeAssociation knows the words for how an execution ended
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html).
func judgeAssociation(info types.InstanceAssociationStatusInfo) []sight {
	id, status := aws.ToString(info.AssociationId), aws.ToString(info.Status)
	switch status {
	case "Success":
		return saw("succeeded", values{"association": id})
	case "", "Pending", "InProgress", "Associated":
		return saw("pending", values{"association": id})
	}
	return saw("failed", values{"association": id, "status": status, "last": at(info.ExecutionDate)})
}

func judgeNoAssociation(inAccount []types.Association) []sight {
	if len(inAccount) == 0 {
		return saw("missing", nil)
	}
	return saw("pending", values{"association": aws.ToString(inAccount[0].AssociationId)})
}
