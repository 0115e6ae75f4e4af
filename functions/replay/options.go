package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

const usage = `replay shows coverage events as messages, as the Lambda function would send them.
It needs no AWS account and sends nothing; only -report asks GuardDuty.

  replay [flags] FILE ...              tell events, in this order, as one history
  replay -issue KIND [flags] "TEXT"    explain an issue copied from the console
  replay -catalog [flags]              list every issue that is known
  replay -report [flags]               report how much GuardDuty covers now, with
                                       your own AWS credentials
  replay -report -file FILE [flags]    the same of a saved answer of
                                       aws guardduty list-coverage
  replay -routes RULES [flags] FILE .. show where events go, and by which rule

FILE is a file with an event, or with whatever held some: an SQS batch, an SNS
notification, the record of a failed invocation. A folder stands for its *.json,
- for standard input. KIND is EKS, ECS or EC2.

  -format FORMAT   text: for people (default)
                   json: for programs, see docs/message.schema.json
                   slack: what is sent to Slack
                   builder: a link that opens it in Slack's Block Kit Builder
  -send            also send to where the environment says; nothing waits, and
                   nothing is remembered beyond this run
  -lang LANGUAGE   %s (default: MESSAGE_LANGUAGE, or en)
  -color WHEN      auto: on a terminal, unless NO_COLOR is set (default);
                   always; never
  -name, -account, -region
                   with -issue: whose issue it is, instead of placeholders
  -routes RULES    a file with rules (docs/routing.md), or the word default for those
                   that hold without any; shown as text or json
  -region REGION   with -report: of which Region, may be repeated (default: that
                   of your AWS settings); with -file: where the resources are

Exit status: 0 fine, 1 something failed, 2 wrong usage, 3 an issue is unknown to
the catalogue.
`

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
	style    message.Style
	send     bool
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
	send, catalog           bool
	issue                   string
	name, account           string
	regions                 []string
	report                  bool
	file, routes            string
	arguments               []string
	given                   map[string]bool
}

// parse reads the command line. The error is flag.ErrHelp when help was asked for.
func parse(args []string, p process) (options, error) {
	f, err := readFlags(args)
	if err != nil {
		return options{}, err
	}
	o := options{
		format: format(f.format), send: f.send, catalog: f.catalog, files: f.arguments,
		report: f.report, saved: f.file, regions: f.regions, routes: f.routes,
	}
	if !slices.Contains([]format{asText, asJSON, asSlack, asBuilder}, o.format) {
		return options{}, fmt.Errorf("-format is text, json, slack or builder, not %q", f.format)
	}
	if o.language, err = languageOf(cmp.Or(f.language, p.getenv("MESSAGE_LANGUAGE"), catalog.English.Code)); err != nil {
		return options{}, err
	}
	if o.style, err = styleOf(f.color, p); err != nil {
		return options{}, err
	}
	if err := f.contradiction(); err != nil {
		return options{}, err
	}
	if f.given["issue"] {
		o.files = nil
		o.issue, err = newIssue(f, p.getenv)
	}
	return o, err
}

// readFlags lets flags stand behind arguments, too: -issue EKS "text" -format json.
func readFlags(args []string) (flags, error) {
	f := flags{given: make(map[string]bool)}
	set := flag.NewFlagSet("replay", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.format, "format", string(asText), "")
	set.StringVar(&f.language, "lang", "", "")
	set.StringVar(&f.color, "color", "auto", "")
	set.BoolVar(&f.send, "send", false, "")
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
			return flags{}, err
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

// contradiction finds what cannot be asked for together.
func (f flags) contradiction() error {
	explain := f.given["issue"]
	switch {
	case f.given["routes"] && (f.report || f.catalog || explain || f.send):
		return errors.New("-routes shows where events go; it goes with -format and files")
	case f.given["routes"] && f.format != string(asText) && f.format != string(asJSON):
		return errors.New("-routes is shown as text or json")
	case f.given["routes"] && (f.routes == "" || f.routes == "-"):
		return errors.New("-routes is followed by a file with rules, or by default")
	case f.report && (f.catalog || explain || f.send || f.given["name"] || f.given["account"]):
		return errors.New("-report goes with -region, -file, -format, -lang and -color")
	case f.report && len(f.arguments) > 0:
		return errors.New("-report takes no event; name a saved answer with -file")
	case f.given["file"] && (!f.report || f.file == ""):
		return errors.New("-file names a saved answer for -report")
	case f.given["file"] && len(f.regions) > 1:
		return errors.New("a saved answer is of one Region; give -region once")
	case explain && len(f.regions) > 1:
		return errors.New("-issue is of one Region; give -region once")
	case f.catalog && (explain || f.send || len(f.arguments) > 0):
		return errors.New("-catalog goes with -format, -lang and nothing else")
	case f.catalog && f.format != string(asText) && f.format != string(asJSON):
		return errors.New("-catalog is shown as text or json")
	case explain && f.send:
		return errors.New("-issue explains; it has no event that could be sent")
	case explain && len(f.arguments) == 0:
		return errors.New(`-issue needs the text of the issue, in quotes; "" when AWS gave none`)
	case !explain && !f.report && (f.given["name"] || f.given["account"] || f.given["region"]):
		return errors.New("-name, -account and -region go with -issue")
	case !f.catalog && !explain && !f.report && len(f.arguments) == 0:
		return errors.New("no events: name files, or - for standard input")
	}
	return nil
}

func languageOf(code string) (catalog.Language, error) {
	for _, l := range catalog.Languages() {
		if strings.EqualFold(l.Code, code) {
			return l, nil
		}
	}
	return catalog.Language{}, fmt.Errorf("the language is %s, not %q", languageCodes(), code)
}

func languageCodes() string {
	var codes []string
	for _, l := range catalog.Languages() {
		codes = append(codes, l.Code)
	}
	return strings.Join(codes, " or ")
}

// styleOf keeps to https://no-color.org.
func styleOf(when string, p process) (message.Style, error) {
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
	return message.Plain, fmt.Errorf("-color is auto, always or never, not %q", when)
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
func kindOf(s string) (coverage.Kind, error) {
	kind := coverage.Kind(strings.ToUpper(s))
	if !slices.Contains([]coverage.Kind{coverage.EKS, coverage.ECS, coverage.EC2}, kind) {
		return "", fmt.Errorf("-issue is followed by EKS, ECS or EC2, not %q", s)
	}
	return kind, nil
}
