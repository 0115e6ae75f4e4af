package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/report"
)

// attempts is how often one page is asked for before its Region is given up.
const attempts = 8

// showReport shows how much is covered, and returns the exit code.
func showReport(ctx context.Context, o options, p process) int {
	read := readLive
	if o.saved != "" {
		read = readSaved
	}
	r, err := read(ctx, o, p)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		reasons := strings.Split(message.Clean(err.Error()), "\n")
		return p.exit(exitFailed, errors.New(strings.Join(reasons, "; ")))
	}
	shown := &page{w: p.stdout, style: o.style}
	if _, err := (terminal{page: shown, format: o.format}).Send(ctx, report.Compose(o.language, catalog.Local{}, r), ""); err != nil {
		return p.exit(exitFailed, err)
	}
	switch {
	case len(r.Problems) > 0:
		return exitFailed
	case slices.ContainsFunc(r.Uncovered, func(g report.Group) bool { return g.Finding.ID == catalog.Unrecognised }):
		return exitUnknown
	}
	return exitFine
}

// readLive asks GuardDuty, with the caller's own credentials.
func readLive(ctx context.Context, o options, p process) (report.Report, error) {
	cloud, err := p.cloud(ctx)
	if err != nil {
		return report.Report{}, fmt.Errorf("loading the AWS configuration: %w", err)
	}
	regions := o.regions
	if len(regions) == 0 && cloud.Region != "" {
		regions = []string{cloud.Region}
	}
	if len(regions) == 0 {
		return report.Report{}, wrong(o.words.NoRegion)
	}
	if err := signedIn(ctx, cloud, o.words); err != nil {
		return report.Report{}, err
	}
	cloud.RetryMode, cloud.RetryMaxAttempts = aws.RetryModeAdaptive, attempts
	reader := guardduty.New(cloud)
	states := reader.States(ctx, regions)
	if isTerminal(p.stderr) {
		states = watched(ctx, states, reader, regions, p.stderr, o.words)
	}
	return count(states, regions, p.now())
}

// signedIn asks for credentials before every Region fails for want of them.
func signedIn(ctx context.Context, cloud aws.Config, w words) error {
	err := errors.New("none are configured")
	if cloud.Credentials != nil {
		_, err = cloud.Credentials.Retrieve(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", w.NoCredentials, err)
	}
	return nil
}

// readSaved reads what somebody saved.
func readSaved(_ context.Context, o options, p process) (report.Report, error) {
	in := p.stdin
	if o.saved != "-" {
		file, err := os.Open(o.saved)
		if err != nil {
			return report.Report{}, err
		}
		defer file.Close()
		in = file
	}
	region := cmp.Or(p.getenv("AWS_REGION"), p.getenv("AWS_DEFAULT_REGION"))
	if len(o.regions) > 0 {
		region = o.regions[0]
	}
	var regions []string
	if region != "" {
		regions = []string{region}
	}
	r, err := count(guardduty.Saved(in, region), regions, p.now())
	if err != nil {
		return report.Report{}, fmt.Errorf("%s: %w", o.saved, err)
	}
	if region == "" && r.Total().All > 0 {
		fmt.Fprintln(p.stderr, o.words.NoRegionSaved)
	}
	return r, nil
}

// count makes a report of these Regions, and of any other that is found.
func count(states iter.Seq2[coverage.State, error], regions []string, now time.Time) (report.Report, error) {
	builder := report.NewBuilder(nil)
	var problems []report.Problem
	for state, err := range states {
		if problem, ok := errors.AsType[*guardduty.Problem](err); ok {
			problems = append(problems, app.Problem(problem))
			continue
		}
		if err != nil {
			return report.Report{}, err
		}
		builder.Add(state)
		if region := state.Resource.Region; region != "" && !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	return builder.Report(now, regions, problems, 0), nil
}

// watched is states with a line on w that says how far reading is, and goes when it ends.
func watched(ctx context.Context, states iter.Seq2[coverage.State, error], reader *guardduty.Reader, regions []string, w io.Writer, say words) iter.Seq2[coverage.State, error] {
	return func(yield func(coverage.State, error) bool) {
		defer fmt.Fprint(w, "\r\x1b[K")
		sentence, total := say.Reading, totalOf(ctx, reader, regions)
		if total > 0 {
			sentence = say.ReadingOf
		}
		read := 0
		for state, err := range states {
			if read%everyPage == 0 {
				fmt.Fprint(w, "\r\x1b[K", catalog.Fill(sentence, "n", strconv.Itoa(read), "total", strconv.Itoa(total)))
			}
			read++
			if !yield(state, err) {
				return
			}
		}
	}
}

// everyPage is how many resources come at once.
const everyPage = 50

// totalOf is how many resources GuardDuty counts, or 0 where it does not tell.
func totalOf(ctx context.Context, reader *guardduty.Reader, regions []string) int {
	total := 0
	for _, region := range regions {
		counted, err := reader.Statistics(ctx, region)
		if err != nil {
			return 0
		}
		total += counted.Total()
	}
	return total
}
