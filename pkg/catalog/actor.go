package catalog

import (
	"slices"

	"guardduty-coverage-notifier/pkg/coverage"
)

// ActorCheck is the check that looks for who requested the change behind a loss. What it finds is the change.
const ActorCheck = "actor"

// ActorExpected is the value of an actor's evidence that is "true" where the change is intended: a role made it that the
// settings list.
const ActorExpected = "expected"

// ActorOf is the index of the evidence of who requested the change behind the loss: one that explains it, else one that
// may; -1 where there is none.
func ActorOf(evidence []coverage.Evidence) int {
	certain := slices.IndexFunc(evidence, func(e coverage.Evidence) bool {
		entry := EvidenceOf(e)
		return entry.Verdict == Attribution && entry.Certain
	})
	if certain >= 0 {
		return certain
	}
	return slices.IndexFunc(evidence, func(e coverage.Evidence) bool { return EvidenceOf(e).Verdict == Attribution })
}

// isIntended reports whether a role that the settings list requested the change that explains the loss.
func isIntended(evidence []coverage.Evidence) bool {
	return slices.ContainsFunc(evidence, func(e coverage.Evidence) bool {
		entry := EvidenceOf(e)
		return entry.Verdict == Attribution && entry.Certain && e.Values[ActorExpected] == "true"
	})
}

// actorValues are what sentences say of a change; the language makes {actor} of what evidence says of whoever requested
// it.
var (
	actorValues = []string{"actor", "time"}
	actorObject = append([]string{"object"}, actorValues...)
)

var actorEvidence = []EvidenceEntry{
	{ID: "actor/addon-deleted", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/addon-changed", Verdict: Attribution, Values: actorValues},
	{ID: "actor/cluster-deleted", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/tag-set", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/service-deleted", Verdict: Attribution, Certain: true, Values: actorObject},
	{ID: "actor/service-changed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/definition-registered", Verdict: Attribution, Values: actorObject},
	{ID: "actor/role-changed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/endpoint-deleted", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/endpoint-changed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/group-changed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/vpc-changed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/instance-stopped", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/instance-terminated", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/metadata-changed", Verdict: Attribution, Values: actorValues},
	{ID: "actor/profile-removed", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/profile-changed", Verdict: Attribution, Values: actorValues},
	{ID: "actor/profile-role-removed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/association-deleted", Verdict: Attribution, Values: actorValues},
	{ID: "actor/association-changed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/detector-deleted", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/monitoring-off", Verdict: Attribution, Certain: true, Values: actorValues},
	{ID: "actor/member-monitoring-off", Verdict: Attribution, Certain: true, Values: actorObject},
	{ID: "actor/member-suspended", Verdict: Attribution, Certain: true, Values: actorObject},
	{ID: "actor/member-removed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/organization-changed", Verdict: Attribution, Values: actorObject},
	{ID: "actor/spot-reclaimed", Verdict: Attribution, Certain: true, Values: []string{"time"}},
	{ID: "actor/by-guardduty", Verdict: Unclear, Values: []string{"event", "time"}},
	{ID: "actor/none", Verdict: Unclear, Values: []string{"hours"}},
	{ID: "actor/pending", Verdict: Unclear},
	{ID: "actor/unread", Verdict: Unclear},
}
