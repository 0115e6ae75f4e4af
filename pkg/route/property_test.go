package route_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/route"
)

// Few values of each, so that rules and changes often meet.
var (
	accounts  = []string{"111122223333", "444455556666"}
	regions   = []string{"eu-central-1", "us-east-1"}
	kinds     = []coverage.Kind{coverage.EKS, coverage.EC2}
	statuses  = []coverage.Status{coverage.Unhealthy, coverage.Healthy}
	resources = []string{"prod-a", "prod-b", "test"}
	findings  = []string{"addon-removed", "addon-replicas-missing", "unknown"}
	targets   = []route.Target{{}, {Slack: "C0A"}, {Slack: "C0B"}, {Webhook: "w"}, {SNS: "arn:aws:sns:eu-central-1:111122223333:a"}}
)

func some[T comparable](values ...T) *rapid.Generator[[]T] {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(values), 0, 2, rapid.ID)
}

func drawMatch(t *rapid.T) route.Match {
	m := route.Match{
		Accounts: some(accounts...).Draw(t, "accounts"), Regions: some("eu-*", "*", "us-east-1").Draw(t, "regions"),
		Kinds: some(kinds...).Draw(t, "kinds"), Statuses: some(statuses...).Draw(t, "statuses"),
		Resources: some("prod-?", "test").Draw(t, "resources"), Clusters: some("prod-*").Draw(t, "clusters"),
		Findings: some("addon-*", "unknown").Draw(t, "findings"),
	}
	if rapid.Bool().Draw(t, "asks whether actionable") {
		m.Actionable = new(rapid.Bool().Draw(t, "actionable"))
	}
	return m
}

func drawRule(t *rapid.T) route.Rule {
	rule := route.Rule{Mute: rapid.IntRange(0, 3).Draw(t, "mute") == 0}
	if rapid.Bool().Draw(t, "for some only") {
		rule.Match = drawMatch(t)
	}
	if !rule.Mute {
		rule.To = rapid.SliceOfNDistinct(rapid.SampledFrom(targets), 1, 3, rapid.ID).Draw(t, "to")
		rule.Language = rapid.SampledFrom([]string{"", "en", "ja"}).Draw(t, "language")
		rule.Continue = rapid.Bool().Draw(t, "continue")
	}
	return rule
}

func drawTable(t *rapid.T) route.Table {
	return route.Table{Rules: rapid.SliceOfN(rapid.Custom(drawRule), 0, 6).Draw(t, "rules")}
}

func drawSubject(t *rapid.T) route.Subject {
	return route.Subject{
		Resource: coverage.Resource{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Name: rapid.SampledFrom(resources).Draw(t, "name"),
			Account: rapid.SampledFrom(accounts).Draw(t, "account"), Region: rapid.SampledFrom(regions).Draw(t, "region"),
		},
		Status:     rapid.SampledFrom(statuses).Draw(t, "status"),
		Findings:   some(findings...).Draw(t, "findings"),
		Actionable: rapid.Bool().Draw(t, "actionable"),
	}
}

// fits asks a rule alone.
func fits(rule route.Rule, s route.Subject) bool {
	return route.Table{Rules: []route.Rule{{Match: rule.Match, Mute: true}}}.Decide(s).Muted
}

// TestEveryChangeReachesADecision holds Decide to what it promises, told in another way.
func TestEveryChangeReachesADecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, subject := drawTable(t), drawSubject(t)
		got := table.Decide(subject)
		if got.Muted == (len(got.To) > 0) {
			t.Fatalf("neither muted nor told, or both: %+v", got)
		}
		if again := table.Decide(subject); !cmp.Equal(got, again) {
			t.Fatalf("decided once %+v and once %+v", got, again)
		}
		fitting := slices.DeleteFunc(slices.Clone(table.Rules), func(rule route.Rule) bool { return !fits(rule, subject) })
		end := slices.IndexFunc(fitting, func(rule route.Rule) bool { return !rule.Continue })
		asked := append(fitting, route.Rule{To: []route.Target{{}}})
		if end >= 0 {
			asked = fitting[:end+1]
		}
		if len(got.Rules) != len(asked) {
			t.Fatalf("%v decided, expected the first %d that fit", got.Rules, len(asked))
		}
		want := make(map[string]string)
		for _, rule := range slices.Backward(asked) {
			for _, target := range rule.To {
				want[target.Sink()] = rule.Language // The first rule comes last, and has the last word.
			}
		}
		told := make(map[string]string)
		for _, d := range got.To {
			told[d.Sink] = d.Language
		}
		if !maps.Equal(want, told) || len(got.To) != len(told) {
			t.Fatalf("told %+v, expected %v", got.To, want)
		}
	})
}

func TestRulesBehindTheFirstThatFitsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, subject := drawTable(t), drawSubject(t)
		end := slices.IndexFunc(table.Rules, func(rule route.Rule) bool { return !rule.Continue && fits(rule, subject) })
		if end < 0 {
			t.Skip("no rule ends it")
		}
		shorter := route.Table{Rules: table.Rules[:end+1]}
		if diff := cmp.Diff(shorter.Decide(subject), table.Decide(subject)); diff != "" {
			t.Fatalf("without the rules behind rules[%d], and with them:\n%s", end, diff)
		}
	})
}

// TestOrderOfFieldsIsIrrelevant writes one rule's fields in any order.
func TestOrderOfFieldsIsIrrelevant(t *testing.T) {
	match := []string{`"account": "a"`, `"region": "eu-*"`, `"kind": "EKS"`, `"finding": ["addon-*", "unknown"]`, `"actionable": false`}
	rule := []string{`"name": "n"`, `"to": [{"webhook": "w"}]`, `"language": "ja"`, `"continue": true`}
	whole := []string{`"accounts": {"111122223333": "a"}`, `"webhooks": {"w": "/w"}`, `"runbooks": {}`}
	written := func(parts ...string) string { return "{" + strings.Join(parts, ",") + "}" }
	parse := func(match, rule, whole []string) (route.Table, error) {
		rules := `"rules": [` + written(append(rule, `"match": `+written(match...))...) + `]`
		return route.Parse([]byte(written(append([]string{rules}, whole...)...)), known)
	}
	want, err := parse(match, rule, whole)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		got, err := parse(rapid.Permutation(match).Draw(t, "match"), rapid.Permutation(rule).Draw(t, "rule"), rapid.Permutation(whole).Draw(t, "whole"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("another order, another table:\n%s", diff)
		}
	})
}
