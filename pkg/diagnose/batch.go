package diagnose

import (
	"context"
	"sync"

	"guardduty-coverage-notifier/pkg/coverage"
)

// DiagnoseAll diagnoses candidates at the same time, so that they share answers, and returns what Diagnose found for
// each, in their order.
func (d *Doctor) DiagnoseAll(ctx context.Context, candidates []coverage.Candidate) [][]coverage.Evidence {
	found := make([][]coverage.Evidence, len(candidates))
	var diagnosing sync.WaitGroup
	for i, c := range candidates {
		diagnosing.Go(func() { found[i] = d.Diagnose(ctx, c.Change, c.Findings) })
	}
	diagnosing.Wait()
	return found
}
