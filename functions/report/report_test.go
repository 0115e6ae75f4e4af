package main

import (
	"bytes"
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
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/organization"
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
	handed [][]coverage.Change
	// handling is what becomes of each; nil: they are handled.
	// audited are the keys that were audited, unaudited why that failed.
	audited   []string
	unaudited error
	handling  func(ctx context.Context, batch []coverage.Change) error
	lines     []telemetry.Report
	logged    bytes.Buffer
}

func newWorld(t *testing.T, regions map[string]guarddutytest.Region) *world {
	t.Helper()
	w := &world{t: t, guardduty: guarddutytest.New(regions), ledger: &memory{}, slack: &sink{name: "slack"}, topic: &sink{name: "sns"}}
	t.Cleanup(w.guardduty.Close)
	w.reporter = newReporter(w)
	cloud := aws.Config{
		BaseEndpoint: aws.String(w.guardduty.URL()), HTTPClient: w.guardduty.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
	w.reader = guardduty.New(cloud)
	return w
}

func newReporter(w *world) *reporter {
	return &reporter{
		ledger: w.ledger, pipeline: w, sinks: []notify.Sink{w.slack, w.topic},
		regions:  enabled{regions: []string{eu, us}},
		language: locale.English(), settings: config.Report{Regions: []string{eu, us}}, served: []string{eu},
		now: func() time.Time { return start }, log: slog.New(slog.NewJSONHandler(&w.logged, nil)),
		observe: func(_ context.Context, report telemetry.Report) { w.lines = append(w.lines, report) },
	}
}

// enabled are the Regions of the account.
type enabled struct {
	regions []string
	err     error
}

func (e enabled) Enabled(context.Context) ([]string, error) { return e.regions, e.err }

// list has GuardDuty list these, without a server.
func (w *world) list(states ...coverage.State) { w.reader = listing(states) }

// listing is a GuardDuty that lists these states.
type listing []coverage.State

func (l listing) States(context.Context, []string) iter.Seq2[coverage.State, error] {
	return func(yield func(coverage.State, error) bool) {
		for _, state := range l {
			if !yield(state, nil) {
				return
			}
		}
	}
}

func (l listing) Organization(context.Context, []string) []organization.Region { return nil }

func (l listing) Statistics(context.Context, string) (guardduty.Statistics, error) {
	return guardduty.Statistics{}, nil
}

// Audit is the pipeline's.
func (w *world) Audit(_ context.Context, stored iter.Seq2[incident.Stored, error]) error {
	for s := range stored {
		w.audited = append(w.audited, s.Record.Key)
	}
	return w.unaudited
}

// Enqueue is the pipeline's.
func (w *world) Enqueue(ctx context.Context, changes []coverage.Change) []error {
	w.handed = append(w.handed, changes)
	errs := make([]error, len(changes))
	if w.handling != nil {
		err := w.handling(ctx, changes)
		for i := range errs {
			errs[i] = err
		}
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
	open []incident.Record
	// unreadable are the keys of items that cannot be read.
	unreadable []string
	healed     int64
	reports    dynamo.Reports
	saves      int
	months     map[string]dynamo.Month
	directory  organization.Directory
	// silent are the Regions from which no heartbeat arrives.
	silent []string
	// failing names the call that fails.
	failing string
}

func (m *memory) err(call string) error {
	if m.failing == call {
		return errors.New(call + " failed")
	}
	return nil
}

func (m *memory) All(context.Context) iter.Seq2[incident.Stored, error] {
	return func(yield func(incident.Stored, error) bool) {
		for _, key := range m.unreadable {
			if !yield(incident.Stored{}, &dynamo.UnreadableItem{Key: key, Err: errors.New("of another version")}) {
				return
			}
		}
		for _, record := range m.open {
			if !yield(incident.Stored{Record: record}, nil) {
				return
			}
		}
		if err := m.err("open"); err != nil {
			yield(incident.Stored{}, err)
		}
	}
}

func (m *memory) Directory(context.Context) (organization.Directory, error) {
	if err := m.err("directory"); err != nil {
		return organization.Directory{}, err
	}
	return m.directory, nil
}

func (m *memory) SaveDirectory(_ context.Context, d organization.Directory) error {
	if err := m.err("save directory"); err != nil {
		return err
	}
	m.directory = d
	return nil
}

func (m *memory) Healed(context.Context) (int64, error) { return m.healed, m.err("healed") }

func (m *memory) Reports(context.Context, string) (dynamo.Reports, error) {
	return m.reports, m.err("reports")
}

func (m *memory) Heartbeats(
	_ context.Context, now time.Time, expected []heartbeat.Place, _ ...heartbeat.Place,
) (map[heartbeat.Place]heartbeat.Arrival, error) {
	known := make(map[heartbeat.Place]heartbeat.Arrival)
	for _, place := range expected {
		if !slices.Contains(m.silent, place.Region) {
			known[place] = heartbeat.Arrival{Last: now, Expected: longAgo}
		}
	}
	return known, m.err("heartbeats")
}

func (m *memory) SaveReports(_ context.Context, _ string, _ dynamo.Reports, document json.RawMessage) (dynamo.Reports, error) {
	if err := m.err("save"); err != nil {
		return dynamo.Reports{}, err
	}
	m.saves++
	m.reports.Document = document
	return m.reports, nil
}

func (m *memory) Month(_ context.Context, name string) (dynamo.Month, error) {
	return m.months[name], m.err("month")
}

func (m *memory) SaveMonth(_ context.Context, name string, month dynamo.Month, _ time.Time) error {
	if err := m.err("save month"); err != nil {
		return err
	}
	if m.months == nil {
		m.months = make(map[string]dynamo.Month)
	}
	m.months[name] = month
	return nil
}

// instance is an EC2 instance that GuardDuty lists.
func instance(account, name, status string, updated time.Time) guarddutytest.Resource {
	return guarddutytest.Resource{
		AccountID: account, Status: status, UpdatedAt: guarddutytest.Seconds(updated),
		Details: guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{InstanceID: name}},
	}
}

// openInstance is an EC2 instance that is remembered as uncovered.
func openInstance(account, region, name string, changed time.Time) incident.Record {
	return openRecord(coverage.Resource{Account: account, Region: region, Kind: coverage.EC2, Name: name}, time.Time{}, changed)
}

func openRecord(r coverage.Resource, opened, changed time.Time) incident.Record {
	return incident.Record{
		Key: r.Key(), Change: coverage.Change{Resource: r, Status: coverage.Unhealthy, ChangedAt: changed},
		OpenedAt: opened, Causes: []string{string(catalog.NoReason)},
	}
}

// cluster is an ECS cluster that GuardDuty lists.
func cluster(name string, status coverage.Status, updated time.Time) coverage.State {
	resource := coverage.Resource{Account: own, Region: eu, Kind: coverage.ECS, Name: name}
	return coverage.State{Resource: resource, Status: status, UpdatedAt: updated}
}

// openCluster is an ECS cluster that is remembered as uncovered.
func openCluster(name string, opened, changed time.Time) incident.Record {
	return openRecord(cluster(name, "", changed).Resource, opened, changed)
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
		first, second := s.told[0].Form.(message.Report), s.told[1].Form.(message.Report)
		if first.Total.Covered != 2 || first.Total.Total != 3 || first.Since != nil {
			t.Errorf("the first report counts %+v, since %+v", first.Total, first.Since)
		}
		if second.Total.Covered != 3 || second.Since == nil || second.HealedWhileHeld != 3 {
			t.Errorf("the second report counts %+v, since %+v, %d healed", second.Total, second.Since, second.HealedWhileHeld)
		}
	}
	both, everybody := []string{eu, us}, []string{"slack", "sns"}
	if diff := cmp.Diff([]telemetry.Report{
		{Resources: 3, Uncovered: 1, Found: 1, Regions: both, Notified: everybody},
		{Resources: 3, Regions: both, Notified: everybody},
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
	if line := w.lines[0]; line.Err == nil || len(line.Notified) != 1 {
		t.Errorf("the log says that %v received it, and %v", line.Notified, line.Err)
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
	if h, err := app.ReadHistory(t.Context(), w.ledger); err != nil || len(h.Past) != 1 {
		t.Errorf("%d reports are remembered: %v", len(h.Past), err)
	}
}

func TestReportByHandIsIdentifiedByItsInvocation(t *testing.T) {
	w := newWorld(t, nil)
	w.list()
	ask := func(requestID string) error {
		return w.handle(lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: requestID}), request{})
	}
	w.topic.err = errors.New("throttled")
	if err := ask("request-1"); err == nil {
		t.Fatal("the sink's error is lost")
	}
	w.topic.err = nil
	for range 3 { // Lambda tries an asynchronous invocation again, under the same id.
		if err := ask("request-1"); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.slack.told) != 1 || len(w.topic.told) != 1 {
		t.Errorf("slack was notified %d times, sns %d times", len(w.slack.told), len(w.topic.told))
	}
	if err := ask("request-2"); err != nil || len(w.slack.told) != 2 || len(w.topic.told) != 2 {
		t.Errorf("asked for again, slack was notified %d times in all, sns %d times: %v", len(w.slack.told), len(w.topic.told), err)
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
	h, err := app.ReadHistory(t.Context(), w.ledger)
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

func TestReconcilerFindsWhatEventsMissed(t *testing.T) {
	fresh := start.Add(-20 * time.Minute)
	tests := map[string]struct {
		listed guarddutytest.Resource
		open   []incident.Record
		want   []string
	}{
		"lost, unknown":            {listed: instance(own, "i-1", "UNHEALTHY", longAgo), want: []string{"UNHEALTHY i-1"}},
		"lost, unknown, no moment": {listed: instance(own, "i-1", "UNHEALTHY", time.Unix(0, 0)), want: []string{"UNHEALTHY i-1"}},
		"lost just now":            {listed: instance(own, "i-1", "UNHEALTHY", fresh)},
		"lost and known":           {listed: instance(own, "i-1", "UNHEALTHY", longAgo), open: []incident.Record{openInstance(own, eu, "i-1", longAgo)}},
		"covered, unknown":         {listed: instance(own, "i-1", "HEALTHY", longAgo)},
		"back, unnoticed":          {listed: instance(own, "i-1", "HEALTHY", longAgo), open: []incident.Record{openInstance(own, eu, "i-1", longAgo.Add(-1))}, want: []string{"HEALTHY i-1"}},
		"back just now":            {listed: instance(own, "i-1", "HEALTHY", fresh), open: []incident.Record{openInstance(own, eu, "i-1", longAgo)}},
		"lost again just now":      {listed: instance(own, "i-1", "HEALTHY", longAgo), open: []incident.Record{openInstance(own, eu, "i-1", fresh)}},
		"of a status to come":      {listed: instance(own, "i-1", "PAUSED", longAgo), open: []incident.Record{openInstance(own, eu, "i-1", longAgo)}},
		"one of the same name":     {listed: instance(own, "i-1", "UNHEALTHY", longAgo), open: []incident.Record{openInstance(own, us, "i-1", fresh)}, want: []string{"UNHEALTHY i-1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, map[string]guarddutytest.Region{eu: guarddutytest.List(test.listed), us: guarddutytest.List()})
			w.ledger.open = test.open
			if err := w.report(t.Context(), "", own); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, w.changes()); diff != "" {
				t.Errorf("queued (-want +got):\n%s", diff)
			}
			for _, change := range slices.Concat(w.handed...) {
				if change.ChangedAt.IsZero() || !change.ReceivedAt.Equal(start) {
					t.Errorf("changed at %v, seen at %v", change.ChangedAt, change.ReceivedAt)
				}
			}
		})
	}
}

func TestReconcilerFindsWhatIsGone(t *testing.T) {
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
		open   incident.Record
		gone   bool
	}{
		"of an account that is listed":        {there, openInstance(member, eu, "i-9", longAgo), true},
		"of the function's own account":       {there, openInstance(own, eu, "i-9", longAgo), true},
		"the last of all":                     {guarddutytest.List(), openInstance(own, eu, "i-9", longAgo), true},
		"of an account that may be elsewhere": {there, openInstance("999988887777", eu, "i-9", longAgo), false},
		"lost just now":                       {there, openInstance(member, eu, "i-9", start.Add(-10*time.Minute)), false},
		"in a Region that was not read":       {failing, openInstance(own, eu, "i-9", longAgo), false},
		"in a Region without monitoring":      {guarddutytest.Region{Detector: "d", Off: true}, openInstance(own, eu, "i-9", longAgo), false},
		"in a Region that was not asked for":  {there, openInstance(own, "eu-west-1", "i-9", longAgo), false},
		"in a list that lacks something":      {miscounted, openInstance(member, eu, "i-9", longAgo), false},
		"in a list that nobody counted":       {uncounted, openInstance(member, eu, "i-9", longAgo), false},
		"in a Region of another stack":        {there, openInstance(own, us, "i-9", longAgo), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, map[string]guarddutytest.Region{eu: test.region, us: guarddutytest.List()})
			w.ledger.open = []incident.Record{test.open}
			if err := w.report(t.Context(), "", own); err != nil {
				t.Fatal(err)
			}
			var want []string
			if test.gone {
				want = []string{"GONE i-9"}
			}
			if diff := cmp.Diff(want, w.changes()); diff != "" {
				t.Errorf("queued (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReconcilerFindsBusyClusters has ECS clusters that start tasks all day: GuardDuty has just updated each
// of them.
func TestReconcilerFindsBusyClusters(t *testing.T) {
	fresh := start.Add(-time.Minute)
	tests := map[string]struct {
		listed coverage.State
		open   []incident.Record
		want   []string
	}{
		"lost, unknown":       {cluster("web", coverage.Unhealthy, fresh), nil, []string{"UNHEALTHY web"}},
		"lost and known":      {cluster("web", coverage.Unhealthy, fresh), []incident.Record{openCluster("web", longAgo, longAgo)}, nil},
		"back, unnoticed":     {cluster("web", coverage.Healthy, fresh), []incident.Record{openCluster("web", longAgo, longAgo)}, []string{"HEALTHY web"}},
		"lost again just now": {cluster("web", coverage.Healthy, fresh), []incident.Record{openCluster("web", longAgo, fresh)}, nil},
		"covered, unknown":    {cluster("web", coverage.Healthy, fresh), nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.list(test.listed)
			w.ledger.open = test.open
			if err := w.report(t.Context(), "", own); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, w.changes()); diff != "" {
				t.Errorf("queued (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBusyClustersAreDatedByReports has reports an hour apart of a cluster that GuardDuty has just updated at each
// of them. The notifier never takes up what the first one finds.
func TestBusyClustersAreDatedByReports(t *testing.T) {
	hour := 0
	w := newWorld(t, nil)
	w.now = func() time.Time { return start.Add(time.Duration(hour) * time.Hour) }
	for ; hour < 3; hour++ {
		w.list(cluster("web", coverage.Unhealthy, w.now().Add(-time.Minute)))
		if err := w.report(t.Context(), fmt.Sprint(hour), own); err != nil {
			t.Fatal(err)
		}
		var since time.Time // Nobody knows it at the first report.
		if hour > 0 {
			since = start
		}
		if got := w.slack.told[hour].Form.(message.Report).Findings[0].Resources[0].Since; !got.Equal(since) {
			t.Errorf("report %d: uncovered since %v, want %v", hour, got, since)
		}
		if changed := w.handed[hour][0].ChangedAt; !changed.Equal(start) {
			t.Errorf("report %d: changed at %v, want %v", hour, changed, start)
		}
	}
	// An event says that it recovered meanwhile, and none that it was lost again.
	back := openCluster("web", time.Time{}, start.Add(150*time.Minute))
	back.Change.Status = coverage.Healthy
	w.ledger.open = []incident.Record{back}
	w.list(cluster("web", coverage.Unhealthy, w.now().Add(-time.Minute)))
	if err := w.report(t.Context(), "last", own); err != nil {
		t.Fatal(err)
	}
	if changed := w.handed[3][0].ChangedAt; !changed.Equal(w.now()) {
		t.Errorf("lost again: changed at %v, want %v", changed, w.now())
	}
	// A recovery and a new cause date from the report that sees them.
	w.ledger.open = []incident.Record{openCluster("web", longAgo, longAgo)}
	w.list(cluster("web", coverage.Healthy, w.now().Add(-time.Hour)))
	if err := w.report(t.Context(), "back", own); err != nil {
		t.Fatal(err)
	}
	if changed := w.handed[4][0].ChangedAt; !changed.Equal(w.now()) {
		t.Errorf("recovered: changed at %v, want %v", changed, w.now())
	}
}

// TestReportCountsLosses has a loss that came and went between two reports, and one that is not over.
func TestReportCountsLosses(t *testing.T) {
	past := openInstance(own, eu, "i-past", longAgo.AddDate(0, 0, -3))
	past.OpenedAt = past.Change.ChangedAt
	past.Observe(coverage.Change{Resource: past.Change.Resource, Status: coverage.Healthy, ChangedAt: longAgo.AddDate(0, 0, -2)}, nil)
	open := openInstance(own, eu, "i-open", longAgo)
	for name, test := range map[string]struct {
		failing, warning string
		counted          bool
	}{
		"kept":                 {"", "", true},
		"months are not read":  {"month", "the report does without past losses", false},
		"months are not saved": {"save month", "past losses are left to the next report", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.list()
			w.ledger.open, w.ledger.failing = []incident.Record{past, open}, test.failing
			for _, id := range []string{"1", "2"} { // The second counts what the first has kept.
				if err := w.report(t.Context(), id, own); err != nil {
					t.Fatal(err)
				}
			}
			for _, m := range w.slack.told {
				losses := m.Form.(message.Report).Losses
				if (losses != nil) != test.counted || strings.Contains(m.Summary, "48.0 h, all resources together (2 losses)") != test.counted {
					t.Errorf("it counts %+v, and says %q", losses, m.Summary)
				}
			}
			if kept := w.ledger.months["2026-02"].Losses; (len(kept) == 1) != (test.failing == "") {
				t.Errorf("%d losses are kept", len(kept))
			}
			if test.warning != "" && !strings.Contains(w.logged.String(), test.warning) {
				t.Errorf("the log lacks %q: %s", test.warning, w.logged.String())
			}
		})
	}
}

func TestReportCountsAgesFromWhatIsRemembered(t *testing.T) {
	w := newWorld(t, nil)
	w.list(cluster("web", coverage.Unhealthy, start.Add(-time.Minute)))
	w.ledger.open = []incident.Record{openCluster("web", longAgo, longAgo.Add(time.Hour))}
	if err := w.report(t.Context(), "", own); err != nil {
		t.Fatal(err)
	}
	if got := w.slack.told[0].Form.(message.Report).Findings[0].Resources[0]; !got.Since.Equal(longAgo) {
		t.Errorf("%s is uncovered since %v, want %v", got.Name, got.Since, longAgo)
	}
}

func TestReconcilerComparesTheRegionsThatTheStackServes(t *testing.T) {
	lost := func(name string) guarddutytest.Region {
		return guarddutytest.List(instance(own, name, "UNHEALTHY", longAgo))
	}
	denied := lost("i-us")
	denied.Fault = func(c guarddutytest.Call) *guarddutytest.Answer {
		if c.Operation == "GetCoverageStatistics" {
			return guarddutytest.Denied(c.Operation)
		}
		return nil
	}
	for name, test := range map[string]struct {
		forwarded []string
		other     guarddutytest.Region
		want      []string
	}{
		"its own":                     {nil, lost("i-us"), []string{"UNHEALTHY i-eu"}},
		"and those with a forwarder":  {[]string{us}, lost("i-us"), []string{"GONE i-gone", "UNHEALTHY i-eu", "UNHEALTHY i-us"}},
		"one that cannot be counted":  {[]string{us}, denied, []string{"UNHEALTHY i-eu", "UNHEALTHY i-us"}},
		"one that is not in a report": {[]string{"eu-west-1"}, lost("i-us"), []string{"UNHEALTHY i-eu"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, map[string]guarddutytest.Region{eu: lost("i-eu"), us: test.other})
			w.served = append([]string{eu}, test.forwarded...)
			w.ledger.open = []incident.Record{openInstance(own, us, "i-gone", longAgo)}
			if err := w.report(t.Context(), "", own); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, w.changes()); diff != "" {
				t.Errorf("queued (-want +got):\n%s", diff)
			}
			if report := w.slack.told[0].Form.(message.Report); report.Total.Total != 2 || report.Total.Covered != 0 {
				t.Errorf("the report counts %+v, want both Regions", report.Total)
			}
		})
	}
}

func TestReportSkipsItemsThatCannotBeRead(t *testing.T) {
	lost, other := cluster("lost", coverage.Unhealthy, longAgo), cluster("other", coverage.Unhealthy, longAgo)
	w := newWorld(t, nil)
	w.list(lost, other)
	w.ledger.unreadable = []string{lost.Resource.Key()}
	if err := w.report(t.Context(), "", own); err != nil || len(w.slack.told) != 1 {
		t.Fatalf("%d reports: %v", len(w.slack.told), err)
	}
	if diff := cmp.Diff([]string{"UNHEALTHY other"}, w.changes()); diff != "" {
		t.Errorf("queued (-want +got):\n%s", diff)
	}
	if got := w.lines[0].Unreadable; got != 1 {
		t.Errorf("%d unreadable items are counted", got)
	}
	if log := w.logged.String(); !strings.Contains(log, lost.Resource.Key()) || !strings.Contains(log, "of another version") {
		t.Errorf("the log does not name the item: %s", log)
	}
}

func TestFoundChangesAreQueuedAfterTheReport(t *testing.T) {
	tests := map[int]struct {
		queued, left int
	}{1200: {1200, 0}, 5400: {5000, 400}}
	for n, want := range tests {
		w := newWorld(t, map[string]guarddutytest.Region{eu: many(n), us: guarddutytest.List()})
		w.handling = func(context.Context, []coverage.Change) error {
			if len(w.slack.told) != 1 || w.ledger.saves != 1 {
				t.Errorf("changes are queued before the report: %d sent, %d saved", len(w.slack.told), w.ledger.saves)
			}
			return errors.New("queue away")
		}
		err := w.report(t.Context(), "", own)
		if problems := w.slack.told[0].Form.(message.Report).Problems; len(problems) > 0 {
			t.Errorf("a Region was not read: %+v", problems)
		}
		if queued := len(slices.Concat(w.handed...)); queued != want.queued || w.lines[0].Left != want.left {
			t.Errorf("%d left of %d, %d queued", w.lines[0].Left, n, queued)
		}
		if err == nil || !strings.Contains(err.Error(), "failed, the last: queue away") {
			t.Errorf("got %v", err)
		}
	}
}

// many are so many uncovered instances.
func many(n int) guarddutytest.Region {
	return guarddutytest.Region{Detector: "d", Len: n, At: func(i int) guarddutytest.Resource {
		return instance(own, fmt.Sprintf("i-%d", i), "UNHEALTHY", longAgo)
	}}
}

// TestFoundChangesAreQueuedInTime leaves to the next report what there is no time, or no room, for.
func TestFoundChangesAreQueuedInTime(t *testing.T) {
	tests := map[string]struct {
		time                time.Duration
		found, queued, left int
	}{
		"enough time":                {15 * time.Minute, 100, 100, 0},
		"more than one report takes": {15 * time.Minute, queueMost + 7, queueMost, 7},
		"no time besides the report": {time.Minute, 100, 0, 100},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{t: t, ledger: &memory{}, slack: &sink{name: "slack"}, topic: &sink{name: "sns"}}
				w.reporter = newReporter(w)
				var states []coverage.State
				for i := range test.found {
					states = append(states, cluster(fmt.Sprint(i), coverage.Unhealthy, longAgo))
				}
				w.list(states...)
				ctx, cancel := context.WithTimeout(t.Context(), test.time)
				defer cancel()
				if err := w.report(ctx, "", own); err != nil {
					t.Error(err)
				}
				if n := len(slices.Concat(w.handed...)); n != test.queued || w.lines[0].Left != test.left {
					t.Errorf("%d changes were queued, %d are left, want %d and %d", n, w.lines[0].Left, test.queued, test.left)
				}
				if len(w.slack.told) != 1 || len(w.topic.told) != 1 || ctx.Err() != nil {
					t.Errorf("%d and %d reports; %v", len(w.slack.told), len(w.topic.told), ctx.Err())
				}
			})
		})
	}
}

// TestReportAuditsWhatIsStored hands everything that is stored to the pipeline, and goes on when that fails.
func TestReportAuditsWhatIsStored(t *testing.T) {
	w := newWorld(t, map[string]guarddutytest.Region{eu: guarddutytest.List(instance(own, "i-1", "UNHEALTHY", longAgo)), us: guarddutytest.List()})
	w.ledger.open = []incident.Record{openInstance(own, eu, "i-1", longAgo)}
	w.unaudited = errors.New("the queue is away")
	err := w.report(t.Context(), "", own)
	if err == nil || !strings.Contains(err.Error(), "the queue is away") || len(w.slack.told) != 1 {
		t.Errorf("%v; %d reports", err, len(w.slack.told))
	}
	if !slices.Equal(w.audited, []string{w.ledger.open[0].Key}) {
		t.Errorf("audited %q", w.audited)
	}
}

func TestReportIsMadeOfWhatThereWasTimeFor(t *testing.T) {
	w := newWorld(t, map[string]guarddutytest.Region{eu: guarddutytest.List(instance(own, "i-1", "HEALTHY", longAgo))})
	w.ledger.open = []incident.Record{openInstance(own, eu, "i-9", longAgo)}
	ctx, cancel := context.WithTimeout(t.Context(), readReserve-time.Second)
	defer cancel()
	if err := w.report(ctx, "", own); err != nil {
		t.Fatal(err)
	}
	if len(w.slack.told) != 1 || len(w.slack.told[0].Form.(message.Report).Problems) != 2 || len(w.handed) != 0 {
		t.Errorf("told %+v, queued %v", w.slack.told, w.handed)
	}
}
