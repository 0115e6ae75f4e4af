package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Memory is a Store and a Pace that last as long as the process: for local runs, and for a deployment without a
// table, where duplicates are recognised only while the same execution environment serves.
type Memory struct {
	mu        sync.Mutex
	incidents map[string]coverage.Incident
	claimed   map[string]bool
	paces     map[pace]int
}

type pace struct {
	sink   string
	minute time.Time
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{
		incidents: make(map[string]coverage.Incident),
		claimed:   make(map[string]bool),
		paces:     make(map[pace]int),
	}
}

// Open implements Store.
func (m *Memory) Open(_ context.Context, key string) (coverage.Incident, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.claimed[key] {
		return coverage.Incident{}, false, nil
	}
	m.claimed[key] = true
	incident := m.incidents[key]
	incident.Key = key
	return incident, true, nil
}

// Save implements Store.
func (m *Memory) Save(_ context.Context, incident coverage.Incident) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.claimed[incident.Key] {
		return errors.New("saving an incident that nobody opened: " + incident.Key)
	}
	delete(m.claimed, incident.Key)
	m.incidents[incident.Key] = incident
	return nil
}

// Add implements Pace. Only the current minute is kept.
func (m *Memory) Add(_ context.Context, sink string, minute time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for p := range m.paces {
		if p.minute.Before(minute) {
			delete(m.paces, p)
		}
	}
	p := pace{sink, minute}
	m.paces[p]++
	return m.paces[p], nil
}
