package lambdatest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// Name is the name of every function that runs here.
	Name        = "notify"
	functionARN = "arn:aws:lambda:eu-central-1:123456789012:function:" + Name
)

// timeout is how long one invocation may take, as in template.yaml.
const timeout = 60 * time.Second

// ErrExited says that the process ended.
var ErrExited = errors.New("the function's process ended")

// Function is one execution environment: a process and its Runtime API.
type Function struct {
	runtime *runtime
	process *exec.Cmd
	started time.Time
	// stdout and stderr are files, so that whatever was written before an answer can be read after it.
	stdout, stderr *os.File
	exited         chan struct{}
}

// Start starts the binary with the environment that Lambda gives, and settings ("NAME=value") besides. Nothing of the
// environment of the caller is passed on.
func Start(binary string, settings ...string) (*Function, error) {
	f := &Function{runtime: newRuntime(), exited: make(chan struct{})}
	err := f.start(binary, settings)
	if err != nil {
		f.release()
		return nil, fmt.Errorf("starting %s: %w", binary, err)
	}
	return f, nil
}

func (f *Function) start(binary string, settings []string) error {
	var err error
	if f.stdout, err = os.CreateTemp("", "stdout"); err != nil {
		return err
	}
	if f.stderr, err = os.CreateTemp("", "stderr"); err != nil {
		return err
	}
	f.process = exec.Command(binary)
	f.process.Env = slices.Concat(f.environment(), settings)
	f.process.Stdout, f.process.Stderr = f.stdout, f.stderr
	f.started = time.Now()
	if err := f.process.Start(); err != nil {
		return err
	}
	go func() {
		_ = f.process.Wait() // ExitCode has what became of it.
		close(f.exited)
	}()
	return nil
}

// environment is what Lambda sets
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime).
func (f *Function) environment() []string {
	return []string{
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(f.runtime.http.URL, "http://"),
		"AWS_LAMBDA_FUNCTION_NAME=" + Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + Name,
		"AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_LAMBDA_LOG_LEVEL=INFO",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023",
		"AWS_REGION=eu-central-1",
		"AWS_DEFAULT_REGION=eu-central-1",
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
		"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"AWS_SESSION_TOKEN=session",
		"_HANDLER=bootstrap",
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
		"PATH=/usr/local/bin:/usr/bin:/bin",
	}
}

// WithoutARN has the function not be told its ARN, and so not its account. It is called before the first invocation.
func (f *Function) WithoutARN() { f.runtime.arn = "" }

// Ready waits until the function asks for its first invocation and returns how long that took since it was started.
func (f *Function) Ready(ctx context.Context) (time.Duration, error) {
	select {
	case <-f.runtime.asked:
		return f.runtime.askedAt.Sub(f.started), nil
	case <-f.exited:
		return 0, ErrExited
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// Invoke hands the payload to the function and waits for its answer. An error of the function's is a *FunctionError.
func (f *Function) Invoke(ctx context.Context, payload []byte) (Answer, error) {
	return f.InvokeWithin(ctx, timeout, payload)
}

// InvokeWithin is Invoke with another time limit. It is told to the function, but the function is not stopped by it.
func (f *Function) InvokeWithin(ctx context.Context, limit time.Duration, payload []byte) (Answer, error) {
	i := f.runtime.invocation(payload, limit)
	select {
	case f.runtime.waiting <- i:
	case <-f.exited:
		return Answer{}, ErrExited
	case <-ctx.Done():
		return Answer{}, context.Cause(ctx)
	}
	select {
	case o := <-i.done:
		return o.answer, o.err
	case <-f.exited:
		return Answer{}, ErrExited
	case <-ctx.Done():
		return Answer{}, context.Cause(ctx)
	}
}

// Exited waits until the process has ended by itself and returns its exit code.
func (f *Function) Exited(ctx context.Context) (int, error) {
	select {
	case <-f.exited:
		return f.process.ProcessState.ExitCode(), nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// Kill ends the process as Lambda does: at once, whatever it is doing.
func (f *Function) Kill() {
	_ = f.process.Process.Kill() // It may have ended already.
	<-f.exited
}

// Stdout is what was written there so far. Whatever was written before an answer is there when Invoke returns.
func (f *Function) Stdout() (string, error) { return written(f.stdout) }

// Stderr is the same of standard error.
func (f *Function) Stderr() (string, error) { return written(f.stderr) }

func written(file *os.File) (string, error) {
	data, err := os.ReadFile(file.Name())
	return string(data), err
}

// PeakMemory is the most memory that the living process ever had at once, in bytes: VmHWM
// (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html).
func (f *Function) PeakMemory() (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.process.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("reading the peak memory: %w", err)
	}
	for line := range bytes.Lines(status) {
		if rest, ok := strings.CutPrefix(string(line), "VmHWM:"); ok {
			kilobytes, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("reading the peak memory: this machine does not tell it")
}

// Close kills the process, if it is still there, and removes what Start made.
func (f *Function) Close() {
	f.Kill()
	f.release()
}

func (f *Function) release() {
	for _, file := range []*os.File{f.stdout, f.stderr} {
		if file != nil {
			_ = file.Close()
			_ = os.Remove(file.Name())
		}
	}
	f.runtime.http.CloseClientConnections()
	f.runtime.http.Close()
}
