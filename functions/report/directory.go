package main

import (
	"context"
	"errors"

	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/organization"
)

// directory is what AWS Organizations says of the accounts, kept for the notifier. Whatever cannot be read is
// as the last report found it; the error says why.
func (r *reporter) directory(ctx context.Context) (organization.Directory, error) {
	if r.accounts == nil {
		return organization.Directory{}, nil
	}
	accounts, err := r.accounts.List(ctx)
	if err != nil {
		earlier, unread := r.ledger.Directory(ctx)
		return earlier, errors.Join(err, unread)
	}
	directory := organization.Directory{At: r.now().UTC(), Accounts: accounts}
	return directory, r.ledger.SaveDirectory(ctx, directory)
}

// detailOf is what AWS said, without what the SDK puts around it, or else the whole error.
func detailOf(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return answer.ErrorCode() + ": " + answer.ErrorMessage()
	}
	return err.Error()
}
