// Package regions says which Regions an account has enabled.
package regions

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// Lister asks EC2, with one set of credentials.
type Lister struct {
	client *ec2.Client
}

// New returns a Lister that connects as cloud says.
func New(cloud aws.Config) *Lister { return &Lister{client: ec2.NewFromConfig(cloud)} }

// Enabled are the Regions that the account may use, sorted: those that are enabled by default, and those that
// it opted in to (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html).
func (l *Lister) Enabled(ctx context.Context) ([]string, error) {
	out, err := l.client.DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
	if err != nil {
		return nil, fmt.Errorf("listing the Regions: %w", err)
	}
	var names []string
	for _, region := range out.Regions {
		if name := aws.ToString(region.RegionName); name != "" &&
			aws.ToString(region.OptInStatus) != "not-opted-in" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
