package slack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error says why a message was not sent: Slack refused a call, Slack did not answer, or there is no
// credential to call it with. It never contains the credential.
type Error struct {
	// Op is the Web API method, "webhook" or "credential".
	Op string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Code is Slack's own, such as invalid_blocks; empty when it gave none.
	Code string
	// Detail is what else is known: what Slack says is wrong with a message, the beginning of an answer that is not
	// Slack's, why there is no answer. At most 2,000 bytes.
	Detail string

	after time.Duration
	// sent is true when the request, or a part of it, may have reached Slack.
	sent bool
	// unread is why the credential could not be read, for the first time or again after Slack had refused it.
	unread error
	cause  error
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
	if e.unread != nil {
		parts = append(parts, "reading the credential: "+e.unread.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap is why the credential could not be read, or context.Canceled or context.DeadlineExceeded when that
// is why there is no answer, else nil. Nothing else is passed on: the errors of an HTTP client print the URL,
// and that of a webhook is a secret.
func (e *Error) Unwrap() error {
	if e.unread != nil {
		return e.unread
	}
	return e.cause
}

// RetryAfter is how long Slack asks to be left alone; 0 when it does not say.
func (e *Error) RetryAfter() time.Duration { return e.after }

// temporary reports whether Slack answers differently without anybody's help later on
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
func temporary(code string) bool {
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
	case e.unread != nil, temporary(e.Code),
		e.Status == http.StatusTooManyRequests, e.Status == http.StatusRequestTimeout,
		e.Status >= http.StatusInternalServerError:
		return false
	}
	return e.Code != "" || e.Status >= http.StatusMultipleChoices
}

// Uncertain reports whether the message may be in Slack although the call failed: Slack received the request
// and did not answer, answered with a server error, or in a way that says neither yes nor no. When Send
// returned a ref as well, only the reply in the message's thread is uncertain.
//
// Of internal_error and fatal_error Slack's pages say that a part of the call may have succeeded; of
// service_unavailable they say nothing, and its HTTP status is uncertain, too. request_timeout means that
// Slack did not receive the whole request (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
func (e *Error) Uncertain() bool {
	switch {
	case e.Status == 0:
		return e.sent
	case e.Status >= http.StatusInternalServerError:
		return true
	case e.Status >= http.StatusMultipleChoices:
		return false
	}
	switch e.Code {
	case "", "internal_error", "fatal_error", "service_unavailable":
		return true
	}
	return false
}

// Misconfigured reports whether the call fails until a person repairs something: the secret, the app's
// scopes, its membership of the channel, a restriction of the workspace.
func (e *Error) Misconfigured() bool {
	if e.unread != nil {
		cause, ok := errors.AsType[interface {
			error
			Misconfigured() bool
		}](e.unread)
		return ok && cause.Misconfigured()
	}
	switch e.Code {
	case "channel_not_found", "not_in_channel", "is_archived", "channel_is_archived", "user_not_found",
		"missing_scope", "no_permission", "access_denied", "not_allowed_token_type",
		"team_access_not_granted",
		"restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
		"restricted_action_non_threadable_channel", "action_prohibited", "posting_to_general_channel_denied",
		"ekm_access_denied", "enterprise_is_restricted", "accesslimited", "two_factor_setup_required",
		codeChannel:
		return true
	}
	return e.refused()
}

// refused reports whether Slack does not accept the credential, so that a newer one may succeed.
func (e *Error) refused() bool {
	switch e.Code {
	case "invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed", codeCredential,
		"no_service", "no_service_id", "no_team", "team_disabled", "invalid_token":
		return true
	}
	return e.Op == opWebhook && slices.Contains(
		[]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone}, e.Status)
}

// gone reports whether the message can no longer be changed, so that a new one is necessary.
func (e *Error) gone() bool {
	switch e.Code {
	case "message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found", "is_inactive":
		return true
	}
	return false
}

// contentRefused reports whether Slack refuses what the message consists of, so that a simpler form of it may
// succeed (https://docs.slack.dev/reference/methods/chat.postMessage#errors,
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors).
func (e *Error) contentRefused() bool {
	switch e.Code {
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_payload":
		return true
	}
	return false
}

// Codes of our own, for what Slack is not asked.
const (
	codeCredential = "unusable_credential"
	codeChannel    = "no_channel"
)
