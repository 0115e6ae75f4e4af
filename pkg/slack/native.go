package slack

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"sort"
	"strings"
	"sync/atomic"

	"github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
)

// Limits of the blocks that Slack draws itself.
const (
	// maxRows and maxColumns are how large a data table may be, without its header, and maxCells how many characters all
	// tables of a message may have. The page has named 100 rows and 10,000 characters, and later twice as much
	// (https://docs.slack.dev/reference/block-kit/blocks/data-table-block).
	maxRows    = 100
	maxColumns = 20
	maxCells   = 10000
	// pageRows is how many rows are seen before one has to turn the page.
	pageRows = 5
	// maxCell keeps one long value from taking the room of all others.
	maxCell = 100
	// maxCharts is how many charts Slack takes in a message. It does not document that it refuses more
	// (https://github.com/vercel/chat/pull/696).
	maxCharts = 2
	// maxPoint and maxAxisLabel are how long what is written in a chart may be. slack-go knows the rest
	// (https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block).
	maxPoint     = 20
	maxAxisLabel = 50
)

// format is how a message is rendered. The zero format is text alone, the last resort when Slack refuses any blocks.
type format struct {
	// blocks: the message has blocks.
	blocks bool
	// draws: tables and charts are Slack's own blocks for them. Without, tables stand in code blocks and charts are omitted.
	draws bool
	// folds: what is folded is in a container. Without, it stands below the rest.
	folds bool
}

func nativeBlocks() format { return format{blocks: true, draws: true, folds: true} }

// plainBlocks are for workspaces that do not support native ones.
func plainBlocks() format { return format{blocks: true} }

func textOnly() format { return format{} }

// refused are the native blocks that a workspace did not take, remembered as long as the process lives.
type refused struct{ draws, folds atomic.Bool }

// formatsOf are the formats in which to try m, in their order: without native blocks that the workspace refused, or
// that m has no use for.
func (s *Sink) formatsOf(m message.Message) []format {
	hasTables := slices.ContainsFunc(m.Sections, func(s message.Section) bool { return s.Table != nil || s.Chart != nil })
	native := plainBlocks()
	native.folds = m.Fold != "" && !s.refused.folds.Load()
	native.draws = hasTables && m.Fold == "" && !s.refused.draws.Load()
	if native == plainBlocks() {
		return []format{plainBlocks(), textOnly()}
	}
	return []format{native, plainBlocks(), textOnly()}
}

// inFormats makes a call with the first format, and then with the next as long as Slack refuses the content. Native
// blocks that were refused where plain ones were taken are remembered.
func (s *Sink) inFormats(formats []format, call func(format) error) error {
	var err error
	for i, f := range formats {
		err = call(f)
		refusal, ok := errors.AsType[*Error](err)
		if ok && refusal.contentRefused() {
			continue
		}
		if err == nil && i > 0 && f.blocks {
			s.refused.remember(formats[i-1])
		}
		return err
	}
	return err
}

func (r *refused) remember(f format) {
	if f.draws {
		r.draws.Store(true)
	}
	if f.folds {
		r.folds.Store(true)
	}
}

// chartBlock is the block for a chart, and how much of maxTotal it takes. It reports false where Slack would refuse it.
func chartBlock(c message.Chart) (block slack.Block, size int, ok bool) {
	axis := slack.NewDataVisualizationAxisConfig()
	for _, category := range c.Categories {
		axis.Categories = append(axis.Categories, label(category, maxPoint))
	}
	axis = axis.WithYLabel(label(c.Unit, maxAxisLabel))
	var series []slack.DataVisualizationDataSeries
	for _, s := range c.Series {
		if len(s.Values) != len(axis.Categories) || slices.ContainsFunc(s.Values, unshowable) {
			return nil, 0, false
		}
		data := slack.NewDataVisualizationDataSeries(label(s.Name, maxPoint))
		for i, value := range s.Values {
			data.Data = append(data.Data, slack.NewDataVisualizationDataPoint(axis.Categories[i], value))
		}
		series = append(series, data)
	}
	var chart slack.DataVisualizationChart = slack.NewDataVisualizationBarChart(axis, series...)
	if c.Line {
		chart = slack.NewDataVisualizationLineChart(axis, series...)
	}
	drawn := slack.NewDataVisualizationBlock(label(c.Title, maxAxisLabel), chart)
	if drawn.Validate() != nil {
		return nil, 0, false
	}
	encoded, err := json.Marshal(drawn)
	return drawn, sent(string(encoded)), err == nil
}

// unshowable reports whether JSON has no form for a number.
func unshowable(value float64) bool { return math.IsNaN(value) || math.IsInf(value, 0) }

// label is text on one line, in at most so many characters.
func label(text string, most int) string {
	return clip(message.CleanLine(text), most, ellipsis, literal)
}

// draftTable is a table whose cells fit.
type draftTable struct {
	caption string
	columns []message.Column
	rows    [][]string
	more    int
}

// newDraftTable is nil where there is nothing to show.
func newDraftTable(t *message.Table, heading string) *draftTable {
	if t == nil || len(t.Columns) == 0 || len(t.Rows) == 0 {
		return nil
	}
	columns := t.Columns[:min(len(t.Columns), maxColumns)]
	draft := &draftTable{
		caption: label(cmp.Or(t.Caption, heading, t.Columns[0].Heading, ellipsis), maxHeader),
		more:    t.More,
	}
	for _, column := range columns {
		draft.columns = append(draft.columns, message.Column{Heading: cell(column.Heading), Right: column.Right})
	}
	for _, row := range t.Rows {
		cells := make([]string, len(columns))
		for i := range cells {
			cells[i] = noValue
			if i < len(row) {
				cells[i] = cell(row[i])
			}
		}
		draft.rows = append(draft.rows, cells)
	}
	if more := len(draft.rows) - maxRows; more > 0 {
		draft.rows, draft.more = draft.rows[:maxRows], draft.more+more
	}
	return draft
}

// noValue stands in a cell that would be empty, which Slack does not take.
const noValue = "—"

func cell(text string) string { return cmp.Or(label(text, maxCell), noValue) }

// cells is how much of maxCells the table takes with so many rows.
func (t *draftTable) cells(rows int) int {
	total := 0
	for _, column := range t.columns {
		total += sent(column.Heading)
	}
	for _, row := range t.rows[:min(rows, len(t.rows))] {
		for _, c := range row {
			total += sent(c)
		}
	}
	return total
}

// block is the data table with so many rows. The first column is the one that names what a row is about.
func (t *draftTable) block(rows int) slack.Block {
	block := slack.NewDataTableBlock(t.caption).WithPageSize(pageRows).WithRowHeaderColumnIndex(0)
	header := make([]slack.DataTableCell, len(t.columns))
	for i, column := range t.columns {
		header[i] = slack.NewDataTableRawTextCell(column.Heading)
	}
	block.AddRow(header...)
	for _, row := range t.rows[:min(rows, len(t.rows))] {
		cells := make([]slack.DataTableCell, len(row))
		for i, text := range row {
			cells[i] = slack.NewDataTableRawTextCell(text)
		}
		block.AddRow(cells...)
	}
	return block
}

// code is a code block of as many rows as fit into so much room, and how many these are.
func (t *draftTable) code(room int) (markup string, shown int) {
	render := func(n int) string {
		table := message.Table{Columns: t.columns, Rows: t.rows[:n]}
		return codeBlock(strings.Join(table.Lines(), "\n"))
	}
	shown = sort.Search(len(t.rows), func(n int) bool { return sent(render(n+1)) > room })
	if shown == 0 {
		return "", 0
	}
	return render(shown), shown
}
