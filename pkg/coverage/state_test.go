package coverage_test

import (
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

func TestSince(t *testing.T) {
	opened := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	updated, unknown := opened.Add(time.Hour), time.Time{}
	tests := map[string]struct {
		kind                  coverage.Kind
		updated, opened, want time.Time
	}{
		"what is remembered":                {coverage.EKS, updated, opened, opened},
		"what GuardDuty updated before":     {coverage.EC2, opened, updated, opened},
		"nothing remembered":                {coverage.EC2, updated, unknown, updated},
		"nothing listed":                    {coverage.EC2, unknown, opened, opened},
		"neither":                           {coverage.EC2, unknown, unknown, unknown},
		"an ECS cluster, remembered":        {coverage.ECS, updated, opened, opened},
		"an ECS cluster, nothing of that":   {coverage.ECS, updated, unknown, unknown},
		"an ECS cluster, with an old entry": {coverage.ECS, opened, updated, updated},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := coverage.State{
				Resource: coverage.Resource{Kind: test.kind}, UpdatedAt: test.updated, OpenedAt: test.opened,
			}
			if got := s.Since(); !got.Equal(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
