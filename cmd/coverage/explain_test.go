package main

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/message"
)

// TestCatalogExamplesAreExplained copies every example of the catalog from the console, as it were.
func TestCatalogExamplesAreExplained(t *testing.T) {
	for _, e := range catalog.All() {
		if e.Silent {
			continue // It has no text that could be copied.
		}
		for _, kind := range e.Kinds {
			for _, example := range e.Examples {
				got := start(t, "", nil, "explain", string(kind), "--format", "json", example)
				var record message.Record
				if err := json.Unmarshal([]byte(got.stdout), &record); err != nil {
					t.Fatalf("%v: %+v", err, got)
				}
				if got.code != exitFine || len(record.Findings) != 1 || record.Findings[0].ID != string(e.ID) {
					t.Errorf("exit code %d for %q of %s: %+v", got.code, example, e.ID, record.Findings)
				}
			}
		}
	}
}

func TestAnIssueIsOfNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var record message.Record
		got := start(t, "", nil, "explain", "EKS", "--format", "json", "Others:Error due to authorization failure")
		if err := json.Unmarshal([]byte(got.stdout), &record); err != nil {
			t.Fatal(err)
		}
		if !record.ChangedAt.Equal(time.Now()) {
			t.Errorf("changed at %v, want %v", record.ChangedAt, time.Now())
		}
	})
}
