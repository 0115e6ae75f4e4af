package main

import (
	"context"
	"fmt"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/notify"
)

// connect adds the sinks of the environment's settings, which are told what its rules say; the terminal is told everything.
// The environment's table and queues are left alone: a rehearsal is not to change what the deployed function remembers.
func connect(ctx context.Context, pipeline *notify.Pipeline, getenv func(string) string) error {
	cfg, err := config.Load(getenv)
	if err != nil {
		return err
	}
	cloud, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("loading the AWS configuration: %w", err)
	}
	destinations, err := app.Connect(ctx, cfg, cloud, time.Now)
	if err != nil {
		return err
	}
	destinations.Language = pipeline.Language
	pipeline.Sinks, pipeline.Local = append(pipeline.Sinks, destinations.All()...), destinations.Local()
	pipeline.Route = func(change coverage.Change, causes []string) notify.Decision {
		decision := destinations.Route(change, causes)
		decision.To[terminalName] = pipeline.Language
		return decision
	}
	return nil
}
