package notify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

// How much a diagnosis may cost.
const (
	// diagnosisTime is how long all diagnoses of a batch may take together. A Diagnoser has until
	// diagnosisRest before its end, so that what it knows by its own deadline still arrives.
	diagnosisTime = 5 * time.Second
	diagnosisRest = 500 * time.Millisecond
	// maxDiagnoses is how many changes of a batch are diagnosed.
	maxDiagnoses = 10
)

// diagnose looks for the cause of what is about to be sent. A diagnoser that has not answered in time is not
// waited for.
func (b *batch) diagnose(ctx context.Context) {
	candidates := b.candidates()
	if b.p.Diagnoser == nil || len(candidates) == 0 {
		return
	}
	ctx, cancel := b.sending(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, diagnosisTime)
	defer cancel()
	end, _ := ctx.Deadline()
	checking, cancel := context.WithDeadline(ctx, end.Add(-diagnosisRest))
	defer cancel()
	if checking.Err() != nil {
		return // What time is left is needed to send.
	}
	select {
	case found := <-b.check(checking, candidates):
		for i, it := range candidates {
			it.evidence = coverage.ClipEvidence(found[i])
		}
	case <-ctx.Done():
	}
}

// check diagnoses all candidates. Nobody has to receive what it sends.
func (b *batch) check(ctx context.Context, candidates []*item) <-chan [][]coverage.Evidence {
	asked := make([]coverage.Candidate, len(candidates))
	for i, it := range candidates {
		asked[i].Change = it.record.Change
		for _, f := range it.findings {
			asked[i].Findings = append(asked[i].Findings, string(f.ID))
		}
	}
	found := make(chan [][]coverage.Evidence, 1)
	go func() { found <- b.p.Diagnoser.DiagnoseAll(ctx, asked) }()
	return found
}

// candidates are the losses that are about to be sent, as many as there is time for: of like ones the first
// before the others, since that one speaks for a group.
func (b *batch) candidates() []*item {
	var all []*item
	alike, nth := map[string]int{}, map[*item]int{}
	for _, it := range b.items {
		isSent := func(t *target) bool { return t.action.Kind != incident.Close }
		if !slices.ContainsFunc(it.targets, isSent) || it.record.Change.Status != coverage.Unhealthy {
			continue
		}
		key := strings.Join(it.likeness(), "\x00")
		nth[it] = alike[key]
		alike[key]++
		all = append(all, it)
	}
	for _, it := range all {
		it.crowded = len(all) > maxDiagnoses
	}
	slices.SortStableFunc(all, func(a, b *item) int { return cmp.Compare(nth[a], nth[b]) })
	return all[:min(len(all), maxDiagnoses)]
}
