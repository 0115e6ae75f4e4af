package locale_test

import (
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
)

const userGuide = "https://docs.aws.amazon.com/guardduty/latest/ug/"

// explain is what an issue asks for on a resource.
func explain(t *testing.T, kind coverage.Kind, issue string, r coverage.Resource) catalog.Advice {
	t.Helper()
	r.Kind = kind
	change := coverage.Change{Resource: coverage.Resource{Kind: kind}, Status: coverage.Unhealthy, Issues: []string{issue}}
	findings := catalog.Classify(change)
	if len(findings) != 1 {
		t.Fatalf("findings %v of %q, want one", findings, issue)
	}
	return catalog.Explain(findings[0], catalog.Case{Resource: r})
}

func TestLinks(t *testing.T) {
	tests := []struct {
		name  string
		kind  coverage.Kind
		issue string
		in    coverage.Resource
		url   string
		also  []string
	}{
		{"EKS", coverage.EKS, "Local EKS clusters", coverage.Resource{Region: "eu-west-1"}, userGuide + "eks-runtime-monitoring-coverage.html#eks-runtime-monitoring-coverage-issues-troubleshoot", nil},
		{"add-on", coverage.EKS, "Addon Creation Failed", coverage.Resource{Region: "eu-west-1"}, userGuide + "eks-runtime-monitoring-coverage.html#gdu-eks-runtime-coverage-addon-issues", []string{"https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonIssue.html"}},
		{"ECS", coverage.ECS, "Agent exited", coverage.Resource{Region: "us-gov-east-1"}, userGuide + "gdu-assess-coverage-ecs.html#ecs-runtime-monitoring-coverage-issues-troubleshoot", nil},
		{"EC2", coverage.EC2, "SSM Association Deletion Failed", coverage.Resource{Region: "eu-west-1"}, userGuide + "gdu-assess-coverage-ec2.html#ec2-runtime-monitoring-coverage-issues-troubleshoot", nil},
		{"EC2 in an EKS cluster", coverage.EC2, "SSM Association Deletion Failed", coverage.Resource{Region: "eu-west-1", ClusterARN: "arn:aws:eks:eu-west-1:111122223333:cluster/prod"}, userGuide + "gdu-assess-coverage-ec2.html#ec2-runtime-monitoring-coverage-issues-troubleshoot",
			[]string{userGuide + "eks-runtime-monitoring-coverage.html#eks-runtime-monitoring-coverage-issues-troubleshoot"}},
		{"EC2 in an ECS cluster", coverage.EC2, "SSM Association Deletion Failed", coverage.Resource{Region: "eu-west-1", ClusterARN: "arn:aws:ecs:eu-west-1:111122223333:cluster/web"}, userGuide + "gdu-assess-coverage-ec2.html#ec2-runtime-monitoring-coverage-issues-troubleshoot", nil},
		{"the same issue of another kind", coverage.ECS, "VPC Endpoint Creation Failed:enableDnsSupport", coverage.Resource{Region: "eu-west-1"}, userGuide + "gdu-assess-coverage-ecs.html#ecs-runtime-monitoring-coverage-issues-troubleshoot", []string{userGuide + "validate-vpc-endpoint-config-runtime-monitoring.html"}},
		{"a kind that AWS adds", "BATCH", "?new", coverage.Resource{Region: "eu-west-1"}, userGuide + "runtime-monitoring-assessing-coverage.html", nil},
		{"a partition without the service", coverage.EKS, "Addon Creation Failed", coverage.Resource{Region: "cn-north-1"}, "", nil},
		{"no Region", coverage.EKS, "Addon Creation Failed", coverage.Resource{}, "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			advice := explain(t, test.kind, test.issue, test.in)
			var also []string
			for _, page := range locale.English().Pages(advice) {
				if page.Label == "" {
					t.Errorf("%s has no label", page.URL)
				}
				also = append(also, page.URL)
			}
			if url := locale.English().Documentation(advice); url != test.url || !slices.Equal(also, test.also) {
				t.Errorf("URL %s and %v,\nwant %s and %v", url, also, test.url, test.also)
			}
		})
	}
}

func TestCauseNamesWhatTheEventNames(t *testing.T) {
	const issue = "VPC Endpoint Creation Failed:Owner account ID %s for shared VPC vpc-0a1b2c3d doesn't have either Runtime Monitoring"
	known := locale.English().Cause(explain(t, coverage.EKS, strings.Replace(issue, "%s", "555566667777", 1), coverage.Resource{}))
	if !strings.Contains(known, "account 555566667777") {
		t.Errorf("cause %q does not name the owner", known)
	}
	unknown := locale.English().Cause(explain(t, coverage.EKS, strings.Replace(issue, "%s", "1111…", 1), coverage.Resource{}))
	if unknown == "" || strings.ContainsAny(unknown, "{}…") {
		t.Errorf("cause %q of an owner nobody knows", unknown)
	}
}

// TestStepsSayWhatTheyAffect: the reach of a change stands before its command, in every language.
func TestStepsSayWhatTheyAffect(t *testing.T) {
	for _, l := range locale.Languages() {
		for reach, want := range map[catalog.Reach]bool{
			catalog.Nothing: false, catalog.OneResource: false, catalog.WholeCluster: true, catalog.WholeVPC: true, catalog.WholeAccount: true,
		} {
			step := l.Step(catalog.Action{Step: "upgrade-cluster", Changes: reach})
			if got := step != l.Advice.Steps["upgrade-cluster"]; got != want || !strings.HasSuffix(step, l.Advice.Reaches[reach]) {
				t.Errorf("%s, reach %d: %s", l.Code, reach, step)
			}
		}
	}
}

// TestCredentials: whose credentials the commands need is said once, and why there are none.
func TestCredentials(t *testing.T) {
	const own, other = "111122223333", "444455556666"
	good := coverage.Resource{Kind: coverage.EC2, Name: "i-0abc1234def567890", Account: own, Region: "eu-west-1"}
	cluster, nameless, china := good, good, good
	cluster.Kind, cluster.Name = coverage.EKS, "prod"
	nameless.Name, china.Region = "web server", "cn-north-1"
	for name, test := range map[string]struct {
		id     catalog.ID
		in     catalog.Case
		wanted []string
	}{
		"own":           {"eks-authorization-failure", catalog.Case{Resource: cluster, Reader: own}, []string{own}},
		"a member's":    {"eks-authorization-failure", catalog.Case{Resource: cluster, Reader: other}, []string{own, "aws guardduty"}},
		"unknown":       {"eks-authorization-failure", catalog.Case{Resource: cluster}, []string{own, "aws guardduty"}},
		"no GuardDuty":  {"ec2-excluded-by-tag", catalog.Case{Resource: good, Reader: other}, []string{own}},
		"no name":       {"ec2-excluded-by-tag", catalog.Case{Resource: nameless}, nil},
		"no partition":  {"ec2-excluded-by-tag", catalog.Case{Resource: china}, nil},
		"nothing to do": {"eks-local-cluster", catalog.Case{Resource: good}, nil},
	} {
		for _, l := range locale.Languages() {
			advice := catalog.Explain(catalog.Finding{ID: test.id}, test.in)
			got := l.Credentials(advice)
			for _, want := range test.wanted {
				if !strings.Contains(got, want) {
					t.Errorf("%s, %s: %q without %q", l.Code, name, got, want)
				}
			}
			if test.wanted == nil && got != l.Advice.Lacks[advice.Lacks] || strings.Contains(got, "{") {
				t.Errorf("%s, %s: %q", l.Code, name, got)
			}
			if (got == "") != (test.id == "eks-local-cluster") {
				t.Errorf("%s, %s: %q", l.Code, name, got)
			}
		}
	}
}
