package slack

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is Slack's refusal of a call, or its silence. It never contains the credential.
type Error struct {
	// Op is the Web API method, or "webhook".
	Op string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Code is Slack's own, such as invalid_blocks; empty when it gave none.
	Code string
	// Detail is what else is known: what Slack says is wrong with a message, the beginning of an answer that is not
	// Slack's, why there is no answer. At most 2,000 bytes.
	Detail string

	after time.Duration
	// unproven marks a refusal of the credential when it could not be read again.
	unproven bool
	cause    error
}

// maxDetail is how much of a refusal is kept.
const maxDetail = 2000

// Error says what was called, and what came of it.
func (e *Error) Error() string {
	parts := []string{e.Op}
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))))
	}
	for _, part := range []string{e.Code, e.Detail} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// Unwrap is context.Canceled or context.DeadlineExceeded when that is why there is no answer, else nil. Nothing
// else is passed on: the errors of an HTTP client print the URL, and that of a webhook is a secret.
func (e *Error) Unwrap() error { return e.cause }

// RetryAfter is how long Slack asks to be left alone; 0 when it does not say.
func (e *Error) RetryAfter() time.Duration { return e.after }

// passing are the codes of refusals that Slack gets over
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
func passing(code string) bool {
	switch code {
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout",
		"ratelimited", "rate_limited", "rollup_error", "team_added_to_org", "org_login_required":
		return true
	}
	return false
}

// Permanent reports whether the same call would be refused again.
func (e *Error) Permanent() bool {
	switch {
	case e.unproven, passing(e.Code),
		e.Status == http.StatusTooManyRequests, e.Status == http.StatusRequestTimeout,
		e.Status >= http.StatusInternalServerError:
		return false
	}
	return e.Code != "" || e.Status >= http.StatusMultipleChoices
}

// refused reports whether Slack does not know the credential, which another one may put right.
func (e *Error) refused() bool {
	switch e.Code {
	case "invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed", codeCredential:
		return true
	}
	return e.Op == opWebhook && slices.Contains(
		[]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone}, e.Status)
}

// gone reports whether the message that was to be changed cannot be, so that a new one has to do.
func (e *Error) gone() bool {
	switch e.Code {
	case "message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found", "is_inactive":
		return true
	}
	return false
}

// dislikesBlocks reports whether the blocks of a message are what is wrong with it
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
func (e *Error) dislikesBlocks() bool {
	switch e.Code {
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long":
		return true
	}
	return false
}

// Codes of our own, for what Slack is not even asked.
const (
	codeCredential = "unusable_credential"
	codeChannel    = "no_channel"
)
