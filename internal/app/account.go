package app

import (
	"context"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Account is the account in which the invocation's function runs, by the function's ARN; "" outside Lambda.
// An event does not say it: it may have been forwarded from another account.
func Account(ctx context.Context) string {
	invocation, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return ""
	}
	const account, parts = 4, 7 // arn:aws:lambda:REGION:ACCOUNT:function:NAME
	arn := strings.Split(invocation.InvokedFunctionArn, ":")
	if len(arn) < parts {
		return ""
	}
	return arn[account]
}
