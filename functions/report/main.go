// The report function reports, on a schedule, how much GuardDuty covers, and has people notified of changes
// that events missed.
package main

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/internal/awsenv"
	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/internal/version"
	"guardduty-coverage-notifier/pkg/accounts"
	"guardduty-coverage-notifier/pkg/aggregator"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/dynamo"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/regions"
	"guardduty-coverage-notifier/pkg/resources"
)

// attempts is how often one page is asked for before its Region is given up: a large organization is
// throttled.
const attempts = 8

// request is what the schedule sends.
type request struct {
	// ScheduledTime is when the report is due; empty: a person asks for it.
	ScheduledTime string `json:"scheduledTime"`
}

func main() {
	log := telemetry.NewLog(lambdacontext.NewLogHandler(), version.String())
	// What Lambda's library prints of a failed invocation becomes a line like every other.
	slog.SetDefault(log)
	slog.SetLogLoggerLevel(slog.LevelError)
	r, err := setup(context.Background(), os.Getenv, log)
	if err != nil {
		log.Error("the function cannot start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(r.handle)
}

// handle makes the report that is asked for. Its identity is the same whenever the schedule or Lambda tries
// it again: the time it is due, and of one that a person asks for the invocation's request id, which Lambda's
// own retries keep.
func (r *reporter) handle(ctx context.Context, q request) error {
	id := q.ScheduledTime
	if invocation, ok := lambdacontext.FromContext(ctx); ok {
		id = cmp.Or(id, invocation.AwsRequestID)
	}
	return r.report(ctx, id, app.Account(ctx))
}

// setup connects what the settings name, once per execution environment.
func setup(ctx context.Context, getenv func(string) string, log *slog.Logger) (*reporter, error) {
	cfg, settings, err := app.LoadReport(getenv)
	if err != nil {
		return nil, err
	}
	cloud, err := awsenv.Config(getenv)
	if err != nil {
		return nil, err
	}
	observer := telemetry.Observer{Log: log, Stack: cfg.Stack, Now: time.Now}
	destinations, err := app.Connect(ctx, cfg, cloud, time.Now)
	if err != nil {
		return nil, err
	}
	pipeline := app.Pipeline(cfg, destinations, cloud, observer)
	patient := cloud.Copy()
	patient.RetryMode, patient.RetryMaxAttempts = aws.RetryModeAdaptive, attempts
	r := &reporter{
		reader:   guardduty.New(patient),
		regions:  regions.New(patient),
		ledger:   dynamo.NewLedger(dynamodb.NewFromConfig(cloud), cfg.IncidentTable),
		pipeline: pipeline,
		sinks:    destinations.Ordinary,
		language: pipeline.Language,
		local:    pipeline.Local,
		table:    destinations.Table,
		settings: settings,
		served:   append([]string{cloud.Region}, cfg.Forwarded...),
		now:      time.Now,
		log:      log,
		observe:  observer.ObserveReport,
	}
	if cfg.Directory.On {
		r.accounts = accounts.New(patient)
	}
	r.existing = connectInventory(settings.Inventory, patient)
	return r, nil
}

// connectInventory connects what counts what exists; nil when nobody wants that.
func connectInventory(settings config.Inventory, cloud aws.Config) counter {
	switch {
	case !settings.On:
		return nil
	case settings.Aggregator == "":
		return resources.New(cloud)
	}
	cloud.Region = cmp.Or(settings.Region, cloud.Region)
	return aggregator.New(cloud, settings.Aggregator)
}
