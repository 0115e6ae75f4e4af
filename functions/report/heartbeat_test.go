package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/message"
)

// TestReportNamesRegionsWithoutHeartbeat: of those that the stack serves, and no other.
func TestReportNamesRegionsWithoutHeartbeat(t *testing.T) {
	w := newWorld(t, nil)
	w.list(cluster("shop", coverage.Healthy, longAgo))
	w.served, w.ledger.silent = []string{eu, us}, []string{us, "ap-south-1"}
	if err := w.report(t.Context(), "1", own); err != nil {
		t.Fatal(err)
	}
	want := []message.ReportHeartbeat{{Account: own, Region: us}}
	if diff := cmp.Diff(want, w.form().MissingHeartbeats); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	place := heartbeat.Place{Account: own, Region: us}
	if diff := cmp.Diff([]heartbeat.Missing{{Place: place}}, w.lines[0].Missing); diff != "" {
		t.Errorf("logged as missing (-want +got):\n%s", diff)
	}
}

func TestHeartbeatsThatCannotBeReadCostNoReport(t *testing.T) {
	w := newWorld(t, nil)
	w.list(cluster("shop", coverage.Healthy, longAgo))
	w.ledger.failing = "heartbeats"
	if err := w.report(t.Context(), "1", own); err != nil || len(w.form().MissingHeartbeats) > 0 {
		t.Errorf("%v, missing %v", err, w.form().MissingHeartbeats)
	}
	if !strings.Contains(w.logged.String(), "heartbeats failed") {
		t.Errorf("the log says nothing of it: %s", &w.logged)
	}
}
