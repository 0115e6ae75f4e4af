package coverage_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
)

// event wraps a detail in an envelope of the administrator's account, received at 02:14:07 UTC.
func event(detail string) string {
	return `{"version":"0","id":"7e2a","detail-type":"GuardDuty Runtime Protection Unhealthy","source":"aws.guardduty",
		"account":"999988887777","time":"2026-03-02T02:14:07Z","region":"eu-west-1","resources":[],"detail":` + detail + `}`
}

func decode(t *testing.T, data string) coverage.Change {
	t.Helper()
	change, err := coverage.Decode([]byte(data))
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	return change
}

func TestDecodeDocumentedForms(t *testing.T) {
	received := time.Date(2026, 3, 2, 2, 14, 7, 0, time.UTC)
	changed := time.Date(2026, 3, 2, 2, 5, 0, 0, time.UTC)
	base := coverage.Change{
		Resource:   coverage.Resource{Account: "111122223333", Region: "eu-west-1"},
		Status:     coverage.Unhealthy,
		Previous:   coverage.Healthy,
		Coverage:   coverage.Count{Covered: coverage.Unknown, Total: coverage.Unknown},
		ChangedAt:  changed,
		ReceivedAt: received,
		EventID:    "7e2a",
	}
	tests := map[string]struct {
		detail string
		want   func(*coverage.Change)
	}{
		"EKS": {
			`{"schemaVersion":"1.0","resourceAccountId":"111122223333","currentStatus":"Unhealthy","previousStatus":"Healthy",
			"resourceDetails":{"resourceType":"EKS","eksClusterDetails":{"clusterName":"prod","availableNodes":"2","desiredNodes":"3","addonVersion":"v1.8.1-eksbuild.2"}},
			"issue":"Addon Creation Failed:why","lastUpdatedAt":"2026-03-02T02:05:00Z"}`,
			func(c *coverage.Change) {
				c.Resource.Kind, c.Resource.Name = coverage.EKS, "prod"
				c.Coverage = coverage.Count{Covered: 2, Total: 3}
				c.Agent.Version = "v1.8.1-eksbuild.2"
				c.Issues = []string{"Addon Creation Failed:why"}
			},
		},
		"ECS": {
			`{"resourceAccountId":"111122223333","currentStatus":"Unhealthy","previousStatus":"Healthy",
			"resourceDetails":{"resourceType":"ECS","ecsClusterDetails":{"clusterName":"web","fargateDetails":{"issues":["a:1","b:2","a:1",""],"managementType":"AUTO_MANAGED"},
			"containerInstanceDetails":{"coveredContainerInstances":0,"compatibleContainerInstances":0}}},"issue":"","lastUpdatedAt":"2026-03-02T02:05:00Z"}`,
			func(c *coverage.Change) {
				c.Resource.Kind, c.Resource.Name = coverage.ECS, "web"
				c.Coverage = coverage.Count{}
				c.Agent.Management = "AUTO_MANAGED"
				c.Issues = []string{"a:1", "b:2"}
			},
		},
		"EC2": {
			`{"resourceAccountId":"111122223333","currentStatus":"Unhealthy","previousStatus":"Healthy",
			"resourceDetails":{"resourceType":"EC2","ec2InstanceDetails":{"instanceId":"i-0abc1234def567890","instanceType":"m7g.large","clusterArn":"arn:aws:eks:eu-west-1:111122223333:cluster/prod",
			"agentDetails":{"version":"v1.3.0"},"managementType":"MANUAL"}},"issue":"No Agent Reporting:Agent disconnected","lastUpdatedAt":"2026-03-02T02:05:00Z"}`,
			func(c *coverage.Change) {
				c.Resource.Kind, c.Resource.Name = coverage.EC2, "i-0abc1234def567890"
				c.Resource.ClusterARN = "arn:aws:eks:eu-west-1:111122223333:cluster/prod"
				c.InstanceType = "m7g.large"
				c.Agent = coverage.Agent{Version: "v1.3.0", Management: "MANUAL"}
				c.Issues = []string{"No Agent Reporting:Agent disconnected"}
			},
		},
		"a kind that AWS adds": {
			`{"resourceAccountId":"111122223333","previousStatus":"Healthy","resourceDetails":{"resourceType":"Batch"},"issue":"x","lastUpdatedAt":"2026-03-02T02:05:00Z"}`,
			func(c *coverage.Change) { c.Resource.Kind, c.Issues = "BATCH", []string{"x"} },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := base
			test.want(&want)
			if diff := cmp.Diff(want, decode(t, event(test.detail))); diff != "" {
				t.Errorf("decoded change (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeSeenForms(t *testing.T) {
	eks := func(details string) string {
		return event(`{"accountId":"111122223333","resourceDetails":{"resourceType":"eks","eksClusterDetails":` + details + `}}`)
	}
	updated := func(value string) string {
		return event(`{"resourceDetails":{"resourceType":"EKS"},"lastUpdatedAt":` + value + `}`)
	}
	changed := time.Date(2026, 3, 2, 2, 5, 0, 0, time.UTC)
	received := time.Date(2026, 3, 2, 2, 14, 7, 0, time.UTC)
	tests := []struct {
		name, event string
		got         func(coverage.Change) any
		want        any
	}{
		{"owner in accountId", eks(`{}`), func(c coverage.Change) any { return c.Resource.Account }, "111122223333"},
		{"resourceAccountId before accountId", event(`{"accountId":"444455556666","resourceAccountId":"111122223333"}`), func(c coverage.Change) any { return c.Resource.Account }, "111122223333"},
		{"owner as a number", event(`{"accountId":11122223333}`), func(c coverage.Change) any { return c.Resource.Account }, "011122223333"},
		{"owner nowhere but in the envelope", event(`{"resourceAccountId":""}`), func(c coverage.Change) any { return c.Resource.Account }, "999988887777"},
		{"nodes as numbers", eks(`{"availableNodes":2,"desiredNodes":3}`), func(c coverage.Change) any { return c.Coverage }, coverage.Count{Covered: 2, Total: 3}},
		{"nodes not known", eks(`{"availableNodes":-1,"desiredNodes":"-1"}`), func(c coverage.Change) any { return c.Coverage.Known() }, false},
		{"no nodes", eks(`{"availableNodes":0,"desiredNodes":"0"}`), func(c coverage.Change) any { return c.Coverage }, coverage.Count{}},
		{"nodes of another type", eks(`{"clusterName":"prod","availableNodes":{"a":1},"desiredNodes":[2]}`), func(c coverage.Change) any { return []any{c.Resource.Name, c.Coverage.Known()} }, []any{"prod", false}},
		{"add-on nested", eks(`{"addonDetails":{"addonVersion":"v1.7.0","addonStatus":"DELETED"}}`), func(c coverage.Change) any { return c.Agent }, coverage.Agent{Version: "v1.7.0", Status: "DELETED"}},
		{"add-on of another type", eks(`{"clusterName":"prod","addonDetails":"gone"}`), func(c coverage.Change) any { return c.Resource.Name }, "prod"},
		{"kind in lower case", eks(`{}`), func(c coverage.Change) any { return c.Resource.Kind }, coverage.EKS},
		{"kind told by the details alone", event(`{"resourceDetails":{"ec2InstanceDetails":{"instanceId":"i-1"}}}`), func(c coverage.Change) any { return c.Resource.Kind }, coverage.EC2},
		{"details a level up", event(`{"resourceType":"EC2","ec2InstanceDetails":{"instanceId":"i-1"}}`), func(c coverage.Change) any { return c.Resource.Name }, "i-1"},
		{"no detail", event(`null`), func(c coverage.Change) any { return c.Status }, coverage.Unhealthy},
		{"detail of another type", event(`[1]`), func(c coverage.Change) any { return c.Status }, coverage.Unhealthy},
		{"issues null", event(`{"issue":null,"resourceDetails":{"resourceType":"ECS","ecsClusterDetails":{"clusterName":"web","fargateDetails":{"issues":null}}}}`), func(c coverage.Change) any { return c.Issues }, []string(nil)},
		{"issues with strangers", event(`{"resourceDetails":{"resourceType":"ECS","ecsClusterDetails":{"fargateDetails":{"issues":["a",null,{},"b"]}}}}`), func(c coverage.Change) any { return c.Issues }, []string{"a", "b"}},
		{"detail-type wins over currentStatus", event(`{"currentStatus":"Healthy"}`), func(c coverage.Change) any { return c.Status }, coverage.Unhealthy},
		{"previous status in any letter case", event(`{"previousStatus":"hEALTHY"}`), func(c coverage.Change) any { return c.Previous }, coverage.Healthy},
		{"previous status that is none", event(`{"previousStatus":"<!channel>"}`), func(c coverage.Change) any { return c.Previous }, coverage.Status("")},
		{"healthy", strings.Replace(event(`{}`), "Protection Unhealthy", "Protection Healthy", 1), func(c coverage.Change) any { return c.Status }, coverage.Healthy},
		{"time in seconds", updated(`1772417100`), func(c coverage.Change) any { return c.ChangedAt }, changed},
		{"time in fractional seconds", updated(`1772417100.0`), func(c coverage.Change) any { return c.ChangedAt }, changed},
		{"time in milliseconds", updated(`1772417100000`), func(c coverage.Change) any { return c.ChangedAt }, changed},
		{"time in microseconds", updated(`1772417100000000`), func(c coverage.Change) any { return c.ChangedAt }, changed},
		{"time in nanoseconds", updated(`1772417100000000000`), func(c coverage.Change) any { return c.ChangedAt }, changed},
		{"time as a numeric string", updated(`" 1772417100000 "`), func(c coverage.Change) any { return c.ChangedAt }, changed},
		{"time with an offset", updated(`"2026-03-02T11:05:00+09:00"`), func(c coverage.Change) any { return c.ChangedAt }, changed},
		{"time missing", event(`{}`), func(c coverage.Change) any { return c.ChangedAt }, received},
		{"time that is none", updated(`"yesterday"`), func(c coverage.Change) any { return c.ChangedAt }, received},
		{"time zero", updated(`0`), func(c coverage.Change) any { return c.ChangedAt }, received},
		{"time after the event itself", updated(`"2030-01-01T00:00:00Z"`), func(c coverage.Change) any { return c.ChangedAt }, received},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.got(decode(t, test.event))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoCoverageEvent(t *testing.T) {
	tests := map[string]struct{ data, want string }{
		"a finding":        {`{"source":"aws.guardduty","detail-type":"GuardDuty Finding","detail":{}}`, `detail-type "GuardDuty Finding"`},
		"another source":   {`{"source":"my.app","detail-type":"GuardDuty Runtime Protection Healthy"}`, `source "my.app"`},
		"an empty object":  {`{}`, `source "", detail-type ""`},
		"not JSON":         {`hello`, "decoding event: invalid character"},
		"nothing":          {``, "decoding event: unexpected end"},
		"a string":         {`"x"`, "decoding event"},
		"noise":            {strings.Repeat("\x00\xff", 1<<19), "decoding event: invalid character"},
		"endless nesting":  {strings.Repeat("[", 1_000_000), "exceeded max depth"},
		"a very long type": {`{"source":"` + strings.Repeat("é", 100_000) + `"}`, "é…"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := coverage.Decode([]byte(test.data))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want one with %q", err, test.want)
			}
			if len(err.Error()) > 1000 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
	_, err := coverage.Decode([]byte(`{"source":"s","detail-type":"d"}`))
	if unsupported, ok := errors.AsType[*coverage.UnsupportedError](err); !ok || unsupported.Source != "s" {
		t.Errorf("error %#v, want an UnsupportedError of source s", err)
	}
}

func TestChangeIDIsTheSameForEveryCopy(t *testing.T) {
	detail := `{"accountId":"111122223333","resourceDetails":{"resourceType":"EKS","eksClusterDetails":{"clusterName":"prod"}},"lastUpdatedAt":1772417100000000}`
	administrator := decode(t, event(detail))
	member := decode(t, strings.NewReplacer("999988887777", "111122223333", "7e2a", "0000", "02:14:07", "02:15:09").Replace(event(detail)))
	if administrator.ID() != member.ID() {
		t.Errorf("ids %q and %q of one change", administrator.ID(), member.ID())
	}
	later := decode(t, strings.Replace(event(detail), "1772417100000000", "1772417100000001", 1))
	if later.ID() == administrator.ID() {
		t.Errorf("two changes a microsecond apart have one id, %q", later.ID())
	}
}

func TestResourceDerivations(t *testing.T) {
	tests := []struct {
		resource  coverage.Resource
		arn       string
		partition string
	}{
		{coverage.Resource{Kind: coverage.EKS, Name: "prod", Account: "111122223333", Region: "eu-west-1"}, "arn:aws:eks:eu-west-1:111122223333:cluster/prod", "aws"},
		{coverage.Resource{Kind: coverage.ECS, Name: "web", Account: "111122223333", Region: "us-gov-west-1"}, "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/web", "aws-us-gov"},
		{coverage.Resource{Kind: coverage.EC2, Name: "i-1", Account: "111122223333", Region: "ap-northeast-1"}, "arn:aws:ec2:ap-northeast-1:111122223333:instance/i-1", "aws"},
		{coverage.Resource{Kind: coverage.EKS, Name: "prod", Account: "111122223333", Region: "cn-north-1"}, "", ""},
		{coverage.Resource{Kind: coverage.EKS, Name: "prod", Account: "111122223333"}, "", ""},
		{coverage.Resource{Kind: "BATCH", Name: "prod", Account: "111122223333", Region: "eu-west-1"}, "", "aws"},
		{coverage.Resource{Kind: coverage.EKS, Account: "111122223333", Region: "eu-west-1"}, "", "aws"},
	}
	for _, test := range tests {
		if got := test.resource.ARN(); got != test.arn {
			t.Errorf("ARN of %+v is %q, want %q", test.resource, got, test.arn)
		}
		if got := test.resource.Partition(); got != test.partition {
			t.Errorf("partition of %+v is %q, want %q", test.resource, got, test.partition)
		}
	}
	for arn, want := range map[string][2]string{
		"arn:aws:eks:eu-west-1:111122223333:cluster/prod": {"EKS", "prod"},
		"arn:aws:ecs:eu-west-1:111122223333:cluster/web":  {"ECS", "web"},
		"arn:aws:iam::111122223333:role/x":                {"", ""},
		"arn:aws:eks:eu-west-1:111122223333:cluster/":     {"", ""},
		"": {"", ""},
	} {
		kind, name := coverage.Resource{ClusterARN: arn}.Cluster()
		if kind != coverage.Kind(want[0]) || name != want[1] {
			t.Errorf("cluster of %q is %q %q, want %q", arn, kind, name, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	samples, err := filepath.Glob("../../events/*.json")
	if err != nil || len(samples) == 0 {
		f.Fatalf("no sample events: %v", err)
	}
	for _, sample := range samples {
		data, err := os.ReadFile(sample)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		change, err := coverage.Decode(data)
		if err != nil {
			return
		}
		if change.Status != coverage.Healthy && change.Status != coverage.Unhealthy {
			t.Errorf("status %q", change.Status)
		}
		if !change.ReceivedAt.IsZero() && change.ChangedAt.After(change.ReceivedAt.Add(5*time.Minute)) {
			t.Errorf("changed at %v, after it was received at %v", change.ChangedAt, change.ReceivedAt)
		}
		if year := change.ChangedAt.Year(); !change.ChangedAt.IsZero() && (year < 2000 || year >= 2200) {
			t.Errorf("changed in the year %d", year)
		}
	})
}
