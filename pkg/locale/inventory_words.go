package locale

import "guardduty-coverage-notifier/pkg/inventory"

// InventoryWords are the sentences and labels of what exists, beside what GuardDuty lists.
type InventoryWords struct {
	// One or {n} resources can be covered and are not listed.
	MissingOne, Missing string

	// Heading heads the numbers of a {scope}: an {account}, or the organization.
	Heading, OfAccount, OfOrganization string
	// The columns.
	Kind, Exists, Coverable, Listed, Covered, Account, Region, What, Number, Where, Why string
	// NotKnown stands for a number, Every for an account, Region or kind.
	NotKnown, Every string
	// Unrecorded says that AWS Config has no {kind} on record in {n} accounts, Contradicted that GuardDuty lists some in
	// {n} of them.
	Unrecorded, Contradicted string

	// NotListed heads what is not listed, NotListedText says why that may be.
	NotListed, NotListedText string
	// Apart heads what does not count as coverable.
	Apart string
	// Uncounted heads what could not be counted, UncountedStep is what to do about it. AsOf stands before the {detail} of
	// numbers that were right at a {time}.
	Uncounted, UncountedStep, AsOf string

	// The reasons.
	Windows, ManagedInstances, FargatePods, HybridNodes, OnOutpost, Nodes, Idle string
}

// Reason says in a few words why something does not count as coverable.
func (w *InventoryWords) Reason(r inventory.Reason) string {
	switch r {
	case inventory.Windows:
		return w.Windows
	case inventory.ManagedInstances:
		return w.ManagedInstances
	case inventory.FargatePods:
		return w.FargatePods
	case inventory.HybridNodes:
		return w.HybridNodes
	case inventory.OnOutpost:
		return w.OnOutpost
	case inventory.Nodes:
		return w.Nodes
	case inventory.Idle:
		return w.Idle
	}
	return string(r)
}
