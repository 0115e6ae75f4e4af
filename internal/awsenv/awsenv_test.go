package awsenv_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"guardduty-coverage-notifier/internal/awsenv"
)

// lambda is what Lambda sets.
var lambda = map[string]string{
	"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1",
	"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session",
}

// set sets these variables, and none besides.
func set(t *testing.T, variables map[string]string) {
	t.Helper()
	for name := range lambda {
		t.Setenv(name, "")
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
}

func TestConfigIsLambdas(t *testing.T) {
	set(t, lambda)
	cloud, err := awsenv.Config()
	if err != nil {
		t.Fatal(err)
	}
	held, err := cloud.Credentials.Retrieve(t.Context())
	if err != nil || held.AccessKeyID != "AKIDEXAMPLE" || held.SecretAccessKey != "secret" || held.SessionToken != "session" {
		t.Errorf("the credentials are %v, %v", held, err)
	}
	if client := dynamodb.NewFromConfig(cloud).Options(); client.Region != "eu-central-1" || client.BaseEndpoint != nil {
		t.Errorf("a client is for %s, at %v", client.Region, client.BaseEndpoint)
	}
}

// TestEndpointsAreTheSDKs: what the SDK reads of the environment, it still does.
func TestEndpointsAreTheSDKs(t *testing.T) {
	set(t, lambda)
	t.Setenv("AWS_ENDPOINT_URL", "http://localhost:1")
	t.Setenv("AWS_ENDPOINT_URL_SQS", "http://localhost:2")
	t.Setenv("AWS_USE_FIPS_ENDPOINT", "true")
	cloud, err := awsenv.Config()
	if err != nil {
		t.Fatal(err)
	}
	client, queue := dynamodb.NewFromConfig(cloud).Options(), sqs.NewFromConfig(cloud).Options()
	if aws.ToString(client.BaseEndpoint) != "http://localhost:1" || aws.ToString(queue.BaseEndpoint) != "http://localhost:2" {
		t.Errorf("a client at %s, another at %s", aws.ToString(client.BaseEndpoint), aws.ToString(queue.BaseEndpoint))
	}
	if client.EndpointOptions.UseFIPSEndpoint != aws.FIPSEndpointStateEnabled {
		t.Error("AWS_USE_FIPS_ENDPOINT is not read")
	}
}

func TestConfigOfNoFunction(t *testing.T) {
	for name, variables := range map[string]map[string]string{
		"nothing": {}, "no credentials": {"AWS_REGION": "eu-central-1"},
		"no Region": {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"},
		"a setting that cannot be read": {
			"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
			"AWS_USE_FIPS_ENDPOINT": "perhaps",
		},
	} {
		t.Run(name, func(t *testing.T) {
			set(t, variables)
			if _, err := awsenv.Config(); err == nil {
				t.Error("no error")
			}
		})
	}
}
