package integration

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// motoURL is where moto listens (https://docs.getmoto.org); make integration starts it and sets MOTO_URL.
func motoURL() string { return os.Getenv("MOTO_URL") }

// cloud is a table and two queues in moto. The function reaches them through a proxy, which sees what it asks for, lets
// nothing wait, and goes wrong on demand.
type cloud struct {
	t     *testing.T
	proxy *httptest.Server
	aws   aws.Config

	table, waiting, dead string

	mu       sync.Mutex
	requests map[string]int
	sent     []letter
	broken   func(request) breakage
}

// letter is what the function let wait, or gave up.
type letter struct {
	Queue  string
	Delay  int
	Reason string
	Sinks  []string
}

// The queues, as letters name them.
const (
	toWaiting = "waiting"
	toDead    = "dead"
)

// request is one that the function made of AWS.
type request struct {
	// action is for example UpdateItem; empty for a service that does not tell it in a header.
	action string
	body   string
}

// saves reports whether the request saves an incident.
func (r request) saves() bool {
	return r.action == "UpdateItem" && strings.Contains(r.body, "SET document")
}

// breakage is what goes wrong with a request: it is never answered, or it never arrives.
type breakage int

const (
	working breakage = iota
	hanging
	unreachable
)

func newCloud(t *testing.T) *cloud {
	t.Helper()
	t.Parallel()
	c := &cloud{
		t: t, requests: make(map[string]int),
		broken: func(request) breakage { return working },
		aws: aws.Config{
			Region:       region,
			BaseEndpoint: new(motoURL()),
			Credentials:  credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
		},
	}
	c.startProxy()
	name := "coverage-" + rand.Text()
	c.table = name
	c.createTable(name)
	c.dead = c.createQueue(name+"-dead", "")
	c.waiting = c.createQueue(name+"-waiting", c.dead)
	return c
}

func (c *cloud) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cloud) dynamo() *dynamodb.Client { return dynamodb.NewFromConfig(c.aws) }
func (c *cloud) sqs() *sqs.Client         { return sqs.NewFromConfig(c.aws) }

func (c *cloud) createTable(name string) {
	c.t.Helper()
	_, err := c.dynamo().CreateTable(c.t.Context(), &dynamodb.CreateTableInput{
		TableName:            &name,
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: new("pk"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: new("pk"), AttributeType: types.ScalarAttributeTypeS}},
	})
	c.check(err)
}

func (c *cloud) createQueue(name, deadLetter string) string {
	c.t.Helper()
	attributes := map[string]string{}
	if deadLetter != "" {
		attributes["RedrivePolicy"] = `{"maxReceiveCount":10,"deadLetterTargetArn":"` + c.arn(deadLetter) + `"}`
	}
	out, err := c.sqs().CreateQueue(c.t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	c.check(err)
	return *out.QueueUrl
}

func (c *cloud) arn(queue string) string {
	c.t.Helper()
	out, err := c.sqs().GetQueueAttributes(c.t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &queue, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameQueueArn},
	})
	c.check(err)
	return out.Attributes["QueueArn"]
}

// settings connect a function to the cloud.
func (c *cloud) settings() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + c.proxy.URL,
		"INCIDENT_TABLE=" + c.table,
		"WAITING_QUEUE_URL=" + c.waiting,
		"DEAD_LETTER_QUEUE_URL=" + c.dead,
		"STORM_LIMIT=1000",
	}
}

// start starts a function that is connected to the cloud. Later settings win.
func (c *cloud) start(settings ...string) *function {
	c.t.Helper()
	return start(c.t, append(c.settings(), settings...)...)
}

func (c *cloud) startProxy() {
	moto, err := url.Parse(motoURL())
	c.check(err)
	forward := httputil.NewSingleHostReverseProxy(moto)
	c.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return // The function went away.
		}
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		body, how := c.note(request{action, string(data)})
		switch how {
		case hanging:
			<-r.Context().Done()
			return
		case unreachable:
			panic(http.ErrAbortHandler)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		forward.ServeHTTP(w, r)
	}))
	c.t.Cleanup(func() {
		c.proxy.CloseClientConnections()
		c.proxy.Close()
	})
}

// note remembers a request and says what is to be forwarded, and how. What was to wait does not have to.
func (c *cloud) note(r request) ([]byte, breakage) {
	c.mu.Lock()
	c.requests[r.action]++
	broken := c.broken
	c.mu.Unlock()
	how := broken(r)
	if r.action != "SendMessage" || how != working {
		return []byte(r.body), how
	}
	var message map[string]json.RawMessage
	if json.Unmarshal([]byte(r.body), &message) != nil {
		return []byte(r.body), how
	}
	c.noteLetter(r.body)
	delete(message, "DelaySeconds")
	body, _ := json.Marshal(message) // It was just read.
	return body, how
}

func (c *cloud) noteLetter(body string) {
	var message struct {
		QueueURL     string `json:"QueueUrl"`
		DelaySeconds int
		MessageBody  string
	}
	var inside struct {
		Reason string   `json:"reason"`
		Sinks  []string `json:"sinks"`
	}
	// What is no letter has no reason and no sinks.
	_ = json.Unmarshal([]byte(body), &message)
	_ = json.Unmarshal([]byte(message.MessageBody), &inside)
	queue := toWaiting
	if message.QueueURL == c.dead {
		queue = toDead
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, letter{queue, message.DelaySeconds, inside.Reason, inside.Sinks})
}

// fail makes requests go wrong from now on. What is called may block, and the request with it.
func (c *cloud) fail(broken func(request) breakage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = broken
}

// mend ends what fail began.
func (c *cloud) mend() { c.fail(func(request) breakage { return working }) }

// asked is how often the function asked for that action.
func (c *cloud) asked(action string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests[action]
}

// letters are those that the function sent since the last call.
func (c *cloud) letters() []letter {
	c.mu.Lock()
	defer c.mu.Unlock()
	sent := c.sent
	c.sent = nil
	return sent
}

// receive takes everything out of a queue that is in it.
func (c *cloud) receive(queue string) []sqstypes.Message {
	c.t.Helper()
	var all []sqstypes.Message
	for {
		out, err := c.sqs().ReceiveMessage(c.t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &queue, MaxNumberOfMessages: 10, VisibilityTimeout: 600,
			MessageAttributeNames: []string{"All"},
		})
		c.check(err)
		if len(out.Messages) == 0 {
			return all
		}
		all = append(all, out.Messages...)
	}
}

// bring hands everything that waits to the function, as the event source mapping does: in one batch, of which what the
// function does not name as failed is deleted. It returns how many there were.
func (c *cloud) bring(f *function) int {
	c.t.Helper()
	messages := c.receive(c.waiting)
	if len(messages) == 0 {
		return 0
	}
	bodies := make([]string, len(messages))
	for i, m := range messages {
		bodies[i] = *m.Body
	}
	answer, err := f.Invoke(within(c.t, patience), []byte(batch(c.t, bodies...)))
	c.check(err)
	if failures := failuresIn(c.t, answer.Payload); len(failures) > 0 {
		c.t.Fatalf("%d of %d waiting changes failed", len(failures), len(messages))
	}
	for _, m := range messages {
		_, err := c.sqs().DeleteMessage(c.t.Context(), &sqs.DeleteMessageInput{QueueUrl: &c.waiting, ReceiptHandle: m.ReceiptHandle})
		c.check(err)
	}
	return len(messages)
}

// update changes the item of a key with the expression, in which :v is the value.
func (c *cloud) update(key, expression string, value types.AttributeValue) {
	c.t.Helper()
	_, err := c.dynamo().UpdateItem(c.t.Context(), &dynamodb.UpdateItemInput{
		TableName: &c.table, Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: key}},
		UpdateExpression: &expression, ExpressionAttributeValues: map[string]types.AttributeValue{":v": value},
	})
	c.check(err)
}

// expireLease lets the claim on an incident run out, which would take 90 seconds.
func (c *cloud) expireLease(key string) {
	c.t.Helper()
	c.update(key, "SET leaseUntil = :v", &types.AttributeValueMemberN{Value: "1"})
}
