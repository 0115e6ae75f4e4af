package sns_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/sns"
)

const maxBytes = 262_144

func TestSubject(t *testing.T) {
	long := strings.Repeat("n", 255)
	tests := map[string]struct {
		title, name string
		want        string
	}{
		"short": {"a: cause", "a", "a: cause - Coverage lost (EKS, eu-central-1, payments)"},
		"99 characters": {"a: " + strings.Repeat("x", 50), "a",
			"a: " + strings.Repeat("x", 50) + " - Coverage lost (EKS, eu-central-1, payments)"},
		"100 characters": {"a: " + strings.Repeat("x", 51), "a",
			"a: " + strings.Repeat("x", 51) + " - Coverage lost"},
		"a long name leaves the cause": {long + ": pods cannot be scheduled", long,
			strings.Repeat("n", 54) + "...: pods cannot be scheduled - Coverage lost"},
		"a long name and a long cause": {long + ": " + strings.Repeat("c", 60), long,
			strings.Repeat("n", 18) + "...: " + strings.Repeat("c", 60) + " - Coverage lost"},
		"line breaks and controls": {"a\r\nBcc: a@example.com\x1b\x00 b", "b", "a Bcc: a@example.com?? b - Coverage lost (EKS, eu-central-1, payments)"},
		"typography":               {"“a” – don’t… [b] `c` ~ · |", "a", `a" - don't... (b) 'c' - - / - Coverage lost (EKS, eu-central-1, payments)`},
		"no ASCII letters":         {"クラスター a：理由", "a", "a: addon-pods-unschedulable UNHEALTHY EKS 111122223333"},
		"no title":                 {"", "a", "Coverage lost (EKS, eu-central-1, payments)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := lost()
			m.Title, recordOf(m).Resource.Name = test.title, test.name
			got := *publish(t, sns.Text, m).Subject
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			checkHeadline(t, got, 99)
		})
	}
}

// TestSubjectInJapanese holds what a person needs at 3 a.m. to ASCII: the resource, the issue, the status, the account.
func TestSubjectInJapanese(t *testing.T) {
	one, several, again := lost(), lost(), restored()
	one.Title, several.Title, again.Title = "payments-prod: スケジュール不可", "EKS クラスター 12 個: スケジュール不可", "payments-prod: 正常に復帰"
	recordOf(several).Group = &message.RecordGroup{Total: 12, Open: 12}
	long := lost()
	long.Title, recordOf(long).Resource.Name = one.Title, strings.Repeat("n", 100)
	for name, test := range map[string]struct {
		message message.Message
		want    string
	}{
		"one":         {one, "payments-prod: addon-pods-unschedulable UNHEALTHY EKS 111122223333"},
		"several":     {several, "12 EKS: addon-pods-unschedulable UNHEALTHY EKS 111122223333"},
		"again":       {again, "payments-prod HEALTHY EKS 111122223333"},
		"a long name": {long, strings.Repeat("n", 43) + "...: addon-pods-unschedulable UNHEALTHY EKS 111122223333"},
	} {
		got := *publish(t, sns.Text, test.message).Subject
		if got != test.want {
			t.Errorf("%s: got  %q\nwant %q", name, got, test.want)
		}
		checkHeadline(t, got, 99)
	}
}

// TestSMSInJapanese holds the message itself to one SMS, in which other letters take more room.
func TestSMSInJapanese(t *testing.T) {
	m := lost()
	m.Title, m.State = "payments-prod: エージェントポッドをスケジュールできません", "カバレッジ異常"
	long := lost()
	long.Title, recordOf(long).Resource.Name = strings.Repeat("n", 100)+": エージェントポッドをスケジュールできません", strings.Repeat("n", 100)
	for name, test := range map[string]struct {
		message message.Message
		want    string
	}{
		"short":             {m, "payments-prod: エージェントポッドをスケジュールできません カバレッジ異常"},
		"a long name":       {long, "nnnnnnnnnnn…: エージェントポッドをスケジュールできません Coverage lost"},
		"nothing but cause": {message.Message{Title: strings.Repeat("界", 71)}, strings.Repeat("界", 69) + "…"},
	} {
		if got := protocols(t, publish(t, sns.Text, test.message))["sms"]; got != test.want || len(utf16.Encode([]rune(got))) > 70 {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestSubjectBeginsWithALetterOrDigit(t *testing.T) {
	for _, title := range []string{`{"a":1}`, "=1+1", " - x", "[b]", "●", "/: 日", "“quoted”"} {
		m := lost()
		m.Title, m.State, m.Where = title, "", ""
		checkHeadline(t, *publish(t, sns.Text, m).Subject, 99)
	}
}

func TestSMSIsOneLineOf140Characters(t *testing.T) {
	for extra, want := range map[int]string{0: "x", 1: "..."} {
		m := lost()
		m.Title, m.State, m.Where = strings.Repeat("x", 140+extra), "", ""
		got := protocols(t, publish(t, sns.Text, m))["sms"]
		if len(got) != 140 || !strings.HasSuffix(got, want) {
			t.Errorf("%d characters too many: got %d, %q", extra, len(got), got)
		}
	}
}

func checkHeadline(t *testing.T, s string, limit int) {
	t.Helper()
	if s == "" || len(s) > limit {
		t.Errorf("%d characters: %q", len(s), s)
		return
	}
	for _, r := range s {
		if r < ' ' || r > '~' || strings.ContainsRune("`^{}[]~|\\", r) {
			t.Errorf("%q in %q", r, s)
		}
	}
	if first := s[0]; first < '0' || first > '9' && first < 'A' || first > 'Z' && first < 'a' || first > 'z' {
		t.Errorf("begins oddly: %q", s)
	}
}

// TestSizeLimit finds the longest issue text that is sent whole, and one more.
func TestSizeLimit(t *testing.T) {
	for format, copies := range map[sns.Format]int{sns.JSON: 1, sns.Text: 4} {
		t.Run(string(format), func(t *testing.T) {
			m := lost()
			m.Sections = nil
			recordOf(m).Findings[0].Text = ""
			room := (maxBytes - totalBytes(publish(t, format, m))) / copies

			recordOf(m).Findings[0].Text = strings.Repeat("x", room)
			input := publish(t, format, m)
			if total := totalBytes(input); total > maxBytes || total <= maxBytes-copies {
				t.Errorf("%d bytes, want all of %d", total, maxBytes)
			}
			if got := record(t, format, input).Findings[0].Text; len(got) != room {
				t.Errorf("the text that fits is cut to %d of %d", len(got), room)
			}

			recordOf(m).Findings[0].Text += "x"
			got := record(t, format, publish(t, format, m))
			if want := strings.Repeat("x", 993) + "… (cut)"; got.Findings[0].Text != want {
				t.Errorf("the text that does not fit is %.20q… of %d", got.Findings[0].Text, len(got.Findings[0].Text))
			}
			if len(got.Findings[0].Steps) == 0 {
				t.Error("the steps went before they had to")
			}
		})
	}
}

// TestProgramsReadTheSameInEveryLanguage cuts a record whose message is in Japanese.
func TestProgramsReadTheSameInEveryLanguage(t *testing.T) {
	m := lost()
	recordOf(m).Findings[0].Text = strings.Repeat("x", maxBytes)
	want := record(t, sns.JSON, publish(t, sns.JSON, m)).Findings[0].Text
	m.Title, m.Words = "クラスター", message.Words{Cut: "… (以下省略)"}
	if got := record(t, sns.JSON, publish(t, sns.JSON, m)).Findings[0].Text; got != want || !strings.HasSuffix(got, "… (cut)") {
		t.Errorf("got …%q, want …%q", got[len(got)-20:], want[len(want)-20:])
	}
}

func TestShrinkingLosesTheLeastFirst(t *testing.T) {
	long := strings.Repeat("界", 5000)
	finding := message.RecordFinding{ID: "a", Text: long, Steps: []message.RecordStep{{Text: "do"}}, Links: []message.RecordLink{{URL: "https://a"}}}
	many := func(f message.RecordFinding, n int) []message.RecordFinding {
		var list []message.RecordFinding
		for range n {
			list = append(list, f)
		}
		return list
	}
	longSteps, longLinks := finding, finding
	longSteps.Steps = []message.RecordStep{{Text: strings.Repeat(long, 20)}}
	longLinks.Links = []message.RecordLink{{URL: "https://a/" + strings.Repeat("a", maxBytes)}}
	tests := map[string]struct {
		findings                                []message.RecordFinding
		wantFindings, wantText                  int
		wantSteps, wantLinks, wantGroup, wantID bool
	}{
		"nothing":         {many(finding, 1), 1, 5000, true, true, true, true},
		"texts":           {many(finding, 30), 30, 1000, true, true, true, true},
		"steps":           {many(longSteps, 2), 2, 1000, false, true, true, true},
		"links":           {many(longLinks, 2), 2, 1000, false, false, false, true},
		"all but the one": {many(finding, 300), 1, 200, false, false, false, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := lost()
			recordOf(m).Findings = test.findings
			recordOf(m).Group = &message.RecordGroup{Total: 2, Open: 2, Names: []string{"a", "b"}}
			got := record(t, sns.JSON, publish(t, sns.JSON, m))
			if len(got.Findings) != test.wantFindings {
				t.Fatalf("%d findings, want %d", len(got.Findings), test.wantFindings)
			}
			first := got.Findings[0]
			if n := utf8.RuneCountInString(first.Text); n != test.wantText {
				t.Errorf("%d runes of text, want %d", n, test.wantText)
			}
			if (test.wantText < 5000) != strings.HasSuffix(first.Text, "… (cut)") {
				t.Errorf("the cut is not marked as it should be: %.20q", first.Text)
			}
			if (len(first.Steps) > 0) != test.wantSteps || (len(first.Links) > 0) != test.wantLinks || (len(got.Group.Names) > 0) != test.wantGroup {
				t.Errorf("steps %d, links %d, names %d", len(first.Steps), len(first.Links), len(got.Group.Names))
			}
			if got.Resource.Name != "payments-prod" || got.Group.Total != 2 {
				t.Errorf("what it is about is lost: %+v", got.Resource)
			}
		})
	}
}

func TestShrinkingLeavesTheCallersRecordAlone(t *testing.T) {
	m := lost()
	recordOf(m).Findings[0].Text = strings.Repeat("x", maxBytes)
	recordOf(m).Group = &message.RecordGroup{Total: 1, Names: []string{strings.Repeat("n", maxBytes)}}
	publish(t, sns.Text, m)
	if len(recordOf(m).Findings[0].Text) != maxBytes || len(recordOf(m).Findings[0].Steps) == 0 || len(recordOf(m).Group.Names) != 1 {
		t.Error("another sink would send what this one cut")
	}
}

func TestTextIsCutBetweenCharacters(t *testing.T) {
	m := message.Message{Title: "t", Words: message.Words{Cut: "…"}}
	overhead := len(protocols(t, publish(t, sns.Text, m))["default"]) + len("\n │ \n")
	for extra := range 3 {
		m.Sections = []message.Section{{Quote: strings.Repeat("a", extra) + strings.Repeat("界", 20_000)}}
		got := protocols(t, publish(t, sns.Text, m))["default"]
		if len(got) > 60_000 || len(got) < 60_000-3 || !utf8.ValidString(got) || !strings.HasSuffix(got, "界…") {
			t.Errorf("%d bytes ending in %q", len(got), got[len(got)-8:])
		}
	}
	m.Sections = []message.Section{{Quote: strings.Repeat("a", 60_000-overhead-4)}}
	if got := protocols(t, publish(t, sns.Text, m))["default"]; strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes were cut", len(got))
	}
}

func TestCustomNotificationCaps(t *testing.T) {
	for _, letter := range []string{"x", "覆"} {
		t.Run(letter, func(t *testing.T) { testCustomNotificationCaps(t, letter) })
	}
}

func testCustomNotificationCaps(t *testing.T, letter string) {
	at := func(n int) string { return strings.Repeat(letter, n) }
	tests := map[string]struct {
		change    func(m *message.Message, n int)
		limit     int
		get       func(notification) string
		untouched func(n int) string
	}{
		"title": {func(m *message.Message, n int) { m.Title = at(n) }, 250,
			func(q notification) string { return q.Content.Title }, at},
		"description": {func(m *message.Message, n int) { *m = message.Message{Summary: at(n)} }, 8000,
			func(q notification) string { return q.Content.Description }, at},
		"next step": {func(m *message.Message, n int) { m.First = &message.Step{Text: at(n)} }, 200,
			func(q notification) string { return q.Content.NextSteps[0] }, at},
		"keyword": {func(m *message.Message, n int) { recordOf(*m).Resource.Kind = at(n) }, 75,
			func(q notification) string { return q.Content.Keywords[0] }, at},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for n := test.limit; n <= test.limit+1; n++ {
				m := lost()
				test.change(&m, n)
				got := test.get(custom(t, m))
				if utf8.RuneCountInString(got) != test.limit || (got == test.untouched(n)) != (n == test.limit) {
					t.Errorf("%d characters become %d: …%q", n, utf8.RuneCountInString(got), got[len(got)-20:])
				}
			}
		})
	}
}

// TestCustomNotificationListsNextSteps: four of them in short, and the commands in the description alone.
func TestCustomNotificationListsNextSteps(t *testing.T) {
	var steps []message.Step
	for i := range 6 {
		steps = append(steps, message.Step{Text: fmt.Sprint("Step ", i+1), Command: fmt.Sprint("command-", i+1)})
	}
	m := lost()
	m.First = &message.Step{Text: "Step 0", Command: "command-0"}
	m.Sections = oneStep(steps...)
	q := custom(t, m)
	if got := strings.Join(q.Content.NextSteps, ", "); got != "Step 0, Step 1, Step 2, Step 3" {
		t.Errorf("next steps %s", got)
	}
	for i := range 7 {
		if !strings.Contains(q.Content.Description, fmt.Sprintf("Step %d\n`command-%d`", i, i)) {
			t.Errorf("the description lacks step %d: %s", i, q.Content.Description)
		}
	}
	m.Sections = append(m.Sections, message.Section{Text: strings.Repeat("s", 7000)})
	m.Sections = append(m.Sections, oneStep(message.Step{Text: "Run it.", Command: "aws eks " + strings.Repeat("a", 900)})...)
	if got := custom(t, m).Content.Description; strings.Contains(got, "aws eks") || !strings.HasSuffix(got, "… (cut)") {
		t.Errorf("a part of a command is shown: %q", got[7000:])
	}
}

func TestCustomNotificationIsHarmless(t *testing.T) {
	m := lost()
	m.Title, m.Summary = "<!here> & <@U1>", "[pay](https://evil.example)\x1b[2J"
	m.State, m.Context, m.Evidence, m.First = "", nil, nil, &message.Step{Text: "<!channel>", Command: "a `b` <c>"}
	q := custom(t, m)
	if want := "&lt;!here&gt; &amp; &lt;@U1&gt;"; q.Content.Title != want {
		t.Errorf("title %q, want %q", q.Content.Title, want)
	}
	if want := "[pay] (https://evil.example)\uFFFD[2J"; !strings.HasPrefix(q.Content.Description, want) {
		t.Errorf("description %q, want %q", q.Content.Description, want)
	}
	if want := "First: &lt;!channel&gt;\n```\na `b` &lt;c&gt;\n```"; !strings.Contains(q.Content.Description, want) {
		t.Errorf("description %q, want %q", q.Content.Description, want)
	}
	if want := "&lt;!channel&gt;"; q.Content.NextSteps[0] != want {
		t.Errorf("step %q, want %q", q.Content.NextSteps[0], want)
	}
	m.Title = strings.Repeat("x", 241) + "<!here>"
	if got := custom(t, m).Content.Title; strings.Contains(got, "&") {
		t.Errorf("half an entity is left in %q", got[240:])
	}
}

func TestSQSReceivesOnlyCharactersOfXML(t *testing.T) {
	m := lost()
	recordOf(m).Findings[0].Text = "a\x00\x1b\ufffe\uffff\xffb"
	for _, format := range []sns.Format{sns.Text, sns.JSON} {
		input := publish(t, format, m)
		if i := strings.IndexFunc(*input.Message, func(r rune) bool { return r < ' ' || r == '\ufffe' || r == '\uffff' }); i >= 0 {
			t.Errorf("%s: %q", format, (*input.Message)[i:i+4])
		}
		if got, want := record(t, format, input).Findings[0].Text, "a\x00\x1b\ufffe\uffff\uFFFDb"; got != want {
			t.Errorf("%s: the text arrives as %q, want %q", format, got, want)
		}
	}
}

func TestATimeThatJSONCannotHoldIsAPermanentError(t *testing.T) {
	m := lost()
	recordOf(m).ChangedAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := sns.New(&fakeClient{}, topic, sns.JSON, rand.Text).Send(t.Context(), m, "")
	checkError(t, err, true, 0)
}

func FuzzSend(f *testing.F) {
	f.Add("EKS a in 1: cause", "\x1b]0;a\a<!channel>", "`a` \u202e\xff", uint16(1), uint16(3))
	f.Add("界", "\x00\"\\", "[a](b)&<>", uint16(700), uint16(60))
	f.Fuzz(func(t *testing.T, a, b, c string, times, count uint16) {
		b = strings.Repeat(b, int(times%200))
		m := lost()
		m.Tone, m.Title, m.Summary = message.Tone(times%4), a, b
		m.Facts = []message.Fact{{Label: c, Value: b}}
		m.Words.Cut, m.Words.More, m.State, m.Where = c, a, c, b
		m.First = &message.Step{Text: b, Command: a}
		r := recordOf(m)
		r.Resource = message.RecordResource{Kind: c, Name: b, Account: a, Region: b, ARN: b, Cluster: b, AgentStatus: b}
		finding := message.RecordFinding{ID: "a", Type: a, Text: b, Title: c, Cause: b, Steps: []message.RecordStep{{Text: b, Command: c}}}
		r.Findings = nil
		for range count % 30 {
			r.Findings = append(r.Findings, finding)
			m.Sections = append(m.Sections, message.Section{
				Heading: a, Quote: b, Evidence: []message.Evidence{{Mark: message.Mark(count % 3), Check: c, Result: b}}, Steps: []message.Step{{Text: a, Command: b}},
			})
		}
		r.Evidence = []message.RecordEvidence{{Check: a, Result: b}}
		r.Group = &message.RecordGroup{Total: 1, Names: []string{a, b}}
		for _, format := range []sns.Format{sns.Text, sns.JSON, sns.AmazonQ} {
			input := publish(t, format, m)
			if !utf8.ValidString(*input.Message) {
				t.Errorf("%s: not UTF-8", format)
			}
			switch format {
			case sns.Text:
				bodies := protocols(t, input)
				checkHeadline(t, *input.Subject, 99)
				if sms := bodies["sms"]; len(sms) > 140 && len(utf16.Encode([]rune(sms))) > 70 || strings.Contains(sms, "\n") {
					t.Errorf("an SMS of %d bytes: %q", len(sms), sms)
				}
				validate(t, recordSchema, bodies["sqs"])
			case sns.JSON:
				validate(t, recordSchema, *input.Message)
			case sns.AmazonQ:
				validate(t, qSchema, *input.Message)
			}
		}
	})
}

// notification is as much of a custom notification as is looked at here.
type notification struct {
	Content struct {
		Title, Description  string
		NextSteps, Keywords []string
	}
}

func custom(t *testing.T, m message.Message) notification {
	t.Helper()
	body := *publish(t, sns.AmazonQ, m).Message
	validate(t, qSchema, body)
	var q notification
	if err := json.Unmarshal([]byte(body), &q); err != nil {
		t.Fatal(err)
	}
	return q
}

func oneStep(steps ...message.Step) []message.Section {
	return []message.Section{{Heading: "What to do", Steps: steps}}
}

// receivedRecord reads a record back as a subscriber would.
type receivedRecord struct {
	Resource message.RecordResource
	Findings []struct {
		Text  string
		Steps []message.RecordStep
		Links []message.RecordLink
	}
	Group message.RecordGroup
}

func record(t *testing.T, format sns.Format, input *awssns.PublishInput) receivedRecord {
	t.Helper()
	body := *input.Message
	if format == sns.Text {
		body = protocols(t, input)["sqs"]
	}
	validate(t, recordSchema, body)
	var r receivedRecord
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	return r
}
