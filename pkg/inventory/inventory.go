// Package inventory compares what exists with what GuardDuty lists: the resources that no percentage knows.
package inventory

import (
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Unknown is a number that is not known. It is never the same as none.
const Unknown = -1

// Key is one kind of resource in one account and Region.
type Key struct {
	Account, Region string
	Kind            coverage.Kind
}

// Count is how many of a kind there are.
type Count struct {
	// Exists are the instances that run, or the clusters.
	Exists int
	// Coverable are those of them that GuardDuty can cover; Unknown where the source does not say it.
	Coverable int
}

// Found is what one source found.
type Found struct {
	// Account is the one that was counted; empty: those of the organization that AWS Config aggregates.
	Account string
	// Recorded says that AWS Config was asked: a kind of which an account has no record is not counted, be it that
	// none exists or that it is not recorded.
	Recorded bool
	Counts   map[Key]Count
	// Apart is what GuardDuty does not cover, or counts with something else.
	Apart []Apart
	// Gaps are what could not be counted.
	Gaps []Gap
}

// Apart is some of what exists, with the reason why GuardDuty does not list it as such.
type Apart struct {
	Key
	Reason Reason
	Total  int
}

// Reason is a stable word of the machine form.
type Reason string

// The reasons. GuardDuty supports none but the last two
// (https://docs.aws.amazon.com/guardduty/latest/ug/how-does-runtime-monitoring-work.html).
const (
	// Windows: instances that run Windows.
	Windows Reason = "windows"
	// ManagedInstances: instances that ECS manages itself.
	ManagedInstances Reason = "ecs-managed-instances"
	// FargatePods: EKS clusters that run pods on Fargate. Their nodes on EC2 can be covered.
	FargatePods Reason = "eks-fargate"
	// HybridNodes: EKS clusters with nodes outside AWS. Their nodes on EC2 can be covered.
	HybridNodes Reason = "eks-hybrid-nodes"
	// OnOutpost: EKS clusters whose control plane is on an Outpost.
	OnOutpost Reason = "eks-outpost"
	// Nodes: instances that are nodes of EKS clusters, with which they count.
	Nodes Reason = "eks-nodes"
	// Idle: ECS clusters in which nothing runs, so that there is nothing to list.
	Idle Reason = "ecs-idle"
)

// Unseen reports whether something runs that GuardDuty does not see.
func (r Reason) Unseen() bool { return r != Nodes && r != Idle }

// Gap is what could not be counted, or is counted as it was some time ago.
type Gap struct {
	// Kind is empty when it is about every kind, Account and Region when it is about all of them.
	Kind            coverage.Kind
	Account, Region string
	// Detail is what AWS said.
	Detail string
	// At is when the numbers were right; zero when there are none.
	At time.Time
}

// Listed is how many of a kind GuardDuty lists, and how many of these it covers.
type Listed struct{ All, Covered int }

// Listing counts what GuardDuty lists.
type Listing map[Key]Listed

// Add counts one resource.
func (l Listing) Add(s coverage.State) {
	key := Key{s.Resource.Account, s.Resource.Region, s.Resource.Kind}
	listed := l[key]
	listed.All++
	if s.Status == coverage.Healthy {
		listed.Covered++
	}
	l[key] = listed
}
