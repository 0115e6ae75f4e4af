package sns_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/sns"
)

// report is a report of so many findings with so many resources each.
func report(findings, resources int) message.Message {
	at := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	total := findings * resources
	m := message.Message{
		Title:   "96.4% covered: 2 Regions",
		State:   "Coverage report",
		Summary: "GuardDuty Runtime Monitoring covers 1204 of 1249 resources.",
		Context: []message.Item{{Text: "1204 of 1249 covered"}},
		Words:   message.Words{More: "… {n} more", Cut: "… (cut)"},
		Form: &message.Report{
			Version: message.ReportVersion, Kind: message.ReportKind, At: at, Regions: []string{"eu-central-1", "us-east-1"},
			Total: message.ReportCoverage{Covered: 1204, Total: 1204 + total, Percent: new(96.4)}, Accounts: 3,
			Links: []message.RecordLink{{Label: "Console", URL: "https://eu-central-1.console.aws.amazon.com/"}},
		},
	}
	for f := range findings {
		table := message.Table{Columns: []message.Column{{Heading: "Uncovered for", Right: true}, {Heading: "Resource"}}}
		finding := message.ReportFinding{
			ID: fmt.Sprintf("finding-%d", f), Kind: "EKS", Title: "agent pods cannot be scheduled", Cause: strings.Repeat("Why. ", 60),
			Text: strings.Repeat("Because. ", 400), Actionable: true, Total: resources,
			Steps: []message.RecordStep{{Text: "Do this.", Command: strings.Repeat("aws ", 50)}},
			Links: []message.RecordLink{{Label: "AWS", URL: "https://docs.aws.amazon.com/"}},
		}
		for r := range resources {
			name := fmt.Sprintf("cluster-%d", r)
			finding.Resources = append(finding.Resources, message.ReportResource{
				Name: name, ARN: "arn:aws:eks:eu-central-1:111122223333:cluster/" + name, Account: "111122223333", Region: "eu-central-1", Since: at,
			})
			table.Rows = append(table.Rows, []string{"2 d 3 h", name})
		}
		reportOf(m).Findings = append(reportOf(m).Findings, finding)
		m.Sections = append(m.Sections, message.Section{
			Heading: "Agent pods cannot be scheduled", Text: "Why.", Table: &table, Steps: []message.Step{{Text: "Do this.", Command: "aws"}},
		})
	}
	return m
}

func TestSendReport(t *testing.T) {
	for _, format := range []sns.Format{sns.Text, sns.JSON, sns.AmazonQ} {
		t.Run(string(format), func(t *testing.T) {
			m := report(1, 3)
			reportOf(m).Findings[0].Text, reportOf(m).Findings[0].Steps = "Because.", nil
			compareGolden(t, string(format)+"-report.txt", readable(t, publish(t, format, m)))
		})
	}
}

// TestAReportPassesNoFilterForChanges holds what subscribers of version 1 rely on.
func TestAReportPassesNoFilterForChanges(t *testing.T) {
	for _, format := range []sns.Format{sns.Text, sns.JSON, sns.AmazonQ} {
		got := map[string]string{}
		for name, value := range publish(t, format, report(3, 3)).MessageAttributes {
			got[name] = *value.DataType + " " + *value.StringValue
		}
		if diff := gocmp.Diff(map[string]string{"status": "String REPORT"}, got); diff != "" {
			t.Errorf("%s: attributes differ (-want +got):\n%s", format, diff)
		}
	}
}

func TestReportsOfAnySizeFit(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {1, 1}, {1, 50}, {12, 50}, {200, 50}, {700, 1}} {
		for _, format := range []sns.Format{sns.Text, sns.JSON, sns.AmazonQ} {
			t.Run(fmt.Sprintf("%s %d findings of %d", format, size[0], size[1]), func(t *testing.T) {
				input := publish(t, format, report(size[0], size[1]))
				if format == sns.AmazonQ {
					validate(t, qSchema, *input.Message)
					return
				}
				got := publishedReport(t, format, *input.Message, input.MessageStructure != nil)
				if want := 1204 + size[0]*size[1]; got.Total.Total != want {
					t.Errorf("total %d, want %d", got.Total.Total, want)
				}
				if size[0] > 0 && (len(got.Findings) == 0 || got.Findings[0].Total != size[1]) {
					t.Errorf("the first finding is lost: %+v", got.Findings)
				}
			})
		}
	}
}

func publishedReport(t *testing.T, format sns.Format, body string, structured bool) message.Report {
	t.Helper()
	if structured {
		bodies := map[string]string{}
		if err := json.Unmarshal([]byte(body), &bodies); err != nil {
			t.Fatal(err)
		}
		body = bodies["sqs"]
	}
	validate(t, reportSchema, body)
	var got message.Report
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return got
}

func TestWhatALargeReportLoses(t *testing.T) {
	tests := map[string]struct {
		findings, resources       int
		text, listed, steps, kept int
	}{
		"nothing":                   {1, 50, 3600, 50, 1, 1},
		"the length of texts":       {70, 1, 1000, 1, 1, 70},
		"all but the ten oldest":    {40, 50, 1000, 10, 1, 40},
		"steps and links":           {82, 50, 1000, 10, 0, 82},
		"the resources":             {140, 50, 1000, 0, 0, 140},
		"all but the first finding": {200, 50, 200, 0, 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := report(test.findings, test.resources)
			got := publishedReport(t, sns.JSON, *publish(t, sns.JSON, m).Message, false)
			first := got.Findings[0]
			if len([]rune(first.Text)) != test.text || len(first.Resources) != test.listed || len(first.Steps) != test.steps || len(got.Findings) != test.kept {
				t.Errorf("text of %d, %d resources, %d steps, %d findings", len([]rune(first.Text)), len(first.Resources), len(first.Steps), len(got.Findings))
			}
			if len(reportOf(m).Findings) != test.findings || len(reportOf(m).Findings[0].Resources) != test.resources || len(reportOf(m).Findings[0].Steps) != 1 {
				t.Error("the caller's report changed")
			}
		})
	}
}

func TestHostileReportFits(t *testing.T) {
	evil := strings.Repeat("\x00\"\\\u2028", 250)
	m := report(1, 1)
	r := reportOf(m)
	r.Findings[0] = message.ReportFinding{ID: "unknown", Kind: evil, Title: evil, Cause: evil, Text: evil, Resources: []message.ReportResource{{Name: evil, ARN: evil}}}
	for range 100 {
		r.Regions = append(r.Regions, evil)
		r.Problems = append(r.Problems, message.ReportProblem{Region: evil, Reason: "failed", Detail: evil})
		r.Coverage = append(r.Coverage, message.ReportCoverage{Kind: evil})
	}
	for _, format := range []sns.Format{sns.Text, sns.JSON, sns.AmazonQ} {
		publish(t, format, m)
	}
}

func TestSubjectOfAReport(t *testing.T) {
	m := report(1, 45)
	if got, want := *publish(t, sns.Text, m).Subject, "96.4% covered: 2 Regions - Coverage report"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	m.Title = "カバレッジレポート"
	if got, want := *publish(t, sns.Text, m).Subject, "REPORT 1204/1249 96.4%"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFIFOOfReports(t *testing.T) {
	later, other := report(1, 1), report(1, 1)
	reportOf(later).At = reportOf(later).At.Add(time.Hour)
	reportOf(other).Regions = reportOf(other).Regions[:1]
	inputs := fifo(t, report(1, 1), later, other)
	if *inputs[0].MessageGroupId != *inputs[1].MessageGroupId || *inputs[0].MessageGroupId == *inputs[2].MessageGroupId {
		t.Error("the next report is in another group, or one of other Regions in the same")
	}
	if *inputs[0].MessageDeduplicationId == *inputs[1].MessageDeduplicationId {
		t.Error("the next report is a repetition")
	}
}

func TestAmazonQClosesTheTableItCuts(t *testing.T) {
	m := report(80, 50)
	var q struct{ Content struct{ Description string } }
	if err := json.Unmarshal([]byte(*publish(t, sns.AmazonQ, m).Message), &q); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(q.Content.Description, "```"); n == 0 || n%2 != 0 {
		t.Errorf("%d fences in %s", n, q.Content.Description)
	}
}
