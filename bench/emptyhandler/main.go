// The emptyhandler does nothing, with the SDK clients that the notify function has: what its start takes more is the
// function's own.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	// With diagnosis off the notify function makes none of these clients, but their packages are in its binary, too.
	_ "github.com/aws/aws-sdk-go-v2/service/ec2"
	_ "github.com/aws/aws-sdk-go-v2/service/ecs"
	_ "github.com/aws/aws-sdk-go-v2/service/eks"
	_ "github.com/aws/aws-sdk-go-v2/service/guardduty"
	_ "github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	cloud, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// The printed verbs keep the compiler from leaving the clients out.
	clients := fmt.Sprintf("%p %p %p %p %p", dynamodb.NewFromConfig(cloud), sqs.NewFromConfig(cloud), sns.NewFromConfig(cloud),
		ssm.NewFromConfig(cloud), secretsmanager.NewFromConfig(cloud))
	lambda.Start(func(context.Context, json.RawMessage) (string, error) { return clients, nil })
}
