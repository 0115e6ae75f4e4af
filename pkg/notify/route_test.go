package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/notify"
)

// shouting is a second language.
var shouting = func() catalog.Language {
	l := catalog.English
	l.Code, l.Words.Back = "xx", strings.ToUpper(back)
	return l
}()

func to(sinks ...string) notify.Decision {
	d := notify.Decision{To: map[string]catalog.Language{}}
	for _, sink := range sinks {
		d.To[sink] = catalog.English
	}
	return d
}

// byCause routes a disconnected agent to Slack, an old kernel to nobody, and everything else to all.
func byCause(_ coverage.Change, causes []string) notify.Decision {
	switch {
	case slices.Contains(causes, "ec2-agent-disconnected"):
		return to("slack")
	case slices.Contains(causes, "ec2-kernel-too-old"):
		return to()
	}
	return to("slack", "sns")
}

func TestARecoveryGoesTheWayOfItsLoss(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Route = byCause
		d.tell(d.unhealthy("i-1", lasting, 0))
		d.tell(d.healthy("i-1", time.Hour))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back+" (ref 1)")
		d.sns.want(d.T)
		d.wantResults(notify.Notified, notify.Notified)
	})
}

func TestWhatIsRoutedToNobodyIsCounted(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Route = byCause
		loss := d.unhealthy("i-1", other, 0)
		d.tell(loss)
		d.tell(loss)
		d.tell(d.healthy("i-1", time.Hour))
		d.slack.want(d.T)
		d.sns.want(d.T)
		d.wantResults(notify.Muted, notify.Duplicate, notify.Muted)
	})
}

func TestWhoHeardOfTheLossHearsOfTheRecoveryWhereverItGoes(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Route = byCause
		d.tell(d.unhealthy("i-1", lasting, 0))
		d.tell(d.event("i-1", transition{At: time.Minute, Status: coverage.Unhealthy, Previous: coverage.Unhealthy, Issue: other}))
		d.tell(d.healthy("i-1", time.Hour))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back+" (ref 1)")
		d.sns.want(d.T)
		d.wantResults(notify.Notified, notify.Muted, notify.Notified)
	})
}

// TestWhoHeardOfALossThatNobodyNotedHearsOfTheRecovery: somebody told Slack and died, and a new cause goes to SNS before the loss
// is brought again.
func TestWhoHeardOfALossThatNobodyNotedHearsOfTheRecovery(t *testing.T) {
	atDesk(t, func(d *desk) {
		store := &shutStore{Memory: notify.NewMemory()}
		d.Store = store
		d.Route = func(_ coverage.Change, causes []string) notify.Decision {
			if slices.Contains(causes, "ec2-kernel-too-old") {
				return to("sns")
			}
			return to("slack")
		}
		first := d.unhealthy("i-1", lasting, 0)
		store.saveErr = errShut
		if err := d.Handle(d.Context(), first); err != nil {
			d.Fatal(err)
		}
		d.queue.take() // The process died before the note could wait.
		store.saveErr = nil
		if err := store.Memory.Save(d.Context(), store.abandoned(d.Context(), d.T, "i-1")); err != nil {
			d.Fatal(err)
		}
		d.tell(d.event("i-1", transition{At: time.Minute, Status: coverage.Unhealthy, Previous: coverage.Unhealthy, Issue: other}))
		d.tell(first)
		d.tell(d.healthy("i-1", time.Hour))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back)
		d.sns.want(d.T, "EC2 instance i-1: "+kernel, "EC2 instance i-1: "+back)
	})
}

func TestASilentRecoveryIsTheRulesOwnWish(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Route = func(change coverage.Change, causes []string) notify.Decision {
			if change.Status == coverage.Healthy {
				return notify.Decision{Silent: true}
			}
			return byCause(change, causes)
		}
		d.tell(d.unhealthy("i-1", lasting, 0))
		d.tell(d.healthy("i-1", time.Hour))
		d.tell(d.unhealthy("i-1", lasting, 2*time.Hour))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+disconnected+" (ref 1)")
		d.wantResults(notify.Notified, notify.Muted, notify.Notified)
	})
}

func TestWhatIsMutedIsNotHeld(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Route = func(coverage.Change, []string) notify.Decision { return to() }
		d.tell(d.unhealthy("i-1", transient, 0))
		d.queue.wantDelays(d.T)
		d.wantResults(notify.Muted)
	})
}

func TestEachSinkIsToldInItsLanguage(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Route = func(change coverage.Change, _ []string) notify.Decision {
			decision := to("slack", "sns")
			if change.Resource.Name == "i-03" {
				decision.To["sns"] = shouting
			}
			return decision
		}
		d.tell(d.fleet(4)...)
		d.tell(d.healthy("i-00", time.Hour), d.healthy("i-01", time.Hour), d.healthy("i-02", time.Hour), d.healthy("i-03", time.Hour))
		d.sns.want(d.T, "3 EC2 instances: "+disconnected, "EC2 instance i-03: "+disconnected, "3 EC2 instances: "+back, "EC2 instance i-03: "+strings.ToUpper(back))
	})
}
