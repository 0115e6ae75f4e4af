package main

import (
	"context"
	"fmt"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"guardduty-coverage-notifier/functions/internal/wire"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/notify"
)

// realSinks are those of the environment's settings. Its table and queues are left alone: a rehearsal is not to
// change what the deployed function remembers.
func realSinks(ctx context.Context, getenv func(string) string) ([]notify.Sink, error) {
	cfg, err := config.Load(getenv)
	if err != nil {
		return nil, err
	}
	cloud, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading the AWS configuration: %w", err)
	}
	return wire.Sinks(cfg, cloud, time.Now)
}
