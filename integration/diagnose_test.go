package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guardduty-coverage-notifier/integration/lambdatest"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
	"guardduty-coverage-notifier/pkg/format"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// diagnosing is the name of the function that diagnoses.
const diagnosing = "coverage-DiagnoseFunction"

// diagnosedFolder has recordings of what was found, and what Slack shows of each.
const diagnosedFolder = "../cmd/coverage/testdata/diagnosed"

// answer is what the Invoke API answers: a function's answer or its error with status 200, or an error of its own
// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
type answer struct {
	payload []byte
	// functionError is "Unhandled" when the function failed.
	functionError string
	// code is the API's own error, with its status.
	code   string
	status int
}

// invokeAPI is Lambda's Invoke API on this machine.
func invokeAPI(t *testing.T, invoke func(ctx context.Context, payload []byte) answer) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/"+diagnosing+"/invocations", func(w http.ResponseWriter, r *http.Request) {
		payload, err := io.ReadAll(r.Body)
		if err != nil {
			return // The function went away.
		}
		a := invoke(r.Context(), payload)
		w.Header().Set("Content-Type", "application/json")
		if a.functionError != "" {
			w.Header().Set("X-Amz-Function-Error", a.functionError)
		}
		if a.code != "" {
			w.Header().Set("X-Amzn-ErrorType", a.code)
			w.WriteHeader(a.status)
			a.payload = []byte(`{"Message":"why"}`)
		}
		_, _ = w.Write(a.payload)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// withDiagnosis is a notifier that has changes diagnosed there. It is not told its account, as the command line that
// wrote the golden files was not.
func withDiagnosis(t *testing.T, slack *slacktest.Server, lambda string) *function {
	t.Helper()
	f := start(t, append(byBot(slack), "AWS_ENDPOINT_URL="+lambda, "DIAGNOSE_FUNCTION="+diagnosing)...)
	f.WithoutARN()
	return f
}

// invoking hands requests to a running function, as Lambda does.
func invoking(f *function) func(context.Context, []byte) answer {
	return func(ctx context.Context, payload []byte) answer {
		given, err := f.InvokeWithin(ctx, 10*time.Second, payload)
		failure := lambdatest.FunctionError{Type: "Runtime.ExitError"}
		if failed, ok := errors.AsType[*lambdatest.FunctionError](err); ok {
			failure = *failed
		}
		if err != nil {
			data, _ := json.Marshal(failure) // It has texts alone.
			return answer{payload: data, functionError: "Unhandled"}
		}
		return answer{payload: given.Payload}
	}
}

// recording is one file of diagnosedFolder.
type recording struct {
	name, event string
	evidence    []coverage.Evidence
}

func recordings(t *testing.T) []recording {
	t.Helper()
	files, err := filepath.Glob(diagnosedFolder + "/*.evidence.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("only %d recordings: %v", len(files), err)
	}
	var all []recording
	for _, file := range files {
		var r struct {
			Event    string
			Evidence []coverage.Evidence
		}
		read(t, file, &r)
		event, err := os.ReadFile(filepath.Join("../cmd/coverage", r.Event))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, recording{strings.TrimSuffix(filepath.Base(file), ".evidence.json"), string(event), r.Evidence})
	}
	return all
}

// payload is how Lambda hands the recording's event, or its events, to the function.
func (r recording) payload(t *testing.T) string {
	t.Helper()
	var events []json.RawMessage
	if json.Unmarshal([]byte(r.event), &events) != nil {
		return r.event
	}
	var bodies []string
	for _, event := range events {
		bodies = append(bodies, string(event))
	}
	return batch(t, bodies...)
}

func read(t *testing.T, file string, target any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, target); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// asGolden compares the one message in Slack with the recording's golden file.
func (r recording) asGolden(t *testing.T, slack *slacktest.Server) {
	t.Helper()
	var want, got struct {
		Text   string `json:"text"`
		Blocks []any  `json:"blocks"`
	}
	read(t, filepath.Join(diagnosedFolder, r.name+".slack.json"), &want)
	m := inSlack(t, slack, 1)[0]
	got.Text = m.Text
	if err := json.Unmarshal(m.Blocks, &got.Blocks); err != nil {
		t.Fatal(err)
	}
	untimed := cmpopts.AcyclicTransformer("untimed", func(s string) string { return checkedAt.ReplaceAllString(s, "Checked.") })
	if diff := cmp.Diff(want, got, untimed); diff != "" {
		t.Errorf("Slack shows (-golden +message):\n%s", diff)
	}
}

// checkedAt is the sentence with the time of a diagnosis, which is another one at each run.
var checkedAt = regexp.MustCompile(`Checked (between )?\d{4}-[^.]*\.`)

// TestDiagnosedSamplesEndInSlack has the built notifier receive every recording as an answer of the Invoke API.
func TestDiagnosedSamplesEndInSlack(t *testing.T) {
	for _, r := range recordings(t) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			slack := slacktest.New(t, slacktest.Options{})
			lambda := invokeAPI(t, func(_ context.Context, payload []byte) answer {
				request, err := format.UnmarshalDiagnosisRequest(payload)
				if err != nil {
					t.Error(err)
				}
				found := make([][]coverage.Evidence, len(request.Candidates))
				for i := range found {
					found[i] = r.evidence
				}
				data, err := format.MarshalDiagnosis(found)
				if err != nil {
					t.Error(err)
				}
				return answer{payload: data}
			})
			withDiagnosis(t, slack, lambda).invoke(r.payload(t))
			r.asGolden(t, slack)
		})
	}
}

// answers are an AWS for the function that diagnoses: what it answers by IAM action.
type answers map[string]diagnosetest.Answer

// diagnoser is the built function in that AWS. What is not in it is refused.
func diagnoser(t *testing.T, world answers, settings ...string) (*function, *diagnosetest.Fake) {
	t.Helper()
	fake := diagnosetest.New(func(call diagnosetest.Call) diagnosetest.Answer {
		if a, ok := world[call.Action]; ok {
			return a
		}
		return diagnosetest.Answer{Code: "NotInThisWorld"}
	})
	t.Cleanup(fake.Close)
	return run(t, diagnoseBootstrap, append([]string{"AWS_ENDPOINT_URL=" + fake.URL()}, settings...)...), fake
}

func body(format string, values ...any) diagnosetest.Answer {
	return diagnosetest.Answer{Body: fmt.Sprintf(format, values...)}
}

// whoAmI says that the function runs in the account.
func whoAmI(account string) diagnosetest.Answer {
	return body(`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>`+
		`<Arn>arn:aws:sts::%s:assumed-role/diagnose/diagnose</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`, account)
}

// world is an AWS in which the built function, with these settings, finds exactly what a recording says.
type world struct {
	answers  answers
	settings []string
}

// with is the same AWS, but for some answers.
func (a answers) with(others answers) answers {
	all := maps.Clone(a)
	maps.Copy(all, others)
	return all
}

// vpcWorld is one whose instances are not managed by Systems Manager, and whose endpoint lets nobody in. It is of no
// recording.
const vpcWorld = "unmanaged"

func worlds() map[string]world {
	guardDuty := func(account, details, status, issue string) answers {
		return answers{
			"sts:GetCallerIdentity":   whoAmI(account),
			"guardduty:ListDetectors": body(`{"detectorIds":["d1"]}`),
			"guardduty:GetDetector": body(`{"status":"ENABLED","serviceRole":"r","features":[{"name":"RUNTIME_MONITORING","status":"ENABLED","additionalConfiguration":[` +
				`{"name":"EC2_AGENT_MANAGEMENT","status":"ENABLED"},{"name":"EKS_ADDON_MANAGEMENT","status":"ENABLED"}]}]}`),
			"guardduty:ListCoverage": body(`{"resources":[{"accountId":%q,"coverageStatus":%q,"issue":%q,"resourceDetails":{%s}}]}`,
				account, status, issue, details),
		}
	}
	instance := func(id, state, architecture string) answers {
		vpc := "<vpcId>vpc-0a1b2c3d4e5f60718</vpcId>"
		if state == "terminated" {
			vpc = "" // EC2 does not say it any more.
		}
		return answers{"ec2:DescribeInstances": body(`<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>%s</instanceId>`+
			`<instanceState><name>%s</name></instanceState><launchTime>2026-02-11T06:12:44.000Z</launchTime><architecture>%s</architecture>`+
			`<platformDetails>Linux/UNIX</platformDetails>%s</item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
			id, state, architecture, vpc)}
	}
	ec2 := func(account, id, state, architecture, status, issue string) answers {
		return guardDuty(account, `"ec2InstanceDetails":{"instanceId":"`+id+`"}`, status, issue).with(instance(id, state, architecture)).with(answers{
			"ec2:DescribeVpcs": body(`<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-0a1b2c3d4e5f60718</vpcId><ownerId>%s</ownerId>`+
				`<cidrBlockAssociationSet><item><cidrBlock>10.20.0.0/16</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState>`+
				`</item></cidrBlockAssociationSet></item></vpcSet></DescribeVpcsResponse>`, account),
			"ec2:DescribeVpcAttribute": body(`<DescribeVpcAttributeResponse><enableDnsSupport><value>true</value></enableDnsSupport>` +
				`<enableDnsHostnames><value>true</value></enableDnsHostnames></DescribeVpcAttributeResponse>`),
			"ec2:DescribeVpcEndpoints": body(`<DescribeVpcEndpointsResponse></DescribeVpcEndpointsResponse>`),
		})
	}
	silent := []string{"ACTOR=off"} // These recordings are about nobody who requested a change.
	const gone = "i-08b97acc97187c257"
	terminated := ec2("444455556666", gone, "terminated", "arm64", "HEALTHY", "")
	return map[string]world{
		"ec2-terminated":        {answers: terminated.with(answers{"guardduty:ListCoverage": body(`{"resources":[]}`)}), settings: silent},
		"ec2-terminated-listed": {answers: terminated, settings: silent},
		"ec2-manual":            {answers: ec2("111122223333", "i-017fd14fd5a2eb4e6", "running", "x86_64", "UNHEALTHY", "No Agent Reporting:Agent disconnected"), settings: silent},
		vpcWorld: {answers: ec2("111122223333", "i-033cd6909d4585e48", "running", "arm64", "UNHEALTHY", "No Agent Reporting").with(answers{
			"ssm:DescribeInstanceInformation":        body(`{"InstanceInformationList":[]}`),
			"ssm:DescribeInstanceAssociationsStatus": body(`{}`),
			"ssm:ListAssociations":                   body(`{"Associations":[]}`),
			"ec2:DescribeVpcEndpoints": body(`<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-0a1b2c3d4e5f60718</vpcEndpointId>` +
				`<state>available</state><privateDnsEnabled>true</privateDnsEnabled><groupSet><item><groupId>sg-0a1b2c3d4e5f60718</groupId></item></groupSet>` +
				`</item></vpcEndpointSet></DescribeVpcEndpointsResponse>`),
			"ec2:DescribeSecurityGroups": body(`<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-0a1b2c3d4e5f60718</groupId>` +
				`</item></securityGroupInfo></DescribeSecurityGroupsResponse>`),
		})},
		"eks-excluded": {answers: guardDuty("111122223333", `"eksClusterDetails":{"clusterName":"ml-training"}`, "UNHEALTHY", "").with(answers{
			"eks:DescribeCluster":       body(`{"cluster":{"name":"ml-training","status":"ACTIVE","version":"1.33","tags":{"GuardDutyManaged":"false"}}}`),
			"eks:DescribeAddonVersions": body(`{"addons":[{"addonName":"aws-guardduty-agent","addonVersions":[{"addonVersion":"v1.12.1-eksbuild.2"}]}]}`),
			"eks:DescribeAddon":         {Code: "ResourceNotFoundException", Status: http.StatusNotFound},
			"ec2:DescribeInstances": body(`<DescribeInstancesResponse><reservationSet><item><instancesSet><item></item><item></item><item></item>` +
				`</instancesSet></item></reservationSet></DescribeInstancesResponse>`),
		}), settings: silent},
		"eks-no-role": {answers: answers{"sts:GetCallerIdentity": whoAmI("111122223333")}},
		"eks-role-denied": {
			answers:  answers{"sts:GetCallerIdentity": whoAmI("999988887777"), "sts:AssumeRole": diagnosetest.Denied("sts:AssumeRole")},
			settings: []string{"DIAGNOSIS_ROLE_NAME=coverage-reader"},
		},
	}
}

// TestBothFunctionsTogether has the built notifier invoke the built diagnoser, which asks an AWS on this machine.
func TestBothFunctionsTogether(t *testing.T) {
	all := worlds()
	for _, r := range recordings(t) {
		world, ok := all[r.name]
		if !ok {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			slack := slacktest.New(t, slacktest.Options{})
			d, _ := diagnoser(t, world.answers, world.settings...)
			withDiagnosis(t, slack, invokeAPI(t, invoking(d))).invoke(r.payload(t))
			r.asGolden(t, slack)
		})
	}
}

// TestDiagnoserThatFails costs 5 seconds at most, and no alert, which says what failed.
func TestDiagnoserThatFails(t *testing.T) {
	fails := func(a answer) func(*testing.T) string {
		return func(t *testing.T) string {
			return invokeAPI(t, func(context.Context, []byte) answer { return a })
		}
	}
	const failed = "the diagnosis function failed with `%s`"
	for name, test := range map[string]struct {
		lambda func(*testing.T) string
		says   string
		// waits is true when the notifier has to wait for it.
		waits bool
	}{
		"throttled": {lambda: fails(answer{code: "TooManyRequestsException", status: http.StatusTooManyRequests}), says: fmt.Sprintf(failed, "TooManyRequestsException")},
		"absent":    {lambda: fails(answer{code: "ResourceNotFoundException", status: http.StatusNotFound}), says: fmt.Sprintf(failed, "ResourceNotFoundException")},
		"denied":    {lambda: fails(answer{code: "AccessDeniedException", status: http.StatusForbidden}), says: "`lambda:InvokeFunction` is not allowed"},
		"hung": {
			lambda: func(t *testing.T) string {
				return invokeAPI(t, func(ctx context.Context, _ []byte) answer { <-ctx.Done(); return answer{} })
			},
			says: "the diagnosis function did not answer in time", waits: true,
		},
		"crashed": {
			lambda: func(t *testing.T) string {
				d, _ := diagnoser(t, answers{})
				return invokeAPI(t, func(ctx context.Context, payload []byte) answer {
					d.Kill()
					return invoking(d)(ctx, payload)
				})
			},
			says: fmt.Sprintf(failed, "Runtime.ExitError"),
		},
		"older": {
			lambda: func(t *testing.T) string {
				d, _ := diagnoser(t, answers{})
				return invokeAPI(t, func(ctx context.Context, payload []byte) answer {
					return invoking(d)(ctx, bytes.Replace(payload, []byte(`"version":1`), []byte(`"version":2`), 1))
				})
			},
			says: fmt.Sprintf(failed, "badRequest"),
		},
		"newer": {
			lambda: fails(answer{payload: []byte(`{"version":2,"evidence":"of another form"}`)}),
			says:   fmt.Sprintf(failed, "a later version of the notifier wrote it"),
		},
		"in an AWS that hangs": {
			lambda: func(t *testing.T) string {
				never := diagnosetest.Answer{Wait: make(chan struct{})}
				d, _ := diagnoser(t, answers{"sts:GetCallerIdentity": never})
				return invokeAPI(t, invoking(d))
			},
			says: "`sts:GetCallerIdentity` timed out", waits: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slack := slacktest.New(t, slacktest.Options{})
			f := withDiagnosis(t, slack, test.lambda(t))
			if _, err := f.Ready(within(t, patience)); err != nil {
				t.Fatal(err)
			}
			given, err := f.Invoke(within(t, patience), []byte(lost("i-1", disconnected, 0)))
			if err != nil {
				t.Fatal(err)
			}
			says(t, inSlack(t, slack, 1)[0], test.says)
			// The rest of the second is for Slack, and for a machine that is busy.
			if most := 6 * time.Second; given.Took > most {
				t.Errorf("it took %v", given.Took)
			}
			if waited := given.Took > 3*time.Second; waited != test.waits {
				t.Errorf("it took %v", given.Took)
			}
		})
	}
}

// TestDiagnosisIsOneInvocation: a batch with more losses than are diagnosed is one request about as many as are.
func TestDiagnosisIsOneInvocation(t *testing.T) {
	const losses, diagnosed = 12, 10
	slack := slacktest.New(t, slacktest.Options{})
	var asked []int
	lambda := invokeAPI(t, func(_ context.Context, payload []byte) answer {
		request, err := format.UnmarshalDiagnosisRequest(payload)
		if err != nil {
			t.Error(err)
		}
		asked = append(asked, len(request.Candidates))
		data, err := format.MarshalDiagnosis(make([][]coverage.Evidence, len(request.Candidates)))
		if err != nil {
			t.Error(err)
		}
		return answer{payload: data}
	})
	var bodies []string
	for i := range losses {
		bodies = append(bodies, lost(fmt.Sprint("i-", i), disconnected, 0))
	}
	withDiagnosis(t, slack, lambda).invoke(batch(t, bodies...))
	if diff := cmp.Diff([]int{diagnosed}, asked); diff != "" {
		t.Errorf("changes of each invocation (-want +got):\n%s", diff)
	}
	inSlack(t, slack, 1)
}

// TestLossesOfOneVPCShareAnswers: what is true of their account and their network is asked for once.
func TestLossesOfOneVPCShareAnswers(t *testing.T) {
	const losses, most = 50, 60
	slack := slacktest.New(t, slacktest.Options{})
	d, fake := diagnoser(t, worlds()[vpcWorld].answers)
	var bodies []string
	for i := range losses {
		bodies = append(bodies, lost(fmt.Sprintf("i-%017x", i), disconnected, 0))
	}
	withDiagnosis(t, slack, invokeAPI(t, invoking(d))).invoke(batch(t, bodies...))
	says(t, inSlack(t, slack, 1)[0], fmt.Sprint(losses, " EC2 instances"))
	asked := map[string]int{}
	for _, call := range fake.Calls() {
		asked[call.Action]++
	}
	if n := len(fake.Calls()); n == 0 || n > most {
		t.Errorf("AWS was asked %d times, at most %d is wanted: %v", n, most, asked)
	}
	t.Logf("AWS was asked: %v", asked)
}
