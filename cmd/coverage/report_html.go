package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/report"
)

//go:embed page
var pageFiles embed.FS

// htmlReport is a report as one page that loads nothing: the message of the report, and below it every
// uncovered resource. Their rows wait in a file until what stands above them is known, so that memory does
// not grow with them.
type htmlReport struct {
	output   io.Writer
	view     view
	known    *remembered
	template *template.Template
	file     *os.File
	rows     *bufio.Writer
	listed   int
}

// pageColumn is a column of the table of resources.
type pageColumn struct{ Heading, Class string }

// pageRow is one of its rows. Since is sorted as it is written.
type pageRow struct {
	Name, Title, Since, Kind, Account, Region string
	Issues                                    []string
}

// pageData is what stands around the rows.
type pageData struct {
	Language, Policy string
	Style            template.CSS
	Script           template.JS
	Message          message.Message
	Words            *locale.ReportWords
	Columns          []pageColumn
}

func newHTMLReport(output io.Writer, v view, known *remembered) (*htmlReport, error) {
	functions := template.FuncMap{
		"clean": message.CleanLine, "lines": message.Clean, "codes": codes, "chart": drawn,
		"left": func(t message.Table) string { return message.Words{More: v.language.Words.More}.Left(t.More) },
	}
	parsed, err := template.New("page").Funcs(functions).ParseFS(pageFiles, "page/page.html")
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "coverage-report-")
	if err != nil {
		return nil, fmt.Errorf("keeping the rows of the page: %w", err)
	}
	return &htmlReport{
		output: output, view: v, known: known, template: parsed, file: file, rows: bufio.NewWriter(file),
	}, nil
}

// sinceLayout sorts as text.
const sinceLayout = "2006-01-02 15:04"

// resource keeps the row of an uncovered resource.
func (h *htmlReport) resource(s coverage.State, f catalog.Finding) error {
	if f.ID == "" {
		return nil
	}
	h.listed++
	row := pageRow{
		Name: message.CleanLine(s.Resource.Name), Title: h.view.language.Title(f.ID),
		Kind:    message.CleanLine(string(s.Resource.Kind)),
		Account: message.CleanLine(h.local().Account(s.Resource.Account)),
		Region:  message.CleanLine(s.Resource.Region),
	}
	if since := s.Since(); !since.IsZero() {
		row.Since = since.In(h.view.zone).Format(sinceLayout)
	}
	for _, issue := range s.Issues {
		row.Issues = append(row.Issues, message.CleanLine(issue))
	}
	return h.template.ExecuteTemplate(h.rows, "row", row)
}

func (h *htmlReport) local() compose.Local {
	return compose.Local{Zone: h.view.zone, Accounts: h.known.accounts}
}

// end writes the page.
func (h *htmlReport) end(_ context.Context, r report.Report) error {
	data, err := h.data(r)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(h.output)
	if err := h.template.ExecuteTemplate(out, "head", data); err != nil {
		return err
	}
	if err := h.rows.Flush(); err != nil {
		return err
	}
	if _, err := h.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(out, h.file); err != nil {
		return err
	}
	if err := h.template.ExecuteTemplate(out, "foot", data); err != nil {
		return err
	}
	return out.Flush()
}

// close removes the file.
func (h *htmlReport) close() error { return errors.Join(h.file.Close(), os.Remove(h.file.Name())) }

func (h *htmlReport) data(r report.Report) (pageData, error) {
	style, err := pageFiles.ReadFile("page/page.css")
	if err != nil {
		return pageData{}, err
	}
	script, err := pageFiles.ReadFile("page/page.js")
	if err != nil {
		return pageData{}, err
	}
	m := compose.New(h.view.language, h.local()).FullReport(r)
	if slices.Contains(r.Regions, namedRegion) {
		m = withoutLinks(m)
	}
	w := h.view.language.Report
	// The rows below say more than the message's table of resources.
	m.Sections = slices.DeleteFunc(m.Sections, func(s message.Section) bool { return s.Heading == w.Resources })
	data := pageData{
		Language: h.view.language.Code, Policy: policy(style, script),
		Style: template.CSS(style), Script: template.JS(script), Message: m, Words: w,
	}
	if h.listed > 0 {
		words := h.view.language.Words
		since := fmt.Sprintf("%s (%s)", words.SinceWhen, r.At.In(h.view.zone).Format("MST"))
		data.Columns = []pageColumn{
			{w.Resource, ""}, {w.Cause, ""}, {since, "since"}, {w.Kind, ""}, {w.Account, ""}, {w.Region, ""},
		}
	}
	return data, nil
}

// policy lets a browser load nothing, and run nothing but the page's own style and script
// (https://www.w3.org/TR/CSP3/#meta-element).
func policy(style, script []byte) string {
	return "default-src 'none'; style-src " + sourceHash(style) + "; script-src " + sourceHash(script) +
		"; base-uri 'none'; form-action 'none'"
}

func sourceHash(text []byte) string {
	digest := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'"
}

// span is a part of a text, which may be code.
type span struct {
	Text string
	Code bool
}

// codes are the parts of a text with code between backticks. One without its partner stays as it is.
func codes(text string) []span {
	var spans []span
	parts := strings.Split(message.Clean(text), "`")
	for i, part := range parts {
		switch {
		case i%2 == 1 && i == len(parts)-1:
			part = "`" + part
			fallthrough
		case i%2 == 0:
			spans = append(spans, span{part, false})
		default:
			spans = append(spans, span{part, true})
		}
	}
	return spans
}

// The drawing's plot, in units of its view box, and how many kinds of line the style has.
const (
	plotLeft, plotRight  = 44, 560
	plotTop, plotBottom  = 12, 190
	lineKinds            = 4
	legendTop, legendRow = 24, 22
)

// drawing is a chart in the coordinates of its SVG.
type drawing struct {
	Title, First, Last string
	Grid               []gridLine
	Lines              []drawnLine
}

type gridLine struct {
	Y     int
	Label string
}

type drawnLine struct {
	Name, Class, Points string
	// Y is where the legend names it.
	Y int
}

// drawn draws percentages from the ten below the least of them up to 100.
func drawn(c message.Chart) drawing {
	least := 100.0
	for _, series := range c.Series {
		least = min(least, slices.Min(series.Values))
	}
	least = math.Max(0, math.Floor(least/10)*10-10)
	height := func(value float64) int {
		return plotBottom - int(math.Round((value-least)/(100-least)*(plotBottom-plotTop)))
	}
	d := drawing{Title: c.Title, First: c.Categories[0], Last: c.Categories[len(c.Categories)-1]}
	for _, value := range []float64{least, (least + 100) / 2, 100} {
		label := strconv.FormatFloat(value, 'f', -1, 64) + c.Unit
		d.Grid = append(d.Grid, gridLine{height(value), label})
	}
	for i, series := range c.Series {
		points := make([]string, len(series.Values))
		for at, value := range series.Values {
			x := plotLeft + at*(plotRight-plotLeft)/(len(series.Values)-1)
			points[at] = strconv.Itoa(x) + "," + strconv.Itoa(height(value))
		}
		d.Lines = append(d.Lines, drawnLine{
			Name: series.Name, Class: "line" + strconv.Itoa(i%lineKinds),
			Points: strings.Join(points, " "), Y: legendTop + i*legendRow,
		})
	}
	return d
}
