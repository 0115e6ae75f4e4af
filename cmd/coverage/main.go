// Command coverage works with coverage events on a laptop: it replays them through the same Pipeline as the
// Lambda function's with the terminal in the place of Slack and SNS, explains issues, shows routes, reports
// how much GuardDuty covers, and checks a deployment's settings.
//
// Only report, doctor, and the flags --diagnose and --send use the network.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"guardduty-coverage-notifier/pkg/message"
)

// The exit codes.
const (
	exitFine    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitUnknown = 3
)

// process is what the program receives from its environment.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	// cloud reads the caller's AWS settings.
	cloud func(ctx context.Context) (aws.Config, error)
}

func main() {
	p := process{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, now: time.Now, cloud: loadCloud,
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], p)
	stop()
	os.Exit(code)
}

// run is the whole program, and returns its exit code.
func run(ctx context.Context, args []string, p process) int {
	output := &checkedWriter{to: p.stdout}
	root := newRoot(p, output)
	root.SetArgs(append([]string{}, args...))
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = output.err
	}
	ended, reported := errors.AsType[exitCode](err)
	wrong, misused := errors.AsType[*usageError](err)
	switch {
	case err == nil:
		return exitFine
	case reported:
		return int(ended)
	case misused:
		const text = "coverage: %s\nRun '%s --help' for usage.\n"
		fmt.Fprintf(p.stderr, text, inWords(wrong), command.CommandPath())
		return exitUsage
	}
	fmt.Fprintf(p.stderr, "coverage: %s\n", inWords(err))
	return exitFailed
}

// exitCode ends the program when everything is said already.
type exitCode int

// Error is never shown.
func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// exitWith is the error that ends the program with that code, nil for exitFine.
func exitWith(code int) error {
	if code == exitFine {
		return nil
	}
	return exitCode(code)
}

// usageError is a command line that cannot be followed.
type usageError struct{ reason string }

func (e *usageError) Error() string { return e.reason }

func misuse(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// inWords is an error for people: harmless, and with each further line of it indented.
func inWords(err error) string {
	return strings.ReplaceAll(strings.TrimSpace(message.Clean(err.Error())), "\n", "\n  ")
}

// checkedWriter remembers the first error, since a full disk is no success.
type checkedWriter struct {
	to  io.Writer
	err error
}

// Write writes nothing after an error.
func (w *checkedWriter) Write(data []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.to.Write(data)
	if err != nil {
		w.err = fmt.Errorf("writing the output: %w", err)
	}
	return n, w.err
}
