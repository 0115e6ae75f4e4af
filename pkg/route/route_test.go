package route_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/route"
)

var (
	cluster = coverage.Resource{Kind: coverage.EKS, Name: "prod-eu", Account: "111122223333", Region: "eu-central-1"}
	node    = coverage.Resource{Kind: coverage.EC2, Name: "i-0123", Account: "111122223333", Region: "eu-central-1",
		ClusterARN: "arn:aws:eks:eu-central-1:111122223333:cluster/prod-eu"}
	loner = coverage.Resource{Kind: coverage.EC2, Name: "i-4567", Account: "444455556666", Region: "us-east-1"}

	lost = route.Subject{Resource: cluster, Status: coverage.Unhealthy, Findings: []string{"addon-removed"}, Actionable: true}
	back = route.Subject{Resource: cluster, Status: coverage.Healthy, Findings: []string{"addon-removed"}, Actionable: true}
	// inert is lost, and nobody can do anything about it.
	inert = route.Subject{Resource: cluster, Status: coverage.Unhealthy, Findings: []string{"eks-local-cluster"}}
)

func on(resource coverage.Resource) route.Subject {
	return route.Subject{Resource: resource, Status: coverage.Unhealthy, Actionable: true}
}

// What accounts of an organization are in.
const (
	root      = "o-a1b2c3d4e5/r-ab12/"
	workloads = root + "ou-ab12-11111111/"
	prod      = workloads + "ou-ab12-22222222/"
)

func inUnit(path string) route.Subject {
	s := lost
	s.Unit = path
	return s
}

func tagged(tags ...string) route.Subject {
	s := lost
	s.Tags = tags
	return s
}

func TestWhatRulesNeedOfAccounts(t *testing.T) {
	units := route.Table{Rules: []route.Rule{{Match: route.Match{Units: []string{"ou-ab12-11111111", workloads + "x*"}}}}}
	tags := route.Table{Rules: []route.Rule{{}, {Match: route.Match{Tags: []string{"env=*"}}}}}
	for name, test := range map[string]struct {
		table       route.Table
		needs, tags bool
	}{"nothing": {table: route.Default()}, "units": {units, true, false}, "tags": {tags, true, true}} {
		if needs, of := test.table.NeedsAccounts(); needs != test.needs || of != test.tags {
			t.Errorf("%s: needs %v, tags %v", name, needs, of)
		}
	}
	if !tags.WantsTag("env=prod") || tags.WantsTag("owner=a") || units.WantsTag("env=prod") {
		t.Error("tags are wanted that no rule names, or the other way round")
	}
	if got := units.UnmatchedUnits([]string{root, prod}); !slices.Equal(got, []string{workloads + "x*"}) {
		t.Errorf("unmatched: %q", got)
	}
	if got := units.UnmatchedUnits(nil); len(got) != 2 {
		t.Errorf("without accounts, unmatched: %q", got)
	}
}

// to are destinations in the ordinary language.
func to(sinks ...string) []route.Destination {
	var all []route.Destination
	for _, sink := range sinks {
		all = append(all, route.Destination{Sink: sink})
	}
	return all
}

func TestDecide(t *testing.T) {
	var (
		a, b    = route.Target{Slack: "C0A"}, route.Target{Webhook: "b"}
		topic   = route.Target{SNS: "arn:aws:sns:eu-central-1:111122223333:c"}
		healthy = route.Match{Statuses: []coverage.Status{coverage.Healthy}}
	)
	tests := map[string]struct {
		rules   []route.Rule
		subject route.Subject
		want    route.Decision
	}{
		"no rules":     {nil, lost, route.Decision{To: to("default"), Rules: []string{"otherwise"}}},
		"no rule fits": {[]route.Rule{{Match: healthy, To: []route.Target{a}}}, lost, route.Decision{To: to("default"), Rules: []string{"otherwise"}}},
		"the first":    {[]route.Rule{{To: []route.Target{a}}, {To: []route.Target{b}}}, lost, route.Decision{To: to("slack/C0A"), Rules: []string{"rules[0]"}}},
		"the first that fits": {[]route.Rule{{Match: healthy, To: []route.Target{a}}, {Name: "all", To: []route.Target{b, {}}}}, lost,
			route.Decision{To: to("webhook/b", "default"), Rules: []string{"rules[1] all"}}},
		"continued": {[]route.Rule{
			{To: []route.Target{a}, Language: "ja", Continue: true}, {Match: healthy, To: []route.Target{b}}, {To: []route.Target{topic, a}, Language: "en"},
		}, lost, route.Decision{
			To:    []route.Destination{{Sink: "slack/C0A", Language: "ja"}, {Sink: "sns/arn:aws:sns:eu-central-1:111122223333:c", Language: "en"}},
			Rules: []string{"rules[0]", "rules[2]"},
		}},
		"continued to the end": {[]route.Rule{{To: []route.Target{a}, Continue: true}}, lost,
			route.Decision{To: to("slack/C0A", "default"), Rules: []string{"rules[0]", "otherwise"}}},
		"continued to the end, which was named": {[]route.Rule{{To: []route.Target{{}}, Language: "ja", Continue: true}}, lost,
			route.Decision{To: []route.Destination{{Sink: "default", Language: "ja"}}, Rules: []string{"rules[0]", "otherwise"}}},
		"muted": {[]route.Rule{{Mute: true}, {To: []route.Target{a}}}, lost, route.Decision{Muted: true, Rules: []string{"rules[0]"}}},
		"muted for the rest": {[]route.Rule{{To: []route.Target{a}, Continue: true}, {Mute: true}, {To: []route.Target{b}}}, lost,
			route.Decision{To: to("slack/C0A"), Rules: []string{"rules[0]", "rules[1]"}}},
		"muted like any":    {[]route.Rule{{Mute: true}}, back, route.Decision{Muted: true, Rules: []string{"rules[0]"}}},
		"muted by name":     {[]route.Rule{{Match: healthy, Mute: true}}, back, route.Decision{Muted: true, MutesRecovery: true, Rules: []string{"rules[0]"}}},
		"the default":       {route.Default().Rules, lost, route.Decision{To: to("default"), Rules: []string{"otherwise"}}},
		"the default, back": {route.Default().Rules, back, route.Decision{To: to("default"), Rules: []string{"otherwise"}}},
		"the default, inert": {route.Default().Rules, inert,
			route.Decision{Muted: true, Rules: []string{"rules[0] report only"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := route.Table{Rules: test.rules}.Decide(test.subject)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("decided (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	tests := map[string]struct {
		match     route.Match
		fits, not []route.Subject
	}{
		"everything": {fits: []route.Subject{lost, back, inert, on(node), {}}},
		"account":    {match: route.Match{Accounts: []string{"999988887777", "111122223333"}}, fits: []route.Subject{lost, on(node)}, not: []route.Subject{on(loner), {}}},
		"unit by its ID": {match: route.Match{Units: []string{"ou-ab12-11111111"}},
			fits: []route.Subject{inUnit(workloads), inUnit(prod)}, not: []route.Subject{lost, inUnit(root), inUnit(root + "ou-ab12-111111112/")}},
		"root by its ID": {match: route.Match{Units: []string{"r-ab12"}}, fits: []route.Subject{inUnit(root), inUnit(prod)}, not: []route.Subject{lost}},
		"unit by its path": {match: route.Match{Units: []string{"ou-cd34-11111111", workloads}},
			fits: []route.Subject{inUnit(workloads)}, not: []route.Subject{lost, inUnit(root), inUnit(prod)}},
		"units by a pattern": {match: route.Match{Units: []string{workloads + "*"}},
			fits: []route.Subject{inUnit(workloads), inUnit(prod)}, not: []route.Subject{lost, inUnit(root)}},
		"tag":         {match: route.Match{Tags: []string{"env=prod*", "tier=1"}}, fits: []route.Subject{tagged("owner=a", "env=prod-eu")}, not: []route.Subject{lost, tagged("env=dev")}},
		"Region":      {match: route.Match{Regions: []string{"eu-*"}}, fits: []route.Subject{lost}, not: []route.Subject{on(loner), {}}},
		"kind":        {match: route.Match{Kinds: []coverage.Kind{coverage.EKS}}, fits: []route.Subject{lost}, not: []route.Subject{on(node), {}}},
		"resource":    {match: route.Match{Resources: []string{"test", "i-????"}}, fits: []route.Subject{on(node), on(loner)}, not: []route.Subject{lost, {}}},
		"cluster":     {match: route.Match{Clusters: []string{"prod-*"}}, fits: []route.Subject{lost, on(node)}, not: []route.Subject{on(loner), {}}},
		"any cluster": {match: route.Match{Clusters: []string{"*"}}, fits: []route.Subject{lost, on(node)}, not: []route.Subject{on(loner)}},
		"finding": {match: route.Match{Findings: []string{"addon-*"}}, fits: []route.Subject{lost, back,
			{Findings: []string{"unknown", "addon-replicas-missing"}}}, not: []route.Subject{inert, on(node)}},
		"status":         {match: route.Match{Statuses: []coverage.Status{coverage.Unhealthy}}, fits: []route.Subject{lost}, not: []route.Subject{back}},
		"actionable":     {match: route.Match{Actionable: new(true)}, fits: []route.Subject{lost, back}, not: []route.Subject{inert}},
		"not actionable": {match: route.Match{Actionable: new(false)}, fits: []route.Subject{inert}, not: []route.Subject{lost, back}},
		"all of it": {match: route.Match{Accounts: []string{"111122223333"}, Regions: []string{"*"}, Findings: []string{"addon-removed"}},
			fits: []route.Subject{lost, back}, not: []route.Subject{inert, on(node)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			table := route.Table{Rules: []route.Rule{{Match: test.match, Mute: true}}}
			for _, s := range test.fits {
				if !table.Decide(s).Muted {
					t.Errorf("does not fit %+v", s)
				}
			}
			for _, s := range test.not {
				if table.Decide(s).Muted {
					t.Errorf("fits %+v", s)
				}
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	tests := []struct {
		pattern   string
		fits, not []string
	}{
		{"prod", []string{"prod"}, []string{"prod-eu", "a-prod", "pro", "Prod"}},
		{"prod-*", []string{"prod-", "prod-eu", "prod-*"}, []string{"prod", "a-prod-eu"}},
		{"*-eu", []string{"-eu", "prod-eu", "eu-eu"}, []string{"prod-eu-1"}},
		{"a*b*c", []string{"abc", "aXbXc", "abbcbc"}, []string{"acb", "ab", "abcX"}},
		{"?-*", []string{"a-", "ß-x"}, []string{"-a", "ab-c"}},
		{"**", []string{"a", "anything"}, nil},
		{"[a].*", []string{"[a].x"}, []string{"a", "ax"}},
	}
	for _, test := range tests {
		table := route.Table{Rules: []route.Rule{{Match: route.Match{Resources: []string{test.pattern}}, Mute: true}}}
		decide := func(name string) bool { return table.Decide(on(coverage.Resource{Name: name})).Muted }
		for _, name := range test.fits {
			if !decide(name) {
				t.Errorf("%s does not fit %s", test.pattern, name)
			}
		}
		for _, name := range test.not {
			if decide(name) {
				t.Errorf("%s fits %s", test.pattern, name)
			}
		}
	}
}

func TestTargets(t *testing.T) {
	a, b := route.Target{Slack: "C0A"}, route.Target{Webhook: "b"}
	table := route.Table{Rules: []route.Rule{{To: []route.Target{{}, b, a}}, {Mute: true}, {To: []route.Target{a, {}}}}}
	if diff := cmp.Diff([]route.Target{b, a}, table.Targets()); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

func TestAccountName(t *testing.T) {
	table := route.Table{Accounts: map[string]string{"111122223333": "payments-prod"}}
	if named, other := table.AccountName("111122223333"), table.AccountName("444455556666"); named != "payments-prod" || other != "444455556666" {
		t.Errorf("the accounts are called %q and %q", named, other)
	}
}
