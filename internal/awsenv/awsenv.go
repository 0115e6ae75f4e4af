// Package awsenv reads how a function connects to AWS.
package awsenv

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Config returns the AWS configuration that Lambda gives a function. Region and credentials are variables of the
// environment (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime),
// and so are the SDK's other settings, such as AWS_ENDPOINT_URL. The SDK's default configuration would look for files,
// single sign-on and instance roles, too, and have their clients linked and started.
func Config() (aws.Config, error) {
	env, err := awsconfig.NewEnvConfig()
	switch {
	case err != nil:
		return aws.Config{}, fmt.Errorf("reading the AWS configuration: %w", err)
	case env.Region == "" || !env.Credentials.HasKeys():
		return aws.Config{}, errors.New("reading the AWS configuration: AWS_REGION or credentials are missing, which Lambda sets")
	}
	loaded := aws.Config{
		Region:        env.Region,
		Credentials:   credentials.StaticCredentialsProvider{Value: env.Credentials},
		HTTPClient:    awshttp.NewBuildableClient(), // Clients share connections.
		ConfigSources: []any{env},
	}
	if env.BaseEndpoint != "" {
		loaded.BaseEndpoint = &env.BaseEndpoint
	}
	return loaded, nil
}
