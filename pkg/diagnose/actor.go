package diagnose

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// Actor is how much is said of whoever requested the change behind a loss.
type Actor string

// What may be said.
const (
	// ActorOff asks CloudTrail nothing.
	ActorOff Actor = "off"
	// ActorRole names roles, permission sets and services, and no person.
	ActorRole Actor = "role"
	// ActorFull names users and sessions, too.
	ActorFull Actor = "full"
)

const (
	// lookback is how long before the loss the change may have been made: GuardDuty notices some within minutes, and
	// others when the agent was to report next.
	lookback = 24 * time.Hour
	// margin is by how much two clocks may differ.
	margin = time.Minute
	// delay is after how long a record is there at the latest, as a rule; AWS promises nothing.
	delay = 15 * time.Minute
)

// actorCheck is the name of the evidence about actors.
const actorCheck = catalog.ActorCheck

// search is a change that may be behind what a check found.
type search struct {
	question
	// deed is what it is called in evidence, and object what it was done to.
	deed, object string
	// source is the service, as records name it without its domain, and events are the operations.
	source string
	events []string
	// concerns reports whether a record of them is about the resource, or what its coverage depends on.
	concerns func(record) bool
}

// wants reports whether the record is the change: one that was made, before the loss.
func (q search) wants(r record, change coverage.Change) bool {
	at := lostAt(change)
	return r.EventSource == q.source+".amazonaws.com" && slices.Contains(q.events, r.EventName) && r.isDone() &&
		!r.EventTime.After(at.Add(margin)) && !r.EventTime.Before(at.Add(-lookback)) && q.concerns(r)
}

// lostAt is when coverage was lost, as far as it is known.
func lostAt(change coverage.Change) time.Time {
	if change.ChangedAt.IsZero() {
		return change.ReceivedAt
	}
	return change.ChangedAt
}

// actors look up who requested the changes behind what was found: those of certain causes first. They say nothing
// where no cause was found, or where GuardDuty covers the resource again.
func (d *Doctor) actors(ctx context.Context, s *scene, found []coverage.Evidence) []coverage.Evidence {
	covered := func(e coverage.Evidence) bool { return catalog.EvidenceOf(e).ID == catalog.Covered }
	if d.actor == ActorOff || lostAt(s.change).IsZero() || slices.ContainsFunc(found, covered) {
		return nil
	}
	t := &trail{s: s, left: callsMost}
	var all []coverage.Evidence
	outcome := ""
	for _, q := range searches(s, found) {
		sighted, err := t.follow(ctx, q)
		switch {
		case err != nil:
			return append(all, t.problem(err))
		case sighted.found == nothing || sighted.found == unread:
			outcome = max(outcome, sighted.found)
		default:
			all = append(all, coverage.Evidence{Check: actorCheck, Found: sighted.found, Values: clipped(sighted.values)})
		}
	}
	if len(all) == 0 && outcome != "" {
		return []coverage.Evidence{t.without(outcome)}
	}
	return all
}

// What is found where no change was.
const (
	// nothing: CloudTrail has no such record.
	nothing = "none"
	// unread: there are more records than were read.
	unread = "unread"
	// pending: records may still arrive.
	pending = "pending"
)

// problem is the evidence where CloudTrail could not be asked. What is not allowed now is not allowed later.
func (t *trail) problem(err error) coverage.Evidence {
	problem := sightOf(err)
	v := clipped(problem.values)
	if problem.found == failed || problem.found == late {
		v = t.again(v)
	}
	return coverage.Evidence{Check: actorCheck, Found: problem.found, Values: v}
}

// without is the evidence where no change was found.
func (t *trail) without(outcome string) coverage.Evidence {
	values := t.again(values{"hours": "24"})
	if outcome == nothing && values[coverage.LookAgain] != "" {
		outcome = pending
	}
	return coverage.Evidence{Check: actorCheck, Found: outcome, Values: values}
}

// again adds when a second look may find more: once, when every record has had its time.
func (t *trail) again(v values) values {
	due := lostAt(t.s.change).Add(delay)
	if now := t.s.doctor.memory.now(); now.Before(due) {
		v[coverage.LookAgain] = at(&due)
	}
	return v
}

// follow looks for one change. Where GuardDuty made it by itself, what counts is the setting that it followed.
func (t *trail) follow(ctx context.Context, q search) (sight, error) {
	r, more, err := t.change(ctx, q)
	switch {
	case err != nil:
		return sight{}, err
	case r == nil && more:
		return sight{unread, nil}, nil
	case r == nil:
		return sight{nothing, nil}, nil
	case serviceOf(r.UserIdentity.SessionContext.SessionIssuer.ARN) != guardDutyService:
		return sight{q.deed, t.told(q, *r)}, nil
	}
	return sight{"by-guardduty", t.told(q, *r)}, nil
}

const guardDutyService = "guardduty.amazonaws.com"

// change is the last change of that kind; nil where there is none.
func (t *trail) change(ctx context.Context, q search) (*record, bool, error) {
	records, more, err := t.records(ctx, q.question)
	if err != nil {
		return nil, false, err
	}
	return newest(records, func(r record) bool { return q.wants(r, t.s.change) }), more, nil
}

// told is what evidence says of a change: no more of the actor than is allowed.
func (t *trail) told(q search, r record) values {
	doctor := t.s.doctor
	a := actorOf(r.UserIdentity, q.account)
	v := values{
		"by": a.by, "name": a.name, "through": a.through, "account": a.account, "delegate": a.delegate,
		"event": r.EventName, "time": r.EventTime.UTC().Format(time.RFC3339), "object": q.object,
		"id": r.EventID, "region": q.region,
	}
	if doctor.actor == ActorFull {
		v["session"] = a.session
	} else if a.person {
		v["name"] = ""
	}
	if role := r.UserIdentity.role(); role != "" && slices.Contains(doctor.expected, role) {
		v["expected"] = "true"
	}
	for key, value := range v {
		if value == "" {
			delete(v, key)
		}
	}
	return v
}

// searches are the changes that may be behind what was found, those of certain causes first.
func searches(s *scene, found []coverage.Evidence) []search {
	var certain, others []search
	for _, e := range found {
		entry := catalog.EvidenceOf(e)
		if entry.Verdict != catalog.Fault {
			continue
		}
		if each := searchesFor(s, entry.ID, e.Values); entry.Certain {
			certain = append(certain, each...)
		} else {
			others = append(others, each...)
		}
	}
	return append(certain, others...)
}

// searchesFor are those for one cause.
func searchesFor(s *scene, cause catalog.EvidenceID, v values) []search {
	cluster := s.cluster(coverage.EKS)
	if cause == "eks-addon/missing" {
		return []search{{
			question: s.byEvent("DeleteAddon"), deed: "addon-deleted", object: addonName, source: "eks", events: []string{"DeleteAddon"},
			concerns: func(r record) bool {
				return r.asks([]string{"name", "clusterName"}, cluster) && r.asks([]string{"addonName"}, addonName)
			},
		}}
	}
	return nil
}

// byEvent asks for all records of an operation. Their range is the same for all losses of an hour, so that these share
// the answer.
func (s *scene) byEvent(name string) question {
	return s.question(types.LookupAttributeKeyEventName, name)
}

func (s *scene) question(key types.LookupAttributeKey, value string) question {
	lost := lostAt(s.change).UTC()
	q := question{
		place: place{s.change.Resource.Account, s.change.Resource.Region}, key: key, value: value,
		since: lost.Add(-lookback).Truncate(time.Hour),
	}
	if until := lost.Add(margin).Truncate(time.Hour).Add(time.Hour); until.Before(s.doctor.memory.now()) {
		q.until = until
	}
	return q
}
