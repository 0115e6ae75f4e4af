package message

import (
	"bytes"
	"encoding/json"
	"time"
)

// RecordVersion is the version of the machine form. It changes only when a program that reads the old
// form would break.
const RecordVersion = "1"

// The version and the status of the machine form of a test message. A program that checks the version does not
// mistake it for a notification.
const (
	TestVersion = "test-1"
	TestStatus  = "TEST"
)

// Record is the machine form of a notification: the contract that docs/message.schema.json describes.
// In JSON its lists are never null and its times are in UTC. Its sentences are English in every language.
type Record struct {
	// Version is RecordVersion.
	Version string `json:"version"`
	// Status is UNHEALTHY or HEALTHY.
	Status   string         `json:"status"`
	Resource RecordResource `json:"resource"`
	// ChangedAt is when GuardDuty saw the change, ReceivedAt when EventBridge received the event; both
	// RFC 3339 in UTC.
	ChangedAt  time.Time        `json:"changedAt"`
	ReceivedAt time.Time        `json:"receivedAt,omitzero"`
	Findings   []RecordFinding  `json:"findings"`
	Evidence   []RecordEvidence `json:"evidence"`
	Actor      *RecordActor     `json:"actor,omitempty"`
	Incident   *RecordIncident  `json:"incident,omitempty"`
	Links      []RecordLink     `json:"links"`
	// Group is present when one notification speaks for several resources; Resource is then the first.
	Group *RecordGroup `json:"group,omitempty"`
}

// RecordResource identifies what the notification is about.
type RecordResource struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	ARN     string `json:"arn,omitempty"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// Cluster is the ARN of the cluster an instance belongs to.
	Cluster      string `json:"cluster,omitempty"`
	InstanceType string `json:"instanceType,omitempty"`
	AgentVersion string `json:"agentVersion,omitempty"`
	AgentStatus  string `json:"agentStatus,omitempty"`
	Management   string `json:"managementType,omitempty"`
	// Covered and Total count nodes (EKS) or container instances (ECS); absent when not told.
	Covered *int `json:"covered,omitempty"`
	Total   *int `json:"total,omitempty"`
}

// RecordFinding is one reason, named.
type RecordFinding struct {
	// ID is a stable id of the catalogue.
	ID string `json:"id"`
	// Type is the issue type as AWS names it, Text the whole issue as it came.
	Type       string       `json:"type"`
	Text       string       `json:"text"`
	Title      string       `json:"title"`
	Cause      string       `json:"cause"`
	Actionable bool         `json:"actionable"`
	Transient  bool         `json:"transient"`
	Steps      []RecordStep `json:"steps"`
	Links      []RecordLink `json:"links"`
}

// RecordStep is one thing to do.
type RecordStep struct {
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
	// Changes is what it changes: "resource", "cluster", "vpc" or "account"; "" where it only reads.
	Changes string `json:"changes,omitempty"`
}

// RecordLink is a page to open.
type RecordLink struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// RecordEvidence is what a look at the live resource found.
type RecordEvidence struct {
	Check  string `json:"check"`
	Result string `json:"result"`
	OK     bool   `json:"ok"`
	// LookedAt is when AWS gave the answer, RFC 3339 in UTC; absent where that is not known.
	LookedAt time.Time `json:"lookedAt,omitzero"`
}

// RecordActor is who requested the change behind a loss, as CloudTrail has it.
type RecordActor struct {
	// Change says what was changed, and Event is the operation as AWS names it.
	Change string `json:"change"`
	Event  string `json:"event"`
	// By is the form of the identity: role, permission-set, user, root, federated-user, identity-center-user, service, account
	// or unknown. Name is what it is called, as far as the settings let it be said.
	By   string `json:"by"`
	Name string `json:"name,omitempty"`
	// At is when it was requested, RFC 3339 in UTC.
	At string `json:"at"`
	// Certain says that the change explains the loss, Expected that the settings list the role.
	Certain  bool `json:"certain"`
	Expected bool `json:"expected"`
	// EventID is the id of CloudTrail's record.
	EventID string `json:"eventId,omitempty"`
}

// RecordIncident is how long the resource has been, or was, uncovered.
type RecordIncident struct {
	OpenedAt        time.Time `json:"openedAt"`
	DurationSeconds int64     `json:"durationSeconds"`
}

// RecordGroup is what a notification for several resources counts.
type RecordGroup struct {
	// Total is how many resources the group began with, Open how many are still uncovered.
	Total int `json:"total"`
	Open  int `json:"open"`
	// Names are the resources, at most 100 of them.
	Names []string `json:"names"`
}

// MarshalJSON keeps the promises that the zero values of Go would break.
func (r Record) MarshalJSON() ([]byte, error) {
	type plain Record
	r.ChangedAt, r.ReceivedAt = r.ChangedAt.UTC(), r.ReceivedAt.UTC()
	r.Findings, r.Evidence, r.Links = notNil(r.Findings), notNil(r.Evidence), notNil(r.Links)
	return encode(plain(r))
}

// MarshalJSON writes lists that are empty as such, never as null.
func (f RecordFinding) MarshalJSON() ([]byte, error) {
	type plain RecordFinding
	f.Steps, f.Links = notNil(f.Steps), notNil(f.Links)
	return encode(plain(f))
}

// MarshalJSON writes the time in UTC.
func (e RecordEvidence) MarshalJSON() ([]byte, error) {
	type plain RecordEvidence
	e.LookedAt = e.LookedAt.UTC()
	return encode(plain(e))
}

// MarshalJSON writes the time in UTC.
func (i RecordIncident) MarshalJSON() ([]byte, error) {
	type plain RecordIncident
	i.OpenedAt = i.OpenedAt.UTC()
	return encode(plain(i))
}

// MarshalJSON writes a list that is empty as such, never as null.
func (g RecordGroup) MarshalJSON() ([]byte, error) {
	type plain RecordGroup
	g.Names = notNil(g.Names)
	return encode(plain(g))
}

// encode leaves <, > and & as they are: commands and addresses are to be read, not only parsed.
func encode[T any](value T) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(b.Bytes()), err
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
