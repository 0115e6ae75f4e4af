package guardduty_test

import (
	"errors"
	"testing"

	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
)

func TestCheck(t *testing.T) {
	on := guarddutytest.List(guarddutytest.Resource{Status: "HEALTHY"})
	denied := func(action string) guarddutytest.Region {
		region := on
		region.Fault = func(call guarddutytest.Call) *guarddutytest.Answer {
			if call.Operation == action {
				return guarddutytest.Denied(action)
			}
			return nil
		}
		return region
	}
	for name, test := range map[string]struct {
		region guarddutytest.Region
		want   guardduty.Reason
	}{
		"on":                  {on, ""},
		"on, with nothing":    {guarddutytest.Region{Detector: "d"}, ""},
		"off":                 {guarddutytest.Region{Detector: "d", Off: true}, guardduty.Off},
		"no detector":         {guarddutytest.Region{}, guardduty.NoDetector},
		"no right to list":    {denied("ListDetectors"), guardduty.Denied},
		"no right to look at": {denied("GetDetector"), guardduty.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			err := reader(t, map[string]guarddutytest.Region{"eu-central-1": test.region}).Check(t.Context(), "eu-central-1")
			problem, _ := errors.AsType[*guardduty.Problem](err)
			if test.want == "" && err != nil || test.want != "" && (problem == nil || problem.Reason != test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
