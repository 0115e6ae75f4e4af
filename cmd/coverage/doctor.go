package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/message"
)

const doctorAbout = `doctor checks the settings in the environment, and what they name, as the function
would use it: the Slack credential and channel, the SNS topics, the rules, the table, the queues, GuardDuty
in each Region. It changes nothing.

It uses your AWS credentials. With those of the function's role it checks the function's rights; what that
role may not read is reported as not checked.`

const doctorExamples = `SNS_TOPIC_ARN=arn:aws:sns:eu-central-1:111122223333:coverage coverage doctor
coverage doctor --send`

// checkTimeout is how long one check may take.
const checkTimeout = 10 * time.Second

func newDoctor(p process, output io.Writer) *cobra.Command {
	var send bool
	c := &cobra.Command{
		Use: "doctor [flags]", Short: "Check settings, credentials and rights",
		Long: doctorAbout, Example: doctorExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("doctor takes no arguments, and got %q", args[0])
			}
			d := &doctor{process: p, output: output, width: math.MaxInt, marks: newProgress(p)}
			if isTerminal(p.stdout) {
				d.width = widthOf(p.stdout)
			}
			return d.examine(c.Context(), send)
		},
	}
	c.Flags().BoolVar(&send, "send", false, "also send a message to every destination, marked as a test")
	return c
}

// doctor checks one thing after the other and writes what it finds.
type doctor struct {
	process
	output io.Writer
	// width is in columns. Where no terminal is, lines are not wrapped, which grep and similar tools need.
	width int
	marks *progress
	// failed is true when a check has failed.
	failed bool
}

// verdict is how a check ended.
type verdict string

const (
	passed    verdict = "ok"
	failing   verdict = "failed"
	unchecked verdict = "not checked"
)

// finding is what a check found, and what to do about it.
type finding struct {
	verdict verdict
	// detail is one sentence, or a line for each mistake.
	detail string
	// remedy is empty where nothing has to be done.
	remedy string
}

func passes(detail string) finding { return finding{verdict: passed, detail: detail} }

func skips(detail string) finding { return finding{verdict: unchecked, detail: detail} }

func fails(detail, remedy string) finding { return finding{failing, detail, remedy} }

// probe is what a check does.
type probe func(ctx context.Context) finding

// examine checks everything.
func (d *doctor) examine(ctx context.Context, send bool) error {
	cfg, report, valid := d.settings()
	cloud, account := d.credentials(ctx)
	if valid {
		d.destinations(ctx, cfg, cloud, account, send)
		d.stores(ctx, cfg, cloud, account != "")
		d.organization(ctx, cfg.Directory, report.Inventory, cloud, account != "")
	}
	d.guardDuty(ctx, cloud, report.Regions, account != "")
	if d.failed {
		return exitCode(exitFailed)
	}
	return nil
}

// check runs one check and writes what it found.
func (d *doctor) check(ctx context.Context, name string, run probe) {
	d.marks.show("checking %s", name)
	limited, cancel := context.WithTimeout(ctx, checkTimeout)
	found := run(limited)
	cancel()
	d.marks.clear()
	d.note(name, found)
}

// checkIf is check where the credentials that it needs are there.
func (d *doctor) checkIf(ctx context.Context, signedIn bool, name string, run probe) {
	if !signedIn {
		d.note(name, skips("there are no AWS credentials"))
		return
	}
	d.check(ctx, name, run)
}

// note writes a finding. run checks the writer's own error.
func (d *doctor) note(name string, found finding) {
	d.failed = d.failed || found.verdict == failing
	const column = len(unchecked) + 2
	label := fmt.Sprintf("%-*s", column, found.verdict)
	lines := strings.Split(message.Clean(found.detail), "\n")
	lines[0] = name + ": " + lines[0]
	if found.remedy != "" {
		lines = append(lines, "→ "+found.remedy)
	}
	for _, line := range lines {
		for _, part := range message.Wrap(line, d.width-column) {
			fmt.Fprintf(d.output, "%s%s\n", label, part)
			label = strings.Repeat(" ", column)
		}
	}
}

// settings checks the environment. What the report is set to is empty if it is not configured.
func (d *doctor) settings() (cfg config.Config, report config.Report, valid bool) {
	var err error
	if d.getenv("REPORT_REGIONS") == "" {
		cfg, err = app.Load(d.getenv)
	} else {
		cfg, report, err = app.LoadReport(d.getenv)
	}
	if err != nil {
		d.note("Settings", fails(mistakes(err),
			"Correct these environment variables; docs/settings.md lists all of them."))
		return config.Config{}, config.Report{}, false
	}
	d.note("Settings", passes("complete and well-formed"))
	return cfg, report, true
}

// mistakes are a line each, behind their number.
func mistakes(err error) string {
	invalid, ok := errors.AsType[*config.Invalid](err)
	if !ok {
		return err.Error()
	}
	return fmt.Sprintf("%d to correct\n%v", len(invalid.Problems), errors.Join(invalid.Problems...))
}

// credentials checks the caller's AWS credentials. The account is empty when there are none that work.
func (d *doctor) credentials(ctx context.Context) (cloud aws.Config, account string) {
	d.check(ctx, "AWS credentials", func(ctx context.Context) finding {
		var err error
		if cloud, err = d.signedIn(ctx); err != nil {
			return fails(strings.TrimPrefix(err.Error(), "no AWS credentials: "),
				"Checks that need AWS are left out until then.")
		}
		cloud.RetryMaxAttempts = 2
		var found finding
		account, found = identify(ctx, cloud)
		return found
	})
	return cloud, account
}

// guardDuty checks every Region that the settings name.
func (d *doctor) guardDuty(ctx context.Context, cloud aws.Config, regions []string, signedIn bool) {
	if len(regions) == 0 && cloud.Region != "" {
		regions = []string{cloud.Region}
	}
	if len(regions) == 0 && signedIn {
		d.note("GuardDuty", fails("there is no Region", "Set AWS_REGION to the Region of the function."))
	}
	for _, region := range regions {
		d.checkIf(ctx, signedIn, "GuardDuty in "+region, monitored(cloud, region))
	}
}
