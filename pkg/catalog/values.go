package catalog

import (
	"regexp"
	"strings"
	"sync"

	"guardduty-coverage-notifier/pkg/coverage"
)

// form is a pattern that is compiled when it is first used: a function that starts compiles none.
type form func() *regexp.Regexp

func newForm(expression string) form {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// The strict forms of what AWS names its things. An event can be made to say anything, and what it says
// ends up in a shell: a value that has not its own form is not known. No form allows a character that
// means something to a POSIX shell, nor one that turns an argument into an option, so none needs quotes. How long a
// name may be is left to longestName: a form that counts to 255 takes longer to compile than all others together.
var (
	instanceForm   = newForm(`^i-[0-9a-f]{8,17}$`)
	eksClusterForm = newForm(`^[0-9A-Za-z][A-Za-z0-9_-]*$`)
	ecsClusterForm = newForm(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)
	clusterARNForm = newForm(`^arn:aws(-us-gov)?:(eks|ecs):[a-z]{2,}(-[a-z]+)+-\d:\d{12}:cluster/[A-Za-z0-9_][A-Za-z0-9_-]*$`)
)

// The longest names of clusters, task definitions and services, in bytes
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html,
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html).
const (
	longestName    = 255
	longestEKSName = 100
)

// end is what may follow a value in an issue: punctuation and then nothing more of a word.
const end = `[;.,)'"’”\x60]*(?:\s|$)`

// text finds a value in an issue.
type text struct {
	placeholder string
	// lead is in lower case, and in every issue that has the value.
	lead string
	form form
}

// texts find values in an issue. Half a value, or one with something behind it, is none, and names have to fill
// their quotes. Names may come as whole ARNs.
func texts() [7]text {
	return [...]text{
		{"vpc", "vpc-", vpcText},
		{"owner", "owner", ownerText},
		{"code", "addon", codeText},
		{"task-definition", "definition", taskDefinitionText},
		{"family", "definition", familyText},
		{"service", "service", serviceText},
		{"task", "id", taskText},
	}
}

var (
	vpcText            = newForm(`\b(vpc-[0-9a-f]{8,17})` + end)
	ownerText          = newForm(`(?i)\bowner\s+account\s+ID\s*:?\s*(\d{12})` + end)
	codeText           = newForm(`(?i)\bEKS\s*Addon\s*issue\s*-\s*([A-Za-z0-9]{3,64})\s*:`)
	taskDefinitionText = quoted(`task\s*definition\s*-?`, `task-definition/`, `([A-Za-z0-9_][A-Za-z0-9_-]*(?::\d{1,9})?)`)
	familyText         = quoted(`task\s*definition\s*-?`, `task-definition/`, `([A-Za-z0-9_][A-Za-z0-9_-]*)(?::\d{1,9})?`)
	serviceText        = quoted(`service\s*name(?:\(s\)|s)?\s*:`, `service/(?:[A-Za-z0-9_-]+/)?`, `([A-Za-z0-9_][A-Za-z0-9_-]*)`)
	taskText           = quoted(`task\s*ID(?:\(s\)|s)?\s*:`, `task/(?:[A-Za-z0-9_-]+/)?`, `([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`)
)

// quoted is the form of a name, the first of several, that follows a lead in straight or typographic
// quotes, escaped or not. path is what its ARN has between the account and the name.
func quoted(lead, path, name string) form {
	return newForm(`(?i)\b` + lead + `\s*\\*['"‘’“”](?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:` + path + `)?` + name + `(?:,|\\*['"‘’“”]` + end + `)`)
}

// Values are placeholders whose values are known for certain:
//
//	region, instance  of the resource
//	eks, ecs          the name of the cluster that the resource is, or that the instance belongs to
//	cluster-arn       of the EKS or ECS cluster that the resource is
//	agent-management  GuardDuty's setting by which it installs the agent on the resource
//	vpc, owner, code, task-definition, family, service, task
//	                  from the issue: the VPC, its owner's account, the EKS add-on issue code, and of ECS the task
//	                  definition with and without its revision, the service, the task
type Values map[string]string

func valuesOf(f Finding, r coverage.Resource) Values {
	known := Values{}
	know := func(placeholder, value string, f form) {
		if value != "" && len(nameIn(value)) <= longestName && f().MatchString(value) {
			known[placeholder] = value
		}
	}
	if coverage.IsRegion(r.Region) {
		known["region"] = r.Region
	}
	kind, cluster := r.Cluster()
	if r.Kind == coverage.EC2 {
		know("instance", r.Name, instanceForm)
	} else {
		kind, cluster = r.Kind, r.Name
	}
	switch kind {
	case coverage.EKS:
		if len(cluster) <= longestEKSName {
			know("eks", cluster, eksClusterForm)
		}
	case coverage.ECS:
		know("ecs", cluster, ecsClusterForm)
	}
	if setting := agentManagement(r.Kind, kind); setting != "" {
		known["agent-management"] = setting
	}
	know("cluster-arn", r.ARN(), clusterARNForm)
	known.find(f.Text)
	return known
}

// agentManagement is the setting for resources of the kind, or for instances in a cluster of that kind
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorAdditionalConfiguration.html).
func agentManagement(kind, cluster coverage.Kind) string {
	switch {
	case cluster == coverage.EKS:
		return "EKS_ADDON_MANAGEMENT"
	case kind == coverage.ECS:
		return "ECS_FARGATE_AGENT_MANAGEMENT"
	case kind == coverage.EC2:
		return "EC2_AGENT_MANAGEMENT"
	}
	return ""
}

// find adds the values in an issue's text. It looks at the beginning only: AWS's texts are short, and one that is
// not shall cost no more.
func (v Values) find(issue string) {
	const reach = 16 << 10
	issue = issue[:min(len(issue), reach)]
	lower := strings.ToLower(issue)
	for _, t := range texts() {
		if !strings.Contains(lower, t.lead) {
			continue
		}
		if m := t.form().FindStringSubmatch(issue); m != nil && len(nameIn(m[1])) <= longestName {
			v[t.placeholder] = m[1]
		}
	}
}

// nameIn is the name in an ARN, or in a task definition with its revision.
func nameIn(value string) string {
	name, _, _ := strings.Cut(value[strings.LastIndex(value, "/")+1:], ":")
	return name
}

// Fill replaces the {placeholders} of a template. It reports false when one of them is not known.
func (v Values) Fill(template string) (string, bool) {
	if !strings.Contains(template, "{") {
		return template, true
	}
	var b strings.Builder
	for {
		before, name, after, ok := cutPlaceholder(template)
		b.WriteString(before)
		if !ok {
			return b.String(), true
		}
		value, known := v[name]
		if !known {
			return "", false
		}
		b.WriteString(value)
		template = after
	}
}

// FirstFilled is the first of the templates of which every placeholder is known, filled in; "" if there is none.
func (v Values) FirstFilled(templates []string) string {
	for _, template := range templates {
		if filled, ok := v.Fill(template); ok {
			return filled
		}
	}
	return ""
}

// cutPlaceholder cuts a template around its first placeholder: letters and hyphens in braces. Commands have other braces, too.
func cutPlaceholder(template string) (before, name, after string, ok bool) {
	for from := 0; ; {
		open := strings.IndexByte(template[from:], '{')
		if open < 0 {
			return template, "", "", false
		}
		open += from
		length := strings.IndexFunc(template[open+1:], func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') })
		if length > 0 && template[open+1+length] == '}' {
			return template[:open], template[open+1 : open+1+length], template[open+2+length:], true
		}
		from = open + 1
	}
}
