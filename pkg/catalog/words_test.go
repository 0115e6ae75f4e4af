package catalog_test

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// TestReportWordsAreComplete holds every language to English: each field set, with the same placeholders.
func TestReportWordsAreComplete(t *testing.T) {
	english := reflect.ValueOf(catalog.English.Words.Report)
	for _, l := range catalog.Languages() {
		words := reflect.ValueOf(l.Words.Report)
		for i := range words.NumField() {
			name, text := words.Type().Field(i).Name, words.Field(i).String()
			if text == "" {
				t.Errorf("Words.Report.%s is not set (edit the words of language %s)", name, l.Code)
			}
			if want, got := placeholdersOf(english.Field(i).String()), placeholdersOf(text); !slices.Equal(want, got) {
				t.Errorf("Words.Report.%s of language %s has the placeholders %q, English %q", name, l.Code, got, want)
			}
		}
		if day := time.Date(2026, 12, 30, 23, 59, 59, 0, time.UTC).Format(l.Words.Report.Day); len([]rune(day)) > 20 {
			t.Errorf("Words.Report.Day of language %s is longer than 20 characters: %s", l.Code, day)
		}
	}
}

func placeholdersOf(text string) []string {
	return slices.Sorted(slices.Values(regexp.MustCompile(`\{[a-z]+\}`).FindAllString(text, -1)))
}

func TestWordsNameResources(t *testing.T) {
	w := catalog.English.Words
	tests := map[string]struct{ got, want string }{
		"a cluster":       {w.Name(coverage.Resource{Kind: coverage.EKS, Name: "payments"}, 0), "EKS cluster payments"},
		"a long name":     {w.Name(coverage.Resource{Kind: coverage.ECS, Name: "äöüß"}, 3), "ECS cluster äöü…"},
		"no name":         {w.Name(coverage.Resource{Kind: coverage.EC2}, 0), "EC2 instance (no name given)"},
		"a new kind":      {w.Name(coverage.Resource{Kind: "LAMBDA", Name: "{kind}"}, 0), "LAMBDA resource {kind}"},
		"many":            {w.Many(coverage.EKS, 12), "12 EKS clusters"},
		"many of another": {w.Many("LAMBDA", 2), "2 LAMBDA resources"},
		"all":             {w.All(coverage.EC2), "EC2 instances"},
		"all of another":  {w.All("LAMBDA"), "LAMBDA resources"},
		"days":            {w.Length(51 * time.Hour), "2 d 3 h"},
		"hours":           {w.Length(61 * time.Minute), "1 h 1 min"},
		"minutes":         {w.Length(119 * time.Second), "1 min"},
		"seconds":         {w.Length(59 * time.Second), "59 s"},
	}
	for name, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", name, test.got, test.want)
		}
	}
}
