package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/message"
)

// TestMessagesSpeakOfTheTeamsOwn: accounts by their names, and the team's instructions before AWS's; programs read ids.
func TestMessagesSpeakOfTheTeamsOwn(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Local = catalog.Local{
			Accounts: map[string]string{"111122223333": "payments-prod"},
			Runbooks: map[string]string{"ec2-agent-disconnected": "https://wiki.example.com/agent"},
		}
		d.tell(d.unhealthy("i-1", lasting, 0))
		d.tell(d.unhealthy("i-2", other, 0))
		d.tell(d.fleet(3)...)
		single, another, group := d.slack.sent[0], d.slack.sent[1], d.slack.sent[2]
		for _, m := range []sent{single, another, group} {
			if !strings.Contains(m.Title, " · payments-prod · ") {
				t.Errorf("the title is %q", m.Title)
			}
			if fact := (message.Fact{Label: "Account", Value: "payments-prod (111122223333)", Code: true}); !slices.Contains(m.Facts, fact) {
				t.Errorf("the facts are %v", m.Facts)
			}
			if m.Record.Resource.Account != "111122223333" {
				t.Errorf("programs read the account %q", m.Record.Resource.Account)
			}
		}
		runbook := message.Link{Label: "Your runbook", URL: "https://wiki.example.com/agent"}
		if single.Sections[0].Links[0] != runbook || group.Sections[0].Links[0] != runbook || slices.Contains(another.Sections[0].Links, runbook) {
			t.Errorf("links %v, %v and %v", single.Sections[0].Links, another.Sections[0].Links, group.Sections[0].Links)
		}
	})
}

func TestAnAccountWithoutANameGoesByItsId(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Local = catalog.Local{Accounts: map[string]string{"444455556666": "other"}}
		d.tell(d.unhealthy("i-1", lasting, time.Minute))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
	})
}
