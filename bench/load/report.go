package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// What the load may take.
const (
	messagesMost = 60
	// memoryMost is how much memory a process may ever have, in bytes.
	memoryMost = 64 << 20
	// requestsMost is how many requests a change may make to the table, on average.
	requestsMost = 3.5
	// greenWithin is how long after the first recovery the last group's message may turn green.
	greenWithin = 10 * time.Minute
	// editPause is the shortest time between two changes of one message.
	editPause = 5 * time.Second
)

// List prices in US dollars in us-east-1 (https://aws.amazon.com/lambda/pricing/,
// https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/sqs/pricing/,
// https://aws.amazon.com/cloudwatch/pricing/), without free tiers.
const (
	lambdaRequest  = 0.20 / 1e6
	lambdaGBSecond = 0.0000133334 // arm64
	dynamoWrite    = 0.625 / 1e6  // on demand, a write request unit
	sqsRequest     = 0.40 / 1e6   // standard queue, 64 kB
	logGigabyte    = 0.50
	memoryGB       = 128.0 / 1024
)

// lines are the figures as they are printed; missed are those beyond their limits.
type lines struct{ missed []error }

func (*lines) print(name, format string, args ...any) {
	fmt.Printf("  %-32s %s\n", name, fmt.Sprintf(format, args...))
}

// check prints a figure with its limit.
func (l *lines) check(name, figure, limit string, kept bool) {
	verdict := "ok"
	if !kept {
		verdict = "MISSED"
		l.missed = append(l.missed, fmt.Errorf("%s: %s, expected %s", name, figure, limit))
	}
	l.print(name, "%s (limit: %s) %s", figure, limit, verdict)
}

func (l *load) reportLosses(w wave) error {
	fmt.Printf("\n%d losses\n", l.changes)
	out := new(lines)
	messages := l.slack.Messages()
	out.check("messages in Slack", fmt.Sprint(len(messages)), fmt.Sprintf("at most %d", messagesMost), len(messages) <= messagesMost)
	err := accountLosses(l.cloud, messages, l.changes)
	out.check("accounted for", countOr(err, l.changes), "each in exactly one message that says so", err == nil)
	l.reportWave(out, w)
	return errors.Join(out.missed...)
}

func (l *load) reportRecoveries(w wave) error {
	fmt.Printf("\n%d recoveries\n", l.changes)
	out := new(lines)
	err := accountRecoveries(l.cloud, l.slack.Messages(), l.changes)
	out.check("accounted for", countOr(err, l.changes), "no group has a member, every message is green", err == nil)
	count, changes, shortest, last := edits(l.slack)
	green := last.Sub(w.began)
	out.check("groups green after", green.Round(time.Second).String(), fmt.Sprint("within ", greenWithin), green <= greenWithin)
	out.check("shortest time between changes", shortest.Round(time.Millisecond).String(), fmt.Sprint("at least ", editPause),
		shortest >= editPause)
	out.print("messages in Slack", "%d with answers in threads; %d edits, %d of them changed what a message says",
		len(l.slack.Messages()), count, changes)
	l.reportWave(out, w)
	return errors.Join(out.missed...)
}

func countOr(err error, changes int) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint("all ", changes)
}

// reportWave prints what a wave of changes took.
func (l *load) reportWave(out *lines, w wave) {
	out.check("peak memory of a process", fmt.Sprintf("%.1f MiB", float64(w.peak)/(1<<20)),
		fmt.Sprintf("at most %d", memoryMost>>20), w.peak <= memoryMost)
	requests := 0
	for _, n := range w.usage.requests {
		requests += n
	}
	average := float64(requests) / float64(l.changes)
	out.check("requests to the table a change", fmt.Sprintf("%.2f", average), fmt.Sprintf("at most %.1f", requestsMost),
		average <= requestsMost)
	for _, purpose := range slices.Sorted(maps.Keys(w.usage.requests)) {
		out.print("  "+purpose, "%d", w.usage.requests[purpose])
	}
	dead := len(l.cloud.dead)
	out.check("dead letters", fmt.Sprint(dead), "none", dead == 0)
	out.print("last change arrived, all done", "%v, %v", w.sent.Round(time.Second), w.drained.Round(time.Second))
	out.print("refused by Slack (429)", "%d", w.refused)
	l.reportCosts(out, w)
}

func (l *load) reportCosts(out *lines, w wave) {
	// The event source mapping receives and deletes ten messages with one request each.
	sqsUnits := w.usage.sendUnits + 2*((w.work.delivered+9)/10)
	costs := []float64{
		float64(w.work.invocations)*lambdaRequest + w.work.billed.Seconds()*memoryGB*lambdaGBSecond,
		float64(w.usage.units) * dynamoWrite, float64(sqsUnits) * sqsRequest, float64(w.logged) / 1e9 * logGigabyte,
	}
	total := 0.0
	for _, cost := range costs {
		total += cost
	}
	out.print("Lambda", "%d invocations (%d of the queue, %d failed), %.0f s, $%.4f",
		w.work.invocations, w.work.batches, w.work.failed, w.work.billed.Seconds(), costs[0])
	out.print("DynamoDB", "%d write units, $%.4f; %d conditions failed; at most %d units a second on one item",
		w.usage.units, costs[1], w.usage.refused, w.usage.busiest)
	out.print("SQS", "%d sent, %d delivered, %d requests, $%.4f", w.usage.sends, w.work.delivered, sqsUnits, costs[2])
	out.print("CloudWatch Logs", "%.1f MB, $%.4f", float64(w.logged)/1e6, costs[3])
	out.print("cost at list price, us-east-1", "$%.4f", total)
}
