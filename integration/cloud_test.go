package integration

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"guardduty-coverage-notifier/integration/lambdatest"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// motoURL is where moto listens (https://docs.getmoto.org); make integration starts it and sets MOTO_URL.
func motoURL() string { return os.Getenv("MOTO_URL") }

// cloud is a table and two queues in moto, and whatever else a function calls. The function reaches all of it
// through proxies, which see what it asks for, let nothing wait, and fail on demand.
type cloud struct {
	t     *testing.T
	proxy *httptest.Server
	aws   aws.Config

	table, waiting, dead string

	mu       sync.Mutex
	requests map[string]int
	sent     []queued
	broken   func(request) breakage
}

// queued is a message that the function sent to a queue.
type queued struct {
	Queue string
	Delay delay
	// Kind is what the message is; Redrive are the sinks that it is to notify again.
	Kind        string
	Redrive     []string
	MayHaveSent []string
}

// delay is in seconds. How long the function took is no difference.
type delay int

func (d delay) Equal(o delay) bool { return max(d-o, o-d) <= 5 }

// The queues, and the kinds of messages in them.
const (
	toWaiting = "waiting"
	toDead    = "dead"
	wakeUp    = "wake-up"
	anEvent   = "event"
	aChange   = "change"
	unknown   = "unknown"
)

// wakes is a wake-up that comes after so many seconds.
func wakes(after delay) queued { return queued{Queue: toWaiting, Delay: after, Kind: wakeUp} }

// waits is an event that comes again after so many seconds.
func waits(after delay) queued { return queued{Queue: toWaiting, Delay: after, Kind: anEvent} }

// givenUp is a notification that was given up.
func givenUp(sink string) queued { return queued{Queue: toDead, Kind: wakeUp, Redrive: []string{sink}} }

// request is one that the function made.
type request struct {
	service service
	// action is for example UpdateItem; empty for a service that does not name it in a header.
	action string
	body   string
}

// service is what a request is made of.
type service string

// The services that fail in tests.
const (
	theTable service = "table"
	theQueue service = "queue"
	theSlack service = "Slack"
)

// saves reports whether the request saves a record.
func (r request) saves() bool {
	return r.service == theTable && strings.Contains(r.body, "SET document")
}

// breakage is what goes wrong with a request.
type breakage string

const (
	working breakage = ""
	// hanging: it is never answered.
	hanging breakage = "hang"
	// unreachable: it never arrives.
	unreachable breakage = "away"
	// unanswered: it is carried out, and the answer is lost.
	unanswered breakage = "lost answers"
	// instant: it is answered at once, and nothing is carried out. Moto is too slow for many.
	instant breakage = "instant"
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
	c.proxy = c.inFrontOf(motoURL())
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

// inFrontOf is a proxy in front of a server.
func (c *cloud) inFrontOf(server string) *httptest.Server {
	c.t.Helper()
	target, err := url.Parse(server)
	c.check(err)
	forward := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return // The function went away.
		}
		body, how := c.note(requestOf(r, string(data)))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		switch how {
		case hanging:
			<-r.Context().Done()
		case unreachable:
			panic(http.ErrAbortHandler)
		case instant:
			answerInstantly(w, body)
		case unanswered:
			forward.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		default:
			forward.ServeHTTP(w, r)
		}
	}))
	c.t.Cleanup(func() {
		proxy.CloseClientConnections()
		proxy.Close()
	})
	return proxy
}

// answerInstantly answers requests to a table in which nothing is, and to a queue, of which the SDK checks
// the digest (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
func answerInstantly(w http.ResponseWriter, body []byte) {
	var message struct{ MessageBody string }
	_ = json.Unmarshal(body, &message) // A request to the table has none.
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	fmt.Fprintf(w, `{"Attributes":{"messages":{"N":"1"}},"MessageId":"1","MD5OfMessageBody":"%x"}`,
		md5.Sum([]byte(message.MessageBody)))
}

func requestOf(r *http.Request, body string) request {
	target, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	made := request{action: action, body: body}
	switch {
	case strings.HasPrefix(target, "DynamoDB"):
		made.service = theTable
	case target == "AmazonSQS":
		made.service = theQueue
	case strings.HasPrefix(r.URL.Path, "/api/"):
		made.service, made.action = theSlack, strings.TrimPrefix(r.URL.Path, "/api/")
	}
	return made
}

// note remembers a request and says what is to be forwarded, and how. What was to wait does not have to.
func (c *cloud) note(r request) ([]byte, breakage) {
	c.mu.Lock()
	c.requests[r.action]++
	broken := c.broken
	c.mu.Unlock()
	how := broken(r)
	if r.action != "SendMessage" || how == hanging || how == unreachable {
		return []byte(r.body), how
	}
	var message map[string]json.RawMessage
	if json.Unmarshal([]byte(r.body), &message) != nil {
		return []byte(r.body), how
	}
	c.noteQueued(r.body)
	delete(message, "DelaySeconds")
	body, _ := json.Marshal(message) // It was just read.
	return body, how
}

func (c *cloud) noteQueued(body string) {
	var message struct {
		QueueURL     string `json:"QueueUrl"`
		DelaySeconds int
		MessageBody  string
	}
	var inside struct {
		Key           string
		Event, Change json.RawMessage
		Redrive       []string
		MayHaveSent   []string
	}
	// What is no message of ours has none of this.
	_ = json.Unmarshal([]byte(body), &message)
	_ = json.Unmarshal([]byte(message.MessageBody), &inside)
	q := queued{toWaiting, delay(message.DelaySeconds), unknown, inside.Redrive, inside.MayHaveSent}
	if message.QueueURL == c.dead {
		q.Queue = toDead
	}
	switch {
	case inside.Key != "":
		q.Kind = wakeUp
	case inside.Event != nil:
		q.Kind = anEvent
	case inside.Change != nil:
		q.Kind = aChange
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, q)
}

// byBot are the settings to post to that Slack through a proxy.
func (c *cloud) byBot(slack *slacktest.Server) []string {
	c.t.Helper()
	proxy := c.inFrontOf(strings.TrimSuffix(slack.APIURL(), "/api/"))
	return append(byBot(slack), "SLACK_API_URL="+proxy.URL+"/api/")
}

// fail makes requests go wrong from now on. What is called may block, and the request with it.
func (c *cloud) fail(broken func(request) breakage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = broken
}

// failing makes every request to a service go wrong.
func (c *cloud) failing(s service, how breakage) {
	c.fail(func(r request) breakage {
		if r.service == s {
			return how
		}
		return working
	})
}

// repair ends what fail began.
func (c *cloud) repair() { c.fail(func(request) breakage { return working }) }

// asked is how often the function asked for that action.
func (c *cloud) asked(action string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests[action]
}

// queuedSince are the messages that the function sent to queues since the last call.
func (c *cloud) queuedSince() []queued {
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

func (c *cloud) remove(queue string, m sqstypes.Message) {
	c.t.Helper()
	_, err := c.sqs().DeleteMessage(c.t.Context(), &sqs.DeleteMessageInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle})
	c.check(err)
}

// bring lets the longest delay of a queued message pass and hands everything that waits to the function. It
// returns how many messages there were.
func (c *cloud) bring(f *function) int {
	c.t.Helper()
	return c.after(16*time.Minute, f)
}

// after lets time pass and hands everything that waits to the function in one batch, as the event source
// mapping does: what the function does not name as failed is deleted. It returns how many messages there
// were.
func (c *cloud) after(d time.Duration, f *function) int {
	c.t.Helper()
	c.pass(d)
	messages := c.receive(c.waiting)
	if len(messages) == 0 {
		return 0
	}
	bodies := make([]string, len(messages))
	for i, m := range messages {
		bodies[i] = earlier(*m.Body, d)
	}
	answer, err := f.Invoke(within(c.t, patience), []byte(batch(c.t, bodies...)))
	var failed []string
	switch {
	case err == nil:
		failed = failuresIn(c.t, answer.Payload)
	case !errors.Is(err, lambdatest.ErrExited):
		c.t.Fatal(err)
	}
	for i, m := range messages {
		if err != nil || slices.Contains(failed, messageID(i)) {
			_, err := c.sqs().ChangeMessageVisibility(c.t.Context(), &sqs.ChangeMessageVisibilityInput{
				QueueUrl: &c.waiting, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: 0,
			})
			c.check(err)
			continue
		}
		c.remove(c.waiting, m)
	}
	return len(messages)
}

// put queues messages for the function, as a rule does whose target is the queue.
func (c *cloud) put(bodies ...string) {
	c.t.Helper()
	for _, body := range bodies {
		_, err := c.sqs().SendMessage(c.t.Context(), &sqs.SendMessageInput{QueueUrl: &c.waiting, MessageBody: &body})
		c.check(err)
	}
}

// settle brings what waits until nothing does.
func (c *cloud) settle(f *function) {
	c.t.Helper()
	for range 20 {
		if c.bring(f) == 0 {
			return
		}
	}
	c.t.Fatalf("messages are queued without an end: %+v", c.queuedSince())
}

// times are those in stored records, groups and queued messages that are compared with the clock.
var times = regexp.MustCompile(`"(openedAt|nextAttempt|failingSince|deferredSince|wakeAt|createdAt|due|since)":"([^"]+)"`)

// earlier is a document in which all of that was so much earlier.
func earlier(document string, d time.Duration) string {
	return times.ReplaceAllStringFunc(document, func(found string) string {
		parts := times.FindStringSubmatch(found)
		at, err := time.Parse(time.RFC3339Nano, parts[2])
		if err != nil {
			return found
		}
		return fmt.Sprintf("%q:%q", parts[1], at.Add(-d).Format(time.RFC3339Nano))
	})
}

// pass lets time pass: whatever the table says of a moment was so much earlier.
func (c *cloud) pass(d time.Duration) {
	c.t.Helper()
	if d == 0 {
		return
	}
	for _, item := range c.items() {
		for name, value := range item {
			switch v := value.(type) {
			case *types.AttributeValueMemberS:
				v.Value = earlier(v.Value, d)
			case *types.AttributeValueMemberN:
				if name == "leaseUntil" || name == "wakeAt" || strings.HasPrefix(name, "last_") || strings.HasPrefix(name, "since_") {
					at, err := strconv.ParseInt(v.Value, 10, 64)
					c.check(err)
					v.Value = strconv.FormatInt(at-d.Milliseconds(), 10)
				}
			}
		}
		_, err := c.dynamo().PutItem(c.t.Context(), &dynamodb.PutItemInput{TableName: &c.table, Item: item})
		c.check(err)
	}
}

// items are all of the table.
func (c *cloud) items() []map[string]types.AttributeValue {
	c.t.Helper()
	var items []map[string]types.AttributeValue
	pages := dynamodb.NewScanPaginator(c.dynamo(), &dynamodb.ScanInput{TableName: &c.table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(c.t.Context())
		c.check(err)
		items = append(items, page.Items...)
	}
	return items
}

// item is that of a key.
func (c *cloud) item(key string) map[string]types.AttributeValue {
	c.t.Helper()
	out, err := c.dynamo().GetItem(c.t.Context(), &dynamodb.GetItemInput{
		TableName: &c.table, Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: key}},
	})
	c.check(err)
	return out.Item
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
