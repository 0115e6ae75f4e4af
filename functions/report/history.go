package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/report"
)

// ledger is what the report remembers, and what of others' it reads; *dynamo.Ledger is one.
type ledger interface {
	Open(ctx context.Context) iter.Seq2[coverage.Incident, error]
	Healed(ctx context.Context) (int64, error)
	Reports(ctx context.Context, name string) (dynamo.Reports, error)
	SaveReports(ctx context.Context, name string, before dynamo.Reports, document json.RawMessage) (dynamo.Reports, error)
}

// scope is the name under which reports are remembered: one stack makes one.
const scope = "coverage"

// history is what is remembered of the reports before.
type history struct {
	// Past and Healed are as of the last report that every sink was told.
	Past   []report.Summary `json:"past"`
	Healed int64            `json:"healed"`
	// Due is when the newest report was due, Told who was told of it.
	Due  string   `json:"due,omitempty"`
	Told []string `json:"told,omitempty"`

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

// remember notes who was told, and the report itself once everybody is.
func (r *reporter) remember(ctx context.Context, h history, due string, told []string, made report.Summary, healed int64) error {
	known := false
	if due != "" && due == h.Due {
		known = len(h.Told) >= len(r.sinks)
		told = slices.Concat(h.Told, told)
	}
	h.Due, h.Told = due, told
	if !known && len(told) >= len(r.sinks) {
		h.Past, h.Healed = report.Remember(h.Past, made), healed
	}
	document, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("writing the reports: %w", err)
	}
	_, err = r.ledger.SaveReports(ctx, scope, h.stored, document)
	return err
}
