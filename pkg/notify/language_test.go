package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// toldIn is what Slack is told in a language of a fleet that loses coverage: one is back, one is no longer listed, and at
// last all are back.
func toldIn(t *testing.T, l catalog.Language) (told []sent) {
	t.Helper()
	atDesk(t, func(d *desk) {
		d.Language = l
		d.tell(append(d.fleet(4), d.unhealthy("i-99", "No Agent Reporting:Agent disconnected; Agent Not Provisioned:Kernel version is lower than the supported version.", 0))...)
		d.tell(d.healthy("i-00", time.Hour))
		for _, err := range d.HandleChanges(d.Context(), []coverage.Change{{
			Resource: coverage.Resource{Kind: coverage.EC2, Name: "i-99", Account: "111122223333", Region: "eu-central-1"},
			Status:   coverage.Healthy, Gone: true, ChangedAt: d.began.Add(2 * time.Hour),
		}}) {
			if err != nil {
				d.Error(err)
			}
		}
		d.tell(d.healthy("i-01", 3*time.Hour), d.healthy("i-02", 3*time.Hour), d.healthy("i-03", 3*time.Hour))
		told = d.slack.sent
	})
	return told
}

// TestProgramsReadTheSameInEveryLanguage compares what programs are told, byte by byte, and sees that people are told
// in their language.
func TestProgramsReadTheSameInEveryLanguage(t *testing.T) {
	english := toldIn(t, catalog.English)
	if len(english) < 4 {
		t.Fatalf("%d messages", len(english))
	}
	for _, l := range catalog.Languages()[1:] {
		told := toldIn(t, l)
		if len(told) != len(english) {
			t.Fatalf("%d messages in %s, %d in English", len(told), l.Code, len(english))
		}
		for i, m := range told {
			want, err := english[i].Machine()
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Machine()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s: programs read another record (-English +%s):\n%s", english[i].Title, l.Code, diff)
			}
			if m.Title == english[i].Title || m.Summary == english[i].Summary {
				t.Errorf("%s: people read %s, %s", l.Code, m.Title, m.Summary)
			}
		}
	}
}

func TestGroupInJapanese(t *testing.T) {
	var all strings.Builder
	for _, m := range toldIn(t, catalog.Japanese) {
		all.WriteString(m.Title + "\n" + m.Summary + "\n")
		for _, s := range m.Sections {
			all.WriteString(s.Text + "\n")
		}
	}
	for _, want := range []string{
		"台の EC2 インスタンスが、すべて同じ原因で GuardDuty ランタイムモニタリングのカバレッジから外れました。",
		"これらのリソースで起きるランタイムの脅威は検出されません。4 件中 3 件は、まだカバーされていません。",
		"が考えられます。コマンドは EC2 インスタンス i-00 を例にしています。",
		"GuardDuty の一覧に eu-central-1 の EC2 インスタンス i-99 が表示されなくなりました。",
		"すべて正常に復帰",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("nowhere %q in\n%s", want, &all)
		}
	}
}
