package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/report"
)

// byteOrderMark tells spreadsheets that a file is UTF-8. Where all titles are ASCII it is left out: some
// programs read it as part of the first heading.
const byteOrderMark = "\ufeff"

// csvReport is a report as CSV (https://www.rfc-editor.org/rfc/rfc4180), a row a resource. It writes each row
// as it comes and keeps none.
type csvReport struct {
	w        *csv.Writer
	language locale.Language
	known    *remembered
	// aside is where it says which Regions could not be read: programs read the rows.
	aside io.Writer
}

// newCSVReport begins with the headings.
func newCSVReport(
	output, aside io.Writer, language locale.Language, known *remembered,
) (csvReport, error) {
	mark := ""
	if language.Code != locale.English().Code {
		mark = byteOrderMark
	}
	c := csvReport{w: csv.NewWriter(output), language: language, aside: aside, known: known}
	c.w.UseCRLF = true
	return c, c.w.Write([]string{
		mark + "region", "account", "kind", "name", "arn", "status", "since", "finding", "title", "issues",
		"agentVersion", "agentStatus", "managementType", "instanceType", "cluster", "covered", "total",
		"accountName", "losses", "hoursUncovered",
	})
}

// resource writes the row of one resource. Of what is covered, nothing is said about causes; without a table,
// nothing about losses.
func (c csvReport) resource(s coverage.State, f catalog.Finding) error {
	r := s.Resource
	var since, finding, title, losses, hours string
	if f.ID != "" {
		since, finding, title = timeCell(s.Since()), string(f.ID), c.language.Title(f.ID)
	}
	if c.known.counter != nil {
		of := c.known.resources[r.Key()]
		losses, hours = strconv.Itoa(of.count), strconv.FormatFloat(of.total.Hours(), 'f', 2, 64)
	}
	row := []string{
		r.Region, r.Account, string(r.Kind), r.Name, r.ARN(), string(s.Status), since, finding, title,
		strings.Join(s.Issues, "; "), s.Agent.Version, s.Agent.Status, s.Agent.Management, s.InstanceType,
		r.ClusterARN, countCell(s.Coverage.Covered), countCell(s.Coverage.Total),
		c.known.accounts[r.Account], losses, hours,
	}
	for i := range row {
		row[i] = safeCell(row[i])
	}
	return c.w.Write(row)
}

// end says which Regions could not be read.
func (c csvReport) end(_ context.Context, r report.Report) error {
	c.w.Flush()
	for _, p := range r.Problems {
		line := fmt.Sprintf("%s is missing or incomplete: %s: %s", p.Region, p.Reason, p.Detail)
		fmt.Fprintln(c.aside, message.CleanLine(line))
	}
	return c.w.Error()
}

func (csvReport) close() error { return nil }

func countCell(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func timeCell(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// formulaStarts are the characters with which spreadsheets recognize a formula, in East Asian versions also
// the full-width ones (https://owasp.org/www-community/attacks/CSV_Injection).
const formulaStarts = "=+-@＝＋－＠"

// safeCell is text from outside on one line which no spreadsheet takes for a formula: an apostrophe is put
// before what begins like one.
func safeCell(s string) string {
	s = message.CleanLine(s)
	if strings.IndexAny(s, formulaStarts) == 0 {
		return "'" + s
	}
	return s
}
