package message

import "time"

// ReportLosses is how long resources were without coverage in a period.
type ReportLosses struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	// Count is how many losses were not over when the period began, Open how many are not over at its end.
	// Seconds is how long they took within it, all together.
	Count   int   `json:"count"`
	Open    int   `json:"open"`
	Seconds int64 `json:"seconds"`
	// Repaired is how many ended in the period because coverage came back: half of them after at most
	// MedianSeconds, nine in ten after at most NinetiethSeconds.
	Repaired         int   `json:"repaired"`
	MedianSeconds    int64 `json:"medianSeconds,omitempty"`
	NinetiethSeconds int64 `json:"ninetiethSeconds,omitempty"`
	// Accounts, Kinds and Causes are parts of them, at most 100 of each, the longest first.
	Accounts []ReportLossShare `json:"accounts"`
	Kinds    []ReportLossShare `json:"kinds"`
	Causes   []ReportLossShare `json:"causes"`
	// Longest are the ten longest.
	Longest []ReportLoss `json:"longest"`
	// Shorter counts losses that are counted nowhere else, ShorterSeconds is their length.
	Shorter        int   `json:"shorter,omitempty"`
	ShorterSeconds int64 `json:"shorterSeconds,omitempty"`
}

// ReportLossShare is the losses of one account, kind or cause.
type ReportLossShare struct {
	// Of is the account's id, the kind, or the id of the cause.
	Of      string `json:"of"`
	Count   int    `json:"count"`
	Seconds int64  `json:"seconds"`
}

// ReportLoss is one loss.
type ReportLoss struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	ARN     string `json:"arn,omitempty"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// OpenedAt is when coverage was lost, ClosedAt when it was back; absent while it is not.
	OpenedAt time.Time `json:"openedAt"`
	ClosedAt time.Time `json:"closedAt,omitzero"`
	// Seconds is how long that took within the period.
	Seconds int64    `json:"seconds"`
	Causes  []string `json:"causes"`
	// Gone is true when GuardDuty no longer lists the resource.
	Gone bool `json:"gone,omitempty"`
}

// MarshalJSON writes lists that are empty as such, and times in UTC.
func (l ReportLosses) MarshalJSON() ([]byte, error) {
	type plain ReportLosses
	l.From, l.Until = l.From.UTC(), l.Until.UTC()
	l.Accounts, l.Kinds, l.Causes = notNil(l.Accounts), notNil(l.Kinds), notNil(l.Causes)
	l.Longest = notNil(l.Longest)
	return encode(plain(l))
}

// MarshalJSON writes a list that is empty as such, and times in UTC.
func (l ReportLoss) MarshalJSON() ([]byte, error) {
	type plain ReportLoss
	l.OpenedAt, l.ClosedAt, l.Causes = l.OpenedAt.UTC(), l.ClosedAt.UTC(), notNil(l.Causes)
	return encode(plain(l))
}
