package message

import "strings"

// Table is rows of text under headings.
type Table struct {
	// Caption says in one line what the table lists, for those who do not see what stands around it.
	Caption string
	Columns []Column
	// Rows are plain text, a cell a column.
	Rows [][]string
	// More is how many rows were left out already.
	More int
}

// Column is a column of a table.
type Column struct {
	Heading string
	// Right aligns the cells to the right, as figures are.
	Right bool
}

// Chart is figures to be seen at a glance.
type Chart struct {
	Title string
	// Line joins the values of a series, which follow each other in time; else they are bars.
	Line bool
	// Unit says in a word or a sign what the values count.
	Unit string
	// Categories stand along the horizontal axis. Each is different.
	Categories []string
	// Series have a value for each category, and each a different name.
	Series []Series
}

// Series is the values of one thing.
type Series struct {
	Name   string
	Values []float64
}

// columnGap stands between two columns.
const columnGap = "  "

// Lines are the headings and the rows of the table in columns of characters that are all equally wide, aligned also
// in scripts whose characters take two places. Each is clean, and none ends in blanks. The last column is as wide as it is.
func (t Table) Lines() []string {
	table := make([][]string, 0, len(t.Rows)+1)
	headings := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		headings[i] = CleanLine(column.Heading)
	}
	table = append(table, headings)
	for _, row := range t.Rows {
		table = append(table, t.clean(row))
	}
	widths := make([]int, len(t.Columns))
	for _, row := range table {
		for i, cell := range row {
			widths[i] = max(widths[i], Width(cell))
		}
	}
	lines := make([]string, len(table))
	for i, row := range table {
		lines[i] = t.line(row, widths)
	}
	return lines
}

// clean is a row with a cell for each column and no more.
func (t Table) clean(row []string) []string {
	cells := make([]string, len(t.Columns))
	for i := range min(len(row), len(cells)) {
		cells[i] = CleanLine(row[i])
	}
	return cells
}

func (t Table) line(row []string, widths []int) string {
	var b strings.Builder
	for i, cell := range row {
		if i > 0 {
			b.WriteString(columnGap)
		}
		pad := strings.Repeat(" ", widths[i]-Width(cell))
		if t.Columns[i].Right {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
