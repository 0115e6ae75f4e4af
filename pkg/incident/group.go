package incident

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// MaxMembers is how many resources one group's message speaks for; further ones open a second group.
const MaxMembers = 500

// Group is one message of one sink about several resources that lost coverage alike.
type Group struct {
	// Key is made by GroupKey.
	Key string
	// Sink and Ref say where the message is, Language in which language it is written.
	Sink, Ref, Language string
	CreatedAt           time.Time
	// Sample is the change of one member; what is said of it holds for all, but for the name. Evidence is
	// what the diagnosis found of it.
	Sample   coverage.Change
	Evidence []coverage.Evidence
	// Names are the first members' names, Total how many members there ever were.
	Names []string
	Total int
	// Kinds are how many members there ever were of each kind, where all share the cause that the diagnosis found;
	// nil where they are merely alike.
	Kinds map[coverage.Kind]int
	// Open are the Members that are still uncovered. They are a set that changes without the group's lease,
	// each time raising Version.
	Open    []string
	Version int
	// Shown is the version that the message shows; -1: it is to be sent again whatever it shows.
	Shown int
	Retry
	Wake
}

// WakeGrace is how long past due a group's noted wake-up may be before it counts as lost: less than the
// Fence, so that who noted it and could not queue it does so at the next attempt.
const WakeGrace = 15 * time.Second

// groupPrefix begins the keys of groups. A resource's key begins with an account.
const groupPrefix = "group/"

// GroupKey is the key of the group whose message in that sink has that ref.
func GroupKey(sink, ref string) string { return groupPrefix + sink + "/" + ref }

// IsGroup reports whether the key is that of a group.
func IsGroup(key string) bool { return strings.HasPrefix(key, groupPrefix) }

// Member is how a group's set names a resource: short, since DynamoDB charges a write for the whole item.
func Member(key string) string {
	digest := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(digest[:6])
}

// Plan compares the set of members with what the message says of it.
func (g *Group) Plan(now time.Time) Action {
	switch {
	case g.Shown == g.Version:
		return Action{Kind: Nothing}
	case now.Before(g.NextAttempt):
		return Action{Wait, g.NextAttempt}
	}
	return Action{Kind: Update}
}

// editPause is how often a group's message changes at most. Many members recover at about the same time.
const editPause = 5 * time.Second

// Sent notes that the message shows what the group knew when it was claimed.
func (g *Group) Sent(ref string, now time.Time) {
	g.Ref, g.Shown, g.Retry = ref, g.Version, Retry{NextAttempt: now.Add(editPause)}
}

// Failed notes that the sink did not take the message. Whether it did makes no difference: it is sent again.
func (g *Group) Failed(now time.Time, after time.Duration) { g.Retry.failed(now, after) }

// Deferred notes that the rate limit, or the end of the invocation, came first.
func (g *Group) Deferred(now time.Time) { g.Retry.deferred(now) }

// GaveUp notes that the message went to the dead-letter queue. The next change to the set is worth a new
// attempt.
func (g *Group) GaveUp() { g.Shown, g.Retry = g.Version, Retry{} }

// Redriven notes that a person wants it tried again.
func (g *Group) Redriven() { g.Shown, g.Retry = -1, Retry{} }
