package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// checkOutput holds for everything that the binary ever writes: each line of its log is one JSON object with a level
// and a message and no field that is not documented, its metrics keep to the embedded metric format, and it contains no
// secret.
func checkOutput(t *testing.T, f *function) {
	t.Helper()
	schema, known := metricSchema(t), documentedFields(t)
	for _, e := range f.entries() {
		if unknown := fieldsBeside(known, e.raw); unknown != nil {
			t.Errorf("docs/operations.md does not document %v: %s", unknown, e.raw)
		}
		if e.Level == "" || e.Message == "" {
			t.Errorf("a line of the log has no level or no message: %s", e.raw)
		}
		if e.Metrics == nil {
			continue
		}
		if err := checkMetrics(schema, e.raw); err != nil {
			t.Errorf("a line of the log is not in the embedded metric format: %v: %s", err, e.raw)
		}
	}
	stdout, outErr := f.Stdout()
	stderr, errErr := f.Stderr()
	if outErr != nil || errErr != nil {
		t.Fatal(outErr, errErr)
	}
	for _, secret := range f.secrets {
		if strings.Contains(stdout+stderr, secret) {
			t.Errorf("the log contains the secret %q:\n%s%s", secret, stdout, stderr)
		}
	}
}

// documentedFields are the names in the first cells of the tables that docs/operations.md has on the log and metrics.
func documentedFields(t *testing.T) []string {
	t.Helper()
	document, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(document), "\n## The log\n")
	text, _, _ = strings.Cut(text, "\n## What it costs\n")
	var names []string
	for _, cell := range regexp.MustCompile("(?m)^\\| (`.+?`) \\|").FindAllStringSubmatch(text, -1) {
		names = append(names, strings.Split(strings.ReplaceAll(cell[1], "`", ""), ", ")...)
	}
	if len(names) < 30 {
		t.Fatalf("only these fields are documented: %v", names)
	}
	return names
}

// fieldsBeside are the fields of a line that are not among the known.
func fieldsBeside(known []string, line string) []string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &members); err != nil {
		return []string{err.Error()}
	}
	var unknown []string
	for name := range members {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

func metricSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("testdata/embedded-metric-format.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// checkMetrics checks a line against the schema, and what the schema cannot say: that the line has a number for every
// metric and a text for every dimension.
func checkMetrics(schema *jsonschema.Schema, line string) error {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	if err != nil {
		return err
	}
	if err := schema.Validate(document); err != nil {
		return err
	}
	var members map[string]json.RawMessage
	var metadata struct {
		AWS struct {
			CloudWatchMetrics []struct {
				Dimensions [][]string
				Metrics    []struct{ Name string }
			}
		} `json:"_aws"`
	}
	if err := json.Unmarshal([]byte(line), &members); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(line), &metadata); err != nil {
		return err
	}
	for _, directive := range metadata.AWS.CloudWatchMetrics {
		for _, metric := range directive.Metrics {
			if err := json.Unmarshal(members[metric.Name], new(float64)); err != nil {
				return fmt.Errorf("metric %s has no number: %w", metric.Name, err)
			}
		}
		for _, set := range directive.Dimensions {
			for _, dimension := range set {
				if value := new(string); json.Unmarshal(members[dimension], value) != nil || *value == "" {
					return fmt.Errorf("dimension %s has no text", dimension)
				}
			}
		}
	}
	return nil
}

func TestMetricCheckBites(t *testing.T) {
	const good = `{"_aws":{"Timestamp":1774229808000,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["Function"]],` +
		`"Metrics":[{"Name":"Told","Unit":"Count"}]}]},"Function":"notify","Told":1}`
	schema := metricSchema(t)
	if err := checkMetrics(schema, good); err != nil {
		t.Fatalf("a good document is refused: %v", err)
	}
	for _, change := range [][2]string{
		{`"Timestamp":1774229808000,`, ``},
		{`1774229808000`, `"2026-03-23T01:48:06Z"`},
		{`"Namespace":"N"`, `"Namespace":""`},
		{`[["Function"]]`, `["Function"]`},
		{`[["Function"]]`, `[]`},
		{`"Unit":"Count"`, `"Unit":"count"`},
		{`"Name":"Told",`, ``},
		{`"Told":1`, `"Told":"1"`},
		{`"Told":1`, `"Other":1`},
		{`"Function":"notify"`, `"Function":""`},
		{`"Unit":"Count"`, `"Unit":"Count","Value":1`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s is not in the good document", change[0])
		}
		if checkMetrics(schema, bad) == nil {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}
