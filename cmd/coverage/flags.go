package main

import (
	"cmp"
	"errors"
	"flag"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

// format is how a message is shown.
type format string

const (
	asText    format = "text"
	asJSON    format = "json"
	asSlack   format = "slack"
	asBuilder format = "builder"
)

// options are what the command line asks for.
type options struct {
	format   format
	language catalog.Language
	words    words
	style    message.Style
	send     bool
	diagnose bool
	catalog  bool
	// issue is set when a text is to be explained rather than files told.
	issue *issue
	files []string
	// report is set when coverage is to be reported: live, or from saved answers in a file.
	report  bool
	saved   string
	regions []string
	// routes is the file with the rules that are to be shown at work.
	routes string
}

// flags are the command line as it was written.
type flags struct {
	format, language, color string
	send, diagnose          bool
	catalog, help           bool
	issue                   string
	name, account           string
	regions                 []string
	report                  bool
	file, routes            string
	arguments               []string
	given                   map[string]bool
}

// parse reads the command line. The error is flag.ErrHelp when help was asked for. The options have words in any case.
func parse(args []string, p process) (options, error) {
	f, unreadable := readFlags(args)
	o := options{
		format: format(f.format), send: f.send, diagnose: f.diagnose, catalog: f.catalog, files: f.arguments,
		report: f.report, saved: f.file, regions: f.regions, routes: f.routes,
	}
	code := cmp.Or(f.language, p.getenv("MESSAGE_LANGUAGE"), catalog.English.Code)
	language, spoken := catalog.LanguageOf(code)
	if !spoken {
		language = catalog.English
	}
	o.language, o.words = language, wordsOf(language)
	w := o.words
	var err error
	switch {
	case unreadable != nil:
		return o, wrong(w.BadFlags, "reason", unreadable.Error())
	case f.help:
		return o, flag.ErrHelp
	case !slices.Contains([]format{asText, asJSON, asSlack, asBuilder}, o.format):
		return o, wrong(w.BadFormat, "value", strconv.Quote(f.format))
	case !spoken:
		return o, wrong(w.BadLanguage, "languages", w.languages(), "value", strconv.Quote(code))
	}
	if o.style, err = styleOf(f.color, p, w); err != nil {
		return o, err
	}
	if contradiction := f.contradiction(w); contradiction != "" {
		return o, wrong(contradiction)
	}
	if f.given["issue"] {
		o.files = nil
		o.issue, err = newIssue(f, p.getenv, w)
	}
	return o, err
}

// wrong is a sentence as an error.
func wrong(sentence string, pairs ...string) error {
	return errors.New(catalog.Fill(sentence, pairs...))
}

// readFlags lets flags stand behind arguments, too: -issue EKS "text" -format json.
func readFlags(args []string) (flags, error) {
	f := flags{given: make(map[string]bool)}
	set := flag.NewFlagSet("replay", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.format, "format", string(asText), "")
	set.StringVar(&f.language, "lang", "", "")
	set.StringVar(&f.color, "color", "auto", "")
	set.BoolVar(&f.help, "h", false, "")
	set.BoolVar(&f.help, "help", false, "")
	set.BoolVar(&f.send, "send", false, "")
	set.BoolVar(&f.diagnose, "diagnose", false, "")
	set.BoolVar(&f.catalog, "catalog", false, "")
	set.StringVar(&f.issue, "issue", "", "")
	set.StringVar(&f.name, "name", "", "")
	set.StringVar(&f.account, "account", "", "")
	set.BoolVar(&f.report, "report", false, "")
	set.StringVar(&f.file, "file", "", "")
	set.StringVar(&f.routes, "routes", "", "")
	set.Func("region", "", func(region string) error {
		if !slices.Contains(f.regions, region) {
			f.regions = append(f.regions, region)
		}
		return nil
	})
	for {
		if err := set.Parse(args); err != nil {
			return f, err
		}
		read := len(args) - set.NArg()
		if set.NArg() == 0 || read > 0 && args[read-1] == "--" {
			f.arguments = append(f.arguments, set.Args()...)
			break
		}
		f.arguments = append(f.arguments, set.Arg(0))
		args = set.Args()[1:]
	}
	set.Visit(func(given *flag.Flag) { f.given[given.Name] = true })
	return f, nil
}

// contradiction says what cannot be asked for together; it is empty where nothing is wrong.
func (f flags) contradiction(w words) string {
	explain := f.given["issue"]
	switch {
	case f.given["routes"] && (f.report || f.catalog || explain || f.send || f.diagnose):
		return w.RoutesAlone
	case f.given["routes"] && f.format != string(asText) && f.format != string(asJSON):
		return w.RoutesFormat
	case f.given["routes"] && (f.routes == "" || f.routes == "-"):
		return w.RoutesNeedsFile
	case f.report && (f.catalog || explain || f.send || f.diagnose || f.given["name"] || f.given["account"]):
		return w.ReportAlone
	case f.report && len(f.arguments) > 0:
		return w.ReportTakesNoEvent
	case f.given["file"] && (!f.report || f.file == ""):
		return w.FileIsForReport
	case f.given["file"] && len(f.regions) > 1:
		return w.FileOfOneRegion
	case explain && len(f.regions) > 1:
		return w.IssueOfOneRegion
	case f.catalog && (explain || f.send || f.diagnose || len(f.arguments) > 0):
		return w.CatalogueAlone
	case f.catalog && f.format != string(asText) && f.format != string(asJSON):
		return w.CatalogueFormat
	case explain && f.send:
		return w.IssueIsNotSent
	case explain && f.diagnose && (f.name == "" || f.account == "" || len(f.regions) == 0):
		return w.DiagnosisNeedsResource
	case explain && len(f.arguments) == 0:
		return w.IssueNeedsText
	case !explain && !f.report && (f.given["name"] || f.given["account"] || f.given["region"]):
		return w.ResourceIsForIssue
	case !f.catalog && !explain && !f.report && len(f.arguments) == 0:
		return w.NothingNamed
	}
	return ""
}

// languages are the codes to choose from.
func (w words) languages() string {
	var codes []string
	for _, l := range catalog.Languages() {
		codes = append(codes, l.Code)
	}
	return strings.Join(codes, w.Or)
}

// styleOf keeps to https://no-color.org.
func styleOf(when string, p process, w words) (message.Style, error) {
	switch when {
	case "always":
		return message.Colour, nil
	case "never":
		return message.Plain, nil
	case "auto":
		if isTerminal(p.stdout) && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb" {
			return message.Colour, nil
		}
		return message.Plain, nil
	}
	return message.Plain, wrong(w.BadColour, "value", strconv.Quote(when))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// kindOf accepts any letter case.
func kindOf(s string, w words) (coverage.Kind, error) {
	kind := coverage.Kind(strings.ToUpper(s))
	if !slices.Contains([]coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2}, kind) {
		return "", wrong(w.BadKind, "value", strconv.Quote(s))
	}
	return kind, nil
}
