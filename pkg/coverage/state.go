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
	// UpdatedAt is when GuardDuty last updated the status, in UTC.
	UpdatedAt time.Time
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
