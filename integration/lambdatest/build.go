// Package lambdatest runs the program of a Lambda function, as it is deployed, against a Lambda Runtime API on this
// machine (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
package lambdatest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// Module begins the import path of every package of this program.
const Module = "guardduty-coverage-notifier"

// Build compiles a main package, given by its path in the Module, for Linux on that processor, with the flags of the
// Makefile. The working directory has to be in the Module.
func Build(ctx context.Context, program, goarch, output string) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags=-s -w",
		"-o", output, Module+"/"+program)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch)
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s for %s: %w\n%s", program, goarch, err, said)
	}
	return nil
}
