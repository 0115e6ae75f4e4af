package wire

import (
	"guardduty-coverage-notifier/pkg/digest"
	"guardduty-coverage-notifier/pkg/guardduty"
)

// Problem is what the report says of a Region that could not be read.
func Problem(p *guardduty.Problem) digest.Problem {
	switch p.Reason {
	case guardduty.Denied:
		return digest.Problem{Region: p.Region, Reason: digest.Denied, Detail: p.Said}
	case guardduty.NoDetector:
		return digest.Problem{Region: p.Region, Reason: digest.NoDetector}
	case guardduty.Off:
		return digest.Problem{Region: p.Region, Reason: digest.Off}
	}
	return digest.Problem{Region: p.Region, Reason: digest.Failed, Detail: p.Detail()}
}
