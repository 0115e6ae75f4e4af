// Package route says who is told of a change: by rules in an order, of which the first that fits decides.
package route

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Table is the rules, and the names that go with them. The zero Table sends everything to Ordinary.
type Table struct {
	// Accounts are names of accounts, by their 12-digit ids.
	Accounts map[string]string
	// Runbooks are the https addresses of a team's own instructions, by the ids of findings.
	Runbooks map[string]string
	// Webhooks are where the addresses of incoming webhooks are kept, by the names that rules call them: the name or
	// ARN of an SSM parameter, or the ARN of a Secrets Manager secret.
	Webhooks map[string]string
	Rules    []Rule
}

// Rule is one rule. It has either destinations or Mute.
type Rule struct {
	// Name is for people; empty: the rule goes by its place.
	Name  string
	Match Match
	To    []Target
	// Language is that of the messages, by its code; empty: the ordinary one.
	Language string
	// Mute says that nobody is told, but for whom an earlier rule named.
	Mute bool
	// Continue says that the rules behind this one are asked as well. After Mute none is.
	Continue bool
}

// Match is what a rule is for. Every field that is set has to fit, by any of its values; the zero Match fits every change. An
// asterisk in a pattern stands for any number of characters, a question mark for one.
type Match struct {
	// Accounts are 12-digit ids.
	Accounts []string
	// Units are patterns for the path of the organizational unit that the account is in, or IDs of units and roots
	// that it is in or below.
	Units []string
	// Tags are patterns for tags of the account, such as env=prod.
	Tags []string
	// Regions, Resources (names) and Findings (ids) are patterns.
	Regions, Resources, Findings []string
	// Clusters are patterns for the name of the cluster that an instance belongs to, or of the cluster itself.
	Clusters []string
	Kinds    []coverage.Kind
	Statuses []coverage.Status
	// Actionable, unless it is nil, is whether anybody can do anything about the change.
	Actionable *bool
}

// Target is one place that is told: the one that is set, or the ordinary sinks when none is.
type Target struct {
	// Slack is the id of a channel.
	Slack string
	// Webhook is one of the Table's Webhooks.
	Webhook string
	// SNS is the ARN of a topic.
	SNS string
}

// Ordinary is the name of the sinks that the settings besides the rules name.
const Ordinary = "default"

// The beginnings of the names of the sinks that rules name.
const (
	slackSink   = "slack/"
	webhookSink = "webhook/"
	snsSink     = "sns/"
)

// Sink is the name of the sink. It is stable: what was told where is remembered under it.
func (t Target) Sink() string {
	switch {
	case t.Slack != "":
		return slackSink + t.Slack
	case t.Webhook != "":
		return webhookSink + t.Webhook
	case t.SNS != "":
		return snsSink + t.SNS
	}
	return Ordinary
}

// Subject is what rules look at.
type Subject struct {
	Resource coverage.Resource
	// Unit is the path of the organizational unit that the account is in, Tags are the account's tags as texts such as
	// env=prod; empty when they are not known, and then no rule that needs them fits.
	Unit   string
	Tags   []string
	Status coverage.Status
	// Findings are ids of the catalogue; of a recovery, those of the loss. None when the loss is not remembered.
	Findings []string
	// Actionable is whether anybody can do anything about one of them.
	Actionable bool
}

// Decision is where a change goes. Every change goes somewhere, unless a rule mutes it.
type Decision struct {
	// To are the destinations in the order of the rules, each once.
	To []Destination
	// Muted is true when a rule says that nobody is told, and none before it named anybody.
	Muted bool
	// MutesRecovery is true when a rule mutes recoveries by name, with the status HEALTHY: then not even who was told of
	// the loss hears of them.
	MutesRecovery bool
	// Rules are the rules that decided, by their places and names; the last is Otherwise when none of them ended it.
	Rules []string
}

// Destination is one sink that is told.
type Destination struct {
	// Sink is a Target's Sink.
	Sink string
	// Language is that of the first rule that names the sink; empty: the ordinary one.
	Language string
}

// Default is the table for settings without rules: what nobody can do anything about is left to the report.
func Default() Table {
	return Table{Rules: []Rule{{Name: "report only", Match: Match{Actionable: new(false)}, Mute: true}}}
}

// Otherwise stands for what follows the last rule: everything to Ordinary.
const Otherwise = "otherwise"

// Decide says where a change goes: where the first rule that fits says, and as far as rules continue, the next ones as
// well. Whoever comes to the end goes to Ordinary, so that a rule that was forgotten loses nothing.
func (t Table) Decide(s Subject) Decision {
	var d Decision
	for i, rule := range t.Rules {
		if !rule.Match.fits(s) {
			continue
		}
		d.Rules = append(d.Rules, rule.called(i))
		d.add(rule)
		if rule.Mute {
			d.Muted = len(d.To) == 0
			d.MutesRecovery = slices.Contains(rule.Match.Statuses, coverage.Healthy)
			return d
		}
		if !rule.Continue {
			return d
		}
	}
	d.add(Rule{To: []Target{{}}})
	d.Rules = append(d.Rules, Otherwise)
	return d
}

// add adds the rule's destinations that no earlier rule named.
func (d *Decision) add(rule Rule) {
	for _, target := range rule.To {
		sink := target.Sink()
		if !slices.ContainsFunc(d.To, func(known Destination) bool { return known.Sink == sink }) {
			d.To = append(d.To, Destination{Sink: sink, Language: rule.Language})
		}
	}
}

// called is how the rule is shown.
func (r Rule) called(i int) string {
	place := fmt.Sprintf("rules[%d]", i)
	if r.Name == "" {
		return place
	}
	return place + " " + r.Name
}

// Targets are all places that the rules name besides the ordinary ones, in their order, each once.
func (t Table) Targets() []Target {
	var targets []Target
	for _, rule := range t.Rules {
		for _, target := range rule.To {
			if target != (Target{}) && !slices.Contains(targets, target) {
				targets = append(targets, target)
			}
		}
	}
	return targets
}

// NeedsAccounts reports whether rules match by what AWS Organizations knows of accounts, tags whether by tags.
func (t Table) NeedsAccounts() (needs, tags bool) {
	tags = slices.ContainsFunc(t.Rules, func(r Rule) bool { return len(r.Match.Tags) > 0 })
	return tags || slices.ContainsFunc(t.Rules, func(r Rule) bool { return len(r.Match.Units) > 0 }), tags
}

// WantsTag reports whether a rule matches by that tag of an account.
func (t Table) WantsTag(tag string) bool {
	return slices.ContainsFunc(t.Rules, func(r Rule) bool { return len(r.Match.Tags) > 0 && likeAny(r.Match.Tags, tag) })
}

// UnmatchedUnits are the patterns of organizational units that fit none of these paths, sorted.
func (t Table) UnmatchedUnits(paths []string) []string {
	var unmatched []string
	for _, rule := range t.Rules {
		for _, pattern := range rule.Match.Units {
			if !slices.ContainsFunc(paths, func(path string) bool { return inUnit([]string{pattern}, path) }) {
				unmatched = append(unmatched, pattern)
			}
		}
	}
	slices.Sort(unmatched)
	return slices.Compact(unmatched)
}

// AccountName is the account as people call it: its name, or else its id.
func (t Table) AccountName(id string) string { return cmp.Or(t.Accounts[id], id) }

// Names are names of accounts, by their ids: those of the table, and others for accounts that it does not name.
func (t Table) Names(others map[string]string) map[string]string {
	names := make(map[string]string, len(t.Accounts)+len(others))
	maps.Copy(names, others)
	maps.Copy(names, t.Accounts)
	return names
}
