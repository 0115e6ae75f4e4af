// deploy builds template.yaml and deploys it to a Region with the settings of an environment's file. It hands over
// every parameter, so that neither an earlier deployment nor an earlier answer decides what a file leaves out.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	template = "template.yaml"
	built    = ".aws-sam/build/template.yaml"
	// handed is where the parameters of the last deployment are, for the SAM CLI.
	handed = "dist/parameters.yaml"
)

// deployment is what is deployed, and by which programs.
type deployment struct {
	environment, region, stack, version string
	sam, python                         string
}

func main() {
	var d deployment
	flag.StringVar(&d.environment, "environment", "", "the environment, such as prod")
	flag.StringVar(&d.region, "region", "", "the Region, such as eu-central-1")
	flag.StringVar(&d.stack, "stack", "", "the name of the stack")
	flag.StringVar(&d.version, "version", "", "the version, which becomes a tag of the stack")
	flag.StringVar(&d.sam, "sam", ".venv/bin/sam", "the SAM CLI")
	flag.StringVar(&d.python, "python", ".venv/bin/python", "a Python")
	flag.Parse()
	if err := d.deploy(); err != nil {
		fmt.Fprintln(os.Stderr, "deploy:", err)
		os.Exit(1)
	}
}

func (d deployment) deploy() error {
	for _, tool := range []string{d.sam, d.python} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s does not exist: run make .venv/installed first", tool)
		}
	}
	data, err := os.ReadFile(template)
	if err != nil {
		return fmt.Errorf("reading the parameters: %w", err)
	}
	known, err := parameters(data)
	if err != nil {
		return fmt.Errorf("reading the parameters of %s: %w", template, err)
	}
	settings, err := read(os.DirFS("."), d.environment, d.region, known)
	if err != nil {
		return err
	}
	if err := hand(settings); err != nil {
		return fmt.Errorf("writing %s: %w", handed, err)
	}
	architecture := settings["Architecture"]
	if err := run(d.sam, "build", "--parameter-overrides", "Architecture="+architecture); err != nil {
		return err
	}
	if err := run(d.python, "scripts/architecture.py", built, architecture); err != nil {
		return err
	}
	return run(d.sam, "deploy", "--region", d.region, "--stack-name", d.stack, "--capabilities", "CAPABILITY_IAM",
		"--parameter-overrides", "file://"+handed, "--tags", "guardduty-coverage-notifier:version="+d.version,
		"--resolve-s3", "--s3-prefix", d.stack, "--confirm-changeset", "--no-fail-on-empty-changeset")
}

// hand writes the settings for the SAM CLI, as JSON, which is YAML, too. The SAM CLI takes a backslash before a
// quotation mark or a space out of values, and does so twice with those of a file (samcli/cli/types.py).
func hand(settings map[string]string) error {
	kept := make(map[string]string)
	for name, value := range settings {
		kept[name] = strings.NewReplacer(`\"`, `\\\"`, `\'`, `\\\'`, `\ `, `\\\ `).Replace(value)
	}
	data, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(handed), 0o755); err != nil {
		return err
	}
	return os.WriteFile(handed, data, 0o600)
}

func run(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running %s: %w", strings.Join(cmd.Args, " "), err)
	}
	return nil
}

// read returns all settings of an environment in a Region: those of its file, above them those of its file for that
// Region, if there is one, and the template's defaults.
func read(files fs.FS, environment, region string, known map[string]string) (map[string]string, error) {
	if !name.MatchString(environment) {
		return nil, fmt.Errorf("%q is no environment: name it as in make deploy ENV=prod REGION=eu-central-1", environment)
	}
	general := "environments/" + environment + ".env"
	text, err := fs.ReadFile(files, general)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: copy environments/example.env there and fill it in", general)
	}
	settings := make(map[string]string)
	maps.Copy(settings, known)
	if err := add(settings, general, string(text)); err != nil {
		return nil, err
	}
	own := "environments/" + environment + "." + region + ".env"
	if text, err := fs.ReadFile(files, own); err == nil {
		return settings, add(settings, own, string(text))
	}
	return settings, nil
}
