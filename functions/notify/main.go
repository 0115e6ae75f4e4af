// The notify function receives coverage events and tells people about them.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/internal/awsenv"
	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/internal/version"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/trigger"
)

func main() {
	log := telemetry.NewLog(lambdacontext.NewLogHandler(), version.String())
	// What Lambda's library prints of a failed invocation becomes a line like every other.
	slog.SetDefault(log)
	slog.SetLogLoggerLevel(slog.LevelError)
	n, err := setup(context.Background(), os.Getenv, log)
	if err != nil {
		log.Error("the function cannot start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(n.handle)
}

// notifier handles invocations, one after the other, as Lambda makes them.
type notifier struct {
	pipeline     *notify.Pipeline
	receiver     receiver
	destinations app.Destinations
	log          *slog.Logger
}

// handle handles the events of one invocation. Accounts that cannot be read go without their names, and rules
// that need more of them do not match.
func (n notifier) handle(ctx context.Context, payload json.RawMessage) (*trigger.Acknowledgement, error) {
	if err := n.destinations.RefreshAccounts(ctx); err != nil {
		n.log.WarnContext(ctx, "the organization's accounts are not known", "error", err.Error())
	}
	n.pipeline.Local = n.destinations.Local()
	n.pipeline.Local.Reader = app.Account(ctx)
	delivery := trigger.Unwrap(payload)
	return delivery.Acknowledge(n.receiver.receive(ctx, n.pipeline.Local.Reader, delivery.Events))
}

// setup connects what the settings name, once per execution environment.
func setup(ctx context.Context, getenv func(string) string, log *slog.Logger) (notifier, error) {
	cfg, err := app.Load(getenv)
	if err != nil {
		return notifier{}, err
	}
	cloud, err := awsenv.Config(getenv)
	if err != nil {
		return notifier{}, err
	}
	destinations, err := app.Connect(ctx, cfg, cloud, time.Now)
	if err != nil {
		return notifier{}, err
	}
	observer := telemetry.Observer{Log: log, Stack: cfg.Stack, Now: time.Now, IssueForm: version.IssueForm()}
	p := app.Pipeline(cfg, destinations, cloud, observer)
	r := receiver{
		pipeline: p, observer: observer, served: append([]string{cloud.Region}, cfg.Forwarded...),
		sinks: p.Sinks, composer: compose.New(p.Language, p.Local), sinkTimeout: p.SinkTimeout, now: time.Now,
	}
	if cfg.IncidentTable != "" {
		r.ledger = dynamo.NewLedger(dynamodb.NewFromConfig(cloud), cfg.IncidentTable)
	}
	return notifier{p, r, destinations, log}, nil
}
