package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"guardduty-coverage-notifier/pkg/accounts"
	"guardduty-coverage-notifier/pkg/aggregator"
	"guardduty-coverage-notifier/pkg/awserror"
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
		return "", fails("AWS refuses them: "+awserror.Said(err),
			"Sign in again with aws sso login, or set AWS_PROFILE.")
	}
	return aws.ToString(out.Account), passes("those of " + aws.ToString(out.Arn))
}

// stores checks the table and the queues.
func (d *doctor) stores(ctx context.Context, cfg config.Config, cloud aws.Config, signedIn bool) {
	for _, each := range []struct {
		name, set string
		run       probe
	}{
		{"Table " + cfg.IncidentTable, cfg.IncidentTable, tableWorks(cloud, cfg.IncidentTable)},
		{"Queue of waiting changes", cfg.WaitingQueue, queueWorks(cloud, cfg.WaitingQueue)},
		{"Dead-letter queue", cfg.DeadLetterQueue, queueWorks(cloud, cfg.DeadLetterQueue)},
	} {
		if each.set != "" {
			d.checkIf(ctx, signedIn, each.name, each.run)
		}
	}
}

// tableWorks updates an item on a condition that never holds: that takes the function's own permission, and
// writes nothing.
func tableWorks(cloud aws.Config, table string) probe {
	return func(ctx context.Context) finding {
		key := dynamotypes.AttributeValueMemberS{Value: "doctor"}
		_, err := dynamodb.NewFromConfig(cloud).UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           &table,
			Key:                 map[string]dynamotypes.AttributeValue{"pk": &key},
			ConditionExpression: aws.String("attribute_exists(pk) AND attribute_not_exists(pk)"),
		})
		if _, refused := errors.AsType[*dynamotypes.ConditionalCheckFailedException](err); refused {
			return passes("it can be written to")
		}
		switch code := codeOf(err); {
		case err == nil:
			return fails("DynamoDB ignores a condition", "Check what answers at AWS_ENDPOINT_URL.")
		case code == "ResourceNotFoundException":
			return fails("there is no such table in "+cloud.Region,
				"Deploy the stack in this Region, or set INCIDENT_TABLE and AWS_REGION as the stack does.")
		case code == "ValidationException":
			return fails(
				"it is not a table of the notifier: "+awserror.Said(err),
				"Its key must be pk, a string.",
			)
		case isDenied(err):
			return fails("access is denied: "+awserror.Said(err), "Allow dynamodb:UpdateItem on the table.")
		}
		return fails(awserror.Said(err), "Check the network, and AWS_ENDPOINT_URL if it is set.")
	}
}

// queueWorks reads a queue's attributes: sending to it would put something into it.
func queueWorks(cloud aws.Config, url string) probe {
	return func(ctx context.Context) finding {
		_, err := sqs.NewFromConfig(cloud).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl:       &url,
			AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameQueueArn},
		})
		switch code := codeOf(err); {
		case err == nil:
			return passes("it exists")
		case code == "QueueDoesNotExist", code == "AWS.SimpleQueueService.NonExistentQueue":
			return fails("there is no queue "+url, "Set its URL as the stack does.")
		case isDenied(err):
			return skips("these credentials lack sqs:GetQueueAttributes")
		}
		return fails(awserror.Said(err), "Check the network, and AWS_ENDPOINT_URL if it is set.")
	}
}

// topicWorks reads a topic's attributes: publishing would be seen by its subscribers.
func topicWorks(cloud aws.Config, topic string) probe {
	return func(ctx context.Context) finding {
		parsed, err := arn.Parse(topic)
		if err != nil {
			return fails(err.Error(), "Set the ARN of a topic.")
		}
		out, err := sns.NewFromConfig(cloud, func(o *sns.Options) { o.Region = parsed.Region }).
			GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &topic})
		switch code := codeOf(err); {
		case err == nil:
			confirmed := cmp.Or(out.Attributes["SubscriptionsConfirmed"], "unknown")
			return passes(fmt.Sprintf("it exists, with %s confirmed subscriptions", confirmed))
		case code == "NotFound", code == "NotFoundException":
			return fails("there is no such topic", "Create it, or correct its ARN.")
		case isDenied(err):
			return skips("these credentials lack sns:GetTopicAttributes; " +
				"coverage doctor --send shows whether they may publish")
		}
		return fails(awserror.Said(err), "Check the network, and AWS_ENDPOINT_URL if it is set.")
	}
}

// organization checks what the report reads of the whole organization. The function that notifies needs none of these
// rights.
func (d *doctor) organization(
	ctx context.Context,
	directory config.Directory,
	existing config.Inventory,
	cloud aws.Config,
	signedIn bool,
) {
	if directory.On {
		d.checkIf(ctx, signedIn, "Accounts of the organization", func(ctx context.Context) finding {
			return readable(
				accounts.New(cloud).Check(ctx),
				"they can be listed",
				"organizations:ListAccounts",
				"Use the management account or a delegated administrator's, or set ACCOUNT_DIRECTORY to off.",
			)
		})
	}
	if name := existing.Aggregator; name != "" {
		cloud.Region = cmp.Or(existing.Region, cloud.Region)
		d.checkIf(ctx, signedIn, "Aggregator "+name, func(ctx context.Context) finding {
			return readable(
				aggregator.New(cloud, name).Check(ctx),
				"it can be asked",
				"config:SelectAggregateResourceConfig",
				"Correct CONFIG_AGGREGATOR: the name of an aggregator of this account, or name@region.",
			)
		})
	}
}

// readable is about what only the report needs.
func readable(err error, fine, action, remedy string) finding {
	switch {
	case err == nil:
		return passes(fine)
	case isDenied(err):
		return skips("these credentials lack " + action + ", which the report needs")
	}
	return fails(awserror.Said(err), remedy)
}

// monitored checks GuardDuty. The function that notifies needs none of these rights; the report does.
func monitored(cloud aws.Config, region string) probe {
	return func(ctx context.Context) finding {
		err := guardduty.New(cloud).Check(ctx, region)
		problem, ok := errors.AsType[*guardduty.Problem](err)
		switch {
		case err == nil:
			return passes("Runtime Monitoring is on")
		case !ok:
			return fails(err.Error(), "Try again later.")
		case problem.Reason == guardduty.Denied:
			return skips("these credentials may not read GuardDuty, which the report needs: " + problem.Said)
		case problem.Reason == guardduty.NoDetector:
			return fails("GuardDuty is not enabled in this account and Region, so it sends no events",
				"Enable it, or use the account and Region where it is.")
		case problem.Reason == guardduty.Off:
			return fails("Runtime Monitoring is off, so there are no coverage events",
				"Enable it in the GuardDuty console.")
		case problem.Reason == guardduty.Closed:
			return fails("the Region is not enabled in this account",
				"Enable it, or correct REPORT_REGIONS and AWS_REGION.")
		}
		return fails(problem.Detail(), "Check the network, and try again.")
	}
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
	switch codeOf(err) {
	case "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException",
		"UnauthorizedOperation":
		return true
	}
	return false
}
