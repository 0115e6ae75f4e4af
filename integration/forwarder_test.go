package integration

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

// forwardedRegion has a forwarder in moto, and no other test uses it.
const forwardedRegion = "eu-west-3"

// forwarderCreated has moto create forwarder.yaml. moto evaluates no Rules, and forwards no event to another Region.
func forwarderCreated(t *testing.T) {
	body, err := os.ReadFile("../forwarder.yaml")
	if err != nil {
		t.Fatal(err)
	}
	formation(t, url.Values{
		"Action": {"CreateStack"}, "StackName": {"forwarder"}, "TemplateBody": {string(body)},
		"Capabilities.member.1":            {"CAPABILITY_IAM"},
		"Parameters.member.1.ParameterKey": {"HomeRegion"}, "Parameters.member.1.ParameterValue": {region},
	}, &struct{}{})
	var answer struct {
		Resources []struct {
			Name   string `xml:"LogicalResourceId"`
			Status string `xml:"ResourceStatus"`
		} `xml:"DescribeStackResourcesResult>StackResources>member"`
	}
	formation(t, url.Values{"Action": {"DescribeStackResources"}, "StackName": {"forwarder"}}, &answer)
	var created []string
	for _, resource := range answer.Resources {
		created = append(created, resource.Name)
		if resource.Status != "CREATE_COMPLETE" {
			t.Errorf("%s is %s", resource.Name, resource.Status)
		}
	}
	slices.Sort(created)
	// moto tells no names of alarms, schedules and policies of queues.
	want := []string{"", "", "", "ForwardDeadLetterQueue", "ForwardRole", "ForwardRule", "HeartbeatRole"}
	if !slices.Equal(created, want) {
		t.Errorf("created are %q, want %q", created, want)
	}
}

// formation asks moto's CloudFormation in forwardedRegion, which checks no signature.
func formation(t *testing.T, form url.Values, answer any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, motoURL(), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", fmt.Sprintf(
		"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/%s/cloudformation/aws4_request, SignedHeaders=host, Signature=0",
		forwardedRegion))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := xml.NewDecoder(response.Body).Decode(answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", form.Get("Action"), response.Status, err)
	}
}
