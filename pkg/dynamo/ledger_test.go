package dynamo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

// ledgers is a Ledger and a Store of one table.
func ledgers(t *testing.T) (*dynamo.Ledger, *dynamo.Store, *table, *clock) {
	t.Helper()
	tb, c := newTable(), &clock{moment}
	client := connect(t, tb)
	return dynamo.NewLedger(client, "incidents"), dynamo.New(client, "incidents", func() time.Time { return c.now }, tokens()), tb, c
}

func TestLedgerListsRecordsAndGroups(t *testing.T) {
	ledger, s, tb, c := ledgers(t)
	for i := range 5 {
		saved(t, s, fmt.Sprint("record ", i), lost(i))
	}
	claim(t, s, "record 3", incident.Intent{})
	claim(t, s, "claimed only", incident.Intent{})
	g := created(t, s, "a", "b")
	claimGroup(t, s, "group/slack/unknown")
	if _, err := s.Count(t.Context(), "slack", moment); err != nil {
		t.Fatal(err)
	}
	if err := ledger.CountHealed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.SaveReports(t.Context(), "coverage", dynamo.Reports{}, json.RawMessage(`{}`)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for stored, err := range ledger.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		key := stored.Record.Key
		if stored.Group != nil {
			key = stored.Group.Key
			if diff := cmp.Diff(g, *stored.Group); diff != "" {
				t.Errorf("the group (-want +got):\n%s", diff)
			}
		}
		if want := key == "record 3"; stored.LeasedUntil.Equal(c.now.Add(dynamo.Lease)) != want {
			t.Errorf("%s is leased until %v", key, stored.LeasedUntil)
		}
		got = append(got, key)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{g.Key, "record 0", "record 1", "record 2", "record 3", "record 4"}, got); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	if pages := tb.requests["Scan"]; pages != 6 {
		t.Errorf("%d pages of two items", pages)
	}
	for range ledger.All(t.Context()) {
		break
	}
	if pages := tb.requests["Scan"]; pages >= 12 {
		t.Error("the rest is read although nobody wants it")
	}
}

func TestLedgerSkipsWhatItCannotRead(t *testing.T) {
	ledger, s, tb, _ := ledgers(t)
	saved(t, s, "whole", lost(0))
	for key, document := range map[string]attribute{
		"broken": text(`{"version":1`), "newer": text(`{"version":2}`), "a number": number(1), "of no version": text(`{}`),
	} {
		tb.items[key] = item{"pk": text(key), "document": document}
	}
	tb.items["group"] = item{"pk": text("group"), "document": text(`{}`), "revision": number(1)}
	var read, skipped []string
	for stored, err := range ledger.All(t.Context()) {
		if unreadable, ok := errors.AsType[*dynamo.UnreadableItem](err); ok {
			skipped = append(skipped, unreadable.Key)
			if errors.Is(err, format.ErrNewer) != strings.Contains(unreadable.Key, "newer") {
				t.Errorf("%v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, stored.Record.Key)
	}
	slices.Sort(skipped)
	if diff := cmp.Diff([]string{`"a number"`, `"broken"`, `"group"`, `"newer"`, `"of no version"`}, skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if !slices.Equal(read, []string{"whole"}) {
		t.Errorf("read %v", read)
	}
}

func TestLedgerEndsWhenTheTableFails(t *testing.T) {
	ledger, _, tb, _ := ledgers(t)
	tb.fail = "ThrottlingException"
	errs := 0
	for _, err := range ledger.All(t.Context()) {
		errs++
		requireError(t, err, "table incidents", "ThrottlingException")
	}
	if errs != 1 {
		t.Errorf("%d errors", errs)
	}
}

func TestLedgerKeepsReports(t *testing.T) {
	ledger, _, _, _ := ledgers(t)
	save := func(before dynamo.Reports, document string) (dynamo.Reports, error) {
		return ledger.SaveReports(t.Context(), "coverage", before, json.RawMessage(document))
	}
	none, err := ledger.Reports(t.Context(), "coverage")
	if err != nil || len(none.Document) != 0 {
		t.Fatalf("before the first: %q, %v", none.Document, err)
	}
	first, err := save(none, `{"n":1}`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = save(none, `{"n":9}`)
	requireError(t, err, "another report was made meanwhile")
	if _, err := save(first, `{"n":2}`); err != nil {
		t.Fatal(err)
	}
	_, err = save(first, `{"n":9}`)
	requireError(t, err, "another report was made meanwhile")
	got, err := ledger.Reports(t.Context(), "coverage")
	if string(got.Document) != `{"n":2}` || err != nil {
		t.Errorf("kept %s, %v", got.Document, err)
	}
	if other, err := ledger.Reports(t.Context(), "other"); len(other.Document) != 0 || err != nil {
		t.Errorf("of another name: %s, %v", other.Document, err)
	}
}

func TestLedgerCountsWhatHealed(t *testing.T) {
	ledger, _, tb, _ := ledgers(t)
	for want := range int64(4) {
		if got, err := ledger.Healed(t.Context()); got != want || err != nil {
			t.Errorf("%d healed, want %d: %v", got, want, err)
		}
		if err := ledger.CountHealed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tb.items["count/healed"] = item{"healed": text("4")}
	if _, err := ledger.Healed(t.Context()); err == nil {
		t.Error("a number that is a string")
	}
	tb.fail = "ThrottlingException"
	_, err := ledger.Healed(t.Context())
	for _, err := range []error{err, ledger.CountHealed(t.Context())} {
		requireError(t, err, "table incidents", "ThrottlingException")
	}
}
