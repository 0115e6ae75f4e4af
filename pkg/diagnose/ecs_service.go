package diagnose

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// servicesMost is of how many of the services that an issue names the evidence tells.
const servicesMost = 3

// servicesOf are the services that the issues name, nil where they name none or their cluster is gone. What is named and not
// there is inactive, for a while after it was deleted
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html), or added here as such.
func servicesOf(ctx context.Context, s *scene, names []string) ([]types.Service, error) {
	if len(names) == 0 {
		return nil, nil
	}
	cluster := s.change.Resource.Name
	out, err := ask(ctx, s, "ecs:DescribeServices", ecs.NewFromConfig, (*ecs.Client).DescribeServices,
		&ecs.DescribeServicesInput{Cluster: &cluster, Services: names})
	if isCode(err, "ClusterNotFoundException") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	services := slices.Clone(out.Services)
	for _, failure := range out.Failures {
		if aws.ToString(failure.Reason) == "MISSING" {
			id := aws.ToString(failure.Arn)
			services = append(services, types.Service{ServiceName: aws.String(id[strings.LastIndex(id, "/")+1:]), Status: aws.String(inactive)})
		}
	}
	if len(services) == 0 {
		return nil, &trouble{action: "ecs:DescribeServices", err: errEmpty}
	}
	return services, nil
}

// inactive is the status of a service that was deleted.
const inactive = "INACTIVE"

func lookAtServices(ctx context.Context, s *scene) ([]sight, error) {
	cluster, err := ecsClusterOf(ctx, s)
	if err != nil || cluster == nil {
		return nil, err
	}
	names := servicesIn(s.change.Issues)
	if len(names) == 0 {
		return judgeRunning("", cluster.RunningTasksCount), nil
	}
	services, err := servicesOf(ctx, s, names)
	if err != nil {
		return nil, err
	}
	return judgeServices(names, services), nil
}

func judgeServices(names []string, services []types.Service) []sight {
	var all []sight
	for _, name := range names {
		service := named(name, services)
		switch {
		case service == nil:
		case aws.ToString(service.Status) == inactive:
			all = append(all, sight{"missing", values{"service": name}})
		default:
			all = append(all, judgeRunning(name, service.RunningCount)...)
		}
	}
	return all
}

// named is the service of that name, nil where ECS told nothing of it. One that is there comes before one that was deleted.
func named(name string, services []types.Service) *types.Service {
	var deleted *types.Service
	for _, service := range services {
		switch {
		case aws.ToString(service.ServiceName) != name:
		case aws.ToString(service.Status) == inactive:
			deleted = &service
		default:
			return &service
		}
	}
	return deleted
}

func judgeRunning(service string, n int32) []sight {
	if n == 0 {
		return saw("none-running", values{"service": service})
	}
	return saw("running", values{"service": service, "n": strconv.Itoa(int(n))})
}

// lookAtDeployments compares the services that the issues name with when Runtime Monitoring was turned on.
func lookAtDeployments(ctx context.Context, s *scene) ([]sight, error) {
	names := servicesIn(s.change.Issues)
	services, err := servicesOf(ctx, s, names)
	if err != nil || len(services) == 0 {
		return nil, err
	}
	detector, err := detectorOf(ctx, s)
	if err != nil || detector == nil {
		return nil, err
	}
	since := monitoredSince(*detector, s.change.Resource)
	if since == nil {
		return nil, nil
	}
	return judgeDeployments(names, services, *since), nil
}

func judgeDeployments(names []string, services []types.Service, since time.Time) []sight {
	var all []sight
	for _, name := range names {
		service := named(name, services)
		if service == nil || aws.ToString(service.Status) == inactive {
			continue
		}
		deployed := deployedAt(*service)
		switch {
		case deployed == nil:
		case deployed.Before(since):
			all = append(all, sight{"older", values{"service": name, "deployed": at(deployed), "since": at(&since)}})
		default:
			all = append(all, sight{"newer", values{"service": name}})
		}
	}
	return all
}

// deployedAt is when the newest deployment began.
func deployedAt(service types.Service) *time.Time {
	var newest *time.Time
	for _, deployment := range service.Deployments {
		if began := deployment.CreatedAt; began != nil && (newest == nil || began.After(*newest)) {
			newest = began
		}
	}
	return newest
}
