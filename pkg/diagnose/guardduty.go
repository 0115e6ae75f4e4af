package diagnose

import (
	"cmp"
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

// detectorIDOf is the account's detector in the Region, "" where there is none. There is at most one
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html).
func detectorIDOf(ctx context.Context, s *scene) (string, error) {
	out, err := ask(ctx, s, "guardduty:ListDetectors", guardduty.NewFromConfig, (*guardduty.Client).ListDetectors,
		&guardduty.ListDetectorsInput{})
	if err != nil || len(out.DetectorIds) == 0 {
		return "", err
	}
	return out.DetectorIds[0], nil
}

// detectorOf is how that detector is set; nil where there is none.
func detectorOf(ctx context.Context, s *scene) (*guardduty.GetDetectorOutput, error) {
	id, err := detectorIDOf(ctx, s)
	if err != nil || id == "" {
		return nil, err
	}
	return ask(ctx, s, "guardduty:GetDetector", guardduty.NewFromConfig, (*guardduty.Client).GetDetector,
		&guardduty.GetDetectorInput{DetectorId: &id})
}

func lookAtDetector(ctx context.Context, s *scene) ([]sight, error) {
	detector, err := detectorOf(ctx, s)
	if err != nil {
		return nil, err
	}
	switch {
	case detector == nil:
		return saw("missing", nil), nil
	case detector.Status == types.DetectorStatusDisabled:
		return saw("suspended", nil), nil
	}
	return saw("enabled", nil), nil
}

func lookAtRuntimeMonitoring(ctx context.Context, s *scene) ([]sight, error) {
	detector, err := detectorOf(ctx, s)
	if err != nil || detector == nil {
		return nil, err
	}
	if monitoring(*detector, s.change.Resource) == nil {
		return saw("off", nil), nil
	}
	return saw("on", nil), nil
}

// monitoring is the feature that covers the resource, nil where it is off. Accounts may still have the one that came
// before, which covers EKS only
// (https://docs.aws.amazon.com/guardduty/latest/ug/migrating-from-eksrunmon-to-runtime-monitoring.html).
func monitoring(detector guardduty.GetDetectorOutput, resource coverage.Resource) *types.DetectorFeatureConfigurationResult {
	for _, feature := range detector.Features {
		covers := feature.Name == types.DetectorFeatureResultRuntimeMonitoring ||
			feature.Name == types.DetectorFeatureResultEksRuntimeMonitoring && agentManagement(resource) == types.FeatureAdditionalConfigurationEksAddonManagement
		if covers && feature.Status == types.FeatureStatusEnabled {
			return &feature
		}
	}
	return nil
}

// agentManagement is what has GuardDuty deploy the resource's agent. An instance of an EKS cluster has the cluster's
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorAdditionalConfiguration.html).
func agentManagement(resource coverage.Resource) types.FeatureAdditionalConfiguration {
	of, _ := resource.Cluster()
	switch {
	case resource.Kind == coverage.EKS || of == coverage.EKS:
		return types.FeatureAdditionalConfigurationEksAddonManagement
	case resource.Kind == coverage.ECS:
		return types.FeatureAdditionalConfigurationEcsFargateAgentManagement
	}
	return types.FeatureAdditionalConfigurationEc2AgentManagement
}

func lookAtAgentManagement(ctx context.Context, s *scene) ([]sight, error) {
	detector, err := detectorOf(ctx, s)
	if err != nil || detector == nil {
		return nil, err
	}
	feature := monitoring(*detector, s.change.Resource)
	if feature == nil {
		return nil, nil
	}
	if managing(*feature, s.change.Resource) == nil {
		return saw("off", nil), nil
	}
	return saw("on", nil), nil
}

// managing is that part of the feature, nil where it is off.
func managing(feature types.DetectorFeatureConfigurationResult, resource coverage.Resource) *types.DetectorAdditionalConfigurationResult {
	for _, part := range feature.AdditionalConfiguration {
		if part.Name == agentManagement(resource) && part.Status == types.FeatureStatusEnabled {
			return &part
		}
	}
	return nil
}

// monitoredSince is when GuardDuty began to deploy the resource's agent, as far as it tells: when that part was changed
// last, and where that is not told, the feature. It is nil where that is off or not told.
func monitoredSince(detector guardduty.GetDetectorOutput, resource coverage.Resource) *time.Time {
	feature := monitoring(detector, resource)
	if feature == nil {
		return nil
	}
	part := managing(*feature, resource)
	if part == nil {
		return nil
	}
	return cmp.Or(part.UpdatedAt, feature.UpdatedAt)
}
