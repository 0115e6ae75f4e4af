package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/notify"
)

var errSink = errors.New("503")

func TestAChangeIsSentOnce(t *testing.T) {
	story(t, func(h *harness) {
		loss := h.lost("i-1", lasting, 0)
		time.Sleep(5 * time.Minute)
		h.deliver(loss)
		h.deliver(loss)
		h.slack.want(t, "lost i-1 agent-disconnected")
		h.sns.want(t, "lost i-1 agent-disconnected")
		h.wantResults(notify.Notified, notify.Duplicate)
		if got := h.outcomes[0].Latency; got != 5*time.Minute {
			t.Errorf("latency %v, want what passed since the change", got)
		}
	})
}

func TestCopiesOfOneChangeAreOne(t *testing.T) {
	story(t, func(h *harness) {
		x := transition{Status: coverage.Unhealthy, Issue: lasting}
		h.deliver(json.RawMessage(event("i-1", h.began, h.began, x, 0)), json.RawMessage(event("i-1", h.began, h.began.Add(time.Minute), x, 1)))
		h.slack.want(t, "lost i-1 agent-disconnected")
		h.wantResults(notify.Notified, notify.Duplicate)
	})
}

func TestOfABatchTheNewestIsSent(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.back("i-1", time.Minute), h.lost("i-1", lasting, 0), h.lost("i-1", other, 2*time.Minute))
		h.deliver(h.lost("i-1", lasting, time.Minute+30*time.Second))
		h.slack.want(t, "lost i-1 kernel-too-old")
		h.wantResults(notify.Notified, notify.Stale, notify.Stale, notify.Stale)
	})
}

func TestARecoveryAnswersItsLoss(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.lost("i-1", lasting, 0))
		h.deliver(h.lost("i-1", other, time.Minute))
		h.deliver(h.lost("i-1", other, 2*time.Minute)) // GuardDuty looked again and found the same.
		h.deliver(h.back("i-1", time.Hour))
		h.deliver(h.lost("i-1", lasting, 2*time.Hour))
		h.slack.want(t, "lost i-1 agent-disconnected", "lost i-1 kernel-too-old (ref 1)", "back i-1 (ref 1)", "lost i-1 agent-disconnected")
		h.sns.want(t, "lost i-1 agent-disconnected", "lost i-1 kernel-too-old", "back i-1", "lost i-1 agent-disconnected")
		if got := recordOf(h.slack.sent[2].Message).Incident; got == nil || got.DurationSeconds != 3600 {
			t.Errorf("the recovery says %+v of the incident, want an hour", got)
		}
	})
}

// TestARecoveryWithoutALoss is sent: the notifier may have been installed in between. Its repeat is not.
func TestARecoveryWithoutALoss(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.back("i-1", time.Minute))
		h.deliver(h.back("i-1", time.Minute), h.back("i-1", time.Hour), h.lost("i-1", lasting, 0))
		h.slack.want(t, "back i-1")
		h.wantResults(notify.Notified, notify.Duplicate, notify.Stale, notify.Stale)
	})
}

func TestAHeldLoss(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.lost("i-1", transient, 0), h.lost("i-2", transient, 0), h.lost("i-3", transient, 0))
		h.deliver(h.lost("i-1", transient, 0))
		h.slack.want(t)
		h.queue.wantDelays(t, 15*time.Minute, 15*time.Minute, 15*time.Minute)
		h.deliver(h.back("i-2", 5*time.Minute), h.lost("i-3", lasting, 5*time.Minute))
		h.slack.want(t, "lost i-3 agent-disconnected")
		h.later(15 * time.Minute)
		h.slack.want(t, "lost i-3 agent-disconnected", "lost i-1 waiting-for-ssm")
		h.wantResults(notify.Held, notify.Held, notify.Held, notify.Duplicate, notify.Recovered, notify.Notified, notify.Notified)
	})
}

func TestASinkThatRefusesForGood(t *testing.T) {
	story(t, func(h *harness) {
		h.slack.fail = func(int) error { return refusal{permanent: true, cause: errors.New("not_in_channel")} }
		loss := h.lost("i-1", lasting, 0)
		h.deliver(loss)
		h.deliver(loss)
		h.sns.want(t, "lost i-1 agent-disconnected")
		if len(h.queue.dead) != 1 || !strings.Contains(h.queue.reasons[0], "slack: refused: not_in_channel") {
			t.Fatalf("%d dead letters, because of %q", len(h.queue.dead), h.queue.reasons)
		}
		if want := `{"coverageQueue":1,"key":"111122223333/eu-west-1/EC2/i-1","redrive":["slack"]}`; string(h.queue.dead[0]) != want {
			t.Errorf("the dead letter is %s, want %s", h.queue.dead[0], want)
		}
		h.slack.fail = nil
		h.deliver(h.queue.dead[0]) // A person redrives it.
		h.slack.want(t, "lost i-1 agent-disconnected")
		h.sns.want(t, "lost i-1 agent-disconnected")
		h.wantResults(notify.GaveUp, notify.Duplicate, notify.Notified)
	})
}

func TestASinkThatFailsForAWhile(t *testing.T) {
	story(t, func(h *harness) {
		h.slack.fail = func(n int) error { return map[bool]error{true: errSink}[n <= 7] }
		h.deliver(h.lost("i-1", lasting, 0))
		h.drain()
		s, m := time.Second, time.Minute
		h.queue.wantDelays(t, 30*s, 30*s, m, 2*m, 4*m, 8*m, 15*m)
		h.slack.want(t, "lost i-1 agent-disconnected")
		h.sns.want(t, "lost i-1 agent-disconnected")
		if got := h.outcomes[6].FailingFor; got != 16*m {
			t.Errorf("failing for %v at the seventh failure", got)
		}
	})
}

func TestASinkThatFailsForMoreThanADay(t *testing.T) {
	story(t, func(h *harness) {
		h.slack.fail = func(int) error { return errSink }
		h.deliver(h.lost("i-1", lasting, 0))
		h.drain()
		if waited := time.Since(h.began); waited < 26*time.Hour || waited > 27*time.Hour {
			t.Errorf("given up after %v, want some more than a day", waited)
		}
		if len(h.queue.dead) != 1 {
			t.Errorf("%d dead letters, want 1", len(h.queue.dead))
		}
		h.slack.fail = nil
		h.deliver(h.lost("i-1", other, 27*time.Hour)) // The next change is worth a new attempt.
		h.slack.want(t, "lost i-1 kernel-too-old")
	})
}

// TestANewerChangeWaitsForAnOlderOneThatMayStillArrive is about the fence after a lost answer.
func TestANewerChangeWaitsForAnOlderOneThatMayStillArrive(t *testing.T) {
	story(t, func(h *harness) {
		h.slack.fail = func(n int) error {
			return map[int]error{1: refusal{uncertain: true, cause: errors.New("timeout")}}[n]
		}
		h.deliver(h.lost("i-1", lasting, 0))
		h.later(10 * time.Second)
		h.deliver(h.back("i-1", 10*time.Second))
		h.slack.want(t)
		h.sns.want(t, "lost i-1 agent-disconnected", "back i-1")
		h.drain()
		h.slack.want(t, "back i-1")
		if at := h.slack.sent[0].at.Sub(h.began); at != 30*time.Second {
			t.Errorf("sent after %v", at)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	tests := map[string]struct {
		after, deadline, sentAt time.Duration
		delays                  []time.Duration
	}{
		"short, waited for on the spot":     {after: 3 * time.Second, deadline: time.Minute, sentAt: 3 * time.Second},
		"short, and no time left":           {after: 3 * time.Second, deadline: 30 * time.Second, delays: []time.Duration{30 * time.Second}},
		"longer than the first delay":       {after: 90 * time.Second, deadline: time.Minute, delays: []time.Duration{90 * time.Second}},
		"shorter than the first delay":      {after: 10 * time.Second, deadline: time.Minute, delays: []time.Duration{30 * time.Second}},
		"longer than the queue can wait":    {after: time.Hour, deadline: time.Minute, delays: []time.Duration{15 * time.Minute}},
		"short, in an invocation for ever":  {after: 5 * time.Second, sentAt: 5 * time.Second},
		"a little too long for on the spot": {after: 5*time.Second + 1, deadline: time.Minute, delays: []time.Duration{30 * time.Second}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			story(t, func(h *harness) {
				h.slack.fail = func(n int) error { return map[int]error{1: refusal{after: test.after}}[n] }
				ctx := h.Context()
				if test.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				if err := errors.Join(h.Handle(ctx, []json.RawMessage{h.lost("i-1", lasting, 0)})...); err != nil {
					t.Fatal(err)
				}
				h.queue.wantDelays(t, test.delays...)
				if test.delays == nil && (len(h.slack.sent) != 1 || h.slack.sent[0].at.Sub(h.began) != test.sentAt) {
					t.Errorf("sent %d, want once after %v", len(h.slack.sent), test.sentAt)
				}
			})
		})
	}
}

func TestAHungSinkCostsItsOwnTimeAlone(t *testing.T) {
	story(t, func(h *harness) {
		h.slack.hang = true
		h.deliver(h.lost("i-1", lasting, 0), h.lost("i-2", other, 0))
		h.sns.want(t, "lost i-1 agent-disconnected", "lost i-2 kernel-too-old")
		for _, s := range h.sns.sent {
			if !s.at.Equal(h.began) {
				t.Errorf("SNS was notified after %v", s.at.Sub(h.began))
			}
		}
		if took := time.Since(h.began); took != h.SinkTimeout || h.slack.tries != 1 {
			t.Errorf("it took %v and %d tries, want %v and one", took, h.slack.tries, h.SinkTimeout)
		}
		if err := h.outcomes[0].Err; err == nil || !strings.Contains(err.Error(), "slack: no answer within 8s") {
			t.Errorf("error %v, want one that names the time", err)
		}
		h.wantResults(notify.Waiting, notify.Waiting)
	})
}

// TestTimeIsLeftToSave has an invocation that has 20 s for what follows sending, and so sends nothing in its last 28 s.
func TestTimeIsLeftToSave(t *testing.T) {
	for left, tries := range map[time.Duration]int{28*time.Second + 1: 1, 27 * time.Second: 0} {
		story(t, func(h *harness) {
			h.slack.hang = true
			ctx, cancel := context.WithTimeout(h.Context(), left)
			defer cancel()
			if err := errors.Join(h.Handle(ctx, []json.RawMessage{h.lost("i-1", lasting, 0)})...); err != nil {
				t.Fatal(err)
			}
			if h.slack.tries != tries {
				t.Errorf("with %v left: %d tries, want %d", left, h.slack.tries, tries)
			}
			h.wantResults(notify.Waiting)
			if got := h.outcomes[0].FailingFor; got != 0 {
				t.Errorf("a sink that was not tried is failing for %v", got)
			}
		})
	}
}

func TestWithoutAQueueNothingWaits(t *testing.T) {
	story(t, func(h *harness) {
		h.Queue = nil
		h.slack.fail = func(n int) error { return map[int]error{1: errSink}[n] }
		loss := h.lost("i-1", transient, 0)
		if err := errors.Join(h.Handle(h.Context(), []json.RawMessage{loss})...); !errors.Is(err, errSink) || !strings.Contains(err.Error(), "no queue") {
			t.Errorf("error %v, want Slack's, and that there is no queue", err)
		}
		h.sns.want(t, "lost i-1 waiting-for-ssm") // Nor is it held.
		time.Sleep(time.Minute)
		h.deliver(loss) // The invoker delivers it again.
		h.slack.want(t, "lost i-1 waiting-for-ssm")
		h.sns.want(t, "lost i-1 waiting-for-ssm")
		if h.Handle(h.Context(), []json.RawMessage{json.RawMessage(`{}`)})[0] == nil {
			t.Error("what is no event was swallowed")
		}
	})
}

func TestWhatCannotBeReadGoesToTheDeadLetterQueue(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"not JSON":                     {`x`, "decoding event"},
		"another event":                {`{"source":"aws.ec2","detail-type":"x"}`, `source "aws.ec2"`},
		"a corrupt message":            {`{"coverageQueue":1,"event":`, "reading a queued message"},
		"a message of another version": {`{"coverageQueue":2,"key":"k"}`, "version 2, expected 1"},
		"a message without a version":  {`{"coverageQueue":0,"key":"k"}`, "version 0, expected 1"},
		"a message of nothing":         {`{"coverageQueue":1,"due":"2026-01-01T00:00:00Z"}`, "one of key, event and change"},
		"a message of too much":        {`{"coverageQueue":1,"key":"k","event":{}}`, "one of key, event and change"},
		"a change of no known status":  {`{"coverageQueue":1,"change":{"status":"?"}}`, `unknown status "?"`},
		"a message around nothing":     {`{"coverageQueue":1,"event":{}}`, "not a GuardDuty coverage event"},
		"a message of another type":    {`{"coverageQueue":"1"}`, "reading a queued message"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			story(t, func(h *harness) {
				h.deliver(json.RawMessage(test.body), h.lost("i-1", lasting, 0))
				h.slack.want(t, "lost i-1 agent-disconnected")
				if len(h.queue.reasons) != 1 || !strings.Contains(h.queue.reasons[0], test.want) {
					t.Errorf("because of %q, want %q", h.queue.reasons, test.want)
				}
				h.queue.fail = errAway
				err := h.Handle(h.Context(), []json.RawMessage{json.RawMessage(test.body)})[0]
				if !errors.Is(err, errAway) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want why it is unreadable and why it is not in the dead-letter queue", err)
				}
			})
		})
	}
}

// TestTheStoreIsAway is the story of an event that waits for the table: queued as it came, marked, sent without memory,
// and known at last.
func TestTheStoreIsAway(t *testing.T) {
	story(t, func(h *harness) {
		h.store.away = errAway
		h.deliver(h.lost("i-1", lasting, 0), h.back("i-2", 0))
		h.slack.want(t)
		for time.Since(h.began) < 10*time.Minute {
			h.later(30 * time.Second)
		}
		h.slack.want(t)
		for time.Since(h.began) < 35*time.Minute {
			h.later(30 * time.Second)
		}
		h.slack.want(t, "lost i-1 agent-disconnected") // Once, and no recovery.
		h.store.away = nil
		h.drain()
		h.slack.want(t, "lost i-1 agent-disconnected", "lost i-1 agent-disconnected", "back i-2")
		h.deliver(h.back("i-1", time.Hour))
		h.slack.want(t, "lost i-1 agent-disconnected", "lost i-1 agent-disconnected", "back i-2", "back i-1 (ref 2)")
	})
}

// TestWithoutMemoryManyAreAGroup sends one message for many losses that could not wait any longer.
func TestWithoutMemoryManyAreAGroup(t *testing.T) {
	story(t, func(h *harness) {
		h.store.away = errAway
		h.deliver(h.fleet(40, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		for time.Since(h.began) < 11*time.Minute {
			h.later(30 * time.Second)
		}
		h.slack.want(t, "40 of 40 open")
	})
}

func TestAnEventWaitsForTheStoreForADay(t *testing.T) {
	story(t, func(h *harness) {
		h.store.away = errAway
		h.deliver(h.back("i-1", 0))
		h.drain()
		if waited := time.Since(h.began); waited < 26*time.Hour || waited > 27*time.Hour || len(h.queue.dead) != 1 {
			t.Errorf("%d dead letters after %v", len(h.queue.dead), waited)
		}
		h.store.away = nil
		h.deliver(h.queue.dead[0])
		h.slack.want(t, "back i-1")
	})
}

func TestATableThatHangsIsAskedOnce(t *testing.T) {
	story(t, func(h *harness) {
		h.store.away = fmt.Errorf("claiming: %w", context.DeadlineExceeded)
		h.deliver(h.fleet(300, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		if h.store.claims.Load() > 16 || len(h.queue.queued) != 300 {
			t.Errorf("%d claims, %d queued", h.store.claims.Load(), len(h.queue.queued))
		}
	})
}

func TestWhatCannotBeSavedComesAgain(t *testing.T) {
	story(t, func(h *harness) {
		h.store.unsaved = errAway
		h.deliver(h.lost("i-1", lasting, 0))
		h.queue.wantDelays(t, 150*time.Second)
		if err := h.outcomes[0].StoreErr; !errors.Is(err, errAway) {
			t.Errorf("the outcome says %v of the store", err)
		}
		h.wantResults(notify.Notified)
	})
}

func TestARateLimitMakesGroups(t *testing.T) {
	story(t, func(h *harness) {
		h.RateLimit = 2
		for _, loss := range h.fleet(10, func(name string) json.RawMessage { return h.lost(name, lasting, 0) }) {
			h.deliver(loss)
		}
		if got := len(h.slack.sent); got != 2 {
			t.Fatalf("%d messages in a minute, want 2", got)
		}
		h.later(time.Minute)
		h.slack.want(t, "lost i-0 agent-disconnected", "lost i-1 agent-disconnected", "8 of 8 open")
		if last := h.outcomes[len(h.outcomes)-1]; len(last.Grouped) != 2 {
			t.Errorf("grouped for %v, want both sinks", last.Grouped)
		}
	})
}

func TestARateLimitIsGivenWayToForAWhile(t *testing.T) {
	story(t, func(h *harness) {
		h.RateLimit, h.store.counted = 20, 1000 // Something else takes every place of every minute.
		h.deliver(h.lost("i-1", lasting, 0))
		h.drain()
		h.slack.want(t, "lost i-1 agent-disconnected")
		if waited := h.slack.sent[0].at.Sub(h.began); waited != 15*time.Minute {
			t.Errorf("it waited for %v", waited)
		}
	})
}

// TestAfterAMinuteOverTheLimitGroupsGoFirst lets what is alone wait for one minute more, so that it does not take the
// places of the groups that have gathered.
func TestAfterAMinuteOverTheLimitGroupsGoFirst(t *testing.T) {
	story(t, func(h *harness) {
		h.RateLimit = 1
		for _, loss := range h.fleet(4, func(name string) json.RawMessage { return h.lost(name, lasting, 0) }) {
			h.deliver(loss)
		}
		h.deliver(h.lost("alone", other, time.Minute))
		h.slack.want(t, "lost i-0 agent-disconnected")
		h.later(0)
		h.slack.want(t, "lost i-0 agent-disconnected", "3 of 3 open")
		h.later(time.Minute)
		h.slack.want(t, "lost i-0 agent-disconnected", "3 of 3 open", "lost alone kernel-too-old")
	})
}

func TestAGroupCountsItsMembersDown(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.fleet(4, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		h.deliver(h.back("i-2", time.Minute))
		h.later(5 * time.Second)
		h.deliver(h.back("i-0", time.Minute))
		h.deliver(h.back("i-1", time.Minute))
		h.drain()
		h.deliver(h.back("i-3", time.Minute))
		h.drain()
		h.slack.want(t, "4 of 4 open", "3 of 4 open (ref 1)", "1 of 4 open (ref 1)", "0 of 4 open (ref 1)")
		// The other sink cannot change what it said, so that each recovery is a message.
		h.sns.want(t, "4 of 4 open", "back i-2", "back i-0", "back i-1", "back i-3")
		if !h.slack.sent[1].Update || h.slack.sent[3].Update {
			t.Error("only the last change of the message is news")
		}
	})
}

// TestDuplicatedWakeUpsOfAGroupBegetNone while its sink fails.
func TestDuplicatedWakeUpsOfAGroupBegetNone(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.fleet(3, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		h.deliver(h.back("i-0", time.Minute))
		h.slack.fail = func(int) error { return errSink }
		time.Sleep(groupPause)
		wakeUp := h.queue.take()[0]
		for range 10 {
			h.handle(wakeUp, wakeUp)
		}
		if n := len(h.queue.queued); n != 1 {
			t.Errorf("%d wake-ups are queued, want 1", n)
		}
		h.slack.fail = nil
		h.drain()
		h.slack.want(t, "3 of 3 open", "2 of 3 open (ref 1)")
	})
}

// groupPause is how long a change to a group's members waits.
const groupPause = 5 * time.Second

// TestAGroupsMessageChangesEvery5Seconds at most, however many members recover.
func TestAGroupsMessageChangesEvery5Seconds(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.fleet(60, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		for _, back := range h.fleet(60, func(name string) json.RawMessage { return h.back(name, time.Minute) }) {
			h.deliver(back)
			h.later(500 * time.Millisecond)
		}
		h.drain()
		var last time.Time
		for _, m := range h.slack.sent {
			if m.at.Sub(last) < 5*time.Second {
				t.Errorf("it changed after %v", m.at.Sub(last))
			}
			last = m.at
		}
		if got := recordOf(h.slack.sent[len(h.slack.sent)-1].Message).Group.Open; got != 0 || len(h.slack.sent) > 9 {
			t.Errorf("%d are open in the end, after %d changes", got, len(h.slack.sent))
		}
	})
}

func TestAMemberWithANewCauseLeavesItsGroup(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.fleet(3, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		h.deliver(h.lost("i-1", other, time.Minute))
		h.drain()
		h.deliver(h.back("i-0", 2*time.Minute), h.back("i-2", 2*time.Minute))
		h.drain()
		h.deliver(h.back("i-1", 3*time.Minute))
		h.slack.want(t, "3 of 3 open", "lost i-1 kernel-too-old", "2 of 3 open (ref 1)", "0 of 3 open (ref 1)", "back i-1 (ref 2)")
	})
}

func TestAGroupThatCannotBeLeftForAMoment(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.fleet(3, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		h.store.groupsAway = errAway
		h.deliver(h.fleet(3, func(name string) json.RawMessage { return h.back(name, time.Minute) })...)
		h.later(30 * time.Second)
		h.store.groupsAway = nil
		h.drain()
		h.slack.want(t, "3 of 3 open", "0 of 3 open (ref 1)")
	})
}

func TestAGroupThatIsNotKnownAndOneThatCannotBeLeft(t *testing.T) {
	for name, breaks := range map[string]func(*fakeStore){
		"not known":    func(s *fakeStore) { s.forgets = true },
		"not readable": func(s *fakeStore) { s.groupsAway = errAway },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(h *harness) {
				breaks(h.store)
				h.deliver(h.fleet(3, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
				h.deliver(h.back("i-0", time.Minute))
				h.drain()
				h.slack.want(t, "3 of 3 open", "back i-0")
			})
		})
	}
}

func TestGroupsHaveAtMost500Members(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.fleet(503, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		h.slack.want(t, "500 of 500 open", "3 of 3 open")
		h.deliver(h.fleet(503, func(name string) json.RawMessage { return h.back(name, time.Minute) })...)
		h.drain()
		for _, m := range h.slack.sent[2:] {
			if recordOf(m.Message).Group.Open != 0 {
				t.Errorf("%d of %d are open in the end", recordOf(m.Message).Group.Open, recordOf(m.Message).Group.Total)
			}
		}
	})
}

func TestTwoAlikeAreNoGroup(t *testing.T) {
	story(t, func(h *harness) {
		h.deliver(h.lost("i-0", lasting, 0), h.lost("i-1", lasting, 0), h.lost("i-2", other, 0))
		h.slack.want(t, "lost i-0 agent-disconnected", "lost i-1 agent-disconnected", "lost i-2 kernel-too-old")
	})
}

func TestWhoeverComesWhileTheRecordIsClaimedWaits(t *testing.T) {
	story(t, func(h *harness) {
		h.slack.hang = true
		done := make(chan error)
		go func() { done <- errors.Join(h.Handle(h.Context(), []json.RawMessage{h.lost("i-1", lasting, 0)})...) }()
		synctest.Wait()
		h.handle(h.back("i-1", time.Second))
		h.queue.wantDelays(t, 30*time.Second)
		if err := <-done; err != nil {
			t.Error(err)
		}
		h.slack.hang = false
		h.drain()
		h.sns.want(t, "lost i-1 agent-disconnected", "back i-1")
		h.slack.want(t, "back i-1") // It may have taken the loss.
	})
}

// TestWakeUps of a thousand copies, of keys that nobody knows, and of groups that are gone, do nothing, once.
func TestWakeUpsThatSayNothing(t *testing.T) {
	story(t, func(h *harness) {
		for _, key := range []string{"111122223333/eu-west-1/EC2/unknown", "group/slack/unknown", "x", "group/"} {
			var copies []json.RawMessage
			for range 1000 {
				copies = append(copies, json.RawMessage(fmt.Sprintf(`{"coverageQueue":1,"key":%q,"due":"2000-01-01T00:00:00Z"}`, key)))
			}
			h.deliver(copies...)
		}
		if len(h.outcomes)+len(h.slack.sent)+len(h.queue.queued)+len(h.queue.dead) != 0 {
			t.Errorf("%d outcomes, %d sent, %d queued, %d dead", len(h.outcomes), len(h.slack.sent), len(h.queue.queued), len(h.queue.dead))
		}
	})
}

// TestAChangeOfTheFutureIsOneOfNow, so that it outdates nothing real.
func TestAChangeOfTheFutureIsOneOfNow(t *testing.T) {
	for _, ahead := range []time.Duration{5 * time.Minute, time.Hour, 365 * 24 * time.Hour} {
		story(t, func(h *harness) {
			h.handle(h.lost("i-1", transient, ahead))
			time.Sleep(6 * time.Minute)
			h.deliver(h.back("i-1", 6*time.Minute))
			h.deliver(h.lost("i-1", lasting, 7*time.Minute))
			h.drain()
			h.slack.want(t, "lost i-1 agent-disconnected")
		})
	}
}

func TestAnItemOfALaterVersionIsAStoreThatIsAway(t *testing.T) {
	story(t, func(h *harness) {
		h.store.away = fmt.Errorf("version 2: %w", errAway)
		h.deliver(h.lost("i-1", lasting, 0))
		h.wantResults(notify.Waiting)
		if len(h.queue.queued) != 1 || !strings.Contains(string(h.queue.queued[0].body), `"event":{`) {
			t.Errorf("queued %v", h.queue.queued)
		}
	})
}

func TestQueuedChangesOfAReport(t *testing.T) {
	story(t, func(h *harness) {
		change := coverage.Change{
			Resource: coverage.Resource{Kind: coverage.EC2, Name: "i-1", Account: "111122223333", Region: "eu-west-1"},
			Status:   coverage.Unhealthy, Issues: []string{transient}, ChangedAt: h.began.Add(-time.Hour), Found: true,
		}
		gone := change
		gone.Status, gone.Issues, gone.Gone, gone.ChangedAt = coverage.Healthy, nil, true, h.began
		if err := errors.Join(h.Enqueue(h.Context(), []coverage.Change{change})...); err != nil {
			t.Fatal(err)
		}
		h.drain()
		h.slack.want(t, "lost i-1 waiting-for-ssm") // What a report finds is not held.
		if err := errors.Join(h.Enqueue(h.Context(), []coverage.Change{change, gone})...); err != nil {
			t.Fatal(err)
		}
		h.drain()
		h.slack.want(t, "lost i-1 waiting-for-ssm", "back i-1 (ref 1)")
		h.queue.fail = errAway
		if err := errors.Join(h.Enqueue(h.Context(), []coverage.Change{change})...); !errors.Is(err, errAway) {
			t.Errorf("error %v", err)
		}
	})
}

func TestAuditGoesOnWhenTheQueueFails(t *testing.T) {
	story(t, func(h *harness) {
		overdue := incident.Record{Key: "111122223333/eu-west-1/EC2/i-1"}
		overdue.Observe(coverage.Change{Status: coverage.Unhealthy, ChangedAt: h.began.Add(-time.Hour)}, []string{"a"})
		all := func(yield func(incident.Stored, error) bool) {
			_ = yield(incident.Stored{}, errAway) && yield(incident.Stored{Record: overdue}, nil) &&
				yield(incident.Stored{Record: overdue, LeasedUntil: h.began.Add(time.Minute)}, nil)
		}
		if err := h.Audit(h.Context(), all); err != nil || len(h.queue.queued) != 1 {
			t.Errorf("%d wake-ups: %v", len(h.queue.queued), err)
		}
		h.queue.fail = errAway
		if err := h.Audit(h.Context(), all); !errors.Is(err, errAway) || !strings.Contains(err.Error(), overdue.Key) {
			t.Errorf("error %v", err)
		}
	})
}

// FuzzHandle brings hostile bodies: whatever they hold, it is sent, queued or given up.
func FuzzHandle(f *testing.F) {
	f.Add([]byte(`{"coverageQueue":1,"event":{"source":"aws.guardduty","detail-type":"GuardDuty Runtime Protection Healthy"},"mayHaveSent":["slack","sns"],"notified":["slack",""],"since":"2026-01-01T00:00:00Z"}`))
	f.Add([]byte(`{"coverageQueue":1,"key":"group/slack/x","redrive":["slack"],"due":"9999-12-31T23:59:59Z"}`))
	f.Add([]byte(`{"coverageQueue":1,"key":"k","redrive":["slack","else"],"since":"9999-12-31T23:59:59Z"}`))
	f.Add([]byte(event("i-1", time.Unix(1e9, 0), time.Unix(1e9, 0), transition{Status: coverage.Unhealthy, Issue: transient}, 0)))
	f.Add([]byte(`{"coverageQueue":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		story(t, func(h *harness) {
			h.slack.fail = func(n int) error { return map[bool]error{true: errSink}[n%2 == 1] }
			if err := h.Handle(h.Context(), []json.RawMessage{body})[0]; err != nil {
				t.Fatalf("neither sent nor queued nor given up: %v", err)
			}
			if len(h.outcomes) > 1 {
				t.Errorf("%d outcomes of one body", len(h.outcomes))
			}
			h.drain()
		})
	})
}

// byCause routes a disconnected agent to Slack, an old kernel to nobody, and everything else to all.
func byCause(_ coverage.Change, causes []string) notify.Decision {
	switch {
	case slices.Contains(causes, causeOf(lasting)):
		return to("slack")
	case slices.Contains(causes, causeOf(other)):
		return to()
	}
	return to("slack", "sns")
}

func to(sinks ...string) notify.Decision {
	d := notify.Decision{To: map[string]locale.Language{}}
	for _, sink := range sinks {
		d.To[sink] = locale.English()
	}
	return d
}

func TestARecoveryGoesTheWayOfItsLoss(t *testing.T) {
	story(t, func(h *harness) {
		h.Route = byCause
		h.deliver(h.lost("i-1", lasting, 0))
		h.deliver(h.lost("i-1", other, time.Minute))
		h.deliver(h.back("i-1", time.Hour))
		h.slack.want(t, "lost i-1 agent-disconnected", "back i-1 (ref 1)")
		h.sns.want(t)
		h.wantResults(notify.Notified, notify.Muted, notify.Notified)
	})
}

func TestWhatIsRoutedToNobodyIsCounted(t *testing.T) {
	story(t, func(h *harness) {
		h.Route = byCause
		loss := h.lost("i-1", other, 0)
		h.deliver(loss)
		h.deliver(loss)
		h.deliver(h.back("i-1", time.Hour))
		h.slack.want(t)
		h.queue.wantDelays(t)
		h.wantResults(notify.Muted, notify.Duplicate, notify.Muted)
	})
}

func TestASilentRecoveryIsTheRulesOwnWish(t *testing.T) {
	story(t, func(h *harness) {
		h.Route = func(change coverage.Change, causes []string) notify.Decision {
			if change.Status == coverage.Healthy {
				return notify.Decision{Silent: true}
			}
			return byCause(change, causes)
		}
		h.deliver(h.lost("i-1", lasting, 0))
		h.deliver(h.back("i-1", time.Hour))
		h.deliver(h.lost("i-1", lasting, 2*time.Hour))
		h.slack.want(t, "lost i-1 agent-disconnected", "lost i-1 agent-disconnected")
		h.wantResults(notify.Notified, notify.Muted, notify.Notified)
	})
}

// TestEachSinkIsNotifiedInItsLanguage, and what is in another language is no group with the rest.
func TestEachSinkIsNotifiedInItsLanguage(t *testing.T) {
	story(t, func(h *harness) {
		h.Route = func(change coverage.Change, _ []string) notify.Decision {
			decision := to("slack", "sns")
			if change.Resource.Name == "i-3" {
				decision.To["slack"] = locale.Japanese()
			}
			return decision
		}
		h.deliver(h.fleet(4, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		h.slack.want(t, "3 of 3 open", "lost i-3 agent-disconnected")
		h.sns.want(t, "4 of 4 open")
		if english, japanese := h.slack.sent[0].Summary, h.slack.sent[1].Summary; !strings.Contains(japanese, "カバレッジ") || strings.Contains(english, "カバレッジ") {
			t.Errorf("sent %q and %q", english, japanese)
		}
	})
}
