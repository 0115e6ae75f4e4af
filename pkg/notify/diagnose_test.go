package notify_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
)

// fakeDiagnoser finds of each candidate that it was terminated.
type fakeDiagnoser struct {
	// takes is how long it takes; with deaf it does not even notice when nobody waits any more.
	takes time.Duration
	deaf  bool
	// asked are the names of every call's candidates, and findings those of the last.
	asked    [][]string
	findings []string
	deadline time.Time
}

func (d *fakeDiagnoser) DiagnoseAll(ctx context.Context, candidates []coverage.Candidate) [][]coverage.Evidence {
	d.deadline, _ = ctx.Deadline()
	var names []string
	found := make([][]coverage.Evidence, len(candidates))
	for i, c := range candidates {
		names, d.findings = append(names, c.Change.Resource.Name), c.Findings
		found[i] = []coverage.Evidence{{Check: "ec2-instance", Found: "terminated", Values: map[string]string{"of": c.Change.Resource.Name}}}
	}
	d.asked = append(d.asked, names)
	done := ctx.Done()
	if d.deaf {
		done = nil
	}
	select {
	case <-time.After(d.takes):
	case <-done:
	}
	return found
}

// evidence is whose evidence each outcome has, by the resource's name.
func (h *harness) evidence() map[string][]string {
	of := map[string][]string{}
	for _, o := range h.outcomes {
		for _, e := range o.Evidence {
			of[o.Change.Resource.Name] = append(of[o.Change.Resource.Name], e.Values["of"])
		}
	}
	return of
}

func TestABatchIsDiagnosedAtOnce(t *testing.T) {
	story(t, func(h *harness) {
		d := &fakeDiagnoser{}
		h.Diagnoser = d
		h.deliver(h.lost("i-1", lasting, 0), h.lost("i-2", other, 0), h.back("i-3", 0))
		if diff := cmp.Diff([][]string{{"i-1", "i-2"}}, d.asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		if want := []string{"ec2-kernel-too-old"}; !slices.Equal(d.findings, want) {
			t.Errorf("the findings of the last one are %q, want %q", d.findings, want)
		}
		if diff := cmp.Diff(map[string][]string{"i-1": {"i-1"}, "i-2": {"i-2"}}, h.evidence()); diff != "" {
			t.Errorf("evidence (-want +got):\n%s", diff)
		}
		h.deliver(h.lost("i-1", lasting, 0))
		if len(d.asked) != 1 {
			t.Errorf("asked about a duplicate: %q", d.asked)
		}
	})
}

func TestTenOfABatchAreDiagnosed(t *testing.T) {
	story(t, func(h *harness) {
		d := &fakeDiagnoser{}
		h.Diagnoser = d
		h.deliver(append(
			h.fleet(20, func(name string) json.RawMessage { return h.lost(name, lasting, 0) }),
			h.lost("x-1", other, 0))...)
		if len(d.asked) != 1 || len(d.asked[0]) != 10 || !slices.Contains(d.asked[0], "x-1") {
			t.Errorf("asked about %q, want ten, with each cause among them", d.asked)
		}
	})
}

// TestNobodyWaitsForADiagnoser that does not answer, and of one that hears the deadline the answer is used.
func TestNobodyWaitsForADiagnoser(t *testing.T) {
	for name, test := range map[string]struct {
		diagnoser fakeDiagnoser
		waits     time.Duration
		evidence  bool
	}{
		"a quick one":            {fakeDiagnoser{takes: time.Second}, time.Second, true},
		"one that is late":       {fakeDiagnoser{takes: 20 * time.Second}, 4500 * time.Millisecond, true},
		"one that hears nothing": {fakeDiagnoser{takes: 20 * time.Second, deaf: true}, 5 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(h *harness) {
				h.Diagnoser = &test.diagnoser
				began := time.Now()
				h.deliver(h.lost("i-1", lasting, 0))
				h.slack.want(t, "lost i-1 agent-disconnected")
				if took := h.slack.sent[0].at.Sub(began); took != test.waits {
					t.Errorf("the message left after %v, want %v", took, test.waits)
				}
				if got := len(h.evidence()) == 1; got != test.evidence {
					t.Errorf("the message has evidence: %v", h.evidence())
				}
				time.Sleep(time.Minute) // Whoever is left behind ends.
			})
		})
	}
}

// sharedEndpoint finds that the endpoint of the VPC is missing; of i-9 that of another.
type sharedEndpoint struct{}

func (sharedEndpoint) DiagnoseAll(_ context.Context, candidates []coverage.Candidate) [][]coverage.Evidence {
	found := make([][]coverage.Evidence, len(candidates))
	for i, c := range candidates {
		vpc := map[bool]string{true: "vpc-2", false: "vpc-1"}[c.Change.Resource.Name == "i-9"]
		found[i] = []coverage.Evidence{{Check: "vpc-endpoint", Found: "missing", Values: map[string]string{"vpc": vpc}}}
	}
	return found
}

// TestLossesThatShareACauseAreOneMessage, whatever GuardDuty's issue, from two on; each recovers in it.
func TestLossesThatShareACauseAreOneMessage(t *testing.T) {
	story(t, func(h *harness) {
		h.Diagnoser = sharedEndpoint{}
		h.deliver(h.lost("i-1", lasting, 0), h.lost("i-2", other, 0), h.lost("i-9", lasting, 0))
		h.slack.want(t, "2 of 2 open", "lost i-9 agent-disconnected")
		h.sns.want(t, "2 of 2 open", "lost i-9 agent-disconnected")
		if got, want := h.slack.sent[0].Title, "vpc-1: no VPC endpoint for GuardDuty"; got != want {
			t.Errorf("the title is %q, want %q", got, want)
		}
		h.deliver(h.back("i-1", time.Minute))
		h.drain()
		h.deliver(h.back("i-2", time.Hour))
		h.drain()
		h.slack.want(t, "2 of 2 open", "lost i-9 agent-disconnected", "1 of 2 open (ref 1)", "0 of 2 open (ref 1)")
	})
}

// TestWhatIsFoundOfSomeNamesNoCauseOfAll: of a storm not all are diagnosed, and it is one message all the same.
func TestWhatIsFoundOfSomeNamesNoCauseOfAll(t *testing.T) {
	story(t, func(h *harness) {
		h.Diagnoser = sharedEndpoint{}
		h.deliver(h.fleet(37, func(name string) json.RawMessage { return h.lost(name, lasting, 0) })...)
		h.slack.want(t, "37 of 37 open")
		if got, want := h.slack.sent[0].Title, "37 EC2 instances: agent disconnected"; got != want {
			t.Errorf("the title is %q, want %q", got, want)
		}
	})
}
