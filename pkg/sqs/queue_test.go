package sqs_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/sqs"
)

const (
	waiting    = "https://sqs.eu-central-1.amazonaws.com/111122223333/coverage-Waiting-1A2B3C"
	deadLetter = "https://sqs.eu-central-1.amazonaws.com/111122223333/coverage-DeadLetter-4D5E6F"
)

// body is nothing that a JSON encoder would write so.
const body = "{ \"event\":  {\"a\":1.50, \"b\":\"<&>\\u00e9é 日本語 \u2028\"}\n}"

func TestWaitSendsWhatItWasGiven(t *testing.T) {
	queue, received := newQueue(t, deadLetter)
	if err := queue.Send(t.Context(), json.RawMessage(body), 30*time.Second); err != nil {
		t.Fatal(err)
	}
	want := []sent{{QueueUrl: waiting, MessageBody: body, DelaySeconds: 30}}
	if diff := cmp.Diff(want, *received); diff != "" {
		t.Error(diff)
	}
}

func TestWaitCountsInWholeSeconds(t *testing.T) {
	for delay, want := range map[time.Duration]int{
		0:                         0,
		499 * time.Millisecond:    0,
		500 * time.Millisecond:    1,
		1499 * time.Millisecond:   1,
		29_999 * time.Millisecond: 30,
		15 * time.Minute:          900,
		16 * time.Minute:          960, // To keep within SQS's limit is the caller's.
	} {
		queue, received := newQueue(t, "")
		if err := queue.Send(t.Context(), json.RawMessage(body), delay); err != nil {
			t.Fatal(err)
		}
		if got := (*received)[0].DelaySeconds; got != want {
			t.Errorf("%v became %d s, want %d s", delay, got, want)
		}
	}
}

func TestBurySendsWhatItWasGiven(t *testing.T) {
	queue, received := newQueue(t, deadLetter)
	if err := queue.DeadLetter(t.Context(), json.RawMessage(body), "slack: channel_not_found"); err != nil {
		t.Fatal(err)
	}
	want := []sent{{
		QueueUrl: deadLetter, MessageBody: body,
		MessageAttributes: map[string]attribute{"Reason": {DataType: "String", StringValue: "slack: channel_not_found"}},
	}}
	if diff := cmp.Diff(want, *received); diff != "" {
		t.Error(diff)
	}
}

func TestBuryCleansTheReason(t *testing.T) {
	tests := map[string]struct{ reason, want string }{
		"nothing":             {"", "-"},
		"lines":               {"one\ntwo\r\nthree\tfour", "one two  three four"},
		"control characters":  {"a\x00b\x1b[31mc\x7fd\u0085e", "a b [31mc d e"},
		"what cannot be seen": {"a\u200bb\ufffec\U000e0001d\u2028e", "a b c d e"},
		"no UTF-8":            {"a\xff\xfeb\xed\xa0\x80c", "a?b?c"},
		"other scripts":       {"通知 é 🛡 \ufffd", "通知 é 🛡 \ufffd"},
		"1000 runes":          {strings.Repeat("鍵", 1000), strings.Repeat("鍵", 1000)},
		"1001 runes":          {strings.Repeat("鍵", 1000) + "x", strings.Repeat("鍵", 1000)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			queue, received := newQueue(t, deadLetter)
			if err := queue.DeadLetter(t.Context(), json.RawMessage(body), test.reason); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, (*received)[0].MessageAttributes["Reason"].StringValue); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzBury buries for any reason: SQS would take each.
func FuzzBury(f *testing.F) {
	for _, seed := range []string{"", "\x00", " \n ", "\xff", "slack: channel_not_found", strings.Repeat("\xff a", 700)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, reason string) {
		sender := new(recorder)
		if err := sqs.New(sender, waiting, deadLetter).DeadLetter(t.Context(), json.RawMessage(body), reason); err != nil {
			t.Fatal(err)
		}
		got := aws.ToString(sender.in.MessageAttributes["Reason"].StringValue)
		if n := utf8.RuneCountInString(got); n == 0 || n > 1000 || !utf8.ValidString(got) {
			t.Errorf("%q is empty, too long or no UTF-8", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q holds what cannot be printed", got)
		}
	})
}

func TestBuryWithoutADeadLetterQueue(t *testing.T) {
	queue, received := newQueue(t, "")
	err := queue.DeadLetter(t.Context(), json.RawMessage(body), "why")
	if err == nil || !strings.Contains(err.Error(), "no dead-letter queue") {
		t.Errorf("got error %v", err)
	}
	if len(*received) != 0 {
		t.Errorf("%d messages were sent", len(*received))
	}
}

func TestErrorsOfSQS(t *testing.T) {
	refusals := map[string]struct {
		status int
		code   string
	}{
		"the queue is gone": {http.StatusBadRequest, "QueueDoesNotExist"},
		"no permission":     {http.StatusForbidden, "AccessDeniedException"},
		"throttled":         {http.StatusBadRequest, "RequestThrottled"},
		"a parameter":       {http.StatusBadRequest, "InvalidParameterValue"},
		"an internal error": {http.StatusInternalServerError, "InternalFailure"},
	}
	for name, refusal := range refusals {
		for call, send := range calls() {
			t.Run(name+"/"+call, func(t *testing.T) {
				queue := queueAt(t, deadLetter, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "application/x-amz-json-1.0")
					w.WriteHeader(refusal.status)
					fmt.Fprintf(w, `{"__type":"com.amazonaws.sqs#%s","message":"why"}`, refusal.code)
				})
				err := send.do(t.Context(), queue)
				requireError(t, err, send.url, refusal.code)
				if e, ok := errors.AsType[smithy.APIError](err); !ok || e.ErrorCode() != refusal.code {
					t.Errorf("%v hides the SDK's error", err)
				}
			})
		}
	}
}

func TestErrorsOfTheWayThere(t *testing.T) {
	ways := map[string]http.HandlerFunc{
		"the connection breaks": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a proxy's page":        func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusForbidden) },
		"an answer cut short":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"MessageId":"1`) },
		"another body arrived": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"MessageId":"1","MD5OfMessageBody":"d41d8cd98f00b204e9800998ecf8427e"}`)
		},
	}
	for name, handler := range ways {
		for call, send := range calls() {
			t.Run(name+"/"+call, func(t *testing.T) {
				requireError(t, send.do(t.Context(), queueAt(t, deadLetter, handler)), send.url)
			})
		}
	}
}

func TestCallersContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for call, send := range calls() {
		queue, received := newQueue(t, deadLetter)
		err := send.do(ctx, queue)
		if requireError(t, err, send.url); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v does not say that it was cancelled", call, err)
		}
		if len(*received) != 0 {
			t.Errorf("%s: %d messages were sent", call, len(*received))
		}
	}
}

func TestQueueThatHangs(t *testing.T) {
	for call, send := range calls() {
		t.Run(call, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				err := send.do(t.Context(), sqs.New(hanging{}, waiting, deadLetter))
				if took := time.Since(began); took != 5*time.Second {
					t.Errorf("took %v, want 5 s", took)
				}
				if requireError(t, err, send.url); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v does not say that the time was up", err)
				}
			})
		})
	}
}

// call is a call of the Queue's and the queue that it sends to.
type call struct {
	url string
	do  func(context.Context, *sqs.Queue) error
}

func calls() map[string]call {
	return map[string]call{
		"Wait": {waiting, func(ctx context.Context, q *sqs.Queue) error {
			return q.Send(ctx, json.RawMessage(body), time.Second)
		}},
		"Bury": {deadLetter, func(ctx context.Context, q *sqs.Queue) error {
			return q.DeadLetter(ctx, json.RawMessage(body), "why")
		}},
	}
}

func requireError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("got no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

// sent is all that the Queue may say in a request.
type sent struct {
	QueueUrl, MessageBody string
	DelaySeconds          int
	MessageAttributes     map[string]attribute
}

type attribute struct{ DataType, StringValue string }

// newQueue is a Queue in front of a server that takes every message, and what it took.
func newQueue(t *testing.T, deadLetter string) (*sqs.Queue, *[]sent) {
	t.Helper()
	received := new([]sent)
	return queueAt(t, deadLetter, func(w http.ResponseWriter, r *http.Request) {
		if target := r.Header.Get("X-Amz-Target"); target != "AmazonSQS.SendMessage" {
			t.Errorf("asked for %q", target)
		}
		var message sent
		decoder := json.NewDecoder(r.Body)
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&message); err != nil {
			t.Error(err)
		}
		*received = append(*received, message)
		sum := md5.Sum([]byte(message.MessageBody))
		fmt.Fprintf(w, `{"MessageId":"1","MD5OfMessageBody":%q}`, hex.EncodeToString(sum[:]))
	}), received
}

// queueAt is a Queue on the SDK's own client, without its retries, in front of a server of ours.
func queueAt(t *testing.T, deadLetter string, handler http.HandlerFunc) *sqs.Queue {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return sqs.New(awssqs.NewFromConfig(aws.Config{
		Region:       "eu-central-1",
		Credentials:  credentials.NewStaticCredentialsProvider("id", "key", ""),
		BaseEndpoint: &server.URL,
		HTTPClient:   server.Client(),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}), waiting, deadLetter)
}

// recorder takes the last message without a network.
type recorder struct{ in *awssqs.SendMessageInput }

func (r *recorder) SendMessage(_ context.Context, in *awssqs.SendMessageInput, _ ...func(*awssqs.Options)) (*awssqs.SendMessageOutput, error) {
	r.in = in
	return &awssqs.SendMessageOutput{}, nil
}

// hanging is a queue that never answers.
type hanging struct{}

func (hanging) SendMessage(ctx context.Context, _ *awssqs.SendMessageInput, _ ...func(*awssqs.Options)) (*awssqs.SendMessageOutput, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
