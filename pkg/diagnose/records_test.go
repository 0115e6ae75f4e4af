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

// asMember changes a record to one of that account.
func asMember(account string) []string { return []string{"recipientAccountId", `"` + account + `"`} }

// The records of causes. Each names where its parameters are documented; those of EC2 have the names of the API's
// reference (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/) in the form of older or of newer operations.
var (
	// https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateAddon.html
	addonUpdated = wrote("eks", "UpdateAddon", byTerraform,
		`{"name":"shop","addonName":"aws-guardduty-agent","addonVersion":"v1.9.0-eksbuild.2","configurationValues":"{\"resources\":{}}"}`,
		`{"update":{"id":"36f675cc","status":"InProgress","type":"AddonUpdate"}}`)
	// https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteCluster.html
	eksDeleted = wrote("eks", "DeleteCluster", byTerraform, `{"name":"shop"}`, `{"cluster":{"name":"shop","status":"DELETING"}}`)
	// That the ARN of a path is percent-encoded is from memory for this operation
	// (https://docs.aws.amazon.com/eks/latest/APIReference/API_TagResource.html).
	eksExcluded = wrote("eks", "TagResource", byTerraform,
		`{"resourceArn":"arn%3Aaws%3Aeks%3Aeu-central-1%3A111122223333%3Acluster%2Fshop","tags":{"GuardDutyManaged":"false"}}`, `null`)
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html
	ecsExcluded = wrote("ecs", "TagResource", byTerraform,
		`{"resourceArn":"arn:aws:ecs:eu-central-1:111122223333:cluster/shop","tags":[{"key":"GuardDutyManaged","value":"false"}]}`, `null`)
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
	ecsDeleted = wrote("ecs", "DeleteCluster", byTerraform, `{"cluster":"arn:aws:ecs:eu-central-1:111122223333:cluster/shop"}`, `{"cluster":{"clusterName":"shop"}}`)
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
	serviceDeleted = wrote("ecs", "DeleteService", byTerraform, `{"cluster":"shop","service":"web","force":true}`, `{"service":{"serviceName":"web"}}`)
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
	serviceUpdated = wrote("ecs", "UpdateService", byTerraform,
		`{"cluster":"shop","service":"arn:aws:ecs:eu-central-1:111122223333:service/shop/web","desiredCount":0}`, `{"service":{"serviceName":"web"}}`)
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
	definitionRegistered = wrote("ecs", "RegisterTaskDefinition", byTerraform, `{"family":"web","networkMode":"awsvpc"}`,
		`{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu-central-1:111122223333:task-definition/web:17","family":"web","revision":17}}`)
	// The wrappers of the endpoints' operations are from memory.
	endpointCreated = wrote("ec2", "CreateVpcEndpoint", byGuardDutyRole,
		`{"CreateVpcEndpointRequest":{"VpcId":"vpc-0a1b2c3d","ServiceName":"com.amazonaws.eu-central-1.guardduty-data","VpcEndpointType":"Interface"}}`,
		`{"CreateVpcEndpointResponse":{"vpcEndpoint":{"vpcEndpointId":"vpce-0a1b2c3d","vpcId":"vpc-0a1b2c3d"}}}`, "eventTime", `"2026-01-02T01:31:05Z"`)
	endpointDeleted = wrote("ec2", "DeleteVpcEndpoints", byTerraform, `{"DeleteVpcEndpointsRequest":{"VpcEndpointId":{"tag":1,"content":"vpce-0a1b2c3d"}}}`,
		`{"DeleteVpcEndpointsResponse":{"unsuccessful":"","requestId":"r"}}`)
	endpointKept = wrote("ec2", "DeleteVpcEndpoints", byTerraform, `{"DeleteVpcEndpointsRequest":{"VpcEndpointId":[{"tag":1,"content":"vpce-0a1b2c3d"},{"tag":2,"content":"vpce-1"}]}}`,
		`{"DeleteVpcEndpointsResponse":{"unsuccessful":{"item":{"resourceId":"vpce-0a1b2c3d","error":{"code":"InvalidVpcEndpoint.NotFound"}}}}}`)
	endpointDeletedByGuardDuty = wrote("ec2", "DeleteVpcEndpoints", byGuardDutyRole, `{"DeleteVpcEndpointsRequest":{"VpcEndpointId":{"tag":1,"content":"vpce-0a1b2c3d"}}}`,
		`{"DeleteVpcEndpointsResponse":{"unsuccessful":""}}`)
	endpointModified = wrote("ec2", "ModifyVpcEndpoint", byTerraform,
		`{"ModifyVpcEndpointRequest":{"VpcEndpointId":"vpce-0a1b2c3d","PrivateDnsEnabled":false}}`, `{"ModifyVpcEndpointResponse":{"return":true}}`)
	// The older form, as AWS's sample records have it
	// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-with-cloudtrail.html).
	ruleRevoked = wrote("ec2", "RevokeSecurityGroupIngress", byTerraform,
		`{"groupId":"sg-0a1b2c3d","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":443,"toPort":443,"groups":{},"ipRanges":{"items":[{"cidrIp":"10.0.0.0/16"}]}}]}}`,
		`{"requestId":"r","_return":true}`)
	rulesModified = wrote("ec2", "ModifySecurityGroupRules", byTerraform,
		`{"ModifySecurityGroupRulesRequest":{"GroupId":"sg-0a1b2c3d","SecurityGroupRule":{"tag":1,"SecurityGroupRuleId":"sgr-1"}}}`,
		`{"ModifySecurityGroupRulesResponse":{"return":true}}`)
	vpcModified = wrote("ec2", "ModifyVpcAttribute", byTerraform, `{"vpcId":"vpc-0a1b2c3d","enableDnsSupport":{"value":false}}`, `{"_return":true}`)
	stopped     = wrote("ec2", "StopInstances", byTerraform, `{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]},"force":false}`,
		`{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0","currentState":{"code":64,"name":"stopping"}}]}}`)
	terminated = wrote("ec2", "TerminateInstances", byScaling, `{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]}}`, `{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]}}`)
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html
	reclaimed = wrote("ec2", "BidEvictedEvent", byTheMarket, `null`, `null`, "eventType", `"AwsServiceEvent"`, "serviceEventDetails", `{"instanceIdSet":["i-0123456789abcdef0"]}`)
	excluded  = wrote("ec2", "CreateTags", byTerraform,
		`{"resourcesSet":{"items":[{"resourceId":"i-0123456789abcdef0"}]},"tagSet":{"items":[{"key":"GuardDutyManaged","value":"false"}]}}`, `{"_return":true}`)
	// The wrapper is from memory; the answer has the instance
	// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateIamInstanceProfile.html).
	profileRemoved = wrote("ec2", "DisassociateIamInstanceProfile", byTerraform, `{"DisassociateIamInstanceProfileRequest":{"AssociationId":"iip-assoc-1"}}`,
		`{"DisassociateIamInstanceProfileResponse":{"iamInstanceProfileAssociation":{"associationId":"iip-assoc-1","instanceId":"i-0123456789abcdef0"}}}`)
	profileReplaced = wrote("ec2", "ReplaceIamInstanceProfileAssociation", byTerraform, `{"ReplaceIamInstanceProfileAssociationRequest":{"AssociationId":"iip-assoc-1"}}`,
		`{"ReplaceIamInstanceProfileAssociationResponse":{"iamInstanceProfileAssociation":{"instanceId":"i-0123456789abcdef0"}}}`)
	// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html
	roleRemoved = wrote("iam", "RemoveRoleFromInstanceProfile", byTerraform, `{"instanceProfileName":"web","roleName":"web"}`, `null`, "awsRegion", `"us-east-1"`)
	// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html
	policyDetached = wrote("iam", "DetachRolePolicy", byTerraform, `{"roleName":"pull","policyArn":"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"}`, `null`, "awsRegion", `"us-east-1"`)
	// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html
	associationCreated = wrote("ssm", "CreateAssociation", byGuardDutyRole, `{"name":"AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin"}`,
		`{"associationDescription":{"associationId":"fc891b4a-6a50-4f4d-b4d6-6a3a47469a4d","name":"AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin"}}`, "eventTime", `"2026-01-02T01:31:05Z"`)
	// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteAssociation.html
	associationDeleted = wrote("ssm", "DeleteAssociation", byTerraform, `{"associationId":"fc891b4a-6a50-4f4d-b4d6-6a3a47469a4d"}`, `null`)
	// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateAssociation.html
	associationUpdated = wrote("ssm", "UpdateAssociation", byTerraform, `{"associationId":"a1"}`, `{"associationDescription":{"associationId":"a1"}}`)
	// https://docs.aws.amazon.com/guardduty/latest/ug/logging-using-cloudtrail.html,
	// https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html
	monitoringOff = wrote("guardduty", "UpdateDetector", byTerraform, `{"detectorId":"d1","features":[{"name":"RUNTIME_MONITORING","status":"DISABLED"}]}`, `null`)
	managementOff = wrote("guardduty", "UpdateDetector", byTerraform,
		`{"detectorId":"d1","features":[{"name":"RUNTIME_MONITORING","status":"ENABLED","additionalConfiguration":[{"name":"EC2_AGENT_MANAGEMENT","status":"DISABLED"}]}]}`, `null`)
	suspended       = wrote("guardduty", "UpdateDetector", byTerraform, `{"detectorId":"d1","enable":false}`, `null`)
	detectorDeleted = wrote("guardduty", "DeleteDetector", byRootUser, `{"detectorId":"d1"}`, `null`)
	// Those of the administrator (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateMemberDetectors.html).
	memberOff = wrote("guardduty", "UpdateMemberDetectors", fromAdministrator,
		`{"detectorId":"a1","accountIds":["999988887777","111122223333"],"features":[{"name":"RUNTIME_MONITORING","status":"DISABLED"}]}`, `{"unprocessedAccounts":[]}`, asMember(other)...)
	memberLeft = wrote("guardduty", "UpdateMemberDetectors", fromAdministrator,
		`{"detectorId":"a1","accountIds":["111122223333"],"features":[{"name":"RUNTIME_MONITORING","status":"DISABLED"}]}`,
		`{"unprocessedAccounts":[{"accountId":"111122223333","result":"no"}]}`, asMember(other)...)
	memberSuspended     = wrote("guardduty", "StopMonitoringMembers", fromAdministrator, `{"detectorId":"a1","accountIds":["111122223333"]}`, `{"unprocessedAccounts":[]}`, asMember(other)...)
	memberDisassociated = wrote("guardduty", "DisassociateMembers", fromAdministrator, `{"detectorId":"a1","accountIds":["111122223333"]}`, `{"unprocessedAccounts":[]}`, asMember(other)...)
	organizationOff     = wrote("guardduty", "UpdateOrganizationConfiguration", fromAdministrator,
		`{"detectorId":"a1","autoEnableOrganizationMembers":"NONE","features":[{"name":"RUNTIME_MONITORING","autoEnable":"NONE"}]}`, `null`, asMember(other)...)
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html
	metadataOff = wrote("ec2", "ModifyInstanceMetadataOptions", byTerraform,
		`{"ModifyInstanceMetadataOptionsRequest":{"InstanceId":"i-0123456789abcdef0","HttpEndpoint":"disabled"}}`,
		`{"ModifyInstanceMetadataOptionsResponse":{"instanceId":"i-0123456789abcdef0"}}`)
)

// fromAdministrator is a role in the account of GuardDuty's administrator.
const fromAdministrator = `{"type":"AssumedRole","arn":"arn:aws:sts::444455556666:assumed-role/SecurityAdmin/s","accountId":"444455556666",` +
	`"sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::444455556666:role/SecurityAdmin","userName":"SecurityAdmin"}}}`
