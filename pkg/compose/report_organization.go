package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/organization"
)

const (
	// gapsShown is how many rows the table of what is not watched has.
	gapsShown = 40
	// gapRegionsShown is how many Regions a row names one by one.
	gapRegionsShown = 3
)

// unwatched says how many accounts are in no percentage. Only where there are several accounts does a sentence
// compare them; the line below the title says of how many the percentage is.
func (c reporting) unwatched() string {
	w, o := c.language.Organization, c.r.Organization
	if o.Accounts < 2 {
		return ""
	}
	sentence := w.NotWatched
	switch {
	case o.NotWatched == 0:
		sentence = w.AllWatched
	case o.Regions > 1:
		sentence = w.NotWatchedInARegion
	case o.NotWatched == 1:
		sentence = w.NotWatchedOne
	}
	return locale.Fill(sentence, "n", strconv.Itoa(o.NotWatched), "total", strconv.Itoa(o.Accounts))
}

// notWatched lists what is in no percentage, whole Regions first.
func (c reporting) notWatched() []message.Section {
	w, o := c.language.Organization, c.r.Organization
	if o.Empty() {
		return nil
	}
	table := message.Table{
		Caption: w.Caption, Columns: []message.Column{{Heading: w.What}, {Heading: w.Account}, {Heading: w.Regions}},
	}
	for _, place := range o.ByRegion {
		table.Rows = append(table.Rows, []string{
			c.gap(
				place.Gap,
				place.Detail,
			), cmp.Or(c.accountsOf(place.Gap), absent), cmp.Or(c.gapRegions(place.Regions), absent),
		})
	}
	for _, accounts := range o.ByAccount {
		table.Rows = append(table.Rows, c.accountRows(accounts)...)
	}
	if more := len(table.Rows) - gapsShown; more > 0 {
		table.Rows, table.More = table.Rows[:gapsShown], more
	}
	return []message.Section{{
		Heading: w.Heading, Table: &table, Steps: c.gapSteps(),
		Links: []message.Link{{Label: w.Page, URL: c.language.OrganizationPage()}},
	}}
}

// accountRows are a row for each account that is named, and one for the others.
func (c reporting) accountRows(a organization.Accounts) [][]string {
	var rows [][]string
	for _, missing := range a.Named {
		rows = append(rows, []string{
			c.gap(
				a.Gap,
				missing.Detail,
			), plain(c.local.Account(missing.Account)), c.gapRegions(missing.Regions),
		})
	}
	if others := a.Total - len(a.Named); others > 0 {
		name := locale.Fill(c.language.Organization.Others, "n", strconv.Itoa(others))
		rows = append(rows, []string{c.gap(a.Gap, ""), name, absent})
	}
	return rows
}

func (c reporting) gap(g organization.Gap, detail string) string {
	w := c.language.Organization
	if detail = plain(detail); detail == "" {
		return w.Gap(g)
	}
	if at := strings.LastIndex(detail, "/ou-"); g == organization.NoSuchUnit && at > 0 {
		detail = "…" + detail[at:] // A whole path leaves the table no room; the machine form has it.
	}
	return locale.Fill(w.WithDetail, "gap", w.Gap(g), "detail", detail)
}

// accountsOf is whom a gap of a whole Region is about.
func (c reporting) accountsOf(g organization.Gap) string {
	switch g {
	case organization.NotAutoEnabled:
		return c.language.Organization.NewAccounts
	case organization.RegionsUnknown, organization.AccountsUnknown, organization.NoSuchUnit:
		return ""
	}
	return c.language.Organization.EveryAccount
}

// gapRegions names a few Regions, and counts many.
func (c reporting) gapRegions(regions []string) string {
	if len(regions) <= gapRegionsShown {
		return plain(strings.Join(regions, ", "))
	}
	return locale.Fill(c.language.Organization.Several, "n", strconv.Itoa(len(regions)),
		"regions", plain(strings.Join(regions[:gapRegionsShown], ", ")))
}

// gapSteps are what to do, each only where there is a reason for it.
func (c reporting) gapSteps() []message.Step {
	w, o := c.language.Organization, c.r.Organization
	var steps []message.Step
	add := func(text string, gaps ...organization.Gap) {
		regions := slices.ContainsFunc(
			o.ByRegion,
			func(p organization.Place) bool { return slices.Contains(gaps, p.Gap) },
		)
		accounts := slices.ContainsFunc(
			o.ByAccount,
			func(a organization.Accounts) bool { return slices.Contains(gaps, a.Gap) },
		)
		if regions || accounts {
			steps = append(steps, message.Step{Text: text})
		}
	}
	add(w.AccessStep, organization.MembersDenied, organization.RegionsUnknown, organization.Unknown)
	add(w.RegionsStep, organization.GuardDutyOff, organization.NoAdministrator)
	add(w.AccountsStep, organization.NotMember, organization.NotEnabled, organization.Suspended,
		organization.MonitoringOff, organization.AgentsUnmanaged)
	add(w.AutoEnableStep, organization.NotAutoEnabled)
	add(w.ReportStep, organization.NotReported)
	add(w.DirectoryStep, organization.AccountsUnknown)
	add(w.UnitStep, organization.NoSuchUnit)
	return steps
}

// organizationForm is what is not watched, for programs; nil when nobody asked.
func (c reporting) organizationForm() *message.ReportOrganization {
	o := c.r.Organization
	if o.Regions == 0 {
		return nil
	}
	form := &message.ReportOrganization{Accounts: o.Accounts, NotWatched: o.NotWatched}
	for _, accounts := range o.ByAccount {
		gap := message.ReportAccountGap{Gap: string(accounts.Gap), Total: accounts.Total}
		for _, missing := range accounts.Named {
			gap.Accounts = append(gap.Accounts, message.ReportUnwatchedAccount(missing))
		}
		form.AccountGaps = append(form.AccountGaps, gap)
	}
	for _, place := range o.ByRegion {
		form.RegionGaps = append(form.RegionGaps, message.ReportRegionGap{
			Gap: string(place.Gap), Detail: place.Detail, Regions: place.Regions,
		})
	}
	return form
}
