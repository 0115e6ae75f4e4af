package awsenv_test

import (
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"guardduty-coverage-notifier/internal/awsenv"
)

// lambda is what Lambda sets.
var lambda = map[string]string{
	"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session",
}

// getenv stands in for os.Getenv, with those variables and another.
func getenv(variables map[string]string, name, value string) func(string) string {
	variables = maps.Clone(variables)
	variables[name] = value
	return func(name string) string { return variables[name] }
}

func TestConfigIsLambdas(t *testing.T) {
	cloud, err := awsenv.Config(getenv(lambda, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	held, err := cloud.Credentials.Retrieve(t.Context())
	if err != nil || held.AccessKeyID != "AKIDEXAMPLE" || held.SecretAccessKey != "secret" || held.SessionToken != "session" {
		t.Errorf("the credentials are %v, %v", held, err)
	}
	client := dynamodb.NewFromConfig(cloud).Options()
	if client.Region != "eu-central-1" || client.BaseEndpoint != nil || client.EndpointOptions.UseFIPSEndpoint != aws.FIPSEndpointStateUnset {
		t.Errorf("a client is for %s, at %v, FIPS %v", client.Region, client.BaseEndpoint, client.EndpointOptions.UseFIPSEndpoint)
	}
}

func TestConfigOfOtherEndpoints(t *testing.T) {
	cloud, err := awsenv.Config(getenv(lambda, "AWS_ENDPOINT_URL", "http://localhost:1"))
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(dynamodb.NewFromConfig(cloud).Options().BaseEndpoint); got != "http://localhost:1" {
		t.Errorf("a client is at %q", got)
	}
	cloud, err = awsenv.Config(getenv(lambda, "AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:2"))
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(dynamodb.NewFromConfig(cloud).Options().BaseEndpoint); got != "http://localhost:2" {
		t.Errorf("a client of that service is at %q", got)
	}
	cloud, err = awsenv.Config(getenv(lambda, "AWS_USE_FIPS_ENDPOINT", "true"))
	if err != nil {
		t.Fatal(err)
	}
	if got := dynamodb.NewFromConfig(cloud).Options().EndpointOptions.UseFIPSEndpoint; got != aws.FIPSEndpointStateEnabled {
		t.Errorf("FIPS is %v", got)
	}
}

func TestConfigOutsideLambda(t *testing.T) {
	for _, missing := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if _, err := awsenv.Config(getenv(lambda, missing, "")); err == nil {
			t.Errorf("no error without %s", missing)
		}
	}
}
