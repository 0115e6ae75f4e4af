package diagnose

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

const lookupEvents = "cloudtrail:LookupEvents"

// pagesOfHistory is how many pages of 50 records one question may have.
const pagesOfHistory = 3

// place is an account and a Region.
type place struct{ account, region string }

// question is what CloudTrail is asked. It takes one attribute and a range of time, no more
// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html).
type question struct {
	place
	key   types.LookupAttributeKey
	value string
	// since and until bound the records; until is zero where the present does.
	since, until time.Time
}

// trail asks CloudTrail for one resource, and counts.
type trail struct {
	s *scene
	// left is how many calls the resource has left.
	left int
}

// callsMost is how many calls to CloudTrail one resource may take. Answers that others asked for count, too, so that
// what is found does not depend on them.
const callsMost = 6

// records are the answers, newest first. more says that there are others that were not read.
func (t *trail) records(ctx context.Context, q question) (records []record, more bool, err error) {
	in := &cloudtrail.LookupEventsInput{
		LookupAttributes: []types.LookupAttribute{{AttributeKey: q.key, AttributeValue: &q.value}}, StartTime: &q.since,
	}
	if !q.until.IsZero() {
		in.EndTime = &q.until
	}
	for range pagesOfHistory {
		if t.left == 0 {
			return records, true, nil
		}
		t.left--
		out, err := t.page(ctx, q.place, in)
		if err != nil {
			return records, true, err
		}
		for _, event := range out.Events {
			if r, ok := readRecord(aws.ToString(event.CloudTrailEvent)); ok && r.isOf(q.place) {
				records = append(records, r)
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return records, false, nil
		}
		next := *in
		next.NextToken = out.NextToken
		in = &next
	}
	return records, true, nil
}

// page is one answer. It is tried once: a second try would exceed the rate.
func (t *trail) page(
	ctx context.Context, at place, in *cloudtrail.LookupEventsInput,
) (*cloudtrail.LookupEventsOutput, error) {
	doctor := t.s.doctor
	cautious := func(cloud aws.Config, options ...func(*cloudtrail.Options)) *cloudtrail.Client {
		return cloudtrail.NewFromConfig(cloud, append(options, func(o *cloudtrail.Options) { o.RetryMaxAttempts = 1 })...)
	}
	paced := func(
		c *cloudtrail.Client, ctx context.Context, in *cloudtrail.LookupEventsInput, options ...func(*cloudtrail.Options),
	) (*cloudtrail.LookupEventsOutput, error) {
		if err := doctor.wait(ctx, doctor.pace.next(at, doctor.memory.now())); err != nil {
			return nil, fmt.Errorf("waiting for CloudTrail's rate: %w", err)
		}
		return c.LookupEvents(ctx, in, options...)
	}
	return askAt(ctx, t.s, at, lookupEvents, cautious, paced, in)
}

// pace spreads calls over time. CloudTrail answers two a second for an account and Region.
type pace struct {
	mu sync.Mutex
	// taken are the moments of the last two calls.
	taken map[place][2]time.Time
}

// next takes the next moment for a call, and is how long to wait for it.
func (p *pace) next(at place, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.taken[at]
	moment := now
	if earliest := last[0].Add(time.Second); earliest.After(now) {
		moment = earliest
	}
	if p.taken == nil {
		p.taken = make(map[place][2]time.Time)
	}
	p.taken[at] = [2]time.Time{last[1], moment}
	return moment.Sub(now)
}

// sleep waits by the real time.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// newest is the last change among the records that is one of those looked for.
func newest(records []record, wanted func(record) bool) *record {
	changes := slices.DeleteFunc(slices.Clone(records), func(r record) bool { return !wanted(r) })
	if len(changes) == 0 {
		return nil
	}
	last := slices.MaxFunc(changes, func(a, b record) int { return a.EventTime.Compare(b.EventTime) })
	return &last
}
