package main

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// cloud is as much of DynamoDB and SQS as the function uses, and faster than either.
type cloud struct {
	http *httptest.Server

	mu    sync.Mutex
	items map[string]item
	// waiting and dead are what the queues hold.
	waiting, dead []parcel
	usage         usage
	// second is the one in which units were written to items last, busy how many to each.
	second int64
	busy   map[string]int
}

// usage is what was asked of DynamoDB and SQS.
type usage struct {
	// requests are those to the table by what they are for; refused are those whose condition did not hold.
	requests map[string]int
	refused  int
	// units are write request units, busiest the most that one item took within a second.
	units, busiest int
	// sends and sendUnits are messages that were queued, and what SQS charges for.
	sends, sendUnits int
}

// parcel is a message of a queue, which nobody sees before its time.
type parcel struct {
	body    string
	visible time.Time
}

// The settings of the function.
const (
	table        = "incidents"
	waitingQueue = "/123456789012/waiting"
	deadQueue    = "/123456789012/dead"
)

func newCloud() *cloud {
	c := &cloud{items: make(map[string]item), usage: usage{requests: make(map[string]int)}}
	c.http = httptest.NewServer(http.HandlerFunc(c.serve))
	return c
}

func (c *cloud) settings() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + c.http.URL,
		"INCIDENT_TABLE=" + table,
		"WAITING_QUEUE_URL=" + c.http.URL + waitingQueue,
		"DEAD_LETTER_QUEUE_URL=" + c.http.URL + deadQueue,
	}
}

// spent is the usage since it was last asked for.
func (c *cloud) spent() usage {
	c.mu.Lock()
	defer c.mu.Unlock()
	spent := c.usage
	c.usage = usage{requests: make(map[string]int)}
	return spent
}

func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch target := r.Header.Get("X-Amz-Target"); target {
	case "DynamoDB_20120810.UpdateItem":
		serve(w, r, c.updateItem)
	case "DynamoDB_20120810.TransactWriteItems":
		serve(w, r, c.transact)
	case "AmazonSQS.SendMessage":
		serve(w, r, c.sendMessage)
	default:
		refuse(w, "UnknownOperationException", target)
	}
}

func serve[T any](w http.ResponseWriter, r *http.Request, handle func(http.ResponseWriter, T)) {
	var request T
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		refuse(w, "SerializationException", err.Error())
		return
	}
	handle(w, request)
}

// reply answers with the checksum that DynamoDB gives and its clients verify. That the function may have gone away does
// not matter.
func reply[T any](w http.ResponseWriter, status int, body T) {
	data, _ := json.Marshal(body) // Texts, numbers and lists can always be marshalled.
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(data)), 10))
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

func refuse(w http.ResponseWriter, code, message string) {
	reply(w, http.StatusBadRequest, map[string]string{"__type": code, "message": message})
}

// update is an UpdateItem request, or one of a transaction
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html).
type update struct {
	Key                                 map[string]attribute
	UpdateExpression                    string
	ConditionExpression                 string
	ExpressionAttributeValues           map[string]attribute
	ReturnValues                        string
	ReturnValuesOnConditionCheckFailure string
}

// apply returns the item before and after the update, and whether the condition held.
func (c *cloud) apply(u update) (before, after item, held bool, err error) {
	before = c.items[u.Key["pk"].S]
	of := before
	if of == nil {
		of = item{}
	}
	if u.ConditionExpression != "" && !read(u.ConditionExpression, of, u.ExpressionAttributeValues).holds() {
		return before, nil, false, nil
	}
	if after, err = read(u.UpdateExpression, of, u.ExpressionAttributeValues).update(); err == nil {
		after["pk"] = u.Key["pk"]
	}
	return before, after, true, err
}

// charge notes what DynamoDB charges for a write: the larger of the item before and after it.
func (c *cloud) charge(before, after item, times int) {
	units := times * max(before.units(), after.units(), 1)
	c.usage.units += units
	if now := time.Now().Unix(); now != c.second {
		c.second, c.busy = now, make(map[string]int)
	}
	key := cmp.Or(after["pk"].S, before["pk"].S)
	c.busy[key] += units
	c.usage.busiest = max(c.usage.busiest, c.busy[key])
}

func (c *cloud) updateItem(w http.ResponseWriter, u update) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, after, held, err := c.apply(u)
	c.usage.requests[purpose(u)]++
	c.charge(before, after, 1)
	switch {
	case err != nil:
		refuse(w, "ValidationException", err.Error())
	case !held:
		c.usage.refused++
		refused := struct {
			Type    string `json:"__type"`
			Message string `json:"message"`
			Item    item   `json:",omitempty"`
		}{Type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", Message: "The conditional request failed"}
		if u.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
			refused.Item = before
		}
		reply(w, http.StatusBadRequest, refused)
	default:
		c.items[u.Key["pk"].S] = after
		reply(w, http.StatusOK, map[string]item{"Attributes": u.returned(before, after)})
	}
}

// returned is the item that the request asks for. Of an item that was not there nothing is returned.
func (u update) returned(before, after item) item {
	switch u.ReturnValues {
	case "ALL_OLD":
		return before
	case "ALL_NEW", "UPDATED_NEW":
		return after
	}
	return nil
}

// purpose is what an UpdateItem request is for.
func purpose(u update) string {
	has := func(part string) bool { return strings.Contains(u.UpdateExpression, part) }
	group := ""
	if strings.HasPrefix(u.Key["pk"].S, "group/") {
		group = " group"
	}
	switch {
	case strings.HasPrefix(u.Key["pk"].S, "rate/"):
		return "count message"
	case has("DELETE members"):
		return "leave group"
	case has("ADD members"):
		return "create group"
	case has("lease = :token"):
		return "claim" + group
	case has("document = :document"):
		return "save" + group
	}
	return "other" + group
}

// transaction is a TransactWriteItems request of updates
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
type transaction struct {
	TransactItems []struct{ Update update }
}

// transact writes all items or none. It is charged twice
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html).
func (c *cloud) transact(w http.ResponseWriter, t transaction) {
	type reason struct{ Code string }
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage.requests["save together"]++
	reasons, afters, canceled := make([]reason, len(t.TransactItems)), make([]item, len(t.TransactItems)), false
	for i, write := range t.TransactItems {
		before, after, held, err := c.apply(write.Update)
		if err != nil {
			refuse(w, "ValidationException", err.Error())
			return
		}
		c.charge(before, after, 2)
		reasons[i], afters[i] = reason{"None"}, after
		if !held {
			reasons[i], canceled = reason{"ConditionalCheckFailed"}, true
		}
	}
	if canceled {
		c.usage.refused++
		reply(w, http.StatusBadRequest, map[string]any{
			"__type":  "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
			"message": "Transaction cancelled", "CancellationReasons": reasons,
		})
		return
	}
	for _, after := range afters {
		c.items[after["pk"].S] = after
	}
	reply(w, http.StatusOK, struct{}{})
}

// send is a SendMessage request
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
type send struct {
	QueueURL     string `json:"QueueUrl"`
	MessageBody  string
	DelaySeconds int
}

func (c *cloud) sendMessage(w http.ResponseWriter, m send) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage.sends++
	c.usage.sendUnits += (len(m.MessageBody) + 64<<10 - 1) / (64 << 10)
	p := parcel{m.MessageBody, time.Now().Add(time.Duration(m.DelaySeconds) * time.Second)}
	if strings.HasSuffix(m.QueueURL, deadQueue) {
		c.dead = append(c.dead, p)
	} else {
		c.waiting = append(c.waiting, p)
	}
	digest := md5.Sum([]byte(m.MessageBody))
	reply(w, http.StatusOK, map[string]string{
		"MessageId": strconv.Itoa(c.usage.sends), "MD5OfMessageBody": hex.EncodeToString(digest[:]),
	})
}

// take takes at most so many visible messages out of the waiting queue.
func (c *cloud) take(most int) []parcel {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	var taken, left []parcel
	for _, p := range c.waiting {
		if len(taken) < most && !p.visible.After(now) {
			taken = append(taken, p)
		} else {
			left = append(left, p)
		}
	}
	c.waiting = left
	return taken
}

// giveBack puts messages back that were not dealt with.
func (c *cloud) giveBack(parcels []parcel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, parcels...)
}

// left is how many messages wait, visible or not.
func (c *cloud) left() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}
