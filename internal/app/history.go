package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/report"
)

// ReportScope is the name under which reports are remembered: one stack makes one.
const ReportScope = "coverage"

// ReportLedger keeps the reports; *dynamo.Ledger is one.
type ReportLedger interface {
	Reports(ctx context.Context, name string) (dynamo.Reports, error)
}

// History is what is remembered of the reports before.
type History struct {
	// Past and Healed are as of the last report that every sink received.
	Past   []report.Summary `json:"past"`
	Healed int64            `json:"healed"`
	// ID identifies the newest report, Notified are the sinks that received it.
	ID       string   `json:"id,omitempty"`
	Notified []string `json:"notified,omitempty"`
	// Stored is what it was read from.
	Stored dynamo.Reports `json:"-"`
}

// ReadHistory reads what is remembered; nothing before the first report.
func ReadHistory(ctx context.Context, ledger ReportLedger) (History, error) {
	stored, err := ledger.Reports(ctx, ReportScope)
	if err != nil {
		return History{}, err
	}
	var h History
	if len(stored.Document) > 0 {
		if err := json.Unmarshal(stored.Document, &h); err != nil {
			return History{}, fmt.Errorf("reading the reports before: %w", err)
		}
	}
	h.Stored = stored
	return h, nil
}

// Last is when the last report was made that every sink received; zero before the first.
func (h History) Last() time.Time {
	if n := len(h.Past); n > 0 {
		return h.Past[n-1].At
	}
	return time.Time{}
}
