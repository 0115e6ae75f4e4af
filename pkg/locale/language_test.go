package locale_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
)

var (
	codeSpan = regexp.MustCompile("`[^`]*`")
	// letters are what is left to translate of a text once its placeholders and code are out.
	letters = regexp.MustCompile(`\p{L}`)
)

// TestLanguagesSayTheSame holds every language to English: the same texts, with the same placeholders and code in them,
// and none that somebody forgot to translate.
func TestLanguagesSayTheSame(t *testing.T) {
	english := textsOf(locale.English())
	for _, l := range locale.Languages()[1:] {
		t.Run(l.Code, func(t *testing.T) {
			texts := textsOf(l)
			for _, name := range slices.Sorted(maps.Keys(english)) {
				want, got := english[name], texts[name]
				switch {
				case (got == "") != (want == ""):
					t.Errorf("%s is %q, in English %q", name, got, want)
				case !slices.Equal(occurring(catalogued, got), occurring(catalogued, want)):
					t.Errorf("%s has the placeholders %q, in English %q", name, occurring(catalogued, got), occurring(catalogued, want))
				case !slices.Equal(occurring(codeSpan, got), occurring(codeSpan, want)):
					t.Errorf("%s has the code %q, in English %q", name, occurring(codeSpan, got), occurring(codeSpan, want))
				case got == want && letters.MatchString(bare(want)):
					t.Errorf("%s is English still: %q", name, got)
				}
				delete(texts, name)
			}
			for _, name := range slices.Sorted(maps.Keys(texts)) {
				t.Errorf("%s is not in English: %q", name, texts[name])
			}
		})
	}
}

// catalogued are the placeholders of any text.
var catalogued = regexp.MustCompile(`\{[a-z0-9-]+\}`)

// textsOf is every text of a language by where it stands, in whatever table.
func textsOf(l locale.Language) map[string]string {
	l.Code, l.Docs = "", ""
	texts := map[string]string{}
	addTexts(texts, "", reflect.ValueOf(l))
	return texts
}

func addTexts(texts map[string]string, name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		texts[name] = v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			addTexts(texts, strings.TrimPrefix(name+"."+v.Type().Field(i).Name, "."), v.Field(i))
		}
	case reflect.Pointer:
		addTexts(texts, name, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			addTexts(texts, fmt.Sprintf("%s[%d]", name, i), v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			addTexts(texts, fmt.Sprintf("%s[%s]", name, key), v.MapIndex(key))
		}
	default:
		panic(fmt.Sprintf("%s is neither a text nor a table of texts", name))
	}
}

// occurring is what occurs of a pattern, sorted, each once.
func occurring(pattern *regexp.Regexp, text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(pattern.FindAllString(text, -1))))
}

func bare(text string) string {
	return catalogued.ReplaceAllString(codeSpan.ReplaceAllString(text, ""), "")
}

// slips are what Japanese typography does without.
var slips = map[string]*regexp.Regexp{
	"no blank between Japanese and Latin":      regexp.MustCompile("[ぁ-んァ-ヶー一-龠々][A-Za-z0-9`(]|[A-Za-z0-9`)][ぁ-んァ-ヶー一-龠々]"),
	"a blank beside full-width punctuation":    regexp.MustCompile(`[、。] | [、。]`),
	"a blank between Japanese characters":      regexp.MustCompile(`[ぁ-んァ-ヶー一-龠々] [ぁ-んァ-ヶー一-龠々]`),
	"ASCII punctuation behind Japanese":        regexp.MustCompile(`[ぁ-んァ-ヶー一-龠々][,.;!?]|[ぁ-んァ-ヶー一-龠々]:[^ ]`),
	"full-width letters, figures, or brackets": regexp.MustCompile(`[Ａ-Ｚａ-ｚ０-９（）：；，．　]`),
	"two blanks, or one at an end":             regexp.MustCompile(`  |^ | $`),
}

// polite are the ends of sentences.
var polite = regexp.MustCompile(`(ます|ました|ません|です|でした|ください|\))。`)

func TestJapaneseIsWellSet(t *testing.T) {
	sentence := regexp.MustCompile(`^Advice\.(Steps|Reaches|Credentials|Lacks)|\.(Cause|Precise)$|\.Says\[\d+\]$`)
	for name, text := range textsOf(locale.Japanese()) {
		if slices.Contains([]string{"Words.Time", "Words.Clock", "Report.Day"}, name) {
			continue // A layout has no blanks between figures and 年.
		}
		for slip, pattern := range slips {
			if at := pattern.FindString(text); at != "" {
				t.Errorf("%s: %s: %q in %s", name, slip, at, text)
			}
		}
		if rest := polite.ReplaceAllString(text, ""); strings.Contains(rest, "。") {
			t.Errorf("%s: a sentence ends in neither です nor ます: %s", name, text)
		}
		mixed := strings.HasPrefix(name, "Words.") || strings.HasPrefix(name, "Report.") ||
			strings.HasPrefix(name, "Organization.") || strings.HasPrefix(name, "Heartbeat.") ||
			strings.HasPrefix(name, "Inventory.")
		if text != "" && !mixed && sentence.MatchString(name) != strings.HasSuffix(text, "。") {
			t.Errorf("%s: sentences end in 。, titles and labels do not: %s", name, text)
		}
	}
}

// TestJapaneseSentencesAreWellSet fills in what ends in Latin, and what does not.
func TestJapaneseSentencesAreWellSet(t *testing.T) {
	w, r := locale.Japanese().Words, locale.Japanese().Report
	for _, text := range []string{
		locale.Fill(w.Titled, "name", "payments", "cause", locale.Fill(w.BackAfter, "duration", w.Length(time.Hour))),
		locale.Fill(w.Titled, "name", w.Many(coverage.EC2, 3), "cause", w.GroupBack),
		locale.Fill(w.Since, "time", "2026年3月2日 08:30 JST"),
		locale.Fill(w.MembersAndMore, "names", "i-0abc"+w.List+"i-0def", "n", "34"),
		locale.Fill(w.GroupSample, "name", "i-0abc"), locale.Fill(w.CauseWas, "cause", "エージェントの接続が切断"),
		locale.Fill(r.TitleChanged, "percent", "86.0%", "change", locale.Fill(r.Less, "points", "2.4"), "scope", "eu-west-1"),
		locale.Fill(r.Lost, "time", "2026年3月2日 08:30 JST", "names", locale.Fill(r.AndMore, "names", "a", "n", "3")),
	} {
		for slip, pattern := range slips {
			if at := pattern.FindString(strings.ReplaceAll(text, "年3月2日", "")); at != "" {
				t.Errorf("%s: %q in %s", slip, at, text)
			}
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for code, want := range map[string]string{"en": "en", "ja": "ja", "JA": "ja", "tlh": "", "": ""} {
		if got, ok := locale.Of(code); got.Code != want || ok != (want != "") {
			t.Errorf("%q is %q, %v; want %q", code, got.Code, ok, want)
		}
	}
	for _, l := range locale.Languages() {
		if got, ok := locale.Of(l.Code); !ok || got.Code != l.Code {
			t.Errorf("%q is among the languages, and is %q, %v by its code", l.Code, got.Code, ok)
		}
	}
}

func TestMomentsByLanguage(t *testing.T) {
	moment := time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)
	for _, test := range []struct{ layout, want string }{
		{locale.English().Words.Time, "2026-03-02 08:30:00 UTC"},
		{locale.Japanese().Words.Time, "2026年3月2日 08:30:00 UTC"},
		{locale.English().Words.Clock, "2026-03-02 08:30 UTC"},
		{locale.Japanese().Words.Clock, "2026年3月2日 08:30 UTC"},
		{locale.English().Report.Day, "2 Mar 08:30"},
		{locale.Japanese().Report.Day, "3月2日 08:30"},
	} {
		if got := moment.Format(test.layout); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

// TestLinksLeadToPagesInTheLanguage looks at every page: those of other guides as well.
func TestLinksLeadToPagesInTheLanguage(t *testing.T) {
	const japanese = "https://docs.aws.amazon.com/ja_jp/"
	r := coverage.Resource{Kind: coverage.EC2, Name: "i-0abc1234def567890", Region: "ap-northeast-1", ClusterARN: "arn:aws:eks:ap-northeast-1:111122223333:cluster/prod"}
	others := 0
	urls := func(l locale.Language, id catalog.ID) []string {
		advice := catalog.Explain(catalog.Finding{ID: id}, catalog.Case{Resource: r})
		all := []string{l.Documentation(advice)}
		for _, page := range l.Pages(advice) {
			all = append(all, page.URL)
		}
		return all
	}
	for _, e := range catalog.All() {
		want := urls(locale.English(), e.ID)
		for i, url := range urls(locale.Japanese(), e.ID) {
			if url != strings.Replace(want[i], "https://docs.aws.amazon.com/", japanese, 1) || !strings.HasPrefix(url, japanese) {
				t.Errorf("%s leads to %s, in English to %s", e.ID, url, want[i])
			}
			if !strings.HasPrefix(url, japanese+"guardduty/") {
				others++
			}
		}
	}
	if others == 0 {
		t.Error("no page of another guide among them")
	}
}
