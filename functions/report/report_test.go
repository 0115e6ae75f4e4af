package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
)

const (
	own    = "111122223333"
	member = "444455556666"
	eu, us = "eu-central-1", "us-east-1"
)

// start is when every test begins.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is everything around a reporter.
type world struct {
	*reporter
	t         *testing.T
	guardduty *guarddutytest.Fake
	ledger    *memory
	slack     *sink
	topic     *sink
	// handed are the changes that were handed to the pipeline, batch by batch.
	handed   [][]coverage.Change
	handling error
	lines    []map[string]int
}

func newWorld(t *testing.T, regions map[string]guarddutytest.Region) *world {
	t.Helper()
	w := &world{t: t, guardduty: guarddutytest.New(regions), ledger: &memory{}, slack: &sink{name: "slack"}, topic: &sink{name: "sns"}}
	t.Cleanup(w.guardduty.Close)
	cloud := aws.Config{
		BaseEndpoint: aws.String(w.guardduty.URL()), HTTPClient: w.guardduty.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
	w.reporter = &reporter{
		reader: guardduty.New(cloud), ledger: w.ledger, pipeline: w, sinks: []notify.Sink{w.slack, w.topic}, language: catalog.English,
		settings: config.Report{Regions: []string{eu, us}}, now: func() time.Time { return start },
		observe: func(_ context.Context, counts map[string]int, _ ...slog.Attr) { w.lines = append(w.lines, counts) },
	}
	return w
}

// HandleChanges is the pipeline's.
func (w *world) HandleChanges(_ context.Context, changes []coverage.Change) []error {
	w.handed = append(w.handed, changes)
	errs := make([]error, len(changes))
	for i := range errs {
		errs[i] = w.handling
	}
	return errs
}

// changes are "status name" of all that were handed over, sorted.
func (w *world) changes() []string {
	var all []string
	for _, change := range slices.Concat(w.handed...) {
		if !change.Found {
			w.t.Errorf("%s is not marked as found", change.ID())
		}
		what := string(change.Status)
		if change.Gone {
			what = "GONE"
		}
		all = append(all, what+" "+change.Resource.Name)
	}
	slices.Sort(all)
	return all
}

// sink is told reports.
type sink struct {
	name string
	mu   sync.Mutex
	told []message.Message
	err  error
}

func (s *sink) Name() string { return s.name }

func (s *sink) Send(_ context.Context, m message.Message, parent string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return "", s.err
	}
	s.told = append(s.told, m)
	return "ref", nil
}

// memory is a ledger.
type memory struct {
	open    []coverage.Incident
	healed  int64
	reports dynamo.Reports
	saves   int
	// failing names the call that fails.
	failing string
}

func (m *memory) err(call string) error {
	if m.failing == call {
		return errors.New(call + " failed")
	}
	return nil
}

func (m *memory) Open(context.Context) iter.Seq2[coverage.Incident, error] {
	return func(yield func(coverage.Incident, error) bool) {
		for _, incident := range m.open {
			if !yield(incident, nil) {
				return
			}
		}
		if err := m.err("open"); err != nil {
			yield(coverage.Incident{}, err)
		}
	}
}

func (m *memory) Healed(context.Context) (int64, error) { return m.healed, m.err("healed") }

func (m *memory) Reports(context.Context, string) (dynamo.Reports, error) {
	return m.reports, m.err("reports")
}

func (m *memory) SaveReports(_ context.Context, _ string, _ dynamo.Reports, document json.RawMessage) (dynamo.Reports, error) {
	if err := m.err("save"); err != nil {
		return dynamo.Reports{}, err
	}
	m.saves++
	m.reports.Document = document
	return m.reports, nil
}

// instance is an EC2 instance that GuardDuty lists.
func instance(account, name, status string, updated time.Time) guarddutytest.Resource {
	return guarddutytest.Resource{
		AccountID: account, Status: status, UpdatedAt: guarddutytest.Seconds(updated),
		Details: guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{InstanceID: name}},
	}
}

// incident is one that is open.
func incident(account, region, name string, changed time.Time) coverage.Incident {
	resource := coverage.Resource{Account: account, Region: region, Kind: coverage.EC2, Name: name}
	return coverage.Incident{Key: resource.Key(), Status: coverage.Unhealthy, ChangedAt: changed}
}

var longAgo = start.Add(-24 * time.Hour)

func TestReportIsToldAndRemembered(t *testing.T) {
	w := newWorld(t, map[string]guarddutytest.Region{
		eu: guarddutytest.List(instance(own, "i-1", "HEALTHY", longAgo), instance(member, "i-2", "UNHEALTHY", longAgo)),
		us: guarddutytest.List(instance(own, "i-3", "HEALTHY", longAgo)),
	})
	w.ledger.healed = 5
	if err := w.report(t.Context(), "2026-03-02T09:00:00Z", own); err != nil {
		t.Fatal(err)
	}
	w.guardduty.Set(eu, guarddutytest.List(instance(own, "i-1", "HEALTHY", longAgo), instance(member, "i-2", "HEALTHY", longAgo)))
	w.ledger.healed = 8
	if err := w.report(t.Context(), "2026-03-03T09:00:00Z", own); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*sink{w.slack, w.topic} {
		if len(s.told) != 2 {
			t.Fatalf("%s was told %d reports", s.name, len(s.told))
		}
		first, second := s.told[0].Report, s.told[1].Report
		if first.Total.Covered != 2 || first.Total.Total != 3 || first.Since != nil {
			t.Errorf("the first report counts %+v, since %+v", first.Total, first.Since)
		}
		if second.Total.Covered != 3 || second.Since == nil || second.HealedWhileHeld != 3 {
			t.Errorf("the second report counts %+v, since %+v, %d healed", second.Total, second.Since, second.HealedWhileHeld)
		}
	}
	if diff := cmp.Diff([]map[string]int{
		{"Resources": 3, "Uncovered": 1, "RegionsUnread": 0, "FoundByReport": 1},
		{"Resources": 3, "Uncovered": 0, "RegionsUnread": 0, "FoundByReport": 0},
	}, w.lines); diff != "" {
		t.Errorf("logged (-want +got):\n%s", diff)
	}
}

func TestReportTriedAgainTellsOnlyWhoWasNotTold(t *testing.T) {
	w := newWorld(t, map[string]guarddutytest.Region{eu: guarddutytest.List(instance(own, "i-1", "HEALTHY", longAgo)), us: guarddutytest.List()})
	const due = "2026-03-02T09:00:00Z"
	w.topic.err = errors.New("throttled")
	if err := w.report(t.Context(), due, own); err == nil || !strings.Contains(err.Error(), "reporting to sns: throttled") {
		t.Fatalf("the sink's error is lost: %v", err)
	}
	w.topic.err = nil
	for range 3 {
		if err := w.report(t.Context(), due, own); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.slack.told) != 1 || len(w.topic.told) != 1 {
		t.Errorf("slack was told %d times, sns %d times", len(w.slack.told), len(w.topic.told))
	}
	if h, err := w.recall(t.Context()); err != nil || len(h.Past) != 1 {
		t.Errorf("%d reports are remembered: %v", len(h.Past), err)
	}
	for range 2 {
		if err := w.report(t.Context(), "", own); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.slack.told) != 3 || len(w.topic.told) != 3 {
		t.Errorf("asked for by hand twice, slack was told %d times in all, sns %d times", len(w.slack.told), len(w.topic.told))
	}
}

func TestQuietReportIsRememberedAndNotTold(t *testing.T) {
	w := newWorld(t, map[string]guarddutytest.Region{eu: guarddutytest.List(instance(own, "i-1", "HEALTHY", longAgo)), us: guarddutytest.List()})
	w.settings.Quiet = true
	for day := range 4 {
		for range 2 {
			if err := w.report(t.Context(), fmt.Sprint(day), own); err != nil {
				t.Fatal(err)
			}
		}
	}
	h, err := w.recall(t.Context())
	if err != nil || len(h.Past) != 4 || len(w.slack.told) != 1 {
		t.Errorf("%d reports remembered, %d told: %v", len(h.Past), len(w.slack.told), err)
	}
	w.guardduty.Set(eu, guarddutytest.List(instance(own, "i-1", "UNHEALTHY", longAgo)))
	if err := w.report(t.Context(), "later", own); err != nil || len(w.slack.told) != 2 {
		t.Errorf("news is told %d times in all: %v", len(w.slack.told), err)
	}
}

func TestReportWaitsForItsMemory(t *testing.T) {
	for _, failing := range []string{"reports", "healed", "open"} {
		w := newWorld(t, map[string]guarddutytest.Region{eu: guarddutytest.List(instance(own, "i-1", "UNHEALTHY", longAgo))})
		w.ledger.failing = failing
		if err := w.report(t.Context(), "", own); err == nil || !strings.Contains(err.Error(), failing+" failed") {
			t.Errorf("%s: %v", failing, err)
		}
		if len(w.slack.told)+len(w.handed)+w.ledger.saves > 0 {
			t.Errorf("%s: something was done in spite of it", failing)
		}
	}
	w := newWorld(t, map[string]guarddutytest.Region{})
	w.ledger.reports.Document = json.RawMessage("{")
	if err := w.report(t.Context(), "", own); err == nil || !strings.Contains(err.Error(), "reading the reports before") {
		t.Errorf("reports that cannot be read: %v", err)
	}
}

func TestNetTakesWhatNoEventTold(t *testing.T) {
	fresh := start.Add(-20 * time.Minute)
	tests := map[string]struct {
		listed guarddutytest.Resource
		open   []coverage.Incident
		want   []string
	}{
		"lost, unknown":            {listed: instance(own, "i-1", "UNHEALTHY", longAgo), want: []string{"UNHEALTHY i-1"}},
		"lost, unknown, no moment": {listed: instance(own, "i-1", "UNHEALTHY", time.Unix(0, 0)), want: []string{"UNHEALTHY i-1"}},
		"lost just now":            {listed: instance(own, "i-1", "UNHEALTHY", fresh)},
		"lost and known":           {listed: instance(own, "i-1", "UNHEALTHY", longAgo), open: []coverage.Incident{incident(own, eu, "i-1", longAgo)}},
		"covered, unknown":         {listed: instance(own, "i-1", "HEALTHY", longAgo)},
		"back, unnoticed":          {listed: instance(own, "i-1", "HEALTHY", longAgo), open: []coverage.Incident{incident(own, eu, "i-1", longAgo.Add(-1))}, want: []string{"HEALTHY i-1"}},
		"back just now":            {listed: instance(own, "i-1", "HEALTHY", fresh), open: []coverage.Incident{incident(own, eu, "i-1", longAgo)}},
		"lost again just now":      {listed: instance(own, "i-1", "HEALTHY", longAgo), open: []coverage.Incident{incident(own, eu, "i-1", fresh)}},
		"of a status to come":      {listed: instance(own, "i-1", "PAUSED", longAgo), open: []coverage.Incident{incident(own, eu, "i-1", longAgo)}},
		"one of the same name":     {listed: instance(own, "i-1", "UNHEALTHY", longAgo), open: []coverage.Incident{incident(own, us, "i-1", fresh)}, want: []string{"UNHEALTHY i-1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, map[string]guarddutytest.Region{eu: guarddutytest.List(test.listed), us: guarddutytest.List()})
			w.ledger.open = test.open
			if err := w.report(t.Context(), "", own); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, w.changes()); diff != "" {
				t.Errorf("handed over (-want +got):\n%s", diff)
			}
			for _, change := range slices.Concat(w.handed...) {
				if change.ChangedAt.IsZero() || !change.ReceivedAt.Equal(start) {
					t.Errorf("changed at %v, seen at %v", change.ChangedAt, change.ReceivedAt)
				}
			}
		})
	}
}

func TestNetEndsWhatIsGone(t *testing.T) {
	there := guarddutytest.List(instance(member, "i-1", "HEALTHY", longAgo))
	failing, miscounted := there, there
	failing.Fault = func(c guarddutytest.Call) *guarddutytest.Answer {
		if c.Operation == "ListCoverage" {
			return guarddutytest.Denied(c.Operation)
		}
		return nil
	}
	miscounted.Fault = func(c guarddutytest.Call) *guarddutytest.Answer {
		if c.Operation == "GetCoverageStatistics" {
			return &guarddutytest.Answer{Status: 200, Body: `{"coverageStatistics": {"countByResourceType": {"EC2": 2}}}`}
		}
		return nil
	}
	uncounted := there
	uncounted.Fault = func(c guarddutytest.Call) *guarddutytest.Answer {
		if c.Operation == "GetCoverageStatistics" {
			return guarddutytest.Denied(c.Operation)
		}
		return nil
	}
	tests := map[string]struct {
		region guarddutytest.Region
		open   coverage.Incident
		gone   bool
	}{
		"of an account that is listed":        {there, incident(member, eu, "i-9", longAgo), true},
		"of the function's own account":       {there, incident(own, eu, "i-9", longAgo), true},
		"the last of all":                     {guarddutytest.List(), incident(own, eu, "i-9", longAgo), true},
		"of an account that may be elsewhere": {there, incident("999988887777", eu, "i-9", longAgo), false},
		"lost just now":                       {there, incident(member, eu, "i-9", start.Add(-10*time.Minute)), false},
		"in a Region that was not read":       {failing, incident(own, eu, "i-9", longAgo), false},
		"in a Region without monitoring":      {guarddutytest.Region{Detector: "d", Off: true}, incident(own, eu, "i-9", longAgo), false},
		"in a Region that was not asked for":  {there, incident(own, "eu-west-1", "i-9", longAgo), false},
		"in a list that lacks something":      {miscounted, incident(member, eu, "i-9", longAgo), false},
		"in a list that nobody counted":       {uncounted, incident(member, eu, "i-9", longAgo), false},
		"of no resource":                      {there, coverage.Incident{Key: "group/1", Status: coverage.Unhealthy}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, map[string]guarddutytest.Region{eu: test.region, us: guarddutytest.List()})
			w.ledger.open = []coverage.Incident{test.open}
			if err := w.report(t.Context(), "", own); err != nil {
				t.Fatal(err)
			}
			var want []string
			if test.gone {
				want = []string{"GONE i-9"}
			}
			if diff := cmp.Diff(want, w.changes()); diff != "" {
				t.Errorf("handed over (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNetHandsOverInBatches(t *testing.T) {
	many := func(n int) guarddutytest.Region {
		return guarddutytest.Region{Detector: "d", Len: n, At: func(i int) guarddutytest.Resource {
			return instance(own, fmt.Sprintf("i-%d", i), "UNHEALTHY", longAgo)
		}}
	}
	for n, want := range map[int][]int{1200: {500, 500, 200}, 5400: slices.Repeat([]int{500}, 10)} {
		w := newWorld(t, map[string]guarddutytest.Region{eu: many(n), us: guarddutytest.List()})
		w.handling = errors.New("queue away")
		err := w.report(t.Context(), "", own)
		if problems := w.slack.told[0].Report.Problems; len(problems) > 0 {
			t.Errorf("a Region was not read: %+v", problems)
		}
		var got []int
		for _, batch := range w.handed {
			got = append(got, len(batch))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("batches of %d (-want +got):\n%s", n, diff)
		}
		if err == nil || !strings.Contains(err.Error(), "failed, the last: queue away") || len(w.slack.told) != 1 || w.ledger.saves != 1 {
			t.Errorf("%v; %d reports told, %d saved", err, len(w.slack.told), w.ledger.saves)
		}
	}
}

func TestReportIsMadeOfWhatThereWasTimeFor(t *testing.T) {
	w := newWorld(t, map[string]guarddutytest.Region{eu: guarddutytest.List(instance(own, "i-1", "HEALTHY", longAgo))})
	w.ledger.open = []coverage.Incident{incident(own, eu, "i-9", longAgo)}
	ctx, cancel := context.WithTimeout(t.Context(), settleTime-time.Second)
	defer cancel()
	if err := w.report(ctx, "", own); err != nil {
		t.Fatal(err)
	}
	if len(w.slack.told) != 1 || len(w.slack.told[0].Report.Problems) != 2 || len(w.handed) != 0 {
		t.Errorf("told %+v, handed over %v", w.slack.told, w.handed)
	}
}
