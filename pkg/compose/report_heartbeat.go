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

// foundAlone counts the accounts of which reports alone find changes; "" when there are none.
func (c reporting) foundAlone() string {
	if len(c.r.Eventless) == 0 {
		return ""
	}
	w := c.language.Heartbeat
	return counted(len(c.r.Eventless), w.EventlessOne, w.Eventless)
}

// eventless are these accounts, and what to do about it.
func (c reporting) eventless() []message.Section {
	if len(c.r.Eventless) == 0 {
		return nil
	}
	w := c.language.Heartbeat
	shown := c.r.Eventless[:min(len(c.r.Eventless), regionsShown)]
	names := make([]string, len(shown))
	for i, account := range shown {
		names[i] = plain(shortened(c.local.Account(account), nameMost))
	}
	list := strings.Join(names, c.words.List)
	if more := len(c.r.Eventless) - len(shown); more > 0 {
		list += " " + fillNumber(c.words.More, more)
	}
	return []message.Section{{
		Heading: w.EventlessHeading, Text: w.EventlessText, Quote: list, Steps: []message.Step{{Text: w.EventlessStep}},
	}}
}

func regionsOf(missing []heartbeat.Missing) []string {
	regions := make([]string, len(missing))
	for i, m := range missing {
		regions[i] = m.Region
	}
	return regions
}
