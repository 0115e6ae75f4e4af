package slack_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/slack"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// report is a message with two charts and a table of so many rows.
func report(rows int) message.Message {
	return message.Message{
		Title:   "Coverage report · 96.4% covered",
		Summary: "1204 of 1249 resources are covered.",
		Context: []message.Item{{Text: "96.4% (1204 of 1249)"}},
		Sections: []message.Section{
			{Chart: &message.Chart{
				Title: "By kind", Unit: "%", Categories: []string{"EKS", "EC2"},
				Series: []message.Series{{Name: "Before", Values: []float64{97, 99.9}}, {Name: "Now", Values: []float64{96.4, 100}}},
			}},
			{Heading: "Not covered", Text: "Why.", Table: grid(rows, 3), Steps: []message.Step{{Text: "Do this.", Command: "aws"}}},
			{Heading: "Trend", Table: grid(2, 2), Chart: &message.Chart{
				Title: "Trend", Line: true, Unit: "%", Categories: []string{"1 Mar", "2 Mar"},
				Series: []message.Series{{Name: "All", Values: []float64{90, 91.5}}},
			}},
		},
		Words: english,
	}
}

func grid(rows, columns int) *message.Table {
	t := &message.Table{Caption: "Grid"}
	for c := range columns {
		t.Columns = append(t.Columns, message.Column{Heading: fmt.Sprintf("Column %d", c), Right: c == 0})
	}
	for r := range rows {
		row := make([]string, columns)
		for c := range row {
			row[c] = fmt.Sprintf("r%d <c%d>", r, c)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func hostileTable(rows, columns int, heading, text string) *message.Table {
	t := &message.Table{Caption: text, More: rows - 1}
	for range columns {
		t.Columns = append(t.Columns, message.Column{Heading: heading})
	}
	for i := range rows {
		t.Rows = append(t.Rows, slices.Repeat([]string{text}, i%(columns+2)))
	}
	return t
}

func hostileChart(points, series int, title, text string) *message.Chart {
	c := &message.Chart{Title: title, Unit: text}
	for i := range points {
		c.Categories = append(c.Categories, fmt.Sprint(text, i))
	}
	for i := range series {
		c.Series = append(c.Series, message.Series{Name: fmt.Sprint(title, i), Values: make([]float64, points)})
	}
	return c
}

// check is sent for blocks alone.
func check(t *testing.T, blocks []slackgo.Block) []byte {
	t.Helper()
	raw, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	if refusal := slacktest.Check("", raw); refusal != nil {
		t.Fatalf("Slack would refuse it: %s %q", refusal.Code, refusal.Messages)
	}
	return raw
}

func TestReportGolden(t *testing.T) {
	for name, blocks := range map[string][]slackgo.Block{"report": slack.Blocks(report(3)), "report-plain": slack.PlainBlocks(report(3))} {
		t.Run(name, func(t *testing.T) {
			check(t, blocks)
			got, err := json.MarshalIndent(blocks, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			path := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("-want +got, rewrite with -update:\n%s", diff)
			}
		})
	}
}

// types are those of the blocks, without the text that is always there.
func types(t *testing.T, blocks []slackgo.Block) string {
	t.Helper()
	check(t, blocks)
	var names []string
	for _, b := range blocks {
		names = append(names, string(b.BlockType()))
	}
	return strings.Join(names, " ")
}

func TestWhatIsDrawn(t *testing.T) {
	bad := func(change func(*message.Chart)) message.Message {
		m := report(1)
		m.Sections = m.Sections[2:]
		change(m.Sections[0].Chart)
		return m
	}
	three := report(1)
	three.Sections = append(three.Sections, three.Sections[2])
	const start = "header context section "
	tests := map[string]struct {
		m    message.Message
		want string
	}{
		"charts and a table":         {report(1), start + "data_visualization section data_table section data_visualization"},
		"no rows":                    {report(0), start + "data_visualization section data_visualization"},
		"a third chart is a table":   {three, start + "data_visualization section data_table section data_visualization section data_table"},
		"a value is missing":         {bad(func(c *message.Chart) { c.Series[0].Values = c.Series[0].Values[:1] }), start + "section data_table"},
		"a value is no number":       {bad(func(c *message.Chart) { c.Series[0].Values[1] = math.NaN() }), start + "section data_table"},
		"two names alike":            {bad(func(c *message.Chart) { c.Series = append(c.Series, c.Series[0]) }), start + "section data_table"},
		"two categories alike":       {bad(func(c *message.Chart) { c.Categories[0] = c.Categories[1] }), start + "section data_table"},
		"too many categories":        {bad(func(c *message.Chart) { *c = *hostileChart(21, 1, "Trend", "x") }), start + "section data_table"},
		"twenty categories":          {bad(func(c *message.Chart) { *c = *hostileChart(20, 6, "Trend", "x") }), start + "data_visualization"},
		"too many series":            {bad(func(c *message.Chart) { *c = *hostileChart(20, 7, "Trend", "x") }), start + "section data_table"},
		"nothing in it":              {bad(func(c *message.Chart) { *c = message.Chart{} }), start + "section data_table"},
		"a label that has to be cut": {bad(func(c *message.Chart) { c.Categories[0] = strings.Repeat("😀", 30) }), start + "data_visualization"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := types(t, slack.Blocks(test.m)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if got := types(t, slack.PlainBlocks(test.m)); strings.Contains(got, "data_") {
				t.Errorf("plainly: %s", got)
			}
		})
	}
}

// tablesOf are the numbers of rows of the data tables, and everything else as one text.
func tablesOf(t *testing.T, blocks []slackgo.Block) (rows []int, rest string) {
	t.Helper()
	check(t, blocks)
	for _, b := range blocks {
		switch b := b.(type) {
		case *slackgo.DataTableBlock:
			rows = append(rows, len(b.Rows)-1)
		case *slackgo.SectionBlock:
			if b.Text != nil {
				rest += b.Text.Text + "\n"
			}
		}
	}
	return rows, rest
}

func TestRowsThatDoNotFit(t *testing.T) {
	wide := report(50)
	for _, row := range wide.Sections[1].Table.Rows {
		row[1] = strings.Repeat("w", 1000)
	}
	several := report(100)
	for range 9 {
		several.Sections = append(several.Sections, message.Section{Heading: "Another", Table: grid(60, 3)})
	}
	cut := report(3)
	cut.Sections[1].Table.More = 99997
	tests := map[string]struct {
		m    message.Message
		rows []int
		says string
	}{
		"1":                            {report(1), []int{1}, ""},
		"50":                           {report(50), []int{50}, ""},
		"100":                          {report(100), []int{100}, ""},
		"101":                          {report(101), []int{100}, "… 1 more"},
		"3 of 100,000":                 {cut, []int{3}, "… 99997 more"},
		"long cells are cut":           {wide, []int{50}, ""},
		"several share the characters": {several, slices.Repeat([]int{41}, 10), "… 59 more"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rows, text := tablesOf(t, slack.Blocks(test.m))
			if diff := cmp.Diff(test.rows, rows); diff != "" {
				t.Errorf("rows, -want +got:\n%s", diff)
			}
			if !strings.Contains(text, test.says) || test.says == "" && strings.Contains(text, " more") {
				t.Errorf("lacks %q, or says that rows are missing: %s", test.says, text)
			}
			rows, text = tablesOf(t, slack.PlainBlocks(test.m))
			if len(rows) != 0 || !strings.Contains(text, "Column 0") || !strings.Contains(text, "Do this.") {
				t.Errorf("plainly: %v, %s", rows, text)
			}
		})
	}
}

func TestPlainTableKeepsItsRowsAndSaysWhatIsMissing(t *testing.T) {
	_, text := tablesOf(t, slack.PlainBlocks(report(95)))
	shown := strings.Count(text, "&lt;c2&gt;")
	if shown < 50 || shown >= 95 || !strings.Contains(text, fmt.Sprintf("… %d more", 95-shown)) {
		t.Errorf("%d rows are shown: %s", shown, text)
	}
	if !strings.Contains(text, "Column 0  Column 1  Column 2\n r0 &lt;c0&gt;  r0 &lt;c1&gt;   r0 &lt;c2&gt;\n") {
		t.Errorf("the columns are not aligned: %s", text)
	}
}

func TestSendsAgainPlainlyWhereBlocksAreRefused(t *testing.T) {
	for _, unknown := range [][]string{{"data_table"}, {"data_visualization"}, {"data_table", "data_visualization"}} {
		for name, sinkOf := range map[string]func(*testing.T, *slacktest.Server) *slack.Sink{"bot": botSink, "webhook": hookSink} {
			t.Run(name+" "+strings.Join(unknown, " "), func(t *testing.T) {
				server := slacktest.New(t, slacktest.Options{Unsupported: unknown})
				mustSend(t, sinkOf(t, server), report(50), "")
				told := server.Messages()
				if len(told) != 1 || server.Requests("") != 2 || server.Refused("invalid_blocks") != 1 {
					t.Fatalf("%d messages, %d requests, %d refusals", len(told), server.Requests(""), server.Refused(""))
				}
				for _, fact := range []string{"96.4% (1204 of 1249)", "r0 \\u0026lt;c0\\u0026gt;", "Do this.", "Trend"} {
					if body := string(told[0].Blocks); !strings.Contains(body, fact) && !strings.Contains(body, strings.ReplaceAll(fact, `\u0026`, "&")) {
						t.Errorf("lacks %q: %s", fact, body)
					}
				}
			})
		}
	}
}

func TestSendsNativelyWhereBlocksAreTaken(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	mustSend(t, botSink(t, server), report(50), "")
	if told := server.Messages(); server.Requests("") != 1 || !strings.Contains(string(told[0].Blocks), "data_table") {
		t.Errorf("%d requests: %s", server.Requests(""), told[0].Blocks)
	}
}

func TestUpdatesPlainlyWhereBlocksAreRefused(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{Unsupported: []string{"data_table"}})
	sink := botSink(t, server)
	ref := mustSend(t, sink, lost(), "")
	if again := mustSend(t, sink, report(1), ref); again != ref {
		t.Errorf("got ref %q, want %q", again, ref)
	}
	if got := server.Messages(); len(got) != 2 || got[0].Edits != 1 || got[1].ThreadTS != got[0].TS {
		t.Errorf("got %+v", got)
	}
}

func TestARefusedReplyIsNotAReasonToChangeTheMessage(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	sink := botSink(t, server)
	ref := mustSend(t, sink, lost(), "")
	server.Fail(slacktest.Fault{Op: "chat.postMessage", Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"ok":false,"error":"invalid_blocks"}`})
	if got := mustSend(t, sink, report(1), ref); got != ref || server.Requests("") != 4 {
		t.Errorf("ref %q, %d requests", got, server.Requests(""))
	}
	messages := server.Messages()
	if !strings.Contains(string(messages[0].Blocks), "data_table") || messages[0].Edits != 1 {
		t.Errorf("the message lost its table, or was changed twice: %+v", messages[0])
	}
	if len(messages) != 2 || len(messages[1].Blocks) > 0 || messages[1].ThreadTS != messages[0].TS {
		t.Errorf("the reply is not text alone: %+v", messages[1:])
	}
}

// TestSendsTextWhereBlocksAreRefused has a Slack that refuses whatever has blocks, in every way that Slack
// has.
func TestSendsTextWhereBlocksAreRefused(t *testing.T) {
	const (
		lostLine     = "🔴 payments: add-on missing (EKS, eu-west-1, R&amp;D)"
		restoredLine = "🟢 payments: 正常に復帰"
		reportLine   = "🔵 Coverage report · 96.4% covered"
	)
	codes := []string{
		"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_payload",
	}
	for _, code := range codes {
		t.Run("bot "+code, func(t *testing.T) {
			server := slacktest.New(t, slacktest.Options{RefuseBlocks: code})
			sink := botSink(t, server)
			ref := mustSend(t, sink, lost(), "")
			if want := server.Channel() + "/" + server.Messages()[0].TS; ref != want {
				t.Errorf("the ref is %q, want %q", ref, want)
			}
			expect(t, server, seen{First: lostLine})
			if again := mustSend(t, sink, restored(), ref); again != ref {
				t.Errorf("the ref became %q", again)
			}
			edited, reply := seen{First: restoredLine, Edits: 1}, seen{First: restoredLine, InThread: true}
			expect(t, server, edited, reply)
			before := server.Requests("")
			mustSend(t, sink, report(3), "")
			expect(t, server, edited, reply, seen{First: reportLine})
			if n := server.Requests("") - before; n != 3 {
				t.Errorf("%d requests for the report, want native blocks, plain ones, and text", n)
			}
		})
		t.Run("webhook "+code, func(t *testing.T) {
			server := slacktest.New(t, slacktest.Options{RefuseBlocks: code})
			mustSend(t, hookSink(t, server), lost(), "")
			mustSend(t, hookSink(t, server), report(3), "")
			expect(t, server, seen{First: lostLine}, seen{First: reportLine})
		})
	}
}

// TestTextReplacesBlocks begins with blocks and refuses them only once the message is updated.
func TestTextReplacesBlocks(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	sink := botSink(t, server)
	ref := mustSend(t, sink, lost(), "")
	server.Fail(slacktest.Fault{Op: "chat.update", Body: `{"ok":false,"error":"msg_blocks_too_long"}`})
	update := restored()
	update.Update = true
	mustSend(t, sink, update, ref)
	got := server.Messages()
	if len(got) != 1 || got[0].Edits != 1 || len(got[0].Blocks) > 0 || !strings.Contains(got[0].Text, "🟢") {
		t.Errorf("blocks of the loss stay in the recovery: %+v", got)
	}
}

func TestTextIsWithinItsLimitsAndEscaped(t *testing.T) {
	m := lost()
	m.Title, m.Summary = "<!channel> & <@U1>", strings.Repeat("<界>", 20_000)
	server := slacktest.New(t, slacktest.Options{RefuseBlocks: "invalid_blocks"})
	sink := botSink(t, server)
	mustSend(t, sink, m, mustSend(t, sink, m, ""))
	for _, told := range server.Messages() {
		if !strings.Contains(told.Text, "&lt;!channel&gt; &amp; &lt;@U1&gt;") || len(told.Text) > 3999 {
			t.Errorf("%d bytes: %.100s", len(told.Text), told.Text)
		}
	}
}

func TestSendsAgainOnlyWhenTheContentIsRefused(t *testing.T) {
	tests := map[string]struct {
		m    message.Message
		code string
		want int
	}{
		"blocks are refused":        {restored(), "invalid_blocks", 2},
		"a fold is refused":         {lost(), "invalid_blocks", 3},
		"the channel is gone":       {report(1), "channel_not_found", 1},
		"native blocks are refused": {report(1), "invalid_blocks", 3},
		"the blocks are too large":  {report(1), "msg_blocks_too_long", 3},
		"Slack has an error":        {report(1), "internal_error", 1},
		"a rate limit":              {report(1), "ratelimited", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := slacktest.New(t, slacktest.Options{})
			fault := slacktest.Fault{Op: "chat.postMessage", Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"ok":false,"error":"` + test.code + `"}`}
			server.Fail(fault, fault, fault)
			_, err := botSink(t, server).Send(t.Context(), test.m, "")
			if outcome := outcomeOf(t, err); outcome.Code != test.code || server.Requests("") != test.want {
				t.Errorf("%d requests, want %d; %+v", server.Requests(""), test.want, outcome)
			}
		})
	}
}

// TestWhatIsRefusedIsRemembered: a workspace that knows no containers is asked once, and keeps its tables.
func TestWhatIsRefusedIsRemembered(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{Unsupported: []string{"container"}})
	sink := botSink(t, server)
	for range 3 {
		mustSend(t, sink, lost(), "")
	}
	mustSend(t, sink, report(1), "")
	if got := server.Refused("invalid_blocks"); got != 1 || server.Requests("") != 5 {
		t.Errorf("%d refusals, %d requests", got, server.Requests(""))
	}
	told := server.Messages()
	for i, m := range told[:3] {
		for _, want := range []string{"Everything else", "create-addon", "111122223333:cluster"} {
			if !strings.Contains(string(m.Blocks), want) {
				t.Errorf("message %d lacks %q: %s", i, want, m.Blocks)
			}
		}
	}
	if !strings.Contains(string(told[3].Blocks), "data_table") {
		t.Errorf("the report lost its table: %s", told[3].Blocks)
	}
}

// TestAnotherRefusalIsNotRemembered: blocks that are refused either way say nothing about the workspace.
func TestAnotherRefusalIsNotRemembered(t *testing.T) {
	server := slacktest.New(t, slacktest.Options{})
	sink := botSink(t, server)
	fault := slacktest.Fault{Op: "chat.postMessage", Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"ok":false,"error":"invalid_blocks"}`}
	server.Fail(fault, fault)
	mustSend(t, sink, lost(), "")
	mustSend(t, sink, lost(), "")
	told := server.Messages()
	if len(told) != 2 || !strings.Contains(told[0].Text, "First: See what is there.") || !strings.Contains(string(told[1].Blocks), `"container"`) {
		t.Errorf("got %+v", told)
	}
}
