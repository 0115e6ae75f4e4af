package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/organization"
	"guardduty-coverage-notifier/pkg/route"
)

// listed are the accounts of an organization.
type listed struct {
	accounts map[string]organization.Entry
	// tags are those of every account that can be read, err and unread why not all can be.
	tags        []string
	err, unread error
}

func (l listed) List(context.Context) (map[string]organization.Entry, error) {
	return maps.Clone(l.accounts), l.err
}

// ReadTags reads those of all accounts, but for the last when one cannot be read.
func (l listed) ReadTags(
	_ context.Context,
	accounts map[string]organization.Entry,
	keep func(string) bool,
) error {
	ids := slices.Sorted(maps.Keys(accounts))
	if l.unread != nil {
		ids = ids[:len(ids)-1]
	}
	for _, id := range ids {
		entry := accounts[id]
		entry.Tags = slices.DeleteFunc(slices.Clone(l.tags), func(tag string) bool { return !keep(tag) })
		accounts[id] = entry
	}
	return l.unread
}

// withAccounts is a world with an uncovered instance in each of two accounts.
func withAccounts(t *testing.T, l listed) *world {
	t.Helper()
	w := newWorld(t, map[string]guarddutytest.Region{
		eu: guarddutytest.List(
			instance(own, "i-1", "UNHEALTHY", longAgo),
			instance(member, "i-2", "UNHEALTHY", longAgo),
		),
		us: guarddutytest.List(),
	})
	w.accounts, w.table = l, route.Table{Accounts: map[string]string{own: "ours"}}
	return w
}

// shown is the text of the report that was sent.
func (w *world) shown() string {
	w.t.Helper()
	if len(w.slack.told) != 1 {
		w.t.Fatalf("%d reports were sent", len(w.slack.told))
	}
	var text strings.Builder
	if err := w.slack.told[0].WriteText(&text, message.Plain, message.DefaultWidth); err != nil {
		w.t.Fatal(err)
	}
	return text.String()
}

func TestReportNamesAccounts(t *testing.T) {
	entries := map[string]organization.Entry{own: {Name: "theirs"}, member: {Name: "shop", Unit: "o-a/r-b/"}}
	w := withAccounts(t, listed{accounts: entries})
	if err := w.report(t.Context(), "1", own); err != nil {
		t.Fatal(err)
	}
	text := w.shown()
	for _, want := range []string{"ours", "shop"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not name %s:\n%s", want, text)
		}
	}
	if strings.Contains(text, "theirs") {
		t.Errorf("the organization's name precedes that of the rules:\n%s", text)
	}
	if diff := cmp.Diff(organization.Directory{At: start, Accounts: entries}, w.ledger.directory); diff != "" {
		t.Errorf("kept for the notifier (-want +got):\n%s", diff)
	}
}

// TestAccountsThatCannotBeListedCostNames, and those only until a report could list them.
func TestAccountsThatCannotBeListedCostNames(t *testing.T) {
	earlier := organization.Directory{
		At:       longAgo,
		Accounts: map[string]organization.Entry{member: {Name: "shop"}},
	}
	for name, failing := range map[string]string{"denied": "", "the table is away, too": "directory", "not kept": "save directory"} {
		t.Run(name, func(t *testing.T) {
			w := withAccounts(t, listed{err: errors.New("listing the organization's accounts: denied")})
			if failing == "save directory" {
				w.accounts = listed{accounts: earlier.Accounts}
			}
			w.ledger.directory, w.ledger.failing = earlier, failing
			if err := w.report(t.Context(), "1", own); err != nil {
				t.Fatal(err)
			}
			if text := w.shown(); strings.Contains(text, "shop") == (failing == "directory") {
				t.Errorf("names of the last report:\n%s", text)
			}
			gaps := w.slack.told[0].Form.(message.Report).Organization
			if gaps == nil || len(gaps.RegionGaps) != 1 || gaps.RegionGaps[0].Gap != "accounts-unknown" {
				t.Errorf("the report says %+v", gaps)
			}
			if w.ledger.failing != "save directory" && !w.ledger.directory.At.Equal(longAgo) {
				t.Error("what was known is overwritten")
			}
		})
	}
}

// byUnitAndTag is a table with rules for units, of which one is empty, and for tags.
var byUnitAndTag = route.Table{Rules: []route.Rule{
	{
		Match: route.Match{Units: []string{"r-ab12", "ou-ab12-11111111"}},
	}, {Match: route.Match{Tags: []string{"env=*"}}},
}}

func TestReportReadsTagsThatRulesNeed(t *testing.T) {
	entries := map[string]organization.Entry{own: {Unit: "o-a/r-ab12/"}, member: {Unit: "o-a/r-ab12/"}}
	w := withAccounts(t, listed{accounts: entries, tags: []string{"env=prod", "owner=a"}})
	w.table = byUnitAndTag
	if err := w.report(t.Context(), "1", own); err != nil {
		t.Fatal(err)
	}
	for id, entry := range w.ledger.directory.Accounts {
		if !slices.Equal(entry.Tags, []string{"env=prod"}) {
			t.Errorf("%s has the tags %q", id, entry.Tags)
		}
	}
	want := []message.ReportRegionGap{{Gap: "unit-without-accounts", Detail: "ou-ab12-11111111"}}
	if diff := cmp.Diff(want, w.slack.told[0].Form.(message.Report).Organization.RegionGaps); diff != "" {
		t.Errorf("the gaps (-want +got):\n%s", diff)
	}
}

// TestTagsThatCannotBeReadRemain as the last report read them.
func TestTagsThatCannotBeReadRemain(t *testing.T) {
	denied := errors.New("reading the tags of account 444455556666: denied")
	w := withAccounts(t, listed{
		accounts: map[string]organization.Entry{
			own:    {Name: "new"},
			member: {Name: "new"},
		}, tags: []string{"env=new"}, unread: denied,
	})
	w.table = route.Table{Rules: byUnitAndTag.Rules[1:]}
	w.ledger.directory = organization.Directory{Accounts: map[string]organization.Entry{
		own: {Tags: []string{"env=old"}}, member: {Tags: []string{"env=old"}},
	}}
	if err := w.report(t.Context(), "1", own); err != nil {
		t.Fatal(err)
	}
	want := map[string]organization.Entry{
		own: {Name: "new", Tags: []string{"env=new"}}, member: {Name: "new", Tags: []string{"env=old"}},
	}
	if diff := cmp.Diff(want, w.ledger.directory.Accounts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if gaps := w.slack.told[0].Form.(message.Report).Organization.RegionGaps; len(gaps) != 1 ||
		gaps[0].Detail != denied.Error() {
		t.Errorf("the report says %+v", gaps)
	}
}
