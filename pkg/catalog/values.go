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

// The strict forms of what AWS names its things. An event can be made to say anything, and what it says ends
// up in a shell: a value that has not its own form is not known. No form allows a character that means
// something to a POSIX shell, nor one that turns an argument into an option, so none needs quotes. How long a
// name may be is left to longestName: a form that counts to 255 takes longer to compile than all others
// together.
var (
	instanceForm   = newForm(`^i-[0-9a-f]{8,17}$`)
	eksClusterForm = newForm(`^[0-9A-Za-z][A-Za-z0-9_-]*$`)
	ecsClusterForm = newForm(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)
	accountForm    = newForm(`^\d{12}$`)
	taskForm       = newForm(`^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)
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

// texts find values in an issue. Half a value, or one with something behind it, is none, and names have to
// fill their quotes. Names may come as whole ARNs.
func texts() [5]text {
	return [...]text{
		{"vpc", "vpc-", vpcText},
		{"owner", "owner", ownerText},
		{"code", "addon", codeText},
		{"task-definition", "definition", taskDefinitionText},
		{"family", "definition", familyText},
	}
}

var (
	vpcText            = newForm(`\b(vpc-[0-9a-f]{8,17})` + end)
	ownerText          = newForm(`(?i)\bowner\s+account\s+ID\s*:?\s*(\d{12})` + end)
	codeText           = newForm(`(?i)\bEKS\s*Addon\s*issue\s*-\s*([A-Za-z0-9]{3,64})\s*:`)
	taskDefinitionText = quoted(`task\s*definition\s*-?`, `task-definition/`, `([A-Za-z0-9_][A-Za-z0-9_-]*(?::\d{1,9})?)`)
	familyText         = quoted(`task\s*definition\s*-?`, `task-definition/`, `([A-Za-z0-9_][A-Za-z0-9_-]*)(?::\d{1,9})?`)
)

// quoted is the form of a name, the first of several, that follows a lead in straight or typographic
// quotes, escaped or not. path is what its ARN has between the account and the name.
func quoted(lead, path, name string) form {
	return newForm(`(?i)\b` + lead + `\s*\\*['"‘’“”](?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:` + path + `)?` + name + `(?:,|\\*['"‘’“”]` + end + `)`)
}

// list finds names in an issue: 'a, b' or 'a', 'b', in straight or typographic quotes, escaped or not.
type list struct {
	// one is the placeholder of the only name, and several that of more, joined by blanks.
	one, several string
	// word is in lower case, and in every issue that has them.
	word string
	// lead comes before them; path is what their ARNs have between the account and the name.
	lead, path form
	name       form
}

func lists() [2]list {
	return [...]list{
		{"service", "services", "service", serviceLead, servicePath, ecsClusterForm},
		{"task", "tasks", "task", taskLead, taskPath, taskForm},
	}
}

var (
	serviceLead = newForm(`(?i)\bservice\s*name(?:\(s\)|s)?\s*:\s*\\*['"‘’“”]`)
	taskLead    = newForm(`(?i)\btask\s*ID(?:\(s\)|s)?\s*:\s*\\*['"‘’“”]`)
	servicePath = newForm(`^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:service/(?:[A-Za-z0-9_-]+/)?`)
	taskPath    = newForm(`^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task/(?:[A-Za-z0-9_-]+/)?`)
	listQuote   = newForm(`\\*['"‘’“”](\s*,\s*\\*['"‘’“”])?`)
	afterList   = newForm(`^[;.,)'"’”\x60]*(?:\s|$)`)
)

// mostNamed is how many names a command repeats itself for.
const mostNamed = 10

// in are the names in an issue. AWS cuts long texts: of a list without its end the last name is left out. One
// that has not the form of a name spoils them all.
func (l list) in(issue string) []string {
	lead := l.lead().FindStringIndex(issue)
	if lead == nil {
		return nil
	}
	rest, names, closed := issue[lead[1]:], []string(nil), false
	for !closed {
		quote := listQuote().FindStringSubmatchIndex(rest)
		if quote == nil {
			break
		}
		names = append(names, strings.Split(rest[:quote[0]], ",")...)
		rest, closed = rest[quote[1]:], quote[2] < 0
	}
	switch {
	case !closed:
		cut := strings.Split(rest, ",")
		names = append(names, cut[:len(cut)-1]...)
	case !afterList().MatchString(rest):
		return nil
	}
	for i, name := range names {
		name = strings.Trim(name, " ")
		names[i] = name[len(l.path().FindString(name)):]
		if len(names[i]) > longestName || !l.name().MatchString(names[i]) {
			return nil
		}
	}
	return names[:min(len(names), mostNamed)]
}

// Values are placeholders whose values are known for certain:
//
//	account           of the resource
//	region            of the resource, unless it lacks what commands need to name it: see Lack
//	instance          the resource, if it is one
//	eks, ecs          the name of the cluster that the resource is, or that the instance belongs to
//	eks-arn, ecs-arn  the ARN of that cluster, which is in the resource's account and Region
//	auto              known if GuardDuty deploys the agent
//	agent-management  GuardDuty's setting by which it installs the agent on the resource
//	gov               known in GovCloud
//	endpoint-host     the host name of the agent's endpoint
//	vpc, owner, code, task-definition, family, service, services, task, tasks
//	                  from the issue: the VPC, its owner's account, the EKS add-on issue code, and of ECS the task
//	                  definition with and without its revision, the only service or the services, and so the tasks
type Values map[string]string

func valuesOf(f Finding, c Case) Values {
	r, known := c.Resource, Values{}
	know := func(placeholder, value string, f form) {
		if value != "" && len(nameIn(value)) <= longestName && f().MatchString(value) {
			known[placeholder] = value
		}
	}
	if coverage.IsRegion(r.Region) && r.Partition() != "" {
		known["region"] = r.Region
		known["endpoint-host"] = r.AgentService() + "." + r.Region + ".amazonaws.com"
		if r.Partition() == "aws-us-gov" {
			known["gov"] = r.Partition()
		}
	}
	know("account", r.Account, accountForm)
	kind, cluster := r.Kind, r.Name
	if r.Kind == coverage.EC2 {
		kind, cluster = clusterBeside(r)
		know("instance", r.Name, instanceForm)
	}
	switch kind {
	case coverage.EKS:
		if len(cluster) <= longestEKSName {
			know("eks", cluster, eksClusterForm)
		}
	case coverage.ECS:
		know("ecs", cluster, ecsClusterForm)
	}
	if known["eks"]+known["ecs"] == "" {
		kind = ""
	}
	named := coverage.Resource{Kind: kind, Name: cluster, Account: r.Account, Region: r.Region}
	if arn := named.ARN(); arn != "" {
		known[strings.ToLower(string(kind))+"-arn"] = arn
	}
	if setting := agentManagement(r.Kind, kind); setting != "" {
		known["agent-management"] = setting
	}
	if strings.EqualFold(c.Management, "AUTO_MANAGED") {
		known["auto"] = "AUTO_MANAGED"
	}
	known.find(f.Text)
	if lackOf(r, known) != 0 {
		delete(known, "region") // No command can name the resource: every one of AWS's needs the Region.
	}
	return known
}

// clusterBeside is the cluster of an instance. One that is said to be in another account or Region than the
// instance is none.
func clusterBeside(r coverage.Resource) (coverage.Kind, string) {
	kind, name := r.Cluster()
	beside := coverage.Resource{Kind: kind, Name: name, Account: r.Account, Region: r.Region}
	if beside.ARN() == "" || beside.ARN() != r.ClusterARN {
		return "", ""
	}
	return kind, name
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

// find adds the values in an issue's text. It looks at the beginning only: AWS's texts are short, and one
// that is not shall cost no more.
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
	for _, l := range lists() {
		if !strings.Contains(lower, l.word) {
			continue
		}
		switch names := l.in(issue); len(names) {
		case 0:
		case 1:
			v[l.one] = names[0]
		default:
			v[l.several] = strings.Join(names, " ")
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

// FirstFilled is the first of the templates of which every placeholder is known, filled in; "" if there is
// none.
func (v Values) FirstFilled(templates []string) string {
	for _, template := range templates {
		if filled, ok := v.Fill(template); ok {
			return filled
		}
	}
	return ""
}

// cutPlaceholder cuts a template around its first placeholder: letters and hyphens in braces. Commands have
// other braces, too.
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
