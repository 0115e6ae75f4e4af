package diagnose

import (
	"context"
	"slices"
	"strings"
	"time"

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
	// kept is how long CloudTrail keeps records
	// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html).
	kept = 90 * 24 * time.Hour
	// delay is after how long a record is there at the latest, as a rule; AWS promises nothing.
	delay = 15 * time.Minute
)

// actorCheck is the name of the evidence about actors.
const actorCheck = catalog.ActorCheck

// search is a change that may be behind what a check found.
type search struct {
	// questions are asked one after the other until an answer has the change.
	questions []question
	// deed is what the change is called in evidence, and object what it was made to.
	deed, object string
	// source is the service, as records name it without its domain, and events are the operations.
	source string
	events []string
	// creation is asked first where the id of what was changed is only known from its creation; zero: it is known. idsIn
	// are the ids in a record of it.
	creation question
	idsIn    func(record) []string
	// concerns reports whether a record of the events is about the resource, or what its coverage depends on.
	concerns func(r record, ids []string) bool
	// fault is why nothing can be asked.
	fault error
}

// wants reports whether the record is the change: one that was made, before the loss.
func (q search) wants(r record, ids []string, change coverage.Change) bool {
	at := lostAt(change)
	return r.EventSource == q.source+".amazonaws.com" &&
		slices.Contains(q.events, r.EventName) && r.isDone() &&
		!r.EventTime.After(at.Add(margin)) && !r.EventTime.Before(at.Add(-lookback)) && q.concerns(r, ids)
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
	t := &trail{left: callsMost}
	var all, without []coverage.Evidence
	for _, q := range searches(ctx, s, found) {
		t.s = s.apart()
		e := t.follow(ctx, q)
		e.LookedAt = t.s.lookedAt()
		switch {
		case catalog.EvidenceOf(e).Verdict != catalog.Attribution && e.Found != byGuardDuty:
			without = append(without, e)
		case !slices.ContainsFunc(all, func(o coverage.Evidence) bool { return o.Values["id"] == e.Values["id"] }):
			all = append(all, e)
		}
	}
	if len(all) > 0 || len(without) == 0 {
		return all
	}
	// What kept a search from its end says more than that another one had no result.
	most := slices.MaxFunc(without, func(a, b coverage.Evidence) int { return weight(a) - weight(b) })
	return []coverage.Evidence{most}
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

// weight is how much it says that no change was found.
func weight(e coverage.Evidence) int {
	switch e.Found {
	case nothing, pending:
		return 0
	case unread:
		return 1
	}
	return 2
}

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
	v := t.again(values{"hours": "24"})
	if outcome == nothing && v[coverage.LookAgain] != "" {
		outcome = pending
	}
	return coverage.Evidence{Check: actorCheck, Found: outcome, Values: v}
}

// again adds when a second look may find more: once, when every record has had its time.
func (t *trail) again(v values) values {
	due := lostAt(t.s.change).Add(delay)
	if now := t.s.doctor.memory.now(); now.Before(due) {
		v[coverage.LookAgain] = at(&due)
	}
	return v
}

// follow looks for one change. Where GuardDuty removed something by itself, what counts is the setting that it followed
// (https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html).
func (t *trail) follow(ctx context.Context, q search) coverage.Evidence {
	outcome, r, err := t.change(ctx, q)
	switch {
	case err != nil:
		return t.problem(err)
	case r == nil:
		return t.without(outcome)
	case serviceOf(r.UserIdentity.SessionContext.SessionIssuer.ARN) != guardDutyService:
		return t.told(q.deed, q, *r)
	case strings.HasPrefix(r.EventName, "Delete"):
		for _, setting := range ofSettings(ctx, t.s, monitoringFeatures()) {
			_, behind, err := t.change(ctx, setting)
			if err != nil {
				return t.problem(err)
			}
			if behind != nil {
				return t.told(setting.deed, setting, *behind)
			}
		}
	}
	return t.told(byGuardDuty, q, *r)
}

const (
	guardDutyService = "guardduty.amazonaws.com"
	// byGuardDuty is what is found where GuardDuty made the change and no setting behind it is known.
	byGuardDuty = "by-guardduty"
)

// change is the last change of that kind; nil where there is none, and then whether all was read.
func (t *trail) change(ctx context.Context, q search) (string, *record, error) {
	if q.fault != nil {
		return "", nil, q.fault
	}
	var ids []string
	if q.idsIn != nil {
		created, _, err := t.records(ctx, q.creation)
		if err != nil {
			return "", nil, err
		}
		for _, r := range created {
			if r.isDone() {
				ids = append(ids, q.idsIn(r)...)
			}
		}
		if len(ids) == 0 {
			return nothing, nil, nil
		}
	}
	outcome := nothing
	for _, asked := range q.questions {
		records, more, err := t.records(ctx, asked)
		if err != nil {
			return "", nil, err
		}
		if r := newest(records, func(r record) bool { return q.wants(r, ids, t.s.change) }); r != nil {
			return "", r, nil
		}
		if more {
			outcome = unread
		}
		if len(records) > 0 {
			break // CloudTrail knows the resource by that name.
		}
	}
	return outcome, nil, nil
}

// told is what evidence says of a change: no more of the actor than is allowed.
func (t *trail) told(deed string, q search, r record) coverage.Evidence {
	doctor := t.s.doctor
	at := q.questions[0].place
	a := actorOf(r.UserIdentity, at.account)
	v := values{
		"by": a.by, "name": a.name, "through": a.through, "account": a.account, "delegate": a.delegate,
		"event": r.EventName, "time": r.EventTime.UTC().Format(time.RFC3339), "object": q.object,
		"id": r.EventID, "region": at.region,
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
	return coverage.Evidence{Check: actorCheck, Found: deed, Values: clipped(v)}
}
