package message_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/message"
)

const schemaFile = "../../docs/message.schema.json"

func TestRecordKeepsToItsSchema(t *testing.T) {
	group := fullRecord()
	group.Group = &message.RecordGroup{Total: 3, Open: 2}
	records := map[string]message.Record{
		"full":    fullRecord(),
		"group":   group,
		"minimal": {Version: message.RecordVersion, Status: "HEALTHY", Findings: []message.RecordFinding{{ID: "unknown"}}},
	}
	schema := compiled(t)
	for name, record := range records {
		t.Run(name, func(t *testing.T) {
			if err := validate(t, schema, asJSON(t, record)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSchemaRefusesWhatBreaksThePromise(t *testing.T) {
	tests := map[string][2]string{
		"another version":         {`"version":"1"`, `"version":"2"`},
		"no version":              {`"version":"1",`, ``},
		"the status's other case": {`"status":"UNHEALTHY"`, `"status":"Unhealthy"`},
		"a time in another zone":  {`T03:04:05Z`, `T03:04:05+01:00`},
		"a moment that is none":   {`2026-11-23T03:04:05Z`, `23 Nov 2026 Z`},
		"null for a list":         {`"evidence":[`, `"evidence":null,"was":[`},
		"text for a truth value":  {`"actionable":true`, `"actionable":"true"`},
		"an id with blanks":       {`"id":"addon-replicas-missing"`, `"id":"Addon replicas missing"`},
		"a negative count":        {`"covered":2`, `"covered":-1`},
		"a negative duration":     {`"durationSeconds":60`, `"durationSeconds":-60`},
	}
	schema, good := compiled(t), asJSON(t, fullRecord())
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, change[0], change[1], 1)
			if bad == good {
				t.Fatalf("%s does not occur in %s", change[0], good)
			}
			if validate(t, schema, bad) == nil {
				t.Errorf("accepted: %s", bad)
			}
		})
	}
}

func TestRecordMarshalsTextAsItIs(t *testing.T) {
	record := message.Record{Findings: []message.RecordFinding{{Text: `<a> & "b"`}}}
	got, err := record.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if want := `<a> & \"b\"`; !strings.Contains(string(got), want) {
		t.Errorf("%s lacks %s", got, want)
	}
}

// schemaNode is the part of a JSON Schema that this project uses to describe objects.
type schemaNode struct {
	Ref         string                `json:"$ref"`
	Description string                `json:"description"`
	Properties  map[string]schemaNode `json:"properties"`
	Required    []string              `json:"required"`
	Items       *schemaNode           `json:"items"`
	Defs        map[string]schemaNode `json:"$defs"`
}

func TestSchemaAndRecordHaveTheSameFields(t *testing.T) {
	raw, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var root schemaNode
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	compareFields(t, root, reflect.TypeFor[message.Record](), root)
}

func compareFields(t *testing.T, root schemaNode, typ reflect.Type, node schemaNode) {
	t.Helper()
	if node.Items != nil {
		node = *node.Items
	}
	if name, ok := strings.CutPrefix(node.Ref, "#/$defs/"); ok {
		node = root.Defs[name]
	}
	for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() {
		return
	}
	var names, required []string
	for field := range typ.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
		if options == "" {
			required = append(required, name)
		}
		if node.Properties[name].Description == "" {
			t.Errorf("%s.%s: the schema does not describe %q", typ, field.Name, name)
		}
		compareFields(t, root, field.Type, node.Properties[name])
	}
	if diff := cmp.Diff(sorted(names), sortedKeys(node.Properties)); diff != "" {
		t.Errorf("%s and the schema differ (-struct +schema):\n%s", typ, diff)
	}
	if diff := cmp.Diff(sorted(required), sorted(node.Required)); diff != "" {
		t.Errorf("%s: required fields differ (-struct +schema):\n%s", typ, diff)
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func sortedKeys(properties map[string]schemaNode) []string {
	var keys []string
	for key := range properties {
		keys = append(keys, key)
	}
	return sorted(keys)
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	return compiledFile(t, schemaFile)
}

func compiledFile(t *testing.T, schemaFile string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, document string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func asJSON(t *testing.T, record message.Record) string {
	t.Helper()
	raw, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// fullRecord has a value in every field but Group, and its times in a zone that is not UTC.
func fullRecord() message.Record {
	at := time.Date(2026, 11, 23, 4, 4, 5, 0, time.FixedZone("CET", 3600))
	link := message.RecordLink{Label: "Troubleshooting", URL: "https://docs.aws.amazon.com/guardduty/latest/ug/eks-runtime-monitoring-coverage.html#a"}
	return message.Record{
		Version: message.RecordVersion,
		Status:  "UNHEALTHY",
		Resource: message.RecordResource{
			Kind: "EKS", Name: "payments", ARN: "arn:aws:eks:eu-central-1:111122223333:cluster/payments",
			Account: "111122223333", Region: "eu-central-1", Cluster: "arn:aws:eks:eu-central-1:111122223333:cluster/payments",
			InstanceType: "m7g.large", AgentVersion: "v1.9.0-eksbuild.2", AgentStatus: "DEGRADED",
			Management: "AUTO_MANAGED", Covered: new(2), Total: new(3),
		},
		ChangedAt: at, ReceivedAt: at.Add(5 * time.Minute),
		Findings: []message.RecordFinding{{
			ID: "addon-replicas-missing", Type: "Addon Status Unhealthy", Text: "Addon Status Unhealthy:EKS Addon issue - …",
			Title: "agent pods are missing", Cause: "Some pods of the agent do not run.", Actionable: true,
			Steps: []message.RecordStep{{Text: "Look at the pods.", Command: "kubectl get pods -n amazon-guardduty -o wide"}, {Text: "Wait."}},
			Links: []message.RecordLink{link},
		}},
		Evidence: []message.RecordEvidence{{Check: "the add-on", Result: "DEGRADED", LookedAt: at.Add(6 * time.Minute)}},
		Incident: &message.RecordIncident{OpenedAt: at.Add(-time.Minute), DurationSeconds: 60},
		Links:    []message.RecordLink{link},
	}
}
