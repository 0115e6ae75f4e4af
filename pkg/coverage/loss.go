package coverage

import "time"

// Loss is one time in which a resource was not covered.
type Loss struct {
	Resource Resource
	// OpenedAt is when coverage was lost, ClosedAt when it was back, or the resource was found to be gone;
	// zero while neither is.
	OpenedAt, ClosedAt time.Time
	// Causes are the ids of its last findings, sorted.
	Causes []string
	// Gone is true when nobody repaired it: GuardDuty no longer lists the resource.
	Gone bool
}

// Within is how much of it lies between two moments. One that is not over lasts until the second.
func (l Loss) Within(from, until time.Time) time.Duration {
	if l.OpenedAt.After(from) {
		from = l.OpenedAt
	}
	if !l.ClosedAt.IsZero() && l.ClosedAt.Before(until) {
		until = l.ClosedAt
	}
	return max(0, until.Sub(from))
}
