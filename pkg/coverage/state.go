package coverage

import "time"

// State is the coverage of one resource as GuardDuty lists it now.
type State struct {
	Resource Resource
	Status   Status
	// Issues are the reasons as AWS wrote them; empty for most Healthy resources.
	Issues   []string
	Agent    Agent
	Coverage Count
	// InstanceType is the EC2 instance type, if told.
	InstanceType string
	// UpdatedAt is when GuardDuty last updated the coverage, in UTC: of an ECS cluster whenever a task
	// starts, too (https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ecs.html).
	UpdatedAt time.Time
	// OpenedAt is when the resource lost coverage as far as that is remembered, in UTC; zero where it is not.
	OpenedAt time.Time
}

// Since is when an uncovered resource lost coverage at the latest; zero when that is not known. What is
// remembered counts, and but for ECS clusters what GuardDuty updated before.
func (s State) Since() time.Time {
	if s.Resource.Kind == ECS || s.UpdatedAt.IsZero() {
		return s.OpenedAt
	}
	if !s.OpenedAt.IsZero() && s.OpenedAt.Before(s.UpdatedAt) {
		return s.OpenedAt
	}
	return s.UpdatedAt
}

// Change is the change that must have led to the state, for one of which no event was seen. seen is when the state was looked at.
func (s State) Change(seen time.Time) Change {
	previous := Healthy
	if s.Status == Healthy {
		previous = Unhealthy
	}
	return Change{
		Resource:     s.Resource,
		Status:       s.Status,
		Previous:     previous,
		Issues:       s.Issues,
		Agent:        s.Agent,
		Coverage:     s.Coverage,
		InstanceType: s.InstanceType,
		ChangedAt:    s.UpdatedAt,
		ReceivedAt:   seen,
		Found:        true,
	}
}
