// Package sqs keeps what has to wait in one Amazon SQS queue, and what was given up in another.
package sqs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	// timeout is how long one request may take.
	timeout = 5 * time.Second
	// longestReason is how many runes of a reason go along with what was given up.
	longestReason = 1000
)

// sender is what the Queue needs of SQS; *sqs.Client is one.
type sender interface {
	SendMessage(ctx context.Context, in *sqs.SendMessageInput, opts ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

// Queue is a pair of queues. It may be used concurrently.
type Queue struct {
	client              sender
	waiting, deadLetter string
}

// New returns the Queue with those URLs. Without a dead-letter queue DeadLetter is an error.
func New(client sender, waiting, deadLetter string) *Queue {
	return &Queue{client: client, waiting: waiting, deadLetter: deadLetter}
}

// Send brings body back after delay, which counts in whole seconds and at most 15 minutes.
func (q *Queue) Send(ctx context.Context, body json.RawMessage, delay time.Duration) error {
	return q.send(ctx, q.waiting, &sqs.SendMessageInput{
		MessageBody:  new(string(body)),
		DelaySeconds: int32(delay.Round(time.Second) / time.Second),
	})
}

// DeadLetter puts body into the dead-letter queue, with the reason as its message attribute "Reason".
func (q *Queue) DeadLetter(ctx context.Context, body json.RawMessage, reason string) error {
	if q.deadLetter == "" {
		return errors.New("no dead-letter queue is configured")
	}
	return q.send(ctx, q.deadLetter, &sqs.SendMessageInput{
		MessageBody: new(string(body)),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"Reason": {DataType: new("String"), StringValue: new(printable(reason))},
		},
	})
}

func (q *Queue) send(ctx context.Context, url string, in *sqs.SendMessageInput) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	in.QueueUrl = &url
	if _, err := q.client.SendMessage(ctx, in); err != nil {
		return fmt.Errorf("sending to queue %s: %w", url, err)
	}
	return nil
}

// printable is the reason without the characters that SQS refuses, and never empty
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
func printable(reason string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(reason, "?")))
	if len(runes) == 0 {
		return "-"
	}
	return string(runes[:min(len(runes), longestReason)])
}
