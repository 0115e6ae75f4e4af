package slacktest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// Parts of blocks that Slack draws.
func cells(columns, length int) string {
	return `[` + times(columns, `{"type":"raw_text","text":"`+strings.Repeat("x", length)+`"}`) + `]`
}

func table(rows, columns, length int) string {
	return `{"type":"data_table","caption":"x","rows":[` + times(rows, cells(columns, length)) + `]}`
}

func chart(series, points int, label string) string {
	var categories, data, all []string
	for i := range points {
		categories = append(categories, fmt.Sprintf(`"%s%02d"`, label, i))
		data = append(data, fmt.Sprintf(`{"label":"%s%02d","value":-1.5}`, label, i))
	}
	for i := range series {
		all = append(all, fmt.Sprintf(`{"name":"%s%02d","data":[%s]}`, label, i, strings.Join(data, ",")))
	}
	return `{"type":"data_visualization","title":"x","chart":{"type":"line","series":[` + strings.Join(all, ",") +
		`],"axis_config":{"categories":[` + strings.Join(categories, ",") + `],"y_label":"%"}}}`
}

func TestCheckLimitsOfTablesAndCharts(t *testing.T) {
	tests := map[string]struct {
		most int
		make func(n int) string
		says string
	}{
		"rows":    {101, func(n int) string { return table(n, 1, 1) }, "a header and 1 to 100 more"},
		"columns": {20, func(n int) string { return table(2, n, 1) }, "1 to 20 are allowed [json-pointer:/blocks/0/rows/0]"},
		"cells":   {1250, func(n int) string { return table(4, 1, n) + "," + table(4, 1, n) }, "no more than 10000 characters in all tables"},
		"page": {100, func(n int) string {
			return strings.Replace(table(2, 1, 1), `"caption"`, fmt.Sprintf(`"page_size":%d,"caption"`, n), 1)
		}, "must be 1 to 100"},
		"header column": {2, func(n int) string {
			return strings.Replace(table(2, 3, 1), `"caption"`, fmt.Sprintf(`"row_header_column_index":%d,"caption"`, n), 1)
		}, "there is no column 3"},
		"charts":     {2, func(n int) string { return times(n, chart(1, 1, "x")) }, "no more than 2 charts allowed"},
		"series":     {6, func(n int) string { return chart(n, 1, "x") }, "7 items: 1 to 6 are allowed"},
		"categories": {20, func(n int) string { return chart(1, n, "x") }, "21 items: 1 to 20 are allowed"},
		"label":      {18, func(n int) string { return chart(1, 1, strings.Repeat("x", n)) }, "must be less than 21 characters"},
		"title": {50, func(n int) string {
			return strings.Replace(chart(1, 1, "x"), `"title":"x"`, `"title":"`+strings.Repeat("x", n)+`"`, 1)
		}, "must be less than 51 characters [json-pointer:/blocks/0/title]"},
		"axis": {50, func(n int) string {
			return strings.Replace(chart(1, 1, "x"), `"y_label":"%"`, `"y_label":"`+strings.Repeat("x", n)+`"`, 1)
		}, "must be less than 51 characters [json-pointer:/blocks/0/chart/axis_config/y_label]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if refusal := slacktest.Check("", json.RawMessage(`[`+test.make(test.most)+`]`)); refusal != nil {
				t.Errorf("%d: %v", test.most, refusal)
			}
			refusal := slacktest.Check("", json.RawMessage(`[`+test.make(test.most+1)+`]`))
			if refusal == nil || !strings.Contains(strings.Join(refusal.Messages, "\n"), test.says) {
				t.Errorf("%d: %v, want %q", test.most+1, refusal, test.says)
			}
		})
	}
}

func TestCheckRefusesBrokenTablesAndCharts(t *testing.T) {
	good := table(3, 2, 1) + "," + chart(2, 2, "x")
	if refusal := slacktest.Check("", json.RawMessage(`[`+good+`]`)); refusal != nil {
		t.Fatal(refusal)
	}
	for name, change := range map[string][2]string{
		"a table that is a header only":    {table(3, 2, 1), table(1, 2, 1)},
		"a table without rows":             {table(3, 2, 1), table(0, 2, 1)},
		"a row that is shorter":            {cells(2, 1), cells(1, 1)},
		"a cell of another type":           {"raw_text", "rich_text"},
		"a cell that is empty":             {`"text":"x"`, `"text":""`},
		"a cell with a field of its own":   {`"text":"x"`, `"text":"x","value":1`},
		"a table without a caption":        {`"caption":"x"`, `"caption":" "`},
		"a caption with a control":         {`"caption":"x"`, `"caption":"x\u0007"`},
		"a chart of another type":          {`"type":"line"`, `"type":"radar"`},
		"a chart without a title":          {`"title":"x"`, `"title":""`},
		"a chart without an axis":          {`"axis_config"`, `"axis"`},
		"a series of the same name":        {`"name":"x01"`, `"name":"x00"`},
		"a category twice":                 {`"categories":["x00","x01"]`, `"categories":["x00","x00"]`},
		"a value that is missing":          {`"label":"x01","value":-1.5`, `"label":"x01"`},
		"a point of no category":           {`{"label":"x01"`, `{"label":"x02"`},
		"a block id that is taken already": {`"type":"data_table"`, `"type":"divider","block_id":"a"},{"block_id":"a","type":"data_table"`},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, change[0], change[1], 1)
			if bad == good {
				t.Fatalf("%s does not occur", change[0])
			}
			if slacktest.Check("", json.RawMessage(`[`+bad+`]`)) == nil {
				t.Errorf("accepted: %s", bad)
			}
		})
	}
}
