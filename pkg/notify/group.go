package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"guardduty-coverage-notifier/pkg/coverage"
)

// namesMost is how many members of a group are remembered by name.
const namesMost = 100

// group tells like changes with one message, and remembers what it says.
func (r *round) group(ctx context.Context, claims []*claim) {
	if r.putOff(ctx, claims...) {
		return
	}
	incident := newGroup(r.sink.Name(), claims)
	ref, err := r.send(ctx, r.p.group(r.language(claims[0]), *incident.Group), "")
	if err != nil || ref == "" || len(incident.Group.Open) == 0 {
		// The message cannot, or need not, be brought up to date: each member's recovery is told by itself.
		r.record("", "", err, claims...)
		return
	}
	if err := r.saveGroup(ctx, incident, ref); err != nil {
		r.record("", "", nil, claims...)
		for i := range claims {
			r.done[len(r.done)-1-i].forgotten = err
		}
		return
	}
	r.record("", incident.Key, nil, claims...)
}

func newGroup(sink string, claims []*claim) coverage.Incident {
	sample := claims[0].lead.change
	g := coverage.Group{Sample: clipped(sample), Evidence: claims[0].lead.evidence, Total: len(claims)}
	digest := sha256.New()
	for _, c := range claims {
		fmt.Fprintln(digest, c.lead.change.ID())
		if len(g.Names) < namesMost {
			g.Names = append(g.Names, c.lead.change.Resource.Name)
		}
		if sample.Status == coverage.Unhealthy {
			g.Open = append(g.Open, c.incident.Key)
		}
	}
	return coverage.Incident{
		Key:       "group/" + sink + "/" + hex.EncodeToString(digest.Sum(nil))[:32],
		Status:    sample.Status,
		ChangedAt: sample.ChangedAt,
		OpenedAt:  claims[0].incident.OpenedAt,
		Causes:    claims[0].incident.Causes,
		Group:     &g,
	}
}

func (r *round) saveGroup(ctx context.Context, group coverage.Incident, ref string) error {
	stored, ok, err := r.p.Store.Open(ctx, group.Key)
	if err == nil && !ok {
		err = errBusy
	}
	if err != nil {
		return fmt.Errorf("opening group %s: %w", group.Key, err)
	}
	group.Lease = stored.Lease
	tellIn(&group, r.sink.Name(), coverage.Told{Ref: ref, Status: group.Status, ChangedAt: group.ChangedAt})
	return r.p.Store.Save(ctx, group)
}

// leaveGroups brings the messages of groups up to date whose members recovered. It returns the claims that still need
// a message of their own: those that are in no group, or have one already.
func (r *round) leaveGroups(ctx context.Context, claims []*claim) (own []*claim) {
	members := make(map[string][]*claim)
	for _, c := range claims {
		if c.lead.change.Status == coverage.Healthy {
			for _, group := range c.incident.Told[r.sink.Name()].Groups {
				members[group] = append(members[group], c)
			}
		}
	}
	groupOf, failures := make(map[*claim]string), make(map[*claim]error)
	for _, group := range sortedKeys(members) {
		spoke, err := r.regroup(ctx, group, members[group])
		for _, c := range members[group] {
			failures[c] = errors.Join(failures[c], err)
			if spoke {
				groupOf[c] = group
			}
		}
	}
	for _, c := range claims {
		switch {
		case failures[c] != nil:
			r.record("", "", failures[c], c)
		case groupOf[c] != "" && r.parent(c) == "":
			r.record("", groupOf[c], nil, c)
		default:
			own = append(own, c)
		}
	}
	return own
}

// regroup brings one group's message up to date. spoke is false when the group is not remembered.
func (r *round) regroup(ctx context.Context, key string, claims []*claim) (spoke bool, err error) {
	group, ok, err := r.p.Store.Open(ctx, key)
	switch {
	case err != nil:
		return false, nil
	case !ok:
		return false, errBusy
	case group.Group == nil:
		_ = r.p.Store.Save(ctx, group) // At worst the lease runs out.
		return false, nil
	}
	updated, changed := leave(group, claims)
	if changed {
		err = r.update(ctx, &updated, claims)
	}
	if err != nil {
		_ = r.p.Store.Save(ctx, group) // At worst the lease runs out.
		return false, err
	}
	if err := r.p.Store.Save(ctx, updated); err != nil {
		// Otherwise the next update would count these members again.
		return false, fmt.Errorf("remembering a group's message: %w", err)
	}
	return true, nil
}

// update changes the group's message.
func (r *round) update(ctx context.Context, group *coverage.Incident, claims []*claim) error {
	if err := r.refused(ctx, claims); err != nil {
		return err
	}
	told := group.Told[r.sink.Name()]
	m := r.p.group(r.language(claims[0]), *group.Group)
	m.Update = len(group.Group.Open) > 0
	ref, err := r.send(ctx, m, told.Ref)
	if err != nil {
		return err
	}
	told.Ref = ref
	tellIn(group, r.sink.Name(), told)
	return nil
}

// leave is the group without the claims as open members, and whether that makes a difference.
func leave(group coverage.Incident, claims []*claim) (coverage.Incident, bool) {
	leaving := make(map[string]bool, len(claims))
	for _, c := range claims {
		leaving[c.incident.Key] = true
	}
	g := *group.Group
	g.Open = slices.DeleteFunc(slices.Clone(g.Open), func(key string) bool { return leaving[key] })
	changed := len(g.Open) != len(group.Group.Open)
	group.Group = &g
	return group, changed
}

// clipped is the change without the length that a hostile event may have, to be stored.
func clipped(change coverage.Change) coverage.Change {
	const most = 1000
	for _, field := range []*string{
		&change.Resource.Name, &change.Resource.Account, &change.Resource.Region, &change.Resource.ClusterARN,
		&change.Agent.Version, &change.Agent.Status, &change.Agent.Management, &change.InstanceType,
	} {
		*field = shortened(*field, most)
	}
	change.Resource.Kind = coverage.Kind(shortened(string(change.Resource.Kind), most))
	change.Issues = slices.Clone(change.Issues[:min(len(change.Issues), 10)])
	for i, issue := range change.Issues {
		change.Issues[i] = shortened(issue, most)
	}
	return change
}
