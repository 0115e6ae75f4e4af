package message

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/displaywidth"
)

// Width is how many columns clean text takes in a terminal. It is the sum of all characters: terminals that
// join some to one sign, as emoji are joined, need less.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += displaywidth.Rune(r)
	}
	return n
}

// Wrap breaks a line of clean text at blanks, and in scripts that use none at the ends of words and phrases,
// into lines of at most columns. A word that is longer stays whole, unless it is of such a script. There is
// always at least one line.
func Wrap(s string, columns int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(s) {
		blank := 1
		for _, part := range parts(word, columns) {
			w := Width(part)
			switch {
			case line == "":
				line, used = part, w
			case used+blank+w > columns:
				lines = append(lines, line)
				line, used = part, w
			default:
				line, used = line+strings.Repeat(" ", blank)+part, used+blank+w
			}
			blank = 0
		}
	}
	return append(lines, line)
}

// noLineStart and noLineEnd are the most common characters that East Asian typography keeps with what is
// before and after them (https://www.w3.org/TR/jlreq/#line_breaking_rules).
const (
	noLineStart = "、。，．・：；？！）」』】〕〉》］｝ー々…ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ" + ",.:;?!)]}%"
	noLineEnd   = "（「『【〔〈《［｛" + "([{"
)

// parts splits a word where a line may be broken inside it: beside wide characters, between words and
// phrases. A part that is wider than columns is split further, in the end wherever typography allows.
func parts(word string, columns int) []string {
	return splitBy(word, columns, endsPhrase, endsWord, anywhere)
}

func splitBy(word string, columns int, rules ...func(before, after rune) bool) []string {
	if len(rules) == 0 {
		return []string{word}
	}
	var all []string
	for _, part := range split(word, rules[0]) {
		if Width(part) <= columns {
			all = append(all, part)
		} else {
			all = append(all, splitBy(part, columns, rules[1:]...)...)
		}
	}
	return all
}

// split splits a word beside wide characters where both typography and the function allow.
func split(word string, allowed func(before, after rune) bool) []string {
	var parts []string
	start := 0
	var before rune
	for i, r := range word {
		columns := displaywidth.Rune(r)
		if columns == 0 {
			continue // It sits on the character before.
		}
		breakable := i > start && (columns == 2 || displaywidth.Rune(before) == 2) &&
			!strings.ContainsRune(noLineStart, r) && !strings.ContainsRune(noLineEnd, before) && allowed(before, r)
		if breakable {
			parts = append(parts, word[start:i])
			start = i
		}
		before = r
	}
	return append(parts, word[start:])
}

// script is the kind of character that a word of Japanese is written in.
type script int

const (
	otherScript script = iota
	narrowScript
	hiragana
	katakana
	ideographs
)

func scriptOf(r rune) script {
	switch {
	case r == 'ー', unicode.Is(unicode.Katakana, r):
		return katakana
	case unicode.Is(unicode.Hiragana, r):
		return hiragana
	case r == '々', unicode.Is(unicode.Han, r):
		return ideographs
	case displaywidth.Rune(r) == 1 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		return narrowScript
	}
	return otherScript
}

// particles end phrases of Japanese: what follows them in another script begins a new one. Other hiragana
// before an ideograph may be the middle of a word.
const particles = "のをにがはとでへもやかばてらどまただず"

// endsPhrase reports whether a word or a phrase of Japanese certainly ends between the two.
func endsPhrase(before, after rune) bool {
	if scriptOf(before) == hiragana && scriptOf(after) == ideographs {
		return strings.ContainsRune(particles, before)
	}
	return endsWord(before, after)
}

// endsWord reports whether a word of Japanese may end between the two. A run of one script is a word, and
// hiragana belong to what is before them. Without a dictionary, that is as far as one can see.
func endsWord(before, after rune) bool {
	b, a := scriptOf(before), scriptOf(after)
	return b == otherScript || a == otherScript || a != b && a != hiragana
}

func anywhere(rune, rune) bool { return true }
