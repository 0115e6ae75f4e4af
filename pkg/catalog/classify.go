package catalog

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Classify names what a change reports, the most useful finding first and what nobody knows last. It is
// empty only for a Healthy change without issues: an issue that no entry matches is Unrecognised, and an
// Unhealthy change without issues is NoReason, or AddonRemoved if that is what its add-on's status says.
func Classify(change coverage.Change) []Finding {
	kind := change.Resource.Kind
	var findings []Finding
	seen := map[string]bool{}
	for _, issue := range change.Issues {
		for _, text := range split(kind, issue) {
			finding, key := named(kind, text)
			if key == "" || seen[string(finding.ID)+key] {
				continue
			}
			seen[string(finding.ID)+key] = true
			findings = append(findings, finding)
		}
	}
	if len(findings) == 0 && change.Status == coverage.Unhealthy {
		return []Finding{unexplained(change)}
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return findings
}

// named is the finding for one issue, and its text without what varies between spellings.
func named(kind coverage.Kind, text string) (Finding, string) {
	folded := fold(text)
	entry := tables().match(kind, folded)
	return Finding{
		ID:         entry.ID,
		Type:       typeOf(text),
		Text:       text,
		Actionable: !entry.NotActionable,
		Transient:  entry.Transient,
	}, folded
}

// longestType is how many bytes an issue type may have. None of AWS's is nearly as long.
const longestType = 200

// typeOf is what stands before the first colon, or "" where that is too long to be an issue type.
func typeOf(text string) string {
	head, _, _ := strings.Cut(text, ":")
	if len(head) > longestType {
		return ""
	}
	return strings.TrimSpace(head)
}

func unexplained(change coverage.Change) Finding {
	if change.Resource.Kind == coverage.EKS && strings.EqualFold(change.Agent.Status, "DELETED") {
		return Finding{ID: AddonRemoved, Actionable: true}
	}
	return Finding{ID: NoReason, Actionable: true}
}

// rank orders findings for a reader who stops after the first: what a person can mend, what may mend itself, what nobody can.
func rank(f Finding) int {
	switch {
	case f.ID == Unrecognised:
		return 4
	case !f.Actionable:
		return 3
	case f.Transient:
		return 2
	case len(tables().byID[f.ID].Extra) == 0: // the last resort of its types says less than its neighbours
		return 1
	}
	return 0
}

// split takes apart several issues that were joined by semicolons. A semicolon begins a new issue only before a
// known issue type, because issues contain some of their own (VPC_ISSUE; for task in …).
func split(kind coverage.Kind, issue string) []string {
	var issues []string
	start, end := 0, 0
	for part := range strings.SplitSeq(issue, ";") {
		if end > 0 && tables().beginsIssue(kind, part) {
			issues = append(issues, strings.TrimSpace(issue[start:end-1]))
			start = end
		}
		end += len(part) + 1
	}
	return append(issues, strings.TrimSpace(issue[start:]))
}

// fold keeps the letters and digits of a text, in lower case: what is left when AWS varies case, white
// space, quotes and punctuation, escaped or not.
func fold(text string) string {
	if strings.Contains(text, `\`) {
		text = lineBreaks().Replace(text)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// lineBreaks are those of texts that were quoted once more than they were unquoted.
var lineBreaks = sync.OnceValue(func() *strings.Replacer { return strings.NewReplacer(`\n`, " ", `\r`, " ", `\t`, " ") })

// index is the catalogue made ready for matching.
type index struct {
	patterns []pattern
	byID     map[ID]Entry
}

// pattern is an entry with its strings folded.
type pattern struct {
	entry Entry
	types []string
	extra [][]string // each in the parts between its ellipses
}

var tables = sync.OnceValue(func() index {
	x := index{byID: map[ID]Entry{}}
	for _, entry := range All() {
		x.byID[entry.ID] = entry
		if entry.Silent {
			continue
		}
		p := pattern{entry: entry}
		for _, t := range entry.Types {
			p.types = append(p.types, fold(t))
		}
		for _, extra := range entry.Extra {
			parts := strings.Split(extra, "…")
			for i := range parts {
				parts[i] = fold(parts[i])
			}
			p.extra = append(p.extra, parts)
		}
		x.patterns = append(x.patterns, p)
	}
	return x
})

// EntryOf is the entry of that id. One of another version's is Unrecognised.
func EntryOf(id ID) Entry {
	entry, ok := tables().byID[id]
	if !ok {
		entry = tables().byID[Unrecognised]
	}
	return entry
}

// beginsIssue says whether text is an issue type of the kind, alone or before a colon.
func (x index) beginsIssue(kind coverage.Kind, text string) bool {
	issueType := typeOf(text)
	if issueType == "" {
		return false
	}
	folded := fold(issueType)
	return slices.ContainsFunc(x.patterns, func(p pattern) bool {
		return p.entry.reportedBy(kind) && slices.Contains(p.types, folded)
	})
}

// match finds the entry of which most occurs in a folded issue. A text that was cut off may still name
// an entry by a part of it, if it can be no other.
func (x index) match(kind coverage.Kind, folded string) Entry {
	var whole, cut best
	for _, p := range x.patterns {
		if !p.entry.reportedBy(kind) {
			continue
		}
		typed, ok := p.typeIn(folded)
		if !ok {
			continue
		}
		if score, ok := p.extraIn(folded); ok {
			whole.offer(typed+score, p.entry)
		} else if score, ok := p.cutExtraIn(folded, folded[typed:]); ok {
			cut.offer(typed+score, p.entry)
		}
	}
	if cut.score > whole.score && !cut.tied {
		return cut.entry
	}
	return whole.entry
}

// best keeps the entry with the highest score.
type best struct {
	entry Entry
	score int
	tied  bool
}

func (b *best) offer(score int, entry Entry) {
	switch {
	case b.entry.ID == "" || score > b.score:
		*b = best{entry: entry, score: score}
	case score == b.score:
		b.tied = true
	}
}

// typeIn is the length of the issue type that a folded issue begins with.
func (p pattern) typeIn(folded string) (int, bool) {
	for _, t := range p.types {
		if strings.HasPrefix(folded, t) {
			return len(t), true
		}
	}
	return 0, len(p.types) == 0
}

// extraIn is the length of the longest of the entry's texts that occurs in a folded issue.
func (p pattern) extraIn(folded string) (int, bool) {
	longest, found := 0, len(p.extra) == 0
	for _, parts := range p.extra {
		if length, rest := through(parts, folded); rest == 0 {
			longest, found = max(longest, length), true
		}
	}
	return longest, found
}

// cutExtraIn is like extraIn for an issue that may end in the middle of the text. rest is what follows
// the issue type. Half a text counts if nothing else stands there, or if it is too long for chance.
func (p pattern) cutExtraIn(folded, rest string) (int, bool) {
	const (
		start = 4  // letters that tell the beginning of one text from another's
		half  = 16 // letters that do not end an unrelated sentence by chance
	)
	longest, found := 0, false
	for _, parts := range p.extra {
		length, missing := through(parts, folded)
		if missing != 1 {
			continue
		}
		last := parts[len(parts)-1]
		for n := min(len(last)-1, len(folded)); n >= start; n-- {
			if strings.HasSuffix(folded, last[:n]) && (n >= half || n == len(rest)) {
				longest, found = max(longest, length+n), true
				break
			}
		}
	}
	return longest, found
}

// through walks the parts in order through text: how many letters of it they are, and how many parts
// were not found.
func through(parts []string, text string) (length, missing int) {
	for i, part := range parts {
		_, after, ok := strings.Cut(text, part)
		if !ok {
			return length, len(parts) - i
		}
		length, text = length+len(part), after
	}
	return length, 0
}
