package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/route"
	"guardduty-coverage-notifier/pkg/trigger"
)

const routesAbout = `routes shows who would be notified about these events, and by which rule. RULES is a
file with rules (docs/routing.md), or the word default for those that apply without any. Nothing is sent.`

const routesExamples = `coverage routes docs/routes.example.json events/eks-addon-removed.json
coverage routes default events/*.json`

// defaultRoutes stands for the rules that apply without any.
const defaultRoutes = "default"

// routed is where one change goes, and why.
type routed struct {
	Event    string         `json:"event"`
	Resource routedResource `json:"resource"`
	Status   string         `json:"status"`
	// Findings are IDs of the catalog; of a recovery, those of the loss if it is among the events before.
	Findings   []string     `json:"findings"`
	Actionable bool         `json:"actionable"`
	To         []routedSink `json:"to"`
	Muted      bool         `json:"muted"`
	// Rules are those that decided.
	Rules []string `json:"rules"`
}

type routedResource struct {
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	Account     string `json:"account"`
	AccountName string `json:"accountName"`
	Region      string `json:"region"`
	Cluster     string `json:"cluster,omitempty"`
}

type routedSink struct {
	Sink     string `json:"sink"`
	Language string `json:"language,omitempty"`
}

func newRoutes(p process, output io.Writer) *cobra.Command {
	var f viewFlags
	c := &cobra.Command{
		Use: "routes [flags] RULES FILE... | -", Short: "Show who would be notified, by which rule",
		Long: routesAbout, Example: routesExamples,
		RunE: func(_ *cobra.Command, args []string) error { return showRoutes(f, args, p, output) },
	}
	f.addFormat(c, asText, asJSON)
	return c
}

// showRoutes shows where the events would go.
func showRoutes(f viewFlags, args []string, p process, output io.Writer) error {
	if len(args) == 0 || args[0] == "" || args[0] == "-" {
		return misuse("routes needs RULES: a file with rules, or the word %s", defaultRoutes)
	}
	if err := needFiles(args[1:]); err != nil {
		return err
	}
	v, err := f.view(p)
	if err != nil {
		return err
	}
	table, err := readRoutes(args[0])
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	r := router{table: table, stderr: p.stderr, causes: make(map[string][]string)}
	for _, in := range inputs(args[1:], p) {
		r.read(in)
	}
	if err := r.write(output, v); err != nil {
		return err
	}
	switch {
	case r.failed:
		return exitCode(exitFailed)
	case r.unknown:
		return exitCode(exitUnknown)
	}
	return nil
}

func readRoutes(name string) (route.Table, error) {
	if name == defaultRoutes {
		return route.Default(), nil
	}
	f, err := open(name)
	if err != nil {
		return route.Table{}, err
	}
	defer f.Close()
	data, err := readLimited(f)
	if err != nil {
		return route.Table{}, err
	}
	return route.Parse(data, app.KnownToRules())
}

// router routes changes one after the other, as one history.
type router struct {
	table  route.Table
	stderr io.Writer
	// causes are those of the last loss of each resource.
	causes map[string][]string
	all    []routed
	failed bool
	// unknown is true when an issue is not in the catalog.
	unknown bool
}

// read routes every event of an input.
func (r *router) read(in input) {
	data, err := in.read()
	if err != nil {
		r.fail(in.name, err)
		return
	}
	events := trigger.Unwrap(data).Events
	for i, event := range events {
		name := in.event(i, len(events))
		change, err := coverage.Decode(event)
		if err != nil {
			r.fail(name, err)
			continue
		}
		r.all = append(r.all, r.route(name, change))
	}
}

func (r *router) fail(name string, err error) {
	r.failed = true
	fmt.Fprintf(r.stderr, "coverage: %s: %s\n", message.CleanLine(name), inWords(typesInWords(err)))
}

// route applies the rules, as the Pipeline does.
func (r *router) route(name string, change coverage.Change) routed {
	key := change.Resource.Key()
	if change.Status == coverage.Unhealthy {
		r.causes[key] = r.causesOf(change)
	}
	subject := app.SubjectOf(change, r.causes[key])
	decision := r.table.Decide(subject)
	_, cluster := change.Resource.Cluster()
	shown := routed{
		Event: name,
		Resource: routedResource{
			Kind: string(change.Resource.Kind), Name: change.Resource.Name, Account: change.Resource.Account,
			AccountName: r.table.AccountName(change.Resource.Account),
			Region:      change.Resource.Region, Cluster: cluster,
		},
		Status: string(change.Status), Actionable: subject.Actionable,
		Findings: append([]string{}, subject.Findings...),
		To:       []routedSink{}, Muted: decision.Muted, Rules: append([]string{}, decision.Rules...),
	}
	for _, d := range decision.To {
		shown.To = append(shown.To, routedSink(d))
	}
	return shown
}

func (r *router) causesOf(change coverage.Change) []string {
	var causes []string
	for _, f := range catalog.Classify(change) {
		r.unknown = r.unknown || f.ID == catalog.Unrecognised
		causes = append(causes, string(f.ID))
	}
	slices.Sort(causes)
	return slices.Compact(causes)
}

func (r *router) write(output io.Writer, v view) error {
	if v.format == asJSON {
		return writeJSON(output, r.all...)
	}
	if len(r.all) == 0 {
		return nil
	}
	table := message.Table{Columns: []message.Column{
		{Heading: "EVENT"}, {Heading: "RESOURCE"}, {Heading: "CHANGE"}, {Heading: "GOES TO"}, {Heading: "BY"},
	}}
	for _, each := range r.all {
		table.Rows = append(table.Rows, []string{
			each.Event, each.Resource.line(), each.change(), each.destinations(),
			strings.Join(each.Rules, ", "),
		})
	}
	return writeTable(output, v, table)
}

// line is a resource in one line.
func (r routedResource) line() string {
	name := strings.Join([]string{r.Kind, r.Name, r.AccountName, r.Region}, " ")
	if r.Cluster != "" {
		name += " in " + r.Cluster
	}
	return name
}

// change is the status and the first finding.
func (r routed) change() string {
	change := r.Status
	if len(r.Findings) > 0 {
		change += " " + r.Findings[0]
	}
	if more := len(r.Findings) - 1; more > 0 {
		change += fmt.Sprintf(" and %d more", more)
	}
	return change
}

// destinations are the sinks, topics without the rest of their ARNs.
func (r routed) destinations() string {
	if r.Muted {
		return "nobody"
	}
	var sinks []string
	for _, each := range r.To {
		sink, name, _ := strings.Cut(each.Sink, "/")
		if name != "" {
			sink += "/" + name[strings.LastIndex(name, ":")+1:]
		}
		if each.Language != "" {
			sink += " in " + each.Language
		}
		sinks = append(sinks, sink)
	}
	return strings.Join(sinks, ", ")
}
