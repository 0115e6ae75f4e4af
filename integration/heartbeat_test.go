package integration

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// hub is the account of every function, as its ARN says.
const hub = "123456789012"

// ownEvent is an event of the notifier's own, as EventBridge documents events
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html). It keeps account and Region
// when a rule forwards it.
func ownEvent(detailType, account, region string, detail any) string {
	event, _ := json.Marshal(map[string]any{ // A map of texts can always be marshalled.
		"version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "source": heartbeat.Source, "detail-type": detailType,
		"account": account, "region": region, "time": "2026-03-23T01:00:00Z", "resources": []string{}, "detail": detail,
	})
	return string(event)
}

func beat(account, region string) string {
	return ownEvent(heartbeat.DetailType, account, region, struct{}{})
}

func selfTest(account, region, id string) string {
	return ownEvent(heartbeat.DetailTypeOfTests, account, region, map[string]string{"id": id})
}

// ownLine is what tests read of the log about the notifier's own events.
type ownLine struct {
	Level, Message, Account, Region string
	Missing                         []string `json:"missing_heartbeats"`
	HeartbeatsMissing               float64
	ForeignHeartbeat                float64
	SelfTest                        string   `json:"self_test"`
	ID                              string   `json:"self_test_id"`
	Notified                        []string `json:"notified_sinks"`
	Failing                         []string `json:"failing_sinks"`
}

// lastOwn is the last line of the log.
func (f *function) lastOwn() ownLine {
	f.t.Helper()
	all := f.entries()
	var line ownLine
	if err := json.Unmarshal([]byte(all[len(all)-1].raw), &line); err != nil {
		f.t.Fatal(err)
	}
	return line
}

// heartbeats come from the function's own Region and from two that forward, of which one has never sent any and
// the other stops.
func heartbeats(t *testing.T) {
	c := newCloud(t)
	f := c.start("SNS_TOPIC_ARN="+c.createTopic("heartbeats"), "FORWARDED_REGIONS=us-east-1,ap-southeast-4")
	expect := func(what string, missing ...string) {
		t.Helper()
		line := f.lastOwn()
		since := func(s string) string { region, _, _ := strings.Cut(s, ": 2"); return region }
		for i := range line.Missing {
			line.Missing[i] = since(line.Missing[i])
		}
		if line.Message != "heartbeat" || !slices.Equal(line.Missing, missing) || line.HeartbeatsMissing != float64(len(missing)) {
			t.Errorf("%s: %+v, want missing %q", what, line, missing)
		}
	}
	f.invoke(beat(hub, region))
	f.invoke(beat(hub, "us-east-1"))
	expect("just installed")
	c.pass(2 * time.Hour)
	f.invoke(beat(hub, region))
	expect("one was lost")
	c.pass(2 * time.Hour)
	f.invoke(beat(hub, region))
	expect("both are silent", "us-east-1", "ap-southeast-4: never")
	again := c.start("SNS_TOPIC_ARN=arn:aws:sns:eu-central-1:123456789012:x", "FORWARDED_REGIONS=us-east-1")
	again.invoke(beat(hub, "us-east-1"))
	if line := again.lastOwn(); len(line.Missing) > 0 {
		t.Errorf("after the settings changed: %+v", line)
	}

	for _, foreign := range []string{beat(hub, "eu-west-1"), beat(account, region), beat("", "")} {
		f.invoke(foreign)
		if line := f.lastOwn(); line.ForeignHeartbeat != 1 || line.Level != "WARN" {
			t.Errorf("of %s: %+v", foreign, line)
		}
	}
	var known []string
	for name := range c.item("heartbeats") {
		if strings.HasPrefix(name, "last_") {
			known = append(known, name)
		}
	}
	slices.Sort(known)
	if diff := cmp.Diff([]string{"last_" + hub + "_eu_central_1", "last_" + hub + "_us_east_1"}, known); diff != "" {
		t.Errorf("remembered (-want +got):\n%s", diff)
	}
	c.wrote()

	c.failing(theTable, unreachable)
	f.invoke(beat(hub, region))
	if line := f.lastOwn(); line.Level != "WARN" || len(line.Missing) > 0 {
		t.Errorf("without the table: %+v", line)
	}
}

// silentRegionInReport has the report name a Region from which no heartbeat arrives, and count it.
func silentRegionInReport(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	forwarded := "FORWARDED_REGIONS=" + otherRegion
	events := o.start(append(byBot(o.slack), forwarded)...)
	events.invoke(beat(hub, region))
	o.pass(4 * time.Hour)
	events.invoke(beat(hub, region))
	reports := o.reporter(forwarded)
	o.check(reports.report(monday))
	says(t, inSlack(t, o.slack, 1)[0], "No heartbeat arrives from us-east-1.", "us-east-1: never arrived")
	if line := reports.lastOwn(); line.HeartbeatsMissing != 1 || !slices.Equal(line.Missing, []string{"us-east-1: never"}) {
		t.Errorf("the log says %+v", line)
	}
	events.invoke(beat(hub, otherRegion))
	o.check(reports.report(tuesday))
	if text := inSlack(t, o.slack, 2)[1].Text; strings.Contains(text, "heartbeat") {
		t.Errorf("after it arrived: %s", text)
	}
}

// selfTestLeavesNothing behind: in the table, and in the queues.
func selfTestLeavesNothing(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	topic := c.createTopic("self-test")
	inbox := c.subscribe(topic, "")
	f := c.start(append(byBot(slack), "SNS_TOPIC_ARN="+topic)...)
	f.invoke(selfTest(hub, region, "a-1"))
	want := ownLine{
		Level: "INFO", Message: "self-test", Account: hub, Region: region, SelfTest: "passed", ID: "a-1",
		Notified: []string{"slack", "sns"},
	}
	if diff := cmp.Diff(want, f.lastOwn()); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	inSlack(t, slack, 1)
	received := c.receive(inbox)
	if len(received) != 1 || !strings.Contains(*received[0].Body, `"status":"TEST"`) {
		t.Errorf("the topic has %v", received)
	}
	c.wrote()
	if items := c.items(); len(items) > 0 {
		t.Errorf("the table has %v", items)
	}
	f.expect()
}

// TestSelfTest goes through the function to Slack, marked as a test, in every language; what arrives from elsewhere
// does not.
func TestSelfTest(t *testing.T) {
	for _, l := range locale.Languages() {
		slack := slacktest.New(t, slacktest.Options{})
		f := start(t, append(byBot(slack), "MESSAGE_LANGUAGE="+l.Code, "FORWARDED_REGIONS=us-east-1")...)
		f.invoke(selfTest(hub, "us-east-1", "a-1"))
		says(t, inSlack(t, slack, 1)[0], l.Heartbeat.TestTitle, "us-east-1", "a-1")
		for _, foreign := range [][2]string{{hub, "eu-west-1"}, {account, "us-east-1"}} {
			f.invoke(selfTest(foreign[0], foreign[1], "a-2"))
			line := f.lastOwn()
			if line.SelfTest != "refused" || line.ID != "a-2" || line.Account != foreign[0] || line.Region != foreign[1] {
				t.Errorf("from %v: %+v", foreign, line)
			}
		}
		inSlack(t, slack, 1)
	}
}

func TestSelfTestSaysWhichSinkFails(t *testing.T) {
	slack := slacktest.New(t, slacktest.Options{})
	f := start(t, append(byBot(slack), "SLACK_CHANNEL=C0000000000")...)
	f.invoke(selfTest(hub, region, "a-1"))
	if line := f.lastOwn(); line.SelfTest != "failed" || !slices.Equal(line.Failing, []string{"slack"}) || line.Level != "WARN" {
		t.Errorf("the log says %+v", line)
	}
}

// The pages on which AWS documents coverage events.
const (
	eksPage = "https://docs.aws.amazon.com/guardduty/latest/ug/eks-runtime-monitoring-coverage.html"
	ecsPage = "https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ecs.html"
	ec2Page = "https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ec2.html"
)

// TestEventsFromElsewhere has the shapes that AWS documents, as they reach the hub: from another Region, and from
// another account. A forwarded event is the original one, with its own account and Region
// (https://aws.amazon.com/blogs/compute/introducing-cross-region-event-routing-with-amazon-eventbridge/).
func TestEventsFromElsewhere(t *testing.T) {
	for _, kind := range []struct{ page, issue, details, name string }{
		{eksPage, "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy.", `{"resourceType":"EKS","eksClusterDetails":{"clusterName":"shop","availableNodes":"1","desiredNodes":"2",` +
			`"addonVersion":"v1.12.1-eksbuild.2"}}`, "shop"},
		{ecsPage, "Agent not provisioned:TaskExecutionRole missing from TaskDefinition - 'batch:3'", `{"resourceType":"ECS","ecsClusterDetails":{"clusterName":"batch","fargateDetails":{"issues":[],` +
			`"managementType":""},"containerInstanceDetails":{"coveredContainerInstances":"1",` +
			`"compatibleContainerInstances":"2"}}}`, "batch"},
		{ec2Page, disconnected, `{"resourceType":"EC2","ec2InstanceDetails":{"instanceId":"i-0abc","instanceType":"m6i.large",` +
			`"clusterArn":"","agentDetails":{"version":"1.7.1"},"managementType":"AUTO_MANAGED"}}`, "i-0abc"},
	} {
		for _, from := range []struct {
			what, sender, owner, region string
		}{
			{"another Region of the hub's account", hub, hub, "us-east-1"},
			{"a member that forwards", "444455556666", "444455556666", "ap-southeast-4"},
			{"a member, through the administrator of another Region", hub, "444455556666", "us-east-1"},
		} {
			slack := slacktest.New(t, slacktest.Options{})
			f := start(t, append(byBot(slack), "FORWARDED_REGIONS=us-east-1")...)
			for minute, status := range []struct{ now, before, issue string }{
				{"Unhealthy", "Healthy", kind.issue}, {"Healthy", "Unhealthy", ""},
			} {
				f.invoke(fmt.Sprintf(`{"version":"0","id":"4678c50d-b8e4-4533-bd60-a80e2681bb97","detail-type":`+
					`"GuardDuty Runtime Protection %s","source":"aws.guardduty","account":%q,"time":%q,"region":%q,`+
					`"resources":[],"detail":{"schemaVersion":"1.0","resourceAccountId":%q,"currentStatus":%[1]q,`+
					`"previousStatus":%[6]q,"resourceDetails":%[7]s,"issue":%[8]q,"lastUpdatedAt":%[3]q}}`,
					status.now, from.sender, moment(minute).Format(time.RFC3339), from.region, from.owner,
					status.before, kind.details, status.issue))
			}
			f.expect("notified", "notified")
			if got := f.last(); !strings.Contains(got.raw, `"resource_id":"`+from.owner+"/"+from.region+"/") {
				t.Errorf("%s (%s): it is remembered as %s", from.what, kind.page, got.raw)
			}
			says(t, slack.Messages()[0], kind.name, from.owner, from.region)
		}
	}
}
