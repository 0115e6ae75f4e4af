// Package coverage says what happened to which resource, in the project's own words: a GuardDuty
// Runtime Monitoring coverage event, whatever form it arrived in, becomes a Change.
package coverage

import (
	"strings"
	"time"
)

// Kind is the type of a monitored resource as GuardDuty names it, upper-case. AWS may add kinds: one
// that is not listed here is carried through as it came.
type Kind string

// The kinds that GuardDuty Runtime Monitoring covers today.
const (
	EKS Kind = "EKS"
	ECS Kind = "ECS"
	EC2 Kind = "EC2"
)

// Status is a coverage status.
type Status string

// The two coverage statuses, spelt as the GuardDuty API spells them
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CoverageResource.html).
const (
	Unhealthy Status = "UNHEALTHY"
	Healthy   Status = "HEALTHY"
)

// Unknown stands in a Count for a number that AWS did not tell.
const Unknown = -1

// Count is how many parts of a resource the agent covers, out of how many: nodes of an EKS cluster,
// container instances of an ECS cluster. Either may be Unknown.
type Count struct {
	Covered, Total int
}

// Known reports whether both numbers were told.
func (c Count) Known() bool { return c.Covered >= 0 && c.Total >= 0 }

// Resource identifies a monitored cluster or instance and its owner.
type Resource struct {
	Kind Kind
	// Name is the cluster's name or the instance's id; empty when the event did not tell.
	Name string
	// Account is the 12-digit id of the account that owns the resource, which differs from the account
	// that received the event when GuardDuty has a delegated administrator.
	Account string
	Region  string
	// ClusterARN is the ECS or EKS cluster an EC2 instance belongs to; empty when it belongs to none.
	ClusterARN string
}

// Key identifies the resource among all accounts, Regions and kinds.
func (r Resource) Key() string {
	return strings.Join([]string{r.Account, r.Region, string(r.Kind), r.Name}, "/")
}

// Partition is the AWS partition the resource's Region lies in: "aws" or "aws-us-gov", and "" for one
// in which no Runtime Monitoring is known, so that nobody is sent to a page that does not exist.
func (r Resource) Partition() string {
	switch {
	case r.Region == "",
		strings.HasPrefix(r.Region, "cn-"),
		strings.HasPrefix(r.Region, "us-iso"),
		strings.HasPrefix(r.Region, "eu-isoe-"),
		strings.HasPrefix(r.Region, "eusc-"):
		return ""
	case strings.HasPrefix(r.Region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}

// AgentService is what the agent reports to in the resource's Region: the last part of the service name of the
// VPC endpoint, and the first of its host name. GovCloud has the FIPS one
// (https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-guardduty.html).
func (r Resource) AgentService() string {
	if r.Partition() == "aws-us-gov" {
		return "guardduty-data-fips"
	}
	return "guardduty-data"
}

// IsRegion reports whether s has the form of a Region's name. An event may say anything.
func IsRegion(s string) bool {
	rest, last, parts := s, "", 0
	for more := true; more; parts++ {
		if parts > 0 && !consistsOf(last, 'a', 'z') || parts == 1 && (len(last) < 2 || len(last) > 4) {
			return false
		}
		last, rest, more = strings.Cut(rest, "-")
	}
	return parts > 2 && len(last) <= 2 && consistsOf(last, '0', '9')
}

// isAccount reports whether s has the form of an account id.
func isAccount(s string) bool { return len(s) == 12 && consistsOf(s, '0', '9') }

// consistsOf reports whether s has at least one byte, and each is between first and last.
func consistsOf(s string, first, last byte) bool {
	for i := range len(s) {
		if s[i] < first || s[i] > last {
			return false
		}
	}
	return s != ""
}

// ARN is the resource's Amazon Resource Name, or "" where it cannot be derived.
func (r Resource) ARN() string {
	partition := r.Partition()
	if partition == "" || r.Name == "" || !isAccount(r.Account) || !IsRegion(r.Region) {
		return ""
	}
	var service, path string
	switch r.Kind {
	case EKS:
		service, path = "eks", "cluster/"
	case ECS:
		service, path = "ecs", "cluster/"
	case EC2:
		service, path = "ec2", "instance/"
	default:
		return ""
	}
	return strings.Join([]string{"arn", partition, service, r.Region, r.Account, path + r.Name}, ":")
}

// Cluster is the cluster an EC2 instance belongs to: EKS or ECS by the ARN's service, and its name.
// Both are empty when there is none or the ARN is not one of a cluster.
func (r Resource) Cluster() (Kind, string) {
	parts := strings.SplitN(r.ClusterARN, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return "", ""
	}
	name, ok := strings.CutPrefix(parts[5], "cluster/")
	if !ok || name == "" {
		return "", ""
	}
	switch parts[2] {
	case "eks":
		return EKS, name
	case "ecs":
		return ECS, name
	}
	return "", ""
}

// Agent is what the event tells of the GuardDuty security agent. Every field is free text from AWS and
// may be empty.
type Agent struct {
	// Version is the version of the EKS add-on or of the agent on an instance.
	Version string
	// Status is the EKS add-on's own status, e.g. ACTIVE, DEGRADED, DELETED.
	Status string
	// Management says who deploys the agent: AUTO_MANAGED, MANUAL or DISABLED.
	Management string
}

// Change is one transition of a resource's coverage status.
type Change struct {
	Resource Resource
	Status   Status
	// Previous is the status before, "" when it was not told.
	Previous Status
	// Issues are the reasons as AWS wrote them, in the order they came, without repeats. Empty on most
	// Healthy changes and on an Unhealthy one for which AWS gave no reason.
	Issues []string
	Agent  Agent
	// Coverage counts nodes (EKS) or container instances (ECS); 0 of 0 means that it does not apply.
	Coverage Count
	// InstanceType is the EC2 instance type, if told.
	InstanceType string
	// ChangedAt is when GuardDuty saw the status change (lastUpdatedAt), in UTC.
	ChangedAt time.Time
	// ReceivedAt is when EventBridge received the event (the envelope's time), in UTC. It is usually
	// some minutes after ChangedAt.
	ReceivedAt time.Time
	// EventID is the envelope's id. It identifies a delivery, not a change: the member's and the
	// administrator's copies of one change bear different ids.
	EventID string
	// Found is true when a report found the change and no event told of it.
	Found bool
	// Gone is true when the report found that GuardDuty no longer lists the resource; Status is then Healthy, for
	// nothing is left uncovered.
	Gone bool
}

// ID identifies the change: copies of it that reach several accounts, and repeated deliveries, have
// the same one.
func (c Change) ID() string {
	return c.Resource.Key() + "/" + string(c.Status) + "/" + c.ChangedAt.UTC().Format(time.RFC3339Nano)
}
