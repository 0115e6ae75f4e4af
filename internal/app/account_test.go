package app_test

import (
	"context"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"guardduty-coverage-notifier/internal/app"
)

func TestAccount(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:lambda:eu-west-1:111122223333:function:notify":                 "111122223333",
		"arn:aws-us-gov:lambda:us-gov-west-1:444455556666:function:notify:live": "444455556666",
		"notify": "",
		"":       "",
	} {
		ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{InvokedFunctionArn: arn})
		if got := app.Account(ctx); got != want {
			t.Errorf("%q runs in %q, want %q", arn, got, want)
		}
	}
	if got := app.Account(context.Background()); got != "" {
		t.Errorf("outside Lambda: %q", got)
	}
}
