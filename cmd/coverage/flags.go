package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// format is how a message is shown.
type format string

const (
	asText    format = "text"
	asJSON    format = "json"
	asSlack   format = "slack"
	asBuilder format = "builder"
	asCSV     format = "csv"
	asHTML    format = "html"
)

// view is how results are shown.
type view struct {
	format   format
	language locale.Language
	// zone is that of times.
	zone  *time.Location
	style message.Style
	// width is in columns.
	width int
	// terminal says that a terminal shows it.
	terminal bool
}

// viewFlags are the flags of commands that show something. Those that a command does not add keep their
// defaults.
type viewFlags struct {
	format, language, color choice
}

// addFormat adds --format to a command that has these formats, the first of which is the default.
func (f *viewFlags) addFormat(c *cobra.Command, formats ...format) {
	var names []string
	for _, each := range formats {
		names = append(names, string(each))
	}
	f.format = choice{value: names[0], of: names}
	c.Flags().Var(&f.format, "format", "`FORMAT` of the output: "+list(names)+" (default "+names[0]+")")
	complete(c, "format", names)
}

// addLanguage adds --lang.
func (f *viewFlags) addLanguage(c *cobra.Command) {
	var codes []string
	for _, l := range locale.Languages() {
		codes = append(codes, l.Code)
	}
	f.language = choice{of: codes}
	c.Flags().Var(&f.language, "lang",
		"`LANGUAGE` of the output: "+list(codes)+" (default MESSAGE_LANGUAGE, or en)")
	complete(c, "lang", codes)
}

// addColor adds --color.
func (f *viewFlags) addColor(c *cobra.Command) {
	f.color = choice{value: "auto", of: []string{"auto", "always", "never"}}
	c.Flags().Var(&f.color, "color",
		"`WHEN` to use color: "+list(f.color.of)+" (default auto: in a terminal, unless NO_COLOR is set)")
	complete(c, "color", f.color.of)
}

// complete lets the shell complete the values of a flag.
func complete(c *cobra.Command, flag string, values []string) {
	// The only error is that of a flag which is not there, or has a completion already.
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// view resolves the flags against the environment and the terminal.
func (f *viewFlags) view(p process) (view, error) {
	code, codes := f.language.value, f.language.of
	set := strings.ToLower(strings.TrimSpace(p.getenv("MESSAGE_LANGUAGE")))
	if code == "" && set != "" && len(codes) > 0 {
		if !slices.Contains(codes, set) {
			return view{}, misuse("MESSAGE_LANGUAGE: %q is not one of: %s", set, strings.Join(codes, ", "))
		}
		code = set
	}
	language, _ := locale.Of(cmp.Or(code, locale.English().Code))
	zone, err := config.TimeZone(strings.TrimSpace(p.getenv("TIME_ZONE")))
	if err != nil {
		return view{}, misuse("TIME_ZONE: %v", err)
	}
	return view{
		format: format(f.format.value), language: language, zone: zone, style: f.style(p),
		width: widthOf(p.stdout), terminal: isTerminal(p.stdout),
	}, nil
}

// style keeps to https://no-color.org.
func (f *viewFlags) style(p process) message.Style {
	auto := isTerminal(p.stdout) && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
	if f.color.value == "always" || f.color.value == "auto" && auto {
		return message.Colour
	}
	return message.Plain
}

// choice is a flag that takes one of some words, in any letter case.
type choice struct {
	value string
	of    []string
}

// String is the value.
func (c *choice) String() string { return c.value }

// Type is for the usage.
func (c *choice) Type() string { return "string" }

// Set checks the value.
func (c *choice) Set(value string) error {
	lower := strings.ToLower(value)
	if !slices.Contains(c.of, lower) {
		return fmt.Errorf("%q is not %s%s", value, list(c.of), didYouMean(lower, c.of))
	}
	c.value = lower
	return nil
}

// list joins alternatives.
func list(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// accountFlag is the id of an AWS account.
type accountFlag string

// String is the id.
func (a *accountFlag) String() string { return string(*a) }

// Type is for the usage.
func (a *accountFlag) Type() string { return "string" }

// Set checks the id (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html).
func (a *accountFlag) Set(value string) error {
	if !regexp.MustCompile(`^\d{12}$`).MatchString(value) {
		return fmt.Errorf("%q is not the ID of an AWS account, which has 12 digits and no hyphens", value)
	}
	*a = accountFlag(value)
	return nil
}

// addReader adds --reader-account.
func addReader(c *cobra.Command, reader *accountFlag) {
	c.Flags().Var(reader, "reader-account", "`ACCOUNT` ID in which you run the commands (default that of your credentials where AWS is asked, or else unknown)")
}

// regionsFlag are Regions without repeats. It may be given several times.
type regionsFlag struct {
	values []string
	// single allows one alone.
	single bool
}

// String joins them.
func (r *regionsFlag) String() string { return strings.Join(r.values, ",") }

// Type is for the usage.
func (r *regionsFlag) Type() string { return "string" }

// Set checks and adds one.
func (r *regionsFlag) Set(value string) error {
	if err := checkRegion(value); err != nil {
		return err
	}
	if r.single && len(r.values) > 0 && r.values[0] != value {
		return fmt.Errorf("give one Region, not %s and %s", r.values[0], value)
	}
	if !slices.Contains(r.values, value) {
		r.values = append(r.values, value)
	}
	return nil
}

// kindOf accepts any letter case.
func kindOf(word string) (coverage.Kind, error) {
	kinds := []string{string(coverage.EKS), string(coverage.ECS), string(coverage.EC2)}
	upper := strings.ToUpper(word)
	if !slices.Contains(kinds, upper) {
		return "", misuse("KIND is %s, not %q%s", list(kinds), word, didYouMean(upper, kinds))
	}
	return coverage.Kind(upper), nil
}

// checkName refuses a name that a resource of the kind cannot have
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html,
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html,
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html).
func checkName(kind coverage.Kind, name string) error {
	var form, what string
	switch kind {
	case coverage.EKS:
		form = `^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$`
		what = "the name of an EKS cluster: 1 to 100 letters, digits, hyphens and underscores, " +
			"beginning with a letter or digit"
	case coverage.ECS:
		form = `^[0-9A-Za-z_-]{1,255}$`
		what = "the name of an ECS cluster: 1 to 255 letters, digits, hyphens and underscores"
	default:
		form = `^i-([0-9a-f]{8}|[0-9a-f]{17})$`
		what = "the ID of an EC2 instance, such as i-0123456789abcdef0"
	}
	if !regexp.MustCompile(form).MatchString(name) {
		return misuse("--name: %q is not %s", name, what)
	}
	return nil
}
