package commands

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shell runs commands where every program that could change anything is a stand-in that notes how it was
// called.
type shell struct {
	t                *testing.T
	folder, log, bin string
	// settings are further variables of the shell's environment.
	settings []string
}

// tools are the programs that commands may use as they are.
var tools = []string{"grep", "cut", "awk", "head", "sort", "xargs", "cat"}

// standIns answer as the programs would, so that what reads their answers runs, too.
var standIns = map[string]string{
	"aws": `case "$1 $2" in
"sts get-caller-identity") printf '%s\tarn:aws:sts::%s:assumed-role/reader/%s\tAROA:%s\n' "$CALLER" "$CALLER" 111122223333 111122223333 ;;
"guardduty list-detectors") printf 'DETECTORIDS\t12abc34d567e8fa901bc2d34e56789f0\n' ;;
"ec2 describe-instances" | "eks describe-cluster") echo vpc-0a1b2c3d4e5f60718 ;;
"ecs list-services") printf '{"serviceArns": [\n"arn:aws:ecs:eu-west-1:1:service/web/a",\n"arn:aws:ecs:eu-west-1:1:service/web/b"]}\n' ;;
"ecs list-tasks") printf '{"taskArns": [\n"arn:aws:ecs:eu-west-1:1:task/web/0123456789abcdef0123456789abcdef"]}\n' ;;
esac`,
	"kubectl": `case "$*" in
*"get pods"*--no-headers*) printf 'agent-ready 1/1 Running 0 1d\nagent-starting 0/1 Running 7 1d\nagent-lost 0/1 CrashLoopBackOff 9 1d\n' ;;
*--dry-run=client*) echo 'kind: ClusterRoleBinding' ;;
*"apply -f -") cat >/dev/null ;;
esac`,
	"curl": "echo token", "uname": "echo 6.1", "systemctl": "", "sudo": "", "dpkg": "", "sheltie": "",
	"make": "", "coverage": "", "cp": "", "jq": "cat >/dev/null",
}

func newShell(t *testing.T) *shell {
	t.Helper()
	s := &shell{t: t, folder: t.TempDir()}
	s.log, s.bin = filepath.Join(s.folder, "log"), filepath.Join(s.folder, "bin")
	check(t, os.Mkdir(s.bin, 0o755))
	for _, tool := range tools {
		path, err := exec.LookPath(tool)
		check(t, err)
		check(t, os.Symlink(path, filepath.Join(s.bin, tool)))
	}
	for name, answer := range standIns {
		// One printf is one write: programs of a pipeline run at the same time.
		script := "#!/bin/sh\nprintf '%s\\037' " + name + " \"$@\" end >>'" + s.log + "'\n" + answer + "\n"
		check(t, os.WriteFile(filepath.Join(s.bin, name), []byte(script), 0o755))
	}
	return s
}

// run runs a command in a shell with credentials of an account, and returns the invocations that it made:
// words, the program first.
func (s *shell) run(shell, command, caller string) [][]string {
	s.t.Helper()
	check(s.t, os.WriteFile(s.log, nil, 0o644))
	program := exec.CommandContext(s.t.Context(), shell, "-c", command)
	program.Dir = s.folder // where bin/coverage is a stand-in, too
	program.Env = append([]string{"PATH=" + s.bin, "CALLER=" + caller, "HOME=" + s.folder}, s.settings...)
	var complaints bytes.Buffer
	program.Stderr = &complaints
	// grep's exit code is 1 where nothing matches, and xargs' 123 where one of several fails.
	if err := program.Run(); complaints.Len() > 0 || err != nil && program.ProcessState.ExitCode() > 1 {
		s.t.Errorf("%s: %v\n%s\n%s", shell, err, command, complaints.String())
	}
	return invocations(s.t, s.log)
}

func invocations(t *testing.T, log string) [][]string {
	t.Helper()
	data, err := os.ReadFile(log)
	check(t, err)
	var all [][]string
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "end\x1f"), "end\x1f") {
		if line != "" {
			all = append(all, strings.Split(strings.TrimSuffix(line, "\x1f"), "\x1f"))
		}
	}
	return all
}

// problems are what the AWS CLI has to say of each of its invocations; "" for nothing.
func problems(t *testing.T, python string, arguments [][]string) []string {
	t.Helper()
	input, err := json.Marshal(arguments)
	check(t, err)
	program := exec.CommandContext(t.Context(), python, "tools/check_commands.py")
	program.Dir = "../.." // where the files are that commands name
	program.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none", "AWS_EC2_METADATA_DISABLED=true")
	program.Stdin = bytes.NewReader(input)
	program.Stderr = os.Stderr
	output, err := program.Output()
	check(t, err)
	var problems []string
	check(t, json.Unmarshal(output, &problems))
	return problems
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
