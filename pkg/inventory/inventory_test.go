package inventory_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/inventory"
)

const (
	own, shop, labs = "111122223333", "222233334444", "333344445555"
	eu, us          = "eu-central-1", "us-east-1"
)

func key(account, region string, kind coverage.Kind) inventory.Key {
	return inventory.Key{Account: account, Region: region, Kind: kind}
}

// listing is what GuardDuty lists of each key: so many, of which so many are covered.
func listing(counts map[inventory.Key][2]int) inventory.Listing {
	l := make(inventory.Listing)
	for k, count := range counts {
		for i := range count[0] {
			status := coverage.Unhealthy
			if i < count[1] {
				status = coverage.Healthy
			}
			l.Add(coverage.State{
				Resource: coverage.Resource{
					Account: k.Account,
					Region:  k.Region,
					Kind:    k.Kind,
				}, Status: status,
			})
		}
	}
	return l
}

func kinds(eks, ecs, ec2 inventory.Kind) []inventory.Kind {
	eks.Kind, ecs.Kind, ec2.Kind = coverage.EKS, coverage.ECS, coverage.EC2
	return []inventory.Kind{eks, ecs, ec2}
}

// nothing is a kind that was not counted.
func nothing() inventory.Kind {
	return inventory.Kind{Exists: inventory.Unknown, Coverable: inventory.Unknown}
}

func TestOneAccount(t *testing.T) {
	listed := listing(map[inventory.Key][2]int{
		key(own, eu, coverage.EC2): {
			5,
			4,
		}, key(own, us, coverage.EC2): {7, 7}, key(shop, eu, coverage.EC2): {100, 100},
		key(own, eu, coverage.EKS): {3, 3},
	})
	found := inventory.Found{
		Account: own,
		Counts: map[inventory.Key]inventory.Count{
			key(own, eu, coverage.EC2): {
				Exists:    10,
				Coverable: 8,
			}, key(own, eu, coverage.EKS): {Exists: 2, Coverable: 2},
			key(own, eu, coverage.ECS): {}, key(own, us, coverage.ECS): {Exists: 4, Coverable: 4},
		},
		Apart: []inventory.Apart{
			{Key: key(own, eu, coverage.EC2), Reason: inventory.Nodes, Total: 1},
			{Key: key(own, eu, coverage.EC2), Reason: inventory.Windows, Total: 1},
		},
		Gaps: []inventory.Gap{
			{Kind: coverage.EKS, Account: own, Region: us, Detail: "denied"},
			{Kind: coverage.EC2, Account: own, Region: us, Detail: "denied"},
		},
	}
	got := inventory.Add(found, listed, nil)
	want := inventory.Sum{
		Asked: true, Account: own,
		Kinds: kinds(
			inventory.Kind{Exists: 2, Coverable: 2, Listed: inventory.Listed{All: 3, Covered: 3}},
			inventory.Kind{Exists: 4, Coverable: 4},
			// What GuardDuty lists where nothing could be counted compares with nothing.
			inventory.Kind{Exists: 10, Coverable: 8, Listed: inventory.Listed{All: 5, Covered: 4}},
		),
		Missing: 7,
		MissingIn: []inventory.Missing{
			{
				Key:       key(own, us, coverage.ECS),
				Coverable: 4,
			}, {Key: key(own, eu, coverage.EC2), Coverable: 8, Listed: 5},
		},
		Apart: []inventory.Part{
			{
				Reason: inventory.Windows,
				Kind:   coverage.EC2,
				Total:  1,
				In:     []inventory.Key{key(own, eu, coverage.EC2)},
			},
			{
				Reason: inventory.Nodes,
				Kind:   coverage.EC2,
				Total:  1,
				In:     []inventory.Key{key(own, eu, coverage.EC2)},
			},
		},
		Gaps: []inventory.Gap{
			{Kind: coverage.EC2, Account: own, Region: us, Detail: "denied"},
			{Kind: coverage.EKS, Account: own, Region: us, Detail: "denied"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhatIsNotRecordedIsUnknown has an organization in which one account records no clusters, and nobody ECS.
func TestWhatIsNotRecordedIsUnknown(t *testing.T) {
	listed := listing(map[inventory.Key][2]int{
		key(own, eu, coverage.EKS): {
			1,
			1,
		}, key(shop, eu, coverage.EKS): {9, 9}, key(shop, us, coverage.ECS): {2, 0},
	})
	found := inventory.Found{
		Recorded: true,
		Counts: map[inventory.Key]inventory.Count{
			key(own, eu, coverage.EKS): {
				Exists:    3,
				Coverable: 3,
			}, key(own, eu, coverage.EC2): {Exists: 1, Coverable: inventory.Unknown},
			key(shop, us, coverage.EC2): {Exists: 1, Coverable: 1},
		},
	}
	got := inventory.Add(found, listed, []string{own, shop, labs})
	ecs := nothing()
	ecs.Unrecorded, ecs.Contradicted = 3, 1
	want := kinds(
		inventory.Kind{
			Exists: 3, Coverable: 3, Listed: inventory.Listed{All: 1, Covered: 1}, Unrecorded: 2, Contradicted: 1,
		}, ecs, inventory.Kind{Exists: 2, Coverable: inventory.Unknown, Unrecorded: 1},
	)
	if diff := cmp.Diff(want, got.Kinds); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Missing != 3 || got.MissingIn[0].Key != key(own, eu, coverage.EKS) {
		t.Errorf("%d are missing in %v", got.Missing, got.MissingIn)
	}
}

func TestLargeSumsNameTheMost(t *testing.T) {
	found := inventory.Found{Recorded: true, Counts: make(map[inventory.Key]inventory.Count)}
	for i := range 3000 {
		k := key(fmt.Sprintf("%012d", i), eu, coverage.EC2)
		found.Counts[k] = inventory.Count{Exists: i, Coverable: i}
		found.Apart = append(found.Apart, inventory.Apart{Key: k, Reason: inventory.Windows, Total: 1})
		found.Gaps = append(
			found.Gaps,
			inventory.Gap{Account: k.Account, Detail: "FAILED", At: time.Unix(0, 0)},
		)
	}
	got := inventory.Add(found, nil, nil)
	if got.Missing != 2999*3000/2 || len(got.MissingIn) != inventory.Named ||
		got.MissingIn[0].Coverable != 2999 {
		t.Errorf("%d missing, %d places named, first %v", got.Missing, len(got.MissingIn), got.MissingIn[0])
	}
	if part := got.Apart[0]; part.Total != 3000 || len(part.In) != 5 || part.More != 2995 {
		t.Errorf("%+v", part)
	}
	if len(got.Gaps) != inventory.Named || got.MoreGaps != 2950 {
		t.Errorf("%d gaps and %d more", len(got.Gaps), got.MoreGaps)
	}
	if !slices.IsSortedFunc(
		got.MissingIn,
		func(a, b inventory.Missing) int { return b.Coverable - a.Coverable },
	) {
		t.Error("the places are not sorted")
	}
}

func TestEmpty(t *testing.T) {
	one := map[inventory.Key]inventory.Count{key(own, eu, coverage.EC2): {Exists: 1, Coverable: 1}}
	for name, test := range map[string]struct {
		sum  inventory.Sum
		want bool
	}{
		"nobody asked":      {inventory.Sum{}, true},
		"nothing exists":    {inventory.Add(inventory.Found{Account: own, Counts: map[inventory.Key]inventory.Count{key(own, eu, coverage.EC2): {}}}, nil, nil), true},
		"something exists":  {inventory.Add(inventory.Found{Account: own, Counts: one}, nil, nil), false},
		"it is not known":   {inventory.Add(inventory.Found{Account: own, Gaps: []inventory.Gap{{Detail: "denied"}}}, nil, nil), false},
		"it is listed only": {inventory.Add(inventory.Found{Recorded: true}, listing(map[inventory.Key][2]int{key(own, eu, coverage.EC2): {1, 1}}), nil), false},
	} {
		if got := test.sum.Empty(); got != test.want {
			t.Errorf("%s: empty %v", name, got)
		}
	}
}

func TestWhatRunsUnseen(t *testing.T) {
	for reason, want := range map[inventory.Reason]bool{
		inventory.Windows: true, inventory.FargatePods: true, inventory.Nodes: false, inventory.Idle: false,
	} {
		if reason.Unseen() != want {
			t.Errorf("%s is unseen: %v", reason, !want)
		}
	}
}
