package report

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// PastKept is how many reports are remembered.
const PastKept = 14

// mostKeys is how many uncovered resources are remembered one by one: some 80 KB, of which a DynamoDB item holds 400.
const mostKeys = 5000

// Summary is what is kept of a report for the next ones. It is JSON of at most some 90 KB.
type Summary struct {
	At time.Time `json:"at"`
	// Regions are those that were read to their end, sorted.
	Regions []string                `json:"regions"`
	Kinds   map[coverage.Kind]Tally `json:"kinds"`
	// Uncovered stand in for the keys of the resources that were uncovered. Only the newest summary has them.
	Uncovered Keys `json:"uncovered,omitempty"`
	// Seen is since when each of them has been uncovered as far as is known: at the latest since a report saw
	// it. Summaries of earlier versions have none.
	Seen Moments `json:"seen,omitempty"`
	// Crowded is true when there were too many to remember.
	Crowded bool `json:"crowded,omitempty"`
}

// Keys are hashes of keys of resources. In JSON they are one string.
type Keys []uint64

// Moments are times to the second, from 1970 to 2106. In JSON they are one string.
type Moments []time.Time

// Total counts the resources of all kinds.
func (s Summary) Total() Tally { return sum(s.Kinds) }

// Summary is what the next reports need to know of this one.
func (r Report) Summary() Summary {
	return Summary{
		At:        r.At,
		Regions:   r.Read(),
		Kinds:     maps.Clone(r.Kinds),
		Uncovered: r.keys,
		Seen:      r.seen,
		Crowded:   r.crowded,
	}
}

// Remember adds a summary to those of the reports before, and forgets what no later report needs.
func Remember(past []Summary, s Summary) []Summary {
	kept := slices.Clone(past[max(0, len(past)-(PastKept-1)):])
	for i := range kept {
		kept[i].Uncovered, kept[i].Seen = nil, nil
	}
	return append(kept, s)
}

// MarshalJSON writes the hashes one after the other, in Base64.
func (k Keys) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, len(k)*8)
	for _, key := range k {
		raw = binary.BigEndian.AppendUint64(raw, key)
	}
	return json.Marshal(base64.RawStdEncoding.EncodeToString(raw))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (k *Keys) UnmarshalJSON(data []byte) error {
	raw, err := numbers(data, 8)
	if err != nil {
		return fmt.Errorf("reading the keys: %w", err)
	}
	keys := make(Keys, 0, len(raw)/8)
	for chunk := range slices.Chunk(raw, 8) {
		keys = append(keys, binary.BigEndian.Uint64(chunk))
	}
	*k = keys
	return nil
}

// MarshalJSON writes the seconds since 1970 one after the other, in Base64.
func (m Moments) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, len(m)*4)
	for _, at := range m {
		raw = binary.BigEndian.AppendUint32(raw, uint32(min(max(at.Unix(), 0), math.MaxUint32)))
	}
	return json.Marshal(base64.RawStdEncoding.EncodeToString(raw))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Moments) UnmarshalJSON(data []byte) error {
	raw, err := numbers(data, 4)
	if err != nil {
		return fmt.Errorf("reading the moments: %w", err)
	}
	moments := make(Moments, 0, len(raw)/4)
	for chunk := range slices.Chunk(raw, 4) {
		moments = append(moments, time.Unix(int64(binary.BigEndian.Uint32(chunk)), 0).UTC())
	}
	*m = moments
	return nil
}

// numbers decodes a string of numbers of so many bytes each.
func numbers(data []byte, size int) ([]byte, error) {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return nil, err
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(raw)%size != 0 {
		return nil, fmt.Errorf("%d characters are not a list of numbers of %d bytes", len(text), size)
	}
	return raw, nil
}
