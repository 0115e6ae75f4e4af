package message

import "time"

// The form of a report for programs. Its version differs from every RecordVersion, so that a program which reads
// notifications and checks the version takes no report for one.
const (
	ReportKind    = "report"
	ReportVersion = "report-1"
)

// Report is the machine form of a report: the contract that docs/report.schema.json describes. In JSON its lists are
// never null and its times are in UTC. Its sentences are English in every language.
type Report struct {
	// Version is ReportVersion, Kind ReportKind.
	Version string `json:"version"`
	Kind    string `json:"kind"`
	// At is when GuardDuty was asked.
	At time.Time `json:"at"`
	// Regions are those that were asked for, Problems say which of them could not be read.
	Regions  []string        `json:"regions"`
	Problems []ReportProblem `json:"problems"`
	// Accounts is how many accounts own the resources.
	Accounts int `json:"accounts"`
	// Organization is what GuardDuty does not watch; absent when nobody asked.
	Organization *ReportOrganization `json:"organization,omitempty"`
	// MissingHeartbeats are the places from which no heartbeat arrives; absent when none is missing.
	MissingHeartbeats []ReportHeartbeat `json:"missingHeartbeats,omitempty"`
	// EventlessAccounts are those of which reports alone find changes; absent when there are none.
	EventlessAccounts []string `json:"eventlessAccounts,omitempty"`
	// Inventory is what exists, beside what GuardDuty lists; absent when nobody asked.
	Inventory *ReportInventory `json:"inventory,omitempty"`
	// Losses are how long resources were without coverage; absent when nobody knows.
	Losses *ReportLosses  `json:"losses,omitempty"`
	Total  ReportCoverage `json:"total"`
	// Coverage has one item for each kind of resource.
	Coverage []ReportCoverage `json:"coverage"`
	// Findings are the reasons why resources are uncovered, the one of the oldest first.
	Findings []ReportFinding `json:"findings"`
	// HealedWhileHeld is how many resources lost coverage and got it back, since the last report, before anybody was told.
	HealedWhileHeld int `json:"healedWhileHeld"`
	// Since is how things stand compared with the last report; absent in the first one.
	Since *ReportSince `json:"since,omitempty"`
	Links []RecordLink `json:"links"`
}

// ReportCoverage is how much of something is covered.
type ReportCoverage struct {
	// Kind is absent in the total.
	Kind    string `json:"kind,omitempty"`
	Covered int    `json:"covered"`
	Total   int    `json:"total"`
	// Percent has one decimal and is 100 only if everything is covered; absent where there is nothing to cover.
	Percent *float64 `json:"percent,omitempty"`
}

// ReportFinding is one reason, and the resources that are uncovered for it.
type ReportFinding struct {
	// ID is a stable id of the catalogue.
	ID string `json:"id"`
	// Kind is that of all its resources.
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Cause string `json:"cause"`
	// Text is the issue of the oldest as it came; empty where AWS gave none.
	Text       string `json:"text"`
	Actionable bool   `json:"actionable"`
	Transient  bool   `json:"transient"`
	// Total is how many resources there are, Resources the oldest of them. The commands of the steps name the first.
	Total     int              `json:"total"`
	Resources []ReportResource `json:"resources"`
	Steps     []RecordStep     `json:"steps"`
	Links     []RecordLink     `json:"links"`
}

// ReportResource is an uncovered resource.
type ReportResource struct {
	Name    string `json:"name"`
	ARN     string `json:"arn,omitempty"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// Since is when coverage was lost at the latest; absent when that is not known.
	Since time.Time `json:"since,omitzero"`
}

// ReportProblem is a Region that could not be read.
type ReportProblem struct {
	Region string `json:"region"`
	// Reason is a stable word, Detail what is known beyond it.
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

// ReportHeartbeat is a place from which no heartbeat arrives.
type ReportHeartbeat struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	// LastAt is when one last arrived; absent when none ever has.
	LastAt time.Time `json:"lastAt,omitzero"`
}

// ReportSince compares a report with the one before.
type ReportSince struct {
	// At is when the last report was made, Total what it counted.
	At    time.Time      `json:"at"`
	Total ReportCoverage `json:"total"`
	// Uncovered is how many were covered, or not there, at the last report and are uncovered now; Recovered the
	// other way round. Absent when more were uncovered than are remembered by name.
	Uncovered *int `json:"uncovered,omitempty"`
	Recovered *int `json:"recovered,omitempty"`
}

// MarshalJSON keeps the promises that the zero values of Go would break.
func (r Report) MarshalJSON() ([]byte, error) {
	type plain Report
	r.At = r.At.UTC()
	r.Regions, r.Problems, r.Coverage = notNil(r.Regions), notNil(r.Problems), notNil(r.Coverage)
	r.Findings, r.Links = notNil(r.Findings), notNil(r.Links)
	return encode(plain(r))
}

// MarshalJSON writes lists that are empty as such, never as null.
func (f ReportFinding) MarshalJSON() ([]byte, error) {
	type plain ReportFinding
	f.Resources, f.Steps, f.Links = notNil(f.Resources), notNil(f.Steps), notNil(f.Links)
	return encode(plain(f))
}

// MarshalJSON writes the time in UTC.
func (r ReportResource) MarshalJSON() ([]byte, error) {
	type plain ReportResource
	r.Since = r.Since.UTC()
	return encode(plain(r))
}

// MarshalJSON writes the time in UTC.
func (h ReportHeartbeat) MarshalJSON() ([]byte, error) {
	type plain ReportHeartbeat
	h.LastAt = h.LastAt.UTC()
	return encode(plain(h))
}

// MarshalJSON writes the time in UTC.
func (s ReportSince) MarshalJSON() ([]byte, error) {
	type plain ReportSince
	s.At = s.At.UTC()
	return encode(plain(s))
}

// ReportOrganization is what GuardDuty does not watch, and what is therefore in no percentage.
type ReportOrganization struct {
	// Accounts is how many accounts there are, NotWatched how many of them GuardDuty does not watch in at least
	// one Region of the report.
	Accounts   int `json:"accounts"`
	NotWatched int `json:"notWatched"`
	// AccountGaps are the reasons, by account, RegionGaps those of whole Regions; the gravest come first.
	AccountGaps []ReportAccountGap `json:"accountGaps"`
	RegionGaps  []ReportRegionGap  `json:"regionGaps"`
}

// ReportAccountGap is one reason, and the accounts with it.
type ReportAccountGap struct {
	// Gap is a stable word.
	Gap string `json:"gap"`
	// Total is how many accounts there are, Accounts are some of them.
	Total    int                      `json:"total"`
	Accounts []ReportUnwatchedAccount `json:"accounts"`
}

// ReportUnwatchedAccount is one account with a gap, in some Regions.
type ReportUnwatchedAccount struct {
	Account string   `json:"account"`
	Detail  string   `json:"detail,omitempty"`
	Regions []string `json:"regions"`
}

// ReportRegionGap is one reason of whole Regions.
type ReportRegionGap struct {
	Gap     string   `json:"gap"`
	Detail  string   `json:"detail,omitempty"`
	Regions []string `json:"regions"`
}

// MarshalJSON writes lists that are empty as such, never as null.
func (o ReportOrganization) MarshalJSON() ([]byte, error) {
	type plain ReportOrganization
	o.AccountGaps, o.RegionGaps = notNil(o.AccountGaps), notNil(o.RegionGaps)
	return encode(plain(o))
}

// MarshalJSON writes lists that are empty as such, never as null.
func (g ReportAccountGap) MarshalJSON() ([]byte, error) {
	type plain ReportAccountGap
	g.Accounts = notNil(g.Accounts)
	return encode(plain(g))
}

// MarshalJSON writes lists that are empty as such, never as null.
func (g ReportRegionGap) MarshalJSON() ([]byte, error) {
	type plain ReportRegionGap
	g.Regions = notNil(g.Regions)
	return encode(plain(g))
}

// ReportInventory is what exists, beside what GuardDuty lists.
type ReportInventory struct {
	// Account is the one that was counted; absent: the organization, as AWS Config knows it.
	Account string           `json:"account,omitempty"`
	Kinds   []ReportExisting `json:"kinds"`
	// Missing is how many resources GuardDuty can cover and does not list, NotListed where some of them are.
	Missing   int               `json:"missing"`
	NotListed []ReportNotListed `json:"notListed"`
	// Apart is what does not count as coverable.
	Apart     []ReportApart     `json:"apart"`
	Uncounted []ReportUncounted `json:"uncounted"`
}

// ReportExisting is one kind of resource, where it could be counted.
type ReportExisting struct {
	Kind string `json:"kind"`
	// Exists and Coverable are absent where they are not known: that is not zero.
	Exists    *int `json:"exists,omitempty"`
	Coverable *int `json:"coverable,omitempty"`
	Listed    int  `json:"listed"`
	Covered   int  `json:"covered"`
	// UnrecordedAccounts have none on record with AWS Config. Of ContradictedAccounts among them, GuardDuty lists some.
	UnrecordedAccounts   int `json:"unrecordedAccounts"`
	ContradictedAccounts int `json:"contradictedAccounts"`
}

// ReportNotListed is a place where GuardDuty lists less than it can cover.
type ReportNotListed struct {
	Account   string `json:"account"`
	Region    string `json:"region"`
	Kind      string `json:"kind"`
	Coverable int    `json:"coverable"`
	Listed    int    `json:"listed"`
}

// ReportApart is what does not count as coverable, for one reason.
type ReportApart struct {
	// Reason is a stable word.
	Reason string `json:"reason"`
	Kind   string `json:"kind"`
	Total  int    `json:"total"`
	// Unseen is true when something runs there that GuardDuty does not see.
	Unseen bool `json:"unseen"`
}

// ReportUncounted is what could not be counted; without a kind, account or Region it is about all of them.
type ReportUncounted struct {
	Kind    string `json:"kind,omitempty"`
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
	Detail  string `json:"detail"`
	// At is when the numbers were right; absent when there are none.
	At time.Time `json:"at,omitzero"`
}

// MarshalJSON writes lists that are empty as such, never as null.
func (i ReportInventory) MarshalJSON() ([]byte, error) {
	type plain ReportInventory
	i.Kinds, i.NotListed = notNil(i.Kinds), notNil(i.NotListed)
	i.Apart, i.Uncounted = notNil(i.Apart), notNil(i.Uncounted)
	return encode(plain(i))
}

// MarshalJSON writes the time in UTC.
func (u ReportUncounted) MarshalJSON() ([]byte, error) {
	type plain ReportUncounted
	u.At = u.At.UTC()
	return encode(plain(u))
}
