// Command replay tells coverage events on a laptop: the same Pipeline as the Lambda function's, with the terminal in
// the place of Slack and SNS. It needs no account and no network, and sends nothing unless it is asked to. With -report it
// asks GuardDuty how much is covered, with -diagnose AWS why a resource is not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/notify"
)

// The exit codes.
const (
	exitFine    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitUnknown = 3
)

// process is what a program is given by whoever starts it.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	// now and cloud, which reads the caller's AWS settings, serve -report alone.
	now   func() time.Time
	cloud func(ctx context.Context) (aws.Config, error)
	// diagnoser looks at resources with the caller's AWS settings. It serves -diagnose alone.
	diagnoser func(ctx context.Context) (notify.Diagnoser, error)
}

func main() {
	p := process{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now,
		cloud: func(ctx context.Context) (aws.Config, error) { return awsconfig.LoadDefaultConfig(ctx) },
		diagnoser: func(ctx context.Context) (notify.Diagnoser, error) {
			cloud, err := awsconfig.LoadDefaultConfig(ctx)
			if err != nil {
				return nil, fmt.Errorf("loading the AWS configuration: %w", err)
			}
			return diagnose.New(cloud, diagnose.Role{}, time.Now), nil
		},
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], p)
	stop()
	os.Exit(code)
}

// run is the whole program, and returns its exit code.
func run(ctx context.Context, args []string, p process) int {
	o, err := parse(args, p)
	if errors.Is(err, flag.ErrHelp) {
		_, err = io.WriteString(p.stdout, catalog.Fill(o.words.Usage, "languages", o.words.languages()))
		return p.exit(exitFine, err)
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "replay: %v\n%s\n", err, o.words.TryHelp)
		return exitUsage
	}
	if o.catalog {
		return p.exit(exitFine, writeCatalog(p.stdout, o))
	}
	if o.report {
		return showReport(ctx, o, p)
	}
	if o.routes != "" {
		return showRoutes(o, p)
	}
	inputs, err := o.inputs(p.stdin)
	if err != nil {
		return p.exit(exitFailed, err)
	}
	r, err := newReplayer(ctx, o, p, len(inputs))
	if err != nil {
		return p.exit(exitFailed, err)
	}
	for _, in := range inputs {
		r.replay(ctx, in)
	}
	r.conclude()
	return r.tally.exit()
}

// exit is code, unless err says that the program failed.
func (p process) exit(code int, err error) int {
	if err != nil {
		fmt.Fprintf(p.stderr, "replay: %v\n", err)
		return exitFailed
	}
	return code
}
