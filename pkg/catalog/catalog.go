// Package catalog knows every documented coverage issue of GuardDuty Runtime Monitoring: how it is
// recognised, what it means, and what brings coverage back.
//
// The tables (eks.go, ecs.go, ec2.go, common.go) are data. Adding an issue touches one of them, the sentences of
// every language (english.go, …) and one sample event; TestCatalogueIsComplete names what was forgotten.
package catalog

import (
	"slices"

	"guardduty-coverage-notifier/pkg/coverage"
)

// ID names an entry. It is a public contract (metrics, filter policies, routes): never renamed, never reused.
type ID string

// The outcomes that no text of AWS's stands for.
const (
	// Unrecognised is an issue that no entry matches: an addition of AWS's, told with its raw text.
	Unrecognised ID = "unknown"
	// NoReason is an Unhealthy status for which AWS gave no reason, which is common.
	NoReason ID = "no-reason-given"
	// AddonRemoved is an EKS cluster without the agent add-on, which arrives as an add-on status and no text.
	AddonRemoved ID = "addon-removed"
)

// Entry is one issue of the catalogue. Its words are in the language tables, under its ID.
type Entry struct {
	ID ID
	// Kinds are the resource kinds that report it; the same words mean different things per kind. Empty:
	// every kind.
	Kinds []coverage.Kind
	// Types are the issue types, in AWS's spellings, that an issue may begin with; any of them matches.
	// Empty: any type.
	Types []string
	// Extra are texts of which one has to occur in the issue; the longest that occurs decides between
	// entries. An ellipsis (…) stands for anything in between. Empty: anything, the last resort of its types.
	Extra []string
	// Silent says that AWS gives no text for it: the rest of the change tells it, and no text ever does.
	Silent bool
	// NotActionable says that nobody can do anything, by AWS's own word.
	NotActionable bool
	// Vague says that AWS names no cause: what a diagnosis finds says more.
	Vague bool
	// Transient says that it is known to heal by itself within some 15 minutes.
	Transient bool
	Steps     []Step
	// Proof are the checks that can prove what is behind it. Empty: any check may.
	Proof []Checks
	// Page is the page and anchor below the user guide that documents it. Empty: the table of issues of
	// the resource's kind.
	Page string
	// See are further pages that the remedy names: below the user guide, or whole URLs. The language
	// tables label them.
	See []string
	// Examples are issue texts as they arrive; each classifies to exactly this entry, for every one of Kinds.
	Examples []string
}

// reportedBy says whether resources of a kind can report the entry.
func (e Entry) reportedBy(kind coverage.Kind) bool {
	return len(e.Kinds) == 0 || slices.Contains(e.Kinds, kind)
}

// Checks are checks of pkg/diagnose, by the names that the table of evidence has for them.
type Checks []string

// What Proof is made of.
var (
	networkChecks     = Checks{"vpc-owner", "vpc-dns", "vpc-endpoint", "vpc-endpoint-access"}
	settingChecks     = Checks{"guardduty-detector", "guardduty-runtime-monitoring", "guardduty-agent-management"}
	addonChecks       = Checks{"eks-addon", "eks-addon-version", "eks-nodes"}
	associationChecks = Checks{"ec2-tag", "ec2-platform", "ec2-ssm", "ec2-association"}
	serviceChecks     = Checks{"ecs-tag", "ecs-service", "ecs-agent"}
)

// ProofOf are the checks that can prove what is behind a finding of that id; none where any check may.
func ProofOf(id ID) []string {
	var names []string
	for _, checks := range tables().byID[id].Proof {
		names = append(names, checks...)
	}
	return names
}

// Step is one thing to do. Its sentence is in the language tables. The steps of an entry come in this order:
// those that only read, those that change something, those that check what the changes achieved.
type Step struct {
	ID StepID
	// Commands are alternatives, best first: the first of which every {placeholder} is known is shown. The
	// placeholders are listed at Values. A command that changes something names its account: by an ARN, by an
	// ID that exists only once, by the context of a cluster, or by inAccount, which ends it in any other.
	Commands []string
	// Optional says that the step is pointless without one of its commands, and left out then.
	Optional bool
	// If is a placeholder that has to be known, and Unless one that must not be, for the step to make sense.
	If, Unless string
	// Changes is what the step changes. The zero Reach says that it only reads.
	Changes Reach
	// Check says that it shows what the changes before it achieved.
	Check bool
	// For says in whose account the step is right. The zero Side says in everybody's.
	For Side
}

// Reach is how much a step changes. The language tables have a sentence for what goes beyond the resource.
type Reach int

// The reaches, the smallest first.
const (
	Nothing Reach = iota
	OneResource
	WholeCluster
	WholeVPC
	WholeAccount
)

// Side is where the reader stands.
type Side int

const (
	// AnySide is everybody, and as a reader's side that it is not known.
	AnySide Side = iota
	// OwnSide is the account of the resource.
	OwnSide
	// AdministratorSide is another account than that of the resource: GuardDuty's administrator, which sees
	// its members' resources (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_accounts.html).
	AdministratorSide
)

// StepID names the sentence of a step; entries share sentences.
type StepID string

// Finding is one issue of a change, named.
type Finding struct {
	ID ID
	// Type is the issue type as it came, before the first colon; Text the whole issue as it came. Both are
	// empty when AWS gave no text.
	Type, Text string
	// Actionable is false when AWS says that nobody can do anything; Transient is true when it usually heals
	// by itself.
	Actionable, Transient bool
}

// Actionable reports whether anybody can do something about findings of that id. Of one that is not in the
// catalogue nobody says otherwise.
func Actionable(id ID) bool { return !tables().byID[id].NotActionable }

// All is the whole catalogue, a copy.
func All() []Entry {
	return slices.Concat(eks, ecs, ec2, common)
}
