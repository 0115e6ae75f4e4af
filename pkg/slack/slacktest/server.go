// Package slacktest is a Slack that runs in the test: the Web API methods and the incoming webhook that a notifier
// uses, with Slack's limits, refusals and rate limits, and with faults on demand.
package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// Options are what a Server is like. The zero value is an obliging one.
type Options struct {
	// Token is the bot token that is accepted; empty: one that is made up.
	Token string
	// Channel is the channel, and that of the webhook; empty: one that is made up.
	Channel string
	// Others are further channels.
	Others []string
	// Now is the clock; nil: it stands still.
	Now func() time.Time
	// Burst is how many messages a channel takes at once, before it is one a second; 0: any number. Changes to
	// messages are limited to 50 a minute then
	// (https://docs.slack.dev/apis/web-api/rate-limits).
	Burst int
	// NoRetryAfter leaves the header out of a 429.
	NoRetryAfter bool
	// EditWindow is how long a message can be changed; 0: for ever.
	EditWindow time.Duration
	// Unsupported are types of blocks that the workspace refuses as invalid_blocks, as some do with new ones.
	Unsupported []string
	// RefuseBlocks is the code, such as invalid_blocks, that refuses every message with blocks; empty: none
	// does.
	RefuseBlocks string
	// AllowRefusals keeps New from failing the test when a message broke a rule of Check's.
	AllowRefusals bool
}

// Message is one message in a channel.
type Message struct {
	Channel string
	TS      string
	// ThreadTS is the message it answers.
	ThreadTS string
	// Broadcast is true when the channel shows an answer, too.
	Broadcast bool
	Text      string
	Blocks    json.RawMessage
	// Edits counts how often it was changed.
	Edits int
	// Unfurls is true when the sender did not forbid previews of links, Parses when it did not forbid to look for
	// links and names in the text.
	Unfurls, Parses bool
	// Webhook is true when it came through the webhook.
	Webhook bool

	posted time.Time
}

// Fault is something that goes wrong with one request.
type Fault struct {
	// Op is the request it is for: "chat.postMessage", "chat.update", "auth.test" or "webhook"; empty: any.
	Op string
	// Taken does what was asked before it goes wrong, so that only the answer is lost.
	Taken bool

	// Hang answers nothing until the client gives up, Reset drops the connection, Cut announces the Body and sends
	// half of it. Without any of them the answer is Status (0: 200), Header and Body.
	Hang, Reset, Cut bool
	Status           int
	Header           http.Header
	Body             string
}

// Server is a fake Slack. It may be used concurrently.
type Server struct {
	http    *httptest.Server
	options Options
	closing chan struct{}

	mu       sync.Mutex
	token    string
	hook     string
	revoked  map[string]string
	messages []Message
	changed  map[string][]time.Time
	faults   []Fault
	posts    *bucket
	updates  *bucket
	serial   int
	requests map[string]int
	refused  map[string]int
	broken   []string
}

// New starts a Server for the length of a test, which fails when a message broke a rule of Check's.
func New(t testing.TB, options Options) *Server {
	t.Helper()
	s := NewServer(options)
	t.Cleanup(func() {
		s.Close()
		if options.AllowRefusals {
			return
		}
		for _, rule := range s.Broken() {
			t.Errorf("slack refused a message: %s", rule)
		}
	})
	return s
}

// NewServer starts a Server that the caller has to Close.
func NewServer(options Options) *Server {
	if options.Token == "" {
		options.Token = "xoxb-000000000000-fake-bot-token"
	}
	if options.Channel == "" {
		options.Channel = "C0123456789"
	}
	if options.Now == nil {
		options.Now = func() time.Time { return time.Unix(1_700_000_000, 0) }
	}
	s := &Server{
		options:  options,
		closing:  make(chan struct{}),
		token:    options.Token,
		hook:     "/services/T00000000/B00000000/fakeWebhookSecret0",
		revoked:  make(map[string]string),
		changed:  make(map[string][]time.Time),
		requests: make(map[string]int),
		refused:  make(map[string]int),
		posts:    newBucket(time.Second, options.Burst, options.Now()),
		updates:  newBucket(time.Minute/50, 50, options.Now()),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", s.method)
	mux.HandleFunc("POST /services/", s.webhook)
	s.http = httptest.NewServer(mux)
	return s
}

// Close ends the server, and requests that hang.
func (s *Server) Close() {
	close(s.closing)
	s.http.Close()
}

// APIURL is the base of the Web API, with a slash at its end.
func (s *Server) APIURL() string { return s.http.URL + "/api/" }

// WebhookURL is the incoming webhook that is accepted now.
func (s *Server) WebhookURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.http.URL + s.hook
}

// Token is the bot token that is accepted now.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// Channel is the id of the channel.
func (s *Server) Channel() string { return s.options.Channel }

// Client connects to the server.
func (s *Server) Client() *http.Client { return s.http.Client() }

// RotateToken accepts another token from now on and answers to the old one with code, such as token_revoked.
func (s *Server) RotateToken(token, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked[s.token] = code
	s.token = token
}

// RotateWebhook accepts another webhook from now on and returns its URL. The old one is answered with 404.
func (s *Server) RotateWebhook() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	s.hook = fmt.Sprintf("/services/T00000000/B00000000/fakeWebhookSecret%d", s.serial)
	return s.http.URL + s.hook
}

// Fail makes the next requests go wrong, each once, in this order.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Messages are the messages in the channel and its threads, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Changed is when edits made the message say something else than before, the first time first.
func (s *Server) Changed(ts string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.changed[ts])
}

// Delete deletes a message and reports whether there was one.
func (s *Server) Delete(ts string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.messages, func(m Message) bool { return m.TS == ts })
	if i < 0 {
		return false
	}
	s.messages = slices.Delete(s.messages, i, i+1)
	return true
}

// Requests counts the requests of an op, "" those of all.
func (s *Server) Requests(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if op != "" {
		return s.requests[op]
	}
	all := 0
	for _, n := range s.requests {
		all += n
	}
	return all
}

// Refused counts the refusals with a code, such as ratelimited; "" all of them.
func (s *Server) Refused(code string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code != "" {
		return s.refused[code]
	}
	all := 0
	for _, n := range s.refused {
		all += n
	}
	return all
}

// Broken says which messages broke a rule of Check's, and how.
func (s *Server) Broken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.broken)
}
