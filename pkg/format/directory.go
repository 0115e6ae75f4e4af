package format

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/organization"
)

type (
	storedDirectory struct {
		Version int       `json:"version"`
		At      time.Time `json:"at"`
		// Units are the paths that accounts name by their place, from 1: many accounts are in one unit.
		Units    []string      `json:"units,omitempty"`
		Accounts []storedEntry `json:"accounts"`
	}
	storedEntry struct {
		ID   string   `json:"id"`
		Name string   `json:"name,omitempty"`
		Unit int      `json:"unit,omitempty"`
		Tags []string `json:"tags,omitzero"`
	}
)

// MarshalDirectory is the stored form of a directory of accounts.
func MarshalDirectory(d organization.Directory) ([]byte, error) {
	s := storedDirectory{Version: Version, At: d.At.UTC(), Accounts: []storedEntry{}}
	places := make(map[string]int)
	for _, id := range slices.Sorted(maps.Keys(d.Accounts)) {
		entry := d.Accounts[id]
		if entry.Unit != "" && places[entry.Unit] == 0 {
			s.Units = append(s.Units, entry.Unit)
			places[entry.Unit] = len(s.Units)
		}
		s.Accounts = append(s.Accounts, storedEntry{id, entry.Name, places[entry.Unit], entry.Tags})
	}
	return json.Marshal(s)
}

// UnmarshalDirectory reads what MarshalDirectory wrote.
func UnmarshalDirectory(data []byte) (organization.Directory, error) {
	s, err := read[storedDirectory](data, Version)
	if err != nil {
		return organization.Directory{}, err
	}
	d := organization.Directory{At: s.At, Accounts: make(map[string]organization.Entry, len(s.Accounts))}
	for _, stored := range s.Accounts {
		entry := organization.Entry{Name: stored.Name, Tags: stored.Tags}
		if stored.Unit > 0 && stored.Unit <= len(s.Units) {
			entry.Unit = s.Units[stored.Unit-1]
		}
		d.Accounts[stored.ID] = entry
	}
	return d, nil
}
