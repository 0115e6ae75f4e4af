package report

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
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
	// nameMost is how many runes of a name stand in a sentence or a heading.
	nameMost = 64
)

// absent stands where something is not known.
const absent = "—"

// Compose writes the report in one language. local is what its readers call their own.
func Compose(l catalog.Language, local catalog.Local, r Report) message.Message {
	c := composer{language: l, words: l.Words, own: l.Words.Report, local: local, r: r}
	m := message.Message{
		Tone:    message.Information,
		Title:   c.title(),
		Summary: c.summary(),
		Words:   c.rendererWords(),
	}
	if !r.Quiet() {
		m.Facts, m.Links = c.facts(), c.links()
		m.Sections = slices.Concat(c.kindsChart(), c.problems(), c.groups(), c.others(), c.trend())
	}
	m.Report = record(r)
	return m
}

// composer writes one report in one language.
type composer struct {
	language catalog.Language
	words    catalog.Words
	own      catalog.ReportWords
	local    catalog.Local
	r        Report
}

func (c composer) title() string {
	scope := catalog.Fill(c.own.Regions, "n", strconv.Itoa(len(c.r.Regions)))
	if len(c.r.Regions) == 1 {
		scope = clean(c.r.Regions[0])
	}
	state := catalog.Fill(c.own.Covered, "percent", c.percent(c.r.Total()))
	switch {
	case c.r.unread():
		state = c.own.Unread
	case c.r.Total().All == 0:
		state = c.own.Nothing
	}
	return catalog.Fill(c.own.Title, "scope", scope, "state", state)
}

// unread reports whether nothing is known for want of a Region that could be read.
func (r Report) unread() bool { return r.Total().All == 0 && len(r.Problems) > 0 && len(r.read()) == 0 }

func (c composer) summary() string {
	total := c.r.Total()
	sentence := c.own.Some
	switch {
	case c.r.unread():
		return c.own.AllUnread
	case total.All == 0:
		sentence = c.own.Empty
	case c.r.Quiet():
		sentence = c.own.Quiet
	case total.covered():
		sentence = c.own.All
	case total.Healthy == 0:
		sentence = c.own.None
	}
	sentences := []string{catalog.Fill(sentence, "n", strconv.Itoa(total.Healthy), "total", strconv.Itoa(total.All),
		"percent", c.percent(total), "uncovered", strconv.Itoa(total.All-total.Healthy))}
	if !c.r.Quiet() {
		sentences = append(sentences, c.compared())
	}
	if n := len(c.r.Problems); n > 0 {
		sentences = append(sentences, catalog.Fill(c.own.Partly, "n", strconv.Itoa(n)))
	}
	return c.words.Join(sentences...)
}

// compared says how much more or less is covered than at the last report.
func (c composer) compared() string {
	previous := c.r.Previous()
	if previous == nil {
		return c.own.First
	}
	now, before := c.r.Total(), previous.Total()
	if now.All == 0 || before.All == 0 {
		return ""
	}
	sentence, points := c.own.Same, now.tenths()-before.tenths()
	switch {
	case points > 0:
		sentence = c.own.Up
	case points < 0:
		sentence, points = c.own.Down, -points
	}
	return catalog.Fill(sentence, "points", c.decimal(points), "time", c.moment(previous.At))
}

// facts are the numbers, most important first.
func (c composer) facts() []message.Fact {
	var facts []message.Fact
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, message.Fact{Label: label, Value: value})
		}
	}
	before := map[coverage.Kind]Tally{}
	previous := c.r.Previous()
	if previous != nil {
		before = previous.Kinds
		add(c.own.AllKinds, c.tally(c.r.Total(), previous.Total()))
	} else {
		add(c.own.AllKinds, c.tally(c.r.Total(), Tally{}))
	}
	for _, kind := range sortedKinds(c.r.Kinds) {
		add(clean(c.words.All(kind)), c.tally(c.r.Kinds[kind], before[kind]))
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
		if !slices.Equal(previous.Regions, c.r.read()) {
			add(c.own.Difference, catalog.Fill(c.own.Differs, "regions", cmp.Or(c.regions(previous.Regions), absent)))
		}
	}
	if c.r.Accounts > 0 {
		add(c.own.Accounts, strconv.Itoa(c.r.Accounts))
	}
	add(c.own.RegionsRead, c.regions(c.r.read()))
	return facts
}

// tally is a fact's value: how much, and how much more or less than before.
func (c composer) tally(now, before Tally) string {
	if now.All == 0 {
		return ""
	}
	value := catalog.Fill(c.own.Tally, "percent", c.percent(now), "n", strconv.Itoa(now.Healthy), "total", strconv.Itoa(now.All))
	if before.All == 0 {
		return value
	}
	change, points := c.own.Unchanged, now.tenths()-before.tenths()
	switch {
	case points > 0:
		change = c.own.More
	case points < 0:
		change, points = c.own.Less, -points
	}
	return catalog.Fill(c.own.Change, "tally", value, "change", catalog.Fill(change, "points", c.decimal(points)))
}

func (c composer) percent(t Tally) string {
	if t.All == 0 {
		return absent
	}
	return catalog.Fill(c.own.Percent, "n", c.decimal(t.tenths()))
}

func (c composer) decimal(tenths int) string {
	return strconv.Itoa(tenths/10) + c.own.Point + strconv.Itoa(tenths%10)
}

// regions names them, or as many as are shown.
func (c composer) regions(regions []string) string {
	shown := regions[:min(len(regions), regionsShown)]
	names := strings.Join(shown, ", ")
	if more := len(regions) - len(shown); more > 0 {
		names += " " + catalog.Fill(c.words.More, "n", strconv.Itoa(more))
	}
	return clean(names)
}

func (c composer) moment(t time.Time) string { return t.UTC().Format(c.words.Time) }

// regionForm is what may stand in the host of a link and in a command.
var regionForm = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$`)

// links are the pages of the first Regions in the GuardDuty console.
func (c composer) links() []message.Link {
	var links []message.Link
	for _, region := range c.r.Regions[:min(len(c.r.Regions), linksShown)] {
		if host := consoleHost(region); host != "" {
			links = append(links, message.Link{
				Label: c.words.GuardDutyConsole + " · " + region,
				URL:   host + "/guardduty/home?region=" + region + "#/runtime-monitoring",
			})
		}
	}
	return links
}

func consoleHost(region string) string {
	if !regionForm.MatchString(region) {
		return ""
	}
	switch (coverage.Resource{Region: region}).Partition() {
	case "aws":
		return "https://" + region + ".console.aws.amazon.com"
	case "aws-us-gov":
		return "https://" + region + ".console.amazonaws-us-gov.com"
	}
	return ""
}

func (c composer) rendererWords() message.Words {
	w := c.words
	return message.Words{More: w.More, Cut: w.Cut, Lost: w.Lost, Restored: w.Restored, Information: w.Information, Links: w.Links}
}

// clean keeps a value from outside on its line and out of the one markup that texts have.
func clean(s string) string { return strings.ReplaceAll(message.CleanLine(s), "`", "'") }

// capitalised begins a title that stands alone with a capital.
func capitalised(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
