package coverage

import "time"

// Incident is what is remembered of one resource, or of one group of resources that were told together:
// the newest change that was seen, and what each sink was told of it.
type Incident struct {
	// Key is a Resource.Key, or the key of a group.
	Key string `json:"key"`
	// Status and ChangedAt are those of the newest change seen; zero when none was.
	Status    Status    `json:"status,omitempty"`
	ChangedAt time.Time `json:"changedAt,omitzero"`
	// Change is the newest change seen itself, without the length that a hostile event may have.
	Change Change `json:"change,omitzero"`
	// OpenedAt is when the resource last became Unhealthy; zero when that was not seen.
	OpenedAt time.Time `json:"openedAt,omitzero"`
	// Causes are the ids of the findings of the last Unhealthy change.
	Causes []string `json:"causes,omitempty"`
	// Held is true while an Unhealthy change waits to see whether it heals by itself.
	Held bool `json:"held,omitempty"`
	// Pending are the sinks that have yet to be told the newest change.
	Pending []string `json:"pending,omitempty"`
	// Unsure is true when somebody who claimed the incident never saved it: sinks may have been told more than Told says.
	Unsure bool `json:"unsure,omitempty"`
	// Doubted are the sinks of which that still holds: they were told nothing since.
	Doubted []string `json:"doubted,omitempty"`
	// Told is what each sink was told last.
	Told map[string]Told `json:"told,omitempty"`
	// Group is present in the record of a group.
	Group *Group `json:"group,omitempty"`

	// Lease is the store's own proof that the caller may save the incident.
	Lease string `json:"-"`
}

// Told is the last message of a sink about a resource.
type Told struct {
	// Ref is where the message is, in the sink's own terms; empty when it cannot be found again, or the resource has none of
	// its own.
	Ref       string    `json:"ref,omitempty"`
	Status    Status    `json:"status"`
	ChangedAt time.Time `json:"changedAt"`
	// At is when it was told.
	At time.Time `json:"at"`
	// Groups are the keys of the groups whose messages count the resource as uncovered.
	Groups []string `json:"groups,omitempty"`
}

// Group is what one message says of several resources.
type Group struct {
	// Sample is the change of one member; what is said of it holds for all but for the name.
	Sample Change `json:"sample"`
	// Evidence is what was found of that member.
	Evidence []Evidence `json:"evidence,omitempty"`
	// Names are the first members' names, Total how many members there were.
	Names []string `json:"names"`
	Total int      `json:"total"`
	// Open are the keys of the members that are still uncovered.
	Open []string `json:"open"`
}

// Newer reports whether the incident knows of a newer change than this. Of two changes at one moment the
// Unhealthy one counts as the newer: a needless alert is better than a blind spot.
func (i Incident) Newer(change Change) bool {
	if i.ChangedAt.Equal(change.ChangedAt) {
		return i.Status == Unhealthy && change.Status == Healthy
	}
	return i.ChangedAt.After(change.ChangedAt)
}

// Knows reports whether change is the newest change the incident has seen.
func (i Incident) Knows(change Change) bool {
	return i.Status == change.Status && i.ChangedAt.Equal(change.ChangedAt)
}
