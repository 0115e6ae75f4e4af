package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The limits of data tables and charts, in the strictest of the versions that their pages have had.
const (
	mostTableRows    = 100
	mostTableColumns = 20
	mostPageRows     = 100
	mostCells        = 10000
	mostCharts       = 2
	mostSeries       = 6
	mostPoints       = 20
	longestPoint     = 20
	longestAxisLabel = 50
)

type dataTable struct {
	Type      string              `json:"type"`
	BlockID   string              `json:"block_id"`
	Caption   string              `json:"caption"`
	Rows      [][]json.RawMessage `json:"rows"`
	PageSize  *int                `json:"page_size"`
	RowHeader int                 `json:"row_header_column_index"`
}

type dataVisualization struct {
	Type    string    `json:"type"`
	BlockID string    `json:"block_id"`
	Title   string    `json:"title"`
	Chart   dataChart `json:"chart"`
}

type dataChart struct {
	Type   string       `json:"type"`
	Series []dataSeries `json:"series"`
	Axis   *dataAxis    `json:"axis_config"`
}

type dataSeries struct {
	Name string `json:"name"`
	Data []struct {
		Label string   `json:"label"`
		Value *float64 `json:"value"`
	} `json:"data"`
}

type dataAxis struct {
	Categories []string `json:"categories"`
	XLabel     string   `json:"x_label"`
	YLabel     string   `json:"y_label"`
}

func blockType(raw json.RawMessage) string {
	var b struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(raw, &b) // What is no object has no type.
	return b.Type
}

// refuseBlocks is the refusal of blocks that are right, because of what the workspace supports; nil when it
// takes them.
func (o Options) refuseBlocks(blocks json.RawMessage) *Refusal {
	var list []json.RawMessage
	_ = json.Unmarshal(blocks, &list) // Check refuses what is no list.
	if o.RefuseBlocks != "" && len(list) > 0 {
		return &Refusal{Code: o.RefuseBlocks}
	}
	c := &checker{}
	for i, raw := range list {
		if name := blockType(raw); slices.Contains(o.Unsupported, name) {
			c.wrong(fmt.Sprintf("/blocks/%d/type", i), "unsupported type: %s", name)
		}
	}
	if len(c.messages) == 0 {
		return nil
	}
	return &Refusal{Code: "invalid_blocks", Messages: c.messages}
}

func (c *checker) dataTable(pointer string, t dataTable) {
	c.short(pointer+"/caption", t.Caption, longestText)
	if n := len(t.Rows); n < 2 || n > mostTableRows+1 {
		c.wrong(pointer+"/rows", "%d rows: a header and 1 to %d more are allowed", n, mostTableRows)
	}
	if t.PageSize != nil && (*t.PageSize < 1 || *t.PageSize > mostPageRows) {
		c.wrong(pointer+"/page_size", "must be 1 to %d", mostPageRows)
	}
	if len(t.Rows) == 0 {
		return
	}
	columns := len(t.Rows[0])
	if columns < 1 || columns > mostTableColumns {
		c.wrong(pointer+"/rows/0", "%d cells: 1 to %d are allowed", columns, mostTableColumns)
	}
	if t.RowHeader < 0 || t.RowHeader >= columns {
		c.wrong(pointer+"/row_header_column_index", "there is no column %d", t.RowHeader)
	}
	for i, row := range t.Rows {
		if len(row) != columns {
			c.wrong(fmt.Sprintf("%s/rows/%d", pointer, i), "all rows must have the same number of cells")
		}
		for j, raw := range row {
			c.cell(fmt.Sprintf("%s/rows/%d/%d", pointer, i, j), raw)
		}
	}
}

// cell takes text alone: the notifier sends no other cells.
func (c *checker) cell(pointer string, raw json.RawMessage) {
	var cell struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if !c.decode(pointer, raw, &cell) {
		return
	}
	if cell.Type != "raw_text" {
		c.wrong(pointer+"/type", "unsupported type: %s", cell.Type)
	}
	c.short(pointer+"/text", cell.Text, longestText)
	c.cells += units(cell.Text)
}

func (c *checker) dataVisualization(pointer string, v dataVisualization) {
	c.charts++
	c.short(pointer+"/title", v.Title, longestAxisLabel)
	pointer += "/chart"
	if !slices.Contains([]string{"bar", "line"}, v.Chart.Type) {
		c.wrong(pointer+"/type", "unsupported type: %s", v.Chart.Type)
	}
	axis := v.Chart.Axis
	if axis == nil {
		c.wrong(pointer, "missing required field: axis_config")
		return
	}
	if n := len(axis.Categories); n < 1 || n > mostPoints {
		c.wrong(pointer+"/axis_config/categories", "%d items: 1 to %d are allowed", n, mostPoints)
	}
	c.distinct(pointer+"/axis_config/categories", axis.Categories)
	for name, label := range map[string]string{"x_label": axis.XLabel, "y_label": axis.YLabel} {
		if label != "" {
			c.short(pointer+"/axis_config/"+name, label, longestAxisLabel)
		}
	}
	if n := len(v.Chart.Series); n < 1 || n > mostSeries {
		c.wrong(pointer+"/series", "%d items: 1 to %d are allowed", n, mostSeries)
	}
	var names []string
	for i, series := range v.Chart.Series {
		names = append(names, series.Name)
		c.series(fmt.Sprintf("%s/series/%d/data", pointer, i), series, axis.Categories)
	}
	c.distinct(pointer+"/series", names)
}

func (c *checker) series(pointer string, s dataSeries, categories []string) {
	var labels []string
	for i, point := range s.Data {
		labels = append(labels, point.Label)
		if point.Value == nil {
			c.wrong(fmt.Sprintf("%s/%d", pointer, i), "missing required field: value")
		}
	}
	slices.Sort(labels)
	if want := slices.Sorted(slices.Values(categories)); !slices.Equal(want, labels) {
		c.wrong(pointer, "exactly one point for every category is needed")
	}
}

// distinct is for labels of a chart, of which no two may be equal.
func (c *checker) distinct(pointer string, labels []string) {
	for i, label := range labels {
		c.short(fmt.Sprintf("%s/%d", pointer, i), label, longestPoint)
		if slices.Contains(labels[:i], label) {
			c.wrong(fmt.Sprintf("%s/%d", pointer, i), "must be unique: %s", label)
		}
	}
}

// short is for text without markup.
func (c *checker) short(pointer, text string, longest int) {
	if strings.TrimSpace(text) == "" {
		c.wrong(pointer, "must be more than 0 characters")
	}
	if units(text) > longest {
		c.wrong(pointer, "must be less than %d characters", longest+1)
	}
	c.characters(pointer, text)
}

// together checks what all tables and charts of a message may have.
func (c *checker) together() {
	if c.cells > mostCells {
		c.wrong("/blocks", "no more than %d characters in all tables allowed", mostCells)
	}
	if c.charts > mostCharts {
		c.wrong("/blocks", "no more than %d charts allowed", mostCharts)
	}
}
