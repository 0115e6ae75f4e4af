package coverage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What EventBridge calls the events of a coverage status that changed
// (https://docs.aws.amazon.com/guardduty/latest/ug/eks-runtime-monitoring-coverage.html).
const (
	Source              = "aws.guardduty"
	DetailTypeUnhealthy = "GuardDuty Runtime Protection Unhealthy"
	DetailTypeHealthy   = "GuardDuty Runtime Protection Healthy"
)

// UnsupportedError says that an event is no coverage event.
type UnsupportedError struct {
	Source, DetailType string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("not a GuardDuty coverage event: source %q, detail-type %q; expected source %q and detail-type %q or %q",
		clip(e.Source), clip(e.DetailType), Source, DetailTypeUnhealthy, DetailTypeHealthy)
}

func clip(s string) string {
	const most = 100
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// envelope is EventBridge's
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html).
type envelope struct {
	ID         text    `json:"id"`
	Source     text    `json:"source"`
	DetailType text    `json:"detail-type"`
	Account    account `json:"account"`
	Region     text    `json:"region"`
	Time       stamp   `json:"time"`
	Resources  []text  `json:"resources"`
	Detail     detail  `json:"detail"`
}

// detail holds every field that AWS documents and every one that was seen arriving; the two differ.
type detail struct {
	ResourceAccountID account    `json:"resourceAccountId"` // documented
	AccountID         account    `json:"accountId"`         // seen
	PreviousStatus    text       `json:"previousStatus"`
	Issue             text       `json:"issue"`
	LastUpdatedAt     stamp      `json:"lastUpdatedAt"`
	Details           resourceOf `json:"resourceDetails"`
	resourceOf                   // taken without the resourceDetails level too
}

type resourceOf struct {
	Type text        `json:"resourceType"`
	EKS  *eksDetails `json:"eksClusterDetails"`
	ECS  *ecsDetails `json:"ecsClusterDetails"`
	EC2  *ec2Details `json:"ec2InstanceDetails"`
}

type eksDetails struct {
	ClusterName    text   `json:"clusterName"`
	AvailableNodes number `json:"availableNodes"`
	DesiredNodes   number `json:"desiredNodes"`
	AddonVersion   text   `json:"addonVersion"` // documented
	AddonDetails   struct {
		AddonVersion text `json:"addonVersion"`
		AddonStatus  text `json:"addonStatus"`
	} `json:"addonDetails"` // seen
	ManagementType text `json:"managementType"`
}

type ecsDetails struct {
	ClusterName    text `json:"clusterName"`
	FargateDetails struct {
		Issues         []text `json:"issues"`
		ManagementType text   `json:"managementType"`
	} `json:"fargateDetails"`
	ContainerInstanceDetails struct {
		Covered    number `json:"coveredContainerInstances"`
		Compatible number `json:"compatibleContainerInstances"`
	} `json:"containerInstanceDetails"`
}

type ec2Details struct {
	InstanceID   text `json:"instanceId"`
	InstanceType text `json:"instanceType"`
	ClusterARN   text `json:"clusterArn"`
	AgentDetails struct {
		Version text `json:"version"`
	} `json:"agentDetails"`
	ManagementType text `json:"managementType"`
}

// Decode reads an EventBridge event in every form that is documented or was seen. A field that is missing, null or
// of another type than expected costs that field and not the event. What is not JSON is an error, and what is
// no coverage event an *UnsupportedError.
func Decode(data []byte) (Change, error) {
	var e envelope
	// A field of another type is left empty, and the rest is decoded all the same (https://pkg.go.dev/encoding/json#Unmarshal).
	err := json.Unmarshal(data, &e)
	if field, ok := errors.AsType[*json.UnmarshalTypeError](err); err != nil && (!ok || field.Field == "") {
		return Change{}, fmt.Errorf("decoding event: %w", err)
	}
	status, ok := statusOf(e)
	if !ok {
		return Change{}, &UnsupportedError{Source: string(e.Source), DetailType: string(e.DetailType)}
	}
	d := e.Detail
	change := Change{
		Resource: Resource{
			Kind:    kindOf(d),
			Account: firstOf(string(d.ResourceAccountID), string(d.AccountID), string(e.Account)),
			Region:  string(e.Region),
		},
		Status:     status,
		Previous:   previous(d.PreviousStatus),
		Coverage:   Count{Covered: Unknown, Total: Unknown},
		ReceivedAt: e.Time.Time,
		EventID:    string(e.ID),
	}
	change.ChangedAt = changedAt(d.LastUpdatedAt.Time, e.Time.Time)
	reasons := []text{d.Issue}
	switch change.Resource.Kind {
	case EKS:
		fillEKS(&change, firstSet(d.EKS, d.Details.EKS))
	case ECS:
		ecs := firstSet(d.ECS, d.Details.ECS)
		fillECS(&change, ecs)
		reasons = append(reasons, ecs.FargateDetails.Issues...)
	case EC2:
		fillEC2(&change, firstSet(d.EC2, d.Details.EC2))
	}
	if change.Resource.Name == "" {
		change.Resource.Name = nameFromARN(e.Resources)
	}
	for _, reason := range reasons {
		if reason != "" && !slices.Contains(change.Issues, string(reason)) {
			change.Issues = append(change.Issues, string(reason))
		}
	}
	return change, nil
}

// statusOf goes by the detail-type alone: it is what the rule matched and what AWS documents as the
// transition, so it wins over a currentStatus that says otherwise.
func statusOf(e envelope) (Status, bool) {
	if !strings.EqualFold(string(e.Source), Source) {
		return "", false
	}
	switch detailType := string(e.DetailType); {
	case strings.EqualFold(detailType, DetailTypeUnhealthy):
		return Unhealthy, true
	case strings.EqualFold(detailType, DetailTypeHealthy):
		return Healthy, true
	}
	return "", false
}

// previous is the status before, in any letter case, or nothing where the event says something else.
func previous(t text) Status {
	switch status := Status(strings.ToUpper(string(t))); status {
	case Healthy, Unhealthy:
		return status
	}
	return ""
}

func kindOf(d detail) Kind {
	switch {
	case d.Type != "" || d.Details.Type != "":
		return Kind(strings.ToUpper(firstOf(string(d.Details.Type), string(d.Type))))
	case d.EKS != nil || d.Details.EKS != nil:
		return EKS
	case d.ECS != nil || d.Details.ECS != nil:
		return ECS
	case d.EC2 != nil || d.Details.EC2 != nil:
		return EC2
	}
	return ""
}

// changedAt distrusts a change that lies after its own event: taken at its word, a mistaken unit would
// make every later change look older than it.
func changedAt(updated, received time.Time) time.Time {
	const skew = 5 * time.Minute
	if updated.IsZero() || !received.IsZero() && updated.After(received.Add(skew)) {
		return received
	}
	return updated
}

func fillEKS(c *Change, d eksDetails) {
	c.Resource.Name = string(d.ClusterName)
	c.Coverage = Count{Covered: d.AvailableNodes.orUnknown(), Total: d.DesiredNodes.orUnknown()}
	c.Agent = Agent{
		Version:    firstOf(string(d.AddonDetails.AddonVersion), string(d.AddonVersion)),
		Status:     string(d.AddonDetails.AddonStatus),
		Management: string(d.ManagementType),
	}
}

func fillECS(c *Change, d ecsDetails) {
	c.Resource.Name = string(d.ClusterName)
	instances := d.ContainerInstanceDetails
	c.Coverage = Count{Covered: instances.Covered.orUnknown(), Total: instances.Compatible.orUnknown()}
	c.Agent.Management = string(d.FargateDetails.ManagementType)
}

func fillEC2(c *Change, d ec2Details) {
	c.Resource.Name = string(d.InstanceID)
	c.Resource.ClusterARN = string(d.ClusterARN)
	c.InstanceType = string(d.InstanceType)
	c.Agent = Agent{Version: string(d.AgentDetails.Version), Management: string(d.ManagementType)}
}

// nameFromARN names a resource of a kind this package does not know by the last part of its ARN.
func nameFromARN(arns []text) string {
	if len(arns) == 0 {
		return ""
	}
	arn := string(arns[0])
	return arn[strings.LastIndexAny(arn, ":/")+1:]
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func firstSet[T any](values ...*T) T {
	for _, v := range values {
		if v != nil {
			return *v
		}
	}
	var none T
	return none
}
