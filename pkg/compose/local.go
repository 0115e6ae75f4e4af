package compose

import (
	"cmp"
	"time"
)

// Local is what the readers call their own. The zero Local adds nothing.
type Local struct {
	// Accounts are names of accounts, by their ids.
	Accounts map[string]string
	// Runbooks are addresses of the team's own instructions, by the ids of findings.
	Runbooks map[string]string
	// Zone is the readers' time zone; nil: UTC. Renderers that know a reader's own zone show that instead.
	Zone *time.Location
	// IssueForm is the address of the form that reports an issue which the catalog does not know; "": there is none.
	IssueForm string
	// Reader is the account in which the messages are read, and commands are tried first; "" when that is not
	// known.
	Reader string
}

// AccountName is what people call the account: its name, or else its id.
func (l Local) AccountName(id string) string { return cmp.Or(l.Accounts[id], id) }

// Account is the account's name, if it has one, and its id.
func (l Local) Account(id string) string {
	if name := l.Accounts[id]; name != "" {
		return name + " (" + id + ")"
	}
	return id
}
