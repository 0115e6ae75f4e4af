package locale

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// Fill puts values in the place of a sentence's {placeholders}; pairs are placeholder, value. What is in a value is not
// filled in again.
func Fill(sentence string, pairs ...string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(sentence, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		at := 0
		for at < len(pairs) && pairs[at] != name {
			at += 2
		}
		if at < len(pairs) {
			b.WriteString(pairs[at+1])
			sentence = after
		} else {
			b.WriteByte('{')
			sentence = rest
		}
	}
}

// Name is the resource as people call it. It shows at most so many runes of its own name, or all for 0.
func (w *Words) Name(r coverage.Resource, most int) string {
	name := cmp.Or(r.Name, w.NoName)
	if runes := []rune(name); most > 0 && len(runes) > most {
		name = string(runes[:most]) + "…"
	}
	return strings.TrimSpace(Fill(byKind(r.Kind, w.EKS, w.ECS, w.EC2, w.Other), "name", name, "kind", string(r.Kind)))
}

// Many counts resources of a kind.
func (w *Words) Many(kind coverage.Kind, n int) string {
	return Fill(byKind(kind, w.EKSMany, w.ECSMany, w.EC2Many, w.OtherMany), "n", strconv.Itoa(n), "kind", string(kind))
}

func byKind(kind coverage.Kind, eks, ecs, ec2, other string) string {
	switch kind {
	case coverage.EKS:
		return eks
	case coverage.ECS:
		return ecs
	case coverage.EC2:
		return ec2
	}
	return other
}

// Join puts sentences one after the other. Empty ones are left out.
func (w *Words) Join(sentences ...string) string {
	text := ""
	for _, next := range sentences {
		switch {
		case text == "":
			text = next
		case next != "":
			text = Fill(w.Sentences, "first", text, "next", next)
		}
	}
	return text
}

// Length says how long something took in its two largest units.
func (w *Words) Length(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	sentence := w.Seconds
	switch {
	case days > 0:
		sentence = w.DaysHours
	case hours > 0:
		sentence = w.HoursMinutes
	case minutes > 0:
		sentence = w.Minutes
	}
	return Fill(sentence, "d", strconv.Itoa(days), "h", strconv.Itoa(hours), "m", strconv.Itoa(minutes), "s", strconv.Itoa(int(d.Seconds())%60))
}
