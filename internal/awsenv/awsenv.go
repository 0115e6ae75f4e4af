// Package awsenv reads how a function connects to AWS.
package awsenv

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Config returns the AWS configuration that Lambda gives a function: Region and credentials are variables of its
// environment (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime).
// Of the SDK's own settings it knows AWS_ENDPOINT_URL, the same of a service, such as AWS_ENDPOINT_URL_GUARDDUTY, and
// AWS_USE_FIPS_ENDPOINT. The SDK's default configuration would look for files, single sign-on and instance roles, too;
// the clients that this takes are a part of what is downloaded and started. getenv is os.Getenv or stands in for it.
func Config(getenv func(string) string) (aws.Config, error) {
	region, key, secret := getenv("AWS_REGION"), getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY")
	if region == "" || key == "" || secret == "" {
		return aws.Config{}, errors.New("AWS_REGION, AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY, which Lambda sets, are missing")
	}
	cloud := aws.Config{
		Region:        region,
		Credentials:   credentials.NewStaticCredentialsProvider(key, secret, getenv("AWS_SESSION_TOKEN")),
		HTTPClient:    awshttp.NewBuildableClient(), // Clients share connections.
		ConfigSources: []any{fips(getenv("AWS_USE_FIPS_ENDPOINT") == "true"), endpoints(getenv)},
	}
	if endpoint := getenv("AWS_ENDPOINT_URL"); endpoint != "" {
		cloud.BaseEndpoint = &endpoint
	}
	return cloud, nil
}

// endpoints are those of single services, by the environment
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
type endpoints func(name string) string

// GetServiceBaseEndpoint answers clients, which name their service as in "Secrets Manager".
func (e endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (url string, found bool, err error) {
	url = e("AWS_ENDPOINT_URL_" + strings.ReplaceAll(strings.ToUpper(service), " ", "_"))
	return url, url != "", nil
}

// fips is whether clients use endpoints with FIPS 140 cryptography. They ask their configuration's sources.
type fips bool

// GetUseFIPSEndpoint answers clients.
func (f fips) GetUseFIPSEndpoint(context.Context) (state aws.FIPSEndpointState, found bool, err error) {
	return aws.FIPSEndpointStateEnabled, bool(f), nil
}
