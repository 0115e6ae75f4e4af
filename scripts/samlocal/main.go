// Samlocal runs the function with sam local invoke, an event at a time, and reads what a fake Slack on this
// machine was told. Without arguments it takes a lost and a regained coverage of every kind from events/.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

const (
	function = "NotifyFunction"
	// host is what the container calls this machine: a name in the certificate of net/http/httptest.
	host = "slack.example.com"
	// built is where sam build puts things, away from what sam deploy takes; code is what the container sees
	// as /var/task.
	built = ".aws-sam/local"
	code  = built + "/" + function
	// template is the built template with the variables that sam local could not set otherwise.
	template = built + "/sam-local.yaml"
	// environment is what they are set to.
	environment = built + "/sam-local.json"
)

func main() {
	sam := flag.String("sam", ".venv/bin/sam", "the SAM CLI")
	gateway := flag.String("gateway", cmp.Or(os.Getenv("HOST_GATEWAY"), "host-gateway"), "this machine's address in the container")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *sam, *gateway, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "samlocal:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, sam, gateway string, files []string) error {
	slack := slacktest.NewServer(slacktest.Options{})
	defer slack.Close()
	front, err := expose(slack)
	if err != nil {
		return err
	}
	defer front.Close()
	samples, err := choose(files)
	if err != nil {
		return err
	}
	if err := build(ctx, sam, front); err != nil {
		return err
	}
	if err := writeEnvironment(slack, front); err != nil {
		return err
	}
	for _, s := range samples {
		told, err := invoke(slack, s, exec.CommandContext(ctx, sam, "local", "invoke", function,
			"--template", template, "--parameter-overrides", "Architecture="+architecture(),
			"--event", s.file, "--env-vars", environment, "--add-host", host+":"+gateway))
		if err != nil {
			return fmt.Errorf("invoking with %s: %w", s.file, err)
		}
		fmt.Printf("%s\n    %s\n", s.file, told)
	}
	fmt.Printf("sam local invoke: %d of %d events told, once each\n", len(samples), len(samples))
	return nil
}

// architecture is this machine's, in Lambda's words: another one would have to be emulated.
func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

// expose makes the fake Slack reachable from a container, by https as the function demands.
func expose(slack *slacktest.Server) (*httptest.Server, error) {
	target, err := url.Parse(slack.APIURL())
	if err != nil {
		return nil, fmt.Errorf("finding the fake Slack: %w", err)
	}
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		return nil, fmt.Errorf("listening for containers: %w", err)
	}
	target.Path = ""
	front := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	front.Listener.Close()
	front.Listener = listener
	front.StartTLS()
	return front, nil
}

// sample is one event and what it is about.
type sample struct {
	file   string
	change coverage.Change
}

// choose reads the files; without any, the first sample of every kind and status.
func choose(files []string) ([]sample, error) {
	all := len(files) > 0
	if !all {
		var err error
		if files, err = filepath.Glob("events/*.json"); err != nil {
			return nil, fmt.Errorf("listing the sample events: %w", err)
		}
	}
	type sort struct {
		kind   coverage.Kind
		status coverage.Status
	}
	var samples []sample
	seen := make(map[sort]bool)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading an event: %w", err)
		}
		change, err := coverage.Decode(data)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		of := sort{change.Resource.Kind, change.Status}
		if all || !seen[of] {
			samples = append(samples, sample{file, change})
		}
		seen[of] = true
	}
	return samples, nil
}

// variables begins the function's environment in a template.
var variables = regexp.MustCompile(`(?m)^( *)Variables:\n`)

// build builds the function for this machine, and beside it a template in which sam local can set what only
// a local run needs.
func build(ctx context.Context, sam string, front *httptest.Server) error {
	cmd := exec.CommandContext(ctx, sam, "build", "--build-dir", built, "--parameter-overrides", "Architecture="+architecture())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, out)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})
	if err := os.WriteFile(code+"/slack.pem", certificate, 0o644); err != nil {
		return fmt.Errorf("writing the fake Slack's certificate: %w", err)
	}
	original, err := os.ReadFile(built + "/template.yaml")
	if err != nil {
		return fmt.Errorf("reading the built template: %w", err)
	}
	local := variables.ReplaceAll(original, []byte("$0$1  SLACK_BOT_TOKEN: ''\n$1  SSL_CERT_FILE: ''\n"))
	if err := os.WriteFile(template, local, 0o644); err != nil {
		return fmt.Errorf("writing the local template: %w", err)
	}
	return nil
}

// writeEnvironment writes the function's environment: the fake Slack, nothing of AWS's, and no waiting.
func writeEnvironment(slack *slacktest.Server, front *httptest.Server) error {
	_, port, err := net.SplitHostPort(front.Listener.Addr().String())
	if err != nil {
		return fmt.Errorf("finding the fake Slack: %w", err)
	}
	content, err := json.Marshal(map[string]map[string]string{function: {
		"SLACK_BOT_TOKEN":       slack.Token(),
		"SLACK_CHANNEL":         slack.Channel(),
		"SLACK_API_URL":         "https://" + net.JoinHostPort(host, port) + "/api/",
		"SSL_CERT_FILE":         "/var/task/slack.pem",
		"SLACK_SECRET":          "",
		"SNS_TOPIC_ARN":         "",
		"INCIDENT_TABLE":        "",
		"WAITING_QUEUE_URL":     "",
		"DEAD_LETTER_QUEUE_URL": "",
		"HOLD_MINUTES":          "0",
	}})
	if err != nil {
		return fmt.Errorf("encoding the environment: %w", err)
	}
	if err := os.WriteFile(environment, content, 0o600); err != nil {
		return fmt.Errorf("writing the environment: %w", err)
	}
	return nil
}

// invoke runs the command and returns the one message that must come of it.
func invoke(slack *slacktest.Server, s sample, cmd *exec.Cmd) (string, error) {
	before := len(slack.Messages())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, &stderr)
	}
	told := slack.Messages()[before:]
	switch {
	case strings.Contains(stdout.String(), `"errorMessage"`):
		return "", fmt.Errorf("the function failed: %s\n%s", &stdout, &stderr)
	case len(slack.Broken()) > 0:
		return "", fmt.Errorf("refused by slack: %s", strings.Join(slack.Broken(), "; "))
	case len(told) != 1:
		return "", fmt.Errorf("%d messages came, expected one\n%s", len(told), &stderr)
	case !bytes.Contains(told[0].Blocks, []byte(s.change.Resource.Name)):
		return "", fmt.Errorf("the message does not name %s: %s", s.change.Resource.Name, told[0].Blocks)
	}
	title, _, _ := strings.Cut(told[0].Text, "\n")
	return title, nil
}
