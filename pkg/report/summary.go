package report

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// PastKept is how many reports are remembered.
const PastKept = 14

// mostKeys is how many uncovered resources are remembered one by one: some 50 KB, of which a DynamoDB item holds 400.
const mostKeys = 5000

// Summary is what is kept of a report for the next ones. It is JSON of at most some 60 KB.
type Summary struct {
	At time.Time `json:"at"`
	// Regions are those that were read to their end, sorted.
	Regions []string                `json:"regions"`
	Kinds   map[coverage.Kind]Tally `json:"kinds"`
	// Uncovered stand in for the keys of the resources that were uncovered. Only the newest summary has them.
	Uncovered Keys `json:"uncovered,omitempty"`
	// Crowded is true when there were too many to remember.
	Crowded bool `json:"crowded,omitempty"`
}

// Keys are hashes of keys of resources. In JSON they are one string.
type Keys []uint64

// Total counts the resources of all kinds.
func (s Summary) Total() Tally { return sum(s.Kinds) }

// Summary is what the next reports need to know of this one.
func (r Report) Summary() Summary {
	return Summary{
		At:        r.At,
		Regions:   r.Read(),
		Kinds:     maps.Clone(r.Kinds),
		Uncovered: r.keys,
		Crowded:   r.crowded,
	}
}

// Remember adds a summary to those of the reports before, and forgets what no later report needs.
func Remember(past []Summary, s Summary) []Summary {
	kept := slices.Clone(past[max(0, len(past)-(PastKept-1)):])
	for i := range kept {
		kept[i].Uncovered = nil
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
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("reading the keys: %w", err)
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(raw)%8 != 0 {
		return fmt.Errorf("reading the keys: %d characters are not a list of hashes", len(text))
	}
	keys := make(Keys, 0, len(raw)/8)
	for chunk := range slices.Chunk(raw, 8) {
		keys = append(keys, binary.BigEndian.Uint64(chunk))
	}
	*k = keys
	return nil
}
