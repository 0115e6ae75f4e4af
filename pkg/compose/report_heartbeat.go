package compose

import (
	"strings"

	"guardduty-coverage-notifier/pkg/heartbeat"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// missing says from which Regions no heartbeat arrives; "" when all do.
func (c reporting) missing() string {
	if len(c.r.Missing) == 0 {
		return ""
	}
	return locale.Fill(c.language.Heartbeat.Missing, "regions", c.regions(regionsOf(c.r.Missing)))
}

// heartbeats are the Regions from which none arrives, and what to do about it.
func (c reporting) heartbeats() []message.Section {
	if len(c.r.Missing) == 0 {
		return nil
	}
	w := c.language.Heartbeat
	var last []string
	for _, missing := range c.r.Missing[:min(len(c.r.Missing), regionsShown)] {
		sentence := w.Never
		if !missing.Last.IsZero() {
			sentence = w.Last
		}
		last = append(last, locale.Fill(sentence,
			"region", missing.Region, "time", c.moment(missing.Last, c.words.Clock)))
	}
	return []message.Section{{
		Heading: locale.Fill(w.Heading, "regions", c.regions(regionsOf(c.r.Missing))),
		Text:    w.Text,
		Quote:   strings.Join(last, "\n"),
		Steps:   []message.Step{{Text: w.Step}},
	}}
}

func regionsOf(missing []heartbeat.Missing) []string {
	regions := make([]string, len(missing))
	for i, m := range missing {
		regions[i] = m.Region
	}
	return regions
}
