package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

// The resource of an issue that was copied without one. The account is one that AWS keeps for documentation, so that
// commands come out whole and fit nobody.
const (
	placeholderAccount  = "111122223333"
	placeholderRegion   = "us-east-1"
	placeholderCluster  = "CLUSTER"
	placeholderInstance = "i-0123456789abcdef0"
)

// issue is a text to be explained, and the resource to explain it for.
type issue struct {
	kind                        coverage.Kind
	text, name, account, region string
	// made is true when some of the resource is made up.
	made bool
}

func newIssue(f flags, getenv func(string) string, w words) (*issue, error) {
	kind, err := kindOf(f.issue, w)
	if err != nil {
		return nil, err
	}
	name := placeholderCluster
	if kind == coverage.EC2 {
		name = placeholderInstance
	}
	region := cmp.Or(getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION"))
	if len(f.regions) > 0 {
		region = f.regions[0]
	}
	return &issue{
		kind: kind, text: strings.Join(f.arguments, " "),
		name: cmp.Or(f.name, name), account: cmp.Or(f.account, placeholderAccount), region: cmp.Or(region, placeholderRegion),
		made: f.name == "" || f.account == "" || region == "",
	}, nil
}

// event is the coverage event that would have brought the issue.
func (i issue) event() ([]byte, error) {
	type details struct {
		Cluster  string `json:"clusterName,omitempty"`
		Instance string `json:"instanceId,omitempty"`
	}
	type detail struct {
		Account string   `json:"resourceAccountId"`
		Kind    string   `json:"resourceType"`
		EKS     *details `json:"eksClusterDetails,omitempty"`
		ECS     *details `json:"ecsClusterDetails,omitempty"`
		EC2     *details `json:"ec2InstanceDetails,omitempty"`
		Issue   string   `json:"issue"`
	}
	d := detail{Account: i.account, Kind: string(i.kind), Issue: i.text}
	switch i.kind {
	case coverage.EKS:
		d.EKS = &details{Cluster: i.name}
	case coverage.ECS:
		d.ECS = &details{Cluster: i.name}
	case coverage.EC2:
		d.EC2 = &details{Instance: i.name}
	}
	event, err := json.Marshal(struct {
		Source     string `json:"source"`
		DetailType string `json:"detail-type"`
		Region     string `json:"region"`
		Detail     detail `json:"detail"`
	}{coverage.Source, coverage.DetailTypeUnhealthy, i.region, d})
	if err != nil {
		return nil, fmt.Errorf("making an event of the issue: %w", err)
	}
	return event, nil
}

// explained is m without what it says of a change that nobody reported, and without pages of a made-up resource.
func (i issue) explained(m message.Message) message.Message {
	m.Summary, m.Facts = "", nil
	if i.made {
		m.Links = nil
	}
	return m
}
