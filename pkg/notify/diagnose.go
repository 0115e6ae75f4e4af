package notify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// How much a diagnosis may cost.
const (
	// diagnosisTime is how long all diagnoses of a batch may take together. A Diagnoser has until diagnosisRest before its
	// end, so that what it knows by its own deadline still arrives.
	diagnosisTime = 5 * time.Second
	diagnosisRest = 500 * time.Millisecond
	// diagnosesMost is how many changes of a batch are diagnosed.
	diagnosesMost = 10
	// evidenceMost is how much evidence of one change is kept, valueMost how long a value in it may be.
	evidenceMost = 40
	valueMost    = 300
)

// diagnosis is what was found of one claim's lead.
type diagnosis struct {
	claim    *claim
	evidence []coverage.Evidence
}

// diagnose has a look at what is about to be told. Whoever has not answered in time is not waited for.
func (p *Pipeline) diagnose(ctx context.Context, claims []*claim) {
	if p.Diagnoser == nil {
		return
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-settleTime-p.SinkTimeout))
		defer cancel()
	}
	ctx, cancel := context.WithTimeout(ctx, diagnosisTime)
	defer cancel()
	end, _ := ctx.Deadline()
	looking, cancel := context.WithDeadline(ctx, end.Add(-diagnosisRest))
	defer cancel()
	if looking.Err() != nil {
		return // What time is left is needed to tell it.
	}
	patients := patients(claims)
	found := p.look(looking, patients)
	for range patients {
		select {
		case d := <-found:
			d.claim.lead.evidence = kept(d.evidence)
		case <-ctx.Done():
			return
		}
	}
}

// look diagnoses all patients at the same time. Nobody has to receive what it sends.
func (p *Pipeline) look(ctx context.Context, patients []*claim) <-chan diagnosis {
	found := make(chan diagnosis, len(patients))
	for _, c := range patients {
		change, findings := c.lead.change, make([]string, len(c.lead.findings))
		for i, f := range c.lead.findings {
			findings[i] = string(f.ID)
		}
		go func() { found <- diagnosis{c, p.Diagnoser.Diagnose(ctx, change, findings)} }()
	}
	return found
}

// patients are the claims that are worth a look, as many as there is time for: of like ones the first before the others,
// since that one speaks for a group.
func patients(claims []*claim) []*claim {
	var worth []*claim
	alike, nth := map[string]int{}, map[*claim]int{}
	for _, c := range claims {
		if c.lead == nil || c.lead.verdict != tell || c.lead.change.Status != coverage.Unhealthy {
			continue
		}
		key := strings.Join(c.likeness(), "\x00")
		nth[c] = alike[key]
		alike[key]++
		worth = append(worth, c)
	}
	slices.SortStableFunc(worth, func(a, b *claim) int { return cmp.Compare(nth[a], nth[b]) })
	return worth[:min(len(worth), diagnosesMost)]
}

// kept is evidence without the length that a hostile resource may give it.
func kept(evidence []coverage.Evidence) []coverage.Evidence {
	evidence = slices.Clone(evidence[:min(len(evidence), evidenceMost)])
	for i, e := range evidence {
		values := make(map[string]string, len(e.Values))
		for placeholder, value := range e.Values {
			values[placeholder] = shortened(value, valueMost)
		}
		evidence[i] = coverage.Evidence{Check: shortened(e.Check, valueMost), Found: shortened(e.Found, valueMost), Values: values}
	}
	return evidence
}
