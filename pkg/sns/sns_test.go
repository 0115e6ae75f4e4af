package sns_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/sns"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	topic     = "arn:aws:sns:eu-central-1:444455556666:coverage"
	fifoTopic = topic + ".fifo"

	recordSchema = "../../docs/message.schema.json"
	reportSchema = "../../docs/report.schema.json"
	qSchema      = "testdata/custom-notification.schema.json"
)

func TestSend(t *testing.T) {
	for _, format := range []sns.Format{sns.Text, sns.JSON, sns.AmazonQ} {
		for name, m := range map[string]message.Message{"lost": lost(), "restored": restored()} {
			t.Run(string(format)+"-"+name, func(t *testing.T) {
				compareGolden(t, string(format)+"-"+name+".txt", readable(t, publish(t, format, m)))
			})
		}
	}
}

func TestTextIsTheDefaultFormat(t *testing.T) {
	if diff := gocmp.Diff(readable(t, publish(t, sns.Text, lost())), readable(t, publish(t, "", lost()))); diff != "" {
		t.Errorf("an empty format differs from text:\n%s", diff)
	}
}

func TestSendOfAnUpdatePublishesNothing(t *testing.T) {
	client := &fakeClient{}
	m := lost()
	m.Update = true
	ref, err := sns.New(client, topic, sns.Text, rand.Text).Send(t.Context(), m, "")
	if ref != "" || err != nil || len(client.inputs) != 0 {
		t.Errorf("got ref %q, error %v, %d messages; want nothing of each", ref, err, len(client.inputs))
	}
}

func TestSendGoesToTheTopicsRegion(t *testing.T) {
	client := &fakeClient{}
	sink := sns.New(client, "arn:aws-us-gov:sns:us-gov-west-1:444455556666:coverage", sns.Text, rand.Text)
	if _, err := sink.Send(t.Context(), lost(), "a parent is of no use"); err != nil {
		t.Fatal(err)
	}
	if client.options.Region != "us-gov-west-1" {
		t.Errorf("published in %q", client.options.Region)
	}
}

func TestAttributes(t *testing.T) {
	two := lost()
	recordOf(two).Findings = []message.RecordFinding{{ID: "a"}, {ID: "b", Actionable: true}, {ID: "a"}, {}}
	none := lost()
	none.Form = &message.Record{}
	hostile := lost()
	hostile.Form = &message.Record{Status: "UNHEALTHY", Resource: message.RecordResource{
		Kind: "K\n\x00" + strings.Repeat("ü", 200), Region: strings.Repeat("r", 256), Account: strings.Repeat("a", 257),
	}}
	tests := map[string]struct {
		message message.Message
		want    map[string]string
	}{
		"lost": {lost(), map[string]string{
			"status": "UNHEALTHY", "kind": "EKS", "account": "111122223333", "region": "eu-central-1",
			"issue": `["addon-pods-unschedulable"]`, "actionable": "true",
		}},
		"restored": {restored(), map[string]string{
			"status": "HEALTHY", "kind": "EKS", "account": "111122223333", "region": "eu-central-1", "actionable": "false",
		}},
		"several issues": {two, map[string]string{
			"status": "UNHEALTHY", "kind": "EKS", "account": "111122223333", "region": "eu-central-1",
			"issue": `["a","b"]`, "actionable": "true",
		}},
		"nothing known": {none, map[string]string{}},
		"hostile": {hostile, map[string]string{
			"status": "UNHEALTHY", "actionable": "false",
			"kind":   "K \uFFFD" + strings.Repeat("ü", 125), // 255 bytes: the next rune would end at 257
			"region": strings.Repeat("r", 256), "account": strings.Repeat("a", 256),
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := map[string]string{}
			for name, value := range publish(t, sns.JSON, test.message).MessageAttributes {
				got[name] = *value.StringValue
				if want := dataType(name); *value.DataType != want {
					t.Errorf("%s is a %s, want %s", name, *value.DataType, want)
				}
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("attributes differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAttributesHoldFiftyIssues(t *testing.T) {
	for _, n := range []int{50, 51} {
		m := lost()
		recordOf(m).Findings = nil
		for i := range n {
			recordOf(m).Findings = append(recordOf(m).Findings, message.RecordFinding{ID: fmt.Sprint("issue-", i)})
		}
		var ids []string
		if err := json.Unmarshal([]byte(*publish(t, sns.JSON, m).MessageAttributes["issue"].StringValue), &ids); err != nil {
			t.Fatal(err)
		}
		if len(ids) != 50 {
			t.Errorf("%d issues make %d ids, want 50", n, len(ids))
		}
	}
}

func dataType(attribute string) string {
	if attribute == "issue" {
		return "String.Array"
	}
	return "String"
}

// fifo publishes messages to a FIFO topic one after the other and returns the requests.
func fifo(t *testing.T, messages ...message.Message) []*awssns.PublishInput {
	t.Helper()
	client := &fakeClient{}
	sink := sns.New(client, fifoTopic, sns.Text, rand.Text)
	for _, m := range messages {
		if _, err := sink.Send(t.Context(), m, ""); err != nil {
			t.Fatal(err)
		}
	}
	return client.inputs
}

func TestFIFOGroupIsTheResource(t *testing.T) {
	tests := map[string]struct {
		change func(*message.Message)
		same   bool
	}{
		"the recovery":      {func(m *message.Message) { recordOf(*m).Status = "HEALTHY" }, true},
		"another issue":     {func(m *message.Message) { recordOf(*m).Findings = []message.RecordFinding{{ID: "other"}} }, true},
		"a group's message": {func(m *message.Message) { m.Title = "12 clusters" }, true},
		"another resource":  {func(m *message.Message) { recordOf(*m).Resource.Name = "other" }, false},
		"another account":   {func(m *message.Message) { recordOf(*m).Resource.Account = "222233334444" }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := lost()
			test.change(&m)
			inputs := fifo(t, lost(), m)
			first, second := *inputs[0].MessageGroupId, *inputs[1].MessageGroupId
			if (first == second) != test.same || len(first) > 128 {
				t.Errorf("groups %q and %q, want the same: %v", first, second, test.same)
			}
		})
	}
}

// TestFIFODeliversACorrection publishes the same recovery twice, with a loss between that arrived late: SNS
// may not take the second for a repetition of the first.
func TestFIFODeliversACorrection(t *testing.T) {
	inputs := fifo(t, restored(), lost(), restored())
	if *inputs[0].Message != *inputs[2].Message {
		t.Error("the correction says something else, so that this test shows nothing")
	}
	var ids []string
	for _, input := range inputs {
		id := *input.MessageDeduplicationId
		if slices.Contains(ids, id) || len(id) > 128 || strings.Trim(id, alphanumeric) != "" {
			t.Errorf("SNS refuses %q, or drops it as one of %q", id, ids)
		}
		ids = append(ids, id)
	}
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// TestFIFODropsTheSDKsRepetition loses the answer of the first attempt.
func TestFIFODropsTheSDKsRepetition(t *testing.T) {
	var mu sync.Mutex
	var ids []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		ids = append(ids, r.FormValue("MessageDeduplicationId"))
		if len(ids) == 1 {
			panic(http.ErrAbortHandler)
		}
		fmt.Fprint(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult/></PublishResponse>`)
	}))
	defer server.Close()
	sink := sns.New(clientOf(server.URL, retryAtOnce()), fifoTopic, sns.Text, rand.Text)
	if _, err := sink.Send(t.Context(), lost(), ""); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(ids) != 2 || ids[0] == "" || ids[0] != ids[1] {
		t.Errorf("the attempts had the ids %q", ids)
	}
}

func TestStandardTopicsGetNoGroup(t *testing.T) {
	input := publish(t, sns.Text, lost())
	if input.MessageGroupId != nil || input.MessageDeduplicationId != nil {
		t.Error("a standard topic refuses a deduplication id")
	}
}

// fakeClient remembers what it is asked to publish.
type fakeClient struct {
	inputs  []*awssns.PublishInput
	options awssns.Options
}

func (c *fakeClient) Publish(_ context.Context, input *awssns.PublishInput, options ...func(*awssns.Options)) (*awssns.PublishOutput, error) {
	c.inputs = append(c.inputs, input)
	for _, option := range options {
		option(&c.options)
	}
	return &awssns.PublishOutput{MessageId: new("1")}, nil
}

// publish sends m and checks what holds of every message.
func publish(t *testing.T, format sns.Format, m message.Message) *awssns.PublishInput {
	t.Helper()
	if m.Form == nil {
		m.Form = message.Record{}
	}
	client := &fakeClient{}
	ref, err := sns.New(client, topic, format, rand.Text).Send(t.Context(), m, "")
	if err != nil || ref != "" || len(client.inputs) != 1 {
		t.Fatalf("got ref %q, error %v, %d messages", ref, err, len(client.inputs))
	}
	input := client.inputs[0]
	if *input.TopicArn != topic {
		t.Errorf("published to %s", *input.TopicArn)
	}
	if total := totalBytes(input); total > 262_144 {
		t.Errorf("%d bytes in all", total)
	}
	if len(input.MessageAttributes) > 10 {
		t.Errorf("%d attributes", len(input.MessageAttributes))
	}
	for name, value := range input.MessageAttributes {
		if *value.StringValue == "" {
			t.Errorf("attribute %s is empty", name)
		}
	}
	if format == sns.JSON || format == sns.AmazonQ {
		if input.Subject != nil || input.MessageStructure != nil {
			t.Errorf("%s has a subject or a structure", format)
		}
	}
	return input
}

// totalBytes counts what SNS counts, and the subject.
func totalBytes(input *awssns.PublishInput) int {
	total := len(*input.Message)
	if input.Subject != nil {
		total += len(*input.Subject)
	}
	for name, value := range input.MessageAttributes {
		total += len(name) + len(*value.DataType) + len(*value.StringValue)
	}
	return total
}

// protocols are the bodies by protocol.
func protocols(t *testing.T, input *awssns.PublishInput) map[string]string {
	t.Helper()
	if input.MessageStructure == nil || *input.MessageStructure != "json" {
		t.Fatal("the message structure is not json")
	}
	bodies := map[string]string{}
	if err := json.Unmarshal([]byte(*input.Message), &bodies); err != nil {
		t.Fatal(err)
	}
	return bodies
}

// readable lays out an input for review.
func readable(t *testing.T, input *awssns.PublishInput) string {
	t.Helper()
	var b strings.Builder
	if input.Subject != nil {
		fmt.Fprintf(&b, "Subject: %s\n", *input.Subject)
	}
	for _, name := range slices.Sorted(maps.Keys(input.MessageAttributes)) {
		value := input.MessageAttributes[name]
		fmt.Fprintf(&b, "%s (%s): %s\n", name, *value.DataType, *value.StringValue)
	}
	if input.MessageStructure == nil {
		return b.String() + "\n" + indented(t, *input.Message)
	}
	bodies := protocols(t, input)
	readers := map[string][]string{}
	for _, protocol := range slices.Sorted(maps.Keys(bodies)) {
		readers[bodies[protocol]] = append(readers[bodies[protocol]], protocol)
	}
	for _, body := range slices.SortedFunc(maps.Keys(readers), func(a, b string) int {
		return cmp.Compare(readers[a][0], readers[b][0])
	}) {
		names := strings.Join(readers[body], ", ")
		if strings.HasPrefix(body, "{") {
			body = indented(t, body)
		}
		fmt.Fprintf(&b, "\n--- %s\n%s", names, body)
	}
	return b.String() + "\n"
}

func indented(t *testing.T, document string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(document), "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.String() + "\n"
}

func validate(t *testing.T, schemaFile, document string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatalf("%v in %.300q", err, document)
	}
	if err := schemas()[schemaFile].Validate(value); err != nil {
		t.Errorf("%v\nin %.2000s", err, document)
	}
}

// schemas are compiled once; the fuzz target needs them often.
var schemas = sync.OnceValue(func() map[string]*jsonschema.Schema {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	return map[string]*jsonschema.Schema{
		recordSchema: compiler.MustCompile(recordSchema),
		reportSchema: compiler.MustCompile(reportSchema),
		qSchema:      compiler.MustCompile(qSchema),
	}
})

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

func lost() message.Message {
	at := time.Date(2026, 11, 23, 3, 4, 5, 0, time.UTC)
	steps := []message.Step{
		{Text: "See which pods wait, and on which nodes.", Command: "kubectl get pods -n amazon-guardduty -o wide"},
		{Text: "Give the agent a `PriorityClass` that may preempt, or add nodes."},
	}
	var recordSteps []message.RecordStep
	for _, step := range steps {
		recordSteps = append(recordSteps, message.RecordStep{Text: step.Text, Command: step.Command})
	}
	const issue = "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: not scheduled 0/3 nodes are available: 3 Insufficient cpu. <!channel> & [all is well](https://evil.example)"
	page := message.Link{Label: "How to troubleshoot it", URL: "https://docs.aws.amazon.com/guardduty/latest/ug/eks-runtime-monitoring-coverage.html#gdu-eks-runtime-coverage-addon-issues"}
	return message.Message{
		Tone:  message.Lost,
		Title: "payments-prod: agent pods cannot be scheduled",
		State: "Coverage lost", Where: "EKS, eu-central-1, payments",
		Context: []message.Item{
			{Text: "EKS"}, {Text: "payments (111122223333)"}, {Text: "since {time}", At: at, Clock: "2026-03-02 22:39 UTC"},
		},
		Summary:  "The nodes lack resources for the agent pods of `payments-prod`.",
		Evidence: []message.Evidence{{Mark: message.Wrong, Check: "Agent add-on", Result: "`DEGRADED`: <!here> [fine](https://evil.example)"}},
		First:    &steps[0],
		Links:    []message.Link{{Label: "Cluster", URL: "https://eu-central-1.console.aws.amazon.com/eks/home?region=eu-central-1#/clusters/payments-prod"}},
		Fold:     "All facts",
		Sections: []message.Section{
			{Heading: "Next steps", Before: 1, Steps: steps[1:], Links: []message.Link{page}},
			{Heading: "Issue reported by GuardDuty", Quote: issue},
			{Heading: "Diagnosis", Evidence: []message.Evidence{{Mark: message.Right, Check: "Nodes", Result: "3 running."}}},
		},
		Facts: []message.Fact{
			{Label: "Cluster", Value: "payments-prod", Code: true},
			{Label: "Region", Value: "eu-central-1", Code: true},
		},
		Words: message.Words{More: "… {n} more", Cut: "… (cut)", First: "First:", Facts: "Facts"},
		Form: &message.Record{
			Version: message.RecordVersion, Status: "UNHEALTHY",
			Resource: message.RecordResource{
				Kind: "EKS", Name: "payments-prod", ARN: "arn:aws:eks:eu-central-1:111122223333:cluster/payments-prod",
				Account: "111122223333", Region: "eu-central-1", Covered: new(2), Total: new(3),
			},
			ChangedAt: at, ReceivedAt: at.Add(9 * time.Minute),
			Findings: []message.RecordFinding{{
				ID: "addon-pods-unschedulable", Type: "Addon Status Unhealthy", Text: issue,
				Title: "the agent's pods cannot be scheduled", Cause: "The nodes have no room for the pods of the agent.", Actionable: true,
				Steps: recordSteps, Links: []message.RecordLink{message.RecordLink(page)},
			}},
			Evidence: []message.RecordEvidence{
				{Check: "eks-addon", Result: "It is `DEGRADED`: <!here> [fine](https://evil.example)"}, {Check: "eks-nodes", Result: "3 of them run.", OK: true},
			},
			Incident: &message.RecordIncident{OpenedAt: at},
		},
	}
}

func restored() message.Message {
	m := lost()
	m.Tone = message.Restored
	m.Title, m.State = "payments-prod: covered again after 41 min", "Coverage restored"
	m.Summary = "GuardDuty Runtime Monitoring covers it again."
	m.Evidence, m.First, m.Links, m.Sections, m.Facts = nil, nil, nil, nil, nil
	recordOf(m).Status = "HEALTHY"
	recordOf(m).Findings, recordOf(m).Evidence = nil, nil
	recordOf(m).ChangedAt = recordOf(m).ChangedAt.Add(41 * time.Minute)
	recordOf(m).Incident = &message.RecordIncident{OpenedAt: recordOf(m).Incident.OpenedAt, DurationSeconds: 41 * 60}
	return m
}
