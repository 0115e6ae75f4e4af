// Package memory remembers incidents for as long as the process lasts.
package memory

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/incident"
)

// Store remembers for as long as the process lasts: for local runs, and for a deployment without a table,
// where duplicates are recognised only while the same execution environment serves.
type Store struct {
	mu      sync.Mutex
	records map[string]incident.Record
	groups  map[string]group
	claimed map[string]bool
	counts  map[rate]int
}

type group struct {
	incident.Group
	wakeAt time.Time
}

type rate struct {
	sink   string
	minute time.Time
}

// New returns an empty Store.
func New() *Store {
	return &Store{
		records: make(map[string]incident.Record), groups: make(map[string]group),
		claimed: make(map[string]bool), counts: make(map[rate]int),
	}
}

// Claim implements Records.
func (m *Store) Claim(_ context.Context, key string, _ incident.Intent) (incident.Claim, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.claimed[key] {
		return incident.Claim{}, false, nil
	}
	m.claimed[key] = true
	return incident.Claim{Record: m.records[key], Lease: key}, true, nil
}

// Save implements Records.
func (m *Store) Save(_ context.Context, claims []incident.Claim) []error {
	m.mu.Lock()
	defer m.mu.Unlock()
	errs := make([]error, len(claims))
	for i, c := range claims {
		if !m.claimed[c.Record.Key] {
			errs[i] = errors.New("saving a record that nobody claimed: " + c.Record.Key)
			continue
		}
		delete(m.claimed, c.Record.Key)
		m.records[c.Record.Key] = c.Record
	}
	return errs
}

// ClaimGroup implements Groups.
func (m *Store) ClaimGroup(_ context.Context, key string) (incident.Group, string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.claimed[key] {
		return incident.Group{}, "", false, nil
	}
	m.claimed[key] = true
	g := m.groups[key]
	g.WakeAt, g.wakeAt = g.wakeAt, time.Time{}
	m.groups[key] = g
	g.Open = slices.Clone(g.Open)
	return g.Group, key, true, nil
}

// SaveGroup implements Groups.
func (m *Store) SaveGroup(_ context.Context, g incident.Group, _ string, wakeAt time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.claimed, g.Key)
	stored := m.groups[g.Key]
	g.Open, g.Version = stored.Open, stored.Version
	m.groups[g.Key] = group{g, wakeAt}
	return nil
}

// CreateGroup implements Members.
func (m *Store) CreateGroup(_ context.Context, g incident.Group) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.groups[g.Key]; !ok {
		m.groups[g.Key] = group{Group: g}
	}
	return nil
}

// Leave implements Members.
func (m *Store) Leave(_ context.Context, key string, members []string, wakeAt time.Time) (known, covered bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g, ok := m.groups[key]
	if !ok {
		return false, false, nil
	}
	g.Open = slices.DeleteFunc(slices.Clone(g.Open), func(member string) bool { return slices.Contains(members, member) })
	g.Version++
	covered = g.wakeAt.After(wakeAt.Add(-incident.WakeGrace))
	if !covered {
		g.wakeAt = wakeAt
	}
	m.groups[key] = g
	return true, covered, nil
}

// Count implements RateCounter. Only the current minute is kept.
func (m *Store) Count(_ context.Context, sink string, minute time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for r := range m.counts {
		if r.minute.Before(minute) {
			delete(m.counts, r)
		}
	}
	r := rate{sink, minute}
	m.counts[r]++
	return m.counts[r], nil
}
