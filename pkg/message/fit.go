package message

import "strings"

// narrowCell is the width below which no cell is wrapped: a word or two a line are hard to read.
const narrowCell = 20

// Fit is Lines in at most width columns. Where the rows are wider, cells are wrapped; where they would become
// narrow, each row is a paragraph with a line for each column. No word is split and nothing is left out.
func (t Table) Fit(width int) []string {
	lines, _ := t.fit(width)
	return lines
}

// fit also returns how many of the lines are headings.
func (t Table) fit(width int) (lines []string, headings int) {
	heads := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		heads[i] = CleanLine(column.Heading)
	}
	rows := [][]string{heads}
	for _, row := range t.Rows {
		rows = append(rows, t.clean(row))
	}
	widths, ok := fitted(rows, width-len(columnGap)*(len(t.Columns)-1))
	if !ok {
		return t.stacked(rows, width), 0
	}
	for i, row := range rows {
		lines = append(lines, t.wrapped(row, widths)...)
		if i == 0 {
			headings = len(lines)
		}
	}
	return lines, headings
}

// fitted are widths of the columns that take at most total together: the widest columns shrink first, down to
// narrowCell and their longest words. ok is false where that is not enough.
func fitted(rows [][]string, total int) (widths []int, ok bool) {
	natural, least := make([]int, len(rows[0])), make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			natural[i], least[i] = max(natural[i], Width(cell)), max(least[i], longestPart(cell, total))
		}
	}
	limit := 0
	for i, w := range natural {
		limit, least[i] = max(limit, w), max(least[i], min(w, narrowCell))
	}
	widths = make([]int, len(natural))
	for ; limit > 0; limit-- {
		sum := 0
		for i := range widths {
			widths[i] = min(natural[i], max(least[i], limit))
			sum += widths[i]
		}
		if sum <= total {
			return widths, true
		}
	}
	return nil, false
}

// longestPart is the width of the longest part of a cell that Wrap keeps whole.
func longestPart(cell string, columns int) int {
	longest := 0
	for word := range strings.FieldsSeq(cell) {
		for _, part := range parts(word, columns) {
			longest = max(longest, Width(part))
		}
	}
	return longest
}

// wrapped are the lines of one row.
func (t Table) wrapped(row []string, widths []int) []string {
	cells := make([][]string, len(row))
	height := 1
	for i, cell := range row {
		cells[i] = Wrap(cell, widths[i])
		height = max(height, len(cells[i]))
	}
	lines := make([]string, height)
	for n := range lines {
		line := make([]string, len(row))
		for i := range row {
			if n < len(cells[i]) {
				line[i] = cells[i][n]
			}
		}
		lines[n] = t.line(line, widths)
	}
	return lines
}

// stacked are the rows below each other, with a blank line between them.
func (t Table) stacked(rows [][]string, width int) []string {
	label := 0
	for _, heading := range rows[0] {
		label = max(label, Width(heading))
	}
	var lines []string
	for n, row := range rows[1:] {
		if n > 0 {
			lines = append(lines, "")
		}
		for i, cell := range row {
			if cell == "" {
				continue
			}
			first := rows[0][i] + strings.Repeat(" ", label-Width(rows[0][i])) + columnGap
			for _, line := range Wrap(cell, width-Width(first)) {
				lines = append(lines, strings.TrimRight(first+line, " "))
				first = strings.Repeat(" ", Width(first))
			}
		}
	}
	return lines
}
