package format_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/organization"
)

var update = flag.Bool("update", false, "rewrite the golden items of the newest version")

// sample has every field of a change set.
var sample = coverage.Change{
	Resource: coverage.Resource{
		Kind: coverage.EC2, Name: `i-1 "<é>"`, Account: "111122223333", Region: "eu-west-1",
		ClusterARN: "arn:aws:eks:eu-west-1:111122223333:cluster/c",
	},
	Status: coverage.Unhealthy, Previous: coverage.Healthy, Issues: []string{"No Agent Reporting:Agent disconnected"},
	Agent:        coverage.Agent{Version: "1.7.0", Status: "ACTIVE", Management: "AUTO_MANAGED"},
	Coverage:     coverage.Count{Covered: 1, Total: 3},
	InstanceType: "t3.micro", ChangedAt: now, ReceivedAt: now.Add(5 * time.Minute), EventID: "e-1", Found: true, Gone: true,
}

var sampleRecord = incident.Record{
	Key: sample.Resource.Key(), Change: sample, OpenedAt: now.Add(-time.Hour), Causes: []string{"agent-disconnected"},
	Wake: incident.Wake{WakeAt: now.Add(time.Minute)},
	Notified: map[string]incident.Notified{
		"slack": {Status: coverage.Unhealthy, Causes: []string{"agent-disconnected"}, Ref: "C01/1.2"},
		"sns": {Status: coverage.Healthy, Group: "group/sns/1", Uncertain: true, Retry: incident.Retry{
			FailingSince: now, DeferredSince: now.Add(time.Second), NextAttempt: now.Add(time.Hour), GaveUp: true,
		}},
	},
}

// sampleGroup has no members and no version: those change apart from the rest.
var sampleGroup = incident.Group{
	Key: "group/slack/C01/1.2", Sink: "slack", Ref: "C01/1.2", Language: "ja", CreatedAt: now, Sample: sample,
	Evidence: []coverage.Evidence{{Check: "ec2-ssm", Found: "unmanaged", Values: map[string]string{"name": "i-1"}}},
	Names:    []string{"i-1", "i-2"}, Total: 2, Shown: 3, Kinds: map[coverage.Kind]int{coverage.EC2: 1, coverage.EKS: 1},
	Retry: incident.Retry{FailingSince: now, DeferredSince: now, NextAttempt: now.Add(time.Minute)},
}

// sampleLooked is a group whose evidence says when it was found: that of the first version did not.
var sampleLooked = incident.Group{
	Key: sampleGroup.Key, Sink: "slack", CreatedAt: now, Sample: sample, Total: 2,
	Evidence: []coverage.Evidence{{Check: "ec2-ssm", Found: "unmanaged", LookedAt: now}, {Check: "actor", Found: "none"}},
}

// sampleLosses is a record that keeps losses: those of the first version did not.
var sampleLosses = incident.Record{Key: sample.Resource.Key(), Change: sample, Losses: []coverage.Loss{
	{OpenedAt: now.Add(-time.Hour), ClosedAt: now, Causes: []string{"agent-disconnected"}, Gone: true},
	{OpenedAt: now.Add(time.Hour), ClosedAt: now.Add(2 * time.Hour)},
}}

var sampleMonth = coverage.Month{Through: now, Shorter: 3, ShorterTotal: 90 * time.Second, Losses: []coverage.Loss{
	{
		Resource: coverage.Resource{Kind: coverage.EC2, Name: `i-1 "<é>"`, Account: "111122223333", Region: "eu-west-1"},
		OpenedAt: now.Add(-time.Hour), ClosedAt: now, Causes: []string{"agent-disconnected"}, Gone: true,
	},
	{Resource: coverage.Resource{Kind: coverage.EKS, Name: "shop"}, OpenedAt: now, ClosedAt: now.Add(time.Second)},
}}

var sampleIntent = incident.Intent{Change: sample, Sinks: []string{"slack", "sns"}}
var sampleDirectory = organization.Directory{At: now, Accounts: map[string]organization.Entry{
	"111122223333": {Name: `shop "<é>"`, Unit: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", Tags: []string{"env=prod", "owner=a"}},
	"222233334444": {Name: "labs", Unit: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", Tags: []string{}},
	"333344445555": {Name: "root", Unit: "o-a1b2c3d4e5/r-ab12/"},
	"444455556666": {},
}}

// TestStoredFormsAreGolden reads the items of every version still in use, and writes those of the newest. A golden item
// is never edited: a change that would need that needs a new version.
func TestStoredFormsAreGolden(t *testing.T) {
	record, err := format.MarshalRecord(sampleRecord)
	check(t, err)
	group, err := format.MarshalGroup(sampleGroup)
	check(t, err)
	looked, err := format.MarshalGroup(sampleLooked)
	check(t, err)
	single, err := format.MarshalChange(sample)
	check(t, err)
	intent, err := format.MarshalIntent(sampleIntent)
	check(t, err)
	directory, err := format.MarshalDirectory(sampleDirectory)
	check(t, err)
	losses, err := format.MarshalRecord(sampleLosses)
	check(t, err)
	month, err := format.MarshalMonth(sampleMonth)
	check(t, err)
	wakeUp := format.Queued{Key: sample.Resource.Key(), Due: now, Redrive: []string{"slack"}}.Body()
	waiting := format.Queued{Change: single, Since: now, MayHaveSent: []string{"slack", "sns"}, Notified: []string{"sns"}}.Body()
	for name, written := range map[string][]byte{
		"record-v1.json": record, "group-v1.json": group, "group-looked-v1.json": looked, "change-v1.json": single, "intent-v1.json": intent,
		"record-losses-v1.json": losses, "month-v1.json": month, "directory-v1.json": directory, "wakeup-v1.json": wakeUp, "queued-v1.json": waiting,
	} {
		file := filepath.Join("testdata", name)
		if *update {
			check(t, os.WriteFile(file, append(written, '\n'), 0o644))
		}
		golden, err := os.ReadFile(file)
		check(t, err)
		if diff := cmp.Diff(strings.TrimSpace(string(golden)), string(written)); diff != "" {
			t.Errorf("%s (-golden +written):\n%s", name, diff)
		}
	}
	read, err := format.UnmarshalRecord(record)
	check(t, err)
	if diff := cmp.Diff(sampleRecord, read); diff != "" {
		t.Errorf("a record (-saved +read):\n%s", diff)
	}
	readLosses, err := format.UnmarshalRecord(losses)
	check(t, err)
	if diff := cmp.Diff(sampleLosses, readLosses); diff != "" {
		t.Errorf("a record with losses (-saved +read):\n%s", diff)
	}
	readMonth, err := format.UnmarshalMonth(month)
	check(t, err)
	if diff := cmp.Diff(sampleMonth, readMonth); diff != "" {
		t.Errorf("a month (-saved +read):\n%s", diff)
	}
	readGroup, err := format.UnmarshalGroup(group)
	check(t, err)
	if diff := cmp.Diff(sampleGroup, readGroup); diff != "" {
		t.Errorf("a group (-saved +read):\n%s", diff)
	}
	readLooked, err := format.UnmarshalGroup(looked)
	check(t, err)
	if diff := cmp.Diff(sampleLooked, readLooked); diff != "" {
		t.Errorf("a group whose evidence has times (-saved +read):\n%s", diff)
	}
	readChange, err := format.UnmarshalChange(single)
	check(t, err)
	if diff := cmp.Diff(sample, readChange); diff != "" {
		t.Errorf("a change (-saved +read):\n%s", diff)
	}
	for _, body := range []json.RawMessage{wakeUp, waiting} {
		read, err := format.OpenQueued(body)
		check(t, err)
		if diff := cmp.Diff(string(body), string(read.Body())); diff != "" {
			t.Errorf("a queued message (-queued +read):\n%s", diff)
		}
	}
	readIntent, err := format.UnmarshalIntent(intent)
	check(t, err)
	if diff := cmp.Diff(sampleIntent, readIntent); diff != "" {
		t.Errorf("an intent (-saved +read):\n%s", diff)
	}
	readDirectory, err := format.UnmarshalDirectory(directory)
	check(t, err)
	if diff := cmp.Diff(sampleDirectory, readDirectory); diff != "" {
		t.Errorf("a directory (-saved +read):\n%s", diff)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestAnEmptyRecordComesBackEmpty(t *testing.T) {
	document, err := format.MarshalRecord(incident.Record{Key: "k"})
	check(t, err)
	if string(document) != `{"version":1,"key":"k"}` {
		t.Errorf("stored as %s", document)
	}
	r, err := format.UnmarshalRecord(document)
	check(t, err)
	if diff := cmp.Diff(incident.Record{Key: "k"}, r); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsNotOursIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		document, want string
		newer          bool
	}{
		"a newer version":  {`{"version":2,"key":{"new":"form"}}`, "version 2, this one reads up to 1", true},
		"no version":       {`{"key":"k"}`, "version 0, expected 1 to 1", false},
		"no number":        {`{"version":"1"}`, "the document: ", false},
		"another form":     {`{"version":1,"key":["slack"],"accounts":"none"}`, "the document: ", false},
		"a broken one":     {`{`, "the document: ", false},
		"nothing":          {``, "the document: ", false},
		"no JSON document": {`null`, "version 0, expected", false},
	} {
		_, err := format.UnmarshalRecord([]byte(test.document))
		if err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, format.ErrNewer) != test.newer {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := format.UnmarshalGroup([]byte(test.document)); err == nil {
			t.Errorf("%s is read as a group", name)
		}
		month := strings.ReplaceAll(test.document, `"key"`, `"losses"`)
		if _, err := format.UnmarshalMonth([]byte(month)); err == nil {
			t.Errorf("%s is read as a month", name)
		}
		if _, err := format.UnmarshalDirectory([]byte(test.document)); err == nil || errors.Is(err, format.ErrNewer) != test.newer {
			t.Errorf("%s is read as a directory: %v", name, err)
		}
	}
	for _, document := range []string{`{`, `{}`, `{"status":"PAUSED"}`, `{"status":7}`} {
		if _, err := format.UnmarshalChange([]byte(document)); err == nil || !strings.Contains(err.Error(), "reading a change") {
			t.Errorf("%s is read as a change: %v", document, err)
		}
	}
}

// TestWhatIsStoredIsShort holds hostile events to what an item and a queued message may hold.
func TestWhatIsStoredIsShort(t *testing.T) {
	long := strings.Repeat("語", 100_000)
	c := coverage.Change{
		Resource: coverage.Resource{Kind: coverage.Kind(long), Name: long, Account: long, Region: long, ClusterARN: long},
		Status:   coverage.Unhealthy, Agent: coverage.Agent{Version: long, Status: long, Management: long}, InstanceType: long, EventID: long,
	}
	for range 100 {
		c.Issues = append(c.Issues, long)
	}
	document, err := format.MarshalChange(c)
	check(t, err)
	if len(document) > 100_000 || !utf8.Valid(document) {
		t.Errorf("%d bytes are stored", len(document))
	}
	read, err := format.UnmarshalChange(document)
	check(t, err)
	if len(read.Issues) != 10 || utf8.RuneCountInString(read.Resource.Name) != 1001 {
		t.Errorf("%d issues, a name of %d runes", len(read.Issues), utf8.RuneCountInString(read.Resource.Name))
	}
	if len(c.Issues[0]) != len(long) {
		t.Error("storing a change shortened the change itself")
	}
}
