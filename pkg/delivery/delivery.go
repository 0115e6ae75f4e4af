// Package delivery is what the error of a message that was not delivered says of it, by methods that the error, or one
// that it wraps, may have.
package delivery

import (
	"errors"
	"time"
)

// Permanent reports whether trying again cannot help.
func Permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

// Uncertain reports whether the message may have been taken all the same: so it is unless the error says otherwise.
func Uncertain(err error) bool {
	var u interface{ Uncertain() bool }
	if errors.As(err, &u) {
		return u.Uncertain()
	}
	return !Permanent(err)
}

// Misconfigured reports whether only a change of the configuration helps.
func Misconfigured(err error) bool {
	var m interface{ Misconfigured() bool }
	return errors.As(err, &m) && m.Misconfigured()
}

// RetryAfter is how long the destination asks to be left alone; zero when it does not say.
func RetryAfter(err error) time.Duration {
	var r interface{ RetryAfter() time.Duration }
	if errors.As(err, &r) {
		return r.RetryAfter()
	}
	return 0
}
