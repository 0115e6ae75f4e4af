package compose

import (
	"cmp"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// missingShown is how many places a table names where resources are not listed, or could not be counted.
const missingShown = 20

// unlisted says how much exists that GuardDuty can cover and does not list.
func (c reporting) unlisted() string {
	w := c.language.Inventory
	if n := c.r.Inventory.Missing; n > 0 {
		return counted(n, w.MissingOne, w.Missing)
	}
	return ""
}

// existing compares what exists with what GuardDuty lists.
func (c reporting) existing() []message.Section {
	if c.r.Inventory.Empty() {
		return nil
	}
	sections := []message.Section{c.kinds()}
	for _, s := range []*message.Section{c.notListed(), c.apart(), c.uncounted()} {
		if s != nil {
			sections = append(sections, *s)
		}
	}
	return sections
}

func (c reporting) kinds() message.Section {
	w, sum := c.language.Inventory, c.r.Inventory
	scope := w.OfOrganization
	if sum.Account != "" {
		scope = locale.Fill(w.OfAccount, "account", plain(c.local.Account(sum.Account)))
	}
	heading := locale.Fill(w.Heading, "scope", scope)
	table := message.Table{Caption: heading, Columns: []message.Column{
		{Heading: w.Kind}, {Heading: w.Exists, Right: true}, {Heading: w.Coverable, Right: true},
		{Heading: w.Listed, Right: true}, {Heading: w.Covered, Right: true},
	}}
	var notes []string
	for _, k := range sum.Kinds {
		table.Rows = append(table.Rows, []string{
			kindName(
				k.Kind,
			), c.number(k.Exists), c.number(k.Coverable), strconv.Itoa(k.All), strconv.Itoa(k.Listed.Covered),
		})
		if k.Unrecorded > 0 {
			notes = append(
				notes,
				locale.Fill(w.Unrecorded, "kind", kindName(k.Kind), "n", strconv.Itoa(k.Unrecorded)),
			)
		}
		if k.Contradicted > 0 {
			notes = append(notes, fillNumber(w.Contradicted, k.Contradicted))
		}
	}
	return message.Section{Heading: heading, Text: c.words.Join(notes...), Table: &table}
}

// number is a number, or says that it is not known: that is not zero.
func (c reporting) number(n int) string {
	if n == inventory.Unknown {
		return c.language.Inventory.NotKnown
	}
	return strconv.Itoa(n)
}

func (c reporting) notListed() *message.Section {
	w, missing := c.language.Inventory, c.r.Inventory.MissingIn
	if len(missing) == 0 {
		return nil
	}
	table := message.Table{Caption: w.NotListed, Columns: []message.Column{
		{Heading: w.Account}, {Heading: w.Region}, {Heading: w.Kind}, {Heading: w.Coverable, Right: true},
		{Heading: w.Listed, Right: true},
	}}
	for _, m := range missing[:min(len(missing), missingShown)] {
		table.Rows = append(table.Rows, []string{
			plain(
				c.local.AccountName(m.Account),
			), plain(m.Region), kindName(m.Kind), strconv.Itoa(m.Coverable),
			strconv.Itoa(m.Listed),
		})
	}
	table.More = len(missing) - len(table.Rows)
	return &message.Section{Heading: w.NotListed, Text: w.NotListedText, Table: &table}
}

func (c reporting) apart() *message.Section {
	w, parts := c.language.Inventory, c.r.Inventory.Apart
	if len(parts) == 0 {
		return nil
	}
	table := message.Table{Caption: w.Apart, Columns: []message.Column{
		{Heading: w.What}, {Heading: w.Number, Right: true}, {Heading: w.Where},
	}}
	for _, part := range parts {
		table.Rows = append(
			table.Rows,
			[]string{w.Reason(part.Reason), strconv.Itoa(part.Total), c.places(part)},
		)
	}
	return &message.Section{Heading: w.Apart, Table: &table}
}

// places are the first of a part: of one account its Regions, of an organization the accounts.
func (c reporting) places(part inventory.Part) string {
	var names []string
	for _, key := range part.In {
		name := key.Region
		if c.r.Inventory.Account == "" {
			name = c.local.AccountName(key.Account) + " " + key.Region
		}
		names = append(names, plain(name))
	}
	text := strings.Join(names, c.words.List)
	if part.More > 0 {
		text += " " + fillNumber(c.words.More, part.More)
	}
	return text
}

func (c reporting) uncounted() *message.Section {
	w, gaps := c.language.Inventory, c.r.Inventory.Gaps
	if len(gaps) == 0 {
		return nil
	}
	table := message.Table{Caption: w.Uncounted, Columns: []message.Column{
		{Heading: w.Kind}, {Heading: w.Account}, {Heading: w.Region}, {Heading: w.Why},
	}}
	for _, gap := range gaps[:min(len(gaps), missingShown)] {
		why := message.CleanLine(gap.Detail)
		if !gap.At.IsZero() {
			why = locale.Fill(w.AsOf, "time", c.moment(gap.At, c.words.Clock), "detail", why)
		}
		table.Rows = append(table.Rows, []string{
			cmp.Or(
				plain(string(gap.Kind)),
				w.Every,
			), cmp.Or(plain(c.local.AccountName(gap.Account)), w.Every),
			cmp.Or(plain(gap.Region), w.Every), plain(why),
		})
	}
	table.More = len(gaps) - len(table.Rows) + c.r.Inventory.MoreGaps
	return &message.Section{
		Heading: w.Uncounted, Table: &table, Steps: []message.Step{{Text: w.UncountedStep}},
	}
}

// inventoryForm is what exists, for programs; nil when nobody asked.
func (c reporting) inventoryForm() *message.ReportInventory {
	sum := c.r.Inventory
	if !sum.Asked {
		return nil
	}
	form := &message.ReportInventory{Account: sum.Account, Missing: sum.Missing}
	known := func(n int) *int {
		if n == inventory.Unknown {
			return nil
		}
		return &n
	}
	for _, k := range sum.Kinds {
		form.Kinds = append(form.Kinds, message.ReportExisting{
			Kind: string(k.Kind), Exists: known(k.Exists), Coverable: known(k.Coverable), Listed: k.All,
			Covered: k.Listed.Covered, UnrecordedAccounts: k.Unrecorded, ContradictedAccounts: k.Contradicted,
		})
	}
	for _, m := range sum.MissingIn {
		form.NotListed = append(form.NotListed, message.ReportNotListed{
			Account: m.Account, Region: m.Region, Kind: string(m.Kind), Coverable: m.Coverable, Listed: m.Listed,
		})
	}
	for _, part := range sum.Apart {
		form.Apart = append(form.Apart, message.ReportApart{
			Reason: string(
				part.Reason,
			), Kind: string(part.Kind), Total: part.Total, Unseen: part.Reason.Unseen(),
		})
	}
	for _, gap := range sum.Gaps {
		form.Uncounted = append(form.Uncounted, message.ReportUncounted{
			Kind: string(gap.Kind), Account: gap.Account, Region: gap.Region, Detail: gap.Detail, At: gap.At,
		})
	}
	return form
}
