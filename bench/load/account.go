package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

const (
	// sink is the name under which the table remembers what Slack was notified of.
	sink = "slack"
	// green is what a message about a recovery begins with.
	green = "🟢"
)

var (
	// spokenFor is how many instances a message in Slack says that it speaks for.
	spokenFor = regexp.MustCompile(`([0-9]+) EC2 instances`)
	named     = regexp.MustCompile(`i-[0-9a-f]{17}`)
)

// accountLosses finds every loss in exactly one message: the table has to say which message counts the instance, the
// message has to be there, to speak for as many instances as the table says, and no other message may name one of them.
func accountLosses(c *cloud, messages []slacktest.Message, changes int) error {
	counted := make(map[string][]int)
	for n := range changes {
		ts, err := c.countedIn(n)
		if err != nil {
			return err
		}
		counted[ts] = append(counted[ts], n)
	}
	var errs []error
	for _, m := range messages {
		errs = append(errs, accountMessage(c, m, counted[m.TS]))
		delete(counted, m.TS)
	}
	for ts, instances := range counted {
		errs = append(errs, fmt.Errorf("%d instances are counted in message %s, which is not in Slack", len(instances), ts))
	}
	return errors.Join(errs...)
}

// accountMessage compares what a message says with the instances that it is to speak for.
func accountMessage(c *cloud, m slacktest.Message, instances []int) error {
	names, members := make(map[string]bool), make([]string, len(instances))
	for i, n := range instances {
		names[instance(n)], members[i] = true, incident.Member(key(n))
	}
	for _, name := range named.FindAllString(m.Text+string(m.Blocks), -1) {
		if !names[name] {
			return fmt.Errorf("message %s names %s, which the table counts elsewhere", m.TS, name)
		}
	}
	said := spokenFor.FindStringSubmatch(m.Text)
	if said == nil {
		if len(instances) != 1 || !strings.Contains(m.Text, instance(instances[0])) {
			return fmt.Errorf("message %s is to speak for %d instances: %s", m.TS, len(instances), m.Text)
		}
		return nil
	}
	if n, err := strconv.Atoi(said[1]); err != nil || n != len(instances) {
		return fmt.Errorf("message %s speaks for %s instances, the table counts %d", m.TS, said[1], len(instances))
	}
	set := slices.Sorted(slices.Values(c.item(groupOf(m)).members()))
	if slices.Sort(members); !slices.Equal(set, members) {
		return fmt.Errorf("message %s has %d members of its group, %d records name it", m.TS, len(set), len(members))
	}
	return nil
}

// countedIn is the timestamp of the one message that counts the instance as uncovered: its own, or its group's.
func (c *cloud) countedIn(n int) (string, error) {
	record, err := c.record(n)
	if err != nil {
		return "", err
	}
	believed := record.Notified[sink]
	settled := record.Change.Status == coverage.Unhealthy && believed.Status == coverage.Unhealthy && !believed.Uncertain
	ref := believed.Ref
	if believed.Group != "" {
		ref = strings.TrimPrefix(believed.Group, incident.GroupKey(sink, ""))
	}
	_, ts, ok := strings.Cut(ref, "/")
	if !settled || !ok || believed.Ref != "" && believed.Group != "" {
		return "", fmt.Errorf("no one message is known to count instance %s: %+v", instance(n), record)
	}
	return ts, nil
}

// accountRecoveries requires that every record, group and message says that everything is covered.
func accountRecoveries(c *cloud, messages []slacktest.Message, changes int) error {
	var errs []error
	for n := range changes {
		record, err := c.record(n)
		if err != nil {
			return err
		}
		believed := record.Notified[sink]
		if record.Change.Status != coverage.Healthy || believed.Status != coverage.Healthy || believed.Group != "" ||
			believed.Uncertain {
			return fmt.Errorf("instance %s is not known to be covered again: %+v", instance(n), record)
		}
	}
	for _, m := range messages {
		if !bytes.Contains(append([]byte(m.Text), m.Blocks...), []byte(green)) {
			errs = append(errs, fmt.Errorf("message %s is not green: %s", m.TS, m.Text))
		}
		if left := c.item(groupOf(m)).members(); len(left) > 0 {
			errs = append(errs, fmt.Errorf("the group of message %s still has %d members", m.TS, len(left)))
		}
	}
	return errors.Join(errs...)
}

// edits are how many times messages were edited, how many times that changed what they say, the shortest time between two
// such changes of one message (forever when there are none), and when the last group's message was changed.
func edits(slack *slacktest.Server) (count, changes int, shortest time.Duration, last time.Time) {
	shortest = forever
	for _, m := range slack.Messages() {
		times := slack.Changed(m.TS)
		count, changes = count+m.Edits, changes+len(times)
		for i := range times[min(1, len(times)):] {
			shortest = min(shortest, times[i+1].Sub(times[i]))
		}
		if spokenFor.MatchString(m.Text) && len(times) > 0 {
			last = slices.MaxFunc([]time.Time{last, times[len(times)-1]}, time.Time.Compare)
		}
	}
	return count, changes, shortest, last
}

const forever = time.Duration(1<<63 - 1)

// key is what an instance's record is stored under.
func key(n int) string {
	return coverage.Resource{Kind: coverage.EC2, Name: instance(n), Account: accountID, Region: region}.Key()
}

// groupOf is what the group of a message is stored under.
func groupOf(m slacktest.Message) string { return incident.GroupKey(sink, m.Channel+"/"+m.TS) }

// members are those of a group's item.
func (i item) members() []string { return i["members"].SS }

func (c *cloud) item(key string) item {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.items[key])
}

// record is what the table remembers of an instance. Nobody may still have claimed it.
func (c *cloud) record(n int) (incident.Record, error) {
	stored := c.item(key(n))
	if _, claimed := stored["lease"]; claimed {
		return incident.Record{}, fmt.Errorf("the record of instance %s is still claimed", instance(n))
	}
	record, err := format.UnmarshalRecord([]byte(stored["document"].S))
	if err != nil {
		return incident.Record{}, fmt.Errorf("instance %s is not remembered: %w", instance(n), err)
	}
	return record, nil
}
