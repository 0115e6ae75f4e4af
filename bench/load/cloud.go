package main

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
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
	// writes and writeUnits count DynamoDB's requests and what they are charged for, lost those whose condition did not
	// hold; sends and sendUnits are SQS's.
	writes, writeUnits, lost, sends, sendUnits int
}

// item is an item of the table: attributes of type S and N by their names.
type item map[string]attribute

type attribute struct {
	S string `json:",omitempty"`
	N string `json:",omitempty"`
}

// parcel is a message of a queue, which nobody sees before its time.
type parcel struct {
	body    string
	visible time.Time
}

// What the function is told.
const (
	table        = "incidents"
	waitingQueue = "/123456789012/waiting"
	deadQueue    = "/123456789012/dead"
)

func newCloud() *cloud {
	c := &cloud{items: make(map[string]item)}
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

func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	decoder := json.NewDecoder(r.Body)
	switch target := r.Header.Get("X-Amz-Target"); target {
	case "DynamoDB_20120810.UpdateItem":
		var u update
		if err := decoder.Decode(&u); err != nil {
			refuse(w, "SerializationException", err.Error())
			return
		}
		c.updateItem(w, u)
	case "AmazonSQS.SendMessage":
		var m send
		if err := decoder.Decode(&m); err != nil {
			refuse(w, "SerializationException", err.Error())
			return
		}
		c.sendMessage(w, m)
	default:
		refuse(w, "UnknownOperationException", target)
	}
}

// reply answers with the checksum that DynamoDB gives and its clients verify. That the function may have gone away does
// not matter.
func reply[T any](w http.ResponseWriter, status int, body T) {
	data, _ := json.Marshal(body) // Texts and numbers can always be marshalled.
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(data)), 10))
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

func refuse(w http.ResponseWriter, code, message string) {
	reply(w, http.StatusBadRequest, map[string]string{"__type": code, "message": message})
}

// update is an UpdateItem request
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html).
type update struct {
	Key                       map[string]attribute
	UpdateExpression          string
	ReturnValues              string
	ExpressionAttributeValues map[string]attribute
}

// updateItem knows the expressions of pkg/dynamo and no others.
func (c *cloud) updateItem(w http.ResponseWriter, u update) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.items[u.Key["pk"].S]
	after := maps.Clone(before)
	if after == nil {
		after = item{"pk": u.Key["pk"]}
	}
	ok, err := u.apply(after)
	c.writes++
	c.writeUnits += max(before.units(), after.units(), 1)
	switch {
	case err != nil:
		refuse(w, "ValidationException", err.Error())
	case !ok:
		c.lost++
		refuse(w, "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "The conditional request failed")
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

// apply changes the item and reports whether the condition held.
func (u update) apply(i item) (bool, error) {
	values := u.ExpressionAttributeValues
	switch expression := u.UpdateExpression; {
	case strings.HasPrefix(expression, "SET lease = :token"):
		until, _ := strconv.ParseInt(i["leaseUntil"].N, 10, 64)
		now, _ := strconv.ParseInt(values[":now"].N, 10, 64)
		i["lease"], i["leaseUntil"], i["expires"] = values[":token"], values[":until"], values[":expires"]
		return until < now, nil
	case strings.HasPrefix(expression, "SET document = :document"):
		claimed := i["lease"] == values[":token"]
		i["document"], i["version"], i["expires"] = values[":document"], values[":version"], values[":expires"]
		delete(i, "lease")
		delete(i, "leaseUntil")
		return claimed, nil
	case strings.Contains(expression, "ADD messages :one"):
		n, _ := strconv.Atoi(i["messages"].N)
		i["messages"], i["expires"] = attribute{N: strconv.Itoa(n + 1)}, values[":expires"]
		return true, nil
	default:
		return false, fmt.Errorf("this table does not know the expression %q", expression)
	}
}

// units are the write request units of an item of that size
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html).
func (i item) units() int {
	size := 0
	for name, value := range i {
		size += len(name) + len(value.S) + (len(value.N)+1)/2
	}
	return (size + 1023) / 1024
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
	c.sends++
	c.sendUnits += (len(m.MessageBody) + 64<<10 - 1) / (64 << 10)
	p := parcel{m.MessageBody, time.Now().Add(time.Duration(m.DelaySeconds) * time.Second)}
	if strings.HasSuffix(m.QueueURL, deadQueue) {
		c.dead = append(c.dead, p)
	} else {
		c.waiting = append(c.waiting, p)
	}
	digest := md5.Sum([]byte(m.MessageBody))
	reply(w, http.StatusOK, map[string]string{"MessageId": strconv.Itoa(c.sends), "MD5OfMessageBody": hex.EncodeToString(digest[:])})
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
