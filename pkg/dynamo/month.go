package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/format"
)

const (
	// monthPrefix begins the keys of the items of past losses.
	monthPrefix = "losses/"
	// monthRetention is how long the losses of a month are kept after they were last added to: 13 months, and
	// the days by which a recovery is collected later.
	monthRetention = 400 * 24 * time.Hour
)

// Month is what was read of a month's losses.
type Month struct {
	coverage.Month

	revision int64
}

// Month reads the losses of that month, which coverage.MonthOf names; none when there is no item.
func (l *Ledger) Month(ctx context.Context, name string) (Month, error) {
	m, err := l.month(ctx, name)
	if err != nil {
		return Month{}, fmt.Errorf("reading the losses of %s in table %s: %w", name, l.table, err)
	}
	return m, nil
}

func (l *Ledger) month(ctx context.Context, name string) (m Month, err error) {
	item, err := l.get(ctx, monthPrefix+name)
	if err != nil || len(item) == 0 {
		return Month{}, err
	}
	if m.revision, err = whole(item["revision"]); err != nil {
		return Month{}, err
	}
	packed, ok := item["losses"].(*types.AttributeValueMemberB)
	if !ok {
		return Month{}, errors.New("the item's losses are not binary")
	}
	document, err := unpack(packed.Value)
	if err != nil {
		return Month{}, err
	}
	m.Month, err = format.UnmarshalMonth(document)
	return m, err
}

// SaveMonth replaces what Month returned, unless somebody else did so meanwhile, which is an error.
func (l *Ledger) SaveMonth(ctx context.Context, name string, m Month, now time.Time) error {
	m.Trim()
	document, err := format.MarshalMonth(m.Month)
	if err != nil {
		return fmt.Errorf("saving the losses of %s in table %s: %w", name, l.table, err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	condition := "revision = :before"
	values := map[string]types.AttributeValue{
		":losses":  &types.AttributeValueMemberB{Value: pack(document)},
		":version": number(format.Version),
		":after":   number(m.revision + 1),
		":before":  number(m.revision),
		":expires": number(now.Add(monthRetention).Unix()),
	}
	if m.revision == 0 {
		condition = "attribute_not_exists(revision)"
		delete(values, ":before")
	}
	_, err = l.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &l.table, Key: itemKey(monthPrefix + name),
		UpdateExpression: new(
			"SET losses = :losses, version = :version, revision = :after, expires = :expires"),
		ConditionExpression: &condition, ExpressionAttributeValues: values,
	})
	if _, lost := errors.AsType[*types.ConditionalCheckFailedException](err); lost {
		err = errors.New("another report saved them meanwhile")
	}
	if err != nil {
		return fmt.Errorf("saving the losses of %s in table %s: %w", name, l.table, err)
	}
	return nil
}
