package compose

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/report"
)

const (
	// sharesShown is how many rows a table of losses has, sharesTold how many accounts and causes programs
	// get.
	sharesShown = 40
	sharesTold  = 100
)

// FullReport is the coverage report for readers with room: it also lists the losses of the period, which
// Report sums up.
func (c Composer) FullReport(r report.Report) message.Message {
	m := c.Report(r)
	w := reporting{Composer: c, own: c.language.Report, r: r}
	m.Sections = append(m.Sections, w.losses()...)
	return m
}

// lossesSummary are one or two sentences; "" where there were no losses, or nobody knows.
func (c reporting) lossesSummary() string {
	l := c.r.Losses
	if l == nil || l.Count+l.Shorter == 0 || c.r.Quiet() {
		return ""
	}
	sentences := []string{locale.Fill(c.own.LossTime, "days", c.lossDays(),
		"hours", c.hours(l.Total+l.ShorterTotal), "n", strconv.Itoa(l.Count+l.Shorter))}
	if l.Repaired > 0 {
		sentences = append(sentences, locale.Fill(c.own.RepairTime,
			"median", c.words.Length(l.Median), "most", c.words.Length(l.Ninetieth)))
	}
	return c.words.Join(sentences...)
}

func (c reporting) lossDays() string {
	const day = 24 * time.Hour
	return strconv.Itoa(int(c.r.Losses.Until.Sub(c.r.Losses.From) / day))
}

// hours are in tenths. What is less than one is shown as one.
func (c reporting) hours(d time.Duration) string {
	const tenth = time.Hour / 10
	return locale.Fill(c.own.Hours, "n", c.decimal(max(int(d.Round(tenth)/tenth), 1)))
}

// losses are tables of the losses by account, kind and cause, and of the longest.
func (c reporting) losses() []message.Section {
	l := c.r.Losses
	if l == nil || l.Count == 0 {
		return nil
	}
	asItIs := func(kind string) string { return kind }
	sections := []message.Section{
		{Heading: locale.Fill(c.own.LossesByAccount, "days", c.lossDays()), Text: c.shorter(),
			Table: lossTable(c, c.own.Account, l.Accounts, c.local.AccountName)},
		{Heading: c.own.LossesByKind, Table: lossTable(c, c.own.Kind, l.Kinds, asItIs)},
	}
	if len(l.Causes) > 0 {
		title := func(id string) string { return capitalised(c.title(catalog.ID(id))) }
		sections = append(sections, message.Section{
			Heading: c.own.LossesByCause, Table: lossTable(c, c.own.Cause, l.Causes, title),
		})
	}
	return append(sections, message.Section{Heading: c.own.LongestLosses, Table: c.longest()})
}

// shorter says what the tables leave out.
func (c reporting) shorter() string {
	l := c.r.Losses
	if l.Shorter == 0 {
		return ""
	}
	return locale.Fill(c.own.ShorterLosses, "n", strconv.Itoa(l.Shorter), "hours", c.hours(l.ShorterTotal))
}

func lossTable[Of ~string](
	c reporting, heading string, shares []report.Share[Of], name func(string) string,
) *message.Table {
	table := message.Table{Caption: heading, Columns: []message.Column{
		{Heading: heading}, {Heading: c.own.Count, Right: true}, {Heading: c.own.Age, Right: true},
	}}
	for _, s := range shares[:min(len(shares), sharesShown)] {
		table.Rows = append(table.Rows, []string{
			cmp.Or(plain(name(string(s.Of))), absent), strconv.Itoa(s.Count), c.hours(s.Total),
		})
	}
	table.More = len(shares) - len(table.Rows)
	return &table
}

func (c reporting) longest() *message.Table {
	l := c.r.Losses
	table := message.Table{Caption: c.own.LongestLosses, Columns: []message.Column{
		{Heading: c.own.Resource}, {Heading: c.own.Age, Right: true}, {Heading: c.words.SinceWhen},
		{Heading: c.own.Account}, {Heading: c.own.Region},
	}}
	for _, loss := range l.Longest {
		r := loss.Resource
		table.Rows = append(table.Rows, []string{
			cmp.Or(r.Name, c.words.NoName), c.hours(loss.Within(l.From, l.Until)), c.moment(loss.OpenedAt, c.own.Day),
			cmp.Or(c.local.AccountName(r.Account), absent), cmp.Or(r.Region, absent),
		})
	}
	return &table
}

// lossesForm is the same for programs; nil where nobody knows.
func (c reporting) lossesForm() *message.ReportLosses {
	l := c.r.Losses
	if l == nil {
		return nil
	}
	form := &message.ReportLosses{
		From: l.From, Until: l.Until, Count: l.Count, Open: l.Open, Seconds: seconds(l.Total),
		Repaired: l.Repaired, MedianSeconds: seconds(l.Median), NinetiethSeconds: seconds(l.Ninetieth),
		Accounts: lossShares(l.Accounts), Kinds: lossShares(l.Kinds), Causes: lossShares(l.Causes),
		Shorter: l.Shorter, ShorterSeconds: seconds(l.ShorterTotal),
	}
	for _, loss := range l.Longest {
		r := loss.Resource
		form.Longest = append(form.Longest, message.ReportLoss{
			Kind: string(r.Kind), Name: r.Name, ARN: r.ARN(), Account: r.Account, Region: r.Region,
			OpenedAt: loss.OpenedAt, ClosedAt: loss.ClosedAt, Seconds: seconds(loss.Within(l.From, l.Until)),
			Causes: slices.Clone(loss.Causes), Gone: loss.Gone,
		})
	}
	return form
}

func lossShares[Of ~string](shares []report.Share[Of]) []message.ReportLossShare {
	var told []message.ReportLossShare
	for _, s := range shares[:min(len(shares), sharesTold)] {
		told = append(told, message.ReportLossShare{Of: string(s.Of), Count: s.Count, Seconds: seconds(s.Total)})
	}
	return told
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
