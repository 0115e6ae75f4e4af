// Package format is the stored form of records, groups, changes and queued messages, what lies in the table and in
// the queue, and the form in which the notifier and the diagnose function exchange changes and evidence.
package format

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

// Version is that of the stored form of records, groups and changes. Every older version can be read;
// testdata/ holds items of each. Whatever else changes in this package, a field here changes only together
// with the version. One that may be absent can be added: an older version ignores it, and drops it when it saves.
const Version = 1

// ErrNewer says that a later version of the program wrote what is being read. It must not be overwritten.
var ErrNewer = errors.New("a later version of the notifier wrote it")

// The stored forms. They are apart from the types of the domain, so that those can change without what is
// stored.
type (
	storedRecord struct {
		Version  int                       `json:"version"`
		Key      string                    `json:"key"`
		Change   *storedChange             `json:"change,omitempty"`
		OpenedAt time.Time                 `json:"openedAt,omitzero"`
		Causes   []string                  `json:"causes,omitempty"`
		Losses   []storedLoss              `json:"losses,omitempty"`
		Notified map[string]storedNotified `json:"notified,omitempty"`
		WakeAt   time.Time                 `json:"wakeAt,omitzero"`
	}
	storedLoss struct {
		OpenedAt time.Time `json:"openedAt"`
		ClosedAt time.Time `json:"closedAt"`
		Causes   []string  `json:"causes,omitempty"`
		Gone     bool      `json:"gone,omitempty"`
	}
	storedNotified struct {
		Status    string   `json:"status,omitempty"`
		Causes    []string `json:"causes,omitempty"`
		Ref       string   `json:"ref,omitempty"`
		Group     string   `json:"group,omitempty"`
		Uncertain bool     `json:"uncertain,omitempty"`
		storedRetry
	}
	storedRetry struct {
		FailingSince  time.Time `json:"failingSince,omitzero"`
		DeferredSince time.Time `json:"deferredSince,omitzero"`
		NextAttempt   time.Time `json:"nextAttempt,omitzero"`
		GaveUp        bool      `json:"gaveUp,omitempty"`
	}
	storedGroup struct {
		Version   int                   `json:"version"`
		Key       string                `json:"key"`
		Sink      string                `json:"sink"`
		Ref       string                `json:"ref"`
		Language  string                `json:"language,omitempty"`
		CreatedAt time.Time             `json:"createdAt"`
		Sample    storedChange          `json:"sample"`
		Evidence  []storedEvidence      `json:"evidence,omitempty"`
		Names     []string              `json:"names"`
		Total     int                   `json:"total"`
		Kinds     map[coverage.Kind]int `json:"kinds,omitempty"`
		Shown     int                   `json:"shown"`
		storedRetry
	}
	storedIntent struct {
		Change storedChange `json:"change"`
		Sinks  []string     `json:"sinks,omitempty"`
	}
	storedEvidence struct {
		Check    string            `json:"check"`
		Found    string            `json:"found"`
		Values   map[string]string `json:"values,omitempty"`
		LookedAt time.Time         `json:"lookedAt,omitzero"`
	}
	storedChange struct {
		Kind            string    `json:"kind"`
		Name            string    `json:"name"`
		Account         string    `json:"account,omitempty"`
		Region          string    `json:"region,omitempty"`
		ClusterARN      string    `json:"clusterArn,omitempty"`
		Status          string    `json:"status"`
		Previous        string    `json:"previous,omitempty"`
		Issues          []string  `json:"issues,omitempty"`
		AgentVersion    string    `json:"agentVersion,omitempty"`
		AgentStatus     string    `json:"agentStatus,omitempty"`
		AgentManagement string    `json:"agentManagement,omitempty"`
		Covered         int       `json:"covered"`
		Total           int       `json:"total"`
		InstanceType    string    `json:"instanceType,omitempty"`
		ChangedAt       time.Time `json:"changedAt"`
		ReceivedAt      time.Time `json:"receivedAt,omitzero"`
		EventID         string    `json:"eventId,omitempty"`
		Found           bool      `json:"found,omitempty"`
		Gone            bool      `json:"gone,omitempty"`
	}
)

// MarshalRecord is the stored form of a record.
func MarshalRecord(r incident.Record) ([]byte, error) {
	s := storedRecord{Version: Version, Key: r.Key, OpenedAt: r.OpenedAt, Causes: r.Causes, WakeAt: r.WakeAt}
	if r.Change.Status != "" {
		c := storeChange(r.Change)
		s.Change = &c
	}
	for _, l := range r.Losses {
		s.Losses = append(s.Losses, storedLoss{l.OpenedAt, l.ClosedAt, l.Causes, l.Gone})
	}
	if len(r.Notified) > 0 {
		s.Notified = make(map[string]storedNotified, len(r.Notified))
	}
	for sink, n := range r.Notified {
		s.Notified[sink] = storedNotified{string(n.Status), n.Causes, n.Ref, n.Group, n.Uncertain, storedRetry(n.Retry)}
	}
	return json.Marshal(s)
}

// UnmarshalRecord reads the stored form of a record. The error of one that a later version wrote is ErrNewer.
func UnmarshalRecord(data []byte) (incident.Record, error) {
	s, err := read[storedRecord](data, Version)
	if err != nil {
		return incident.Record{}, err
	}
	r := incident.Record{Key: s.Key, OpenedAt: s.OpenedAt, Causes: s.Causes, Wake: incident.Wake{WakeAt: s.WakeAt}}
	if s.Change != nil {
		r.Change = s.Change.change()
	}
	for _, l := range s.Losses {
		r.Losses = append(r.Losses, coverage.Loss{
			OpenedAt: l.OpenedAt, ClosedAt: l.ClosedAt, Causes: l.Causes, Gone: l.Gone,
		})
	}
	if len(s.Notified) > 0 {
		r.Notified = make(map[string]incident.Notified, len(s.Notified))
	}
	for sink, n := range s.Notified {
		r.Notified[sink] = incident.Notified{
			Status: coverage.Status(n.Status), Causes: n.Causes, Ref: n.Ref, Group: n.Group, Uncertain: n.Uncertain,
			Retry: incident.Retry(n.storedRetry),
		}
	}
	return r, nil
}

// MarshalGroup is the stored form of a group without its set of members, its version and its wake-up, which
// change apart from the rest.
func MarshalGroup(g incident.Group) ([]byte, error) {
	s := storedGroup{
		Version: Version, Key: g.Key, Sink: g.Sink, Ref: g.Ref, Language: g.Language, CreatedAt: g.CreatedAt,
		Sample: storeChange(g.Sample), Names: g.Names, Total: g.Total, Kinds: g.Kinds, Shown: g.Shown,
		storedRetry: storedRetry(g.Retry),
	}
	s.Evidence = storeEvidence(g.Evidence)
	return json.Marshal(s)
}

// UnmarshalGroup reads what MarshalGroup wrote.
func UnmarshalGroup(data []byte) (incident.Group, error) {
	s, err := read[storedGroup](data, Version)
	if err != nil {
		return incident.Group{}, err
	}
	g := incident.Group{
		Key: s.Key, Sink: s.Sink, Ref: s.Ref, Language: s.Language, CreatedAt: s.CreatedAt,
		Sample: s.Sample.change(), Names: s.Names, Total: s.Total, Kinds: s.Kinds, Shown: s.Shown,
		Retry: incident.Retry(s.storedRetry),
	}
	g.Evidence = evidenceOf(s.Evidence)
	return g, nil
}

// MarshalChange is the stored form of a change by itself.
func MarshalChange(c coverage.Change) ([]byte, error) { return json.Marshal(storeChange(c)) }

// UnmarshalChange reads what MarshalChange wrote.
func UnmarshalChange(data []byte) (coverage.Change, error) {
	var s storedChange
	if err := json.Unmarshal(data, &s); err != nil {
		return coverage.Change{}, fmt.Errorf("reading a change: %w", err)
	}
	return s.checked()
}

// MarshalIntent is the stored form of what a claim is about.
func MarshalIntent(i incident.Intent) ([]byte, error) {
	return json.Marshal(storedIntent{storeChange(i.Change), i.Sinks})
}

// UnmarshalIntent reads what MarshalIntent wrote.
func UnmarshalIntent(data []byte) (incident.Intent, error) {
	var s storedIntent
	if err := json.Unmarshal(data, &s); err != nil {
		return incident.Intent{}, fmt.Errorf("reading an intent: %w", err)
	}
	c, err := s.Change.checked()
	return incident.Intent{Change: c, Sinks: s.Sinks}, err
}

func (s storedChange) checked() (coverage.Change, error) {
	c := s.change()
	if c.Status != coverage.Healthy && c.Status != coverage.Unhealthy {
		return coverage.Change{}, fmt.Errorf("reading a change: unknown status %q", c.Status)
	}
	return c, nil
}

func storeEvidence(evidence []coverage.Evidence) []storedEvidence {
	var stored []storedEvidence
	for _, e := range evidence {
		stored = append(stored, storedEvidence(e))
	}
	return stored
}

func evidenceOf(stored []storedEvidence) []coverage.Evidence {
	var evidence []coverage.Evidence
	for _, s := range stored {
		evidence = append(evidence, coverage.Evidence(s))
	}
	return evidence
}

// read decodes a document after its version, of which newest is the newest known.
func read[T any](data []byte, newest int) (T, error) {
	var document T
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return document, fmt.Errorf("the document: %w", err)
	}
	switch {
	case head.Version > newest:
		return document, fmt.Errorf("version %d, this one reads up to %d: %w", head.Version, newest, ErrNewer)
	case head.Version < 1:
		return document, fmt.Errorf("the document has version %d, expected 1 to %d", head.Version, newest)
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return document, fmt.Errorf("the document: %w", err)
	}
	return document, nil
}

// storeChange is the stored form of a change, without the length that a hostile event may have: an item holds
// at most 400 KB (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html), a
// queued message 256 KB.
func storeChange(c coverage.Change) storedChange {
	r := c.Resource
	issues := slices.Clone(c.Issues[:min(len(c.Issues), maxIssues)])
	for i := range issues {
		issues[i] = clip(issues[i])
	}
	return storedChange{
		Kind: clip(string(r.Kind)), Name: clip(r.Name), Account: clip(r.Account), Region: clip(r.Region),
		ClusterARN: clip(r.ClusterARN), Status: string(c.Status), Previous: string(c.Previous), Issues: issues,
		AgentVersion: clip(c.Agent.Version), AgentStatus: clip(c.Agent.Status), AgentManagement: clip(c.Agent.Management),
		Covered: c.Coverage.Covered, Total: c.Coverage.Total, InstanceType: clip(c.InstanceType),
		ChangedAt: c.ChangedAt, ReceivedAt: c.ReceivedAt, EventID: clip(c.EventID), Found: c.Found, Gone: c.Gone,
	}
}

const (
	// maxText is how many runes of a text are stored, maxIssues how many issues of a change.
	maxText   = 1000
	maxIssues = 10
)

func clip(s string) string { return clipTo(s, maxText) }

func clipTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

func (s storedChange) change() coverage.Change {
	return coverage.Change{
		Resource: coverage.Resource{
			Kind: coverage.Kind(s.Kind), Name: s.Name, Account: s.Account, Region: s.Region, ClusterARN: s.ClusterARN,
		},
		Status: coverage.Status(s.Status), Previous: coverage.Status(s.Previous), Issues: s.Issues,
		Agent:    coverage.Agent{Version: s.AgentVersion, Status: s.AgentStatus, Management: s.AgentManagement},
		Coverage: coverage.Count{Covered: s.Covered, Total: s.Total}, InstanceType: s.InstanceType,
		ChangedAt: s.ChangedAt, ReceivedAt: s.ReceivedAt, EventID: s.EventID, Found: s.Found, Gone: s.Gone,
	}
}
