package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// answer is what a fake AWS says to one operation.
type answer struct {
	status int
	body   string
}

// working is an account in which everything works.
func working() map[string]answer {
	return map[string]answer{
		"sts:GetCallerIdentity":                {200, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/notifier/x</Arn><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`},
		"ssm:GetParameter":                     {200, `{"Parameter": {"Value": "xoxb-1"}}`},
		"dynamodb:UpdateItem":                  {400, `{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "The conditional request failed"}`},
		"sqs:GetQueueAttributes":               {200, `{"Attributes": {"QueueArn": "arn:aws:sqs:eu-central-1:111122223333:waiting"}}`},
		"sns:GetTopicAttributes":               {200, `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>SubscriptionsConfirmed</key><value>2</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`},
		"sns:Publish":                          {200, `<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`},
		"guardduty:ListDetectors":              {200, `{"detectorIds": ["d"]}`},
		"organizations:ListAccounts":           {200, `{"Accounts": []}`},
		"config:SelectAggregateResourceConfig": {200, `{"Results": []}`},
		"guardduty:GetDetector":                {200, `{"serviceRole": "r", "status": "ENABLED", "features": [{"name": "RUNTIME_MONITORING", "status": "ENABLED"}]}`},
	}
}

// operationOf is the operation of a request, as IAM calls it.
func operationOf(r *http.Request, body string) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		service, operation, _ := strings.Cut(target, ".")
		service = map[string]string{"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "AmazonSSM": "ssm",
			"AWSOrganizationsV20161128": "organizations", "StarlingDoveService": "config"}[service]
		return service + ":" + operation
	}
	if form, err := url.ParseQuery(body); err == nil && form.Get("Action") != "" {
		service := "sns"
		if form.Get("Action") == "GetCallerIdentity" {
			service = "sts"
		}
		return service + ":" + form.Get("Action")
	}
	if r.URL.Path == "/detector" {
		return "guardduty:ListDetectors"
	}
	return "guardduty:GetDetector"
}

// doctorCloud is an AWS with these answers. published receives what was published to a topic.
func doctorCloud(t *testing.T, answers map[string]answer, published *[]string) func(context.Context) (aws.Config, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		operation := operationOf(r, string(body))
		if operation == "sns:Publish" && published != nil {
			form, _ := url.ParseQuery(string(body))
			*published = append(*published, form.Get("Message"))
		}
		answer, known := answers[operation]
		if !known {
			t.Errorf("nobody expected %s", operation)
		}
		if strings.HasPrefix(answer.body, "{") {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			var refusal struct {
				Type string `json:"__type"`
			}
			if json.Unmarshal([]byte(answer.body), &refusal) == nil && refusal.Type != "" {
				w.Header().Set("X-Amzn-ErrorType", refusal.Type)
			}
		}
		w.WriteHeader(answer.status)
		_, _ = io.WriteString(w, answer.body)
	}))
	t.Cleanup(server.Close)
	return func(context.Context) (aws.Config, error) {
		return aws.Config{
			Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		}, nil
	}
}

// slackWith is a Slack that also answers what doctor asks; the rest is slacktest's.
func slackWith(t *testing.T, fake *slacktest.Server, auth, channel string) string {
	t.Helper()
	rest, err := url.Parse(fake.APIURL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: rest.Scheme, Host: rest.Host}) }}
	say := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-OAuth-Scopes", "chat:write,channels:read")
			_, _ = io.WriteString(w, body)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/api/auth.test", say(auth))
	mux.Handle("/api/conversations.info", say(channel))
	mux.Handle("/", proxy)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/api/"
}

func startDoctor(t *testing.T, env map[string]string, cloud func(context.Context) (aws.Config, error), args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), append([]string{"doctor"}, args...), process{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, now: atReport, cloud: cloud,
		getenv: func(name string) string { return env[name] },
	})
	return outcome{code, stdout.String(), stderr.String()}
}

const (
	knownBot   = `{"ok": true, "team": "Acme", "user": "coverage"}`
	knownAlert = `{"ok": true, "channel": {"id": "C0123456789", "name": "alerts", "is_member": true}}`
	topicARN   = "arn:aws:sns:eu-west-1:111122223333:coverage"
)

// everything is an environment with every setting that doctor checks.
func everything() map[string]string {
	return map[string]string{
		"SLACK_SECRET": "/slack", "SLACK_CHANNEL": "C0123456789", "SNS_TOPIC_ARN": topicARN, "INCIDENT_TABLE": "incidents",
		"WAITING_QUEUE_URL":     "https://sqs.eu-central-1.amazonaws.com/111122223333/waiting",
		"DEAD_LETTER_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/111122223333/dead",
		"REPORT_REGIONS":        "eu-central-1,us-east-1",
		"ROUTES":                `{"rules": [{"match": {"actionable": false}, "mute": true}]}`,
		"ACCOUNT_DIRECTORY":     "names", "INVENTORY": "on", "CONFIG_AGGREGATOR": "organization@us-east-1",
	}
}

func TestDoctorFindsEverythingInOrder(t *testing.T) {
	env := everything()
	env["SLACK_API_URL"] = slackWith(t, slacktest.New(t, slacktest.Options{}), knownBot, knownAlert)
	got := startDoctor(t, env, doctorCloud(t, working(), nil))
	if got.code != exitFine || got.stderr != "" {
		t.Errorf("exit code %d: %s%s", got.code, got.stderr, got.stdout)
	}
	want := []string{
		"ok           Settings: complete", "ok           AWS credentials: those of arn:aws:sts::111122223333:assumed-role/notifier/x",
		"ok           Routes: 1 rule in ROUTES, for 2 destinations",
		"ok           Slack (slack): the token is that of coverage in Acme, and may post in #alerts",
		"ok           Topic " + topicARN + ": it exists, with 2 confirmed subscriptions", "ok           Table incidents: it can be written to",
		"ok           Queue of waiting changes: it exists", "ok           Dead-letter queue: it exists",
		"ok           Accounts of the organization: they can be listed", "ok           Aggregator organization: it can be asked",
		"ok           GuardDuty in eu-central-1: Runtime Monitoring is on", "ok           GuardDuty in us-east-1: Runtime Monitoring is on",
	}
	contains(t, "stdout", got.stdout, want)
}

func TestDoctorSaysWhatToDo(t *testing.T) {
	json := func(code, message string) answer {
		return answer{400, fmt.Sprintf(`{"__type": %q, "message": %q}`, code, message)}
	}
	xml := func(code, message string) answer {
		return answer{403, "<ErrorResponse><Error><Code>" + code + "</Code><Message>" + message + "</Message></Error></ErrorResponse>"}
	}
	tests := map[string]struct {
		operation     string
		answer        answer
		auth, channel string
		env           map[string]string
		fine          bool
		want          []string
	}{
		"settings":              {env: map[string]string{"HOLD_MINUTES": "99", "ROUTES": `{"rules": 1}`}, want: []string{"failed       Settings: 2 to correct", "HOLD_MINUTES: ", "ROUTES: rules: ", "→ Correct these environment variables"}},
		"expired credentials":   {operation: "sts:GetCallerIdentity", answer: xml("ExpiredToken", "The security token is expired"), want: []string{"failed       AWS credentials: AWS refuses them: The security token is expired", "→ Sign in again", "not checked  Table incidents"}},
		"no parameter":          {operation: "ssm:GetParameter", answer: json("ParameterNotFound", "none"), want: []string{"failed       Slack (slack): ", "the credential cannot be read: ParameterNotFound", "→ Create the parameter"}},
		"a closed parameter":    {operation: "ssm:GetParameter", answer: json("AccessDeniedException", "not authorized to perform: ssm:GetParameter"), want: []string{"the credential cannot be read: not authorized", "→ Allow ssm:GetParameter"}},
		"a whole JSON secret":   {operation: "ssm:GetParameter", answer: answer{200, `{"Parameter": {"Value": "{\"token\": \"hunter2\"}"}}`}, want: []string{"the credential cannot be read: the value looks like JSON"}},
		"a password":            {operation: "ssm:GetParameter", answer: answer{200, `{"Parameter": {"Value": "hunter2"}}`}, want: []string{"failed       Slack (slack): ", "neither a bot token", "→ Store a bot token"}},
		"a webhook":             {operation: "ssm:GetParameter", answer: answer{200, `{"Parameter": {"Value": "https://hooks.slack.com/services/T0/B0/x"}}`}, fine: true, want: []string{"ok           Slack (slack): an incoming webhook", "--send"}},
		"a revoked token":       {auth: `{"ok": false, "error": "token_revoked"}`, want: []string{"failed       Slack (slack): auth.test: 200 OK: token_revoked", "→ Install the app again"}},
		"channels are private":  {channel: `{"ok": false, "error": "missing_scope", "needed": "channels:read"}`, fine: true, want: []string{"ok           Slack (slack): the token is that of coverage in Acme; it may not look", "--send"}},
		"no such channel":       {channel: `{"ok": false, "error": "channel_not_found"}`, want: []string{"failed       Slack (slack): ", "channel_not_found", "→ Invite the app"}},
		"not in the channel":    {channel: `{"ok": true, "channel": {"name": "alerts"}}`, want: []string{"failed       Slack (slack): the app is not in #alerts", "→ Invite it there: /invite @coverage"}},
		"an archived channel":   {channel: `{"ok": true, "channel": {"name": "alerts", "is_archived": true}}`, want: []string{"the channel #alerts is archived", "→ Name another channel"}},
		"no topic":              {operation: "sns:GetTopicAttributes", answer: xml("NotFound", "Topic does not exist"), want: []string{"failed       Topic " + topicARN + ": there is no", "→ Create it, or correct its ARN"}},
		"an unreadable topic":   {operation: "sns:GetTopicAttributes", answer: xml("AuthorizationError", "no"), fine: true, want: []string{"not checked  Topic ", "sns:GetTopicAttributes", "--send"}},
		"no table":              {operation: "dynamodb:UpdateItem", answer: json("ResourceNotFoundException", "no"), want: []string{"failed       Table incidents: there is no such table in eu-central-1", "→ Deploy the stack"}},
		"another table":         {operation: "dynamodb:UpdateItem", answer: json("ValidationException", "The provided key element does not match the schema"), want: []string{"it is not a table of the notifier", "→ Its key must be pk"}},
		"a closed table":        {operation: "dynamodb:UpdateItem", answer: json("AccessDeniedException", "not authorized"), want: []string{"access is denied: not authorized", "→ Allow dynamodb:UpdateItem"}},
		"no queue":              {operation: "sqs:GetQueueAttributes", answer: json("com.amazonaws.sqs#QueueDoesNotExist", "no"), want: []string{"failed       Queue of waiting changes: there is no queue", "→ Set its URL"}},
		"an unreadable queue":   {operation: "sqs:GetQueueAttributes", answer: json("AccessDeniedException", "no"), fine: true, want: []string{"not checked  Queue of waiting changes"}},
		"no organization":       {operation: "organizations:ListAccounts", answer: json("AWSOrganizationsNotInUseException", "Your account is not a member of an organization."), want: []string{"failed       Accounts of the organization: Your account is not a member", "→ Use the management account"}},
		"closed accounts":       {operation: "organizations:ListAccounts", answer: json("AccessDeniedException", "no"), fine: true, want: []string{"not checked  Accounts of the organization: ", "organizations:ListAccounts"}},
		"no aggregator":         {operation: "config:SelectAggregateResourceConfig", answer: json("NoSuchConfigurationAggregatorException", "It does not exist."), want: []string{"failed       Aggregator organization: It does not exist.", "→ Correct CONFIG_AGGREGATOR"}},
		"no detector":           {operation: "guardduty:ListDetectors", answer: answer{200, `{"detectorIds": []}`}, want: []string{"failed       GuardDuty in eu-central-1: GuardDuty is not enabled", "→ Enable it"}},
		"no Runtime Monitoring": {operation: "guardduty:GetDetector", answer: answer{200, `{"serviceRole": "r", "status": "ENABLED", "features": []}`}, want: []string{"failed       GuardDuty in eu-central-1: Runtime Monitoring is off", "→ Enable it in the GuardDuty console"}},
		"GuardDuty is closed":   {operation: "guardduty:ListDetectors", answer: answer{403, `{"__type": "AccessDeniedException", "message": "not authorized"}`}, fine: true, want: []string{"not checked  GuardDuty in eu-central-1: "}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			auth, channel := knownBot, knownAlert
			if test.auth != "" {
				auth = test.auth
			}
			if test.channel != "" {
				channel = test.channel
			}
			env, answers := everything(), working()
			env["SLACK_API_URL"] = slackWith(t, slacktest.New(t, slacktest.Options{}), auth, channel)
			maps.Copy(env, test.env)
			if test.operation != "" {
				answers[test.operation] = test.answer
			}
			got := startDoctor(t, env, doctorCloud(t, answers, nil))
			if (got.code == exitFine) != test.fine || got.code != exitFine && got.code != exitFailed {
				t.Errorf("exit code %d", got.code)
			}
			contains(t, "stdout", got.stdout, test.want)
			if strings.Contains(got.stdout, "hunter2") || strings.Contains(got.stdout, "T0/B0/x") || strings.Contains(got.stdout, "xoxb-1") {
				t.Errorf("a credential is shown:\n%s", got.stdout)
			}
		})
	}
}

func TestDoctorWithoutAnything(t *testing.T) {
	got := startDoctor(t, nil, noCloud)
	if got.code != exitFailed {
		t.Errorf("exit code %d", got.code)
	}
	contains(t, "stdout", got.stdout, []string{"failed       Settings: 1 to correct", "no destination", "failed       AWS credentials: sign in with aws sso login"})
}

func TestDoctorChecksWhatNeedsNoAccount(t *testing.T) {
	env := map[string]string{"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_CHANNEL": "C0123456789", "SNS_TOPIC_ARN": topicARN}
	env["SLACK_API_URL"] = slackWith(t, slacktest.New(t, slacktest.Options{}), knownBot, knownAlert)
	got := startDoctor(t, env, noCloud, "--send")
	contains(t, "stdout", got.stdout, []string{"ok           Slack (slack)", "not checked  Topic", "not checked  Test message to sns: there are no AWS credentials"})
}

func TestDoctorSendsAMarkedTest(t *testing.T) {
	for _, l := range locale.Languages() {
		fake := slacktest.New(t, slacktest.Options{Burst: 10})
		env := map[string]string{
			"SLACK_BOT_TOKEN": fake.Token(), "SLACK_CHANNEL": fake.Channel(), "SNS_TOPIC_ARN": topicARN, "SNS_FORMAT": "json", "MESSAGE_LANGUAGE": l.Code,
		}
		env["SLACK_API_URL"] = slackWith(t, fake, knownBot, knownAlert)
		var published []string
		cloud := doctorCloud(t, working(), &published)
		if got := startDoctor(t, env, cloud); got.code != exitFine || len(fake.Messages()) > 0 || len(published) > 0 {
			t.Errorf("%s, without --send: exit code %d, %d messages", l.Code, got.code, len(fake.Messages())+len(published))
		}
		got := startDoctor(t, env, cloud, "--send")
		contains(t, "stdout", got.stdout, []string{"ok           Test message to slack: sent", "ok           Test message to sns: sent"})
		if messages := fake.Messages(); got.code != exitFine || len(messages) != 1 || !strings.Contains(messages[0].Text, l.Heartbeat.TestTitle) {
			t.Errorf("%s: exit code %d, Slack has %+v", l.Code, got.code, messages)
		}
		var record struct{ Version, Status string }
		if len(published) != 1 || json.Unmarshal([]byte(published[0]), &record) != nil || record.Version != message.TestVersion || record.Status != message.TestStatus {
			t.Errorf("%s: published %q", l.Code, published)
		}
	}
}

func TestDoctorSaysWhyATestWasRefused(t *testing.T) {
	fake := slacktest.New(t, slacktest.Options{Burst: 10})
	env := map[string]string{"SLACK_BOT_TOKEN": fake.Token(), "SLACK_CHANNEL": "C0000000000", "SNS_TOPIC_ARN": topicARN}
	env["SLACK_API_URL"] = slackWith(t, fake, knownBot, knownAlert)
	answers := working()
	answers["sns:Publish"] = answer{403, "<ErrorResponse><Error><Code>AuthorizationError</Code><Message>not authorized to perform: SNS:Publish</Message></Error></ErrorResponse>"}
	got := startDoctor(t, env, doctorCloud(t, answers, nil), "--send")
	if got.code != exitFailed {
		t.Errorf("exit code %d", got.code)
	}
	contains(t, "stdout", got.stdout, []string{
		"failed       Test message to slack: chat.postMessage: ", "channel_not_found", "→ Invite the app",
		"failed       Test message to sns: access is denied: not authorized to perform: SNS:Publish", "→ Allow sns:Publish",
	})
}

// TestDoctorGivesUpOnSilence waits no longer than it has to.
func TestDoctorGivesUpOnSilence(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := &doctor{output: io.Discard, width: 80}
	d.check(ctx, "silence", func(ctx context.Context) finding {
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > checkTimeout {
			t.Error("a check has no deadline")
		}
		<-ctx.Done()
		return finding{verdict: failing, detail: ctx.Err().Error()}
	})
	if !d.failed {
		t.Error("silence passes")
	}
}
