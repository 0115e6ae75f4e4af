package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/route"
	"guardduty-coverage-notifier/pkg/trigger"
)

// defaultRoutes stands for the rules that hold without any.
const defaultRoutes = "default"

// routed is where one change goes, and why.
type routed struct {
	Event    string         `json:"event"`
	Resource routedResource `json:"resource"`
	Status   string         `json:"status"`
	// Findings are ids of the catalogue; of a recovery, those of the loss if it is among the events before.
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

// router shows where changes go, one after the other, as one history.
type router struct {
	table  route.Table
	words  words
	stderr io.Writer
	// causes are those of the last loss of each resource.
	causes map[string][]string
	all    []routed
	failed bool
	// unknown is true when an issue is unknown to the catalogue.
	unknown bool
}

// showRoutes shows where the events would go, and returns the exit code.
func showRoutes(o options, p process) int {
	table, err := readRoutes(o.routes, o.words)
	if err != nil {
		return p.exit(exitFailed, err)
	}
	inputs, err := o.inputs(p.stdin)
	if err != nil {
		return p.exit(exitFailed, err)
	}
	r := router{table: table, words: o.words, stderr: p.stderr, causes: make(map[string][]string)}
	for _, in := range inputs {
		r.read(in)
	}
	write := o.words.writeRoutes
	if o.format == asJSON {
		write = writeRoutesAsJSON
	}
	if err := write(p.stdout, r.all); err != nil {
		return p.exit(exitFailed, fmt.Errorf("writing the output: %w", err))
	}
	switch {
	case r.failed:
		return exitFailed
	case r.unknown:
		return exitUnknown
	}
	return exitFine
}

func readRoutes(file string, w words) (route.Table, error) {
	if file == defaultRoutes {
		return route.Default(), nil
	}
	data, err := readFile(file, w)
	if err != nil {
		return route.Table{}, err
	}
	table, err := route.Parse(data, app.KnownToRules())
	if err != nil {
		return route.Table{}, fmt.Errorf("%s: %w", message.CleanLine(file), err)
	}
	return table, nil
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
		name := in.name
		if len(events) > 1 {
			name = catalog.Fill(r.words.Event, "name", in.name, "n", strconv.Itoa(i+1))
		}
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
	fmt.Fprintf(r.stderr, "replay: %s: %s\n", message.CleanLine(name), message.CleanLine(err.Error()))
}

// route asks the rules, as the Pipeline would.
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
			AccountName: r.table.AccountName(change.Resource.Account), Region: change.Resource.Region, Cluster: cluster,
		},
		Status: string(change.Status), Findings: append([]string{}, subject.Findings...), Actionable: subject.Actionable,
		To: []routedSink{}, Muted: decision.Muted, Rules: append([]string{}, decision.Rules...),
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

func writeRoutesAsJSON(w io.Writer, all []routed) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	for _, each := range all {
		if err := encoder.Encode(each); err != nil {
			return err
		}
	}
	return nil
}

// writeRoutes writes a line for each change.
func (w words) writeRoutes(out io.Writer, all []routed) error {
	if len(all) == 0 {
		return nil
	}
	rows := [][]string{strings.Split(w.RoutesHead, "\t")}
	for _, each := range all {
		cells := []string{each.Event, w.resource(each.Resource), w.change(each), w.to(each), strings.Join(each.Rules, ", ")}
		for i, cell := range cells {
			cells[i] = message.CleanLine(cell)
		}
		rows = append(rows, cells)
	}
	_, err := io.WriteString(out, aligned(rows))
	return err
}

// aligned are the rows in columns, as wide as a terminal shows them.
func aligned(rows [][]string) string {
	widest := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widest[i] = max(widest[i], message.Width(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widest[i]-message.Width(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// resource is a resource in one line.
func (w words) resource(r routedResource) string {
	name := strings.Join([]string{r.Kind, r.Name, r.AccountName, r.Region}, " ")
	if r.Cluster != "" {
		name = catalog.Fill(w.OfCluster, "resource", name, "cluster", r.Cluster)
	}
	return name
}

// change is the status and the first finding.
func (w words) change(r routed) string {
	change := r.Status
	if len(r.Findings) > 0 {
		change += " " + r.Findings[0]
	}
	if more := len(r.Findings) - 1; more > 0 {
		change = catalog.Fill(w.AndMore, "first", change, "n", strconv.Itoa(more))
	}
	return change
}

// to are the sinks, topics without the rest of their ARNs.
func (w words) to(r routed) string {
	if r.Muted {
		return w.Nobody
	}
	var sinks []string
	for _, each := range r.To {
		sink, name, _ := strings.Cut(each.Sink, "/")
		if name != "" {
			sink += "/" + name[strings.LastIndex(name, ":")+1:]
		}
		if each.Language != "" {
			sink = catalog.Fill(w.ToIn, "sink", sink, "language", each.Language)
		}
		sinks = append(sinks, sink)
	}
	return strings.Join(sinks, ", ")
}
