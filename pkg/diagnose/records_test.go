package diagnose_test

import (
	"encoding/json"
	"fmt"
	"time"

	"guardduty-coverage-notifier/pkg/diagnose/diagnosetest"
)

// history is an answer of LookupEvents
// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html).
func history(records ...string) diagnosetest.Answer { return historyBefore("", records...) }

// historyBefore is an answer with a token for the next page.
func historyBefore(token string, records ...string) diagnosetest.Answer {
	type event struct {
		EventID         string `json:"EventId"`
		CloudTrailEvent string
	}
	answer := struct {
		Events    []event
		NextToken string `json:",omitempty"`
	}{Events: []event{}, NextToken: token}
	for i, r := range records {
		answer.Events = append(answer.Events, event{fmt.Sprint(i), r})
	}
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return diagnosetest.Answer{Body: string(body)}
}

// recordID is what records are called here.
const recordID = "d23f0824-128b-4f33-8c5c-7fd0a6a3a450"

// deletedAt is when records say that something was done: before lostAt.
var (
	deletedAt = time.Date(2026, 3, 2, 1, 31, 5, 0, time.UTC)
	lostAt    = time.Date(2026, 3, 2, 1, 58, 0, 0, time.UTC)
)

// wrote is a record of the account own in region, with fields that differ. Its envelope is that of
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
func wrote(service, event, identity, request, response string, differs ...string) string {
	fields := map[string]json.RawMessage{
		"eventVersion": json.RawMessage(`"1.11"`), "userIdentity": json.RawMessage(identity),
		"eventTime":   json.RawMessage(`"` + deletedAt.Format(time.RFC3339) + `"`),
		"eventSource": json.RawMessage(`"` + service + `.amazonaws.com"`), "eventName": json.RawMessage(`"` + event + `"`),
		"awsRegion": json.RawMessage(`"` + region + `"`), "sourceIPAddress": json.RawMessage(`"203.0.113.64"`),
		"userAgent":         json.RawMessage(`"aws-cli/2.31.0 md/command#` + service + "." + event + `"`),
		"requestParameters": json.RawMessage(request), "responseElements": json.RawMessage(response),
		"requestID": json.RawMessage(`"6513270e-269e-4d37-b2a7-4de452e6b438"`), "eventID": json.RawMessage(`"` + recordID + `"`),
		"readOnly": json.RawMessage(`false`), "eventType": json.RawMessage(`"AwsApiCall"`), "managementEvent": json.RawMessage(`true`),
		"recipientAccountId": json.RawMessage(`"` + own + `"`), "eventCategory": json.RawMessage(`"Management"`),
	}
	for i := 0; i < len(differs); i += 2 {
		if fields[differs[i]] = json.RawMessage(differs[i+1]); differs[i+1] == "" {
			delete(fields, differs[i])
		}
	}
	record, err := json.Marshal(fields)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", event, err))
	}
	return string(record)
}

// The forms of userIdentity
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html).
const (
	// What IAM Identity Center's roles and sessions are called is from memory.
	bySSO = `{"type":"AssumedRole","principalId":"AROAIDPPEZS35WEXAMPLE:jane.doe@example.com",` +
		`"arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PlatformAdmin_0123456789abcdef/jane.doe@example.com",` +
		`"accountId":"111122223333","accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role",` +
		`"arn":"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PlatformAdmin_0123456789abcdef",` +
		`"accountId":"111122223333","userName":"AWSReservedSSO_PlatformAdmin_0123456789abcdef"},` +
		`"attributes":{"creationDate":"2026-03-02T01:20:07Z","mfaAuthenticated":"false"}}}`
	byTerraform = `{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/terraform/aws-go-sdk-1763632000000000000",` +
		`"accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/platform/terraform",` +
		`"accountId":"111122223333","userName":"terraform"},"attributes":{"mfaAuthenticated":"false"},"sourceIdentity":"repo-acme-infra"}}`
	byInstance = `{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/web/i-0aaaabbbbccccdddd","accountId":"111122223333",` +
		`"sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/web","userName":"web"},"ec2RoleDelivery":"2.0"}}`
	byAlice = `{"type":"IAMUser","principalId":"AIDACKCEVSQ6C2EXAMPLE","arn":"arn:aws:iam::111122223333:user/alice",` +
		`"accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"alice"}`
	byAliceThroughCloudFormation = `{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333","userName":"alice",` +
		`"invokedBy":"cloudformation.amazonaws.com"}`
	byAliceInternally = `{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333","userName":"alice","invokedBy":"AWS Internal"}`
	byRootUser        = `{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333",` +
		`"sessionContext":{"sessionIssuer":{},"attributes":{"mfaAuthenticated":"true"}}}`
	byFederatedUser = `{"type":"FederatedUser","arn":"arn:aws:sts::111122223333:federated-user/bob","accountId":"111122223333",` +
		`"sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/broker","userName":"broker"}}}`
	bySAML          = `{"type":"SAMLUser","principalId":"x:carol","userName":"carol@example.com","identityProvider":"x"}`
	byCenter        = `{"type":"IdentityCenterUser","accountId":"111122223333","onBehalfOf":{"userId":"544894e8-80c1-707f-60e3-3ba6510dfac1","identityStoreArn":"arn:aws:identitystore::111122223333:identitystore/d-9067642ac7"},"credentialId":"c"}`
	byAnotherOne    = `{"type":"AWSAccount","principalId":"AROAEXAMPLE:s","accountId":"999988887777"}`
	byTheService    = `{"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"}`
	byTheMarket     = `{"accountId":"111122223333","invokedBy":"ec2.amazonaws.com"}`
	byTheUnknown    = `{"type":"Unknown","accountId":"111122223333"}`
	byTheDelegate   = `{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/product/s","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/product","userName":"product"}},"invokedByDelegate":{"accountId":"999988887777"}}`
	byScaling       = `{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling","userName":"AWSServiceRoleForAutoScaling"}},"invokedBy":"autoscaling.amazonaws.com"}`
	fromElsewhere   = `{"type":"AssumedRole","arn":"arn:aws:sts::999988887777:assumed-role/deploy/s","accountId":"999988887777","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::999988887777:role/deploy","userName":"deploy"}}}`
	byHostileRole   = `{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/<!channel>/<@U1>","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/x","userName":"<!channel>"}}}`
	byNamelessRole  = `{"type":"AssumedRole","accountId":"111122223333"}`
	byGuardDutyRole = `{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAmazonGuardDuty/GuardDutyAssumeRole","accountId":"111122223333",` +
		`"sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty",` +
		`"accountId":"111122223333","userName":"AWSServiceRoleForAmazonGuardDuty"}},"invokedBy":"guardduty.amazonaws.com"}`
)

// addonDeleted is the record of DeleteAddon: the cluster is the "name" of its path, as in AWS's records of other
// operations of EKS (https://docs.aws.amazon.com/eks/latest/userguide/logging-using-cloudtrail.html); what the answer
// holds is the API's (https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteAddon.html).
func addonDeleted(identity string, differs ...string) string {
	return wrote("eks", "DeleteAddon", identity, `{"name":"shop","addonName":"aws-guardduty-agent"}`,
		`{"addon":{"addonName":"aws-guardduty-agent","clusterName":"shop","status":"DELETING","addonVersion":"v1.12.1-eksbuild.2","health":{"issues":[]},"createdAt":1760000000.123}}`,
		differs...)
}
