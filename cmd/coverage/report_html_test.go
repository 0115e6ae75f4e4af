package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/report"
)

// uncovered is a resource that has been uncovered for so long.
func uncovered(kind coverage.Kind, name string, age time.Duration) coverage.State {
	return coverage.State{
		Resource: coverage.Resource{Kind: kind, Name: name, Account: "111122223333", Region: "eu-central-1"},
		Status:   coverage.Unhealthy, UpdatedAt: reportedAt.Add(-age), Issues: []string{"No Agent Reporting:Agent disconnected"},
	}
}

// past are reports of the days before, with more covered each day.
func past() []report.Summary {
	var past []report.Summary
	for day := range 5 {
		past = append(past, report.Summary{
			At: reportedAt.AddDate(0, 0, day-5), Regions: []string{"eu-central-1"},
			Kinds: map[coverage.Kind]report.Tally{"EKS": {Healthy: 4 + day, All: 10}, "EC2": {Healthy: 80 + 3*day, All: 100}},
		})
	}
	return past
}

// pageOf is the page of these states, after the reports before.
func pageOf(t *testing.T, language locale.Language, past []report.Summary, states ...coverage.State) string {
	t.Helper()
	var page strings.Builder
	shown, err := newHTMLReport(&page, view{language: language, zone: time.UTC}, nothingRemembered())
	if err != nil {
		t.Fatal(err)
	}
	builder := report.NewBuilder(past)
	for _, s := range states {
		if err := shown.resource(s, builder.Add(s)); err != nil {
			t.Fatal(err)
		}
	}
	if err := shown.end(t.Context(), builder.Report(reportedAt, []string{"eu-central-1"}, nil, 0)); err != nil {
		t.Fatal(err)
	}
	if err := shown.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(shown.file.Name()); !os.IsNotExist(err) {
		t.Errorf("its file is left: %v", err)
	}
	return page.String()
}

// TestPageDrawsTheTrend has the history of a week.
func TestPageDrawsTheTrend(t *testing.T) {
	for _, l := range locale.Languages() {
		folder := "testdata/report/golden/"
		if l.Code != locale.English().Code {
			folder += l.Code + "/"
		}
		page := pageOf(t, l, past(), uncovered("EKS", "shop", 50*time.Hour), uncovered("EC2", "i-1", time.Hour))
		compare(t, folder+"trend.html", page)
		for _, want := range []string{"<svg ", `<polyline class="line line0" points="44,`, `<polyline class="line line2" `, ">100%<"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the trend lacks %s", l.Code, want)
			}
		}
	}
}

// TestPageLoadsAndRunsNothingElse holds the page to its policy, which names its own style and script by their hashes.
func TestPageLoadsAndRunsNothingElse(t *testing.T) {
	page := pageOf(t, locale.English(), past(), uncovered("EKS", "shop", time.Hour))
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil {
		t.Fatal("the page has no policy")
	}
	rules := html.UnescapeString(policy[1])
	for element, rule := range map[string]string{"style": "style-src", "script": "script-src"} {
		all := regexp.MustCompile(`(?s)<`+element+`>(.*?)</`+element+`>`).FindAllStringSubmatch(page, -1)
		if len(all) != 1 || strings.Count(page, "<"+element) != 1 {
			t.Fatalf("%d %ss", len(all), element)
		}
		digest := sha256.Sum256([]byte(all[0][1]))
		if want := rule + " 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'"; !strings.Contains(rules, want) {
			t.Errorf("the policy lacks %s: %s", want, rules)
		}
	}
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(rules, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if strings.Contains(rules, "unsafe") {
		t.Errorf("the policy is not strict: %s", rules)
	}
	// A style or a handler in an attribute would need more than the policy allows.
	if found := regexp.MustCompile(`(?i)<[^>]*\s(style|src|srcset|on[a-z]+|xlink:href)=|<(link|img|iframe|object|base)\b|@import|url\(`).FindString(page); found != "" {
		t.Errorf("the page has %s", found)
	}
}

func TestPageEscapesWhatIsHostile(t *testing.T) {
	hostile := []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</table><h1>", "{{.Style}}", "&lt;b&gt;", "\x1b[31m\u202eevil", "`",
	}
	var states []coverage.State
	for _, text := range hostile {
		s := uncovered(coverage.Kind(text), text, time.Hour)
		s.Resource.Account, s.Resource.Region, s.Issues = text, text, []string{text}
		states = append(states, s)
	}
	page := pageOf(t, locale.English(), nil, states...)
	if strings.Count(page, "<script>") != 1 || strings.Contains(page, "<img") || strings.Contains(page, "<h1></") ||
		strings.ContainsAny(page, "\x1b\u202e") || strings.Count(page, "<h1>") != 1 {
		t.Error("a name is markup")
	}
	for _, want := range []string{"{{.Style}}", "&amp;lt;b&amp;gt;", "&lt;/table&gt;&lt;h1&gt;"} {
		if !strings.Contains(page, "<td>"+want+"</td>") {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestPageListsEverythingUncovered(t *testing.T) {
	const resources = 400
	many := guarddutytest.Region{Detector: "d", Len: resources, At: func(i int) guarddutytest.Resource {
		r := guarddutytest.Resource{AccountID: "111122223333", Status: "HEALTHY", Details: guarddutytest.Details{
			Type: "EKS", EKS: &guarddutytest.EKS{ClusterName: fmt.Sprint("c", i)},
		}}
		if i%2 == 0 {
			r.Status = "UNHEALTHY"
		}
		return r
	}}
	got := startReport(t, "", fakeCloud(t, "eu-central-1", map[string]guarddutytest.Region{"eu-central-1": many}), "--format", "html")
	if rows := strings.Count(got.stdout, "<tr><td>c"); rows != resources/2 || got.code != exitFine {
		t.Errorf("%d rows, exit code %d: %s", rows, got.code, got.stderr)
	}
}

// TestEvidenceTakesLittleMemory lists 100,000 uncovered resources as CSV and as a page.
func TestEvidenceTakesLittleMemory(t *testing.T) {
	const resources, most = 100_000, 8 << 20
	csvView, err := newCSVReport(io.Discard, io.Discard, locale.English(), nothingRemembered())
	if err != nil {
		t.Fatal(err)
	}
	page, err := newHTMLReport(io.Discard, view{language: locale.English(), zone: time.UTC}, nothingRemembered())
	if err != nil {
		t.Fatal(err)
	}
	for name, shown := range map[string]reportView{"csv": csvView, "html": page} {
		var before, after runtime.MemStats
		states := func(yield func(coverage.State, error) bool) {
			for i := range resources {
				if i == resources-1 {
					runtime.GC()
					runtime.ReadMemStats(&after)
				}
				if !yield(uncovered("EC2", fmt.Sprintf("i-%017x", i), time.Duration(i)*time.Minute), nil) {
					return
				}
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&before)
		r, err := count(states, []string{"eu-central-1"}, reportedAt, counting{shown, nothingRemembered()})
		if err == nil {
			err = shown.end(t.Context(), r)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > most || r.Total().All != resources {
			t.Errorf("%s: %d bytes more are in use after %d resources", name, grown, r.Total().All)
		}
		if err := shown.close(); err != nil {
			t.Error(err)
		}
	}
}
