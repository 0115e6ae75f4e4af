package lambdatest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// FunctionError is what a function answered instead of a response.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// Error is the function's own message.
func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// Answer is a function's response, and how long it took from handing out the payload.
type Answer struct {
	Payload []byte
	Took    time.Duration
}

// invocation is one payload on its way through the function.
type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
	handed   time.Time
	done     chan outcome
}

type outcome struct {
	answer Answer
	err    error
}

// runtime is the Runtime API of one execution environment.
type runtime struct {
	http *httptest.Server
	// arn is what the function is told that it is.
	arn string
	// waiting are the invocations that nobody has asked for yet; asked is closed at the first request for one.
	waiting chan *invocation
	asked   chan struct{}

	mu      sync.Mutex
	serial  int
	running map[string]*invocation
	askedAt time.Time
}

func newRuntime() *runtime {
	r := &runtime{
		arn:     functionARN,
		waiting: make(chan *invocation),
		asked:   make(chan struct{}),
		running: make(map[string]*invocation),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", r.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", r.respond)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", r.fail)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", accept)
	r.http = httptest.NewServer(mux)
	return r
}

func (r *runtime) invocation(payload []byte, timeout time.Duration) *invocation {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.serial++
	return &invocation{
		id:       fmt.Sprintf("00000000-0000-4000-8000-%012d", r.serial),
		payload:  payload,
		deadline: time.Now().Add(timeout),
		done:     make(chan outcome, 1),
	}
}

func (r *runtime) next(w http.ResponseWriter, request *http.Request) {
	r.noteAsked()
	select {
	case i := <-r.waiting:
		r.hand(w, i)
	case <-request.Context().Done():
	}
}

func (r *runtime) noteAsked() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.askedAt.IsZero() {
		r.askedAt = time.Now()
		close(r.asked)
	}
}

func (r *runtime) hand(w http.ResponseWriter, i *invocation) {
	r.mu.Lock()
	i.handed = time.Now()
	r.running[i.id] = i
	r.mu.Unlock()
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Lambda-Runtime-Aws-Request-Id", i.id)
	header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
	header.Set("Lambda-Runtime-Invoked-Function-Arn", r.arn)
	header.Set("Lambda-Runtime-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
	_, _ = w.Write(i.payload)
}

func (r *runtime) respond(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	r.end(w, request.PathValue("id"), body, err)
}

func (r *runtime) fail(w http.ResponseWriter, request *http.Request) {
	failure := new(FunctionError)
	if err := json.NewDecoder(request.Body).Decode(failure); err != nil {
		failure.Message = "the error is no JSON: " + err.Error()
	}
	r.end(w, request.PathValue("id"), nil, failure)
}

// end gives the outcome to whoever invoked. An id that is not running is refused, as the Runtime API does.
func (r *runtime) end(w http.ResponseWriter, id string, payload []byte, err error) {
	r.mu.Lock()
	i, ok := r.running[id]
	delete(r.running, id)
	r.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	i.done <- outcome{Answer{payload, time.Since(i.handed)}, err}
}

func accept(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }
