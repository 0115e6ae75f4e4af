// Package guardduty reads how GuardDuty covers an account, or an organization, now: Region by Region, page by page.
//
// It calls ListDetectors, ListCoverage, GetCoverageStatistics and, where nothing is listed, GetDetector. With the
// credentials of GuardDuty's delegated administrator, the resources of its members are listed too.
package guardduty

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

const (
	// pageSize is the most that GuardDuty lists at once
	// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListCoverage.html).
	pageSize = 50
	// regionsAtOnce bounds how many Regions are read at the same time: one more page of each is in memory.
	regionsAtOnce = 4
)

// Reader reads with one set of credentials. It may be used concurrently.
type Reader struct {
	cloud aws.Config
}

// New returns a Reader that connects as cloud says, but for its Region. Throttling is met by cloud's own retries.
func New(cloud aws.Config) *Reader { return &Reader{cloud: cloud} }

// States yields every resource of these Regions, several Regions at a time and therefore in no order. A Region that
// cannot be read, or not to its end, yields one *Problem, and the others go on; every error is a *Problem.
func (r *Reader) States(ctx context.Context, regions []string) iter.Seq2[coverage.State, error] {
	return func(yield func(coverage.State, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		stop := make(chan struct{})
		pages := make(chan page)
		var reading sync.WaitGroup
		defer reading.Wait()
		defer close(stop)
		defer cancel()
		reading.Go(func() {
			defer close(pages)
			r.readAll(ctx, regions, func(p page) bool {
				select {
				case pages <- p:
					return true
				case <-stop:
					return false
				}
			})
		})
		for p := range pages {
			if !p.yield(yield) {
				return
			}
		}
	}
}

// page is some resources of one Region, or what ended its reading.
type page struct {
	states  []coverage.State
	problem *Problem
}

func (p page) yield(yield func(coverage.State, error) bool) bool {
	for _, state := range p.states {
		if !yield(state, nil) {
			return false
		}
	}
	return p.problem == nil || yield(coverage.State{}, p.problem)
}

// readAll gives the pages of all Regions to send, which says whether more are wanted.
func (r *Reader) readAll(ctx context.Context, regions []string, send func(page) bool) {
	waiting := make(chan string, len(regions))
	for _, region := range regions {
		waiting <- region
	}
	close(waiting)
	var workers sync.WaitGroup
	for range min(len(regions), regionsAtOnce) {
		workers.Go(func() {
			for region := range waiting {
				read, err := r.read(ctx, region, send)
				if err != nil {
					send(page{problem: problemOf(region, read, err)})
				}
			}
		})
	}
	workers.Wait()
}

// read gives the pages of one Region to send, and returns how many resources they held.
func (r *Reader) read(ctx context.Context, region string, send func(page) bool) (int, error) {
	client := r.client(region)
	detector, err := detectorOf(ctx, client)
	if err != nil {
		return 0, err
	}
	read := 0
	pages := guardduty.NewListCoveragePaginator(client,
		&guardduty.ListCoverageInput{DetectorId: &detector, MaxResults: new(int32(pageSize))})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return read, fmt.Errorf("listing the coverage: %w", err)
		}
		states := make([]coverage.State, 0, len(out.Resources))
		for _, resource := range out.Resources {
			states = append(states, stateOf(resource, region))
		}
		read += len(states)
		if !send(page{states: states}) {
			return read, nil
		}
	}
	if read == 0 {
		return 0, whyNothing(ctx, client, detector)
	}
	return read, nil
}

// Statistics is how many resources GuardDuty itself counts in one Region.
type Statistics struct {
	ByKind   map[coverage.Kind]int
	ByStatus map[coverage.Status]int
}

// Total is the number of all resources.
func (s Statistics) Total() int {
	total := 0
	for _, n := range s.ByKind {
		total += n
	}
	return total
}

// Statistics asks GuardDuty for its own count in one Region. An error is a *Problem.
func (r *Reader) Statistics(ctx context.Context, region string) (Statistics, error) {
	client := r.client(region)
	detector, err := detectorOf(ctx, client)
	if err != nil {
		return Statistics{}, problemOf(region, 0, err)
	}
	out, err := client.GetCoverageStatistics(ctx, &guardduty.GetCoverageStatisticsInput{
		DetectorId: &detector,
		StatisticsType: []types.CoverageStatisticsType{
			types.CoverageStatisticsTypeCountByResourceType, types.CoverageStatisticsTypeCountByCoverageStatus,
		},
	})
	if err != nil {
		return Statistics{}, problemOf(region, 0, fmt.Errorf("counting the coverage: %w", err))
	}
	statistics := Statistics{ByKind: make(map[coverage.Kind]int), ByStatus: make(map[coverage.Status]int)}
	if counted := out.CoverageStatistics; counted != nil {
		for kind, n := range counted.CountByResourceType {
			statistics.ByKind[coverage.Kind(kind)] = int(n)
		}
		for status, n := range counted.CountByCoverageStatus {
			statistics.ByStatus[coverage.Status(status)] = int(n)
		}
	}
	return statistics, nil
}

func (r *Reader) client(region string) *guardduty.Client {
	return guardduty.NewFromConfig(r.cloud, func(o *guardduty.Options) { o.Region = region })
}

// detectorOf is the account's detector in the client's Region. There is at most one
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html).
func detectorOf(ctx context.Context, client *guardduty.Client) (string, error) {
	out, err := client.ListDetectors(ctx, &guardduty.ListDetectorsInput{})
	if err != nil {
		return "", fmt.Errorf("looking for the detector: %w", err)
	}
	if len(out.DetectorIds) == 0 {
		return "", errNoDetector
	}
	return out.DetectorIds[0], nil
}
