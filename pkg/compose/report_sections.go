package compose

import (
	"cmp"
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/report"
)

// kindsChart draws what the facts say of the kinds. There is none where there is nothing to cover.
func (c reporting) kindsChart() []message.Section {
	chart := message.Chart{Title: c.own.Kinds, Unit: strings.TrimSpace(locale.Fill(c.own.Percent, "n", ""))}
	now, before := message.Series{Name: c.own.Now}, message.Series{Name: c.own.Before}
	for _, kind := range report.SortedKinds(c.r.Kinds) {
		percent, _ := c.r.Kinds[kind].Percent()
		chart.Categories, now.Values = append(chart.Categories, kindName(kind)), append(now.Values, percent)
		if previous := c.r.Previous(); previous != nil {
			if percent, ok := previous.Kinds[kind].Percent(); ok {
				before.Values = append(before.Values, percent)
			}
		}
	}
	if len(chart.Categories) == 0 {
		return nil
	}
	// A value for one kind and none for another cannot be drawn.
	if len(before.Values) == len(now.Values) {
		chart.Series = append(chart.Series, before)
	}
	chart.Series = append(chart.Series, now)
	return []message.Section{{Chart: &chart}}
}

func kindName(kind coverage.Kind) string { return cmp.Or(plain(string(kind)), absent) }

// trend is the percentages of the last reports and of this one; there is none in the first.
func (c reporting) trend() []message.Section {
	points := append(slices.Clone(c.r.Past), c.r.Summary())
	points = slices.DeleteFunc(points, func(s report.Summary) bool { return s.Total().All == 0 })
	if len(points) < 2 || c.r.Total().All == 0 {
		return nil
	}
	section := message.Section{Heading: c.own.Trend, Table: c.trendTable(points), Chart: c.trendChart(points)}
	return []message.Section{section}
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

func (c reporting) day(s report.Summary) string { return s.At.UTC().Format(c.own.Day) }

// groups are the uncovered resources, a section for each reason.
func (c reporting) groups() []message.Section {
	shown := c.r.Uncovered[:min(len(c.r.Uncovered), groupsShown)]
	share := fairShare(shown, rowsShown)
	sections := make([]message.Section, 0, len(shown))
	for _, group := range shown {
		sections = append(sections, c.group(group, share))
	}
	return sections
}

// fairShare is the most resources that every group may list so that they are not more than total together.
func fairShare(groups []report.Group, total int) int {
	share := report.OldestKept
	for ; share > 1; share-- {
		rows := 0
		for _, group := range groups {
			rows += min(share, len(group.Oldest))
		}
		if rows <= total {
			break
		}
	}
	return share
}

func (c reporting) group(g report.Group, rows int) message.Section {
	oldest := g.Oldest[0].Resource
	advice := catalog.Explain(g.Finding, oldest)
	resources := c.words.Many(g.Kind, g.Total)
	if g.Total == 1 {
		resources = c.words.Name(oldest, titleNameMost)
	}
	s := message.Section{
		Heading: plain(locale.Fill(c.own.Group, "cause", capitalised(c.language.Title(advice.ID)), "resources", resources)),
		Text:    c.cause(g, advice),
		Table:   c.resources(g, rows),
		Steps:   c.steps(advice),
		Links:   c.pages(g.Finding, advice),
	}
	s.Table.Caption = s.Heading
	if g.Total == 1 || g.Finding.ID == catalog.Unrecognised {
		s.Quote = g.Finding.Text
	}
	return s
}

// cause is what the finding means. Of several resources it leaves out what holds for one only, and says whose name the
// commands bear.
func (c reporting) cause(g report.Group, advice catalog.Advice) string {
	if g.Total == 1 {
		return c.language.Cause(advice)
	}
	cause := c.language.Advice.Issues[advice.ID].Cause
	if slices.ContainsFunc(advice.Steps, func(a catalog.Action) bool { return a.Command != "" }) {
		cause = c.words.Join(cause, locale.Fill(c.own.Sample, "name", plain(c.words.Name(g.Oldest[0].Resource, titleNameMost))))
	}
	return cause
}

// resources lists the oldest of a group.
func (c reporting) resources(g report.Group, most int) *message.Table {
	w := c.words
	t := message.Table{Columns: []message.Column{
		{Heading: w.Uncovered, Right: true}, {Heading: w.Account}, {Heading: w.Region}, {Heading: w.Resource},
	}}
	for _, state := range g.Oldest[:min(len(g.Oldest), most)] {
		r := state.Resource
		t.Rows = append(t.Rows, []string{
			c.age(state), cmp.Or(c.local.Account(r.Account), absent), cmp.Or(r.Region, absent), cmp.Or(r.Name, w.NoName),
		})
	}
	t.More = g.Total - len(t.Rows)
	return &t
}

// age is how long a resource has been uncovered.
func (c reporting) age(s coverage.State) string {
	since := s.Since()
	if since.IsZero() {
		return absent
	}
	return c.words.Length(max(0, c.r.At.Sub(since)))
}

// others counts the groups that have no section of their own.
func (c reporting) others() []message.Section {
	if len(c.r.Uncovered) <= groupsShown {
		return nil
	}
	table := message.Table{Caption: c.own.Others, Columns: []message.Column{{Heading: c.own.Count}, {Heading: c.own.Cause}}}
	for _, g := range c.r.Uncovered[groupsShown:] {
		table.Rows = append(table.Rows, []string{c.words.Many(g.Kind, g.Total), capitalised(c.title(g.Finding))})
	}
	return []message.Section{{Heading: c.own.Others, Table: &table}}
}

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

// title is the cause that a finding names.
func (c reporting) title(f catalog.Finding) string { return c.language.Title(catalog.EntryOf(f.ID).ID) }
