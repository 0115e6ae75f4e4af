package diagnose_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
)

func TestABatchSharesAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &memoryClient{world: healthy, slow: map[string]time.Duration{"ec2:DescribeVpcs": time.Second}}
		candidates := []coverage.Candidate{{Change: eksChange()}, {Change: ec2Change()}, {}, {Change: ecsChange()}}
		began := time.Now()
		found := client.doctor().DiagnoseAll(t.Context(), candidates)
		if took := time.Since(began); took != time.Second {
			t.Errorf("it took %v, expected what one VPC takes", took)
		}
		if len(found) != len(candidates) || found[2] != nil {
			t.Fatalf("found %v", found)
		}
		for i, first := range map[int]string{0: "eks-cluster", 1: "ec2-instance", 3: "ecs-cluster"} {
			if found[i][0].Check != first {
				t.Errorf("of candidate %d, %s was found first, want %s", i, found[i][0].Check, first)
			}
		}
		for _, action := range []string{"ec2:DescribeVpcs", "ec2:DescribeVpcEndpoints", "guardduty:GetDetector", "sts:GetCallerIdentity"} {
			if n := client.count(action); n != 1 {
				t.Errorf("%s was asked %d times", action, n)
			}
		}
	})
}

// TestABatchDiagnosesWhatIsAskedFor compares with each candidate by itself.
func TestABatchDiagnosesWhatIsAskedFor(t *testing.T) {
	findings := []string{"agent-disconnected"}
	synctest.Test(t, func(t *testing.T) {
		doctor := (&memoryClient{world: healthy}).doctor()
		candidates := []coverage.Candidate{{Change: ec2Change(), Findings: findings}, {Change: ec2Change()}}
		want := [][]coverage.Evidence{
			doctor.Diagnose(t.Context(), ec2Change(), findings), doctor.Diagnose(t.Context(), ec2Change(), nil),
		}
		if diff := cmp.Diff(want, doctor.DiagnoseAll(t.Context(), candidates)); diff != "" {
			t.Errorf("one by one (-) and together (+):\n%s", diff)
		}
	})
}

func TestABatchEndsAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &memoryClient{world: healthy, deaf: []string{"sts:GetCallerIdentity"}, release: make(chan struct{})}
		defer close(client.release)
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		began := time.Now()
		found := client.doctor().DiagnoseAll(ctx, []coverage.Candidate{{Change: eksChange()}, {Change: ec2Change()}})
		if took := time.Since(began); took != limit {
			t.Errorf("it took %v", took)
		}
		for i, check := range []string{"eks-cluster", "ec2-instance"} {
			want := []string{check + ` late action="sts:GetCallerIdentity"`}
			if diff := cmp.Diff(want, lines(found[i])); diff != "" {
				t.Errorf("candidate %d (-want +got):\n%s", i, diff)
			}
		}
	})
}
