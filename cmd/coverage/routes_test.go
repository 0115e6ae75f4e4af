package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	exampleRoutes = "../../docs/routes.example.json"
	routingPage   = "../../docs/routing.md"
)

// routedSamples are what the golden files show, besides an incident that begins and ends.
var routedSamples = []string{
	"../../events/eks-addon-removed.json", "../../events/eks-healthy.json", "../../events/eks-local-cluster.json",
	"../../events/ec2-form-in-eks-cluster.json", "../../events/ecs-form-several-issues.json", lost, lostCopy, back, lostLate,
}

func TestRoutesGolden(t *testing.T) {
	for name, routes := range map[string]string{"default": defaultRoutes, "example": exampleRoutes} {
		for golden, f := range map[string]format{name + ".txt": asText, name + ".json": asJSON} {
			t.Run(golden, func(t *testing.T) {
				got := start(t, "", nil, append([]string{"routes", routes, "--format", string(f)}, routedSamples...)...)
				if got.code != exitFine || got.stderr != "" {
					t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
				}
				compare(t, filepath.Join("testdata/routes", golden), got.stdout)
			})
		}
	}
}

func TestEverySampleIsRouted(t *testing.T) {
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil {
		t.Fatal(err)
	}
	got := start(t, "", nil, append([]string{"routes", defaultRoutes, "--format", "json"}, samples...)...)
	if got.code != exitUnknown || got.stderr != "" {
		t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
	}
	n := 0
	for decoder := json.NewDecoder(strings.NewReader(got.stdout)); ; n++ {
		var each routed
		if err := decoder.Decode(&each); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if each.Muted == (len(each.To) > 0) || each.Muted == each.Actionable {
			t.Errorf("%s: muted %t, actionable %t, to %v", each.Event, each.Muted, each.Actionable, each.To)
		}
	}
	if n != len(samples) {
		t.Errorf("%d of %d samples were routed", n, len(samples))
	}
}

func TestRoutesRun(t *testing.T) {
	mistaken := file(t, "routes.json", `{"rules": [{"to": "slack"}, {"match": {"kind": "eks"}, "mute": true}]}`)
	hostile := strings.ReplaceAll(read(t, lost), `"billing"`, `"a\tb\u001b[31m\nc"`)
	tests := map[string]struct {
		args           []string
		stdin          string
		code           int
		stdout, stderr []string
	}{
		"standard input":  {args: []string{"routes", "default", "-"}, stdin: read(t, lost), stdout: []string{"EVENT", "standard input", "EKS billing", "default", "otherwise\n"}, stderr: []string{""}},
		"a recovery":      {args: []string{"routes", exampleRoutes, "--format", "json", lost, back}, stdout: []string{`"status": "HEALTHY"`, `"findings": [`}, stderr: []string{""}},
		"unknown":         {args: []string{"routes", "default", unknown}, code: exitUnknown, stdout: []string{"UNHEALTHY unknown"}, stderr: []string{""}},
		"mistakes":        {args: []string{"routes", mistaken, lost}, code: exitFailed, stdout: []string{""}, stderr: []string{"routes.json: routes to correct: 2\n  rules[0].to: ", "\n  rules[1].match.kind: "}},
		"no such rules":   {args: []string{"routes", "absent.json", lost}, code: exitFailed, stdout: []string{""}, stderr: []string{"absent.json: there is no such file"}},
		"rules in a list": {args: []string{"routes", file(t, "list.json", "[]"), lost}, code: exitFailed, stdout: []string{""}, stderr: []string{"it is a JSON array"}},
		"no such event":   {args: []string{"routes", "default", "absent.json", lost}, code: exitFailed, stdout: []string{"EKS billing"}, stderr: []string{"coverage: absent.json: there is no such file"}},
		"a finding":       {args: []string{"routes", "default", "-"}, stdin: stranger, code: exitFailed, stdout: []string{""}, stderr: []string{"standard input: " + stranger1}},
		"a hostile name":  {args: []string{"routes", "default", "-"}, stdin: hostile, stdout: []string{"standard input", "default"}, stderr: []string{""}},
		"no events":       {args: []string{"routes", "default"}, code: exitUsage, stdout: []string{""}, stderr: []string{"name at least one file"}},
		"no rules":        {args: []string{"routes"}, code: exitUsage, stdout: []string{""}, stderr: []string{"routes needs RULES"}},
		"empty rules":     {args: []string{"routes", "", lost}, code: exitUsage, stdout: []string{""}, stderr: []string{"routes needs RULES"}},
		"rules from -":    {args: []string{"routes", "-", lost}, code: exitUsage, stdout: []string{""}, stderr: []string{"routes needs RULES"}},
		"for Slack":       {args: []string{"routes", "default", "--format", "slack", lost}, code: exitUsage, stdout: []string{""}, stderr: []string{`"slack" is not text or json`}},
		"with --send":     {args: []string{"routes", "default", "--send", lost}, code: exitUsage, stdout: []string{""}, stderr: []string{"there is no flag --send"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := start(t, test.stdin, nil, test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			contains(t, "stdout", got.stdout, test.stdout)
			contains(t, "stderr", got.stderr, test.stderr)
			if strings.ContainsAny(got.stdout+got.stderr, "\x1b\x00") {
				t.Error("control characters where no terminal is")
			}
		})
	}
}

// jsonBlock is JSON that a page shows.
var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

// TestRulesInTheDocumentationHold parses every example of rules, routes by it, and holds it to the schema.
func TestRulesInTheDocumentationHold(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/routes.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil {
		t.Fatal(err)
	}
	examples := map[string]string{exampleRoutes: read(t, exampleRoutes)}
	for page, least := range map[string]int{routingPage: 6} {
		blocks := jsonBlock.FindAllStringSubmatch(read(t, page), -1)
		if len(blocks) < least {
			t.Errorf("%s shows %d examples, expected at least %d", page, len(blocks), least)
		}
		for i, block := range blocks {
			examples[fmt.Sprintf("%s, block %d", page, i+1)] = block[1]
		}
	}
	for name, text := range examples {
		got := start(t, "", nil, append([]string{"routes", file(t, "routes.json", text)}, samples...)...)
		if got.code != exitUnknown || got.stderr != "" {
			t.Errorf("%s: exit code %d, %s", name, got.code, got.stderr)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRoutingPageShowsTheTableAsItLooks(t *testing.T) {
	page, err := filepath.Abs(routingPage)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	documentShows(t, page, "routes", start(t, "", nil, "routes", "docs/routes.example.json", "events/eks-addon-removed.json",
		"events/eks-local-cluster.json", "events/ec2-form-in-eks-cluster.json", "events/ecs-form-seen.json").stdout)
}
