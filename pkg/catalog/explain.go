package catalog

import "guardduty-coverage-notifier/pkg/coverage"

// Advice is what a finding on a resource asks for, in no language.
type Advice struct {
	// ID is the entry that explains the finding.
	ID ID
	// Known are the values that texts and commands may name.
	Known Values
	// Steps are in the order to take them; none where nobody can do anything.
	Steps []Action
	// Page is the place that documents the issue, and See are further pages that the remedy needs: below the user
	// guide, or whole URLs. Both are empty where the resource lies in no partition that is known to have the service.
	Page string
	See  []string
}

// Action is one thing to do on a resource.
type Action struct {
	Step StepID
	// Recheck is as in Step.
	Recheck bool
	// Command can be pasted into a POSIX shell as it is; "" when there is none or when something it
	// needs is not known for certain.
	Command string
}

// Explain says what a finding on a resource asks for.
func Explain(f Finding, r coverage.Resource) Advice {
	entry, known := EntryOf(f.ID), valuesOf(f, r)
	advice := Advice{ID: entry.ID, Known: known, Steps: actions(entry.Steps, known)}
	if r.Partition() != "" {
		advice.Page, advice.See = pages(entry, r)
	}
	return advice
}

func actions(steps []Step, known Values) []Action {
	var actions []Action
	for _, step := range steps {
		command := known.FirstFilled(step.Commands)
		if command == "" && step.Optional {
			continue
		}
		actions = append(actions, Action{Step: step.ID, Recheck: step.Recheck, Command: command})
	}
	return actions
}

// pages are the place that documents the entry for this resource, and the pages its remedy names. An
// instance in an EKS cluster is troubleshot through the cluster (https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ec2.html).
func pages(entry Entry, r coverage.Resource) (page string, see []string) {
	page, see = entry.Page, entry.See
	if page == "" {
		page = pageOf(r.Kind)
	}
	if kind, _ := r.Cluster(); r.Kind == coverage.EC2 && kind == coverage.EKS {
		see = append([]string{EKSPage}, see...)
	}
	return page, see
}

// The tables of issues, a kind each.
const (
	EKSPage   = "eks-runtime-monitoring-coverage.html#eks-runtime-monitoring-coverage-issues-troubleshoot"
	AddonPage = "eks-runtime-monitoring-coverage.html#gdu-eks-runtime-coverage-addon-issues"
	ECSPage   = "gdu-assess-coverage-ecs.html#ecs-runtime-monitoring-coverage-issues-troubleshoot"
	EC2Page   = "gdu-assess-coverage-ec2.html#ec2-runtime-monitoring-coverage-issues-troubleshoot"
	AnyPage   = "runtime-monitoring-assessing-coverage.html"
)

func pageOf(kind coverage.Kind) string {
	switch kind {
	case coverage.EKS:
		return EKSPage
	case coverage.ECS:
		return ECSPage
	case coverage.EC2:
		return EC2Page
	}
	return AnyPage
}
