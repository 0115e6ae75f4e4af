package trigger_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/trigger"
)

const event = `{"source":"aws.guardduty","detail-type":"GuardDuty Runtime Protection Healthy"}`

func quoted(s string) string {
	data, _ := json.Marshal(s)
	return string(data)
}

func sqs(bodies ...string) string {
	var records []string
	for i, body := range bodies {
		records = append(records, `{"messageId":"m`+string(rune('0'+i))+`","eventSource":"aws:sqs","body":`+quoted(body)+`}`)
	}
	return `{"Records":[` + strings.Join(records, ",") + `]}`
}

func TestUnwrap(t *testing.T) {
	sns := `{"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","Sns":{"MessageId":"1","Message":` + quoted(event) + `}}]}`
	notification := `{"Type":"Notification","MessageId":"1","TopicArn":"arn:aws:sns:eu-west-1:111122223333:t","Message":` + quoted(event) + `}`
	failed := func(payload string) string {
		return `{"version":"1.0","timestamp":"2026-03-02T02:20:00Z","requestContext":{"requestId":"r","condition":"RetriesExhausted","approximateInvokeCount":3},
			"requestPayload":` + payload + `,"responseContext":{"statusCode":200,"functionError":"Unhandled"},"responsePayload":{"errorMessage":"x"}}`
	}
	tests := map[string]struct {
		payload string
		want    []string
	}{
		"an event":                              {event, []string{event}},
		"SNS around an event":                   {sns, []string{event}},
		"a failed invocation":                   {failed(event), []string{event}},
		"a failed invocation from SNS":          {failed(sns), []string{event}},
		"an SQS batch":                          {sqs(event, event), []string{event, event}},
		"SNS in SQS":                            {sqs(notification), []string{event}},
		"a failed invocation from SNS in SQS":   {sqs(failed(sns)), []string{event}},
		"messages received with the AWS CLI":    {`{"Messages":[{"MessageId":"1","Body":` + quoted(event) + `},{"Body":` + quoted(failed(event)) + `}]}`, []string{event, event}},
		"an empty batch body":                   {sqs(""), []string{""}},
		"a stranger among events":               {sqs(event, "hello", event), []string{event, "hello", event}},
		"an empty object":                       {`{}`, []string{`{}`}},
		"no object":                             {`[1]`, []string{`[1]`}},
		"not JSON":                              {`x`, []string{`x`}},
		"no records":                            {`{"Records":[]}`, []string{`{"Records":[]}`}},
		"records of another type":               {`{"Records":7}`, []string{`{"Records":7}`}},
		"endless nesting":                       {strings.Repeat("[", 100_000), []string{strings.Repeat("[", 100_000)}},
		"an event that only mentions a payload": {`{"requestPayload":{"a":1}}`, []string{`{"requestPayload":{"a":1}}`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, e := range trigger.Unwrap(json.RawMessage(test.payload)).Events {
				got = append(got, string(e))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnwrapStopsAtSomeDepth(t *testing.T) {
	wrapped := event
	for range 100 {
		wrapped = `{"requestContext":{},"requestPayload":` + wrapped + `}`
	}
	events := trigger.Unwrap(json.RawMessage(wrapped)).Events
	if len(events) != 1 || !strings.Contains(string(events[0]), "requestPayload") {
		t.Errorf("got %d events, want one that is still wrapped", len(events))
	}
}

func TestAcknowledgeNamesTheFailedRecordsAlone(t *testing.T) {
	d := trigger.Unwrap(json.RawMessage(sqs(event, "hello", event)))
	ack, err := d.Acknowledge([]error{nil, errors.New("unreadable"), nil})
	if err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(ack)
	if want := `{"batchItemFailures":[{"itemIdentifier":"m1"}]}`; string(data) != want {
		t.Errorf("acknowledgement %s, want %s", data, want)
	}
}

func TestAcknowledgeOfAFullBatchIsAnEmptyList(t *testing.T) {
	ack, err := trigger.Unwrap(json.RawMessage(sqs(event))).Acknowledge([]error{nil})
	if err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(ack)
	if want := `{"batchItemFailures":[]}`; string(data) != want {
		t.Errorf("acknowledgement %s, want %s", data, want)
	}
}

func TestAcknowledgeNamesARecordOnce(t *testing.T) {
	two := `{"Records":[{"eventSource":"aws:sqs","messageId":"m0","body":` + quoted(`{"Records":[{"Sns":{"Message":"a"}},{"Sns":{"Message":"b"}}]}`) + `}]}`
	ack, err := trigger.Unwrap(json.RawMessage(two)).Acknowledge([]error{errors.New("a"), errors.New("b")})
	if err != nil {
		t.Fatal(err)
	}
	if len(ack.Failures) != 1 || ack.Failures[0].MessageID != "m0" {
		t.Errorf("failures %v, want m0 once", ack.Failures)
	}
}

func TestAcknowledgeFailsTheInvocationOfAnythingElse(t *testing.T) {
	failure := errors.New("slack: no")
	if ack, err := trigger.Unwrap(json.RawMessage(event)).Acknowledge([]error{failure}); !errors.Is(err, failure) || ack != nil {
		t.Errorf("got %v, %v; want the error", ack, err)
	}
	if ack, err := trigger.Unwrap(json.RawMessage(event)).Acknowledge([]error{nil}); err != nil || ack != nil {
		t.Errorf("got %v, %v; want nothing", ack, err)
	}
	nameless := `{"Records":[{"eventSource":"aws:sqs","body":"x"}]}`
	if _, err := trigger.Unwrap(json.RawMessage(nameless)).Acknowledge([]error{failure}); !errors.Is(err, failure) {
		t.Errorf("error %v, want the failure of a record that cannot be named", err)
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add([]byte(event))
	f.Add([]byte(sqs(event, "hello")))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := trigger.Unwrap(data)
		errs := make([]error, len(d.Events))
		if _, err := d.Acknowledge(errs); err != nil {
			t.Errorf("nothing failed, and yet: %v", err)
		}
	})
}
