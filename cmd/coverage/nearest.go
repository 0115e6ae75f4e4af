package main

import "strings"

// didYouMean is a question that names the candidate nearest to word, "" when none is near.
func didYouMean(word string, candidates []string) string {
	if near := nearest(word, candidates); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// nearest is the candidate that begins with word, or else the one that takes the fewest edits, at most one
// for every three characters; "" when there is none.
func nearest(word string, candidates []string) string {
	const enough = 3
	best, fewest := "", len(word)/3+1
	for _, candidate := range candidates {
		if len(word) >= enough && strings.HasPrefix(candidate, word) {
			return candidate
		}
		if n := edits(word, candidate); n < fewest || n == fewest && best == "" {
			best, fewest = candidate, n
		}
	}
	return best
}

// edits counts the insertions, deletions, substitutions and swaps of neighbours that make b of a
// (https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance, in its restricted form).
func edits(a, b string) int {
	previous, current := []int(nil), make([]int, len(b)+1)
	for j := range current {
		current[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := previous
		previous, current = current, make([]int, len(b)+1)
		current[0] = i
		for j := 1; j <= len(b); j++ {
			substitution := previous[j-1]
			if a[i-1] != b[j-1] {
				substitution++
			}
			current[j] = min(previous[j]+1, current[j-1]+1, substitution)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
	}
	return current[len(b)]
}
