// Package aggregator counts the clusters and instances that an AWS Config aggregator has on record.
package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"

	"guardduty-coverage-notifier/pkg/awserror"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/inventory"
)

// The queries, in the grammar of advanced queries, which has no test for what is absent: Windows and nodes of
// clusters are counted, to be subtracted. A node can run Windows, so that they are also counted together
// (https://docs.aws.amazon.com/config/latest/developerguide/query-components.html).
const (
	instances = "SELECT accountId, awsRegion, COUNT(*) WHERE resourceType = 'AWS::EC2::Instance'"
	running   = " AND configuration.state.name = 'running'"
	windows   = "configuration.platform = 'windows'"
	nodes     = "(tags.key LIKE 'kubernetes.io/cluster/%' OR tags.key = 'aws:eks:cluster-name' OR " +
		"tags.key = 'eks:eks-cluster-name')"
	byPlace  = " GROUP BY accountId, awsRegion"
	clusters = "SELECT accountId, awsRegion, resourceType, COUNT(*) WHERE resourceType IN " +
		"('AWS::EKS::Cluster', 'AWS::ECS::Cluster') GROUP BY accountId, awsRegion, resourceType"
)

const (
	// statusesAtOnce is the most that a page has, and statusPages how many pages of sources that are not up to date
	// are read
	// (https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigurationAggregatorSourcesStatus.html).
	statusesAtOnce = 100
	statusPages    = 20
)

// Counter asks one aggregator.
type Counter struct {
	client *configservice.Client
	name   string
}

// New returns a Counter of the aggregator with that name, which is in the Region of cloud.
func New(cloud aws.Config, name string) *Counter {
	return &Counter{configservice.NewFromConfig(cloud), name}
}

// Check reports why the aggregator cannot be asked, nil where it can. It takes one request.
func (c *Counter) Check(ctx context.Context) error {
	_, err := c.client.SelectAggregateResourceConfig(ctx, &configservice.SelectAggregateResourceConfigInput{
		ConfigurationAggregatorName: &c.name, Expression: aws.String(clusters), MaxResults: 1,
	})
	if err != nil {
		return fmt.Errorf("asking the aggregator %s: %w", c.name, err)
	}
	return nil
}

// Count counts what is on record in these Regions, in all accounts, whatever account asks.
func (c *Counter) Count(ctx context.Context, _ string, regions []string) inventory.Found {
	r := reading{
		Counter: c, regions: regions, accounts: make(map[string]string),
		found: inventory.Found{Recorded: true, Counts: make(map[inventory.Key]inventory.Count)},
	}
	if r.instances(ctx) {
		r.clusters(ctx)
		r.sources(ctx)
	}
	return r.found
}

// reading is one count in the making.
type reading struct {
	*Counter
	regions []string
	// accounts are the IDs of those that were read.
	accounts map[string]string
	found    inventory.Found
}

// row is one result of a query.
type row struct {
	Account string `json:"accountId"`
	Region  string `json:"awsRegion"`
	Type    string `json:"resourceType"`
	Count   int    `json:"COUNT(*)"`
}

func (r row) instancesKey() inventory.Key {
	return inventory.Key{Account: r.Account, Region: r.Region, Kind: coverage.EC2}
}

// query passes on the rows of the report's Regions. A page has 500.
func (r *reading) query(ctx context.Context, expression string, add func(row)) error {
	pages := configservice.NewSelectAggregateResourceConfigPaginator(r.client,
		&configservice.SelectAggregateResourceConfigInput{
			ConfigurationAggregatorName: &r.name, Expression: &expression,
		})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("asking the aggregator %s: %w", r.name, err)
		}
		for _, result := range page.Results {
			var one row
			if err := json.Unmarshal([]byte(result), &one); err != nil {
				return fmt.Errorf("reading the answer of the aggregator %s: %w", r.name, err)
			}
			at := slices.Index(r.regions, one.Region)
			if at < 0 {
				continue
			}
			// Tens of thousands of rows share a few thousand texts.
			one.Region = r.regions[at]
			if _, known := r.accounts[one.Account]; !known {
				r.accounts[one.Account] = one.Account
			}
			one.Account = r.accounts[one.Account]
			add(one)
		}
	}
	return nil
}

// gap notes why a kind is not known; empty: every kind.
func (r *reading) gap(kind coverage.Kind, err error) {
	r.found.Gaps = append(r.found.Gaps, inventory.Gap{Kind: kind, Detail: r.name + ": " + awserror.Said(err)})
}

// instances counts those that run; where only others are on record, there are none. It is false when the
// aggregator cannot be asked.
func (r *reading) instances(ctx context.Context) bool {
	counts := r.found.Counts
	err := r.query(ctx, instances+byPlace, func(one row) { counts[one.instancesKey()] = inventory.Count{} })
	if err == nil {
		err = r.query(ctx, instances+running+byPlace, func(one row) {
			counts[one.instancesKey()] = inventory.Count{Exists: one.Count, Coverable: one.Count}
		})
	}
	if err != nil {
		clear(counts)
		r.gap("", err)
		return false
	}
	if err := r.subtract(ctx, counts); err != nil {
		r.gap(coverage.EC2, err)
		for place, count := range counts {
			counts[place] = inventory.Count{Exists: count.Exists, Coverable: inventory.Unknown}
		}
	}
	return true
}

// subtract takes away the instances that do not count as such.
func (r *reading) subtract(ctx context.Context, counts map[inventory.Key]inventory.Count) error {
	err := r.query(ctx, instances+running+" AND ("+windows+" OR "+nodes+")"+byPlace, func(one row) {
		count := counts[one.instancesKey()]
		count.Coverable = max(0, count.Coverable-one.Count)
		counts[one.instancesKey()] = count
	})
	for _, part := range []struct {
		reason    inventory.Reason
		condition string
	}{{inventory.Windows, windows}, {inventory.Nodes, nodes}} {
		if err != nil {
			return err
		}
		err = r.query(ctx, instances+running+" AND "+part.condition+byPlace, func(one row) {
			r.found.Apart = append(r.found.Apart,
				inventory.Apart{Key: one.instancesKey(), Reason: part.reason, Total: one.Count})
		})
	}
	return err
}

// clusters counts clusters. Whether anything runs in one of ECS is not on record.
func (r *reading) clusters(ctx context.Context) {
	counts := make(map[inventory.Key]inventory.Count)
	err := r.query(ctx, clusters, func(one row) {
		key := inventory.Key{Account: one.Account, Region: one.Region, Kind: coverage.EKS}
		count := inventory.Count{Exists: one.Count, Coverable: one.Count}
		if one.Type == string(types.ResourceTypeECSCluster) {
			key.Kind, count.Coverable = coverage.ECS, inventory.Unknown
		}
		counts[key] = count
	})
	if err != nil {
		r.gap(coverage.EKS, err)
		r.gap(coverage.ECS, err)
		return
	}
	maps.Copy(r.found.Counts, counts)
}

// sources notes the accounts and Regions whose records are not up to date.
func (r *reading) sources(ctx context.Context) {
	pages := configservice.NewDescribeConfigurationAggregatorSourcesStatusPaginator(r.client,
		&configservice.DescribeConfigurationAggregatorSourcesStatusInput{
			ConfigurationAggregatorName: &r.name, Limit: statusesAtOnce,
			UpdateStatus: []types.AggregatedSourceStatusType{
				types.AggregatedSourceStatusTypeFailed, types.AggregatedSourceStatusTypeOutdated,
			},
		})
	for range statusPages {
		if !pages.HasMorePages() {
			return
		}
		page, err := pages.NextPage(ctx)
		if err != nil {
			r.gap("", fmt.Errorf("asking how recent the records are: %w", err))
			return
		}
		for _, status := range page.AggregatedSourceStatusList {
			r.source(status)
		}
	}
}

func (r *reading) source(status types.AggregatedSourceStatus) {
	region := aws.ToString(status.AwsRegion)
	if region != "" && !slices.Contains(r.regions, region) {
		return
	}
	gap := inventory.Gap{
		Region: region,
		Detail: string(status.LastUpdateStatus) + " " + cmp.Or(aws.ToString(status.LastErrorCode), r.name),
		At:     aws.ToTime(status.LastUpdateTime),
	}
	if status.SourceType == types.AggregatedSourceTypeAccount {
		gap.Account = aws.ToString(status.SourceId)
	}
	r.found.Gaps = append(r.found.Gaps, gap)
}
