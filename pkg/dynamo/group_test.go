package dynamo_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/incident"
)

// group is a new one with these members.
func group(members ...string) incident.Group {
	return incident.Group{
		Key: incident.GroupKey("slack", "C/1.2"), Sink: "slack", Ref: "C/1.2", Language: "ja", CreatedAt: moment,
		Sample: lost(0), Evidence: []coverage.Evidence{{Check: "ec2-ssm", Found: "offline", Values: map[string]string{"a": "b"}}},
		Names: []string{"i-1"}, Total: len(members), Open: members, Version: 1, Shown: 1,
	}
}

func created(t *testing.T, s *dynamo.Store, members ...string) incident.Group {
	t.Helper()
	g := group(members...)
	if err := s.CreateGroup(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	return g
}

// due is when the wake-ups of these tests are due.
var due = moment.Add(time.Hour)

func leave(t *testing.T, s *dynamo.Store, key string, members ...string) (known, covered bool) {
	t.Helper()
	known, covered, err := s.Leave(t.Context(), key, members, due)
	if err != nil {
		t.Fatal(err)
	}
	return known, covered
}

func claimGroup(t *testing.T, s *dynamo.Store, key string) (incident.Group, string) {
	t.Helper()
	g, lease, ok, err := s.ClaimGroup(t.Context(), key)
	if err != nil || !ok {
		t.Fatalf("claiming %s: %v, %v", key, ok, err)
	}
	slices.Sort(g.Open)
	return g, lease
}

func saveGroup(t *testing.T, s *dynamo.Store, g incident.Group, lease string, wakeAt time.Time) {
	t.Helper()
	if err := s.SaveGroup(t.Context(), g, lease, wakeAt); err != nil {
		t.Fatal(err)
	}
}

func TestAGroupComesBackAsItWasSaved(t *testing.T) {
	s, _, c := opened(t)
	want := created(t, s, "a", "b", "c")
	got, lease := claimGroup(t, s, want.Key)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("as it was created (-want +got):\n%s", diff)
	}
	got.Failed(c.now, 0)
	saveGroup(t, s, got, lease, time.Time{})
	again, _ := claimGroup(t, s, want.Key)
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("as it was saved (-want +got):\n%s", diff)
	}
}

func TestCreatingAGroupAgainChangesNothing(t *testing.T) {
	s, tb, _ := opened(t)
	tb.lose = 1
	g := created(t, s, "a", "b")
	leave(t, s, g.Key, "a")
	before := maps.Clone(tb.items[g.Key])
	created(t, s, "a", "b")
	if diff := cmp.Diff(before, tb.items[g.Key]); diff != "" {
		t.Errorf("the item was changed:\n%s", diff)
	}
}

func TestMembersLeaveWhileTheGroupIsClaimed(t *testing.T) {
	s, _, _ := opened(t)
	key := created(t, s, "a", "b", "c").Key
	g, lease := claimGroup(t, s, key)
	if known, covered := leave(t, s, key, "a", "c"); !known || covered {
		t.Errorf("known %v, covered %v", known, covered)
	}
	g.Sent(g.Ref, moment)
	saveGroup(t, s, g, lease, time.Time{})
	g, _ = claimGroup(t, s, key)
	if g.Version != 2 || g.Shown != 1 || !slices.Equal(g.Open, []string{"b"}) {
		t.Errorf("version %d, shown %d, open %v: who left meanwhile is forgotten", g.Version, g.Shown, g.Open)
	}
}

func TestTheLastMemberLeaves(t *testing.T) {
	s, _, _ := opened(t)
	key := created(t, s, "a", "b").Key
	for range 2 { // The second time it only raises the version.
		leave(t, s, key, "a", "b", "stranger")
	}
	if g, _ := claimGroup(t, s, key); len(g.Open) != 0 || g.Version != 3 {
		t.Errorf("open %v, version %d", g.Open, g.Version)
	}
}

func TestOneWakeUpCoversWhoeverLeavesUntilTheGroupIsClaimed(t *testing.T) {
	s, _, _ := opened(t)
	key := created(t, s, "a", "b", "c", "d").Key
	expect := func(what string, want bool) {
		t.Helper()
		if _, covered := leave(t, s, key, "a"); covered != want {
			t.Errorf("%s: covered %v", what, covered)
		}
	}
	expect("the first to leave", false)
	expect("the next one", true)
	g, lease := claimGroup(t, s, key)
	expect("the first after a claim", false)
	saveGroup(t, s, g, lease, due)
	expect("after a save that queued a wake-up", true)
	g, lease = claimGroup(t, s, key)
	saveGroup(t, s, g, lease, due.Add(-time.Minute))
	expect("after a save whose wake-up is long past due", false)
}

func TestARepeatedLeaveQueuesTheWakeUp(t *testing.T) {
	s, tb, _ := opened(t)
	key := created(t, s, "a", "b").Key
	tb.lose = 1
	if known, covered := leave(t, s, key, "a"); !known || covered {
		t.Errorf("known %v, covered %v: its own first attempt counts as somebody else's wake-up", known, covered)
	}
	if _, covered := leave(t, s, key, "b"); !covered {
		t.Error("the next one queues another wake-up")
	}
}

func TestAnUnknownGroup(t *testing.T) {
	s, tb, _ := opened(t)
	const key = "group/slack/unknown"
	g, lease := claimGroup(t, s, key)
	if diff := cmp.Diff(incident.Group{Key: key}, g); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
	if known, _ := leave(t, s, key, "a"); known {
		t.Error("somebody left it")
	}
	saveGroup(t, s, g, lease, time.Time{})
	if left := tb.items[key]; len(left) != 2 {
		t.Errorf("left in the table: %v, want key and expiry", left)
	}
}

func TestOneClaimOfAGroupAtATime(t *testing.T) {
	s, _, c := opened(t)
	key := created(t, s, "a").Key
	g, lease := claimGroup(t, s, key)
	if _, _, ok, err := s.ClaimGroup(t.Context(), key); ok || err != nil {
		t.Errorf("claimed twice: %v, %v", ok, err)
	}
	c.pass(dynamo.Lease + time.Millisecond)
	claimGroup(t, s, key)
	requireError(t, s.SaveGroup(t.Context(), g, lease, time.Time{}), "table incidents", key, "was lost")
}

func TestAnUnreadableGroupIsReleased(t *testing.T) {
	s, tb, _ := opened(t)
	for name, document := range map[string]attribute{"corrupt": text("{"), "of a number": number(1), "of no version": text("{}")} {
		tb.items[name] = item{"document": document, "revision": number(1), "version": number(1)}
		for range 2 {
			_, _, ok, err := s.ClaimGroup(t.Context(), name)
			if requireError(t, err, "table incidents", name); ok {
				t.Errorf("%s: claimed all the same", name)
			}
		}
	}
}
