package diagnose

import (
	"context"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// instanceOf is the instance, nil where EC2 does not know it: it shows one for about an hour after its end
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html).
func instanceOf(ctx context.Context, s *scene) (*types.Instance, error) {
	out, err := ask(ctx, s, "ec2:DescribeInstances", ec2.NewFromConfig, (*ec2.Client).DescribeInstances,
		&ec2.DescribeInstancesInput{InstanceIds: []string{s.change.Resource.Name}})
	if isCode(err, "InvalidInstanceID.NotFound") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, reservation := range out.Reservations {
		for _, instance := range reservation.Instances {
			if instance.State != nil && instance.State.Name != "" {
				return &instance, nil
			}
		}
	}
	return nil, &trouble{action: "ec2:DescribeInstances", err: errEmpty}
}

func lookAtInstance(ctx context.Context, s *scene) ([]sight, error) {
	instance, err := instanceOf(ctx, s)
	if err != nil {
		return nil, err
	}
	sights := judgeInstance(instance)
	if instance != nil {
		if name := nameIn(instance.Tags); name != "" {
			named := values{"name": name}
			maps.Copy(named, sights[0].values)
			sights[0].values = named
		}
	}
	return sights, nil
}

// nameIn is the tag that people call an instance by.
func nameIn(tags []types.Tag) string {
	for _, tag := range tags {
		if aws.ToString(tag.Key) == "Name" {
			return aws.ToString(tag.Value)
		}
	}
	return ""
}

func judgeInstance(instance *types.Instance) []sight {
	if instance == nil {
		return saw("missing", nil)
	}
	switch instance.State.Name {
	case types.InstanceStateNamePending:
		return saw("pending", nil)
	case types.InstanceStateNameStopping, types.InstanceStateNameStopped:
		return saw("stopped", nil)
	case types.InstanceStateNameShuttingDown, types.InstanceStateNameTerminated:
		return saw("terminated", nil)
	}
	return saw("running", values{"launched": at(instance.LaunchTime)})
}

func lookAtInstanceTag(ctx context.Context, s *scene) ([]sight, error) {
	instance, err := instanceOf(ctx, s)
	if err != nil || instance == nil {
		return nil, err
	}
	for _, tag := range instance.Tags {
		if aws.ToString(tag.Key) == managed {
			return tagged(aws.ToString(tag.Value)), nil
		}
	}
	return tagged(""), nil
}

// lookAtMetadata asks for the service from which the agent has the instance's identity
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html).
func lookAtMetadata(ctx context.Context, s *scene) ([]sight, error) {
	instance, err := instanceOf(ctx, s)
	if err != nil || instance == nil || instance.MetadataOptions == nil {
		return nil, err
	}
	if instance.MetadataOptions.HttpEndpoint == types.InstanceMetadataEndpointStateDisabled {
		return saw("off", nil), nil
	}
	return saw("on", nil), nil
}

func lookAtPlatform(ctx context.Context, s *scene) ([]sight, error) {
	instance, err := instanceOf(ctx, s)
	if err != nil || instance == nil {
		return nil, err
	}
	return judgePlatform(*instance), nil
}

// judgePlatform goes by Platform, which EC2 fills for Windows only
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html).
func judgePlatform(instance types.Instance) []sight {
	if strings.EqualFold(string(instance.Platform), string(types.PlatformValuesWindows)) {
		return saw("windows", nil)
	}
	return saw("linux", values{"platform": aws.ToString(instance.PlatformDetails), "architecture": string(instance.Architecture)})
}
