package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"guardduty-coverage-notifier/internal/version"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/route"
)

// rulesTimeout is how long reading the rules may take: Lambda gives a function 10 seconds to start
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
const rulesTimeout = 5 * time.Second

// rules are those of the settings, or the default ones when there are none.
func rules(ctx context.Context, cfg config.Routes, cloud aws.Config) (route.Table, error) {
	text, from := cfg.Text, "ROUTES"
	if cfg.Parameter != "" {
		from = "ROUTES, in the SSM parameter " + cfg.Parameter
		var err error
		if text, err = readParameter(ctx, cfg.Parameter, cloud); err != nil {
			return route.Table{}, fmt.Errorf("%s: %w", from, err)
		}
	}
	if text == "" && cfg.Parameter == "" {
		return route.Default(), nil
	}
	table, err := route.Parse([]byte(text), KnownToRules())
	if err != nil {
		return route.Table{}, fmt.Errorf("%s: %w", from, err)
	}
	return table, nil
}

// readParameter reads what is longer than an environment takes. An ARN is read in its own Region.
func readParameter(ctx context.Context, name string, cloud aws.Config) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, rulesTimeout)
	defer cancel()
	input := &ssm.GetParameterInput{Name: &name, WithDecryption: new(true)}
	output, err := ssm.NewFromConfig(cloud).GetParameter(ctx, input, func(o *ssm.Options) {
		if parts := strings.SplitN(name, ":", 6); len(parts) == 6 {
			o.Region = parts[3]
		}
	})
	if err != nil {
		return "", fmt.Errorf("reading it: %w", err)
	}
	if output.Parameter == nil || output.Parameter.Value == nil {
		return "", errors.New("it has no value")
	}
	return *output.Parameter.Value, nil
}

// KnownToRules is what rules may name of the catalogue.
func KnownToRules() route.Known {
	var known route.Known
	for _, entry := range catalog.All() {
		known.Findings = append(known.Findings, string(entry.ID))
	}
	for _, language := range locale.Languages() {
		known.Languages = append(known.Languages, language.Code)
	}
	return known
}

// SubjectOf is what rules look at of a change with those causes. A recovery of which nobody remembers the causes counts as
// one that somebody can do something about: it is told rather than lost.
func SubjectOf(change coverage.Change, causes []string) route.Subject {
	return route.Subject{
		Resource: change.Resource, Status: change.Status, Findings: causes,
		Actionable: len(causes) == 0 || slices.ContainsFunc(causes, func(id string) bool { return catalog.Actionable(catalog.ID(id)) }),
	}
}

// Route is where the rules send a change with those causes.
func (d Destinations) Route(change coverage.Change, causes []string) notify.Decision {
	subject := SubjectOf(change, causes)
	if d.directory != nil {
		entry := d.directory.known.Accounts[change.Resource.Account]
		subject.Unit, subject.Tags = entry.Unit, entry.Tags
	}
	decided := d.Table.Decide(subject)
	to := make(map[string]locale.Language)
	for _, destination := range decided.To {
		for _, name := range d.names(destination.Sink) {
			if _, ok := to[name]; !ok {
				to[name] = d.languageOf(destination)
			}
		}
	}
	return notify.Decision{To: to, Silent: decided.MutesRecovery}
}

// Local is what the rules say of accounts and findings, and the organization of other accounts.
func (d Destinations) Local() compose.Local {
	names := d.Table.Accounts
	if d.directory != nil {
		names = d.Table.Names(d.directory.known.Names())
	}
	return compose.Local{Accounts: names, Runbooks: d.Table.Runbooks, Zone: d.TimeZone, IssueForm: version.IssueForm()}
}

// names are the names of the sinks that rules call so.
func (d Destinations) names(sink string) []string {
	if sink != route.Ordinary {
		if same, ok := d.same[sink]; ok {
			sink = same
		}
		return []string{sink}
	}
	var names []string
	for _, s := range d.Ordinary {
		names = append(names, s.Name())
	}
	return names
}

// languageOf is the language of the rule that named the destination, or else the ordinary one.
func (d Destinations) languageOf(destination route.Destination) locale.Language {
	if language, ok := locale.Of(destination.Language); ok {
		return language
	}
	return d.Language
}
