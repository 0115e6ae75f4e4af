// The emptyhandler does nothing, with the SDK clients that the notify function has: what its start takes more is the
// function's own.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"guardduty-coverage-notifier/internal/awsenv"
)

func main() {
	cloud, err := awsenv.Config(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// The printed verbs keep the compiler from leaving the clients out.
	clients := fmt.Sprintf("%p %p %p %p %p %p", dynamodb.NewFromConfig(cloud), sqs.NewFromConfig(cloud), sns.NewFromConfig(cloud),
		ssm.NewFromConfig(cloud), secretsmanager.NewFromConfig(cloud), awslambda.NewFromConfig(cloud))
	lambda.Start(func(context.Context, json.RawMessage) (string, error) { return clients, nil })
}
