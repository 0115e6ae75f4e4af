// Package trigger unwraps whatever invoked the function (EventBridge, an SQS batch, SNS, a record of a failed
// invocation, or one of these inside another), or was saved of it, into events, and turns what became of them back into the
// acknowledgement that the invoker expects.
package trigger

import (
	"encoding/json"
	"errors"
	"fmt"
)

// deepest is how many wrappings are taken off an event. SNS in SQS in a failed-invocation record makes three.
const deepest = 5

// Delivery is one payload, unwrapped.
type Delivery struct {
	// Events are what was found inside, in order. What is no JSON, or no wrapping known here, is there as it came.
	Events []json.RawMessage
	// owners says for each event which record of an SQS batch it came in; nil when the payload was no such batch.
	owners []string
}

// Acknowledgement is a partial-batch response
// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
type Acknowledgement struct {
	// Failures are the records that SQS is to deliver again.
	Failures []Failure `json:"batchItemFailures"`
}

// Failure names a record that was not dealt with.
type Failure struct {
	MessageID string `json:"itemIdentifier"`
}

// payload is every form of invocation at once; which it is shows in the fields that are set.
type payload struct {
	Records []record `json:"Records"`
	// Of a record of a failed asynchronous invocation
	// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
	RequestPayload json.RawMessage `json:"requestPayload"`
	RequestContext json.RawMessage `json:"requestContext"`
	// Of what "aws sqs receive-message" prints.
	Messages []struct {
		Body string `json:"Body"`
	} `json:"Messages"`
	// Of an SNS notification in the body of an SQS message.
	Type    string `json:"Type"`
	Message string `json:"Message"`
}

type record struct {
	MessageID   string `json:"messageId"`
	EventSource string `json:"eventSource"`
	Body        string `json:"body"`
	SNS         *struct {
		Message string `json:"Message"`
	} `json:"Sns"`
}

// Unwrap reads a payload. It never fails: what it does not recognise is an event.
func Unwrap(data json.RawMessage) Delivery {
	var p payload
	if json.Unmarshal(data, &p) != nil || !isBatch(p) {
		return Delivery{Events: unwrap(data, deepest)}
	}
	d := Delivery{owners: []string{}}
	for _, r := range p.Records {
		for _, event := range unwrap(json.RawMessage(r.Body), deepest) {
			d.Events = append(d.Events, event)
			d.owners = append(d.owners, r.MessageID)
		}
	}
	return d
}

func isBatch(p payload) bool {
	return len(p.Records) > 0 && p.Records[0].EventSource == "aws:sqs"
}

// unwrap takes off one wrapping, and those inside it.
func unwrap(data json.RawMessage, depth int) []json.RawMessage {
	var p payload
	if depth == 0 || json.Unmarshal(data, &p) != nil {
		return []json.RawMessage{data}
	}
	var inner []json.RawMessage
	switch {
	case len(p.RequestPayload) > 0 && len(p.RequestContext) > 0:
		inner = append(inner, p.RequestPayload)
	case p.Type == "Notification" && p.Message != "":
		inner = append(inner, json.RawMessage(p.Message))
	case len(p.Messages) > 0:
		for _, m := range p.Messages {
			inner = append(inner, json.RawMessage(m.Body))
		}
	case len(p.Records) > 0:
		for _, r := range p.Records {
			if r.SNS != nil {
				inner = append(inner, json.RawMessage(r.SNS.Message))
			} else {
				inner = append(inner, json.RawMessage(r.Body))
			}
		}
	default:
		return []json.RawMessage{data}
	}
	var events []json.RawMessage
	for _, wrapped := range inner {
		events = append(events, unwrap(wrapped, depth-1)...)
	}
	return events
}

// Acknowledge says what to answer to the invoker; errs[i] is what became of Events[i]. To SQS the failed records
// are named and the error is nil; to any other invoker the error is all of errs, so that it delivers again or keeps
// the payload for a person.
func (d Delivery) Acknowledge(errs []error) (*Acknowledgement, error) {
	if d.owners == nil {
		return nil, errors.Join(errs...)
	}
	ack := &Acknowledgement{Failures: []Failure{}}
	failed := make(map[string]bool)
	for i, err := range errs {
		owner := d.owners[i]
		if err == nil || failed[owner] {
			continue
		}
		if owner == "" {
			return nil, fmt.Errorf("an SQS record without a messageId: %w", err)
		}
		failed[owner] = true
		ack.Failures = append(ack.Failures, Failure{MessageID: owner})
	}
	return ack, nil
}
