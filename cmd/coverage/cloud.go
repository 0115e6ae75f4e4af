package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
)

// instanceTimeout is how long EC2's instance metadata service may take for one answer. It answers within
// milliseconds where it exists; elsewhere the SDK would try for seconds.
const instanceTimeout = 250 * time.Millisecond

// loadCloud reads the caller's AWS settings. What the SDK would log is left out: it is about its own search.
func loadCloud(ctx context.Context) (aws.Config, error) {
	quiet := logging.Nop{}
	cloud, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(quiet),
		awsconfig.WithEC2RoleCredentialOptions(func(o *ec2rolecreds.Options) {
			o.Client = imds.New(imds.Options{
				HTTPClient: &http.Client{Timeout: instanceTimeout}, Retryer: aws.NopRetryer{}, Logger: quiet,
				EnableFallback: aws.FalseTernary,
			})
		}))
	if err != nil {
		return aws.Config{}, fmt.Errorf("loading the AWS settings: %w", err)
	}
	return cloud, nil
}

// howToSignIn is what to do without credentials.
const howToSignIn = "sign in with aws sso login or aws configure, or set AWS_PROFILE"

// signedIn is the caller's AWS settings, with credentials: without them every call would fail for its own
// long reason.
func (p process) signedIn(ctx context.Context) (aws.Config, error) {
	cloud, err := p.cloud(ctx)
	if err != nil {
		return aws.Config{}, err
	}
	err = errors.New("none are set")
	if cloud.Credentials != nil {
		_, err = cloud.Credentials.Retrieve(ctx)
	}
	if last, ok := errors.AsType[*smithy.OperationError](err); ok && last.Service() == imds.ServiceID {
		// The SDK searches the instance metadata service last; its failure is not the reason.
		return aws.Config{}, errors.New("no AWS credentials: " + howToSignIn)
	}
	if err != nil {
		return aws.Config{}, fmt.Errorf("no AWS credentials: %s\n%w", howToSignIn, err)
	}
	return cloud, nil
}
