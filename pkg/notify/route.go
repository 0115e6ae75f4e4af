package notify

import (
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
)

// Decision is where a change goes.
type Decision struct {
	// To has the names of the sinks that are notified, each with its language. Who was notified of a loss is
	// notified of the recovery, too, whether named or not.
	To map[string]locale.Language
	// Silent is true when nobody is notified of a recovery, not even who was notified of the loss.
	Silent bool
}

func (d Decision) sinks() []string { return slices.Sorted(maps.Keys(d.To)) }

func (d Decision) includes(sink string) bool {
	_, ok := d.To[sink]
	return ok
}

func (d Decision) language(sink string, otherwise locale.Language) locale.Language {
	if language, ok := d.To[sink]; ok {
		return language
	}
	return otherwise
}

// decide is where a change with those causes goes.
func (p *Pipeline) decide(c coverage.Change, causes []string) Decision {
	if p.Route != nil {
		return p.Route(c, causes)
	}
	to := make(map[string]locale.Language, len(p.Sinks))
	for _, sink := range p.Sinks {
		to[sink.Name()] = p.Language
	}
	return Decision{To: to}
}

// holdOf is how long a loss may recover by itself: not at all when any of its causes usually does not, or
// when a report found it, which takes longer than that.
func (p *Pipeline) holdOf(c coverage.Change) time.Duration {
	lasts := func(f catalog.Finding) bool { return !f.Transient }
	if p.Queue == nil || p.Hold == 0 || c.Found || slices.ContainsFunc(catalog.Classify(c), lasts) {
		return 0
	}
	return p.Hold
}

// routing is what Plan needs to know of one sink.
func (p *Pipeline) routing(t *target) incident.Routing {
	return incident.Routing{
		Routed: t.decision.includes(t.sink),
		Silent: t.decision.Silent && t.record.Change.Status == coverage.Healthy,
		Hold:   p.holdOf(t.record.Change),
	}
}
