package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"guardduty-coverage-notifier/pkg/accounts/accountstest"
	"guardduty-coverage-notifier/pkg/aggregator/aggregatortest"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

// cloud is a DynamoDB table that returns what it remembers and takes everything, an SQS queue, EC2, AWS Organizations
// and AWS Config.
type cloud struct {
	items []item
	// regions are those that the account has enabled.
	regions []string
	// accounts and config are the organization's.
	accounts *accountstest.Fake
	config   *aggregatortest.Fake

	mu sync.Mutex
	// calls counts requests by their operation.
	calls map[string]int
}

// item is one of the table, as it is on the wire.
type item map[string]map[string]any

// page is how many bytes of items one Scan returns
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.Pagination).
const page = 1 << 20

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service, operation, named := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case !named: // EC2 names no operation there.
		_, _ = io.WriteString(w, "<DescribeRegionsResponse><regionInfo><item><regionName>"+
			strings.Join(c.regions, "</regionName></item><item><regionName>")+
			"</regionName></item></regionInfo></DescribeRegionsResponse>")
		return
	case strings.HasPrefix(service, "AWSOrganizations"):
		c.accounts.ServeHTTP(w, r)
		return
	case service == "StarlingDoveService": // That is AWS Config.
		c.config.ServeHTTP(w, r)
		return
	}
	c.mu.Lock()
	c.calls[operation]++
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if operation == "Scan" {
		c.scan(w, r.Body)
		return
	}
	_, _ = io.WriteString(w, "{}")
}

func (c *cloud) scan(w http.ResponseWriter, body io.Reader) {
	var request struct{ ExclusiveStartKey item }
	if err := json.NewDecoder(body).Decode(&request); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	start := 0
	if key := request.ExclusiveStartKey["pk"]; key != nil {
		start, _ = strconv.Atoi(fmt.Sprint(key["S"])) // It is what the page before ended with.
	}
	answer := struct {
		Items            []json.RawMessage
		LastEvaluatedKey item `json:",omitempty"`
	}{Items: []json.RawMessage{}}
	size := 0
	for i, it := range c.items[start:] {
		data, _ := json.Marshal(it) // Texts and lists can always be marshalled.
		answer.Items = append(answer.Items, data)
		if size += len(data); size > page && start+i+1 < len(c.items) {
			answer.LastEvaluatedKey = item{"pk": {"S": strconv.Itoa(start + i + 1)}}
			break
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// remembered are the items of resources that lost coverage at that moment, and of the groups whose messages count them.
func remembered(resources []coverage.Resource, lostAt time.Time) ([]item, error) {
	var items []item
	for start := 0; start < len(resources); start += incident.MaxMembers {
		members := resources[start:min(start+incident.MaxMembers, len(resources))]
		some, err := group(members, fmt.Sprintf("C0123456789/%d.000000", lostAt.Unix()+int64(start)), lostAt)
		if err != nil {
			return nil, err
		}
		items = append(items, some...)
	}
	return items, nil
}

func group(resources []coverage.Resource, ref string, lostAt time.Time) ([]item, error) {
	g := incident.Group{
		Key: incident.GroupKey("slack", ref), Sink: "slack", Ref: ref, CreatedAt: lostAt, Total: len(resources),
		Version: 1, Shown: 1,
	}
	var items []item
	for _, resource := range resources {
		change := coverage.Change{
			Resource: resource, Status: coverage.Unhealthy, Issues: []string{issue}, ChangedAt: lostAt, ReceivedAt: lostAt,
		}
		g.Sample, g.Names, g.Open = change, append(g.Names, resource.Name), append(g.Open, incident.Member(resource.Key()))
		record := incident.Record{Key: resource.Key(), Change: change, OpenedAt: lostAt}
		for _, finding := range catalog.Classify(change) {
			record.Causes = append(record.Causes, string(finding.ID))
		}
		record.Notified = map[string]incident.Notified{
			"slack": {Status: coverage.Unhealthy, Causes: record.Causes, Group: g.Key},
		}
		document, err := format.MarshalRecord(record)
		if err != nil {
			return nil, err
		}
		items = append(items, item{"pk": {"S": record.Key}, "document": {"S": string(document)}})
	}
	document, err := format.MarshalGroup(g)
	if err != nil {
		return nil, err
	}
	return append(items, item{
		"pk": {"S": g.Key}, "document": {"S": string(document)}, "members": {"SS": g.Open}, "revision": {"N": "1"},
	}), nil
}
