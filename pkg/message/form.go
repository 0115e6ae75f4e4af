package message

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Form is the machine form of a message: what programs read. A Record and a Report are the two there are.
type Form interface {
	json.Marshaler
	// Labels are what to filter and to name the form by.
	Labels() Labels
	// Line is the form in one line of English, for whoever cannot show the message's own language.
	Line() string
	// Subject identifies what the form is about: what is said of it stays in order, and in one thread.
	Subject() []string
	// Event tells one form about a subject from another; title is the message's.
	Event(title string) []string
	// Shorter is the form with less in it, a valid one still: step 0 is the form as it is, and each further step gives up
	// more, mark standing where a text was cut. It reports false behind the last step.
	Shorter(step int, mark string) (Form, bool)
}

// Labels are what to filter and to name a form by. What is not known is empty.
type Labels struct {
	// Status is UNHEALTHY or HEALTHY, or REPORT.
	Status, Kind, Name, ARN, Account, Region, Cluster string
	// Issues are the ids of the findings.
	Issues []string
	// Actionable is nil where nothing is said about it.
	Actionable *bool
	// Keywords are what people may look for.
	Keywords []string
	// At is when it happened.
	At time.Time
}

// Labels are those of the change.
func (r Record) Labels() Labels {
	l := Labels{
		Status: r.Status, Kind: r.Resource.Kind, Name: r.Resource.Name, ARN: r.Resource.ARN,
		Account: r.Resource.Account, Region: r.Resource.Region, Cluster: r.Resource.Cluster,
		Keywords: []string{r.Resource.Kind}, At: r.ChangedAt,
	}
	actionable := false
	for _, f := range r.Findings {
		l.Issues, l.Keywords = append(l.Issues, f.ID), append(l.Keywords, f.ID)
		actionable = actionable || f.Actionable
	}
	if r.Status != "" {
		l.Actionable = &actionable
	}
	return l
}

// Line is the resource, or how many there are, the first finding, the status, and the account.
func (r Record) Line() string {
	line := r.Resource.Name
	if r.Group != nil {
		line = strconv.Itoa(r.Group.Total) + " " + r.Resource.Kind
	}
	if len(r.Findings) > 0 {
		line += ": " + r.Findings[0].ID
	}
	parts := []string{line, r.Status, r.Resource.Kind, r.Resource.Account}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

// Subject is the resource.
func (r Record) Subject() []string {
	return []string{r.Resource.Account, r.Resource.Region, r.Resource.Kind, r.Resource.Name}
}

// Event is the change and how it is told.
func (r Record) Event(title string) []string {
	parts := []string{r.Status, r.ChangedAt.UTC().Format(time.RFC3339Nano), title}
	for _, f := range r.Findings {
		parts = append(parts, f.ID)
	}
	return parts
}

// reportStatus is the status of a report, and its only label to filter by: filters for what happened to a resource let
// none through.
const reportStatus = "REPORT"

// Labels are the status and the time.
func (r Report) Labels() Labels {
	return Labels{Status: reportStatus, Keywords: []string{ReportKind}, At: r.At}
}

// Line is how much is covered.
func (r Report) Line() string {
	line := reportStatus + " " + strconv.Itoa(r.Total.Covered) + "/" + strconv.Itoa(r.Total.Total)
	if percent := r.Total.Percent; percent != nil {
		line += " " + strconv.FormatFloat(*percent, 'f', 1, 64) + "%"
	}
	return line
}

// Subject is the Regions.
func (r Report) Subject() []string { return append([]string{reportStatus}, r.Regions...) }

// Event is when GuardDuty was asked.
func (r Report) Event(string) []string { return []string{r.At.UTC().Format(time.RFC3339Nano)} }
