package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// version is one state of this repository that is measured.
type version struct {
	name string
	// root has its files, programs is where its programs are built.
	root, programs string
}

// checkOut checks a commit out beside the repository in the working directory. Whoever calls it calls remove.
func checkOut(ctx context.Context, commit, directory string) (v version, remove func() error, err error) {
	v = version{name: commit, root: filepath.Join(directory, "baseline"), programs: filepath.Join(directory, "baseline-programs")}
	if err := command(ctx, ".", "git", "worktree", "add", "--quiet", "--detach", v.root, commit); err != nil {
		return version{}, nil, fmt.Errorf("checking out %s, which the figures are compared with: %w", commit, err)
	}
	remove = func() error {
		// It is removed even when the measurement was interrupted.
		return command(context.WithoutCancel(ctx), ".", "git", "worktree", "remove", "--force", v.root)
	}
	return v, remove, nil
}

// program is where a program is built.
func (v version) program(name, goarch string) string {
	return filepath.Join(v.programs, filepath.Base(name)+"-"+goarch)
}

// build compiles a program as template.yaml has it compiled.
func (v version) build(ctx context.Context, name, goarch string) error {
	return command(ctx, v.root, "env", "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch, "go", "build", "-trimpath",
		"-buildvcs=false", "-tags=lambda.norpc", "-ldflags=-s -w", "-o", v.program(name, goarch), "./"+name)
}

func command(ctx context.Context, directory, name string, arguments ...string) error {
	c := exec.CommandContext(ctx, name, arguments...)
	c.Dir = directory
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", c.Args, err, said)
	}
	return nil
}
