package guardduty

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"
)

// Check returns nil when GuardDuty and its Runtime Monitoring are on in a Region. An error is a *Problem.
func (r *Reader) Check(ctx context.Context, region string) error {
	client := r.client(region)
	detector, err := detectorOf(ctx, client)
	if err == nil {
		err = monitoring(ctx, client, detector)
	}
	if err != nil {
		return problemOf(region, 0, err)
	}
	return nil
}

// whyNothing is errOff where Runtime Monitoring is off, and nil where it is on or may not be asked for: then
// there is just nothing to be covered.
func whyNothing(ctx context.Context, client *guardduty.Client, detector string) error {
	if err := monitoring(ctx, client, detector); errors.Is(err, errOff) {
		return err
	}
	return nil
}

// monitoring is errOff where Runtime Monitoring is off.
func monitoring(ctx context.Context, client *guardduty.Client, detector string) error {
	out, err := client.GetDetector(ctx, &guardduty.GetDetectorInput{DetectorId: &detector})
	if err != nil {
		return fmt.Errorf("reading the detector: %w", err)
	}
	if out.Status == types.DetectorStatusDisabled {
		return errOff
	}
	for _, feature := range out.Features {
		monitors := feature.Name == types.DetectorFeatureResultRuntimeMonitoring ||
			feature.Name == types.DetectorFeatureResultEksRuntimeMonitoring
		if monitors && feature.Status == types.FeatureStatusEnabled {
			return nil
		}
	}
	return errOff
}
