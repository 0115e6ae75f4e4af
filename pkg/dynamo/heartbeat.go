package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/heartbeat"
)

const (
	// heartbeatsKey is the item of the heartbeats: for each place when one arrived last, and since when they are
	// expected.
	heartbeatsKey     = "heartbeats"
	heartbeatsVersion = 1
)

// Heartbeats notes that heartbeats arrived now from some of the expected places, or from none, and since when
// each of them is expected. It returns what is known of all that are expected. The error of an item that a later
// version wrote wraps format.ErrNewer.
func (l *Ledger) Heartbeats(
	ctx context.Context, now time.Time, expected []heartbeat.Place, arrived ...heartbeat.Place,
) (map[heartbeat.Place]heartbeat.Arrival, error) {
	known, err := l.heartbeats(ctx, now, expected, arrived)
	if err != nil {
		return nil, fmt.Errorf("noting heartbeats in table %s: %w", l.table, err)
	}
	return known, nil
}

func (l *Ledger) heartbeats(
	ctx context.Context, now time.Time, expected, arrived []heartbeat.Place,
) (map[heartbeat.Place]heartbeat.Arrival, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	set := []string{"version = :version"}
	values := map[string]types.AttributeValue{":version": number(heartbeatsVersion)}
	for _, place := range arrived {
		set = append(set, lastOf(place)+" = :now")
	}
	for _, place := range expected {
		since := sinceOf(place)
		set = append(set, since+" = if_not_exists("+since+", :now)")
	}
	if len(set) > 1 {
		values[":now"] = number(now.UnixMilli())
	}
	out, err := l.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &l.table,
		Key:                       itemKey(heartbeatsKey),
		UpdateExpression:          new("SET " + strings.Join(set, ", ")),
		ConditionExpression:       new("attribute_not_exists(version) OR version <= :version"),
		ExpressionAttributeValues: values,
		ReturnValues:              types.ReturnValueAllNew,
	})
	if _, newer := errors.AsType[*types.ConditionalCheckFailedException](err); newer {
		return nil, format.ErrNewer
	}
	if err != nil {
		return nil, err
	}
	known := make(map[heartbeat.Place]heartbeat.Arrival)
	for _, place := range expected {
		last, lastErr := moment(out.Attributes[lastOf(place)])
		since, sinceErr := moment(out.Attributes[sinceOf(place)])
		if err := errors.Join(lastErr, sinceErr); err != nil {
			return nil, fmt.Errorf("%s in %s: %w", place.Account, place.Region, err)
		}
		known[place] = heartbeat.Arrival{Last: last, Expected: since}
	}
	return known, nil
}

// lastOf and sinceOf are the names of a place's attributes, which need no placeholders in expressions.
func lastOf(p heartbeat.Place) string  { return "last_" + nameOf(p) }
func sinceOf(p heartbeat.Place) string { return "since_" + nameOf(p) }
func nameOf(p heartbeat.Place) string {
	return p.Account + "_" + strings.ReplaceAll(p.Region, "-", "_")
}

// moment is a time attribute in milliseconds, zero where there is none.
func moment(value types.AttributeValue) (time.Time, error) {
	millis, err := whole(value)
	if err != nil || millis == 0 {
		return time.Time{}, err
	}
	return time.UnixMilli(millis).UTC(), nil
}
