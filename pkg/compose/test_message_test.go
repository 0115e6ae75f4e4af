package compose_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// TestATestSaysThatItIsOne in every language, for people and programs.
func TestATestSaysThatItIsOne(t *testing.T) {
	test := compose.Test{Account: "111122223333", Region: virginia, ID: "selftest-1", SentAt: now}
	for _, l := range locale.Languages() {
		m := compose.New(l, compose.Local{}).Test(test)
		folder := ""
		if l.Code != locale.English().Code {
			folder = l.Code
		}
		golden(t, filepath.Join(folder, "self-test.txt"), text(t, m))
		checkSlack(t, m)
		raw, err := json.Marshal(m.Form)
		var form struct{ Version, Status string }
		if err != nil || json.Unmarshal(raw, &form) != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if form.Version != message.TestVersion || form.Status != message.TestStatus {
			t.Errorf("programs read %s", raw)
		}
		byDoctor := compose.New(l, compose.Local{}).Test(compose.Test{SentAt: now, ByDoctor: true})
		if !strings.Contains(byDoctor.Summary, "coverage doctor --send") {
			t.Errorf("of the doctor's: %s", byDoctor.Summary)
		}
	}
}

// TestHostileNamesStayOnTheirLine of a self-test, whose Region and account EventBridge says, but nobody checks.
func TestHostileNamesStayOnTheirLine(t *testing.T) {
	hostile := strings.Repeat("`<!channel>\n*", 30)
	m := compose.New(locale.English(), compose.Local{}).Test(compose.Test{Account: hostile, Region: hostile, SentAt: now})
	native, plain := checkSlack(t, m)
	for _, shown := range []string{native, plain} {
		if strings.Contains(shown, "<!channel>") {
			t.Errorf("a mention is alive: %s", shown)
		}
	}
	if strings.Count(m.Summary, "`")%2 != 0 || strings.Contains(m.Summary, "\n") {
		t.Errorf("the summary is %q", m.Summary)
	}
}
