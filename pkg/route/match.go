package route

import (
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
)

func (m Match) fits(s Subject) bool {
	r := s.Resource
	return isAny(m.Accounts, r.Account) &&
		inUnit(m.Units, s.Unit) &&
		likeAny(m.Tags, s.Tags...) &&
		isAny(m.Kinds, r.Kind) &&
		isAny(m.Statuses, s.Status) &&
		likeAny(m.Regions, r.Region) &&
		likeAny(m.Resources, r.Name) &&
		likeAny(m.Clusters, clusterOf(r)) &&
		likeAny(m.Findings, s.Findings...) &&
		(m.Actionable == nil || *m.Actionable == s.Actionable)
}

// isAny reports whether value is in the list; an empty list is not asked.
func isAny[T comparable](list []T, value T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// likeAny reports whether one of the values is like one of the patterns; no patterns are not asked. What is not known is like
// none, not even an asterisk.
func likeAny(patterns []string, values ...string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
		return slices.ContainsFunc(values, func(value string) bool { return value != "" && like(pattern, value) })
	})
}

// inUnit is likeAny for paths of organizational units. The ID of a unit stands for itself and what is below it.
func inUnit(patterns []string, path string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
		if !strings.ContainsAny(pattern, "/*?") {
			return strings.Contains("/"+path, "/"+pattern+"/")
		}
		return likeAny([]string{pattern}, path)
	})
}

// clusterOf is the name of the cluster that the resource is, or belongs to; "" when there is none.
func clusterOf(r coverage.Resource) string {
	if r.Kind == coverage.EKS || r.Kind == coverage.ECS {
		return r.Name
	}
	_, name := r.Cluster()
	return name
}

// like reports whether the whole text is like the pattern. It takes no more steps than the product of the two lengths: an event
// may bring a text of any length.
func like(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	i, j := 0, 0
	star, from := -1, 0 // The last asterisk seen, and how far it reaches by now.
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i, j = i+1, j+1
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
