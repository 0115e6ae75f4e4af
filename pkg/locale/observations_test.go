package locale_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
)

// found is one piece of evidence: its id, and then placeholder, value.
func found(id catalog.EvidenceID, pairs ...string) coverage.Evidence {
	check, what, ok := strings.Cut(string(id), "/")
	if !ok {
		check, what = "eks-addon", string(id)
	}
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return coverage.Evidence{Check: check, Found: what, Values: values}
}

func TestObservations(t *testing.T) {
	tests := map[string]struct {
		evidence coverage.Evidence
		want     locale.Observation
	}{
		"values":          {found("eks-cluster/there", "version", "1.33", "status", "ACTIVE"), locale.Observation{Label: "EKS cluster", Sentence: "Exists and is `ACTIVE`, Kubernetes 1.33.", Verdict: catalog.Fine}},
		"some values":     {found("eks-cluster/there", "version", "1.33", "status", ""), locale.Observation{Label: "EKS cluster", Sentence: "Exists.", Verdict: catalog.Fine}},
		"a time":          {found("ec2-instance/running", "launched", "2026-03-02T06:00:00+01:00"), locale.Observation{Label: "EC2 instance", Sentence: "Running since 2026-03-02 05:00 UTC.", Verdict: catalog.Fine}},
		"denied":          {found("denied", "action", "eks:DescribeAddon"), locale.Observation{Label: "Agent add-on", Sentence: "Could not check: `eks:DescribeAddon` is not allowed.", Verdict: catalog.Unclear}},
		"no role is set":  {found("no-role", "action", "sts:AssumeRole"), locale.Observation{Label: "Agent add-on", Sentence: "Could not check: the resource is in another account, and `DIAGNOSIS_ROLE_NAME` is not set.", Verdict: catalog.Unclear}},
		"no role":         {found("denied", "action", "sts:AssumeRole", "role", "reader"), locale.Observation{Label: "Agent add-on", Sentence: "Could not check: role `reader` is not allowed `sts:AssumeRole`.", Verdict: catalog.Unclear}},
		"throttled":       {found("failed", "action", "eks:DescribeAddon", "reason", "ThrottlingException"), locale.Observation{Label: "Agent add-on", Sentence: "Could not check: `eks:DescribeAddon` failed with `ThrottlingException`.", Verdict: catalog.Unclear}},
		"a look failed":   {found("ec2-association/failed", "action", "ssm:DescribeInstanceAssociationsStatus", "reason", "x"), locale.Observation{Label: "SSM association", Sentence: "Could not check: `ssm:DescribeInstanceAssociationsStatus` failed with `x`.", Verdict: catalog.Unclear}},
		"it failed":       {found("ec2-association/failed", "status", "Failed"), locale.Observation{Label: "SSM association", Sentence: "Ended with `Failed` on the instance.", Verdict: catalog.Fault}},
		"late":            {found("late", "action", "eks:DescribeAddon"), locale.Observation{Label: "Agent add-on", Sentence: "Could not check: `eks:DescribeAddon` timed out.", Verdict: catalog.Unclear}},
		"a new outcome":   {found("eks-addon/on-fire"), locale.Observation{Label: "Agent add-on", Sentence: "Result `on-fire`, which this notifier does not know.", Verdict: catalog.Unclear}},
		"a new check":     {found("ec2-weather/rain"), locale.Observation{Label: "ec2-weather", Sentence: "Result `rain`, which this notifier does not know.", Verdict: catalog.Unclear}},
		"nothing at all":  {coverage.Evidence{}, locale.Observation{Sentence: "The result is unknown to this notifier.", Verdict: catalog.Unclear}},
		"hostile":         {found("vpc-endpoint/missing", "vpc", "`{service}`\n*x*", "service", "s"), locale.Observation{Label: "VPC endpoint", Sentence: "`'{service}' *x*` has no endpoint for `s`, which the agent needs to report.", Verdict: catalog.Fault}},
		"an unused value": {found("ecs-cluster/active", "status", "x"), locale.Observation{Label: "ECS cluster", Sentence: "`ACTIVE`.", Verdict: catalog.Fine}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.want.Check = test.evidence.Check
			if got := locale.English().Observations([]coverage.Evidence{test.evidence}, time.UTC); len(got) != 1 || got[0] != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestObservationsTellFaultsFirst(t *testing.T) {
	looks := locale.English().Observations([]coverage.Evidence{
		found("ec2-instance/running"), found("denied"), found("ec2-ssm/offline"), found("ec2-tag/absent"), found("ec2-association/missing"),
	}, time.UTC)
	var labels []string
	for _, look := range looks {
		labels = append(labels, look.Label)
	}
	want := []string{"Systems Manager", "SSM association", "Agent add-on", "EC2 instance", "Instance tag"}
	if !slices.Equal(labels, want) {
		t.Errorf("got %q, want %q", labels, want)
	}
}

// TestEverySentenceCanBeTold fills in every entry with all its values and with none.
func TestEverySentenceCanBeTold(t *testing.T) {
	for _, l := range locale.Languages() {
		for _, e := range catalog.AllEvidence() {
			full := found(e.ID)
			for _, value := range e.Values {
				full.Values[value] = "VALUE"
			}
			for told, evidence := range map[string]coverage.Evidence{"everything": full, "nothing": found(e.ID)} {
				look := l.Observations([]coverage.Evidence{evidence}, time.UTC)[0]
				want := l.Evidence.Found[e.ID].Says[0]
				if told == "nothing" && e.ID != catalog.Unheard {
					want = l.Evidence.Found[e.ID].Says[len(l.Evidence.Found[e.ID].Says)-1]
				}
				if e.ID == catalog.Unheard {
					want = strings.ReplaceAll(want, "{found}", "unknown")
				}
				if got := look.Sentence; got != placeholder.ReplaceAllString(want, "VALUE") {
					t.Errorf("%s of %s with %s told: %q, want %q", l.Code, e.ID, told, got, want)
				}
			}
		}
	}
}

// FuzzObservations brings hostile evidence: it is told on one line, and never opens or closes the markup of its sentence.
func FuzzObservations(f *testing.F) {
	for _, e := range catalog.AllEvidence() {
		check, what, _ := strings.Cut(string(e.ID), "/")
		f.Add(check, what, "`a`\n{vpc}")
	}
	f.Add("eks-addon", "denied", "2026-03-02T06:00:00Z")
	f.Add("\x00", "`", "\xff")
	f.Fuzz(func(t *testing.T, check, what, value string) {
		evidence := coverage.Evidence{Check: check, Found: what, Values: map[string]string{}}
		for _, e := range catalog.AllEvidence() {
			for _, placeholder := range e.Values {
				evidence.Values[placeholder] = value
			}
		}
		for _, action := range []string{"", value} {
			if evidence.Values["action"] = action; action == "" {
				delete(evidence.Values, "action")
			}
			for _, l := range locale.Languages() {
				look := l.Observations([]coverage.Evidence{evidence}, time.UTC)[0]
				if look.Sentence == "" || strings.Contains(look.Sentence, "\n") || look.Verdict == 0 {
					t.Errorf("%q/%q with %q is told in %s as %+v", check, what, value, l.Code, look)
				}
				if n := strings.Count(look.Sentence, "`"); n%2 != 0 {
					t.Errorf("%d backticks in %q", n, look.Sentence)
				}
			}
		}
	})
}
