package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"guardduty-coverage-notifier/internal/problem"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/organization"
	"guardduty-coverage-notifier/pkg/report"
)

const reportAbout = `report shows how much GuardDuty covers now, what it does not cover and since when. It
reads your account with your AWS credentials; as the delegated administrator of an organization you see its
members, too.

As evidence for audits, --format csv lists every resource, a row each, and --format html is one page that
loads nothing, prints, and lists everything that is uncovered.

--table names the notifier's table of incidents: from it come the trend, since when clusters have been
uncovered, names of accounts, and how long resources were without coverage in the last days.

--inventory counts the clusters and instances that exist in your account beside those that GuardDuty lists;
--aggregator asks an AWS Config aggregator instead, about the whole organization.

With --file it shows a saved answer of aws guardduty list-coverage instead, and needs no credentials.`

const reportExamples = `coverage report --region eu-central-1 --region us-east-1
coverage report --region eu-central-1 --format csv > coverage.csv
coverage report --region eu-central-1 --format html > coverage.html
coverage report --inventory
coverage report --table guardduty-coverage-notifier-IncidentTable-ABC --days 90
aws guardduty list-coverage --detector-id ID > saved.json
coverage report --file saved.json --region eu-central-1`

const (
	// attempts is how often one page is requested before its Region is given up.
	attempts = 8
	// namedRegion stands for the Region of a saved answer when it is not known.
	namedRegion = "your-region-1"
	// everyPage is how many resources arrive at once.
	everyPage = 50
)

// reportFlags are the flags of report.
type reportFlags struct {
	viewFlags
	regions regionsFlag
	file    string
	table   string
	days    int
	// inventory counts what exists in the caller's account, or what the aggregator has on record.
	inventory  bool
	aggregator string
}

func newReport(p process, output io.Writer) *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use: "report [flags]", Short: "Report what GuardDuty covers now",
		Long: reportAbout, Example: reportExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("report takes no arguments, and got %q; name a saved answer with --file",
					args[0])
			}
			saved := c.Flags().Changed("file")
			if err := f.checkTable(saved, c.Flags().Changed("days")); err != nil {
				return err
			}
			if err := f.checkInventory(saved); err != nil {
				return err
			}
			return showReport(c.Context(), f, saved, p, output)
		},
	}
	f.addFormat(c, asText, asJSON, asSlack, asCSV, asHTML)
	f.addLanguage(c)
	f.addColor(c)
	c.Flags().Var(&f.regions, "region", "`REGION` to report on; repeat it for several (default AWS_REGION)")
	c.Flags().StringVar(&f.file, "file", "",
		"saved answer of aws guardduty list-coverage in `FILE`, or - for standard input")
	const table = "`TABLE` of incidents of a notifier, in the Region of your AWS settings"
	c.Flags().StringVar(&f.table, "table", "", table)
	const days = "with --table, how many `DAYS` of losses to count, up to 395 (default 30)"
	c.Flags().IntVar(&f.days, "days", int(report.Period/(24*time.Hour)), days)
	c.Flags().BoolVar(&f.inventory, "inventory", false, "count what exists in your account, too")
	c.Flags().StringVar(&f.aggregator, "aggregator", "",
		"AWS Config aggregator `NAME` that counts what exists in the organization, or NAME@REGION")
	complete(c, "region", regions())
	return c
}

// showReport shows how much is covered.
func showReport(ctx context.Context, f reportFlags, saved bool, p process, output io.Writer) error {
	v, err := f.view(p)
	if err != nil {
		return err
	}
	read := readLive
	if saved {
		read = readSaved
	}
	known, err := f.remembered(ctx, p)
	if err != nil {
		return err
	}
	shown, err := newReportView(v, p, output, known)
	if err != nil {
		return err
	}
	defer shown.close()
	r, err := read(ctx, f, p, counting{shown, known})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	r.Losses = known.losses()
	if err := shown.end(ctx, r); err != nil {
		return err
	}
	switch {
	case len(r.Problems) > 0:
		return exitCode(exitFailed)
	case slices.ContainsFunc(r.Uncovered, isUnknown):
		return exitCode(exitUnknown)
	}
	return nil
}

// reportView shows a report: each resource as it is read, and the report at its end.
type reportView interface {
	// resource is called with the finding of an uncovered resource, and none of a covered one.
	resource(s coverage.State, uncovered catalog.Finding) error
	end(ctx context.Context, r report.Report) error
	// close removes what is needed no more.
	close() error
}

func newReportView(v view, p process, output io.Writer, known *remembered) (reportView, error) {
	switch v.format {
	case asCSV:
		return newCSVReport(output, p.stderr, v.language, known)
	case asHTML:
		return newHTMLReport(output, v, known)
	}
	return reportMessage{view: v, output: output, known: known}, nil
}

// counting is where resources go: to what shows them, with what is known besides, and into the report.
type counting struct {
	shown reportView
	known *remembered
}

func (c counting) add(s coverage.State) error {
	s = c.known.date(s)
	return c.shown.resource(s, c.known.builder.Add(s))
}

// reportMessage is the report as one message, which needs no more of the resources than the report has.
type reportMessage struct {
	view   view
	output io.Writer
	known  *remembered
}

func (reportMessage) resource(coverage.State, catalog.Finding) error { return nil }

func (reportMessage) close() error { return nil }

func (m reportMessage) end(ctx context.Context, r report.Report) error {
	screen := terminal{page: &page{w: m.output, view: m.view}, view: m.view}
	if slices.Contains(r.Regions, namedRegion) {
		screen.adapt = withoutLinks
	}
	composer := compose.New(m.view.language, compose.Local{Zone: m.view.zone, Accounts: m.known.accounts})
	compose := composer.FullReport
	if m.view.format == asSlack {
		compose = composer.Report // It is what the function sends.
	}
	_, err := screen.Send(ctx, compose(r), "")
	return err
}

func isUnknown(g report.Group) bool { return g.Finding.ID == catalog.Unrecognised }

// readLive reads from GuardDuty, with the caller's own credentials.
func readLive(ctx context.Context, f reportFlags, p process, to counting) (report.Report, error) {
	cloud, err := p.signedIn(ctx)
	if err != nil {
		return report.Report{}, fmt.Errorf("%w\nreport --file needs none", err)
	}
	regions := f.regions.values
	if len(regions) == 0 {
		if regions, err = regionOf(cloud); err != nil {
			return report.Report{}, err
		}
	}
	cloud.RetryMode, cloud.RetryMaxAttempts = aws.RetryModeAdaptive, attempts
	reader := guardduty.New(cloud)
	states := reader.States(ctx, regions)
	if marks := newProgress(p); marks != nil {
		states = watched(ctx, states, reader, regions, marks)
	}
	listing := make(inventory.Listing)
	r, err := count(listed(states, listing), regions, p.now(), to)
	if err != nil {
		return report.Report{}, err
	}
	asked := reader.Organization(ctx, regions)
	r.Organization = organization.Add(asked, organization.Enabled{})
	r.Inventory, err = f.existing(ctx, cloud, listing, asked, regions)
	return r, err
}

// regionOf is the Region of the AWS settings.
func regionOf(cloud aws.Config) ([]string, error) {
	if cloud.Region == "" {
		return nil, errors.New("no Region: name one with --region, or set AWS_REGION")
	}
	if err := checkRegion(cloud.Region); err != nil {
		return nil, fmt.Errorf("the Region of your AWS settings: %w", err)
	}
	return []string{cloud.Region}, nil
}

// readSaved reads what somebody saved.
func readSaved(_ context.Context, f reportFlags, p process, to counting) (report.Report, error) {
	if len(f.regions.values) > 1 {
		return report.Report{}, misuse("a saved answer is of one Region; give --region once")
	}
	region, err := regionOr(f.regions, p.getenv)
	if err != nil {
		return report.Report{}, err
	}
	var r report.Report
	if f.file == "-" {
		r, err = countSaved("standard input", p.waitingForInput(), region, p.now(), to)
	} else {
		r, err = countFile(f.file, region, p.now(), to)
	}
	if err != nil {
		return report.Report{}, err
	}
	if slices.Contains(r.Regions, namedRegion) {
		const note = "A saved answer does not name its Region: commands say %s. Name yours with --region.\n"
		fmt.Fprintf(p.stderr, note, namedRegion)
	}
	return r, nil
}

func countFile(name, region string, now time.Time, to counting) (report.Report, error) {
	file, err := open(name)
	if err != nil {
		return report.Report{}, fmt.Errorf("%s: %w", name, err)
	}
	defer file.Close()
	return countSaved(name, file, region, now, to)
}

// countSaved makes a report of a saved answer. region is empty where it is not known.
func countSaved(
	name string, in io.Reader, region string, now time.Time, to counting,
) (report.Report, error) {
	buffered := bufio.NewReader(in)
	if err := recognizeStart(buffered); err != nil {
		return report.Report{}, fmt.Errorf("%s: %w", name, err)
	}
	var known []string
	if region != "" {
		known = []string{region}
	}
	r, err := count(guardduty.Saved(buffered, cmp.Or(region, namedRegion)), known, now, to)
	if err != nil {
		return report.Report{}, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// recognizeStart says in words what is no JSON object, by its beginning.
func recognizeStart(r *bufio.Reader) error {
	const enough = 512
	start, err := r.Peek(enough)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return recognize(wholeRunes(start))
}

// wholeRunes is text without a character that is cut in two at its end.
func wholeRunes(text []byte) []byte {
	for range 3 {
		if n := len(text); n > 0 && text[n-1] >= 0x80 {
			text = text[:n-1]
		}
	}
	return text
}

// withoutLinks is a report without console pages of a placeholder Region.
func withoutLinks(m message.Message) message.Message {
	machine := m.Form.(message.Report)
	machine.Links = nil
	m.Links, m.Form = nil, machine
	return m
}

// count makes a report of these Regions, and of any other that is found, and shows each resource
// on the way.
func count(
	states iter.Seq2[coverage.State, error], regions []string, now time.Time, to counting,
) (report.Report, error) {
	var problems []report.Problem
	for state, err := range states {
		if failed, ok := errors.AsType[*guardduty.Problem](err); ok {
			problems = append(problems, problem.Of(failed))
			continue
		}
		if err != nil {
			return report.Report{}, err
		}
		if err := to.add(state); err != nil {
			return report.Report{}, err
		}
		if region := state.Resource.Region; region != "" && !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	return to.known.builder.Report(now, regions, problems, 0), nil
}

// watched is states with a line of progress until they end.
func watched(
	ctx context.Context, states iter.Seq2[coverage.State, error], reader *guardduty.Reader, regions []string,
	marks *progress,
) iter.Seq2[coverage.State, error] {
	return func(yield func(coverage.State, error) bool) {
		defer marks.clear()
		of := ""
		if total := totalOf(ctx, reader, regions); total > 0 {
			of = fmt.Sprintf("of %d ", total)
		}
		read := 0
		for state, err := range states {
			if read%everyPage == 0 {
				marks.show("reading %d %sresources", read, of)
			}
			read++
			if !yield(state, err) {
				return
			}
		}
	}
}

// totalOf is how many resources GuardDuty counts, or 0 where it does not say.
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
