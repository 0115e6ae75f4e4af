package compose_test

import (
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/report"
)

var now = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

const (
	frankfurt = "eu-central-1"
	virginia  = "us-east-1"
	noRoom    = "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because all deployments have all pods unscheduled: 0/3 nodes are available: 3 Insufficient memory."
)

func resource(kind coverage.Kind, name string) coverage.Resource {
	return coverage.Resource{Kind: kind, Name: name, Account: "111122223333", Region: frankfurt}
}

func healthy(kind coverage.Kind, name string) coverage.State {
	return coverage.State{Resource: resource(kind, name), Status: coverage.Healthy, UpdatedAt: now.AddDate(0, -1, 0)}
}

// unhealthy is a resource that has been uncovered for so long, and is remembered as that.
func unhealthy(kind coverage.Kind, name, issue string, age time.Duration) coverage.State {
	s := coverage.State{Resource: resource(kind, name), Status: coverage.Unhealthy, UpdatedAt: now.Add(-age), OpenedAt: now.Add(-age)}
	if issue != "" {
		s.Issues = []string{issue}
	}
	return s
}

// report counts states, after others at reports before, a day each.
func build(states []coverage.State, before ...[]coverage.State) report.Report {
	var past []report.Summary
	for i, earlier := range before {
		r := built(past, earlier, now.AddDate(0, 0, i-len(before)))
		past = report.Remember(past, r.Summary())
	}
	return built(past, states, now)
}

func built(past []report.Summary, states []coverage.State, at time.Time) report.Report {
	b := report.NewBuilder(past)
	for _, s := range states {
		b.Add(s)
	}
	return b.Report(at, []string{frankfurt}, nil, 0)
}
