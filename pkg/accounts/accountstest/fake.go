// Package accountstest stands in for AWS Organizations in tests, over real HTTP and in the form in which the
// service answers: JSON 1.1.
package accountstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pageSize is how many accounts, or tags, a page has at most
// (https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html).
const pageSize = 20

// Rate is how many requests a second AWS answers, and how many at once after a pause.
type Rate struct{ PerSecond, Burst float64 }

// Rates are those of the operations that the fake knows
// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html).
func Rates() map[string]Rate {
	return map[string]Rate{"ListAccounts": {8, 12}, "ListTagsForResource": {10, 15}}
}

// Account is one account of the organization.
type Account struct {
	ID, Name string
	// Path is the account's own, from the organization to its ID; empty: AWS does not say it.
	Path string
	Tags map[string]string
}

// Fake is an organization. Its fields may be changed between requests.
type Fake struct {
	Accounts []Account
	// Denied are operations that the caller may not use.
	Denied []string
	// Broken is an operation that fails from its nth request on, by its name.
	Broken map[string]int
	// Now is the clock of the rates; nil: there are none.
	Now func() time.Time

	mu      sync.Mutex
	calls   map[string]int
	buckets map[string]bucket
}

// bucket is how many requests may still come at once, and since when.
type bucket struct {
	left  float64
	since time.Time
}

// Calls counts the requests that were answered, by their operations.
func (f *Fake) Calls() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.calls)
}

// ServeHTTP answers one request.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in struct{ NextToken, ResourceId string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, "SerializationException", err.Error())
		return
	}
	if !f.allows(operation) {
		refuse(
			w,
			"TooManyRequestsException",
			"AWS Organizations can't complete your request because another request is "+
				"already in progress. Try again later.",
		)
		return
	}
	if f.calls == nil {
		f.calls = make(map[string]int)
	}
	f.calls[operation]++
	if slices.Contains(f.Denied, operation) {
		refuse(w, "AccessDeniedException", "You don't have permissions to access this resource.")
		return
	}
	if from, ok := f.Broken[operation]; ok && f.calls[operation] >= from {
		refuse(
			w,
			"ServiceException",
			"AWS Organizations can't complete your request because of an internal service error.",
		)
		return
	}
	switch operation {
	case "ListAccounts":
		f.listAccounts(w, in.NextToken)
	case "ListTagsForResource":
		f.listTags(w, in.ResourceId, in.NextToken)
	default:
		refuse(w, "UnknownOperationException", operation)
	}
}

// allows takes one request out of the operation's bucket.
func (f *Fake) allows(operation string) bool {
	rate, limited := Rates()[operation]
	if f.Now == nil || !limited {
		return true
	}
	now := f.Now()
	b, known := f.buckets[operation]
	if !known {
		b = bucket{rate.Burst, now}
	}
	b.left = min(rate.Burst, b.left+now.Sub(b.since).Seconds()*rate.PerSecond)
	b.since = now
	allowed := b.left >= 1
	if allowed {
		b.left--
	}
	if f.buckets == nil {
		f.buckets = make(map[string]bucket)
	}
	f.buckets[operation] = b
	return allowed
}

// listAccounts has an empty page before the first, as AWS may.
func (f *Fake) listAccounts(w http.ResponseWriter, token string) {
	if token == "" && len(f.Accounts) > 0 {
		reply(w, map[string]any{"Accounts": []any{}, "NextToken": "0"})
		return
	}
	page, next, ok := pageOf(f.Accounts, token)
	if !ok {
		refuse(w, "InvalidInputException", "NextToken")
		return
	}
	var accounts []map[string]any
	for _, a := range page {
		account := map[string]any{
			"Id": a.ID, "Arn": "arn:aws:organizations::111122223333:account/o-a1b2c3d4e5/" + a.ID, "Name": a.Name,
			"Email": "root+" + a.ID + "@example.com", "State": "ACTIVE", "JoinedMethod": "CREATED", "JoinedTimestamp": 1.7e9,
		}
		if a.Path != "" {
			account["Paths"] = []string{a.Path}
		}
		accounts = append(accounts, account)
	}
	body := map[string]any{"Accounts": accounts}
	if next != "" {
		body["NextToken"] = next
	}
	reply(w, body)
}

func (f *Fake) listTags(w http.ResponseWriter, id, token string) {
	at := slices.IndexFunc(f.Accounts, func(a Account) bool { return a.ID == id })
	if at < 0 {
		refuse(
			w,
			"TargetNotFoundException",
			"We can't find a root, OU, account, or policy with the TargetId that you specified.",
		)
		return
	}
	tags := f.Accounts[at].Tags
	page, next, ok := pageOf(slices.Sorted(maps.Keys(tags)), token)
	if !ok {
		refuse(w, "InvalidInputException", "NextToken")
		return
	}
	list := []map[string]string{}
	for _, key := range page {
		list = append(list, map[string]string{"Key": key, "Value": tags[key]})
	}
	body := map[string]any{"Tags": list}
	if next != "" {
		body["NextToken"] = next
	}
	reply(w, body)
}

// pageOf is the page that a token asks for, and the next token.
func pageOf[T any](all []T, token string) (page []T, next string, ok bool) {
	first := 0
	if token != "" {
		var err error
		if first, err = strconv.Atoi(token); err != nil || first < 0 || first > len(all) {
			return nil, "", false
		}
	}
	last := min(len(all), first+pageSize)
	if last < len(all) {
		next = fmt.Sprint(last)
	}
	return all[first:last], next, true
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, code, why string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "Message": why})
}
