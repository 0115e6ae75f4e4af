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
	app.ReportLedger
	SaveReports(ctx context.Context, name string, before dynamo.Reports, document json.RawMessage) (dynamo.Reports, error)
	Directory(ctx context.Context) (organization.Directory, error)
	SaveDirectory(ctx context.Context, d organization.Directory) error
	Heartbeats(
		ctx context.Context, now time.Time, expected []heartbeat.Place, arrived ...heartbeat.Place,
	) (map[heartbeat.Place]heartbeat.Arrival, error)
	app.MonthLedger
}

// remember notes which sinks were notified, and the report itself once all are.
func (r *reporter) remember(
	ctx context.Context, h app.History, id string, notified []string, made report.Summary, healed int64,
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
	_, err = r.ledger.SaveReports(ctx, app.ReportScope, h.Stored, document)
	return err
}
