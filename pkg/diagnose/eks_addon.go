package diagnose

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

// addonName is GuardDuty's
// (https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html).
const addonName = "aws-guardduty-agent"

// addonOf is the agent on the cluster, nil where there is none.
func addonOf(ctx context.Context, s *scene) (*types.Addon, error) {
	name := s.cluster(coverage.EKS)
	out, err := ask(ctx, s, "eks:DescribeAddon", eks.NewFromConfig, (*eks.Client).DescribeAddon,
		&eks.DescribeAddonInput{ClusterName: &name, AddonName: aws.String(addonName)})
	if isCode(err, eksNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if out.Addon == nil {
		return nil, &trouble{action: "eks:DescribeAddon", err: errEmpty}
	}
	return out.Addon, nil
}

func lookAtAddon(ctx context.Context, s *scene) ([]sight, error) {
	addon, err := addonOf(ctx, s)
	if err != nil {
		return nil, err
	}
	if addon == nil {
		// EKS answers the same when there is no cluster; then that is what there is to say.
		cluster, err := eksClusterOf(ctx, s)
		if err != nil || cluster == nil {
			return nil, err
		}
	}
	return judgeAddon(addon, s.doctor.memory.now()), nil
}

// stuckAfter is how long a change of an add-on usually takes at most.
const stuckAfter = 15 * time.Minute

func judgeAddon(addon *types.Addon, now time.Time) []sight {
	if addon == nil {
		return saw("missing", nil)
	}
	status, version := string(addon.Status), aws.ToString(addon.AddonVersion)
	switch addon.Status {
	case types.AddonStatusActive:
		return saw("active", values{"version": version})
	case types.AddonStatusCreating, types.AddonStatusUpdating, types.AddonStatusDeleting:
		if since := cmp.Or(addon.ModifiedAt, addon.CreatedAt); since != nil && now.Sub(*since) > stuckAfter {
			return saw("stuck", values{"status": status, "since": at(since), "version": version})
		}
		return saw("changing", values{"status": status, "version": version})
	}
	v := values{"status": status, "version": version, "code": "", "message": ""}
	if addon.Health != nil && len(addon.Health.Issues) > 0 {
		issue := addon.Health.Issues[0]
		v["code"], v["message"] = string(issue.Code), aws.ToString(issue.Message)
	}
	return saw("unhealthy", v)
}

func lookAtAddonVersion(ctx context.Context, s *scene) ([]sight, error) {
	cluster, err := eksClusterOf(ctx, s)
	if err != nil || cluster == nil {
		return nil, err
	}
	out, err := ask(ctx, s, "eks:DescribeAddonVersions", eks.NewFromConfig, (*eks.Client).DescribeAddonVersions,
		&eks.DescribeAddonVersionsInput{AddonName: aws.String(addonName), KubernetesVersion: cluster.Version})
	if err != nil {
		return nil, err
	}
	addon, err := addonOf(ctx, s)
	if err != nil {
		return nil, err
	}
	return judgeAddonVersion(addon, out.Addons, aws.ToString(cluster.Version)), nil
}

// judgeAddonVersion compares the add-on with what EKS offers for that version of Kubernetes. Without an add-on only
// that nothing is offered is worth saying.
func judgeAddonVersion(addon *types.Addon, offered []types.AddonInfo, kubernetes string) []sight {
	var versions []string
	for _, info := range offered {
		for _, version := range info.AddonVersions {
			versions = append(versions, aws.ToString(version.AddonVersion))
		}
	}
	if len(versions) == 0 {
		return saw("unsupported-kubernetes", values{"kubernetes": kubernetes})
	}
	if addon == nil {
		return nil
	}
	newest := slices.MaxFunc(versions, compareVersions)
	version := aws.ToString(addon.AddonVersion)
	if compareVersions(version, newest) < 0 {
		return saw("outdated", values{"version": version, "newest": newest, "kubernetes": kubernetes})
	}
	return saw("newest", values{"version": version})
}

// compareVersions compares v1.10.0-eksbuild.2 with its like, number by number.
func compareVersions(a, b string) int { return slices.Compare(numbersIn(a), numbersIn(b)) }

func numbersIn(version string) []int {
	var numbers []int
	for _, digits := range regexp.MustCompile(`\d+`).FindAllString(strings.TrimSpace(version), 8) {
		n, err := strconv.Atoi(digits)
		if err != nil {
			return numbers // No version has numbers beyond an int.
		}
		numbers = append(numbers, n)
	}
	return numbers
}
