package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/incident"
)

// ClaimGroup leases the group; one that is not remembered is empty. ok is false while somebody else has it.
// It ends what is known of a queued wake-up: whoever leaves the group from now on queues another.
func (s *Store) ClaimGroup(ctx context.Context, key string) (g incident.Group, lease string, ok bool, err error) {
	values := s.leaseValues()
	lease = leaseIn(values)
	before, ok, err := s.lease(ctx, key,
		"SET lease = :token, leaseUntil = :until, expires = if_not_exists(expires, :expires) REMOVE wakeAt, wakeBy", values)
	if err != nil || !ok {
		return incident.Group{}, "", false, s.failed("claiming group", key, err)
	}
	if before["document"] == nil {
		return incident.Group{Key: key}, lease, true, nil
	}
	g, err = readGroup(before)
	if noted, _ := whole(before["wakeAt"]); noted > 0 {
		g.WakeAt = time.UnixMilli(noted)
	}
	if err != nil {
		s.release(ctx, key, values)
		return incident.Group{}, "", false, s.failed("claiming group", key, err)
	}
	return g, lease, true, nil
}

// readGroup is the group in an item.
func readGroup(item map[string]types.AttributeValue) (incident.Group, error) {
	document, ok := item["document"].(*types.AttributeValueMemberS)
	if !ok {
		return incident.Group{}, errors.New("the item's document is not a string")
	}
	g, err := format.UnmarshalGroup([]byte(document.Value))
	if err != nil {
		return incident.Group{}, err
	}
	if members, ok := item["members"].(*types.AttributeValueMemberSS); ok {
		g.Open = members.Value
	}
	revision, err := whole(item["revision"])
	g.Version = int(revision)
	return g, err
}

// SaveGroup writes the group, except for its members and their version, and ends the claim. wakeAt is when a
// wake-up is queued for it; zero for none.
func (s *Store) SaveGroup(ctx context.Context, g incident.Group, lease string, wakeAt time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	values := map[string]types.AttributeValue{":token": text(lease)}
	update := "REMOVE lease, leaseUntil"
	if g.Ref != "" { // Of a group that is not remembered only the lease is left.
		document, err := format.MarshalGroup(g)
		if err != nil {
			return s.failed("saving group", g.Key, err)
		}
		values[":document"], values[":version"] = text(string(document)), number(format.Version)
		values[":expires"] = number(s.now().Add(openRetention).Unix())
		set := "SET document = :document, version = :version, expires = :expires"
		if !wakeAt.IsZero() {
			values[":wakeAt"], set = number(wakeAt.UnixMilli()), set+", wakeAt = :wakeAt, wakeBy = :token"
		}
		update = set + " " + update
	}
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: itemKey(g.Key), UpdateExpression: &update,
		ConditionExpression: new("lease = :token"), ExpressionAttributeValues: values,
	})
	if _, lost := errors.AsType[*types.ConditionalCheckFailedException](err); lost {
		err = errors.New("the claim on it was lost to somebody else")
	}
	return s.failed("saving group", g.Key, err)
}

// CreateGroup remembers a new group with its members. Repeated, it changes nothing.
func (s *Store) CreateGroup(ctx context.Context, g incident.Group) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	document, err := format.MarshalGroup(g)
	if err != nil {
		return s.failed("creating group", g.Key, err)
	}
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table,
		Key:       itemKey(g.Key),
		UpdateExpression: new("SET document = :document, version = :version, expires = :expires, revision = :revision" +
			" ADD members :members"),
		ConditionExpression: new("attribute_not_exists(revision)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":document": text(string(document)),
			":version":  number(format.Version),
			":expires":  number(s.now().Add(openRetention).Unix()),
			":revision": number(int64(g.Version)),
			":members":  &types.AttributeValueMemberSS{Value: g.Open},
		},
	})
	if _, exists := errors.AsType[*types.ConditionalCheckFailedException](err); exists {
		return nil
	}
	return s.failed("creating group", g.Key, err)
}

// Leave takes members out of the group's set and raises its version; repeated, it only raises the version.
// known is false when there is no such group. covered is true when a wake-up of the group is known to be
// queued; otherwise the caller has to queue one that is due at wakeAt, which is noted.
func (s *Store) Leave(ctx context.Context, group string, members []string, wakeAt time.Time) (known, covered bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	token := s.token()
	out, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table,
		Key:       itemKey(group),
		UpdateExpression: new("SET wakeAt = if_not_exists(wakeAt, :wakeAt), wakeBy = if_not_exists(wakeBy, :token)," +
			" expires = :expires ADD revision :one DELETE members :members"),
		ConditionExpression: new("attribute_exists(revision) AND version <= :version"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":wakeAt":  number(wakeAt.UnixMilli()),
			":token":   text(token),
			":expires": number(s.now().Add(openRetention).Unix()),
			":one":     number(1),
			":members": &types.AttributeValueMemberSS{Value: members},
			":version": number(format.Version),
		},
		ReturnValues:                        types.ReturnValueAllOld,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if refused, is := errors.AsType[*types.ConditionalCheckFailedException](err); is {
		if v, _ := whole(refused.Item["version"]); v > format.Version {
			return true, false, s.failed("leaving group", group, fmt.Errorf("version %d: %w", v, format.ErrNewer))
		}
		return false, false, nil
	}
	if err != nil {
		return false, false, s.failed("leaving group", group, err)
	}
	noted, err := whole(out.Attributes["wakeAt"])
	if err != nil {
		return true, false, s.failed("leaving group", group, err)
	}
	// A request that is repeated because its answer was lost finds its own note, and no wake-up was queued
	// for it.
	by, _ := out.Attributes["wakeBy"].(*types.AttributeValueMemberS)
	others := by != nil && by.Value != token
	return true, others && time.UnixMilli(noted).After(wakeAt.Add(-incident.WakeGrace)), nil
}
