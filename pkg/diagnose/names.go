package diagnose

import (
	"regexp"
	"slices"
	"strings"
)

// reach is how much of an issue is read: AWS's texts are short, and one that is not shall cost no more.
const reach = 16 << 10

// Expressions are compiled when they are used: a function that does not diagnose starts without them.
const (
	// quote is one of those that AWS writes, escaped or not.
	quote = `\\*['"‘’“”]`
	// ecsName is what ECS allows in the names of services and task definitions
	// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html).
	ecsName = `[A-Za-z0-9_][A-Za-z0-9_-]{0,254}`
)

// servicesIn are the services that the issues name, the first ones, without repeats.
func servicesIn(issues []string) []string {
	list := regexp.MustCompile(`(?i)service\s*name(?:\(s\)|s)?\s*:(.*)`)
	name := regexp.MustCompile(`^` + ecsName + `$`)
	var names []string
	for _, issue := range issues {
		found := list.FindStringSubmatch(clip(issue))
		if found == nil {
			continue
		}
		for each := range strings.SplitSeq(found[1], ",") {
			each = strings.Trim(each, " \t\\'\"‘’“”.;")
			each = each[strings.LastIndex(each, "/")+1:]
			if !name.MatchString(each) {
				break // The list is over.
			}
			if !slices.Contains(names, each) && len(names) < servicesMost {
				names = append(names, each)
			}
		}
	}
	return names
}

// taskDefinitionIn is the first task definition that the issues name, with its revision if it is told; "" if none is.
func taskDefinitionIn(issues []string) string {
	form := regexp.MustCompile(`(?i)task\s*definition\s*-?\s*` + quote + `(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task-definition/)?` +
		`(` + ecsName + `(?::\d{1,9})?)` + quote)
	for _, issue := range issues {
		if found := form.FindStringSubmatch(clip(issue)); found != nil {
			return found[1]
		}
	}
	return ""
}

// familyOf is a task definition without its revision.
func familyOf(taskDefinition string) string {
	family, _, _ := strings.Cut(taskDefinition, ":")
	return family
}

func clip(issue string) string { return issue[:min(len(issue), reach)] }
