package app

import (
	"context"
	"time"

	"guardduty-coverage-notifier/pkg/organization"
)

const (
	// directoryAge is how long accounts are kept in memory before they are read from the table again, and
	// directoryPause how long after a failure.
	directoryAge   = 15 * time.Minute
	directoryPause = time.Minute
)

// directoryReader keeps what the last report read of the organization's accounts; *dynamo.Ledger is one.
type directoryReader interface {
	Directory(ctx context.Context) (organization.Directory, error)
}

// directory is what is known of the organization's accounts.
type directory struct {
	reader directoryReader
	now    func() time.Time
	// known is what was read last, due when it is read again.
	known organization.Directory
	due   time.Time
}

// RefreshAccounts reads the organization's accounts from the table if the settings want them and they were
// not read for a while. After an error what was known before remains. It may not be called while changes are
// routed.
func (d Destinations) RefreshAccounts(ctx context.Context) error {
	if d.directory == nil || d.directory.now().Before(d.directory.due) {
		return nil
	}
	known, err := d.directory.reader.Directory(ctx)
	if err != nil {
		d.directory.due = d.directory.now().Add(directoryPause)
		return err
	}
	d.directory.known, d.directory.due = known, d.directory.now().Add(directoryAge)
	return nil
}
