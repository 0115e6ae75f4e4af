package pkg_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module begins the import path of every package of the project.
const module = "guardduty-coverage-notifier/"

// What is not to be reached but by those whose work it is.
const (
	awsSDK   = "github.com/aws/aws-sdk-go-v2"
	awsWire  = "github.com/aws/smithy-go"
	lambda   = "github.com/aws/aws-lambda-go"
	slackSDK = "github.com/slack-go/slack"
	slackRTM = "github.com/gorilla/websocket"
	notify   = module + "pkg/notify"
	programs = module + "functions"
	commands = module + "cmd"
	inside   = module + "internal"
	// columns counts how wide characters are in a terminal, by Unicode's tables.
	columns = "github.com/clipperhouse"
)

// reasons say why.
var reasons = map[string]string{
	awsSDK:   "adapters speak to AWS; what decides is read and tested without it",
	awsWire:  "it is the AWS SDK's; adapters speak to AWS",
	lambda:   "programs run on Lambda; nothing below functions/ knows where it runs",
	slackSDK: "pkg/slack speaks to Slack; nobody else knows how a message looks there",
	notify:   "an adapter fits notify's interfaces by its shape, so that either can be replaced alone",
	programs: "programs choose and connect; what they connect does not know them",
	commands: "programs choose and connect; what they connect does not know them",
	inside:   "programs choose and connect; what they connect does not know them",
}

// anyOther is the reason for whatever has none of its own.
const anyOther = "it is not in the package's line of the table; put it there only if the design changes"

// mayReach lists, for every package below pkg, what its import graph may hold besides the standard library. Adapters
// have none of each other, and none of what decides.
var mayReach = map[string][]string{
	// The core decides.
	"coverage": nil,
	// It counts accounts and Regions by their names, and knows the accounts' names.
	"organization": nil,
	"heartbeat":    nil,
	"delivery":     nil,
	"catalog":      core("coverage"),
	"inventory":    core("coverage"),
	"incident":     core("coverage"),
	"route":        core("coverage"),
	"locale":       core("coverage", "catalog", "organization", "inventory"),
	"report":       core("coverage", "catalog", "heartbeat", "organization", "inventory"),
	"format":       core("coverage", "incident", "organization"),
	"message":      {columns},
	"compose": append(core(
		"coverage", "catalog", "heartbeat", "locale", "report", "organization", "inventory", "message",
	), columns),
	"notify": append(core(
		"coverage", "catalog", "heartbeat", "locale", "report", "organization", "inventory", "message", "compose", "incident",
		"format", "delivery",
	), columns),
	// The edges turn what comes from outside into plain values.
	"config":  nil,
	"trigger": nil,
	// It reads errors of AWS, for adapters.
	"awserror": {awsWire},
	// Each adapter speaks to one service.
	"accounts":   append(core("organization"), awsSDK, awsWire),
	"aggregator": append(core("awserror", "coverage", "inventory"), awsSDK, awsWire),
	"diagnose":   {module + "pkg/coverage", module + "pkg/catalog", awsSDK, awsWire},
	"dynamo":     append(core("coverage", "format", "heartbeat", "incident", "organization"), awsSDK, awsWire),
	"guardduty":  append(core("awserror", "coverage", "organization"), awsSDK, awsWire),
	"lambda":     append(core("coverage", "format", "incident", "organization"), awsSDK, awsWire),
	"resources":  append(core("awserror", "coverage", "inventory"), awsSDK, awsWire),
	"regions":    {awsSDK, awsWire},
	"secrets":    {awsSDK, awsWire},
	"slack":      {module + "pkg/message", columns, slackSDK, slackRTM},
	"sns":        {module + "pkg/message", columns, awsSDK, awsWire},
	"sqs":        {awsSDK, awsWire},
	"memory":     core("coverage", "incident"),
	// For tests.
	"diagnose/diagnosetest":     nil,
	"accounts/accountstest":     nil,
	"aggregator/aggregatortest": nil,
	"guardduty/guarddutytest":   nil,
	"slack/slacktest":           nil,
}

// core are packages of the core by their names.
func core(names ...string) []string {
	var paths []string
	for _, name := range names {
		paths = append(paths, module+"pkg/"+name)
	}
	return paths
}

func TestImportGraph(t *testing.T) {
	graph := importGraph(t)
	for _, name := range slices.Sorted(maps.Keys(graph)) {
		allowed, listed := mayReach[name]
		if !listed {
			t.Errorf("pkg/%s is not in mayReach of pkg/architecture_test.go: say there what it may know of", name)
			continue
		}
		for _, path := range graph[name] {
			if isForeign(path) && !startsWithAny(path, allowed) {
				t.Errorf("pkg/%s reaches %s: %s", name, path, reasonFor(path))
			}
		}
	}
	for name := range mayReach {
		if _, exists := graph[name]; !exists {
			t.Errorf("pkg/%s is in mayReach of pkg/architecture_test.go and does not exist", name)
		}
	}
}

// importGraph is what every package below pkg imports, and what that imports, and so on.
func importGraph(t *testing.T) map[string][]string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Deps,GoFiles", "./...")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	listed, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	graph := make(map[string][]string)
	for decoder := json.NewDecoder(bytes.NewReader(listed)); ; {
		var p struct {
			ImportPath    string
			Deps, GoFiles []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 { // pkg itself holds this test alone
			graph[strings.TrimPrefix(p.ImportPath, module+"pkg/")] = p.Deps
		}
	}
	return graph
}

// TestFunctionsLinkTheirClients holds each function to the AWS services that it calls: the initialization of any other's
// client is a part of its start, and its code one of what is downloaded.
func TestFunctionsLinkTheirClients(t *testing.T) {
	for function, services := range map[string]string{
		"notify":   "dynamodb lambda secretsmanager sns sqs ssm",
		"diagnose": "cloudtrail ec2 ecs eks guardduty ssm sts",
	} {
		listed, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../functions/"+function).Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		var linked []string
		for path := range strings.FieldsSeq(string(listed)) {
			if service, ok := strings.CutPrefix(path, awsSDK+"/service/"); ok && !strings.Contains(service, "/") {
				linked = append(linked, service)
			}
		}
		slices.Sort(linked)
		if got := strings.Join(linked, " "); got != services {
			t.Errorf("functions/%s links the clients of %s, expected %s", function, got, services)
		}
	}
}

// isForeign says whether path is outside the standard library, whose paths have no dot before the first slash.
func isForeign(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".") || strings.HasPrefix(path, module)
}

func startsWithAny(path string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool {
		return path == prefix || strings.HasPrefix(path, prefix+"/")
	})
}

func reasonFor(path string) string {
	for prefix, reason := range reasons {
		if startsWithAny(path, []string{prefix}) {
			return reason
		}
	}
	return anyOther
}

// TestNothingBelowFunctionsReadsTheClockOrTheEnvironment keeps decisions repeatable. Fakes for tests may.
func TestNothingBelowFunctionsReadsTheClockOrTheEnvironment(t *testing.T) {
	forbidden := []string{"time.Now", "time.Since", "time.Until", "os.Getenv", "os.LookupEnv", "os.Environ"}
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.HasSuffix(filepath.Dir(path), "test") {
			return err
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && slices.Contains(forbidden, x.Name+"."+selector.Sel.Name) {
				t.Errorf("%s: %s.%s: let whoever calls hand it over", set.Position(n.Pos()), x.Name, selector.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files read: %v", files, err)
	}
}
