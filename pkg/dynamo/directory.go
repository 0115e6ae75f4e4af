package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/organization"
)

const (
	// directoryKey is the item of the accounts' names.
	directoryKey = "directory"
	// directoryRetention is how long a directory is kept when no report renews it: a name is of use for
	// longer than the gap between two reports, which over a weekend is three days.
	directoryRetention = 8 * 24 * time.Hour
)

// Directory reads what the last report learned of the organization's accounts; the zero Directory when there
// is none. It takes one request.
func (l *Ledger) Directory(ctx context.Context) (organization.Directory, error) {
	item, err := l.get(ctx, directoryKey)
	if err != nil {
		return organization.Directory{}, fmt.Errorf("reading the accounts in table %s: %w", l.table, err)
	}
	if len(item) == 0 {
		return organization.Directory{}, nil
	}
	d, err := readDirectory(item)
	if err != nil {
		return organization.Directory{}, fmt.Errorf("reading the accounts in table %s: %w", l.table, err)
	}
	return d, nil
}

func readDirectory(item map[string]types.AttributeValue) (organization.Directory, error) {
	packed, ok := item["accounts"].(*types.AttributeValueMemberB)
	if !ok {
		return organization.Directory{}, errors.New("the item's accounts are not binary")
	}
	document, err := unpack(packed.Value)
	if err != nil {
		return organization.Directory{}, err
	}
	return format.UnmarshalDirectory(document)
}

// SaveDirectory replaces what is known of the organization's accounts. An item holds 400 KB, which is enough
// for the names of some 20,000 accounts, packed
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
func (l *Ledger) SaveDirectory(ctx context.Context, d organization.Directory) error {
	document, err := format.MarshalDirectory(d)
	if err != nil {
		return fmt.Errorf("saving the accounts in table %s: %w", l.table, err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err = l.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           &l.table,
		Key:                 itemKey(directoryKey),
		UpdateExpression:    new("SET accounts = :accounts, version = :version, expires = :expires"),
		ConditionExpression: new("attribute_not_exists(version) OR version <= :version"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":accounts": &types.AttributeValueMemberB{Value: pack(document)},
			":version":  number(format.Version),
			":expires":  number(d.At.Add(directoryRetention).Unix()),
		},
	})
	if _, newer := errors.AsType[*types.ConditionalCheckFailedException](err); newer {
		err = format.ErrNewer
	}
	if err != nil {
		return fmt.Errorf("saving the accounts in table %s: %w", l.table, err)
	}
	return nil
}
