package integration

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// reportTimeout is how long a report may take, as in template.yaml.
const reportTimeout = 15 * time.Minute

// monday and tuesday are when reports are due.
const monday, tuesday = "2026-03-23T09:00:00Z", "2026-03-24T09:00:00Z"

// otherRegion is a second one that is reported.
const otherRegion = "us-east-1"

// office is where reports are made: what GuardDuty lists, the table that the events fill, and the Slack that both tell.
type office struct {
	*cloud
	guardduty *guarddutytest.Fake
	slack     *slacktest.Server
	// events tells of events, reports makes the report.
	events, reports *function
}

// newOffice lists these resources in region, and none in otherRegion.
func newOffice(t *testing.T, options slacktest.Options, listed ...guarddutytest.Resource) *office {
	t.Helper()
	o := &office{cloud: newCloud(t), slack: slacktest.New(t, options)}
	o.guardduty = guarddutytest.New(map[string]guarddutytest.Region{region: guarddutytest.List(listed...), otherRegion: guarddutytest.List()})
	t.Cleanup(o.guardduty.Close)
	o.events, o.reports = o.start(byBot(o.slack)...), o.reporter()
	return o
}

// reporter starts one more function that makes the report. Later settings win.
func (o *office) reporter(settings ...string) *function {
	o.t.Helper()
	own := []string{"AWS_ENDPOINT_URL_GUARDDUTY=" + o.guardduty.URL(), "REPORT_REGIONS=" + region + "," + otherRegion}
	return run(o.t, reportBootstrap, slices.Concat(o.settings(), byBot(o.slack), own, settings)...)
}

// list changes what GuardDuty lists in region.
func (o *office) list(resources ...guarddutytest.Resource) {
	o.guardduty.Set(region, guarddutytest.List(resources...))
}

// report makes the function make the report that is due then.
func (f *function) report(due string) error {
	f.t.Helper()
	_, err := f.InvokeWithin(within(f.t, patience), reportTimeout, []byte(`{"scheduledTime":`+quoted(due)+`}`))
	return err
}

// counted are the numbers of the last report in the log.
type counted struct {
	Resources, Uncovered, RegionsUnread int
	Found                               int `json:"found_changes"`
}

func (f *function) counted() counted {
	f.t.Helper()
	var last string
	for _, e := range f.entries() {
		if e.Message == "coverage report" {
			last = e.raw
		}
	}
	var c counted
	if err := json.Unmarshal([]byte(last), &c); err != nil {
		f.t.Fatalf("what the log says of the report: %v: %q", err, last)
	}
	return c
}

func covered(instance string, changed time.Time) guarddutytest.Resource {
	return listed(instance, "HEALTHY", "", changed)
}

func uncovered(instance, issue string, changed time.Time) guarddutytest.Resource {
	return listed(instance, "UNHEALTHY", issue, changed)
}

// listed is an instance as GuardDuty lists it: that of an event of the same moment.
func listed(instance, status, issue string, changed time.Time) guarddutytest.Resource {
	return guarddutytest.Resource{
		AccountID: account, Status: status, Issue: issue, UpdatedAt: guarddutytest.Seconds(changed),
		Details: guarddutytest.Details{Type: "EC2", EC2: &guarddutytest.EC2{
			InstanceID: instance, InstanceType: "m6i.large", Agent: &guarddutytest.Agent{Version: "1.7.1"}, ManagementType: "AUTO_MANAGED",
		}},
	}
}

// says fails the test unless the message says all of it, in its text or its blocks.
func says(t *testing.T, m slacktest.Message, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(m.Text+string(m.Blocks), word) {
			t.Errorf("the message does not say %q: %s\n%s", word, m.Text, m.Blocks)
		}
	}
}

func reportOnce(t *testing.T) {
	o := newOffice(t, slacktest.Options{}, covered("i-1", moment(0)), uncovered("i-2", disconnected, moment(0)))
	o.events.invoke(lost("i-2", disconnected, 0))
	o.check(o.reports.report(monday))
	first := inSlack(t, o.slack, 2)[1]
	says(t, first, "Coverage report", "50.0% covered", "1 of 2", "This is the first report", "i-2", "data_table")

	o.check(o.reports.report(monday))
	next := o.reporter()
	o.check(next.report(monday))
	inSlack(t, o.slack, 2)

	o.list(covered("i-1", moment(0)), covered("i-2", moment(25)))
	o.events.invoke(regained("i-2", 25))
	o.check(next.report(tuesday))
	second := inSlack(t, o.slack, 4)[3]
	says(t, second, "100.0% covered", "2 of 2", "(+50.0)", "Regained coverage since", "Coverage over the last reports")
	if second.ThreadTS != "" {
		t.Errorf("the second report is in thread %q, expected a message of its own", second.ThreadTS)
	}
	if diff := cmp.Diff(counted{Resources: 2}, next.counted()); diff != "" {
		t.Errorf("counted in the log (-expected, +got):\n%s", diff)
	}
	o.wrote()
}

// reportConflict has two functions make the same report: both found that nobody was notified, and one remembers it first.
// Tried again, the other finds that there is nothing left to tell.
func reportConflict(t *testing.T) {
	o := newOffice(t, slacktest.Options{}, covered("i-1", moment(0)))
	saving, release := make(chan struct{}), make(chan struct{})
	o.fail(func(r request) breakage {
		if r.action == "UpdateItem" && strings.Contains(r.body, "SET report") {
			close(saving)
			<-release
		}
		return working
	})
	late := make(chan error, 1)
	go func() { late <- o.reports.report(monday) }()
	await(t, saving)
	o.repair()
	o.check(o.reporter().report(monday))
	close(release)
	if err := <-late; err == nil || !strings.Contains(err.Error(), "another report was made meanwhile") {
		t.Errorf("the second to remember one report got %v", err)
	}
	inSlack(t, o.slack, 2)
	o.check(o.reports.report(monday))
	inSlack(t, o.slack, 2)
}

func foundLost(t *testing.T) {
	o := newOffice(t, slacktest.Options{}, uncovered("i-1", disconnected, moment(0)), uncovered("i-2", disconnected, time.Now()))
	o.check(o.reports.report(monday))
	o.wrote(queued{Queue: toWaiting, Kind: aChange})
	o.after(0, o.events)
	messages := inSlack(t, o.slack, 2)
	says(t, messages[0], "Coverage report", "0.0% covered")
	says(t, messages[1], "🔴", "i-1", "Found by")
	if diff := cmp.Diff(counted{Resources: 2, Uncovered: 2, Found: 1}, o.reports.counted()); diff != "" {
		t.Errorf("counted in the log (-expected, +got):\n%s", diff)
	}

	o.events.invoke(lost("i-1", disconnected, 0))
	o.events.invoke(lost("i-1", disconnected, 2))
	o.events.expect("notified", "duplicate", "duplicate")
	inSlack(t, o.slack, 2)
	o.check(o.reports.report(tuesday))
	o.after(0, o.events)
	inSlack(t, o.slack, 3)

	o.events.invoke(regained("i-1", 25))
	if back := inSlack(t, o.slack, 4)[3]; back.ThreadTS != messages[1].TS {
		t.Errorf("the recovery is in thread %q, expected the one of what was found", back.ThreadTS)
	}
	o.wrote()
}

func foundRegained(t *testing.T) {
	o := newOffice(t, slacktest.Options{}, covered("i-1", moment(25)))
	o.events.invoke(lost("i-1", disconnected, 0))
	o.check(o.reports.report(monday))
	o.wrote(queued{Queue: toWaiting, Kind: aChange})
	o.after(0, o.events)
	messages := inSlack(t, o.slack, 3)
	first, answer := messages[0], messages[2]
	if first.Edits != 1 || answer.ThreadTS != first.TS {
		t.Errorf("the first message was changed %d times, the answer is in thread %q", first.Edits, answer.ThreadTS)
	}
	says(t, first, "🟢", "25 min", "Found by")
	says(t, messages[1], "Coverage report", "100.0% covered")

	o.events.invoke(regained("i-1", 25))
	o.events.expect("notified", "notified", "duplicate")
	o.check(o.reports.report(tuesday))
	inSlack(t, o.slack, 4)
	o.wrote()
}

func foundGone(t *testing.T) {
	o := newOffice(t, slacktest.Options{}, covered("i-2", moment(0)))
	o.events.invoke(lost("i-1", disconnected, 0))
	o.check(o.reports.report(monday))
	o.wrote(queued{Queue: toWaiting, Kind: aChange})
	o.after(0, o.events)
	messages := inSlack(t, o.slack, 3)
	first, answer := messages[0], messages[2]
	if first.Edits != 1 || answer.ThreadTS != first.TS {
		t.Errorf("the first message was changed %d times, the answer is in thread %q", first.Edits, answer.ThreadTS)
	}
	says(t, first, "no longer listed", "Found by")
	says(t, answer, "no longer listed")

	o.check(o.reports.report(tuesday))
	inSlack(t, o.slack, 4)
	o.wrote()
}

// regionDenied has incidents in the Region that may not be read. Once it may be, they end. Those of another Region are
// another stack's.
func regionDenied(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	there := guarddutytest.List(covered("i-2", moment(25)))
	closed := there
	closed.Fault = func(c guarddutytest.Call) *guarddutytest.Answer { return guarddutytest.Denied(c.Operation) }
	o.guardduty.Set(region, closed)
	o.guardduty.Set(otherRegion, guarddutytest.List(covered("i-1", moment(0)), uncovered("i-4", disconnected, moment(0))))
	for _, instance := range []string{"i-2", "i-3"} {
		o.events.invoke(lost(instance, disconnected, 0))
	}

	o.check(o.reports.report(monday))
	messages := inSlack(t, o.slack, 3)
	says(t, messages[2], "50.0% covered", "1 of 2", "Access denied: "+region, "guardduty:ListDetectors", "i-4")
	if messages[0].Edits+messages[1].Edits > 0 || len(o.reports.outcomes()) > 0 {
		t.Errorf("something was concluded of a Region that could not be read, or of another stack's: %+v", messages[:2])
	}
	if diff := cmp.Diff(counted{Resources: 2, Uncovered: 1, RegionsUnread: 1}, o.reports.counted()); diff != "" {
		t.Errorf("counted in the log (-expected, +got):\n%s", diff)
	}

	o.guardduty.Set(region, there)
	o.check(o.reports.report(tuesday))
	o.wrote(queued{Queue: toWaiting, Kind: aChange}, queued{Queue: toWaiting, Kind: aChange})
	o.after(0, o.events)
	messages = inSlack(t, o.slack, 6)
	says(t, messages[0], "🟢", "i-2")
	says(t, messages[1], "no longer listed", "i-3")
	says(t, messages[3], "2 of 3")
	o.wrote()
}

// blocksRefused has a Slack that refuses every message with blocks: people read the text, and nothing is given up.
func blocksRefused(t *testing.T) {
	o := newOffice(t, slacktest.Options{RefuseBlocks: "invalid_blocks"}, covered("i-1", moment(25)))
	o.events.invoke(lost("i-1", disconnected, 0))
	says(t, inSlack(t, o.slack, 1)[0], "🔴", "i-1")
	o.events.invoke(regained("i-1", 25))
	messages := inSlack(t, o.slack, 2)
	says(t, messages[0], "🟢", "i-1")
	if messages[0].Edits != 1 || messages[1].ThreadTS != messages[0].TS {
		t.Errorf("the message was changed %d times, the answer is in thread %q", messages[0].Edits, messages[1].ThreadTS)
	}
	o.check(o.reports.report(monday))
	says(t, inSlack(t, o.slack, 3)[2], "100.0% covered")
	for _, m := range o.slack.Messages() {
		if len(m.Blocks) > 0 {
			t.Errorf("the message has blocks: %s", m.Blocks)
		}
	}
	o.events.expect("notified", "notified")
	o.wrote()
}

func reportPlain(t *testing.T) {
	o := newOffice(t, slacktest.Options{Unsupported: []string{"data_table", "data_visualization"}},
		covered("i-1", moment(0)), uncovered("i-2", disconnected, time.Now()))
	o.check(o.reports.report(monday))
	m := inSlack(t, o.slack, 1)[0]
	says(t, m, "50.0% covered", "1 of 2", "i-2")
	if strings.Contains(string(m.Blocks), "data_") {
		t.Errorf("the message has blocks that Slack does not know: %s", m.Blocks)
	}
	if asked, refused := o.slack.Requests("chat.postMessage"), o.slack.Refused("invalid_blocks"); asked != 2 || refused != 1 {
		t.Errorf("posted %d times, refused %d times; expected the second attempt to be taken", asked, refused)
	}
	o.check(o.reports.report(monday))
	inSlack(t, o.slack, 1)
}

func reportTableMissing(t *testing.T) {
	o := newOffice(t, slacktest.Options{}, uncovered("i-1", disconnected, moment(0)))
	err := o.reporter("INCIDENT_TABLE=missing-table").report(monday)
	if err == nil || !strings.Contains(err.Error(), "table missing-table") || !strings.Contains(err.Error(), "ResourceNotFoundException") {
		t.Errorf("the error does not say that missing-table is missing: %v", err)
	}
	inSlack(t, o.slack, 0)
	if calls := o.guardduty.Calls(); len(calls) > 0 {
		t.Errorf("GuardDuty was read %d times for a report that cannot be remembered", len(calls))
	}
}

// proxied is the table as the function reaches it.
func (c *cloud) proxied() *dynamodb.Client {
	config := c.aws.Copy()
	config.BaseEndpoint = new(c.proxy.URL)
	return dynamodb.NewFromConfig(config)
}

func ledgerPages(t *testing.T) {
	c := newCloud(t)
	// These are more than 2 MB, and 1 MB is the most that one page holds.
	const records, groups = 75, 10
	store := dynamo.New(c.dynamo(), c.table, time.Now, rand.Text)
	var sample coverage.Change
	for i := range records {
		claim := largeRecord(t, store, fmt.Sprintf("i-%04d", i))
		c.check(errors.Join(store.Save(t.Context(), []incident.Claim{claim})...))
		sample = claim.Record.Change
	}
	for i := range groups {
		g := incident.Group{
			Key: incident.GroupKey("slack", fmt.Sprint(i)), Sink: "slack", Ref: fmt.Sprint(i), CreatedAt: moment(0),
			Sample: sample, Total: 2, Open: []string{"a", "b"}, Version: 1, Shown: 1,
		}
		c.check(store.CreateGroup(t.Context(), g))
	}

	ledger := dynamo.NewLedger(c.proxied(), c.table)
	c.check(ledger.CountHealed(t.Context()))
	listed := make(map[string]bool)
	for stored, err := range ledger.All(t.Context()) {
		c.check(err)
		key := stored.Record.Key
		if stored.Group != nil {
			key = stored.Group.Key
		} else if !stored.Record.Change.ChangedAt.Equal(moment(0)) {
			t.Fatalf("%s was not read whole: %+v", key, stored.Record)
		}
		if listed[key] {
			t.Errorf("%s was listed twice", key)
		}
		listed[key] = true
	}
	if len(listed) != records+groups {
		t.Errorf("%d were listed, expected %d", len(listed), records+groups)
	}
	if pages := c.asked("Scan"); pages < 3 {
		t.Errorf("the table was read in %d pages, expected at least 3", pages)
	}
}

// largeRecord is a claimed one of 30 KB.
func largeRecord(t *testing.T, store *dynamo.Store, name string) incident.Claim {
	t.Helper()
	resource := coverage.Resource{Account: account, Region: region, Kind: coverage.EC2, Name: name}
	change := coverage.Change{Resource: resource, Status: coverage.Unhealthy, ChangedAt: moment(0)}
	for range 10 {
		change.Issues = append(change.Issues, strings.Repeat("鍵", 1000))
	}
	claim, ok, err := store.Claim(t.Context(), resource.Key(), incident.Intent{})
	if err != nil || !ok {
		t.Fatalf("claiming %s: %v, %v", name, ok, err)
	}
	claim.Record.Observe(change, nil)
	return claim
}

func ledgerConflict(t *testing.T) {
	c := newCloud(t)
	ledger := dynamo.NewLedger(c.dynamo(), c.table)
	save := func(before dynamo.Reports, document string) (dynamo.Reports, error) {
		return ledger.SaveReports(t.Context(), "coverage", before, json.RawMessage(document))
	}
	refused := func(before dynamo.Reports) {
		t.Helper()
		if _, err := save(before, `"late"`); err == nil || !strings.Contains(err.Error(), "another report was made meanwhile") {
			t.Errorf("over what somebody else saved: %v", err)
		}
	}
	none, err := ledger.Reports(t.Context(), "coverage")
	c.check(err)
	first, err := save(none, `"first"`)
	c.check(err)
	refused(none)
	second, err := save(first, `"second"`)
	c.check(err)
	refused(first)
	kept, err := ledger.Reports(t.Context(), "coverage")
	c.check(err)
	if diff := cmp.Diff(second.Document, kept.Document); diff != "" || len(none.Document) > 0 {
		t.Errorf("before the first there is %q; kept is (-expected, +got):\n%s", none.Document, diff)
	}
	if _, err := save(kept, `"third"`); err != nil {
		t.Errorf("over what was just read: %v", err)
	}
}

// reportOfAnOrganization asks moto which Regions the account has enabled, and the built function says what of them and
// of the organization GuardDuty does not watch.
func reportOfAnOrganization(t *testing.T) {
	o := newOffice(t, slacktest.Options{}, covered("i-1", moment(0)))
	administered := guarddutytest.List(covered("i-1", moment(0)))
	administered.Account = account
	administered.Organization = &guarddutytest.Organization{
		Members: []guarddutytest.Member{{AccountID: "444455556666", Off: true}, {AccountID: "555566667777", Status: "Invited"}},
	}
	o.guardduty.Set(region, administered)
	all := o.reporter("REPORT_REGIONS=" + region)
	o.check(all.report(monday))
	says(t, inSlack(t, o.slack, 1)[0], "Of 3 accounts, 2 are not watched.",
		"444455556666", "Runtime Monitoring off", "555566667777", "Member not enabled: Invited", "Enabled, but not in this report")

	all = o.reporter("REPORT_REGIONS=all")
	o.check(all.report(tuesday))
	says(t, inSlack(t, o.slack, 2)[1], "No delegated administrator", otherRegion, "GuardDuty off")
}
