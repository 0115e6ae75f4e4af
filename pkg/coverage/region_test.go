package coverage_test

import (
	"regexp"
	"testing"

	"guardduty-coverage-notifier/pkg/coverage"
)

// TestIsRegion compares with the expression that says the same.
func TestIsRegion(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$`)
	for _, s := range []string{
		"", "-", "--", "eu-west-1", "us-gov-west-1", "us-isob-east-1", "mx-central-1", "ap-southeast-12", "ap-southeast-123",
		"e-west-1", "europ-west-1", "eu-1", "eu-west-", "eu-west", "eu--1", "eu-west-1\n", "EU-west-1", "eu-we$t-1", "eu-west-x", " eu-west-1",
	} {
		if got, want := coverage.IsRegion(s), form.MatchString(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
