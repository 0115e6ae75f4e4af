// The notify function receives coverage events and tells people about them.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/internal/version"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/trigger"
)

func main() {
	log := telemetry.NewLog(lambdacontext.NewLogHandler(), version.String())
	// What Lambda's library prints of a failed invocation becomes a line like every other.
	slog.SetDefault(log)
	slog.SetLogLoggerLevel(slog.LevelError)
	pipeline, err := setup(context.Background(), os.Getenv, log)
	if err != nil {
		log.Error("the function cannot start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(func(ctx context.Context, payload json.RawMessage) (*trigger.Acknowledgement, error) {
		pipeline.Local.Reader = app.Account(ctx) // Lambda invokes one after the other, and always says the same.
		delivery := trigger.Unwrap(payload)
		return delivery.Acknowledge(pipeline.Handle(ctx, delivery.Events))
	})
}

// setup connects what the settings name, once per execution environment.
func setup(ctx context.Context, getenv func(string) string, log *slog.Logger) (*notify.Pipeline, error) {
	cfg, err := app.Load(getenv)
	if err != nil {
		return nil, err
	}
	cloud, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading the AWS configuration: %w", err)
	}
	destinations, err := app.Connect(ctx, cfg, cloud, time.Now)
	if err != nil {
		return nil, err
	}
	return app.Pipeline(cfg, destinations, cloud, telemetry.Observer{Log: log, Stack: cfg.Stack, Now: time.Now}), nil
}
