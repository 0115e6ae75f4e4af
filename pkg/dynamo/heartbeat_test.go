package dynamo_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/heartbeat"
)

func TestHeartbeatsAreRemembered(t *testing.T) {
	ledger, _, tb, c := ledgers(t)
	home := heartbeat.Place{Account: "111122223333", Region: "eu-central-1"}
	first, later := heartbeat.Place{Account: "111122223333", Region: "us-east-1"}, heartbeat.Place{Account: "111122223333", Region: "ap-southeast-4"}
	start := c.now
	type arrivals = map[heartbeat.Place]heartbeat.Arrival
	for _, step := range []struct {
		what     string
		expected []heartbeat.Place
		arrived  []heartbeat.Place
		want     arrivals
	}{
		{"a report asks", []heartbeat.Place{home, first}, nil, arrivals{home: {Expected: start}, first: {Expected: start}}},
		{
			"one arrives", []heartbeat.Place{home, first}, []heartbeat.Place{home},
			arrivals{home: {Last: start.Add(time.Hour), Expected: start}, first: {Expected: start}},
		},
		{
			"a Region is added", []heartbeat.Place{home, first, later}, []heartbeat.Place{first},
			arrivals{
				home:  {Last: start.Add(time.Hour), Expected: start},
				first: {Last: start.Add(2 * time.Hour), Expected: start},
				later: {Expected: start.Add(2 * time.Hour)},
			},
		},
		{"a Region is removed", []heartbeat.Place{home}, nil, arrivals{home: {Last: start.Add(time.Hour), Expected: start}}},
		{"nothing is expected", nil, nil, arrivals{}},
	} {
		got, err := ledger.Heartbeats(t.Context(), c.now, step.expected, step.arrived...)
		if err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.what, diff)
		}
		c.pass(time.Hour)
	}
	// The golden item of version 1.
	golden := item{
		"pk": text("heartbeats"), "version": number(1),
		"last_111122223333_eu_central_1": number(1772420400000), "since_111122223333_eu_central_1": number(1772416800000),
		"last_111122223333_us_east_1": number(1772424000000), "since_111122223333_us_east_1": number(1772416800000),
		"since_111122223333_ap_southeast_4": number(1772424000000),
	}
	if diff := cmp.Diff(golden, tb.items["heartbeats"]); diff != "" {
		t.Errorf("the item (-want +got):\n%s", diff)
	}
}

// TestHeartbeatsOfEveryRegion: an expression has at most 4 KB
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
func TestHeartbeatsOfEveryRegion(t *testing.T) {
	ledger, _, _, c := ledgers(t)
	// GuardDuty exists in 34 commercial Regions, whose names are not longer than this one.
	regions := make([]string, 34)
	for i := range regions {
		regions[i] = fmt.Sprintf("ap-southeast-%02d", i)
	}
	expected := heartbeat.Places("111122223333", regions...)
	known, err := ledger.Heartbeats(t.Context(), c.now, expected, expected[0])
	if err != nil || len(known) != len(regions) {
		t.Errorf("%d are known: %v", len(known), err)
	}
}

func TestHeartbeatsThatCannotBeRead(t *testing.T) {
	place := heartbeat.Place{Account: "111122223333", Region: "eu-central-1"}
	ledger, _, tb, c := ledgers(t)
	note := func() error {
		_, err := ledger.Heartbeats(t.Context(), c.now, []heartbeat.Place{place}, place)
		return err
	}
	tb.items["heartbeats"] = item{"version": number(2)}
	if err := note(); !errors.Is(err, format.ErrNewer) || len(tb.items["heartbeats"]) != 1 {
		t.Errorf("a newer item: %v, %v", err, tb.items["heartbeats"])
	}
	tb.items["heartbeats"] = item{"version": number(1), "since_111122223333_eu_central_1": text("yesterday")}
	if err := note(); err == nil {
		t.Error("a time that is no number is taken for one")
	}
	tb.fail = "ResourceNotFoundException"
	if err := note(); err == nil {
		t.Error("a missing table is no error")
	}
}
