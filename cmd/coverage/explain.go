package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

const explainAbout = `explain shows the whole runbook of an issue: what it means, and what to do about it.
KIND is EKS, ECS or EC2; TEXT is the issue as the GuardDuty console or an event shows it, in quotes ("" when
there is none).

Without --name, --account and --region the commands are for a placeholder resource.`

const explainExamples = `coverage explain EKS "Addon Creation Failed"
coverage explain EC2 "No Agent Reporting" --name i-0abc1234def567890 --account 111122223333 --region eu-central-1`

// The placeholder resource of an issue that was copied without one. AWS reserves the account for
// documentation, so commands are complete and act on no real account.
const (
	placeholderAccount  = "111122223333"
	placeholderRegion   = "us-east-1"
	placeholderCluster  = "CLUSTER"
	placeholderInstance = "i-0123456789abcdef0"
)

// explainFlags are the flags of explain.
type explainFlags struct {
	viewFlags
	name     string
	account  accountFlag
	reader   accountFlag
	region   regionsFlag
	diagnose bool
}

func newExplain(p process, output io.Writer) *cobra.Command {
	f := explainFlags{region: regionsFlag{single: true}}
	c := &cobra.Command{
		Use: "explain [flags] KIND TEXT", Short: "Show the runbook of an issue",
		Long: explainAbout, Example: explainExamples,
		ValidArgs: []string{string(coverage.EKS), string(coverage.ECS), string(coverage.EC2)},
		RunE: func(c *cobra.Command, args []string) error {
			return explain(c.Context(), f, args, p, output)
		},
		Args: cobra.ArbitraryArgs,
	}
	f.addFormat(c, asText, asJSON, asSlack, asBuilder)
	f.addLanguage(c)
	f.addColor(c)
	c.Flags().StringVar(&f.name, "name", "", "`NAME` of the cluster, or ID of the instance")
	c.Flags().Var(&f.account, "account", "`ACCOUNT` ID of the resource")
	c.Flags().Var(&f.region, "region", "`REGION` of the resource (default AWS_REGION)")
	c.Flags().BoolVar(&f.diagnose, "diagnose", false,
		"check the resource now, with your AWS credentials (read-only); needs --name, --account and --region")
	addReader(c, &f.reader)
	complete(c, "region", regions())
	return c
}

// explain shows what an issue means.
func explain(ctx context.Context, f explainFlags, args []string, p process, output io.Writer) error {
	i, err := newIssue(f, args, p.getenv)
	if err != nil {
		return err
	}
	v, err := f.view(p)
	if err != nil {
		return err
	}
	event, err := i.event()
	if err != nil {
		return err
	}
	r := newReplayer(v, p, output)
	r.history.pipeline.Local.Reader = string(f.reader)
	r.screen.adapt = i.explained
	if f.diagnose {
		if err := r.diagnose(ctx, p); err != nil {
			return err
		}
		r.page.marks.show("checking %s", i.name)
	}
	r.replay(ctx, input{name: "the issue", read: func() ([]byte, error) { return event, nil }})
	r.page.marks.clear()
	if i.made {
		fmt.Fprintln(p.stderr, "Placeholder resource; name yours with --name, --account and --region.")
	}
	r.tally.write(p.stderr)
	return exitWith(r.tally.exit())
}

// issue is a text to be explained, and the resource to explain it for.
type issue struct {
	kind                        coverage.Kind
	text, name, account, region string
	// made is true when the resource is a placeholder, at least in part.
	made bool
}

func newIssue(f explainFlags, args []string, getenv func(string) string) (issue, error) {
	if len(args) == 0 {
		return issue{}, misuse("explain needs a KIND (EKS, ECS or EC2) and the TEXT of the issue")
	}
	kind, err := kindOf(args[0])
	if err != nil {
		return issue{}, err
	}
	if len(args) == 1 {
		return issue{}, misuse(`explain needs the TEXT of the issue, in quotes; "" when AWS gave none`)
	}
	if f.name != "" {
		if err := checkName(kind, f.name); err != nil {
			return issue{}, err
		}
	}
	if f.diagnose && (f.name == "" || f.account == "" || len(f.region.values) == 0) {
		const missing = "--diagnose checks a real resource; name it with --name, --account and --region"
		return issue{}, misuse(missing)
	}
	name := placeholderCluster
	if kind == coverage.EC2 {
		name = placeholderInstance
	}
	region, err := regionOr(f.region, getenv)
	if err != nil {
		return issue{}, err
	}
	return issue{
		kind: kind, text: strings.Join(args[1:], " "),
		name: cmp.Or(f.name, name), account: cmp.Or(string(f.account), placeholderAccount),
		region: cmp.Or(region, placeholderRegion),
		made:   f.name == "" || f.account == "" || region == "",
	}, nil
}

// regionOr is the one Region of the flag, or else that of the environment, which may be "".
func regionOr(f regionsFlag, getenv func(string) string) (string, error) {
	if len(f.values) > 0 {
		return f.values[0], nil
	}
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if region := getenv(name); region != "" {
			if err := checkRegion(region); err != nil {
				return "", misuse("%s: %v", name, err)
			}
			return region, nil
		}
	}
	return "", nil
}

// event is the coverage event that would have brought the issue.
func (i issue) event() ([]byte, error) {
	type details struct {
		Cluster  string `json:"clusterName,omitempty"`
		Instance string `json:"instanceId,omitempty"`
	}
	type detail struct {
		Account string   `json:"resourceAccountId"`
		Kind    string   `json:"resourceType"`
		EKS     *details `json:"eksClusterDetails,omitempty"`
		ECS     *details `json:"ecsClusterDetails,omitempty"`
		EC2     *details `json:"ec2InstanceDetails,omitempty"`
		Issue   string   `json:"issue"`
	}
	d := detail{Account: i.account, Kind: string(i.kind), Issue: i.text}
	switch i.kind {
	case coverage.EKS:
		d.EKS = &details{Cluster: i.name}
	case coverage.ECS:
		d.ECS = &details{Cluster: i.name}
	case coverage.EC2:
		d.EC2 = &details{Instance: i.name}
	}
	event, err := json.Marshal(struct {
		Source     string `json:"source"`
		DetailType string `json:"detail-type"`
		Region     string `json:"region"`
		Detail     detail `json:"detail"`
	}{coverage.Source, coverage.DetailTypeUnhealthy, i.region, d})
	if err != nil {
		return nil, fmt.Errorf("making an event of the issue: %w", err)
	}
	return event, nil
}

// explained is m without its context and facts, since no change was reported, and without console pages of a
// placeholder. Nothing is folded.
func (i issue) explained(m message.Message) message.Message {
	m.State, m.Context, m.Facts, m.Fold = "", nil, nil, ""
	if i.made {
		m.Links = slices.DeleteFunc(slices.Clone(m.Links), func(l message.Link) bool { return strings.Contains(l.URL, ".console.") })
	}
	return m
}
