// The diagnose function checks resources that lost coverage, with a role that may only read. The notify function
// invokes it.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"guardduty-coverage-notifier/internal/awsenv"
	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/internal/version"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/format"
)

func main() {
	log := telemetry.NewLog(lambdacontext.NewLogHandler(), version.String())
	// What Lambda's library prints of a failed invocation becomes a line like every other.
	slog.SetDefault(log)
	slog.SetLogLoggerLevel(slog.LevelError)
	doctor, err := setup(os.Getenv)
	if err != nil {
		log.Error("the function cannot start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(func(ctx context.Context, payload json.RawMessage) (json.RawMessage, error) {
		return answer(ctx, doctor, payload)
	})
}

// setup connects what the settings name, once per execution environment.
func setup(getenv func(string) string) (*diagnose.Doctor, error) {
	cfg, err := config.LoadDiagnosis(getenv)
	if err != nil {
		return nil, err
	}
	cloud, err := awsenv.Config(getenv)
	if err != nil {
		return nil, err
	}
	settings := diagnose.Settings{
		Role:  diagnose.Role{Name: cfg.RoleName, ExternalID: cfg.ExternalID},
		Actor: diagnose.Actor(cfg.Actor), Expected: cfg.ExpectedActors,
	}
	return diagnose.New(cloud, settings, time.Now), nil
}

// answer diagnoses what a request asks for. When the time that it gives is up, whoever sent it does not wait any more.
func answer(ctx context.Context, doctor *diagnose.Doctor, payload []byte) (json.RawMessage, error) {
	request, err := format.UnmarshalDiagnosisRequest(payload)
	if err != nil {
		return nil, badRequest{err}
	}
	ctx, cancel := context.WithDeadline(ctx, request.AnswerBy)
	defer cancel()
	return format.MarshalDiagnosis(doctor.DiagnoseAll(ctx, request.Candidates))
}

// badRequest is a request that cannot be read. Whoever sent it is shown the name of the type.
type badRequest struct{ error }
