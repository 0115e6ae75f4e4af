package main

import (
	"encoding/json"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/locale"
)

func TestCatalogIsListedWhole(t *testing.T) {
	listed := start(t, "", nil, "catalog")
	var entries []entry
	if err := json.Unmarshal([]byte(start(t, "", nil, "catalog", "--format", "json").stdout), &entries); err != nil {
		t.Fatal(err)
	}
	all := catalog.All()
	if listed.code != exitFine || len(entries) != len(all) {
		t.Fatalf("exit code %d, %d entries as JSON, want %d", listed.code, len(entries), len(all))
	}
	lines := strings.Split(listed.stdout, "\n")
	for i, e := range all {
		id, rest, _ := strings.Cut(lines[i+1], " ")
		if entries[i].ID != e.ID || id != string(e.ID) || entries[i].Title == "" || !strings.Contains(rest, entries[i].Title) {
			t.Errorf("entry %s is listed as %q and %+v", e.ID, lines[i+1], entries[i])
		}
		if entries[i].Actionable == e.NotActionable || strings.Contains(rest, "requires no action") != e.NotActionable {
			t.Errorf("%s: whether it is actionable is wrong in %q or %+v", e.ID, lines[i+1], entries[i])
		}
		if entries[i].Transient != e.Transient || strings.Contains(rest, "usually resolves by itself") != e.Transient {
			t.Errorf("%s: whether it is transient is wrong in %q or %+v", e.ID, lines[i+1], entries[i])
		}
	}
}

// TestTheCatalogForProgramsIsTheSameInEveryLanguage holds what programs match on apart from what people read.
func TestTheCatalogForProgramsIsTheSameInEveryLanguage(t *testing.T) {
	want := start(t, "", nil, "catalog", "--format", "json").stdout
	for _, l := range locale.Languages() {
		if got := start(t, "", nil, "catalog", "--format", "json", "--lang", l.Code).stdout; got != want || !json.Valid([]byte(got)) {
			t.Errorf("in %s it is another", l.Code)
		}
	}
}

func TestCatalogInJapanese(t *testing.T) {
	contains(t, "stdout", start(t, "", nil, "catalog", "--lang", "ja").stdout, []string{"ID ", "アドオン"})
}
