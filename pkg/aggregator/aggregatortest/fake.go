// Package aggregatortest stands in for an AWS Config aggregator in tests, over real HTTP and in the form in which the
// service answers: JSON 1.1.
package aggregatortest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pageSize is how many groups a page of a query has, statusesAtOnce how many sources
// (https://docs.aws.amazon.com/config/latest/APIReference/API_SelectAggregateResourceConfig.html).
const (
	pageSize       = 500
	statusesAtOnce = 100
)

// AssumedRate is how many requests a second the service is assumed to answer: AWS publishes no number.
const AssumedRate = 5

// Resource is one configuration item of the newest state.
type Resource struct {
	Account, Region, Type string
	// Properties are those that queries may name, such as configuration.state.name; TagKeys are the keys of its tags.
	Properties map[string]string
	TagKeys    []string
}

// Source is an account and Region that is not up to date.
type Source struct {
	Account, Region, Status, Error string
	UpdatedAt                      time.Time
}

// Fake is the Config of one account and Region. Its fields may be changed between requests.
type Fake struct {
	// Name is the aggregator's.
	Name      string
	Resources []Resource
	Sources   []Source
	// Denied are operations that the caller may not use.
	Denied []string
	// Refused is what an expression holds that the service takes for a mistake; empty: nothing.
	Refused string
	// Throttled is how many requests are refused before the next is answered.
	Throttled int

	mu          sync.Mutex
	calls       map[string]int
	expressions []string
	// groups are those of the expressions that were asked last, until their first page is asked for again.
	groups map[string][]group
}

// group is one result of a query.
type group struct {
	values []string
	count  int
}

// Calls counts the requests that were answered, by their operations.
func (f *Fake) Calls() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.calls)
}

// Expressions are those that were asked, each once, in their order.
func (f *Fake) Expressions() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.expressions)
}

type request struct {
	ConfigurationAggregatorName, Expression, NextToken string
	Limit                                              int
	UpdateStatus                                       []string
}

// ServeHTTP answers one request.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in request
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, "SerializationException", err.Error())
		return
	}
	if f.Throttled > 0 {
		f.Throttled--
		refuse(w, "ThrottlingException", "Rate exceeded")
		return
	}
	if f.calls == nil {
		f.calls = make(map[string]int)
	}
	f.calls[operation]++
	switch {
	case slices.Contains(f.Denied, operation):
		refuse(w, "AccessDeniedException", "User is not authorized to perform: config:"+operation)
	case in.ConfigurationAggregatorName != f.Name:
		refuse(w, "NoSuchConfigurationAggregatorException", "The configuration aggregator does not exist.")
	case operation == "SelectAggregateResourceConfig":
		f.query(w, in)
	case operation == "DescribeConfigurationAggregatorSourcesStatus":
		f.sources(w, in)
	default:
		refuse(w, "UnknownOperationException", operation)
	}
}

// grammar are the parts of an expression that the fake understands, a subset of
// https://docs.aws.amazon.com/config/latest/developerguide/query-components.html.
var grammar = regexp.MustCompile(`^SELECT ([\w, ]+), COUNT\(\*\) WHERE (.+) GROUP BY ([\w, ]+)$`)

func (f *Fake) query(w http.ResponseWriter, in request) {
	parts := grammar.FindStringSubmatch(in.Expression)
	if parts == nil || parts[1] != parts[3] || len(in.Expression) > 4096 ||
		strings.Count(parts[3], ",") > 2 ||
		f.Refused != "" && strings.Contains(in.Expression, f.Refused) {
		refuse(w, "InvalidExpressionException", "The syntax of the query is incorrect.")
		return
	}
	if in.NextToken == "" {
		f.expressions = append(f.expressions, in.Expression)
	}
	fields := strings.Split(parts[3], ", ")
	if in.NextToken == "" {
		if f.groups == nil {
			f.groups = make(map[string][]group)
		}
		f.groups[in.Expression] = f.count(fields, parts[2])
	}
	page, next := pageOf(f.groups[in.Expression], in.NextToken, pageSize)
	results := []string{}
	for _, group := range page {
		result := map[string]any{"COUNT(*)": group.count}
		for i, value := range group.values {
			result[fields[i]] = value
		}
		data, err := json.Marshal(result)
		if err != nil {
			panic(err)
		}
		results = append(results, string(data))
	}
	body := map[string]any{"Results": results}
	if next != "" {
		body["NextToken"] = next
	}
	reply(w, body)
}

// count groups the resources for which the conditions hold.
func (f *Fake) count(fields []string, conditions string) []group {
	counts := make(map[string]int)
	for _, resource := range f.Resources {
		if !resource.fits(conditions) {
			continue
		}
		var values []string
		for _, field := range fields {
			values = append(values, resource.property(field))
		}
		counts[strings.Join(values, " ")]++
	}
	var groups []group
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		groups = append(groups, group{strings.Split(name, " "), counts[name]})
	}
	return groups
}

// fits reports whether all conditions hold. Alternatives stand in one pair of parentheses.
func (r Resource) fits(conditions string) bool {
	for all := range strings.SplitSeq(conditions, " AND ") {
		all = strings.NewReplacer("(configuration", "configuration", "(tags", "tags").Replace(all)
		if strings.HasSuffix(all, "')") && !strings.Contains(all, " IN (") {
			all = strings.TrimRight(all, ")")
		}
		if !slices.ContainsFunc(strings.Split(all, " OR "), r.holds) {
			return false
		}
	}
	return true
}

func (r Resource) holds(condition string) bool {
	condition = strings.Trim(condition, " ")
	if name, list, ok := strings.Cut(condition, " IN "); ok {
		return strings.Contains(list, "'"+r.property(name)+"'")
	}
	if name, prefix, ok := strings.Cut(condition, " LIKE "); ok {
		prefix = strings.TrimSuffix(strings.Trim(prefix, "')"), "%")
		return name == "tags.key" &&
			slices.ContainsFunc(r.TagKeys, func(k string) bool { return strings.HasPrefix(k, prefix) })
	}
	name, value, _ := strings.Cut(condition, " = ")
	value = strings.Trim(value, "')")
	if name == "tags.key" {
		return slices.Contains(r.TagKeys, value)
	}
	return r.property(name) == value
}

func (r Resource) property(name string) string {
	switch name {
	case "accountId":
		return r.Account
	case "awsRegion":
		return r.Region
	case "resourceType":
		return r.Type
	}
	return r.Properties[name]
}

func (f *Fake) sources(w http.ResponseWriter, in request) {
	var wanted []map[string]any
	for _, source := range f.Sources {
		if !slices.Contains(in.UpdateStatus, source.Status) {
			continue
		}
		one := map[string]any{
			"SourceId": source.Account, "SourceType": "ACCOUNT", "AwsRegion": source.Region,
			"LastUpdateStatus": source.Status, "LastUpdateTime": float64(source.UpdatedAt.Unix()),
		}
		if source.Error != "" {
			one["LastErrorCode"] = source.Error
		}
		wanted = append(wanted, one)
	}
	page, next := pageOf(wanted, in.NextToken, min(in.Limit, statusesAtOnce))
	body := map[string]any{"AggregatedSourceStatusList": page}
	if next != "" {
		body["NextToken"] = next
	}
	reply(w, body)
}

// pageOf is the page that a token asks for, and the next token.
func pageOf[T any](all []T, token string, size int) (page []T, next string) {
	first, _ := strconv.Atoi(token)
	last := min(len(all), first+size)
	if last < len(all) {
		next = fmt.Sprint(last)
	}
	return all[min(first, last):last], next
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, code, why string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": why})
}
