package route_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/route"
)

var update = flag.Bool("update", false, "rewrite the golden file")

var known = route.Known{
	Findings:  []string{"addon-removed", "addon-replicas-missing", "eks-local-cluster", "unknown"},
	Languages: []string{"en", "ja"},
}

func TestParse(t *testing.T) {
	tests := map[string]struct {
		text string
		want route.Table
	}{
		"nothing": {`{}`, route.Table{}},
		"names alone": {`{"accounts": {"111122223333": "payments-prod"}, "runbooks": {"addon-removed": "https://wiki.example.com/a?b#c"}}`, route.Table{
			Accounts: map[string]string{"111122223333": "payments-prod"}, Runbooks: map[string]string{"addon-removed": "https://wiki.example.com/a?b#c"},
		}},
		"everything": {` {
			"rules": [
				{"name": "everything", "match": {"account": ["payments", "444455556666"], "region": ["eu-*", "us-east-1"], "kind": ["EKS", "EC2"], "resource": ["prod-*"],
					"ou": ["ou-ab12-11111111", "o-a1b2c3d4e5/r-ab12/*"], "tag": "env=prod*", "cluster": ["prod-?"], "finding": ["addon-*", "unknown"], "status": ["UNHEALTHY", "HEALTHY"], "actionable": true},
				 "to": [{"slack": "C0123456789"}, {"webhook": "security"}, {"sns": "arn:aws:sns:eu-central-1:111122223333:a.fifo"}, "default"],
				 "language": "ja", "mute": false, "continue": true},
				{"match": {"account": "111122223333", "region": "*", "kind": "ECS", "resource": "a", "cluster": "b", "finding": "addon-removed", "status": "HEALTHY",
					"actionable": false}, "mute": true, "continue": false},
				{"match": {}, "to": {"slack": "C01"}},
				{"to": "default"}
			],
			"webhooks": {"security": "/slack/security", "other": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-AbCdEf"},
			"accounts": {"111122223333": "payments", "555566667777": "payments"}
		} `, route.Table{
			Accounts: map[string]string{"111122223333": "payments", "555566667777": "payments"},
			Webhooks: map[string]string{"security": "/slack/security", "other": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-AbCdEf"},
			Rules: []route.Rule{
				{
					Name: "everything",
					Match: route.Match{
						Accounts: []string{"111122223333", "444455556666", "555566667777"}, Regions: []string{"eu-*", "us-east-1"}, Kinds: []coverage.Kind{coverage.EKS, coverage.EC2},
						Units: []string{"ou-ab12-11111111", "o-a1b2c3d4e5/r-ab12/*"}, Tags: []string{"env=prod*"},
						Resources: []string{"prod-*"}, Clusters: []string{"prod-?"}, Findings: []string{"addon-*", "unknown"},
						Statuses: []coverage.Status{coverage.Unhealthy, coverage.Healthy}, Actionable: new(true),
					},
					To:       []route.Target{{Slack: "C0123456789"}, {Webhook: "security"}, {SNS: "arn:aws:sns:eu-central-1:111122223333:a.fifo"}, {}},
					Language: "ja", Continue: true,
				},
				{
					Match: route.Match{
						Accounts: []string{"111122223333"}, Regions: []string{"*"}, Kinds: []coverage.Kind{coverage.ECS}, Resources: []string{"a"}, Clusters: []string{"b"},
						Findings: []string{"addon-removed"}, Statuses: []coverage.Status{coverage.Healthy}, Actionable: new(false),
					},
					Mute: true,
				},
				{To: []route.Target{{Slack: "C01"}}},
				{To: []route.Target{{}}},
			},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := route.Parse([]byte(test.text), known)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("parsed (-want +got):\n%s", diff)
			}
			if err := checkSchema(t, test.text); err != nil {
				t.Errorf("the schema refuses it: %v", err)
			}
		})
	}
}

// mistakes are texts with one mistake each, and how the line about it begins.
var mistakes = map[string]struct {
	text, want string
	// onlyHere is true when the schema cannot know.
	onlyHere bool
}{
	"no JSON":                  {text: "{\n \"rules\": [\n}", want: "line 3, character 1: invalid character '}'"},
	"nothing":                  {text: "", want: "line 1, character 0: unexpected end"},
	"two documents":            {text: `{} {}`, want: "line 1, character 4: invalid character '{'"},
	"a list":                   {text: `[]`, want: "is a list, expected an object"},
	"an unknown field":         {text: `{"rule": []}`, want: `has no field "rule"; its fields are accounts, rules, runbooks, webhooks`},
	"a field twice":            {text: `{"rules": [], "rules": []}`, want: `has "rules" twice`, onlyHere: true},
	"accounts, no object":      {text: `{"accounts": ["111122223333"]}`, want: "accounts: is a list, expected an object"},
	"an account's id":          {text: `{"accounts": {"1111": "a"}}`, want: `accounts["1111"]: "1111" is not a 12-digit account id`},
	"an account without name":  {text: `{"accounts": {"111122223333": ""}}`, want: `accounts["111122223333"]: the account's name is missing`},
	"an account's name":        {text: `{"accounts": {"111122223333": 1}}`, want: `accounts["111122223333"]: is a number, expected a text`},
	"a runbook of nothing":     {text: `{"runbooks": {"addon-gone": "https://a.example"}}`, want: `runbooks["addon-gone"]: "addon-gone" is no finding`, onlyHere: true},
	"a runbook's address":      {text: `{"runbooks": {"addon-removed": "http://a.example"}}`, want: `runbooks["addon-removed"]: not an https address`},
	"a runbook with blanks":    {text: `{"runbooks": {"addon-removed": "https://a.example/<b|c>"}}`, want: `runbooks["addon-removed"]: not an https address`},
	"a webhook's name":         {text: `{"webhooks": {"a b": "/c"}}`, want: `webhooks["a b"]: a webhook's name is made of`},
	"a webhook itself":         {text: `{"webhooks": {"a": "https://hooks.slack.com/services/SECRET"}}`, want: `webhooks["a"]: holds a credential itself`},
	"a token":                  {text: `{"webhooks": {"a": "xoxb-SECRET"}}`, want: `webhooks["a"]: holds a credential itself`},
	"a webhook's source":       {text: `{"webhooks": {"a": "arn:aws:s3:::SECRET"}}`, want: `webhooks["a"]: neither the name or ARN`},
	"rules, no list":           {text: `{"rules": {}}`, want: "rules: is an object, expected a list"},
	"rules, null":              {text: `{"rules": null}`, want: "rules: is null, expected a list"},
	"a rule, no object":        {text: `{"rules": ["default"]}`, want: "rules[0]: is a text, expected an object"},
	"a rule that says nothing": {text: `{"rules": [{"mute": true}, {}]}`, want: "rules[1]: has neither to nor"},
	"mute: false":              {text: `{"rules": [{"mute": false}]}`, want: "rules[0]: has neither to nor"},
	"to and mute":              {text: `{"rules": [{"to": "default", "mute": true}]}`, want: "rules[0]: has to and mute"},
	"mute and continue":        {text: `{"rules": [{"continue": true, "mute": true}]}`, want: "rules[0]: has mute and continue"},
	"mute and language":        {text: `{"rules": [{"language": "en", "mute": true}]}`, want: "rules[0]: has mute and language"},
	"an unknown rule field":    {text: `{"rules": [{"mute": true, "mutes": true}]}`, want: `rules[0]: has no field "mutes"; its fields are continue, language, match, mute, name, to`},
	"no truth":                 {text: `{"rules": [{"to": "default", "continue": "yes"}]}`, want: "rules[0].continue: is a text, expected true or false"},
	"no name":                  {text: `{"rules": [{"to": "default", "name": ""}]}`, want: "rules[0].name: is empty"},
	"a language":               {text: `{"rules": [{"to": "default", "language": "tlh"}]}`, want: `rules[0].language: "tlh" is not one of: en, ja`, onlyHere: true},
	"an unknown match field":   {text: `{"rules": [{"match": {"kinds": "EKS"}, "mute": true}]}`, want: `rules[0].match: has no field "kinds"`},
	"an account in a rule":     {text: `{"rules": [{"match": {"account": "payments"}, "mute": true}]}`, want: `rules[0].match.account: "payments" is neither a 12-digit`, onlyHere: true},
	"a Region":                 {text: `{"rules": [{"match": {"region": ["eu-*", "Frankfurt"]}, "mute": true}]}`, want: `rules[0].match.region[1]: "Frankfurt" is not a Region`},
	"a unit's name":            {text: `{"rules": [{"match": {"ou": ["*/ou-a/*", "Workloads"]}, "mute": true}]}`, want: `rules[0].match.ou[1]: "Workloads" is neither the ID`},
	"a path without end":       {text: `{"rules": [{"match": {"ou": "o-a1/r-a/ou-a"}, "mute": true}]}`, want: `rules[0].match.ou: "o-a1/r-a/ou-a" is neither the ID`},
	"a tag without value":      {text: `{"rules": [{"match": {"tag": "prod"}, "mute": true}]}`, want: `rules[0].match.tag: "prod" is not a tag and its value`},
	"a kind":                   {text: `{"rules": [{"match": {"kind": "eks"}, "mute": true}]}`, want: `rules[0].match.kind: "eks" is not one of: EKS, ECS, EC2`},
	"a status":                 {text: `{"rules": [{"match": {"status": ["Healthy"]}, "mute": true}]}`, want: `rules[0].match.status[0]: "Healthy" is not one of: UNHEALTHY, HEALTHY`},
	"a finding":                {text: `{"rules": [{"match": {"finding": "adon-*"}, "mute": true}]}`, want: `rules[0].match.finding: "adon-*" fits no finding`, onlyHere: true},
	"an empty name":            {text: `{"rules": [{"match": {"resource": ""}, "mute": true}]}`, want: "rules[0].match.resource: an empty name"},
	"an empty list":            {text: `{"rules": [{"match": {"cluster": []}, "mute": true}]}`, want: "rules[0].match.cluster: is empty"},
	"a number":                 {text: `{"rules": [{"match": {"account": 111122223333}, "mute": true}]}`, want: "rules[0].match.account: is a number, expected a text"},
	"actionable":               {text: `{"rules": [{"match": {"actionable": "true"}, "mute": true}]}`, want: "rules[0].match.actionable: is a text, expected true"},
	"to nobody":                {text: `{"rules": [{"to": []}]}`, want: "rules[0].to: is empty"},
	"to whom?":                 {text: `{"rules": [{"to": ["slack"]}]}`, want: `rules[0].to[0]: "slack" is not "default"`},
	"to a credential":          {text: `{"rules": [{"to": "https://hooks.slack.com/services/SECRET"}]}`, want: `rules[0].to: what looks like a credential is not "default"`},
	"to a number":              {text: `{"rules": [{"to": 1}]}`, want: "rules[0].to: is a number, expected an object"},
	"to nothing":               {text: `{"rules": [{"to": {}}]}`, want: "rules[0].to: names 0 destinations"},
	"to two in one":            {text: `{"webhooks": {"a": "/a"}, "rules": [{"to": [{"slack": "C01", "webhook": "a"}]}]}`, want: "rules[0].to[0]: names 2 destinations"},
	"to mail":                  {text: `{"rules": [{"to": [{"slack": "C01", "mail": "a@example.com"}]}]}`, want: `rules[0].to[0]: has no field "mail"; its fields are slack, sns, webhook`},
	"to a channel's name":      {text: `{"rules": [{"to": {"slack": "#alerts"}}]}`, want: `rules[0].to.slack: "#alerts" is not a channel id`},
	"to an unknown webhook":    {text: `{"rules": [{"to": {"webhook": "a"}}]}`, want: `rules[0].to.webhook: "a" is not a name from webhooks`, onlyHere: true},
	"to a webhook itself":      {text: `{"rules": [{"to": {"webhook": "https://hooks.slack.com/SECRET"}}]}`, want: `rules[0].to.webhook: what looks like a credential`, onlyHere: true},
	"to a queue":               {text: `{"rules": [{"to": {"sns": "arn:aws:sqs:eu-central-1:111122223333:a"}}]}`, want: `rules[0].to.sns: "arn:aws:sqs:eu-central-1:111122223333:a" is not the ARN of a topic`},
}

func TestParseNamesAMistakeAndItsPlace(t *testing.T) {
	for name, test := range mistakes {
		t.Run(name, func(t *testing.T) {
			got, err := route.Parse([]byte(test.text), known)
			if err == nil {
				t.Fatal("no error")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != 2 || lines[0] != "routes to correct: 1" || !strings.HasPrefix(lines[1], test.want) {
				t.Errorf("got %q, want only %q", lines, test.want)
			}
			if strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%q tells a credential", err)
			}
			if diff := cmp.Diff(route.Table{}, got); diff != "" {
				t.Errorf("a table beside an error:\n%s", diff)
			}
			if err := checkSchema(t, test.text); (err == nil) != test.onlyHere {
				t.Errorf("the schema says %v", err)
			}
		})
	}
}

func TestParseNamesEveryMistakeAtOnce(t *testing.T) {
	text, err := os.ReadFile("testdata/everything-wrong.json")
	if err != nil {
		t.Fatal(err)
	}
	_, err = route.Parse(text, known)
	if err == nil {
		t.Fatal("no error")
	}
	got := err.Error() + "\n"
	const file = "testdata/everything-wrong.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

// checkSchema is what docs/routes.schema.json says of the text.
func checkSchema(t *testing.T, text string) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "routes.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func FuzzParse(f *testing.F) {
	for _, m := range mistakes {
		f.Add(m.text)
	}
	f.Add(`{"accounts":{"111122223333":"a"},"webhooks":{"w":"/w"},"rules":[{"match":{"account":"a","finding":"*"},"to":[{"webhook":"w"},"default"],"continue":true}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		table, err := route.Parse([]byte(text), known)
		if err == nil {
			if err := checkSchema(t, text); err != nil {
				t.Errorf("the schema refuses what is taken: %v", err)
			}
			decision := table.Decide(lost)
			if decision.Muted == (len(decision.To) > 0) {
				t.Errorf("decided %+v", decision)
			}
			return
		}
		if count, lines := err.Error(), strings.Count(err.Error(), "\n"); lines == 0 || !strings.HasPrefix(count, "routes to correct: ") {
			t.Errorf("the error is %q", err)
		}
	})
}
