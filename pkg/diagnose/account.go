package diagnose

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	callerIdentity = "sts:GetCallerIdentity"
	assumeRole     = "sts:AssumeRole"
	// sessionName is what CloudTrail in the other account shows.
	sessionName = "guardduty-coverage-notifier"
)

// cloudIn is how to connect to an account: with the caller's own credentials, or with those of the role there.
func (d *Doctor) cloudIn(ctx context.Context, account, region string) (aws.Config, error) {
	cloud := d.cloud.Copy()
	cloud.Region = region
	own, err := d.identity(ctx)
	if err != nil {
		return aws.Config{}, err
	}
	if own.AccountID == account {
		return cloud, nil
	}
	if d.role.Name == "" {
		return aws.Config{}, &trouble{action: assumeRole, err: errNoRole}
	}
	role := fmt.Sprintf("arn:%s:iam::%s:role/%s", own.Partition, account, d.role.Name)
	assumed := d.assuming(role)
	if _, _, err := recall(ctx, d.memory, assumeRole+" "+role, assumed.Retrieve); err != nil {
		return aws.Config{}, &trouble{action: assumeRole, role: role, err: err}
	}
	cloud.Credentials = assumed
	return cloud, nil
}

// identity is the caller's ARN, which is asked for once: it needs no permission and does not change
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func (d *Doctor) identity(ctx context.Context) (*arn.ARN, error) {
	if known := d.self.Load(); known != nil {
		return known, nil
	}
	own, _, err := recall(ctx, d.memory, callerIdentity, func(ctx context.Context) (*arn.ARN, error) {
		out, err := sts.NewFromConfig(d.cloud).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return nil, err
		}
		parsed, err := arn.Parse(aws.ToString(out.Arn))
		if err != nil {
			return nil, fmt.Errorf("reading the caller's ARN: %w", err)
		}
		return &parsed, nil
	})
	if err != nil {
		return nil, &trouble{action: callerIdentity, err: err}
	}
	d.self.Store(own)
	return own, nil
}

// assuming are the credentials of a role, which are assumed when they are first needed and again before they expire.
func (d *Doctor) assuming(role string) *aws.CredentialsCache {
	d.mu.Lock()
	defer d.mu.Unlock()
	assumed, ok := d.assumed[role]
	if !ok {
		provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(d.cloud), role, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = sessionName
			if d.role.ExternalID != "" {
				o.ExternalID = &d.role.ExternalID
			}
		})
		assumed = aws.NewCredentialsCache(provider)
		d.assumed[role] = assumed
	}
	return assumed
}
