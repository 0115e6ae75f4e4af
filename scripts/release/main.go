// release builds everything that a release of this module consists of into dist/release: the functions' zips,
// a CloudFormation template without transform, an SBOM, notes and check sums. Two runs on one commit with one
// version of Go make the same files, bit by bit.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

const (
	folder = "dist/release"
	// templateLimit is what CloudFormation takes as a template's body, in bytes:
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	templateLimit = 51_200
)

func main() {
	version := flag.String("version", "", "the version, such as 1.2.3")
	repository := flag.String("repository", "", "the address of the repository, which messages about unknown issues link to")
	python := flag.String("python", ".venv/bin/python", "a Python that has the SAM CLI's packages")
	flag.Parse()
	if err := release(*version, *repository, *python); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func release(asked, repository, python string) error {
	version, err := canonical(asked)
	if err != nil {
		return err
	}
	if err := prepared(python); err != nil {
		return err
	}
	changes, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return fmt.Errorf("reading the changes: %w", err)
	}
	text, err := notes(string(changes), version)
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		return fmt.Errorf("emptying %s: %w", folder, err)
	}
	builds, err := buildZips(version, repository)
	if err != nil {
		return err
	}
	bill, err := bom(version, builds)
	if err != nil {
		return err
	}
	if err := errors.Join(put("sbom.cdx.json", bill), put("NOTES.md", []byte(text))); err != nil {
		return fmt.Errorf("writing SBOM and notes: %w", err)
	}
	if err := templates(version, python); err != nil {
		return err
	}
	return sums()
}

// prepared reports what the working tree or the machine lacks.
func prepared(python string) error {
	for _, tool := range []string{"git", "make", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s is not installed: install it and try again", tool)
		}
	}
	if _, err := exec.LookPath(python); err != nil {
		return fmt.Errorf("%s does not exist: run make .venv/installed first", python)
	}
	changed, err := exec.Command("git", "status", "--porcelain").Output()
	if err != nil {
		return fmt.Errorf("asking git for changes: %w", err)
	}
	return clean(string(changed))
}

func clean(changed string) error {
	if changed != "" {
		return fmt.Errorf("the working tree has changes: commit or stash them, so that the release is what the commit says\n%s",
			strings.TrimRight(changed, "\n"))
	}
	return nil
}

// buildZips builds every function for both processors, and returns what each binary was built from.
func buildZips(version, repository string) ([]*debug.BuildInfo, error) {
	var builds []*debug.BuildInfo
	for _, function := range []string{"Notify", "Report", "Diagnose"} {
		for _, architecture := range []string{"arm64", "x86_64"} {
			name := strings.ToLower(function) + "-" + architecture
			built := filepath.Join("dist/built", name)
			err := run("make", "--no-print-directory", "build-"+function+"Function", "ARCHITECTURE="+architecture,
				"ARTIFACTS_DIR="+built, "VERSION="+version, "REPOSITORY="+repository)
			if err != nil {
				return nil, err
			}
			binary := filepath.Join(built, "bootstrap")
			info, err := buildinfo.ReadFile(binary)
			if err != nil {
				return nil, fmt.Errorf("reading what %s was built from: %w", binary, err)
			}
			builds = append(builds, info)
			program, err := os.ReadFile(binary)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", binary, err)
			}
			archive, err := zipped(program)
			if err != nil {
				return nil, err
			}
			if err := put(name+".zip", archive); err != nil {
				return nil, fmt.Errorf("writing %s.zip: %w", name, err)
			}
		}
	}
	return builds, nil
}

func templates(version, python string) error {
	plain := filepath.Join(folder, "template.yaml")
	if err := run(python, "scripts/plain_template.py", version, plain); err != nil {
		return err
	}
	made, err := os.ReadFile(plain)
	if err != nil {
		return fmt.Errorf("reading the template: %w", err)
	}
	if err := fits(len(made)); err != nil {
		return err
	}
	for _, beside := range []string{"member-role.yaml", "forwarder.yaml", "dashboard.yaml"} {
		data, err := os.ReadFile(beside)
		if err := errors.Join(err, put(beside, data)); err != nil {
			return fmt.Errorf("copying %s: %w", beside, err)
		}
	}
	return nil
}

func fits(size int) error {
	if size > templateLimit {
		return fmt.Errorf("the template has %d bytes, CloudFormation takes %d: shorten descriptions in template.yaml",
			size, templateLimit)
	}
	return nil
}

// sums writes SHA256SUMS, for sha256sum --check.
func sums() error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("listing %s: %w", folder, err)
	}
	var list strings.Builder
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return fmt.Errorf("reading %s: %w", entry.Name(), err)
		}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(data), entry.Name())
	}
	fmt.Print(list.String())
	return put("SHA256SUMS", []byte(list.String()))
}

func put(name string, data []byte) error {
	return os.WriteFile(filepath.Join(folder, name), data, 0o644)
}

func run(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	// Make of a make would pass on its flags and variables.
	cmd.Env = append(os.Environ(), "MAKEFLAGS=")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running %s: %w", strings.Join(cmd.Args, " "), err)
	}
	return nil
}
