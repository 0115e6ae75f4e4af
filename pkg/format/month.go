package format

import (
	"encoding/json"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

type (
	storedMonth struct {
		Version int       `json:"version"`
		Through time.Time `json:"through"`
		// Shorter counts the losses that are not kept, ShorterSeconds is their length.
		Shorter        int              `json:"shorter,omitempty"`
		ShorterSeconds int64            `json:"shorterSeconds,omitempty"`
		Losses         []storedPastLoss `json:"losses"`
	}
	storedPastLoss struct {
		Account string `json:"account,omitempty"`
		Region  string `json:"region,omitempty"`
		Kind    string `json:"kind"`
		Name    string `json:"name"`
		// OpenedAt is in seconds since 1970, Seconds is how long the loss took.
		OpenedAt int64    `json:"openedAt"`
		Seconds  int64    `json:"seconds"`
		Causes   []string `json:"causes,omitempty"`
		Gone     bool     `json:"gone,omitempty"`
	}
)

// maxPastName is how many runes of a resource's name a past loss keeps, and mostPastCauses how many of its
// causes.
const (
	maxPastName    = 100
	mostPastCauses = 5
)

// MarshalMonth is the stored form of a month's losses.
func MarshalMonth(m coverage.Month) ([]byte, error) {
	s := storedMonth{
		Version: Version, Through: m.Through.UTC(), Shorter: m.Shorter,
		ShorterSeconds: int64(m.ShorterTotal / time.Second), Losses: []storedPastLoss{},
	}
	for _, l := range m.Losses {
		r := l.Resource
		s.Losses = append(s.Losses, storedPastLoss{
			Account: clipTo(r.Account, maxPastName), Region: clipTo(r.Region, maxPastName),
			Kind: clipTo(string(r.Kind), maxPastName), Name: clipTo(r.Name, maxPastName),
			OpenedAt: l.OpenedAt.Unix(), Seconds: int64(l.ClosedAt.Sub(l.OpenedAt) / time.Second),
			Causes: l.Causes[:min(len(l.Causes), mostPastCauses)], Gone: l.Gone,
		})
	}
	return json.Marshal(s)
}

// UnmarshalMonth reads what MarshalMonth wrote. The error of one that a later version wrote is ErrNewer.
func UnmarshalMonth(data []byte) (coverage.Month, error) {
	s, err := read[storedMonth](data, Version)
	if err != nil {
		return coverage.Month{}, err
	}
	m := coverage.Month{
		Through: s.Through, Shorter: s.Shorter, ShorterTotal: time.Duration(s.ShorterSeconds) * time.Second,
	}
	for _, l := range s.Losses {
		opened := time.Unix(l.OpenedAt, 0).UTC()
		m.Losses = append(m.Losses, coverage.Loss{
			Resource: coverage.Resource{
				Kind: coverage.Kind(l.Kind), Name: l.Name, Account: l.Account, Region: l.Region,
			},
			OpenedAt: opened, ClosedAt: opened.Add(time.Duration(l.Seconds) * time.Second),
			Causes: l.Causes, Gone: l.Gone,
		})
	}
	return m, nil
}
