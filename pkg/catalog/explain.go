package catalog

import (
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Case is what advice depends on besides the finding.
type Case struct {
	Resource coverage.Resource
	// Management says who deploys the agent, as coverage.Agent does.
	Management string
	// Reader is the account in which the advice is read; "" when that is not known. It is never the account
	// of an event's envelope, which may have been forwarded.
	Reader string
}

// CaseOf is the case of a change, for a reader in that account.
func CaseOf(change coverage.Change, reader string) Case {
	return Case{Resource: change.Resource, Management: change.Agent.Management, Reader: reader}
}

// side is where the reader stands.
func (c Case) side() Side {
	switch {
	case !accountForm().MatchString(c.Reader) || !accountForm().MatchString(c.Resource.Account):
		return AnySide
	case c.Reader == c.Resource.Account:
		return OwnSide
	}
	return AdministratorSide
}

// Advice is what a finding on a resource asks for, in no language.
type Advice struct {
	// ID is the entry that explains the finding.
	ID ID
	// Known are the values that texts and commands may name.
	Known Values
	// Steps are in the order to take them; none where nobody can do anything.
	Steps []Action
	// Side is where the reader stands.
	Side Side
	// Lacks is why the steps have no commands.
	Lacks Lack
	// Page is the place that documents the issue, and See are further pages that the remedy needs: below the
	// user guide, or whole URLs. Both are empty where the resource lies in no partition that is known to have
	// the service.
	Page string
	See  []string
}

// Action is one thing to do on a resource.
type Action struct {
	Step StepID
	// Command can be pasted into a POSIX shell as it is; "" when there is none or when something it
	// needs is not known for certain.
	Command string
	// Changes is what it changes; the zero Reach: nothing.
	Changes Reach
}

// Lack is why there are no commands.
type Lack int

// What a resource may lack. The zero Lack is nothing.
const (
	_ Lack = iota
	// LacksRegion: its Region has not the form of one.
	LacksRegion
	// LacksPartition: its Region lies in a partition that is not known to have Runtime Monitoring.
	LacksPartition
	// LacksAccount: its account has not the form of one.
	LacksAccount
	// LacksName: its name has not the form of one.
	LacksName
)

// lackOf is why no command can name the resource.
func lackOf(r coverage.Resource, known Values) Lack {
	named := known["eks"] + known["ecs"] + known["instance"]
	switch {
	case !coverage.IsRegion(r.Region):
		return LacksRegion
	case r.Partition() == "":
		return LacksPartition
	case known["account"] == "":
		return LacksAccount
	case named == "" && (r.Kind == coverage.EKS || r.Kind == coverage.ECS || r.Kind == coverage.EC2):
		return LacksName
	}
	return 0
}

// Explain says what a finding asks for in a case.
func Explain(f Finding, c Case) Advice {
	known := valuesOf(f, c)
	return advise(EntryOf(f.ID), c, known, actions(EntryOf(f.ID).Steps, known, c.side()))
}

// advise is the advice that has these steps.
func advise(entry Entry, c Case, known Values, steps []Action) Advice {
	advice := Advice{ID: entry.ID, Known: known, Steps: withContext(steps, known), Side: c.side()}
	if len(steps) > 0 {
		advice.Lacks = lackOf(c.Resource, known)
	}
	if c.Resource.Partition() != "" {
		advice.Page, advice.See = pages(entry, c.Resource)
	}
	return advice
}

// actions are the steps that make sense with what is known, for a reader on that side; on AnySide for every
// reader.
func actions(steps []Step, known Values, side Side) []Action {
	var actions []Action
	for _, step := range steps {
		command := known.FirstFilled(step.Commands)
		if !step.appliesTo(known, side) || command == "" && step.Optional {
			continue
		}
		actions = append(actions, Action{Step: step.ID, Command: command, Changes: step.Changes})
	}
	return actions
}

func (s Step) appliesTo(known Values, side Side) bool {
	_, has := known[s.If]
	_, hasNot := known[s.Unless]
	return (s.If == "" || has) && !hasNot && (side == AnySide || s.For == AnySide || s.For == side)
}

// kubectl begins every command of kubectl's: it names the cluster by the context that update-kubeconfig
// makes.
const kubectl = "kubectl --context {eks-arn} "

// withContext makes the first of the actions that need the cluster's context create it.
func withContext(steps []Action, known Values) []Action {
	for i, step := range steps {
		if strings.HasPrefix(step.Command, "kubectl ") {
			steps = slices.Clone(steps)
			create, _ := known.Fill("aws eks update-kubeconfig --region {region} --name {eks} && ")
			steps[i].Command = create + step.Command
			break
		}
	}
	return steps
}

// pages are the place that documents the entry for this resource, and the pages its remedy names. An instance
// in an EKS cluster is troubleshot through the cluster
// (https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ec2.html).
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
