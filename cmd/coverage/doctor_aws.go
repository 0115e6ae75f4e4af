package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/guardduty"
)

// identify says whose credentials they are.
func identify(ctx context.Context, cloud aws.Config) (account string, found finding) {
	if cloud.Region == "" {
		cloud.Region = placeholderRegion // STS answers everywhere.
	}
	out, err := sts.NewFromConfig(cloud).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", finding{failing, "AWS refuses them: " + reasonOf(err), "Sign in again with aws sso login, or set AWS_PROFILE."}
	}
	return aws.ToString(out.Account), finding{verdict: passed, detail: "those of " + aws.ToString(out.Arn)}
}

// stores checks the table and the queues.
func (d *doctor) stores(ctx context.Context, cfg config.Config, cloud aws.Config, signedIn bool) {
	for _, each := range []struct {
		name, set string
		run       func(ctx context.Context) finding
	}{
		{"Table " + cfg.IncidentTable, cfg.IncidentTable, func(ctx context.Context) finding { return tableWorks(ctx, cloud, cfg.IncidentTable) }},
		{"Queue of waiting changes", cfg.WaitingQueue, func(ctx context.Context) finding { return queueWorks(ctx, cloud, cfg.WaitingQueue) }},
		{"Dead-letter queue", cfg.DeadLetterQueue, func(ctx context.Context) finding { return queueWorks(ctx, cloud, cfg.DeadLetterQueue) }},
	} {
		if each.set != "" {
			d.checkIf(ctx, signedIn, each.name, each.run)
		}
	}
}

// tableWorks updates an item on a condition that never holds: that takes the function's own permission, and writes nothing.
func tableWorks(ctx context.Context, cloud aws.Config, table string) finding {
	_, err := dynamodb.NewFromConfig(cloud).UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           &table,
		Key:                 map[string]dynamotypes.AttributeValue{"pk": &dynamotypes.AttributeValueMemberS{Value: "doctor"}},
		ConditionExpression: aws.String("attribute_exists(pk) AND attribute_not_exists(pk)"),
	})
	if _, refused := errors.AsType[*dynamotypes.ConditionalCheckFailedException](err); refused {
		return finding{verdict: passed, detail: "it can be written to"}
	}
	switch code := codeOf(err); {
	case err == nil:
		return finding{failing, "DynamoDB ignores a condition", "Check what answers at AWS_ENDPOINT_URL."}
	case code == "ResourceNotFoundException":
		return finding{failing, "there is no such table in " + cloud.Region, "Deploy the stack in this Region, or set INCIDENT_TABLE and AWS_REGION as the stack does."}
	case code == "ValidationException":
		return finding{failing, "it is not a table of the notifier: " + reasonOf(err), "Its key must be pk, a string."}
	case isDenied(err):
		return finding{failing, "access is denied: " + reasonOf(err), "Allow dynamodb:UpdateItem on the table."}
	}
	return finding{failing, reasonOf(err), "Check the network, and AWS_ENDPOINT_URL if it is set."}
}

// queueWorks reads a queue's attributes: sending to it would put something into it.
func queueWorks(ctx context.Context, cloud aws.Config, url string) finding {
	_, err := sqs.NewFromConfig(cloud).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameQueueArn},
	})
	switch code := codeOf(err); {
	case err == nil:
		return finding{verdict: passed, detail: "it exists"}
	case code == "QueueDoesNotExist", code == "AWS.SimpleQueueService.NonExistentQueue":
		return finding{failing, "there is no queue " + url, "Set its URL as the stack does."}
	case isDenied(err):
		return finding{verdict: unchecked, detail: "these credentials lack sqs:GetQueueAttributes"}
	}
	return finding{failing, reasonOf(err), "Check the network, and AWS_ENDPOINT_URL if it is set."}
}

// topicWorks reads a topic's attributes: publishing would be seen by its subscribers.
func topicWorks(ctx context.Context, cloud aws.Config, topic string) finding {
	parsed, err := arn.Parse(topic)
	if err != nil {
		return finding{failing, err.Error(), "Set the ARN of a topic."}
	}
	out, err := sns.NewFromConfig(cloud, func(o *sns.Options) { o.Region = parsed.Region }).
		GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &topic})
	switch code := codeOf(err); {
	case err == nil:
		return finding{verdict: passed, detail: fmt.Sprintf("it exists, with %s confirmed subscriptions", cmp.Or(out.Attributes["SubscriptionsConfirmed"], "unknown"))}
	case code == "NotFound", code == "NotFoundException":
		return finding{failing, "there is no such topic", "Create it, or correct its ARN."}
	case isDenied(err):
		return finding{verdict: unchecked, detail: "these credentials lack sns:GetTopicAttributes; coverage doctor --send shows whether they may publish"}
	}
	return finding{failing, reasonOf(err), "Check the network, and AWS_ENDPOINT_URL if it is set."}
}

// monitored checks GuardDuty. The function that notifies needs none of these rights; the report does.
func monitored(ctx context.Context, cloud aws.Config, region string) finding {
	err := guardduty.New(cloud).Check(ctx, region)
	problem, ok := errors.AsType[*guardduty.Problem](err)
	switch {
	case err == nil:
		return finding{verdict: passed, detail: "Runtime Monitoring is on"}
	case !ok:
		return finding{failing, err.Error(), "Try again later."}
	case problem.Reason == guardduty.Denied:
		return finding{verdict: unchecked, detail: "these credentials may not read GuardDuty, which the report needs: " + problem.Said}
	case problem.Reason == guardduty.NoDetector:
		return finding{failing, "GuardDuty is not enabled in this account and Region, so it sends no events", "Enable it, or use the account and Region where it is."}
	case problem.Reason == guardduty.Off:
		return finding{failing, "Runtime Monitoring is off, so there are no coverage events", "Enable it in the GuardDuty console."}
	case problem.Reason == guardduty.Closed:
		return finding{failing, "the Region is not enabled in this account", "Enable it, or correct REPORT_REGIONS and AWS_REGION."}
	}
	return finding{failing, problem.Detail(), "Check the network, and try again."}
}

// codeOf is AWS's code of a refusal, "" where there is none.
func codeOf(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return answer.ErrorCode()
	}
	return ""
}

// isDenied knows how services refuse for want of a permission
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
func isDenied(err error) bool {
	return slices.Contains([]string{"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "UnauthorizedOperation"}, codeOf(err))
}

// reasonOf is what AWS said, or else the first cause: what the SDK puts around it is not for people.
func reasonOf(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return cmp.Or(answer.ErrorMessage(), answer.ErrorCode())
	}
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(err) {
		err = cause
	}
	return err.Error()
}
