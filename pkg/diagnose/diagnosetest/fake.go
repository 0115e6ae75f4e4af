// Package diagnosetest stands in for AWS in tests, over real HTTP and in the form in which each service answers: XML
// from EC2 and STS, JSON from the others.
package diagnosetest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// Call is one request.
type Call struct {
	Region string
	// Key is the access key that signed it.
	Key string
	// Action is what IAM calls the operation, for example eks:DescribeCluster.
	Action string
	// Asked is what was asked: the path of EKS's and GuardDuty's operations, the parameters of EC2's and STS's in the order
	// of their names, and after a blank the JSON of those that send it.
	Asked string
}

// Answer is what the services say.
type Answer struct {
	// Code makes it an error.
	Code string
	// Status is the HTTP status; 0: 200, or with a Code, 400.
	Status int
	// Body is sent as it is. An error writes its own.
	Body string
	// Wait is closed when the answer may be sent; nil: at once. A request that is given up ends it, too.
	Wait <-chan struct{}
}

// Denied is how the service of that action says that it is not allowed.
func Denied(action string) Answer {
	switch service, _, _ := strings.Cut(action, ":"); service {
	case "ec2":
		return Answer{Code: "UnauthorizedOperation", Status: http.StatusForbidden}
	case "sts":
		return Answer{Code: "AccessDenied", Status: http.StatusForbidden}
	case "ecs", "ssm", "cloudtrail":
		return Answer{Code: "AccessDeniedException"}
	}
	return Answer{Code: "AccessDeniedException", Status: http.StatusForbidden}
}

// Fake is AWS at one address.
type Fake struct {
	server *httptest.Server
	answer func(Call) Answer

	mu    sync.Mutex
	calls []Call
}

// New starts an AWS that answers so. Close ends it.
func New(answer func(Call) Answer) *Fake {
	f := &Fake{answer: answer}
	f.server = httptest.NewServer(f)
	return f
}

// URL is the address.
func (f *Fake) URL() string { return f.server.URL }

// Close waits until every request is answered.
func (f *Fake) Close() {
	f.server.CloseClientConnections()
	f.server.Close()
}

// Calls are all requests so far.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Call(nil), f.calls...)
}

// Client is one that trusts the service. It hides from net/http that a request's body can write itself: the SDK closes
// the body as soon as an answer begins, for which net/http may close the connection below the answer.
func (f *Fake) Client() *http.Client {
	client := *f.server.Client()
	client.Transport = reading{client.Transport}
	return &client
}

// reading sends requests whose bodies are only read.
type reading struct{ next http.RoundTripper }

func (r reading) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		request = request.Clone(request.Context())
		request.Body = struct{ io.ReadCloser }{request.Body}
	}
	return r.next.RoundTrip(request)
}

// ServeHTTP answers one request.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call, err := Read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	f.calls = append(f.calls, call)
	f.mu.Unlock()
	answer := f.answer(call)
	if answer.Wait != nil {
		select {
		case <-answer.Wait:
		case <-r.Context().Done():
			return
		}
	}
	answer.Send(w, call)
}

// scope is where a signature says for which Region and service it is, and whose.
var scope = regexp.MustCompile(`Credential=([^/]+)/\d{8}/([a-z0-9-]+)/([a-z0-9]+)/aws4_request`)

// Read understands a request as the service that it was signed for.
func Read(r *http.Request) (Call, error) {
	signed := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if signed == nil {
		return Call{}, fmt.Errorf("%s %s: not signed", r.Method, r.URL)
	}
	var body []byte
	if r.Body != nil { // A client's request without one has none.
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return Call{}, fmt.Errorf("reading the request: %w", err)
		}
	}
	operation, asked, err := readAs(signed[3], r, string(body))
	if err != nil {
		return Call{}, err
	}
	return Call{Key: signed[1], Region: signed[2], Action: signed[3] + ":" + operation, Asked: strings.TrimSpace(asked)}, nil
}

func readAs(service string, r *http.Request, body string) (operation, asked string, err error) {
	switch service {
	case "ec2", "sts":
		form, err := url.ParseQuery(body)
		if err != nil {
			return "", "", fmt.Errorf("reading the parameters of %s: %w", service, err)
		}
		operation = form.Get("Action")
		form.Del("Action")
		form.Del("Version")
		asked, err = url.QueryUnescape(form.Encode())
		return operation, asked, err
	case "ecs", "ssm", "cloudtrail":
		_, operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		return operation, body, nil
	}
	for _, route := range routes {
		if route.service == service && route.method == r.Method && route.path.MatchString(r.URL.Path) {
			return route.operation, r.URL.RequestURI() + " " + body, nil
		}
	}
	return "", "", fmt.Errorf("%s knows no %s %s", service, r.Method, r.URL.Path)
}

// routes are the operations that are told apart by method and path
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html,
// https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Operations.html).
var routes = []struct {
	service, method string
	path            *regexp.Regexp
	operation       string
}{
	{"eks", http.MethodGet, regexp.MustCompile(`^/clusters$`), "ListClusters"},
	{"eks", http.MethodGet, regexp.MustCompile(`^/clusters/[^/]+$`), "DescribeCluster"},
	{"eks", http.MethodGet, regexp.MustCompile(`^/clusters/[^/]+/addons/[^/]+$`), "DescribeAddon"},
	{"eks", http.MethodGet, regexp.MustCompile(`^/clusters/[^/]+/fargate-profiles$`), "ListFargateProfiles"},
	{"eks", http.MethodGet, regexp.MustCompile(`^/addons/supported-versions$`), "DescribeAddonVersions"},
	{"guardduty", http.MethodGet, regexp.MustCompile(`^/detector$`), "ListDetectors"},
	{"guardduty", http.MethodGet, regexp.MustCompile(`^/detector/[^/]+$`), "GetDetector"},
	{"guardduty", http.MethodGet, regexp.MustCompile(`^/detector/[^/]+/administrator$`), "GetAdministratorAccount"},
	{"guardduty", http.MethodPost, regexp.MustCompile(`^/detector/[^/]+/coverage$`), "ListCoverage"},
}

// Send writes the answer in the form of the service that was called.
func (a Answer) Send(w http.ResponseWriter, call Call) {
	service, _, _ := strings.Cut(call.Action, ":")
	kind := map[string]string{"ec2": "text/xml", "sts": "text/xml", "ecs": "application/x-amz-json-1.1", "ssm": "application/x-amz-json-1.1",
		"cloudtrail": "application/x-amz-json-1.1"}[service]
	if kind == "" {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	body, status := a.Body, a.Status
	if a.Code != "" {
		body = errorOf(service, a.Code, call.Action)
		w.Header().Set("X-Amzn-Errortype", a.Code)
		status = max(status, http.StatusBadRequest)
	}
	if status != 0 {
		w.WriteHeader(status)
	}
	_, _ = io.WriteString(w, body)
}

func errorOf(service, code, action string) string {
	type fault struct {
		Code, Message string
	}
	what := fault{code, "The request " + action + " is refused."}
	var data []byte
	var err error
	switch service {
	case "ec2":
		type response struct {
			XMLName   xml.Name `xml:"Response"`
			Error     fault    `xml:"Errors>Error"`
			RequestID string
		}
		data, err = xml.Marshal(response{Error: what, RequestID: "r"})
	case "sts":
		type response struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Error     fault
			RequestID string `xml:"RequestId"`
		}
		data, err = xml.Marshal(response{Error: what, RequestID: "r"})
	default:
		data, err = json.Marshal(map[string]string{"__type": code, "message": what.Message})
	}
	if err != nil {
		panic(err)
	}
	return string(data)
}
