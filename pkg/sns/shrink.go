package sns

import (
	"errors"

	"guardduty-coverage-notifier/pkg/message"
)

// recordMark stands where a text of the machine form was cut. It is the same whatever language people read.
const recordMark = "… (cut)"

// errTooLarge cannot happen while the last of shrinkings bounds every part of a record.
var errTooLarge = errors.New("the message does not fit into SNS's limit even when cut to the bone")

// shrinkings are what a record loses when it is too large, in this order, until it fits: the length of
// texts, the steps, evidence and links, and at last all but the first finding and anything long. It stays
// a valid record throughout. None changes the caller's; mark is put where a text was cut.
func shrinkings() []func(r message.Record, mark string) message.Record {
	return []func(message.Record, string) message.Record{asItIs, shortTexts, withoutSteps, withoutExtras, essentials}
}

// fit wraps the largest machine form of m that stays within budget bytes when wrapped.
func fit(m message.Message, budget int, wrap func(record string) (string, error)) (string, error) {
	if m.Report != nil {
		return fitForm(*m.Report, reportShrinkings(), recordMark, budget, wrap)
	}
	return fitForm(m.Record, shrinkings(), recordMark, budget, wrap)
}

func fitForm[F any](form F, shrinkings []func(F, string) F, mark string, budget int, wrap func(string) (string, error)) (string, error) {
	for _, shrink := range shrinkings {
		form = shrink(form, mark)
		text, err := encode(form)
		if err != nil {
			return "", err
		}
		body, err := wrap(text)
		if err != nil {
			return "", err
		}
		if len(body) <= budget {
			return body, nil
		}
	}
	return "", errTooLarge
}

func itself(record string) (string, error) { return record, nil }

func asItIs(r message.Record, _ string) message.Record { return r }

func shortTexts(r message.Record, mark string) message.Record {
	const runes = 1000
	r.Findings = each(r.Findings, func(f message.RecordFinding) message.RecordFinding {
		f.Type, f.Text = clipRunes(f.Type, runes, mark), clipRunes(f.Text, runes, mark)
		f.Title, f.Cause = clipRunes(f.Title, runes, mark), clipRunes(f.Cause, runes, mark)
		return f
	})
	r.Evidence = each(r.Evidence, func(e message.RecordEvidence) message.RecordEvidence {
		e.Check, e.Result = clipRunes(e.Check, runes, mark), clipRunes(e.Result, runes, mark)
		return e
	})
	return r
}

func withoutSteps(r message.Record, _ string) message.Record {
	r.Findings = each(r.Findings, func(f message.RecordFinding) message.RecordFinding {
		f.Steps = nil
		return f
	})
	return r
}

func withoutExtras(r message.Record, _ string) message.Record {
	r.Evidence, r.Links = nil, nil
	r.Findings = each(r.Findings, func(f message.RecordFinding) message.RecordFinding {
		f.Links = nil
		return f
	})
	if r.Group != nil {
		group := *r.Group
		group.Names = nil
		r.Group = &group
	}
	return r
}

func essentials(r message.Record, mark string) message.Record {
	const runes = 200
	if len(r.Findings) > 1 {
		r.Findings = r.Findings[:1]
	}
	r.Findings = each(r.Findings, func(f message.RecordFinding) message.RecordFinding {
		f.Type, f.Text = clipRunes(f.Type, runes, mark), clipRunes(f.Text, runes, mark)
		f.Title, f.Cause = clipRunes(f.Title, runes, mark), clipRunes(f.Cause, runes, mark)
		return f
	})
	for _, s := range []*string{
		&r.Resource.Kind, &r.Resource.Name, &r.Resource.ARN, &r.Resource.Account, &r.Resource.Region, &r.Resource.Cluster,
		&r.Resource.InstanceType, &r.Resource.AgentVersion, &r.Resource.AgentStatus, &r.Resource.Management,
	} {
		*s = clipRunes(*s, runes, mark)
	}
	return r
}

// each is a new list of what change makes of every item.
func each[T any](list []T, change func(T) T) []T {
	changed := make([]T, 0, len(list))
	for _, item := range list {
		changed = append(changed, change(item))
	}
	return changed
}
