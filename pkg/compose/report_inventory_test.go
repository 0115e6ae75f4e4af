package compose_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// listing is what GuardDuty lists.
func listing(states []coverage.State) inventory.Listing {
	listed := make(inventory.Listing)
	for _, state := range states {
		listed.Add(state)
	}
	return listed
}

func existing(account, region string, kind coverage.Kind) inventory.Key {
	return inventory.Key{Account: account, Region: region, Kind: kind}
}

// ownInventory has every reason why something does not count as coverable, and a Region that could not be counted.
func ownInventory() inventory.Sum {
	const own = "111122223333"
	instances, clusters := existing(own, frankfurt, coverage.EC2), existing(own, frankfurt, coverage.EKS)
	batches := existing(own, virginia, coverage.ECS)
	return inventory.Add(inventory.Found{
		Account: own,
		Counts: map[inventory.Key]inventory.Count{
			instances: {
				Exists:    58,
				Coverable: 41,
			}, clusters: {Exists: 4, Coverable: 3}, batches: {Exists: 3, Coverable: 2},
			existing(own, virginia, coverage.EC2): {Exists: 1, Coverable: 1},
		},
		Apart: []inventory.Apart{
			{
				Key:    instances,
				Reason: inventory.Windows,
				Total:  4,
			}, {Key: instances, Reason: inventory.ManagedInstances, Total: 2},
			{
				Key:    instances,
				Reason: inventory.Nodes,
				Total:  11,
			}, {Key: clusters, Reason: inventory.FargatePods, Total: 1},
			{
				Key:    clusters,
				Reason: inventory.HybridNodes,
				Total:  1,
			}, {Key: clusters, Reason: inventory.OnOutpost, Total: 1},
			{Key: batches, Reason: inventory.Idle, Total: 1},
		},
		Gaps: []inventory.Gap{{
			Kind: coverage.EKS, Account: own, Region: virginia,
			Detail: "User is not authorized to perform: eks:ListClusters",
		}},
	}, listing(organizationStates()), nil)
}

// recordedInventory is of an organization that records no ECS clusters, in which one account is behind.
func recordedInventory() inventory.Sum {
	return inventory.Add(inventory.Found{
		Recorded: true,
		Counts: map[inventory.Key]inventory.Count{
			existing("111122223333", frankfurt, coverage.EC2): {Exists: 58, Coverable: 41},
			existing("333344445555", virginia, coverage.EC2):  {Exists: 1, Coverable: 1},
			existing("222233334444", frankfurt, coverage.EKS): {Exists: 1, Coverable: 1},
			existing("222233334444", virginia, coverage.EKS):  {Exists: 9, Coverable: 9},
		},
		Apart: []inventory.Apart{
			{Key: existing("111122223333", frankfurt, coverage.EC2), Reason: inventory.Windows, Total: 4},
			{Key: existing("111122223333", frankfurt, coverage.EC2), Reason: inventory.Nodes, Total: 13},
		},
		Gaps: []inventory.Gap{{
			Account: "444455556666", Region: virginia, Detail: "OUTDATED", At: now.Add(-50 * time.Hour),
		}},
	}, listing(organizationStates()), []string{"111122223333", "444455556666"})
}

func TestWhatIsNotListedIsInTheSummary(t *testing.T) {
	for missing, want := range map[int]string{
		0: "", 1: "1 resource that GuardDuty can cover is not listed.",
		12: "12 resources that GuardDuty can cover are not listed.",
	} {
		one := situation{states: []coverage.State{healthy("EKS", "shop")}}
		one.before = [][]coverage.State{one.states}
		one.inventory = inventory.Sum{Asked: true, Missing: missing}
		r := one.report()
		summary := compose.New(locale.English(), compose.Local{}).Report(r).Summary
		if !strings.Contains(summary, want) || want == "" && strings.Contains(summary, "not listed") {
			t.Errorf("%d missing: %q", missing, summary)
		}
		if r.Quiet() != (missing == 0) {
			t.Errorf("%d missing, quiet: %v", missing, r.Quiet())
		}
	}
}

// TestPlacesAreGivenUpBeforeNumbers is about destinations with little room.
func TestPlacesAreGivenUpBeforeNumbers(t *testing.T) {
	form := compose.New(locale.English(), compose.Local{}).Report(situations()["inventory"].report()).Form
	last := form
	for step := 0; ; step++ {
		shorter, ok := form.Shorter(step, "…")
		if !ok {
			break
		}
		last = shorter
	}
	data, err := json.Marshal(last.(message.Report).Inventory)
	if err != nil || !strings.Contains(string(data), `"exists":59`) ||
		strings.Contains(string(data), frankfurt) {
		t.Errorf("%s, %v", data, err)
	}
}
