package main

import (
	"testing"

	"guardduty-coverage-notifier/pkg/locale"
)

// TestMessagesAreShort holds the samples to what a reader has time for.
func TestMessagesAreShort(t *testing.T) {
	for _, l := range locale.Languages() {
		language := l.Code
		f, err := measure([]string{"../../cmd/coverage/testdata"}, language)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %s", language, f)
		if median, most := quantile(f.before, 50), quantile(f.before, 90); median > 900 || most > 1300 {
			t.Errorf("%s: before the fold %d characters (median), %d (p90)", language, median, most)
		}
		if within(f.header, 75) < 90 || within(f.notice, 110) < 90 {
			t.Errorf("%s: header within 75 in %.0f%%, notification text within 110 in %.0f%%", language, within(f.header, 75), within(f.notice, 110))
		}
		if share := within(f.commands, 200); share < 90 {
			t.Errorf("%s: %.0f%% of the commands have at most 200 characters", language, share)
		}
		if f.misplaced > 0 || f.repeated > 0 {
			t.Errorf("%s: %d messages do not begin with name and cause, %d have a command twice", language, f.misplaced, f.repeated)
		}
	}
}
