package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/organization"
	"guardduty-coverage-notifier/pkg/report"
)

// ledger keeps the reports, and knows which resources are remembered as uncovered; *dynamo.Ledger is one.
type ledger interface {
	All(ctx context.Context) iter.Seq2[incident.Stored, error]
	Healed(ctx context.Context) (int64, error)
	Reports(ctx context.Context, name string) (dynamo.Reports, error)
	SaveReports(ctx context.Context, name string, before dynamo.Reports, document json.RawMessage) (dynamo.Reports, error)
	Directory(ctx context.Context) (organization.Directory, error)
	SaveDirectory(ctx context.Context, d organization.Directory) error
	Heartbeats(
		ctx context.Context, now time.Time, expected []heartbeat.Place, arrived ...heartbeat.Place,
	) (map[heartbeat.Place]heartbeat.Arrival, error)
	app.MonthLedger
}

// scope is the name under which reports are remembered: one stack makes one.
const scope = "coverage"

// history is what is remembered of the reports before.
type history struct {
	// Past and Healed are as of the last report that every sink received.
	Past   []report.Summary `json:"past"`
	Healed int64            `json:"healed"`
	// ID identifies the newest report, Notified are the sinks that received it.
	ID       string   `json:"id,omitempty"`
	Notified []string `json:"notified,omitempty"`

	stored dynamo.Reports
}

func (r *reporter) recall(ctx context.Context) (history, error) {
	stored, err := r.ledger.Reports(ctx, scope)
	if err != nil {
		return history{}, err
	}
	var h history
	if len(stored.Document) > 0 {
		if err := json.Unmarshal(stored.Document, &h); err != nil {
			return history{}, fmt.Errorf("reading the reports before: %w", err)
		}
	}
	h.stored = stored
	return h, nil
}

// last is when the last report was made that every sink received; zero before the first.
func (h history) last() time.Time {
	if n := len(h.Past); n > 0 {
		return h.Past[n-1].At
	}
	return time.Time{}
}

// remember notes which sinks were notified, and the report itself once all are.
func (r *reporter) remember(
	ctx context.Context, h history, id string, notified []string, made report.Summary, healed int64,
) error {
	complete := false
	if id == h.ID {
		complete = len(h.Notified) >= len(r.sinks)
		notified = slices.Concat(h.Notified, notified)
	}
	h.ID, h.Notified = id, notified
	if !complete && len(notified) >= len(r.sinks) {
		h.Past, h.Healed = report.Remember(h.Past, made), healed
	}
	document, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("writing the reports: %w", err)
	}
	_, err = r.ledger.SaveReports(ctx, scope, h.stored, document)
	return err
}
