package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// spokenFor is how many instances a message in Slack says that it speaks for.
var spokenFor = regexp.MustCompile(`([0-9]+) EC2 instances`)

// account finds every change in Slack: the table has to say in which message it was told, the message has to be there,
// and each message has to speak for exactly as many instances as were told by it.
func account(c *cloud, messages []slacktest.Message, changes int) error {
	told := make(map[string][]string)
	for n := range changes {
		ts, err := c.toldIn(instance(n))
		if err != nil {
			return err
		}
		told[ts] = append(told[ts], instance(n))
	}
	var errs []error
	for _, m := range messages {
		errs = append(errs, accountMessage(m, told[m.TS]))
		delete(told, m.TS)
	}
	for ts, instances := range told {
		errs = append(errs, fmt.Errorf("%d instances were told in message %s, which is not in Slack", len(instances), ts))
	}
	return errors.Join(errs...)
}

func accountMessage(m slacktest.Message, instances []string) error {
	said := spokenFor.FindStringSubmatch(m.Text)
	if said == nil {
		if len(instances) != 1 || !strings.Contains(m.Text, instances[0]) {
			return fmt.Errorf("message %s is to tell of %v: %s", m.TS, instances, m.Text)
		}
		return nil
	}
	if n, err := strconv.Atoi(said[1]); err != nil || n != len(instances) {
		return fmt.Errorf("message %s speaks for %s instances, %d were told by it", m.TS, said[1], len(instances))
	}
	return nil
}

// toldIn is the timestamp of the message that told of the instance: its own, or that of its one group.
func (c *cloud) toldIn(instance string) (string, error) {
	key := coverage.Resource{Kind: coverage.EC2, Name: instance, Account: accountID, Region: region}.Key()
	incident, err := c.incident(key)
	if err != nil {
		return "", err
	}
	told := incident.Told["slack"]
	if told.Status != coverage.Unhealthy || len(incident.Pending) > 0 {
		return "", fmt.Errorf("instance %s was not told: %+v", instance, incident)
	}
	if told.Ref == "" && len(told.Groups) == 1 {
		group, err := c.incident(told.Groups[0])
		if err != nil {
			return "", err
		}
		told = group.Told["slack"]
	}
	_, ts, ok := strings.Cut(told.Ref, "/")
	if !ok {
		return "", fmt.Errorf("the message that told of instance %s is not remembered: %+v", instance, incident)
	}
	return ts, nil
}

// incident is what the table remembers under a key.
func (c *cloud) incident(key string) (coverage.Incident, error) {
	c.mu.Lock()
	document := c.items[key]["document"].S
	c.mu.Unlock()
	var incident coverage.Incident
	if err := json.Unmarshal([]byte(document), &incident); err != nil {
		return coverage.Incident{}, fmt.Errorf("%s is not remembered: %w", key, err)
	}
	return incident, nil
}
