package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
)

// doctor is a Diagnoser that finds what a test says, and remembers whom it looked at.
type doctor struct {
	find func(ctx context.Context, change coverage.Change) []coverage.Evidence

	mu       sync.Mutex
	patients []string
	findings []string
}

func (d *doctor) Diagnose(ctx context.Context, change coverage.Change, findings []string) []coverage.Evidence {
	d.mu.Lock()
	d.patients, d.findings = append(d.patients, change.Resource.Name), findings
	d.mu.Unlock()
	return d.find(ctx, change)
}

// finds is a doctor that always finds the same.
func finds(evidence ...coverage.Evidence) *doctor {
	return &doctor{find: func(context.Context, coverage.Change) []coverage.Evidence { return evidence }}
}

// found is evidence: a check, a slash, and what it found; then placeholder, value.
func found(what string, pairs ...string) coverage.Evidence {
	check, what, _ := strings.Cut(what, "/")
	e := coverage.Evidence{Check: check, Found: what, Values: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		e.Values[pairs[i]] = pairs[i+1]
	}
	return e
}

// looked is the section of what was looked at, a line each; nil when there is none.
func looked(m message.Message) []string {
	var lines []string
	for _, s := range m.Sections {
		for _, e := range s.Evidence {
			lines = append(lines, e.Mark.String()+" "+e.Line())
		}
	}
	return lines
}

const unmanaged = "Systems Manager does not manage the instance"

func TestEvidenceInAMessage(t *testing.T) {
	tests := map[string]struct {
		evidence []coverage.Evidence
		title    string
		tone     message.Tone
		// step is how the first step begins, "" for none; summary is part of the summary.
		step, summary string
		looked        []string
	}{
		"a certain cause": {
			[]coverage.Evidence{found("ec2-instance/running"), found("ec2-ssm/unmanaged")}, unmanaged, message.Lost,
			"Let Systems Manager manage the instance", "no longer covers EC2 instance i-1",
			[]string{"✗ Systems Manager: It does not manage the instance, so that GuardDuty cannot install the agent by it.", "✓ EC2 instance: It is running."},
		},
		"two certain causes": {
			[]coverage.Evidence{found("ec2-tag/excluded"), found("ec2-ssm/unmanaged")}, disconnected, message.Lost,
			"If the instance is to be covered, remove the tag", "no longer covers",
			[]string{"✗ Tag of the instance: `GuardDutyManaged` is `false`, which excludes the instance.", "✗ Systems Manager: It does not manage the instance, so that GuardDuty cannot install the agent by it."},
		},
		"a fault": {
			[]coverage.Evidence{found("ec2-association/missing")}, disconnected, message.Lost,
			"Turn automated agent configuration for EC2 off", "no longer covers",
			[]string{"✗ GuardDuty's association: The account has none, by which GuardDuty would install the agent."},
		},
		"gone": {
			[]coverage.Evidence{found("ec2-ssm/unmanaged"), found("ec2-instance/terminated")}, "the instance was terminated", message.Information,
			"", "Nothing needs to be done.",
			[]string{"✗ Systems Manager: It does not manage the instance, so that GuardDuty cannot install the agent by it.", "✗ EC2 instance: It was terminated, so that there is nothing to cover."},
		},
		"denied": {
			[]coverage.Evidence{found("ec2-instance/denied", "action", "ec2:DescribeInstances")}, disconnected, message.Lost,
			"See what became of the agent", "no longer covers",
			[]string{"? EC2 instance: It could not be looked at: `ec2:DescribeInstances` is not allowed."},
		},
		"healthy again": {
			[]coverage.Evidence{found("guardduty-coverage/healthy"), found("ec2-ssm/unmanaged")}, disconnected, message.Lost,
			"See what became of the agent", "lists it as covered again by now.",
			[]string{"✗ Systems Manager: It does not manage the instance, so that GuardDuty cannot install the agent by it.", "✓ Coverage now: GuardDuty lists the resource as covered again."},
		},
		"nothing": {nil, disconnected, message.Lost, "See what became of the agent", "no longer covers", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(d *desk) {
				d.Diagnoser = finds(test.evidence...)
				d.tell(d.unhealthy("i-1", lasting, 0))
				d.slack.want(d.T, "EC2 instance i-1: "+test.title)
				m := d.slack.sent[0].Message
				if m.Tone != test.tone || !strings.Contains(m.Summary, test.summary) {
					t.Errorf("tone %v, summary %q; want %v and %q", m.Tone, m.Summary, test.tone, test.summary)
				}
				checkSteps(t, m, test.step)
				if diff := cmp.Diff(test.looked, looked(m)); diff != "" {
					t.Errorf("what was looked at (-want +got):\n%s", diff)
				}
				checkRecord(t, m, test.tone == message.Lost)
				if got := d.outcomes[0].Evidence; len(got) != len(test.evidence) {
					t.Errorf("the outcome has the evidence %v", got)
				}
			})
		})
	}
}

// checkSteps wants the first step to begin so, in the message and in its record, or no steps.
func checkSteps(t *testing.T, m message.Message, first string) {
	t.Helper()
	steps, recorded := m.Sections[0].Steps, m.Record.Findings[0].Steps
	switch {
	case len(steps) != len(recorded):
		t.Errorf("%d steps, %d in the record", len(steps), len(recorded))
	case first == "" && len(steps) > 0:
		t.Errorf("steps %+v, want none", steps)
	case first != "" && (len(steps) == 0 || !strings.HasPrefix(steps[0].Text, first)):
		t.Errorf("steps %+v, want first %q", steps, first)
	}
}

// checkRecord wants the record to say the same as the message.
func checkRecord(t *testing.T, m message.Message, actionable bool) {
	t.Helper()
	var lines []string
	for _, e := range m.Record.Evidence {
		lines = append(lines, fmt.Sprint(e.OK, " ", e.Result))
	}
	var want []string
	for _, line := range looked(m) {
		mark, rest, _ := strings.Cut(line, " ")
		_, result, _ := strings.Cut(rest, ": ")
		want = append(want, fmt.Sprint(mark == "✓", " ", result))
	}
	if !slices.Equal(lines, want) {
		t.Errorf("the record has the evidence %q, want %q", lines, want)
	}
	if got := m.Record.Findings[0].Actionable; got != actionable {
		t.Errorf("actionable %v, want %v", got, actionable)
	}
}

func TestADiagnoserThatFindsNothingChangesNothing(t *testing.T) {
	tell := func(with notify.Diagnoser) (told []message.Message) {
		atDesk(t, func(d *desk) {
			d.Diagnoser = with
			d.tell(append(d.fleet(4), d.unhealthy("i-1", other, 0))...)
			for _, s := range d.slack.sent {
				told = append(told, s.Message)
			}
		})
		return told
	}
	if diff := cmp.Diff(tell(nil), tell(finds())); diff != "" {
		t.Errorf("without and with (-without +with):\n%s", diff)
	}
}

func TestOnlyWhatIsToldAsLostIsDiagnosed(t *testing.T) {
	atDesk(t, func(d *desk) {
		doctor := finds(found("ec2-ssm/unmanaged"))
		d.Diagnoser = doctor
		d.tell(d.unhealthy("i-1", transient, 0))     // held
		d.tell(d.healthy("i-2", 0))                  // a recovery
		d.tell(d.unhealthy("i-3", lasting, 0))       // told
		d.tell(d.unhealthy("i-3", lasting, 0))       // a duplicate
		d.tell(d.healthy("i-3", time.Minute))        // its recovery
		d.tell(d.unhealthy("i-3", lasting, 0))       // stale
		d.tell(json.RawMessage(`{"source":"else"}`)) // unreadable
		if want := []string{"i-3"}; !slices.Equal(doctor.patients, want) {
			t.Errorf("looked at %v, want %v", doctor.patients, want)
		}
		if want := []string{"ec2-agent-disconnected"}; !slices.Equal(doctor.findings, want) {
			t.Errorf("was told the findings %v, want %v", doctor.findings, want)
		}
		d.later(15 * time.Minute)
		if want := []string{"i-3", "i-1"}; !slices.Equal(doctor.patients, want) {
			t.Errorf("looked at %v once the hold was over, want %v", doctor.patients, want)
		}
		if got := looked(d.slack.sent[2].Message); got != nil {
			t.Errorf("the recovery tells %q", got)
		}
	})
}

// TestAHungDiagnoserCostsFiveSeconds is one that ignores its deadline, beside one that keeps it.
func TestAHungDiagnoserCostsFiveSeconds(t *testing.T) {
	atDesk(t, func(d *desk) {
		release := make(chan struct{})
		d.Diagnoser = &doctor{find: func(_ context.Context, change coverage.Change) []coverage.Evidence {
			if change.Resource.Name == "i-1" {
				<-release
			}
			return []coverage.Evidence{found("ec2-ssm/unmanaged")}
		}}
		d.tell(d.unhealthy("i-1", lasting, 0), d.unhealthy("i-2", other, 0))
		if took := time.Since(d.began); took != 5*time.Second {
			t.Errorf("it took %v, want 5s", took)
		}
		d.slack.want(d.T, "EC2 instance i-1: "+disconnected, "EC2 instance i-2: "+unmanaged)
		if got := looked(d.slack.sent[0].Message); got != nil {
			t.Errorf("i-1 tells %q", got)
		}
		close(release) // and its answer, which nobody waits for, harms nobody
		synctest.Wait()
		for _, o := range d.outcomes {
			if o.Change.Resource.Name == "i-1" && o.Evidence != nil {
				t.Errorf("evidence %v came late and was kept", o.Evidence)
			}
		}
	})
}

func TestADiagnoserHasTimeToSayThatItWasLate(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Diagnoser = &doctor{find: func(ctx context.Context, _ coverage.Change) []coverage.Evidence {
			<-ctx.Done()
			return []coverage.Evidence{found("ec2-instance/late", "action", "ec2:DescribeInstances")}
		}}
		d.tell(d.unhealthy("i-1", lasting, 0), d.unhealthy("i-2", other, 0))
		if took := time.Since(d.began); took >= 5*time.Second || took < 4*time.Second {
			t.Errorf("it took %v, want somewhat less than 5s", took)
		}
		want := []string{"? EC2 instance: It could not be looked at: `ec2:DescribeInstances` did not answer in time."}
		for _, s := range d.slack.sent {
			if got := looked(s.Message); !slices.Equal(got, want) {
				t.Errorf("%s tells %q, want %q", s.Title, got, want)
			}
		}
	})
}

func TestDiagnosingLeavesTimeToTell(t *testing.T) {
	// Of an invocation, 10 s are kept for remembering and 8 s for the sinks.
	tests := map[string]struct{ left, spent time.Duration }{
		"all the time":  {time.Minute, 5 * time.Second},
		"some time":     {21 * time.Second, 3 * time.Second},
		"hardly any":    {18*time.Second + 400*time.Millisecond, 0},
		"no time":       {18 * time.Second, 0},
		"long too late": {12 * time.Second, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(d *desk) {
				release := make(chan struct{})
				defer close(release)
				d.Diagnoser = &doctor{find: func(context.Context, coverage.Change) []coverage.Evidence { <-release; return nil }}
				ctx, cancel := context.WithTimeout(d.Context(), test.left)
				defer cancel()
				if err := errors.Join(d.HandleAll(ctx, []json.RawMessage{d.unhealthy("i-1", lasting, 0)})...); err != nil {
					t.Error(err)
				}
				d.slack.want(d.T, "EC2 instance i-1: "+disconnected)
				if spent := time.Since(d.began); spent != test.spent {
					t.Errorf("%v were spent, want %v", spent, test.spent)
				}
			})
		})
	}
}

func TestTenOfABatchAreDiagnosedTheFirstOfLikeOnesFirst(t *testing.T) {
	atDesk(t, func(d *desk) {
		doctor := finds(found("ec2-ssm/offline"))
		d.Diagnoser = doctor
		d.tell(append(d.fleet(20), d.unhealthy("k-1", other, 0))...)
		if n := len(doctor.patients); n != 10 {
			t.Errorf("looked at %d, want 10", n)
		}
		for _, want := range []string{"i-00", "k-1"} {
			if !slices.Contains(doctor.patients, want) {
				t.Errorf("did not look at %s, but at %v", want, doctor.patients)
			}
		}
		d.slack.want(d.T, "20 EC2 instances: "+disconnected, "EC2 instance k-1: "+kernel)
	})
}

func TestAGroupTellsWhatWasFoundOfOne(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Diagnoser = finds(found("ec2-ssm/unmanaged"))
		d.tell(d.fleet(3)...)
		d.tell(d.healthy("i-01", time.Minute))
		d.slack.want(d.T, "3 EC2 instances: "+disconnected, "3 EC2 instances: "+disconnected+" (ref 1)")
		for i, s := range d.slack.sent {
			last := s.Sections[len(s.Sections)-1]
			if want := "What was looked at, of EC2 instance i-00 alone"; last.Heading != want || len(looked(s.Message)) != 1 {
				t.Errorf("message %d says %q and %q, want %q", i, last.Heading, looked(s.Message), want)
			}
			if want := "Let Systems Manager manage"; !strings.HasPrefix(s.Sections[0].Steps[0].Text, want) {
				t.Errorf("message %d begins with the step %q", i, s.Sections[0].Steps[0].Text)
			}
		}
		d.tell(d.healthy("i-00", 2*time.Minute), d.healthy("i-02", 2*time.Minute))
		last := d.slack.sent[2]
		if last.Tone != message.Restored || looked(last.Message) != nil || len(last.Record.Evidence) > 0 {
			t.Errorf("once all are back: tone %v, %q", last.Tone, looked(last.Message))
		}
	})
}

func TestWhatIsGoneIsNoGroupWithWhatIsNot(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.Diagnoser = &doctor{find: func(_ context.Context, change coverage.Change) []coverage.Evidence {
			switch change.Resource.Name {
			case "i-00", "i-02", "i-04":
				return []coverage.Evidence{found("ec2-instance/terminated")}
			case "i-06":
				return []coverage.Evidence{found("ec2-instance/stopped")}
			}
			return []coverage.Evidence{found("ec2-instance/running")}
		}}
		d.tell(d.fleet(7)...)
		d.slack.want(d.T, "3 EC2 instances: "+disconnected, "EC2 instance i-06: the instance is stopped", "3 EC2 instances: the instance was terminated")
		gone := d.slack.sent[2]
		if gone.Tone != message.Information || !strings.HasSuffix(gone.Summary, "Nothing needs to be done.") {
			t.Errorf("tone %v, summary %q", gone.Tone, gone.Summary)
		}
		checkSteps(t, gone.Message, "")
		checkRecord(t, gone.Message, false)
	})
}

func TestEvidenceIsKeptShort(t *testing.T) {
	atDesk(t, func(d *desk) {
		long := strings.Repeat("x", 1<<16)
		var evidence []coverage.Evidence
		for range 100 {
			evidence = append(evidence, found("eks-addon/unhealthy", "status", long), found(long+"/"+long))
		}
		d.Diagnoser = finds(evidence...)
		d.tell(d.unhealthy("i-1", lasting, 0))
		if got := looked(d.slack.sent[0].Message); len(got) != 40 || len(strings.Join(got, "")) > 40*1000 {
			t.Errorf("%d lines of %d bytes", len(got), len(strings.Join(got, "")))
		}
		if evidence[1].Check != long {
			t.Error("the Diagnoser's own evidence was cut")
		}
	})
}
