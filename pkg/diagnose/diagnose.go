// Package diagnose looks at an uncovered resource, and at what its coverage depends on, while the alert is being made.
// It only reads. What it finds is coverage.Evidence; what that means is for others to say.
//
// A check asks AWS and decides; the deciding is a function of the answers alone. Checks run side by side and share
// their answers. What cannot be looked at is evidence too, and names the IAM action that was missing or failed.
package diagnose

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Role is what is assumed in the account of a resource that is not the caller's own. The zero Role assumes nothing:
// resources of other accounts are not looked at.
type Role struct {
	// Name is the IAM role's name, without a path.
	Name string
	// ExternalID is what the role's trust policy asks for; empty: nothing.
	ExternalID string
}

// Settings are what a Doctor may do. The zero Settings look at the caller's own account and ask nobody who changed what.
type Settings struct {
	Role Role
	// Actor is how much is said of whoever made the change behind a loss; empty: as ActorOff.
	Actor Actor
	// Expected are the ARNs of roles whose changes are intended.
	Expected []string
	// Wait waits for CloudTrail's rate until the time has passed or ctx is done; nil: by the real time.
	Wait func(ctx context.Context, d time.Duration) error
}

// Doctor looks at resources. It may be used concurrently, and connects when it is first asked.
type Doctor struct {
	cloud  aws.Config
	role   Role
	memory *memory
	// actor and expected are the Settings', and wait and pace keep CloudTrail's rate.
	actor    Actor
	expected []string
	wait     func(context.Context, time.Duration) error
	pace     pace
	// self is the caller, once that is known.
	self atomic.Pointer[arn.ARN]

	mu      sync.Mutex
	assumed map[string]*aws.CredentialsCache // by the role's ARN
}

// New returns a Doctor that connects as cloud says, but for the Region, which is the resource's. now is the clock.
func New(cloud aws.Config, settings Settings, now func() time.Time) *Doctor {
	cloud = cloud.Copy()
	// A third try would come when the alert has to leave.
	cloud.RetryMaxAttempts = 2
	d := &Doctor{
		cloud: cloud, role: settings.Role, memory: newMemory(now), assumed: make(map[string]*aws.CredentialsCache),
		actor: cmp.Or(settings.Actor, ActorOff), expected: settings.Expected, wait: settings.Wait,
	}
	if d.wait == nil {
		d.wait = sleep
	}
	return d
}

// Diagnose looks at the resource of a change as far as its findings, ids of the catalogue, ask for it. It returns when
// every check has answered, and at ctx's deadline at the latest; what was not answered by then is evidence, too.
//
// A resource that has no ARN is not looked at: what would be asked for could be anything.
func (d *Doctor) Diagnose(ctx context.Context, change coverage.Change, findings []string) []coverage.Evidence {
	if change.Resource.ARN() == "" {
		return nil
	}
	s := &scene{doctor: d, change: change}
	checks := plan(change, findings)
	found := make([][]coverage.Evidence, len(checks))
	var looking sync.WaitGroup
	for i, c := range checks {
		looking.Go(func() { found[i] = c.evidence(ctx, s.apart()) })
	}
	// Nobody waits for AWS longer than ctx allows: see recall.
	looking.Wait()
	all := slices.Concat(found...)
	return withoutRepeats(append(all, d.actors(ctx, s, all)...))
}

// check looks at one thing.
type check struct {
	name string
	// look says what the thing was like: nothing where there is nothing to look at, and an error, a *trouble, where it
	// could not be looked at.
	look func(ctx context.Context, s *scene) ([]sight, error)
}

// sight is what one thing was like.
type sight struct {
	found  string
	values values
}

type values = map[string]string

// saw is the usual answer of a check: one sight.
func saw(found string, v values) []sight { return []sight{{found, v}} }

func (c check) evidence(ctx context.Context, s *scene) []coverage.Evidence {
	sights, err := c.look(ctx, s)
	if err != nil {
		sights = []sight{sightOf(err)}
	}
	all := make([]coverage.Evidence, 0, len(sights))
	for _, each := range sights {
		all = append(all, coverage.Evidence{Check: c.name, Found: each.found, Values: clipped(each.values), LookedAt: s.lookedAt()})
	}
	return all
}

// clipped bounds what a message may have to carry.
func clipped(v values) values {
	const most = 300
	short := maps.Clone(v)
	for key, value := range short {
		value = strings.ToValidUTF8(value, "\uFFFD")
		if runes := []rune(value); len(runes) > most {
			value = string(runes[:most-1]) + "…"
		}
		short[key] = value
	}
	return short
}

// withoutRepeats says once what kept several checks from looking: the same answer that several needed, or one reason
// why there was no answer at all.
func withoutRepeats(all []coverage.Evidence) []coverage.Evidence {
	var kept []coverage.Evidence
	for _, e := range all {
		same := func(other coverage.Evidence) bool {
			return isTrouble(e) && other.Found == e.Found && maps.Equal(other.Values, e.Values)
		}
		if !slices.ContainsFunc(kept, same) {
			kept = append(kept, e)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	first := kept[0]
	alike := func(e coverage.Evidence) bool {
		return e.Found == first.Found && e.Values["reason"] == first.Values["reason"]
	}
	// Each denial names another action to allow; the rest says nothing new.
	if isTrouble(first) && first.Found != denied && !slices.ContainsFunc(kept, func(e coverage.Evidence) bool { return !alike(e) }) {
		return kept[:1]
	}
	return kept
}
