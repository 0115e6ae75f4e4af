// Package template_test checks template.yaml against the programs and settings it deploys.
package template_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/template/templatetest"
)

const (
	topic  = "arn:aws:sns:eu-central-1:111122223333:coverage"
	alarms = "arn:aws:sns:eu-central-1:111122223333:alarms"
)

// newStack resolves template.yaml.
func newStack(t *testing.T, parameters map[string]string) templatetest.Stack {
	t.Helper()
	return templatetest.New(t, "../template.yaml", parameters)
}

func TestRuleCatchesEveryCoverageEventAndNothingElse(t *testing.T) {
	pattern := newStack(t, nil).At("Resources", "NotifyFunction", "Properties", "Events", "CoverageChange", "Properties", "Pattern")
	files, err := filepath.Glob("../events/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample events: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !matches(pattern, decode(t, data)) {
			t.Errorf("the rule would miss %s", file)
		}
	}
	for name, event := range map[string]string{
		"a finding":      `{"source": "aws.guardduty", "detail-type": "GuardDuty Finding", "detail": {"severity": 8}}`,
		"another source": `{"source": "aws.inspector2", "detail-type": "GuardDuty Runtime Protection Healthy"}`,
		"anybody's":      `{"source": "my.app", "detail-type": "GuardDuty Runtime Protection Unhealthy"}`,
		"no detail-type": `{"source": "aws.guardduty"}`,
		"a scan":         `{"source": "aws.guardduty", "detail-type": "GuardDuty Malware Protection Object Scan Result"}`,
	} {
		if matches(pattern, decode(t, []byte(event))) {
			t.Errorf("the rule would catch %s", name)
		}
	}
}

// matches is EventBridge's matching, of literal strings only.
func matches(pattern, event any) bool {
	fields, ok := event.(map[string]any)
	if !ok {
		return false
	}
	for key, want := range pattern.(map[string]any) {
		if list, ok := want.([]any); ok && !slices.Contains(list, fields[key]) || !ok && !matches(want, fields[key]) {
			return false
		}
	}
	return true
}

func TestFunctionsGetEverySettingThatTheyRead(t *testing.T) {
	for function, load := range map[string]func(getenv func(string) string) error{
		"NotifyFunction": func(getenv func(string) string) error {
			_, err := config.Load(getenv)
			return err
		},
		"ReportFunction": func(getenv func(string) string) error {
			_, _, err := config.LoadReport(getenv)
			return err
		},
		"DiagnoseFunction": func(getenv func(string) string) error {
			_, err := config.LoadDiagnosis(getenv)
			return err
		},
	} {
		t.Run(function, func(t *testing.T) { checkSettings(t, function, load) })
	}
}

// checkSettings compares what a function is given with what it asks for.
func checkSettings(t *testing.T, function string, load func(getenv func(string) string) error) {
	s := newStack(t, map[string]string{"SlackSecret": "/coverage/slack", "SnsTopicArn": topic, "Diagnosis": "on"})
	environment := map[string]any{}
	// These two hold the credential itself and are for local runs.
	local := []string{"SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"}
	if words(s.At("Resources", function).(map[string]any)["IgnoreGlobals"]) == "Environment" {
		local = nil
	} else {
		environment = s.At("Globals", "Function", "Environment", "Variables").(map[string]any)
	}
	if own, ok := s.At("Resources", function, "Properties").(map[string]any)["Environment"]; ok {
		maps.Copy(environment, own.(map[string]any)["Variables"].(map[string]any))
	}
	for name, value := range environment {
		id := strings.Trim(value.(string), "<>")
		if strings.HasSuffix(name, "_QUEUE_URL") {
			id = "https://sqs.eu-central-1.amazonaws.com/111122223333/" + id
		}
		environment[name] = id
	}
	asked := make(map[string]bool)
	err := load(func(name string) string {
		asked[name] = true
		if name == "AWS_REGION" {
			return "eu-central-1"
		}
		value, _ := environment[name].(string)
		return value
	})
	if err != nil {
		t.Errorf("the function would not start with the template's defaults: %v", err)
	}
	for _, name := range local {
		if !asked[name] {
			t.Errorf("%s is not read any more", name)
		}
		delete(asked, name)
	}
	delete(asked, "AWS_REGION") // Lambda's own
	if diff := cmp.Diff(slices.Sorted(maps.Keys(asked)), slices.Sorted(maps.Keys(environment))); diff != "" {
		t.Errorf("settings read (-) and set (+):\n%s", diff)
	}
	page := read(t, "../docs/settings.md")
	for parameter := range s.At("Parameters").(map[string]any) {
		delete(asked, strings.ToUpper(snake(parameter)))
	}
	for name := range asked {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("%s has no parameter of its name, and docs/settings.md does not list it", name)
		}
	}
}

// statement is one permission.
type statement struct {
	Action, Resource, Condition string
}

func TestRolesMayOnlyWhatIsConfigured(t *testing.T) {
	const (
		secret = "arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:slack-AbCdEf"
		key    = "arn:aws:kms:eu-central-1:111122223333:key/1111-2222"
		gov    = "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1111-2222"
		shared = "arn:aws:ssm:eu-west-1:444455556666:parameter/slack/token"
	)
	report := map[string]statement{
		"Log":          {Action: "logs:CreateLogStream logs:PutLogEvents", Resource: "<ReportLogGroup.Arn>"},
		"Trace":        {Action: "xray:PutTraceSegments xray:PutTelemetryRecords", Resource: "*"},
		"FindDetector": {Action: "guardduty:ListDetectors", Resource: "*"},
		"ReadCoverage": {Action: "guardduty:GetDetector guardduty:ListCoverage guardduty:GetCoverageStatistics", Resource: "arn:aws:guardduty:*:111122223333:detector/*"},
		"ReadOrganization": {
			Action: "guardduty:ListMembers guardduty:GetMemberDetectors guardduty:DescribeOrganizationConfiguration " +
				"guardduty:GetOrganizationStatistics ec2:DescribeRegions",
			Resource: "*",
		},
		"CountResources": {
			Action: "ec2:DescribeInstances eks:ListClusters eks:DescribeCluster eks:ListFargateProfiles ecs:ListClusters " +
				"ecs:DescribeClusters",
			Resource: "*",
		},
		"Remember": {Action: "dynamodb:UpdateItem dynamodb:GetItem dynamodb:Scan", Resource: "<IncidentTable.Arn>"},
		"Wait":     {Action: "sqs:SendMessage", Resource: "<WaitingQueue.Arn>"},
		"GiveUp":   {Action: "sqs:SendMessage", Resource: "<ReportDeadLetterQueue.Arn>"},
	}
	notify := map[string]statement{
		"Log":      {Action: "logs:CreateLogStream logs:PutLogEvents", Resource: "<NotifyLogGroup.Arn>"},
		"Trace":    {Action: "xray:PutTraceSegments xray:PutTelemetryRecords", Resource: "*"},
		"Remember": {Action: "dynamodb:UpdateItem", Resource: "<IncidentTable.Arn>"},
		"Wait":     {Action: "sqs:SendMessage sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes", Resource: "<WaitingQueue.Arn>"},
		"GiveUp":   {Action: "sqs:SendMessage", Resource: "<DeadLetterQueue.Arn>"},
	}
	tests := map[string]struct {
		parameters map[string]string
		want       map[string]statement
	}{
		"nothing": {},
		"parameter by path": {
			map[string]string{"SlackSecret": "/slack/token"},
			map[string]statement{"ReadSlackSecret": {Action: "ssm:GetParameter", Resource: "arn:aws:ssm:eu-central-1:111122223333:parameter/slack/token"}},
		},
		"parameter by name": {
			map[string]string{"SlackSecret": "slack-token", "AWS::Partition": "aws-us-gov", "AWS::Region": "us-gov-east-1"},
			map[string]statement{"ReadSlackSecret": {Action: "ssm:GetParameter", Resource: "arn:aws-us-gov:ssm:us-gov-east-1:111122223333:parameter/slack-token"}},
		},
		"parameter by ARN, elsewhere": {
			map[string]string{"SlackSecret": shared, "SlackSecretKmsKeyArn": "arn:aws:kms:eu-west-1:444455556666:key/1111"},
			map[string]statement{
				"ReadSlackSecret":    {Action: "ssm:GetParameter", Resource: shared},
				"DecryptSlackSecret": {Action: "kms:Decrypt", Resource: "arn:aws:kms:eu-west-1:444455556666:key/1111", Condition: "StringEquals kms:ViaService ssm.eu-west-1.amazonaws.com"},
			},
		},
		"secret with key": {
			map[string]string{"SlackSecret": secret, "SlackSecretKmsKeyArn": gov, "AWS::Partition": "aws-us-gov"},
			map[string]statement{
				"ReadSlackSecret":    {Action: "secretsmanager:GetSecretValue", Resource: secret},
				"DecryptSlackSecret": {Action: "kms:Decrypt", Resource: gov, Condition: "StringEquals kms:ViaService secretsmanager.us-gov-west-1.amazonaws.com"},
			},
		},
		"topic": {
			map[string]string{"SnsTopicArn": topic},
			map[string]statement{"Publish": {Action: "sns:Publish", Resource: topic}},
		},
		"topic with key": {
			map[string]string{"SnsTopicArn": topic, "SnsTopicKmsKeyArn": key},
			map[string]statement{
				"Publish":         {Action: "sns:Publish", Resource: topic},
				"EncryptForTopic": {Action: "kms:GenerateDataKey kms:Decrypt", Resource: key, Condition: "StringEquals kms:ViaService sns.eu-central-1.amazonaws.com"},
			},
		},
		"rules themselves": {parameters: map[string]string{"Routes": `{"rules": []}`}},
		"rules by path": {
			map[string]string{"Routes": "/coverage/routes"},
			map[string]statement{"ReadRoutes": {Action: "ssm:GetParameter", Resource: "arn:aws:ssm:eu-central-1:111122223333:parameter/coverage/routes"}},
		},
		"rules by name": {
			map[string]string{"Routes": "routes"},
			map[string]statement{"ReadRoutes": {Action: "ssm:GetParameter", Resource: "arn:aws:ssm:eu-central-1:111122223333:parameter/routes"}},
		},
		"rules by ARN": {
			map[string]string{"Routes": shared},
			map[string]statement{"ReadRoutes": {Action: "ssm:GetParameter", Resource: shared}},
		},
		"destinations of rules": {
			map[string]string{"RouteSecretArns": shared + "," + secret, "RouteTopicArns": topic + "," + alarms, "RouteKmsKeyArns": key + "," + gov},
			map[string]statement{
				"ReadRouteSecrets": {Action: "ssm:GetParameter secretsmanager:GetSecretValue", Resource: shared + " " + secret},
				"PublishToRoutes":  {Action: "sns:Publish", Resource: topic + " " + alarms},
				"UseRouteKeys": {Action: "kms:GenerateDataKey kms:Decrypt", Resource: key + " " + gov,
					Condition: "StringLike kms:ViaService ssm.*.amazonaws.com secretsmanager.*.amazonaws.com sns.*.amazonaws.com"},
			},
		},
		"diagnosis, also in other accounts": {
			map[string]string{"Diagnosis": "on", "DiagnosisRoleName": "look"},
			map[string]statement{"Diagnose": {Action: "lambda:InvokeFunction", Resource: "<DiagnoseFunction.Arn>"}},
		},
		"a key for queues and table": {
			map[string]string{"KmsKeyArn": key},
			map[string]statement{"UseKey": {Action: "kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt*", Resource: key,
				Condition: "StringEquals kms:ViaService sqs.eu-central-1.amazonaws.com dynamodb.eu-central-1.amazonaws.com"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for role, always := range map[string]map[string]statement{"NotifyRole": notify, "ReportRole": report} {
				want := inPartition(always, test.parameters["AWS::Partition"])
				maps.Copy(want, test.want)
				if role == "ReportRole" {
					delete(want, "Diagnose") // The notifier alone has changes diagnosed.
				}
				if diff := cmp.Diff(want, grants(t, newStack(t, test.parameters), role)); diff != "" {
					t.Errorf("granted to %s (-want +got):\n%s", role, diff)
				}
			}
		})
	}
}

// inPartition are the statements with ARNs of that partition; "" is aws.
func inPartition(statements map[string]statement, partition string) map[string]statement {
	moved := maps.Clone(statements)
	for sid, s := range moved {
		if partition != "" {
			s.Resource = strings.ReplaceAll(s.Resource, "arn:aws:", "arn:"+partition+":")
		}
		moved[sid] = s
	}
	return moved
}

func TestScheduleMayOnlyInvokeAndGiveUp(t *testing.T) {
	want := map[string]statement{
		"Invoke": {Action: "lambda:InvokeFunction", Resource: "<ReportFunction.Arn>"},
		"GiveUp": {Action: "sqs:SendMessage", Resource: "<ReportDeadLetterQueue.Arn>"},
	}
	s := newStack(t, nil)
	if diff := cmp.Diff(want, grants(t, s, "ReportTimerRole")); diff != "" {
		t.Errorf("granted (-want +got):\n%s", diff)
	}
	trust := words(s.At("Resources", "ReportTimerRole", "Properties", "AssumeRolePolicyDocument"))
	if want := "Condition StringEquals aws:SourceAccount 111122223333 Effect Allow Principal Service scheduler.amazonaws.com"; !strings.Contains(trust, want) {
		t.Errorf("the role is not for this account's schedules alone: %s", trust)
	}
}

// calls are the AWS API calls that the sources of an adapter make, as IAM names them.
var calls = regexp.MustCompile(
	`\b(dynamodb|sqs|sns|ssm|secretsmanager|guardduty|ec2|lambda|awssns|awssqs|awssecrets)\.([A-Z][A-Za-z]+)Input\b`)

// TestRolesMayDoEveryCall reads the calls from the adapters: a permission that is missing shows only once it is deployed.
func TestRolesMayDoEveryCall(t *testing.T) {
	services := map[string]bool{}
	for role, files := range map[string][]string{
		"NotifyRole": {"dynamo/store.go", "dynamo/group.go", "sqs/*.go", "sns/*.go", "secrets/*.go", "lambda/*.go"},
		"ReportRole": {"dynamo/*.go", "sns/*.go", "secrets/*.go", "guardduty/*.go", "regions/*.go"},
	} {
		var granted strings.Builder
		for _, parameters := range []map[string]string{
			{"SlackSecret": "/slack", "SnsTopicArn": topic, "Diagnosis": "on"},
			{"SlackSecret": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:slack-AbCdEf"},
		} {
			for _, s := range grants(t, newStack(t, parameters), role) {
				granted.WriteString(s.Action + " ")
			}
		}
		for _, pattern := range files {
			sources, err := filepath.Glob("../pkg/" + pattern)
			if err != nil || len(sources) == 0 {
				t.Fatalf("no sources at %s: %v", pattern, err)
			}
			for _, file := range sources {
				for _, call := range calls.FindAllStringSubmatch(read(t, file), -1) {
					service := strings.TrimPrefix(call[1], "aws")
					services[service] = true
					action := service + ":" + call[2]
					switch action {
					case "dynamodb:TransactWriteItems":
						// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
						action = "dynamodb:UpdateItem"
					case "lambda:Invoke":
						// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
						action = "lambda:InvokeFunction"
					}
					if !slices.Contains(strings.Fields(granted.String()), action) {
						t.Errorf("%s calls %s, which %s may not", file, action, role)
					}
				}
			}
		}
	}
	if len(services) != 8 {
		t.Errorf("only calls of %v were found", slices.Sorted(maps.Keys(services)))
	}
}

// grants are the permissions of a role, by their Sid: its own, and those of policies that name it.
func grants(t *testing.T, s templatetest.Stack, name string) map[string]statement {
	t.Helper()
	role := s.At("Resources", name, "Properties").(map[string]any)
	if _, ok := role["ManagedPolicyArns"]; ok {
		t.Errorf("%s has managed policies", name)
	}
	policies := slices.Clone(role["Policies"].([]any))
	for _, resource := range s.Resources("AWS::IAM::Policy") {
		if policy := resource["Properties"].(map[string]any); slices.Contains(policy["Roles"].([]any), any("<"+name+">")) {
			policies = append(policies, policy)
		}
	}
	granted := make(map[string]statement)
	for _, policy := range policies {
		document := policy.(map[string]any)["PolicyDocument"].(map[string]any)
		for _, each := range document["Statement"].([]any) {
			fields := each.(map[string]any)
			if fields["Effect"] != "Allow" {
				t.Errorf("%v is not Allow", fields)
			}
			granted[fields["Sid"].(string)] = statement{words(fields["Action"]), words(fields["Resource"]), words(fields["Condition"])}
		}
	}
	return granted
}

// TestWithoutAScheduleThereIsNoReport looks for what would be left of it, or would refer to what is not there.
func TestWithoutAScheduleThereIsNoReport(t *testing.T) {
	with, without := newStack(t, nil), newStack(t, map[string]string{"ReportSchedule": ""})
	if with.At("Conditions", "Reports") != true {
		t.Fatal("the condition Reports does not follow the schedule")
	}
	leavesOut(t, without, "Reports", "ReportFunction", "ReportLogGroup", "ReportRole", "ReportTimer", "ReportTimerRole", "ReportScheduleGroup",
		"ReportDeadLetterQueue", "ReportDeadLetterQueuePolicy", "ReportDeadLettersAlarm", "ReportScheduleAlarm", "FoundByReportAlarm")
	if without.At("Conditions", "ReportsAreAwaited") != false {
		t.Error("an alarm waits for reports that are not made")
	}
}

// leavesOut requires that the condition is false, that it is the condition of exactly those resources, and that no other
// refers to one of them.
func leavesOut(t *testing.T, s templatetest.Stack, condition string, resources ...string) {
	t.Helper()
	if s.At("Conditions", condition) != false {
		t.Errorf("the condition %s is not false", condition)
	}
	var conditional []string
	all := s.At("Resources").(map[string]any)
	for name, resource := range all {
		if resource.(map[string]any)["Condition"] == condition {
			conditional = append(conditional, name)
		}
	}
	slices.Sort(conditional)
	slices.Sort(resources)
	if diff := cmp.Diff(resources, conditional); diff != "" {
		t.Errorf("resources with the condition %s (-want +got):\n%s", condition, diff)
	}
	for name, resource := range all {
		for _, other := range conditional {
			if !slices.Contains(conditional, name) && strings.Contains(words(resource), "<"+other) {
				t.Errorf("%s refers to %s, which is not there", name, other)
			}
		}
	}
}

func TestScheduleInvokesTheReport(t *testing.T) {
	s := newStack(t, map[string]string{"TimeZone": "Europe/Berlin"})
	schedule := s.At("Resources", "ReportTimer", "Properties").(map[string]any)
	if schedule["ScheduleExpression"] != "cron(0 9 ? * MON-FRI *)" || schedule["ScheduleExpressionTimezone"] != "Europe/Berlin" {
		t.Errorf("it is due at %v, %v", schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"])
	}
	if got := schedule["GroupName"]; got != "<ReportScheduleGroup>" {
		t.Errorf("it is in the group %v, whose metrics nobody watches", got)
	}
	target := schedule["Target"].(map[string]any)
	if got := words(target["Arn"]) + " " + words(target["DeadLetterConfig"]); got != "<ReportFunction.Arn> Arn <ReportDeadLetterQueue.Arn>" {
		t.Errorf("its target and dead-letter queue are %s", got)
	}
	var input map[string]string
	if err := json.Unmarshal([]byte(target["Input"].(string)), &input); err != nil || input["scheduledTime"] != "<aws.scheduler.scheduled-time>" {
		t.Errorf("it sends %v: %v", target["Input"], err)
	}
	if got := words(s.At("Resources", "ReportFunction", "Properties", "EventInvokeConfig", "DestinationConfig")); !strings.Contains(got, "<ReportDeadLetterQueue.Arn>") {
		t.Errorf("what the function fails at goes to %s", got)
	}
}

// words are the strings of a value, maps in the order of their keys.
func words(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case []any:
		var all []string
		for _, v := range value {
			all = append(all, words(v))
		}
		return strings.Join(all, " ")
	case map[string]any:
		var all []string
		for _, key := range slices.Sorted(maps.Keys(value)) {
			all = append(all, key, words(value[key]))
		}
		return strings.Join(all, " ")
	}
	return fmt.Sprint(value)
}

func TestParametersTakeWhatTheFunctionTakes(t *testing.T) {
	tests := map[string]struct{ setting, good, bad string }{
		"SlackSecret": {
			setting: "SLACK_SECRET",
			good: "slack /slack/token a.b_c-d arn:aws:ssm:eu-central-1:111122223333:parameter/slack/token " +
				"arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:team/slack-AbCdEf arn:aws-cn:ssm:cn-north-1:111122223333:parameter/slack",
			bad: "xoxb-1-2-abc https://hooks.slack.com/services/T0/B0/x arn:aws:s3:::bucket slack:token /slack/ //slack",
		},
		"SlackChannel": {setting: "SLACK_CHANNEL", good: "C0123456789 G01 D0A", bad: "#alerts alerts c0123456789 C"},
		"SlackApiUrl":  {setting: "SLACK_API_URL", good: "https://slack-gov.com/api/ https://proxy.example.com:8443/api", bad: "http://slack.com/api/ slack.com"},
		"SnsTopicArn": {
			setting: "SNS_TOPIC_ARN",
			good:    topic + " arn:aws-us-gov:sns:us-gov-west-1:111122223333:coverage.fifo arn:aws-iso-b:sns:us-isob-east-1:111122223333:a",
			bad:     "coverage arn:aws:sqs:eu-central-1:111122223333:coverage arn:aws:sns:eu-central-1:1:a arn:aws:sns:eu-central-1:111122223333:a:b",
		},
		"Routes": {
			setting: "ROUTES",
			good:    `{} {"rules":[]} routes /coverage/routes arn:aws-us-gov:ssm:us-gov-west-1:111122223333:parameter/coverage/routes`,
			bad:     `[] {"rules":[] xoxb-1 https://example.com/routes.json /routes/ arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-AbCdEf`,
		},
		"RouteSecretArns": {
			good: "arn:aws:ssm:eu-central-1:111122223333:parameter/slack/token arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:team/slack-AbCdEf",
			bad:  "/slack/token https://hooks.slack.com/services/T0/B0/x arn:aws:s3:::bucket",
		},
		"RouteTopicArns":      {good: topic + " " + topic + ".fifo", bad: "coverage arn:aws:sqs:eu-central-1:111122223333:coverage *"},
		"RouteKmsKeyArns":     {good: "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234", bad: "alias/slack *"},
		"ReportSchedule":      {good: "cron(0?9?*?*?MON-FRI?*) rate(1)", bad: "daily at(2030-01-01T00:00:00) cron()"},
		"TimeZone":            {good: "UTC Europe/Berlin America/Argentina/Buenos_Aires Etc/GMT+5", bad: "Berlin! (UTC)"},
		"DiagnosisRoleName":   {setting: "DIAGNOSIS_ROLE_NAME", good: "coverage-diagnosis a+b=c,d.e@f_g", bad: "path/role a* arn:aws:iam::111122223333:role/a"},
		"DiagnosisExternalId": {setting: "DIAGNOSIS_EXTERNAL_ID", good: "ab o-a1b2/c:d", bad: "a a* ö-1"},
		"ExpectedActors": {
			good: "arn:aws:iam::111122223333:role/a arn:aws:iam::111122223333:role/a,arn:aws-us-gov:iam::111122223333:role/x/b",
			bad:  "deploy arn:aws:iam::111122223333:user/a arn:aws:iam::1:role/a",
		},
		"ReportRegions": {
			setting: "REPORT_REGIONS", good: "eu-central-1 eu-central-1,us-gov-west-1,ap-southeast-4 all",
			bad: "All all,eu-central-1 Frankfurt eu-central-1a eu-central-1, eu-central-1;us-east-1",
		},
		"ConfigAggregator": {good: "organization my_aggregator-1 organization@eu-central-1", bad: "a.b a@ a@Frankfurt *"},
		"ForwardedRegions": {
			setting: "FORWARDED_REGIONS", good: "us-east-1 us-east-1,ap-southeast-4",
			bad: "all Frankfurt us-east-1, us-east-1;eu-west-1",
		},
		"ForwardingOrganizationId": {good: "o-a1b2c3d4e5", bad: "a1b2c3d4e5 o-1 o-A1B2C3D4E5 *"},
		"SlackSecretKmsKeyArn":     {good: "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234", bad: "alias/slack arn:aws:kms:eu-central-1:111122223333:alias/slack"},
		"SnsTopicKmsKeyArn":        {good: "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/12-34", bad: "1234-5678 arn:aws:kms:eu-central-1:111122223333:alias/sns"},
		"AlarmTopicArn":            {good: alarms, bad: alarms + ".fifo me@example.com"},
		"AlarmEmail":               {good: "me@example.com on-call+aws@sub.example.co.jp", bad: "me me@example a@b@example.com " + alarms},
		"KmsKeyArn":                {good: "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234", bad: "alias/aws/sqs *"},
		"PermissionsBoundaryArn": {
			good: "arn:aws:iam::111122223333:policy/boundary arn:aws-cn:iam::111122223333:policy/team/boundary arn:aws:iam::aws:policy/PowerUserAccess",
			bad:  "boundary arn:aws:iam::111122223333:role/a arn:aws:iam::1:policy/a *",
		},
		"RolePath":            {good: "/ /security/ /a/b/", bad: "security /security security/ // /a//"},
		"ReservedConcurrency": {good: "3 10 1000", bad: "0 1 2 03 -3 10000 many"},
	}
	s := newStack(t, nil)
	for name, test := range tests {
		pattern := s.At("Parameters", name, "AllowedPattern").(string)
		values := strings.Fields(test.good)
		if parameter := s.At("Parameters", name).(map[string]any); parameter["Default"] == "" {
			values = append(values, "")
		}
		for _, value := range values {
			if !allowed(pattern, value) {
				t.Errorf("%s refuses %q", name, value)
			}
			if err := load(test.setting, value); err != nil {
				t.Errorf("the function refuses what %s takes, %q: %v", name, value, err)
			}
		}
		for value := range strings.FieldsSeq(test.bad) {
			if allowed(pattern, value) {
				t.Errorf("%s takes %q", name, value)
			}
		}
	}
}

// allowed is CloudFormation's AllowedPattern. Go has no lookahead: the one that is used is done by hand.
func allowed(pattern, value string) bool {
	plain := strings.Replace(pattern, "(?!xox)", "", 1)
	if plain != pattern && strings.HasPrefix(value, "xox") {
		return false
	}
	return regexp.MustCompile(plain).MatchString(value)
}

// load loads the configuration with one setting, and with a destination beside it.
func load(setting, value string) error {
	_, _, err := config.LoadReport(func(name string) string {
		switch {
		case name == setting:
			return value
		case name == "SNS_TOPIC_ARN" || name == "SLACK_SECRET" && setting == "SNS_TOPIC_ARN":
			return map[string]string{"SNS_TOPIC_ARN": topic, "SLACK_SECRET": "/slack"}[name]
		case name == "AWS_REGION":
			return "eu-central-1"
		case name == "INCIDENT_TABLE":
			return "incidents"
		}
		return ""
	})
	return err
}

// TestEveryLanguageCanBeChosen keeps the catalogue and the parameter together.
func TestEveryLanguageCanBeChosen(t *testing.T) {
	var want []any
	for _, l := range locale.Languages() {
		want = append(want, l.Code)
	}
	if got := newStack(t, nil).List("Parameters", "MessageLanguage", "AllowedValues"); !slices.Equal(got, want) {
		t.Errorf("MessageLanguage is one of %v, the catalogue speaks %v", got, want)
	}
}

func TestValuesOfParametersAreThoseOfTheFunction(t *testing.T) {
	s := newStack(t, nil)
	for parameter, setting := range map[string]string{
		"SnsFormat": "SNS_FORMAT", "MessageLanguage": "MESSAGE_LANGUAGE", "SlackBroadcastRecovery": "SLACK_BROADCAST_RECOVERY",
		"ReportQuiet": "REPORT_QUIET", "Diagnosis": "DIAGNOSIS", "Actor": "ACTOR",
	} {
		for _, value := range s.List("Parameters", parameter, "AllowedValues") {
			if err := load(setting, value.(string)); err != nil {
				t.Errorf("the function refuses a value of %s: %v", parameter, err)
			}
		}
	}
	low, high := number(t, s, "Parameters", "StormLimit", "MinValue"), number(t, s, "Parameters", "StormLimit", "MaxValue")
	for value, good := range map[int]bool{low: true, low - 1: false, high: true, high + 1: false} {
		if err := load("STORM_LIMIT", strconv.Itoa(value)); (err == nil) != good {
			t.Errorf("StormLimit %d: %v", value, err)
		}
	}
}

func TestEveryParameterIsExplainedAndUsed(t *testing.T) {
	s := newStack(t, nil)
	console := s.At("Metadata", "AWS::CloudFormation::Interface").(map[string]any)
	var grouped []string
	for _, group := range console["ParameterGroups"].([]any) {
		for _, name := range group.(map[string]any)["Parameters"].([]any) {
			grouped = append(grouped, name.(string))
		}
	}
	slices.Sort(grouped)
	parameters := s.At("Parameters").(map[string]any)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(parameters)), grouped); diff != "" {
		t.Errorf("parameters (-) and those in a group (+):\n%s", diff)
	}
	source := read(t, "../template.yaml")
	for name, parameter := range parameters {
		fields := parameter.(map[string]any)
		_, hasPattern := fields["AllowedPattern"]
		_, hasConstraint := fields["ConstraintDescription"]
		_, hasLabel := console["ParameterLabels"].(map[string]any)[name]
		if fields["Description"] == nil || hasPattern != hasConstraint || !hasLabel {
			t.Errorf("%s: has to have a Description, a label, and a ConstraintDescription with an AllowedPattern", name)
		}
		if !strings.Contains(source, "!Ref "+name) && !strings.Contains(source, "${"+name+"}") {
			t.Errorf("%s is not used", name)
		}
	}
}

func TestQueuesKeepWhatTheyAreGiven(t *testing.T) {
	s := newStack(t, nil)
	const day = 24 * 60 * 60
	timeout := number(t, s, "Globals", "Function", "Timeout")
	window := number(t, s, "Parameters", "GatherSeconds", "MaxValue")
	if got := number(t, s, "Resources", "WaitingQueue", "Properties", "VisibilityTimeout"); got < 6*timeout+window {
		t.Errorf("a waiting change reappears after %d s, while it may still be worked on", got)
	}
	// A change waits for up to 26 hours before it is given up.
	if got := number(t, s, "Resources", "WaitingQueue", "Properties", "MessageRetentionPeriod"); got < 2*day {
		t.Errorf("what waits is kept for %d s only", got)
	}
	if got := number(t, s, "Resources", "DeadLetterQueue", "Properties", "MessageRetentionPeriod"); got != 14*day {
		t.Errorf("dead letters are kept for %d s, which is not SQS's maximum", got)
	}
	if got := number(t, s, "Resources", "ReportDeadLetterQueue", "Properties", "MessageRetentionPeriod"); got != 14*day {
		t.Errorf("dead reports are kept for %d s, which is not SQS's maximum", got)
	}
	for _, queue := range []string{"WaitingQueue", "DeadLetterQueue", "ReportDeadLetterQueue"} {
		policy := words(s.At("Resources", queue+"Policy", "Properties", "PolicyDocument", "Statement"))
		if want := "Action sqs:* Condition Bool aws:SecureTransport false Effect Deny Principal * Resource <" + queue + ".Arn>"; !strings.Contains(policy, want) {
			t.Errorf("%s takes what is sent unencrypted: %s", queue, policy)
		}
	}
	policy := words(s.At("Resources", "DeadLetterQueuePolicy", "Properties", "PolicyDocument", "Statement"))
	if want := "Action sqs:SendMessage Condition ArnEquals aws:SourceArn <NotifyFunctionCoverageChange.Arn> Effect Allow Principal Service events.amazonaws.com"; !strings.Contains(policy, want) {
		t.Errorf("the dead-letter queue is not open for the rule alone: %s", policy)
	}
}

func TestResourcesBelongToNoPartition(t *testing.T) {
	for _, file := range []string{"../template.yaml", "../member-role.yaml"} {
		_, resources, ok := strings.Cut(read(t, file), "\nResources:\n")
		if !ok {
			t.Fatalf("%s has no resources", file)
		}
		principal := regexp.MustCompile(`Service: (lambda|events|scheduler)\.amazonaws\.com`)
		resources = principal.ReplaceAllString(resources, "")
		for _, fixed := range []string{"arn:aws", "amazonaws.com", "us-east-1"} {
			if strings.Contains(resources, fixed) {
				t.Errorf("a resource of %s holds %q", file, fixed)
			}
		}
	}
}

// TestMakeBuildsForTheProcessorChosen does what sam build does: it runs make with the Makefile in the ContextPath.
func TestMakeBuildsForTheProcessorChosen(t *testing.T) {
	for architecture, want := range map[string]string{"arm64": "GOARCH=arm64 ", "x86_64": "GOARCH=amd64 "} {
		s := newStack(t, map[string]string{"Architecture": architecture})
		for name, resource := range s.At("Resources").(map[string]any) {
			if resource.(map[string]any)["Type"] != "AWS::Serverless::Function" {
				continue
			}
			metadata := resource.(map[string]any)["Metadata"].(map[string]any)
			cmd := exec.CommandContext(t.Context(), "make", "--dry-run", "--makefile", metadata["ContextPath"].(string)+"/Makefile",
				"build-"+name, "ARTIFACTS_DIR=out")
			cmd.Dir = ".."
			cmd.Env = append(os.Environ(), "MAKEFLAGS=")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("make build-%s: %v\n%s", name, err, out)
			}
			if !strings.Contains(string(out), want) || !strings.Contains(string(out), "-o out/bootstrap ./functions/") {
				t.Errorf("make build-%s for %s runs %s", name, architecture, out)
			}
		}
	}
}

// TestDeployTakesItsRegionAndSettings: no profile and no earlier deployment decides, and one setting says for which
// processor it is built and deployed.
func TestDeployTakesItsRegionAndSettings(t *testing.T) {
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "make", args...)
		cmd.Dir = ".."
		cmd.Env = append(os.Environ(), "MAKEFLAGS=", "AWS_REGION=us-east-1")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"deploy", "REGION=eu-central-1"}, "make deploy ENV=prod REGION=eu-central-1"},
		{[]string{"deploy", "ENV=prod"}, "make deploy ENV=prod REGION=eu-central-1"},
		{[]string{"deploy-dashboard"}, "make deploy-dashboard REGION=eu-central-1"},
		{[]string{"redrive"}, "make redrive REGION=eu-central-1"},
		{[]string{"deploy", "ENV=prod", "REGION=eu-central-1", "ARCHITECTURE=x86_64"}, "set Architecture in environments/prod.env"},
	} {
		if out, err := run(test.args...); err == nil || !strings.Contains(out, test.want) {
			t.Errorf("make %v: %v\n%s", test.args, err, out)
		}
	}
	for target, want := range map[string]string{
		"deploy":           "-environment 'prod' -region 'ap-south-1' -stack 'guardduty-coverage-notifier' -version ",
		"deploy-dashboard": "REGION='ap-south-1' scripts/dashboard",
		"redrive":          "--region ap-south-1",
	} {
		out, err := run("--dry-run", target, "ENV=prod", "REGION=ap-south-1")
		if err != nil || !strings.Contains(out, want) || strings.Contains(out, "us-east-1") {
			t.Errorf("make %s in a Region: %v\n%s", target, err, out)
		}
	}
	if strings.Contains(read(t, "../samconfig.toml"), "region") || !strings.Contains(read(t, "../.gitignore"), "/environments/*\n") {
		t.Error("a Region, or the settings of an environment, are kept under version control")
	}
}

// TestDataIsKeptAsDocumented compares the times that the template sets with docs/data.md.
func TestDataIsKeptAsDocumented(t *testing.T) {
	s, page := newStack(t, nil), read(t, "../docs/data.md")
	const day = 24 * 60 * 60
	for queue, suffix := range map[string]string{"WaitingQueue": " days at most |", "DeadLetterQueue": " days |", "ReportDeadLetterQueue": " days |"} {
		kept := number(t, s, "Resources", queue, "Properties", "MessageRetentionPeriod") / day
		documented := slices.ContainsFunc(strings.Split(page, "\n"), func(row string) bool {
			return strings.Contains(row, "`"+queue+"`") && strings.HasSuffix(row, fmt.Sprintf("| %d%s", kept, suffix))
		})
		if !documented {
			t.Errorf("docs/data.md does not say that %s keeps messages for %d days", queue, kept)
		}
	}
	if !strings.Contains(page, "`LogRetentionDays`") || s.At("Parameters", "LogRetentionDays") == nil {
		t.Error("docs/data.md does not say how long logs are kept")
	}
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func number(t *testing.T, s templatetest.Stack, keys ...string) int {
	t.Helper()
	n, err := strconv.Atoi(s.At(keys...).(string))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
