package dynamo_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/organization"
)

func TestDirectoryIsKept(t *testing.T) {
	ledger, _, tb, _ := ledgers(t)
	if d, err := ledger.Directory(t.Context()); err != nil || len(d.Accounts) > 0 {
		t.Errorf("before the first report: %v, %v", d, err)
	}
	saved := organization.Directory{At: moment}
	for _, name := range []string{"earlier", "shop"} {
		saved.Accounts = map[string]organization.Entry{
			"111122223333": {Name: name, Unit: "o-a/r-b/", Tags: []string{"env=prod"}},
		}
		if err := ledger.SaveDirectory(t.Context(), saved); err != nil {
			t.Fatal(err)
		}
	}
	read, err := ledger.Directory(t.Context())
	if diff := cmp.Diff(saved, read); diff != "" || err != nil {
		t.Errorf("%v (-saved +read):\n%s", err, diff)
	}
	if got := tb.items["directory"]["expires"].whole(); got != moment.Add(8*24*time.Hour).Unix() {
		t.Errorf("it expires %v", time.Unix(got, 0).UTC())
	}
	for range ledger.All(t.Context()) {
		t.Error("the directory is listed as a record")
	}
}

// TestDirectoryOfALargeOrganizationFits into an item of 400 KB, with half of it to spare.
func TestDirectoryOfALargeOrganizationFits(t *testing.T) {
	ledger, _, tb, _ := ledgers(t)
	d := organization.Directory{At: moment, Accounts: make(map[string]organization.Entry)}
	for i := range 10_000 {
		id := fmt.Sprintf("%012d", (i*7919+104729)*1_000_003%1_000_000_000_000)
		d.Accounts[id] = organization.Entry{
			Name: fmt.Sprintf("team-%d-%s", i*31%977, []string{"prod", "staging", "dev"}[i%3]),
			Unit: fmt.Sprintf("o-a1b2c3d4e5/r-ab12/ou-ab12-%08d/", i%300),
			Tags: []string{"env=" + []string{"prod", "staging", "dev"}[i%3]},
		}
	}
	if err := ledger.SaveDirectory(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if size := len(tb.items["directory"]["accounts"].B); len(d.Accounts) != 10_000 || size > 200<<10 {
		t.Errorf("%d accounts take %d bytes", len(d.Accounts), size)
	}
}

func TestDirectoryThatCannotBeRead(t *testing.T) {
	ledger, _, tb, _ := ledgers(t)
	for name, stored := range map[string]item{
		"no accounts": {"pk": text("directory")},
		"not packed":  {"accounts": attribute{B: []byte("{}")}},
		"cut off":     {"accounts": attribute{B: []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}}},
	} {
		tb.items["directory"] = stored
		if _, err := ledger.Directory(t.Context()); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
	tb.items["directory"] = item{"version": number(format.Version + 1)}
	err := ledger.SaveDirectory(t.Context(), organization.Directory{At: moment})
	requireError(t, err, "saving the accounts in table incidents")
	if !errors.Is(err, format.ErrNewer) {
		t.Errorf("%v", err)
	}
	tb.fail = "ThrottlingException"
	_, err = ledger.Directory(t.Context())
	requireError(t, err, "reading the accounts in table incidents", "ThrottlingException")
	requireError(
		t,
		ledger.SaveDirectory(t.Context(), organization.Directory{}),
		"saving the accounts",
		"ThrottlingException",
	)
}
