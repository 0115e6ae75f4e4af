package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
)

func TestAChangeIsToldOnce(t *testing.T) {
	atDesk(t, func(d *desk) {
		loss := d.unhealthy("i-1", lasting, 0)
		time.Sleep(5 * time.Minute)
		d.tell(loss)
		d.tell(loss)
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected)
		d.wantResults(notify.Notified, notify.Duplicate)
		if got := d.outcomes[0].Latency; got != 5*time.Minute {
			t.Errorf("latency %v, want what passed since the change", got)
		}
	})
}

func TestCopiesOfOneChangeAreOne(t *testing.T) {
	atDesk(t, func(d *desk) {
		x := transition{Status: coverage.Unhealthy, Previous: coverage.Healthy, Issue: lasting}
		member := event("i-1", d.began, d.began, x, 0)
		administrator := event("i-1", d.began, d.began.Add(time.Minute), x, 1)
		if member == administrator {
			t.Fatal("the copies are the same event")
		}
		d.tell(json.RawMessage(member), json.RawMessage(administrator))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
		d.wantResults(notify.Duplicate, notify.Notified)
	})
}

func TestAnOlderChangeIsNotTold(t *testing.T) {
	atDesk(t, func(d *desk) {
		loss, recovery := d.unhealthy("i-1", lasting, 0), d.healthy("i-1", time.Minute)
		time.Sleep(time.Hour)
		d.tell(recovery)
		d.tell(loss)
		d.slack.want(d.T, "EC2 instance i-1: "+back)
		d.wantResults(notify.Notified, notify.Stale)
	})
}

func TestOfABatchTheNewestIsTold(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(d.healthy("i-1", time.Minute), d.unhealthy("i-1", lasting, 0), d.unhealthy("i-1", other, 2*time.Minute))
		d.slack.want(d.T, "EC2 instance i-1: "+kernel)
		d.wantResults(notify.Stale, notify.Stale, notify.Notified)
	})
}

func TestARecoveryAnswersItsLoss(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(d.unhealthy("i-1", lasting, 0))
		d.tell(d.healthy("i-1", time.Hour))
		d.tell(d.unhealthy("i-1", lasting, 2*time.Hour))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back+" (ref 1)", "EC2 instance i-1: "+disconnected)
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back, "EC2 instance i-1: "+disconnected)
		recovery := d.slack.sent[1]
		if got := recovery.Record.Incident; got == nil || got.DurationSeconds != 3600 {
			t.Errorf("the recovery says %+v of the incident, want an hour", got)
		}
	})
}

func TestANewCauseUpdatesTheMessage(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(d.unhealthy("i-1", lasting, 0))
		again := transition{Status: coverage.Unhealthy, Previous: coverage.Unhealthy}
		again.At, again.Issue = time.Minute, other
		d.tell(d.event("i-1", again))
		again.At = 2 * time.Minute // GuardDuty looked again and found the same
		d.tell(d.event("i-1", again))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+kernel+" (ref 1)")
		d.wantResults(notify.Notified, notify.Notified, notify.Duplicate)
	})
}

func TestTheSameAgainIsToldToWhomTheFirstWasNot(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.slack.fail = func(n int) error { return map[int]error{2: errTrouble}[n] }
		d.tell(d.unhealthy("i-1", lasting, 0))
		again := transition{At: time.Minute, Status: coverage.Unhealthy, Previous: coverage.Unhealthy, Issue: other}
		d.tell(d.event("i-1", again))
		again.At = 2 * time.Minute
		d.tell(d.event("i-1", again))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+kernel+" (ref 1)")
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+kernel)
	})
}

func TestWhatDoesNotHealIsToldAfterTheHold(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(d.unhealthy("i-1", transient, 0))
		d.tell(d.unhealthy("i-1", transient, 0))
		d.slack.want(d.T)
		d.queue.wantDelays(d.T, 15*time.Minute)
		d.later(15 * time.Minute)
		d.slack.want(d.T, "EC2 instance i-1: "+waitsForSSM)
		d.wantResults(notify.Held, notify.Duplicate, notify.Notified)
	})
}

func TestWhatHealsDisturbsNobody(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(d.unhealthy("i-1", transient, 0))
		d.tell(d.healthy("i-1", 5*time.Minute))
		d.later(15 * time.Minute)
		d.slack.want(d.T)
		d.wantResults(notify.Held, notify.Recovered, notify.Stale)
	})
}

func TestWhatIsHeldIsToldAtOnceForALastingCause(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(d.unhealthy("i-1", transient, 0))
		d.tell(d.event("i-1", transition{At: time.Minute, Status: coverage.Unhealthy, Previous: coverage.Unhealthy, Issue: lasting}))
		d.later(15 * time.Minute)
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
		d.wantResults(notify.Held, notify.Notified, notify.Stale)
	})
}

func TestNothingIsHeldThatCouldNotWait(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.queue.fail = errTrouble
		loss := d.unhealthy("i-1", transient, 0)
		if err := d.Handle(d.Context(), loss); !errors.Is(err, errTrouble) || !strings.Contains(err.Error(), "i-1") {
			t.Errorf("error %v, want the queue's, and of which instance", err)
		}
		d.queue.fail = nil
		d.tell(loss) // the invoker delivers it again
		d.later(15 * time.Minute)
		d.slack.want(d.T, "EC2 instance i-1: "+waitsForSSM)
		d.wantResults(notify.Failed, notify.Held, notify.Notified)
	})
}

func TestARefusalForGoodIsBuriedAtOnce(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.slack.fail = func(int) error { return refusal{permanent: true} }
		loss := d.unhealthy("i-1", lasting, 0)
		d.tell(loss)
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected)
		if len(d.queue.buried) != 1 || !strings.Contains(d.queue.reasons[0], "slack: refused") {
			t.Fatalf("buried %q because of %q", d.queue.buried, d.queue.reasons)
		}
		d.tell(loss) // a copy does not bury it again
		d.slack.fail = nil
		d.tell(json.RawMessage(d.queue.buried[0])) // and a person brings it back
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
		d.wantResults(notify.GaveUp, notify.Duplicate, notify.Notified)
	})
}

func TestARefusalForNowWaitsLongerAndLonger(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.slack.fail = func(n int) error { return map[bool]error{true: errTrouble}[n <= 7] }
		d.tell(d.unhealthy("i-1", lasting, 0))
		for range 7 {
			d.later(d.queue.delays[len(d.queue.delays)-1])
		}
		d.queue.wantDelays(d.T, 30*time.Second, time.Minute, 2*time.Minute, 4*time.Minute, 8*time.Minute, 15*time.Minute, 15*time.Minute)
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected)
	})
}

func TestWhatIsRefusedForMoreThanADayIsBuried(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.slack.fail = func(int) error { return errTrouble }
		d.tell(d.unhealthy("i-1", lasting, 0))
		for len(d.queue.waiting) > 0 {
			d.later(15 * time.Minute)
		}
		if waited := time.Since(d.began); waited < 24*time.Hour || waited > 27*time.Hour {
			t.Errorf("given up after %v, want some more than a day", waited)
		}
		if len(d.queue.buried) != 1 {
			t.Errorf("buried %d, want 1", len(d.queue.buried))
		}
	})
}

func TestRetryAfter(t *testing.T) {
	tests := map[string]struct {
		after    time.Duration
		deadline time.Duration
		sentAt   time.Duration
		delays   []time.Duration
	}{
		"short, waited for on the spot":     {after: 3 * time.Second, deadline: time.Minute, sentAt: 3 * time.Second},
		"short, and no time left":           {after: 3 * time.Second, deadline: 20 * time.Second, delays: []time.Duration{30 * time.Second}},
		"longer than the first delay":       {after: 90 * time.Second, deadline: time.Minute, delays: []time.Duration{90 * time.Second}},
		"shorter than the first delay":      {after: 10 * time.Second, deadline: time.Minute, delays: []time.Duration{30 * time.Second}},
		"longer than the queue can wait":    {after: time.Hour, deadline: time.Minute, delays: []time.Duration{15 * time.Minute}},
		"short, in an invocation for ever":  {after: 5 * time.Second, sentAt: 5 * time.Second},
		"a little too long for on the spot": {after: 5*time.Second + 1, deadline: time.Minute, delays: []time.Duration{30 * time.Second}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(d *desk) {
				d.slack.fail = func(n int) error { return map[int]error{1: refusal{after: test.after}}[n] }
				ctx := d.Context()
				if test.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				if err := d.Handle(ctx, d.unhealthy("i-1", lasting, 0)); err != nil {
					t.Fatal(err)
				}
				d.queue.wantDelays(d.T, test.delays...)
				if test.delays == nil && (len(d.slack.sent) != 1 || d.slack.sent[0].at.Sub(d.began) != test.sentAt) {
					t.Errorf("sent %v, want once after %v", d.slack.sent, test.sentAt)
				}
			})
		})
	}
}

func TestAHungSinkCostsItsOwnTimeAlone(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.slack.hang = true
		d.tell(d.unhealthy("i-1", lasting, 0), d.unhealthy("i-2", other, 0))
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-2: "+kernel)
		for _, s := range d.sns.sent {
			if !s.at.Equal(d.began) {
				t.Errorf("SNS was told after %v", s.at.Sub(d.began))
			}
		}
		if took := time.Since(d.began); took != d.SinkTimeout || d.slack.tries != 1 {
			t.Errorf("it took %v and %d tries, want %v and one", took, d.slack.tries, d.SinkTimeout)
		}
		if err := d.outcomes[0].Err; err == nil || !strings.Contains(err.Error(), "slack: no answer within 8s") {
			t.Errorf("error %v, want one that names the time", err)
		}
		d.wantResults(notify.Waiting, notify.Waiting)
	})
}

func TestTimeIsLeftToRemember(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.slack.hang = true
		ctx, cancel := context.WithTimeout(d.Context(), 15*time.Second)
		defer cancel()
		if err := d.Handle(ctx, d.unhealthy("i-1", lasting, 0)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(d.began); took != 5*time.Second {
			t.Errorf("it took %v of 15 s, want 10 s to be left", took)
		}
		if err := d.outcomes[0].Err; err == nil || !strings.Contains(err.Error(), "no time was left") {
			t.Errorf("error %v, want one that says why", err)
		}
	})
}

func TestWithoutAQueueNothingWaits(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Queue = nil
		d.slack.fail = func(n int) error { return map[int]error{1: errTrouble}[n] }
		loss := d.unhealthy("i-1", transient, 0)
		if err := d.Handle(d.Context(), loss); !errors.Is(err, errTrouble) || !strings.Contains(err.Error(), "no queue") {
			t.Errorf("error %v, want Slack's, and that there is no queue", err)
		}
		d.sns.want(d.T, "EC2 instance i-1: "+waitsForSSM) // nor is it held
		d.tell(loss)                                      // the invoker delivers it again
		d.slack.want(d.T, "EC2 instance i-1: "+waitsForSSM)
		d.sns.want(d.T, "EC2 instance i-1: "+waitsForSSM)
		if err := d.Handle(d.Context(), json.RawMessage(`{}`)); err == nil {
			t.Error("what is no event was swallowed")
		}
	})
}

func TestWithoutTheStoreItIsToldAllTheSame(t *testing.T) {
	atDesk(t, func(d *desk) {
		store := &shutStore{Memory: notify.NewMemory(), openErr: errShut}
		d.Store = store
		d.tell(d.unhealthy("i-1", lasting, 0))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
		if err := d.outcomes[0].StoreErr; !errors.Is(err, errShut) {
			t.Errorf("forgotten because of %v, want %v", err, errShut)
		}
		d.later(time.Minute) // the note waits on
		store.openErr = nil
		d.later(time.Minute)
		d.tell(d.unhealthy("i-1", lasting, 0), d.healthy("i-1", time.Hour))
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back+" (ref 1)")
	})
}

func TestWhatTheStoreDoesNotTakeIsNotedLater(t *testing.T) {
	atDesk(t, func(d *desk) {
		store := &shutStore{Memory: notify.NewMemory()}
		d.Store = store
		d.tell(d.unhealthy("i-1", transient, 0))
		store.saveErr = errShut
		d.tell(d.healthy("i-1", time.Minute)) // nobody is told, and the store does not know why
		store.saveErr = nil
		d.later(15 * time.Minute)
		if len(d.slack.sent) > 0 && !strings.Contains(d.slack.sent[len(d.slack.sent)-1].Title, back) {
			t.Errorf("the last word is %q", d.slack.sent[len(d.slack.sent)-1].Title)
		}
	})
}

// TestWhomAnOlderChangeMayHaveMisledHearsTheNewest: the store is away, and the answer of a sink that took an older change is lost.
func TestWhomAnOlderChangeMayHaveMisledHearsTheNewest(t *testing.T) {
	atDesk(t, func(d *desk) {
		store := &shutStore{Memory: notify.NewMemory()}
		d.Store = store
		d.tell(d.unhealthy("i-1", lasting, 0))
		d.tell(d.healthy("i-1", time.Minute))
		time.Sleep(time.Second)
		store.openErr = errShut
		d.slack.fail = func(int) error { return errTrouble }
		d.tell(d.unhealthy("i-1", lasting, 0))
		store.openErr, d.slack.fail = nil, nil
		d.later(time.Minute)
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back+" (ref 1)", "EC2 instance i-1: "+back)
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back)
	})
}

// TestWhatIsUnsureStaysSoForWhomNobodyCouldTell: somebody told SNS of the loss and died before it was noted, and SNS refuses the
// recovery for good. The next recovery is told all the same, for SNS may still say otherwise.
func TestWhatIsUnsureStaysSoForWhomNobodyCouldTell(t *testing.T) {
	atDesk(t, func(d *desk) {
		store := &shutStore{Memory: notify.NewMemory()}
		d.Store = store
		if err := store.Save(d.Context(), store.abandoned(d.Context(), d.T, "i-1")); err != nil {
			d.Fatal(err)
		}
		d.sns.fail = func(int) error { return refusal{permanent: true} }
		d.tell(d.healthy("i-1", time.Minute))
		d.sns.fail = nil
		d.tell(d.healthy("i-1", time.Hour))
		d.sns.want(d.T, "EC2 instance i-1: "+back)
		d.wantResults(notify.GaveUp, notify.Notified)
	})
}

func TestWhomAnOlderChangeMisledHearsTheNewest(t *testing.T) {
	atDesk(t, func(d *desk) {
		store := &shutStore{Memory: notify.NewMemory()}
		d.Store = store
		d.tell(d.healthy("i-1", time.Hour))
		time.Sleep(time.Second)
		store.openErr = errShut
		d.tell(d.unhealthy("i-1", lasting, 0)) // a late event, told because nobody could say that it is late
		store.openErr = nil
		d.later(time.Minute)
		d.slack.want(d.T, "EC2 instance i-1: "+back, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back+" (ref 2)")
		d.sns.want(d.T, "EC2 instance i-1: "+back, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back)
	})
}

func TestANoteOfTheNewestOutlivesABatchOfNotes(t *testing.T) {
	atDesk(t, func(d *desk) {
		store := &shutStore{Memory: notify.NewMemory(), openErr: errShut}
		d.Store = store
		d.slack.fail = func(n int) error { return map[int]error{1: refusal{permanent: true}}[n] }
		d.tell(d.unhealthy("i-1", lasting, 0)) // of which SNS alone takes note
		time.Sleep(time.Second)
		recovery := d.healthy("i-1", time.Minute)
		d.tell(recovery)
		d.later(time.Minute) // both notes come together while the store is still away
		store.openErr = nil
		for len(d.queue.waiting) > 0 {
			d.later(15 * time.Minute)
		}
		d.tell(recovery)
		d.slack.want(d.T, "EC2 instance i-1: "+back)
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back)
	})
}

func TestWhatCannotBeReadIsBuried(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"not JSON":                    {`x`, "decoding event"},
		"another event":               {`{"source":"aws.ec2","detail-type":"x"}`, `source "aws.ec2"`},
		"a corrupt letter":            {`{"coverageLetter":1,"event":`, "reading a waiting change"},
		"a letter of another version": {`{"coverageLetter":2,"event":{},"reason":"held","since":"2026-01-01T00:00:00Z"}`, "version 2, expected 1"},
		"a foreign letter":            {`{"coverageLetter":1,"event":{},"reason":"nonsense","since":"2026-01-01T00:00:00Z"}`, `unknown reason "nonsense"`},
		"a letter of no known status": {`{"coverageLetter":1,"change":{"Status":"?"},"reason":"retry","since":"2026-01-01T00:00:00Z"}`, `unknown status "?"`},
		"a letter without its time":   {`{"coverageLetter":1,"event":{},"reason":"held"}`, "since when"},
		"a letter around nothing":     {`{"coverageLetter":1,"reason":"held","since":"2026-01-01T00:00:00Z"}`, "decoding event"},
		"a letter of another type":    {`{"coverageLetter":"1"}`, "reading a waiting change"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(d *desk) {
				d.tell(json.RawMessage(test.body), d.unhealthy("i-1", lasting, 0))
				d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
				if len(d.queue.reasons) != 1 || !strings.Contains(d.queue.reasons[0], test.want) {
					t.Errorf("buried because of %q, want %q", d.queue.reasons, test.want)
				}
				d.queue.fail = errTrouble
				if err := d.Handle(d.Context(), json.RawMessage(test.body)); !errors.Is(err, errTrouble) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want why it is unreadable and why it could not be buried", err)
				}
			})
		})
	}
}

func TestAStormIsToldAsGroups(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.StormLimit = 2
		for _, loss := range d.fleet(10) {
			d.tell(loss)
		}
		if got := len(d.slack.sent); got != 2 {
			t.Fatalf("%d messages in a minute, want 2", got)
		}
		d.later(time.Minute)
		d.slack.want(d.T, "EC2 instance i-00: "+disconnected, "EC2 instance i-01: "+disconnected, "8 EC2 instances: "+disconnected)
		if last := d.outcomes[len(d.outcomes)-1]; len(last.Grouped) != 2 {
			t.Errorf("grouped for %v, want both sinks", last.Grouped)
		}
	})
}

func TestAStormGivesWayAtLast(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.StormLimit = 1
		busy := d.unhealthy("busy", other, 0)
		d.tell(busy, d.unhealthy("i-1", lasting, 0))
		for n := time.Duration(1); len(d.queue.waiting) > 0 && n < 30; n++ {
			// Something else takes the only place of every minute.
			time.Sleep(time.Minute)
			d.tell(d.event("busy", transition{At: 2 * n * time.Minute, Status: coverage.Healthy, Previous: coverage.Unhealthy}))
			d.tell(d.queue.take()...)
		}
		if waited := time.Since(d.began); waited > 20*time.Minute {
			t.Errorf("it waited for %v", waited)
		}
	})
}

func TestAGroupCountsItsMembersDown(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(d.fleet(4)...)
		d.tell(d.healthy("i-02", time.Minute))
		d.tell(d.healthy("i-00", time.Minute), d.healthy("i-01", time.Minute))
		d.tell(d.healthy("i-03", time.Minute))
		if got := len(d.slack.sent); got != 4 {
			t.Fatalf("%d messages and changes, want 4", got)
		}
		for i, want := range []struct {
			open   int
			update bool
			parent string
			says   string
		}{
			{open: 4, says: "4 EC2 instances"},
			{open: 3, update: true, parent: "ref 1", says: "3 of 4"},
			{open: 1, update: true, parent: "ref 1", says: "1 of 4"},
			{open: 0, parent: "ref 1", says: "4 EC2 instances"},
		} {
			got := d.slack.sent[i]
			if got.Record.Group.Open != want.open || got.Update != want.update || got.parent != want.parent || !strings.Contains(got.Summary, want.says) {
				t.Errorf("message %d: %d open, update %v, parent %q, %q; want %+v", i, got.Record.Group.Open, got.Update, got.parent, got.Summary, want)
			}
		}
		if tone := d.slack.sent[3].Tone; tone != message.Restored {
			t.Errorf("the last one has tone %v", tone)
		}
		// The other sink cannot change what it said, so that each recovery is told, like ones together.
		d.sns.want(d.T, "4 EC2 instances: "+disconnected, "EC2 instance i-02: "+back, "EC2 instance i-00: "+back,
			"EC2 instance i-01: "+back, "EC2 instance i-03: "+back)
	})
}

func TestAMemberWithANewCauseStaysUncovered(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(d.fleet(3)...)
		d.tell(d.event("i-01", transition{At: time.Minute, Status: coverage.Unhealthy, Previous: coverage.Unhealthy, Issue: other}))
		d.tell(d.healthy("i-00", 2*time.Minute), d.healthy("i-02", 2*time.Minute))
		d.tell(d.healthy("i-01", 3*time.Minute))
		d.slack.want(d.T, "3 EC2 instances: "+disconnected, "EC2 instance i-01: "+kernel, "3 EC2 instances: "+disconnected+" (ref 1)",
			"3 EC2 instances: all covered again (ref 1)", "EC2 instance i-01: "+back+" (ref 2)")
	})
}

func TestTwoAlikeAreNoGroup(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.tell(append(d.fleet(2), d.unhealthy("i-02", other, 0))...)
		d.slack.want(d.T, "EC2 instance i-00: "+disconnected, "EC2 instance i-01: "+disconnected, "EC2 instance i-02: "+kernel)
	})
}

func TestAGroupThatIsNotRememberedTellsEachRecovery(t *testing.T) {
	atDesk(t, func(d *desk) {
		store := &groupless{Memory: notify.NewMemory()}
		d.Store = store
		d.tell(d.fleet(3)...)
		d.tell(d.healthy("i-00", time.Minute))
		d.slack.want(d.T, "3 EC2 instances: "+disconnected, "EC2 instance i-00: "+back)
	})
}

// groupless remembers no groups.
type groupless struct{ *notify.Memory }

func (s *groupless) Open(ctx context.Context, key string) (coverage.Incident, bool, error) {
	if strings.HasPrefix(key, "group/") {
		return coverage.Incident{}, false, errShut
	}
	return s.Memory.Open(ctx, key)
}

func TestWhoeverComesWhileTheIncidentIsWorkedOnWaits(t *testing.T) {
	atDesk(t, func(d *desk) {
		first, second := d.unhealthy("i-1", lasting, 0), d.healthy("i-1", time.Minute)
		d.slack.hang = true
		done := make(chan error)
		go func() { done <- d.Handle(d.Context(), first) }()
		synctest.Wait()
		d.tell(second)
		if err := <-done; err != nil {
			t.Error(err)
		}
		d.queue.wantDelays(d.T, 30*time.Second, 30*time.Second) // one for the lease, one for Slack
		d.slack.hang = false
		d.later(30 * time.Second)
		d.sns.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-1: "+back)
		d.slack.want(d.T, "EC2 instance i-1: "+back)
	})
}

func TestMemoryRefusesWhatWasNotOpened(t *testing.T) {
	m := notify.NewMemory()
	if err := m.Save(t.Context(), coverage.Incident{Key: "x"}); err == nil {
		t.Error("saved what nobody opened")
	}
	if _, ok, err := m.Open(t.Context(), "x"); !ok || err != nil {
		t.Errorf("opening: %v, %v", ok, err)
	}
	if _, ok, err := m.Open(t.Context(), "x"); ok || err != nil {
		t.Errorf("opening what is claimed: %v, %v", ok, err)
	}
}

// FuzzLetter brings hostile bodies: whatever they hold, it is told, waits, is buried or is an error.
func FuzzLetter(f *testing.F) {
	f.Add([]byte(`{"coverageLetter":1,"event":{"source":"aws.guardduty","detail-type":"GuardDuty Runtime Protection Healthy"},"reason":"remember","told":{"slack":{"ref":"x","status":"UNHEALTHY","groups":["group/x"]}},"sinks":["slack",""],"attempt":-9,"storms":99,"since":"2026-01-01T00:00:00Z"}`))
	f.Add([]byte(`{"coverageLetter":1,"event":{"source":"aws.guardduty","detail-type":"GuardDuty Runtime Protection Unhealthy"},"change":{"Status":"?"},"reason":"retry","attempt":9223372036854775807,"since":"9999-12-31T23:59:59Z"}`))
	f.Add([]byte(event("i-1", time.Unix(1e9, 0), time.Unix(1e9, 0), transition{Status: coverage.Unhealthy, Issue: transient}, 0)))
	f.Add([]byte(`{"coverageLetter":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		atDesk(t, func(d *desk) {
			d.slack.fail = func(n int) error { return map[bool]error{true: errTrouble}[n%2 == 1] }
			if err := d.Handle(d.Context(), body); err != nil {
				t.Fatalf("neither told nor put aside: %v", err)
			}
			if len(d.outcomes) != 1 {
				t.Errorf("%d outcomes of one body", len(d.outcomes))
			}
			for range 3 {
				d.later(15 * time.Minute)
			}
		})
	})
}
