package catalog

import (
	"regexp"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
)

// The strict forms of what AWS names its things. An event can be made to say anything, and what it says
// ends up in a shell: a value that has not its own form is not known. No form allows a character that
// means something to a POSIX shell, nor one that turns an argument into an option, so none needs quotes. How long a
// name may be is left to longestName: a form that counts to 255 takes longer to compile than all else at the start.
var (
	regionForm     = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d$`)
	instanceForm   = regexp.MustCompile(`^i-[0-9a-f]{8,17}$`)
	eksClusterForm = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]*$`)
	ecsClusterForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)
	clusterARNForm = regexp.MustCompile(`^arn:aws(-us-gov)?:(eks|ecs):[a-z]{2,}(-[a-z]+)+-\d:\d{12}:cluster/[A-Za-z0-9_][A-Za-z0-9_-]*$`)
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

// texts find values in an issue. Half a value, or one with something behind it, is none, and names have to fill
// their quotes. Names may come as whole ARNs.
var texts = []struct {
	placeholder string
	form        *regexp.Regexp
}{
	{"vpc", regexp.MustCompile(`\b(vpc-[0-9a-f]{8,17})` + end)},
	{"owner", regexp.MustCompile(`(?i)\bowner\s+account\s+ID\s*:?\s*(\d{12})` + end)},
	{"code", regexp.MustCompile(`(?i)\bEKS\s*Addon\s*issue\s*-\s*([A-Za-z0-9]{3,64})\s*:`)},
	{"task-definition", quoted(`task\s*definition\s*-?`, `task-definition/`, `([A-Za-z0-9_][A-Za-z0-9_-]*(?::\d{1,9})?)`)},
	{"family", quoted(`task\s*definition\s*-?`, `task-definition/`, `([A-Za-z0-9_][A-Za-z0-9_-]*)(?::\d{1,9})?`)},
	{"service", quoted(`service\s*name(?:\(s\)|s)?\s*:`, `service/(?:[A-Za-z0-9_-]+/)?`, `([A-Za-z0-9_][A-Za-z0-9_-]*)`)},
	{"task", quoted(`task\s*ID(?:\(s\)|s)?\s*:`, `task/(?:[A-Za-z0-9_-]+/)?`, `([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`)},
}

// quoted is the form of a name, the first of several, that follows a lead in straight or typographic
// quotes, escaped or not. path is what its ARN has between the account and the name.
func quoted(lead, path, name string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b` + lead + `\s*\\*['"‘’“”](?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:` + path + `)?` + name + `(?:,|\\*['"‘’“”]` + end + `)`)
}

// values are the placeholders that are known for certain:
//
//	region, instance  of the resource
//	eks, ecs          the name of the cluster that the resource is, or that the instance belongs to
//	cluster-arn       of the EKS or ECS cluster that the resource is
//	agent-management  GuardDuty's setting by which it installs the agent on the resource
//	vpc, owner, code, task-definition, family, service, task
//	                  from the issue: the VPC, its owner's account, the EKS add-on issue code, and of ECS the task
//	                  definition with and without its revision, the service, the task
func values(f Finding, r coverage.Resource) map[string]string {
	known := map[string]string{}
	know := func(placeholder, value string, form *regexp.Regexp) {
		if len(nameIn(value)) <= longestName && form.MatchString(value) {
			known[placeholder] = value
		}
	}
	know("region", r.Region, regionForm)
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
	find(f.Text, known)
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
func find(text string, known map[string]string) {
	const reach = 16 << 10
	text = text[:min(len(text), reach)]
	for _, t := range texts {
		if m := t.form.FindStringSubmatch(text); m != nil && len(nameIn(m[1])) <= longestName {
			known[t.placeholder] = m[1]
		}
	}
}

// nameIn is the name in an ARN, or in a task definition with its revision.
func nameIn(value string) string {
	name, _, _ := strings.Cut(value[strings.LastIndex(value, "/")+1:], ":")
	return name
}

var placeholder = regexp.MustCompile(`\{[a-z-]+\}`)

// fill replaces the placeholders of a template. It reports false when one of them is not known.
func fill(template string, known map[string]string) (string, bool) {
	complete := true
	filled := placeholder.ReplaceAllStringFunc(template, func(p string) string {
		value, ok := known[p[1:len(p)-1]]
		complete = complete && ok
		return value
	})
	return filled, complete
}

func firstFilled(templates []string, known map[string]string) string {
	for _, template := range templates {
		if filled, ok := fill(template, known); ok {
			return filled
		}
	}
	return ""
}
