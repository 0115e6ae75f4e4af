package integration

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

func (c *cloud) createTopic(name string) string {
	c.t.Helper()
	out, err := sns.NewFromConfig(c.aws).CreateTopic(c.t.Context(), &sns.CreateTopicInput{Name: new(name + "-" + c.table)})
	c.check(err)
	return *out.TopicArn
}

// subscribe returns a queue that receives what is published to the topic and passes the filter; "" lets all pass.
func (c *cloud) subscribe(topic, filter string) string {
	c.t.Helper()
	queue := c.createQueue("inbox-"+rand.Text(), "")
	attributes := map[string]string{"RawMessageDelivery": "true"}
	if filter != "" {
		attributes["FilterPolicy"] = filter
	}
	arn := c.arn(queue)
	_, err := sns.NewFromConfig(c.aws).Subscribe(c.t.Context(), &sns.SubscribeInput{
		TopicArn: &topic, Protocol: new("sqs"), Endpoint: &arn, Attributes: attributes,
	})
	c.check(err)
	return queue
}

// record is what tests look into of the machine form.
type record struct {
	Status   string
	Resource struct{ Name string }
	Findings []struct{ ID string }
}

// records are the machine forms in a queue, each of which keeps to the schema.
func (c *cloud) records(queue string) []record {
	c.t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../docs/message.schema.json")
	c.check(err)
	var records []record
	for _, m := range c.receive(queue) {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(*m.Body))
		c.check(err)
		if err := schema.Validate(document); err != nil {
			c.t.Errorf("a message does not keep to the schema: %v: %s", err, *m.Body)
		}
		var r record
		c.check(json.Unmarshal([]byte(*m.Body), &r))
		records = append(records, r)
	}
	return records
}

// snsEverySample publishes every sample event by a process of its own, which remembers nothing of the others.
func snsEverySample(t *testing.T) {
	c := newCloud(t)
	topic := c.createTopic("all")
	all := c.subscribe(topic, "")
	unhealthy := c.subscribe(topic, `{"status":["UNHEALTHY"]}`)
	eks := c.subscribe(topic, `{"status":["HEALTHY"],"kind":["EKS"]}`)
	var wantUnhealthy, wantEKS int
	for _, name := range samples(t) {
		f := c.start("SNS_TOPIC_ARN="+topic, "INCIDENT_TABLE=", "WAITING_QUEUE_URL=", "DEAD_LETTER_QUEUE_URL=", everything)
		event := sample(t, name)
		f.invoke(event)
		f.expect("notified")
		f.Kill()
		change, err := coverage.Decode([]byte(event))
		c.check(err)
		switch {
		case change.Status == coverage.Unhealthy:
			wantUnhealthy++
		case change.Resource.Kind == coverage.EKS:
			wantEKS++
		}
	}
	if n := len(c.records(all)); n != len(samples(t)) {
		t.Errorf("%d messages arrived, expected %d", n, len(samples(t)))
	}
	if n := len(c.records(unhealthy)); n != wantUnhealthy || n == 0 {
		t.Errorf("%d messages passed the filter for UNHEALTHY, expected %d", n, wantUnhealthy)
	}
	if n := len(c.records(eks)); n != wantEKS || n == 0 {
		t.Errorf("%d messages passed the filter for recovered EKS clusters, expected %d", n, wantEKS)
	}
}

func snsFiltered(t *testing.T) {
	c := newCloud(t)
	topic := c.createTopic("filtered")
	f := c.start("SNS_TOPIC_ARN=" + topic)
	queues := map[string]string{
		`{"status":["UNHEALTHY"],"issue":["ec2-agent-disconnected"]}`: "i-1",
		`{"issue":["vpc-endpoint-private-dns"]}`:                      "i-2",
		`{"status":["HEALTHY"]}`:                                      "i-3",
		`{"account":["999988887777"]}`:                                "",
		`{"actionable":["false"],"status":["UNHEALTHY"]}`:             "",
	}
	inboxes := make(map[string]string)
	for filter := range queues {
		inboxes[filter] = c.subscribe(topic, filter)
	}
	f.invoke(lost("i-1", disconnected, 0))
	f.invoke(lost("i-2", noEndpoint, 0))
	f.invoke(regained("i-3", 0))
	f.expect("notified", "notified", "notified")
	for filter, instance := range queues {
		var got []string
		for _, r := range c.records(inboxes[filter]) {
			got = append(got, r.Resource.Name)
		}
		if strings.Join(got, " ") != instance {
			t.Errorf("through %s came %q, expected %q", filter, got, instance)
		}
	}
	c.wrote()
}

func snsFormats(t *testing.T) {
	for format, begins := range map[string]string{
		"text": `{"version":"1"`, "json": `{"version":"1"`, "amazon-q": `{"version":"1.0","source":"custom"`,
	} {
		t.Run(format, func(t *testing.T) {
			c := newCloud(t)
			topic := c.createTopic(format)
			inbox := c.subscribe(topic, "")
			f := c.start("SNS_TOPIC_ARN="+topic, "SNS_FORMAT="+format)
			f.invoke(lost("i-1", disconnected, 0))
			messages := c.receive(inbox)
			if len(messages) != 1 || !strings.HasPrefix(*messages[0].Body, begins) {
				t.Errorf("expected one message that begins with %s: %v", begins, messages)
			}
		})
	}
}

func topicMissing(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	topic := "arn:aws:sns:eu-central-1:123456789012:missing-topic"
	f := c.start(append(byBot(slack), "SNS_TOPIC_ARN="+topic)...)
	f.invoke(lost("i-1", disconnected, 0))
	f.expect("gave_up")
	inSlack(t, slack, 1)
	c.wrote(givenUp("sns"))
	if reasons := c.reasons(); len(reasons) != 1 || !strings.Contains(reasons[0], "missing-topic") {
		t.Errorf("given up for %q, expected a reason that names the topic", reasons)
	}
}
