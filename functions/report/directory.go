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
	if _, tags := r.table.NeedsAccounts(); tags {
		if err = r.accounts.ReadTags(ctx, accounts, r.table.WantsTag); err != nil {
			earlier, unread := r.ledger.Directory(ctx)
			directory.KeepTags(earlier)
			err = errors.Join(err, unread)
		}
	}
	return directory, errors.Join(err, r.ledger.SaveDirectory(ctx, directory))
}

// noteAccounts adds what is not known of the accounts, and the organizational units of rules in which there is
// none.
func (r *reporter) noteAccounts(sum *organization.Sum, directory organization.Directory, unknown error) {
	if unknown != nil {
		sum.Note(organization.AccountsUnknown, detailOf(unknown))
	}
	if len(directory.Accounts) == 0 {
		return
	}
	for _, unit := range r.table.UnmatchedUnits(directory.Units()) {
		sum.Note(organization.NoSuchUnit, unit)
	}
}

// detailOf is what AWS said, without what the SDK puts around it, or else the whole error.
func detailOf(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return answer.ErrorCode() + ": " + answer.ErrorMessage()
	}
	return err.Error()
}
