package diagnose_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// limit is how long an alert waits for the diagnosis.
const limit = 5 * time.Second

// memoryClient answers without a network, so that its time may be a bubble's.
type memoryClient struct {
	world world
	// history answers for CloudTrail, where it is set.
	history eventHistory
	// slow is how long an action takes; deaf are those that do not even notice when nobody waits any more, until release.
	slow    map[string]time.Duration
	deaf    []string
	release chan struct{}

	mu    sync.Mutex
	calls []string
}

func (c *memoryClient) Do(r *http.Request) (*http.Response, error) {
	call, err := diagnosetest.Read(r)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.calls = append(c.calls, call.Action)
	c.mu.Unlock()
	if slices.Contains(c.deaf, call.Action) {
		<-c.release
	}
	select {
	case <-time.After(c.slow[call.Action]):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	recorder := httptest.NewRecorder()
	answer := c.world.answer(call)
	if c.history != nil && call.Action == "cloudtrail:LookupEvents" {
		answer = c.history.answer(call)
	}
	answer.Send(recorder, call)
	return recorder.Result(), nil
}

func (c *memoryClient) count(action string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, call := range c.calls {
		if call == action {
			n++
		}
	}
	return n
}

func (c *memoryClient) doctor() *diagnose.Doctor {
	return diagnose.New(c.cloud(), diagnose.Settings{Role: diagnose.Role{Name: "look"}, Actor: diagnose.ActorRole}, time.Now)
}

func (c *memoryClient) cloud() aws.Config {
	return aws.Config{Region: "us-east-1", HTTPClient: c, Credentials: credentials.NewStaticCredentialsProvider(ownKey, "secret", "")}
}

func TestNobodyWaitsBeyondTheDeadline(t *testing.T) {
	const never = time.Hour
	everything := make(map[string]time.Duration)
	var all []string
	for action := range healthy {
		if action, _, _ = strings.Cut(action, " "); !strings.HasPrefix(action, "sts:") {
			everything[action], all = never, append(all, action)
		}
	}
	tests := map[string]struct {
		slow  map[string]time.Duration
		deaf  []string
		takes time.Duration
		want  []string
	}{
		"everything is quick": {nil, nil, 0, []string{`eks-addon active version="v1.10.0-eksbuild.2"`}},
		"everything takes a second, side by side": {map[string]time.Duration{"eks:DescribeCluster": time.Second, "eks:DescribeAddon": time.Second, "guardduty:ListDetectors": time.Second},
			nil, time.Second, []string{`eks-addon active version="v1.10.0-eksbuild.2"`}},
		"one hangs":                   {map[string]time.Duration{"eks:DescribeAddon": never}, nil, limit, []string{`eks-addon late action="eks:DescribeAddon"`, "guardduty-coverage healthy"}},
		"one hangs and does not hear": {nil, []string{"guardduty:ListCoverage"}, limit, []string{`eks-addon active version="v1.10.0-eksbuild.2"`, `guardduty-coverage late action="guardduty:ListCoverage"`}},
		"everything hangs":            {everything, nil, limit, []string{`eks-cluster late action="eks:DescribeCluster"`}},
		"nothing hears":               {nil, all, limit, []string{`eks-cluster late action="eks:DescribeCluster"`}},
		"who one is, is not told":     {nil, []string{"sts:GetCallerIdentity"}, limit, []string{`eks-cluster late action="sts:GetCallerIdentity"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := &memoryClient{world: healthy, slow: test.slow, deaf: test.deaf, release: make(chan struct{})}
				defer close(client.release)
				ctx, cancel := context.WithTimeout(t.Context(), limit)
				defer cancel()
				began := time.Now()
				got := lines(client.doctor().Diagnose(ctx, eksChange(), nil))
				if took := time.Since(began); took != test.takes {
					t.Errorf("it took %v, expected %v", took, test.takes)
				}
				if diff := cmp.Diff(test.want, of(got, test.want)); diff != "" {
					t.Errorf("evidence (-want +got):\n%s", diff)
				}
				if test.takes == limit && len(test.want) == 1 && len(got) != 1 {
					t.Errorf("one reason is told %d times: %q", len(got), got)
				}
			})
		})
	}
}

// TestARoleThatHangs is another account's: nothing there can be asked without it.
func TestARoleThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &memoryClient{world: healthy, deaf: []string{"sts:AssumeRole"}, release: make(chan struct{})}
		defer close(client.release)
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		began := time.Now()
		got := lines(client.doctor().Diagnose(ctx, in(other, eksChange()), nil))
		want := []string{`eks-cluster late action="sts:AssumeRole" role="arn:aws:iam::444455556666:role/look"`}
		if diff := cmp.Diff(want, got); diff != "" || time.Since(began) != limit {
			t.Errorf("after %v, evidence (-want +got):\n%s", time.Since(began), diff)
		}
	})
}

func TestAnswersAreSharedWhileTheyAreFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &memoryClient{world: healthy, slow: map[string]time.Duration{"guardduty:GetDetector": time.Second}}
		doctor := client.doctor()
		expect := func(when string, detectors, clusters int) {
			t.Helper()
			if d, c := client.count("guardduty:GetDetector"), client.count("eks:DescribeCluster"); d != detectors || c != clusters {
				t.Errorf("%s: %d detectors and %d clusters were asked for, expected %d and %d", when, d, c, detectors, clusters)
			}
		}
		var together sync.WaitGroup
		for range 20 {
			together.Go(func() { doctor.Diagnose(t.Context(), eksChange(), nil) })
		}
		together.Wait()
		expect("a batch", 1, 1)
		second := eksChange()
		second.Resource.Name = "till"
		doctor.Diagnose(t.Context(), second, nil)
		expect("another cluster", 1, 2)
		doctor.Diagnose(t.Context(), in(other, eksChange()), nil)
		expect("another account", 2, 3)
		time.Sleep(10 * time.Second)
		doctor.Diagnose(t.Context(), eksChange(), nil)
		expect("later", 3, 4)
		if n := client.count("sts:GetCallerIdentity"); n != 1 {
			t.Errorf("who one is was asked %d times", n)
		}
		time.Sleep(time.Hour)
		doctor.Diagnose(t.Context(), in(other, eksChange()), nil)
		if n := client.count("sts:AssumeRole"); n != 1 {
			t.Errorf("the role was assumed %d times while its credentials last", n)
		}
	})
}

// TestTheHurryOfOneIsNotAnothers: who asked first may be gone before the answer comes.
func TestTheHurryOfOneIsNotAnothers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &memoryClient{world: healthy, slow: map[string]time.Duration{"eks:DescribeAddon": 3 * time.Second}}
		doctor := client.doctor()
		var both sync.WaitGroup
		for _, asker := range []struct {
			wait time.Duration
			want string
		}{
			{time.Second, `eks-addon late action="eks:DescribeAddon"`},
			{limit, `eks-addon active version="v1.10.0-eksbuild.2"`},
		} {
			both.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), asker.wait)
				defer cancel()
				if got := lines(doctor.Diagnose(ctx, eksChange(), nil)); !slices.Contains(got, asker.want) {
					t.Errorf("after %v: %q", asker.wait, got)
				}
			})
			synctest.Wait() // One has asked before the other comes.
		}
		both.Wait()
		if n := client.count("eks:DescribeAddon"); n != 1 {
			t.Errorf("it was asked %d times", n)
		}
	})
}

func TestThrottlingIsTriedOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &memoryClient{world: healthy.with(world{"eks:DescribeAddon": refuses("ThrottlingException")})}
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		got := lines(client.doctor().Diagnose(ctx, eksChange(), nil))
		if n := client.count("eks:DescribeAddon"); n != 2 {
			t.Errorf("it was asked %d times", n)
		}
		if want := `eks-addon failed action="eks:DescribeAddon" reason="ThrottlingException"`; !slices.Contains(got, want) {
			t.Errorf("evidence: %q", got)
		}
	})
}

// TestCloudTrailIsAskedTwiceASecond also where several resources need answers of one account and Region.
func TestCloudTrailIsAskedTwiceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := uncovered.with(world{"guardduty:GetDetector": detector("ENABLED", "RUNTIME_MONITORING", "DISABLED", "DISABLED"),
			"eks:DescribeAddon":     refuses("ResourceNotFoundException"),
			"ec2:DescribeInstances": instances("<instanceId>i</instanceId><instanceState><name>stopped</name></instanceState>")})
		client := &memoryClient{world: w, slow: map[string]time.Duration{"cloudtrail:LookupEvents": time.Millisecond}}
		doctor := client.doctor()
		began := time.Now()
		var both sync.WaitGroup
		for i := range 6 {
			change := ec2Change()
			change.Resource.Name = "i-0123456789abcde0" + string(rune('0'+i))
			both.Go(func() { doctor.Diagnose(t.Context(), change, nil) })
		}
		both.Wait()
		n, took := client.count("cloudtrail:LookupEvents"), time.Since(began)
		if least := time.Duration((n-1)/2) * time.Second; n < 6 || took < least || took > least+time.Second {
			t.Errorf("%d calls took %v", n, took)
		}
	})
}

// TestFiftyLossesOfOneVPC share what they depend on. At most ten of a batch are diagnosed.
func TestFiftyLossesOfOneVPC(t *testing.T) {
	const diagnosed, most = 10, 60
	client := &memoryClient{world: uncovered.with(world{"ec2:DescribeVpcEndpoints": endpoints()}), history: eventHistory{endpointCreated, endpointDeleted}}
	doctor := diagnose.New(client.cloud(), diagnose.Settings{Actor: diagnose.ActorRole, Wait: noWait}, func() time.Time { return moment })
	var together sync.WaitGroup
	for i := range diagnosed {
		change := ec2Change()
		change.Resource.Name = "i-0123456789abcde0" + string(rune('0'+i))
		change.ChangedAt = lostAt.Add(-time.Duration(i) * time.Minute)
		together.Go(func() {
			if got := actors(doctor.Diagnose(t.Context(), change, nil)); len(got) != 1 || !strings.Contains(got[0], "endpoint-deleted") {
				t.Errorf("%s: %q", change.Resource.Name, got)
			}
		})
	}
	together.Wait()
	if n := len(client.calls); n > most {
		t.Errorf("%d calls", n)
	} else {
		t.Logf("%d calls", n)
	}
}

// TestEvidenceSaysWhenItWasFound: what rests on several answers is as old as the oldest, a shared answer as old as it
// is, and what was not answered is of the moment at which nobody waited any more.
func TestEvidenceSaysWhenItWasFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &memoryClient{
			world: healthy, deaf: []string{"guardduty:ListCoverage"}, release: make(chan struct{}),
			slow: map[string]time.Duration{"eks:DescribeCluster": time.Second, "eks:DescribeAddonVersions": 2 * time.Second},
		}
		defer close(client.release)
		doctor, began := client.doctor(), time.Now()
		look := func() map[string]time.Duration {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			after := make(map[string]time.Duration)
			for _, e := range doctor.Diagnose(ctx, eksChange(), nil) {
				after[e.Check] = e.LookedAt.Sub(began)
			}
			return after
		}
		for range 2 { // The second look shares the answers of the first.
			after := look()
			for check, want := range map[string]time.Duration{
				"eks-addon": 0, "eks-cluster": time.Second, "eks-addon-version": 0, "eks-nodes": time.Second,
				"guardduty-detector": 0,
			} {
				if got, ok := after[check]; got != want || !ok {
					t.Errorf("%s was found after %v, want %v (%v)", check, got, want, ok)
				}
			}
			if got := after["guardduty-coverage"] % limit; got != 0 || after["guardduty-coverage"] == 0 {
				t.Errorf("what was not answered is of %v after the beginning", after["guardduty-coverage"])
			}
		}
	})
}
