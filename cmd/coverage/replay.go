package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/route"
	"guardduty-coverage-notifier/pkg/trigger"
)

const replayAbout = `replay shows the messages that the Lambda function sends for these events, as one
history: repeats and late events are recognized, a recovery refers to its loss.

A FILE holds one event, or what delivered it: an SQS batch, an SNS notification, the record of a failed
invocation, or the output of aws sqs receive-message.`

const replayExamples = `coverage replay events/eks-addon-removed.json
coverage replay --format slack events/eks-addon-removed.json
aws sqs receive-message --queue-url URL | coverage replay -`

// replayFlags are the flags of replay.
type replayFlags struct {
	viewFlags
	diagnose, send bool
	evidence       string
	reader         accountFlag
}

func newReplay(p process, output io.Writer) *cobra.Command {
	var f replayFlags
	c := &cobra.Command{
		Use: "replay [flags] FILE... | -", Short: "Show events as messages",
		Long: replayAbout, Example: replayExamples,
		RunE: func(c *cobra.Command, files []string) error {
			return replay(c.Context(), f, files, p, output)
		},
	}
	f.addFormat(c, asText, asJSON, asSlack, asBuilder)
	f.addLanguage(c)
	f.addColor(c)
	c.Flags().BoolVar(&f.diagnose, "diagnose", false,
		"check each uncovered resource now, with your AWS credentials (read-only)")
	c.Flags().StringVar(&f.evidence, "evidence", "",
		"show the recorded diagnosis in `FILE` instead of checking the resource")
	c.Flags().BoolVar(&f.send, "send", false,
		"also send to the destinations in the environment's settings; nothing is stored or queued")
	addReader(c, &f.reader)
	return c
}

// replay shows the events of all files.
func replay(ctx context.Context, f replayFlags, files []string, p process, output io.Writer) error {
	if err := needFiles(files); err != nil {
		return err
	}
	if f.diagnose && f.evidence != "" {
		return misuse("--diagnose and --evidence exclude each other")
	}
	v, err := f.view(p)
	if err != nil {
		return err
	}
	r := newReplayer(v, p, output)
	r.page.headers = v.forPeople() && (len(files) > 1 || isTerminal(p.stdout))
	if err := r.prepare(ctx, f, p); err != nil {
		return err
	}
	for i, in := range inputs(files, p) {
		r.page.marks.show("replaying %d of %d", i+1, len(files))
		r.replay(ctx, in)
		r.page.marks.clear()
	}
	r.tally.write(p.stderr)
	return exitWith(r.tally.exit())
}

// forPeople says whether people read the output.
func (v view) forPeople() bool { return v.format == asText || v.format == asBuilder }

// replayer shows one input after another, as one history.
type replayer struct {
	screen  *terminal
	history *history
	page    *page
	stderr  io.Writer
	tally   tally
}

func newReplayer(v view, p process, output io.Writer) *replayer {
	shown := &page{w: output, view: v, marks: newProgress(p)}
	if v.format != asText {
		shown.aside = p.stderr
	}
	screen := &terminal{page: shown, view: v}
	return &replayer{
		screen: screen, page: shown, stderr: p.stderr, tally: tally{results: make(map[result]int)},
		history: newHistory(screen, v, p.now),
	}
}

// prepare connects what the flags ask for.
func (r *replayer) prepare(ctx context.Context, f replayFlags, p process) error {
	if f.evidence != "" {
		evidence, err := readEvidence(f.evidence)
		if err != nil {
			return fmt.Errorf("%s: %w", f.evidence, err)
		}
		r.history.pipeline.Diagnoser = evidence
	}
	r.history.pipeline.Local.Reader = string(f.reader)
	if f.diagnose {
		if err := r.diagnose(ctx, p); err != nil {
			return err
		}
	}
	if f.send {
		destinations, err := destinations(ctx, p)
		if err != nil {
			return err
		}
		r.history.sendTo(destinations)
	}
	return nil
}

// diagnose lets resources be checked with the caller's credentials.
func (r *replayer) diagnose(ctx context.Context, p process) error {
	cloud, err := p.signedIn(ctx)
	if err != nil {
		return err
	}
	r.history.pipeline.Diagnoser = diagnose.New(cloud, diagnose.Settings{Actor: diagnose.ActorRole}, p.now)
	if reader := &r.history.pipeline.Local.Reader; *reader == "" {
		*reader = callerAccount(ctx, cloud)
	}
	return nil
}

// callerAccount is the account of the credentials; "" where AWS does not say.
func callerAccount(ctx context.Context, cloud aws.Config) string {
	ctx, cancel := context.WithTimeout(ctx, sinkTimeout)
	defer cancel()
	out, err := sts.NewFromConfig(cloud).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return ""
	}
	return aws.ToString(out.Account)
}

// destinations are those of the environment's settings. Its table and queues are left alone: a replay must
// not change what the deployed function remembers.
func destinations(ctx context.Context, p process) (app.Destinations, error) {
	cfg, err := app.Load(p.getenv)
	if err != nil {
		return app.Destinations{}, err
	}
	load := p.cloud
	if cfg.SNS.Enabled() || cfg.Slack.SecretSource != "" || cfg.Routes.Parameter != "" {
		load = p.signedIn
	}
	cloud, err := load(ctx)
	if err != nil {
		return app.Destinations{}, err
	}
	connected, err := app.Connect(ctx, cfg, cloud, p.now)
	if err == nil && slices.ContainsFunc(connected.Table.Targets(), needsAWS) {
		_, err = p.signedIn(ctx)
	}
	return connected, err
}

// needsAWS reports whether a destination of the rules takes AWS credentials: for a topic, or for a webhook's
// secret.
func needsAWS(target route.Target) bool { return target.SNS != "" || target.Webhook != "" }

// readEvidence reads a recorded diagnosis: an object with a list evidence.
func readEvidence(name string) (recorded, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := readEvent(f)
	if err != nil {
		return nil, err
	}
	var recording struct {
		Evidence []coverage.Evidence `json:"evidence"`
	}
	if err := json.Unmarshal(data, &recording); err != nil {
		return nil, typesInWords(err)
	}
	if len(recording.Evidence) == 0 {
		return nil, fmt.Errorf("it has no list of evidence")
	}
	return recording.Evidence, nil
}

// replay handles one input, as the Lambda function would.
func (r *replayer) replay(ctx context.Context, in input) {
	r.failed(in.name, r.page.header(in.name))
	data, err := in.read()
	if err != nil {
		r.failed(in.name, err)
		return
	}
	errs, all := r.history.replay(ctx, trigger.Unwrap(data).Events)
	for i, err := range errs {
		r.failed(in.event(i, len(errs)), err)
	}
	for _, h := range all {
		r.tally.add(h)
		if remark := r.remarkOn(h); remark != "" {
			r.failed(in.name, r.page.note(remark))
		}
	}
}

// event names the i-th of n events in an input.
func (in input) event(i, n int) string {
	if n == 1 {
		return in.name
	}
	return fmt.Sprintf("%s, event %d", in.name, i+1)
}

// failed reports an error, if there is one, and goes on.
func (r *replayer) failed(name string, err error) {
	if err == nil {
		return
	}
	r.page.marks.clear()
	r.tally.failed, r.page.started = true, true
	fmt.Fprintf(r.stderr, "coverage: %s: %s\n", message.CleanLine(name), inWords(typesInWords(err)))
}

// remarkOn says what the messages themselves do not show.
func (r *replayer) remarkOn(h handled) string {
	switch {
	case h.result == duplicate:
		return "No message: the last message about the resource said the same."
	case h.result == outOfDate:
		return "No message: something newer is known about the resource."
	case len(h.sinks) > 0:
		return "Sent to " + strings.Join(h.sinks, ", ") + "."
	case h.result == notified && r.history.sends():
		return "Sent to nobody, as the rules say."
	}
	return ""
}
