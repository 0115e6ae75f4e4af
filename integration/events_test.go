package integration

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Issues as GuardDuty writes them: two that need somebody, and one that usually heals by itself.
const (
	disconnected = "No Agent Reporting:Agent disconnected"
	noEndpoint   = "VPC Endpoint Creation Failed:Enabling private DNS requires both `enableDnsSupport` and " +
		"`enableDnsHostnames` VPC attributes set to `true` for vpc-0a1b2c3d4e5f60718"
	notYet = "No Agent Reporting:Waiting for SSM notification"
)

const account, region = "111122223333", "eu-central-1"

// lost is an event that an EC2 instance lost its coverage; minute tells changes of one instance apart.
func lost(instance, issue string, minute int) string {
	return event(account, instance, "Unhealthy", "Healthy", issue, minute)
}

// regained is an event that the instance is covered again.
func regained(instance string, minute int) string {
	return event(account, instance, "Healthy", "Unhealthy", "", minute)
}

// event is a copy of an event that reached the receiver.
func event(receiver, instance, status, previous, issue string, minute int) string {
	return eventAt(moment(minute), receiver, instance, status, previous, issue)
}

// lostAt is an event of a moment that the function's clock is compared with.
func lostAt(changed time.Time, instance, issue string) string {
	return eventAt(changed, account, instance, "Unhealthy", "Healthy", issue)
}

func regainedAt(changed time.Time, instance string) string {
	return eventAt(changed, account, instance, "Healthy", "Unhealthy", "")
}

func eventAt(changed time.Time, receiver, instance, status, previous, issue string) string {
	return fmt.Sprintf(`{"version":"0","id":%s,"detail-type":"GuardDuty Runtime Protection %s","source":"aws.guardduty",`+
		`"account":%q,"time":%q,"region":%q,"resources":[],"detail":{"accountId":%q,"currentStatus":%[2]q,"previousStatus":%[7]q,`+
		`"resourceDetails":{"resourceType":"EC2","ec2InstanceDetails":{"instanceId":%[8]s,"instanceType":"m6i.large",`+
		`"clusterArn":"","agentDetails":{"version":"1.7.1"},"managementType":"AUTO_MANAGED"}},"issue":%[9]s,"lastUpdatedAt":%[10]d}}`,
		quoted(fmt.Sprint(receiver, instance, status, changed.UnixMilli())), status, receiver,
		changed.Add(2*time.Minute).Format(time.RFC3339), region, account, previous, quoted(instance), quoted(issue), changed.UnixMilli())
}

// moment is when what an event of that minute tells of happened.
func moment(minute int) time.Time { return time.Date(2026, 3, 23, 1, minute, 0, 0, time.UTC) }

func quoted(text string) string {
	data, _ := json.Marshal(text) // A string can always be marshalled.
	return string(data)
}

// key is the incident's key of an instance in these events.
func key(instance string) string {
	return coverage.Resource{Kind: coverage.EC2, Name: instance, Account: account, Region: region}.Key()
}

// messageID is that of the record in a batch.
func messageID(i int) string { return fmt.Sprintf("message-%d", i) }

// batch is what SQS hands to the function.
func batch(t *testing.T, bodies ...string) string {
	t.Helper()
	type record struct {
		MessageID   string `json:"messageId"`
		Body        string `json:"body"`
		EventSource string `json:"eventSource"`
	}
	var payload struct {
		Records []record `json:"Records"`
	}
	for i, body := range bodies {
		payload.Records = append(payload.Records, record{messageID(i), body, "aws:sqs"})
	}
	data, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
