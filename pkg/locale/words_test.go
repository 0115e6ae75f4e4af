package locale_test

import (
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
)

// TestReportDaysFitCharts holds the days to what a chart of Slack's takes.
func TestReportDaysFitCharts(t *testing.T) {
	for _, l := range locale.Languages() {
		if day := time.Date(2026, 12, 30, 23, 59, 59, 0, time.UTC).Format(l.Report.Day); len([]rune(day)) > 20 {
			t.Errorf("Report.Day of language %s is longer than 20 characters: %s", l.Code, day)
		}
	}
}

func TestWordsNameResources(t *testing.T) {
	w, ja := locale.English().Words, locale.Japanese().Words
	tests := map[string]struct{ got, want string }{
		"a cluster":       {w.Name(coverage.Resource{Kind: coverage.EKS, Name: "payments"}, 0), "EKS cluster payments"},
		"a long name":     {w.Name(coverage.Resource{Kind: coverage.ECS, Name: "äöüß"}, 3), "ECS cluster äöü…"},
		"no name":         {w.Name(coverage.Resource{Kind: coverage.EC2}, 0), "EC2 instance (no name)"},
		"a new kind":      {w.Name(coverage.Resource{Kind: "LAMBDA", Name: "{kind}"}, 0), "LAMBDA resource {kind}"},
		"many":            {w.Many(coverage.EKS, 12), "12 EKS clusters"},
		"many of another": {w.Many("LAMBDA", 2), "2 LAMBDA resources"},
		"days":            {w.Length(51 * time.Hour), "2 d 3 h"},
		"hours":           {w.Length(61 * time.Minute), "1 h 1 min"},
		"minutes":         {w.Length(119 * time.Second), "1 min"},
		"seconds":         {w.Length(59 * time.Second), "59 s"},
		"sentences":       {w.Join("", "One.", "", "{first}."), "One. {first}."},
		"no sentence":     {w.Join(""), ""},

		"a cluster, ja":   {ja.Name(coverage.Resource{Kind: coverage.EKS, Name: "payments"}, 0), "EKS クラスター payments"},
		"no name, ja":     {ja.Name(coverage.Resource{Kind: coverage.EC2}, 0), "EC2 インスタンス (名前なし)"},
		"a long name, ja": {ja.Name(coverage.Resource{Kind: coverage.ECS, Name: "決済システム"}, 3), "ECS クラスター 決済シ…"},
		"many, ja":        {ja.Many(coverage.EC2, 12), "EC2 インスタンス 12 台"},
		"days, ja":        {ja.Length(51 * time.Hour), "2 日 3 時間"},
		"hours, ja":       {ja.Length(61 * time.Minute), "1 時間 1 分"},
		"sentences, ja":   {ja.Join("一。", "", "二。"), "一。二。"},
	}
	for name, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", name, test.got, test.want)
		}
	}
}
