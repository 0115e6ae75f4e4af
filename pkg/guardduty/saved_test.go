package guardduty_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/guardduty"
)

func TestSavedInEverySpelling(t *testing.T) {
	want := []coverage.State{{
		Resource: coverage.Resource{Kind: "EKS", Name: "shop", Account: "111122223333", Region: "eu-central-1"}, Status: "UNHEALTHY",
		Issues: []string{"Others"}, Agent: coverage.Agent{Version: "v1.7.1", Status: "ACTIVE", Management: "AUTO_MANAGED"},
		Coverage: coverage.Count{Covered: 1, Total: 2}, UpdatedAt: moment,
	}}
	cli := `{"Resources": [{"ResourceId": "r", "DetectorId": "d", "AccountId": "111122223333", "ResourceDetails": {"EksClusterDetails":
		{"ClusterName": "shop", "CoveredNodes": 1, "CompatibleNodes": 2, "AddonDetails": {"AddonVersion": "v1.7.1", "AddonStatus": "ACTIVE"},
		"ManagementType": "AUTO_MANAGED"}, "ResourceType": "EKS"}, "CoverageStatus": "UNHEALTHY", "Issue": "Others", "UpdatedAt": MOMENT}]}`
	forms := map[string]string{
		"version 2":  strings.Replace(cli, "MOMENT", `"2026-03-02T09:30:00.250000+01:00"`, 1),
		"version 1":  strings.Replace(cli, "MOMENT", "1772440200.25", 1),
		"with a key": strings.Replace(strings.Replace(cli, "MOMENT", "1772440200.25", 1), "{", `{"NextToken": {"a": [1]}, `, 1),
	}
	api := forms["version 1"]
	for _, key := range []string{"Resources", "ResourceId", "AccountId", "ResourceDetails", "EksClusterDetails", "CoverageStatus", "UpdatedAt"} {
		api = strings.ReplaceAll(api, `"`+key+`"`, `"`+strings.ToLower(key[:1])+key[1:]+`"`)
	}
	forms["the API"] = api
	for name, form := range forms {
		got, err := saved(form, "eu-central-1")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	twice, err := saved(forms["version 2"]+"\n"+forms["version 1"], "eu-central-1")
	if len(twice) != 2 || err != nil {
		t.Errorf("two answers in a row: %d resources, %v", len(twice), err)
	}
}

func TestSavedKnowsTheRegionFromAnARN(t *testing.T) {
	got, err := saved(`{"Resources": [{"CoverageStatus": "HEALTHY", "ResourceDetails": {"Ec2InstanceDetails": {"InstanceId": "i-1",
		"ClusterArn": "arn:aws:ecs:us-west-2:111122223333:cluster/a"}}}, {"CoverageStatus": "HEALTHY"}]}`, "")
	if err != nil || len(got) != 2 || got[0].Resource.Region != "us-west-2" || got[1].Resource.Region != "" {
		t.Errorf("%v %+v", err, got)
	}
}

func TestWhatIsNotAListOfCoverage(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"nothing":            {"", guardduty.ErrNotCoverage},
		"a word":             {"hello", guardduty.ErrNotCoverage},
		"a list":             {"[]", guardduty.ErrNotCoverage},
		"an event":           {`{"source": "aws.guardduty", "resources": ["arn:aws:eks:a:b:c"], "detail": {}}`, guardduty.ErrNotCoverage},
		"other resources":    {`{"Resources": [{"Type": "AWS::S3::Bucket"}]}`, guardduty.ErrNotCoverage},
		"a template":         {`{"Resources": {"Bucket": {}}}`, guardduty.ErrNotCoverage},
		"statistics":         {`{"CoverageStatistics": {}}`, guardduty.ErrNotCoverage},
		"no resources":       {`{"Resources": null}`, guardduty.ErrNotCoverage},
		"cut off":            {`{"Resources": [{"CoverageStatus": "HEALTHY"}`, io.ErrUnexpectedEOF},
		"cut off in a value": {`{"Resources": [{"CoverageSta`, io.ErrUnexpectedEOF},
		"cut off before":     {`{"NextToken": `, io.ErrUnexpectedEOF},
	} {
		if _, err := saved(test.text, ""); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := saved(`{"Resources": []}`, ""); err != nil || len(got) != 0 {
		t.Errorf("an empty list: %v %v", got, err)
	}
}

func FuzzSaved(f *testing.F) {
	f.Add(`{"Resources": [{"CoverageStatus": "HEALTHY", "UpdatedAt": 1e99, "ResourceDetails": {"EcsClusterDetails": {"FargateDetails": {"Issues": [""]}}}}]}`)
	f.Add(`{"resources": []} {"Resources": [{"CoverageStatus": "x", "UpdatedAt": "2026-01-01T00:00:00Z"}]}`)
	f.Add(`{"Resources": [null]}`)
	f.Fuzz(func(t *testing.T, text string) {
		errs := 0
		for _, err := range guardduty.Saved(strings.NewReader(text), "") {
			if err != nil {
				errs++
			}
		}
		if errs > 1 {
			t.Errorf("%d errors", errs)
		}
	})
}

func saved(text, region string) ([]coverage.State, error) {
	var states []coverage.State
	for state, err := range guardduty.Saved(strings.NewReader(text), region) {
		if err != nil {
			return states, err
		}
		states = append(states, state)
	}
	return states, nil
}
