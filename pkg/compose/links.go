package compose

import (
	"cmp"
	"net/url"
	"strings"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/message"
)

// links are the pages to open first: the resource's and GuardDuty's in the console, AWS's guide, and the team's runbook.
// There is none into a console that has nothing to show.
func (s story) links() []message.Link {
	r := s.change.Resource
	var links []message.Link
	add := func(label, url string) {
		if url != "" {
			links = append(links, message.Link{Label: label, URL: url})
		}
	}
	if s.attribution != nil && s.outcome != healthyAgain {
		add(s.words.ActorRecord, recordPage(*s.attribution, r))
	}
	if s.outcome == ended {
		return links
	}
	if s.group == nil {
		add(s.pageLabel(r.Kind), resourcePage(r))
	}
	add(s.words.CoveragePage, coveragePage(r))
	add(s.words.Guide, s.language.Documentation(s.advice[0]))
	if s.findings[0].ID == catalog.Unrecognised {
		add(s.words.ReportIssue, s.local.IssueForm)
	}
	add(s.words.Runbook, s.local.Runbooks[string(s.findings[0].ID)])
	return links
}

// recordPage is the page of the record of a change in the CloudTrail console: "" where there is none. It shows the record
// to those who may read it, and who is signed in to the account that has it. Its address is in no AWS document.
func recordPage(e coverage.Evidence, r coverage.Resource) string {
	id := e.Values["id"]
	isPart := func(c rune) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c == '-' }
	if len(id) != len("d23f0824-128b-4f33-8c5c-7fd0a6a3a450") || strings.TrimFunc(id, isPart) != "" {
		return ""
	}
	r.Region = cmp.Or(e.Values["region"], r.Region)
	host := consoleHost(r)
	if host == "" {
		return ""
	}
	return host + "/cloudtrailv2/home?region=" + r.Region + "#/events/" + id
}

func (c Composer) pageLabel(kind coverage.Kind) string {
	if kind == coverage.EC2 {
		return c.words.InstancePage
	}
	return c.words.ClusterPage
}

// coveragePage is the page of a Region's coverage in the GuardDuty console: "" where there is none.
func coveragePage(r coverage.Resource) string {
	host := consoleHost(r)
	if host == "" {
		return ""
	}
	return host + "/guardduty/home?region=" + r.Region + "#/runtime-monitoring"
}

// consoleHost is "" where the partition is unknown, or the Region is no Region.
func consoleHost(r coverage.Resource) string {
	if !coverage.IsRegion(r.Region) {
		return ""
	}
	switch r.Partition() {
	case "aws":
		return "https://" + r.Region + ".console.aws.amazon.com"
	case "aws-us-gov":
		return "https://" + r.Region + ".console.amazonaws-us-gov.com"
	}
	return ""
}

// resourcePage is the page of a resource in its own console: "" where there is none.
func resourcePage(r coverage.Resource) string {
	const longest = 255 // of any name AWS lets people give
	host := consoleHost(r)
	if host == "" || r.Name == "" || len(r.Name) > longest {
		return ""
	}
	name, region := url.PathEscape(r.Name), r.Region
	switch r.Kind {
	case coverage.EKS:
		return host + "/eks/clusters/" + name + "?region=" + region
	case coverage.ECS:
		return host + "/ecs/v2/clusters/" + name + "/services?region=" + region
	case coverage.EC2:
		return host + "/ec2/home?region=" + region + "#InstanceDetails:instanceId=" + name
	}
	return ""
}
