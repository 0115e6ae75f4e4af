package report_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/report"
)

const day = 24 * time.Hour

// loss begins so long before the report and takes so long; 0: it is not over.
func loss(kind coverage.Kind, name string, before, took time.Duration, causes ...string) coverage.Loss {
	l := coverage.Loss{Resource: resource(kind, name), OpenedAt: now.Add(-before), Causes: causes}
	if took > 0 {
		l.ClosedAt = l.OpenedAt.Add(took)
	}
	return l
}

func sumOf(losses ...coverage.Loss) report.Losses {
	c := report.NewLossCounter(now.Add(-report.Period), now)
	for _, l := range losses {
		c.Add(l)
	}
	return c.Losses()
}

func TestLossesAreCountedWithinThePeriod(t *testing.T) {
	member := loss("EKS", "member", 2*day, 3*time.Hour, "a")
	member.Resource.Account = "444455556666"
	gone := loss("EC2", "i-gone", day, 5*time.Hour, "b")
	gone.Gone = true
	before := loss("EKS", "before", 31*day, 2*day, "a", "b")
	open := loss("EC2", "i-open", 40*day, 0, "b")
	got := sumOf(member, gone, before, open,
		loss("EKS", "long ago", 50*day, day, "a"), loss("EKS", "tomorrow", -day, day, "a"),
		coverage.Loss{Resource: resource("EKS", "nothing is known"), Causes: []string{"a"}})
	want := report.Losses{
		From: now.Add(-30 * day), Until: now, Count: 4, Open: 1, Total: 30*day + day + 8*time.Hour,
		Accounts: []report.Share[string]{{"111122223333", 3, 31*day + 5*time.Hour}, {"444455556666", 1, 3 * time.Hour}},
		Kinds:    []report.Share[coverage.Kind]{{"EC2", 2, 30*day + 5*time.Hour}, {"EKS", 2, day + 3*time.Hour}},
		Causes:   []report.Share[catalog.ID]{{"b", 3, 31*day + 5*time.Hour}, {"a", 2, day + 3*time.Hour}},
		Repaired: 2, Median: 3 * time.Hour, Ninetieth: 2 * day,
		Longest: []coverage.Loss{open, before, gone, member},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTimeToRepair(t *testing.T) {
	for n, want := range map[int][2]int{1: {1, 1}, 2: {1, 2}, 3: {2, 3}, 10: {5, 9}, 11: {6, 10}, 100: {50, 90}} {
		var losses []coverage.Loss
		for i := range n {
			losses = append(losses, loss("EKS", fmt.Sprint(i), day, time.Duration(i+1)*time.Minute))
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { losses[i], losses[j] = losses[j], losses[i] })
		got := sumOf(losses...)
		if got.Median != time.Duration(want[0])*time.Minute || got.Ninetieth != time.Duration(want[1])*time.Minute {
			t.Errorf("of %d: median %v, nine in ten %v", n, got.Median, got.Ninetieth)
		}
	}
	if got := sumOf(loss("EKS", "open", day, 0)); got.Repaired != 0 || got.Median != 0 {
		t.Errorf("nothing was repaired, and %+v", got)
	}
}

func TestTheLongestLossesAreNamed(t *testing.T) {
	var losses []coverage.Loss
	for i := range 100 {
		losses = append(losses, loss("EC2", fmt.Sprintf("i-%03d", i), day, time.Duration(i+1)*time.Minute))
	}
	rand.New(rand.NewPCG(3, 4)).Shuffle(100, func(i, j int) { losses[i], losses[j] = losses[j], losses[i] })
	got := sumOf(losses...).Longest
	if len(got) != report.LongestKept {
		t.Fatalf("%d are named", len(got))
	}
	for i, l := range got {
		if want := fmt.Sprintf("i-%03d", 99-i); l.Resource.Name != want {
			t.Errorf("%d is %s, want %s", i, l.Resource.Name, want)
		}
	}
}
