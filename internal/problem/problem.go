// Package problem connects what GuardDuty said of a Region with what the report says of it. It stands apart from what
// the functions connect alike, so that the notifier does not link GuardDuty's client.
package problem

import (
	"guardduty-coverage-notifier/pkg/guardduty"
	"guardduty-coverage-notifier/pkg/report"
)

// Of is what the report says of a Region that could not be read.
func Of(p *guardduty.Problem) report.Problem {
	switch p.Reason {
	case guardduty.Denied:
		return report.Problem{Region: p.Region, Reason: report.Denied, Detail: p.Said}
	case guardduty.NoDetector:
		return report.Problem{Region: p.Region, Reason: report.NoDetector}
	case guardduty.Off:
		return report.Problem{Region: p.Region, Reason: report.Off}
	}
	return report.Problem{Region: p.Region, Reason: report.Failed, Detail: p.Detail()}
}
