package template_test

import (
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/dynamo"
)

// TestRolesFollowTheOrganization is about what organizations require of every role.
func TestRolesFollowTheOrganization(t *testing.T) {
	const boundary = "arn:aws:iam::111122223333:policy/boundary"
	for _, test := range []struct {
		parameters     map[string]string
		path, boundary any
	}{
		{nil, "/", nil},
		{map[string]string{"RolePath": "/security/", "PermissionsBoundaryArn": boundary}, "/security/", boundary},
	} {
		roles := newStack(t, test.parameters).Resources("AWS::IAM::Role")
		if len(roles) != 4 {
			t.Errorf("there are %d roles", len(roles))
		}
		for name, role := range roles {
			properties := role["Properties"].(map[string]any)
			if properties["Path"] != test.path || properties["PermissionsBoundary"] != test.boundary {
				t.Errorf("%s has the path %v and the boundary %v", name, properties["Path"], properties["PermissionsBoundary"])
			}
		}
	}
}

// TestEverythingAtRestIsEncrypted with keys that AWS owns, or with the key of the parameter.
func TestEverythingAtRestIsEncrypted(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:111122223333:key/1111"
	plain := newStack(t, map[string]string{"AlarmEmail": "me@example.com"})
	own := newStack(t, map[string]string{"AlarmEmail": "me@example.com", "KmsKeyArn": key})
	for kind, properties := range map[string]map[string]struct{ plain, own string }{
		"AWS::SQS::Queue":      {"SqsManagedSseEnabled": {"true", ""}, "KmsMasterKeyId": {"", key}},
		"AWS::DynamoDB::Table": {"SSESpecification": {"", "KMSMasterKeyId " + key + " SSEEnabled true SSEType KMS"}},
		"AWS::Logs::LogGroup":  {"KmsKeyId": {"", key}},
		"AWS::SNS::Topic":      {"KmsMasterKeyId": {"", key}},
	} {
		resources := plain.Resources(kind)
		if len(resources) == 0 {
			t.Errorf("there is no %s", kind)
		}
		for name, resource := range resources {
			for property, want := range properties {
				if got := words(resource["Properties"].(map[string]any)[property]); got != want.plain {
					t.Errorf("without a key, %s of %s is %q", property, name, got)
				}
				encrypted := own.Resources(kind)[name]["Properties"].(map[string]any)
				if got := words(encrypted[property]); got != want.own {
					t.Errorf("with a key, %s of %s is %q", property, name, got)
				}
			}
		}
	}
	want := statement{
		Action: "kms:GenerateDataKey kms:Decrypt", Resource: key,
		Condition: "StringEquals kms:ViaService sqs.eu-central-1.amazonaws.com",
	}
	if got := grants(t, own, "ReportTimerRole")["UseKey"]; got != want {
		t.Errorf("the schedule may not put what it gives up into the encrypted queue: %+v", got)
	}
	document := read(t, "../docs/operations.md")
	_, policy, _ := strings.Cut(document, "## Your own key")
	for _, principal := range []string{
		"events.amazonaws.com", "cloudwatch.amazonaws.com", "logs.eu-central-1.amazonaws.com",
		"kms:EncryptionContext:aws:logs:arn", "kms:GenerateDataKey", "kms:Decrypt",
	} {
		if !strings.Contains(policy, principal) {
			t.Errorf("docs/operations.md says nothing of %s in the key's policy", principal)
		}
	}
}

func TestConcurrencyIsReservedOnRequest(t *testing.T) {
	const property = "ReservedConcurrentExecutions"
	at := func(parameters map[string]string) any {
		return newStack(t, parameters).At("Resources", "NotifyFunction", "Properties").(map[string]any)[property]
	}
	if got := at(nil); got != nil {
		t.Errorf("%v invocations are reserved without a request", got)
	}
	if got := at(map[string]string{"ReservedConcurrency": "10"}); got != "10" {
		t.Errorf("%v invocations are reserved, want 10", got)
	}
	poller := number(t, newStack(t, nil),
		"Resources", "NotifyFunction", "Properties", "Events", "Waited", "Properties", "ScalingConfig", "MaximumConcurrency")
	if least := 3; least <= poller {
		t.Errorf("the queue alone may use %d invocations of %d, which leaves none for events", poller, least)
	}
}

// TestFunctionsThatInvokeThemselvesMayDoSo looks for functions that send to a queue by which they are
// invoked. Lambda takes that for a runaway loop and, after about 16 invocations of a chain, refuses the next
// one without a log line (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). A sink
// that is down for a day takes about a hundred. Every other function keeps the protection.
func TestFunctionsThatInvokeThemselvesMayDoSo(t *testing.T) {
	s := newStack(t, nil)
	var recursive []string
	for name, function := range s.Resources("AWS::Serverless::Function") {
		properties := function["Properties"].(map[string]any)
		role := strings.TrimSuffix(strings.TrimPrefix(properties["Role"].(string), "<"), ".Arn>")
		loops := false
		events, _ := properties["Events"].(map[string]any)
		for _, event := range events {
			queue, ok := event.(map[string]any)["Properties"].(map[string]any)["Queue"].(string)
			loops = loops || ok && maySend(grants(t, s, role), queue)
		}
		if loops {
			recursive = append(recursive, name)
		}
		want := map[bool]any{true: "Allow", false: nil}[loops]
		if got := properties["RecursiveLoop"]; got != want {
			t.Errorf("RecursiveLoop of %s is %v, want %v", name, got, want)
		}
	}
	if !slices.Equal(recursive, []string{"NotifyFunction"}) {
		t.Errorf("%v invoke themselves", recursive)
	}
}

func maySend(granted map[string]statement, queue string) bool {
	for _, s := range granted {
		if strings.Contains(s.Action, "sqs:SendMessage") && slices.Contains(strings.Fields(s.Resource), queue) {
			return true
		}
	}
	return false
}

// TestOutputsNameEveryRole: policies of secrets, keys and topics in other accounts have to name each.
func TestOutputsNameEveryRole(t *testing.T) {
	s := newStack(t, nil)
	outputs := words(s.At("Outputs"))
	for name, function := range s.Resources("AWS::Serverless::Function") {
		role := function["Properties"].(map[string]any)["Role"].(string)
		if !strings.Contains(outputs, role) {
			t.Errorf("no output has the role of %s, %s", name, role)
		}
	}
}

// TestFunctionsWaitForTheirPolicies: one that starts earlier fails until the policy is attached.
func TestFunctionsWaitForTheirPolicies(t *testing.T) {
	s := newStack(t, nil)
	policies := s.Resources("AWS::IAM::Policy")
	if len(policies) != 1 {
		t.Errorf("there are %d policies besides those of the roles; every function waits for one", len(policies))
	}
	for name, function := range s.Resources("AWS::Serverless::Function") {
		if policy, _ := function["DependsOn"].(string); policies[policy] == nil {
			t.Errorf("%s waits for %v", name, function["DependsOn"])
		}
	}
}

// TestClaimsOutliveTheFunction: whoever claimed an incident and is still running must not lose it, nor must
// whoever was stopped have a message of its own arrive after somebody else's.
func TestClaimsOutliveTheFunction(t *testing.T) {
	const fence = 30 // seconds in which a message may still arrive after its sender was stopped
	timeout := number(t, newStack(t, nil), "Globals", "Function", "Timeout")
	if lease := int(dynamo.Lease.Seconds()); lease <= timeout+fence {
		t.Errorf("a claim lasts %d s, a function %d s", lease, timeout)
	}
}

// TestAccountsAreReadOnlyWhenSet: names take one permission of AWS Organizations, tags another, and the notifier
// reads one item of the table.
func TestAccountsAreReadOnlyWhenSet(t *testing.T) {
	const item = "ForAllValues:StringEquals dynamodb:LeadingKeys directory"
	list := statement{Action: "organizations:ListAccounts", Resource: "*"}
	tags := statement{Action: "organizations:ListTagsForResource", Resource: "arn:aws:organizations::*:account/*"}
	for value, want := range map[string]struct{ list, tags, read statement }{
		"off":   {},
		"names": {list: list, read: statement{"dynamodb:GetItem", "<IncidentTable.Arn>", item}},
		"tags":  {list: list, tags: tags, read: statement{"dynamodb:GetItem", "<IncidentTable.Arn>", item}},
	} {
		s := newStack(t, map[string]string{"AccountDirectory": value})
		report, notify := grants(t, s, "ReportRole"), grants(t, s, "NotifyRole")
		if report["ListAccounts"] != want.list || report["ReadAccountTags"] != want.tags {
			t.Errorf("%s: the report may %+v, %+v", value, report["ListAccounts"], report["ReadAccountTags"])
		}
		if notify["ReadAccounts"] != want.read {
			t.Errorf("%s: the notifier may %+v", value, notify["ReadAccounts"])
		}
		if set := s.At("Globals", "Function", "Environment", "Variables", "ACCOUNT_DIRECTORY"); set != value {
			t.Errorf("%s: the functions are set to %v", value, set)
		}
	}
}

// TestWhatExistsIsCountedInOnePlace: in this account, or by the aggregator.
func TestWhatExistsIsCountedInOnePlace(t *testing.T) {
	here := "ec2:DescribeInstances eks:ListClusters eks:DescribeCluster eks:ListFargateProfiles ecs:ListClusters " +
		"ecs:DescribeClusters"
	aggregator := statement{
		Action:   "config:SelectAggregateResourceConfig config:DescribeConfigurationAggregatorSourcesStatus",
		Resource: "arn:aws:config:*:111122223333:config-aggregator/*",
	}
	for name, test := range map[string]struct {
		parameters map[string]string
		here       string
		aggregator statement
	}{
		"this account": {here: here}, "nothing": {parameters: map[string]string{"Inventory": "off"}},
		"the organization": {parameters: map[string]string{"ConfigAggregator": "organization"}, aggregator: aggregator},
	} {
		granted := grants(t, newStack(t, test.parameters), "ReportRole")
		if granted["CountResources"].Action != test.here || granted["AskAggregator"] != test.aggregator {
			t.Errorf("%s: %+v, %+v", name, granted["CountResources"], granted["AskAggregator"])
		}
	}
}
