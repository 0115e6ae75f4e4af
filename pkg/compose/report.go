package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/report"
)

// What a message has room for. The machine form has more.
const (
	// groupsShown is how many groups have a section of their own.
	groupsShown = 12
	// rowsShown is how many resources the tables list together, in fair shares.
	rowsShown = 200
	// regionsShown is how many Regions are named one by one, and linksShown how many have a link.
	regionsShown = 20
	linksShown   = 5
	// detailsShown is how many answers of AWS's a section quotes.
	detailsShown = 3
)

// absent stands where something is not known.
const absent = "—"

// Report is the coverage report.
func (c Composer) Report(r report.Report) message.Message {
	w := reporting{Composer: c, own: c.language.Report, r: r}
	m := message.Message{
		Tone:    message.Information,
		Title:   w.heading(),
		Summary: w.summary(),
		Words:   w.rendererWords(),
	}
	if !r.Quiet() {
		m.Facts, m.Links = w.facts(), w.links()
		m.Sections = slices.Concat(w.kindsChart(), w.problems(), w.groups(), w.others(), w.trend())
	}
	m.Form = w.form()
	return m
}

// reporting composes one report.
type reporting struct {
	Composer
	own *locale.ReportWords
	r   report.Report
}

func (c reporting) heading() string {
	scope := locale.Fill(c.own.Regions, "n", strconv.Itoa(len(c.r.Regions)))
	if len(c.r.Regions) == 1 {
		scope = plain(c.r.Regions[0])
	}
	state := locale.Fill(c.own.Covered, "percent", c.percent(c.r.Total()))
	switch {
	case c.r.Unread():
		state = c.own.Unread
	case c.r.Total().All == 0:
		state = c.own.Nothing
	}
	return locale.Fill(c.own.Title, "scope", scope, "state", state)
}

func (c reporting) summary() string {
	total := c.r.Total()
	sentence := c.own.Some
	switch {
	case c.r.Unread():
		return c.own.AllUnread
	case total.All == 0:
		sentence = c.own.Empty
	case c.r.Quiet():
		sentence = c.own.Quiet
	case total.Covered():
		sentence = c.own.All
	case total.Healthy == 0:
		sentence = c.own.None
	}
	sentences := []string{locale.Fill(sentence, "n", strconv.Itoa(total.Healthy), "total", strconv.Itoa(total.All),
		"percent", c.percent(total), "uncovered", strconv.Itoa(total.All-total.Healthy))}
	if !c.r.Quiet() {
		sentences = append(sentences, c.compared())
	}
	if n := len(c.r.Problems); n > 0 {
		sentences = append(sentences, locale.Fill(c.own.Partly, "n", strconv.Itoa(n)))
	}
	return c.words.Join(sentences...)
}

// compared says how much more or less is covered than at the last report.
func (c reporting) compared() string {
	previous := c.r.Previous()
	if previous == nil {
		return c.own.First
	}
	now, before := c.r.Total(), previous.Total()
	if now.All == 0 || before.All == 0 {
		return ""
	}
	sentence, points := c.own.Same, now.Tenths()-before.Tenths()
	switch {
	case points > 0:
		sentence = c.own.Up
	case points < 0:
		sentence, points = c.own.Down, -points
	}
	return locale.Fill(sentence, "points", c.decimal(points), "time", c.moment(previous.At))
}

// facts are the numbers, most important first.
func (c reporting) facts() []message.Fact {
	var facts []message.Fact
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, message.Fact{Label: label, Value: value})
		}
	}
	before := map[coverage.Kind]report.Tally{}
	previous := c.r.Previous()
	if previous != nil {
		before = previous.Kinds
		add(c.own.AllKinds, c.tally(c.r.Total(), previous.Total()))
	} else {
		add(c.own.AllKinds, c.tally(c.r.Total(), report.Tally{}))
	}
	for _, kind := range report.SortedKinds(c.r.Kinds) {
		add(plain(c.own.OfKind(kind)), c.tally(c.r.Kinds[kind], before[kind]))
	}
	if c.r.Compared {
		add(c.own.New, strconv.Itoa(c.r.New))
		add(c.own.Recovered, strconv.Itoa(c.r.Recovered))
	}
	if c.r.Healed > 0 {
		add(c.own.Healed, strconv.Itoa(c.r.Healed))
	}
	if previous != nil {
		add(c.own.Last, c.moment(previous.At))
		if !slices.Equal(previous.Regions, c.r.Read()) {
			add(c.own.Difference, locale.Fill(c.own.Differs, "regions", cmp.Or(c.regions(previous.Regions), absent)))
		}
	}
	if c.r.Accounts > 0 {
		add(c.own.Accounts, strconv.Itoa(c.r.Accounts))
	}
	add(c.own.RegionsRead, c.regions(c.r.Read()))
	return facts
}

// tally is a fact's value: how much, and how much more or less than before.
func (c reporting) tally(now, before report.Tally) string {
	if now.All == 0 {
		return ""
	}
	value := locale.Fill(c.own.Tally, "percent", c.percent(now), "n", strconv.Itoa(now.Healthy), "total", strconv.Itoa(now.All))
	if before.All == 0 {
		return value
	}
	change, points := c.own.Unchanged, now.Tenths()-before.Tenths()
	switch {
	case points > 0:
		change = c.own.More
	case points < 0:
		change, points = c.own.Less, -points
	}
	return locale.Fill(c.own.Change, "tally", value, "change", locale.Fill(change, "points", c.decimal(points)))
}

func (c reporting) percent(t report.Tally) string {
	if t.All == 0 {
		return absent
	}
	return locale.Fill(c.own.Percent, "n", c.decimal(t.Tenths()))
}

func (c reporting) decimal(tenths int) string {
	return strconv.Itoa(tenths/10) + c.own.Point + strconv.Itoa(tenths%10)
}

// regions names them, or as many as are shown.
func (c reporting) regions(regions []string) string {
	shown := regions[:min(len(regions), regionsShown)]
	names := strings.Join(shown, ", ")
	if more := len(regions) - len(shown); more > 0 {
		names += " " + locale.Fill(c.words.More, "n", strconv.Itoa(more))
	}
	return plain(names)
}

// links are the pages of the first Regions in the GuardDuty console.
func (c reporting) links() []message.Link {
	var links []message.Link
	for _, region := range c.r.Regions[:min(len(c.r.Regions), linksShown)] {
		if host := consoleHost(coverage.Resource{Region: region}); host != "" {
			links = append(links, message.Link{Label: c.words.GuardDutyConsole + " · " + region, URL: coveragePage(host, region)})
		}
	}
	return links
}
