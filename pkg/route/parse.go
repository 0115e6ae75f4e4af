package route

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Known is what rules may name that other packages know.
type Known struct {
	// Findings are the ids of the catalogue.
	Findings []string
	// Languages are the codes of the languages.
	Languages []string
}

// The forms of what rules name.
const (
	accountForm = `[0-9]{12}`
	// channelForm are the ids of Slack's channels, private groups and direct messages.
	channelForm = `[CGD][A-Z0-9]{2,}`
	topicForm   = `arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+(\.fifo)?`
	webhookForm = `[A-Za-z0-9_-]+`
	regionForm  = `[a-z0-9*?-]+`
	// unitForm are IDs of organizational units and roots, and their paths
	// (https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html).
	unitForm = `(ou|r)-[0-9a-z-]+|[o*?][0-9a-z/*?-]*[/*]`
	// tagForm has a key before the equals sign.
	tagForm = `[^=]+=.*`
	// sourceForm are the names of SSM parameters, and the ARNs of parameters and secrets.
	sourceForm = `[A-Za-z0-9_./-]+(:[A-Za-z0-9_.-]+)?` +
		`|arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+(:[A-Za-z0-9_.-]+)?` +
		`|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+`
)

// Parse reads rules from JSON; docs/routes.schema.json describes the form. Its one error has a line for every mistake,
// each with its place, such as rules[2].match.region[0], and shows no credential.
func Parse(data []byte, known Known) (Table, error) {
	r := &reader{known: known, forms: make(map[string]*regexp.Regexp)}
	table := r.table(data)
	if err := r.err(); err != nil {
		return Table{}, err
	}
	return table, nil
}

// table reads the names before the rules, which use them, wherever they stand.
func (r *reader) table(data []byte) Table {
	var t Table
	var rules json.RawMessage
	r.object("", data, fields{
		"accounts": func(at string, v json.RawMessage) { t.Accounts = r.texts(at, v, r.account) },
		"runbooks": func(at string, v json.RawMessage) { t.Runbooks = r.texts(at, v, r.runbook) },
		"webhooks": func(at string, v json.RawMessage) { t.Webhooks = r.texts(at, v, r.webhook) },
		"rules":    func(_ string, v json.RawMessage) { rules = v },
	})
	if rules == nil {
		return t
	}
	r.list("rules", rules, func(at string, v json.RawMessage) { t.Rules = append(t.Rules, r.rule(at, v, t)) })
	return t
}

func (r *reader) account(at, id, name string) {
	if !r.matches(accountForm, id) {
		r.problem(at, "%s is not a 12-digit account id", quoted(id))
	}
	if name == "" {
		r.problem(at, "the account's name is missing")
	}
}

func (r *reader) runbook(at, finding, address string) {
	if !slices.Contains(r.known.Findings, finding) {
		r.problem(at, "%s is no finding of the catalogue (coverage catalog lists them)", quoted(finding))
	}
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(address, " \t\r\n<>|") {
		r.problem(at, "not an https address")
	}
}

// webhook shows nothing of the source: people put the address itself there.
func (r *reader) webhook(at, name, source string) {
	if !r.matches(webhookForm, name) {
		r.problem(at, "a webhook's name is made of letters, digits, _ and -")
	}
	switch {
	case looksLikeCredential(source):
		r.problem(at, "holds a credential itself; it names the SSM parameter, or the Secrets Manager secret by its ARN, that holds the webhook's address")
	case !r.matches(sourceForm, source):
		r.problem(at, "neither the name or ARN of an SSM parameter nor the ARN of a Secrets Manager secret")
	}
}

func (r *reader) rule(at string, data json.RawMessage, t Table) Rule {
	var rule Rule
	told := false
	ok := r.object(at, data, fields{
		"name":     func(at string, v json.RawMessage) { rule.Name = r.text(at, v) },
		"match":    func(at string, v json.RawMessage) { rule.Match = r.match(at, v, t) },
		"to":       func(at string, v json.RawMessage) { told, rule.To = true, r.targets(at, v, t) },
		"language": func(at string, v json.RawMessage) { rule.Language = r.language(at, v) },
		"mute":     func(at string, v json.RawMessage) { rule.Mute = r.truth(at, v) },
		"continue": func(at string, v json.RawMessage) { rule.Continue = r.truth(at, v) },
	})
	switch {
	case !ok:
	case told && rule.Mute:
		r.problem(at, "has to and mute; a rule has one of them")
	case !told && !rule.Mute:
		r.problem(at, `has neither to nor "mute": true, so that it says nothing`)
	case rule.Mute && rule.Continue:
		r.problem(at, "has mute and continue; nothing is asked after mute")
	case rule.Mute && rule.Language != "":
		r.problem(at, "has mute and language; nobody is told")
	}
	return rule
}

func (r *reader) match(at string, data json.RawMessage, t Table) Match {
	var m Match
	r.object(at, data, fields{
		"account": func(at string, v json.RawMessage) { m.Accounts = r.accounts(at, v, t) },
		"ou":      func(at string, v json.RawMessage) { m.Units = r.values(at, v, r.unit) },
		"tag":     func(at string, v json.RawMessage) { m.Tags = r.values(at, v, r.tag) },
		"region":  func(at string, v json.RawMessage) { m.Regions = r.values(at, v, r.region) },
		"kind": func(at string, v json.RawMessage) {
			m.Kinds = chosen(r, at, v, coverage.EKS, coverage.ECS, coverage.EC2)
		},
		"resource": func(at string, v json.RawMessage) { m.Resources = r.values(at, v, r.pattern) },
		"cluster":  func(at string, v json.RawMessage) { m.Clusters = r.values(at, v, r.pattern) },
		"finding":  func(at string, v json.RawMessage) { m.Findings = r.values(at, v, r.finding) },
		"status": func(at string, v json.RawMessage) {
			m.Statuses = chosen(r, at, v, coverage.Unhealthy, coverage.Healthy)
		},
		"actionable": func(at string, v json.RawMessage) {
			m.Actionable = new(r.truth(at, v))
		},
	})
	return m
}

// accounts are ids, for which names from the table may stand.
func (r *reader) accounts(at string, data json.RawMessage, t Table) []string {
	var ids []string
	r.values(at, data, func(at, value string) {
		if r.matches(accountForm, value) {
			ids = append(ids, value)
			return
		}
		before := len(ids)
		for id, name := range t.Accounts {
			if name == value {
				ids = append(ids, id)
			}
		}
		if len(ids) == before {
			r.problem(at, "%s is neither a 12-digit account id nor a name from accounts", quoted(value))
		}
	})
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (r *reader) unit(at, value string) {
	if !r.matches(unitForm, value) {
		r.problem(at, "%s is neither the ID of an organizational unit or root nor a path such as "+
			"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*", quoted(value))
	}
}

func (r *reader) tag(at, value string) {
	if !r.matches(tagForm, value) {
		r.problem(at, "%s is not a tag and its value such as env=prod", quoted(value))
	}
}

func (r *reader) region(at, value string) {
	if !r.matches(regionForm, value) {
		r.problem(at, "%s is not a Region or a pattern such as eu-*", quoted(value))
	}
}

func (r *reader) pattern(at, value string) {
	if value == "" {
		r.problem(at, "an empty name fits nothing")
	}
}

func (r *reader) finding(at, value string) {
	if !slices.ContainsFunc(r.known.Findings, func(id string) bool { return like(value, id) }) {
		r.problem(at, "%s fits no finding of the catalogue (coverage catalog lists them)", quoted(value))
	}
}

// chosen are values that have to be among those allowed.
func chosen[T ~string](r *reader, at string, data json.RawMessage, allowed ...T) []T {
	var all []T
	r.values(at, data, func(at, value string) {
		if !slices.Contains(allowed, T(value)) {
			r.problem(at, "%s is not one of: %s", quoted(value), listed(allowed))
		}
		all = append(all, T(value))
	})
	return all
}

func (r *reader) language(at string, data json.RawMessage) string {
	code := r.text(at, data)
	if code != "" && !slices.Contains(r.known.Languages, code) {
		r.problem(at, "%s is not one of: %s", quoted(code), listed(r.known.Languages))
	}
	return code
}

func (r *reader) targets(at string, data json.RawMessage, t Table) []Target {
	var targets []Target
	r.items(at, data, func(at string, v json.RawMessage) {
		if kindOf(v) == aText {
			if value := r.text(at, v); value != Ordinary && value != "" {
				r.problem(at, `%s is not "default", nor {"slack": …}, {"webhook": …} or {"sns": …}`, quoted(value))
			}
			targets = append(targets, Target{})
			return
		}
		targets = append(targets, r.target(at, v, t))
	})
	return targets
}

func (r *reader) target(at string, data json.RawMessage, t Table) Target {
	var target Target
	named := 0
	one := func(field *string, check func(at, value string)) func(string, json.RawMessage) {
		return func(at string, v json.RawMessage) {
			named++
			if *field = r.text(at, v); *field != "" {
				check(at, *field)
			}
		}
	}
	ok := r.object(at, data, fields{
		"slack": one(&target.Slack, func(at, value string) {
			if !r.matches(channelForm, value) {
				r.problem(at, "%s is not a channel id such as C0123456789 (a channel's name does not do)", quoted(value))
			}
		}),
		"webhook": one(&target.Webhook, func(at, value string) {
			if _, ok := t.Webhooks[value]; !ok {
				r.problem(at, "%s is not a name from webhooks", quoted(value))
			}
		}),
		"sns": one(&target.SNS, func(at, value string) {
			if !r.matches(topicForm, value) {
				r.problem(at, "%s is not the ARN of a topic such as arn:aws:sns:eu-central-1:111122223333:coverage", quoted(value))
			}
		}),
	})
	if ok && named != 1 {
		r.problem(at, "names %d destinations; give each its own braces, with one of slack, webhook, sns", named)
	}
	return target
}

func looksLikeCredential(value string) bool {
	return strings.HasPrefix(value, "xox") || strings.Contains(value, "://")
}

// quoted shows a value, but for what may be a credential, and no more of it than a line takes.
func quoted(value string) string {
	if looksLikeCredential(value) {
		return "what looks like a credential"
	}
	const most = 80
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", value)
}

func listed[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}
