package message_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/message"
)

const reportSchema = "../../docs/report.schema.json"

func TestTableLines(t *testing.T) {
	tests := map[string]struct {
		table message.Table
		want  []string
	}{
		"aligned": {
			message.Table{
				Columns: []message.Column{{Heading: "Age", Right: true}, {Heading: "Account"}, {Heading: "Name"}},
				Rows:    [][]string{{"1 d 5 h", "111122223333", "payments"}, {"3 h", "—", "a-name-that-is-longer-than-its-heading"}},
			},
			[]string{
				"    Age  Account       Name",
				"1 d 5 h  111122223333  payments",
				"    3 h  —             a-name-that-is-longer-than-its-heading",
			},
		},
		"wide characters": {
			message.Table{
				Columns: []message.Column{{Heading: "期間"}, {Heading: "リソース"}, {Heading: "x"}},
				Rows:    [][]string{{"1日5時間", "支払い", "a"}, {"é", "Ω", "b"}},
			},
			[]string{"期間      リソース  x", "1日5時間  支払い    a", "é         Ω         b"},
		},
		"hostile, short and long rows": {
			message.Table{
				Columns: []message.Column{{Heading: "A\x1b"}, {Heading: "B"}},
				Rows:    [][]string{{"\u202ea\nb\tc"}, nil, {"1", "2", "3"}},
			},
			[]string{"A\uFFFD      B", "\uFFFDa b c", "", "1       2"},
		},
		"no columns": {message.Table{Rows: [][]string{{"a"}}}, []string{"", ""}},
		"no rows":    {message.Table{Columns: []message.Column{{Heading: "A"}}}, []string{"A"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.table.Lines()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWriteTextShowsTablesAndLeavesChartsOut(t *testing.T) {
	chart := &message.Chart{Title: "Never seen", Categories: []string{"a"}, Series: []message.Series{{Name: "b", Values: []float64{1}}}}
	m := message.Message{
		Title: "Report",
		Words: message.Words{More: "… {n} more"},
		Sections: []message.Section{
			{Chart: chart},
			{Heading: "Trend", Chart: chart, Table: &message.Table{
				Columns: []message.Column{{Heading: "When"}, {Heading: "All", Right: true}}, Rows: [][]string{{"Monday", "9.9%"}, {"Tuesday", "100.0%"}},
			}},
			{Heading: "Cause", Text: "Why.", Steps: []message.Step{{Text: "Do."}}, Table: &message.Table{
				Columns: []message.Column{{Heading: "Name"}}, Rows: [][]string{{"a"}}, More: 41,
			}},
			{Table: &message.Table{Columns: []message.Column{{Heading: "Alone"}}}, Links: []message.Link{{Label: "Page", URL: "https://a.example"}}},
		},
	}
	const want = `○ Report

Trend
  When        All
  Monday     9.9%
  Tuesday  100.0%

Cause
  Why.

  Name
  a
  … 41 more

  1. Do.

  Alone

  Page: https://a.example
`
	var got strings.Builder
	if err := m.WriteText(&got, message.Plain, message.DefaultWidth); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// fullReport has a value in every field, and its times in a zone that is not UTC.
func fullReport() message.Report {
	at := time.Date(2026, 11, 23, 4, 4, 5, 0, time.FixedZone("CET", 3600))
	link := message.RecordLink{Label: "AWS on this issue", URL: "https://docs.aws.amazon.com/guardduty/latest/ug/"}
	total := message.ReportCoverage{Covered: 1, Total: 2, Percent: new(50.0)}
	return message.Report{
		Version: message.ReportVersion, Kind: message.ReportKind, At: at,
		Regions: []string{"eu-central-1", "us-east-1"}, Accounts: 2, Total: total, HealedWhileHeld: 3,
		Problems: []message.ReportProblem{{Region: "us-east-1", Reason: "denied", Detail: "AccessDeniedException: <no>"}},
		Coverage: []message.ReportCoverage{{Kind: "EKS", Covered: 1, Total: 2, Percent: new(50.0)}},
		Findings: []message.ReportFinding{{
			ID: "addon-removed", Kind: "EKS", Title: "the add-on was removed", Cause: "It is gone.", Text: "…", Actionable: true, Transient: true, Total: 1,
			Resources: []message.ReportResource{{
				Name: "payments", ARN: "arn:aws:eks:eu-central-1:111122223333:cluster/payments", Account: "111122223333", Region: "eu-central-1", Since: at,
			}},
			Steps: []message.RecordStep{{Text: "Create it.", Command: "aws eks create-addon"}},
			Links: []message.RecordLink{link},
		}},
		Losses: &message.ReportLosses{
			From: at.AddDate(0, 0, -30), Until: at, Count: 2, Open: 1, Seconds: 7200, Repaired: 1, MedianSeconds: 3600, NinetiethSeconds: 3600,
			Accounts: []message.ReportLossShare{{Of: "111122223333", Count: 2, Seconds: 7200}},
			Kinds:    []message.ReportLossShare{{Of: "EKS", Count: 2, Seconds: 7200}},
			Longest: []message.ReportLoss{
				{Kind: "EKS", Name: "payments", OpenedAt: at, ClosedAt: at.Add(time.Hour), Seconds: 3600, Gone: true},
				{Kind: "EKS", Name: "shop", OpenedAt: at, Seconds: 3600, Causes: []string{"addon-removed"}},
			},
			Shorter: 1, ShorterSeconds: 60,
		},
		Since: &message.ReportSince{At: at, Total: total, Uncovered: new(1), Recovered: new(0)},
		Links: []message.RecordLink{link},
	}
}

func TestReportKeepsToItsSchema(t *testing.T) {
	bare := fullReport()
	bare.Findings = []message.ReportFinding{{ID: "unknown"}}
	for name, report := range map[string]message.Report{
		"full": fullReport(), "bare": bare, "minimal": {Version: message.ReportVersion, Kind: message.ReportKind},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := report.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if err := validate(t, compiledFile(t, reportSchema), string(raw)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAReportIsNoNotification keeps programs that read notifications from taking a report for one.
func TestAReportIsNoNotification(t *testing.T) {
	raw, err := fullReport().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if validate(t, compiled(t), string(raw)) == nil {
		t.Error("a report satisfies the schema of notifications")
	}
	raw, err = fullRecord().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if got := asJSON(t, fullRecord()); got != string(raw) {
		t.Errorf("the machine form of a notification is %s, want %s", raw, got)
	}
	if validate(t, compiledFile(t, reportSchema), string(raw)) == nil {
		t.Error("a notification satisfies the schema of reports")
	}
}

func TestReportSchemaRefusesWhatBreaksThePromise(t *testing.T) {
	tests := map[string][2]string{
		"another version":        {`"version":"report-1"`, `"version":"1"`},
		"another kind":           {`"kind":"report"`, `"kind":"EKS"`},
		"a time in another zone": {`T03:04:05Z`, `T03:04:05+01:00`},
		"null for a list":        {`"problems":[`, `"problems":null,"was":[`},
		"a reason of one's own":  {`"reason":"denied"`, `"reason":"bad luck"`},
		"more than all":          {`"percent":50`, `"percent":100.1`},
		"a negative count":       {`"covered":1`, `"covered":-1`},
		"an id with blanks":      {`"id":"addon-removed"`, `"id":"add-on removed"`},
	}
	raw, err := json.Marshal(fullReport())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(string(raw), change[0], change[1], 1)
			if bad == string(raw) {
				t.Fatalf("%s does not occur in %s", change[0], raw)
			}
			if validate(t, compiledFile(t, reportSchema), bad) == nil {
				t.Errorf("accepted: %s", bad)
			}
		})
	}
}

func TestReportSchemaAndReportHaveTheSameFields(t *testing.T) {
	raw, err := os.ReadFile(reportSchema)
	if err != nil {
		t.Fatal(err)
	}
	var root schemaNode
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	compareFields(t, root, reflect.TypeFor[message.Report](), root)
}
