package diagnose

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"guardduty-coverage-notifier/pkg/coverage"
)

// scene is the account and Region of the resource that the checks of one change look at.
type scene struct {
	doctor *Doctor
	change coverage.Change
	// answered is when the oldest of the answers so far was given, or the last one refused: that is what a look then says.
	answered time.Time
}

// apart is the same scene for one look, which notes its own answers.
func (s *scene) apart() *scene { return &scene{doctor: s.doctor, change: s.change} }

// lookedAt is the time of what was seen in the scene, or now where nothing was asked.
func (s *scene) lookedAt() time.Time {
	if s.answered.IsZero() {
		return s.doctor.memory.now().UTC().Truncate(time.Second)
	}
	return s.answered.UTC().Truncate(time.Second)
}

// cluster is the name of the cluster of that kind that the resource is or belongs to, or "".
func (s *scene) cluster(kind coverage.Kind) string {
	resource := s.change.Resource
	if resource.Kind == kind {
		return resource.Name
	}
	if of, name := resource.Cluster(); of == kind {
		return name
	}
	return ""
}

// ask calls one operation of AWS there. action is its name as IAM knows it; connect and call are the SDK's. The same
// question is asked once, however many checks need the answer. An error is a *trouble.
func ask[Client, In, Options, Out any](ctx context.Context, s *scene, action string,
	connect func(aws.Config, ...func(*Options)) *Client,
	call func(*Client, context.Context, *In, ...func(*Options)) (*Out, error), in *In,
) (*Out, error) {
	return askAt(ctx, s, place{s.change.Resource.Account, s.change.Resource.Region}, action, connect, call, in)
}

// askAt is ask, at another place than the resource's.
func askAt[Client, In, Options, Out any](ctx context.Context, s *scene, there place, action string,
	connect func(aws.Config, ...func(*Options)) *Client,
	call func(*Client, context.Context, *In, ...func(*Options)) (*Out, error), in *In,
) (*Out, error) {
	question, err := json.Marshal(in)
	if err != nil {
		return nil, &trouble{action: action, err: fmt.Errorf("writing the question down: %w", err)}
	}
	cloud, err := s.doctor.cloudIn(ctx, there.account, there.region)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%s %s %s %s", there.account, there.region, action, question)
	out, at, err := recall(ctx, s.doctor.memory, key, func(ctx context.Context) (*Out, error) { return call(connect(cloud), ctx, in) })
	if err != nil || s.answered.IsZero() || at.Before(s.answered) {
		s.answered = at
	}
	if err != nil {
		return nil, &trouble{action: action, err: err}
	}
	return out, nil
}

// at is a moment in evidence; "" where AWS told none.
func at(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// managed is the tag that includes resources in Runtime Monitoring, or excludes them
// (https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-how-it-works.html).
const managed = "GuardDutyManaged"

// tagged is what the tag says, "" where there is none.
func tagged(value string) []sight {
	switch value {
	case "false":
		return saw("excluded", nil)
	case "true":
		return saw("included", nil)
	}
	return saw("absent", nil)
}
