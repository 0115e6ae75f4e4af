package organization

import (
	"maps"
	"slices"
	"time"
)

// Directory is what AWS Organizations says of the accounts. The zero Directory knows none.
type Directory struct {
	// At is when it was read.
	At time.Time
	// Accounts are by their IDs.
	Accounts map[string]Entry
}

// Entry is one account of a Directory.
type Entry struct {
	// Name is what the organization calls the account.
	Name string
	// Unit is the path of the organizational unit, or the root, that the account is in, from the organization
	// downwards, such as o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/; empty when AWS does not say it.
	Unit string
	// Tags are texts such as env=prod, sorted; nil when nobody asked, or could read them.
	Tags []string
}

// Names are the names of the accounts, by their IDs.
func (d Directory) Names() map[string]string {
	names := make(map[string]string, len(d.Accounts))
	for id, entry := range d.Accounts {
		names[id] = entry.Name
	}
	return names
}

// Units are the paths of the organizational units that accounts are in.
func (d Directory) Units() []string {
	units := make(map[string]bool)
	for _, entry := range d.Accounts {
		units[entry.Unit] = true
	}
	return slices.Sorted(maps.Keys(units))
}

// KeepTags takes over the tags that an earlier Directory has and this one could not read.
func (d Directory) KeepTags(earlier Directory) {
	for id, entry := range d.Accounts {
		if entry.Tags == nil {
			entry.Tags = earlier.Accounts[id].Tags
			d.Accounts[id] = entry
		}
	}
}
