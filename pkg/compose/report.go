package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/report"
)

// What a report has room for. The machine form has more.
const (
	// causesShown is how many causes have a row, and rowsShown how many resources.
	causesShown = 20
	rowsShown   = 100
	// regionsShown is how many Regions are named one by one, and linksShown how many have a link.
	regionsShown = 20
	linksShown   = 5
	// changesShown is how many resources that lost or regained coverage are named.
	changesShown = 5
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
		State:   w.own.State,
		Where:   strings.Join(r.Regions[:min(len(r.Regions), 2)], ", "),
		Context: w.context(),
		Summary: w.summary(),
		Words:   w.rendererWords(),
		Form:    w.form(),
	}
	if !r.Quiet() {
		m.Links = w.links()
		m.Sections = slices.Concat(
			w.notWatched(), w.heartbeats(), w.eventless(), w.existing(), w.problems(), w.causes(), w.resources(), w.trend(),
		)
	}
	return m
}

// reporting composes one report.
type reporting struct {
	Composer
	own *locale.ReportWords
	r   report.Report
}

// heading is the percentage, how it changed, and of what it is.
func (c reporting) heading() string {
	scope := fillNumber(c.own.Regions, len(c.r.Regions))
	if len(c.r.Regions) == 1 {
		scope = shortened(plain(c.r.Regions[0]), nameMost)
	}
	sentence, change := c.own.Title, c.change()
	if change != "" {
		sentence = c.own.TitleChanged
	}
	switch {
	case c.r.Unread():
		sentence = c.own.TitleUnread
	case c.r.Total().All == 0:
		sentence = c.own.TitleNothing
	}
	return locale.Fill(sentence, "scope", scope, "percent", c.percent(c.r.Total()), "change", change)
}

// change is how much more or less is covered than at the last report; "" where nothing changed, or nothing is known.
func (c reporting) change() string {
	previous := c.r.Previous()
	if previous == nil || c.r.Total().All == 0 || previous.Total().All == 0 {
		return ""
	}
	switch points := c.r.Total().Tenths() - previous.Total().Tenths(); {
	case points > 0:
		return locale.Fill(c.own.More, "points", c.decimal(points))
	case points < 0:
		return locale.Fill(c.own.Less, "points", c.decimal(-points))
	}
	return ""
}

// context counts what is covered, as a whole and by kind, and in how many accounts.
func (c reporting) context() []message.Item {
	var items []message.Item
	if total := c.r.Total(); total.All > 0 {
		items = append(items, message.Item{Text: fillCount(c.own.Counted, total.Healthy, total.All)})
	}
	for _, kind := range report.SortedKinds(c.r.Kinds) {
		tally := c.r.Kinds[kind]
		items = append(items, message.Item{Text: locale.Fill(c.own.OfKind, "kind", kindName(kind), "percent", c.percent(tally),
			"n", strconv.Itoa(tally.Healthy), "total", strconv.Itoa(tally.All))})
	}
	if n := c.r.Accounts; n > 0 {
		items = append(items, message.Item{Text: counted(n, c.own.AccountOne, c.own.Accounts)})
	}
	return append(items, message.Item{Text: c.words.Until, At: c.r.At, Clock: c.moment(c.r.At, c.words.Clock)})
}

// summary is what is unusual about the numbers, and what changed since the last report.
func (c reporting) summary() string {
	total, sentences := c.r.Total(), []string(nil)
	switch {
	case c.r.Unread():
		sentences = append(sentences, c.own.AllUnread)
	case total.All == 0:
		sentences = append(sentences, c.own.Empty)
	case total.Covered():
		sentences = append(sentences, c.own.All)
	case total.Healthy == 0:
		sentences = append(sentences, c.own.None)
	}
	sentences = append(sentences, c.unwatched(), c.missing(), c.foundAlone(), c.unlisted())
	sentences = append(sentences, c.changes()...)
	if c.r.Healed > 0 {
		sentences = append(sentences, fillNumber(c.own.Healed, c.r.Healed))
	}
	sentences = append(sentences, c.lossesSummary())
	if previous := c.r.Previous(); previous != nil && !slices.Equal(previous.Regions, c.r.Read()) {
		sentences = append(sentences, locale.Fill(c.own.Differs, "regions", cmp.Or(c.regions(previous.Regions), absent)))
	}
	if n := len(c.r.Problems); n > 0 && !c.r.Unread() {
		sentences = append(sentences, counted(n, c.own.PartlyOne, c.own.Partly))
	}
	return c.words.Join(sentences...)
}

// changes are what lost and regained coverage since the last report.
func (c reporting) changes() []string {
	previous := c.r.Previous()
	if previous == nil {
		return []string{c.own.First}
	}
	at := c.moment(previous.At, c.words.Clock)
	if !c.r.Compared {
		return nil
	}
	if c.r.New == 0 && c.r.Recovered == 0 {
		return []string{locale.Fill(c.own.Unchanged, "time", at)}
	}
	return []string{
		c.changed(c.r.New, c.r.Lost, c.own.Lost, c.own.LostMany, at),
		c.changed(c.r.Recovered, c.r.Regained, c.own.Regained, c.own.RegainedMany, at),
	}
}

func (c reporting) changed(n int, first []coverage.Resource, sentence, many, at string) string {
	switch {
	case n == 0:
		return ""
	case len(first) == 0:
		return locale.Fill(many, "n", strconv.Itoa(n), "time", at)
	}
	shown := first[:min(len(first), changesShown)]
	names := make([]string, len(shown))
	for i, r := range shown {
		names[i] = plain(shortened(cmp.Or(r.Name, c.words.NoName), nameMost))
	}
	list := strings.Join(names, c.words.List)
	if more := n - len(shown); more > 0 {
		list = locale.Fill(c.own.AndMore, "names", list, "n", strconv.Itoa(more))
	}
	return locale.Fill(sentence, "names", list, "time", at)
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
		names += " " + fillNumber(c.words.More, more)
	}
	return plain(names)
}

// links are the pages of the first Regions in the GuardDuty console, and the team's own pages about the causes.
func (c reporting) links() []message.Link {
	var links []message.Link
	for _, link := range c.pages() {
		links = append(links, message.Link(link))
	}
	for _, g := range c.r.Uncovered {
		if page := c.local.Runbooks[string(g.Finding.ID)]; page != "" && len(links) < 2*linksShown {
			label := locale.Fill(c.own.RunbookOf, "cause", c.title(g.Finding.ID))
			links = append(links, message.Link{Label: label, URL: page})
		}
	}
	return links
}

// pages are those of the first Regions in the GuardDuty console.
func (c reporting) pages() []message.RecordLink {
	var links []message.RecordLink
	for _, region := range c.r.Regions[:min(len(c.r.Regions), linksShown)] {
		if page := coveragePage(coverage.Resource{Region: region}); page != "" {
			links = append(links, message.RecordLink{Label: c.words.CoveragePage + " " + region, URL: page})
		}
	}
	return links
}

// causes are what is uncovered, a row for each cause.
func (c reporting) causes() []message.Section {
	if len(c.r.Uncovered) == 0 {
		return nil
	}
	table := message.Table{Caption: c.own.ByCause, Columns: []message.Column{
		{Heading: c.own.Cause}, {Heading: c.own.Count, Right: true}, {Heading: c.own.Oldest, Right: true},
	}}
	for _, g := range c.r.Uncovered[:min(len(c.r.Uncovered), causesShown)] {
		cause := locale.Fill(c.own.CauseOf, "cause", c.causeOf(g), "kind", kindName(g.Kind))
		table.Rows = append(table.Rows, []string{capitalised(cause), strconv.Itoa(g.Total), c.age(g.Oldest[0])})
	}
	table.More = len(c.r.Uncovered) - len(table.Rows)
	return []message.Section{{Heading: c.own.ByCause, Text: c.own.HowTo, Table: &table}}
}

func (c reporting) causeOf(g report.Group) string {
	if g.Finding.ID == catalog.Unrecognised && g.Finding.Text != "" {
		return locale.Fill(c.own.Unknown, "text", shortened(plain(g.Finding.Text), nameMost))
	}
	return c.title(g.Finding.ID)
}

// resources are those that have been uncovered for the longest, of whatever cause.
func (c reporting) resources() []message.Section {
	var oldest []coverage.State
	total := 0
	for _, g := range c.r.Uncovered {
		oldest = append(oldest, g.Oldest...)
		total += g.Total
	}
	if total == 0 {
		return nil
	}
	slices.SortFunc(oldest, report.Older)
	table := message.Table{Caption: c.own.Resources, Columns: []message.Column{
		{Heading: c.own.Resource}, {Heading: c.own.Age, Right: true}, {Heading: c.own.Kind}, {Heading: c.own.Account},
		{Heading: c.own.Region},
	}}
	for _, state := range oldest[:min(len(oldest), rowsShown)] {
		r := state.Resource
		table.Rows = append(table.Rows, []string{
			cmp.Or(r.Name, c.words.NoName), c.age(state), kindName(r.Kind), cmp.Or(c.local.AccountName(r.Account), absent),
			cmp.Or(r.Region, absent),
		})
	}
	table.More = total - len(table.Rows)
	return []message.Section{{Heading: c.own.Resources, Table: &table}}
}

// age is how long a resource has been uncovered.
func (c reporting) age(s coverage.State) string {
	since := s.Since()
	if since.IsZero() {
		return absent
	}
	return c.words.Length(max(0, c.r.At.Sub(since)))
}

func kindName(kind coverage.Kind) string {
	return cmp.Or(shortened(plain(string(kind)), nameMost), absent)
}

// trend is the percentages of the last reports and of this one; there is none in the first.
func (c reporting) trend() []message.Section {
	points := append(slices.Clone(c.r.Past), c.r.Summary())
	points = slices.DeleteFunc(points, func(s report.Summary) bool { return s.Total().All == 0 })
	if len(points) < 2 || c.r.Total().All == 0 {
		return nil
	}
	return []message.Section{{Heading: c.own.Trend, Table: c.trendTable(points), Chart: c.trendChart(points)}}
}

func (c reporting) trendTable(points []report.Summary) *message.Table {
	kinds := report.SortedKinds(c.r.Kinds)
	table := message.Table{
		Caption: c.own.Trend,
		Columns: []message.Column{{Heading: c.own.When}, {Heading: c.own.Total, Right: true}},
	}
	for _, kind := range kinds {
		table.Columns = append(table.Columns, message.Column{Heading: kindName(kind), Right: true})
	}
	for _, point := range points {
		row := []string{c.day(point), c.percent(point.Total())}
		for _, kind := range kinds {
			row = append(row, c.percent(point.Kinds[kind]))
		}
		table.Rows = append(table.Rows, row)
	}
	return &table
}

// trendChart has a line for the kinds that every report has. Of reports of one minute it draws the last.
func (c reporting) trendChart(points []report.Summary) *message.Chart {
	var drawn []report.Summary
	for i, point := range points {
		if i+1 == len(points) || c.day(point) != c.day(points[i+1]) {
			drawn = append(drawn, point)
		}
	}
	if len(drawn) < 2 {
		return nil
	}
	chart := message.Chart{Title: c.own.Trend, Line: true, Unit: strings.TrimSpace(locale.Fill(c.own.Percent, "n", ""))}
	for _, point := range drawn {
		chart.Categories = append(chart.Categories, c.day(point))
	}
	add := func(name string, tally func(report.Summary) report.Tally) {
		series := message.Series{Name: name}
		for _, point := range drawn {
			if percent, ok := tally(point).Percent(); ok {
				series.Values = append(series.Values, percent)
			}
		}
		if len(series.Values) == len(drawn) {
			chart.Series = append(chart.Series, series)
		}
	}
	add(c.own.Total, report.Summary.Total)
	if kinds := report.SortedKinds(c.r.Kinds); len(kinds) > 1 {
		for _, kind := range kinds {
			add(kindName(kind), func(s report.Summary) report.Tally { return s.Kinds[kind] })
		}
	}
	return &chart
}

func (c reporting) day(s report.Summary) string { return c.moment(s.At, c.own.Day) }

// problems are the Regions that could not be read, a section for each reason.
func (c reporting) problems() []message.Section {
	w := c.own
	byReason := map[report.Reason][]report.Problem{}
	for _, p := range c.r.Problems {
		byReason[p.Reason] = append(byReason[p.Reason], p)
	}
	var sections []message.Section
	add := func(reason report.Reason, heading, text, step, command string) {
		if problems := byReason[reason]; len(problems) > 0 {
			sections = append(sections, c.problem(problems, heading, text, message.Step{Text: step, Command: command}))
		}
	}
	add(report.Denied, w.DeniedHeading, w.Denied, w.DeniedStep, "")
	add(report.NoDetector, w.NoDetectorHeading, w.NoDetector, w.NoDetectorStep, listDetectors(byReason[report.NoDetector]))
	add(report.Off, w.OffHeading, w.Off, w.OffStep, "")
	add(report.Failed, w.FailedHeading, w.Failed, w.FailedStep, "")
	return sections
}

func (c reporting) problem(problems []report.Problem, heading, text string, step message.Step) message.Section {
	var regions, details []string
	for _, p := range problems {
		regions = append(regions, p.Region)
		if p.Detail != "" && len(details) < detailsShown {
			details = append(details, plain(p.Region)+": "+message.CleanLine(p.Detail))
		}
	}
	return message.Section{
		Heading: locale.Fill(heading, "regions", c.regions(regions)),
		Text:    text,
		Quote:   strings.Join(details, "\n"),
		Steps:   []message.Step{step},
	}
}

// listDetectors is a command for the first of the Regions that is one.
func listDetectors(problems []report.Problem) string {
	for _, p := range problems {
		if coverage.IsRegion(p.Region) {
			return "aws guardduty list-detectors --region " + p.Region
		}
	}
	return ""
}
