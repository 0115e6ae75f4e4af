// Package sns delivers messages to an Amazon SNS topic: as text for people, as JSON for programs, or as
// a custom notification of Amazon Q Developer in chat applications.
package sns

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"guardduty-coverage-notifier/pkg/message"
)

// Format is what subscribers of the topic receive.
type Format string

// The formats of a topic.
const (
	// Text gives each protocol its own form: people get the whole message as plain text, phones one
	// line, and queues, functions and web hooks the machine form (message.Message.Form).
	Text Format = "text"
	// JSON is the machine form for every protocol.
	JSON Format = "json"
	// AmazonQ is what Amazon Q Developer in chat applications posts to Slack or Microsoft Teams. Such a
	// topic serves nothing else, because Amazon Q wants to find exactly this form.
	AmazonQ Format = "amazon-q"
)

// publisher is what a Sink needs of *sns.Client, which also does the retries.
type publisher interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Sink publishes messages to one topic.
type Sink struct {
	client publisher
	topic  string
	format Format
	unique func() string
}

// New is a Sink for the topic of that ARN, standard or FIFO, in any Region. An empty format is Text. unique
// returns another text each time, of at most 128 letters and digits, which only FIFO topics need.
func New(client publisher, topicARN string, format Format, unique func() string) *Sink {
	return &Sink{client: client, topic: topicARN, format: cmp.Or(format, Text), unique: unique}
}

// Name is the name of every Sink of this package.
func (s *Sink) Name() string { return "sns" }

// Send publishes m. What was published cannot be found again, so that ref is always empty, parent is of
// no use, and an update of an earlier message is not sent at all. Every error is an *Error.
func (s *Sink) Send(ctx context.Context, m message.Message, _ string) (ref string, err error) {
	if m.Update {
		return "", nil
	}
	input, err := s.input(m)
	if err != nil {
		return "", &Error{err: fmt.Errorf("rendering for %s: %w", s.topic, err), permanent: true}
	}
	var attempts attempts
	if _, err := s.client.Publish(ctx, input, s.inItsRegion, attempts.watch); err != nil {
		return "", newError(fmt.Errorf("publishing to %s: %w", s.topic, err), attempts.uncertain)
	}
	return "", nil
}

// inItsRegion sends the call to the topic's Region, which need not be the function's.
func (s *Sink) inItsRegion(options *sns.Options) {
	if parts := strings.SplitN(s.topic, ":", 6); len(parts) == 6 && parts[3] != "" {
		options.Region = parts[3]
	}
}

func (s *Sink) input(m message.Message) (*sns.PublishInput, error) {
	input := &sns.PublishInput{TopicArn: &s.topic, MessageAttributes: attributes(m)}
	budget := maxBytes - attributesSize(input.MessageAttributes)
	var body string
	var err error
	switch s.format {
	case JSON:
		body, err = fit(m, budget, itself)
	case AmazonQ:
		body, err = customNotification(m)
	default:
		subject := headline(m, maxSubject)
		input.Subject, input.MessageStructure = &subject, new("json")
		body, err = perProtocol(m, budget-len(subject))
	}
	if err != nil {
		return nil, err
	}
	input.Message = &body
	if strings.HasSuffix(s.topic, ".fifo") {
		// For five minutes SNS accepts what has an id it knows, and delivers nothing
		// (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html). An id made of the message would
		// swallow a correction: Healthy, an Unhealthy that arrives late, and the same Healthy again. This one
		// is of the call, so that only the SDK's own retries, which repeat it, are deduplicated.
		input.MessageGroupId, input.MessageDeduplicationId = new(subjectHash(m)), new(s.unique())
	}
	return input, nil
}
