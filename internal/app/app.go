// Package app connects what the settings name. The programs that tell people something share it.
package app

import (
	"crypto/rand"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/lambda"
	"guardduty-coverage-notifier/pkg/memory"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/sqs"
)

// sinkTimeout is how long one sink may take for one message.
const sinkTimeout = 10 * time.Second

// Pipeline tells the destinations what the settings say, to be used for as long as the execution environment lives.
func Pipeline(cfg config.Config, destinations Destinations, cloud aws.Config, observer telemetry.Observer) *notify.Pipeline {
	pipeline := &notify.Pipeline{
		Sinks:       destinations.All(),
		Route:       destinations.Route,
		Language:    destinations.Language,
		Local:       destinations.Local(),
		Hold:        cfg.Hold,
		RateLimit:   cfg.StormLimit,
		SinkTimeout: sinkTimeout,
		Now:         observer.Now,
	}
	if cfg.IncidentTable == "" {
		pipeline.Store = memory.New()
	} else {
		table := dynamodb.NewFromConfig(cloud)
		store := dynamo.New(table, cfg.IncidentTable, observer.Now, rand.Text)
		pipeline.Store = store
		observer.CountRecovered = dynamo.NewLedger(table, cfg.IncidentTable).CountHealed
	}
	if cfg.WaitingQueue != "" {
		pipeline.Queue = sqs.New(awssqs.NewFromConfig(cloud), cfg.WaitingQueue, cfg.DeadLetterQueue)
	}
	if cfg.DiagnoseFunction != "" {
		pipeline.Diagnoser = lambda.NewDiagnoser(awslambda.NewFromConfig(cloud), cfg.DiagnoseFunction)
	}
	pipeline.Observe = observer.Observe
	return pipeline
}
