// Package guarddutytest stands in for Amazon GuardDuty in tests, over real HTTP and in the form in which the service
// answers: REST-JSON with lower-case keys and moments in seconds.
package guarddutytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// AssumedRate is how many requests a second the service is assumed to answer an account in a Region: AWS publishes no
// number.
const AssumedRate = 5

// Resource is one of ListCoverage's, as it is on the wire
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CoverageResource.html).
type Resource struct {
	ResourceID string  `json:"resourceId,omitempty"`
	DetectorID string  `json:"detectorId,omitempty"`
	AccountID  string  `json:"accountId,omitempty"`
	Details    Details `json:"resourceDetails"`
	Status     string  `json:"coverageStatus,omitempty"`
	Issue      string  `json:"issue,omitempty"`
	// UpdatedAt is in seconds since 1970, with a fraction.
	UpdatedAt float64 `json:"updatedAt,omitempty"`
}

// Details are of the kind that Type names.
type Details struct {
	Type string `json:"resourceType,omitempty"`
	EKS  *EKS   `json:"eksClusterDetails,omitempty"`
	ECS  *ECS   `json:"ecsClusterDetails,omitempty"`
	EC2  *EC2   `json:"ec2InstanceDetails,omitempty"`
}

// EKS is a cluster.
type EKS struct {
	ClusterName     string `json:"clusterName"`
	CoveredNodes    int    `json:"coveredNodes"`
	CompatibleNodes int    `json:"compatibleNodes"`
	Addon           *Addon `json:"addonDetails,omitempty"`
	ManagementType  string `json:"managementType,omitempty"`
}

// Addon is the agent on an EKS cluster.
type Addon struct {
	AddonVersion string `json:"addonVersion,omitempty"`
	AddonStatus  string `json:"addonStatus,omitempty"`
}

// ECS is a cluster.
type ECS struct {
	ClusterName string     `json:"clusterName"`
	Fargate     *Fargate   `json:"fargateDetails,omitempty"`
	Instances   *Instances `json:"containerInstanceDetails,omitempty"`
}

// Fargate tells of a cluster's tasks.
type Fargate struct {
	Issues         []string `json:"issues,omitempty"`
	ManagementType string   `json:"managementType,omitempty"`
}

// Instances counts a cluster's container instances.
type Instances struct {
	Covered    int `json:"coveredContainerInstances"`
	Compatible int `json:"compatibleContainerInstances"`
}

// EC2 is an instance.
type EC2 struct {
	InstanceID     string `json:"instanceId"`
	InstanceType   string `json:"instanceType,omitempty"`
	ClusterARN     string `json:"clusterArn,omitempty"`
	Agent          *Agent `json:"agentDetails,omitempty"`
	ManagementType string `json:"managementType,omitempty"`
}

// Agent is the agent on an instance.
type Agent struct {
	Version string `json:"version,omitempty"`
}

// Region is what one Region answers. The zero Region has no detector.
type Region struct {
	// Detector is the detector's id.
	Detector string
	// Account is the account's ID; it is empty in answers that do not matter.
	Account string
	// Off has Runtime Monitoring turned off, Suspended all of GuardDuty. AgentsOff are the settings of Runtime
	// Monitoring that are off.
	Off, Suspended bool
	AgentsOff      []string
	// Organization is what the account administers; nil: nothing.
	Organization *Organization
	// Len is how many resources there are, At the one at an index.
	Len int
	At  func(i int) Resource
	// Fault may answer in the Region's stead.
	Fault func(Call) *Answer
}

// List is a Region with these resources.
func List(resources ...Resource) Region {
	return Region{Detector: "12abc34d567e8fa901bc2d34e56789f0", Len: len(resources), At: func(i int) Resource { return resources[i] }}
}

// Call is one request.
type Call struct {
	Region, Operation string
	// Page counts the pages of a list from 0.
	Page int
	// Nth counts the requests that were the same, from 1.
	Nth int
}

// Answer is one that a Fault gives.
type Answer struct {
	Status int
	// Type is the error's code, Body the body; both are sent as they are.
	Type, Body string
	// Wait is closed when the answer may be sent; nil: at once. A request that is given up ends it, too.
	Wait <-chan struct{}
}

// Throttled is how an API that is asked too often answers.
func Throttled() *Answer {
	return Refusal(http.StatusTooManyRequests, "TooManyRequestsException", "Rate exceeded")
}

// Denied is how IAM refuses.
func Denied(action string) *Answer {
	return Refusal(http.StatusForbidden, "AccessDeniedException",
		"User: arn:aws:sts::111122223333:assumed-role/report/x is not authorized to perform: guardduty:"+action)
}

// Refusal is an error with a code and a text.
func Refusal(status int, code, text string) *Answer {
	body, err := json.Marshal(map[string]string{"message": text, "__type": code})
	if err != nil {
		panic(err)
	}
	return &Answer{Status: status, Type: code, Body: string(body)}
}

// Fake is the service in several Regions at one address.
type Fake struct {
	server  *httptest.Server
	mu      sync.Mutex
	regions map[string]Region
	calls   []Call
	seen    map[string]int
}

// New starts the service. Close ends it.
func New(regions map[string]Region) *Fake {
	f := &Fake{regions: regions, seen: make(map[string]int)}
	f.server = httptest.NewServer(f)
	return f
}

// URL is the service's address.
func (f *Fake) URL() string { return f.server.URL }

// Client is one that trusts the service.
//
// It hides from net/http that a request's body can write itself. smithy-go closes the body as soon as an answer begins; a
// closed body that is asked to write itself says io.EOF, and for that net/http closes the connection below the answer. The
// SDK tries again, but on a loaded machine, where the answer comes before net/http has looked again, all its tries may fail.
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

// Close waits until every request is answered.
func (f *Fake) Close() { f.server.Close() }

// Set changes a Region.
func (f *Fake) Set(name string, region Region) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.regions[name] = region
}

// Calls are all requests so far.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Call(nil), f.calls...)
}

// scope is where a signature says for which Region and service it is.
var scope = regexp.MustCompile(`Credential=[^/]+/\d{8}/([a-z0-9-]+)/guardduty/aws4_request`)

// ServeHTTP answers one request.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	signed := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if signed == nil {
		send(w, *Refusal(http.StatusForbidden, "MissingAuthenticationTokenException", "not signed for GuardDuty"))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller is gone
	}
	request, refusal := read(r, body)
	if refusal != nil {
		send(w, *refusal)
		return
	}
	call, region := f.note(signed[1], request)
	var answer *Answer
	if region.Fault != nil {
		answer = region.Fault(call)
	}
	if answer == nil {
		answer = region.answer(request)
	}
	if answer.Wait != nil {
		select {
		case <-answer.Wait:
		case <-r.Context().Done():
			return
		}
	}
	send(w, *answer)
}

// request is a request that was understood.
type request struct {
	operation, detector string
	size, first         int
	accounts            string
}

func (r request) page() int { return r.first / max(1, r.size) }

func (f *Fake) note(name string, r request) (Call, Region) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := fmt.Sprint(name, r)
	f.seen[key]++
	call := Call{Region: name, Operation: r.operation, Page: r.page(), Nth: f.seen[key]}
	f.calls = append(f.calls, call)
	return call, f.regions[name]
}

// read understands what the service would, and refuses what it would.
func read(r *http.Request, body []byte) (request, *Answer) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodGet && len(path) == 1 && path[0] == "detector":
		return request{operation: "ListDetectors"}, nil
	case r.Method == http.MethodGet && len(path) == 2 && path[0] == "detector":
		return request{operation: "GetDetector", detector: path[1]}, nil
	case r.Method == http.MethodGet && r.URL.Path == "/organization/statistics":
		return request{operation: "GetOrganizationStatistics"}, nil
	case r.Method == http.MethodGet && len(path) == 3 && path[2] == "admin":
		return request{operation: "DescribeOrganizationConfiguration", detector: path[1]}, nil
	case r.Method == http.MethodGet && len(path) == 3 && path[2] == "member":
		return readMembers(path[1], r.URL.Query())
	case r.Method == http.MethodPost && len(path) == 5 && strings.HasSuffix(r.URL.Path, "/member/detector/get"):
		return readMemberDetectors(path[1], body)
	case r.Method == http.MethodPost && len(path) == 3 && path[2] == "coverage":
		return readList(path[1], body)
	case r.Method == http.MethodPost && len(path) == 4 && path[2] == "coverage" && path[3] == "statistics":
		return readStatistics(path[1], body)
	}
	return request{}, Refusal(http.StatusNotFound, "UnknownOperationException", r.Method+" "+r.URL.Path)
}

func readList(detector string, data []byte) (request, *Answer) {
	var body struct {
		MaxResults *int   `json:"maxResults"`
		NextToken  string `json:"nextToken"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		return request{}, invalid(err.Error())
	}
	list := request{operation: "ListCoverage", detector: detector, size: 50}
	if body.MaxResults != nil {
		list.size = *body.MaxResults
	}
	if list.size < 1 || list.size > 50 {
		return request{}, invalid("maxResults is not between 1 and 50")
	}
	if body.NextToken != "" {
		var err error
		if list.first, err = strconv.Atoi(strings.TrimPrefix(body.NextToken, "from-")); err != nil {
			return request{}, invalid("nextToken is not one of ours")
		}
	}
	return list, nil
}

func readStatistics(detector string, data []byte) (request, *Answer) {
	var body struct {
		Types []string `json:"statisticsType"`
	}
	if err := json.Unmarshal(data, &body); err != nil || len(body.Types) == 0 {
		return request{}, invalid("statisticsType is missing")
	}
	for _, kind := range body.Types {
		if kind != "COUNT_BY_COVERAGE_STATUS" && kind != "COUNT_BY_RESOURCE_TYPE" {
			return request{}, invalid("statisticsType is " + kind)
		}
	}
	return request{operation: "GetCoverageStatistics", detector: detector}, nil
}

func invalid(why string) *Answer {
	return Refusal(http.StatusBadRequest, "BadRequestException", "The request is rejected because of an invalid input: "+why)
}

func (r Region) answer(q request) *Answer {
	if q.operation == "ListDetectors" {
		ids := []string{}
		if r.Detector != "" {
			ids = append(ids, r.Detector)
		}
		return reply(map[string]any{"detectorIds": ids})
	}
	if q.operation == "GetOrganizationStatistics" {
		return r.Organization.statistics()
	}
	if q.detector != r.Detector {
		return Refusal(http.StatusBadRequest, "BadRequestException",
			"The request is rejected because the input detectorId is not owned by the current account.")
	}
	switch q.operation {
	case "GetDetector":
		return r.detector()
	case "GetCoverageStatistics":
		return r.statistics()
	case "ListMembers":
		return r.Organization.list(q, r.Account)
	case "GetMemberDetectors":
		return r.Organization.describe(q)
	case "DescribeOrganizationConfiguration":
		return r.Organization.settings()
	}
	return r.list(q)
}

func (r Region) detector() *Answer {
	role := ""
	if r.Account != "" {
		role = "arn:aws:iam::" + r.Account +
			":role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty"
	}
	return reply(map[string]any{
		"createdAt": "2024-02-01T09:00:00.000Z", "status": enabled(!r.Suspended), "serviceRole": role,
		"features": features(r.Off, r.AgentsOff),
	})
}

func (r Region) statistics() *Answer {
	kinds, statuses := make(map[string]int), make(map[string]int)
	for i := range r.Len {
		resource := r.At(i)
		kinds[resource.Details.Type]++
		statuses[resource.Status]++
	}
	return reply(map[string]any{"coverageStatistics": map[string]any{"countByResourceType": kinds, "countByCoverageStatus": statuses}})
}

func (r Region) list(q request) *Answer {
	last := min(r.Len, q.first+q.size)
	resources := make([]Resource, 0, q.size)
	for i := q.first; i < last; i++ {
		resources = append(resources, r.At(i))
	}
	body := map[string]any{"resources": resources}
	if last < r.Len {
		body["nextToken"] = fmt.Sprint("from-", last)
	}
	return reply(body)
}

func reply(body any) *Answer {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return &Answer{Status: http.StatusOK, Body: string(data)}
}

func send(w http.ResponseWriter, a Answer) {
	w.Header().Set("Content-Type", "application/json")
	if a.Type != "" {
		w.Header().Set("X-Amzn-Errortype", a.Type)
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body))
}

// Seconds is a moment on the wire.
func Seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1e3 }
