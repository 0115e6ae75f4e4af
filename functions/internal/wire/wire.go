// Package wire connects what the settings name. The programs that tell people something share it.
package wire

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awssecrets "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/secrets"
	"guardduty-coverage-notifier/pkg/slack"
	"guardduty-coverage-notifier/pkg/sns"
	"guardduty-coverage-notifier/pkg/sqs"
)

// sinkTimeout is how long one sink may take for one message.
const sinkTimeout = 10 * time.Second

// Pipeline is what the settings describe, to be used for as long as the execution environment lives.
func Pipeline(cfg config.Config, cloud aws.Config, observer Observer) (*notify.Pipeline, error) {
	sinks, err := Sinks(cfg, cloud, observer.Now)
	if err != nil {
		return nil, err
	}
	pipeline := &notify.Pipeline{
		Sinks:       sinks,
		Language:    catalog.English,
		Hold:        cfg.Hold,
		StormLimit:  cfg.StormLimit,
		SinkTimeout: sinkTimeout,
		Now:         observer.Now,
	}
	if cfg.IncidentTable == "" {
		memory := notify.NewMemory()
		pipeline.Store, pipeline.Pace = memory, memory
	} else {
		table := dynamodb.NewFromConfig(cloud)
		store := dynamo.New(table, cfg.IncidentTable, observer.Now, rand.Text)
		pipeline.Store, pipeline.Pace = store, store
		observer.CountHealed = dynamo.NewLedger(table, cfg.IncidentTable).CountHealed
	}
	if cfg.WaitingQueue != "" {
		pipeline.Queue = sqs.New(awssqs.NewFromConfig(cloud), cfg.WaitingQueue, cfg.DeadLetterQueue)
	}
	if cfg.Diagnosis.On {
		role := diagnose.Role{Name: cfg.Diagnosis.RoleName, ExternalID: cfg.Diagnosis.ExternalID}
		pipeline.Diagnoser = diagnose.New(cloud, role, observer.Now)
	}
	pipeline.Observe = observer.Observe
	return pipeline, nil
}

// Sinks are those that the settings name. They connect when they are first used.
func Sinks(cfg config.Config, cloud aws.Config, now func() time.Time) ([]notify.Sink, error) {
	var sinks []notify.Sink
	if cfg.Slack.Enabled() {
		sink, err := slackSink(cfg.Slack, cloud, now)
		if err != nil {
			return nil, err
		}
		sinks = append(sinks, sink)
	}
	if cfg.SNS.Enabled() {
		sinks = append(sinks, sns.New(awssns.NewFromConfig(cloud), cfg.SNS.TopicARN, sns.Format(cfg.SNS.Format)))
	}
	return sinks, nil
}

func slackSink(cfg config.Slack, cloud aws.Config, now func() time.Time) (*slack.Sink, error) {
	credential := func(context.Context, bool) (string, error) {
		return cmp.Or(cfg.BotToken.Reveal(), cfg.WebhookURL.Reveal()), nil
	}
	if cfg.SecretSource != "" {
		reader, err := secrets.New(cfg.SecretSource, ssm.NewFromConfig(cloud), awssecrets.NewFromConfig(cloud), now)
		if err != nil {
			return nil, fmt.Errorf("setting up the Slack secret: %w", err)
		}
		credential = reader.Get
	}
	return slack.New(slack.Config{
		Channel:    cfg.Channel,
		APIURL:     cfg.APIURL,
		Client:     &http.Client{},
		Broadcast:  cfg.BroadcastRecovery,
		Credential: credential,
	})
}
