package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/route"
)

// Load reads the settings, and checks the language and the rules in them, too: every mistake is in the one error.
// Rules that are kept in a parameter are checked when Connect reads them.
func Load(getenv func(string) string) (config.Config, error) {
	cfg, err := config.Load(getenv)
	return cfg, withMistakes(err, getenv)
}

// LoadReport is Load for the function that makes the report.
func LoadReport(getenv func(string) string) (config.Config, config.Report, error) {
	cfg, report, err := config.LoadReport(getenv)
	return cfg, report, withMistakes(err, getenv)
}

// withMistakes adds what is wrong with the language and the rules to what is wrong with other settings.
func withMistakes(err error, getenv func(string) string) error {
	mistakes := slices.Concat(languageMistakes(getenv), ruleMistakes(getenv))
	if len(mistakes) == 0 {
		return err
	}
	all := &config.Invalid{}
	if invalid, ok := errors.AsType[*config.Invalid](err); ok {
		all.Problems = invalid.Problems
	}
	all.Problems = append(all.Problems, mistakes...)
	return all
}

func languageMistakes(getenv func(string) string) []error {
	code := strings.TrimSpace(getenv("MESSAGE_LANGUAGE"))
	if _, known := locale.Of(code); known || code == "" {
		return nil
	}
	languages := strings.Join(KnownToRules().Languages, ", ")
	return []error{fmt.Errorf("MESSAGE_LANGUAGE: %q is not one of: %s", code, languages)}
}

func ruleMistakes(getenv func(string) string) []error {
	text := strings.TrimSpace(getenv("ROUTES"))
	if !strings.HasPrefix(text, "{") {
		return nil
	}
	set := func(name string) bool { return strings.TrimSpace(getenv(name)) != "" }
	return mistakesIn(text, destinationsSet{
		botToken: set("SLACK_SECRET") || set("SLACK_BOT_TOKEN"),
		channel:  set("SLACK_CHANNEL"), topic: set("SNS_TOPIC_ARN"),
		directory: config.DirectoryOf(strings.TrimSpace(getenv("ACCOUNT_DIRECTORY"))),
	})
}

// mistakesIn are the mistakes in rules.
func mistakesIn(rules string, set destinationsSet) []error {
	var mistakes []error
	table, err := route.Parse([]byte(rules), KnownToRules())
	if err == nil {
		if err := conflict(table, set); err != nil {
			mistakes = append(mistakes, err)
		}
		return mistakes
	}
	_, lines, _ := strings.Cut(err.Error(), "\n") // The first line counts them.
	for line := range strings.SplitSeq(lines, "\n") {
		mistakes = append(mistakes, fmt.Errorf("ROUTES: %s", line))
	}
	return mistakes
}

// destinationsSet says which of the settings that rules depend on there are.
type destinationsSet struct {
	botToken, channel, topic bool
	directory                config.Directory
}

// conflict is what the rules need of other settings and do not find there.
func conflict(table route.Table, set destinationsSet) error {
	accounts, tags := table.NeedsAccounts()
	switch {
	case tags && !set.directory.Tags:
		return errors.New("ROUTES: a rule matches by tags of accounts: set ACCOUNT_DIRECTORY to tags")
	case accounts && !set.directory.On:
		return errors.New("ROUTES: a rule matches by organizational units: set ACCOUNT_DIRECTORY to names")
	case !namesChannels(table):
	case !set.botToken:
		return errors.New("ROUTES: a rule names a Slack channel, which takes a bot token: set SLACK_SECRET")
	case !set.channel && !set.topic:
		return errors.New("ROUTES: rules name Slack channels, and there is no destination for unmatched changes: " +
			"set SLACK_CHANNEL or SNS_TOPIC_ARN")
	}
	return nil
}

func namesChannels(table route.Table) bool {
	return slices.ContainsFunc(table.Targets(), func(t route.Target) bool { return t.Slack != "" })
}
