package notify

import (
	"slices"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// Decision is where a change goes.
type Decision struct {
	// To has the names of the sinks that are told, each with the language it is told in. Who was told that a resource is
	// uncovered hears that it is covered again, whether named or not.
	To map[string]catalog.Language
	// Silent is true when nobody hears of a recovery, not even who was told of the loss.
	Silent bool
}

// route is a Decision as the Pipeline uses it.
type route struct {
	// names are the sinks in the order in which the Pipeline has them.
	names  []string
	to     map[string]catalog.Language
	silent bool
}

// routeOf is where the change goes. A recovery goes the way of the loss, by the causes that the incident remembers.
func (p *Pipeline) routeOf(i coverage.Incident, change coverage.Change, findings []catalog.Finding) route {
	if p.Route == nil {
		return route{names: p.sinkNames()}
	}
	causes := causesOf(findings)
	if change.Status == coverage.Healthy {
		causes = i.Causes
	}
	decision := p.Route(change, causes)
	names := slices.DeleteFunc(p.sinkNames(), func(name string) bool {
		_, named := decision.To[name]
		return !named
	})
	return route{names: names, to: decision.To, silent: decision.Silent && change.Status == coverage.Healthy}
}

// language is that in which the sink is told of the task's change.
func (t *task) language(sink string, otherwise catalog.Language) catalog.Language {
	if language, ok := t.route.to[sink]; ok {
		return language
	}
	return otherwise
}
