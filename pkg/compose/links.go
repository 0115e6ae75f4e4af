package compose

import (
	"net/url"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/locale"
	"guardduty-coverage-notifier/pkg/message"
)

// links are the console pages of the resource: none where the partition is unknown, or the Region is no Region.
func (c Composer) links(r coverage.Resource) []message.Link {
	host := consoleHost(r)
	if host == "" {
		return nil
	}
	links := []message.Link{{Label: c.words.GuardDutyConsole, URL: coveragePage(host, r.Region)}}
	if page := resourcePage(r); page != "" && r.Name != "" {
		links = append(links, message.Link{
			Label: locale.Fill(c.words.ResourceConsole, "resource", c.words.Name(r, titleNameMost)),
			URL:   host + page,
		})
	}
	return links
}

func coveragePage(host, region string) string {
	return host + "/guardduty/home?region=" + region + "#/runtime-monitoring"
}

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

func resourcePage(r coverage.Resource) string {
	const longest = 255 // of any name AWS lets people give
	if len(r.Name) > longest {
		return ""
	}
	name, region := url.PathEscape(r.Name), r.Region
	switch r.Kind {
	case coverage.EKS:
		return "/eks/clusters/" + name + "?region=" + region
	case coverage.ECS:
		return "/ecs/v2/clusters/" + name + "/services?region=" + region
	case coverage.EC2:
		return "/ec2/home?region=" + region + "#InstanceDetails:instanceId=" + name
	}
	return ""
}
