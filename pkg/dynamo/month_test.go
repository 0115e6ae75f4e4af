package dynamo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/format"
)

func TestMonthIsKept(t *testing.T) {
	ledger, _, tb, _ := ledgers(t)
	m, err := ledger.Month(t.Context(), "2026-03")
	if err != nil || len(m.Losses) > 0 || !m.Through.IsZero() {
		t.Errorf("before the first report: %+v, %v", m, err)
	}
	other := m
	for i := range 2 {
		opened := moment.Add(time.Duration(i) * time.Hour)
		m.Through = opened.Add(time.Minute)
		m.Add(coverage.Loss{
			Resource: coverage.Resource{Kind: coverage.EC2, Name: fmt.Sprint("i-", i), Account: "111122223333", Region: "eu-west-1"},
			OpenedAt: opened, ClosedAt: m.Through, Causes: []string{"a"},
		})
		if err := ledger.SaveMonth(t.Context(), "2026-03", m, moment); err != nil {
			t.Fatal(err)
		}
		read, err := ledger.Month(t.Context(), "2026-03")
		if diff := cmp.Diff(m, read, cmpopts.IgnoreUnexported(dynamo.Month{})); diff != "" || err != nil {
			t.Errorf("%v (-saved +read):\n%s", err, diff)
		}
		m = read
	}
	if got := tb.items["losses/2026-03"]["expires"].whole(); got != moment.Add(400*24*time.Hour).Unix() {
		t.Errorf("it expires %v", time.Unix(got, 0).UTC())
	}
	requireError(t, ledger.SaveMonth(t.Context(), "2026-03", other, moment), "saving the losses of 2026-03", "another report saved them meanwhile")
	for range ledger.All(t.Context()) {
		t.Error("the month is listed as a record")
	}
}

// TestMonthOfALargeOrganizationFits into an item of 400 KB: its names and moments are as good as random.
func TestMonthOfALargeOrganizationFits(t *testing.T) {
	ledger, _, tb, _ := ledgers(t)
	var m dynamo.Month
	for i := range 2 * coverage.MonthKept {
		digest := sha256.Sum256(fmt.Append(nil, i))
		opened := moment.Add(time.Duration(int(digest[9])<<16|int(digest[10])<<8|int(digest[11])) * time.Second / 8)
		m.Add(coverage.Loss{
			Resource: coverage.Resource{
				Kind: coverage.EC2, Name: "i-0" + hex.EncodeToString(digest[:8]), Region: "eu-central-1",
				Account: fmt.Sprintf("%012d", (int(digest[12])<<4|int(digest[13])>>4)*104729%1_000_000_007),
			},
			OpenedAt: opened, ClosedAt: opened.Add(time.Duration(int(digest[14])<<8|int(digest[15])) * time.Second),
			Causes: []string{[]string{"ec2-agent-disconnected", "ec2-waiting-for-ssm", "no-reason-given"}[i%3]},
		})
	}
	if err := ledger.SaveMonth(t.Context(), "2026-03", m, moment); err != nil {
		t.Fatal(err)
	}
	if size := len(tb.items["losses/2026-03"]["losses"].B); size > 350_000 {
		t.Errorf("%d losses take %d bytes", coverage.MonthKept, size)
	}
	if read, err := ledger.Month(t.Context(), "2026-03"); err != nil || len(read.Losses) != coverage.MonthKept || read.Shorter != coverage.MonthKept {
		t.Errorf("%d are read, %d more counted: %v", len(read.Losses), read.Shorter, err)
	}
}

func TestMonthThatCannotBeRead(t *testing.T) {
	ledger, _, tb, _ := ledgers(t)
	for name, stored := range map[string]item{
		"no losses":   {"pk": text("losses/2026-03")},
		"no revision": {"revision": text("x"), "losses": attribute{B: []byte("{}")}},
		"not packed":  {"revision": number(1), "losses": attribute{B: []byte("{}")}},
	} {
		tb.items["losses/2026-03"] = stored
		if _, err := ledger.Month(t.Context(), "2026-03"); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
	tb.fail = "ThrottlingException"
	_, err := ledger.Month(t.Context(), "2026-03")
	requireError(t, err, "reading the losses of 2026-03 in table incidents", "ThrottlingException")
	requireError(t, ledger.SaveMonth(t.Context(), "2026-03", dynamo.Month{}, moment), "saving the losses of 2026-03", "ThrottlingException")
	if errors.Is(err, format.ErrNewer) {
		t.Errorf("%v", err)
	}
}
