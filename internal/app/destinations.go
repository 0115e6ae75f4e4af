package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"time"
	_ "time/tzdata" // TIME_ZONE works where the machine has no zone database.

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awssecrets "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/route"
	"guardduty-coverage-notifier/pkg/secrets"
	"guardduty-coverage-notifier/pkg/slack"
	"guardduty-coverage-notifier/pkg/sns"
)

// Destinations are the sinks that the settings name. They connect when they are first used.
type Destinations struct {
	// Table is the rules between them, and the names that go with these.
	Table route.Table
	// Ordinary are the sinks of the settings besides the rules. The report goes to them alone.
	Ordinary []notify.Sink
	// Language is that of everybody for whom the rules have no other.
	Language locale.Language
	// TimeZone is that of times in messages.
	TimeZone *time.Location

	// named are those that rules name besides.
	named []notify.Sink
	// same are ordinary sinks that rules name as well, by the rules' names for them.
	same map[string]string
	// directory is nil unless the settings want it.
	directory *directory
}

// All are all of them, the ordinary ones first.
func (d Destinations) All() []notify.Sink { return slices.Concat(d.Ordinary, d.named) }

// Connect makes the sinks that the settings and the rules name, for which it may have to read the rules.
func Connect(ctx context.Context, cfg config.Config, cloud aws.Config, now func() time.Time) (Destinations, error) {
	table, err := rules(ctx, cfg.Routes, cloud)
	if err != nil {
		return Destinations{}, err
	}
	language, ok := locale.Of(cfg.Language)
	if !ok {
		return Destinations{}, fmt.Errorf("the catalogue does not speak %q", cfg.Language)
	}
	c := connector{cfg: cfg, cloud: cloud, now: now}
	d := Destinations{Table: table, Language: language, TimeZone: cfg.TimeZone, same: c.same()}
	if d.Ordinary, err = c.ordinary(table); err != nil {
		return Destinations{}, err
	}
	if cfg.Directory.On {
		ledger := dynamo.NewLedger(dynamodb.NewFromConfig(cloud), cfg.IncidentTable)
		d.directory = &directory{reader: ledger, now: now}
	}
	for _, target := range table.Targets() {
		if _, ok := d.same[target.Sink()]; ok {
			continue
		}
		sink, err := c.named(target, table)
		if err != nil {
			return Destinations{}, fmt.Errorf("setting up %s: %w", target.Sink(), err)
		}
		d.named = append(d.named, sink)
	}
	return d, nil
}

// connector makes sinks.
type connector struct {
	cfg   config.Config
	cloud aws.Config
	now   func() time.Time
	// credential is what posts to Slack, once it is known where to read it.
	credential func(ctx context.Context, fresh bool) (string, error)
}

// same are the ordinary channel and topic, so that a rule that names them tells nobody twice.
func (c *connector) same() map[string]string {
	same := make(map[string]string)
	if channel := c.cfg.Slack.Channel; channel != "" {
		same[route.Target{Slack: channel}.Sink()] = slackName
	}
	if topic := c.cfg.SNS.TopicARN; topic != "" {
		same[route.Target{SNS: topic}.Sink()] = snsName
	}
	return same
}

// The names of the ordinary sinks.
const (
	slackName = "slack"
	snsName   = "sns"
)

// ordinary are the sinks of the settings besides the rules. Where rules name the channels and the settings name none, the
// credential is for the rules alone.
func (c *connector) ordinary(table route.Table) ([]notify.Sink, error) {
	set := destinationsSet{
		botToken: c.cfg.Slack.SecretSource != "" || !c.cfg.Slack.BotToken.IsZero(),
		channel:  c.cfg.Slack.Channel != "", topic: c.cfg.SNS.Enabled(), directory: c.cfg.Directory,
	}
	if err := conflict(table, set); err != nil {
		return nil, err
	}
	var sinks []notify.Sink
	if c.cfg.Slack.Enabled() && (c.cfg.Slack.Channel != "" || !namesChannels(table)) {
		sink, err := c.slack(slack.Config{Name: slackName, Channel: c.cfg.Slack.Channel})
		if err != nil {
			return nil, err
		}
		sinks = append(sinks, sink)
	}
	if c.cfg.SNS.Enabled() {
		sinks = append(sinks, c.topic(c.cfg.SNS.TopicARN))
	}
	return sinks, nil
}

// named is the sink of a rule's target.
func (c *connector) named(target route.Target, table route.Table) (notify.Sink, error) {
	switch {
	case target.Slack != "":
		return c.slack(slack.Config{Name: target.Sink(), Channel: target.Slack, BotOnly: true})
	case target.Webhook != "":
		reader, err := c.reader(table.Webhooks[target.Webhook])
		if err != nil {
			return nil, err
		}
		return c.post(slack.Config{Name: target.Sink(), Credential: reader.Get})
	}
	return renamed{c.topic(target.SNS), target.Sink()}, nil
}

// slack is a sink that posts with the settings' own credential, which all of them share.
func (c *connector) slack(s slack.Config) (*slack.Sink, error) {
	if c.credential == nil {
		known := cmp.Or(c.cfg.Slack.BotToken.Reveal(), c.cfg.Slack.WebhookURL.Reveal())
		c.credential = func(context.Context, bool) (string, error) { return known, nil }
		if c.cfg.Slack.SecretSource != "" {
			reader, err := c.reader(c.cfg.Slack.SecretSource)
			if err != nil {
				return nil, fmt.Errorf("setting up the Slack secret: %w", err)
			}
			c.credential = reader.Get
		}
	}
	s.Credential = c.credential
	return c.post(s)
}

// post is a sink that is like every other one of Slack's.
func (c *connector) post(s slack.Config) (*slack.Sink, error) {
	s.APIURL, s.Broadcast, s.Client = c.cfg.Slack.APIURL, c.cfg.Slack.BroadcastRecovery, &http.Client{}
	return slack.New(s)
}

func (c *connector) reader(source string) (*secrets.Reader, error) {
	return secrets.New(source, ssm.NewFromConfig(c.cloud), awssecrets.NewFromConfig(c.cloud), c.now)
}

func (c *connector) topic(arn string) notify.Sink {
	return sns.New(awssns.NewFromConfig(c.cloud), arn, sns.Format(c.cfg.SNS.Format), rand.Text)
}

// renamed is a sink under another name, for there is more than one of its kind.
type renamed struct {
	notify.Sink
	name string
}

// Name is that other name.
func (r renamed) Name() string { return r.name }
